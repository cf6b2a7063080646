//! The notes of all sessions: written here, told to the relay, and kept until it has them, also when their session is off
//! the list.

use super::{Core, Entry};
use crate::notes::{Notes, Reach};
use crate::rep_view::{NotesView, SignIn};
use crate::view::SessionState;
use lotse_protocol::control::{NotesRefusal, SessionId, ToRelay};
use std::collections::BTreeMap;
use std::time::Instant;

/// Notes by session, of those that something was noted about.
#[derive(Debug, Default)]
pub(super) struct NotesBook {
    of: BTreeMap<SessionId, Notes>,
    /// Relay and user whose notes these are.
    whose: (String, String),
    /// What the relay said of itself last.
    pub kept_by_relay: bool,
}

impl NotesBook {
    /// Says what is new of one session without waiting for more.
    pub(super) fn hurry(&mut self, session: SessionId) {
        if let Some(notes) = self.of.get_mut(&session) {
            notes.hurry();
        }
    }

    pub(super) fn refuse(&mut self, session: SessionId, why: NotesRefusal, now: Instant) {
        if let Some(notes) = self.of.get_mut(&session) {
            notes.refuse(why, now);
        }
    }

    pub(super) fn lost(&mut self) {
        self.of.values_mut().for_each(Notes::lost);
    }

    pub(super) fn again(&mut self) {
        self.of.values_mut().for_each(Notes::again);
    }

    /// Somebody signs in. What another rep noted, or at another relay, is nothing to tell this one.
    pub(super) fn begin(&mut self, relay: &str, user: &str) {
        let whose = (relay.to_owned(), user.to_lowercase());
        if self.whose != whose {
            self.of.clear();
            self.whose = whose;
        }
    }

    /// The relay as it was named, and the user in small letters.
    pub(super) fn whose(&self) -> (&str, &str) {
        (&self.whose.0, &self.whose.1)
    }

    /// What the relay has of it is not needed any more. What it lacks waits for the same rep, however the sign-in ended.
    pub(super) fn sign_in_over(&mut self) {
        self.lost();
        self.of.retain(|_, notes| notes.is_unsaved());
    }

    pub(super) fn view(&self, session: SessionId, reach: Reach) -> NotesView {
        self.of.get(&session).map(|notes| notes.view(reach)).unwrap_or_default()
    }
}

impl Core {
    pub(super) fn write_notes(&mut self, session: SessionId, text: &str, on: u64, at_once: bool, now: Instant) {
        if !self.sessions.iter().any(|entry| entry.id == session) {
            return;
        }
        let notes = self.notes.of.entry(session).or_default();
        notes.write(text, on, now);
        if at_once {
            notes.hurry();
        }
    }

    pub(super) fn on_notes(&mut self, session: SessionId, revision: u64, text: &str) {
        if self.sessions.iter().any(|entry| entry.id == session) {
            self.notes.of.entry(session).or_default().heard(revision, text);
        } else if let Some(notes) = self.notes.of.get_mut(&session) {
            notes.heard(revision, text);
        }
    }

    /// Says what is due, and forgets what nobody needs any more.
    pub(super) fn say_notes(&mut self, now: Instant) {
        let sessions = &self.sessions;
        self.notes.of.retain(|id, notes| notes.is_unsaved() || sessions.iter().any(|entry| entry.id == *id));
        if self.reach_of_notes() != Reach::Up {
            return;
        }
        let mut due = Vec::new();
        for (session, notes) in &mut self.notes.of {
            // Of one that is off the list the relay decides.
            let begun = self.sessions.iter().find(|entry| entry.id == *session).is_none_or(has_begun);
            if begun && let Some((revision, text)) = notes.poll(now) {
                due.push(ToRelay::Notes { session: *session, revision, text });
            }
        }
        due.into_iter().for_each(|message| self.say(message));
    }

    /// The last that is said, before the sign-in or the program ends.
    pub(super) fn say_all_notes(&mut self, now: Instant) {
        self.notes.of.values_mut().for_each(Notes::hurry);
        self.say_notes(now);
    }

    pub(super) fn reach_of_notes(&self) -> Reach {
        match self.sign_in {
            SignIn::In { reconnecting: false, .. } if self.notes.kept_by_relay => Reach::Up,
            SignIn::In { reconnecting: false, .. } => Reach::KeepsNone,
            SignIn::In { reconnecting: true, .. }
            | SignIn::Out
            | SignIn::Trying
            | SignIn::Refused(_)
            | SignIn::Failed(_)
            | SignIn::Ended(_) => Reach::Away,
        }
    }
}

/// The relay knows of a session from when both ends hold each other's keys.
fn has_begun(entry: &Entry) -> bool {
    match entry.handle.view.borrow().state {
        SessionState::Waiting | SessionState::Connecting { .. } => false,
        SessionState::AwaitingConsent
        | SessionState::Active
        | SessionState::Lost { .. }
        | SessionState::Ended { .. }
        | SessionState::Failed { .. } => true,
    }
}

#[cfg(test)]
#[path = "notes_tests.rs"]
mod tests;
