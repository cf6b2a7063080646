//! Packets at the forwarder's socket, all from one address.
//!
//! Each piece of an input is one batch: how long its packets are in a byte, then the packets. One address is one leg at
//! most, so nothing may ever be forwarded; and no answer may be as long as what it answers.

use crate::pieces;
use crate::transport::{NOW_UNIX, RELAY_KEY};
use lotse_forwarder::RelayKey;
use lotse_forwarder::fuzzing::{Fate, Newborn};
use lotse_transport::bind::FromRelay;
use std::net::SocketAddr;

const BATCHES_MAX: usize = 32;

/// Where all packets come from; cookies among the examples are for this address.
#[must_use]
pub fn sender() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 4_000))
}

pub fn forwarder_packets(bytes: &[u8]) {
    let mut forwarder = Newborn::new(RelayKey::new(RELAY_KEY), NOW_UNIX);
    for piece in pieces(bytes).take(BATCHES_MAX) {
        if let Some((stride, batch)) = piece.split_first() {
            decide(&mut forwarder, batch, usize::from(*stride));
        }
    }
}

fn decide(forwarder: &mut Newborn, batch: &[u8], stride: usize) {
    let fate = forwarder.handle(sender(), batch, stride);
    assert!(fate != Fate::Forwarded, "a packet was forwarded though nobody is at the other end");
    match fate {
        Fate::Answered(answer) => {
            assert!(answer.len() < batch.len(), "{} bytes answer {}", answer.len(), batch.len());
            assert!(FromRelay::decode(&answer).is_some(), "an answer that no end understands");
        }
        Fate::Split => {
            assert!(stride > 0 && batch.len() > stride, "a single packet cannot be split");
            batch.chunks(stride).for_each(|packet| decide(forwarder, packet, packet.len()));
        }
        Fate::Dropped | Fate::Forwarded => {}
    }
}
