//! What every page has round its content, and how a template becomes an answer.
//!
//! A page is a struct with a `page: Page` and a template that extends `layout.html`, or the frame of its part.

use super::assets;
use super::language::Language;
use super::text::{Argument, t};
use super::visit::Visit;
use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// What templates say as `page`.
#[derive(Clone)]
pub struct Page {
    pub language: Language,
    /// Of the window, in the page's language.
    pub title: String,
    /// For the hidden field of every form.
    pub form_token: Arc<str>,
    /// The other language, and this page in it.
    pub other: Language,
    pub other_href: String,
    /// Part of it is kept up to date.
    pub live: bool,
}

impl Page {
    /// Of a visit, with the title's id.
    pub fn new(visit: &Visit, title: &str) -> Self {
        Self::titled(visit, t(visit.language, title, &[]))
    }

    /// With a title that is words already.
    pub fn titled(visit: &Visit, title: String) -> Self {
        let other = match visit.language {
            Language::English => Language::German,
            Language::German => Language::English,
        };
        Self {
            language: visit.language,
            title,
            form_token: visit.form_token.clone(),
            other,
            other_href: visit.in_language(other),
            live: false,
        }
    }

    /// With the script that keeps `data-live` up to date.
    pub fn live(self) -> Self {
        Self { live: true, ..self }
    }

    /// A text.
    pub fn t(&self, id: &str) -> String {
        t(self.language, id, &[])
    }

    /// A text with one word in it.
    pub fn word(&self, id: &str, name: &str, word: &str) -> String {
        t(self.language, id, &[(name, Argument::Word(word))])
    }

    pub fn style(&self) -> &'static str {
        assets::style()
    }

    pub fn script(&self) -> &'static str {
        assets::live()
    }

    pub fn icon(&self) -> &'static str {
        assets::icon()
    }
}

/// A page as an answer.
pub fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        // Only a writer can fail, and this one is a String.
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Sends the visitor to another page after a form, so that loading again sends nothing twice.
pub fn see_other(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response()
}

/// How a field of a form stands: what was typed, and what is wrong with it.
#[derive(Clone, Default)]
pub struct Field {
    pub value: String,
    /// In the page's language; empty: nothing.
    pub wrong: String,
}

impl Field {
    /// With nothing wrong.
    pub fn of(value: impl Into<String>) -> Self {
        Self { value: value.into(), wrong: String::new() }
    }

    /// With what is wrong.
    pub fn wrong(value: impl Into<String>, wrong: String) -> Self {
        Self { value: value.into(), wrong }
    }

    /// Nothing is wrong.
    pub fn is_right(&self) -> bool {
        self.wrong.is_empty()
    }
}
