//! Both halves in one process, with the person's word and the host played by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::customer::{Customer, Do};
use crate::rep::{Rep, State};
use crate::view::{RESTART, failed_here, said, tools};
use crate::wire::{Failure, Message, VERSION};
use lotse_sdk::ReadSettings;

/// What the customer's half says goes over the wire to the rep's.
fn hear(rep: &mut Rep, wanted: Do) {
    let Do::Say(message) = wanted else { panic!("{wanted:?}") };
    assert!(rep.heard(Message::parse(&message.encode()).unwrap()));
}

/// The rep has asked, and the person is being asked.
fn waiting() -> (Rep, Customer) {
    let (mut rep, mut customer) = (Rep::default(), Customer::default());
    assert!(rep.may_ask());
    rep.ask(true);
    assert_eq!(customer.asked(VERSION), Do::Request);
    hear(&mut rep, customer.waits());
    assert_eq!((rep.state(), rep.may_ask()), (State::Waiting, false));
    (rep, customer)
}

#[test]
fn n4_the_rep_follows_a_restart_from_the_question_to_the_return() {
    let (mut rep, mut customer) = waiting();
    assert_eq!(customer.granted(), Some(Do::Restart));
    hear(&mut rep, customer.begun());
    assert_eq!(customer.revoked(), None, "the word is used up, and that is no refusal");
    assert_eq!(rep.state(), State::Begun);
    rep.left();
    assert_eq!((rep.state(), rep.may_ask()), (State::Down, false));
    rep.left();
    // The program of after the restart.
    let mut customer = Customer::default();
    customer.back(95);
    rep.joined();
    hear(&mut rep, Do::Say(customer.takes_back().unwrap()));
    assert_eq!(customer.takes_back(), None, "told once");
    assert_eq!((rep.state(), rep.may_ask()), (State::Back { seconds: 95 }, true));
    assert!(said(rep.state()).unwrap().0.contains("1 min 35 s"));
}

#[test]
fn c5_nothing_restarts_without_a_word_for_this_very_time() {
    let (mut rep, mut customer) = waiting();
    hear(&mut rep, customer.refused());
    assert_eq!((rep.state(), customer.granted()), (State::Refused, None));
    let (mut rep, mut customer) = waiting();
    assert_eq!(customer.granted(), Some(Do::Restart));
    customer.begun();
    hear(&mut rep, customer.failed(Failure::Cancelled));
    assert_eq!(customer.granted(), None, "a word is good for one restart");
    assert_eq!(customer.asked(VERSION), Do::Request, "the next one is asked for");
    let (mut rep, mut customer) = waiting();
    hear(&mut rep, customer.revoked().unwrap());
    assert_eq!((rep.state(), customer.granted()), (State::Refused, None));
}

#[test]
fn what_came_in_between_is_told_on_both_sides() {
    for failure in [Failure::NoWayBack, Failure::System, Failure::Stayed, Failure::Unsupported] {
        let (mut rep, mut customer) = waiting();
        hear(&mut rep, customer.failed(failure));
        assert_eq!((rep.state(), rep.may_ask()), (State::Failed(failure), true));
        assert!(said(rep.state()).is_some() && failed_here(failure).is_some());
    }
    assert_eq!(failed_here(Failure::Cancelled), None, "their own wish is no news");
    let mut customer = Customer::default();
    assert_eq!(customer.asked(VERSION + 1), Do::Say(Message::Failed(Failure::Unsupported)));
}

#[test]
fn a_lost_connection_restarts_nothing_that_was_not_begun() {
    let (mut rep, mut customer) = waiting();
    rep.left();
    customer.disconnected();
    assert_eq!((rep.state(), customer.granted()), (State::Lost, None));
    let (mut rep, mut customer) = waiting();
    customer.granted();
    hear(&mut rep, customer.begun());
    customer.disconnected();
    rep.left();
    rep.joined();
    assert_eq!(rep.state(), State::Off, "back without a restart: only the line was gone");
    assert_eq!(customer.asked(VERSION), Do::Say(Message::Begun), "what is under way is not begun twice");
}

#[test]
fn the_entry_says_why_it_cannot_be_used() {
    let (rep, _) = waiting();
    for (shown, why) in [
        (tools(&Rep::default(), false), Some("The customer is not connected.")),
        (tools(&rep, true), Some("It is under way already.")),
        (tools(&Rep::default(), true), None),
    ] {
        assert_eq!(shown.find(RESTART).unwrap().properties().text("why"), why);
    }
}
