//! What programs and relay, and the two hosts of a session, say to each other in CBOR.
//!
//! A message that was understood is written anew and must then be understood as the same. Bytes that are cut
//! differently must give the same messages, since a stream may be cut anywhere.

use lotse_protocol::control::{FromRelay, ToRelay};
use lotse_protocol::licence::{FEATURES_MAX, Licence};
use lotse_protocol::peer::{self, HEADER_BYTES_MAX, PeerMessage, StreamHeader, Unframer};
use lotse_protocol::wire::{self, FROM_RELAY_BYTES_MAX, TO_RELAY_BYTES_MAX};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Small and odd, so that it cuts lengths and bodies everywhere.
const PORTION_BYTES: usize = 3;

/// What a relay hears from anybody who connects.
pub fn control_to_relay(bytes: &[u8]) {
    comes_back::<ToRelay>(bytes, TO_RELAY_BYTES_MAX);
}

/// What a program hears from its relay.
pub fn control_from_relay(bytes: &[u8]) {
    comes_back::<FromRelay>(bytes, FROM_RELAY_BYTES_MAX);
}

/// What stands in a licence. Whatever is read has bounds, comes back from being written, and never covers what it does not
/// name.
pub fn licence_document(bytes: &[u8]) {
    let Ok(licence) = Licence::read(bytes) else { return };
    assert!(licence.features.len() <= FEATURES_MAX, "more features than there may be");
    for now_s in [i64::MIN, licence.issued_s, licence.expires_s, i64::MAX] {
        let _ = licence.stands(&licence.account_name, now_s);
        assert!(licence.covered(now_s).all(|feature| licence.features.contains_key(feature)), "covered without a name");
        assert!(now_s < licence.expires_s || licence.covered(now_s).next().is_none(), "covered after its end");
    }
    // Only where the bytes left out what is always written can it have become too long.
    if let Ok(written) = licence.write() {
        assert_eq!(Licence::read(&written), Ok(licence), "a licence does not come back");
    }
}

/// What stands before a plugin's stream.
pub fn stream_header(bytes: &[u8]) {
    comes_back::<StreamHeader>(bytes, HEADER_BYTES_MAX);
}

/// The hosts' own stream.
pub fn peer_messages(bytes: &[u8]) {
    let (messages, broken) = heard(bytes, bytes.len());
    assert_eq!(heard(bytes, PORTION_BYTES), (messages.clone(), broken), "portions change what is heard");
    for message in messages {
        if let Ok(framed) = peer::frame(&message) {
            assert_eq!(heard(&framed, framed.len()), (vec![message], false), "a message does not come back");
        }
    }
}

fn comes_back<T: Serialize + DeserializeOwned>(bytes: &[u8], bytes_max: usize) {
    let Ok(message) = wire::decode::<T>(bytes, bytes_max) else { return };
    // Only where the bytes left out what is always written can the message have become too long.
    let Ok(once) = wire::encode(&message, bytes_max) else { return };
    let again = wire::decode::<T>(&once, bytes_max).and_then(|message| wire::encode(&message, bytes_max));
    assert_eq!(again, Ok(once), "what was understood is not what is written");
}

/// All messages, and whether the stream broke the protocol.
fn heard(bytes: &[u8], portion_bytes: usize) -> (Vec<PeerMessage>, bool) {
    let mut unframer = Unframer::default();
    let mut messages = Vec::new();
    for portion in bytes.chunks(portion_bytes.max(1)) {
        if unframer.push(portion).is_err() {
            return (messages, true);
        }
        loop {
            match unframer.next_message() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(_) => return (messages, true),
            }
        }
    }
    (messages, false)
}
