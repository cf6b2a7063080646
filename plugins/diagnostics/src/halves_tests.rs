//! Both halves in one process, with the person's word and the host played by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::customer::{Customer, Do, NotBegun};
use crate::rep::{Rep, State};
use crate::view::{LOOK, WINDOW, tools};
use crate::wire::{Failure, Groups, Message, VERSION};
use lotse_sdk::{ReadSettings, settings};

/// What the customer's half says goes over the wire to the rep's.
fn hear(rep: &mut Rep, wanted: Do) {
    let Do::Say(message) = wanted else { panic!("{wanted:?}") };
    assert!(rep.heard(Message::parse(&message.encode()).unwrap()));
}

fn asked() -> (Rep, Customer) {
    let (mut rep, mut customer) = (Rep::default(), Customer::default());
    rep.ask(true);
    assert_eq!(customer.asked(VERSION), Do::Request);
    (rep, customer)
}

fn facts() -> Groups {
    vec![("os".to_owned(), settings([("name", "Debian 12".into())]))]
}

#[test]
fn p1_the_rep_reads_what_the_customer_allowed_and_copies_it() {
    let (mut rep, mut customer) = asked();
    hear(&mut rep, customer.waits());
    assert_eq!(*rep.state(), State::Waiting);
    assert_eq!(customer.granted_later(), Some(Do::Look));
    hear(&mut rep, customer.facts(facts()).unwrap());
    let shown = format!("{:?}", tools(&rep, true));
    assert!(shown.contains("Name: Debian 12") && shown.contains("System\\n  Name: Debian 12\\n"), "{shown}");
    assert!(tools(&rep, true).find(WINDOW).is_some());
    rep.close();
    assert!(tools(&rep, true).find(WINDOW).is_none());
}

#[test]
fn c5_nothing_is_read_without_the_customers_word() {
    let (mut rep, mut customer) = asked();
    assert_eq!(customer.facts(facts()), None, "nobody asked the host for it");
    hear(&mut rep, customer.refused());
    assert_eq!(*rep.state(), State::Refused);
    assert_eq!(customer.granted_later(), None, "a switch that is moved later sends nothing");
    let (mut rep, mut customer) = asked();
    assert_eq!(customer.granted(), Do::Look);
    hear(&mut rep, customer.revoked().unwrap());
    assert_eq!(customer.facts(facts()), None, "taken back while it was being read");
    assert_eq!(*rep.state(), State::Refused);
}

#[test]
fn what_cannot_be_read_is_told_with_what_to_do() {
    for (why, wanted) in [
        (NotBegun::Denied, State::Refused),
        (NotBegun::Failed(Failure::Unsupported), State::Failed(Failure::Unsupported)),
        (NotBegun::Failed(Failure::Busy), State::Failed(Failure::Busy)),
    ] {
        let (mut rep, mut customer) = asked();
        assert_eq!(customer.granted(), Do::Look);
        hear(&mut rep, customer.not_begun(why));
        assert_eq!(*rep.state(), wanted);
        assert!(tools(&rep, true).find(WINDOW).unwrap().find(LOOK).is_some(), "it can be asked for again");
    }
    let (mut rep, mut customer) = asked();
    customer.granted();
    hear(&mut rep, customer.rang().unwrap());
    assert_eq!((rep.state(), customer.facts(facts())), (&State::Failed(Failure::Busy), None));
    let mut other = Customer::default();
    assert_eq!(other.asked(VERSION + 1), Do::Say(Message::Failed(Failure::Unsupported)));
}

#[test]
fn a_lost_connection_is_told_and_what_was_read_stays() {
    let (mut rep, mut customer) = asked();
    rep.disconnected();
    customer.disconnected();
    assert_eq!((rep.state(), customer.granted_later()), (&State::Lost, None));
    let again = tools(&rep, false);
    let again = again.find(LOOK).unwrap();
    assert_eq!(again.properties().flag("enabled"), Some(false));
    assert!(rep.heard(Message::Facts(facts())));
    rep.disconnected();
    assert!(matches!(rep.state(), State::Shown(_)));
    assert!(!rep.heard(Message::Ask { version: VERSION }), "the customer's half asks nothing");
}
