//! A running session goes to another rep, or another comes into it: the wish for one, from when a rep has it until it is over. What
//! goes to a portal stands in its line instead ([`super::handed`]).
//!
//! `directory` is whom reps choose from, `candidates` and `asking` are who is asked in turn, `answers` what those say. Nothing of
//! the running session changes until the new one runs (`beside`); who is in it already needs none (`here`). What goes wrong before
//! that ends the wish and nothing else. The code and what was said pass sealed; the hub sees who asks whom, and the note.

mod answers;
mod asking;
mod beside;
mod candidates;
mod directory;
mod here;

use super::hand_overs::{HandOver, Stage, Wanted};
use crate::hub::Hub;
use crate::hub::action::AuditKind;
use crate::hub::input::{ConnectionId, RepIdentity};
use crate::hub::session::{self, Session};
use lotse_package::Capability;
use lotse_protocol::control::{FromRelay, SessionId, Side};
use lotse_protocol::handover::{self, HandOverId, HandOverOutcome, KEY_BYTES, NOTE_CHARS_MAX};
use lotse_protocol::tidy;
use std::collections::{BTreeMap, BTreeSet};

/// How long somebody of a team is looked for.
const TEAM_MS: u64 = 120_000;
/// Ends of one customer's session that may stand or come at once, the first among them.
const ENDS_MAX: usize = handover::BESIDE_MAX + 1;

impl Hub {
    /// A rep wishes for another in a running session of theirs.
    pub(in crate::hub) fn hand_over(&mut self, now_ms: u64, connection: ConnectionId, wish: handover::HandOver) {
        if self.say_handed_again(now_ms, connection, &wish) {
            return;
        }
        let handover::HandOver { session: id, to, note, purpose, key, waiting_s } = wish;
        self.forget_lost(now_ms, connection, id);
        let rep = match self.may_hand_over(connection, id, &key) {
            Ok(rep) => rep,
            Err(reason) => return self.refuse_hand_over(connection, id, reason),
        };
        let Some(to) = Wanted::parse(&to).filter(|to| self.is_of_account(*to, rep.account)) else {
            return self.refuse_hand_over(connection, id, "Whoever was chosen is not there any more; choose again.");
        };
        if let Some(session) = self.sessions.get_mut(&id) {
            session.given_to = None;
        }
        let watches = self.is_watch_asked(id, to, purpose);
        if let Some(reason) = self.has_no_place(id, to, purpose) {
            return self.refuse_hand_over(connection, id, reason);
        }
        if watches && !self.may_watch(to) {
            return self.refuse_hand_over(connection, id, "This account does not let its managers look on any more.");
        }
        if self.is_line_full(to) {
            return self.refuse_hand_over(
                connection,
                id,
                "Too many wait at this portal already; choose somebody else.",
            );
        }
        let mut number = [0; 16];
        if !self.random.fill(&mut number) {
            return self.refuse_hand_over(connection, id, "The relay has no randomness; its operator must look at it.");
        }
        let until_ms = now_ms
            + match to {
                Wanted::Rep(_) | Wanted::Portal(_) => 0,
                Wanted::Team(_) => TEAM_MS,
            };
        let detail = format!("{}: {}", purpose.name(), self.called(to, rep.account));
        self.audit(AuditKind::HandOverAsked, Some(id), Some(&rep), detail);
        let hand_over = HandOver {
            id: HandOverId(number),
            session: id,
            to,
            purpose,
            watches,
            note: tidy(&note, NOTE_CHARS_MAX),
            key,
            stage: Stage::Seeking,
            readers: BTreeMap::new(),
            opened: BTreeMap::new(),
            asked: BTreeSet::new(),
            due_ms: None,
            until_ms,
        };
        match to {
            Wanted::Portal(portal) => self.queue_hand_over(now_ms, portal, hand_over, waiting_s),
            Wanted::Rep(_) | Wanted::Team(_) => {
                let number = hand_over.id;
                self.office.hand_overs.insert(hand_over);
                self.seek_hand_over(now_ms, number);
            }
        }
    }

    /// A program has one wish at a time. If it comes with another while somebody is on the way, it has forgotten that one: the
    /// code did not reach it before its connection broke. So it has if something else stands in a line than what it says now.
    fn forget_lost(&mut self, now_ms: u64, connection: ConnectionId, session: SessionId) {
        let theirs = self.sessions.get(&session).is_some_and(|of| of.side_of(connection) == Some(Side::Rep));
        let Some(hand_over) = self.office.hand_overs.of_session(session).filter(|_| theirs) else { return };
        let id = hand_over.id;
        match hand_over.stage {
            Stage::Accepted { .. } | Stage::Queued => self.drop_hand_over(now_ms, id),
            Stage::Seeking | Stage::Offered { .. } => {}
        }
    }

    fn refuse_hand_over(&mut self, connection: ConnectionId, session: SessionId, reason: &str) {
        self.refuse(connection, reason);
        let (outcome, by) = (HandOverOutcome::Gone, String::new());
        self.send(connection, FromRelay::HandOverAnswered { session, outcome, by });
    }

    /// Whose session it is; the error says why nobody may be asked for it.
    fn may_hand_over(&self, connection: ConnectionId, id: SessionId, key: &[u8]) -> Result<RepIdentity, &'static str> {
        let theirs = self.sessions.get(&id).filter(|session| session.side_of(connection) == Some(Side::Rep));
        let session = theirs.filter(|session| session.stage == session::Stage::Running);
        let session = session.ok_or("This session does not run; nobody else can be asked for it.")?;
        if key.len() != KEY_BYTES {
            return Err("This program's key makes no sense; update the program.");
        }
        if self.draining {
            return Err("The relay is restarting and begins nothing new; try again in a moment.");
        }
        if !self.covers_hand_over(session) {
            return Err("Your account's licence does not cover handing over; ask whoever looks after it.");
        }
        if self.office.hand_overs.of_session(id).is_some() {
            return Err("Somebody is being asked for this session already; take that back first.");
        }
        Ok(session.owner.clone())
    }

    /// The account gets a plugin whose package asks for `directory`, and its licence covers that plugin. Which plugin wishes
    /// only the rep's program knows, and that is not believed.
    pub(super) fn covers_hand_over(&self, session: &Session) -> bool {
        let account = session.owner.account;
        let asks = self.handed_out_to(account).iter().filter(|of| of.capabilities.contains(&Capability::Directory));
        asks.map(|of| &of.feature).any(|feature| self.is_licensed(account, feature.as_ref(), &session.features))
    }

    /// As many reps are with its customer as there can be.
    pub(super) fn is_full(&self, session: &Session) -> bool {
        let first = session.first();
        self.sessions.of_account(session.owner.account).filter(|other| other.first() == first).count() >= ENDS_MAX
    }

    /// Ends a wish, and tells whoever had it how it went.
    pub(super) fn end_hand_over(&mut self, id: HandOverId, outcome: HandOverOutcome, by: String) {
        let Some(hand_over) = self.forget_hand_over(id) else { return };
        let Some(session) = self.sessions.get(&hand_over.session) else { return };
        let (rep, owner, detail) = (session.rep.connection, session.owner.clone(), outcome.name().to_owned());
        self.audit(AuditKind::HandOverEnded, Some(hand_over.session), Some(&owner), detail);
        if let Some(rep) = rep {
            self.send(rep, FromRelay::HandOverAnswered { session: hand_over.session, outcome, by });
        }
    }

    /// Whoever had the wish takes it back, or their customer does not want it.
    pub(in crate::hub) fn withdraw_hand_over(&mut self, now_ms: u64, connection: ConnectionId, session: SessionId) {
        let theirs = |of: &&mut Session| of.side_of(connection) == Some(Side::Rep);
        let Some(own) = self.sessions.get_mut(&session).filter(theirs) else { return };
        own.given_to = None;
        if let Some(id) = self.office.hand_overs.of_session(session).map(|hand_over| hand_over.id) {
            self.drop_hand_over(now_ms, id);
        }
    }

    /// A wish is over without an answer: whoever is asked or on the way is told.
    fn drop_hand_over(&mut self, now_ms: u64, id: HandOverId) {
        let Some(hand_over) = self.forget_hand_over(id) else { return };
        let owner = self.sessions.get(&hand_over.session).map(|session| session.owner.clone());
        self.audit(AuditKind::HandOverEnded, Some(hand_over.session), owner.as_ref(), "withdrawn".to_owned());
        match hand_over.stage {
            Stage::Seeking | Stage::Offered { .. } | Stage::Queued => {}
            Stage::Accepted { session, .. } => self.end_not_come(now_ms, session),
        }
    }

    /// Whoever had a wish is gone, for a while or for good. With the code it goes on, since the customer may have that by now;
    /// without it nobody ever comes, and whoever has taken it does not wait for that.
    pub(in crate::hub) fn asker_went(&mut self, now_ms: u64, session: SessionId) {
        let Some(hand_over) = self.office.hand_overs.of_session(session) else { return };
        match hand_over.stage {
            Stage::Seeking | Stage::Offered { .. } | Stage::Queued | Stage::Accepted { told: false, .. } => {
                let id = hand_over.id;
                self.remember_left(id);
                self.drop_hand_over(now_ms, id);
            }
            Stage::Accepted { told: true, .. } => {}
        }
    }

    /// A session is in no book any more.
    pub(in crate::hub) fn hand_over_session_over(&mut self, now_ms: u64, session: &Session) {
        self.office.hand_overs.recall(session.id);
        if let Some(id) = self.office.hand_overs.of_session(session.id).map(|hand_over| hand_over.id) {
            self.drop_hand_over(now_ms, id);
        }
        if let Some(id) = self.office.hand_overs.of_accepted(session.id).map(|hand_over| hand_over.id) {
            self.end_hand_over(id, HandOverOutcome::Gone, session.owner.name.clone());
        }
    }
}

#[cfg(test)]
#[path = "hand_over_tests.rs"]
mod tests;
