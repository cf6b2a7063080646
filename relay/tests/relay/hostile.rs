use super::*;
use crate::program::tls;
use lotse_protocol::wire;
use lotse_relay::relay::Timing;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

/// The relay still serves whoever behaves.
async fn still_works(relay: &Relay) {
    let (mut rep, _) = rep(relay).await;
    code(&mut rep).await;
}

fn quick(folder: &TempDir) -> RelayConfig {
    let mut config = config(folder);
    config.timing = Timing {
        hello: Duration::from_millis(500),
        ping: Duration::from_millis(200),
        dead: Duration::from_millis(1000),
    };
    config
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_messages_are_refused_and_many_of_them_closed() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let mut program = Program::connect(&relay, Side::Customer).await;
    for _ in 0..16 {
        program.bytes(b"\xff\x00 no message".to_vec()).await;
        assert!(matches!(program.hear().await, FromRelay::Refused { .. }));
    }
    program.bytes(vec![]).await;
    assert_eq!(program.goodbye().await.unwrap().0, 1008);
    still_works(&relay).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mutated_messages_never_end_the_relay() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let session = SessionId([3; 16]);
    let good = [
        ToRelay::Hello { versions: vec![1], side: Side::Rep, program_version: "1".into(), engine: "e".into() },
        ToRelay::SignInAgain { token: Secret("t".repeat(64)) },
        ToRelay::SignOut,
        ToRelay::NewCode,
        ToRelay::Join { nameplate: 12345, name: "n".into(), system: "s".into() },
        ToRelay::Resume { session, token: Secret("t".repeat(64)) },
        ToRelay::Signal { session, body: vec![1; 100] },
        ToRelay::EndSession { session, reason: "r".into() },
        ToRelay::FetchPlugin { digest: [7; 32] },
        ToRelay::TakeSeat { seat: 7 },
        ToRelay::Notes { session, revision: 1, text: "worn\nroller".into() },
    ];
    let good: Vec<Vec<u8>> = good.iter().map(|message| wire::encode(message, 4096).unwrap()).collect();
    let mut seed = 0x5eed_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    for round in 0..12 {
        let side = if round % 2 == 0 { Side::Rep } else { Side::Customer };
        let mut program = Program::connect(&relay, side).await;
        for _ in 0..100 {
            let mut bytes = good[next() % good.len()].clone();
            for _ in 0..next() % 4 {
                let at = next() % bytes.len();
                bytes[at] = next() as u8;
            }
            bytes.truncate(bytes.len() - (next() % 20) / 18);
            if futures_util::SinkExt::send(&mut program.socket, Message::Binary(bytes.into())).await.is_err() {
                break;
            }
        }
    }
    still_works(&relay).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_messages_close_only_their_connection() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let mut program = Program::connect(&relay, Side::Customer).await;
    program.bytes(vec![0; wire::TO_RELAY_BYTES_MAX + 1]).await;
    assert!(matches!(program.hear().await, FromRelay::Refused { reason } if reason.contains("limit")));
    assert_eq!(program.goodbye().await.unwrap().0, 1008);
    let mut program = Program::connect(&relay, Side::Customer).await;
    // The relay may close before it has read everything.
    let _ = futures_util::SinkExt::send(&mut program.socket, Message::Binary(vec![0; 4 * 1024 * 1024].into())).await;
    assert!(program.hear_or_end().await.is_none());
    still_works(&relay).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_told_and_shown_out() {
    let folder = folder().await;
    let relay = Relay::start(quick(&folder)).await.unwrap();
    for first in [
        ToRelay::NewCode,
        ToRelay::Hello { versions: vec![], side: Side::Rep, program_version: String::new(), engine: String::new() },
    ] {
        let mut program = Program::silent(&relay).await;
        program.say(first).await;
        assert!(matches!(program.hear().await, FromRelay::Incompatible { .. }));
        assert!(program.hear_or_end().await.is_none());
    }
    let mut newer = Program::silent(&relay).await;
    newer
        .say(ToRelay::Hello {
            versions: vec![7, 8],
            side: Side::Rep,
            program_version: "9.0.0".into(),
            engine: String::new(),
        })
        .await;
    assert!(matches!(newer.hear().await, FromRelay::Incompatible { reason } if reason.contains("update the relay")));
    let mut silent = Program::silent(&relay).await;
    assert!(silent.hear_or_end().await.is_none(), "who says nothing is closed");

    let mut raw = TcpStream::connect(relay.control()).await.unwrap();
    raw.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let _ = raw.read_to_end(&mut vec![]).await;
    let mut web = tls(relay.control(), relay.certificate_sha256()).await.unwrap();
    web.write_all(b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = vec![];
    let _ = web.read_to_end(&mut answer).await;
    assert!(answer.starts_with(b"HTTP/1.1 404"), "{}", String::from_utf8_lossy(&answer));
    assert!(tls(relay.control(), [0; 32]).await.is_err(), "the pin is what is trusted");
    still_works(&relay).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_takes_nothing_in_blocks_nobody() {
    let folder = folder().await;
    let relay = Relay::start(quick(&folder)).await.unwrap();
    let (mut rep, _) = rep(&relay).await;
    let (session, nameplate, _) = code(&mut rep).await;
    let mut stuck = Program::connect(&relay, Side::Customer).await;
    join(&mut stuck, nameplate).await;
    stuck.offer().await;
    rep.offer().await;
    rep.say(ToRelay::Paired { session }).await;
    // From here `stuck` neither reads nor answers pings, so it is taken for dead, whatever is sent to it.
    for _ in 0..100 {
        rep.say(ToRelay::Signal { session, body: vec![0; 4096] }).await;
    }
    code(&mut rep).await;
    loop {
        if matches!(rep.hear().await, FromRelay::Presence { present: false, .. }) {
            break;
        }
    }
    still_works(&relay).await;
    drop(stuck);
    relay.stop().await;
}
