//! The README's figures. Ratios within one run count; absolute times move with the machine.

mod files;
mod forwarder;
mod service;
mod sessions;
mod strokes;

use crate::build::{cargo, root, target};
use crate::{Result, build, setup};
use std::path::Path;
use std::process::Command;

pub fn run(arguments: &[String]) -> Result {
    setup::run(&[])?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => here(),
        ["screen", harness, rest @ ..] => screen(Path::new(harness), rest),
        ["relay"] => service::run(),
        ["files"] => files::run("1024"),
        ["files", mib] => files::run(mib),
        ["fair", queues @ ..] => fair(queues),
        ["sessions"] => sessions::run(),
        ["sessions", "here"] => sessions::measure(),
        ["strokes"] => strokes::run(),
        ["strokes", "here"] => strokes::measure(),
        ["forwarder", load] => forwarder::run(Some(Path::new(load))),
        _ => Err("bench, bench screen HARNESS [arguments for its bench.py], bench relay, bench files [MiB], bench fair [KiB of queue …], \
                  bench sessions, bench strokes, or bench forwarder LOAD (the load generator of the relay harness)"
            .into()),
    }
}

/// What needs nothing but this checkout.
fn here() -> Result {
    build::plugins()?;
    println!("\n# Codec: bytes and processor time per picture, 1920×1080");
    cargo(&["run", "--release", "-p", "lotse-media", "--example", "study"])?;
    println!("\n# Plugin runtime: instantiate and calls");
    cargo(&["run", "--release", "-p", "lotse-runtime", "--features", "compiler", "--example", "calls"])?;
    forwarder::run(None)
}

/// Round trips beside a transfer on a line of 20 Mbit/s and 50 ms, with queues of these many KiB.
fn fair(queues: &[&str]) -> Result {
    println!("\n# Fairness: round trips beside a transfer, 20 Mbit/s each way, 50 ms");
    let mut words = vec!["run", "--release", "-p", "lotse-transport", "--example", "fair", "--"];
    words.extend_from_slice(queues);
    cargo(&words)
}

/// The real programs on the screen harness, beside its peers in one run.
fn screen(harness: &Path, rest: &[&str]) -> Result {
    programs()?;
    let folder = target().join("bench");
    std::fs::create_dir_all(&folder)?;
    harness_in(&folder, harness, rest)
}

/// Programs, driver and plugins as they are released.
fn programs() -> Result {
    build::plugins()?;
    println!("Building the programs for release …");
    cargo(&[
        "build",
        "--release",
        "-p",
        "lotse-relay",
        "-p",
        "lotse-customer",
        "-p",
        "lotse-console",
        "-p",
        "lotse-driver-x11",
    ])
}

fn harness_in(folder: &Path, harness: &Path, rest: &[&str]) -> Result {
    let peers = std::fs::read_to_string(root().join("tests/bench/lotse.toml"))?;
    let filled =
        peers.replace("@ROOT@", &root().display().to_string()).replace("@TARGET@", &target().display().to_string());
    std::fs::write(folder.join("lotse.toml"), filled)?;
    let status = Command::new("python3")
        .arg(harness.join("bench.py"))
        .args(["--peers-file", &harness.join("peers.toml").display().to_string()])
        .args(["--peers-file", &folder.join("lotse.toml").display().to_string()])
        .args(rest)
        .current_dir(folder)
        .status()?;
    if status.success() { Ok(()) } else { Err("the harness did not finish".into()) }
}
