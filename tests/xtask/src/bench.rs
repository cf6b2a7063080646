//! The README's figures. Ratios within one run count; absolute times move with the machine.

use crate::build::{cargo, root, target};
use crate::{Result, build, setup};
use std::path::Path;
use std::process::Command;

pub fn run(arguments: &[String]) -> Result {
    setup::run(&[])?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => here(),
        ["screen", harness, rest @ ..] => screen(Path::new(harness), rest),
        _ => Err("bench, or bench screen HARNESS [arguments for its bench.py]".into()),
    }
}

/// What needs nothing but this checkout.
fn here() -> Result {
    build::plugins()?;
    println!("\n# Codec: bytes and processor time per picture, 1920×1080");
    cargo(&["run", "--release", "-p", "lotse-media", "--example", "study"])?;
    println!("\n# Plugin runtime: instantiate and calls");
    cargo(&["run", "--release", "-p", "lotse-runtime", "--features", "compiler", "--example", "calls"])?;
    forwarder()
}

/// Kills the forwarder under test when the measurement is over, whatever came of it.
struct Served(std::process::Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The packet forwarder in a process of its own: all it can, then at half of that for the latency.
fn forwarder() -> Result {
    println!("\n# Forwarder: bytes per processor second, one-way latency");
    cargo(&["build", "--release", "-p", "lotse-forwarder", "--example", "load"])?;
    let load = target().join("release/examples/load");
    let (address, key) = ("127.0.0.1:47443", "5a".repeat(32));
    let served = Served(Command::new(&load).args(["serve", "--listen", address, "--key", &key]).spawn()?);
    std::thread::sleep(std::time::Duration::from_millis(500));
    let process = served.0.id().to_string();
    let run = |what: &str, more: &[&str]| -> Result<serde_json::Value> {
        let common = ["run", "--relay", address, "--key", &key, "--pid", &process, "--seconds", "5"];
        let out = Command::new(&load).args(common).args(more).output()?;
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        println!("{what}: {}", text.trim());
        serde_json::from_str(&text)
            .map_err(|problem| format!("{problem}: {}", String::from_utf8_lossy(&out.stderr)).into())
    };
    let full = run("GSO senders, all they can", &["--train", "10"])?;
    run("packets one by one", &["--train", "1"])?;
    let gbit = full["gbit_per_second"].as_f64().unwrap_or(1.0);
    run("GSO senders at half load", &["--train", "10", "--mbit", &format!("{:.0}", gbit * 500.0)])?;
    Ok(())
}

/// The real programs on the screen harness, beside its peers in one run.
fn screen(harness: &Path, rest: &[&str]) -> Result {
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
    ])?;
    let folder = target().join("bench");
    std::fs::create_dir_all(&folder)?;
    let peers = std::fs::read_to_string(root().join("tests/bench/lotse.toml"))?;
    let filled =
        peers.replace("@ROOT@", &root().display().to_string()).replace("@TARGET@", &target().display().to_string());
    std::fs::write(folder.join("lotse.toml"), filled)?;
    let status = Command::new("python3")
        .arg(harness.join("bench.py"))
        .args(["--peers-file", &harness.join("peers.toml").display().to_string()])
        .args(["--peers-file", &folder.join("lotse.toml").display().to_string()])
        .args(rest)
        .current_dir(&folder)
        .status()?;
    if status.success() { Ok(()) } else { Err("the harness did not finish".into()) }
}
