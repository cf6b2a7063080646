//! Both halves together, on desks that play the host: what one sends opens at the other, in order, and breaks when told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use lotse_sdk::Error;

use crate::item::{End, Item, Progress, State, Way};
use crate::kept;
use crate::protocol::{Allowed, Facts, Message, Refusal, Stop, VERSION};
use crate::transfers::{
    ASKED_MAX, BREAKS_MAX, DECLINED_MAX, Desk, OPEN_MAX, OVER_MAX, Outcome, QUIET_US, RUNNING_MAX, STRIKES_MAX,
    Transfers,
};

#[path = "peers_tests.rs"]
mod peers_tests;

#[derive(Default)]
struct TestDesk {
    linked: bool,
    hung_up: bool,
    sent: VecDeque<Vec<u8>>,
    /// Numbers of transfers whose streams were opened from here.
    opened: VecDeque<u64>,
    /// What the person here is asked, by request.
    asked: BTreeMap<u64, Facts>,
    busy: bool,
    /// The host still looks through what was picked before a restart.
    walks: bool,
    numbers: u64,
    running: BTreeMap<u64, (Way, u64)>,
    held: BTreeSet<u64>,
    cancelled: Vec<u64>,
    progress: Progress,
    sources: BTreeMap<String, Facts>,
    places: BTreeSet<String>,
    fails: Option<Error>,
    room: u64,
    allow: Allowed,
    now_us: u64,
    timers: Vec<u64>,
}

impl TestDesk {
    fn next(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }
}

impl Desk for TestDesk {
    fn tell(&mut self, message: &Message) -> bool {
        if self.linked {
            self.sent.push_back(message.encode());
        }
        self.linked
    }
    fn hang_up(&mut self) {
        (self.linked, self.hung_up) = (false, true);
    }
    fn ask(&mut self, facts: &Facts) -> Result<u64, Error> {
        if self.busy {
            return Err(Error::Busy);
        }
        let request = self.next();
        self.asked.insert(request, facts.clone());
        Ok(request)
    }
    fn withdraw(&mut self, request: u64) {
        self.asked.remove(&request);
    }
    fn send(&mut self, item: &Item) -> Result<u64, Error> {
        if let Some(error) = self.fails {
            return Err(error);
        }
        assert!(self.sources.contains_key(&item.token), "sent without a source");
        let transfer = self.next();
        self.running.insert(transfer, (Way::Out, item.id));
        self.opened.push_back(item.id);
        Ok(transfer)
    }
    fn receive(&mut self, item: &Item) -> Result<u64, Error> {
        if let Some(error) = self.fails {
            return Err(error);
        }
        assert!(self.places.contains(&item.token), "received without a person's word");
        let transfer = self.next();
        self.running.insert(transfer, (Way::In, item.id));
        Ok(transfer)
    }
    fn place(&mut self, token: &str) -> Option<String> {
        self.places.contains(token).then(|| "Downloads".to_owned())
    }
    fn facts(&mut self, token: &str) -> Result<Facts, Error> {
        if self.walks { Err(Error::Busy) } else { self.sources.get(token).cloned().ok_or(Error::Gone) }
    }
    fn pause(&mut self, transfer: u64, on: bool) {
        if on {
            self.held.insert(transfer);
        } else {
            self.held.remove(&transfer);
        }
    }
    fn cancel(&mut self, transfer: u64) {
        self.cancelled.push(transfer);
    }
    fn progress(&mut self, _transfer: u64) -> Option<Progress> {
        Some(self.progress.clone())
    }
    fn stop(&mut self, way: Way, id: u64) {
        self.running.retain(|_, of| *of != (way, id));
    }
    fn forget(&mut self, way: Way, id: u64) {
        self.stop(way, id);
    }
    fn room(&mut self, _token: &str) -> Option<u64> {
        Some(self.room)
    }
    fn ask_to_allow(&mut self) -> Allowed {
        self.allow
    }
    fn random(&mut self) -> u64 {
        1000 + self.next()
    }
    fn now_us(&mut self) -> u64 {
        self.now_us
    }
    fn wake_after_us(&mut self, _delay_us: u64) -> u64 {
        let timer = self.next();
        self.timers.push(timer);
        timer
    }
    fn changed(&mut self) {}
}

struct Side {
    half: Transfers,
    desk: TestDesk,
}

impl Side {
    fn new(customer: bool) -> Self {
        Self { half: Transfers::new(customer), desk: TestDesk::default() }
    }

    /// A person here picks a file of this name.
    fn pick(&mut self, name: &str) -> bool {
        let facts = facts(name);
        self.desk.sources.insert(format!("source of {name}"), facts.clone());
        self.half.handle_source(facts, 0, format!("source of {name}"), &mut self.desk).is_some()
    }

    /// The person here answers what is asked; the name of what it was.
    fn answer(&mut self, take: bool) -> Option<String> {
        let (request, facts) = self.desk.asked.pop_first()?;
        let place = format!("place of {}", facts.name);
        if take {
            self.desk.places.insert(place.clone());
        }
        self.half.handle_answered(request, take.then(|| (place, "Downloads".to_owned())), &mut self.desk);
        Some(facts.name)
    }

    fn states(&self) -> Vec<State> {
        self.half.items().iter().map(|item| item.state).collect()
    }

    fn running(&self) -> usize {
        self.half.items().iter().filter(|item| item.running().is_some()).count()
    }

    fn end(&mut self, transfer: u64, outcome: &str, bytes: u64) {
        let outcome = Outcome { outcome: outcome.to_owned(), bytes, renamed: 0 };
        self.half.handle_ended(transfer, &outcome, &mut self.desk);
    }

    fn wake(&mut self) {
        for timer in std::mem::take(&mut self.desk.timers) {
            self.half.handle_woke(timer, &mut self.desk);
        }
    }

    fn hear(&mut self, message: Message) {
        self.half.handle(Message::parse(&message.encode()).unwrap_or(message), &mut self.desk);
    }
}

fn facts(name: &str) -> Facts {
    Facts { name: name.to_owned(), files: 1, folders: 0, bytes: 1000 }
}

struct Pair {
    rep: Side,
    customer: Side,
}

impl Pair {
    fn new() -> Self {
        let mut pair = Self { rep: Side::new(false), customer: Side::new(true) };
        pair.connect();
        pair
    }

    fn connect(&mut self) {
        for side in [&mut self.rep, &mut self.customer] {
            side.desk.linked = true;
            side.desk.sent.clear();
            side.desk.opened.clear();
        }
        for side in [&mut self.rep, &mut self.customer] {
            side.half.handle_connected(&mut side.desk);
        }
        self.exchange();
    }

    /// The link is gone from one moment to the next, with everything that was on it.
    fn cut(&mut self) {
        for side in [&mut self.rep, &mut self.customer] {
            side.desk.linked = false;
            side.desk.sent.clear();
            side.desk.opened.clear();
            side.half.handle_left(&mut side.desk);
        }
    }

    /// Carries what was said and opened until nothing is left.
    fn exchange(&mut self) {
        while pass(&mut self.rep, &mut self.customer) || pass(&mut self.customer, &mut self.rep) {}
    }

    /// The host's two ends of a transfer end alike.
    fn end(&mut self, name: &str, outcome: &str, bytes: u64) {
        let of = |side: &Side| side.half.items().iter().find(|item| item.facts.name == name)?.running();
        let (of_rep, of_customer) = (of(&self.rep), of(&self.customer));
        of_rep.into_iter().for_each(|transfer| self.rep.end(transfer, outcome, bytes));
        of_customer.into_iter().for_each(|transfer| self.customer.end(transfer, outcome, bytes));
        self.exchange();
    }

    /// The rep sends and the customer has agreed.
    fn sending(names: &[&str]) -> Self {
        let mut pair = Self::new();
        for name in names {
            assert!(pair.rep.pick(name));
            pair.exchange();
            assert_eq!(pair.customer.answer(true).as_deref(), Some(*name));
            pair.exchange();
        }
        pair
    }
}

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

/// One message, or one stream, from one side to the other; streams after what was said before.
fn pass(from: &mut Side, to: &mut Side) -> bool {
    if let Some(bytes) = from.desk.sent.pop_front() {
        to.half.handle(Message::parse(&bytes).unwrap(), &mut to.desk);
        return true;
    }
    let Some(id) = from.desk.opened.pop_front() else {
        return false;
    };
    to.half.handle_opened(id, &mut to.desk);
    true
}

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

#[test]
fn numbers_that_nobody_knows_end_it_after_a_while() {
    let nonsense: [fn(u64) -> Message; 7] = [
        |id| Message::Accept { id, token: String::new() },
        |id| Message::Refuse { id, why: Refusal::Busy },
        |id| Message::Pause { id, mine: true, on: true },
        |id| Message::Cancel { id, mine: false, why: Stop::Person },
        |id| Message::Again { id },
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

#[test]
fn another_version_or_no_greeting_is_not_talked_to() {
    let mut side = Side::new(true);
    side.desk.linked = true;
    side.half.handle_connected(&mut side.desk);
    side.hear(Message::Offer { id: 1, facts: facts("x"), token: String::new(), place: String::new() });
    assert!(side.desk.asked.is_empty(), "before the greeting");
    side.hear(Message::Hello { version: VERSION + 1 });
    assert!(side.half.is_shut_out());
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
