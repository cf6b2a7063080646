//! Opening, starting and stopping: the socket and the one thread that serves it.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lotse_transport::bind::RelayKey;

use crate::engine::{Engine, Now};
use crate::metrics::Metrics;
use crate::sessions::Sessions;

/// Legs if nothing else is said; at some 300 bytes each, 30 MB.
const LEGS_MAX: usize = 100_000;
/// How long the thread waits for packets before it looks whether it should stop.
pub(crate) const WAIT: Duration = Duration::from_millis(500);
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// What a forwarder needs to know.
#[derive(Clone, Debug)]
pub struct ForwarderConfig {
    /// Where to listen; port 0 takes any. A host with several addresses should name the one it is reached at.
    pub address: SocketAddr,
    /// The key that the relay issues tickets with; the same one after a restart keeps sessions going.
    pub key: RelayKey,
    /// Legs at a time; two a session.
    pub legs_max: usize,
    /// Whose legs are bound. `None`: whoever has a ticket; for tests and measurements.
    pub sessions: Option<Sessions>,
}

/// Why a forwarder did not start.
#[derive(Debug, thiserror::Error)]
pub enum ForwarderError {
    /// The address cannot be had.
    #[error("cannot listen for UDP packets on {address}: {source}")]
    Listen { address: SocketAddr, source: io::Error },
    /// No thread could be had.
    #[error("cannot start the forwarder's thread: {0}")]
    Thread(io::Error),
}

/// A forwarder that has its socket and does not serve it yet.
pub struct Forwarder {
    socket: UdpSocket,
    address: SocketAddr,
    engine: Engine,
    metrics: Arc<Metrics>,
}

impl Forwarder {
    /// Opens a forwarder at `address` with the usual bounds, for every ticket of this key.
    ///
    /// # Errors
    /// [`ForwarderError::Listen`] when the address is taken or not ours.
    pub fn bind(address: SocketAddr, key: RelayKey) -> Result<Self, ForwarderError> {
        Self::with_config(ForwarderConfig { address, key, legs_max: LEGS_MAX, sessions: None })
    }

    /// The same for a relay's running sessions alone.
    ///
    /// # Errors
    /// As [`Self::bind`].
    pub fn bind_for(address: SocketAddr, key: RelayKey, sessions: Sessions) -> Result<Self, ForwarderError> {
        Self::with_config(ForwarderConfig { address, key, legs_max: LEGS_MAX, sessions: Some(sessions) })
    }

    /// Opens a forwarder.
    ///
    /// # Errors
    /// [`ForwarderError::Listen`] when the address is taken or not ours.
    pub fn with_config(config: ForwarderConfig) -> Result<Self, ForwarderError> {
        let ForwarderConfig { address, key, legs_max, sessions } = config;
        let listen = |source| ForwarderError::Listen { address, source };
        let socket = UdpSocket::bind(address).map_err(listen)?;
        socket.set_read_timeout(Some(WAIT)).map_err(listen)?;
        let address = socket.local_addr().map_err(listen)?;
        let metrics = Arc::new(Metrics::default());
        let engine = Engine::new(key, legs_max, sessions, Arc::clone(&metrics));
        Ok(Self { socket, address, engine, metrics })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Its counters.
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }

    /// Starts serving on a thread of its own.
    ///
    /// # Errors
    /// [`ForwarderError::Thread`] when the system gives no thread.
    pub fn start(self) -> Result<Running, ForwarderError> {
        let Self { socket, address, engine, metrics } = self;
        let stop = Arc::new(AtomicBool::new(false));
        let service = Service {
            engine,
            metrics: Arc::clone(&metrics),
            stop: Arc::clone(&stop),
            start: Instant::now(),
            swept: Duration::ZERO,
        };
        let thread = thread::Builder::new()
            .name("lotse-forwarder".to_owned())
            .spawn(move || serve(&socket, service))
            .map_err(ForwarderError::Thread)?;
        Ok(Running { address, metrics, stop, thread: Some(thread) })
    }
}

#[cfg(target_os = "linux")]
use crate::linux::serve;
#[cfg(not(target_os = "linux"))]
use crate::portable::serve;

/// What the thread works with, whichever system calls it uses.
pub(crate) struct Service {
    pub(crate) engine: Engine,
    pub(crate) metrics: Arc<Metrics>,
    stop: Arc<AtomicBool>,
    start: Instant,
    swept: Duration,
}

impl Service {
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Relaxed)
    }

    /// The time for the next batch, and what is due by it.
    pub(crate) fn tick(&mut self) -> Now {
        // A calendar before 1970 takes every ticket for valid; it is the relay's own, and issues them too.
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let now = Now { uptime: self.start.elapsed(), unix };
        if now.uptime.saturating_sub(self.swept) >= SWEEP_EVERY {
            self.swept = now.uptime;
            self.engine.sweep(now);
        }
        now
    }
}

/// A forwarder at work. It stops when this is dropped.
pub struct Running {
    address: SocketAddr,
    metrics: Arc<Metrics>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Its counters.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Stops and waits until the socket is closed, half a second at most.
    pub fn stop(mut self) {
        self.halt();
    }

    fn halt(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.stop.store(true, Relaxed);
        self.poke();
        if thread.join().is_err() {
            tracing::error!("the forwarder's thread had panicked");
        }
    }

    /// An empty packet wakes the thread; without it the thread wakes by itself a little later.
    fn poke(&self) {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        let any: IpAddr = if ip.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let sent = UdpSocket::bind((any, 0)).and_then(|socket| socket.send_to(&[], (ip, self.address.port())));
        if let Err(error) = sent {
            tracing::debug!(%error, "the forwarder could not be woken");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.halt();
    }
}

impl fmt::Debug for Forwarder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forwarder").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("address", &self.address).finish_non_exhaustive()
    }
}
