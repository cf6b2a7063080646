//! What people here do with a row, which they name by its number.

use super::ending::close;
use super::{Desk, Transfers, hold, offer};
use crate::item::{End, Item, State, Way};
use crate::protocol::{Allowed, Message, Refusal, Stop};

impl Transfers {
    fn numbered(&mut self, number: u32) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.number == number)
    }

    pub fn pause(&mut self, number: u32, on: bool, desk: &mut impl Desk) {
        let Some(item) = self.numbered(number).filter(|item| item.is_accepted() && item.paused_here != on) else {
            return;
        };
        item.paused_here = on;
        hold(item, desk);
        let message = Message::Pause { id: item.id, mine: item.way == Way::Out, on };
        self.tell(&message, desk);
        self.advance(desk);
        desk.changed();
    }

    pub fn cancel(&mut self, number: u32, desk: &mut impl Desk) {
        let Some(item) = self.numbered(number).filter(|item| !item.is_over()) else {
            return;
        };
        let (way, id) = (item.way, item.id);
        if let Some(transfer) = item.running() {
            desk.cancel(transfer);
        }
        let message = match item.state {
            State::Asked(request) if way == Way::In => {
                desk.withdraw(request);
                Message::Refuse { id, why: Refusal::Declined }
            }
            State::Waiting => Message::Refuse { id, why: Refusal::Declined },
            State::Asked(_) | State::Queued | State::Running(_) | State::Broken | State::Ended(_) => {
                Message::Cancel { id, mine: way == Way::Out, why: Stop::Person }
            }
        };
        close(item, End::Cancelled, desk);
        self.tell(&message, desk);
        self.tidy(desk);
        self.advance(desk);
        desk.changed();
    }

    /// Once more, after a person made room or found the cause.
    pub fn again(&mut self, number: u32, desk: &mut impl Desk) {
        let greeted = self.greeted;
        let ready = |item: &&mut Item| matches!(item.state, State::Ended(end) if end.may_try_again()) && greeted;
        let Some(item) = self.numbered(number).filter(ready) else {
            return;
        };
        (item.breaks, item.missing) = (0, 0);
        let id = item.id;
        match item.way {
            // The receiver's own row may be over as well: it answers with its place if it has it.
            Way::Out => {
                item.state = State::Asked(0);
                offer(item, desk);
            }
            Way::In => {
                item.state = State::Queued;
                self.tell(&Message::Again { id }, desk);
            }
        }
        self.advance(desk);
        desk.changed();
    }

    /// The rep asks to send without a question each time.
    pub fn ask_to_be_allowed(&mut self, desk: &mut impl Desk) {
        if self.greeted && self.allowed != Allowed::Yes {
            self.allowed = Allowed::Asked;
            self.tell(&Message::Allow, desk);
            desk.changed();
        }
    }

    /// The customer's half: the standing permission was given, refused, or taken back.
    pub fn handle_allowed(&mut self, allowed: Allowed, desk: &mut impl Desk) {
        self.allowed = allowed;
        self.tell(&Message::Allowed(allowed), desk);
        if allowed != Allowed::Yes {
            self.take_back(desk);
        }
        desk.changed();
    }

    /// What came by that permission alone is over. What was agreed to one by one goes on.
    fn take_back(&mut self, desk: &mut impl Desk) {
        let mut over = Vec::new();
        for item in self.items.iter_mut().filter(|item| item.unasked && !item.is_over()) {
            if let Some(transfer) = item.running() {
                desk.cancel(transfer);
            }
            close(item, End::TakenBack, desk);
            over.push(item.id);
        }
        for id in over {
            self.tell(&Message::Cancel { id, mine: false, why: Stop::TakenBack }, desk);
        }
        self.tidy(desk);
        self.advance(desk);
    }
}
