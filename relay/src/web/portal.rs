//! The customer's pages: a portal of an account, where somebody asks and waits for a rep, and the relay's own first page.
//!
//! A page is one document: what it becomes while somebody waits, its script (`assets/portal.js`) shows out of what the relay
//! tells (`news`). The question itself is the queue's (`crate::portals`); here it is read, refused in words, or handed on.
//! What a browser sends comes as a form, guarded as every form is, or as JSON, which no other website can send: browsers ask
//! first, and get no answer.

mod answer;
mod ask;
mod body;
mod device;
mod download;
mod news;
mod pins;
mod programs;
mod ticket;
mod view;
mod words;

pub use device::browser_named;
pub use pins::Pins;
pub use programs::Programs;

use super::language::Language;
use super::page::see_other;
use super::problem::{self, Problem};
use super::security;
use super::visit::Visit;
use crate::places::Places;
use crate::portals::{Over, Portal, QuestionNews, is_slug};
use crate::shared::Shared;
use crate::switchboard::Ending;
use crate::token::hex;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use device::Device;
use std::sync::Arc;
use view::{Forms, PortalView, View};

/// Streams of news at once, one for each customer who waits, and from one address: a large office behind one.
const NEWS_MAX: u32 = 12_000;
const NEWS_PER_ADDRESS_MAX: usize = 1_000;
/// Streams of how a portal stands at once, which anybody may open, and from one address: who opens more tabs than that sees
/// the page as it was when it was loaded.
const LOOKS_MAX: u32 = 3_000;
const LOOKS_PER_ADDRESS_MAX: usize = 60;
/// Downloads at once, and from one address; each holds a piece of a file in memory.
const DOWNLOADS_MAX: u32 = 400;
const DOWNLOADS_PER_ADDRESS_MAX: usize = 50;

/// What customers' pages need besides the queue.
pub struct PortalPages {
    pub programs: Programs,
    pub pins: Pins,
    /// Places for streams of news, for those who wait.
    news: Places,
    /// Places for streams of how a portal stands.
    looks: Places,
    /// Places for downloads.
    downloads: Places,
}

impl PortalPages {
    /// Of a relay with these programs, whose certificate programs pin so.
    pub fn new(programs: Programs, pins: Pins) -> Self {
        let news = Places::new(NEWS_MAX, NEWS_PER_ADDRESS_MAX);
        let looks = Places::new(LOOKS_MAX, LOOKS_PER_ADDRESS_MAX);
        let downloads = Places::new(DOWNLOADS_MAX, DOWNLOADS_PER_ADDRESS_MAX);
        Self { programs, pins, news, looks, downloads }
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
    let (portal, visit) = match open(&shared, visit.clone(), &headers, &slug).await {
        Ok(opened) => opened,
        Err(problem) => return problem::page(&visit, problem),
    };
    let first = if visit.asked("sent").is_some() { View::Sent } else { View::Ask };
    let (mut begun, mut question) = (Begun::default(), String::new());
    if let Some(ticket) = ticket::read(&headers, &portal.slug) {
        // Looked at and let go: the page's script follows on.
        let followed = shared.portals.follow(&ticket).await;
        begun = Begun::of(followed.map(|following| following.map(|following| following.borrow().clone())));
        if begun.view.is_some() {
            question = hex(&ticket.question.0);
        }
    }
    let Begun { view, news, over } = begun;
    let words = news.map(|news| words::told(visit.language, &news)).unwrap_or_default();
    let (news, problem) = if over { (String::new(), words) } else { (words, String::new()) };
    let forms = Forms { view: view.unwrap_or(first), question, news, problem, ..Forms::default() };
    let mut response = draw(&shared, &visit, &headers, &portal, StatusCode::OK, forms).await;
    if over && let Some(cookie) = ticket::forget(&portal.slug) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// How the page begins for somebody who has asked from here.
#[derive(Debug, Default, PartialEq, Eq)]
struct Begun {
    /// The part of a question that is under way.
    view: Option<View>,
    news: Option<QuestionNews>,
    /// The question is over, and its ticket is worth nothing; news are then for the form's head.
    over: bool,
}

impl Begun {
    fn of(followed: Result<Option<QuestionNews>, Ending>) -> Self {
        match followed {
            // The question waits on at the next relay: the script asks until that is there.
            Err(Ending) => Self { view: Some(View::Wait), ..Self::default() },
            Ok(None | Some(QuestionNews::Ended(Over::Left | Over::Session))) => Self { over: true, ..Self::default() },
            // Whoever still hopes for an answer is told that there is none.
            Ok(Some(news @ QuestionNews::Ended(Over::PortalGone | Over::Closed))) => {
                Self { view: None, news: Some(news), over: true }
            }
            Ok(Some(
                news @ (QuestionNews::Waiting { .. } | QuestionNews::Taken { .. } | QuestionNews::Code { .. }),
            )) => Self { view: Some(View::Wait), news: Some(news), over: false },
            Ok(Some(news @ QuestionNews::Running { .. })) => {
                Self { view: Some(View::Running), news: Some(news), over: false }
            }
        }
    }
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
    view::Frame::new(visit, device, &offers, shared.portal_pages.pins.of(host), host)
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

/// The portal of an address, and the visit in the language that its page is in.
async fn open(shared: &Shared, visit: Visit, headers: &HeaderMap, slug: &str) -> Result<(Portal, Visit), Problem> {
    let portal = find(shared, slug).await?;
    let visit = in_the_portals_language(visit, headers, &portal);
    Ok((portal, visit))
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
    use crate::hub::AddressKey;

    /// Scar: a page that was loaded while the relay ended showed the empty form, and its place in the queue was gone.
    #[test]
    fn c1_a_question_outlives_a_relay_that_ends_while_its_page_is_loaded() {
        let begun = Begun::of(Err(Ending));
        assert_eq!(begun, Begun { view: Some(View::Wait), news: None, over: false });
        let waiting = QuestionNews::Waiting { place: 1, waiting_s: 2, reps: 1 };
        let begun = Begun::of(Ok(Some(waiting.clone())));
        assert_eq!(begun, Begun { view: Some(View::Wait), news: Some(waiting), over: false });
        let running = QuestionNews::Running { rep: "Anna Berg".into() };
        assert_eq!(Begun::of(Ok(Some(running))).view, Some(View::Running));
        for gone in [None, Some(QuestionNews::Ended(Over::Left))] {
            assert_eq!(Begun::of(Ok(gone)), Begun { view: None, news: None, over: true });
        }
        let closed = Some(QuestionNews::Ended(Over::Closed));
        assert_eq!(Begun::of(Ok(closed.clone())), Begun { view: None, news: closed, over: true });
    }

    /// Scar: those who only looked took the places of those who waited.
    #[test]
    fn c1_who_only_looks_takes_no_place_of_who_waits() {
        let pages = PortalPages::new(Programs::new(vec![]), Pins::default());
        let address = |last: u8| AddressKey::from(std::net::IpAddr::from([192, 0, 2, last]));
        let looks: Vec<_> = std::iter::from_fn(|| pages.looks.take(address(1))).take(NEWS_PER_ADDRESS_MAX).collect();
        assert_eq!(looks.len(), LOOKS_PER_ADDRESS_MAX);
        assert!(pages.news.take(address(1)).is_some() && pages.looks.take(address(2)).is_some());
        let others = (3..=255).flat_map(|last| std::iter::repeat_n(last, LOOKS_PER_ADDRESS_MAX));
        let more: Vec<_> = others.filter_map(|last| pages.looks.take(address(last))).collect();
        assert!(more.len() < LOOKS_MAX as usize && pages.looks.take(address(2)).is_none(), "all places are taken");
        assert!(pages.news.take(address(2)).is_some());
    }

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
