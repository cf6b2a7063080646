//! Who is asked, and what a yes is worth.

use super::pair::{Pair, facts};
use crate::item::{End, State};
use crate::kept;
use crate::protocol::{Allowed, Message, Refusal};
use crate::transfers::{DECLINED_MAX, QUIET_US};

#[test]
fn f1_nothing_moves_before_the_other_sides_person_agrees() {
    let mut pair = Pair::new();
    pair.rep.pick("scan.pdf");
    pair.exchange();
    assert_eq!((pair.rep.running(), pair.customer.running()), (0, 0));
    // A stream that nobody agreed to is not taken.
    let id = pair.rep.half.items()[0].id;
    assert!(!pair.customer.half.handle_opened(id, &mut pair.customer.desk));
    pair.customer.answer(true);
    pair.exchange();
    assert_eq!((pair.rep.running(), pair.customer.running()), (1, 1));
    pair.end("scan.pdf", "whole", 1000);
    assert_eq!(pair.rep.states(), [State::Ended(End::Whole)]);
    assert_eq!(pair.customer.half.items()[0].place, "Downloads");
}

#[test]
fn f1_either_side_sends_and_either_may_decline() {
    let mut pair = Pair::new();
    pair.customer.pick("log.txt");
    pair.exchange();
    assert_eq!(pair.rep.answer(false).as_deref(), Some("log.txt"));
    pair.exchange();
    let declined = [State::Ended(End::Refused(Refusal::Declined))];
    assert_eq!((pair.rep.states(), pair.customer.states()), (declined.to_vec(), declined.to_vec()));
    pair.customer.pick("log.txt");
    pair.exchange();
    pair.rep.answer(true);
    pair.exchange();
    assert_eq!(pair.customer.running(), 1);
}

#[test]
fn f1_people_are_asked_one_thing_at_a_time_and_a_busy_host_again() {
    let mut pair = Pair::new();
    pair.customer.desk.busy = true;
    pair.rep.pick("a");
    pair.rep.pick("b");
    pair.exchange();
    assert!(pair.customer.desk.asked.is_empty());
    pair.customer.desk.busy = false;
    pair.customer.wake();
    assert_eq!(pair.customer.desk.asked.len(), 1);
    assert_eq!((pair.customer.answer(true).as_deref(), pair.customer.answer(true).as_deref()), (Some("a"), Some("b")));
}

#[test]
fn f1_only_the_customer_gives_the_standing_permission() {
    let mut pair = Pair::new();
    pair.customer.desk.allow = Allowed::Asked;
    pair.rep.half.ask_to_be_allowed(&mut pair.rep.desk);
    pair.exchange();
    assert_eq!(pair.rep.half.allowed(), Allowed::Asked);
    pair.customer.half.handle_allowed(Allowed::Yes, &mut pair.customer.desk);
    pair.exchange();
    assert_eq!(pair.rep.half.allowed(), Allowed::Yes);
    pair.cut();
    pair.customer.half.handle_allowed(Allowed::Refused, &mut pair.customer.desk);
    pair.connect();
    assert_eq!(pair.rep.half.allowed(), Allowed::Refused, "what was taken back meanwhile");
    pair.customer.hear(Message::Allowed(Allowed::Yes));
    assert_eq!(pair.customer.half.allowed(), Allowed::Refused, "a rep's half allows nothing");
}

/// Scar: with the token of a place that a person had once agreed to, anything got there without a question.
#[test]
fn f1_a_place_that_was_given_for_one_thing_is_none_for_another() {
    let mut pair = Pair::sending(&["a"]);
    pair.end("a", "whole", 1000);
    let offer = |id| Message::Offer { id, facts: facts("b"), token: String::new(), place: "place of a".to_owned() };
    pair.customer.hear(offer(77));
    assert_eq!(pair.customer.desk.asked.len(), 1, "the person is asked");
    assert_eq!(pair.customer.answer(false).as_deref(), Some("b"));
    // Nor is it one after the half was started again with what it knew.
    pair.cut();
    pair.customer.half = kept::restore(true, &kept::save(&pair.customer.half));
    pair.connect();
    pair.customer.hear(offer(78));
    assert_eq!(pair.customer.desk.asked.len(), 1);
}

#[test]
fn who_declined_several_times_is_left_alone_for_a_while() {
    let mut pair = Pair::new();
    for _ in 0..DECLINED_MAX {
        pair.rep.pick("again");
        pair.exchange();
        assert!(pair.customer.answer(false).is_some());
        pair.exchange();
    }
    pair.rep.pick("and again");
    pair.exchange();
    assert!(pair.customer.desk.asked.is_empty());
    assert_eq!(pair.rep.states().last(), Some(&State::Ended(End::Refused(Refusal::Enough))));
    pair.customer.desk.now_us = QUIET_US;
    pair.rep.pick("later");
    pair.exchange();
    assert_eq!(pair.customer.desk.asked.len(), 1);
}
