//! What the other half says. Nothing of it is believed but what it may say of its own files.

use super::ending::close;
use super::{AGAIN_AFTER_US, ASKED_MAX, Desk, OPEN_MAX, Transfers, hold, offer};
use crate::item::{End, Item, State, Way};
use crate::protocol::{Facts, Message, Refusal, Stop, VERSION};
use lotse_sdk::Error;

impl Transfers {
    pub fn handle(&mut self, message: Message, desk: &mut impl Desk) {
        if self.shut_out {
            return;
        }
        match message {
            Message::Hello { version } if version == VERSION => self.greet(desk),
            Message::Hello { .. } => self.shut_out_for_its_version(desk),
            Message::OnlyLooks if !self.customer => self.told_to_look_on(desk),
            _ if !self.greeted => self.strike(desk),
            Message::Offer { id, facts, token, place } => self.offered(id, facts, token, &place, desk),
            Message::Accept { id, token } => self.accepted(id, token, desk),
            Message::Refuse { id, why } => self.refused(id, why, desk),
            Message::Wanted { id, token } => self.wanted(id, token, desk),
            Message::Pause { id, mine, on } => self.paused(id, mine, on, desk),
            Message::Cancel { id, mine, why } => self.cancelled(id, mine, why, desk),
            Message::Discard { token } => self.discarded(&token, desk),
            Message::Again { id } => self.try_again(id, desk),
            Message::Full { id, missing } => match self.item(Way::Out, id) {
                Some(item) => item.missing = missing,
                None => self.strike(desk),
            },
            Message::Allow if self.customer => {
                self.allowed = desk.ask_to_allow();
                let allowed = Message::Allowed(self.allowed);
                self.tell(&allowed, desk);
            }
            Message::Allowed(allowed) if !self.customer => self.allowed = allowed,
            Message::Left { who, count } if !self.customer => Self::heard_of_another(&who, count, desk),
            Message::Allow | Message::Allowed(_) | Message::OnlyLooks | Message::Left { .. } => self.strike(desk),
        }
        self.tidy(desk);
        desk.changed();
    }

    /// Each side says what it would like to go on with.
    fn greet(&mut self, desk: &mut impl Desk) {
        (self.greeted, self.unheard) = (true, 0);
        for item in self.items.iter().filter(|item| !item.is_over()) {
            match item.way {
                Way::Out => offer(item, desk),
                Way::In if item.is_accepted() && !item.token_there.is_empty() => {
                    desk.tell(&Message::Wanted { id: item.id, token: item.token_there.clone() });
                }
                Way::In => {}
            }
            if item.paused_here && item.is_accepted() {
                desk.tell(&Message::Pause { id: item.id, mine: item.way == Way::Out, on: true });
            }
        }
        // The half there may have been started afresh, and its host still keeps a part of what a person here ended.
        let cancelled = |item: &&Item| item.way == Way::Out && item.state == State::Ended(End::Cancelled);
        for item in self.items.iter().filter(cancelled).filter(|item| !item.token_there.is_empty()) {
            desk.tell(&Message::Discard { token: item.token_there.clone() });
        }
        if self.customer {
            desk.tell(&Message::Allowed(self.allowed));
        }
        self.tell_untold(desk);
        self.advance(desk);
    }

    fn offered(&mut self, id: u64, facts: Facts, token: String, place: &str, desk: &mut impl Desk) {
        if let Some(item) = self.item(Way::In, id) {
            // What is agreed cannot be made into something else.
            if item.facts != facts {
                return self.refuse_here(id, Refusal::Unable, desk);
            }
            item.token_there = token;
            let answer = match item.state {
                State::Waiting | State::Asked(_) => None,
                State::Queued | State::Running(_) | State::Broken => {
                    Some(Message::Accept { id, token: item.token.clone() })
                }
                // A person at the other end has it tried once more.
                State::Ended(end) if end.may_try_again() && !item.token.is_empty() => {
                    (item.state, item.breaks, item.missing) = (State::Queued, 0, 0);
                    Some(Message::Accept { id, token: item.token.clone() })
                }
                State::Ended(End::Refused(why)) => Some(Message::Refuse { id, why }),
                // The link went with the word of it.
                State::Ended(End::Whole) => Some(Message::Cancel { id, mine: false, why: Stop::Whole }),
                State::Ended(End::TakenBack) => Some(Message::Cancel { id, mine: false, why: Stop::TakenBack }),
                State::Ended(_) => Some(Message::Cancel { id, mine: false, why: Stop::Person }),
            };
            if let Some(answer) = answer {
                self.tell(&answer, desk);
            }
            return;
        }
        let asked = self.items.iter().filter(|item| matches!(item.state, State::Waiting | State::Asked(_)));
        let waiting = asked.filter(|item| item.way == Way::In).count();
        // This half was started afresh, and its person has agreed before. A token that this half itself has given stands for
        // what it was given for: with it nothing else gets past the person.
        let fresh = !place.is_empty() && !self.given.iter().any(|given| given == place);
        let place = if fresh { desk.place(place) } else { None };
        let known = place.is_some();
        let quiet = desk.now_us() < self.quiet_until_us;
        if self.open(Way::In) >= OPEN_MAX || (waiting >= ASKED_MAX && !known) {
            self.strike(desk);
            return self.tell(&Message::Refuse { id, why: Refusal::Busy }, desk);
        }
        if quiet && !known {
            self.strike(desk);
            return self.tell(&Message::Refuse { id, why: Refusal::Enough }, desk);
        }
        let number = self.number();
        let mut item = Item::new(Way::In, id, number, facts);
        item.token_there = token;
        if let Some(place) = place {
            item.accept(place);
            self.give(&item.token);
            let accept = Message::Accept { id, token: item.token.clone() };
            self.items.push(item);
            return self.tell(&accept, desk);
        }
        self.items.push(item);
        self.advance(desk);
    }

    /// This side takes what it was offered no more.
    fn refuse_here(&mut self, id: u64, why: Refusal, desk: &mut impl Desk) {
        if let Some(item) = self.item(Way::In, id).filter(|item| !item.is_over()) {
            if let State::Asked(request) = item.state {
                desk.withdraw(request);
            }
            if let Some(transfer) = item.running() {
                desk.cancel(transfer);
            }
            close(item, End::Wrong, desk);
        }
        self.strike(desk);
        self.tell(&Message::Refuse { id, why }, desk);
    }

    fn accepted(&mut self, id: u64, token: String, desk: &mut impl Desk) {
        let Some(item) = self.item(Way::Out, id) else {
            self.strike(desk);
            return self.tell(&Message::Cancel { id, mine: true, why: Stop::Gone }, desk);
        };
        item.token_there = token;
        match item.state {
            State::Waiting | State::Asked(_) | State::Broken => item.state = State::Queued,
            State::Queued | State::Running(_) => {}
            State::Ended(_) => {
                let cancel = Message::Cancel { id, mine: true, why: Stop::Person };
                return self.tell(&cancel, desk);
            }
        }
        self.advance(desk);
    }

    fn refused(&mut self, id: u64, why: Refusal, desk: &mut impl Desk) {
        let Some(item) = self.item(Way::Out, id) else {
            return self.strike(desk);
        };
        if item.is_over() {
            return;
        }
        if let Some(transfer) = item.running() {
            desk.cancel(transfer);
        }
        close(item, End::Refused(why), desk);
        self.advance(desk);
    }

    /// The receiver goes on. If this half was started afresh, its host may still know what was to be sent.
    pub(super) fn wanted(&mut self, id: u64, token: String, desk: &mut impl Desk) {
        if let Some(item) = self.item(Way::Out, id) {
            if item.is_over() {
                let cancel = Message::Cancel { id, mine: true, why: Stop::Person };
                self.tell(&cancel, desk);
            }
            return;
        }
        if self.open(Way::Out) + self.later.len() >= OPEN_MAX {
            self.strike(desk);
            return self.tell(&Message::Cancel { id, mine: true, why: Stop::Gone }, desk);
        }
        let facts = match desk.facts(&token) {
            Ok(facts) => facts,
            Err(Error::Busy | Error::Limit) => {
                self.later.push((id, token));
                self.timer = Some(desk.wake_after_us(AGAIN_AFTER_US));
                return;
            }
            Err(Error::Denied | Error::Gone | Error::Unsupported | Error::Invalid) => {
                self.strike(desk);
                return self.tell(&Message::Cancel { id, mine: true, why: Stop::Gone }, desk);
            }
        };
        let number = self.number();
        let mut item = Item::new(Way::Out, id, number, facts);
        (item.token, item.state) = (token, State::Queued);
        self.items.push(item);
        self.advance(desk);
    }

    fn paused(&mut self, id: u64, mine: bool, on: bool, desk: &mut impl Desk) {
        let way = if mine { Way::In } else { Way::Out };
        let Some(item) = self.item(way, id) else {
            return self.strike(desk);
        };
        item.paused_there = on;
        hold(item, desk);
        self.advance(desk);
    }

    fn cancelled(&mut self, id: u64, mine: bool, why: Stop, desk: &mut impl Desk) {
        let way = if mine { Way::In } else { Way::Out };
        // Only a customer lets anything in for good.
        let taken_back = why == Stop::TakenBack && way == Way::Out && !self.customer;
        let Some(item) = self.item(way, id) else {
            return self.strike(desk);
        };
        if item.is_over() {
            // The host has told of it before, and not why.
            if taken_back && item.state == State::Ended(End::CancelledThere) {
                item.state = State::Ended(End::TakenBack);
            }
            return;
        }
        if let State::Asked(request) = item.state
            && way == Way::In
        {
            desk.withdraw(request);
        }
        if let Some(transfer) = item.running() {
            desk.cancel(transfer);
        }
        let end = match (why, way) {
            // Whether it is all here this side knows best.
            (Stop::TakenBack, _) if taken_back => End::TakenBack,
            (Stop::Person | Stop::TakenBack, _) | (Stop::Whole, Way::In) => End::CancelledThere,
            (Stop::Gone, _) => End::Gone,
            (Stop::Broken, _) => End::Broken,
            (Stop::Whole, Way::Out) => End::Whole,
        };
        if end == End::Whole {
            item.progress.bytes = item.facts.bytes;
        }
        close(item, end, desk);
        self.advance(desk);
    }

    /// What was to come into this place was ended by a person there, perhaps before this half was started afresh.
    fn discarded(&mut self, token: &str, desk: &mut impl Desk) {
        if token.is_empty() {
            return self.strike(desk);
        }
        match self.items.iter_mut().find(|item| item.token == token) {
            Some(item) if item.way == Way::In && item.is_over() => {}
            Some(item) if item.way == Way::In => {
                if let Some(transfer) = item.running() {
                    desk.cancel(transfer);
                }
                close(item, End::CancelledThere, desk);
                self.advance(desk);
            }
            // What is sent from here is no place.
            Some(_) => self.strike(desk),
            None => {
                desk.discard(token);
                self.strike(desk);
            }
        }
    }

    fn try_again(&mut self, id: u64, desk: &mut impl Desk) {
        let Some(item) = self.item(Way::Out, id) else {
            self.strike(desk);
            return self.tell(&Message::Cancel { id, mine: true, why: Stop::Gone }, desk);
        };
        match item.state {
            State::Ended(end) if end.may_try_again() && !item.token_there.is_empty() => {
                (item.state, item.breaks, item.missing) = (State::Queued, 0, 0);
            }
            State::Ended(_) => {
                return self.tell(&Message::Cancel { id, mine: true, why: Stop::Person }, desk);
            }
            State::Waiting | State::Asked(_) | State::Queued | State::Running(_) | State::Broken => {}
        }
        self.advance(desk);
    }
}
