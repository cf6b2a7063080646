//! L4 · Webhooks: a program of somebody else's hears over TLS what happens, signed, in order, and again until it says yes.

use super::*;
use lotse_relay::store::SqliteStore;
use lotse_relay::store::webhooks::Webhooks;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

/// Until then something must have happened.
const SOON: Duration = Duration::from_secs(30);

struct Heard {
    head: String,
    body: String,
}

impl Heard {
    fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, value)| value).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A server with a certificate of its own, for which the file vouches; it answers with these statuses in turn, then with 204.
async fn receiver(folder: &TempDir, statuses: Vec<u16>) -> (String, std::path::PathBuf, mpsc::Receiver<Heard>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let file = folder.path().join("receiver.pem");
    std::fs::write(&file, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/hook?x=1", listener.local_addr().unwrap().port());
    let (heard, hearing) = mpsc::channel(100);
    tokio::spawn(async move {
        let mut statuses = statuses.into_iter();
        loop {
            let (tcp, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(tcp).await else { continue };
            let (mut bytes, mut piece) = (vec![], [0; 4096]);
            let (head, body) = loop {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                if let Some((head, body)) = text.split_once("\r\n\r\n") {
                    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
                    if body.len() >= length.parse::<usize>().unwrap() {
                        break (head.to_owned(), body.to_owned());
                    }
                }
                let read = stream.read(&mut piece).await.unwrap();
                assert!(read > 0, "a request broke off");
                bytes.extend_from_slice(&piece[..read]);
            };
            let status = statuses.next().unwrap_or(204);
            let _ = stream.write_all(format!("HTTP/1.1 {status} x\r\nLocation: /other\r\n\r\n").as_bytes()).await;
            let _ = stream.shutdown().await;
            if heard.send(Heard { head, body }).await.is_err() {
                return;
            }
        }
    });
    (url, file, hearing)
}

/// Adds a webhook by the command line; its secret.
fn add(folder: &TempDir, url: &str, events: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_lotse-relay");
    let mut command = std::process::Command::new(program);
    command.args(["webhook", "add", "--account", "Acme", "--url", url, "--json"]);
    for event in events {
        command.args(["--event", *event]);
    }
    let made = command.arg("--data").arg(folder.path().join("data")).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    made["secret"].as_str().unwrap().to_owned()
}

async fn next(hearing: &mut mpsc::Receiver<Heard>) -> Heard {
    tokio::time::timeout(SOON, hearing.recv()).await.expect("the webhook is told nothing").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_a_webhook_hears_of_a_session_signed_and_in_order_and_again_until_it_says_yes() {
    let folder = folder().await;
    let (url, authority, mut hearing) = receiver(&folder, vec![500, 302]).await;
    let mut config = config(&folder);
    (config.webhook_ca, config.webhooks_to_private) = (Some(authority), true);
    let relay = Relay::start(config).await.unwrap();
    let secret = add(&folder, &url, &["session.started", "session.ended"]);
    let (mut console, _) = rep(&relay).await;
    let (session, nameplate, _) = code(&mut console).await;
    let mut customer = Program::connect(&relay, Side::Customer).await;
    join(&mut customer, nameplate).await;
    console.offer().await;
    console.say(ToRelay::Paired { session }).await;
    // Twice it is answered so that it is told again; a redirect is not followed.
    let told = [next(&mut hearing).await, next(&mut hearing).await, next(&mut hearing).await];
    let digits = session.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for heard in &told {
        assert!(heard.head.starts_with("POST /hook?x=1 HTTP/1.1\r\n"), "{}", heard.head);
        assert_eq!(
            (heard.header("lotse-event"), heard.json()["session"].as_str()),
            ("session.started", Some(&*digits))
        );
        assert_eq!(heard.header("lotse-delivery"), told[0].header("lotse-delivery"), "it is the same one");
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
        let signed = ring::hmac::sign(&key, format!("{}.{}", heard.header("lotse-timestamp"), heard.body).as_bytes());
        let signed = signed.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(heard.header("lotse-signature"), format!("v1={signed}"));
        assert!(!heard.body.contains("Weber"), "nothing of the customer: {}", heard.body);
    }
    console.say(ToRelay::EndSession { session, reason: "RepEnded".into() }).await;
    assert_eq!(next(&mut hearing).await.header("lotse-event"), "session.ended");
    let store = SqliteStore::open(&folder.path().join("data")).await.unwrap();
    let id = store.webhooks(None).await.unwrap().remove(0).id;
    let mut deliveries = vec![];
    for _ in 0..100 {
        deliveries = store.webhook_deliveries(id).await.unwrap();
        if deliveries.len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let seen: Vec<_> = deliveries.iter().map(|one| (one.attempts, one.done, one.outcome.as_str())).collect();
    assert_eq!(seen, [(1, true, "204"), (3, true, "204")]);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_a_webhook_in_the_relays_own_network_is_told_nothing() {
    let folder = folder().await;
    let (url, authority, mut hearing) = receiver(&folder, vec![]).await;
    let mut config = config(&folder);
    config.webhook_ca = Some(authority);
    let relay = Relay::start(config).await.unwrap();
    add(&folder, &url, &["rep.signed-in"]);
    let (_console, _) = rep(&relay).await;
    let store = SqliteStore::open(&folder.path().join("data")).await.unwrap();
    let id = store.webhooks(None).await.unwrap().remove(0).id;
    let mut outcome = String::new();
    for _ in 0..300 {
        if let Some(delivery) = store.webhook_deliveries(id).await.unwrap().first() {
            outcome.clone_from(&delivery.outcome);
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(outcome, "the host is not on the public Internet");
    assert!(hearing.try_recv().is_err());
    relay.stop().await;
}
