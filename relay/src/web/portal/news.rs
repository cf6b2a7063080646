//! What pages are told while they are open, as server-sent events: how a portal stands, and what becomes of a question.
//!
//! Such a stream has a place of its own, so many in all and by address, and ends with the relay and after some minutes; the
//! page's script asks again. Whoever waits keeps the question's place by it. Places of those who only look are apart, so a
//! crowd of them costs nobody the queue.

use super::super::problem::{self, Problem};
use super::super::visit::Visit;
use super::{open, ticket, words};
use crate::places::Place;
use crate::portals::{PortalStatus, QuestionNews};
use crate::shared::Shared;
use crate::token::hex;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Then the page asks anew. Under what a connection may last.
const STREAM_WITHIN: Duration = Duration::from_secs(10 * 60);
const _: () = assert!(STREAM_WITHIN.as_secs() < crate::listener::CONNECTION_WITHIN.as_secs());
/// Under the half minute after which some routers forget a connection.
const PING: Duration = Duration::from_secs(15);

/// `GET /p/{slug}/status`: events `{"reps": 3, "words": "Three people …"}`.
pub async fn status(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    headers: HeaderMap,
    Path(slug): Path<String>,
) -> Response {
    let (portal, visit) = match open(&shared, visit.clone(), &headers, &slug).await {
        Ok(opened) => opened,
        Err(problem) => return problem::page(&visit, problem),
    };
    let Some(place) = shared.portal_pages.looks.take(visit.address) else {
        return problem::page(&visit, Problem::Busy);
    };
    let language = visit.language;
    let tell = move |status: &PortalStatus| words::status_event(language, *status);
    stream(Following::new(&shared, shared.portals.status(portal.id), place, tell, |_| false))
}

/// `GET /p/{slug}/news`: events of the question whose ticket comes along, as `words::event` makes them, each with its name.
pub async fn news(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    headers: HeaderMap,
    Path(slug): Path<String>,
) -> Response {
    let (portal, visit) = match open(&shared, visit.clone(), &headers, &slug).await {
        Ok(opened) => opened,
        Err(problem) => return problem::page(&visit, problem),
    };
    let language = visit.language;
    let gone = || once(&words::gone(language));
    let Some(ticket) = ticket::read(&headers, &portal.slug) else { return gone() };
    let Some(place) = shared.portal_pages.news.take(visit.address) else {
        return problem::page(&visit, Problem::Busy);
    };
    match shared.portals.follow(&ticket).await {
        Ok(Some(following)) => {
            let question = hex(&ticket.question.0);
            let tell = move |news: &QuestionNews| {
                let mut event = words::event(language, news);
                event["question"] = json!(question);
                event
            };
            let is_last = |news: &QuestionNews| matches!(news, QuestionNews::Ended(_));
            stream(Following::new(&shared, following, place, tell, is_last))
        }
        Ok(None) => gone(),
        Err(_) => problem::page(&visit, Problem::Busy),
    }
}

/// Something that is followed, and how it is told.
struct Following<T, F> {
    news: watch::Receiver<T>,
    tell: F,
    is_last: fn(&T) -> bool,
    /// What was told last. Changes that show in no word are not told.
    last: Option<Value>,
    over: bool,
    until: Instant,
    ending: watch::Receiver<bool>,
    _place: Place,
}

impl<T, F: Fn(&T) -> Value> Following<T, F> {
    fn new(shared: &Shared, news: watch::Receiver<T>, place: Place, tell: F, is_last: fn(&T) -> bool) -> Self {
        Self {
            news,
            tell,
            is_last,
            last: None,
            over: false,
            until: Instant::now() + STREAM_WITHIN,
            ending: shared.ending.clone(),
            _place: place,
        }
    }

    /// How it stands at first, then each change.
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        loop {
            if self.last.is_some() {
                tokio::select! {
                    changed = self.news.changed() => changed.ok()?,
                    () = tokio::time::sleep_until(self.until) => return None,
                    _ = self.ending.wait_for(|ending| *ending) => return None,
                }
            }
            let event = {
                let news: &T = &self.news.borrow_and_update();
                self.over = (self.is_last)(news);
                (self.tell)(news)
            };
            if self.last.as_ref() != Some(&event) {
                let text = event.to_string();
                self.last = Some(event);
                return Some(Event::default().data(text));
            }
        }
    }
}

fn stream<T, F>(following: Following<T, F>) -> Response
where
    T: Send + Sync + 'static,
    F: Fn(&T) -> Value + Send + Sync + 'static,
{
    let events = futures_util::stream::unfold(following, |mut following| async move {
        let event = following.next().await?;
        Some((Ok::<_, Infallible>(event), following))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(PING)).into_response()
}

/// One event and no more.
fn once(event: &Value) -> Response {
    let event = Event::default().data(event.to_string());
    Sse::new(futures_util::stream::iter([Ok::<_, Infallible>(event)])).into_response()
}
