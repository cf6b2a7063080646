//! C3 and C6 · The customer's program started by a link, as a page does it.

use crate::ALL;
use crate::customer::answer;
use lotse_e2e::hands::Hands;
use lotse_e2e::stage::programs;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage, wait_for};
use serde_json::json;
use std::process::Command;
use std::time::Duration;

const BO: &str = "bo.lind@acme.example";

fn allowed() -> CustomerOptions<'static> {
    CustomerOptions { allow: ALL, ..CustomerOptions::default() }
}

fn is_told(program: &Program, state: &str) -> serde_json::Value {
    program.expect("link", 30, |event| event["state"] == state).unwrap()
}

#[test]
fn c3_a_link_joins_with_no_typing() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let link = stage.link(&stage.code().unwrap()).unwrap();
    // A program that was handed out for this relay.
    let options = CustomerOptions { arguments: vec!["--relay", &stage.url], ..allowed() };
    let customer = stage.customer_by_link(&desk, &link, &options).unwrap();
    is_told(&customer, "joins");
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
    rep.expect("peer", 10, |event| event["name"] == "Karla Weber").unwrap();
}

#[test]
fn c6_a_link_to_a_new_relay_asks_first_and_a_later_one_to_the_same_does_not() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let elsewhere = Display::start(1280, 900).unwrap();
    let stage = Stage::start().unwrap();
    stage.add_rep(BO, "Bo Lind").unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let link = stage.link(&stage.code().unwrap()).unwrap();
    let mut customer = stage.customer_by_link(&desk, &link, &allowed()).unwrap();
    let relay = is_told(&customer, "asks")["relay"].as_str().unwrap().to_owned();
    assert!(stage.url.contains(&relay), "{relay}");
    Hands::on(&desk).unwrap().window("Lotse").unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(customer.state(), None, "nothing is connected before the customer says so");
    assert_ne!(rep.state().as_deref(), Some("active"));
    answer(&desk, true);
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
    customer.tell(&json!({ "do": "end" })).unwrap();
    customer.expect("ended", 20, |event| event["reason"] == "customer-ended").unwrap();
    customer.kill();

    let (rep, code) = stage.colleague_with_code(&elsewhere, BO).unwrap();
    let customer = stage.customer_by_link(&desk, &stage.link(&code).unwrap(), &allowed()).unwrap();
    is_told(&customer, "joins");
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
}

#[test]
fn c3_not_now_connects_to_nobody() {
    let desk = Display::start(1024, 768).unwrap();
    let stage = Stage::start().unwrap();
    let link = "lotse://help.acme.invalid/join?code=4829135207";
    let mut customer = stage.customer_by_link(&desk, link, &CustomerOptions::default()).unwrap();
    assert_eq!(is_told(&customer, "asks")["relay"], "help.acme.invalid");
    let before = desk.settle(500).unwrap();
    answer(&desk, false);
    wait_for(20, "another page", || (desk.picture().ok()?.share_equal(&before, 0, 0) < 1.0).then_some(())).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert!(customer.is_running() && customer.state().is_none(), "{}", customer.errors());
}

#[test]
fn c3_links_that_make_no_sense_are_refused_in_words() {
    let desk = Display::start(1024, 768).unwrap();
    let stage = Stage::start().unwrap();
    for (link, why) in [
        ("lotse://help.acme.invalid/join?code=48291", "ten digits"),
        ("lotse://help.acme.invalid/leave?code=4829135207", "not one to join"),
        ("lotse://user@help.acme.invalid/join?code=4829135207", "no address"),
        ("lotse:4829135207", "lotse://"),
    ] {
        let mut customer = stage.customer_by_link(&desk, link, &CustomerOptions::default()).unwrap();
        let refused = is_told(&customer, "refused");
        assert!(refused["why"].as_str().unwrap().contains(why), "{link}: {refused}");
        Hands::on(&desk).unwrap().window("Lotse").unwrap();
        assert!(customer.is_running() && customer.state().is_none(), "{}", customer.errors());
    }
}

#[test]
fn c6_a_second_start_by_a_link_leaves_the_running_session_alone() {
    let session = crate::Session::start(ALL, &[]);
    let display = Display::start(800, 700).unwrap();
    let link = session.stage.link("4829135207").unwrap();
    let mut second = session.stage.customer_by_link(&display, &link, &CustomerOptions::default()).unwrap();
    is_told(&second, "busy");
    Hands::on(&display).unwrap().window("Lotse").unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert!(second.is_running(), "{}", second.errors());
    for program in [&session.rep, &session.customer] {
        assert_eq!(program.state().as_deref(), Some("active"));
    }
}

#[test]
fn c3_the_program_says_on_the_desktop_that_links_start_it_and_takes_that_back() {
    let home = tempfile::tempdir().unwrap();
    let run = |word: &str| {
        let mut command = Command::new(programs().unwrap().join("lotse-customer"));
        command.arg(word).env("HOME", home.path()).env_remove("XDG_DATA_HOME").env_remove("XDG_CONFIG_HOME");
        let done = command.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let entry = home.path().join(".local/share/applications/lotse-customer.desktop");
    let defaults = home.path().join(".config/mimeapps.list");
    run("--register");
    let text = std::fs::read_to_string(&entry).unwrap();
    assert!(text.contains("MimeType=x-scheme-handler/lotse;") && text.contains("lotse-customer\" %u"), "{text}");
    let list = std::fs::read_to_string(&defaults).unwrap();
    assert!(list.contains("x-scheme-handler/lotse=lotse-customer.desktop"), "{list}");
    run("--unregister");
    assert!(!entry.exists());
    assert!(!std::fs::read_to_string(&defaults).unwrap().contains("lotse-customer"));
}
