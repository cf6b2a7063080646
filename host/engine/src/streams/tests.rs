//! Plugins' streams over a real link: two ends and a forwarder on loopback.

#![allow(clippy::unwrap_used)]

use super::*;
use lotse_forwarder::{Forwarder, Running};
use lotse_transport::bind::{RelayKey, Side};
use lotse_transport::{Identity, Link, Listener, PathConfig, connect, listen};
use std::time::Duration;

/// Nothing here takes as long, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const KEY: [u8; 32] = [42; 32];

/// Two ends, and what keeps them together.
pub(crate) struct Ends {
    pub here: Link,
    pub there: Link,
    _listener: Listener,
    _forwarder: Running,
}

pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap()
}

pub(crate) async fn meet() -> Ends {
    let forwarder = Forwarder::bind(([127, 0, 0, 1], 0).into(), RelayKey::new(KEY)).unwrap().start().unwrap();
    let relay = forwarder.local_addr();
    let path = |side| PathConfig { relay, ticket: RelayKey::new(KEY).issue([9; 16], side, u64::MAX) };
    let (rep, customer) = (Identity::generate().unwrap(), Identity::generate().unwrap());
    let listener = within(listen(&rep, customer.fingerprint(), path(Side::Rep))).await.unwrap();
    let (there, here) =
        tokio::join!(within(listener.accept()), within(connect(&customer, rep.fingerprint(), path(Side::Customer))));
    Ends { here: here.unwrap(), there: there.unwrap(), _listener: listener, _forwarder: forwarder }
}

/// A stream that the other side opened, as it comes here.
async fn come(ends: &Ends, written: &[u8]) -> (Halves, SendStream, RecvStream) {
    let (mut send, recv) = ends.there.open(lotse_transport::Class::Screen, b"screen").await.unwrap();
    send.write_all(written).await.unwrap();
    let incoming = within(ends.here.accept()).await.unwrap();
    (Halves { send: incoming.send, recv: incoming.recv }, send, recv)
}

/// Scar: of a stream that was taken with bytes in it, these went to the plugin that held it no longer, and the picture's
/// reader began in the middle of a message.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_already_goes_to_the_taker_whole() {
    let ends = meet().await;
    let (shared, _reports) = Shared::bare(1);
    for round in 0..64 {
        let (halves, mut send, _recv) = come(&ends, b"the first picture").await;
        send.finish().unwrap();
        // Once everything has arrived, both of the stream's ways are ready at once.
        tokio::time::sleep(Duration::from_millis(2)).await;
        let (id, entry) = shared.streams.insert(0).unwrap();
        let taken = shared.streams.take(id).unwrap();
        assert_eq!(shared.streams.take(id).err(), Some(ErrorCode::Gone), "one taker");
        within(carry(&shared, id, &entry, halves)).await;
        let mut halves = taken.await.unwrap();
        let picture = within(halves.recv.read_to_end(100)).await.unwrap();
        assert_eq!(picture, b"the first picture", "round {round}");
        assert_eq!(shared.streams.write(id, b"x"), Err(ErrorCode::Gone), "the plugin has it no longer");
    }
}

/// What the plugin wrote goes first, however long the other side takes; until then nobody reads in the taker's place.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_read_while_what_was_written_goes_out_before_the_taker() {
    let ends = meet().await;
    let (shared, _reports) = Shared::bare(1);
    let (halves, mut send, mut recv) = come(&ends, b"one, ").await;
    let (id, entry) = shared.streams.insert(0).unwrap();
    assert_eq!(shared.streams.write(id, &[7; BUFFER_BYTES_MAX + 1]), Ok(BUFFER_BYTES_MAX as u32));
    let taken = shared.streams.take(id).unwrap();
    let task = tokio::spawn({
        let shared = shared.clone();
        async move { carry(&shared, id, &entry, halves).await }
    });
    send.write_all(b"two").await.unwrap();
    send.finish().unwrap();
    let mut written = 0;
    while written < BUFFER_BYTES_MAX {
        written += within(recv.read_chunk()).await.unwrap().unwrap().len();
    }
    let mut halves = within(taken).await.unwrap();
    assert_eq!(within(halves.recv.read_to_end(100)).await.unwrap(), b"one, two");
    within(task).await.unwrap();
}

/// The contract: `finish`, and the other side gets everything.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_was_finished_and_let_go_arrives_whole() {
    let ends = meet().await;
    let (shared, _reports) = Shared::bare(1);
    for finished in [true, false] {
        // Its own way back stands open; nothing comes there, which a plugin that does not run could not take.
        let (halves, _send, mut recv) = come(&ends, b"").await;
        let (id, entry) = shared.streams.insert(0).unwrap();
        shared.streams.write(id, &[7; 100_000]).unwrap();
        if finished {
            shared.streams.finish(id);
        }
        shared.streams.let_go(id);
        let (_, arrived) =
            within(async { tokio::join!(carry(&shared, id, &entry, halves), recv.read_to_end(1 << 20)) }).await;
        assert_eq!(arrived.is_ok_and(|bytes| bytes.len() == 100_000), finished);
        assert_eq!(shared.streams.get(id).err(), Some(ErrorCode::Gone), "nothing of it is left");
    }
}

#[tokio::test]
async fn no_plugin_takes_all_streams_of_a_session() {
    let (shared, _reports) = Shared::bare(8);
    for plugin in 0..STREAMS_MAX / PLUGIN_STREAMS_MAX {
        for _ in 0..PLUGIN_STREAMS_MAX {
            shared.streams.insert(plugin).unwrap();
        }
        assert_eq!(shared.streams.insert(plugin).err(), Some(ErrorCode::Limit), "its own part");
    }
    assert_eq!(shared.streams.insert(7).err(), Some(ErrorCode::Limit), "all of the session's");
    shared.streams.forget(1);
    assert!(shared.streams.insert(7).is_ok());
}
