//! Recovery codes: in place of a second factor that is out of reach, each once. Here are only their hashes.

use crate::hub::Random;
use crate::token::TokenHash;
use crate::totp::fives;
use lotse_protocol::control::Secret;

/// Given out together.
pub const CODES: usize = 10;
/// Random bytes of a code: with 80 bits behind it, neither salt nor a slow hash is needed.
const BYTES: usize = 10;
/// Characters between two dashes.
const GROUP: usize = 4;
/// Without those that look like another: l, o, 0, 1.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Codes such as `k7mp-2vqa-…`. `None` when there is no randomness.
pub fn draw(random: &mut dyn Random) -> Option<Vec<Secret>> {
    (0..CODES)
        .map(|_| {
            let mut bytes = [0; BYTES];
            random.fill(&mut bytes).then(|| Secret(grouped(&bytes)))
        })
        .collect()
}

fn grouped(bytes: &[u8]) -> String {
    let letters: Vec<char> =
        fives(bytes).filter_map(|five| ALPHABET.get(five)).map(|letter| char::from(*letter)).collect();
    let groups: Vec<String> = letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// Hash of a code as it was typed: case, dashes and spaces do not count.
pub fn hash(code: &Secret) -> TokenHash {
    let letters = code.0.chars().filter(char::is_ascii_alphanumeric).take(BYTES * 8);
    TokenHash::of(&Secret(letters.map(|letter| letter.to_ascii_lowercase()).collect()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hub::random::Seeded;
    use std::collections::BTreeSet;

    #[test]
    fn s4_recovery_codes_differ_and_are_typed_as_people_type() {
        let codes = draw(&mut Seeded(7)).unwrap();
        let different: BTreeSet<&str> = codes.iter().map(|code| code.0.as_str()).collect();
        assert_eq!(different.len(), CODES);
        let first = codes.first().unwrap();
        assert_eq!((first.0.len(), first.0.matches('-').count()), (19, 3));
        let typed = Secret(first.0.to_uppercase().replace('-', " "));
        assert_eq!(hash(&typed), hash(first));
        assert_ne!(hash(codes.last().unwrap()), hash(first));
        hash(&Secret("ü".repeat(100_000)));
    }
}
