//! Messages that customers left while nobody was there: read, answered by whoever reads them, and marked as done.

use super::frame::{Frame, account_path, zone_of};
use crate::clock::unix_s;
use crate::shared::Shared;
use crate::signin::normal_user;
use crate::store::{Message, NewMessage};
use crate::web::access::{Member, Of};
use crate::web::page::{Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::time::Zone;
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

/// Messages of one page.
const PAGE_MESSAGES: u32 = 50;

struct Row {
    id: i64,
    /// Empty: the customer gave none.
    name: String,
    reply_to: String,
    /// What follows `mailto:`; empty: it is no e-mail address.
    mail: String,
    text: String,
    /// Of the text, for screen readers.
    language: String,
    portal: String,
    at: String,
    done: bool,
}

#[derive(Template)]
#[template(path = "center/messages.html")]
struct MessagesPage {
    page: Page,
    frame: Frame,
    base: String,
    /// The page that this one is, for the way back.
    before: String,
    zone: String,
    rows: Vec<Row>,
    /// Where older ones are; empty: there are none.
    older_href: String,
}

/// `GET`: the list, newest first.
pub async fn list(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let before = visit.asked("before").and_then(|text| text.parse::<i64>().ok());
    let messages = match shared.store.messages(Some(of.0.id), before, PAGE_MESSAGES).await {
        Ok(messages) => messages,
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    let (zone, base) = (zone_of(&of), account_path(of.0.id, "/messages"));
    let full = messages.len() == PAGE_MESSAGES as usize;
    let older = messages.last().filter(|_| full).map(|message| format!("{base}?before={}", message.id));
    let messages = MessagesPage {
        page: Page::new(&visit, "center-messages"),
        frame: Frame::of(&visit, &member, &of),
        base,
        before: before.map(|before| before.to_string()).unwrap_or_default(),
        rows: messages.into_iter().map(|message| row(&zone, message)).collect(),
        zone: zone.name,
        older_href: older.unwrap_or_default(),
    };
    html(StatusCode::OK, &messages)
}

fn row(zone: &Zone, message: Message) -> Row {
    let Message { id, portal_name, message, at_s, read, .. } = message;
    let NewMessage { name, reply_to, text, language } = message;
    // Customers type it: nothing of it may be more than an address to the program that opens it.
    let plain = |mail: &String| mail.chars().all(|c| c.is_ascii_alphanumeric() || "@.-_+".contains(c));
    let mail = normal_user(&reply_to).filter(plain).unwrap_or_default();
    Row { id, name, reply_to, mail, text, language, portal: portal_name, at: zone.show(at_s), done: read }
}

/// `POST`: somebody has seen to it, or has not after all.
pub async fn mark(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    of: Of,
    Path((_, message)): Path<(i64, i64)>,
    fields: Fields,
) -> Response {
    let done = fields.get("done") == "yes";
    match shared.store.mark_message(of.0.id, message, done, unix_s()).await {
        Ok(true) => {
            let before = fields.get("before").parse::<i64>();
            let before = before.map(|before| format!("?before={before}")).unwrap_or_default();
            see_other(&format!("{}{before}#message-{message}", account_path(of.0.id, "/messages")))
        }
        Ok(false) => problem::page(&visit, Problem::Missing),
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}
