//! Whose question it is: a cookie with the question's name and its token, one for each portal.
//!
//! Scripts cannot read it, and it is in no address, so in no history and no log. It goes with the browser's window.

use super::super::cookies;
use crate::base64url;
use crate::portals::Ticket;
use axum::http::{HeaderMap, HeaderValue};
use lotse_protocol::control::Secret;
use lotse_protocol::question::QuestionId;

/// Longest token that is looked at; a real one has 43 or 64 characters.
const TOKEN_BYTES_MAX: usize = 128;

/// The ticket that a request brings along for this portal.
pub fn read(headers: &HeaderMap, slug: &str) -> Option<Ticket> {
    let value = cookies::get(headers, &name(slug))?;
    let (question, token) = value.split_once('.')?;
    if question.len() > 32 || token.is_empty() || token.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let question = QuestionId(base64url::decode(question)?.try_into().ok()?);
    Some(Ticket { question, token: Secret(token.to_owned()) })
}

/// Gives it to a browser.
pub fn give(slug: &str, ticket: &Ticket) -> Option<HeaderValue> {
    let value = format!("{}.{}", base64url::encode(&ticket.question.0), ticket.token.0);
    cookies::set(&name(slug), &value, None)
}

/// Takes it back.
pub fn forget(slug: &str) -> Option<HeaderValue> {
    cookies::forget(&name(slug))
}

fn name(slug: &str) -> String {
    format!("__Host-lotse-question-{slug}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::http::header;

    #[test]
    fn a_ticket_comes_back_to_its_own_portal() {
        let ticket = Ticket { question: QuestionId([7; 16]), token: Secret("abc_-1".into()) };
        let cookie = give("acme", &ticket).unwrap();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(&pair).unwrap());
        let back = read(&headers, "acme").unwrap();
        assert_eq!((back.question, back.token), (ticket.question, ticket.token));
        assert!(read(&headers, "other").is_none());
    }

    #[test]
    fn what_is_no_ticket_is_none() {
        let long = format!("BwcHBwcHBwcHBwcHBwcHBw.{}", "a".repeat(129));
        for value in ["", ".", "BwcHBwcHBwcHBwcHBwcHBw", "BwcHBwcHBwcHBwcHBwcHBw.", "Bwc.token", "!!.token", &long] {
            let mut headers = HeaderMap::new();
            let pair = format!("__Host-lotse-question-acme={value}");
            headers.insert(header::COOKIE, HeaderValue::from_str(&pair).unwrap());
            assert!(read(&headers, "acme").is_none(), "{value}");
        }
    }
}
