//! The forwarder's own socket against those it does not know.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::net::UdpSocket;
use std::time::Duration;

use common::{Ends, forwarder};
use lotse_transport::bind::{FromRelay, MESSAGE_BYTES_MAX};

#[tokio::test(flavor = "multi_thread")]
async fn an_unbound_sender_gets_nothing_forwarded_and_little_back() {
    let forwarder = forwarder(0);
    let ends = Ends::meet(forwarder.local_addr()).await;
    let before = forwarder.metrics().report();
    let received = ends.rep.stats().received_bytes;
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    stranger.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    for _ in 0..200 {
        stranger.send_to(&[0x40; 5000], forwarder.local_addr()).unwrap();
    }
    let mut answers = 0;
    let mut buffer = [0; 2000];
    while let Ok(length) = stranger.recv(&mut buffer) {
        assert_eq!(FromRelay::decode(&buffer[..length]), Some(FromRelay::Unbound));
        answers += length;
    }
    assert!((1..100).contains(&answers), "{answers} bytes for 1,000,000");
    let after = forwarder.metrics().report();
    assert_eq!(after.dropped_unbound - before.dropped_unbound, 200);
    // Only the session's own keepalives were forwarded meanwhile.
    assert!(ends.rep.stats().received_bytes - received < 5_000);
}

#[test]
fn fuzz_the_socket() {
    let forwarder = forwarder(0);
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    stranger.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let mut state = 77u64;
    for _ in 0..5_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let length = (state >> 40) as usize % (MESSAGE_BYTES_MAX + 20);
        let packet: Vec<u8> = (0..length as u64).map(|index| (state >> (index % 56)) as u8 & 0x97).collect();
        stranger.send_to(&packet, forwarder.local_addr()).unwrap();
    }
    let mut buffer = [0; 2000];
    while stranger.recv(&mut buffer).is_ok() {}
    let report = forwarder.metrics().report();
    assert_eq!((report.legs, report.packets), (0, 0));
    forwarder.stop();
}
