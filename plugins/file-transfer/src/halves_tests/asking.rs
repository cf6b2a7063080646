//! Who is asked, and what a yes is worth.

use super::pair::{Pair, Side, facts};
use crate::item::{End, State};
use crate::protocol::{Allowed, Message, Refusal, Stop};
use crate::transfers::{DECLINED_MAX, Desk, Place, QUIET_US};
use crate::{kept, words};

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

/// Scar: with the switch off again, what had come in by it went on for as long as it took.
#[test]
fn c5_what_came_unasked_ends_when_the_permission_is_taken_back_and_what_was_agreed_to_goes_on() {
    let mut pair = Pair::sending(&["asked"]);
    pair.customer.half.handle_allowed(Allowed::Yes, &mut pair.customer.desk);
    for name in ["large", "waits"] {
        pair.customer.desk.unasked.insert(format!("place of {name}"));
        assert!(pair.rep.pick(name));
        pair.exchange();
        assert_eq!(pair.customer.answer(true).as_deref(), Some(name));
        pair.exchange();
    }
    assert_eq!((pair.rep.running(), pair.customer.running()), (2, 2), "the third waits for its turn");
    let large = pair.rep.half.items()[1].running().unwrap();
    pair.customer.half.handle_allowed(Allowed::Refused, &mut pair.customer.desk);
    // The rep's host hears that it was ended before the half there hears why.
    pair.rep.end(large, "cancelled-there", 10);
    pair.exchange();
    for side in [&pair.rep, &pair.customer] {
        assert!(matches!(side.states()[0], State::Running(_)), "{:?}", side.states());
        assert_eq!(side.states()[1..], [State::Ended(End::TakenBack), State::Ended(End::TakenBack)]);
    }
    assert_eq!(pair.customer.desk.discarded, ["place of large", "place of waits"]);
    let says = |side: &Side| words::end(&side.half.items()[1], End::TakenBack, "K. Weber");
    assert!(says(&pair.rep).starts_with("The customer took back the permission to send without asking."));
    assert!(says(&pair.customer).starts_with("Ended: you no longer allow files to come without a question."));
    // Nobody else takes back anything.
    let id = pair.rep.half.items()[0].id;
    pair.customer.hear(Message::Cancel { id, mine: true, why: Stop::TakenBack });
    assert_eq!(pair.customer.states()[0], State::Ended(End::CancelledThere));
}

/// Scar: taken back between the host's answer and the half hearing of it, it ended as a place that is gone.
#[test]
fn c5_what_was_taken_back_before_the_half_heard_of_its_place_ends_as_taken_back() {
    let mut pair = Pair::new();
    pair.rep.pick("large");
    pair.exchange();
    let (request, _) = pair.customer.desk.asked.pop_first().unwrap();
    let (token, name) = ("place of large".to_owned(), "Downloads".to_owned());
    // The host knows no such place any more.
    assert_eq!(pair.customer.desk.place(&token), None);
    let place = Place { token, name, unasked: true };
    pair.customer.half.handle_answered(request, Some(place), &mut pair.customer.desk);
    pair.customer.half.handle_allowed(Allowed::Refused, &mut pair.customer.desk);
    pair.exchange();
    let over = [State::Ended(End::TakenBack)];
    assert_eq!((pair.rep.states(), pair.customer.states()), (over.to_vec(), over.to_vec()));
}

#[test]
fn c5_what_was_taken_back_while_the_line_was_gone_is_said_when_it_is_back() {
    let mut pair = Pair::new();
    pair.customer.half.handle_allowed(Allowed::Yes, &mut pair.customer.desk);
    pair.customer.desk.unasked.insert("place of large".to_owned());
    pair.rep.pick("large");
    pair.exchange();
    pair.customer.answer(true);
    pair.exchange();
    pair.cut();
    // Nor does it get lost that nobody was asked when the half is started again.
    pair.customer.half = kept::restore(true, &kept::save(&pair.customer.half));
    pair.customer.half.handle_allowed(Allowed::Refused, &mut pair.customer.desk);
    pair.connect();
    let over = [State::Ended(End::TakenBack)];
    assert_eq!((pair.rep.states(), pair.customer.states()), (over.to_vec(), over.to_vec()));
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
