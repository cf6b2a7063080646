//! A text in several languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ManifestError;

/// More languages than any product here has; keeps a manifest from being a dictionary.
const LANGUAGES_MAX: usize = 32;

/// Language (BCP 47, such as `en` or `de`) to text. English is always there and is what the rest falls back to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(BTreeMap<String, String>);

impl Texts {
    pub fn new<L: Into<String>, T: Into<String>>(texts: impl IntoIterator<Item = (L, T)>) -> Self {
        Self(texts.into_iter().map(|(language, text)| (language.into(), text.into())).collect())
    }

    /// The text for a locale: the exact tag, then its language, then English.
    pub fn pick(&self, locale: &str) -> &str {
        let language = locale.split(['-', '_']).next().unwrap_or(locale);
        [locale, language, "en"].into_iter().find_map(|tag| self.0.get(tag)).map_or("", String::as_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
    }

    /// Every text has 1 to `chars_max` characters on one line, and English is among them.
    pub(crate) fn check(&self, field: &'static str, chars_max: usize) -> Result<(), ManifestError> {
        if !self.0.contains_key("en") {
            return Err(ManifestError::EnglishMissing { field });
        }
        if self.0.len() > LANGUAGES_MAX {
            return Err(ManifestError::TooMany { field, max: LANGUAGES_MAX });
        }
        for (language, text) in &self.0 {
            let tag_is_plain = (2..=16).contains(&language.len())
                && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if !tag_is_plain {
                return Err(ManifestError::Language { field });
            }
            // These texts stand in the host's own prompts: a line break or a bidirectional override could forge one.
            let forges = |c: char| {
                c.is_control()
                    || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            if text.trim().is_empty() || text.chars().count() > chars_max || text.chars().any(forges) {
                return Err(ManifestError::Text { field, chars_max });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn falls_back_to_the_language_and_then_to_english() {
        let texts = Texts::new([("en", "Chat"), ("de", "Unterhaltung")]);
        assert_eq!(texts.pick("de-AT"), "Unterhaltung");
        assert_eq!(texts.pick("fr"), "Chat");
        assert_eq!(Texts::default().pick("de"), "");
    }

    #[test]
    fn refuses_what_could_forge_a_prompt() {
        for text in ["", "  ", "a\nb", "a\u{202e}b", &"x".repeat(61)] {
            assert!(Texts::new([("en", text)]).check("name", 60).is_err(), "{text:?}");
        }
        assert!(Texts::new([("de", "nur deutsch")]).check("name", 60).is_err());
        assert!(Texts::new([("en", "ok"), ("no tag!", "x")]).check("name", 60).is_err());
        assert!(Texts::new([("en", "Größe · 大きさ")]).check("name", 60).is_ok());
    }
}
