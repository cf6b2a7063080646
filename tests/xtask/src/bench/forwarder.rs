//! The packet forwarder in a process of its own: bytes per processor second, what it adds in latency at half load, and
//! memory per idle leg; beside coturn in the same run where that and the relay harness's load generator are there.
//!
//! The relay has the first core to itself and the load the second, where there are two and `taskset` is there.
//! Latency is that of a thin stream beside the load.

use crate::Result;
use crate::build::{cargo, target};
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const ADDRESS: &str = "127.0.0.1:47443";
/// coturn refuses peers on the loopback network, so its side of the run has an address of its own there.
const TURN: (&str, &str, &str) = ("10.77.0.1", "10.77.0.2", "3478");
const ROUNDS: usize = 3;

/// Ends a server when its measurement is over, whatever came of it.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `program` on one core alone, where that can be had.
fn on_core(core: &str, program: &Path) -> Command {
    let pins = Command::new("taskset").args(["-c", core, "true"]).stderr(Stdio::null()).status();
    if pins.is_ok_and(|status| status.success()) {
        let mut command = Command::new("taskset");
        command.args(["-c", core]).arg(program);
        return command;
    }
    Command::new(program)
}

/// `program` on one core alone and before everything else there, where the system allows that: what else a machine does
/// is not the relay's to answer for.
fn first_in_line(core: &str, program: &Path) -> Command {
    let allowed = Command::new("chrt").args(["-f", "1", "true"]).stderr(Stdio::null()).status();
    if allowed.is_ok_and(|status| status.success()) {
        let mut command = Command::new("chrt");
        command.args(["-f", "1", "taskset", "-c", core]).arg(program);
        return command;
    }
    on_core(core, program)
}

fn figures(what: &str, command: &mut Command) -> Result<Value> {
    let out = command.output()?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    println!("{what}: {}", text.trim());
    serde_json::from_str(text.trim().lines().last().unwrap_or_default())
        .map_err(|problem| format!("{what}: {problem}: {}", String::from_utf8_lossy(&out.stderr)).into())
}

/// The median of one figure over all rounds.
fn of(rounds: &[Value], name: &str) -> f64 {
    let mut values: Vec<f64> = rounds.iter().filter_map(|figures| figures[name].as_f64()).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// `peer_load`: the load generator of the relay harness, to measure coturn with.
pub fn run(peer_load: Option<&Path>) -> Result {
    println!("\n# Forwarder: bytes per processor second, latency, memory");
    cargo(&["build", "--release", "-p", "lotse-forwarder", "--example", "load"])?;
    let load = target().join("release/examples/load");
    let key = "5a".repeat(32);
    let served = Served(first_in_line("0", &load).args(["serve", "--listen", ADDRESS, "--key", &key]).spawn()?);
    let turn = peer_load.map(|_| coturn()).transpose()?;
    std::thread::sleep(Duration::from_secs(1));
    let process = served.0.id().to_string();
    let ours = |what: &str, command: &str, more: &[&str]| {
        let common = [command, "--relay", ADDRESS, "--key", &key, "--pid", &process];
        figures(what, on_core("1", &load).args(common).args(more))
    };
    let full = ["--seconds", "5", "--pairs", "1", "--window", "1024"];
    let (mut trains, mut singles, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        trains.push(ours(&format!("{round}: trains of ten"), "run", &[&full[..], &["--train", "10"]].concat())?);
        singles.push(ours(&format!("{round}: one by one"), "run", &[&full[..], &["--train", "1"]].concat())?);
        if let (Some(load), Some(turn)) = (peer_load, &turn) {
            let relay = format!("{}:{}", TURN.0, TURN.2);
            let pid = turn.0.id().to_string();
            let words =
                ["udp", "--proto", "turn", "--relay", &relay, "--bind", TURN.1, "--test", "tput", "--secs", "5"];
            let words = [&words[..], &["--window", "1024", "--burst", "32", "--gso", "--pid", &pid]].concat();
            let what = format!("{round}: coturn");
            // A port that was used a moment ago may still be somebody's allocation there.
            let again = |_| {
                std::thread::sleep(Duration::from_secs(3));
                figures(&what, on_core("1", load).args(&words))
            };
            theirs.push(figures(&what, on_core("1", load).args(&words)).or_else(again)?);
        }
    }
    let per_second = of(&trains, "relay_bytes_per_cpu_second");
    println!(
        "median: {:.2} GB per CPU second in trains, {:.2} one by one",
        per_second / 1e9,
        of(&singles, "relay_bytes_per_cpu_second") / 1e9
    );
    if !theirs.is_empty() {
        let seconds_per_gb = of(&theirs, "relay_cpu_s_per_gb");
        println!(
            "coturn: {seconds_per_gb:.2} CPU s per GB; ours does {:.1} times its bytes",
            seconds_per_gb * per_second / 1e9
        );
    }
    // What the load itself waits for shares a core with it; a thin stream that goes before it tells what the relay adds.
    let half = format!("{:.0}", of(&trains, "gbit_per_second") * 500.0);
    let (mut through, mut direct) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let heavy = ["--seconds", "12", "--pairs", "1", "--train", "10", "--mbit", &half];
        let _busy = Served(
            on_core("1", &load)
                .args(["run", "--relay", ADDRESS, "--key", &key, "--pid", &process])
                .args(heavy)
                .stdout(Stdio::null())
                .spawn()?,
        );
        std::thread::sleep(Duration::from_secs(1));
        let thin = ["run", "--relay", ADDRESS, "--key", &key, "--pid", &process, "--seconds", "4", "--pairs", "1"];
        let thin = [&thin[..], &["--train", "1", "--mbit", "9.6"]].concat();
        let probe = |what: &str, more: &[&str]| figures(what, first_in_line("1", &load).args(&thin).args(more));
        through.push(probe(&format!("{round}: 1,000 packets a second beside half load"), &[])?);
        direct.push(probe(&format!("{round}: the same without the relay"), &["--direct", "yes"])?);
    }
    for (share, name) in [("p50", "one_way_us_p50"), ("p99", "one_way_us_p99")] {
        let (with, without) = (of(&through, name), of(&direct, name));
        println!("half load, {share}: {with:.0} µs, {without:.0} without the relay: {:.0} added", with - without);
    }
    ours("legs at rest", "idle", &[]).map(|_| ())
}

/// coturn on addresses of its own, with one thread, as it was measured before.
fn coturn() -> Result<Served> {
    for address in [TURN.0, TURN.1] {
        // There already is as good.
        let _ = Command::new("ip")
            .args(["address", "add", &format!("{address}/32"), "dev", "lo"])
            .stderr(Stdio::null())
            .status();
    }
    let scratch = target().join("bench");
    std::fs::create_dir_all(&scratch)?;
    let file = |name: &str| scratch.join(name).display().to_string();
    let mut command = on_core("0", Path::new("turnserver"));
    command.args([
        "-n",
        "--no-auth",
        "--no-tls",
        "--no-dtls",
        "--no-cli",
        "-m",
        "1",
        "--min-port",
        "2000",
        "--max-port",
        "64000",
    ]);
    command.args(["--listening-ip", TURN.0, "--relay-ip", TURN.0, "--listening-port", TURN.2, "--simple-log"]);
    command.args(["--log-file", &file("turn.log"), "--pidfile", &file("turn.pid"), "--db", &file("turn.db")]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Ok(Served(command.spawn().map_err(|problem| format!("turnserver (package coturn) does not start: {problem}"))?))
}
