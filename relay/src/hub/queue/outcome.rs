//! What becomes of a question with its session, and what an earlier relay left of questions.
//!
//! A session that ends before its customer has come gives its question back, whatever it ended of: the rep's console died,
//! signed out or dropped the code, or the code expired. It goes to the front, but for what the rep dropped, which goes to its
//! own place. With the running session the question is over.

use super::pages::Over;
use super::question::{Question, State};
use super::record::{QuestionRecord, QuestionStage};
use crate::hub::Hub;
use crate::hub::action::{Action, AuditKind, Change};
use crate::hub::session::{Session, Stage};
use lotse_protocol::control::SessionId;
use std::collections::HashSet;

impl Hub {
    /// A session's customer has come and the session runs.
    pub(in crate::hub) fn question_runs(&mut self, now_ms: u64, session: SessionId) {
        let Some(id) = self.office.book.of_session(session) else { return };
        self.office.book.change(id, |question| {
            if let State::Taken { rep, .. } = &question.state {
                question.state = State::Running { session, rep: rep.clone() };
            }
        });
        self.record_question(now_ms, id);
        self.tell_page(now_ms, id);
    }

    /// A session is in no book any more.
    pub(in crate::hub) fn session_over(&mut self, now_ms: u64, session: &Session) {
        let sign_in = session.owner.sign_in;
        match session.stage {
            Stage::Open { .. } => self.office.desk.look_again(sign_in),
            Stage::Pairing { .. } | Stage::Running => self.office.desk.idle_from(sign_in, now_ms),
        }
        self.room_changed(&session.owner);
        let Some(id) = self.office.book.of_session(session.id) else { return };
        if let Some(wish) = self.wish_of(id) {
            return self.handed_back(now_ms, wish, session);
        }
        let routed = self.office.book.get(id).is_some_and(|of| self.office.book.route(of.portal).is_some());
        if session.stage == Stage::Running {
            return self.question_over(id, Over::Session);
        }
        if !routed {
            return self.question_left(id, "its portal was removed after it was taken", Over::PortalGone);
        }
        let again_ms = now_ms + self.limits.offer_pause_ms;
        // Whoever is still there let it go and is not asked again at once.
        let passed = session.rep.connection.map(|_| session.owner.rep);
        self.office.book.change(id, |question| {
            question.state = State::Waiting;
            // What the rep let go has no claim to the front: it would be the next rep's first, and again and again.
            let let_go = std::mem::take(&mut question.let_go);
            question.place.behind = let_go;
            // The page may have been left for the program meanwhile: it has its time to come back.
            question.page_gone_ms = question.page_gone_ms.map(|_| now_ms);
            if let Some(rep) = passed {
                question.pass(rep, again_ms, let_go);
            }
        });
        self.record_question(now_ms, id);
        self.audit(AuditKind::QuestionReturned, Some(session.id), Some(&session.owner), format!("question {id}"));
        self.line_changed(id);
        self.tell_place(now_ms, id);
    }

    /// The rep lets a session's question go before its customer has come.
    pub(in crate::hub) fn question_let_go(&mut self, session: SessionId) {
        if let Some(id) = self.office.book.of_session(session) {
            self.office.book.change(id, |question| question.let_go = true);
        }
    }

    /// What the customer who asked is called, for whoever comes with a code and says no name.
    pub(in crate::hub) fn name_asked(&self, session: SessionId) -> String {
        let question = self.office.book.of_session(session).and_then(|id| self.office.book.get(id));
        question.map(|question| question.name.clone()).unwrap_or_default()
    }

    /// Sessions whose codes an earlier relay gave out for questions. Their reps' consoles are gone as it is gone, and so the
    /// questions wait again: those codes lead nowhere.
    pub(in crate::hub) fn taken_before(questions: &[QuestionRecord]) -> HashSet<SessionId> {
        let taken = |record: &QuestionRecord| match record.stage {
            QuestionStage::Taken(session) => Some(session),
            QuestionStage::Waiting | QuestionStage::Running(_) => None,
        };
        questions.iter().filter_map(taken).collect()
    }

    /// Takes up a question of an earlier relay, in the order of asking. Running sessions must be known.
    pub(in crate::hub) fn restore_question(&mut self, now_ms: u64, mut record: QuestionRecord) {
        let id = record.question;
        let (stage, number) = (record.stage, self.office.book.next_number());
        record.front |= matches!(stage, QuestionStage::Taken(_));
        let mut question = Question::of(record, number, now_ms);
        if let QuestionStage::Running(session) = stage {
            let running = self.sessions.get(&session).map(|running| running.owner.name.clone());
            let Some(rep) = running.filter(|_| self.office.book.of_session(session).is_none()) else {
                return self.actions.push_back(Action::Record(Change::QuestionGone { question: id }));
            };
            question.state = State::Running { session, rep };
        }
        if self.office.book.get(id).is_some() {
            return;
        }
        self.office.book.insert(question);
        if matches!(stage, QuestionStage::Taken(_)) {
            self.record_question(now_ms, id);
        }
    }
}
