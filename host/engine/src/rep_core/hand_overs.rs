//! Sessions that go to another rep or get a second one: who could be asked, and what this rep is asked.
//!
//! What a plugin wishes is its session's affair ([`crate::session`]); the relay's answers are passed on to it from here. Asked
//! themselves, or reading one that waits in a portal's queue, a rep sees who asks, the notes, and what was said, which comes sealed
//! from the colleague's program. Taken, it is a
//! session that waits for its customer as any other, and its code goes sealed to the colleague's program. If the rep is in it
//! already, their yes is told to that session before the relay has it: whatever the relay says after that, it cannot be lost.

mod open;

use super::Core;
use crate::hand_over_view::AskedHandOver;
use crate::question_view::QuestionEnd;
use crate::sealed::{self, Opener};
use crate::session::{Asked, HandOverNews, ToSession};
use crate::view::{SessionState, View};
use lotse_protocol::control::{NOTES_CHARS_MAX, SessionId, ToRelay};
use lotse_protocol::handover::{
    AcceptedHandOver, AskedEnd, HandOverId, NOTE_CHARS_MAX, OFFER_S, OfferedHandOver, Purpose, TARGET_ID_BYTES_MAX,
    TARGETS_MAX, Target,
};
use lotse_protocol::question::QUESTION_CHARS_MAX;
use lotse_protocol::{tidy, tidy_lines};
use lotse_runtime::Capability;
use open::{Open, Opened};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest name of a person, a team, a portal or a system that is shown, in characters.
const NAME_CHARS_MAX: usize = 80;
/// Who could help is asked for so often while a session runs.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What is known of them.
#[derive(Default)]
pub(super) struct HandOvers {
    /// What this rep is asked or reads.
    open: Opened,
    targets: Arc<Vec<Target>>,
    looked: Option<Instant>,
}

impl HandOvers {
    pub(super) fn shown(&self) -> Option<&AskedHandOver> {
        self.open.shown()
    }

    /// The relay is out of reach: whoever asked asks somebody else.
    pub(super) fn relay_gone(&mut self) {
        *self = Self::default();
    }

    /// The relay did not do what it was asked for, and does not say what that was.
    pub(super) fn refused(&mut self) {
        self.open.refused();
    }

    /// Forgets what is asked and whose end the relay does not tell. True: there was something.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        self.open.expire(now)
    }
}

impl Core {
    /// With each tick: who could help, while a plugin of some session may ask for them.
    pub(super) fn look_for_help(&mut self, now: Instant) {
        let asks = || self.sessions.iter().any(|entry| may_ask_for_help(&entry.handle.view.borrow()));
        let due = self.hand_overs.looked.is_none_or(|at| now.saturating_duration_since(at) >= LOOK_EVERY);
        if due && self.relay_hears() && asks() {
            self.hand_overs.looked = Some(now);
            self.say(ToRelay::Directory);
        }
    }

    pub(super) async fn on_directory(&mut self, targets: Vec<Target>) {
        let shown = |target: Target| Target { name: tidy(&target.name, NAME_CHARS_MAX), ..target };
        let fits = |target: &Target| target.id.len() <= TARGET_ID_BYTES_MAX;
        let targets: Vec<Target> = targets.into_iter().filter(fits).take(TARGETS_MAX).map(shown).collect();
        if *self.hand_overs.targets != targets {
            self.hand_overs.targets = Arc::new(targets);
        }
        // Each session looks itself whether that is news: one may have begun since.
        for entry in &self.sessions {
            let _ = entry.handle.inbox.send(ToSession::Directory(self.hand_overs.targets.clone())).await;
        }
    }

    pub(super) async fn on_hand_over_news(&self, session: SessionId, news: HandOverNews) {
        self.to_session(session, ToSession::HandOver(news)).await;
    }

    /// This rep is asked, or has opened it. What was said is asked for at once, so that it is there to be read.
    pub(super) fn on_hand_over_offered(&mut self, asked: OfferedHandOver, for_s: u16) {
        let OfferedHandOver { offer, from, purpose, customer, system, question, portal, note, notes } = asked;
        self.questions.opened(offer.row());
        let mut known = self.hand_overs.open.take(offer);
        // A yes that the relay has answered with a no is none to what it shows now.
        if let Some(closed) = known.take_if(|known| known.is_closed()) {
            self.take_back(&closed);
        }
        // Whoever reads it by choice is hurried by nobody when it becomes their turn.
        let by_choice = known.as_ref().is_some_and(Open::is_by_choice);
        let for_s = if by_choice { 0 } else { for_s.min(4 * OFFER_S) };
        let asked = AskedHandOver {
            id: offer,
            from: tidy(&from, NAME_CHARS_MAX),
            purpose,
            customer: tidy(&customer, NAME_CHARS_MAX),
            system: tidy(&system, NAME_CHARS_MAX),
            question: tidy(&question, QUESTION_CHARS_MAX),
            portal: tidy(&portal, NAME_CHARS_MAX),
            note: tidy(&note, NOTE_CHARS_MAX),
            notes: tidy_lines(&notes).chars().take(NOTES_CHARS_MAX).collect(),
            summary: None,
            until: (for_s > 0).then(|| Instant::now() + Duration::from_secs(for_s.into())),
            for_s,
            accepting: false,
        };
        let mut open = match known {
            Some(known) => known.again(asked),
            None => Open::new(asked),
        };
        if let Ok(opener) = Opener::new() {
            self.say(ToRelay::LookAtHandOver { offer, key: opener.public().to_vec() });
            open.add_opener(opener);
        }
        self.hand_overs.open.push(open);
    }

    pub(super) fn on_hand_over_summary(&mut self, offer: HandOverId, body: &[u8]) {
        let Some(open) = self.hand_overs.open.get(offer) else { return };
        if !open.take_summary(body, tidy_lines) {
            tracing::warn!("what was said in a colleague's session cannot be read");
        }
    }

    /// The session that this rep is in already and has agreed to lead, if that is what became of it.
    pub(super) fn on_hand_over_over(&mut self, offer: HandOverId, end: AskedEnd) -> Option<SessionId> {
        let read = self.hand_overs.open.get(offer).filter(|open| open.is_by_choice() && !open.is_closed());
        if let Some(open) = read.filter(|_| end == AskedEnd::Passed) {
            open.lapsed = true;
            return None;
        }
        let open = self.hand_overs.open.take(offer)?;
        let end = match end {
            AskedEnd::Yours { session } => {
                // That one it is, and no other session with the same colleague.
                self.tell_agreed(&open, false, Some(session));
                return open.agreed.then_some(session);
            }
            AskedEnd::Passed => None,
            AskedEnd::Taken => Some(QuestionEnd::SessionTaken),
            AskedEnd::Withdrawn => Some(QuestionEnd::SessionGone),
        };
        self.take_back(&open);
        if let Some(end) = end.filter(|_| !open.is_closed()) {
            self.questions.tell(offer.row(), open.asked.customer, end, Instant::now());
        }
        None
    }

    /// One answer; the second press of somebody who is in a hurry asks for nothing more.
    pub(super) fn answer_hand_over(&mut self, offer: HandOverId, accept: bool) {
        if !self.relay_hears() {
            return;
        }
        let Some(mut open) = self.hand_overs.open.take(offer) else { return };
        if open.is_closed() || open.asked.accepting {
            return self.hand_overs.open.push(open);
        }
        if accept {
            (open.agreed, open.asked.accepting) = (true, true);
            self.tell_agreed(&open, true, None);
            if std::mem::take(&mut open.lapsed) {
                self.say(ToRelay::AnswerQuestion { question: offer.row() });
            }
            self.hand_overs.open.push(open);
        } else {
            self.take_back(&open);
        }
        self.say(ToRelay::AnswerHandOver { offer, accept });
    }

    /// Nothing comes of what this rep agreed to, or something else than to lead where they are already.
    fn take_back(&self, open: &Open) {
        self.tell_agreed(open, false, None);
    }

    /// Tells the sessions, but for one, that this rep agreed to take a colleague's place, or does not get it. The relay alone
    /// knows which of them it is, and may say so never or too late; with whom they are in it each of them knows.
    fn tell_agreed(&self, open: &Open, on: bool, but: Option<SessionId>) {
        if !open.agreed || open.asked.purpose != Purpose::TakeOver {
            return;
        }
        for entry in self.sessions.iter().filter(|entry| Some(entry.id) != but) {
            let news = HandOverNews::Agreed { from: open.asked.from.clone(), on };
            if entry.handle.inbox.try_send(ToSession::HandOver(news)).is_err() {
                tracing::warn!(session = %entry.id, "a session is over or busy and does not hear what the rep agreed to");
            }
        }
    }

    /// It is a session now, which waits for its customer's program.
    pub(super) fn on_hand_over_accepted(&mut self, accepted: AcceptedHandOver) {
        let AcceptedHandOver { offer, session, nameplate, expires_in_s, key } = accepted;
        let Some(open) = self.hand_overs.open.take(offer) else {
            // Nobody here knows what it would be.
            return self.say(ToRelay::DropCode { session });
        };
        self.take_back(&open);
        let AskedHandOver { from, customer, system, question, portal, purpose, .. } = open.asked;
        let looks_on = purpose == Purpose::Observe;
        let asked = Asked { question: None, name: customer, text: question, portal, system, from, looks_on };
        let Some(code) = self.begin(session, nameplate, expires_in_s, Some(asked)) else { return };
        match sealed::seal(&code, &key) {
            Ok(body) => self.say(ToRelay::HandOverCode { session, body }),
            Err(problem) => {
                self.sessions.retain(|entry| entry.id != session);
                self.no_code(session, problem.to_string());
            }
        }
    }
}

/// The session goes on, and a plugin of it may ask for another rep.
fn may_ask_for_help(view: &View) -> bool {
    view.state == SessionState::Active && view.plugins.iter().any(|plugin| plugin.runs_with(Capability::Directory))
}

#[cfg(test)]
#[path = "hand_overs_tests.rs"]
mod tests;
