//! A relay that is slow, one that has gone silent, and one of another version, over real TCP and WebSockets.

#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::protocol::Role;

/// Long enough for a busy machine to get a byte through, short enough to be waited for.
const SILENCE: Duration = Duration::from_secs(2);

/// A program talking to a bare TCP stream that stands for its relay, and what it tells.
async fn program() -> (TcpStream, mpsc::Receiver<ControlEvent>, tokio::task::JoinHandle<ControlProblem>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tcp = TcpStream::connect(address).await.unwrap();
    let (relay, _) = listener.accept().await.unwrap();
    let heard = LastHeard::new();
    let stream = Listening::new(tcp, heard.clone());
    let socket = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
    let (events, told) = mpsc::channel(4);
    let running = tokio::spawn(async move {
        let (_nobody, mut outgoing) = mpsc::channel(1);
        let caller = Caller { side: Side::Rep, engine: "none".to_owned() };
        let connected = Connected { socket, address, heard };
        let mut pause = RETRY_FIRST;
        talk(connected, &caller, &mut outgoing, &events, &mut pause, SILENCE).await.unwrap_err()
    });
    (relay, told, running)
}

/// One unmasked binary frame, as servers send it (RFC 6455, 5.2).
fn framed(message: &FromRelay) -> Vec<u8> {
    let body = wire::encode(message, FROM_RELAY_BYTES_MAX).unwrap();
    let length = u16::try_from(body.len()).unwrap();
    assert!(length > 125);
    [&[0x82_u8, 126][..], &length.to_be_bytes(), &body].concat()
}

#[tokio::test]
async fn a_message_that_takes_longer_than_the_silence_allowed_arrives() {
    let (mut relay, mut told, running) = program().await;
    let plugin = FromRelay::Plugin { digest: [7; 32], package: vec![1; 400], code: vec![2; 400] };
    let bytes = framed(&plugin);
    // Nothing whole comes for one and a half times the silence after which the connection would be dead.
    let pieces: Vec<&[u8]> = bytes.chunks(bytes.len().div_ceil(30)).collect();
    for piece in pieces {
        relay.write_all(piece).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    match tokio::time::timeout(Duration::from_secs(20), told.recv()).await.unwrap() {
        Some(ControlEvent::Message(FromRelay::Plugin { digest, code, .. })) => {
            assert_eq!((digest, code.len()), ([7; 32], 400));
        }
        other => panic!("{other:?}"),
    }
    assert!(!running.is_finished());
    running.abort();
}

#[tokio::test]
async fn a_relay_that_says_nothing_is_given_up() {
    let (relay, _told, running) = program().await;
    let problem = tokio::time::timeout(Duration::from_secs(30), running).await.unwrap().unwrap();
    assert_eq!(problem, ControlProblem::Unreachable("nothing heard for 2 s".to_owned()));
    drop(relay);
}

#[tokio::test]
async fn a_version_that_was_not_offered_is_incompatible_and_says_who_must_update() {
    for (version, next) in [(control::VERSION + 1, "update the program"), (0, "must update the relay")] {
        let (mut relay, mut told, running) = program().await;
        // Long, since `framed` writes none that are short.
        let relay_version = "9.9.9-".to_owned() + &"long ".repeat(40);
        let (code_key, licence_key) = ([1; 32], Some([2; 32]));
        let hello = FromRelay::Hello {
            version,
            relay_version,
            developer: false,
            code_key,
            audit: true,
            licence_key,
            now_s: 1_795_910_400,
            notes: true,
        };
        relay.write_all(&framed(&hello)).await.unwrap();
        match tokio::time::timeout(Duration::from_secs(30), running).await.unwrap().unwrap() {
            ControlProblem::Incompatible(detail) => {
                assert!(detail.contains(next) && detail.contains("9.9.9"), "{detail}")
            }
            other => panic!("{other:?}"),
        }
        assert!(told.recv().await.is_none(), "nobody is told that it stands");
    }
}
