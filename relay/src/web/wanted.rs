//! The page that somebody asked for before they were signed in: a cookie of some minutes has it, and signing in leads there.
//!
//! It is no part of any address, so no link that somebody sends leads anywhere else than it says. What it names is looked up in
//! the table of routes once more, and is gone to only if whoever has signed in may see it.

use super::access::{Rule, account_in};
use super::center::ROUTES;
use super::cookies;
use super::visit::Visit;
use crate::base64url;
use axum::http::{HeaderMap, HeaderValue};

const COOKIE: &str = "__Host-lotse-to";
/// As long as it takes to look for a telephone with codes on it.
const KEPT_S: u32 = 15 * 60;
/// Longest address that is kept, in bytes.
const BYTES_MAX: usize = 1000;

/// Keeps the page that this visit asked for. `None`: it is too long.
pub fn keep(visit: &Visit) -> Option<HeaderValue> {
    let more = if visit.query.is_empty() { String::new() } else { format!("?{}", visit.query) };
    let page = format!("{}{more}", visit.path);
    let kept = (page.len() <= BYTES_MAX).then(|| base64url::encode(page.as_bytes()));
    cookies::set(COOKIE, &kept?, Some(KEPT_S))
}

/// What a request brings along, whatever it names.
pub fn read(headers: &HeaderMap) -> Option<String> {
    let value = cookies::get(headers, COOKIE).filter(|value| value.len() <= 2 * BYTES_MAX)?;
    String::from_utf8(base64url::decode(&value)?).ok()
}

/// Forgets it.
pub fn forget() -> Option<HeaderValue> {
    cookies::forget(COOKIE)
}

/// The page, if it is one of ours that an operator, or else a manager of this account, may see.
pub fn page(wanted: &str, operator: bool, account: Option<i64>) -> Option<&str> {
    let path = wanted.split_once('?').map_or(wanted, |(path, _)| path);
    let plain = wanted.len() <= BYTES_MAX && wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let route = ROUTES.iter().find(|route| fits(route.path, path))?;
    let may = match route.rule {
        Rule::Anyone => false,
        Rule::SignedIn => true,
        Rule::Operator | Rule::AccountByOperator => operator,
        Rule::Account => operator || account_in(path).is_some_and(|of| account == Some(of)),
    };
    (plain && may).then_some(wanted)
}

/// A path of the table, part by part.
fn fits(pattern: &str, path: &str) -> bool {
    let (mut of, mut at) = (pattern.split('/'), path.split('/'));
    loop {
        match (of.next(), at.next()) {
            (None, None) => return true,
            (Some(of), Some(at)) if of == at || (of.starts_with('{') && !at.is_empty()) => {}
            (Some(_), Some(_) | None) | (None, Some(_)) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::http::header;

    fn visit(uri: &str) -> Visit {
        Visit::of(&HeaderMap::new(), &uri.parse().unwrap(), None).unwrap()
    }

    #[test]
    fn what_is_kept_comes_back() {
        let cookie = keep(&visit("/center/accounts/7/people?lang=de&words=a+b")).unwrap();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(&pair).unwrap());
        assert_eq!(read(&headers).as_deref(), Some("/center/accounts/7/people?words=a+b"));
        assert!(keep(&visit(&format!("/center/audit?kind={}", "a".repeat(BYTES_MAX)))).is_none());
    }

    #[test]
    fn only_who_may_see_a_page_is_led_there() {
        let (mine, others) = ("/center/accounts/7/people", "/center/accounts/8/people?words=x");
        for (wanted, manager, operator) in [
            (mine, true, true),
            (others, false, true),
            ("/center/me", true, true),
            ("/center/audit?kind=joined", false, true),
            ("/center/accounts/7/plugins/a.b", false, true),
        ] {
            assert_eq!(page(wanted, false, Some(7)), manager.then_some(wanted));
            assert_eq!(page(wanted, true, None), operator.then_some(wanted));
        }
    }

    #[test]
    fn nothing_else_is_gone_to() {
        for wanted in [
            "",
            "/",
            "//evil.example",
            "//evil.example/center/me",
            "https://evil.example/center/me",
            "/\\evil.example",
            "/center/../p/acme",
            "/center/me/",
            "/center/me\r\nSet-Cookie: a=b",
            "/center/me?a=b\\c",
            "/center/me?a=\u{202e}",
            "/center/sign-in",
            "/center/password",
            "/center/accounts//people",
            "/center/accounts/x/people",
            "/center/nothing",
            "/p/acme",
            "evil.example",
        ] {
            let led = page(wanted, false, Some(7));
            assert!(led.is_none(), "{wanted:?}");
        }
        assert!(page(&format!("/center/me?a={}", "a".repeat(BYTES_MAX)), true, None).is_none());
    }
}
