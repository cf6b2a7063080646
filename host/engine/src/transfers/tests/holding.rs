//! Senders that do not go by a pause.

use super::*;
use crate::transfers::receiving::UNDER_WAY_BYTES_MAX;
use lotse_files::Next;
use std::sync::atomic::AtomicU64;

const LENGTH: usize = 24_000_000;
/// Kind and length of a frame, and the kind of a pause.
const HEAD_BYTES: usize = 5;
const PAUSE: u8 = 32;

/// Takes whole frames off the front of what the receiver said, and leaves its pauses out.
fn without_pauses(said: &mut Vec<u8>) -> Vec<u8> {
    let mut left = Vec::new();
    while said.len() >= HEAD_BYTES {
        let body = u32::from_le_bytes([said[1], said[2], said[3], said[4]]) as usize;
        if said.len() < HEAD_BYTES + body {
            break;
        }
        let frame: Vec<u8> = said.drain(..HEAD_BYTES + body).collect();
        if frame[0] != PAUSE {
            left.extend(frame);
        }
    }
    left
}

/// As `sending::send`, but for pauses, which it never hears of.
async fn send_on(mut sender: Sender, halves: Halves) -> Outcome {
    let Halves { mut send, mut recv } = halves;
    let (mut words, mut said) = (vec![0; 64 * 1024], Vec::new());
    loop {
        match sender.poll() {
            Next::Send(bytes) => send.write_all(bytes).await.unwrap(),
            Next::Wait => {
                let read = recv.read(&mut words).await.unwrap().unwrap();
                said.extend_from_slice(&words[..read]);
                sender.feed(&without_pauses(&mut said));
            }
            Next::Over(end) => {
                let outcome = end.outcome;
                send.finish().unwrap();
                return outcome;
            }
        }
    }
}

/// Waits until no more comes: how much that is.
async fn until_it_stands(came: &AtomicU64) -> u64 {
    loop {
        let before = came.load(Ordering::Acquire);
        tokio::time::sleep(Duration::from_secs(2)).await;
        if before > 0 && came.load(Ordering::Acquire) == before {
            return before;
        }
    }
}

/// Scar: a pause was a word to the sender, and one that passed over it sent everything.
#[tokio::test(flavor = "multi_thread")]
async fn f2_a_sender_that_goes_by_no_pause_is_held_at_the_receiver_and_goes_on_afterwards() {
    for of_the_session in [true, false] {
        let delivery = Delivery::of(LENGTH).await;
        let Pair { sender, receiver, out, into, sending: _, receiving } = delivery.pair().await;
        let pause = |on: bool| if of_the_session { receiving.hold(on) } else { receiving.pause(on) };
        let (came, paused_at) = (AtomicU64::new(0), AtomicU64::new(0));
        let told = |progress: &Progress, _: Waits| {
            came.store(progress.bytes, Ordering::Release);
            if progress.bytes > 0 && paused_at.load(Ordering::Acquire) == 0 {
                paused_at.store(progress.bytes, Ordering::Release);
                pause(true);
            }
        };
        let received = super::super::receiving::receive(receiver, into, receiving.wishes(), told, |_| ());
        let watched = async {
            let stood_at = until_it_stands(&came).await;
            // One piece may be read before the wish is heard of.
            let most = paused_at.load(Ordering::Acquire) + UNDER_WAY_BYTES_MAX + 1_000_000;
            assert!(stood_at <= most, "{stood_at} of {most}");
            assert!(!delivery.arrived().exists());
            pause(false);
        };
        let (sent, received, ()) = within(async { tokio::join!(send_on(sender, out), received, watched) }).await;
        assert_eq!((sent, received.outcome), (Outcome::Whole, Outcome::Whole));
        assert!(std::fs::read(delivery.arrived()).unwrap() == std::fs::read(&delivery.file).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f2_what_begins_at_a_pause_brings_nothing_before_it_is_over() {
    let delivery = Delivery::of(LENGTH).await;
    let Pair { sender, receiver, out, into, sending: _, receiving } = delivery.pair().await;
    receiving.hold(true);
    let (named, moved, looks) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let told = |progress: &Progress, waits: Waits| {
        if named.load(Ordering::Acquire) && waits == Waits::Here {
            moved.store(progress.bytes_moved, Ordering::Release);
            looks.fetch_add(1, Ordering::AcqRel);
        }
    };
    let news = |news: News| {
        if matches!(news, News::Named(_)) {
            named.store(true, Ordering::Release);
        }
    };
    let received = super::super::receiving::receive(receiver, into, receiving.wishes(), told, news);
    let watched = async {
        while looks.load(Ordering::Acquire) < 3 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(moved.load(Ordering::Acquire), 0);
        receiving.hold(false);
    };
    let (sent, received, ()) = within(async { tokio::join!(send_on(sender, out), received, watched) }).await;
    assert_eq!((sent, received.outcome), (Outcome::Whole, Outcome::Whole));
}

#[tokio::test(flavor = "multi_thread")]
async fn f2_nobody_gets_round_a_persons_pause_with_another_stream() {
    let (shared, _reports) = Shared::bare(1);
    let transfers = &shared.transfers;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_path_buf();
    let target = transfers.take_target(&shared, "a.b", place, Agreed::default(), false).unwrap();
    let streams = [(); 2].map(|()| shared.streams.insert_for(0, REP));
    let first = transfers.receive(&shared, 0, target, streams[0]).unwrap();
    transfers.pause(first, true);
    let second = transfers.receive(&shared, 0, target, streams[1]).unwrap();
    assert!(transfers.stands(second));
    transfers.pause(second, false);
    assert!(!transfers.stands(second));
    streams.into_iter().for_each(|stream| shared.streams.drop_it(stream));
}
