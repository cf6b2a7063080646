//! Join codes: asked for, told again by the relay after a sign-in, and void or expired while nobody has come with them.

use super::Core;
use crate::rep_view::SignIn;
use crate::session::ToSession;
use crate::view::Problem;
use lotse_protocol::control::{SessionId, ToRelay};
use std::time::Instant;

impl Core {
    /// Without a sign-in the wish is kept; once, since people press again when nothing happens.
    pub(super) fn new_code(&mut self) {
        self.problem = None;
        match self.sign_in {
            SignIn::In { reconnecting: false, .. } => self.say(ToRelay::NewCode),
            SignIn::In { reconnecting: true, .. } | SignIn::Trying => self.code_wanted = true,
            SignIn::Out | SignIn::Refused(_) | SignIn::Failed(_) | SignIn::Ended(_) => {}
        }
    }

    /// A new code, or one that is told again after a sign-in: that one is in its session already.
    pub(super) fn on_code(&mut self, id: SessionId, nameplate: u32, expires_in_s: u64) {
        self.begin(id, nameplate, expires_in_s, None);
    }

    /// Codes that the relay does not name lead nowhere any more. One whose customer has come may be a session by now. With
    /// those that it names nobody is there: whoever was is gone with the connection of before.
    pub(super) async fn on_codes_alive(&mut self, alive: &[SessionId]) {
        let now = Instant::now();
        let mut void = Vec::new();
        for entry in self.sessions.iter().filter(|entry| entry.code.is_some()) {
            if alive.contains(&entry.id) {
                let _ = entry.handle.inbox.send(ToSession::CustomerLeft).await;
            } else if entry.resume.is_some() {
                self.resumes.add(entry.id);
            } else {
                void.push(entry.id);
            }
        }
        self.resume_more();
        for id in void {
            self.lose_code(id, now).await;
        }
    }

    pub(super) fn on_code_expired(&mut self, session: SessionId) {
        let expired = self.sessions.iter_mut().find(|entry| entry.id == session && entry.code.is_some());
        let Some(asked) = expired.map(|entry| entry.asked.take()) else { return };
        self.sessions.retain(|entry| entry.id != session);
        if let Some(asked) = asked {
            self.questions.not_come(asked, Instant::now());
        }
    }

    /// An expired code goes, as it does when the relay says so in time, and so does one that a page has: its question waits
    /// again. Any other stays to be seen as one that is void.
    pub(super) async fn lose_code(&mut self, id: SessionId, now: Instant) {
        let Some(entry) = self.sessions.iter_mut().find(|entry| entry.id == id) else { return };
        if let Some(asked) = entry.asked.take() {
            self.sessions.retain(|entry| entry.id != id);
            self.questions.not_come(asked, now);
        } else if entry.code_expires <= now {
            self.sessions.retain(|entry| entry.id != id);
        } else {
            entry.code = None;
            let _ = entry.handle.inbox.send(ToSession::CodeVoid).await;
        }
    }

    /// A code that the relay gave and this side can do nothing with.
    pub(super) fn no_code(&mut self, id: SessionId, detail: String) {
        tracing::error!(detail, "a session could not be begun");
        self.say(ToRelay::DropCode { session: id });
        self.problem = Some(Problem::Other { detail });
    }
}
