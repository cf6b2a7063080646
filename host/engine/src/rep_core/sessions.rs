//! The list of sessions, one entry and one task each: begun with a code, told what is theirs, forgotten some time after their end.

use super::Core;
use crate::neighbours::Neighbour;
use crate::rep_view::{NotesView, RepSession};
use crate::session::{self, Asked, SessionConfig, SessionGuard, SessionHandle, ToSession};
use crate::view::{SessionState, View};
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{Secret, SessionId, Side};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Sessions that are over and still on the list, with what was said in them. Those that run are never counted.
pub(super) const ENDED_MAX: usize = 100;

/// A session on the list.
pub(super) struct Entry {
    pub id: SessionId,
    pub code: Option<JoinCode>,
    pub code_expires: Instant,
    /// Whose question it is, if it began with one; the code is in their page then.
    pub asked: Option<Asked>,
    /// What takes it up again; known since the customer joined.
    pub resume: Option<Secret>,
    /// Its place among those that are over; `None` while it is not.
    pub ended: Option<u64>,
    pub handle: SessionHandle,
}

impl Entry {
    fn is_over(&self) -> bool {
        matches!(self.handle.view.borrow().state, SessionState::Ended { .. } | SessionState::Failed { .. })
    }

    pub(super) fn show(&mut self, notes: NotesView) -> RepSession {
        let view: Arc<View> = self.handle.view.borrow().clone();
        if !matches!(view.state, SessionState::Waiting | SessionState::Connecting { .. }) {
            self.code = None;
        }
        let code_expires_in_s = self.code_expires.saturating_duration_since(Instant::now()).as_secs();
        RepSession { id: self.id, code: self.code.clone(), code_expires_in_s, view, notes, unread: 0 }
    }
}

impl Core {
    /// A session that waits for its customer. The code that stands for it, unless it cannot be begun or is past that.
    pub(super) fn begin(
        &mut self,
        id: SessionId,
        nameplate: u32,
        expires_in_s: u64,
        asked: Option<Asked>,
    ) -> Option<JoinCode> {
        let code_expires = Instant::now() + Duration::from_secs(expires_in_s.min(86_400));
        if let Some(entry) = self.sessions.iter_mut().find(|entry| entry.id == id) {
            entry.code_expires = code_expires;
            return entry.code.clone();
        }
        let mut random = [0; 8];
        if ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut random).is_err() {
            self.no_code(id, "this computer gives no random numbers to make a code of".to_owned());
            return None;
        }
        let code = JoinCode::new(nameplate, u64::from_le_bytes(random));
        let config = SessionConfig {
            side: Side::Rep,
            id,
            locale: self.config.locale.clone(),
            developer: self.greeting.is_some_and(|(_, _, developer)| developer),
            ahead: Vec::new(),
            secret: Some(code.secret()),
            restored: None,
            runtime: self.runtime.clone(),
            network: self.network.clone(),
            store: self.store.clone(),
            drivers: self.drivers.clone(),
            guard: SessionGuard::new(None),
            surfaces: Some(self.surfaces.clone()),
            drawing: self.drawing.clone(),
            storage: self.storage.clone(),
            note: None,
            files: self.leavings.place(id),
            restart: None,
            relay: String::new(),
            asked: asked.clone(),
            neighbour: Some(Neighbour { own: id, all: self.neighbours.clone() }),
            to_relay: self.to_relay.clone(),
        };
        match session::start(config) {
            Ok(handle) => {
                handle.follow(self.changed.clone());
                let entry =
                    Entry { id, code: Some(code.clone()), code_expires, asked, resume: None, ended: None, handle };
                self.sessions.push(entry);
                Some(code)
            }
            Err(problem) => {
                self.no_code(id, problem.to_string());
                None
            }
        }
    }

    /// Sessions that have asked for a plugin and wait for it.
    pub(super) fn who_wants<'a>(&'a self, digest: &[u8; 32]) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let digest = *digest;
        self.sessions.iter().filter(move |entry| entry.handle.wanted.has(&digest))
    }

    pub(super) async fn to_session(&self, id: SessionId, message: ToSession) {
        if let Some(entry) = self.sessions.iter().find(|entry| entry.id == id) {
            let _ = entry.handle.inbox.send(message).await;
        }
    }

    /// Of the sessions that are over the newest stay on the list.
    pub(super) fn forget_ended(&mut self) {
        for entry in self.sessions.iter_mut().filter(|entry| entry.ended.is_none()) {
            if entry.is_over() {
                self.endings += 1;
                entry.ended = Some(self.endings);
                self.notes.hurry(entry.id);
            }
        }
        let mut ended: Vec<u64> = self.sessions.iter().filter_map(|entry| entry.ended).collect();
        ended.sort_unstable();
        let Some(last) = ended.len().checked_sub(ENDED_MAX + 1).and_then(|at| ended.get(at)) else { return };
        self.sessions.retain(|entry| entry.ended.is_none_or(|number| number > *last));
    }
}
