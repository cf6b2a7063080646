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
    Gallery { package: "lotse-console", example: "gallery", size: (1360, 900) },
];
/// Each page as most see it, and with everything else: the other colours, the longer words.
const LOOKS: [[&str; 2]; 2] = [["light", "en"], ["dark", "de"]];

/// Writes them into `folder` as `lotse-customer-paused-dark-de.png`.
pub fn pictures(folder: &Path) -> Result {
    for Gallery { package, example, size } in GALLERIES {
        build::cargo(&["build", "--package", package, "--example", example])?;
        let program = build::target().join("debug/examples").join(example);
        let listed = Command::new(&program).output()?;
        for page in String::from_utf8_lossy(&listed.stdout).lines() {
            for look in LOOKS {
                let file = folder.join(format!("{package}-{page}-{}.png", look.join("-")));
                picture(&program, page, look, size)?.save_png(&file)?;
                println!("  {}", file.display());
            }
        }
    }
    Ok(())
}

fn picture(program: &Path, page: &str, [theme, language]: [&str; 2], (width, height): (u32, u32)) -> Result<Picture> {
    let display = Display::start(width, height)?;
    let mut shown = Command::new(program)
        .args([page, theme, language])
        .env("DISPLAY", display.name())
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let picture = Hands::on(&display).and_then(|hands| {
        hands.window("Lotse")?;
        display.settle(500)?;
        // The list opens last in a gallery; a page's own windows are what it is about.
        hands.lower("Lotse")?;
        display.settle(300)
    });
    let _ = shown.kill();
    let _ = shown.wait();
    picture
}
