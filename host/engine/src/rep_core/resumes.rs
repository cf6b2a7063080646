//! Sessions that are to be taken up again at the relay, a few at a time.
//!
//! A rep may have any number of them. All at once they would fill the queues on the way, whose owners take a full queue
//! for a program that is stuck; so the next is asked for when the relay has answered for one. Those that a program which is no more
//! was in are asked for as well, and are begun when the relay gives them.

use super::Core;
use crate::rep_view::Seat;
use crate::session::ToSession;
use lotse_protocol::control::{SessionId, ToRelay};
use std::collections::{BTreeSet, VecDeque};
use std::time::Instant;

/// Asked for and not answered yet. Each is answered by two messages, and a relay keeps 128 for a connection.
pub(super) const AT_ONCE: usize = 16;

/// Who waits for its turn, and who for the relay's answer. Made anew with each sign-in.
#[derive(Debug, Default)]
pub(super) struct Resumes {
    waiting: VecDeque<SessionId>,
    asked: BTreeSet<SessionId>,
}

impl Resumes {
    pub(super) fn add(&mut self, session: SessionId) {
        if !self.asked.contains(&session) && !self.waiting.contains(&session) {
            self.waiting.push_back(session);
        }
    }

    /// The next one to ask for now.
    pub(super) fn next(&mut self) -> Option<SessionId> {
        if self.asked.len() >= AT_ONCE {
            return None;
        }
        let session = self.waiting.pop_front()?;
        self.asked.insert(session);
        Some(session)
    }

    pub(super) fn is_asking(&self) -> bool {
        !self.asked.is_empty()
    }

    pub(super) fn answered(&mut self, session: SessionId) {
        self.asked.remove(&session);
    }

    /// The relay refused something and does not say what: nobody waits behind an answer that may not come.
    pub(super) fn answers_may_be_lost(&mut self) {
        self.asked.clear();
    }
}

impl Core {
    /// What still shows its code may be one that waits: the list of those that lead on comes next.
    pub(super) fn take_up_sessions(&mut self) {
        let running = self.sessions.iter().filter(|entry| entry.code.is_none() && entry.resume.is_some());
        running.for_each(|entry| self.resumes.add(entry.id));
        self.take_up_left_behind();
    }

    /// Only what a program that is no more was in.
    pub(super) fn take_up_left_behind(&mut self) {
        if self.relay_hears() {
            self.left_behind.waiting().for_each(|id| self.resumes.add(id));
            self.resume_more();
        }
    }

    /// The relay has answered for a session that was to be taken up again.
    pub(super) fn resume_answered(&mut self, id: SessionId) {
        self.resumes.answered(id);
        self.resume_more();
    }

    pub(super) fn resume_more(&mut self) {
        while let Some(id) = self.next_to_take_up() {
            let running = self.sessions.iter().find(|entry| entry.id == id).and_then(|entry| entry.resume.clone());
            match running.or_else(|| self.left_behind.token(id)) {
                Some(token) => self.say(ToRelay::Resume { session: id, token }),
                // It was closed meanwhile.
                None => self.resumes.answered(id),
            }
        }
    }

    /// Who waits for a seat asks for one at a time: a refusal says nothing of what it is about.
    fn next_to_take_up(&mut self) -> Option<SessionId> {
        if self.looks_for_seat() { None } else { self.resumes.next() }
    }

    /// Whether the relay is being asked if the seat of a session of before is this rep's.
    pub(super) fn looks_for_seat(&self) -> bool {
        matches!(self.seat, Seat::Waiting(_)) && self.resumes.is_asking()
    }

    pub(super) async fn on_resume_failed(&mut self, id: SessionId) {
        // It ended while nobody was here: there is nothing to show.
        if let Some(left) = self.left_behind.take(id) {
            self.left_behind.discard(left);
            return self.resume_answered(id);
        }
        self.resume_answered(id);
        if self.sessions.iter().any(|entry| entry.id == id && entry.code.is_some()) {
            self.lose_code(id, Instant::now()).await;
        } else {
            self.to_session(id, ToSession::EndedByRelay { why: None }).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> SessionId {
        SessionId((number as u128).to_be_bytes())
    }

    fn waiting(sessions: usize) -> Resumes {
        let mut resumes = Resumes::default();
        (0..sessions).map(id).for_each(|session| resumes.add(session));
        resumes
    }

    #[test]
    fn any_number_is_taken_up_again_and_few_at_once() {
        const SESSIONS: usize = 1000;
        let mut resumes = waiting(SESSIONS);
        let mut asked = Vec::new();
        let mut answered = 0;
        loop {
            asked.extend(std::iter::from_fn(|| resumes.next()));
            assert!(asked.len() - answered <= AT_ONCE);
            let Some(session) = asked.get(answered) else { break };
            resumes.answered(*session);
            answered += 1;
        }
        assert_eq!(asked, (0..SESSIONS).map(id).collect::<Vec<_>>(), "each once, in order");
    }

    #[test]
    fn an_answer_that_never_comes_holds_nobody_up_for_ever() {
        let mut resumes = waiting(AT_ONCE + 1);
        assert_eq!(std::iter::from_fn(|| resumes.next()).count(), AT_ONCE);
        resumes.add(id(AT_ONCE));
        resumes.answers_may_be_lost();
        assert_eq!(resumes.next(), Some(id(AT_ONCE)));
        assert_eq!(resumes.next(), None, "waiting twice is asked for once");
    }
}
