//! Two halves, each at a desk of its own, and the line between them.

use super::desk::TestDesk;
use crate::item::State;
use crate::protocol::{Facts, Message};
use crate::transfers::{Outcome, Transfers};

pub struct Side {
    pub half: Transfers,
    pub desk: TestDesk,
}

impl Side {
    pub fn new(customer: bool) -> Self {
        Self { half: Transfers::new(customer), desk: TestDesk::default() }
    }

    /// A person here picks a file of this name.
    pub fn pick(&mut self, name: &str) -> bool {
        let facts = facts(name);
        self.desk.sources.insert(format!("source of {name}"), facts.clone());
        self.half.handle_source(facts, 0, format!("source of {name}"), &mut self.desk).is_some()
    }

    /// The person here answers what is asked; the name of what it was.
    pub fn answer(&mut self, take: bool) -> Option<String> {
        let (request, facts) = self.desk.asked.pop_first()?;
        let place = format!("place of {}", facts.name);
        if take {
            self.desk.places.insert(place.clone());
        }
        let place = take.then(|| self.desk.place_of(&place));
        self.half.handle_answered(request, place, &mut self.desk);
        Some(facts.name)
    }

    pub fn states(&self) -> Vec<State> {
        self.half.items().iter().map(|item| item.state).collect()
    }

    pub fn running(&self) -> usize {
        self.half.items().iter().filter(|item| item.running().is_some()).count()
    }

    pub fn end(&mut self, transfer: u64, outcome: &str, bytes: u64) {
        let outcome = Outcome { outcome: outcome.to_owned(), bytes, renamed: 0 };
        self.half.handle_ended(transfer, &outcome, &mut self.desk);
    }

    pub fn wake(&mut self) {
        for timer in std::mem::take(&mut self.desk.timers) {
            self.half.handle_woke(timer, &mut self.desk);
        }
    }

    pub fn hear(&mut self, message: Message) {
        self.half.handle(Message::parse(&message.encode()).unwrap_or(message), &mut self.desk);
    }
}

pub fn facts(name: &str) -> Facts {
    Facts { name: name.to_owned(), files: 1, folders: 0, bytes: 1000 }
}

pub struct Pair {
    pub rep: Side,
    pub customer: Side,
}

impl Pair {
    pub fn new() -> Self {
        let mut pair = Self { rep: Side::new(false), customer: Side::new(true) };
        pair.connect();
        pair
    }

    pub fn connect(&mut self) {
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
    pub fn cut(&mut self) {
        for side in [&mut self.rep, &mut self.customer] {
            side.desk.linked = false;
            side.desk.sent.clear();
            side.desk.opened.clear();
            side.half.handle_left(&mut side.desk);
        }
    }

    /// Carries what was said and opened until nothing is left.
    pub fn exchange(&mut self) {
        while pass(&mut self.rep, &mut self.customer) || pass(&mut self.customer, &mut self.rep) {}
    }

    /// The host's two ends of a transfer end alike.
    pub fn end(&mut self, name: &str, outcome: &str, bytes: u64) {
        let of = |side: &Side| side.half.items().iter().find(|item| item.facts.name == name)?.running();
        let (of_rep, of_customer) = (of(&self.rep), of(&self.customer));
        of_rep.into_iter().for_each(|transfer| self.rep.end(transfer, outcome, bytes));
        of_customer.into_iter().for_each(|transfer| self.customer.end(transfer, outcome, bytes));
        self.exchange();
    }

    /// The rep sends and the customer has agreed.
    pub fn sending(names: &[&str]) -> Self {
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
