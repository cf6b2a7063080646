//! Managers who look on because their account lets them: the wish is known as theirs, and when the account lets them no more,
//! they leave at once and hear why. Whom a rep asks to look on is that rep's guest, and stays.

use super::hand_overs::{Stage, Wanted};
use crate::hub::Hub;
use crate::hub::action::AuditKind;
use crate::hub::session::{self, Session};
use crate::token::hex;
use lotse_protocol::control::{FromRelay, SessionId};
use lotse_protocol::handover::{AskedEnd, HandOverId, HandOverOutcome, Purpose};
use lotse_protocol::peer::EndReason;
use std::collections::HashSet;

/// Why a manager does not look on at a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotWatched {
    /// It does not run (any more).
    Over,
    /// It is the manager's own.
    Own,
    NotLicensed,
    /// Its rep's console is not connected.
    RepAway,
    /// Somebody else is being asked into it, or there are as many in it as can be.
    Busy,
    /// The manager has no console that is signed in and could take one more session.
    NoConsole,
    /// The account does not let them, as far as is known here: what the store says arrives within two seconds.
    NotAllowed,
}

impl Hub {
    /// A manager wishes to look on at a running session, named as in [`Hub::live`]: its rep's program is told, and asks them in.
    ///
    /// # Errors
    /// Why that cannot be.
    pub fn watch(&mut self, account: i64, manager: i64, named: &str) -> Result<(), NotWatched> {
        let is = |of: &&Session| of.stage == session::Stage::Running && hex(&of.id.0) == named;
        let session = self.sessions.of_account(account).find(is).ok_or(NotWatched::Over)?;
        let (id, owner) = (session.id, session.owner.clone());
        if owner.rep == manager {
            return Err(NotWatched::Own);
        }
        if !self.covers_hand_over(session) {
            return Err(NotWatched::NotLicensed);
        }
        let Some(rep) = session.rep.connection else { return Err(NotWatched::RepAway) };
        if self.draining || self.is_full(session) || self.office.hand_overs.of_session(id).is_some() {
            return Err(NotWatched::Busy);
        }
        let sign_in = self.sign_in_of(manager, &owner).ok_or(NotWatched::NoConsole)?;
        let known = self.sign_ins.get(&sign_in).and_then(|connection| self.connections.get(connection));
        let Some(by) = known.and_then(|known| known.rep.clone()) else { return Err(NotWatched::NoConsole) };
        if !self.may_watch(Wanted::Rep(manager)) {
            return Err(NotWatched::NotAllowed);
        }
        self.ask_to_watch(id, manager);
        let detail = format!("{}: {}", Purpose::Observe.name(), by.name);
        self.audit(AuditKind::HandOverAsked, Some(id), Some(&by), detail);
        let to = Wanted::Rep(manager).to_string();
        self.send(rep, FromRelay::WatchAsked { session: id, to, by: by.name });
        Ok(())
    }

    /// The rep's program of this session is told that a manager wishes to look on, who may.
    fn ask_to_watch(&mut self, session: SessionId, manager: i64) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.watch_asked = Some(manager);
        }
    }

    /// Whether this wish is the manager's whom the rep's program was told of. Once.
    pub(super) fn is_watch_asked(&mut self, session: SessionId, to: Wanted, purpose: Purpose) -> bool {
        let Some(session) = self.sessions.get_mut(&session).filter(|_| purpose == Purpose::Observe) else {
            return false;
        };
        session.watch_asked.take_if(|manager| to == Wanted::Rep(*manager)).is_some()
    }

    /// Whether this is a manager whose account lets them look on.
    pub(super) fn may_watch(&self, to: Wanted) -> bool {
        match to {
            Wanted::Rep(rep) => self.watchers.contains(&rep),
            Wanted::Team(_) | Wanted::Portal(_) => false,
        }
    }

    /// Who may look on from now on. Whoever does and may no more is out of the session, or does not come into it.
    pub(in crate::hub) fn set_watchers(&mut self, now_ms: u64, watchers: HashSet<i64>) {
        self.watchers = watchers;
        let wishes = self.office.hand_overs.of_managers().filter(|(_, manager)| !self.watchers.contains(manager));
        let wishes: Vec<HandOverId> = wishes.map(|(wish, _)| wish).collect();
        for wish in wishes {
            self.end_watch_wish(wish);
        }
        let over = |session: &&Session| {
            session.joined.is_some_and(|joined| joined.watches) && !self.watchers.contains(&session.owner.rep)
        };
        let mut over: Vec<SessionId> = self.sessions.values().filter(over).map(|session| session.id).collect();
        // In a fixed order, so that a simulation can be replayed.
        over.sort_unstable();
        for id in over {
            match self.sessions.get(&id).map(|session| &session.stage) {
                Some(session::Stage::Open { .. }) => self.expire(now_ms, id),
                Some(session::Stage::Pairing { .. } | session::Stage::Running) => {
                    self.end(now_ms, id, EndReason::WatchingEnded.name());
                }
                None => {}
            }
        }
    }

    /// A wish that nobody has taken yet. One that was taken ends with the session that came of it.
    fn end_watch_wish(&mut self, wish: HandOverId) {
        let Some(stage) = self.office.hand_overs.get(wish).map(|hand_over| hand_over.stage.clone()) else { return };
        match stage {
            Stage::Seeking | Stage::Queued => {}
            Stage::Offered { sign_in, .. } => {
                if let Some(to) = self.sign_ins.get(&sign_in).copied() {
                    self.send(to, FromRelay::HandOverOver { offer: wish, end: AskedEnd::Withdrawn });
                }
            }
            Stage::Accepted { .. } => return,
        }
        self.end_hand_over(wish, HandOverOutcome::Gone, String::new());
    }
}

#[cfg(test)]
#[path = "watching_tests.rs"]
mod tests;
