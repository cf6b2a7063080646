//! Questions of customers who wait: the list, what is offered, and what becomes of it when the rep answers.
//!
//! The relay decides who is offered what. An answered question becomes a session as a new code does, but that its code is
//! sealed to the customer's page ([`crate::sealed`]) and read aloud to nobody.

use super::Core;
use crate::question_view::{Offer, Question, QuestionEnd, QuestionNews, Questions};
use crate::sealed;
use crate::session::Asked;
use lotse_protocol::control::ToRelay;
use lotse_protocol::handover::NOTE_CHARS_MAX;
use lotse_protocol::question::{
    AnsweredQuestion, Availability, OFFER_S_MAX, OFFER_S_MIN, OfferEnd, Offered, QUESTION_CHARS_MAX,
    QUESTIONS_TOLD_MAX, QuestionId, Queue, RunningSession, WaitingQuestion,
};
use lotse_protocol::tidy;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest name of a customer, a portal, a colleague or a system that is shown, in characters.
const NAME_CHARS_MAX: usize = 80;
/// Longest tag of a language.
const LANGUAGE_CHARS_MAX: usize = 8;
/// Durations come in whole seconds and take time to come: a time that differs by no more is the one known before.
const SAME_TIME: Duration = Duration::from_secs(2);
/// An offer whose end the relay does not tell is over so long after its time.
const OVER_AFTER: Duration = Duration::from_secs(5);
/// Nobody waits longer; a relay that says so is not believed.
const WAITING_MAX: Duration = Duration::from_secs(30 * 24 * 3600);

/// What is known of questions.
#[derive(Default)]
pub(super) struct Asking {
    pub shown: Questions,
    /// The rep passed it, and the relay has yet to say that it is over.
    passing: Option<QuestionId>,
}

impl Asking {
    /// The relay is out of reach: nobody can be answered, and what was offered goes to somebody else.
    pub(super) fn relay_gone(&mut self) {
        let availability = self.shown.availability;
        *self = Self { shown: Questions { availability, ..Questions::default() }, passing: None };
    }

    /// Forgets an offer whose end the relay does not tell. True: there was one.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        self.shown.offer.take_if(|offer| now >= offer.until + OVER_AFTER).is_some()
    }

    /// The relay did not do what it was asked for, and does not say what that was.
    pub(super) fn refused(&mut self) {
        self.shown.answering = None;
        self.passing = None;
    }

    fn on_list(&mut self, queue: Queue, now: Instant) {
        let Queue { waiting, more, has_portal } = queue;
        let cut = waiting.len().saturating_sub(QUESTIONS_TOLD_MAX);
        let known = std::mem::take(&mut self.shown.waiting);
        let waiting: Vec<Question> =
            waiting.into_iter().take(QUESTIONS_TOLD_MAX).map(|question| shown(question, &known, now)).collect();
        self.shown.more = more.saturating_add(u32::try_from(cut).unwrap_or(u32::MAX));
        self.shown.has_portal = has_portal;
        self.shown.waiting = Arc::new(waiting);
    }

    fn on_offered(&mut self, question: WaitingQuestion, for_s: u16, now: Instant) {
        let for_s = for_s.clamp(1, OFFER_S_MAX);
        let question = Question { offered: Offered::You, ..shown(question, &self.shown.waiting, now) };
        self.passing = None;
        let until = now + Duration::from_secs(for_s.into());
        self.shown.offer = Some(Offer { question: Arc::new(question), until, for_s });
    }

    fn on_over(&mut self, question: QuestionId, end: OfferEnd, now: Instant) {
        let Some(offer) = self.shown.offer.take_if(|offer| offer.question.id == question) else { return };
        let passed = self.passing.take() == Some(question);
        let end = match end {
            OfferEnd::Passed if passed => QuestionEnd::YouPassed,
            OfferEnd::Passed => QuestionEnd::TimeOver,
            OfferEnd::Taken(by) => QuestionEnd::Taken { by: tidy(&by, NAME_CHARS_MAX) },
            OfferEnd::Left => QuestionEnd::Left,
            OfferEnd::Closed(by) => QuestionEnd::Closed { by: tidy(&by, NAME_CHARS_MAX) },
        };
        self.shown.answering.take_if(|answering| *answering == question);
        self.tell(question, offer.question.name.clone(), end, now);
    }

    fn on_answered(&mut self, question: QuestionId) {
        self.shown.offer.take_if(|offer| offer.question.id == question);
        self.shown.answering = None;
        self.shown.news = None;
        self.passing = None;
    }

    /// What was to be read of a running session came.
    pub(super) fn opened(&mut self, question: QuestionId) {
        self.shown.answering.take_if(|answering| *answering == question);
    }

    pub(super) fn tell(&mut self, question: QuestionId, name: String, end: QuestionEnd, at: Instant) {
        self.shown.news = Some(QuestionNews { question, name, end, at });
    }

    /// The customer of a question that was answered did not come: it waits again. One whom a colleague handed over is with that
    /// colleague still.
    pub(super) fn not_come(&mut self, asked: Asked, at: Instant) {
        if let Some(question) = asked.question {
            self.tell(question, asked.name, QuestionEnd::NotCome, at);
        }
    }
}

impl Core {
    /// Carries out what a rep wants of questions.
    pub(super) fn set_availability(&mut self, availability: Availability) {
        let offer_s = availability.offer_s.clamp(OFFER_S_MIN, OFFER_S_MAX);
        self.questions.shown.availability = Some(Availability { offer_s, ..availability });
        if self.relay_hears() {
            self.say_availability();
        }
    }

    pub(super) fn set_ready(&mut self, ready: bool) {
        let known = self.questions.shown.availability.unwrap_or_default();
        self.set_availability(Availability { ready, ..known });
    }

    /// Follows each sign-in: the relay forgets it with the connection.
    pub(super) fn say_availability(&self) {
        if let Some(availability) = self.questions.shown.availability {
            self.say(ToRelay::Availability(availability));
        }
    }

    /// One at a time: the second press of somebody who is in a hurry asks for nothing more.
    pub(super) fn answer_question(&mut self, question: QuestionId) {
        if self.relay_hears() && self.questions.shown.answering.is_none() {
            self.problem = None;
            self.questions.shown.answering = Some(question);
            self.say(ToRelay::AnswerQuestion { question });
        }
    }

    pub(super) fn pass_question(&mut self, question: QuestionId) {
        let offered = self.questions.shown.offer.as_ref().is_some_and(|offer| offer.question.id == question);
        if offered && self.relay_hears() {
            self.questions.passing = Some(question);
            self.say(ToRelay::PassQuestion { question });
        }
    }

    /// One from the list, offered or not: the relay refuses what does not wait any more.
    pub(super) fn close_question(&mut self, question: QuestionId) {
        if self.relay_hears() {
            self.problem = None;
            self.say(ToRelay::CloseQuestion { question });
        }
    }

    pub(super) fn on_questions(&mut self, queue: Queue) {
        self.questions.on_list(queue, Instant::now());
    }

    pub(super) fn on_question_offered(&mut self, question: WaitingQuestion, for_s: u16) {
        self.questions.on_offered(question, for_s, Instant::now());
    }

    pub(super) fn on_question_over(&mut self, question: QuestionId, end: OfferEnd) {
        self.questions.on_over(question, end, Instant::now());
    }

    /// The question is a session now. Told again after a sign-in it is sealed again: the first may not have arrived.
    pub(super) fn on_question_answered(&mut self, answered: AnsweredQuestion) {
        let AnsweredQuestion { question, session, nameplate, expires_in_s, page_key } = answered;
        let WaitingQuestion { question, name, text, portal, language: _, system, .. } = question;
        self.questions.on_answered(question);
        let asked = Asked {
            question: Some(question),
            name: tidy(&name, NAME_CHARS_MAX),
            text: tidy(&text, QUESTION_CHARS_MAX),
            portal: tidy(&portal, NAME_CHARS_MAX),
            system: tidy(&system, NAME_CHARS_MAX),
            from: String::new(),
            looks_on: false,
        };
        let Some(code) = self.begin(session, nameplate, expires_in_s, Some(asked)) else { return };
        match sealed::seal(&code, &page_key) {
            Ok(body) => self.say(ToRelay::SealedCode { session, body }),
            Err(problem) => {
                self.sessions.retain(|entry| entry.id != session);
                self.no_code(session, problem.to_string());
            }
        }
    }
}

/// A question in words that forge nothing, with the time of this computer's clock.
fn shown(question: WaitingQuestion, known: &[Question], now: Instant) -> Question {
    let WaitingQuestion { question: id, name, text, portal, language, system, waiting_s, offered, running } = question;
    let waited = Duration::from_secs(waiting_s).min(WAITING_MAX);
    let told = now.checked_sub(waited).unwrap_or(now);
    let before = known.iter().find(|known| known.id == id).map(|known| known.since);
    let near = |since: &Instant| {
        since.saturating_duration_since(told) <= SAME_TIME && told.saturating_duration_since(*since) <= SAME_TIME
    };
    let offered = match offered {
        Offered::Other(name) => Offered::Other(tidy(&name, NAME_CHARS_MAX)),
        Offered::Nobody => Offered::Nobody,
        Offered::You => Offered::You,
    };
    Question {
        id,
        name: tidy(&name, NAME_CHARS_MAX),
        text: tidy(&text, QUESTION_CHARS_MAX),
        portal: tidy(&portal, NAME_CHARS_MAX),
        language: tidy(&language, LANGUAGE_CHARS_MAX),
        system: tidy(&system, NAME_CHARS_MAX),
        since: before.filter(near).unwrap_or(told),
        offered,
        running: running.map(|RunningSession { from, purpose, note, yours, no_place }| RunningSession {
            from: tidy(&from, NAME_CHARS_MAX),
            purpose,
            note: tidy(&note, NOTE_CHARS_MAX),
            yours,
            no_place,
        }),
    }
}
