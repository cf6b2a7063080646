//! O3 · Health, metrics, drain, backup and certificates from files, on a relay that runs.

use super::*;
use crate::program::tls;
use lotse_relay::{TlsFiles, ready};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// Until then something must have happened.
const SOON: Duration = Duration::from_secs(20);

/// What the relay answers, head and body, until it closes.
async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    // A relay that has heard enough closes before all is sent.
    let _ = stream.write_all(request.as_bytes()).await;
    let _ = stream.flush().await;
    let mut answer = vec![];
    let _ = tokio::time::timeout(SOON, stream.read_to_end(&mut answer)).await.expect("the relay did not close");
    String::from_utf8(answer).unwrap()
}

async fn get(address: SocketAddr, path: &str) -> String {
    ask(TcpStream::connect(address).await.unwrap(), &format!("GET {path} HTTP/1.1\r\nHost: relay\r\n\r\n")).await
}

async fn get_by_tls(relay: &Relay, path: &str) -> String {
    let stream = tls(relay.control(), relay.certificate_sha256()).await.unwrap();
    ask(stream, &format!("GET {path} HTTP/1.1\r\nHost: relay\r\n\r\n")).await
}

/// A relay with an address for its operator.
async fn monitored(folder: &TempDir) -> (Relay, SocketAddr) {
    let mut config = config(folder);
    config.metrics = Some("127.0.0.1:0".parse().unwrap());
    let relay = Relay::start(config).await.unwrap();
    let address = relay.metrics().unwrap();
    (relay, address)
}

/// A running session of a rep and a customer.
async fn session(relay: &Relay) -> (Program, Program, SessionId) {
    let (mut rep, _) = rep(relay).await;
    let (session, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::connect(relay, Side::Customer).await;
    join(&mut customer, nameplate).await;
    assert_eq!((rep.offer().await.session, customer.offer().await.session), (session, session));
    rep.say(ToRelay::Paired { session }).await;
    (rep, customer, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_health_is_told_to_anybody_and_metrics_to_the_operator_alone() {
    let folder = folder().await;
    let (relay, operator) = monitored(&folder).await;
    for path in ["/health", "/ready"] {
        let answer = get_by_tls(&relay, path).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\nok\n"), "{path}: {answer}");
        assert!(get(operator, path).await.starts_with("HTTP/1.1 200"));
    }
    assert!(get_by_tls(&relay, "/metrics").await.starts_with("HTTP/1.1 404"));
    let (mut rep, _customer, _) = session(&relay).await;
    code(&mut rep).await;
    let mut stranger = Program::connect(&relay, Side::Rep).await;
    stranger.sign_in(USER, "a wrong password").await;
    let answer = get(operator, "/metrics").await;
    assert!(answer.contains("version=0.0.4"), "{answer}");
    for line in [
        "lotse_ready 1",
        "lotse_connections{side=\"rep\"} 2",
        "lotse_connections{side=\"customer\"} 1",
        "lotse_reps_signed_in 1",
        "lotse_codes_open 1",
        "lotse_sessions{stage=\"running\"} 1",
        "lotse_sign_in_failures_total 1",
        "lotse_audit_lines_total{kind=\"session-started\"} 1",
        "lotse_store_errors_total 0",
    ] {
        assert!(answer.lines().any(|there| there == line), "{line} is missing in\n{answer}");
    }
    for personal in [USER, "Anna", "Weber", "Acme", "127.0.0.1"] {
        assert!(!answer.contains(personal), "{personal} is in\n{answer}");
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_the_operators_address_has_bounds() {
    let folder = folder().await;
    let (relay, operator) = monitored(&folder).await;
    let long = format!("GET /health HTTP/1.1\r\nHost: relay\r\nX-Long: {}\r\n\r\n", "a".repeat(64 * 1024));
    let answer = ask(TcpStream::connect(operator).await.unwrap(), &long).await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    let noise = ask(TcpStream::connect(operator).await.unwrap(), "\u{0}\u{1} nothing\r\n\r\n").await;
    assert!(!noise.starts_with("HTTP/1.1 200"), "{noise}");
    // Whoever says nothing is let go of.
    assert_eq!(ask(TcpStream::connect(operator).await.unwrap(), "").await, "");
    // More than there is room for, and then again as many as there is.
    let mut waiting = vec![];
    for _ in 0..40 {
        waiting.push(TcpStream::connect(operator).await.unwrap());
    }
    drop(waiting);
    let mut answer = String::new();
    for _ in 0..200 {
        answer = get(operator, "/health").await;
        if !answer.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_a_draining_relay_is_not_ready_and_its_sessions_go_on_to_their_end() {
    let folder = folder().await;
    let (relay, operator) = monitored(&folder).await;
    let (mut rep, mut customer, session) = session(&relay).await;
    let (_, nameplate, _) = code(&mut rep).await;
    let meanwhile = async {
        loop {
            let answer = get(operator, "/ready").await;
            if answer.starts_with("HTTP/1.1 503") {
                assert!(answer.contains("draining"), "{answer}");
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(get(operator, "/health").await.starts_with("HTTP/1.1 200"), "it lives");
        assert!(get(operator, "/metrics").await.contains("\nlotse_ready 0\n"));
        // The hub is told after that.
        loop {
            rep.say(ToRelay::NewCode).await;
            match rep.hear().await {
                FromRelay::Code { .. } => {}
                FromRelay::Refused { reason } if reason.contains("try again") => break,
                other => panic!("neither a code nor a refusal: {other:?}"),
            }
        }
        let mut late = Program::connect(&relay, Side::Customer).await;
        join(&mut late, nameplate).await;
        assert!(matches!(late.hear().await, FromRelay::Refused { reason } if reason.contains("restarting")));
        rep.say(ToRelay::Signal { session, body: b"still here".to_vec() }).await;
        assert!(matches!(customer.hear().await, FromRelay::Signal { body, .. } if body == b"still here"));
        rep.say(ToRelay::EndSession { session, reason: "RepEnded".into() }).await;
        assert!(matches!(customer.hear().await, FromRelay::SessionEnded { .. }));
    };
    tokio::join!(relay.drain(Duration::from_secs(600)), meanwhile);
    relay.stop().await;
    assert_eq!(customer.goodbye().await.map(|(code, _)| code), Some(1012));
}

async fn run(arguments: &[&str], folders: [(&str, &Path); 2]) {
    let mut line = vec![OsString::from("lotse-relay")];
    for argument in arguments {
        line.push(OsString::from(argument));
    }
    for (option, folder) in folders {
        line.push(OsString::from(option));
        line.push(OsString::from(folder));
    }
    cli::run(Cli::try_parse_from(line).unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_what_was_backed_up_from_a_running_relay_is_the_same_relay_elsewhere() {
    let folder = folder().await;
    let first = relay(&folder).await;
    let certificate = first.certificate_sha256();
    let (mut rep, sign_in) = rep(&first).await;
    let (session, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::connect(&first, Side::Customer).await;
    join(&mut customer, nameplate).await;
    let (of_rep, of_customer) = (rep.offer().await, customer.offer().await);
    rep.say(ToRelay::Paired { session }).await;
    // Its answer says that the relay has got so far.
    rep.say(ToRelay::Signal { session, body: b"paired".to_vec() }).await;
    assert!(matches!(customer.hear().await, FromRelay::Signal { .. }));
    let (data, saved) = (folder.path().join("data"), folder.path().join("saved"));
    run(&["backup", "--json"], [("--data", &data), ("--to", &saved)]).await;
    // What comes later is not in it.
    add_rep(folder.path(), "later@acme.example").await;
    first.stop().await;
    drop((rep, customer));

    let elsewhere = super::config(&folder);
    let elsewhere = RelayConfig { data: folder.path().join("elsewhere"), ..elsewhere };
    run(&["restore", "--json"], [("--data", &elsewhere.data), ("--from", &saved)]).await;
    let second = Relay::start(elsewhere).await.unwrap();
    assert_eq!(second.certificate_sha256(), certificate, "pins stay good");
    let mut rep = Program::connect(&second, Side::Rep).await;
    rep.say(ToRelay::SignInAgain { token: sign_in }).await;
    assert!(matches!(rep.hear().await, FromRelay::SignedIn { .. }));
    rep.say(ToRelay::Resume { session, token: of_rep.token }).await;
    assert!(rep.offer().await.resumed);
    let mut customer = Program::connect(&second, Side::Customer).await;
    customer.say(ToRelay::Resume { session, token: of_customer.token }).await;
    assert!(customer.offer().await.resumed);
    let mut later = Program::connect(&second, Side::Rep).await;
    assert!(matches!(later.sign_in("later@acme.example", PASSWORD).await, FromRelay::SignInFailed(_)));
    second.stop().await;
}

/// Writes a new pair, and returns the certificate's digest.
fn write_pair(files: &TlsFiles) -> [u8; 32] {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(["relay.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(&files.certificate, certificate.pem()).unwrap();
    std::fs::write(&files.key, key.serialize_pem()).unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, certificate.der());
    digest.as_ref().try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_a_certificate_from_files_is_read_anew_while_programs_stay() {
    let folder = folder().await;
    let at = |name: &str| folder.path().join(name);
    let files = TlsFiles { certificate: at("chain.pem"), key: at("key.pem") };
    let first = write_pair(&files);
    let mut named = config(&folder);
    named.tls = Some(files.clone());
    let relay = Relay::start(named).await.unwrap();
    assert_eq!((relay.certificate_sha256(), relay.pinned()), (first, false));
    assert!(!ready::relay_url(&relay).contains('#'), "nothing to pin: it changes");
    let (mut rep, _) = rep(&relay).await;
    let second = write_pair(&files);
    relay.reload_certificate();
    let shown = async {
        while tls(relay.control(), second).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, shown).await.expect("the new one is not shown");
    assert!(tls(relay.control(), first).await.is_err(), "the old one is gone");
    code(&mut rep).await;
    relay.stop().await;
}
