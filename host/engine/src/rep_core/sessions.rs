//! The list of sessions, one entry and one task each: begun with a code or taken up after a crash, told what is theirs, forgotten
//! some time after their end.

use super::Core;
use crate::left_behind::{Left, SessionFolder};
use crate::neighbours::Neighbour;
use crate::rep_view::{NotesView, RepSession};
use crate::resume::ResumeNote;
use crate::session::{self, Asked, Restored, SessionConfig, SessionGuard, SessionHandle, ToSession};
use crate::view::{SessionState, View};
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{Secret, SessionId, Side, ToRelay};
use lotse_protocol::peer::EndReason;
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
        let folder = self.left_behind.make(id);
        let config = SessionConfig { secret: Some(code.secret()), ..self.session_config(id, asked.clone(), folder) };
        match session::start(config) {
            Ok(handle) => {
                handle.follow(self.changed.clone());
                let code = Some(code);
                let entry = Entry { id, code: code.clone(), code_expires, asked, resume: None, ended: None, handle };
                self.sessions.push(entry);
                code
            }
            Err(problem) => {
                self.no_code(id, problem.to_string());
                None
            }
        }
    }

    /// The relay has given a session; it may be one that a program which is no more was in. What cannot go on here ends, so that
    /// nobody waits in vain.
    pub(super) fn begin_again(&mut self, id: SessionId) {
        let Some(left) = self.left_behind.take(id) else { return };
        let begun = match self.restored(&left.note) {
            Ok(restored) => self.begin_restored(left, restored),
            Err(problem) => {
                self.left_behind.discard(left);
                Err(problem)
            }
        };
        if let Err(problem) = begun {
            tracing::warn!(session = %id, problem, "a session of before could not be begun again");
            self.say(ToRelay::EndSession { session: id, reason: EndReason::RepEnded.name().to_owned() });
        }
    }

    fn restored(&self, note: &ResumeNote) -> Result<Restored, String> {
        if note.developer && !self.greeting.is_some_and(|(_, _, developer)| developer) {
            return Err("the relay is no longer in developer mode".to_owned());
        }
        note.restored(None)
    }

    fn begin_restored(&mut self, Left { note, folder }: Left, restored: Restored) -> Result<(), String> {
        let ResumeNote { session, token, developer, asked, .. } = note;
        let id = SessionId(session);
        let config = SessionConfig {
            developer,
            restored: Some(restored),
            ..self.session_config(id, asked.clone(), Some(folder))
        };
        let handle = session::start(config).map_err(|problem| problem.to_string())?;
        handle.follow(self.changed.clone());
        let (resume, code_expires) = (Some(Secret(token)), Instant::now());
        self.sessions.push(Entry { id, code: None, code_expires, asked, resume, ended: None, handle });
        Ok(())
    }

    /// One that is neither begun by a code nor taken up again.
    fn session_config(&self, id: SessionId, asked: Option<Asked>, folder: Option<SessionFolder>) -> SessionConfig {
        let (relay, user) = self.notes.whose();
        SessionConfig {
            side: Side::Rep,
            id,
            locale: self.config.locale.clone(),
            developer: self.greeting.is_some_and(|(_, _, developer)| developer),
            ahead: Vec::new(),
            secret: None,
            restored: None,
            runtime: self.runtime.clone(),
            network: self.network.clone(),
            store: self.store.clone(),
            drivers: self.drivers.clone(),
            guard: SessionGuard::new(None),
            surfaces: Some(self.surfaces.clone()),
            drawing: self.drawing.clone(),
            storage: self.storage.clone(),
            note: folder.as_ref().map(SessionFolder::note),
            files: folder.as_ref().map(SessionFolder::files),
            folder,
            restart: None,
            relay: relay.to_owned(),
            user: user.to_owned(),
            asked,
            neighbour: Some(Neighbour { own: id, all: self.neighbours.clone() }),
            to_relay: self.to_relay.clone(),
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
