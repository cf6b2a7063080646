//! A line between two ends of this process: a rate and a delay each way, and a queue that drops what no longer fits.
//!
//! It stands where the forwarder would: an end of ours binds its leg here, and what comes from one end goes to the other.
//! Threads that sleep to the point, since tokio's timers count milliseconds.

use lotse_transport::bind::{COOKIE_BYTES, FromRelay, RelayKey, Side, ToRelay, bound_mac};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// IPv4 and UDP, which count on a line as well.
const HEADERS_BYTES: usize = 28;
/// More than fit into the longest queue and the delay, be they acknowledgements alone.
const PACKETS_MAX: usize = 32 * 1024;

#[derive(Clone, Copy)]
pub struct Shape {
    pub bits_per_s: f64,
    /// One way.
    pub delay: Duration,
    pub queue_bytes: f64,
}

struct Packet {
    at: Instant,
    to: SocketAddr,
    bytes: Vec<u8>,
}

/// One direction.
struct Way {
    shape: Option<Shape>,
    /// When all that waits will have left.
    free_at: Instant,
    out: SyncSender<Packet>,
}

struct Line {
    socket: Arc<UdpSocket>,
    key: RelayKey,
    /// Rep or server, customer or client.
    ends: [Option<SocketAddr>; 2],
    ways: [Way; 2],
}

/// Starts a line, for as long as the process lasts; without a shape it only passes on. `server` is an end that does not
/// bind: who else sends is then its client. Returns the address that both ends send to.
pub fn start(shape: Option<Shape>, key: RelayKey, server: Option<SocketAddr>) -> SocketAddr {
    let socket = Arc::new(UdpSocket::bind(("127.0.0.1", 0)).unwrap());
    let address = socket.local_addr().unwrap();
    let ways = [Way::start(shape, &socket), Way::start(shape, &socket)];
    let line = Line { socket, key, ends: [server, None], ways };
    std::thread::spawn(move || line.carry());
    address
}

impl Line {
    fn carry(mut self) {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            // Broken off by a signal, at most.
            let Ok((length, from)) = self.socket.recv_from(&mut buffer) else { continue };
            match ToRelay::decode(&buffer[..length]) {
                Some(message) => self.bind(from, &message),
                None => self.pass(from, &buffer[..length]),
            }
        }
    }

    fn bind(&mut self, from: SocketAddr, message: &ToRelay) {
        let answer = match *message {
            ToRelay::Bind { nonce, token: _ } => FromRelay::Challenge { nonce, cookie: [0; COOKIE_BYTES] },
            ToRelay::Proof { nonce, token, cookie: _, mac: _ } => {
                let leg = self.key.check(&token, 0).unwrap();
                self.ends[usize::from(leg.side == Side::Customer)] = Some(from);
                FromRelay::Bound { nonce, mac: bound_mac(&self.key.leg_secret(&token), nonce) }
            }
        };
        let _ = self.socket.send_to(&answer.encode(), from);
    }

    fn pass(&mut self, from: SocketAddr, packet: &[u8]) {
        let end = usize::from(self.ends[0] != Some(from));
        self.ends[end] = Some(from);
        if let Some(to) = self.ends[1 - end] {
            self.ways[end].take(to, packet);
        }
    }
}

impl Way {
    fn start(shape: Option<Shape>, socket: &Arc<UdpSocket>) -> Self {
        let (out, packets) = sync_channel(PACKETS_MAX);
        let socket = Arc::clone(socket);
        std::thread::spawn(move || deliver(&socket, &packets));
        Self { shape, free_at: Instant::now(), out }
    }

    fn take(&mut self, to: SocketAddr, packet: &[u8]) {
        let now = Instant::now();
        let mut at = now;
        if let Some(Shape { bits_per_s, delay, queue_bytes }) = self.shape {
            let waiting = self.free_at.saturating_duration_since(now).as_secs_f64() * bits_per_s / 8.0;
            let bytes = (packet.len() + HEADERS_BYTES) as f64;
            if waiting + bytes > queue_bytes {
                return;
            }
            self.free_at = self.free_at.max(now) + Duration::from_secs_f64(bytes * 8.0 / bits_per_s);
            at = self.free_at + delay;
        }
        // A full channel drops, as a line does.
        let _ = self.out.try_send(Packet { at, to, bytes: packet.to_vec() });
    }
}

fn deliver(socket: &UdpSocket, packets: &Receiver<Packet>) {
    while let Ok(Packet { at, to, bytes }) = packets.recv() {
        let early = at.saturating_duration_since(Instant::now());
        if !early.is_zero() {
            std::thread::sleep(early);
        }
        let _ = socket.send_to(&bytes, to);
    }
}
