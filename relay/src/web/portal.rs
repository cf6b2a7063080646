//! The customer's pages: a portal of an account, where somebody asks and waits for a rep, and the relay's own first page.
//!
//! A page is one document: what it becomes while somebody waits, its script (`assets/portal.js`) shows out of what the relay
//! tells (`news`). The question itself is the queue's (`crate::portals`); here it is read, refused in words, or handed on.
//! What a browser sends comes as a form, guarded as every form is, or as JSON, which no other website can send: browsers ask
//! first, and get no answer.

mod answer;
mod ask;
mod base64url;
mod body;
mod device;
mod download;
mod news;
mod programs;
mod ticket;
mod view;
mod words;

pub use programs::Programs;

use super::language::Language;
use super::page::see_other;
use super::problem::{self, Problem};
use super::security;
use super::visit::Visit;
use crate::places::Places;
use crate::portals::{Portal, QuestionNews, is_slug};
use crate::shared::Shared;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use device::Device;
use std::sync::Arc;
use view::{Forms, PortalView, View};

/// Streams of news at once: one for each customer who waits or looks.
const STREAMS_MAX: u32 = 15_000;
/// Streams of news at once from one address: a large office behind one.
const STREAMS_PER_ADDRESS_MAX: usize = 1_000;
/// Downloads at once, and from one address; each holds a piece of a file in memory.
const DOWNLOADS_MAX: u32 = 400;
const DOWNLOADS_PER_ADDRESS_MAX: usize = 50;

/// What customers' pages need besides the queue.
pub struct PortalPages {
    pub programs: Programs,
    /// What programs pin, in hexadecimal; `None`: somebody vouches for the certificate.
    pub pin: Option<String>,
    /// Places for streams of news.
    streams: Places,
    /// Places for downloads.
    downloads: Places,
}

impl PortalPages {
    /// Of a relay with these programs and, if it has a certificate of its own, that one's digest.
    pub fn new(programs: Programs, pin: Option<String>) -> Self {
        let streams = Places::new(STREAMS_MAX, STREAMS_PER_ADDRESS_MAX);
        let downloads = Places::new(DOWNLOADS_MAX, DOWNLOADS_PER_ADDRESS_MAX);
        Self { programs, pin, streams, downloads }
    }
}

/// Everything under `/p`, the programs, and `/`.
pub fn router(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(start))
        .route("/get/{file}", get(download::get))
        .route("/p/{slug}", get(page))
        .route("/p/{slug}/status", get(news::status))
        .route("/p/{slug}/news", get(news::news))
        .route("/p/{slug}/ask", get(back).post(ask::ask))
        .route("/p/{slug}/message", get(back).post(ask::message))
        .route("/p/{slug}/leave", post(ask::leave))
        .layer(from_fn_with_state(shared.clone(), guard))
}

/// JSON has a guard of its own; everything else has that of all pages.
async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if *request.method() == Method::POST && body::is_json(request.headers()) {
        body::guard(shared, request, next).await
    } else {
        security::guard(State(shared), request, next).await
    }
}

/// `GET /`.
async fn start(State(shared): State<Arc<Shared>>, visit: Visit, headers: HeaderMap) -> Response {
    let device = Device::of(&headers);
    with_hints(view::start(&visit, frame(&shared, &visit, &headers, &device).await))
}

/// `GET /p/{slug}`: the question's page, or the state of the one that was asked from here.
async fn page(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    headers: HeaderMap,
    Path(slug): Path<String>,
) -> Response {
    let portal = match find(&shared, &slug).await {
        Ok(portal) => portal,
        Err(problem) => return problem::page(&visit, problem),
    };
    let visit = in_the_portals_language(visit, &headers, &portal);
    let mut view = if visit.asked("sent").is_some() { View::Sent } else { View::Ask };
    let mut news = None;
    let mut over = false;
    if let Some(ticket) = ticket::read(&headers, &portal.slug) {
        // Looked at and let go: the page's script follows on. That the relay ends shows there, too.
        match shared.portals.follow(&ticket).await {
            Ok(Some(following)) => news = Some(following.borrow().clone()),
            Ok(None) => over = true,
            Err(_) => {}
        }
    }
    match &news {
        None => {}
        Some(QuestionNews::Ended) => over = true,
        Some(QuestionNews::Waiting { .. } | QuestionNews::Taken { .. } | QuestionNews::Code { .. }) => {
            view = View::Wait
        }
        Some(QuestionNews::Running { .. }) => view = View::Running,
    }
    let forms = Forms { view, waits: news.is_some() && !over, ..Forms::default() };
    let news = news.map(|news| words::of(visit.language, &news)).unwrap_or_default();
    let mut response = draw(&shared, &visit, &headers, &portal, StatusCode::OK, Forms { news, ..forms }).await;
    if over && let Some(cookie) = ticket::forget(&portal.slug) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A form's own address, loaded again: there is the page.
async fn back(Path(slug): Path<String>) -> Response {
    match tidy_slug(&slug) {
        Some(slug) => see_other(&format!("/p/{slug}")),
        None => see_other("/"),
    }
}

/// The portal's page as it stands, with what somebody typed and what is wrong with it.
async fn draw(
    shared: &Shared,
    visit: &Visit,
    headers: &HeaderMap,
    portal: &Portal,
    status: StatusCode,
    forms: Forms,
) -> Response {
    let device = Device::of(headers);
    let frame = frame(shared, visit, headers, &device).await;
    let standing = *shared.portals.status(portal.id).borrow();
    with_hints(view::portal(
        visit,
        status,
        PortalView { frame, portal, standing, browser: &device.browser_name, forms },
    ))
}

async fn frame(shared: &Shared, visit: &Visit, headers: &HeaderMap, device: &Device) -> view::Frame {
    let offers = shared.portal_pages.programs.offers().await;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    view::Frame::new(visit, device, &offers, shared.portal_pages.pin.as_deref(), host)
}

/// Browsers that can say more of their device are asked to, from the next request on.
fn with_hints(mut response: Response) -> Response {
    response.headers_mut().insert(HeaderName::from_static("accept-ch"), HeaderValue::from_static(device::HINTS));
    response
}

/// The portal of an address, or what to answer instead.
async fn find(shared: &Shared, slug: &str) -> Result<Portal, Problem> {
    let slug = tidy_slug(slug).ok_or(Problem::Missing)?;
    match shared.portals.by_slug(&slug).await {
        Ok(portal) => portal.ok_or(Problem::Missing),
        Err(error) => Err(Problem::of_store(shared, &error)),
    }
}

/// As it is stored: people type addresses with capitals, too. `None`: no portal can be called so.
fn tidy_slug(slug: &str) -> Option<String> {
    let slug = slug.to_ascii_lowercase();
    is_slug(&slug).then_some(slug)
}

/// The account's language where neither visitor nor browser says one. A page that is open says with `?in=` which it is in.
fn in_the_portals_language(visit: Visit, headers: &HeaderMap, portal: &Portal) -> Visit {
    let of_the_page = visit.asked("in").and_then(|tag| Language::from_tag(&tag));
    let said = visit.chosen.is_some() || Language::wanted(headers).is_some();
    let of_the_portal = if said { None } else { Language::from_tag(&portal.language) };
    Visit { language: of_the_page.or(of_the_portal).unwrap_or(visit.language), ..visit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_slugs_and_nowhere_else() {
        for (typed, slug) in [
            ("acme", Some("acme")),
            ("Acme-2", Some("acme-2")),
            ("", None),
            ("..", None),
            ("a/b", None),
            ("a b", None),
            ("größe", None),
            ("a%00", None),
        ] {
            assert_eq!(tidy_slug(typed).as_deref(), slug, "{typed}");
        }
        assert!(tidy_slug(&"a".repeat(40)).is_some());
        assert!(tidy_slug(&"a".repeat(41)).is_none());
    }
}
