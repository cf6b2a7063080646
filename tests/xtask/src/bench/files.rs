//! File transfer beside a bare quinn stream, and beside scp and rsync where a login to this computer needs no password.

use crate::Result;
use crate::build::cargo;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

pub fn run(mib: &str) -> Result {
    let mib: u64 = mib.parse().map_err(|_| "bench files takes a size in MiB, such as 1024")?;
    let size = mib.to_string();
    println!("\n# Files: {mib} MiB on loopback, MB/s and processor seconds of both ends per GB");
    cargo(&["run", "--release", "-p", "lotse-transport", "--example", "bare", "--", &size])?;
    cargo(&["run", "--release", "-p", "lotse-engine", "--example", "files", "--", &size])?;
    peers(mib)
}

fn peers(mib: u64) -> Result {
    let login = quiet(&["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=2", "localhost", "true"]);
    if !login {
        println!("scp and rsync: not measured, since `ssh localhost` wants a password or is not there");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let from = folder.path().join("from");
    let mut random = std::fs::File::open("/dev/urandom")?.take(mib << 20);
    std::io::copy(&mut random, &mut std::fs::File::create(&from)?)?;
    for peer in ["scp", "rsync"] {
        let to = folder.path().join(peer);
        match timed(peer, &from, &to) {
            Some(seconds) => println!("{peer:<31}{:>8.1} MB/s", (mib << 20) as f64 / 1e6 / seconds),
            None => println!("{peer}: not measured, since it is not there or did not succeed"),
        }
    }
    Ok(())
}

/// Seconds that a peer takes over the network stack of this computer.
fn timed(peer: &str, from: &Path, to: &Path) -> Option<f64> {
    let source = format!("localhost:{}", from.display());
    let to = to.display().to_string();
    let words: &[&str] =
        if peer == "rsync" { &["rsync", "-a", "-e", "ssh", &source, &to] } else { &["scp", "-q", &source, &to] };
    let began = Instant::now();
    quiet(words).then(|| began.elapsed().as_secs_f64())
}

fn quiet(words: &[&str]) -> bool {
    let Some((program, arguments)) = words.split_first() else { return false };
    let status = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
