//! Time-based one-time codes as authenticator apps show them (RFC 6238): HMAC-SHA-1, six digits, a new one each 30 seconds.
//!
//! Pure: time comes in as Unix seconds. What was used before is the store's to remember ([`crate::store::SecondFactors`]).

use crate::hub::Random;
use lotse_protocol::control::Secret;
use ring::hmac;

/// How long a code stands, in seconds. Apps take no other.
const STEP_S: i64 = 30;
/// Codes of so many steps before and after are good, too: clocks differ, and typing takes a while (RFC 6238, 5.2).
const SKEW_STEPS: i64 = 1;
const DIGITS: usize = 6;
/// Bytes of a secret, as many as SHA-1 has (RFC 4226, 4).
pub const SECRET_BYTES: usize = 20;
/// Last step that there is no code of: nothing was used yet.
pub const NO_STEP: i64 = -1;
/// What apps call it.
const ISSUER: &str = "Lotse";

/// What codes are made of. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl TotpSecret {
    /// One that nobody has. `None` when there is no randomness.
    pub fn draw(random: &mut dyn Random) -> Option<Self> {
        let mut bytes = [0; SECRET_BYTES];
        random.fill(&mut bytes).then_some(Self(bytes))
    }

    /// As it was stored.
    pub fn of(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    /// To be stored.
    pub fn bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// The step that a code belongs to, if it is of about `now_s` and of none up to `last_step`.
    pub fn step_of(&self, code: &str, now_s: i64, last_step: i64) -> Option<i64> {
        let now = now_s.div_euclid(STEP_S);
        (now.saturating_sub(SKEW_STEPS)..=now.saturating_add(SKEW_STEPS))
            .filter(|step| *step > last_step)
            .find(|step| u64::try_from(*step).is_ok_and(|step| self.code(step) == code))
    }

    /// The code of a step (RFC 4226, 5.3).
    fn code(&self, step: u64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let digest = tag.as_ref();
        let offset = digest.last().map_or(0, |last| usize::from(last & 0x0f));
        let number = digest.iter().skip(offset).take(4).fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }

    /// What an app shows at `now_s`.
    #[cfg(test)]
    pub fn code_at(&self, now_s: i64) -> String {
        self.code(now_s.div_euclid(STEP_S).unsigned_abs())
    }

    /// What an app is shown to take the secret over (the Key URI format of Google Authenticator).
    pub fn uri(&self, user: &str) -> Secret {
        let (user, secret) = (percent(user), base32(&self.0));
        Secret(format!(
            "otpauth://totp/{ISSUER}:{user}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
        ))
    }
}

/// The digits of a code as people type them, if it can be one of an app: spaces do not count.
pub fn digits(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|character| !character.is_whitespace()).take(DIGITS + 1).collect();
    (code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

/// RFC 4648, 6, without padding: a secret has none.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    fives(bytes).filter_map(|five| ALPHABET.get(five)).map(|letter| char::from(*letter)).collect()
}

/// Bytes as numbers of five bits, the highest first; bits beyond the last whole five are left out.
pub fn fives(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let bit = move |at: usize| bytes.get(at / 8).map_or(0, |byte| usize::from(byte >> (7 - at % 8)) & 1);
    (0..bytes.len() * 8 / 5).map(move |five| (0..5).fold(0, |number, at| (number << 1) | bit(five * 5 + at)))
}

/// RFC 3986, 2.1, for everything but letters, digits and `-._~`.
fn percent(text: &str) -> String {
    use std::fmt::Write;
    let mut coded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(coded, "%{byte:02X}");
        }
    }
    coded
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hub::random::Seeded;

    fn of_the_rfc() -> TotpSecret {
        TotpSecret::of(*b"12345678901234567890")
    }

    /// RFC 6238, appendix B, SHA-1; the last six of its eight digits.
    #[test]
    fn s4_codes_are_those_of_the_rfc() {
        for (now_s, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(of_the_rfc().step_of(code, now_s, NO_STEP), Some(now_s / 30), "{now_s}");
        }
    }

    #[test]
    fn s4_a_code_is_good_one_step_early_or_late_and_no_further() {
        let secret = of_the_rfc();
        // Of step 1.
        for (now_s, good) in [(0, true), (30, true), (89, true), (90, false), (-1, false), (300, false)] {
            assert_eq!(secret.step_of("287082", now_s, NO_STEP).is_some(), good, "at {now_s}");
        }
        assert_eq!(secret.step_of("287083", 59, NO_STEP), None);
        assert_eq!(secret.step_of("287082", i64::MAX, NO_STEP), None);
        assert_eq!(secret.step_of("287082", i64::MIN, NO_STEP), None);
    }

    #[test]
    fn s4_a_code_that_was_used_is_no_longer_good_nor_is_an_older_one() {
        let secret = of_the_rfc();
        let step = secret.step_of("287082", 59, NO_STEP).unwrap();
        assert_eq!(secret.step_of("287082", 59, step), None);
        assert_eq!(secret.step_of("287082", 59, step + 1), None, "a later one was used");
        assert_eq!(secret.step_of("287082", 59, step - 1), Some(step));
    }

    #[test]
    fn an_app_is_told_what_it_needs_and_nobody_else_sees_the_secret() {
        let secret = of_the_rfc();
        assert_eq!(
            secret.uri("änne@acme.example").0,
            "otpauth://totp/Lotse:%C3%A4nne%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Lotse\
             &algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
        let mut random = Seeded(1);
        assert_ne!(TotpSecret::draw(&mut random), TotpSecret::draw(&mut random));
    }

    #[test]
    fn codes_are_typed_with_or_without_spaces() {
        assert_eq!(digits(" 287 082\n").as_deref(), Some("287082"));
        for other in ["", "28708", "2870821", "28708x", "２８７０８２", "abcd-efgh"] {
            assert_eq!(digits(other), None, "{other}");
        }
    }
}
