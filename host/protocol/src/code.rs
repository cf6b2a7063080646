//! The join code: ten digits that a rep reads aloud and a customer types.
//!
//! The first five, the *nameplate*, are the relay's and find the session. The last five, the *secret*, never reach the
//! relay: they are the password of the PAKE that binds both ends' keys, so a relay that lies about keys is caught. A
//! guess costs an attempt, and the relay closes a code after [`ATTEMPTS_MAX`].

use std::fmt;
use std::str::FromStr;

/// Digits of the relay's half.
pub const NAMEPLATE_DIGITS: usize = 5;
/// Digits of the half that only the two ends know.
pub const SECRET_DIGITS: usize = 5;
/// Wrong secrets after which a code is closed. Three in 100,000 is what a lying relay has as its chance; a mistyped digit is common.
pub const ATTEMPTS_MAX: u8 = 3;
/// How long a code stands unused, in seconds.
pub const LIFETIME_S: u64 = 15 * 60;

/// A whole join code. It is a secret: `Debug` shows the nameplate alone.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinCode {
    nameplate: u32,
    secret: u32,
}

/// What is wrong with a typed code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("a join code has ten digits; this has {0}")]
    Length(usize),
    #[error("a join code has only digits, not \u{201c}{0}\u{201d}")]
    Character(char),
}

impl JoinCode {
    /// Joins the relay's nameplate (0 to 99,999) with a secret drawn from `random`.
    pub fn new(nameplate: u32, random: u64) -> Self {
        Self { nameplate: nameplate % 100_000, secret: (random % 100_000) as u32 }
    }

    /// The half that finds the session at the relay.
    pub fn nameplate(&self) -> u32 {
        self.nameplate
    }

    /// The password of the PAKE.
    pub fn secret(&self) -> String {
        format!("{:0width$}", self.secret, width = SECRET_DIGITS)
    }
}

/// As people see it: `482 913 5207`.
impl fmt::Display for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:05}{:05}", self.nameplate, self.secret);
        let (a, rest) = digits.split_at(3);
        let (b, c) = rest.split_at(3);
        write!(f, "{a} {b} {c}")
    }
}

impl fmt::Debug for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinCode({:05} …)", self.nameplate)
    }
}

/// Spaces, dashes and dots between digits are what people type, and mean nothing.
impl FromStr for JoinCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let mut digits = Vec::with_capacity(NAMEPLATE_DIGITS + SECRET_DIGITS);
        for character in text.chars() {
            match character.to_digit(10) {
                Some(digit) => digits.push(digit),
                None if character.is_whitespace() || "-–.·/".contains(character) => {}
                None => return Err(CodeError::Character(character)),
            }
            if digits.len() > 64 {
                return Err(CodeError::Length(digits.len()));
            }
        }
        if digits.len() != NAMEPLATE_DIGITS + SECRET_DIGITS {
            return Err(CodeError::Length(digits.len()));
        }
        let number = |part: &[u32]| part.iter().fold(0, |sum, digit| sum * 10 + digit);
        let (nameplate, secret) = digits.split_at(NAMEPLATE_DIGITS);
        Ok(Self { nameplate: number(nameplate), secret: number(secret) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_back_what_it_shows_and_what_people_type() {
        let code = JoinCode::new(7, 42);
        assert_eq!(code.to_string(), "000 070 0042");
        for typed in ["000 070 0042", "0000700042", " 000-070-0042 ", "000.070.00 42"] {
            assert_eq!(typed.parse::<JoinCode>().unwrap(), code, "{typed}");
        }
        assert_eq!(code.secret(), "00042");
        assert_eq!(format!("{code:?}"), "JoinCode(00007 …)");
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!("12345".parse::<JoinCode>(), Err(CodeError::Length(5)));
        assert_eq!("12345o7890".parse::<JoinCode>(), Err(CodeError::Character('o')));
        assert_eq!("".parse::<JoinCode>(), Err(CodeError::Length(0)));
        assert!("1".repeat(10_000).parse::<JoinCode>().is_err());
    }
}
