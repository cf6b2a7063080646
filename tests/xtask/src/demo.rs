//! A running session on this computer, for somebody who has just cloned the project.

use crate::props::Props;
use crate::{Result, build, gallery, pages, setup};
use lotse_e2e::hands::Hands;
use lotse_e2e::{CustomerOptions, Display, Picture, Program, RepOptions, Stage};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Size of the customer's display: it fits into a window on most people's own.
const CUSTOMER_SIZE: (u32, u32) = (1280, 800);
/// Where Lotse's window stands there, and its size: beside the customer's own things, over none of them.
const LOTSE: (i32, i32, u32, u32) = (860, 120, 380, 640);

/// Where the list's tab of running sessions lies in its window: the second line of the navigation.
const SESSIONS_TAB: (i16, i16) = (100, 112);

pub fn run(arguments: &[String]) -> Result {
    setup::run(&[])?;
    build::everything()?;
    let own = std::env::var("DISPLAY").ok().filter(|_| !arguments.iter().any(|argument| argument == "--no-window"));
    match own {
        Some(display) => with_windows(&display),
        None => without_windows(&build::target().join("demo")),
    }
}

/// Pictures of the demo's windows, for the README, and of every page that one session does not come past.
pub fn screenshots() -> Result {
    setup::run(&[])?;
    build::everything()?;
    let folder = build::target().join("screenshots");
    without_windows(&folder)?;
    gallery::pictures(&folder)?;
    pages::pictures(&folder)
}

fn with_windows(display: &str) -> Result {
    let desk = Display::with_pointer(CUSTOMER_SIZE.0, CUSTOMER_SIZE.1)?;
    let _props = Props::on(&desk);
    let stage = Stage::start()?;
    println!("\nA relay runs at {}", stage.url);
    let mut rep = stage.rep_on(display, &RepOptions { arguments: vec!["--view"] })?;
    let code = stage.code()?;
    println!("The rep's console is on your display and has made the join code {code}.");
    let _customer = stage.customer(
        &desk,
        &code,
        &CustomerOptions { allow: "view,control,clipboard", ..CustomerOptions::default() },
    )?;
    place_lotse(&Hands::on(&desk)?)?;
    println!(
        "A customer has joined from the virtual display {}. Consent was given ahead: developer mode.",
        desk.name()
    );
    println!("Close the console (or press Ctrl+C here) to end the demo.");
    while rep.is_running() {
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

fn without_windows(folder: &Path) -> Result {
    println!(
        "No display of your own is used: the session runs on two virtual ones, and pictures of it go to {}.",
        folder.display()
    );
    std::fs::create_dir_all(folder)?;
    let (desk, office) = (Display::with_pointer(CUSTOMER_SIZE.0, CUSTOMER_SIZE.1)?, Display::with_pointer(1600, 960)?);
    let _props = Props::on(&desk);
    let began = Instant::now();
    let stage = Stage::start()?;
    let mut report = vec![format!("relay ready after {:.1} s", began.elapsed().as_secs_f64())];
    let rep = stage.rep(&office, &RepOptions { arguments: vec!["--view"] })?;
    let code = stage.code()?;
    save(&office.settle(400)?, folder, "console-code.png")?;
    let began = Instant::now();
    let customer = stage.customer(
        &desk,
        &code,
        &CustomerOptions { allow: "view,control,clipboard", ..CustomerOptions::default() },
    )?;
    rep.expect_state("active", 60)?;
    report.push(format!("session active {:.1} s after the code was typed", began.elapsed().as_secs_f64()));
    rep.expect("surface", 60, |event| event["width"].as_u64().unwrap_or(0) > 0)?;
    report.push(format!("customer's screen on the rep's display after {:.1} s", began.elapsed().as_secs_f64()));
    arrange(&office, &desk)?;
    let (mut rep, mut customer) = (rep, customer);
    for (words, mine) in [("The printer stays silent.", false), ("Let me have a look.", true), ("Thank you!", false)] {
        let speaker = if mine { &mut rep } else { &mut customer };
        speaker.act("lotse.chat", "say", serde_json::json!({ "text": words }))?;
        rep.expect_node("chat", 10, |node| node["body"] == words)?;
    }
    std::thread::sleep(Duration::from_secs(3));
    save(&office.picture()?, folder, "session.png")?;
    save(&desk.picture()?, folder, "customer.png")?;
    report.push(safety(&rep, &customer)?);
    let text = format!(
        "# A session on two virtual displays\n\n{}\n",
        report.iter().map(|line| format!("- {line}\n")).collect::<String>()
    );
    std::fs::write(folder.join("report.md"), &text)?;
    println!("\n{text}");
    Ok(())
}

/// Puts the windows side by side, as a rep with a large display has them: at the left the list, with the session in it,
/// and the chat, at the right the picture. Each is wide enough for its words.
fn arrange(office: &Display, desk: &Display) -> Result {
    let root = Command::new("xsetroot").args(["-solid", "#3b4a5a"]).env("DISPLAY", office.name()).status();
    root.map_err(|problem| format!("xsetroot: {problem}"))?;
    let hands = Hands::on(office)?;
    hands.move_to(1000, 300)?;
    let list = hands.id_of("Lotse")?;
    hands.place_window(list, 16, 16, 600, 370)?;
    std::thread::sleep(Duration::from_millis(700));
    let (x, y, ..) = hands.place_of(list)?;
    hands.click(x + SESSIONS_TAB.0, y + SESSIONS_TAB.1)?;
    hands.place("K. Weber \u{b7} Lotse", 16, 424, 600, 490)?;
    hands.place("screen", 636, 16, 948, 660)?;
    hands.move_to(1000, 300)?;
    let hands = Hands::on(desk)?;
    place_lotse(&hands)?;
    hands.move_to(420, 420)
}

fn place_lotse(hands: &Hands) -> Result {
    let (x, y, width, height) = LOTSE;
    hands.place("Lotse", x, y, width, height)
}

fn safety(rep: &Program, customer: &Program) -> Result<String> {
    let code = |program: &Program| {
        program.expect("safety-code", 10, |_| true).map(|event| event["code"].as_str().unwrap_or_default().to_owned())
    };
    let (a, b) = (code(rep)?, code(customer)?);
    if a == b {
        Ok(format!("both sides show the safety code {a}"))
    } else {
        Err(format!("the safety codes differ: {a} and {b}").into())
    }
}

fn save(picture: &Picture, folder: &Path, name: &str) -> Result {
    picture.save_png(&folder.join(name))
}
