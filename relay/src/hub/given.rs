//! Codes that were given out and lead on: kept over a restart of the relay, and told again to the rep they belong to.
//!
//! The store has of a code what the relay has: nameplate, owner, attempts, time. What is missing there (a disk that was
//! full) is missing in the list of [`FromRelay::CodesAlive`], and then the console says that the code is dead.

use super::Hub;
use super::action::{Action, Change, CodeRecord};
use super::input::ConnectionId;
use super::queue::Origin;
use super::session::{Attempt, End, Session, Stage};
use super::told::Minute;
use lotse_protocol::code::ATTEMPTS_MAX;
use lotse_protocol::control::{FromRelay, SessionId};
use std::sync::Arc;

impl Hub {
    /// Takes up a code of an earlier relay. It waits for its rep to sign in again, and expires when it would have.
    pub(super) fn restore_code(&mut self, now_ms: u64, record: CodeRecord) {
        let CodeRecord { session: id, nameplate, owner, features, attempts_left, expires_in_ms } = record;
        let good = (1..=ATTEMPTS_MAX).contains(&attempts_left)
            && !self.sessions.contains_key(&id)
            && self.codes.restore(nameplate, id);
        if !good {
            tracing::warn!(session = %id, "a stored join code makes no sense and is left out");
            return self.actions.push_back(Action::Record(Change::CodeGone { session: id }));
        }
        // A clock that was set back must not make a code live longer than one ever does.
        let expires_ms = now_ms + expires_in_ms.min(self.limits.code_lifetime_ms);
        self.unused.entry(owner.sign_in).or_default().insert(id);
        let session = Session {
            id,
            owner,
            features,
            stage: Stage::Open { nameplate, expires_ms, attempts_left },
            rep: End { connection: None, token: None, gone_since_ms: now_ms },
            customer: End::default(),
            customer_name: String::new(),
            system: String::new(),
            plugins: Arc::new([]),
            // The code of a question is not taken up again: the question waits anew.
            origin: Origin::default(),
            beside: None,
            joined: None,
            watch_asked: None,
            given_to: None,
            left_by: None,
            told: Minute::default(),
            busy_told: false,
            deadline_ms: None,
        };
        self.sessions.insert(session);
        self.schedule(id);
    }

    /// Writes down how a code stands. An attempt that is under way counts: a relay that dies in the middle of it forgives
    /// no guess.
    pub(super) fn record_code(&mut self, now_ms: u64, id: SessionId) {
        // One beside another leads on only while the wish for it stands, which no relay after this one knows.
        let Some(session) = self.sessions.get(&id).filter(|session| session.beside.is_none()) else { return };
        let (nameplate, expires_ms, attempts_left) = match &session.stage {
            Stage::Open { nameplate, expires_ms, attempts_left } => (*nameplate, *expires_ms, *attempts_left),
            Stage::Pairing { nameplate, expires_ms, attempts_left, attempt, .. } => {
                (*nameplate, *expires_ms, attempts_left.saturating_sub(u8::from(*attempt == Attempt::Trying)))
            }
            Stage::Running => return,
        };
        let change = if attempts_left == 0 {
            Change::CodeGone { session: id }
        } else {
            Change::Code(CodeRecord {
                session: id,
                nameplate,
                owner: session.owner.clone(),
                features: session.features.clone(),
                attempts_left,
                expires_in_ms: expires_ms.saturating_sub(now_ms),
            })
        };
        self.actions.push_back(Action::Record(change));
    }

    /// Tells a rep who signed in which codes lead on, each with the time it still has. Codes that the list does not name
    /// are dead, whatever the rep's program still shows.
    pub(super) fn repeat_codes(&mut self, now_ms: u64, connection: ConnectionId, codes: Vec<SessionId>) {
        for id in &codes {
            if let Some(Session { stage: Stage::Open { nameplate, expires_ms, .. }, .. }) = self.sessions.get(id) {
                let (nameplate, expires_in_s) = (*nameplate, expires_ms.saturating_sub(now_ms) / 1000);
                self.send(connection, FromRelay::Code { session: *id, nameplate, expires_in_s });
            }
        }
        self.send(connection, FromRelay::CodesAlive { sessions: codes });
    }
}
