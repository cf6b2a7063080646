//! O3 · Running a relay: a backup that is put back, and an end that waits for its sessions.

use crate::network::say_and_hear;
use crate::{ALL, Session};
use lotse_e2e::{CustomerOptions, Display, RepOptions, Stage, stage, wait_for};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;

/// Runs a command of the relay's program to its good end and returns the JSON that it prints.
fn relay(command: &str, folders: [(&str, &Path); 2]) -> Value {
    let mut line = Command::new(stage::programs().unwrap().join("lotse-relay"));
    line.args([command, "--json"]);
    for (option, folder) in folders {
        line.arg(option).arg(folder);
    }
    let done = line.output().unwrap();
    assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn o3_a_relay_that_is_lost_goes_on_from_its_backup_with_its_sessions() {
    let mut session = Session::start(ALL, &[]);
    say_and_hear(&mut session, "before the fire");
    let (data, saved) = (session.stage.folder().join("relay"), session.stage.folder().join("saved"));
    let told = relay("backup", [("--data", &data), ("--to", &saved)]);
    assert!(told["files"].as_u64().is_some_and(|files| files >= 5), "{told}");
    session.stage.kill_relay();
    std::fs::rename(&data, session.stage.folder().join("burnt")).unwrap();
    let told = relay("restore", [("--data", &data), ("--from", &saved)]);
    assert_eq!(told["restored"].as_str(), data.to_str());
    let before = session.stage.url.clone();
    session.stage.start_relay(&["--developer"]).unwrap();
    assert_eq!(session.stage.url, before, "the same certificate at the same address");
    say_and_hear(&mut session, "after the fire");
    // The relay knows the session: a customer whose program was killed comes back into it.
    let mark = session.rep.mark();
    let spare = CustomerOptions { data: "elsewhere", ..CustomerOptions::default() };
    let spare = session.stage.customer_again(&session.desk, &spare).unwrap();
    std::mem::replace(&mut session.customer, spare).kill();
    session.rep.expect_after(mark, "session-state", 60, |event| event["state"] == "lost").unwrap();
    session.customer = session.stage.customer_again(&session.desk, &CustomerOptions::default()).unwrap();
    session.rep.expect_after(mark, "session-state", 60, |event| event["state"] == "active").unwrap();
    say_and_hear(&mut session, "together again");
}

/// The relay's answer, head and body.
fn get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: relay\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn o3_a_relay_that_is_told_to_end_waits_for_its_sessions_and_begins_none() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let elsewhere = Display::start(800, 600).unwrap();
    let stage = Stage::start_with(&["--developer", "--drain", "600", "--metrics", "127.0.0.1:0"]).unwrap();
    let ready: Value = serde_json::from_slice(&std::fs::read(stage.folder().join("ready.json")).unwrap()).unwrap();
    let operator: SocketAddr = ready["metrics"].as_str().unwrap().parse().unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let allowed = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &code, &allowed).unwrap();
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
    let mut session = Session { rep, customer, desk, office, stage };
    say_and_hear(&mut session, "before the end");
    assert!(get(operator, "/ready").unwrap().starts_with("HTTP/1.1 200"));
    assert!(get(operator, "/metrics").unwrap().contains("lotse_sessions{stage=\"running\"} 1\n"));

    session.stage.relay().unwrap().terminate();
    wait_for(20, "the relay to be not ready", || {
        get(operator, "/ready").ok().filter(|answer| answer.starts_with("HTTP/1.1 503"))
    })
    .unwrap();
    say_and_hear(&mut session, "while it drains");
    let late = CustomerOptions { data: "late", ..CustomerOptions::default() };
    let late = session.stage.customer(&elsewhere, &code, &late).unwrap();
    let failed = late.expect("failed", 30, |_| true).unwrap();
    assert!(failed["detail"].as_str().is_some_and(|detail| detail.contains("restarting")), "{failed}");
    say_and_hear(&mut session, "undisturbed");
    assert!(session.stage.relay_mut().unwrap().is_running(), "there is a session");

    session.rep.tell(&json!({ "do": "end" })).unwrap();
    session.customer.expect("ended", 20, |event| event["reason"] == "rep-ended").unwrap();
    let ended = session.stage.relay_mut().unwrap().wait_end(30).unwrap();
    assert!(ended.success(), "{ended}");
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn o3_a_second_signal_ends_a_draining_relay() {
    let mut session = Session::start(ALL, &[]);
    session.stage.kill_relay();
    session.stage.start_relay(&["--developer", "--drain", "86400"]).unwrap();
    say_and_hear(&mut session, "it waits for us");
    let relay = session.stage.relay_mut().unwrap();
    relay.terminate();
    relay.expect("draining", 20, |_| true).unwrap();
    relay.terminate();
    assert!(relay.wait_end(30).unwrap().success());
}
