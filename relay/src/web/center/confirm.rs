//! The page between asking for something that cannot be taken back and its being done.

use super::frame::Frame;
use crate::web::page::Page;
use askama::Template;

/// One question, and two ways on.
#[derive(Template)]
#[template(path = "center/confirm.html")]
pub struct ConfirmPage {
    pub page: Page,
    pub frame: Frame,
    /// Why it was not done; empty: nothing was tried.
    pub wrong: String,
    /// What is lost and what stays.
    pub lead: String,
    /// One's own password is asked for.
    pub asks_password: bool,
    pub action: String,
    /// Of what is seen: what somebody else changes meanwhile is looked at again.
    pub revision: String,
    pub button: String,
    pub back: String,
}
