//! Words from outside, as they may stand in the host's own windows: on one line, short, and without what turns the
//! direction of reading. What forges a prompt or a notice begins with these.

/// The text's first `chars_max` characters without what could forge others. `None`: nothing is left.
pub(crate) fn tidy(text: &str, chars_max: usize) -> Option<String> {
    let forges = |c: char| {
        c.is_control() || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let (mut clean, mut chars) = (String::new(), 0);
    for c in text.trim().chars() {
        // Lines become one line, and their words stay apart.
        let c = if c.is_whitespace() { ' ' } else { c };
        let again = c == ' ' && (clean.is_empty() || clean.ends_with(' '));
        if chars < chars_max && !again && !forges(c) {
            clean.push(c);
            chars += 1;
        }
    }
    Some(clean).filter(|clean| !clean.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_from_outside_cannot_forge_others() {
        assert_eq!(tidy(" Acme\u{202e} Software\n ", 60), Some("Acme Software".to_owned()));
        assert_eq!(tidy("two\r\nlines\u{7}", 60), Some("two lines".to_owned()));
        assert_eq!(tidy("\u{2028} ", 60), None);
        assert_eq!(tidy("\u{7}\u{202e}", 60), None);
        assert_eq!(tidy(&"ü".repeat(100), 60).map(|name| name.chars().count()), Some(60));
    }
}
