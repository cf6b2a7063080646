//! A customer asks, leaves a message, or wants to wait no more.

use super::super::page::{Field, see_other};
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::answer::{self, Refusal};
use super::body::Sent;
use super::device::Device;
use super::view::{Forms, View};
use super::{draw, find, open, ticket};
use crate::base64url;
use crate::portals::{Asked, NewMessage, Portal, QuestionNews};
use crate::shared::Shared;
use crate::token::hex;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lotse_protocol::question::QuestionId;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// Longest name of a system, in characters.
const SYSTEM_CHARS_MAX: usize = 120;
/// A page's key in base64url has 87 characters; what is longer is none.
const PAGE_KEY_CHARS_MAX: usize = 128;

/// A question as it is sent.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Question {
    name: String,
    text: String,
    /// In base64url.
    page_key: String,
    system: String,
}

/// A message as it is sent.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    name: String,
    reply_to: String,
    text: String,
}

/// `POST /p/{slug}/ask`: 201 with the question's name and its cookie, 200 with the one that stands already, or why not.
pub async fn ask(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    headers: HeaderMap,
    Path(slug): Path<String>,
    sent: Sent,
) -> Response {
    let (portal, visit) = match open(&shared, visit.clone(), &headers, &slug).await {
        Ok(opened) => opened,
        Err(problem) => return sent.problem(&visit, problem),
    };
    let read = sent.read(|fields| Question {
        name: fields.get("name").to_owned(),
        text: fields.get("text").to_owned(),
        page_key: fields.get("page_key").to_owned(),
        system: String::new(),
    });
    let Some(question) = read else { return sent.problem(&visit, Problem::NotUnderstood) };
    if !sent.is_json() && question.page_key.is_empty() {
        return without_a_key(&shared, &visit, &headers, &portal, question).await;
    }
    if let Some(standing) = standing(&shared, &headers, &portal).await {
        return taken(&portal, &sent, StatusCode::OK, standing);
    }
    let Question { name, text, page_key, system } = question;
    let system = if system.is_empty() { Device::of(&headers).system_name } else { system };
    let asked = Asked {
        name: name.clone(),
        text: text.clone(),
        language: visit.language.tag().to_owned(),
        system: lotse_protocol::tidy(&system, SYSTEM_CHARS_MAX),
        page_key: key(&page_key),
    };
    match shared.portals.ask(visit.address, &portal, asked).await {
        Ok(ticket) => {
            let mut response = taken(&portal, &sent, StatusCode::CREATED, ticket.question);
            if let Some(cookie) = ticket::give(&portal.slug, &ticket) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => {
            let refusal = answer::of(&shared, visit.language, &error, "portal-problem-text");
            let forms = Forms { name: Field::of(name), text: Field::of(text), ..Forms::default() };
            refused(&shared, (&visit, &headers), &portal, &sent, refusal, forms).await
        }
    }
}

/// What is no key has no bytes, and the queue refuses it as such.
fn key(text: &str) -> Vec<u8> {
    if text.len() > PAGE_KEY_CHARS_MAX { Vec::new() } else { base64url::decode(text).unwrap_or_default() }
}

/// The question of this browser's that is not over: whoever asks in a second tab has one already.
async fn standing(shared: &Shared, headers: &HeaderMap, portal: &Portal) -> Option<QuestionId> {
    let ticket = ticket::read(headers, &portal.slug)?;
    // A relay that ends refuses the new one in words.
    let following = shared.portals.follow(&ticket).await.ok()??;
    let over = matches!(*following.borrow(), QuestionNews::Ended(_));
    (!over).then_some(ticket.question)
}

/// The answer to a question that is in the queue.
fn taken(portal: &Portal, sent: &Sent, status: StatusCode, question: QuestionId) -> Response {
    if !sent.is_json() {
        return see_other(&base(portal));
    }
    let body = json!({ "question": hex(&question.0) });
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// A form that no script of ours sent: without a script there is no key, and without a key no code that the relay cannot
/// read. What was typed stands in the form for messages.
async fn without_a_key(
    shared: &Shared,
    visit: &Visit,
    headers: &HeaderMap,
    portal: &Portal,
    question: Question,
) -> Response {
    let problem = super::super::text::t(visit.language, "portal-no-key", &[]);
    let Question { name, text, .. } = question;
    let forms = Forms { no_key: true, problem, name: Field::of(name), text: Field::of(text), ..Forms::default() };
    draw(shared, visit, headers, portal, StatusCode::UNPROCESSABLE_ENTITY, forms).await
}

/// `POST /p/{slug}/message`.
pub async fn message(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    headers: HeaderMap,
    Path(slug): Path<String>,
    sent: Sent,
) -> Response {
    let (portal, visit) = match open(&shared, visit.clone(), &headers, &slug).await {
        Ok(opened) => opened,
        Err(problem) => return sent.problem(&visit, problem),
    };
    let read = sent.read(|fields| Message {
        name: fields.get("name").to_owned(),
        reply_to: fields.get("reply_to").to_owned(),
        text: fields.get("text").to_owned(),
    });
    let Some(Message { name, reply_to, text }) = read else { return sent.problem(&visit, Problem::NotUnderstood) };
    let new = NewMessage {
        name: name.clone(),
        reply_to: reply_to.clone(),
        text: text.clone(),
        language: visit.language.tag().to_owned(),
    };
    let error = match shared.portals.leave_message(visit.address, &portal, new).await {
        Ok(()) if sent.is_json() => return StatusCode::NO_CONTENT.into_response(),
        Ok(()) => return see_other(&format!("{}?sent=1", base(&portal))),
        Err(error) => error,
    };
    let refusal = answer::of(&shared, visit.language, &error, "portal-problem-message");
    let field = |value: String, name: &str| {
        if refusal.field == name { Field::wrong(value, refusal.words.clone()) } else { Field::of(value) }
    };
    let forms = Forms {
        for_message: true,
        name: field(name, "name"),
        text: field(text, "text"),
        reply_to: field(reply_to, "reply_to"),
        ..Forms::default()
    };
    refused(&shared, (&visit, &headers), &portal, &sent, refusal, forms).await
}

/// What is wrong: as JSON for who sent that, else on the page once more, with everything that was typed.
async fn refused(
    shared: &Shared,
    (visit, headers): (&Visit, &HeaderMap),
    portal: &Portal,
    sent: &Sent,
    refusal: Refusal,
    forms: Forms,
) -> Response {
    if sent.is_json() {
        return answer::json(&refusal);
    }
    let Refusal { status, words, wait_s, .. } = refusal;
    let forms = Forms { view: View::Ask, problem: words, ..forms };
    let mut response = draw(shared, visit, headers, portal, status, forms).await;
    if wait_s > 0 {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    response
}

/// `POST /p/{slug}/leave`: whoever waits no more is out of the queue. Without a question there is nothing to leave.
pub async fn leave(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    headers: HeaderMap,
    Path(slug): Path<String>,
    sent: Sent,
) -> Response {
    let portal = match find(&shared, &slug).await {
        Ok(portal) => portal,
        Err(problem) => return sent.problem(&visit, problem),
    };
    if let Some(ticket) = ticket::read(&headers, &portal.slug) {
        shared.portals.leave(&ticket).await;
    }
    let mut response = if sent.is_json() { StatusCode::NO_CONTENT.into_response() } else { see_other(&base(&portal)) };
    if let Some(cookie) = ticket::forget(&portal.slug) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn base(portal: &Portal) -> String {
    format!("/p/{}", portal.slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_has_no_bytes() {
        assert_eq!(key(&base64url::encode(&[4; 65])), vec![4; 65]);
        assert!(key("not base64url!").is_empty());
        assert!(key(&"A".repeat(100_000)).is_empty());
    }
}
