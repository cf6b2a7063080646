//! N4 · C5 · P1 · The customer's computer: restarted with their word and back in the session, and what it is, read with their word.

use crate::customer::answer;
use crate::{ALL, Session};
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage, wait_for};
use serde_json::{Value, json};
use std::net::{IpAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

pub const REBOOT: &str = "lotse.remote-reboot";
const DIAGNOSTICS: &str = "lotse.diagnostics";

/// A command in place of the system's own that ends the customer's program as a computer going down does, or says no.
fn command(stage: &Stage, name: &str, does: &str) -> String {
    let place = stage.folder().join(name);
    std::fs::write(&place, format!("#!/bin/sh\n{does}\n")).unwrap();
    std::fs::set_permissions(&place, PermissionsExt::from_mode(0o700)).unwrap();
    place.to_str().unwrap().to_owned()
}

/// The entries that the next login starts.
pub fn entries(stage: &Stage) -> Vec<PathBuf> {
    let folder = stage.folder().join("config/autostart");
    std::fs::read_dir(folder).map(|found| found.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}

/// What an entry says is to be started, read as the specification of desktop entries has it.
fn arguments(entry: &str) -> Vec<String> {
    let line = entry.lines().find_map(|line| line.strip_prefix("Exec=")).unwrap();
    let string = line.replace("\\\\", "\\");
    let (mut arguments, mut inside, mut signs) = (Vec::<String>::new(), false, string.chars());
    while let Some(sign) = signs.next() {
        let meant = match sign {
            '"' => {
                inside = !inside;
                if inside {
                    arguments.push(String::new());
                }
                continue;
            }
            ' ' if !inside => continue,
            '\\' | '%' => signs.next().unwrap(),
            sign => sign,
        };
        arguments.last_mut().unwrap().push(meant);
    }
    arguments
}

/// What a login starts, as a desktop session would.
pub fn log_in(stage: &Stage, desk: &Display, entry: &str) -> Program {
    let arguments = arguments(entry);
    let (program, rest) = arguments.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(rest).current_dir("/").env("DISPLAY", desk.name()).env("HOME", stage.folder());
    command.env("XDG_CONFIG_HOME", stage.folder().join("config")).env("XDG_RUNTIME_DIR", stage.folder());
    command.env("LANG", "en_US.UTF-8").env("NO_AT_BRIDGE", "1");
    command.env_remove("LC_ALL").env_remove("WAYLAND_DISPLAY").env_remove("DBUS_SESSION_BUS_ADDRESS");
    Program::start("lotse-customer", &mut command).unwrap()
}

/// A session on a computer that is restarted by this command.
pub fn session(does: &str) -> Session {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let mut stage = Stage::start().unwrap();
    let config = stage.folder().join("config").to_str().unwrap().to_owned();
    stage.environment.push(("XDG_CONFIG_HOME".to_owned(), config));
    let reboot = command(&stage, "reboot", does);
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let arguments = vec!["--reboot-command", reboot.as_str()];
    let options = CustomerOptions { allow: ALL, arguments, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &stage.code().unwrap(), &options).unwrap();
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
    Session { rep, customer, desk, office, stage }
}

/// The rep asks for a restart and the customer is asked.
pub fn ask(session: &mut Session) {
    let mark = session.customer.mark();
    session.rep.act(REBOOT, "restart", json!({})).unwrap();
    session.customer.expect_after(mark, "prompt", 30, |event| event["access"] == "restart").unwrap();
}

/// More of the network than these are not told.
const INTERFACES_TOLD: usize = 32;

/// The interfaces of this computer's network by their names, as the system has them, and whether each is up.
fn interfaces() -> Vec<(String, bool)> {
    let found = std::fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
    let names = found.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name != "lo");
    let state = |name: String| {
        let state = std::fs::read_to_string(format!("/sys/class/net/{name}/operstate")).unwrap_or_default();
        (name, state.trim() == "up")
    };
    let mut interfaces: Vec<(String, bool)> = names.map(state).collect();
    interfaces.sort_unstable();
    interfaces
}

/// The address that this computer speaks from, found in another way than the program's; none: it has no way out.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // One for documents. Nothing is sent: the system only says from where it would be.
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|own| own.ip()).filter(|own| !own.is_loopback())
}

pub fn said(node: &Value, words: &str) -> bool {
    node["label"].as_str().is_some_and(|label| label.contains(words))
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "remote-reboot", plugin = "screen-sharing")),
    ignore = "needs the plugins chat, remote-reboot and screen-sharing"
)]
fn n4_a_restart_comes_back_into_the_same_session() {
    let mut session = session("kill -9 $PPID");
    session.rep.act("lotse.chat", "say", json!({ "text": "See you after the restart" })).unwrap();
    session.customer.expect_node("chat", 20, |node| node["body"] == "See you after the restart").unwrap();
    ask(&mut session);
    assert!(entries(&session.stage).is_empty(), "nothing is prepared before the customer's word");
    answer(&session.desk, true);
    session.customer.expect("restart", 20, |event| event["state"] == "counting").unwrap();
    session.rep.expect_node("tools", 20, |node| said(node, "The customer said yes")).unwrap();
    let entry = wait_for(20, "the entry of the next login", || entries(&session.stage).first().cloned()).unwrap();
    let mode = std::fs::metadata(&entry).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(&entry).unwrap();
    let mark = session.rep.mark();
    session.customer.wait_end(60).unwrap();
    session.rep.expect_after(mark, "session-state", 30, |event| event["state"] == "lost").unwrap();
    assert!(entry.exists(), "the computer is down, and the way back is there");

    let mut back = log_in(&session.stage, &session.desk, &text);
    session.rep.expect_after(mark, "session-state", 60, |event| event["state"] == "active").unwrap();
    back.expect_state("active", 30).unwrap();
    assert_eq!(entries(&session.stage), Vec::<PathBuf>::new(), "used once");
    back.expect_node("chat", 30, |node| node["body"] == "See you after the restart").unwrap();
    session.rep.expect_node("tools", 30, |node| said(node, "is back after")).unwrap();
    session.rep.act("lotse.chat", "say", json!({ "text": "Welcome back" })).unwrap();
    back.expect_node("chat", 20, |node| node["body"] == "Welcome back").unwrap();

    // Another restart is another question.
    let asked = back.mark();
    session.rep.act(REBOOT, "restart", json!({})).unwrap();
    back.expect_after(asked, "prompt", 30, |event| event["access"] == "restart").unwrap();
}

#[test]
#[cfg_attr(not(plugin = "remote-reboot"), ignore = "needs the plugin remote-reboot")]
fn n4_a_login_after_the_session_is_over_starts_nothing() {
    let mut session = session("kill -9 $PPID");
    ask(&mut session);
    answer(&session.desk, true);
    let entry = wait_for(20, "the entry of the next login", || entries(&session.stage).first().cloned()).unwrap();
    let text = std::fs::read_to_string(&entry).unwrap();
    session.customer.tell(&json!({ "do": "stop-everything" })).unwrap();
    session.customer.expect_state("ended", 20).unwrap();
    assert!(!entry.exists(), "it goes with the session");
    assert!(session.customer.is_running(), "and nothing is restarted");
    drop(session.customer);
    // As if it had been left.
    std::fs::write(&entry, &text).unwrap();
    let mut login = log_in(&session.stage, &session.desk, &text);
    assert!(login.wait_end(30).is_ok());
    assert!(login.events().is_empty() && !entry.exists(), "{:?}", login.events());
}

#[test]
#[cfg_attr(
    not(all(plugin = "remote-reboot", plugin = "screen-sharing")),
    ignore = "needs the plugins remote-reboot and screen-sharing"
)]
fn c5_a_restart_needs_the_customers_word_each_time() {
    let mut session = session("exit 1");
    ask(&mut session);
    answer(&session.desk, false);
    session.rep.expect_node("tools", 20, |node| said(node, "The customer said no")).unwrap();
    assert!(entries(&session.stage).is_empty());
    // A no stands for a while.
    std::thread::sleep(std::time::Duration::from_secs(11));
    ask(&mut session);
    answer(&session.desk, true);
    // This system does not do it: both sides hear so, and nothing of it is left.
    session.rep.expect_node("tools", 40, |node| said(node, "did not let Lotse restart it")).unwrap();
    session.customer.expect("notice", 20, |event| event["from"] == "Restart").unwrap();
    assert!(entries(&session.stage).is_empty());
    ask(&mut session);
    assert_eq!(session.rep.state().as_deref(), Some("active"));
}

#[test]
#[cfg_attr(
    not(all(plugin = "diagnostics", plugin = "screen-sharing")),
    ignore = "needs the plugins diagnostics and screen-sharing"
)]
fn c5_what_computer_it_is_the_rep_reads_with_the_customers_word() {
    let mut session = Session::start(ALL, &[]);
    session.rep.act(DIAGNOSTICS, "look", json!({})).unwrap();
    session.customer.expect("prompt", 30, |event| event["access"] == "system").unwrap();
    session.rep.expect_node("tools", 20, |node| said(node, "Waiting for the customer's answer")).unwrap();
    answer(&session.desk, false);
    session.rep.expect_node("tools", 20, |node| said(node, "The customer said no")).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(11));
    let mark = session.customer.mark();
    session.rep.act(DIAGNOSTICS, "look", json!({})).unwrap();
    session.customer.expect_after(mark, "prompt", 30, |event| event["access"] == "system").unwrap();
    answer(&session.desk, true);
    let copied = session.rep.expect_node("tools", 30, |node| node["kind"] == "copy").unwrap();
    let text = copied["text"].as_str().unwrap();
    for words in ["System\n", "Processor\n", "Memory\n", "Disk /\n", "Display", "Pixels: 1024 × 768"] {
        assert!(text.contains(words), "{words} is missing in {text}");
    }
    let mut interfaces = interfaces();
    interfaces.truncate(INTERFACES_TOLD);
    assert_eq!(text.contains("Network "), !interfaces.is_empty(), "{text}");
    if let Some(address) = own_address() {
        assert!(text.contains(&format!("  Address: {address}\n")), "{address} is missing in {text}");
    }
    for (name, up) in interfaces {
        let state = if up { "connected" } else { "not connected" };
        let network = format!("Network {name}\n  State: {state}\n");
        assert!(text.contains(&network), "{network} is missing in {text}");
    }
    // Once allowed it is read again without a question, until it is taken back.
    session.customer.tell(&json!({ "do": "allow", "access": "system", "on": false })).unwrap();
    session.customer.expect("consent", 20, |event| event["access"] == "system" && event["state"] == "refused").unwrap();
    session.rep.act(DIAGNOSTICS, "look", json!({})).unwrap();
    session.rep.expect_node("tools", 20, |node| said(node, "The customer said no")).unwrap();
}
