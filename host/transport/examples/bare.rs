//! A file over a bare quinn stream on loopback, read and written as plainly as can be: what a file transfer is measured by.
//!
//! `cargo run --release -p lotse-transport --example bare -- [MiB]`. Prints MB/s, and processor seconds of both ends per GB.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Handle;

const PIECE_BYTES: usize = 512 * 1024;

fn main() {
    let mib: u64 = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(1024);
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    fill(&from, mib << 20);
    let (here, there) = (network(), network());
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let certificate = certificate.der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let server = quinn::ServerConfig::with_single_cert(vec![certificate.clone()], key).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = quinn::ClientConfig::with_root_certificates(Arc::new(roots)).unwrap();
    let endpoint = {
        let _inside = there.enter();
        quinn::Endpoint::server(server, ([127, 0, 0, 1], 0).into()).unwrap()
    };
    let address = endpoint.local_addr().unwrap();
    let (cpu, began) = (cpu_s(), Instant::now());
    let receiving = std::thread::spawn(move || receive(&there, &endpoint, &to));
    send(&here, client, address, &from);
    receiving.join().unwrap();
    let (took, bytes) = (began.elapsed().as_secs_f64(), (mib << 20) as f64);
    let (rate, cost) = (bytes / 1e6 / took, (cpu_s() - cpu) / (bytes / 1e9));
    println!("bare quinn stream              {rate:>8.1} MB/s   {cost:>6.2} CPU s/GB");
}

/// Where one end's packets are handled: a thread of its own, as in the programs.
fn network() -> Handle {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    handle
}

fn send(network: &Handle, client: quinn::ClientConfig, address: std::net::SocketAddr, from: &Path) {
    let mut file = File::open(from).unwrap();
    let mut piece = vec![0; PIECE_BYTES];
    network.block_on(async {
        let endpoint = quinn::Endpoint::client(([127, 0, 0, 1], 0).into()).unwrap();
        let connection = endpoint.connect_with(client, address, "localhost").unwrap().await.unwrap();
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
    });
}

fn receive(network: &Handle, endpoint: &quinn::Endpoint, to: &Path) {
    let mut file = File::create(to).unwrap();
    let mut piece = vec![0; PIECE_BYTES];
    network.block_on(async {
        let connection = endpoint.accept().await.unwrap().await.unwrap();
        let mut stream = connection.accept_uni().await.unwrap();
        while let Some(read) = stream.read(&mut piece).await.unwrap() {
            file.write_all(&piece[..read]).unwrap();
        }
    });
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

/// Processor seconds of this process so far, in steps of 10 ms.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}
