//! One request as pages need it: language, address, tokens of its cookies. Made by `security::guard`, once, and read by
//! handlers as an extractor.

use super::cookies;
use super::language::Language;
use super::wanted;
use crate::hub::{AddressKey, system_random};
use crate::token::{self, hex};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use lotse_protocol::control::Secret;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Whose page it is: the token of a web session.
pub const SESSION_COOKIE: &str = "__Host-lotse";
/// Whose form it is, before anybody is signed in.
const FORM_COOKIE: &str = "__Host-lotse-form";
/// Hex digits of a token; anything else in a cookie is none.
const TOKEN_DIGITS: usize = 64;
/// Longest name of a browser that is kept, in characters.
const AGENT_CHARS_MAX: usize = 200;

/// What is known of who asks before it is known who they are.
#[derive(Clone)]
pub struct Visit {
    pub language: Language,
    pub address: AddressKey,
    pub ip: IpAddr,
    /// What the browser calls itself.
    pub agent: String,
    /// Of the page, without a query.
    pub path: String,
    /// The query without a choice of language.
    pub query: String,
    /// Of the session cookie, whether it stands or not.
    pub session: Option<Secret>,
    /// The page that was asked for before one had signed in, unchecked.
    pub(super) wanted: Option<String>,
    /// What each form of this visitor's must bring along.
    pub form_token: Arc<str>,
    /// A new form cookie for the answer.
    pub(super) new_form_cookie: Option<Secret>,
    /// The language was chosen in the address.
    pub(super) chosen: Option<Language>,
}

impl Visit {
    /// Of a request's head. `None`: the system has no randomness.
    pub(super) fn of(headers: &HeaderMap, uri: &Uri, from: Option<(AddressKey, IpAddr)>) -> Option<Self> {
        let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let (address, ip) = from.unwrap_or_else(|| (AddressKey::from(nowhere), nowhere));
        let session = token_in(headers, SESSION_COOKIE);
        let form = token_in(headers, FORM_COOKIE);
        let new_form_cookie = match (&session, &form) {
            (None, None) => Some(token::draw(system_random().as_mut())?),
            (Some(_), _) | (_, Some(_)) => None,
        };
        let behind = session.as_ref().or(form.as_ref()).or(new_form_cookie.as_ref())?;
        let form_token = form_token(behind).into();
        let mut chosen = None;
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            if name == "lang" {
                chosen = Language::from_tag(&value);
            } else {
                query.append_pair(&name, &value);
            }
        }
        let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Some(Self {
            language: chosen.unwrap_or_else(|| Language::of(headers)),
            address,
            ip,
            agent: lotse_protocol::tidy(agent, AGENT_CHARS_MAX),
            path: uri.path().to_owned(),
            query: query.finish(),
            session,
            wanted: wanted::read(headers),
            form_token,
            new_form_cookie,
            chosen,
        })
    }

    /// This page in another language. In a link, a path that begins with `//` or `/\` would name another host: of such only
    /// one slash is left.
    pub fn in_language(&self, language: Language) -> String {
        let path = self.path.trim_start_matches(['/', '\\']);
        let more = if self.query.is_empty() { "" } else { "&" };
        format!("/{path}?{}{more}lang={}", self.query, language.tag())
    }

    /// A value of the query.
    pub fn asked(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(of, _)| of == name).map(|(_, value)| value.into_owned())
    }

    /// Cookies that the answer sets.
    pub(super) fn cookies(&self) -> impl Iterator<Item = axum::http::HeaderValue> {
        /// A year.
        const CHOICE_KEPT_S: u32 = 365 * 24 * 3600;
        let language =
            self.chosen.and_then(|chosen| cookies::set(super::language::COOKIE, chosen.tag(), Some(CHOICE_KEPT_S)));
        let form = self.new_form_cookie.as_ref().and_then(|token| cookies::set(FORM_COOKIE, &token.0, None));
        language.into_iter().chain(form)
    }
}

/// Says nothing of the cookie that it is made of, and nobody makes it without that.
fn form_token(cookie: &Secret) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, cookie.0.as_bytes());
    hex(ring::hmac::sign(&key, b"lotse form").as_ref())
}

fn token_in(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let plain = |text: &String| text.len() == TOKEN_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    cookies::get(headers, name).filter(plain).map(Secret)
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Fields of a form that was sent; none of a request without one. The guard has bounded and checked them.
#[derive(Clone, Default)]
pub struct Fields(Arc<[(String, String)]>);

impl Fields {
    /// Of a body in `application/x-www-form-urlencoded`. `None`: more fields than any form has.
    pub(super) fn of(body: &[u8]) -> Option<Self> {
        /// No form has a tenth of that.
        const FIELDS_MAX: usize = 1000;
        let fields: Vec<_> = form_urlencoded::parse(body)
            .take(FIELDS_MAX + 1)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        (fields.len() <= FIELDS_MAX).then(|| Self(fields.into()))
    }

    /// The value of a field; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value.as_str())
    }

    /// A value that nobody should read over a shoulder.
    pub fn secret(&self, name: &str) -> Secret {
        Secret(self.get(name).to_owned())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Fields {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
