//! What reps say of questions: answering one, offered or from the list, letting one pass, closing one, and the sealed code.

use super::pages::Over;
use super::question::{State, Subject};
use super::record::Origin;
use crate::hub::Hub;
use crate::hub::action::{Action, AuditKind};
use crate::hub::input::{ConnectionId, RepIdentity};
use crate::hub::seats::NO_SEAT;
use crate::hub::session::Stage;
use lotse_protocol::control::{FromRelay, SessionId, Side};
use lotse_protocol::question::{AnsweredQuestion, OfferEnd, Offered, QuestionId, SEALED_CODE_BYTES};
use std::collections::BTreeSet;

const GONE: &str = "This question does not wait any more: its customer has left, or it was answered or closed.";

impl Hub {
    /// A rep takes a question: it becomes a session with a code, at once.
    pub(in crate::hub) fn answer_question(
        &mut self,
        now_ms: u64,
        connection: ConnectionId,
        features: BTreeSet<String>,
        id: QuestionId,
    ) {
        let Some(known) = self.connections.get(&connection) else { return };
        let Some(rep) = known.rep.clone() else {
            return self.refuse(connection, "Sign in before answering a question.");
        };
        if let Some(wish) = self.wish_of(id) {
            return self.read_handed(now_ms, connection, &rep, wish);
        }
        let origin = match self.answerable(&rep, id) {
            Ok(origin) => origin,
            Err(reason) => return self.refuse(connection, reason),
        };
        let (session, nameplate) = match self.open_session(now_ms, connection, features, origin) {
            Ok(opened) => opened,
            Err(reason) => return self.refuse(connection, &reason),
        };
        if self.office.desk.offered(rep.sign_in) == Some(id) {
            self.office.desk.set_offered(rep.sign_in, None);
        } else {
            self.end_offer(id, OfferEnd::Taken(rep.name.clone()));
        }
        self.office.desk.idle_from(rep.sign_in, now_ms);
        self.room_changed(&rep);
        // While it still stands in line.
        self.line_changed(id);
        let taken = State::Taken { session, rep: rep.name.clone(), sealed: None };
        self.office.book.change(id, |question| question.state = taken);
        self.record_question(now_ms, id);
        self.audit(AuditKind::QuestionTaken, Some(session), Some(&rep), format!("question {id}"));
        self.tell_page(now_ms, id);
        let Some(question) = self.office.book.get(id) else { return };
        let Subject::Page { key: page_key, .. } = question.subject.clone() else { return };
        let mut shown = self.shown(now_ms, question, rep.sign_in);
        shown.offered = Offered::You;
        let expires_in_s = self.limits.code_lifetime_ms / 1000;
        let answered = AnsweredQuestion { question: shown, session, nameplate, expires_in_s, page_key };
        self.send(connection, FromRelay::QuestionAnswered(Box::new(answered)));
    }

    /// What a session begins with that answers this question; the error says why this rep cannot answer it.
    fn answerable(&self, rep: &RepIdentity, id: QuestionId) -> Result<Origin, &'static str> {
        // Another account's question is one that is not there.
        let question = self.office.book.get(id).filter(|question| question.account == rep.account).ok_or(GONE)?;
        let group = self.office.book.group_of(question.portal).ok_or(GONE)?;
        if !self.office.desk.groups_of(rep.sign_in).contains(&group) {
            return Err("This question is not for you any more: its portal leads to another team than yours.");
        }
        match question.state {
            State::Waiting | State::Offered { .. } => {
                Ok(Origin { question: question.text.clone(), portal: question.portal_name.clone() })
            }
            State::Taken { .. } | State::Running { .. } => Err("A colleague has answered this question already."),
        }
    }

    /// A rep does not take what is offered. What is not offered to this rep is let be: it was, a moment ago.
    pub(in crate::hub) fn pass_question(&mut self, now_ms: u64, connection: ConnectionId, id: QuestionId) {
        let Some(rep) = self.connections.get(&connection).and_then(|known| known.rep.as_ref()) else { return };
        if self.office.desk.offered(rep.sign_in) == Some(id) {
            self.pass_on(now_ms, id, true);
        }
    }

    /// A rep ends a question that is abuse or makes no sense: nobody is asked it any more, and its page is told.
    pub(in crate::hub) fn close_question(&mut self, connection: ConnectionId, id: QuestionId) {
        let Some(known) = self.connections.get(&connection) else { return };
        let Some(rep) = known.rep.clone() else {
            return self.refuse(connection, "Sign in before closing a question.");
        };
        if self.waits(connection) {
            return self.refuse(connection, NO_SEAT);
        }
        if let Err(reason) = self.answerable(&rep, id) {
            return self.refuse(connection, reason);
        }
        if self.wish_of(id).is_some() {
            let reason =
                "This is a running session: whoever hands it over can take that back, and nobody can close it.";
            return self.refuse(connection, reason);
        }
        self.end_offer(id, OfferEnd::Closed(rep.name.clone()));
        self.audit(AuditKind::QuestionClosed, None, Some(&rep), format!("question {id}"));
        self.question_over(id, Over::Closed);
    }

    /// The code for the customer's page, which alone can read it.
    pub(in crate::hub) fn sealed_code(
        &mut self,
        now_ms: u64,
        connection: ConnectionId,
        session: SessionId,
        body: Vec<u8>,
    ) {
        let own = self.sessions.get(&session).filter(|own| own.side_of(connection) == Some(Side::Rep));
        // The code expired, or the customer left, a moment ago: that was told.
        let Some(own) = own else { return };
        let open = matches!(own.stage, Stage::Open { .. });
        let Some(id) = self.office.book.of_session(session).filter(|id| open && self.wish_of(*id).is_none()) else {
            return self.refuse(connection, "No customer's page waits for a code of this session.");
        };
        if body.len() != SEALED_CODE_BYTES {
            return self.refuse(connection, "A sealed code has 91 bytes; this one has not. Update the program.");
        }
        self.office.book.change(id, |question| {
            if let State::Taken { sealed, .. } = &mut question.state {
                *sealed = Some(body);
            }
        });
        self.tell_page(now_ms, id);
    }

    /// Tells the page of a question that somebody has taken how it stands.
    pub(super) fn tell_page(&mut self, now_ms: u64, id: QuestionId) {
        if let Some(news) = self.question_news(now_ms, id) {
            self.actions.push_back(Action::News { question: id, news });
        }
    }
}
