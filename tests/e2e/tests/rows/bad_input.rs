//! What goes wrong outside, told clearly.

use crate::{ALL, Session};
use lotse_e2e::stage::programs;
use lotse_e2e::{CustomerOptions, Display, Stage, wait_for};
use std::process::Command;

#[test]
fn a_code_that_was_never_given_out_is_named() {
    let desk = Display::start(800, 600).unwrap();
    let stage = Stage::start().unwrap();
    let customer = stage.customer(&desk, "123 456 7890", &CustomerOptions::default()).unwrap();
    customer.expect("failed", 30, |event| event["problem"] == "code-unknown").unwrap();
}

#[test]
fn a_relay_with_another_certificate_is_not_trusted() {
    let desk = Display::start(800, 600).unwrap();
    let mut stage = Stage::start().unwrap();
    let (address, _) = stage.url.split_once('#').unwrap();
    stage.url = format!("{address}#sha256={}", "00".repeat(32));
    let customer = stage.customer(&desk, "123 456 7890", &CustomerOptions::default()).unwrap();
    customer.expect("failed", 30, |event| event["problem"] == "relay-not-trusted").unwrap();
}

#[test]
fn consent_ahead_needs_a_relay_in_developer_mode() {
    let desk = Display::start(800, 600).unwrap();
    let stage = Stage::start_with(&[]).unwrap();
    let customer =
        stage.customer(&desk, "123 456 7890", &CustomerOptions { allow: ALL, ..CustomerOptions::default() }).unwrap();
    let failed = customer.expect("failed", 30, |_| true).unwrap();
    assert!(failed["detail"].as_str().unwrap_or_default().contains("developer"), "{failed}");
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn a_display_that_changes_its_size_is_followed() {
    let session = Session::start_sized((1280, 800), (1280, 900), ALL, &["--view"]);
    session.rep.expect("surface", 30, |event| event["width"] == 1280).unwrap();
    session.desk.resize(1024, 768).unwrap();
    session.rep.expect("surface", 30, |event| event["width"] == 1024 && event["height"] == 768).unwrap();
    assert_eq!(session.rep.state().as_deref(), Some("active"));
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_starts() {
    let out =
        Command::new(programs().unwrap().join("lotse-customer")).args(["--data", "/proc/nowhere"]).output().unwrap();
    assert!(!out.status.success());
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(said.contains("--data"), "it says what to do: {said}");
    let out = Command::new(programs().unwrap().join("lotse-relay"))
        .args(["serve", "--data", "/proc/nowhere", "--listen", "127.0.0.1:0"])
        .output()
        .unwrap();
    assert!(!out.status.success() && !out.stderr.is_empty());
}

#[test]
fn without_a_display_the_programs_say_so() {
    for program in ["lotse", "lotse-customer"] {
        let folder = tempfile::tempdir().unwrap();
        let out = Command::new(programs().unwrap().join(program))
            .arg("--data")
            .arg(folder.path())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .output()
            .unwrap();
        assert_eq!(out.status.code(), Some(1), "{program}");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(said.contains("display") || said.contains("DISPLAY"), "{program}: {said}");
    }
}

#[test]
fn a_rep_who_vanishes_is_noticed_by_the_customer() {
    let session = Session::start(ALL, &[]);
    let Session { rep, customer, .. } = session;
    rep.kill();
    customer.expect("session-state", 30, |event| event["state"] == "lost").unwrap();
    wait_for(1, "the customer's program to stay", || (customer.state().as_deref() == Some("lost")).then_some(()))
        .unwrap();
}
