//! Tickets and the MACs around them. All of it is derived from one relay key, so a forwarder stores nothing per ticket.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use ring::hmac;

/// Length of a ticket's token: version 1, session 16, side 1, expiry 8, MAC 16.
pub const TOKEN_BYTES: usize = 42;
/// Length of the cookie that proves an address.
pub const COOKIE_BYTES: usize = 16;
/// Length of a truncated HMAC-SHA-256; 128 bits are out of reach for an online guess.
pub const MAC_BYTES: usize = 16;

const TOKEN_VERSION: u8 = 1;
const TOKEN_SIGNED_BYTES: usize = TOKEN_BYTES - MAC_BYTES;
/// How many seconds a cookie's number lasts; the one before is taken too, so a cookie lives one to two of them.
const COOKIE_SECONDS: u64 = 60;

/// Which end of a session a leg belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The helping side.
    Rep,
    /// The helped side.
    Customer,
}

impl Side {
    /// The other end.
    pub fn other(self) -> Self {
        match self {
            Self::Rep => Self::Customer,
            Self::Customer => Self::Rep,
        }
    }

    fn to_byte(self) -> u8 {
        match self {
            Self::Rep => 0,
            Self::Customer => 1,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Rep),
            1 => Some(Self::Customer),
            _ => None,
        }
    }
}

/// One end's place in one session, as a ticket names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Leg {
    /// What the relay calls the session here; nobody else knows it by this.
    pub session: [u8; 16],
    /// Which end of it.
    pub side: Side,
}

/// What the relay hands to an end over the control connection: a token to show and a secret to prove with.
#[derive(Clone, PartialEq, Eq)]
pub struct LegTicket {
    /// [`TOKEN_BYTES`] bytes that the forwarder can check by itself. Not secret.
    pub token: Vec<u8>,
    /// Proves that the sender of the token is the one it was issued to.
    pub secret: [u8; 32],
}

impl LegTicket {
    /// The token as an array.
    ///
    /// # Errors
    /// [`TicketError::Malformed`] when it does not have [`TOKEN_BYTES`] bytes.
    pub fn token_array(&self) -> Result<[u8; TOKEN_BYTES], TicketError> {
        self.token.as_slice().try_into().map_err(|_| TicketError::Malformed)
    }
}

impl fmt::Debug for LegTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegTicket").field("token_bytes", &self.token.len()).finish_non_exhaustive()
    }
}

/// Why a ticket was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// Not a token of a version we know.
    #[error("the relay ticket is malformed")]
    Malformed,
    /// The MAC is not this relay's.
    #[error("the relay ticket was not issued by this relay")]
    Forged,
    /// Its time is over by the relay's clock.
    #[error("the relay ticket has expired")]
    Expired,
}

/// The key that a relay issues tickets with and its forwarders check them by.
#[derive(Clone)]
pub struct RelayKey {
    ticket: hmac::Key,
    leg: hmac::Key,
    cookie: hmac::Key,
}

impl RelayKey {
    /// Derives one key per purpose from 32 random bytes, which the relay keeps across restarts.
    pub fn new(bytes: [u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        let derive = |label: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, label).as_ref());
        Self { ticket: derive(b"lotse ticket"), leg: derive(b"lotse leg"), cookie: derive(b"lotse cookie") }
    }

    /// Issues a ticket for one end of a session, valid until `expires_unix` (seconds since 1970 by the relay's clock).
    pub fn issue(&self, session: [u8; 16], side: Side, expires_unix: u64) -> LegTicket {
        let mut token = Vec::with_capacity(TOKEN_BYTES);
        token.push(TOKEN_VERSION);
        token.extend_from_slice(&session);
        token.push(side.to_byte());
        token.extend_from_slice(&expires_unix.to_be_bytes());
        let mac = hmac::sign(&self.ticket, &token);
        let secret = self.secret(&token);
        token.extend_from_slice(&mac.as_ref()[..MAC_BYTES]);
        LegTicket { token, secret }
    }

    /// Checks a token against the relay's clock.
    ///
    /// # Errors
    /// Says whether it is malformed, forged or expired.
    pub fn check(&self, token: &[u8; TOKEN_BYTES], now_unix: u64) -> Result<Leg, TicketError> {
        let (signed, mac) = token.split_at(TOKEN_SIGNED_BYTES);
        if signed[0] != TOKEN_VERSION {
            return Err(TicketError::Malformed);
        }
        if !constant_time_equal(&hmac::sign(&self.ticket, signed).as_ref()[..MAC_BYTES], mac) {
            return Err(TicketError::Forged);
        }
        let mut session = [0; 16];
        session.copy_from_slice(&signed[1..17]);
        let side = Side::from_byte(signed[17]).ok_or(TicketError::Malformed)?;
        let mut expires = [0; 8];
        expires.copy_from_slice(&signed[18..26]);
        if now_unix >= u64::from_be_bytes(expires) {
            return Err(TicketError::Expired);
        }
        Ok(Leg { session, side })
    }

    /// The secret that belongs to a token: computed again whenever it is needed.
    pub fn leg_secret(&self, token: &[u8; TOKEN_BYTES]) -> [u8; 32] {
        self.secret(&token[..TOKEN_SIGNED_BYTES])
    }

    /// The cookie for an address that shows `token` at `now_unix`.
    pub fn cookie(&self, from: SocketAddr, token: &[u8; TOKEN_BYTES], now_unix: u64) -> [u8; COOKIE_BYTES] {
        self.cookie_numbered(from, token, now_unix / COOKIE_SECONDS)
    }

    /// Whether `cookie` was handed to that address for that token in the last one to two minutes.
    pub fn cookie_is_fresh(
        &self,
        from: SocketAddr,
        token: &[u8; TOKEN_BYTES],
        now_unix: u64,
        cookie: &[u8; COOKIE_BYTES],
    ) -> bool {
        let number = now_unix / COOKIE_SECONDS;
        constant_time_equal(&self.cookie_numbered(from, token, number), cookie)
            || constant_time_equal(&self.cookie_numbered(from, token, number.saturating_sub(1)), cookie)
    }

    fn cookie_numbered(&self, from: SocketAddr, token: &[u8; TOKEN_BYTES], number: u64) -> [u8; COOKIE_BYTES] {
        let mut context = hmac::Context::with_key(&self.cookie);
        match from.ip() {
            IpAddr::V4(ip) => context.update(&ip.to_ipv6_mapped().octets()),
            IpAddr::V6(ip) => context.update(&ip.octets()),
        }
        context.update(&from.port().to_be_bytes());
        context.update(&number.to_be_bytes());
        context.update(token);
        truncated(&context.sign())
    }

    fn secret(&self, signed: &[u8]) -> [u8; 32] {
        let mut secret = [0; 32];
        secret.copy_from_slice(hmac::sign(&self.leg, signed).as_ref());
        secret
    }
}

impl fmt::Debug for RelayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RelayKey(..)")
    }
}

/// What an end puts into PROOF: it holds the leg's secret and read this cookie.
pub fn proof_mac(
    secret: &[u8; 32],
    nonce: u64,
    token: &[u8; TOKEN_BYTES],
    cookie: &[u8; COOKIE_BYTES],
) -> [u8; MAC_BYTES] {
    leg_mac(secret, b"proof", nonce, &[token, cookie])
}

/// What the forwarder puts into BOUND, so that nobody else can make an end believe it is bound.
pub fn bound_mac(secret: &[u8; 32], nonce: u64) -> [u8; MAC_BYTES] {
    leg_mac(secret, b"bound", nonce, &[])
}

fn leg_mac(secret: &[u8; 32], label: &[u8; 5], nonce: u64, parts: &[&[u8]]) -> [u8; MAC_BYTES] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    context.update(label);
    context.update(&nonce.to_be_bytes());
    for part in parts {
        context.update(part);
    }
    truncated(&context.sign())
}

fn truncated(tag: &hmac::Tag) -> [u8; MAC_BYTES] {
    let mut short = [0; MAC_BYTES];
    short.copy_from_slice(&tag.as_ref()[..MAC_BYTES]);
    short
}

/// Equality whose time does not tell where two MACs differ.
pub fn constant_time_equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn token(ticket: &LegTicket) -> [u8; TOKEN_BYTES] {
        ticket.token_array().unwrap()
    }

    #[test]
    fn a_ticket_is_taken_until_it_expires() {
        let key = RelayKey::new([7; 32]);
        let ticket = key.issue([1; 16], Side::Customer, 1000);
        assert_eq!(key.check(&token(&ticket), 999), Ok(Leg { session: [1; 16], side: Side::Customer }));
        assert_eq!(key.check(&token(&ticket), 1000), Err(TicketError::Expired));
        assert_eq!(key.leg_secret(&token(&ticket)), ticket.secret);
    }

    #[test]
    fn any_changed_byte_is_refused() {
        let key = RelayKey::new([7; 32]);
        let ticket = key.issue([1; 16], Side::Rep, 1000);
        for index in 0..TOKEN_BYTES {
            let mut forged = token(&ticket);
            forged[index] ^= 1;
            assert!(key.check(&forged, 10).is_err(), "byte {index}");
        }
        assert_eq!(RelayKey::new([8; 32]).check(&token(&ticket), 10), Err(TicketError::Forged));
    }

    #[test]
    fn a_cookie_belongs_to_one_address_and_two_minutes() {
        let key = RelayKey::new([7; 32]);
        let token = token(&key.issue([1; 16], Side::Rep, 1000));
        let here: SocketAddr = "192.0.2.7:4000".parse().unwrap();
        let there: SocketAddr = "192.0.2.7:4001".parse().unwrap();
        let cookie = key.cookie(here, &token, 600);
        assert!(key.cookie_is_fresh(here, &token, 660, &cookie));
        assert!(!key.cookie_is_fresh(here, &token, 720, &cookie));
        assert!(!key.cookie_is_fresh(there, &token, 600, &cookie));
    }
}
