//! The relay's service: its queue with 10,000 waiting, and in a process of its own sign-ins a second beside bare argon2, and
//! memory per idle program.

use crate::Result;
use crate::build::{cargo, target};
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

const USER: &str = "anna@acme.example";
const PASSWORD: &str = "tin whistle harbour";
/// How long a relay may take to be ready, certificate and all.
const READY: Duration = Duration::from_secs(30);

/// Ends the relay when its measurement is over, whatever came of it.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn run() -> Result {
    println!("\n# Relay: the queue, sign-ins beside bare argon2, memory per idle connected program");
    let examples = ["--example", "service", "--example", "queue"];
    cargo(&[&["build", "--release", "-p", "lotse-relay", "--bin", "lotse-relay"], &examples[..]].concat())?;
    let (relay, load) = (target().join("release/lotse-relay"), target().join("release/examples/service"));
    let queue = Command::new(target().join("release/examples/queue")).output()?;
    println!("queue: {}", String::from_utf8_lossy(&queue.stdout).trim());
    let folder = tempfile::tempdir()?;
    let (data, ready) = (folder.path().join("data"), folder.path().join("ready.json"));
    let password_file = folder.path().join("password");
    std::fs::write(&password_file, format!("{PASSWORD}\n"))?;
    let added = Command::new(&relay)
        .args(["rep", "add", "--account", "Acme", "--user", USER, "--data"])
        .arg(&data)
        .arg("--password-file")
        .arg(&password_file)
        .status()?;
    if !added.success() {
        return Err("the relay could not add a rep".into());
    }
    let serve = Command::new(&relay)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .arg("--ready-file")
        .arg(&ready)
        .spawn()?;
    let served = Served(serve);
    let (address, pin) = wait_for(&ready)?;
    let pid = served.0.id().to_string();
    let run = |words: &[&str]| -> Result {
        let out = Command::new(&load).args(words).args(["--relay", &address, "--pin", &pin]).output()?;
        if !out.status.success() {
            return Err(format!("{}: {}", words.join(" "), String::from_utf8_lossy(&out.stderr)).into());
        }
        println!("{}: {}", words.first().unwrap_or(&""), String::from_utf8_lossy(&out.stdout).trim());
        Ok(())
    };
    run(&["idle", "--pid", &pid])?;
    run(&["sign-in", "--user", USER, "--password-file", &password_file.display().to_string()])
}

/// Address and certificate digest that a ready relay wrote down.
fn wait_for(ready: &Path) -> Result<(String, String)> {
    let began = Instant::now();
    while began.elapsed() < READY {
        if let Ok(text) = std::fs::read_to_string(ready) {
            let told: Value = serde_json::from_str(&text)?;
            let text = |name: &str| told[name].as_str().map(str::to_owned);
            let (Some(url), Some(pin)) = (text("control"), text("certificate_sha256")) else {
                return Err(format!("the relay's ready file says {told}").into());
            };
            return Ok((url.trim_start_matches("https://").to_owned(), pin));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err("the relay did not get ready".into())
}
