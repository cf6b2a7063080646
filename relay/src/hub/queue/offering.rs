//! Brings questions and reps together: who fits, who comes first, for how long, and what after that.
//!
//! A question is offered to one rep at a time, and a rep has one offer at a time. It goes to whoever has been idle for longest
//! of those who are signed in, connected, have a seat, are ready, and in no session unless they want that, too, and their
//! licence lets them have another. Whoever let it pass is asked again only after a pause, when all others were asked or none
//! was free; until then it waits in the list. Who has said no to it some times finds it there alone. A running session that is
//! handed over goes the same way; whoever is offered it, is asked for one by name, or has taken one whose customer is yet to come, is
//! offered nothing else meanwhile.

use super::pages::Over;
use super::question::{Due, Handed, Question, State};
use crate::hub::Hub;
use crate::hub::action::AuditKind;
use crate::hub::input::{ConnectionId, RepIdentity};
use crate::hub::session::Stage;
use lotse_protocol::control::FromRelay;
use lotse_protocol::handover::{self, Purpose};
use lotse_protocol::question::{Availability, OfferEnd, QuestionId};

impl Hub {
    /// A sign-in has a connection, maybe another than before.
    pub(in crate::hub) fn rep_came(&mut self, now_ms: u64, rep: &RepIdentity) {
        self.rep_went(now_ms, rep.sign_in);
        self.office.desk.come(rep, now_ms);
        if self.has_portal(rep.sign_in) {
            self.office.telling.rep(rep.sign_in);
        }
    }

    /// A sign-in is over or has lost its connection. What was offered to it goes to the front.
    pub(in crate::hub) fn rep_went(&mut self, now_ms: u64, sign_in: i64) {
        if let Some(question) = self.office.desk.offered(sign_in) {
            self.give_back_offer(now_ms, question, true);
        }
        self.asked_went(now_ms, sign_in);
        self.office.hand_overs.forget_reader(sign_in);
        let groups = self.office.desk.go(sign_in);
        self.office.telling.presence(groups);
    }

    /// How a rep takes questions from now on.
    pub(in crate::hub) fn availability(&mut self, now_ms: u64, connection: ConnectionId, availability: Availability) {
        let Some(rep) = self.connections.get(&connection).and_then(|known| known.rep.as_ref()) else {
            return self.refuse(connection, "Sign in before taking questions.");
        };
        let sign_in = rep.sign_in;
        self.office.desk.set_availability(sign_in, availability, now_ms);
        self.office.telling.rep(sign_in);
    }

    /// Until nobody fits anything any more.
    pub(super) fn match_up(&mut self, now_ms: u64) {
        loop {
            if let Some(sign_in) = self.office.hand_overs.next_touched() {
                self.office.desk.look_again(sign_in);
            } else if let Some(sign_in) = self.office.desk.next_stale() {
                self.look_at(now_ms, sign_in);
            } else if let Some(sign_in) = self.office.desk.next_seeking() {
                self.seek_question(now_ms, sign_in);
            } else if let Some(question) = self.office.book.next_opened() {
                if let Some(sign_in) = self.who_fits(question) {
                    self.offer_question(now_ms, sign_in, question);
                }
            } else {
                return;
            }
        }
    }

    /// Notes how a rep stands now. Whoever cannot take what is offered has it no longer.
    fn look_at(&mut self, now_ms: u64, sign_in: i64) {
        let availability = self.office.desk.availability(sign_in);
        let ready = availability.is_some_and(|availability| availability.ready);
        let present = ready && self.seats.has_one(sign_in) && self.sign_ins.contains_key(&sign_in);
        let offered = self.office.desk.offered(sign_in);
        // Who could not answer it is not asked: the customer would wait for nothing.
        let able = present && self.has_room_for_question(sign_in) && self.can_take(sign_in);
        if let Some(question) = offered {
            let theirs = self.is_of_groups(sign_in, question) && self.has_place(sign_in, question);
            if !present || !theirs {
                self.give_back_offer(now_ms, question, true);
            } else if !able {
                // Busy by their own choice: it goes on without them, but jumps nobody.
                self.give_back_offer(now_ms, question, false);
            }
        }
        let asked = offered.is_some() || self.office.hand_overs.of_asked(sign_in).is_some();
        let free = able && !asked && !self.is_on_the_way(sign_in);
        if self.office.desk.stands(sign_in, present, free) {
            let groups = self.office.desk.groups_of(sign_in).to_vec();
            self.office.telling.presence(groups);
        }
    }

    /// A rep who is ready and in no session, unless wanted.
    pub(super) fn can_take(&self, sign_in: i64) -> bool {
        let availability = self.office.desk.availability(sign_in);
        availability.is_some_and(|of| of.ready && (of.in_session || !self.is_busy(sign_in)))
    }

    /// The question is for a group of this rep's.
    fn is_of_groups(&self, sign_in: i64, id: QuestionId) -> bool {
        let group = self.office.book.get(id).and_then(|question| self.office.book.group_of(question.portal));
        group.is_some_and(|group| self.office.desk.groups_of(sign_in).contains(&group))
    }

    /// It is in a session, or has a question whose customer is about to come.
    fn is_busy(&self, sign_in: i64) -> bool {
        let known = self.sign_ins.get(&sign_in).and_then(|connection| self.connections.get(connection));
        let mut sessions = known.into_iter().flat_map(|known| &known.sessions).filter_map(|id| self.sessions.get(id));
        sessions.any(|session| match session.stage {
            Stage::Open { .. } => self.office.book.of_session(session.id).is_some(),
            Stage::Pairing { .. } | Stage::Running => true,
        })
    }

    /// The first question for a rep goes to whoever it fits best, who may be another that has just become free, too.
    fn seek_question(&mut self, now_ms: u64, sign_in: i64) {
        let Some(rep) = self.office.desk.rep_of(sign_in) else { return };
        let groups = self.office.desk.groups_of(sign_in);
        let first = self.office.book.first_open(groups, |question| self.may_be_asked(question, sign_in, rep));
        let Some(question) = first else { return };
        let Some(best) = self.who_fits(question) else { return };
        if best != sign_in {
            self.office.desk.seek(sign_in);
        }
        self.offer_question(now_ms, best, question);
    }

    /// Who is to be asked next.
    fn who_fits(&self, id: QuestionId) -> Option<i64> {
        if self.draining {
            return None;
        }
        let question = self.office.book.get(id).filter(|question| question.is_open())?;
        let group = self.office.book.group_of(question.portal)?;
        self.office.desk.longest_idle(group, |sign_in, rep| self.may_be_asked(question, sign_in, rep))
    }

    /// It may be offered to this rep at this console. Nobody is asked to come beside whom they are with already, or about to be,
    /// nor for what they are in at another console.
    fn may_be_asked(&self, question: &Question, sign_in: i64, rep: i64) -> bool {
        let with = |of: &Handed| of.purpose != Purpose::TakeOver && self.is_with(of.session, rep);
        let kept_from = |of: &Handed| with(of) || self.no_place(of, sign_in).is_some();
        question.is_for(rep) && !question.session().is_some_and(kept_from)
    }

    /// Its rep could take it there.
    fn has_place(&self, sign_in: i64, id: QuestionId) -> bool {
        let handed = self.office.book.get(id).and_then(Question::session);
        handed.is_none_or(|handed| self.no_place(handed, sign_in).is_none())
    }

    fn offer_question(&mut self, now_ms: u64, sign_in: i64, id: QuestionId) {
        let Some(connection) = self.sign_ins.get(&sign_in).copied() else {
            // Not reached: who is not there is not free. It must not be looked for again and again.
            self.office.desk.stands(sign_in, false, false);
            return;
        };
        let wish = self.wish_of(id);
        let for_s = self.office.desk.offer_s(sign_in);
        // There is more to read.
        let for_s = if wish.is_some() { for_s.max(handover::OFFER_S) } else { for_s };
        let until_ms = now_ms + u64::from(for_s) * 1000;
        self.office.book.change(id, |question| question.state = State::Offered { sign_in, until_ms });
        self.office.desk.set_offered(sign_in, Some(id));
        if let Some(wish) = wish {
            self.line_changed(id);
            return self.ask_from_queue(connection, sign_in, wish, for_s);
        }
        let Some(question) = self.office.book.get(id) else { return };
        let shown = self.shown(now_ms, question, sign_in);
        self.line_changed(id);
        let rep = self.connections.get(&connection).and_then(|known| known.rep.clone());
        self.audit(AuditKind::QuestionOffered, None, rep.as_ref(), format!("question {id}"));
        self.send(connection, FromRelay::QuestionOffered { question: Box::new(shown), for_s });
    }

    /// Ends an offer, and tells its rep why. Whose it was; `None`: it was offered to nobody.
    pub(super) fn end_offer(&mut self, id: QuestionId, end: OfferEnd) -> Option<i64> {
        let State::Offered { sign_in, .. } = self.office.book.get(id)?.state else { return None };
        self.office.desk.set_offered(sign_in, None);
        if let Some(wish) = self.wish_of(id) {
            self.end_asked_from_queue(wish, sign_in, &end);
        } else if let Some(connection) = self.sign_ins.get(&sign_in).copied() {
            self.send(connection, FromRelay::QuestionOver { question: id, end });
        }
        Some(sign_in)
    }

    /// The rep let it pass, by saying so or by waiting: it goes to the next.
    pub(super) fn pass_on(&mut self, now_ms: u64, id: QuestionId, said_so: bool) {
        let Some(sign_in) = self.end_offer(id, OfferEnd::Passed) else { return };
        let again_ms = now_ms + self.limits.offer_pause_ms;
        let rep = self.office.desk.rep_of(sign_in);
        self.office.desk.idle_from(sign_in, now_ms);
        self.office.book.change(id, |question| {
            question.state = State::Waiting;
            if let Some(rep) = rep {
                question.pass(rep, again_ms, said_so);
            }
        });
        self.line_changed(id);
        let identity = self.sign_ins.get(&sign_in).and_then(|connection| self.connections.get(connection));
        let identity = identity.and_then(|known| known.rep.clone());
        let session = self.office.book.get(id).and_then(Question::session).map(|handed| handed.session);
        if session.is_some() {
            let why = if said_so { "refused" } else { "not answered in time" };
            return self.audit(AuditKind::HandOverDeclined, session, identity.as_ref(), why.to_owned());
        }
        let why = if said_so { "passed" } else { "not answered in time" };
        self.audit(AuditKind::QuestionPassed, None, identity.as_ref(), format!("question {id}, {why}"));
    }

    /// The rep whom it is offered to cannot take it any more, which is not the customer's fault. `front`: it goes there; else
    /// it waits on where it was.
    fn give_back_offer(&mut self, now_ms: u64, id: QuestionId, front: bool) {
        if self.end_offer(id, OfferEnd::Passed).is_none() {
            return;
        }
        self.office.book.change(id, |question| {
            question.state = State::Waiting;
            question.place.behind &= !front;
        });
        self.record_question(now_ms, id);
        self.line_changed(id);
    }

    /// Does what is due of questions.
    pub(in crate::hub) fn questions_due(&mut self, now_ms: u64) {
        self.office.ended.forget(now_ms);
        while let Some((id, due)) = self.office.book.next_due(now_ms) {
            match due {
                Due::PageGone => self.question_left(id, "its page was closed", Over::Left),
                Due::OfferOver => self.pass_on(now_ms, id, false),
                Due::Again => {
                    self.office.book.change(id, Question::begin_round);
                }
                Due::NoKey => self.no_key_came(id),
            }
        }
    }

    /// Whoever sees this question's line is to be told.
    pub(super) fn line_changed(&mut self, id: QuestionId) {
        let Some(question) = self.office.book.get(id) else { return };
        let portal = question.portal;
        self.office.telling.line(portal, self.office.book.group_of(portal));
    }
}
