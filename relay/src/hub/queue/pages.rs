//! What the customers' pages say of questions, and what they are told.

use super::question::{Question, State};
use super::record::{QuestionRecord, QuestionStage};
use crate::hub::Hub;
use crate::hub::action::{Action, AuditKind, AuditLine, Change};
use crate::hub::limits::{NAME_CHARS_MAX, SYSTEM_CHARS_MAX};
use crate::hub::session::Stage;
use crate::token::TokenHash;
use lotse_protocol::control::SessionId;
use lotse_protocol::handover::HandOverOutcome;
use lotse_protocol::peer::EndReason;
use lotse_protocol::question::{OfferEnd, QUESTION_CHARS_MAX, QuestionId};
use lotse_protocol::tidy;

/// How a portal stands at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PortalStatus {
    /// Reps who take questions of this portal now.
    pub reps: u32,
    /// Questions that wait.
    pub waiting: u32,
}

/// What the customer's page is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionNews {
    /// `place` from 1. `reps`: who take questions of this portal now.
    Waiting { place: u32, waiting_s: u64, reps: u32 },
    /// A rep has taken it and their program makes the code.
    Taken { rep: String },
    /// The code, sealed to the page's key; it leads into the session for so long.
    Code { rep: String, sealed: Vec<u8>, expires_in_s: u64 },
    /// The customer's program came with the code, and the session runs.
    Running { rep: String },
    /// Over, and nothing follows.
    Ended(Over),
}

/// Why a question is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It became a session, which ran and ended.
    Session,
    /// The customer left, or the page was away for too long.
    Left,
    /// Its portal was removed, or its account is not active.
    PortalGone,
    /// A rep closed it: it is abuse or makes no sense.
    Closed,
}

/// A question as it is asked. `token` is of what the customer's page alone holds.
#[derive(Debug, Clone)]
pub struct Ask {
    pub portal: i64,
    pub token: TokenHash,
    pub name: String,
    pub text: String,
    /// `en` or `de`.
    pub language: String,
    pub system: String,
    pub page_key: Vec<u8>,
}

/// Why a question was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAsked {
    /// Nobody takes questions of this portal now, or there is no such portal.
    NobodyThere,
    Full,
    Draining,
    NoRandomness,
}

impl Hub {
    /// A customer asks. The question waits from now on; its page has to come within its time.
    ///
    /// # Errors
    /// Why it does not.
    pub fn ask(&mut self, now_ms: u64, ask: Ask) -> Result<QuestionId, NotAsked> {
        self.now_ms = now_ms;
        if self.draining {
            return Err(NotAsked::Draining);
        }
        let Some(route) = self.office.book.route(ask.portal) else { return Err(NotAsked::NobodyThere) };
        let (account, portal_name) = (route.account, route.name.clone());
        if self.reps_of(ask.portal) == 0 {
            return Err(NotAsked::NobodyThere);
        }
        if self.office.book.line_len(ask.portal) >= self.limits.questions_per_portal
            || self.office.book.len() >= self.limits.questions_max
        {
            return Err(NotAsked::Full);
        }
        let mut id = [0; 16];
        if !self.random.fill(&mut id) {
            return Err(NotAsked::NoRandomness);
        }
        let id = QuestionId(id);
        let record = QuestionRecord {
            question: id,
            portal: ask.portal,
            account,
            portal_name,
            token: ask.token,
            name: tidy(&ask.name, NAME_CHARS_MAX),
            text: tidy(&ask.text, QUESTION_CHARS_MAX),
            language: ask.language,
            system: tidy(&ask.system, SYSTEM_CHARS_MAX),
            page_key: ask.page_key,
            front: false,
            stage: QuestionStage::Waiting,
            waited_ms: 0,
        };
        let number = self.office.book.next_number();
        self.office.book.insert(Question::of(record, number, now_ms));
        self.record_question(now_ms, id);
        self.audit_question(AuditKind::QuestionAsked, id, "");
        self.line_changed(id);
        self.tell_place(now_ms, id);
        self.settle_questions(now_ms);
        Ok(id)
    }

    /// The page of a question is there, for as long as nothing else is said. How the question stands, or how it ended a while
    /// ago; `None`: there is no such question, or this is not its token.
    pub fn follow(&mut self, now_ms: u64, id: QuestionId, token: &TokenHash) -> Option<QuestionNews> {
        self.now_ms = now_ms;
        let Some(question) = self.office.book.get(id) else {
            return self.office.ended.over(id, token).map(QuestionNews::Ended);
        };
        if question.token() != Some(token) {
            return None;
        }
        self.office.book.change(id, |question| question.page_gone_ms = None);
        let news = self.question_news(now_ms, id);
        self.settle_questions(now_ms);
        news
    }

    /// How a question stands, as its page is told.
    pub(super) fn question_news(&self, now_ms: u64, id: QuestionId) -> Option<QuestionNews> {
        let question = self.office.book.get(id)?;
        Some(match &question.state {
            State::Waiting | State::Offered { .. } => {
                // As of the last tick; before the first after a restart, what the line's end is.
                let (place, _) = question.told;
                let reps = self.reps_of(question.portal);
                let end = u32::try_from(self.office.book.line_len(question.portal)).unwrap_or(u32::MAX);
                let place = if place == 0 { end } else { place };
                QuestionNews::Waiting { place, waiting_s: question.waited_ms(now_ms) / 1000, reps }
            }
            State::Taken { session, rep, sealed } => match sealed {
                None => QuestionNews::Taken { rep: rep.clone() },
                Some(sealed) => {
                    let expires_in_s = self.code_expires_in_s(now_ms, *session);
                    QuestionNews::Code { rep: rep.clone(), sealed: sealed.clone(), expires_in_s }
                }
            },
            State::Running { rep, .. } => QuestionNews::Running { rep: rep.clone() },
        })
    }

    fn code_expires_in_s(&self, now_ms: u64, session: SessionId) -> u64 {
        match self.sessions.get(&session).map(|session| &session.stage) {
            Some(Stage::Open { expires_ms, .. } | Stage::Pairing { expires_ms, .. }) => {
                expires_ms.saturating_sub(now_ms) / 1000
            }
            Some(Stage::Running) | None => 0,
        }
    }

    /// Nobody sees the page of a question any more.
    pub(in crate::hub) fn page_gone(&mut self, now_ms: u64, id: QuestionId) {
        self.office.book.change(id, |question| question.page_gone_ms = Some(now_ms));
    }

    /// The customer does not want to wait any more. A customer who has come with the code leaves by the program.
    pub(in crate::hub) fn customer_leaves(&mut self, now_ms: u64, id: QuestionId, token: &TokenHash) {
        let Some(question) = self.office.book.get(id).filter(|question| question.token() == Some(token)) else {
            return;
        };
        let open = |session: &SessionId| {
            self.sessions.get(session).is_some_and(|session| matches!(session.stage, Stage::Open { .. }))
        };
        match &question.state {
            State::Waiting | State::Offered { .. } => self.question_left(id, "by the customer", Over::Left),
            State::Taken { session, .. } if open(session) => {
                let session = *session;
                self.question_left(id, "by the customer, after it was taken", Over::Left);
                self.end(now_ms, session, EndReason::CustomerEnded.name());
            }
            State::Taken { .. } | State::Running { .. } => {}
        }
    }

    /// A question is over without a session. Whom it was offered to hears of it.
    pub(super) fn question_left(&mut self, id: QuestionId, why: &str, over: Over) {
        if let Some(wish) = self.wish_of(id) {
            return self.end_hand_over(wish, HandOverOutcome::Nobody, String::new());
        }
        self.end_offer(id, OfferEnd::Left);
        self.audit_question(AuditKind::QuestionLeft, id, why);
        self.question_over(id, over);
    }

    /// A question is over: nothing of it stays but how it ended, for a while.
    pub(super) fn question_over(&mut self, id: QuestionId, over: Over) {
        self.line_changed(id);
        if let Some(token) = self.office.book.remove(id).and_then(|question| question.token().copied()) {
            self.office.ended.note(self.now_ms, id, token, over);
            self.actions.push_back(Action::Record(Change::QuestionGone { question: id }));
            self.actions.push_back(Action::News { question: id, news: QuestionNews::Ended(over) });
        }
    }

    /// Writes down how a question stands.
    pub(super) fn record_question(&mut self, now_ms: u64, id: QuestionId) {
        if let Some(record) = self.office.book.get(id).and_then(|question| question.record(now_ms)) {
            self.actions.push_back(Action::Record(Change::Question(record)));
        }
    }

    /// A line about a question that no rep has to do with.
    fn audit_question(&mut self, kind: AuditKind, id: QuestionId, why: &str) {
        let account = self.office.book.get(id).map(|question| question.account);
        let comma = if why.is_empty() { "" } else { ", " };
        let detail = format!("question {id}{comma}{why}");
        self.actions.push_back(Action::Audit(AuditLine { account, detail, ..AuditLine::new(kind) }));
    }
}
