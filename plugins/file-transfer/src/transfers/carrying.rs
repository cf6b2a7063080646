//! What the host carries for this half: streams that open, and how its transfers move and end.

use super::ending::close;
use super::{AGAIN_AFTER_US, BREAKS_MAX, Desk, Outcome, Transfers, hold};
use crate::item::{End, State, Way};
use crate::protocol::{Message, Refusal, Stop};
use lotse_sdk::Error;

impl Transfers {
    /// The other half opened a stream for what it sends. False: nothing is expected on it.
    pub fn handle_opened(&mut self, id: u64, desk: &mut impl Desk) -> bool {
        let Some(at) = self.position(Way::In, id).filter(|at| self.items[*at].is_accepted()) else {
            self.strike(desk);
            return false;
        };
        let item = &mut self.items[at];
        if item.running().is_some() {
            // The sender heard of a break before this side did.
            desk.stop(Way::In, id);
        }
        match desk.receive(item) {
            Ok(transfer) => {
                item.state = State::Running(transfer);
                // The host has it stand as it stood when it broke off, which may be no longer wished.
                hold(item, desk);
            }
            // As many as can run do. The sender tries again, as after a break.
            Err(Error::Busy | Error::Limit) => item.state = State::Broken,
            Err(error) => {
                let why = if error == Error::Gone { Refusal::Gone } else { Refusal::Unable };
                close(item, End::Refused(why), desk);
                self.tell(&Message::Refuse { id, why }, desk);
            }
        }
        desk.changed();
        true
    }

    /// The host says that a transfer moved on.
    pub fn handle_moved(&mut self, transfer: u64, desk: &mut impl Desk) {
        let Some(item) = self.items.iter_mut().find(|item| item.running() == Some(transfer)) else {
            return;
        };
        if let Some(progress) = desk.progress(transfer) {
            if progress.bytes > item.broke_at {
                (item.breaks, item.broke_at) = (0, 0);
            }
            let full = item.way == Way::In && progress.waits == "disk-full";
            let news = full && item.progress.waits != progress.waits;
            let made = item.way == Way::In && item.missing > 0 && !full;
            item.progress = progress;
            let (id, token) = (item.id, item.token.clone());
            if news {
                self.full(id, &token, desk);
            } else if made {
                // Somebody made room, and it goes on by itself.
                item.missing = 0;
                self.tell(&Message::Full { id, missing: 0 }, desk);
            }
        }
        desk.changed();
    }

    /// The disk at the receiving end, which is this one, has no room left: both sides are told how much lacks.
    fn full(&mut self, id: u64, token: &str, desk: &mut impl Desk) {
        let room = desk.room(token).unwrap_or(0);
        let Some(item) = self.item(Way::In, id) else {
            return;
        };
        let rest = item.facts.bytes.saturating_sub(item.progress.bytes);
        item.missing = rest.saturating_sub(room);
        let message = Message::Full { id, missing: item.missing };
        self.tell(&message, desk);
    }

    /// The host says that a transfer ended.
    pub fn handle_ended(&mut self, transfer: u64, outcome: &Outcome, desk: &mut impl Desk) {
        let Some(at) = self.items.iter().position(|item| item.running() == Some(transfer)) else {
            return;
        };
        let item = &mut self.items[at];
        let (way, id, token) = (item.way, item.id, item.token.clone());
        item.progress.rate_bytes_s = 0;
        item.progress.waits.clear();
        item.progress.bytes = outcome.bytes.max(item.progress.bytes).min(item.facts.bytes);
        item.renamed = outcome.renamed;
        match End::from_outcome(&outcome.outcome) {
            Some(end) => {
                if end == End::Whole {
                    item.progress.bytes = item.facts.bytes;
                }
                item.state = State::Ended(end);
                if end == End::DiskFull && way == Way::In {
                    self.full(id, &token, desk);
                }
            }
            None => {
                item.breaks = item.breaks.saturating_add(1);
                item.broke_at = item.progress.bytes;
                let enough = item.breaks > BREAKS_MAX;
                item.state = if enough { State::Ended(End::Broken) } else { State::Broken };
                if way == Way::Out && enough {
                    self.tell(&Message::Cancel { id, mine: true, why: Stop::Broken }, desk);
                } else if way == Way::Out {
                    let delay = AGAIN_AFTER_US.saturating_mul(u64::from(item.breaks));
                    self.timer = Some(desk.wake_after_us(delay));
                }
            }
        }
        if let Some(item) = self.item(way, id)
            && let State::Ended(end) = item.state
        {
            close(item, end, desk);
        } else {
            desk.stop(way, id);
        }
        self.tidy(desk);
        self.advance(desk);
        desk.changed();
    }
}
