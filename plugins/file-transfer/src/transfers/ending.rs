//! What is over: how it came to that, what goes with it, and how long its row stays.

use super::{Desk, OVER_MAX, Transfers};
use crate::item::{End, Item, State, Way};
use crate::protocol::Refusal;

impl Transfers {
    /// The other half is listened to no more, until it is there anew.
    pub fn shut_out(&mut self, desk: &mut impl Desk) {
        self.shut_out_as(End::Wrong, desk);
    }

    /// The same of one with which there is no talking at all.
    pub(super) fn shut_out_for_its_version(&mut self, desk: &mut impl Desk) {
        self.another_version = true;
        self.shut_out_as(End::Refused(Refusal::Unable), desk);
    }

    fn shut_out_as(&mut self, end: End, desk: &mut impl Desk) {
        (self.greeted, self.shut_out) = (false, true);
        self.end_all(end, desk);
        self.tidy(desk);
        desk.hang_up();
        desk.changed();
    }

    /// The customer's half has nothing to do with a rep who only looks on.
    pub(super) fn told_to_look_on(&mut self, desk: &mut impl Desk) {
        (self.greeted, self.only_looks) = (false, true);
        self.end_all(End::Refused(Refusal::Unable), desk);
        self.tidy(desk);
        desk.hang_up();
        desk.changed();
    }

    /// They are gone, and others are there: what was picked for this one is not theirs, nor is this one's word. How many stop by
    /// that; none: nothing was under way.
    pub fn handle_gone(&mut self, desk: &mut impl Desk) -> Option<u32> {
        let stopped = self.under_way()?;
        self.end_all(End::Left, desk);
        self.tidy(desk);
        desk.changed();
        Some(stopped)
    }

    /// Nobody knows of them any more: of what could be tried again nothing stays.
    pub fn handle_forgotten(&mut self, desk: &mut impl Desk) {
        self.end_all(End::Left, desk);
        self.items.drain(..).for_each(|item| let_go(&item, desk));
        desk.changed();
    }

    /// Everything that is open is over.
    pub(super) fn end_all(&mut self, end: End, desk: &mut impl Desk) {
        for item in self.items.iter_mut().filter(|item| !item.is_over()) {
            if let State::Asked(request) = item.state
                && item.way == Way::In
            {
                desk.withdraw(request);
            }
            if let Some(transfer) = item.running() {
                desk.cancel(transfer);
            }
            close(item, end, desk);
        }
    }

    /// The oldest of what is over goes, and what was kept of it to be tried again.
    pub(super) fn tidy(&mut self, desk: &mut impl Desk) {
        let mut over = self.items.iter().filter(|item| item.is_over()).count();
        self.items.retain(|item| {
            let goes = item.is_over() && over > OVER_MAX;
            over -= usize::from(goes);
            if goes {
                let_go(item, desk);
            }
            !goes
        });
    }

    /// A row that is over need not be shown any more.
    pub fn dismiss(&mut self, number: u32, desk: &mut impl Desk) {
        self.items.retain(|item| {
            let goes = item.number == number && item.is_over();
            if goes {
                let_go(item, desk);
            }
            !goes
        });
        desk.changed();
    }
}

/// It is over. What can be tried again keeps what has arrived.
pub(super) fn close(item: &mut Item, end: End, desk: &mut impl Desk) {
    item.state = State::Ended(end);
    desk.forget(item.way, item.id);
    if end.is_for_good() {
        discard(item, desk);
    }
}

/// Nobody can try it again without its row.
fn let_go(item: &Item, desk: &mut impl Desk) {
    if matches!(item.state, State::Ended(end) if end.may_try_again()) {
        discard(item, desk);
    }
}

fn discard(item: &Item, desk: &mut impl Desk) {
    if !item.token.is_empty() {
        desk.discard(&item.token);
    }
}
