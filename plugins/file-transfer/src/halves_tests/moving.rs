//! Several at once, paused and cancelled.

use lotse_sdk::Error;

use super::pair::{Pair, Side};
use crate::item::{End, State};
use crate::transfers::{OVER_MAX, RUNNING_MAX, Transfers};

#[test]
fn f2_some_run_and_the_others_wait_in_order() {
    let mut pair = Pair::sending(&["a", "b", "c", "d"]);
    assert_eq!((pair.rep.running(), pair.customer.running()), (RUNNING_MAX, RUNNING_MAX));
    pair.end("b", "whole", 1000);
    let runs = |pair: &Pair, name: &str| {
        pair.customer.half.items().iter().any(|item| item.facts.name == name && item.running().is_some())
    };
    assert!(runs(&pair, "a") && runs(&pair, "c") && !runs(&pair, "d"));
    // One that is paused lets the next go first.
    let number = pair.rep.half.items()[0].number;
    pair.rep.half.pause(number, true, &mut pair.rep.desk);
    pair.exchange();
    assert!(runs(&pair, "d"));
}

#[test]
fn f2_each_side_pauses_for_itself() {
    let mut pair = Pair::sending(&["a"]);
    let (here, there) = (pair.rep.half.items()[0].number, pair.customer.half.items()[0].number);
    pair.rep.half.pause(here, true, &mut pair.rep.desk);
    pair.customer.half.pause(there, true, &mut pair.customer.desk);
    pair.exchange();
    assert!(pair.rep.half.items()[0].paused_there && pair.customer.half.items()[0].paused_there);
    pair.rep.half.pause(here, false, &mut pair.rep.desk);
    pair.exchange();
    assert_eq!((pair.rep.desk.held.len(), pair.customer.desk.held.len()), (1, 1), "the customer's pause stands");
    pair.customer.half.pause(there, false, &mut pair.customer.desk);
    pair.exchange();
    assert_eq!((pair.rep.desk.held.len(), pair.customer.desk.held.len()), (0, 0));
}

#[test]
fn f2_either_side_cancels_at_any_time() {
    // While it runs.
    let mut pair = Pair::sending(&["a"]);
    let number = pair.customer.half.items()[0].number;
    pair.customer.half.cancel(number, &mut pair.customer.desk);
    pair.exchange();
    assert_eq!(pair.customer.states(), [State::Ended(End::Cancelled)]);
    assert_eq!(pair.rep.states(), [State::Ended(End::CancelledThere)]);
    assert_eq!((pair.rep.desk.cancelled.len(), pair.customer.desk.cancelled.len()), (1, 1));
    // While the person is asked.
    let mut pair = Pair::new();
    pair.rep.pick("b");
    pair.exchange();
    let number = pair.rep.half.items()[0].number;
    pair.rep.half.cancel(number, &mut pair.rep.desk);
    pair.exchange();
    assert!(pair.customer.desk.asked.is_empty(), "the question is gone");
    assert_eq!(pair.customer.states(), [State::Ended(End::CancelledThere)]);
    // While the link is gone: told when it is back.
    let mut pair = Pair::sending(&["c"]);
    pair.cut();
    let number = pair.customer.half.items()[0].number;
    pair.customer.half.cancel(number, &mut pair.customer.desk);
    pair.connect();
    assert_eq!(pair.rep.states(), [State::Ended(End::CancelledThere)]);
}

/// Scar: who paused, lost the line and resumed before it was back held up the other side for good.
#[test]
fn f2_a_pause_that_was_lifted_while_the_link_was_gone_holds_nothing_up() {
    let mut pair = Pair::sending(&["a"]);
    let number = pair.customer.half.items()[0].number;
    pair.customer.half.pause(number, true, &mut pair.customer.desk);
    pair.exchange();
    assert!(pair.rep.half.items()[0].paused_there);
    pair.cut();
    pair.customer.half.pause(number, false, &mut pair.customer.desk);
    pair.connect();
    assert_eq!((pair.rep.running(), pair.customer.running()), (1, 1), "{:?}", pair.rep.states());
    assert!(!pair.rep.half.items()[0].is_paused());
    let running = pair.customer.half.items()[0].running().unwrap();
    assert!(!pair.customer.desk.held.contains(&running), "the host has it stand until it is told otherwise");
}

/// Scar: one more than can run at once was refused for good.
#[test]
fn f2_what_cannot_run_yet_runs_later() {
    let mut pair = Pair::new();
    pair.rep.pick("a");
    pair.exchange();
    pair.customer.desk.fails = Some(Error::Limit);
    pair.customer.answer(true);
    pair.exchange();
    assert_eq!((pair.rep.running(), pair.customer.states()), (1, vec![State::Broken]));
    let transfer = pair.rep.half.items()[0].running().unwrap();
    pair.rep.end(transfer, "broken", 0);
    pair.customer.desk.fails = None;
    pair.rep.wake();
    pair.exchange();
    assert_eq!((pair.rep.running(), pair.customer.running()), (1, 1));
}

fn cancel(side: &mut Side) {
    let number = side.half.items().last().unwrap().number;
    side.half.cancel(number, &mut side.desk);
}

/// Scar: what was cancelled after it had broken off kept its part at the receiver's until the session ended.
#[test]
fn f2_what_is_cancelled_while_the_link_is_gone_leaves_no_part_behind_on_either_side() {
    // By whoever receives it: at once.
    let mut pair = Pair::sending(&["a"]);
    pair.cut();
    cancel(&mut pair.customer);
    assert_eq!(pair.customer.desk.discarded, ["place of a"]);
    pair.connect();
    assert_eq!(pair.rep.states(), [State::Ended(End::CancelledThere)]);
    assert_eq!(pair.rep.desk.discarded, ["source of a"]);
    // By whoever sends it: there as soon as that side hears of it.
    let mut pair = Pair::sending(&["b"]);
    pair.cut();
    cancel(&mut pair.rep);
    assert!(pair.customer.desk.discarded.is_empty());
    pair.connect();
    assert_eq!(pair.customer.states(), [State::Ended(End::CancelledThere)]);
    assert_eq!(pair.customer.desk.discarded, ["place of b"]);
    // Said again it is nothing new.
    pair.cut();
    pair.connect();
    assert_eq!(pair.customer.desk.discarded.len(), 1);
}

/// A program that was killed knows its place, and no row that could be ended.
#[test]
fn f2_a_half_that_was_started_afresh_hears_what_was_cancelled_meanwhile() {
    let mut pair = Pair::sending(&["a"]);
    pair.cut();
    pair.customer.half = Transfers::new(true);
    cancel(&mut pair.rep);
    pair.connect();
    assert_eq!(pair.customer.desk.discarded, ["place of a"]);
    assert!(pair.customer.desk.asked.is_empty() && pair.customer.states().is_empty());
}

#[test]
fn f2_what_can_be_tried_again_is_kept_as_long_as_its_row() {
    let full = |pair: &mut Pair, name: &str| {
        assert!(pair.rep.pick(name));
        pair.exchange();
        pair.customer.answer(true);
        pair.exchange();
        pair.end(name, "disk-full", 400);
    };
    let mut pair = Pair::new();
    full(&mut pair, "a");
    assert!(pair.customer.desk.discarded.is_empty() && pair.rep.desk.discarded.is_empty());
    let number = pair.customer.half.items()[0].number;
    pair.customer.half.dismiss(number, &mut pair.customer.desk);
    assert_eq!(pair.customer.desk.discarded, ["place of a"]);
    for row in 0..=OVER_MAX {
        full(&mut pair, &format!("b{row}"));
    }
    assert_eq!(pair.customer.desk.discarded, ["place of a", "place of b0"], "the oldest goes with its row");
    let mut whole = Pair::sending(&["c"]);
    whole.end("c", "whole", 1000);
    assert!(whole.customer.desk.discarded.is_empty(), "its sender may not know yet");
}
