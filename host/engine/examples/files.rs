//! What a file transfer costs: one large file, the same as many small ones, and the same link without hashes or names.
//!
//! `cargo run --release -p lotse-engine --example files -- [MiB]`. Both ends and the forwarder between them are in this process.
//! Figures of a loaded machine mean nothing: trust ratios within one run. Prints for each, between tabs, MB/s and processor
//! seconds of the machine per GB.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use lotse_engine::benching;
use lotse_files::{Outcome, Walked};
use lotse_forwarder::Forwarder;
use lotse_transport::bind::{RelayKey, Side};
use lotse_transport::{Class, Identity, Link, Listener, PathConfig, RecvStream, SendStream, connect, listen};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Handle;

const SMALL_FILES: u64 = 10_000;
const SMALL_BYTES: u64 = 4 * 1024;
const PIECE_BYTES: usize = 512 * 1024;

struct Ends {
    here: (Handle, Link),
    there: (Handle, Link),
    _listener: Listener,
    _forwarder: lotse_forwarder::Running,
}

fn main() {
    let mib: u64 = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(1024);
    let ends = meet();
    let home = tempfile::tempdir().unwrap();
    let large = home.path().join("large");
    fill(&large, mib << 20);
    measure("the same link, no hash, no name", mib << 20, |place| plain(&ends, &large, &place.join("plain")));
    measure("file transfer", mib << 20, |place| transfer(&ends, &large, place));
    let bytes = SMALL_FILES * SMALL_BYTES;
    let one = home.path().join("one");
    fill(&one, bytes);
    measure("one file of 40 MiB", bytes, |place| transfer(&ends, &one, place));
    let many = home.path().join("many");
    std::fs::create_dir(&many).unwrap();
    for number in 0..SMALL_FILES {
        fill(&many.join(format!("{number:05}")), SMALL_BYTES);
    }
    measure("10,000 files of 4 KiB", bytes, |place| transfer(&ends, &many, place));
    measure("one file, only copied", bytes, |place| copy(&one, &place.join("copy")));
    measure("the 10,000, only copied", bytes, |place| copy_each(&many, &place.join("copies")));
}

fn measure(name: &str, bytes: u64, work: impl FnOnce(&Path)) {
    let place = tempfile::tempdir().unwrap();
    let (cpu, began) = (cpu_s(), Instant::now());
    work(place.path());
    let (took, bytes) = (began.elapsed().as_secs_f64(), bytes as f64);
    let (rate, cost) = (bytes / 1e6 / took, (cpu_s() - cpu) / (bytes / 1e9));
    println!("{name}\t{rate:.1}\t{cost:.2}");
}

/// Where one end's packets are handled: a thread of its own, as in the programs.
fn network() -> Handle {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    handle
}

fn meet() -> Ends {
    let key = [42; 32];
    let forwarder = Forwarder::bind(([127, 0, 0, 1], 0).into(), RelayKey::new(key)).unwrap().start().unwrap();
    let relay = forwarder.local_addr();
    let path = |side| PathConfig { relay, ticket: RelayKey::new(key).issue([9; 16], side, u64::MAX) };
    let (rep, customer) = (Identity::generate().unwrap(), Identity::generate().unwrap());
    let (here, there) = (network(), network());
    let (rep_path, customer_path) = (path(Side::Rep), path(Side::Customer));
    let (seen, pinned) = (customer.fingerprint(), rep.fingerprint());
    let listening = there.spawn(async move { listen(&rep, seen, rep_path).await.unwrap() });
    let listener = there.block_on(listening).unwrap();
    let connecting = here.spawn(async move { connect(&customer, pinned, customer_path).await.unwrap() });
    let accepted = there.block_on(listener.accept()).unwrap();
    let connected = here.block_on(connecting).unwrap();
    Ends { here: (here, connected), there: (there, accepted), _listener: listener, _forwarder: forwarder }
}

/// Runs both ends of one stream, each on a thread of its own.
fn on_a_stream(
    ends: &Ends,
    sender: impl FnOnce(&Handle, SendStream, RecvStream) + Send,
    receiver: impl FnOnce(&Handle, SendStream, RecvStream) + Send,
) {
    let (here, out) = &ends.here;
    let (there, into) = &ends.there;
    let (send, recv) = here.block_on(out.open(Class::Bulk, b"files")).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let incoming = there.block_on(into.accept()).unwrap();
            receiver(there, incoming.send, incoming.recv);
        });
        sender(here, send, recv);
    });
}

fn transfer(ends: &Ends, path: &Path, place: &Path) {
    let walked = Arc::new(Walked::new(&[path.to_path_buf()]));
    on_a_stream(
        ends,
        |network, send, recv| {
            let end = network.block_on(benching::send(walked, [7; 16], send, recv));
            assert_eq!(end.outcome, Outcome::Whole, "{}", end.detail);
        },
        |network, send, recv| {
            let end = network.block_on(benching::receive(place.to_path_buf(), send, recv));
            assert_eq!(end.outcome, Outcome::Whole, "{}", end.detail);
        },
    );
}

fn plain(ends: &Ends, from: &Path, to: &Path) {
    on_a_stream(
        ends,
        |network, mut send, _recv| {
            let (mut file, mut piece) = (File::open(from).unwrap(), vec![0; PIECE_BYTES]);
            network.block_on(async {
                loop {
                    let read = file.read(&mut piece).unwrap();
                    if read == 0 {
                        break;
                    }
                    send.write_all(&piece[..read]).await.unwrap();
                }
                send.finish().unwrap();
                send.stopped().await.unwrap();
            });
        },
        |network, _send, mut recv| {
            let (mut file, mut piece) = (File::create(to).unwrap(), vec![0; PIECE_BYTES]);
            network.block_on(async {
                while let Some(read) = recv.read(&mut piece).await.unwrap() {
                    file.write_all(&piece[..read]).unwrap();
                }
            });
        },
    );
}

/// What the disk alone takes, with nothing in between: read, made and written by one thread.
fn copy(from: &Path, to: &Path) {
    std::fs::write(to, std::fs::read(from).unwrap()).unwrap();
}

fn copy_each(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for number in 0..SMALL_FILES {
        let name = format!("{number:05}");
        copy(&from.join(&name), &to.join(&name));
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
