//! What becomes of a question, in words and as JSON for the page's script.

use super::super::language::Language;
use super::super::text::{Argument, t};
use crate::base64url;
use crate::portals::{Over, PortalStatus, QuestionNews};
use serde_json::{Value, json};

/// In one line; of an end, what it means, too.
pub fn told(language: Language, news: &QuestionNews) -> String {
    match news {
        QuestionNews::Ended(over) => format!("{}. {}", of(language, news), t(language, over_id(*over).1, &[])),
        QuestionNews::Waiting { .. }
        | QuestionNews::Taken { .. }
        | QuestionNews::Code { .. }
        | QuestionNews::Running { .. } => of(language, news),
    }
}

/// In one line.
pub fn of(language: Language, news: &QuestionNews) -> String {
    let with_rep = |id: &str, rep: &str| t(language, id, &[("rep", Argument::Word(rep))]);
    match news {
        QuestionNews::Waiting { place, .. } => {
            t(language, "portal-place", &[("place", Argument::Count(u64::from(*place)))])
        }
        QuestionNews::Taken { rep } => with_rep("portal-taken", rep),
        QuestionNews::Code { rep, .. } => with_rep("portal-ready", rep),
        QuestionNews::Running { rep } => with_rep("portal-running", rep),
        QuestionNews::Ended(over) => t(language, over_id(*over).0, &[]),
    }
}

/// Ids of what is said of an end: in one line, and what it means.
fn over_id(over: Over) -> (&'static str, &'static str) {
    match over {
        Over::Session => ("portal-ended", "portal-ended-lead"),
        Over::Left => ("portal-left", "portal-left-lead"),
        Over::PortalGone => ("portal-no-more", "portal-no-more-lead"),
        Over::Closed => ("portal-closed", "portal-closed-lead"),
    }
}

/// How many are there to help.
pub fn of_status(language: Language, status: PortalStatus) -> String {
    t(language, "portal-here", &[("count", Argument::Count(u64::from(status.reps)))])
}

/// An event of a question.
pub fn event(language: Language, news: &QuestionNews) -> Value {
    let words = of(language, news);
    match news {
        QuestionNews::Waiting { place, waiting_s, reps } => {
            json!({ "state": "waiting", "words": words, "place": place, "waiting_s": waiting_s, "nobody": *reps == 0 })
        }
        QuestionNews::Taken { .. } => json!({ "state": "taken", "words": words }),
        QuestionNews::Code { sealed, expires_in_s, .. } => {
            let sealed = base64url::encode(sealed);
            json!({ "state": "code", "words": words, "sealed": sealed, "expires_in_s": expires_in_s })
        }
        QuestionNews::Running { .. } => json!({ "state": "running", "words": words }),
        QuestionNews::Ended(over) => {
            json!({ "state": "ended", "words": words, "more": t(language, over_id(*over).1, &[]) })
        }
    }
}

/// The event for who comes with a ticket that stands no more.
pub fn gone(language: Language) -> Value {
    json!({ "state": "gone", "words": t(language, "portal-gone", &[]) })
}

/// An event of a portal.
pub fn status_event(language: Language, status: PortalStatus) -> Value {
    json!({ "reps": status.reps, "words": of_status(language, status) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn here(language: Language, reps: u32) -> String {
        of_status(language, PortalStatus { reps, waiting: 0 })
    }

    #[test]
    fn people_are_counted_in_words_up_to_twelve() {
        for (reps, english, german) in [
            (0, "No rep is available", "Zurzeit ist niemand verfügbar"),
            (1, "One person is here to help", "Eine Person ist für Sie da"),
            (3, "Three people are here to help", "Drei Personen sind für Sie da"),
            (12, "Twelve people are here to help", "Zwölf Personen sind für Sie da"),
            (13, "13 people are here to help", "13 Personen sind für Sie da"),
        ] {
            assert_eq!(here(Language::English, reps), english);
            assert_eq!(here(Language::German, reps), german);
        }
    }

    #[test]
    fn a_place_in_the_queue_is_said_in_words() {
        let waiting = |place| QuestionNews::Waiting { place, waiting_s: 5, reps: 1 };
        assert_eq!(of(Language::English, &waiting(1)), "You are next.");
        assert_eq!(of(Language::English, &waiting(4)), "You are number 4 in the queue.");
        assert_eq!(of(Language::German, &waiting(4)), "Sie sind Nummer 4 in der Warteschlange.");
        let event = event(Language::English, &waiting(2));
        assert_eq!((&event["state"], &event["place"], &event["nobody"]), (&json!("waiting"), &json!(2), &json!(false)));
    }
    /// Scar: whoever had only waited was told that the session had ended.
    #[test]
    fn each_end_has_words_of_its_own() {
        let ends = [Over::Session, Over::Left, Over::PortalGone, Over::Closed];
        for language in [Language::English, Language::German] {
            let told: Vec<Value> = ends.map(|over| event(language, &QuestionNews::Ended(over))).into();
            let words: BTreeSet<&str> =
                told.iter().flat_map(|of| [&of["words"], &of["more"]]).filter_map(Value::as_str).collect();
            assert_eq!(words.len(), 2 * ends.len(), "{told:?}");
        }
        let closed = event(Language::English, &QuestionNews::Ended(Over::Closed));
        assert_eq!((&closed["state"], &closed["words"]), (&json!("ended"), &json!("Your question was closed")));
    }
}
