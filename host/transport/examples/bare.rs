//! A file over a bare quinn stream on loopback, read and written as plainly as can be: what a file transfer is measured by.
//!
//! Once straight from end to end, and once through a forwarder, as everything of a session goes.
//! `cargo run --release -p lotse-transport --example bare -- [MiB]`. Prints for each, between tabs, MB/s and processor
//! seconds of the machine per GB.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use lotse_forwarder::Forwarder;
use lotse_transport::bind::{FromRelay, LegTicket, RelayKey, Side};
use lotse_transport::path::Binder;
use quinn::{ClientConfig, Connection, Endpoint, EndpointConfig, ServerConfig};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

const PIECE_BYTES: usize = 512 * 1024;

fn main() {
    let mib: u64 = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(1024);
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("from");
    fill(&from, mib << 20);
    let key = RelayKey::new([42; 32]);
    let forwarder = Forwarder::bind((Ipv4Addr::LOCALHOST, 0).into(), key.clone()).unwrap().start().unwrap();
    let relay = forwarder.local_addr();
    measure("bare stream, straight", mib << 20, |ends, to| {
        let (here, there) = (socket(), socket());
        let peer = there.local_addr().unwrap();
        carry(ends, (here, peer), there, &from, to);
    });
    measure("bare stream, through a forwarder", mib << 20, |ends, to| {
        let leg = |side| bound(socket(), relay, &key.issue([9; 16], side, u64::MAX));
        carry(ends, (leg(Side::Customer), relay), leg(Side::Rep), &from, to);
    });
}

/// Each end's packets are handled in a thread of its own, as in the programs.
struct Ends {
    here: Handle,
    there: Handle,
    client: ClientConfig,
    server: ServerConfig,
}

fn measure(name: &str, bytes: u64, work: impl FnOnce(&Ends, &Path)) {
    let (ends, place) = (ends(), tempfile::tempdir().unwrap());
    let (cpu, began) = (cpu_s(), Instant::now());
    work(&ends, &place.path().join("to"));
    let (took, bytes) = (began.elapsed().as_secs_f64(), bytes as f64);
    println!("{name}\t{:.1}\t{:.2}", bytes / 1e6 / took, (cpu_s() - cpu) / (bytes / 1e9));
}

fn ends() -> Ends {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let server = ServerConfig::with_single_cert(vec![certificate.der().clone()], key).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    Ends {
        here: network(),
        there: network(),
        client: ClientConfig::with_root_certificates(Arc::new(roots)).unwrap(),
        server,
    }
}

fn network() -> Handle {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    handle
}

fn socket() -> UdpSocket {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()
}

/// Makes the socket known to the forwarder, which takes its packets to the other side's from then on.
fn bound(socket: UdpSocket, relay: SocketAddr, ticket: &LegTicket) -> UdpSocket {
    socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let start = Instant::now();
    let mut binder = Binder::new(Duration::ZERO, ticket, 7).unwrap();
    let mut packet = [0; 2048];
    while !binder.is_bound() {
        while let Some(message) = binder.poll_transmit(start.elapsed()) {
            socket.send_to(&message.encode(), relay).unwrap();
        }
        let Ok(bytes) = socket.recv(&mut packet) else { continue };
        if let Some(message) = FromRelay::decode(&packet[..bytes]) {
            binder.handle_message(start.elapsed(), message);
        }
    }
    socket.set_read_timeout(None).unwrap();
    socket
}

fn endpoint(network: &Handle, socket: UdpSocket, server: Option<ServerConfig>) -> Endpoint {
    let _inside = network.enter();
    let mut config = EndpointConfig::default();
    // The forwarder tells QUIC's packets by the bit that this would blur.
    config.grease_quic_bit(false);
    Endpoint::new(config, server, socket, Arc::new(quinn::TokioRuntime)).unwrap()
}

fn carry(ends: &Ends, (here, peer): (UdpSocket, SocketAddr), there: UdpSocket, from: &Path, to: &Path) {
    let incoming = endpoint(&ends.there, there, Some(ends.server.clone()));
    let outgoing = endpoint(&ends.here, here, None);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            ends.there.block_on(async { receive(incoming.accept().await.unwrap().await.unwrap(), to).await })
        });
        ends.here.block_on(async {
            let connecting = outgoing.connect_with(ends.client.clone(), peer, "localhost").unwrap();
            send(connecting.await.unwrap(), from).await;
        });
    });
}

async fn send(connection: Connection, from: &Path) {
    let (mut file, mut piece) = (File::open(from).unwrap(), vec![0; PIECE_BYTES]);
    let mut stream = connection.open_uni().await.unwrap();
    loop {
        let read = file.read(&mut piece).unwrap();
        if read == 0 {
            break;
        }
        stream.write_all(&piece[..read]).await.unwrap();
    }
    stream.finish().unwrap();
    let _ = stream.stopped().await;
}

async fn receive(connection: Connection, to: &Path) {
    let (mut file, mut piece) = (File::create(to).unwrap(), vec![0; PIECE_BYTES]);
    let mut stream = connection.accept_uni().await.unwrap();
    while let Some(read) = stream.read(&mut piece).await.unwrap() {
        file.write_all(&piece[..read]).unwrap();
    }
}

/// Bytes that are no zeros and do not repeat soon.
fn fill(path: &Path, bytes: u64) {
    let mut file = std::io::BufWriter::new(File::create(path).unwrap());
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..bytes / 8 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        file.write_all(&state.to_le_bytes()).unwrap();
    }
    file.flush().unwrap();
}

/// Processor seconds of the whole machine so far, in steps of 10 ms: those of the system's own threads count, too, and of
/// programs with several processes no others can be had.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap();
    let fields: Vec<f64> = stat.lines().next().unwrap().split_whitespace().skip(1).flat_map(str::parse).collect();
    // Without what it idled and waited for disks.
    (fields[..3].iter().sum::<f64>() + fields[5] + fields[6]) / 100.0
}
