//! Questions that wait at an account's portals now. What became of others is in the audit log.

use super::page::{self, Asked};
use super::problem::{Kind, Problem};
use super::route::{Answer, Call};
use super::shape::{Nothing, shape};
use crate::hub::{LiveQuestion, WaitingPage};

shape! {
    /// A page of the questions that wait, and how many take them.
    pub struct WaitingQuestions {
        items: Vec<Waiting> = "Who is first before who is behind.", [];
        next: Option<String> = "The cursor of the next page; null: this is the last.", null;
        waiting: u64 = "How many wait in all.", 12;
        ready: u64 = "Sign-ins that take questions.", 2;
    }
}

shape! {
    /// A question or a running session that waits, or is offered to a rep.
    pub struct Waiting {
        question: String =
            "Its id. The audit log calls a question so; a running session stands there by the session's own id.",
            "00112233aabb";
        portal: i64 = "The portal's number.", 4;
        portal_name: String = "The portal's name when it was asked.", "Acme helps";
        customer: String = "The customer's name; may be empty.", "K. Weber";
        text: String = "What the customer asked.", "The printer is gone again.";
        waited_s: u64 = "For how long it has waited, in seconds.", 90;
        offered_to: Option<String> = "Name of the rep to whom it is offered; null: to nobody now.", "Anna Berg";
        handed_over_by: Option<String> = "Name of the rep who hands it over, of a running session; null: it is a question.", null;
    }
}

impl WaitingQuestions {
    /// As the hub has it.
    fn of(page: WaitingPage) -> Self {
        let WaitingPage { questions, next, waiting, ready } = page;
        let shown = |question| {
            let LiveQuestion { id, name, text, portal, portal_name, waited_s, offered_to, handed_by } = question;
            Waiting {
                question: id.to_string(),
                portal,
                portal_name,
                customer: name,
                text,
                waited_s,
                offered_to,
                handed_over_by: handed_by,
            }
        };
        let items = questions.into_iter().map(shown).collect();
        Self { items, next: next.map(page::place_cursor), waiting, ready }
    }
}

pub(super) async fn waiting(call: Call, asked: Asked, _: Nothing) -> Result<Answer<WaitingQuestions>, Problem> {
    let after = page::place(asked.cursor.as_deref())?;
    let account = call.account()?.id;
    let page = call.shared.switchboard.waiting(account, after, asked.rows() as usize).await;
    Ok(Answer::of(WaitingQuestions::of(page.map_err(|_| Problem::own(Kind::Busy))?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::shape::Shape;
    use crate::hub::LivePlace;
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
            handed_by: None,
        };
        let next = Some(LivePlace { front: false, number: 7 });
        let page = WaitingPage { questions: vec![question], next, waiting: 3, ready: 2 };
        let shown = json!({
            "question": "abababababab", "portal": 4, "portal_name": "Acme helps", "customer": "K. Weber",
            "text": "Help!", "waited_s": 90, "offered_to": null, "handed_over_by": null,
        });
        let written = WaitingQuestions::of(page).write();
        assert_eq!(written, json!({ "items": [shown], "next": "7", "waiting": 3, "ready": 2 }));
    }
}
