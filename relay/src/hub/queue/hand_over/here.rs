//! A rep who is in the session already has it handed over to them: the session that they have with the customer becomes the place
//! of whoever asks.
//!
//! The customer's program does that, which has a line to both. Here it is only said which of its sessions is meant; what goes wrong
//! with it is told by the customer's program, and both sessions run on.

use super::super::hand_overs::{HandOver, Wanted};
use crate::hub::Hub;
use crate::hub::action::{Action, AuditKind, Change};
use crate::hub::input::{ConnectionId, RepIdentity};
use crate::hub::session::{Session, Stage};
use lotse_protocol::control::{FromRelay, SessionId, Side};
use lotse_protocol::handover::{AskedEnd, HandOverId, Purpose};
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
    pub(super) fn is_here(&self, session: SessionId, rep: i64) -> bool {
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
        let asked = self.office.hand_overs.of_asked(sign_in).is_some();
        // Who came beside since the wish was begun need not be asked to.
        (hand_over.purpose == Purpose::TakeOver && !asked).then_some(sign_in)
    }

    /// Reps who are not asked (again): of a team or a portal nobody comes beside who is there already.
    pub(super) fn left_out_of(&self, hand_over: &HandOver) -> BTreeSet<i64> {
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

    /// Whoever is asked takes it, and is here: the wish is over, and whoever had it tells their customer's program.
    pub(super) fn taken_here(
        &mut self,
        connection: ConnectionId,
        offer: HandOverId,
        beside: SessionId,
        rep: &RepIdentity,
    ) {
        let Some(session) = self.office.hand_overs.remove(offer).map(|hand_over| hand_over.session) else { return };
        let detail = format!("{}: {}", Purpose::TakeOver.name(), rep.name);
        self.audit(AuditKind::HandOverTaken, Some(session), Some(rep), detail);
        let first = self.sessions.get(&beside).map(Session::first);
        if let Some(first) = first.filter(|first| *first != beside) {
            // What was written since they came goes along, unless they have notes of their own.
            self.actions.push_back(Action::Record(Change::Beside { session: beside, first, from: session }));
            self.tell_notes(connection, beside, Side::Rep);
        }
        self.send(connection, FromRelay::HandOverOver { offer, end: AskedEnd::Taken });
        if let Some(to) = self.sessions.get(&session).and_then(|session| session.rep.connection) {
            self.send(to, FromRelay::HandOverHere { session, beside, by: rep.name.clone() });
        }
    }
}
