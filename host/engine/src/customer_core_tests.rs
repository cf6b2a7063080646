//! The customer's core without a relay: what becomes of a link while a session is on its way.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::customer::{Customer, CustomerCommand, CustomerConfig, CustomerView, OwnWindows, is_occupied};
use crate::resume::ResumeNote;
use crate::view::SessionState;
use lotse_protocol::code::JoinCode;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Nothing here takes as long, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

struct NoWindows;

impl OwnWindows for NoWindows {
    fn is_own_at(&self, _x: i32, _y: i32) -> bool {
        false
    }

    fn has_focus(&self) -> bool {
        false
    }
}

fn start(data_dir: &Path) -> Customer {
    let config = CustomerConfig {
        relay: "https://127.0.0.1:9".to_owned(),
        data_dir: data_dir.to_owned(),
        driver_dir: Some(data_dir.join("no-drivers")),
        locale: "en".to_owned(),
        developer: false,
        allow: Vec::new(),
        restart: None,
    };
    Customer::start(config, Arc::new(NoWindows), None, None, Arc::new(|| {})).unwrap()
}

fn until(customer: &Customer, is: impl Fn(&CustomerView) -> bool) {
    let begun = Instant::now();
    while !is(&customer.view()) {
        assert!(begun.elapsed() < PATIENCE, "{:?}", customer.view());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_connecting(view: &CustomerView) -> bool {
    view.session.as_ref().is_some_and(|session| matches!(session.state, SessionState::Connecting { .. }))
}

fn follow(customer: &Customer) {
    let link = "lotse://127.0.0.1:7/join?code=4829135207".parse().unwrap();
    customer.send(CustomerCommand::Follow(Box::new(link)));
}

fn leave(customer: &Customer, data_dir: &Path) {
    customer.send(CustomerCommand::Leave);
    until(customer, |view| view.session.is_none() && !view.passed_over);
    assert!(!is_occupied(data_dir));
    follow(customer);
    until(customer, is_connecting);
    assert!(!customer.view().passed_over, "nothing is in its way");
}

#[test]
fn c6_a_link_does_not_take_the_place_of_a_session_that_is_being_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let note = ResumeNote {
        relay: "https://127.0.0.1:9".to_owned(),
        session: [1; 16],
        token: "t".to_owned(),
        identity: vec![2],
        peer: [3; 32],
        accepted: true,
        developer: false,
        ahead: Vec::new(),
        paused: false,
        features: Vec::new(),
        ..ResumeNote::default()
    };
    let place = folder.path().join("session.json");
    note.write(&place).unwrap();
    let customer = start(folder.path());
    follow(&customer);
    until(&customer, |view| view.passed_over);
    assert!(is_connecting(&customer.view()) && is_occupied(folder.path()) && place.exists());
    leave(&customer, folder.path());
}

#[test]
fn c6_nor_of_one_that_is_being_joined() {
    let folder = tempfile::tempdir().unwrap();
    let customer = start(folder.path());
    assert!(!is_occupied(folder.path()));
    customer.send(CustomerCommand::Join { code: JoinCode::new(48_291, 35_207), name: String::new() });
    until(&customer, is_connecting);
    assert!(is_occupied(folder.path()), "before there is a session, too");
    follow(&customer);
    until(&customer, |view| view.passed_over);
    leave(&customer, folder.path());
}
