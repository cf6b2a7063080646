//! A relay's own words, as they may stand in a window: what it refuses, and what it calls itself.
//!
//! The text is the relay's, so it is shortened and loses what would break a line or turn its direction.

/// Longest text that is shown, in characters: three lines of a window.
const CHARS_MAX: usize = 300;

/// The words without what could forge others; never empty.
pub(crate) fn tidy(text: &str) -> String {
    let words = lotse_protocol::tidy(text, CHARS_MAX);
    if words.is_empty() { "…".to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_relay_says_fits_a_window() {
        assert_eq!(tidy(" Try\u{202e} again\n later.\n"), "Try again later.");
        assert_eq!(tidy(&"ü".repeat(100_000)).chars().count(), CHARS_MAX);
        assert_eq!(tidy("\u{7}"), "…");
    }
}
