//! Which names, contacts and time zones there may be.

use crate::web::time::Zone;
use lotse_protocol::tidy;

/// Longest name of an account or a rep, in characters.
const NAME_CHARS_MAX: usize = 80;
/// Longest contact, in characters.
const CONTACT_CHARS_MAX: usize = 200;
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

/// A time zone that is in the list, as pages show times in it.
pub fn zone(text: &str) -> Option<&str> {
    ((1..=ZONE_CHARS_MAX).contains(&text.len()) && Zone::is_known(text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_has_a_plain_name_that_is_in_the_list() {
        assert_eq!(zone("Europe/Berlin"), Some("Europe/Berlin"));
        for bad in ["", "Europe Berlin", "Zürich", "Europe/Nowhere", &"x".repeat(41)] {
            assert_eq!(zone(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_name_is_one_tidy_line() {
        assert_eq!(name("  Anna\n Berg ").as_deref(), Some("Anna Berg"));
        assert_eq!((name(" "), name(&"x".repeat(81))), (None, None));
    }
}
