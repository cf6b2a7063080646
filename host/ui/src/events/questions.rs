//! Events of questions that customers ask on a portal: who waits, what is offered, and what became of it.

use super::Event;
use lotse_engine::rep::{Question, QuestionEnd, QuestionNews, Questions};
use lotse_protocol::question::{NoPlace, Offered, QuestionId, RunningSession};
use serde_json::{Value, json};

/// What is new in `now`.
pub(super) fn diff(last: &Questions, now: &Questions) -> Vec<Event> {
    let mut events = Vec::new();
    if let Some(of) = now.availability.filter(|_| now.availability != last.availability) {
        let event = Event::new("availability").with("ready", of.ready).with("offer_s", of.offer_s);
        events.push(event.with("in_session", of.in_session));
    }
    if (&now.waiting, now.more, now.has_portal) != (&last.waiting, last.more, last.has_portal) {
        let waiting: Vec<Value> = now.waiting.iter().map(waiting).collect();
        let event = Event::new("questions").with("waiting", waiting).with("more", now.more);
        events.push(event.with("has_portal", now.has_portal));
    }
    let id = |of: &Questions| of.offer.as_ref().map(|offer| offer.question.id);
    if let Some(offer) = now.offer.as_ref().filter(|_| id(now) != id(last)) {
        let Question { id, name, text, portal, .. } = offer.question.as_ref();
        let event = Event::new("question-offered").with("question", hex(*id)).with("name", name.as_str());
        let event = event.with("text", text.as_str()).with("portal", portal.as_str());
        events.push(event.with("for_s", offer.for_s));
    }
    events.extend(now.news.as_ref().filter(|_| now.news != last.news).map(over));
    events
}

fn waiting(question: &Question) -> Value {
    let Question { id, name, text, portal, language, system, since, offered, running } = question;
    let (offered, to) = match offered {
        Offered::Nobody => ("nobody", ""),
        Offered::You => ("you", ""),
        Offered::Other(name) => ("other", name.as_str()),
    };
    let running = running.as_ref().map(|RunningSession { from, purpose, note, yours, no_place }| {
        let no_place = no_place.map(NoPlace::name);
        json!({ "from_rep": from, "purpose": purpose.name(), "note": note, "yours": yours, "no_place": no_place })
    });
    json!({
        "question": hex(*id), "name": name, "text": text, "portal": portal, "language": language, "system": system,
        "waiting_s": since.elapsed().as_secs(), "offered": offered, "to": to, "running": running,
    })
}

fn over(news: &QuestionNews) -> Event {
    let QuestionNews { question, name, end, at: _ } = news;
    let (why, by) = match end {
        QuestionEnd::YouPassed => ("passed", ""),
        QuestionEnd::TimeOver => ("time-over", ""),
        QuestionEnd::Taken { by } => ("taken", by.as_str()),
        QuestionEnd::Left => ("left", ""),
        QuestionEnd::Closed { by } => ("closed", by.as_str()),
        QuestionEnd::NotCome => ("not-come", ""),
        QuestionEnd::SessionTaken => ("session-taken", ""),
        QuestionEnd::SessionGone => ("session-gone", ""),
    };
    let event = Event::new("question-over").with("question", hex(*question)).with("name", name.as_str());
    event.with("why", why).with("by", by)
}

/// 32 hexadecimal digits: what commands name a question by.
pub(crate) fn hex(id: QuestionId) -> String {
    id.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads what [`hex`] writes.
pub(crate) fn from_hex(text: &str) -> Option<QuestionId> {
    let mut id = [0; 16];
    if text.len() != 2 * id.len() {
        return None;
    }
    for (at, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(QuestionId(id))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::samples;
    use lotse_protocol::question::Availability;
    use std::time::Instant;

    fn names(events: &[Event]) -> Vec<&'static str> {
        events.iter().map(|event| event.name).collect()
    }

    #[test]
    fn q2_who_waits_is_told_when_it_changes() {
        let (mut last, now) = (Questions::default(), samples::questions(false));
        let told = diff(&last, &now);
        assert_eq!(names(&told), ["availability", "questions"]);
        let first = &told[1].fields["waiting"][0];
        assert_eq!((&first["name"], &first["portal"]), (&"K. Weber".into(), &"Billing".into()));
        assert_eq!(first["offered"], "you");
        assert!(first["waiting_s"].as_u64().is_some_and(|waited| waited >= 42), "{first}");
        last.clone_from(&now);
        assert_eq!(diff(&last, &now), [], "nothing new, nothing told");
    }

    #[test]
    fn q1_an_offer_is_told_once_and_so_is_its_end() {
        let last = samples::questions(false);
        let mut now = Questions { offer: Some(samples::offer(false)), ..last.clone() };
        let told = diff(&last, &now);
        assert_eq!((names(&told), &told[0].fields["for_s"]), (vec!["question-offered"], &30.into()));
        assert_eq!(told[0].fields["question"].as_str().and_then(from_hex), now.offer.as_ref().map(|of| of.question.id));
        assert_eq!(diff(&now, &now), []);
        let end = QuestionEnd::Taken { by: "Bo Lind".to_owned() };
        let before = now.clone();
        now.offer = None;
        now.news = Some(QuestionNews { question: QuestionId([3; 16]), name: String::new(), end, at: Instant::now() });
        let told = diff(&before, &now);
        assert_eq!((names(&told), &told[0].fields["why"]), (vec!["question-over"], &"taken".into()));
        assert_eq!(told[0].fields["by"], "Bo Lind");
    }

    #[test]
    fn away_is_told() {
        let away = Some(Availability { ready: false, ..Availability::default() });
        let now = Questions { availability: away, ..Questions::default() };
        assert_eq!(diff(&Questions::default(), &now)[0].fields["ready"], false);
    }

    #[test]
    fn names_of_questions_read_back_and_nothing_else_does() {
        let id = QuestionId([0xa7; 16]);
        assert_eq!(from_hex(&hex(id)), Some(id));
        for text in ["", "a7", &"a7".repeat(17), &"xy".repeat(16), &"ä".repeat(16), &"€".repeat(11)] {
            assert_eq!(from_hex(text), None, "{text}");
        }
    }
}
