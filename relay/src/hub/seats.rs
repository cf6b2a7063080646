//! Seats: an account has so many sign-ins that work at once. When all are taken, the next sign-in stands and waits.
//!
//! A seat belongs to a sign-in from when it gets it until it signs out, is ended by somebody else, or has been without a
//! connection for too long. Nobody loses a seat because the account has fewer than before: then new ones wait until fewer
//! are taken. Who waits gets one in the order of waiting, and makes no code and begins and takes up no session until then.

mod book;
mod news;
mod take_over;

pub(super) use book::Seats;
pub(super) use news::SeatNews;

use super::Hub;
use super::action::{Action, AuditKind, Change, SeatRecord};
use super::input::{ConnectionId, RepIdentity};
use super::session::{Session, Stage};
use crate::token::TokenHash;
use lotse_protocol::control::{FromRelay, SEAT_HOLDERS_MAX, SeatHolder, SeatsTaken, Secret, SessionId};

/// What a sign-in that waits is told when it asks for what needs a seat.
pub(super) const NO_SEAT: &str =
    "All seats of your account are taken. This works as soon as one is free, or when you take one over.";

impl Hub {
    /// Takes up a seat of an earlier relay. Its console has yet to come back.
    pub(super) fn restore_seat(&mut self, now_ms: u64, record: SeatRecord) {
        let SeatRecord { rep, held_ms } = record;
        let sign_in = rep.sign_in;
        self.seats.add(now_ms, rep);
        self.seats.give(sign_in, now_ms, held_ms);
        self.seats.left(sign_in, now_ms, self.limits.seat_keep_ms);
    }

    /// A sign-in has come, or come back: it gets a seat, keeps the one it has, or waits and is told for whom. `limit` is the
    /// account's, if nothing is known of it here.
    pub(super) fn take_seat_or_wait(&mut self, now_ms: u64, rep: &RepIdentity, limit: Option<u32>) {
        self.seats.know(rep.account, limit);
        let new = !self.seats.came_back(rep.sign_in);
        if new {
            self.seats.add(now_ms, rep.clone());
        }
        if !self.seats.has_one(rep.sign_in) {
            self.pass_on_own(now_ms, rep);
            self.give_free_seats(now_ms, rep.account);
        }
        if self.seats.has_one(rep.sign_in) {
            return self.tell_who_waits(rep.account);
        }
        if new {
            self.audit(AuditKind::SeatWaited, None, Some(rep), String::new());
        }
        self.tell_that_it_waits(now_ms, rep.sign_in);
    }

    /// The connection of a sign-in is gone. What it has or waits for is kept for a while.
    pub(super) fn seat_left(&mut self, now_ms: u64, rep: &RepIdentity) {
        self.seats.left(rep.sign_in, now_ms, self.limits.seat_keep_ms);
        self.tell_who_waits(rep.account);
    }

    /// A sign-in is over.
    pub(super) fn seat_over(&mut self, now_ms: u64, sign_in: i64) {
        let Some(standing) = self.seats.remove(sign_in) else { return };
        self.office.desk.look_again(sign_in);
        if standing.held {
            self.actions.push_back(Action::Record(Change::Seat { sign_in, held: false }));
        }
        self.seats_changed(now_ms, standing.rep.account);
    }

    /// Seats were given up, or there are more of them.
    pub(super) fn seats_changed(&mut self, now_ms: u64, account: i64) {
        self.give_free_seats(now_ms, account);
        self.tell_who_waits(account);
    }

    /// A session of this rep began or ended. A sign-in that only its session kept a seat for has none from here.
    pub(super) fn sessions_changed(&mut self, now_ms: u64, owner: &RepIdentity) {
        if self.seats.is_past(owner.sign_in, now_ms) && !self.is_in_session(owner) {
            self.seat_over(now_ms, owner.sign_in);
        } else {
            self.tell_who_waits(owner.account);
        }
    }

    /// Ends the stay of sign-ins that did not come back, unless a session of theirs still runs.
    pub(super) fn seats_due(&mut self, now_ms: u64) {
        while let Some(rep) = self.seats.next_due(now_ms) {
            if self.seats.has_one(rep.sign_in) && self.is_in_session(&rep) {
                self.seats.look_again(rep.sign_in, now_ms + self.limits.seat_keep_ms);
            } else {
                self.seat_over(now_ms, rep.sign_in);
            }
        }
    }

    /// The rep of this connection is signed in and waits for a seat.
    pub(super) fn waits(&self, connection: ConnectionId) -> bool {
        let rep = self.connections.get(&connection).and_then(|known| known.rep.as_ref());
        rep.is_some_and(|rep| !self.seats.has_one(rep.sign_in))
    }

    /// Whoever signs in anew does not wait for a seat that their own console of before left behind.
    fn pass_on_own(&mut self, now_ms: u64, rep: &RepIdentity) {
        if self.seats.is_one_free(rep.account) {
            return;
        }
        let own = self.seats.left_behind(rep);
        let Some(own) = own.into_iter().find(|own| !self.is_in_session(own)) else { return };
        if self.seats.remove(own.sign_in).is_some() {
            self.actions.push_back(Action::Record(Change::Seat { sign_in: own.sign_in, held: false }));
        }
        self.give_seat(now_ms, rep.sign_in);
    }

    /// A console that was started again shows what only the one of before had, which is gone: the seat of that sign-in is this
    /// one's, with all that runs of it. Its unused codes end, since their secrets went with the console. False: it waits on.
    pub(super) fn takes_up_seat(
        &mut self,
        now_ms: u64,
        connection: ConnectionId,
        session: SessionId,
        token: &Secret,
    ) -> bool {
        let Some(rep) = self.connections.get(&connection).and_then(|known| known.rep.clone()) else { return false };
        let shown = Some(TokenHash::of(token));
        let is = |of: &&Session| of.stage == Stage::Running && of.rep.connection.is_none() && of.rep.token == shown;
        let Some(owner) = self.sessions.get(&session).filter(is).map(|of| of.owner.sign_in) else { return false };
        // One that an earlier relay began is any of its rep's.
        let owns = |own: &RepIdentity| [own.sign_in, 0].contains(&owner);
        let Some(before) = self.seats.left_behind(&rep).into_iter().find(owns) else { return false };
        if self.seats.remove(before.sign_in).is_some() {
            self.actions.push_back(Action::Record(Change::Seat { sign_in: before.sign_in, held: false }));
        }
        let theirs = |of: &&Session| [before.sign_in, 0].contains(&of.owner.sign_in);
        let (running, unused): (Vec<&Session>, Vec<&Session>) =
            self.sessions.of_rep(&rep).filter(theirs).partition(|of| of.stage == Stage::Running);
        let running: Vec<SessionId> = running.iter().map(|of| of.id).collect();
        let unused = unused.iter().map(|of| of.id).collect();
        self.end_sessions(now_ms, unused);
        for id in running {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.owner.sign_in = rep.sign_in;
            }
        }
        self.give_seat(now_ms, rep.sign_in);
        self.tell_who_waits(rep.account);
        true
    }

    /// To those who wait, in order, as far as their consoles are there.
    fn give_free_seats(&mut self, now_ms: u64, account: i64) {
        while self.seats.is_one_free(account) {
            let next = self.seats.first_waiting(account, |sign_in| self.sign_ins.contains_key(&sign_in));
            let Some(next) = next else { return };
            self.give_seat(now_ms, next);
        }
    }

    fn give_seat(&mut self, now_ms: u64, sign_in: i64) {
        let Some((rep, waited)) = self.seats.give(sign_in, now_ms, 0) else { return };
        self.office.desk.look_again(sign_in);
        self.actions.push_back(Action::Record(Change::Seat { sign_in, held: true }));
        let kind = if waited { AuditKind::SeatGained } else { AuditKind::SeatTaken };
        self.audit(kind, None, Some(&rep), String::new());
        if waited && let Some(connection) = self.sign_ins.get(&sign_in).copied() {
            self.send(connection, FromRelay::Seat { waits: None });
        }
    }

    fn tell_that_it_waits(&mut self, now_ms: u64, sign_in: i64) {
        let Some(connection) = self.sign_ins.get(&sign_in).copied() else { return };
        let Some(account) = self.seats.told_to_wait(sign_in) else { return };
        let taken = self.taken(now_ms, account);
        self.send(connection, FromRelay::Seat { waits: Some(taken) });
    }

    /// Whoever waits shall see who has the seats now; twice a second at most, however much changes.
    fn tell_who_waits(&mut self, account: i64) {
        self.seat_news.changed(account);
    }

    /// Says what [`Self::tell_who_waits`] put off.
    pub(super) fn tell_news_of_seats(&mut self) {
        for account in self.seat_news.take_due(self.now_ms) {
            let waiting: Vec<ConnectionId> =
                self.seats.waiting(account).filter_map(|sign_in| self.sign_ins.get(&sign_in).copied()).collect();
            if waiting.is_empty() {
                continue;
            }
            self.seat_news.told(account, self.now_ms);
            let taken = self.taken(self.now_ms, account);
            for connection in waiting {
                self.send(connection, FromRelay::Seat { waits: Some(taken.clone()) });
            }
        }
    }

    fn taken(&self, now_ms: u64, account: i64) -> SeatsTaken {
        let holders: Vec<SeatHolder> = self
            .seats
            .holders(account)
            .take(SEAT_HOLDERS_MAX)
            .map(|(seat, standing)| SeatHolder {
                seat,
                name: standing.rep.name.clone(),
                held_s: standing.held_ms(now_ms) / 1000,
                in_session: self.is_in_session(&standing.rep),
                connected: self.sign_ins.contains_key(&standing.rep.sign_in),
            })
            .collect();
        let more = self.seats.holders(account).count().saturating_sub(holders.len());
        let seats = self.seats.limit(account).unwrap_or(u32::MAX);
        SeatsTaken { seats, holders, more: u32::try_from(more).unwrap_or(u32::MAX) }
    }

    /// A session of this sign-in runs. One that an earlier relay began is any of its rep's: it is not known whose.
    fn is_in_session(&self, rep: &RepIdentity) -> bool {
        self.sessions
            .of_rep(rep)
            .any(|session| session.stage == Stage::Running && [rep.sign_in, 0].contains(&session.owner.sign_in))
    }
}

#[cfg(test)]
mod tests;
