//! A relay that lies: it stands between the programs and the real relay's control connection, under a certificate of
//! its own that the programs were told to expect, as a malicious operator's relay would. Every control message is read,
//! and what a test makes of it goes on.
//!
//! Packets of the data plane go past it to the real relay. A message that it cannot read passes unchanged.

use crate::dial::dial;
use futures_util::{SinkExt, StreamExt};
use lotse_e2e::Result;
use lotse_protocol::control::{FromRelay, Side, ToRelay};
use lotse_protocol::wire::{self, FROM_RELAY_BYTES_MAX, TO_RELAY_BYTES_MAX};
use lotse_transport::Fingerprint;
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// One connection of a program; numbers count from 0 in the order of greetings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    pub number: usize,
    pub side: Side,
}

/// A message on its way.
pub enum Heard {
    Program(ToRelay),
    Relay(FromRelay),
}

/// What is said in its place.
pub enum Said {
    /// On to the relay, as this call's program.
    Relay(ToRelay),
    /// To this call's program.
    Program(FromRelay),
    /// To this call's program, whatever it may be.
    Bytes(Vec<u8>),
    /// To another call's program.
    Other(usize, FromRelay),
}

impl Heard {
    /// What an honest relay does.
    pub fn pass(self) -> Vec<Said> {
        vec![match self {
            Self::Program(message) => Said::Relay(message),
            Self::Relay(message) => Said::Program(message),
        }]
    }
}

type Lie = Box<dyn FnMut(Call, Heard) -> Vec<Said> + Send>;
type Served = WebSocketStream<tokio_rustls::server::TlsStream<TcpStream>>;

struct Shared {
    /// The real relay.
    relay: String,
    lie: Mutex<Lie>,
    calls: Mutex<Vec<(Call, mpsc::Sender<Message>)>>,
}

/// Lies until dropped.
pub struct Liar {
    /// What goes into `--relay`.
    pub url: String,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

impl Liar {
    /// Stands before the relay at `relay`. `lie` is asked about each message.
    pub fn start(relay: &str, lie: impl FnMut(Call, Heard) -> Vec<Said> + Send + 'static) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (acceptor, fingerprint) = certificate()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let hex: String = fingerprint.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let url = format!("https://{}#sha256={hex}", listener.local_addr()?);
        let shared =
            Arc::new(Shared { relay: relay.to_owned(), lie: Mutex::new(Box::new(lie)), calls: Mutex::default() });
        runtime.spawn(accept(listener, acceptor, shared.clone()));
        Ok(Self { url, shared, _runtime: runtime })
    }

    /// How many connections programs of this side have made.
    pub fn calls(&self, side: Side) -> usize {
        locked(&self.shared.calls).iter().filter(|(call, _)| call.side == side).count()
    }

    /// Says something to the newest program of a side, out of turn.
    pub fn say(&self, side: Side, message: &FromRelay) -> Result<()> {
        let bytes = wire::encode(message, FROM_RELAY_BYTES_MAX)?;
        self.send(side, Message::Binary(bytes.into()))
    }

    /// The same with a frame of any content.
    pub fn send(&self, side: Side, message: Message) -> Result<()> {
        let newest = locked(&self.shared.calls).iter().rev().find(|(call, _)| call.side == side).cloned();
        let (_, program) = newest.ok_or("no program of this side has called")?;
        Ok(program.blocking_send(message).map_err(|_| "the program has hung up")?)
    }
}

fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn certificate() -> Result<(TlsAcceptor, Fingerprint)> {
    let key = rcgen::KeyPair::generate()?;
    let certificate = rcgen::CertificateParams::new(vec!["localhost".to_owned()])?.self_signed(&key)?.der().clone();
    let fingerprint = Fingerprint::of(certificate.as_ref());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    Ok((TlsAcceptor::from(Arc::new(config)), fingerprint))
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    while let Ok((tcp, _)) = listener.accept().await {
        let (acceptor, shared) = (acceptor.clone(), shared.clone());
        tokio::spawn(async move {
            // A connection that breaks is made again by its program.
            let _ = serve(tcp, acceptor, &shared).await;
        });
    }
}

async fn serve(tcp: TcpStream, acceptor: TlsAcceptor, shared: &Shared) -> Result<()> {
    tcp.set_nodelay(true)?;
    let mut program = tokio_tungstenite::accept_async(acceptor.accept(tcp).await?).await?;
    let Some(Ok(Message::Binary(bytes))) = program.next().await else { return Ok(()) };
    let greeting: ToRelay = wire::decode(&bytes, TO_RELAY_BYTES_MAX)?;
    let ToRelay::Hello { side, .. } = &greeting else { return Err("a program says hello first".into()) };
    let mut relay = dial(&shared.relay).await?;
    let (sender, mut queued) = mpsc::channel(256);
    let call = enter(shared, *side, sender);
    carry(shared, shared.hear(call, Heard::Program(greeting)), &mut program, &mut relay).await?;
    loop {
        tokio::select! {
            heard = program.next() => match heard {
                Some(Ok(Message::Binary(bytes))) => match wire::decode(&bytes, TO_RELAY_BYTES_MAX) {
                    Ok(message) => {
                        let said = shared.hear(call, Heard::Program(message));
                        carry(shared, said, &mut program, &mut relay).await?;
                    }
                    Err(_) => relay.send(Message::Binary(bytes)).await?,
                },
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                Some(Ok(_)) => {}
            },
            heard = relay.next() => match heard {
                Some(Ok(Message::Binary(bytes))) => match wire::decode(&bytes, FROM_RELAY_BYTES_MAX) {
                    Ok(message) => {
                        let said = shared.hear(call, Heard::Relay(message));
                        carry(shared, said, &mut program, &mut relay).await?;
                    }
                    Err(_) => program.send(Message::Binary(bytes)).await?,
                },
                Some(Ok(Message::Ping(payload))) => program.send(Message::Ping(payload)).await?,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                Some(Ok(_)) => {}
            },
            Some(message) = queued.recv() => program.send(message).await?,
        }
    }
}

fn enter(shared: &Shared, side: Side, program: mpsc::Sender<Message>) -> Call {
    let mut calls = locked(&shared.calls);
    let call = Call { number: calls.len(), side };
    calls.push((call, program));
    call
}

async fn carry(shared: &Shared, said: Vec<Said>, program: &mut Served, relay: &mut crate::dial::Dialed) -> Result<()> {
    for said in said {
        match said {
            Said::Relay(message) => {
                relay.send(Message::Binary(wire::encode(&message, TO_RELAY_BYTES_MAX)?.into())).await?
            }
            Said::Program(message) => {
                program.send(Message::Binary(wire::encode(&message, FROM_RELAY_BYTES_MAX)?.into())).await?
            }
            Said::Bytes(bytes) => program.send(Message::Binary(bytes.into())).await?,
            Said::Other(number, message) => {
                let other = locked(&shared.calls).get(number).map(|(_, program)| program.clone());
                let bytes = wire::encode(&message, FROM_RELAY_BYTES_MAX)?;
                // One that has hung up hears nothing.
                if let Some(other) = other {
                    let _ = other.send(Message::Binary(bytes.into())).await;
                }
            }
        }
    }
    Ok(())
}

impl Shared {
    fn hear(&self, call: Call, heard: Heard) -> Vec<Said> {
        let mut lie = locked(&self.lie);
        (*lie)(call, heard)
    }
}
