//! The customer's pages as they are drawn: what their templates show, in words.

use super::super::assets;
use super::super::language::Language;
use super::super::page::{Field, Page, html};
use super::super::text::{Argument, t};
use super::super::visit::Visit;
use super::device::Device;
use super::programs::{self, Offer, TARGETS, Target};
use super::words;
use crate::portals::{Portal, PortalStatus};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// Longest name of this relay that a page repeats, in characters; no name of a host is longer.
const HOST_CHARS_MAX: usize = 260;

/// The part of a portal's page that is shown first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    #[default]
    Ask,
    Wait,
    Running,
    /// A message was sent.
    Sent,
}

impl View {
    /// As template and script call it.
    fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Wait => "wait",
            Self::Running => "running",
            Self::Sent => "sent",
        }
    }
}

/// How a portal's page stands: its part, and the forms with what was typed.
#[derive(Default)]
pub struct Forms {
    pub view: View,
    /// Name of this visitor's question that is under way, in hexadecimal: the script follows it. Empty: there is none.
    pub question: String,
    /// What became of it, in words.
    pub news: String,
    /// Why nothing was taken; empty: nothing was refused.
    pub problem: String,
    /// This browser made no key: only a message can be left.
    pub no_key: bool,
    /// A message was refused: its form stays, whoever is there.
    pub for_message: bool,
    pub name: Field,
    pub text: Field,
    pub reply_to: Field,
}

/// What a portal's page is drawn of.
pub struct PortalView<'a> {
    pub frame: Frame,
    pub portal: &'a Portal,
    pub standing: PortalStatus,
    /// The browser's own name; empty if unknown.
    pub browser: &'a str,
    pub forms: Forms,
}

/// A language in the page's head.
struct Choice {
    tag: &'static str,
    name: &'static str,
    href: String,
    current: bool,
}

/// A way into the session. A browser's own end will be another, beside the program.
enum Way {
    /// The programs to choose from; the one for this device alone, if there is one.
    Program(Vec<Program>),
}

/// A program to download.
struct Program {
    href: String,
    file: &'static str,
    /// What the button says.
    download: String,
    size: String,
    sha256: String,
    /// Id of the text on how to start it.
    steps: &'static str,
    /// The line that starts it at this relay.
    command: String,
}

/// What all customers' pages have.
pub struct Frame {
    script: &'static str,
    brand: String,
    languages: Vec<Choice>,
    /// The device's system by name; empty if unknown.
    system: String,
    system_words: String,
    /// There is a Lotse for this device.
    native: bool,
    /// What it works on, if not on this device.
    works_on: String,
    ways: Vec<Way>,
    /// What programs pin; empty: nothing.
    sha256: String,
}

impl Frame {
    /// For a visitor with this device. `pin`: digest of the relay's own certificate. `host`: what the browser calls the relay.
    pub fn new(visit: &Visit, device: &Device, offers: &[Offer], pin: Option<&str>, host: &str) -> Self {
        let language = visit.language;
        let native = programs::runs_on(device);
        let url = relay_url(host, pin);
        let shown: Vec<&Offer> = match (programs::fitting(offers, device), native) {
            (Some(offer), _) => vec![offer],
            (None, true) => Vec::new(),
            (None, false) => offers.iter().collect(),
        };
        let programs = shown.into_iter().map(|offer| program(language, offer, &url)).collect();
        let system_words = match device.system_name.as_str() {
            "" => t(language, "portal-system-unknown", &[]),
            name => name.to_owned(),
        };
        Self {
            script: assets::portal(),
            brand: "Lotse".to_owned(),
            languages: languages(visit, &visit.path),
            system: device.system_name.clone(),
            system_words,
            native,
            works_on: if native { String::new() } else { works_on(language, offers) },
            ways: vec![Way::Program(programs)],
            sha256: pin.unwrap_or_default().to_owned(),
        }
    }
}

/// Both, in the order in which the page names them, whichever it is in. `path`: where the page is had by `GET`.
fn languages(visit: &Visit, path: &str) -> Vec<Choice> {
    let choice = |language: Language| Choice {
        tag: language.tag(),
        name: language.name(),
        href: if path == visit.path { visit.in_language(language) } else { format!("{path}?lang={}", language.tag()) },
        current: language == visit.language,
    };
    [Language::German, Language::English].map(choice).into()
}

fn program(language: Language, offer: &Offer, url: &str) -> Program {
    let Target { file, words, steps, .. } = offer.target;
    let target = t(language, words, &[]);
    let option = if url.is_empty() { String::new() } else { format!(" --relay {url}") };
    Program {
        href: format!("/get/{file}"),
        file,
        download: t(language, "portal-download", &[("target", Argument::Word(&target))]),
        size: size(language, offer.bytes),
        sha256: offer.sha256.clone(),
        steps,
        command: format!("cd ~/Downloads && chmod +x {file} && ./{file}{option}"),
    }
}

/// What Lotse works on: what this relay has programs for, else what there are programs for at all.
fn works_on(language: Language, offers: &[Offer]) -> String {
    let mut targets: Vec<&Target> = offers.iter().map(|offer| offer.target).collect();
    if targets.is_empty() {
        targets.extend(TARGETS.first());
    }
    let targets: Vec<String> = targets.into_iter().map(|target| t(language, target.words, &[])).collect();
    t(language, "portal-works-on", &[("targets", Argument::Word(&targets.join(" · ")))])
}

/// In the unit that people read sizes in.
fn size(language: Language, bytes: u64) -> String {
    if bytes < 1_000_000 {
        let size = bytes.div_ceil(1000).to_string();
        return t(language, "portal-kilobytes", &[("size", Argument::Word(&size))]);
    }
    let tenths = bytes.div_ceil(100_000);
    let point = match language {
        Language::English => '.',
        Language::German => ',',
    };
    let size = format!("{}{point}{}", tenths / 10, tenths % 10);
    t(language, "portal-megabytes", &[("size", Argument::Word(&size))])
}

/// The relay as programs take it. Empty: the browser did not call it anything that could be its name.
fn relay_url(host: &str, pin: Option<&str>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    if host.is_empty() || host.len() > HOST_CHARS_MAX || !host.chars().all(plain) {
        return String::new();
    }
    let pin = pin.map(|pin| format!("#sha256={pin}")).unwrap_or_default();
    format!("https://{host}{pin}")
}

#[derive(Template)]
#[template(path = "portal/start.html")]
struct StartPage {
    page: Page,
    frame: Frame,
}

/// The relay's own first page.
pub fn start(visit: &Visit, frame: Frame) -> Response {
    html(StatusCode::OK, &StartPage { page: Page::new(visit, "start-title"), frame })
}

#[derive(Template)]
#[template(path = "portal/portal.html")]
struct PortalPage<'a> {
    page: Page,
    frame: Frame,
    base: String,
    greeting: &'a str,
    contact: &'a str,
    view: &'static str,
    /// The form to ask is shown, not the one for messages.
    asks: bool,
    /// The form for messages stays, whoever comes or goes.
    hold: bool,
    here: bool,
    status: String,
    browser: String,
    question: String,
    news: String,
    problem: String,
    name: Field,
    text: Field,
    reply_to: Field,
    sent: String,
}

/// A portal's page.
pub fn portal(visit: &Visit, status: StatusCode, of: PortalView<'_>) -> Response {
    html(status, &page(visit, of))
}

fn page<'a>(visit: &Visit, of: PortalView<'a>) -> PortalPage<'a> {
    let PortalView { mut frame, portal, standing, browser, forms } = of;
    let language = visit.language;
    let Forms { view, question, news, problem, no_key, for_message, name, text, reply_to } = forms;
    let base = format!("/p/{}", portal.slug);
    frame.brand.clone_from(&portal.account_name);
    frame.languages = languages(visit, &base);
    let here = standing.reps > 0;
    PortalPage {
        page: Page::titled(visit, portal.name.clone()),
        frame,
        base,
        greeting: &portal.greeting,
        contact: &portal.contact,
        view: view.name(),
        asks: here && !no_key && !for_message,
        hold: no_key || for_message,
        here,
        status: words::of_status(language, standing),
        browser: if browser.is_empty() { t(language, "portal-browser-unknown", &[]) } else { browser.to_owned() },
        question,
        news,
        problem,
        name,
        text,
        reply_to,
        sent: t(language, "portal-sent-lead", &[("account", Argument::Word(&portal.account_name))]),
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
