//! Lines that go, programs that are started again, disks that fill.

use lotse_sdk::Error;

use super::pair::{Pair, facts};
use crate::item::{End, Progress, State};
use crate::kept;
use crate::protocol::{Message, Refusal, Stop};
use crate::transfers::{BREAKS_MAX, Transfers};

#[test]
fn f4_what_runs_over_a_silent_line_is_said_to_be_interrupted_until_it_is_heard_again() {
    let mut pair = Pair::sending(&["large"]);
    let says = |pair: &Pair| {
        let side = crate::view::Side { id: 2, there: true, transfers: &pair.rep.half, who: "K. Weber" };
        format!("{:?}", crate::view::rows(&[side], &[], false))
    };
    assert!(!says(&pair).contains("Interrupted"));
    pair.rep.half.handle_silence(true, &mut pair.rep.desk);
    assert!(says(&pair).contains("Interrupted; goes on by itself"));
    pair.rep.half.handle_silence(false, &mut pair.rep.desk);
    assert!(!says(&pair).contains("Interrupted"));
}

#[test]
fn f4_a_link_that_comes_back_goes_on_without_a_question() {
    let mut pair = Pair::sending(&["a", "b", "c"]);
    let number = pair.rep.half.items()[1].number;
    pair.rep.half.pause(number, true, &mut pair.rep.desk);
    pair.exchange();
    pair.cut();
    assert_eq!((pair.rep.running(), pair.customer.running()), (0, 0));
    pair.connect();
    assert_eq!(pair.rep.running(), 2, "{:?}", pair.rep.states());
    assert!(pair.customer.half.items()[1].paused_there && pair.customer.desk.asked.is_empty());
    for name in ["a", "c"] {
        pair.end(name, "whole", 1000);
    }
    pair.rep.half.pause(number, false, &mut pair.rep.desk);
    pair.exchange();
    pair.end("b", "whole", 1000);
    assert_eq!(pair.rep.states(), [State::Ended(End::Whole); 3]);
    assert_eq!(pair.customer.states(), [State::Ended(End::Whole); 3]);
}

/// A kill -9 leaves a half nothing but what its host keeps under tokens, and what the other half knows.
#[test]
fn f4_a_side_that_was_started_afresh_goes_on_in_both_directions() {
    let mut pair = Pair::sending(&["to the customer"]);
    pair.customer.pick("to the rep");
    pair.exchange();
    pair.rep.answer(true);
    pair.exchange();
    assert_eq!((pair.rep.running(), pair.customer.running()), (2, 2));
    pair.cut();
    pair.customer.half = Transfers::new(true);
    pair.customer.desk.running.clear();
    pair.customer.desk.walks = true;
    pair.connect();
    assert_eq!((pair.rep.running(), pair.customer.running()), (1, 1), "one is still looked through");
    pair.customer.desk.walks = false;
    pair.customer.wake();
    pair.exchange();
    assert_eq!((pair.rep.running(), pair.customer.running()), (2, 2), "{:?}", pair.customer.states());
    assert!(pair.customer.desk.asked.is_empty() && pair.rep.desk.asked.is_empty());
    pair.end("to the customer", "whole", 1000);
    pair.end("to the rep", "whole", 1000);
    assert_eq!(pair.customer.states(), [State::Ended(End::Whole); 2]);
    assert_eq!(pair.rep.states(), [State::Ended(End::Whole); 2]);
}

#[test]
fn f4_a_half_that_was_started_again_with_its_state_goes_on() {
    let mut pair = Pair::sending(&["a"]);
    pair.cut();
    pair.rep.half = kept::restore(false, &kept::save(&pair.rep.half));
    pair.customer.half = kept::restore(true, &kept::save(&pair.customer.half));
    pair.connect();
    assert_eq!((pair.rep.running(), pair.customer.running()), (1, 1));
}

#[test]
fn f4_a_token_that_nobody_gave_here_asks_the_person() {
    let mut pair = Pair::new();
    pair.customer.hear(Message::Offer {
        id: 5,
        facts: facts("x"),
        token: String::new(),
        place: "place of y".to_owned(),
    });
    assert_eq!(pair.customer.desk.asked.len(), 1);
    // And one of a source sends nothing.
    pair.customer.hear(Message::Wanted { id: 6, token: "source of z".to_owned() });
    pair.exchange();
    assert_eq!(pair.customer.running(), 0);
}

#[test]
fn f4_breaks_are_tried_again_and_given_up_only_when_nothing_gets_through() {
    let mut pair = Pair::sending(&["a"]);
    for round in 0..20 {
        pair.customer.desk.progress.bytes = round * 10 + 5;
        pair.rep.desk.progress.bytes = round * 10 + 5;
        for side in [&mut pair.rep, &mut pair.customer] {
            let transfer = side.half.items()[0].running().unwrap();
            side.half.handle_moved(transfer, &mut side.desk);
        }
        pair.end("a", "broken", round * 10 + 5);
        assert_eq!(pair.rep.states(), [State::Broken]);
        pair.rep.wake();
        pair.exchange();
        assert_eq!((pair.rep.running(), pair.customer.running()), (1, 1), "round {round}");
    }
    for _ in 0..=BREAKS_MAX {
        pair.end("a", "broken", 0);
        pair.rep.wake();
        pair.exchange();
    }
    assert_eq!(pair.rep.states(), [State::Ended(End::Broken)]);
    // A person has the last word.
    let number = pair.rep.half.items()[0].number;
    pair.rep.half.again(number, &mut pair.rep.desk);
    pair.exchange();
    assert_eq!((pair.rep.running(), pair.customer.running()), (1, 1));
}

#[test]
fn f4_both_sides_hear_how_much_room_is_missing_and_try_again() {
    let mut pair = Pair::sending(&["a"]);
    pair.customer.desk.room = 100;
    pair.end("a", "disk-full", 400);
    assert_eq!(pair.customer.half.items()[0].missing, 500);
    assert_eq!(pair.rep.half.items()[0].missing, 500);
    let number = pair.customer.half.items()[0].number;
    pair.customer.half.again(number, &mut pair.customer.desk);
    pair.exchange();
    assert_eq!((pair.rep.running(), pair.customer.running()), (1, 1));
    assert_eq!(pair.rep.half.items()[0].missing, 0);
}

#[test]
fn f4_a_host_that_cannot_is_told_to_both() {
    let mut pair = Pair::new();
    pair.rep.pick("a");
    pair.exchange();
    pair.rep.desk.fails = Some(Error::Gone);
    pair.customer.answer(true);
    pair.exchange();
    assert_eq!(pair.rep.states(), [State::Ended(End::Gone)]);
    assert_eq!(pair.customer.states(), [State::Ended(End::Gone)]);
    let mut pair = Pair::new();
    pair.rep.pick("b");
    pair.exchange();
    pair.customer.desk.fails = Some(Error::Unsupported);
    pair.customer.answer(true);
    pair.exchange();
    assert_eq!(pair.rep.states(), [State::Ended(End::Refused(Refusal::Unable))]);
}

/// Scar: the receiver's word that everything is there went with the link, and the sender read that it was cancelled.
#[test]
fn f4_what_was_whole_when_the_link_went_is_whole_on_both_sides() {
    let mut pair = Pair::sending(&["a"]);
    let transfer = pair.customer.half.items()[0].running().unwrap();
    pair.customer.end(transfer, "whole", 1000);
    pair.cut();
    pair.connect();
    assert_eq!(pair.rep.states(), [State::Ended(End::Whole)]);
    assert_eq!(pair.rep.half.items()[0].progress.bytes, 1000);
    assert!(pair.customer.desk.asked.is_empty());
    // Of what it receives itself a half takes nobody's word.
    let mut pair = Pair::sending(&["b"]);
    let id = pair.rep.half.items()[0].id;
    pair.customer.hear(Message::Cancel { id, mine: true, why: Stop::Whole });
    assert_eq!(pair.customer.states(), [State::Ended(End::CancelledThere)]);
}

#[test]
fn f4_once_there_is_room_again_neither_side_says_that_the_disk_is_full() {
    let mut pair = Pair::sending(&["a"]);
    let transfer = pair.customer.half.items()[0].running().unwrap();
    pair.customer.desk.room = 90;
    for (bytes, waits, missing) in [(10, "disk-full", 900), (500, "", 0)] {
        pair.customer.desk.progress = Progress { bytes, rate_bytes_s: 0, waits: waits.to_owned() };
        pair.customer.half.handle_moved(transfer, &mut pair.customer.desk);
        pair.exchange();
        for side in [&pair.rep, &pair.customer] {
            assert_eq!(side.half.items()[0].missing, missing, "{waits}");
        }
    }
}
