//! Pictures of every page of both programs, over views made by hand: what one session does not come past, such as a pause, a
//! desktop without a frame, or a question.

use crate::{Result, build};
use lotse_e2e::hands::Hands;
use lotse_e2e::{Display, Picture};
use std::path::Path;
use std::process::{Command, Stdio};

/// A program that lists its pages, and shows the one that it is given.
struct Gallery {
    package: &'static str,
    example: &'static str,
    /// Of the display, with room for every window of a page.
    size: (u32, u32),
}

const GALLERIES: [Gallery; 2] = [
    Gallery { package: "lotse-customer", example: "customer_gallery", size: (480, 720) },
    Gallery { package: "lotse-console", example: "gallery", size: (1280, 900) },
];

/// Writes them into `folder` as `lotse-customer-paused.png`.
pub fn pictures(folder: &Path) -> Result {
    for Gallery { package, example, size } in GALLERIES {
        build::cargo(&["build", "--package", package, "--example", example])?;
        let program = build::target().join("debug/examples").join(example);
        let listed = Command::new(&program).output()?;
        for page in String::from_utf8_lossy(&listed.stdout).lines() {
            let file = folder.join(format!("{package}-{page}.png"));
            picture(&program, page, size)?.save_png(&file)?;
            println!("  {}", file.display());
        }
    }
    Ok(())
}

fn picture(program: &Path, page: &str, (width, height): (u32, u32)) -> Result<Picture> {
    let display = Display::start(width, height)?;
    let mut shown = Command::new(program)
        .args([page, "light", "en"])
        .env("DISPLAY", display.name())
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let picture = Hands::on(&display).and_then(|hands| hands.window("Lotse")).and_then(|_| display.settle(500));
    let _ = shown.kill();
    let _ = shown.wait();
    picture
}
