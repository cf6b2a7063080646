//! QUIC's settings, the same at both ends, with the reason for each figure.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use quinn::{EndpointConfig, IdleTimeout, MtuDiscoveryConfig, TransportConfig, VarInt};
use quinn_proto::HashedConnectionIdGenerator;

use crate::class::{Class, UNREAD_MAX};
use crate::congestion::DelayFactory;
use crate::identity::Identity;

/// Liveness is judged by packets, so there has to be one a second.
const KEEP_ALIVE: Duration = Duration::from_secs(1);
/// A session whose peer is gone waits for it that long (N4), so the link does too, and a little longer.
const IDLE_MAX_MS: u32 = 11 * 60 * 1000;
/// Open streams that the peer may have.
pub(crate) const STREAMS_MAX: u32 = 256;
/// One stream's unread bytes.
const STREAM_WINDOW: u32 = 8 << 20;
/// All streams' unread bytes.
const RECEIVE_WINDOW: u32 = 48 << 20;
/// All streams' unacknowledged bytes.
const SEND_WINDOW: u64 = 16 << 20;
/// Datagrams that wait: a tenth of a second of pointer moves is more than anybody wants to see late.
const DATAGRAM_BYTES: usize = 128 << 10;
/// Goes through every path that carries QUIC at all.
const MTU_START: u16 = 1200;
/// Ethernet's 1500 without IPv6 and UDP headers.
const MTU_MAX: u16 = 1452;

const fn ceiling(class: Class) -> u64 {
    match class.bounds() {
        Some(bounds) => bounds.ceiling,
        None => 0,
    }
}
// Both bounded classes at their ceiling leave room for the urgent ones, here and there; nor can all urgent streams
// of both sides together, none of them read, keep what is read from coming.
const BOUNDED: u64 = ceiling(Class::Screen) + ceiling(Class::Bulk);
const URGENT: u64 = UNREAD_MAX * 2 * STREAMS_MAX as u64;
const _: () = assert!(BOUNDED + (4 << 20) <= SEND_WINDOW && BOUNDED + URGENT + (4 << 20) <= RECEIVE_WINDOW as u64);
const _: () = assert!(ceiling(Class::Bulk) <= STREAM_WINDOW as u64);

pub(crate) fn transport(epoch: Arc<AtomicU64>) -> Arc<TransportConfig> {
    let mut mtu = MtuDiscoveryConfig::default();
    mtu.upper_bound(MTU_MAX);
    let mut config = TransportConfig::default();
    config
        .keep_alive_interval(Some(KEEP_ALIVE))
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(IDLE_MAX_MS))))
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS_MAX))
        // The hidden one that gives credit back.
        .max_concurrent_uni_streams(VarInt::from_u32(1))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(RECEIVE_WINDOW))
        .send_window(SEND_WINDOW)
        .datagram_receive_buffer_size(Some(DATAGRAM_BYTES))
        .datagram_send_buffer_size(DATAGRAM_BYTES)
        .initial_mtu(MTU_START)
        .mtu_discovery_config(Some(mtu))
        .congestion_controller_factory(Arc::new(DelayFactory { epoch }));
    Arc::new(config)
}

/// Of the end that is connected to: one of a program that was started again as the same end can tell the other that the link of
/// before is no more, so that nobody waits for it to be missed. There is one of it at a time; a second would disown the links
/// of the first.
pub(crate) fn lasting_endpoint(identity: &Identity) -> EndpointConfig {
    let mut config = EndpointConfig::new(Arc::new(identity.reset_key()));
    // Those of before are disowned only if they look like this end's own.
    let numbers = identity.link_numbers_key();
    config.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(numbers)));
    without_greasing(config)
}

/// Of the end that connects, with each try anew.
pub(crate) fn endpoint() -> EndpointConfig {
    without_greasing(EndpointConfig::default())
}

fn without_greasing(mut config: EndpointConfig) -> EndpointConfig {
    // The fixed bit tells QUIC's packets from the forwarder's; greasing would blur it.
    config.grease_quic_bit(false);
    config
}
