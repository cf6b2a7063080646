//! Tokens that programs hold and the relay only recognises: 256 random bits in hex, kept here as their SHA-256.

use crate::base64url;
use crate::hub::Random;
use lotse_protocol::control::Secret;

/// Hex digits of a token.
const DIGITS: usize = 64;

/// SHA-256 of a token. With 256 random bits behind it, neither salt nor a slow hash is needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

impl TokenHash {
    /// Hash of what a program presented, whatever it is.
    pub fn of(token: &Secret) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, token.0.as_bytes());
        let mut hash = [0; 32];
        hash.copy_from_slice(digest.as_ref());
        Self(hash)
    }
}

/// Names the two legs of one meeting at the packet forwarder.
///
/// Not the session: whoever knows a nameplate can join and leave again, and their ticket must not be one for the session
/// that the real customer begins with the same code. A customer's token is drawn anew with each join, and stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LegId(pub [u8; 16]);

impl LegId {
    /// Of the meeting that this token takes the customer back to.
    pub fn of(customer: &TokenHash) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&customer.0[..16]);
        Self(id)
    }
}

/// Draws a token. `None` when there is no randomness.
pub fn draw(random: &mut dyn Random) -> Option<Secret> {
    let mut bytes = [0; DIGITS / 2];
    random.fill(&mut bytes).then(|| Secret(hex(&bytes)))
}

/// Draws a token for a customer's page, which goes into a cookie: 43 characters of base64url (RFC 4648, 5). `None` when there
/// is no randomness.
pub fn draw_for_pages(random: &mut dyn Random) -> Option<Secret> {
    let mut bytes = [0; DIGITS / 2];
    random.fill(&mut bytes).then(|| Secret(base64url::encode(&bytes)))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hub::random::Seeded;

    #[test]
    fn tokens_for_pages_are_base64url() {
        let token = draw_for_pages(&mut Seeded(1)).unwrap();
        assert_eq!(base64url::decode(&token.0).map(|bytes| bytes.len()), Some(DIGITS / 2));
        assert_eq!(token.0.len(), 43);
    }

    #[test]
    fn tokens_differ_and_their_hashes_are_not_shown() {
        let mut random = Seeded(1);
        let (a, b) = (draw(&mut random).unwrap(), draw(&mut random).unwrap());
        assert_ne!(a, b);
        assert_eq!(a.0.len(), DIGITS);
        assert_eq!(TokenHash::of(&a), TokenHash::of(&a.clone()));
        assert_eq!(format!("{:?}", TokenHash::of(&a)), "TokenHash(…)");
        assert_ne!(LegId::of(&TokenHash::of(&a)), LegId::of(&TokenHash::of(&b)));
    }
}
