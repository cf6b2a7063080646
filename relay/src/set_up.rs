//! The code with which the first operator of a relay is made by its pages.
//!
//! It is drawn at a relay's start that finds no operator, shown on the relay's own console and nowhere else, and good for
//! one use. So there is neither a usual password nor a page that a stranger could be first at. Only its digest is kept.

use crate::hub::{AddressKey, Random, Slowdown};
use crate::token::TokenHash;
use lotse_protocol::control::Secret;
use parking_lot::Mutex;

/// No letters that look like digits (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 80 bits: not to be guessed at any speed, and still to be typed.
const CHARS: usize = 16;
/// So it is shown.
const GROUP: usize = 4;
/// Wrong codes that cost an address nothing.
const FREE: u32 = 5;
/// Addresses remembered.
const REMEMBERED_MAX: usize = 10_000;

/// Whether somebody may be the first operator.
pub struct SetUp {
    code: Mutex<Option<TokenHash>>,
    slow: Mutex<Slowdown<AddressKey>>,
}

/// What became of a code that somebody typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    Right,
    Wrong,
    /// Tried too often; again in so many seconds.
    Slowed {
        wait_s: u64,
    },
    /// There is an operator, or the code was used.
    Over,
}

impl SetUp {
    /// Of a relay that has its operators.
    pub fn over() -> Self {
        Self { code: Mutex::new(None), slow: Mutex::new(Slowdown::new(FREE, REMEMBERED_MAX)) }
    }

    /// Of a relay without one, with the code to show. `None`: the system has no randomness.
    pub fn drawn(random: &mut dyn Random) -> Option<(Self, Secret)> {
        let mut bytes = [0; CHARS];
        if !random.fill(&mut bytes) {
            return None;
        }
        // 256 is a multiple of 32: every character is as likely.
        let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        let groups: Vec<String> = letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
        let code = Secret(groups.join("-"));
        let set_up = Self::over();
        *set_up.code.lock() = Some(TokenHash::of(&plain(&code)));
        Some((set_up, code))
    }

    /// There is a code to be typed.
    pub fn is_open(&self) -> bool {
        self.code.lock().is_some()
    }

    /// Looks at a code. It stays good until [`Self::close`]. Digests are compared: how long that takes tells nothing of it.
    pub fn check(&self, now_ms: u64, address: AddressKey, typed: &Secret) -> Tried {
        let Some(code) = *self.code.lock() else { return Tried::Over };
        let mut slow = self.slow.lock();
        if let Err(wait_ms) = slow.check(now_ms, &address) {
            return Tried::Slowed { wait_s: wait_ms.div_ceil(1000) };
        }
        if TokenHash::of(&plain(typed)) == code {
            return Tried::Right;
        }
        slow.fail(now_ms, &address);
        Tried::Wrong
    }

    /// There is an operator now.
    pub fn close(&self) {
        *self.code.lock() = None;
    }
}

/// As it is compared: without what only makes it easier to read, and with letters that were taken for digits.
fn plain(code: &Secret) -> Secret {
    let kept = code.0.chars().filter(|letter| letter.is_ascii_alphanumeric()).take(CHARS + 1);
    let digit = |letter: char| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    Secret(kept.map(digit).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hub::random::Seeded;

    fn address(last: u8) -> AddressKey {
        AddressKey::from(std::net::IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn the_code_on_the_console_is_good_until_somebody_is_the_operator() {
        let (set_up, code) = SetUp::drawn(&mut Seeded(1)).unwrap();
        assert_eq!(code.0.len(), 19, "four groups of four");
        let typed = Secret(code.0.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l"));
        assert_eq!(set_up.check(0, address(1), &typed), Tried::Right);
        assert_eq!(set_up.check(0, address(1), &code), Tried::Right, "a form may be sent again");
        for wrong in ["", "0000-0000-0000-0000", &format!("{}0", code.0), &code.0[1..]] {
            assert_eq!(set_up.check(0, address(2), &Secret(wrong.into())), Tried::Wrong, "{wrong}");
        }
        set_up.close();
        assert!(!set_up.is_open());
        assert_eq!(set_up.check(0, address(1), &code), Tried::Over);
        assert_eq!(SetUp::over().check(0, address(1), &Secret(String::new())), Tried::Over);
    }

    #[test]
    fn guessing_is_slowed_for_the_address_alone() {
        let (set_up, code) = SetUp::drawn(&mut Seeded(2)).unwrap();
        for _ in 0..=FREE {
            assert_eq!(set_up.check(0, address(1), &Secret("guess".into())), Tried::Wrong);
        }
        assert_eq!(set_up.check(0, address(1), &code), Tried::Slowed { wait_s: 1 });
        assert_eq!(set_up.check(0, address(2), &code), Tried::Right);
        assert_eq!(set_up.check(1000, address(1), &code), Tried::Right);
    }
}
