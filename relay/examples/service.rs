//! Load for a relay's service: what its own code adds to a sign-in, and what an idle connected program costs.
//!
//! ```text
//! service sign-in --relay 127.0.0.1:8443 --pin HEX --user anna@acme.example --password-file F [--seconds 10] [--at-once 4]
//! service idle    --relay 127.0.0.1:8443 --pin HEX --pid PID [--connections 10000]
//! ```
//! `sign-in` alternates rounds through the relay with rounds of bare argon2 in as many threads as the relay hashes with. `idle`
//! comes from several loopback addresses, since a relay bounds the connections of one; memory is that of the process `--pid`.
//! Each prints one JSON line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a tool that ends at the first fault")]

#[path = "../tests/relay/pin.rs"]
mod pin;

use argon2::{Argon2, PasswordHash, PasswordVerifier};
use futures_util::{SinkExt, StreamExt};
use lotse_protocol::control::{FromRelay, PATH, Secret, Side, ToRelay, VERSION};
use lotse_protocol::wire;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// The relay hashes so many passwords at once.
const HASHES_AT_ONCE: usize = 2;
/// Connections from one loopback address.
const PER_ADDRESS: usize = 1_000;
/// Handshakes under way at once.
const HANDSHAKES: usize = 32;
const ROUNDS: usize = 3;

struct Options(HashMap<String, String>);

impl Options {
    fn text(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("--{name} is missing"))
    }

    fn number(&self, name: &str, default: usize) -> usize {
        self.0.get(name).map_or(default, |text| text.parse().expect("a number"))
    }

    fn relay(&self) -> Relay {
        let hex = self.text("pin");
        let digest = std::array::from_fn(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).expect("64 hex digits"));
        Relay { address: self.text("relay").parse().expect("an address"), config: Arc::new(pin::client(digest)) }
    }
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let mut options = HashMap::new();
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        options.insert(name.trim_start_matches('-').to_owned(), value);
    }
    let options = Options(options);
    match command.as_str() {
        "sign-in" => sign_in(&options).await,
        "idle" => idle(&options).await,
        other => panic!("{other:?} is neither sign-in nor idle"),
    }
}

struct Relay {
    address: SocketAddr,
    config: Arc<ClientConfig>,
}

type Socket = WebSocketStream<TlsStream<TcpStream>>;

impl Relay {
    /// A greeted program from the loopback address of this number.
    async fn connect(&self, from: usize, side: Side) -> Socket {
        let socket = TcpSocket::new_v4().unwrap();
        let last = u8::try_from(2 + from).expect("few loopback addresses");
        socket.bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)), 0)).unwrap();
        let tcp = socket.connect(self.address).await.expect("the relay listens");
        let name = ServerName::try_from("relay.invalid").unwrap();
        let tls = TlsConnector::from(self.config.clone()).connect(name, tcp).await.expect("TLS");
        let (mut socket, _) =
            tokio_tungstenite::client_async(format!("wss://relay.invalid{PATH}"), tls).await.expect("a WebSocket");
        let hello =
            ToRelay::Hello { versions: vec![VERSION], side, program_version: "0.1.0".into(), engine: "none".into() };
        say(&mut socket, &hello).await;
        assert!(matches!(hear(&mut socket).await, FromRelay::Hello { .. }), "a greeting");
        socket
    }
}

async fn say(socket: &mut Socket, message: &ToRelay) {
    let bytes = wire::encode(message, wire::TO_RELAY_BYTES_MAX).unwrap();
    socket.send(Message::Binary(bytes.into())).await.expect("the relay takes messages");
}

/// The next message that tells something.
async fn hear(socket: &mut Socket) -> FromRelay {
    loop {
        match socket.next().await {
            Some(Ok(Message::Binary(bytes))) => return wire::decode(&bytes, wire::FROM_RELAY_BYTES_MAX).unwrap(),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            other => panic!("the relay said {other:?}"),
        }
    }
}

/// Sign-ins a second through the relay, beside bare argon2 with the same parameters and as many threads.
async fn sign_in(options: &Options) {
    let relay = Arc::new(options.relay());
    let user = options.text("user").to_owned();
    let password = std::fs::read_to_string(options.text("password-file")).expect("the password file");
    let password = password.trim_end().to_owned();
    let seconds = Duration::from_secs(options.number("seconds", 10) as u64);
    let hash = lotse_relay::hash_password(&Secret(password.clone())).expect("a hash");
    let (mut through, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(argon2_alone(&hash, &password, seconds));
        through.push(signed_in(&relay, &user, &password, options.number("at-once", 4), seconds).await);
    }
    let (through, bare) = (median(&mut through), median(&mut bare));
    println!(
        "{}",
        serde_json::json!({
            "sign_ins_per_second": through, "bare_argon2_per_second": bare, "ratio": through / bare
        })
    );
}

async fn signed_in(relay: &Arc<Relay>, user: &str, password: &str, at_once: usize, during: Duration) -> f64 {
    let done = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..at_once {
        let (relay, done) = (relay.clone(), done.clone());
        let message = ToRelay::SignIn { user: user.to_owned(), password: Secret(password.to_owned()) };
        tasks.push(tokio::spawn(async move {
            let mut socket = relay.connect(0, Side::Rep).await;
            while began.elapsed() < during {
                say(&mut socket, &message).await;
                loop {
                    match hear(&mut socket).await {
                        FromRelay::SignedIn { .. } => break,
                        FromRelay::SignInFailed(failure) => panic!("not signed in: {failure:?}"),
                        _ => {}
                    }
                }
                done.fetch_add(1, Relaxed);
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    done.load(Relaxed) as f64 / began.elapsed().as_secs_f64()
}

fn argon2_alone(hash: &str, password: &str, during: Duration) -> f64 {
    let done = AtomicU64::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..HASHES_AT_ONCE {
            scope.spawn(|| {
                let hash = PasswordHash::new(hash).unwrap();
                while began.elapsed() < during {
                    assert!(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
                    done.fetch_add(1, Relaxed);
                }
            });
        }
    });
    done.load(Relaxed) as f64 / began.elapsed().as_secs_f64()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Memory of the relay's process per connected program that says nothing.
async fn idle(options: &Options) {
    let relay = Arc::new(options.relay());
    let count = options.number("connections", 10_000);
    let pid = options.text("pid").to_owned();
    // What the first connections bring in once is not counted.
    let mut first = Vec::new();
    for _ in 0..HANDSHAKES {
        first.push(relay.connect(0, Side::Customer).await);
    }
    let before = resident_kib(&pid);
    let began = Instant::now();
    let mut sockets = Vec::new();
    for from in (0..count).collect::<Vec<_>>().chunks(HANDSHAKES) {
        let connect = |number: usize| {
            let relay = relay.clone();
            tokio::spawn(async move { relay.connect(1 + number / PER_ADDRESS, Side::Customer).await })
        };
        let under_way: Vec<_> = from.iter().map(|number| connect(*number)).collect();
        for task in under_way {
            sockets.push(task.await.unwrap());
        }
    }
    let took = began.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let after = resident_kib(&pid);
    println!(
        "{}",
        serde_json::json!({
            "connections": sockets.len(),
            "kib_before": before,
            "kib_after": after,
            "kib_each": (after - before) / sockets.len() as f64,
            "handshakes_per_second": sockets.len() as f64 / took,
        })
    );
}

fn resident_kib(pid: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the relay's process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number of kB")
}
