//! Two ends over a line: of Lotse's link, or of a plain quinn connection with the congestion controller that it comes with.

use crate::line::{self, Shape};
use lotse_transport::bind::{RelayKey, Side};
use lotse_transport::{Class, Identity, Link, Listener, PathConfig, RecvStream, SendStream, connect, listen};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tokio::runtime::Handle;

/// What comes back of each message.
pub const ECHO_BYTES: usize = 100;
/// Length of messages that says: bytes to be read and not answered.
pub const NO_ANSWER: u32 = 0;
const CHUNK_BYTES: usize = 64 * 1024;

/// The end that asks and sends; the other one is at work by itself.
pub struct Ends {
    pub network: Handle,
    pub wire: Wire,
    /// Bytes that the other end has read of what is not answered.
    pub read: Arc<AtomicU64>,
    _listener: Option<Listener>,
}

#[derive(Clone)]
pub enum Wire {
    Ours(Link),
    Plain(quinn::Connection),
}

pub enum Outward {
    Ours(SendStream),
    Plain(quinn::SendStream),
}

pub enum Inward {
    Ours(RecvStream),
    Plain(quinn::RecvStream),
}

pub fn ours(shape: Option<Shape>) -> Ends {
    let key = RelayKey::new([42; 32]);
    let relay = line::start(shape, key.clone(), None);
    let path = |side| PathConfig { relay, ticket: key.issue([9; 16], side, u64::MAX) };
    let (rep, customer) = (Identity::generate().unwrap(), Identity::generate().unwrap());
    let (rep_path, customer_path) = (path(Side::Rep), path(Side::Customer));
    let (seen, pinned) = (customer.fingerprint(), rep.fingerprint());
    let (here, there) = (network(), network());
    let listening = there.spawn(async move { listen(&rep, seen, rep_path).await.unwrap() });
    let listener = there.block_on(listening).unwrap();
    let connecting = here.spawn(async move { connect(&customer, pinned, customer_path).await.unwrap() });
    let accepted = there.block_on(listener.accept()).unwrap();
    let connected = here.block_on(connecting).unwrap();
    Ends::new(here, &there, Wire::Ours(connected), Wire::Ours(accepted), Some(listener))
}

pub fn plain(shape: Option<Shape>) -> Ends {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let certificate = certificate.der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let server = quinn::ServerConfig::with_single_cert(vec![certificate.clone()], key).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = quinn::ClientConfig::with_root_certificates(Arc::new(roots)).unwrap();
    let (here, there) = (network(), network());
    let endpoint = {
        let _inside = there.enter();
        quinn::Endpoint::server(server, ([127, 0, 0, 1], 0).into()).unwrap()
    };
    let line = line::start(shape, RelayKey::new([42; 32]), Some(endpoint.local_addr().unwrap()));
    let accepting = there.spawn(async move { endpoint.accept().await.unwrap().await.unwrap() });
    let connected = here.block_on(async move {
        let endpoint = quinn::Endpoint::client(([127, 0, 0, 1], 0).into()).unwrap();
        endpoint.connect_with(client, line, "localhost").unwrap().await.unwrap()
    });
    let accepted = there.block_on(accepting).unwrap();
    Ends::new(here, &there, Wire::Plain(connected), Wire::Plain(accepted), None)
}

/// Where one end's packets are handled: a thread of its own, as in the programs.
fn network() -> Handle {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    handle
}

impl Ends {
    fn new(network: Handle, there: &Handle, wire: Wire, far: Wire, listener: Option<Listener>) -> Self {
        let read = Arc::new(AtomicU64::new(0));
        there.spawn(serve(far, Arc::clone(&read)));
        Self { network, wire, read, _listener: listener }
    }
}

async fn serve(wire: Wire, read: Arc<AtomicU64>) {
    while let Some((bytes, out, into)) = wire.accept().await {
        tokio::spawn(answer(bytes, out, into, Arc::clone(&read)));
    }
}

async fn answer(bytes: u32, mut out: Outward, mut into: Inward, read: Arc<AtomicU64>) {
    if bytes == NO_ANSWER {
        while let Some(bytes) = into.skip().await {
            read.fetch_add(bytes as u64, Relaxed);
        }
        return;
    }
    let mut message = vec![0; bytes as usize];
    while into.fill(&mut message).await {
        if !out.write(&message[..ECHO_BYTES]).await {
            return;
        }
    }
}

impl Wire {
    /// A stream for messages of `bytes` bytes.
    pub async fn open(&self, class: Class, bytes: u32) -> (Outward, Inward) {
        let header = bytes.to_be_bytes();
        match self {
            Self::Ours(link) => {
                let (send, recv) = link.open(class, &header).await.unwrap();
                (Outward::Ours(send), Inward::Ours(recv))
            }
            Self::Plain(connection) => {
                let (mut send, recv) = connection.open_bi().await.unwrap();
                send.set_priority(priority(class)).unwrap();
                send.write_all(&header).await.unwrap();
                (Outward::Plain(send), Inward::Plain(recv))
            }
        }
    }

    /// `None` once the other end is gone.
    async fn accept(&self) -> Option<(u32, Outward, Inward)> {
        match self {
            Self::Ours(link) => {
                let incoming = link.accept().await.ok()?;
                let header = <[u8; 4]>::try_from(&incoming.header[..]).ok()?;
                Some((u32::from_be_bytes(header), Outward::Ours(incoming.send), Inward::Ours(incoming.recv)))
            }
            Self::Plain(connection) => {
                let (send, mut recv) = connection.accept_bi().await.ok()?;
                let mut header = [0; 4];
                recv.read_exact(&mut header).await.ok()?;
                Some((u32::from_be_bytes(header), Outward::Plain(send), Inward::Plain(recv)))
            }
        }
    }
}

fn priority(class: Class) -> i32 {
    match class {
        Class::Control => 300,
        Class::Interactive => 200,
        Class::Screen => 100,
        Class::Bulk => 0,
    }
}

impl Outward {
    /// Whether all of it was written.
    pub async fn write(&mut self, bytes: &[u8]) -> bool {
        match self {
            Self::Ours(send) => send.write_all(bytes).await.is_ok(),
            Self::Plain(send) => send.write_all(bytes).await.is_ok(),
        }
    }

    /// Gives the stream up.
    pub fn reset(&mut self) {
        match self {
            Self::Ours(send) => send.reset(0),
            Self::Plain(send) => {
                // Already closed is as good.
                let _ = send.reset(quinn::VarInt::from_u32(0));
            }
        }
    }
}

impl Inward {
    /// Whether all of it was read.
    pub async fn fill(&mut self, bytes: &mut [u8]) -> bool {
        match self {
            Self::Ours(recv) => recv.read_exact(bytes).await.is_ok(),
            Self::Plain(recv) => recv.read_exact(bytes).await.is_ok(),
        }
    }

    /// Reads what is there, and says how much.
    async fn skip(&mut self) -> Option<usize> {
        match self {
            Self::Ours(recv) => Some(recv.read_chunk().await.ok()??.len()),
            Self::Plain(recv) => Some(recv.read_chunk(CHUNK_BYTES, true).await.ok()??.bytes.len()),
        }
    }
}
