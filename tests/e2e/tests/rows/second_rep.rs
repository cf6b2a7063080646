//! H1, H2, F1: a second rep who is in the session already: what they may, and what becomes of it when somebody's console dies.

use crate::files::{self, FILES, drop_on};
use crate::handoff::{Office, names, say, still_runs};
use crate::{ALL, customer};
use serde_json::{Value, json};
use std::fs;

/// Bo is in the session beside Anna.
fn beside() -> Office {
    let mut office = Office::with_bo(ALL, "join-");
    office.session.customer.expect("reps", 30, |event| names(event) == ["Anna Berg", "Bo Lind"]).unwrap();
    office.told("is in the session now");
    office
}

/// Scar: they got a second session with the same customer, in a second window.
#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h1_who_is_in_the_session_already_takes_it_over_in_the_window_that_they_have() {
    let mut office = beside();
    let (at_bo, at_customer) = (office.bo.mark(), office.session.customer.mark());
    office.bring("take-");
    office.bo_has_it(at_customer);
    say(&mut office.bo, &mut office.session.customer, "I have it now");
    say(&mut office.session.customer, &mut office.bo, "Hello Bo");
    let begins = |event: &Value| event["event"] == "session-state" || event["event"] == "safety-code";
    let of = |events: Vec<Value>, mark: usize| events.into_iter().skip(mark).filter(begins).collect::<Vec<_>>();
    let begun = of(office.bo.events(), at_bo);
    assert!(begun.is_empty(), "no other session and no other keys: {begun:?}");
    let begun: Vec<Value> = of(office.session.customer.events(), at_customer);
    assert!(!begun.iter().any(|event| event["event"] == "session-state"), "the session itself went on: {begun:?}");
}

/// Scar: they heard nothing of the customer's being asked, nor of the no.
#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "file-transfer", plugin = "session-handoff")),
    ignore = "needs the plugins chat, file-transfer and session-handoff"
)]
fn h1_who_looks_on_hears_whether_the_customer_lets_them_lead() {
    let mut office = Office::with_bo("", "observe-");
    office.told("is in the session now");
    for (allow, word) in [(false, "keeps the session"), (true, "has handed this session over")] {
        let (at_bo, at_customer) = (office.bo.mark(), office.session.customer.mark());
        office.bring("take-");
        let beside = |event: &Value| event["kind"] == "beside";
        office.session.customer.expect_after(at_customer, "prompt", 60, beside).unwrap();
        let says = |event: &Value, word: &str| event["body"].as_str().is_some_and(|body| body.contains(word));
        let said = office.bo.expect_after(at_bo, "notice", 30, |event| says(event, "asked first")).unwrap();
        assert_eq!(said["title"], "Anna Berg");
        customer::answer(&office.session.desk, allow);
        office.bo.expect_after(at_bo, "notice", 60, |event| says(event, word)).unwrap();
        if !allow {
            office.told("did not come");
        }
    }
    office.session.rep.expect("ended", 60, |event| event["reason"] == "handed-over").unwrap();
    office.bo.expect_node("menu", 30, |node| node["id"] == "send-files" && node["enabled"] != false).unwrap();
}

/// Scar: the second rep's menu said that nobody was connected.
#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "file-transfer", plugin = "session-handoff")),
    ignore = "needs the plugins chat, file-transfer and session-handoff"
)]
fn f1_the_second_rep_sends_and_receives_files_as_the_first_does() {
    let mut office = beside();
    office.bo.expect_node("menu", 30, |node| node["id"] == "send-files" && node["enabled"] != false).unwrap();
    let (from, to) = (files::folder(&office.session, "from"), files::folder(&office.session, "to"));
    let scan = files::file(&from, "scan.pdf", 3_000_001);
    let mark = office.session.customer.mark();
    drop_on(&mut office.bo, &[&scan]);
    let question = files::answer(&mut office.session.customer, mark, Some(&to));
    assert_eq!((&question["from"], &question["name"]), (&json!("Bo Lind"), &json!("scan.pdf")));
    files::expect_whole(&office.session.customer, &scan, &to);

    let log = files::file(&from, "log.txt", 70_000);
    let back = files::folder(&office.session, "back");
    let mark = office.bo.mark();
    drop_on(&mut office.session.customer, &[&log]);
    let row = files::expect(&office.session.customer, "log.txt", "Who is to get it?");
    let number = row["id"].as_str().unwrap().rsplit('-').next().unwrap().to_owned();
    let to_bo = |node: &Value| {
        let id = node["id"].as_str().unwrap_or_default();
        id.starts_with(&format!("to-{number}-"))
            && node["label"].as_str().is_some_and(|label| label.ends_with("Bo Lind"))
    };
    let to_bo = office.session.customer.expect_node("chat", 20, to_bo).unwrap();
    office.session.customer.act(FILES, to_bo["id"].as_str().unwrap(), json!({})).unwrap();
    files::answer(&mut office.bo, mark, Some(&back));
    files::expect(&office.bo, "log.txt", "Received into back");
    assert_eq!(fs::read(back.join("log.txt")).unwrap(), fs::read(log).unwrap());
    let asked = office.session.rep.events().into_iter().filter(|event| event["event"] == "file-question");
    assert_eq!(asked.count(), 0, "it was not for Anna");
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "file-transfer", plugin = "session-handoff")),
    ignore = "needs the plugins chat, file-transfer and session-handoff"
)]
fn f1_who_only_looks_on_is_told_that_they_send_no_files() {
    let mut office = Office::with_bo(ALL, "observe-");
    let said = |node: &Value| {
        node["id"] == "send-files" && node["enabled"] == false && node.to_string().contains("You only look on")
    };
    office.bo.expect_node("menu", 60, said).unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h2_if_the_console_of_who_is_beside_dies_the_first_goes_on() {
    let Office { mut session, bo, _display } = beside();
    let mark = session.customer.mark();
    bo.kill();
    session.customer.expect_after(mark, "reps", 90, |event| names(event) == ["Anna Berg"]).unwrap();
    still_runs(&mut session);
}

/// The customer has been told who comes, and by whom: with their yes somebody is there again.
#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h1_if_the_first_console_dies_while_the_customer_is_asked_whoever_takes_over_leads() {
    let (office, _) = Office::at_the_question();
    let mark = office.session.customer.mark();
    let Office { session, mut bo, _display } = office;
    let crate::Session { rep, mut customer, desk, office: _office, stage: _stage } = session;
    rep.kill();
    customer::answer(&desk, true);
    bo.expect_state("active", 60).unwrap();
    customer.expect_after(mark, "reps", 60, |event| names(event) == ["Bo Lind"]).unwrap();
    say(&mut bo, &mut customer, "I am here");
}
