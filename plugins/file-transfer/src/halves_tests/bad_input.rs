//! What no honest half says, and how much is kept of it.

use super::pair::{Pair, Side, facts};
use crate::item::{End, Item, State};
use crate::protocol::{Facts, Message, Refusal, Stop, VERSION};
use crate::transfers::{ASKED_MAX, OPEN_MAX, OVER_MAX, QUIET_US, STRIKES_MAX};
use crate::view;

#[test]
fn endless_offers_are_refused_and_then_nobody_listens() {
    let mut pair = Pair::new();
    for id in 0..u64::from(STRIKES_MAX) + 100 {
        pair.customer.hear(Message::Offer { id, facts: facts("x"), token: String::new(), place: String::new() });
    }
    assert!(pair.customer.half.is_shut_out() && pair.customer.desk.hung_up);
    assert!(pair.customer.desk.asked.is_empty(), "the question is gone");
    assert!(pair.customer.half.items().len() <= ASKED_MAX);
    // It may come back better, and not before it left.
    pair.customer.desk.linked = true;
    pair.customer.half.handle_connected(&mut pair.customer.desk);
    assert!(!pair.customer.desk.linked);
    pair.cut();
    pair.connect();
    assert!(pair.customer.half.is_connected());
}

#[test]
fn numbers_that_nobody_knows_end_it_after_a_while() {
    let nonsense: [fn(u64) -> Message; 8] = [
        |id| Message::Accept { id, token: String::new() },
        |id| Message::Refuse { id, why: Refusal::Busy },
        |id| Message::Pause { id, mine: true, on: true },
        |id| Message::Cancel { id, mine: false, why: Stop::Person },
        |id| Message::Again { id },
        |_| Message::Discard { token: "of nobody".to_owned() },
        |id| Message::Full { id, missing: 1 },
        |id| Message::Wanted { id, token: "x".to_owned() },
    ];
    for message in nonsense {
        let mut pair = Pair::new();
        for id in 0..u64::from(STRIKES_MAX) {
            assert!(!pair.customer.half.is_shut_out());
            pair.customer.hear(message(id));
        }
        assert!(pair.customer.half.is_shut_out());
    }
}

#[test]
fn what_was_agreed_to_is_not_made_into_something_else() {
    let mut pair = Pair::sending(&["a"]);
    let id = pair.rep.half.items()[0].id;
    let other = Facts { bytes: 1_000_000_000, ..facts("a") };
    let place = "place of a".to_owned();
    pair.customer.hear(Message::Offer { id, facts: other, token: String::new(), place });
    assert_eq!(pair.customer.states(), [State::Ended(End::Wrong)]);
    assert_eq!(pair.customer.desk.cancelled.len(), 1);
}

#[test]
fn another_version_or_no_greeting_is_not_talked_to() {
    let mut side = Side::new(true);
    side.desk.linked = true;
    side.half.handle_connected(&mut side.desk);
    side.hear(Message::Offer { id: 1, facts: facts("x"), token: String::new(), place: String::new() });
    assert!(side.desk.asked.is_empty(), "before the greeting");
    side.hear(Message::Hello { version: VERSION + 1 });
    assert!(side.half.is_shut_out());
    let says = |side: &Side| {
        let sides = [view::Side { id: 1, there: true, transfers: &side.half, who: "Anna Berg" }];
        format!("{:?}", view::rows(&sides, &[], false))
    };
    assert!(says(&side).contains("has another version of it") && !says(&side).contains("makes no sense"));
    // It may come back better, and then make no sense.
    side.half.handle_left(&mut side.desk);
    side.half.shut_out(&mut side.desk);
    assert!(says(&side).contains("makes no sense"));
}

#[test]
fn what_is_kept_has_bounds() {
    let mut pair = Pair::new();
    pair.rep.desk.linked = false;
    let taken = (0..OPEN_MAX + 5).filter(|number| pair.rep.pick(&number.to_string())).count();
    assert_eq!(taken, OPEN_MAX);
    let mut pair = Pair::new();
    for number in 0..OVER_MAX + 7 {
        let name = number.to_string();
        pair.rep.pick(&name);
        pair.exchange();
        pair.customer.answer(true);
        pair.exchange();
        pair.end(&name, "whole", 1000);
    }
    assert_eq!((pair.rep.half.items().len(), pair.customer.half.items().len()), (OVER_MAX, OVER_MAX));
    assert_eq!(pair.customer.half.items()[0].facts.name, "7", "the oldest went");
}

/// Whatever order things happen in: nothing is received that nobody agreed to, and both sides come to rest alike.
#[test]
fn fuzz_orders_of_events() {
    let mut state: u64 = 11;
    for _ in 0..300 {
        let mut pair = Pair::new();
        let mut names = 0;
        for _ in 0..60 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let side = if state >> 62 & 1 == 0 { &mut pair.rep } else { &mut pair.customer };
            let number = (state >> 50) as u32 % 6 + 1;
            match (state >> 33) % 12 {
                0..=2 => {
                    names += 1;
                    side.pick(&names.to_string());
                }
                3..=5 => drop(side.answer(state >> 61 & 3 != 0)),
                6 => side.half.pause(number, state >> 60 & 1 == 0, &mut side.desk),
                7 => side.half.cancel(number, &mut side.desk),
                8 => side.half.again(number, &mut side.desk),
                9 => pair.cut(),
                10 => pair.connect(),
                _ => {
                    let name = (state >> 40) % (names + 1);
                    let outcome = ["whole", "broken", "disk-full"][(state >> 30) as usize % 3];
                    pair.end(&name.to_string(), outcome, 10);
                }
            }
            if state >> 59 & 1 == 0 {
                pair.exchange();
            }
        }
        pair.cut();
        pair.connect();
        for _ in 0..40 {
            while pair.rep.answer(true).is_some() || pair.customer.answer(true).is_some() {
                pair.exchange();
            }
            for side in [&mut pair.rep, &mut pair.customer] {
                let held = side.half.items().iter().filter(|item| item.paused_here).map(|item| item.number);
                for number in held.collect::<Vec<_>>() {
                    side.half.pause(number, false, &mut side.desk);
                }
            }
            pair.rep.wake();
            pair.customer.wake();
            pair.rep.desk.now_us += QUIET_US;
            pair.customer.desk.now_us += QUIET_US;
            pair.exchange();
            let running = |side: &Side| {
                let items = side.half.items().iter().filter(|item| item.running().is_some());
                items.map(|item| item.facts.name.clone()).collect::<Vec<_>>()
            };
            for name in running(&pair.rep).into_iter().chain(running(&pair.customer)) {
                pair.end(&name, "whole", 1000);
            }
        }
        for side in [&pair.rep, &pair.customer] {
            assert!(!side.half.is_shut_out(), "two honest halves understand one another");
            assert!(side.half.items().iter().all(Item::is_over), "{:?}", side.half.items());
        }
    }
}

#[test]
fn nothing_but_a_place_is_discarded_by_the_other_sides_word() {
    let mut pair = Pair::new();
    pair.customer.pick("mine");
    pair.rep.pick("theirs");
    pair.exchange();
    pair.rep.answer(true);
    pair.exchange();
    for token in ["source of mine", ""] {
        pair.customer.hear(Message::Discard { token: token.to_owned() });
    }
    assert!(pair.customer.desk.discarded.is_empty());
    assert_eq!((pair.rep.running(), pair.customer.running()), (1, 1));
    assert_eq!(pair.customer.desk.asked.len(), 1, "what waits for a person goes on waiting");
    for _ in 0..STRIKES_MAX {
        pair.customer.hear(Message::Discard { token: "of nobody".to_owned() });
    }
    assert!(pair.customer.half.is_shut_out());
}

/// What made no sense is not kept, as its row says.
#[test]
fn what_made_no_sense_leaves_no_part_behind() {
    let mut pair = Pair::sending(&["a"]);
    pair.end("a", "wrong", 400);
    assert_eq!(pair.customer.states(), [State::Ended(End::Wrong)]);
    assert_eq!(pair.customer.desk.discarded, ["place of a"]);
}
