//! The project's own chores: `cargo xtask demo | film | test | build | setup | without | bench | screenshots | size`.
//!
//! Each says what it does before it does it, and does the set-up it needs.

mod bench;
mod build;
mod demo;
mod film;
mod gallery;
mod pages;
mod props;
mod setup;
mod size;
mod test;
mod without;

use std::process::ExitCode;

/// What a chore fails with, in words.
pub type Result<T = ()> = lotse_e2e::Result<T>;

const HELP: &str = "cargo xtask CHORE

  demo         a running session on this computer: your display shows the rep's console, a virtual one the customer's
               --no-window: everything on virtual displays, screenshots and a report in target/demo
  film         one session with every plugin at work as a row of pictures into target/film, in both languages
               --lang de, --lang en: in one
  test         every test; further arguments go to the test runner
  build        programs, drivers and signed plugins, into target/debug and target/plugins
  setup        checks for what is needed, says what is missing, and installs it
               --yes: without asking
  without      that every plugin's folder can be taken away: a copy less one folder is checked, for each or for those named
               --test: and all its tests are run
  bench        the figures of the README: codec, plugin runtime, forwarder
               bench relay: sign-ins and idle connections of a relay
               bench fair: round trips beside a transfer that fills a line
               bench files: a file transfer beside a bare stream, scp, rsync and magic-wormhole
               bench sessions: ten sessions at rest in one console
               bench strokes: from the rep's pointer to the customer's screen
               bench screen HARNESS: the programs beside their peers on the screen harness
  screenshots  pictures of every window into target/screenshots
  size         release size of the customer's program";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    let outcome = match arguments.first().map(String::as_str) {
        Some("demo") => demo::run(rest),
        Some("film") => film::run(rest),
        Some("test") => test::run(rest),
        Some("build") => setup::run(&[]).and_then(|()| build::everything()),
        Some("setup") => setup::run(rest),
        Some("without") => without::run(rest),
        Some("bench") => bench::run(rest),
        Some("screenshots") => demo::screenshots(),
        Some("size") => size::run(),
        Some("help" | "--help" | "-h") | None => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => Err(format!("there is no chore \u{201c}{other}\u{201d}\n\n{HELP}").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}
