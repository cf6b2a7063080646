//! The six messages as bytes. Reading is total: anything that is not exactly one of them is `None`.

use super::key::{COOKIE_BYTES, MAC_BYTES, TOKEN_BYTES, TicketError};

/// The longest message there is.
pub const MESSAGE_BYTES_MAX: usize = PROOF_BYTES;

const BIND: u8 = 0x11;
const CHALLENGE: u8 = 0x12;
const PROOF: u8 = 0x13;
const BOUND: u8 = 0x14;
const REFUSED: u8 = 0x15;
const UNBOUND: u8 = 0x16;
const QUIC_FIXED_BIT: u8 = 0x40;

const HEAD_BYTES: usize = 1 + 8;
const BIND_BYTES: usize = HEAD_BYTES + TOKEN_BYTES;
const PROOF_BYTES: usize = BIND_BYTES + COOKIE_BYTES + MAC_BYTES;
const CHALLENGE_BYTES: usize = HEAD_BYTES + COOKIE_BYTES;
const BOUND_BYTES: usize = HEAD_BYTES + MAC_BYTES;
const REFUSED_BYTES: usize = HEAD_BYTES + 1;

// A forwarder must not amplify: each answer is smaller than what it answers.
const _: () = assert!(CHALLENGE_BYTES < BIND_BYTES && REFUSED_BYTES < BIND_BYTES && BOUND_BYTES < PROOF_BYTES);
const _: () = assert!((BIND | CHALLENGE | PROOF | BOUND | REFUSED | UNBOUND) & QUIC_FIXED_BIT == 0);

/// Whether a packet belongs to the bind protocol and not to QUIC. An empty packet belongs to neither; it is ours to drop.
pub fn is_bind_message(packet: &[u8]) -> bool {
    packet.first().is_none_or(|first| first & QUIC_FIXED_BIT == 0)
}

/// Why a forwarder does not bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The ticket's time is over; the control connection hands out a new one.
    #[error("the relay ticket has expired")]
    Expired,
    /// The ticket or the proof is not this relay's.
    #[error("the relay does not know this ticket")]
    Forged,
    /// The forwarder carries as many legs as it may.
    #[error("the relay is full")]
    Full,
}

impl Refusal {
    fn to_byte(self) -> u8 {
        match self {
            Self::Expired => 1,
            Self::Forged => 2,
            Self::Full => 3,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Expired),
            2 => Some(Self::Forged),
            3 => Some(Self::Full),
            _ => None,
        }
    }
}

impl From<TicketError> for Refusal {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Malformed | TicketError::Forged => Self::Forged,
            TicketError::Expired => Self::Expired,
        }
    }
}

/// What an end sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToRelay {
    /// "I want to be this leg." 51 bytes.
    Bind { nonce: u64, token: [u8; TOKEN_BYTES] },
    /// "I got your cookie here and hold the leg's secret." 83 bytes.
    Proof { nonce: u64, token: [u8; TOKEN_BYTES], cookie: [u8; COOKIE_BYTES], mac: [u8; MAC_BYTES] },
}

impl ToRelay {
    /// The message as a packet.
    pub fn encode(&self) -> Vec<u8> {
        let mut packet = Vec::with_capacity(MESSAGE_BYTES_MAX);
        match self {
            Self::Bind { nonce, token } => {
                packet.push(BIND);
                packet.extend_from_slice(&nonce.to_be_bytes());
                packet.extend_from_slice(token);
            }
            Self::Proof { nonce, token, cookie, mac } => {
                packet.push(PROOF);
                packet.extend_from_slice(&nonce.to_be_bytes());
                packet.extend_from_slice(token);
                packet.extend_from_slice(cookie);
                packet.extend_from_slice(mac);
            }
        }
        packet
    }

    /// Reads a packet; `None` for anything else.
    pub fn decode(packet: &[u8]) -> Option<Self> {
        let (&kind, rest) = packet.split_first()?;
        let mut reader = Reader(rest);
        let message = match kind {
            BIND => Self::Bind { nonce: reader.u64()?, token: reader.array()? },
            PROOF => Self::Proof {
                nonce: reader.u64()?,
                token: reader.array()?,
                cookie: reader.array()?,
                mac: reader.array()?,
            },
            _ => return None,
        };
        reader.0.is_empty().then_some(message)
    }
}

/// What a forwarder answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromRelay {
    /// The cookie for the address that asked. 25 bytes.
    Challenge { nonce: u64, cookie: [u8; COOKIE_BYTES] },
    /// The leg is at that address now. 25 bytes.
    Bound { nonce: u64, mac: [u8; MAC_BYTES] },
    /// The ticket was not taken. 10 bytes.
    Refused { nonce: u64, refusal: Refusal },
    /// Data came from an address that is no leg: bind again. 1 byte.
    Unbound,
}

impl FromRelay {
    /// The message as a packet.
    pub fn encode(&self) -> Vec<u8> {
        let mut packet = Vec::with_capacity(CHALLENGE_BYTES);
        match self {
            Self::Challenge { nonce, cookie } => {
                packet.push(CHALLENGE);
                packet.extend_from_slice(&nonce.to_be_bytes());
                packet.extend_from_slice(cookie);
            }
            Self::Bound { nonce, mac } => {
                packet.push(BOUND);
                packet.extend_from_slice(&nonce.to_be_bytes());
                packet.extend_from_slice(mac);
            }
            Self::Refused { nonce, refusal } => {
                packet.push(REFUSED);
                packet.extend_from_slice(&nonce.to_be_bytes());
                packet.push(refusal.to_byte());
            }
            Self::Unbound => packet.push(UNBOUND),
        }
        packet
    }

    /// Reads a packet; `None` for anything else.
    pub fn decode(packet: &[u8]) -> Option<Self> {
        let (&kind, rest) = packet.split_first()?;
        let mut reader = Reader(rest);
        let message = match kind {
            CHALLENGE => Self::Challenge { nonce: reader.u64()?, cookie: reader.array()? },
            BOUND => Self::Bound { nonce: reader.u64()?, mac: reader.array()? },
            REFUSED => Self::Refused { nonce: reader.u64()?, refusal: Refusal::from_byte(reader.array::<1>()?[0])? },
            UNBOUND => Self::Unbound,
            _ => return None,
        };
        reader.0.is_empty().then_some(message)
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::random::Seeded;

    fn to_relay() -> Vec<ToRelay> {
        vec![
            ToRelay::Bind { nonce: 5, token: [3; TOKEN_BYTES] },
            ToRelay::Proof { nonce: 6, token: [3; TOKEN_BYTES], cookie: [4; COOKIE_BYTES], mac: [5; MAC_BYTES] },
        ]
    }

    fn from_relay() -> Vec<FromRelay> {
        vec![
            FromRelay::Challenge { nonce: 1, cookie: [9; COOKIE_BYTES] },
            FromRelay::Bound { nonce: 2, mac: [8; MAC_BYTES] },
            FromRelay::Refused { nonce: 3, refusal: Refusal::Full },
            FromRelay::Unbound,
        ]
    }

    #[test]
    fn every_message_survives_the_way_and_is_no_quic_packet() {
        for message in to_relay() {
            assert!(is_bind_message(&message.encode()));
            assert_eq!(ToRelay::decode(&message.encode()), Some(message));
        }
        for message in from_relay() {
            assert!(is_bind_message(&message.encode()));
            assert_eq!(FromRelay::decode(&message.encode()), Some(message));
        }
        assert!(!is_bind_message(&[0x40]) && !is_bind_message(&[0xc3, 0, 0, 0, 1]));
    }

    #[test]
    fn fuzz_messages() {
        let seeds: Vec<Vec<u8>> =
            to_relay().iter().map(ToRelay::encode).chain(from_relay().iter().map(FromRelay::encode)).collect();
        let mut random = Seeded::new(0x10_75e);
        for _ in 0..50_000 {
            let mut packet = seeds[random.below(seeds.len())].clone();
            for _ in 0..random.below(4) {
                match random.below(3) {
                    0 => packet.truncate(random.below(packet.len() + 1)),
                    1 => packet.push(random.next_u64() as u8),
                    _ if packet.is_empty() => {}
                    _ => {
                        let index = random.below(packet.len());
                        packet[index] = random.next_u64() as u8;
                    }
                }
            }
            // What is read is what was written: no byte is ignored and none is read past the end.
            if let Some(message) = ToRelay::decode(&packet) {
                assert_eq!(message.encode(), packet);
            }
            if let Some(message) = FromRelay::decode(&packet) {
                assert_eq!(message.encode(), packet);
            }
        }
    }
}
