//! What the transport reads before there is any trust: bind messages, tickets, pairing; and the key it restores.

use crate::pieces;
use lotse_transport::bind::{FromRelay, LegTicket, RelayKey, Side, ToRelay, is_bind_message};
use lotse_transport::pairing::Pairing;
use lotse_transport::{Fingerprint, Identity};

/// The key of a relay that issued the tickets among the examples.
pub const RELAY_KEY: [u8; 32] = [4; 32];
/// The relay's clock, in seconds: before those tickets expire.
pub const NOW_UNIX: u64 = 1_000;
/// Where a token has its eight bytes of expiry: behind version, session and side.
const EXPIRY: std::ops::Range<usize> = 18..26;

/// What is read is what was written: no byte is ignored and none is read past the end.
pub fn bind_messages(bytes: &[u8]) {
    let to_relay = ToRelay::decode(bytes).map(|message| message.encode());
    let from_relay = FromRelay::decode(bytes).map(|message| message.encode());
    for again in [to_relay, from_relay].into_iter().flatten() {
        assert_eq!(again, bytes, "a bind message does not come back");
        assert!(is_bind_message(bytes), "QUIC would take this bind message for its own");
    }
}

/// A token that passes is one that this relay issued, byte for byte.
pub fn leg_token(bytes: &[u8]) {
    let key = RelayKey::new(RELAY_KEY);
    let shown = LegTicket { token: bytes.to_vec(), secret: [0; 32] };
    let Ok(token) = shown.token_array() else { return };
    let Ok(leg) = key.check(&token, NOW_UNIX) else { return };
    let expires = bytes.get(EXPIRY).and_then(|expiry| expiry.try_into().ok()).map(u64::from_be_bytes);
    let issued = expires.map(|expires| key.issue(leg.session, leg.side, expires).token);
    assert_eq!(issued.as_deref(), Some(bytes), "a token passed that was never issued");
}

/// The other side's two messages, behind a byte that says which side this is. Without the secret nothing ends well.
pub fn pairing(bytes: &[u8]) {
    let side = if bytes.first().is_some_and(|first| first & 1 == 1) { Side::Rep } else { Side::Customer };
    let mut messages = pieces(bytes.get(1..).unwrap_or_default());
    let (first, second) = (messages.next().unwrap_or_default(), messages.next().unwrap_or_default());
    let (pairing, _) = Pairing::start(side, "00042", b"session", Fingerprint([1; 32]));
    if let Ok((confirming, _)) = pairing.handle(first) {
        assert!(confirming.finish(second, None).is_err(), "paired with somebody who does not know the secret");
    }
}

/// A session's key as the resume note keeps it.
pub fn identity(bytes: &[u8]) {
    if let Ok(identity) = Identity::from_bytes(bytes) {
        assert_eq!(identity.to_bytes(), bytes, "a restored key is not the one that was kept");
    }
}
