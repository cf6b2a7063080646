//! How a join code becomes trust in two keys: a PAKE (SPAKE2) whose messages the relay carries and cannot use.
//!
//! Each end sends two messages and gets two. The first are SPAKE2's. The second carries its sender's certificate
//! fingerprint under MACs of the shared key, over role, session, both first messages and that fingerprint. Who does not
//! know the code cannot make them, so a relay that swaps keys or messages is caught, and it gets one guess per run: the
//! session burns a code after a few failed runs. Pure: bytes in, bytes out.

use std::fmt;

use ring::hmac;
use spake2::{Ed25519Group, Identity as SpakeIdentity, Password, Spake2};

use crate::bind::{Side, constant_time_equal};
use crate::identity::Fingerprint;

const MAC_BYTES: usize = 32;
/// MAC over the run, the fingerprint, MAC over the fingerprint.
const CONFIRMATION_BYTES: usize = MAC_BYTES + 32 + MAC_BYTES;

/// Why pairing failed. The session must not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairingError {
    /// The other side typed another code, or somebody who does not know it is in between.
    #[error("the join code is not the right one")]
    WrongCode,
    /// The code is right, but the key was changed on its way or is not the one that was announced.
    #[error("the other side's key was changed on its way")]
    KeysDiffer,
    /// A message is not of this protocol.
    #[error("the pairing message cannot be understood")]
    Malformed,
}

/// A run of the protocol that waits for the peer's first message.
pub struct Pairing {
    side: Side,
    own: Fingerprint,
    binding: Vec<u8>,
    spake: Spake2<Ed25519Group>,
    own_message: Vec<u8>,
}

impl Pairing {
    /// Starts a run; the bytes go to the peer. `code_secret` is the secret part of the join code, normalised alike on
    /// both sides; `session_binding` names the session (and whatever else both must agree on).
    pub fn start(side: Side, code_secret: &str, session_binding: &[u8], own: Fingerprint) -> (Self, Vec<u8>) {
        let password = Password::new(code_secret.as_bytes());
        let rep = SpakeIdentity::new(&[b"lotse rep ", session_binding].concat());
        let customer = SpakeIdentity::new(&[b"lotse customer ", session_binding].concat());
        let (spake, message) = match side {
            Side::Rep => Spake2::<Ed25519Group>::start_a(&password, &rep, &customer),
            Side::Customer => Spake2::<Ed25519Group>::start_b(&password, &rep, &customer),
        };
        let pairing = Self { side, own, binding: session_binding.to_vec(), spake, own_message: message.clone() };
        (pairing, message)
    }

    /// Takes the peer's first message and gives the second one to send.
    ///
    /// # Errors
    /// [`PairingError::Malformed`] when it is no such message.
    pub fn handle(self, peer_message: &[u8]) -> Result<(Confirming, Vec<u8>), PairingError> {
        let key = self.spake.finish(peer_message).map_err(|_| PairingError::Malformed)?;
        let (rep, customer) = match self.side {
            Side::Rep => (self.own_message.as_slice(), peer_message),
            Side::Customer => (peer_message, self.own_message.as_slice()),
        };
        let root = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let mut run = hmac::Context::with_key(&root);
        for part in [b"lotse pairing 1".as_slice(), &self.binding, rep, customer] {
            // Lengths first: no two lists of parts look alike.
            run.update(&(part.len() as u64).to_be_bytes());
            run.update(part);
        }
        let confirming = Confirming { side: self.side, key: hmac::Key::new(hmac::HMAC_SHA256, run.sign().as_ref()) };
        let message = confirming.confirmation(self.own);
        Ok((confirming, message))
    }
}

impl fmt::Debug for Pairing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pairing").field("side", &self.side).finish_non_exhaustive()
    }
}

/// A run that waits for the peer's confirmation.
pub struct Confirming {
    side: Side,
    key: hmac::Key,
}

impl Confirming {
    /// Takes the peer's second message and gives the one fingerprint to pin. `announced` is what the relay says the
    /// peer's fingerprint is, where it says one.
    ///
    /// # Errors
    /// Says whether the code is wrong or the keys were tampered with.
    pub fn finish(self, peer_message: &[u8], announced: Option<Fingerprint>) -> Result<Fingerprint, PairingError> {
        if peer_message.len() != CONFIRMATION_BYTES {
            return Err(PairingError::Malformed);
        }
        let (run, rest) = peer_message.split_at(MAC_BYTES);
        let (fingerprint, fingerprint_mac) = rest.split_at(32);
        let side = self.side.other();
        if !constant_time_equal(run, self.run_mac(side).as_ref()) {
            return Err(PairingError::WrongCode);
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(fingerprint);
        let fingerprint = Fingerprint(bytes);
        if !constant_time_equal(fingerprint_mac, self.fingerprint_mac(side, fingerprint).as_ref())
            || announced.is_some_and(|announced| announced != fingerprint)
        {
            return Err(PairingError::KeysDiffer);
        }
        Ok(fingerprint)
    }

    fn confirmation(&self, own: Fingerprint) -> Vec<u8> {
        let mut message = Vec::with_capacity(CONFIRMATION_BYTES);
        message.extend_from_slice(self.run_mac(self.side).as_ref());
        message.extend_from_slice(&own.0);
        message.extend_from_slice(self.fingerprint_mac(self.side, own).as_ref());
        message
    }

    /// The role is in it, so that a message sent back to its author is worth nothing.
    fn run_mac(&self, side: Side) -> hmac::Tag {
        hmac::sign(&self.key, &[b"run ".as_slice(), role(side)].concat())
    }

    fn fingerprint_mac(&self, side: Side, fingerprint: Fingerprint) -> hmac::Tag {
        hmac::sign(&self.key, &[b"key ".as_slice(), role(side), &fingerprint.0].concat())
    }
}

impl fmt::Debug for Confirming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Confirming").field("side", &self.side).finish_non_exhaustive()
    }
}

fn role(side: Side) -> &'static [u8] {
    match side {
        Side::Rep => b"rep",
        Side::Customer => b"cus",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::random::Seeded;

    const REP: Fingerprint = Fingerprint([1; 32]);
    const CUSTOMER: Fingerprint = Fingerprint([2; 32]);
    const LIAR: Fingerprint = Fingerprint([3; 32]);

    type Ended = Result<Fingerprint, PairingError>;

    /// Runs both sides with a relay that may change each message: (1 or 2, who sent it, the bytes).
    fn run(rep_code: &str, customer_code: &str, mut relay: impl FnMut(u8, Side, Vec<u8>) -> Vec<u8>) -> (Ended, Ended) {
        let (rep, from_rep) = Pairing::start(Side::Rep, rep_code, b"session 1", REP);
        let (customer, from_customer) = Pairing::start(Side::Customer, customer_code, b"session 1", CUSTOMER);
        let (rep, rep_confirms) = rep.handle(&relay(1, Side::Customer, from_customer)).unwrap();
        let (customer, customer_confirms) = customer.handle(&relay(1, Side::Rep, from_rep)).unwrap();
        (
            rep.finish(&relay(2, Side::Customer, customer_confirms), Some(CUSTOMER)),
            customer.finish(&relay(2, Side::Rep, rep_confirms), Some(REP)),
        )
    }

    #[test]
    fn both_learn_the_others_key() {
        assert_eq!(run("734-112", "734-112", |_, _, bytes| bytes), (Ok(CUSTOMER), Ok(REP)));
    }

    #[test]
    fn a_wrong_code_is_found_out_by_both() {
        let wrong = Err(PairingError::WrongCode);
        assert_eq!(run("734-112", "734-113", |_, _, bytes| bytes), (wrong, wrong));
    }

    #[test]
    fn a_relay_that_swaps_the_fingerprint_is_caught() {
        let ended = run("734-112", "734-112", |step, _, mut bytes| {
            if step == 2 {
                bytes[MAC_BYTES..MAC_BYTES + 32].copy_from_slice(&LIAR.0);
            }
            bytes
        });
        assert_eq!(ended, (Err(PairingError::KeysDiffer), Err(PairingError::KeysDiffer)));
    }

    #[test]
    fn a_relay_that_announces_another_key_is_caught() {
        let (rep, from_rep) = Pairing::start(Side::Rep, "1", b"s", REP);
        let (customer, from_customer) = Pairing::start(Side::Customer, "1", b"s", CUSTOMER);
        let (rep, _) = rep.handle(&from_customer).unwrap();
        let (_, confirms) = customer.handle(&from_rep).unwrap();
        assert_eq!(rep.finish(&confirms, Some(LIAR)), Err(PairingError::KeysDiffer));
    }

    /// The relay runs the protocol with each side itself, guessing the code: the classic man in the middle.
    #[test]
    fn a_man_in_the_middle_without_the_code_is_caught() {
        let (rep, from_rep) = Pairing::start(Side::Rep, "734-112", b"s", REP);
        let (customer, from_customer) = Pairing::start(Side::Customer, "734-112", b"s", CUSTOMER);
        let (as_customer, lie_to_rep) = Pairing::start(Side::Customer, "000-000", b"s", LIAR);
        let (as_rep, lie_to_customer) = Pairing::start(Side::Rep, "000-000", b"s", LIAR);
        let (_, confirm_to_rep) = as_customer.handle(&from_rep).unwrap();
        let (_, confirm_to_customer) = as_rep.handle(&from_customer).unwrap();
        let (rep, _) = rep.handle(&lie_to_rep).unwrap();
        let (customer, _) = customer.handle(&lie_to_customer).unwrap();
        assert_eq!(rep.finish(&confirm_to_rep, None), Err(PairingError::WrongCode));
        assert_eq!(customer.finish(&confirm_to_customer, None), Err(PairingError::WrongCode));
    }

    #[test]
    fn a_message_sent_back_to_its_author_is_worth_nothing() {
        let (rep, from_rep) = Pairing::start(Side::Rep, "1", b"s", REP);
        assert_eq!(rep.handle(&from_rep).unwrap_err(), PairingError::Malformed);
        let (rep, _) = Pairing::start(Side::Rep, "1", b"s", REP);
        let (_, from_customer) = Pairing::start(Side::Customer, "1", b"s", CUSTOMER);
        let (rep, own_confirmation) = rep.handle(&from_customer).unwrap();
        assert_eq!(rep.finish(&own_confirmation, None), Err(PairingError::WrongCode));
    }

    #[test]
    fn another_session_does_not_pair() {
        let (rep, from_rep) = Pairing::start(Side::Rep, "1", b"s1", REP);
        let (customer, from_customer) = Pairing::start(Side::Customer, "1", b"s2", CUSTOMER);
        let (rep, _) = rep.handle(&from_customer).unwrap();
        let (_, confirms) = customer.handle(&from_rep).unwrap();
        assert_eq!(rep.finish(&confirms, None), Err(PairingError::WrongCode));
    }

    #[test]
    fn fuzz_pairing_messages() {
        let mut random = Seeded::new(11);
        for _ in 0..300 {
            let flip = random.next_u64();
            let step = 1 + (flip & 1) as u8;
            let cut = random.below(40);
            let (pairing, _) = Pairing::start(Side::Rep, "1", b"s", REP);
            let (customer, mut message) = Pairing::start(Side::Customer, "1", b"s", CUSTOMER);
            let (_, mut confirms) = customer.handle(&Pairing::start(Side::Rep, "1", b"s", REP).1).unwrap();
            let hostile = if step == 1 { &mut message } else { &mut confirms };
            let index = random.below(hostile.len());
            hostile[index] ^= 1 + (flip >> 8) as u8 % 255;
            if cut < 20 {
                hostile.truncate(cut);
            }
            if let Ok((confirming, _)) = pairing.handle(&message) {
                assert!(confirming.finish(&confirms, None).is_err());
            }
        }
    }
}
