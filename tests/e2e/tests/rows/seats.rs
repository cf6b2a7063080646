//! S1 to S3 on a running relay: seats and taking them over, suspended reps, passwords that are set anew.

use crate::{ALL, Session};
use lotse_e2e::stage::{PASSWORD, USER};
use lotse_e2e::{Display, Program, RepOptions, Stage};
use serde_json::{Value, json};

const BO: &str = "bo.lind@acme.example";

/// Anna has the account's only seat, and Bo has just signed in.
struct Office {
    stage: Stage,
    anna: Program,
    bo: Program,
    /// What Bo was told of the seats.
    waiting: Value,
    _displays: [Display; 2],
}

impl Office {
    fn open() -> Self {
        let displays = [Display::start(1280, 900).unwrap(), Display::start(1280, 900).unwrap()];
        let stage = Stage::start().unwrap();
        stage.add_rep(BO, "Bo Lind").unwrap();
        stage.change(&["account", "set", "--name", "Acme", "--seats", "1"]).unwrap();
        let anna = stage.rep(&displays[0], &RepOptions::default()).unwrap();
        stage.code().unwrap();
        let bo = stage.colleague(&displays[1], BO, PASSWORD).unwrap();
        let waiting = waiting(&bo);
        Self { stage, anna, bo, waiting, _displays: displays }
    }
}

fn waiting(program: &Program) -> Value {
    program.expect("seat", 60, |event| event["state"] == "waiting").unwrap()
}

fn has_a_seat(program: &Program) {
    program.expect("seat", 30, |event| event["state"] == "held").unwrap();
}

#[test]
fn s3_who_waits_sees_who_has_the_seat_makes_no_code_and_gets_the_seat_by_itself() {
    let mut office = Office::open();
    let holders = office.waiting["holders"].as_array().unwrap();
    assert_eq!((holders.len(), &holders[0]["name"]), (1, &"Anna Berg".into()));
    assert_eq!((&holders[0]["in_session"], &office.waiting["seats"]), (&false.into(), &1.into()));
    office.bo.tell(&json!({ "do": "new-code" })).unwrap();
    let refused = office.bo.expect("problem", 20, |event| event["problem"] == "refused").unwrap();
    assert!(refused["detail"].as_str().unwrap().contains("seats"), "{refused}");
    office.anna.tell(&json!({ "do": "sign-out" })).unwrap();
    has_a_seat(&office.bo);
    office.bo.tell(&json!({ "do": "new-code" })).unwrap();
    office.bo.expect("code", 20, |_| true).unwrap();
}

#[test]
fn s3_more_seats_reach_who_waits() {
    let office = Office::open();
    office.stage.change(&["account", "set", "--name", "Acme", "--seats", "2"]).unwrap();
    has_a_seat(&office.bo);
    assert!(!office.anna.events().iter().any(|event| event["event"] == "sign-in-ended"));
}

#[test]
fn s3_taking_a_seat_over_ends_the_sign_in_and_its_session_with_the_name_of_who_did() {
    let session = Session::start(ALL, &[]);
    let display = Display::start(1280, 900).unwrap();
    session.stage.add_rep(BO, "Bo Lind").unwrap();
    session.stage.change(&["account", "set", "--name", "Acme", "--seats", "1"]).unwrap();
    let mut bo = session.stage.colleague(&display, BO, PASSWORD).unwrap();
    let holder = waiting(&bo)["holders"][0].clone();
    assert_eq!((&holder["name"], &holder["in_session"]), (&"Anna Berg".into(), &true.into()));
    bo.tell(&json!({ "do": "take-seat", "seat": holder["seat"] })).unwrap();
    has_a_seat(&bo);
    let ended = session.rep.expect("sign-in-ended", 20, |event| event["why"] == "taken-over").unwrap();
    assert_eq!(ended["by"], "Bo Lind");
    session.customer.expect("ended", 60, |event| event["reason"] == "rep-ended").unwrap();
    bo.tell(&json!({ "do": "new-code" })).unwrap();
    bo.expect("code", 20, |_| true).unwrap();
}

#[test]
fn s1_suspending_a_rep_ends_the_sign_in_with_the_reason() {
    let display = Display::start(1280, 900).unwrap();
    let stage = Stage::start().unwrap();
    let rep = stage.rep(&display, &RepOptions::default()).unwrap();
    stage.code().unwrap();
    stage.change(&["rep", "set", "--user", USER, "--status", "suspended"]).unwrap();
    rep.expect("sign-in-failed", 20, |event| event["problem"] == "account-not-active").unwrap();
}

#[test]
fn s2_a_reset_ends_the_sign_in_and_the_next_one_chooses_a_password() {
    const GIVEN: &str = "given by a manager";
    let displays = [Display::start(1280, 900).unwrap(), Display::start(1280, 900).unwrap()];
    let stage = Stage::start().unwrap();
    let rep = stage.rep(&displays[0], &RepOptions::default()).unwrap();
    stage.code().unwrap();
    let file = stage.password_file(GIVEN).unwrap();
    stage.change(&["rep", "password", "--user", USER, "--password-file", file.to_str().unwrap()]).unwrap();
    rep.expect("sign-in-ended", 20, |event| event["why"] == "password-reset").unwrap();

    let old = stage.colleague(&displays[1], USER, PASSWORD).unwrap();
    old.expect("sign-in-failed", 60, |event| event["problem"] == "wrong-id-or-password").unwrap();
    drop(old);
    let mut again = stage.colleague(&displays[1], USER, GIVEN).unwrap();
    again.expect("sign-in-failed", 60, |event| event["problem"] == "must-change-password").unwrap();
    again.tell(&json!({ "do": "choose-password", "password": "password1" })).unwrap();
    again.expect("sign-in-failed", 20, |event| event["problem"] == "new-password-refused").unwrap();
    again.tell(&json!({ "do": "choose-password", "password": "seven-Boats-by-27-lamps" })).unwrap();
    again.expect("signed-in", 20, |_| true).unwrap();
    assert!(!again.events().iter().any(|event| event.to_string().contains("Boats")), "no password is in any event");
}
