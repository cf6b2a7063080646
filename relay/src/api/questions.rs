//! Questions that wait at an account's portals now. What became of others is in the audit log.

use super::problem::{Kind, Problem};
use super::route::{Answer, Call};
use super::shape::{Nothing, shape};
use crate::hub::{Live, LiveQuestion};

shape! {
    /// Questions that wait, and how many take them.
    pub struct WaitingQuestions {
        questions: Vec<Waiting> = "At most 200 of them, who is first before who is behind.", [];
        more: u64 = "Questions that are not among them.", 0;
        ready: u64 = "Sign-ins that take questions.", 2;
    }
}

shape! {
    /// A question that waits, or is offered to a rep.
    pub struct Waiting {
        question: String = "What the audit log calls it.", "00112233aabb";
        portal: i64 = "The portal's number.", 4;
        portal_name: String = "The portal's name when it was asked.", "Acme helps";
        customer: String = "The customer's name; may be empty.", "K. Weber";
        text: String = "What the customer asked.", "The printer is gone again.";
        waited_s: u64 = "For how long it has waited, in seconds.", 90;
        offered_to: Option<String> = "Name of the rep to whom it is offered; null: to nobody now.", "Anna Berg";
    }
}

impl WaitingQuestions {
    /// As the hub has it.
    fn of(live: Live) -> Self {
        let Live { questions, questions_more, ready, .. } = live;
        let waiting = |question| {
            let LiveQuestion { id, name, text, portal, portal_name, waited_s, offered_to } = question;
            Waiting { question: id.to_string(), portal, portal_name, customer: name, text, waited_s, offered_to }
        };
        Self { questions: questions.into_iter().map(waiting).collect(), more: questions_more, ready }
    }
}

pub(super) async fn waiting(call: Call, _: Nothing, _: Nothing) -> Result<Answer<WaitingQuestions>, Problem> {
    let account = call.account()?.id;
    let live = call.shared.switchboard.live(account).await.map_err(|_| Problem::own(Kind::Busy))?;
    Ok(Answer::of(WaitingQuestions::of(live)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::shape::Shape;
    use lotse_protocol::question::QuestionId;
    use serde_json::json;

    #[test]
    fn l4_a_question_is_shown_as_it_waits() {
        let question = LiveQuestion {
            id: QuestionId([0xab; 16]),
            name: "K. Weber".into(),
            text: "Help!".into(),
            portal: 4,
            portal_name: "Acme helps".into(),
            waited_s: 90,
            offered_to: None,
        };
        let live = Live { ready: 2, questions: vec![question], questions_more: 1, ..Live::default() };
        let shown = json!({
            "question": "abababababab", "portal": 4, "portal_name": "Acme helps", "customer": "K. Weber",
            "text": "Help!", "waited_s": 90, "offered_to": null,
        });
        let written = WaitingQuestions::of(live).write();
        assert_eq!(written, json!({ "questions": [shown], "more": 1, "ready": 2 }));
    }
}
