//! One session with every plugin at work, filmed as a row of pictures: `target/film/LANGUAGE/NN-SCENE.png`, the rep's display at
//! the left and the customer's beside it.
//!
//! Nothing is allowed ahead: the customer's answers are given by hand at their window. A scene waits until the programs say
//! that what it shows is there; one that fails ends the film and is named.

mod cast;
mod hand;
mod scenes;
mod words;

use crate::{Result, build, setup};
use cast::Cast;
use std::path::Path;
use words::Words;

type Scene = fn(&mut Cast, &Path) -> Result;

/// In this order; each finds what the one before has left.
const SCENES: [(&str, Scene); 14] = [
    ("chat", scenes::chat),
    ("screen", scenes::screen),
    ("drawing", scenes::drawing),
    ("file-offered", scenes::file_offered),
    ("transfers", scenes::transfers),
    ("clipboard", scenes::clipboard),
    ("system-information", scenes::system_information),
    ("team-replies", scenes::team_replies),
    ("share-my-screen", scenes::share_my_screen),
    ("watching", scenes::watching),
    ("several-customers", scenes::several_customers),
    ("hand-over", scenes::hand_over),
    ("another-rep", scenes::another_rep),
    ("restart", scenes::restart),
];

pub fn run(arguments: &[String]) -> Result {
    let languages = words::chosen(arguments)?;
    setup::run(&[])?;
    build::everything()?;
    for words in languages {
        film(words, &build::target().join("film").join(words.language))?;
    }
    Ok(())
}

fn film(words: &'static Words, folder: &Path) -> Result {
    let language = words.language;
    println!("Filming a session ({language}) on virtual displays into {} …", folder.display());
    std::fs::create_dir_all(folder)?;
    let mut cast =
        Cast::gather(words).map_err(|problem| format!("the film ({language}) could not begin: {problem}"))?;
    for (number, (name, scene)) in (1..).zip(SCENES) {
        let file = folder.join(format!("{number:02}-{name}.png"));
        scene(&mut cast, &file)
            .map_err(|problem| format!("the film ({language}) stopped at scene {number}, {name}: {problem}"))?;
        println!("  {}", file.display());
    }
    Ok(())
}
