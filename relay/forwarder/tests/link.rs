//! Two real ends through a real forwarder on loopback: what a session does to the path, and the path to a session.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::time::{Duration, Instant};

use bytes::Bytes;
use common::{Ends, RELAY_KEY, SESSION, forwarder, identities, path, within};
use lotse_transport::bind::{Refusal, RelayKey, Side};
use lotse_transport::{Class, CloseReason, Identity, LinkState, PathConfig, TransportError, connect, listen};

/// Sends `total` bytes of a known pattern and checks every one; returns the longest gap between two arrivals.
async fn transfer(ends: &Ends, class: Class, total: usize, mut at_half: impl FnMut()) -> Duration {
    let (mut send, _recv) = ends.customer.open(class, b"transfer").await.unwrap();
    let sender = tokio::spawn(async move {
        let block: Vec<u8> = (0..=255).cycle().take(1 << 16).collect();
        let mut left = total;
        while left > 0 {
            let part = left.min(block.len());
            send.write_all(&block[..part]).await.unwrap();
            left -= part;
        }
        send.finish().unwrap();
        send.stopped().await.unwrap();
    });
    let mut incoming = within(ends.rep.accept()).await.unwrap();
    assert_eq!((incoming.class, incoming.header.as_ref()), (class, b"transfer".as_slice()));
    let (mut received, mut half, mut gap, mut last) = (0, false, Duration::ZERO, Instant::now());
    while let Some(chunk) = within(incoming.recv.read_chunk()).await.unwrap() {
        for byte in &chunk {
            assert_eq!(*byte, received as u8, "at {received}");
            received += 1;
        }
        gap = gap.max(last.elapsed());
        last = Instant::now();
        if !half && received >= total / 2 {
            half = true;
            at_half();
        }
    }
    assert_eq!(received, total);
    within(sender).await.unwrap();
    gap
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_and_datagrams_go_both_ways() {
    let forwarder = forwarder(0);
    let ends = Ends::meet(forwarder.local_addr()).await;
    assert_eq!(ends.rep.safety_code(), ends.customer.safety_code());
    for class in Class::ALL {
        for (from, to) in [(&ends.rep, &ends.customer), (&ends.customer, &ends.rep)] {
            let (mut send, mut recv) = from.open(class, b"what for").await.unwrap();
            send.write_all(b"there").await.unwrap();
            send.finish().unwrap();
            let mut incoming = within(to.accept()).await.unwrap();
            assert_eq!((incoming.class, incoming.header.as_ref()), (class, b"what for".as_slice()));
            assert_eq!(incoming.recv.read_to_end(100).await.unwrap(), b"there");
            incoming.send.write_all(b"and back").await.unwrap();
            incoming.send.finish().unwrap();
            assert_eq!(within(recv.read_to_end(100)).await.unwrap(), b"and back");
        }
    }
    ends.rep.send_datagram(Bytes::from_static(b"quick")).unwrap();
    assert_eq!(within(ends.customer.read_datagram()).await.unwrap().as_ref(), b"quick");
    assert!(ends.rep.datagram_bytes_max() > 1100);
    assert_eq!(ends.rep.stats().state, LinkState::Good);
    assert!(forwarder.metrics().report().packets > 10);
    ends.customer.shut_down(7, "done").await;
    assert_eq!(within(ends.rep.closed()).await, CloseReason::There { code: 7, text: "done".to_owned() });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_transfer_is_whole_and_all_credit_comes_back() {
    let forwarder = forwarder(0);
    let ends = Ends::meet(forwarder.local_addr()).await;
    let started = Instant::now();
    transfer(&ends, Class::Bulk, 40 << 20, || {}).await;
    println!("40 MiB in {:?}, {:?}", started.elapsed(), ends.customer.stats());
    let room = async {
        while ends.customer.room(Class::Bulk) < 256 << 10 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    within(room).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_another_key_is_refused() {
    let forwarder = forwarder(0);
    let (rep, customer) = identities();
    let stranger = Identity::generate().unwrap();
    let listener = listen(&rep, customer.fingerprint(), path(forwarder.local_addr(), Side::Rep)).await.unwrap();
    let accepting = tokio::spawn(async move { listener.accept().await });
    let refused = within(connect(&stranger, rep.fingerprint(), path(forwarder.local_addr(), Side::Customer))).await;
    assert!(matches!(refused, Err(TransportError::WrongPeer)), "{refused:?}");
    assert!(!accepting.is_finished());
    accepting.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rep_with_another_key_is_refused() {
    let forwarder = forwarder(0);
    let (rep, customer) = identities();
    let expected = Identity::generate().unwrap().fingerprint();
    let listener = listen(&rep, customer.fingerprint(), path(forwarder.local_addr(), Side::Rep)).await.unwrap();
    let accepting = tokio::spawn(async move { listener.accept().await });
    let refused = within(connect(&customer, expected, path(forwarder.local_addr(), Side::Customer))).await;
    assert!(matches!(refused, Err(TransportError::WrongPeer)), "{refused:?}");
    accepting.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_ticket_is_refused_with_its_reason() {
    let forwarder = forwarder(0);
    let (rep, customer) = identities();
    let relay = forwarder.local_addr();
    let expired = RelayKey::new(RELAY_KEY).issue(SESSION, Side::Rep, 1);
    let refused = within(listen(&rep, customer.fingerprint(), PathConfig { relay, ticket: expired })).await;
    assert!(matches!(refused, Err(TransportError::Refused(Refusal::Expired))), "{refused:?}");
    let forged = RelayKey::new([0; 32]).issue(SESSION, Side::Customer, u64::MAX);
    let refused = within(connect(&customer, rep.fingerprint(), PathConfig { relay, ticket: forged })).await;
    assert!(matches!(refused, Err(TransportError::Refused(Refusal::Forged))), "{refused:?}");
    assert_eq!(forwarder.metrics().report().legs, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_restarts_under_a_transfer_and_no_byte_is_lost() {
    let mut running = Some(forwarder(0));
    let address = running.as_ref().unwrap().local_addr();
    let ends = Ends::meet(address).await;
    let gap = transfer(&ends, Class::Bulk, 24 << 20, || {
        running.take().unwrap().stop();
        running = Some(forwarder(address.port()));
    })
    .await;
    println!("longest gap {gap:?}");
    assert!(gap < Duration::from_secs(2), "{gap:?}");
    assert_eq!(running.unwrap().metrics().report().legs, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_away_for_seconds_is_found_soon_after_it_is_back() {
    let running = forwarder(0);
    let address = running.local_addr();
    let ends = Ends::meet(address).await;
    let (mut send, mut recv) = ends.customer.open(Class::Interactive, b"echo").await.unwrap();
    let mut incoming = within(ends.rep.accept()).await.unwrap();
    running.stop();
    send.write_all(b"typed while it was away").await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(ends.customer.stats().state, LinkState::Stalled);
    let _running = forwarder(address.port());
    let back = Instant::now();
    let mut text = [0; 23];
    within(incoming.recv.read_exact(&mut text)).await.unwrap();
    incoming.send.write_all(b"ok").await.unwrap();
    within(recv.read_exact(&mut text[..2])).await.unwrap();
    println!("back after {:?}", back.elapsed());
    assert!(back.elapsed() < Duration::from_secs(3), "{:?}", back.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn new_local_sockets_under_a_transfer_cost_no_byte() {
    let forwarder = forwarder(0);
    let ends = Ends::meet(forwarder.local_addr()).await;
    let (sender, receiver) = (ends.customer.path().clone(), ends.rep.path().clone());
    let gap = transfer(&ends, Class::Bulk, 24 << 20, || {
        sender.rebind_local();
        receiver.rebind_local();
    })
    .await;
    println!("longest gap {gap:?}");
    assert!(gap < Duration::from_secs(2), "{gap:?}");
    assert_eq!(forwarder.metrics().report().legs, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_moves_to_another_relay() {
    let (first, second) = (forwarder(0), forwarder(0));
    let ends = Ends::meet(first.local_addr()).await;
    let gap = transfer(&ends, Class::Bulk, 24 << 20, || {
        ends.rep.path().set_relay(path(second.local_addr(), Side::Rep));
        ends.customer.path().set_relay(path(second.local_addr(), Side::Customer));
    })
    .await;
    assert!(gap < Duration::from_secs(2), "{gap:?}");
    assert!(second.metrics().report().packets > 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_customer_takes_the_place_of_the_one_before() {
    let forwarder = forwarder(0);
    let relay = forwarder.local_addr();
    let (rep, customer) = identities();
    let (rep_fingerprint, kept) = (rep.fingerprint(), customer.to_bytes());
    let listener = listen(&rep, customer.fingerprint(), path(relay, Side::Rep)).await.unwrap();
    // The first program dies without a word: with its runtime goes everything that could still send.
    let program = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let first = program.spawn(async move { connect(&customer, rep_fingerprint, path(relay, Side::Customer)).await });
    let before = within(listener.accept()).await.unwrap();
    let dead = within(first).await.unwrap().unwrap();
    program.shutdown_background();
    let restored = Identity::from_bytes(&kept).unwrap();
    let again = tokio::spawn(async move { connect(&restored, rep_fingerprint, path(relay, Side::Customer)).await });
    let second = within(listener.accept()).await.unwrap();
    let customer = within(again).await.unwrap().unwrap();
    assert_eq!(within(before.closed()).await, CloseReason::Here);
    assert_eq!(second.safety_code(), customer.safety_code());
    let (mut send, _recv) = customer.open(Class::Control, b"").await.unwrap();
    send.write_all(b"here again").await.unwrap();
    send.finish().unwrap();
    let mut incoming = within(second.accept()).await.unwrap();
    assert_eq!(incoming.recv.read_to_end(100).await.unwrap(), b"here again");
    drop(dead);
}

/// The customer hears at once that the link of before is no more, and need not miss anybody.
#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_rep_disowns_the_link_of_before_and_is_connected_to_again() {
    let forwarder = forwarder(0);
    let relay = forwarder.local_addr();
    let (rep, customer) = identities();
    let (rep_fingerprint, customer_fingerprint, kept) = (rep.fingerprint(), customer.fingerprint(), rep.to_bytes());
    let program = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let first = program.spawn(async move {
        let listener = listen(&rep, customer_fingerprint, path(relay, Side::Rep)).await.unwrap();
        let link = listener.accept().await.unwrap();
        (listener, link)
    });
    let before = within(connect(&customer, rep_fingerprint, path(relay, Side::Customer))).await.unwrap();
    let dead = within(first).await.unwrap();
    program.shutdown_background();
    let restored = Identity::from_bytes(&kept).unwrap();
    let listener = within(listen(&restored, customer_fingerprint, path(relay, Side::Rep))).await.unwrap();
    let accepting = tokio::spawn(async move { (listener.accept().await.unwrap(), listener) });
    assert_eq!(within(before.closed()).await, CloseReason::Restarted);
    let customer = within(connect(&customer, rep_fingerprint, path(relay, Side::Customer))).await.unwrap();
    let (rep, _listener) = within(accepting).await.unwrap();
    assert_eq!(rep.safety_code(), customer.safety_code());
    drop(dead);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_beside_a_bulk_stream_is_not_starved() {
    let forwarder = forwarder(0);
    let ends = Ends::meet(forwarder.local_addr()).await;
    let (mut bulk, _recv) = ends.customer.open(Class::Bulk, b"bulk").await.unwrap();
    let filling = tokio::spawn(async move { while bulk.write_all(&[7; 1 << 16]).await.is_ok() {} });
    let mut reading = within(ends.rep.accept()).await.unwrap();
    let drain = tokio::spawn(async move { while let Ok(Some(_)) = reading.recv.read_chunk().await {} });
    let (mut send, mut recv) = ends.customer.open(Class::Interactive, b"ping").await.unwrap();
    let mut echo = within(ends.rep.accept()).await.unwrap();
    let echoing = tokio::spawn(async move {
        let mut ping = [0; 8];
        while echo.recv.read_exact(&mut ping).await.is_ok() && echo.send.write_all(&ping).await.is_ok() {}
    });
    let mut times = Vec::new();
    for number in 0..50u64 {
        let start = Instant::now();
        send.write_all(&number.to_be_bytes()).await.unwrap();
        let mut answer = [0; 8];
        within(recv.read_exact(&mut answer)).await.unwrap();
        assert_eq!(u64::from_be_bytes(answer), number);
        times.push(start.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    times.sort();
    println!("ping beside bulk: p50 {:?}, max {:?}; {:?}", times[25], times[49], ends.customer.stats());
    assert!(times[45] < Duration::from_secs(1), "{times:?}");
    for task in [filling, drain, echoing] {
        task.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_does_not_read_bulk_stops_bulk_and_nothing_else() {
    let forwarder = forwarder(0);
    let ends = Ends::meet(forwarder.local_addr()).await;
    let (mut bulk, _recv) = ends.customer.open(Class::Bulk, b"bulk").await.unwrap();
    let unread = within(ends.rep.accept());
    let stuck = tokio::time::timeout(Duration::from_millis(500), async {
        bulk.write_all(&vec![7; 64 << 20]).await.unwrap();
    });
    assert!(stuck.await.is_err(), "64 MiB went into nobody's hands");
    let unread = unread.await.unwrap();
    let (mut send, _recv) = ends.customer.open(Class::Control, b"urgent").await.unwrap();
    send.write_all(&[1; 50_000]).await.unwrap();
    send.finish().unwrap();
    let mut urgent = within(ends.rep.accept()).await.unwrap();
    assert_eq!(within(urgent.recv.read_to_end(1 << 20)).await.unwrap().len(), 50_000);
    // Giving the stream up gives the credit back.
    drop(unread);
    let (mut next, _recv) = ends.customer.open(Class::Bulk, b"next").await.unwrap();
    within(next.write_all(&[7; 200_000])).await.unwrap();
}

/// Plugins choose the class of their streams; one whose other half reads nothing must not fill the window of all.
#[tokio::test(flavor = "multi_thread")]
async fn urgent_streams_that_nobody_reads_hold_no_other_up() {
    let forwarder = forwarder(0);
    let ends = Ends::meet(forwarder.local_addr()).await;
    let (mut stuck, mut unread) = (Vec::new(), Vec::new());
    for _ in 0..40 {
        let (mut send, recv) = ends.customer.open(Class::Control, b"stuck").await.unwrap();
        unread.push(within(ends.rep.accept()).await.unwrap());
        stuck.push(tokio::spawn(async move {
            let _recv = recv;
            send.write_all(&vec![7; 4 << 20]).await
        }));
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(stuck.iter().all(|writing| !writing.is_finished()), "160 MiB went into nobody's hands");
    let (mut send, _recv) = ends.customer.open(Class::Interactive, b"heard").await.unwrap();
    let mut heard = within(ends.rep.accept()).await.unwrap();
    within(send.write_all(b"still here")).await.unwrap();
    send.finish().unwrap();
    assert_eq!(within(heard.recv.read_to_end(100)).await.unwrap(), b"still here");
    // Whoever reads again gets everything.
    let mut first = unread.swap_remove(0);
    let read = tokio::spawn(async move { first.recv.read_to_end(8 << 20).await.map(|all| all.len()) });
    assert_eq!(within(read).await.unwrap().unwrap(), 4 << 20);
    stuck.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_waits_for_a_rep_that_comes_later() {
    let forwarder = forwarder(0);
    let relay = forwarder.local_addr();
    let (rep, customer) = identities();
    let (rep_fingerprint, customer_fingerprint) = (rep.fingerprint(), customer.fingerprint());
    let connecting =
        tokio::spawn(async move { connect(&customer, rep_fingerprint, path(relay, Side::Customer)).await });
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let listener = listen(&rep, customer_fingerprint, path(relay, Side::Rep)).await.unwrap();
    within(listener.accept()).await.unwrap();
    within(connecting).await.unwrap().unwrap();
}
