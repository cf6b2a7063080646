//! Cookies: read out of a request, and made so that only this relay's pages over TLS get them back.

use axum::http::{HeaderMap, HeaderValue, header};

/// The value of a cookie.
pub fn get(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(of, _)| *of == name).map(|(_, value)| value.to_owned())
}

/// `Set-Cookie` for a value of plain characters. `__Host-` in the name makes browsers insist on what is said here. Without
/// `keep_s` it goes with the browser's window.
pub fn set(name: &str, value: &str, keep_s: Option<u32>) -> Option<HeaderValue> {
    let keep = keep_s.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{keep}")).ok()
}

/// Takes a cookie back.
pub fn forget(name: &str) -> Option<HeaderValue> {
    set(name, "", Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_in_several_headers() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1;b=2"));
        headers.append(header::COOKIE, HeaderValue::from_static("c=x=y; =; d"));
        assert_eq!(get(&headers, "b").as_deref(), Some("2"));
        assert_eq!(get(&headers, "c").as_deref(), Some("x=y"));
        assert_eq!((get(&headers, "d"), get(&headers, "e")), (None, None));
    }

    #[test]
    fn what_is_set_is_for_this_relay_alone() {
        let text = set("__Host-x", "abc", Some(5)).and_then(|value| value.to_str().ok().map(str::to_owned));
        let text = text.unwrap_or_default();
        for part in ["__Host-x=abc;", "Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=5"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("Domain"));
        assert_eq!(set("a", "line\nbreak", None), None);
    }
}
