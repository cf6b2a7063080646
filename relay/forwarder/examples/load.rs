//! Load for a forwarder: binds pairs of legs and sends payloads through it, in GSO trains, then prints one JSON line.
//!
//! ```text
//! load serve --listen 127.0.0.1:7000 --key HEX                       # a forwarder on its own, until killed
//! load run   --relay 127.0.0.1:7000 --key HEX --pid PID [--pairs 4] [--seconds 5] [--payload 1200] [--train 10]
//!            [--mbit 0] [--window 512] [--direct yes]
//! load idle  --relay 127.0.0.1:7000 --key HEX --pid PID [--legs 20000]
//! ```
//! `--mbit 0` sends as much as the window (packets under way per pair) lets; otherwise that much in all, which is the
//! way to measure latency at half load; `--direct` leaves the relay out, to tell what it adds. CPU seconds and memory are
//! those of the process `--pid`, from /proc.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a tool that ends at the first fault")]

use std::collections::HashMap;
use std::io::IoSliceMut;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use lotse_forwarder::{Forwarder, RelayKey, Side};
use lotse_transport::bind::{FromRelay, LegTicket, ToRelay, proof_mac};
use quinn::udp::{RecvMeta, Transmit, UdpSocketState};

/// /proc counts in hundredths on every Linux that matters.
const TICKS_PER_SECOND: f64 = 100.0;
/// A stamp sits behind QUIC's first byte, which keeps the packet from looking like a bind message.
const STAMP_BYTES: usize = 9;
/// Latencies kept per pair.
const SAMPLES_MAX: usize = 200_000;

struct Options(HashMap<String, String>);

impl Options {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_else(|| panic!("--{name} is missing"))
    }

    fn number(&self, name: &str, default: f64) -> f64 {
        self.get(name).map_or(default, |text| text.parse().expect("a number"))
    }

    fn key(&self) -> RelayKey {
        let hex = self.text("key");
        let byte = |index: usize| u8::from_str_radix(&hex[index * 2..index * 2 + 2], 16).expect("64 hex digits");
        RelayKey::new(std::array::from_fn(byte))
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let mut options = HashMap::new();
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        options.insert(name.trim_start_matches('-').to_owned(), value);
    }
    let options = Options(options);
    match command.as_str() {
        "serve" => serve(&options),
        "run" => run(&options),
        "idle" => idle(&options),
        _ => eprintln!("usage: load serve|run|idle --option value ..."),
    }
}

fn serve(options: &Options) {
    let listen = options.text("listen").parse().expect("an address");
    let running = Forwarder::bind(listen, options.key()).expect("listens").start().expect("starts");
    println!("{} {}", std::process::id(), running.local_addr());
    loop {
        thread::park();
    }
}

struct Leg {
    socket: UdpSocket,
    state: UdpSocketState,
}

fn open(relay: SocketAddr) -> Leg {
    let socket = UdpSocket::bind(if relay.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" }).expect("a socket");
    let state = UdpSocketState::new((&socket).into()).expect("its state");
    let _ = state.set_recv_buffer_size((&socket).into(), 8 << 20);
    let _ = state.set_send_buffer_size((&socket).into(), 8 << 20);
    socket.set_nonblocking(false).expect("blocking");
    socket.set_read_timeout(Some(Duration::from_millis(200))).expect("a timeout");
    Leg { socket, state }
}

fn bind_leg(relay: SocketAddr, ticket: &LegTicket) -> Leg {
    let leg = open(relay);
    let socket = &leg.socket;
    let token = ticket.token_array().expect("a token");
    let mut buffer = [0; 2048];
    let mut ask = |message: ToRelay| {
        socket.send_to(&message.encode(), relay).expect("sent");
        let length = socket.recv(&mut buffer).ok()?;
        FromRelay::decode(&buffer[..length])
    };
    for nonce in 1..50 {
        let Some(FromRelay::Challenge { cookie, .. }) = ask(ToRelay::Bind { nonce, token }) else {
            continue;
        };
        let mac = proof_mac(&ticket.secret, nonce, &token, &cookie);
        if let Some(FromRelay::Bound { .. }) = ask(ToRelay::Proof { nonce, token, cookie, mac }) {
            return leg;
        }
    }
    panic!("the relay does not bind");
}

/// Ids that no two runs share.
fn session(index: u64) -> [u8; 16] {
    let mut session = [0; 16];
    session[..4].copy_from_slice(&std::process::id().to_be_bytes());
    session[8..].copy_from_slice(&index.to_be_bytes());
    session
}

/// Binds many legs that then rest, and tells what each costs the relay.
fn idle(options: &Options) {
    let relay: SocketAddr = options.text("relay").parse().expect("an address");
    let key = options.key();
    let legs = options.number("legs", 20_000.0) as u64;
    let before = resident_bytes(options.text("pid"));
    for index in 0..legs / 2 {
        for side in [Side::Customer, Side::Rep] {
            drop(bind_leg(relay, &key.issue(session(index), side, u64::MAX)));
        }
    }
    let grown = resident_bytes(options.text("pid")).saturating_sub(before);
    println!("{{\"legs\":{legs},\"relay_grew_bytes\":{grown},\"bytes_per_leg\":{}}}", grown / legs.max(1));
}

#[derive(Default)]
struct Pair {
    sent: AtomicU64,
    received: AtomicU64,
}

fn run(options: &Options) {
    let relay: SocketAddr = options.text("relay").parse().expect("an address");
    let key = options.key();
    let pid = options.text("pid").to_owned();
    let pairs = options.number("pairs", 4.0) as usize;
    let seconds = options.number("seconds", 5.0);
    let payload = (options.number("payload", 1200.0) as usize).max(STAMP_BYTES);
    let train = (options.number("train", 10.0) as usize).clamp(1, 65_000 / payload);
    let rate = options.number("mbit", 0.0) * 125_000.0;
    let window = options.number("window", 512.0) as u64;

    let start = Instant::now();
    let stop = Arc::new(AtomicBool::new(false));
    let counts: Arc<Vec<Pair>> = Arc::new((0..pairs).map(|_| Pair::default()).collect());
    let mut receivers = Vec::new();
    let mut senders = Vec::new();
    for index in 0..pairs {
        let session = session(index as u64);
        let (receiver, sender, to) = if options.get("direct").is_some() {
            let receiver = open(relay);
            let port = receiver.socket.local_addr().expect("its address").port();
            (receiver, open(relay), SocketAddr::new(relay.ip(), port))
        } else {
            let receiver = bind_leg(relay, &key.issue(session, Side::Customer, u64::MAX));
            (receiver, bind_leg(relay, &key.issue(session, Side::Rep, u64::MAX)), relay)
        };
        senders.push((sender, to));
        let (counts, stop) = (Arc::clone(&counts), Arc::clone(&stop));
        receivers.push(thread::spawn(move || receive(&receiver, &counts[index], payload, start, &stop)));
    }

    let mut batch = vec![0x40; payload * train];
    let (cpu_before, began) = (cpu_seconds(&pid), Instant::now());
    let mut progress: Vec<(u64, Instant)> = vec![(0, began); pairs];
    let (mut sent_bytes, mut written_off) = (0u64, vec![0u64; pairs]);
    while began.elapsed().as_secs_f64() < seconds {
        let mut idle = true;
        for (index, (leg, to)) in senders.iter().enumerate() {
            let pair = &counts[index];
            let received = pair.received.load(Relaxed);
            if progress[index].0 != received {
                progress[index] = (received, Instant::now());
            }
            let under_way = pair.sent.load(Relaxed).saturating_sub(received + written_off[index]);
            let late = rate > 0.0 && sent_bytes as f64 > rate * began.elapsed().as_secs_f64();
            if late || (rate == 0.0 && under_way + train as u64 > window) {
                // Lost packets never arrive; without this the window would fill with them.
                if progress[index].1.elapsed() > Duration::from_millis(20) {
                    written_off[index] += under_way;
                    progress[index].1 = Instant::now();
                }
                continue;
            }
            let stamp = u64::try_from(start.elapsed().as_nanos()).unwrap_or(0).to_be_bytes();
            for packet in batch.chunks_mut(payload) {
                packet[1..STAMP_BYTES].copy_from_slice(&stamp);
            }
            let segment_size = (train > 1).then_some(payload);
            let transmit = Transmit { destination: *to, ecn: None, contents: &batch, segment_size, src_ip: None };
            if leg.state.try_send((&leg.socket).into(), &transmit).is_ok() {
                pair.sent.fetch_add(train as u64, Relaxed);
                sent_bytes += batch.len() as u64;
            }
            idle = false;
        }
        if idle {
            thread::sleep(Duration::from_micros(if rate > 0.0 { 200 } else { 20 }));
        }
    }
    thread::sleep(Duration::from_millis(100));
    let elapsed = began.elapsed().as_secs_f64();
    let cpu = cpu_seconds(&pid) - cpu_before;
    stop.store(true, Relaxed);
    let mut latencies: Vec<u32> = receivers.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect();
    latencies.sort_unstable();
    let percentile = |share: f64| {
        let index = (latencies.len() as f64 * share) as usize;
        latencies.get(index.min(latencies.len().saturating_sub(1))).copied().unwrap_or(0)
    };
    let sum = |field: fn(&Pair) -> &AtomicU64| counts.iter().map(|pair| field(pair).load(Relaxed)).sum::<u64>();
    let (sent, received) = (sum(|pair| &pair.sent), sum(|pair| &pair.received));
    let bytes = received as f64 * payload as f64;
    println!(
        "{{\"pairs\":{pairs},\"payload\":{payload},\"train\":{train},\"sent\":{sent},\"received\":{received},\
         \"gbit_per_second\":{:.3},\"relay_cpu_seconds\":{cpu:.2},\"relay_bytes_per_cpu_second\":{:.0},\
         \"relay_cpu_seconds_per_gb\":{:.3},\"one_way_us_p50\":{},\"one_way_us_p99\":{}}}",
        bytes * 8.0 / elapsed / 1e9,
        bytes / cpu.max(0.01),
        cpu / (bytes / 1e9).max(1e-9),
        percentile(0.5),
        percentile(0.99),
    );
}

/// Counts what arrives and returns latencies in microseconds, one a train.
fn receive(leg: &Leg, pair: &Pair, payload: usize, start: Instant, stop: &AtomicBool) -> Vec<u32> {
    let mut latencies = Vec::new();
    // One buffer at a time: a blocking call would wait until all of several are full.
    let mut buffer = vec![0; 65_536];
    let mut metas = [RecvMeta::default()];
    while !stop.load(Relaxed) {
        let mut slices = [IoSliceMut::new(&mut buffer)];
        let Ok(count) = leg.state.recv((&leg.socket).into(), &mut slices, &mut metas) else {
            continue;
        };
        let now = u64::try_from(start.elapsed().as_nanos()).unwrap_or(0);
        for (meta, slice) in metas.iter().zip(&slices).take(count) {
            pair.received.fetch_add(meta.len.div_ceil(payload) as u64, Relaxed);
            if let (Some(stamp), true) = (slice.get(1..STAMP_BYTES), latencies.len() < SAMPLES_MAX) {
                let sent = u64::from_be_bytes(stamp.try_into().unwrap_or_default());
                latencies.push(u32::try_from(now.saturating_sub(sent) / 1000).unwrap_or(u32::MAX));
            }
        }
    }
    latencies
}

/// Memory of a process that is really there.
fn resident_bytes(pid: &str) -> u64 {
    let pages = std::fs::read_to_string(format!("/proc/{pid}/statm")).expect("a running process");
    pages.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

/// User and system time of a process.
fn cpu_seconds(pid: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a running process");
    // The name in parentheses may hold spaces; fields 14 and 15 count from behind it.
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / TICKS_PER_SECOND
}
