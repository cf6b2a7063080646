//! The safety code: what both sides can read aloud to be sure that nobody sits in between.
//!
//! It comes from the TLS exporter, so it is the same at both ends of one handshake and, but for one in two million
//! tries, different where there are two handshakes with somebody in the middle.

mod words;

use std::fmt;

use words::WORDS;

/// Label under which the exporter makes the code; the context is empty.
const LABEL: &[u8] = b"EXPORTER-lotse-safety-code";

/// A word and two numbers, such as "tulip · 47 · 12".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SafetyCode {
    /// A short word, easy in English and German.
    pub word: &'static str,
    /// 10 to 99, so that both digits are said.
    pub first: u8,
    /// 10 to 99.
    pub second: u8,
}

impl SafetyCode {
    pub(crate) fn of(connection: &quinn::Connection) -> Option<Self> {
        let mut secret = [0; 12];
        connection.export_keying_material(&mut secret, LABEL, &[]).ok()?;
        Some(Self::from_secret(secret))
    }

    fn from_secret(secret: [u8; 12]) -> Self {
        let [word, _, _, _, a, b, c, d, e, f, g, h] = secret;
        // From 32 bits each, so that no number is noticeably likelier than another.
        let number = |bytes| 10 + u8::try_from(u32::from_be_bytes(bytes) % 90).unwrap_or(0);
        Self { word: WORDS[usize::from(word)], first: number([a, b, c, d]), second: number([e, f, g, h]) }
    }
}

impl fmt::Display for SafetyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} · {} · {}", self.word, self.first, self.second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn words_are_distinct_short_and_plain() {
        let distinct: HashSet<_> = WORDS.iter().collect();
        assert_eq!(distinct.len(), 256);
        assert!(WORDS.iter().all(|word| (3..=9).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase())));
    }

    #[test]
    fn a_code_reads_as_word_and_two_numbers() {
        let code = SafetyCode::from_secret([255; 12]);
        assert_eq!(code.to_string(), format!("{} · {} · {}", WORDS[255], code.first, code.second));
        assert!((10..=99).contains(&code.first));
        assert_ne!(SafetyCode::from_secret([1; 12]), code);
    }
}
