//! A rep who is in the session already has it handed over to them: the session that they have with the customer becomes the place
//! of whoever asks.
//!
//! The customer's program does that, which has a line to both. Here it is only said which of its sessions is meant; what goes wrong
//! with it is told by the customer's program, and both sessions run on.

use super::super::hand_overs::{self, HandOver, Wanted};
use crate::hub::Hub;
use crate::hub::action::{Action, AuditKind, Change, Joined};
use crate::hub::input::{ConnectionId, RepIdentity};
use crate::hub::session::{Session, Stage};
use lotse_protocol::control::{FromRelay, SessionId, Side};
use lotse_protocol::handover::{AskedEnd, HandOverId, Purpose};
use lotse_protocol::peer::EndReason;
use lotse_protocol::question::NoPlace;
use std::collections::BTreeSet;

/// Said to a rep who takes over at one console what they are in at another.
const ELSEWHERE: &str = "You are in this session at your other console; take it over there.";

impl Hub {
    /// Sessions of another rep with the same customer, which run. There is one, unless that rep came in from two consoles.
    fn sessions_here(&self, of: SessionId, rep: i64) -> impl Iterator<Item = &Session> {
        let running = self.sessions.get(&of).filter(|running| running.owner.rep != rep).into_iter();
        let of_rep = running.flat_map(move |running| {
            let theirs = self.sessions.of_row(running.owner.account, rep);
            theirs.filter(move |other| other.first() == running.first())
        });
        of_rep.filter(|other| other.stage == Stage::Running)
    }

    /// That rep is in the session.
    pub(in crate::hub::queue) fn is_here(&self, session: SessionId, rep: i64) -> bool {
        self.sessions_here(session, rep).next().is_some()
    }

    /// That rep is in a session with its customer, or has taken one and is on the way.
    pub(in crate::hub::queue) fn is_with(&self, session: SessionId, rep: i64) -> bool {
        let Some(of) = self.sessions.get(&session) else { return false };
        self.sessions.of_row(of.owner.account, rep).any(|other| other.first() == of.first())
    }

    /// Why nobody can come into it that way.
    pub(super) fn has_no_place(&self, session: SessionId, to: Wanted, purpose: Purpose) -> Option<&'static str> {
        let here = match to {
            Wanted::Rep(rep) => self.is_here(session, rep),
            Wanted::Team(_) | Wanted::Portal(_) => false,
        };
        match (purpose, here) {
            (Purpose::TakeOver, true) => None,
            (Purpose::Join | Purpose::Observe, true) => {
                Some("This colleague is in the session already; hand it over to them, or choose somebody else.")
            }
            (Purpose::TakeOver | Purpose::Join | Purpose::Observe, false) => {
                let full = self.sessions.get(&session).is_some_and(|session| self.is_full(session));
                full.then_some("As many reps are in this session as there can be.")
            }
        }
    }

    /// The sign-in that a rep is in the session with, if it can be asked. However many sessions it has: this is none more.
    pub(super) fn sign_in_here(&self, hand_over: &HandOver, rep: i64) -> Option<i64> {
        let connection = self.sessions_here(hand_over.session, rep).find_map(|here| here.rep.connection)?;
        let sign_in = self.connections.get(&connection)?.rep.as_ref()?.sign_in;
        // Who came beside since the wish was begun need not be asked to.
        (hand_over.purpose == Purpose::TakeOver && !self.is_spoken_for(sign_in)).then_some(sign_in)
    }

    /// Reps who are not asked (again): of a team or a portal nobody comes beside who is there already.
    pub(in crate::hub::queue) fn left_out_of(&self, hand_over: &HandOver) -> BTreeSet<i64> {
        let mut left_out = hand_over.asked.clone();
        if hand_over.purpose != Purpose::TakeOver
            && let Some(session) = self.sessions.get(&hand_over.session)
        {
            let (first, account) = (session.first(), session.owner.account);
            let with = self.sessions.of_account(account).filter(|other| other.first() == first);
            left_out.extend(with.map(|other| other.owner.rep));
        }
        left_out
    }

    /// The session on this connection that takes the place of another, if its rep is here; the error says why they cannot take
    /// it. Nobody has two sessions with one customer: neither from two consoles, nor beside themselves.
    pub(in crate::hub::queue) fn place_here(
        &self,
        of: SessionId,
        purpose: Purpose,
        connection: ConnectionId,
    ) -> Result<Option<SessionId>, NoPlace> {
        let known = self.connections.get(&connection).and_then(|known| known.rep.as_ref());
        let Some(rep) = known.map(|rep| rep.rep).filter(|rep| self.is_here(of, *rep)) else { return Ok(None) };
        match purpose {
            Purpose::TakeOver => {
                let mut here = self.sessions_here(of, rep);
                let here = here.find(|here| here.rep.connection == Some(connection)).ok_or(NoPlace::OtherConsole)?;
                Ok(Some(here.id))
            }
            Purpose::Join | Purpose::Observe => Err(NoPlace::Already),
        }
    }

    /// Said to a rep who would take it all the same.
    pub(in crate::hub::queue) fn refusal_of(why: NoPlace) -> &'static str {
        match why {
            NoPlace::OtherConsole => ELSEWHERE,
            NoPlace::Already => "You are in this session already; leave it to a colleague.",
        }
    }

    /// A session of this rep came or went, or is at another console now: what they may take out of a line, and where, is
    /// another matter.
    pub(in crate::hub) fn places_changed(&mut self, rep: &RepIdentity) {
        if self.office.hand_overs.is_empty() {
            return;
        }
        for standing in self.seats.standing(rep.account).filter(|standing| standing.rep.rep == rep.rep) {
            self.office.desk.look_again(standing.rep.sign_in);
            self.office.telling.rep(standing.rep.sign_in);
        }
    }

    /// Whoever is asked, or reads it in a portal's line, takes it, and is here: the wish is over, and whoever had it tells their
    /// customer's program.
    pub(super) fn taken_here(
        &mut self,
        now_ms: u64,
        (connection, rep): (ConnectionId, &RepIdentity),
        offer: HandOverId,
        beside: SessionId,
    ) {
        if self.office.hand_overs.get(offer).is_some_and(|of| of.stage == hand_overs::Stage::Queued) {
            self.handed_taken_here(now_ms, offer, rep);
        }
        // Nothing is taken back from whoever has it.
        self.office.hand_overs.change(offer, |of| of.readers.clear());
        let Some(session) = self.forget_hand_over(offer).map(|hand_over| hand_over.session) else { return };
        let detail = format!("{}: {}", Purpose::TakeOver.name(), rep.name);
        self.audit(AuditKind::HandOverTaken, Some(session), Some(rep), detail);
        if let Some((first, joined)) = self.sessions.get(&beside).map(|here| (here.first(), here.joined)) {
            // What was written since they came goes along, unless they have notes of their own. As what they are there is not
            // changed by that: the customer has yet to say yes.
            let carried = if first == beside {
                Change::NotesCarried { session: beside, from: session }
            } else {
                // An earlier relay may not have kept it.
                let joined = joined.unwrap_or(Joined { purpose: Purpose::Join, watches: false });
                Change::Beside { session: beside, first, from: session, joined }
            };
            self.actions.push_back(Action::Record(carried));
            self.tell_notes(connection, beside, Side::Rep);
            if let Some(given) = self.sessions.get_mut(&session) {
                given.given_to = Some(beside);
            }
        }
        self.send(connection, FromRelay::HandOverOver { offer, end: AskedEnd::Yours { session: beside } });
        if let Some(to) = self.sessions.get(&session).and_then(|session| session.rep.connection) {
            self.send(to, FromRelay::HandOverHere { session, beside, by: rep.name.clone() });
        }
    }

    /// A session is over, and was left to the rep of another, says that side of it. Only the customer's program knows whether that
    /// one has the place: a rep's, which hears of it from there, may be faster, or may lie.
    pub(in crate::hub) fn left_to(&mut self, from: SessionId, to: SessionId, by: Side) {
        match by {
            Side::Customer => self.place_taken(from, to),
            Side::Rep => {
                if let Some(here) = self.sessions.get_mut(&to) {
                    here.left_by = Some(from);
                }
            }
        }
    }

    /// A session is ended that was over already, since its rep's program was faster. The customer's says the same.
    pub(in crate::hub) fn left_before(&mut self, connection: ConnectionId, from: SessionId, reason: &str) {
        if reason != EndReason::HandedOver.name() {
            return;
        }
        let known = self.connections.get(&connection).filter(|known| known.side == Side::Customer);
        let is = |to: &SessionId| self.sessions.get(to).is_some_and(|here| here.left_by == Some(from));
        if let Some(to) = known.and_then(|known| known.sessions.iter().copied().find(is)) {
            self.place_taken(from, to);
        }
    }

    /// Who was here already has taken the place of one who left: no manager any more who may be told to look on no longer. What
    /// was written until then goes along.
    fn place_taken(&mut self, from: SessionId, to: SessionId) {
        let Some(here) = self.sessions.get_mut(&to) else { return };
        here.left_by = None;
        let (first, rep) = (here.first(), here.rep.connection);
        if first == to {
            self.actions.push_back(Action::Record(Change::NotesCarried { session: to, from }));
        } else {
            let joined = Joined { purpose: Purpose::TakeOver, watches: false };
            here.joined = Some(joined);
            self.actions.push_back(Action::Record(Change::Beside { session: to, first, from, joined }));
            self.actions.push_back(Action::Record(Change::TookOver { session: to, place_of: from }));
        }
        if let Some(rep) = rep {
            self.tell_notes(rep, to, Side::Rep);
        }
    }
}
