//! Which names, contacts and time zones there may be.

use lotse_protocol::tidy;

/// Longest name of an account or a rep, in characters.
pub const NAME_CHARS_MAX: usize = 80;
/// Longest contact, in characters.
pub const CONTACT_CHARS_MAX: usize = 200;
/// More sign-ins at once than any relay takes.
pub const SEATS_MAX: u32 = 1_000_000;
/// Longest name of a time zone, in characters; the longest in the list has 30.
const ZONE_CHARS_MAX: usize = 40;

/// A name in one tidy line; `None`: it is empty or too long.
pub fn name(text: &str) -> Option<String> {
    let clean = tidy(text, NAME_CHARS_MAX + 1);
    (1..=NAME_CHARS_MAX).contains(&clean.chars().count()).then_some(clean)
}

/// A contact in one tidy line, cut where it is too long.
pub fn contact(text: &str) -> String {
    tidy(text, CONTACT_CHARS_MAX)
}

/// A time zone, by its form alone: whether there is such a zone only its user's list knows.
pub fn zone(text: &str) -> Option<&str> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "_+-/".contains(character);
    ((1..=ZONE_CHARS_MAX).contains(&text.len()) && text.chars().all(plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_has_a_plain_name() {
        assert_eq!(zone("Europe/Berlin"), Some("Europe/Berlin"));
        for bad in ["", "Europe Berlin", "Zürich", &"x".repeat(41)] {
            assert_eq!(zone(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_name_is_one_tidy_line() {
        assert_eq!(name("  Anna\n Berg ").as_deref(), Some("Anna Berg"));
        assert_eq!((name(" "), name(&"x".repeat(81))), (None, None));
    }
}
