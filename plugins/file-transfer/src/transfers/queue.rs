//! What waits: transfers for their turn, and offers for the person here.

use super::ending::close;
use super::{AGAIN_AFTER_US, ASK_AGAIN_US, DECLINED_MAX, Desk, Place, QUIET_US, RUNNING_MAX, Transfers};
use crate::item::{End, Item, State, Way};
use crate::protocol::{Message, Refusal, Stop};
use lotse_sdk::Error;

impl Transfers {
    /// The person here answered the host's question.
    pub fn handle_answered(&mut self, request: u64, place: Option<Place>, desk: &mut impl Desk) -> Option<u64> {
        let asked = |item: &&mut Item| item.way == Way::In && item.state == State::Asked(request);
        let item = self.items.iter_mut().find(asked)?;
        let id = item.id;
        match place {
            Some(place) => {
                item.accept(place);
                let token = item.token.clone();
                self.declined = 0;
                self.give(&token);
                self.tell(&Message::Accept { id, token }, desk);
            }
            None => {
                close(item, End::Refused(Refusal::Declined), desk);
                self.declined += 1;
                if self.declined >= DECLINED_MAX {
                    self.declined = 0;
                    self.quiet_until_us = desk.now_us().saturating_add(QUIET_US);
                }
                self.tell(&Message::Refuse { id, why: Refusal::Declined }, desk);
            }
        }
        self.tidy(desk);
        self.advance(desk);
        desk.changed();
        Some(id)
    }

    /// Starts what may start: transfers whose turn it is, and the next question to the person here.
    pub(super) fn advance(&mut self, desk: &mut impl Desk) {
        if !self.greeted {
            return;
        }
        self.start_queued(desk);
        self.ask_next(desk);
    }

    fn start_queued(&mut self, desk: &mut impl Desk) {
        while self.greeted {
            // What is paused lets others go first.
            let runs = |item: &&Item| item.way == Way::Out && item.running().is_some() && !item.is_paused();
            let running = self.items.iter().filter(runs).count();
            let next = |item: &&mut Item| item.way == Way::Out && item.state == State::Queued && !item.is_paused();
            let Some(item) = self.items.iter_mut().find(next).filter(|_| running < RUNNING_MAX) else {
                return;
            };
            let id = item.id;
            match desk.send(item) {
                Ok(transfer) => (item.state, item.missing) = (State::Running(transfer), 0),
                Err(Error::Busy | Error::Limit) => {
                    self.timer = Some(desk.wake_after_us(AGAIN_AFTER_US));
                    return;
                }
                Err(error) => {
                    close(item, if error == Error::Gone { End::Gone } else { End::Denied }, desk);
                    self.tell(&Message::Cancel { id, mine: true, why: Stop::Gone }, desk);
                }
            }
        }
    }

    /// One question at a time.
    fn ask_next(&mut self, desk: &mut impl Desk) {
        let asked = |item: &Item| item.way == Way::In && matches!(item.state, State::Asked(_));
        if self.items.iter().any(asked) {
            return;
        }
        let Some(item) = self.items.iter_mut().find(|item| item.state == State::Waiting) else {
            return;
        };
        let id = item.id;
        match desk.ask(&item.facts) {
            Ok(request) => item.state = State::Asked(request),
            Err(Error::Busy | Error::Limit) => self.timer = Some(desk.wake_after_us(ASK_AGAIN_US)),
            Err(Error::Denied | Error::Gone | Error::Unsupported | Error::Invalid) => {
                let why = Refusal::Unable;
                close(item, End::Refused(why), desk);
                self.tell(&Message::Refuse { id, why }, desk);
                self.ask_next(desk);
            }
        }
    }
}
