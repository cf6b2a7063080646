//! The language of a page: what the visitor chose, else what their browser asks for, else English.

use super::cookies;
use axum::http::{HeaderMap, header};

/// Languages that pages are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    #[default]
    English,
    German,
}

/// Keeps what was chosen with `?lang=`.
pub const COOKIE: &str = "__Host-lotse-lang";
/// Languages of a header that are looked at; no browser names half as many.
const ASKED_MAX: usize = 16;

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// Reads `de`, `de-AT` and the like.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// Of a request without a choice in its address.
    pub fn of(headers: &HeaderMap) -> Self {
        Self::wanted(headers).unwrap_or_default()
    }

    /// What was chosen before, or what the browser asks for, if it is one of these.
    pub fn wanted(headers: &HeaderMap) -> Option<Self> {
        let chosen = cookies::get(headers, COOKIE).and_then(|tag| Self::from_tag(&tag));
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        chosen.or_else(|| asked.and_then(Self::asked))
    }

    /// The best of `Accept-Language` (RFC 9110, 12.5.4).
    fn asked(text: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in text.split(',').take(ASKED_MAX) {
            let mut pieces = part.split(';');
            let Some(language) = pieces.next().and_then(Self::from_tag) else { continue };
            let weight = pieces.find_map(|piece| piece.trim().strip_prefix("q="));
            let weight = weight.map_or(1.0, |weight| weight.trim().parse::<f32>().unwrap_or(0.0));
            if weight > 0.0 && best.is_none_or(|(of_best, _)| weight > of_best) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_wish_is_weighed() {
        for (asked, language) in [
            ("de", Some(Language::German)),
            ("de-AT,de;q=0.9,en;q=0.8", Some(Language::German)),
            ("fr,en;q=0.5,de;q=0.4", Some(Language::English)),
            ("en;q=0.1, de;q=0.2", Some(Language::German)),
            ("de;q=0", None),
            ("fr", None),
            ("", None),
            (";;q=,,de;q=nonsense", None),
        ] {
            assert_eq!(Language::asked(asked), language, "{asked}");
        }
    }

    #[test]
    fn a_choice_goes_before_the_browsers_wish() {
        let mut headers = HeaderMap::new();
        assert_eq!(Language::of(&headers), Language::English);
        headers.insert(header::ACCEPT_LANGUAGE, axum::http::HeaderValue::from_static("en"));
        headers.insert(header::COOKIE, axum::http::HeaderValue::from_static("a=b; __Host-lotse-lang=de"));
        assert_eq!(Language::of(&headers), Language::German);
    }
}
