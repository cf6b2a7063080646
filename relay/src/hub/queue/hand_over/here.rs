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
use std::collections::BTreeSet;

impl Hub {
    /// The session of another rep with the same customer, which runs.
    fn session_here(&self, of: SessionId, rep: i64) -> Option<&Session> {
        let running = self.sessions.get(&of).filter(|running| running.owner.rep != rep)?;
        let first = running.first();
        let theirs = |other: &&Session| other.first() == first && other.owner.rep == rep;
        self.sessions.of_account(running.owner.account).find(|other| theirs(other) && other.stage == Stage::Running)
    }

    /// That rep is in the session.
    pub(in crate::hub::queue) fn is_here(&self, session: SessionId, rep: i64) -> bool {
        self.session_here(session, rep).is_some()
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
        let connection = self.session_here(hand_over.session, rep)?.rep.connection?;
        let sign_in = self.connections.get(&connection)?.rep.as_ref()?.sign_in;
        let asked = self.office.hand_overs.of_asked(sign_in).is_some() || self.is_asked_from_queue(sign_in);
        // Who came beside since the wish was begun need not be asked to.
        (hand_over.purpose == Purpose::TakeOver && !asked).then_some(sign_in)
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

    /// The session on this connection that takes the place of another.
    pub(super) fn place_here(&self, of: SessionId, purpose: Purpose, connection: ConnectionId) -> Option<SessionId> {
        let rep = self.connections.get(&connection)?.rep.as_ref()?.rep;
        let here = self.session_here(of, rep).filter(|here| here.rep.connection == Some(connection))?;
        (purpose == Purpose::TakeOver).then_some(here.id)
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
        let here = self.sessions.get(&beside).map(|here| (here.first(), here.joined));
        if let Some((first, joined)) = here.filter(|(first, _)| *first != beside) {
            // What was written since they came goes along, unless they have notes of their own. As what they are there is not
            // changed by that: the customer has yet to say yes. An earlier relay may not have kept it.
            let joined = joined.unwrap_or(Joined { purpose: Purpose::Join, watches: false });
            self.actions.push_back(Action::Record(Change::Beside { session: beside, first, from: session, joined }));
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

    /// A session is over. If its rep left it to one who was here already, that one has taken it over: as that they are reported,
    /// and no manager any more who may be told to look on no longer.
    pub(in crate::hub) fn place_taken(&mut self, session: &Session, reason: &str) {
        let Some(to) = session.given_to.filter(|_| reason == EndReason::HandedOver.name()) else { return };
        let Some(here) = self.sessions.get_mut(&to) else { return };
        let joined = Joined { purpose: Purpose::TakeOver, watches: false };
        here.joined = Some(joined);
        let (id, first) = (here.id, here.first());
        self.actions.push_back(Action::Record(Change::Beside { session: id, first, from: session.id, joined }));
    }
}
