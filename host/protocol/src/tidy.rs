//! Words from outside, as they may be shown and stored: on one line, short, and without what cannot be seen or turns the
//! direction of reading. What forges a prompt, a notice or another's name begins with these.

/// The text's first `chars_max` characters without what could forge others; empty if nothing is left.
#[must_use]
pub fn tidy(text: &str, chars_max: usize) -> String {
    let (mut clean, mut chars) = (String::new(), 0);
    for c in text.chars() {
        if chars >= chars_max {
            break;
        }
        // Lines become one line, and their words stay apart. U+2028 and U+2029 are white space, too.
        let c = if c.is_whitespace() { ' ' } else { c };
        let again = c == ' ' && (clean.is_empty() || clean.ends_with(' '));
        if !again && !forges(c) {
            clean.push(c);
            chars += 1;
        }
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// A text of many lines without what could forge others: the same, but that lines and tabs stay. It is not shortened.
#[must_use]
pub fn tidy_lines(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' | '\t' => clean.push(c),
            '\r' | '\u{2028}' | '\u{2029}' => clean.push('\n'),
            c if forges(c) => {}
            c => clean.push(c),
        }
    }
    clean
}

/// Controls, marks of direction, and what has no width: with it two names look alike that are not.
fn forges(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{ffa0}')
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_from_outside_cannot_forge_others() {
        let cases = [
            (" Acme\u{202e} Software\n ", "Acme Software"),
            ("  K.\u{0} We\u{202e}ber\n ", "K. Weber"),
            ("two\r\nlines\u{7}", "two lines"),
            ("two\u{2028}lines\u{2029}", "two lines"),
            ("Acme\u{200b}\u{200c}\u{200d} \u{feff}Soft\u{61c}ware\u{2066}", "Acme Software"),
            ("end \u{202e}", "end"),
            ("\u{2028} ", ""),
            ("\u{7}\u{202e}", ""),
        ];
        for (text, wanted) in cases {
            assert_eq!(tidy(text, 60), wanted, "{text:?}");
        }
    }

    #[test]
    fn lines_stay_lines_and_are_clean_once_they_were_cleaned() {
        let cases = [
            ("one\r\n\ttwo\rthree\n", "one\n\ttwo\nthree\n"),
            ("a\u{2028}b\u{0}c\u{202e}d\u{7}", "a\nbcd"),
            (" two  spaces ", " two  spaces "),
        ];
        for (text, wanted) in cases {
            assert_eq!(tidy_lines(text), wanted, "{text:?}");
            assert_eq!(tidy_lines(wanted), wanted);
        }
    }

    #[test]
    fn they_are_shortened_and_end_with_a_word() {
        assert_eq!(tidy(&"ü".repeat(100), 60).chars().count(), 60);
        assert_eq!(tidy("one two", 4), "one");
        assert_eq!(tidy("one", 0), "");
    }
}
