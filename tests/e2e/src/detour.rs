//! A router between one program and the relay, whose address on the relay's side can change from one moment to the next:
//! what a provider does at night, and a laptop that goes from one network to another.
//!
//! It stands at 127.0.0.2 with the relay's own ports, so a program that is given that address finds everything there. To
//! the relay its packets come from 127.0.0.3, after a change from 127.0.0.4, and so on; on Linux all of these are this
//! machine. A change also cuts every control connection, as it does in reality. Packets can be kept back altogether.

use crate::Result;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::spawn;
use std::time::Duration;

const INSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// How often threads look whether they are still wanted.
const LOOK: Duration = Duration::from_millis(50);
/// Larger than any packet that QUIC makes.
const PACKET_BYTES: usize = 64 * 1024;

/// The router. It ends with its value.
pub struct Detour {
    shared: Arc<Shared>,
}

struct Shared {
    control: SocketAddr,
    packets: SocketAddr,
    inside: UdpSocket,
    outside: Mutex<Outside>,
    /// The line back, on which one packet comes after the other whosever it is.
    back: Mutex<()>,
    connections: Mutex<Vec<TcpStream>>,
    /// Packets are swallowed in both directions.
    blocked: AtomicBool,
    /// Bytes a second that get through in each direction; 0: as many as come.
    width: AtomicU64,
    ended: AtomicBool,
}

/// The side that the relay sees.
struct Outside {
    /// Last byte of the address.
    number: u8,
    /// A port of its own for each of the program's sockets, as every router has it.
    ports: HashMap<SocketAddr, Arc<UdpSocket>>,
    /// Packets that came back to this address.
    answered: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn port(number: u8) -> Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::new(127, 0, 0, number), 0))?;
    socket.set_read_timeout(Some(LOOK))?;
    Ok(socket)
}

impl Outside {
    fn new(number: u8) -> Self {
        Self { number, ports: HashMap::new(), answered: 0 }
    }
}

impl Detour {
    /// Starts it before a relay with these addresses.
    ///
    /// # Errors
    /// If 127.0.0.2 or its ports are not to be had.
    pub fn before(control: SocketAddr, packets: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((INSIDE, control.port()))?;
        listener.set_nonblocking(true)?;
        let inside = UdpSocket::bind((INSIDE, packets.port()))?;
        inside.set_read_timeout(Some(LOOK))?;
        let shared = Arc::new(Shared {
            control,
            packets,
            inside,
            outside: Mutex::new(Outside::new(3)),
            back: Mutex::default(),
            connections: Mutex::default(),
            blocked: AtomicBool::new(false),
            width: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        });
        let (control, going) = (shared.clone(), shared.clone());
        spawn(move || control.accept(&listener));
        spawn(move || going.pass_on());
        Ok(Self { shared })
    }

    /// The relay's URL as a program behind the router is to know it.
    ///
    /// # Errors
    /// If `url` is no relay's.
    pub fn url(&self, url: &str) -> Result<String> {
        let (_, after) = url.split_once('#').ok_or("the URL pins no certificate")?;
        Ok(format!("https://{INSIDE}:{}#{after}", self.shared.control.port()))
    }

    /// From now on packets come from another address, nothing reaches the old one any more, and control connections
    /// are cut.
    ///
    /// # Errors
    /// If there is no further address.
    pub fn change_address(&self) -> Result<()> {
        let number = lock(&self.shared.outside).number + 1;
        port(number)?;
        *lock(&self.shared.outside) = Outside::new(number);
        self.shared.cut();
        Ok(())
    }

    /// Packets get through no more, or do again; connections always do. As a firewall that lets only the web through.
    pub fn block(&self, on: bool) {
        self.shared.blocked.store(on, Ordering::Relaxed);
    }

    /// From now on no more than so many bytes a second get through in each direction, one packet after the other; 0: as many
    /// as come. What does not fit waits in the sockets' own queues, and what these do not hold is lost, as at a narrow line.
    pub fn narrow(&self, bytes_per_s: u64) {
        self.shared.width.store(bytes_per_s, Ordering::Relaxed);
    }

    /// Packets that the relay sent to the present address.
    #[must_use]
    pub fn answered(&self) -> u64 {
        lock(&self.shared.outside).answered
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    fn cut(&self) {
        for connection in lock(&self.connections).drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        while !self.is_over() {
            let Ok((near, _)) = listener.accept() else {
                std::thread::sleep(LOOK);
                continue;
            };
            // A relay that is down: the program sees its connection closed.
            let _ = self.join(near);
        }
    }

    fn join(self: &Arc<Self>, near: TcpStream) -> Result<()> {
        near.set_nonblocking(false)?;
        let far = TcpStream::connect(self.control)?;
        lock(&self.connections).extend([near.try_clone()?, far.try_clone()?]);
        for (mut from, mut to) in [(near.try_clone()?, far.try_clone()?), (far, near)] {
            spawn(move || {
                let _ = std::io::copy(&mut from, &mut to);
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.shutdown(Shutdown::Both);
            });
        }
        Ok(())
    }

    /// Takes the time that the line needs for a packet.
    fn take_time(&self, length: usize) {
        let micros = (length as u64 * 1_000_000).checked_div(self.width.load(Ordering::Relaxed)).unwrap_or(0);
        if micros > 0 {
            std::thread::sleep(Duration::from_micros(micros));
        }
    }

    fn pass_on(self: &Arc<Self>) {
        let mut packet = vec![0; PACKET_BYTES];
        while !self.is_over() {
            if let Ok((length, from)) = self.inside.recv_from(&mut packet) {
                if self.blocked.load(Ordering::Relaxed) {
                    continue;
                }
                self.take_time(length);
                if let Ok(port) = self.port_of(from) {
                    let _ = port.send_to(packet.get(..length).unwrap_or_default(), self.packets);
                }
            }
        }
    }

    /// Where packets of this socket go out; what comes back there is passed back to it.
    fn port_of(self: &Arc<Self>, program: SocketAddr) -> Result<Arc<UdpSocket>> {
        let mut outside = lock(&self.outside);
        if let Some(port) = outside.ports.get(&program) {
            return Ok(port.clone());
        }
        let port = Arc::new(port(outside.number)?);
        outside.ports.insert(program, port.clone());
        let (shared, number, coming) = (self.clone(), outside.number, port.clone());
        spawn(move || shared.pass_back(number, &coming, program));
        Ok(port)
    }

    fn pass_back(&self, number: u8, port: &UdpSocket, program: SocketAddr) {
        let mut packet = vec![0; PACKET_BYTES];
        while !self.is_over() && lock(&self.outside).number == number {
            let Ok((length, _)) = port.recv_from(&mut packet) else { continue };
            if self.blocked.load(Ordering::Relaxed) {
                continue;
            }
            let line = lock(&self.back);
            self.take_time(length);
            drop(line);
            let mut outside = lock(&self.outside);
            if outside.number == number {
                outside.answered += 1;
                let _ = self.inside.send_to(packet.get(..length).unwrap_or_default(), program);
            }
        }
    }
}

impl Drop for Detour {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        self.shared.cut();
    }
}
