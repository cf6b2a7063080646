//! Events of the rep's program: its sign-in, and those of each of its sessions.

use super::session::problem_event;
use super::{Event, SessionEvents, names, questions};
use lotse_engine::rep::{
    AskedHandOver, FeatureView, LicenceView, NotesView, Questions, RepView, Seat, SeatHolder, SecondFactor, SignIn,
};
use lotse_engine::view::Problem;
use lotse_protocol::control::{SessionId, SignInEnd};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Remembers the view it was last shown.
#[derive(Debug, Default)]
pub struct RepEvents {
    sign_in: SignIn,
    seat: Seat,
    licence: Arc<LicenceView>,
    second_factor: SecondFactor,
    problem: Option<Problem>,
    questions: Questions,
    hand_over: Option<Arc<AskedHandOver>>,
    sessions: BTreeMap<SessionId, Watched>,
}

#[derive(Debug, Default)]
struct Watched {
    code: bool,
    unread: u32,
    notes: NotesView,
    events: SessionEvents,
}

impl RepEvents {
    /// What is new in `view`.
    pub fn diff(&mut self, view: &RepView) -> Vec<Event> {
        let mut events = Vec::new();
        if self.sign_in != view.sign_in {
            events.extend(sign_in(&self.sign_in, &view.sign_in));
            self.sign_in = view.sign_in.clone();
        }
        if self.seat != view.seat {
            events.push(seat(&view.seat));
            self.seat = view.seat.clone();
        }
        if self.licence != view.licence {
            events.push(licence(&view.licence));
            self.licence.clone_from(&view.licence);
        }
        if self.second_factor != view.second_factor {
            events.push(second_factor(&view.second_factor));
            self.second_factor = view.second_factor.clone();
        }
        if self.problem != view.problem {
            events.extend(view.problem.as_ref().map(|problem| problem_event("problem", problem)));
            self.problem.clone_from(&view.problem);
        }
        if self.questions != view.questions {
            events.extend(questions::diff(&self.questions, &view.questions));
            self.questions = view.questions.clone();
        }
        if self.hand_over != view.hand_over {
            events.extend(hand_over(self.hand_over.as_deref(), view.hand_over.as_deref()));
            self.hand_over.clone_from(&view.hand_over);
        }
        self.sessions.retain(|id, _| view.sessions.iter().any(|session| session.id == *id));
        for session in &view.sessions {
            let watched = self.sessions.entry(session.id).or_default();
            if session.code.is_some() && !watched.code {
                let event = Event::new("code").with("session", session.id.to_string());
                events.push(event.with("expires_in_s", session.code_expires_in_s));
            }
            watched.code = session.code.is_some();
            if std::mem::replace(&mut watched.unread, session.unread) != session.unread {
                let event = Event::new("unread").with("session", session.id.to_string());
                events.push(event.with("count", session.unread));
            }
            let last = std::mem::replace(&mut watched.notes, session.notes.clone());
            events.extend(notes(&last, &session.notes).map(|event| event.with("session", session.id.to_string())));
            // The session's own view may know its id later than the list does.
            let id = session.id.to_string();
            events
                .extend(watched.events.diff(&session.view).into_iter().map(|event| event.with("session", id.as_str())));
        }
        events
    }
}

/// What a colleague asks; the notes and what was said are in [`hand_over_read`] alone.
fn hand_over(last: Option<&AskedHandOver>, now: Option<&AskedHandOver>) -> Option<Event> {
    let Some(now) = now else { return last.map(|_| Event::new("hand-over").with("state", "over")) };
    let state = match (now.accepting, last.is_some_and(|last| last.id == now.id)) {
        (true, _) => "accepting",
        (false, true) => "told",
        (false, false) => "asked",
    };
    let event = Event::new("hand-over").with("state", state).with("offer", offer_of(now));
    let event = event.with("from_rep", now.from.as_str());
    let event = event.with("purpose", now.purpose.name()).with("customer", now.customer.as_str());
    let event = event.with("by_choice", now.until.is_none());
    Some(event.with("note", now.note.as_str()).with("told", now.summary.is_some()).with("notes", !now.notes.is_empty()))
}

fn offer_of(asked: &AskedHandOver) -> String {
    asked.id.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All that the rep is shown of what a colleague asks, for a script that reads it: printed when it asks, and in no log.
#[must_use]
pub fn hand_over_read(asked: &AskedHandOver) -> Event {
    let AskedHandOver { from, purpose, customer, system, question, portal, note, notes, summary, .. } = asked;
    let event = Event::new("hand-over-read").with("offer", offer_of(asked)).with("from_rep", from.as_str());
    let event = event.with("purpose", purpose.name()).with("customer", customer.as_str());
    let event =
        event.with("system", system.as_str()).with("question", question.as_str()).with("portal", portal.as_str());
    let event = event.with("note", note.as_str()).with("notes", notes.as_str());
    event.with("said", summary.as_deref())
}

/// How the notes stand and that they were changed from elsewhere; never what was noted.
fn notes(last: &NotesView, now: &NotesView) -> Option<Event> {
    let news = (last.state, last.adopted) != (now.state, now.adopted);
    news.then(|| Event::new("notes").with("state", names::notes(now.state)).with("adopted", now.adopted))
}

fn sign_in(last: &SignIn, now: &SignIn) -> Option<Event> {
    match now {
        SignIn::Out => Some(Event::new("signed-out")),
        SignIn::Trying => None,
        SignIn::In { rep, account, reconnecting, .. } => match last {
            SignIn::In { reconnecting: before, .. } if before != reconnecting => {
                Some(Event::new("reconnecting").with("on", *reconnecting))
            }
            SignIn::In { .. } => None,
            SignIn::Out | SignIn::Trying | SignIn::Refused(_) | SignIn::Failed(_) | SignIn::Ended(_) => {
                Some(Event::new("signed-in").with("rep", rep.as_str()).with("account", account.as_str()))
            }
        },
        SignIn::Refused(failure) => {
            Some(Event::new("sign-in-failed").with("problem", names::sign_in_failure(*failure)))
        }
        SignIn::Failed(problem) => Some(problem_event("sign-in-failed", problem)),
        SignIn::Ended(end) => {
            let event = Event::new("sign-in-ended").with("why", names::sign_in_end(end));
            Some(match end {
                SignInEnd::TakenOver { by } => event.with("by", by.as_str()),
                SignInEnd::PasswordReset | SignInEnd::ByManager => event,
            })
        }
    }
}

/// What new sessions of the account have.
fn licence(licence: &LicenceView) -> Event {
    let LicenceView { contact, features, refused } = licence;
    let named = |wanted: fn(&FeatureView) -> bool| -> Vec<String> {
        features.iter().filter(|feature| wanted(feature)).map(|feature| feature.name.clone()).collect()
    };
    let event = Event::new("licence").with("features", named(|feature| feature.licensed));
    let event = event.with("ending", named(|feature| feature.ends_s.is_some())).with("contact", contact.as_str());
    event.with("refused", refused.as_ref().map(ToString::to_string).unwrap_or_default())
}

/// Whether the sign-in has a seat; if it waits, who has them.
fn seat(seat: &Seat) -> Event {
    match seat {
        Seat::Held => Event::new("seat").with("state", "held"),
        Seat::Waiting(taken) => {
            let holder = |holder: &SeatHolder| {
                let SeatHolder { seat, name, since_ms, in_session, connected } = holder;
                json!({
                    "seat": seat, "name": name, "since_ms": since_ms, "in_session": in_session, "connected": connected,
                })
            };
            let holders: Vec<serde_json::Value> = taken.holders.iter().map(holder).collect();
            let event = Event::new("seat").with("state", "waiting").with("seats", taken.seats);
            event.with("holders", holders).with("more", taken.more)
        }
    }
}

/// Never the secret nor a recovery code: those are in the window, and in the file that the command line names.
fn second_factor(known: &SecondFactor) -> Event {
    let SecondFactor { on, required, recovery_codes_left, recovery_code_used, .. } = known;
    let SecondFactor { offer, offer_over, recovery_codes, failure, .. } = known;
    let event = Event::new("second-factor").with("on", *on).with("required", *required);
    let event = event.with("recovery_codes_left", *recovery_codes_left).with("recovery_code_used", *recovery_code_used);
    let event = event.with("offered", offer.is_some()).with("recovery_codes", recovery_codes.len());
    let event = if *offer_over { event.with("offer_over", true) } else { event };
    match failure {
        Some(failure) => event.with("problem", names::sign_in_failure(*failure)),
        None => event,
    }
}
