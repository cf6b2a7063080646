//! What the plugin monitor shows of an instance: counters that are read without stopping it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use parking_lot::Mutex;

use crate::fault::Fault;

/// Where an instance stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Not yet through `init`.
    Starting,
    Running,
    /// Stopped for a fault; a new one is being made.
    Restarting,
    /// Too many faults: it stays out of this session.
    Evicted(Fault),
    /// Stopped by the host, or the session ended.
    Stopped,
}

/// A moment's figures. All counters are since the first start and go on over restarts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Handler calls.
    pub calls: u64,
    /// Calls the plugin made to the host.
    pub host_calls: u64,
    /// Processor time in the plugin, host functions it called included.
    pub cpu_us: u64,
    /// Linear memory now.
    pub memory_bytes: u64,
    /// Stream and datagram bytes the host took from, and gave to, the plugin itself (pipelines not included).
    pub bytes_sent: u64,
    pub bytes_received: u64,
    pub events_waiting: u64,
    pub events_dropped: u64,
    pub log_lines: u64,
    pub log_lines_dropped: u64,
    pub handles: u64,
    pub restarts: u32,
    pub state: State,
}

/// The cells behind [`Stats`].
#[derive(Debug)]
pub(crate) struct Counters {
    pub calls: AtomicU64,
    pub host_calls: AtomicU64,
    pub cpu_ns: AtomicU64,
    pub memory_bytes: AtomicU64,
    pub bytes_sent: AtomicU64,
    pub bytes_received: AtomicU64,
    pub events_dropped: AtomicU64,
    pub log_lines: AtomicU64,
    pub log_lines_dropped: AtomicU64,
    pub restarts: AtomicU32,
    pub state: Mutex<State>,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            calls: AtomicU64::new(0),
            host_calls: AtomicU64::new(0),
            cpu_ns: AtomicU64::new(0),
            memory_bytes: AtomicU64::new(0),
            bytes_sent: AtomicU64::new(0),
            bytes_received: AtomicU64::new(0),
            events_dropped: AtomicU64::new(0),
            log_lines: AtomicU64::new(0),
            log_lines_dropped: AtomicU64::new(0),
            restarts: AtomicU32::new(0),
            state: Mutex::new(State::Starting),
        }
    }
}

impl Counters {
    pub fn read(&self, events_waiting: usize, handles: usize) -> Stats {
        Stats {
            calls: self.calls.load(Relaxed),
            host_calls: self.host_calls.load(Relaxed),
            cpu_us: self.cpu_ns.load(Relaxed) / 1_000,
            memory_bytes: self.memory_bytes.load(Relaxed),
            bytes_sent: self.bytes_sent.load(Relaxed),
            bytes_received: self.bytes_received.load(Relaxed),
            events_waiting: events_waiting as u64,
            events_dropped: self.events_dropped.load(Relaxed),
            log_lines: self.log_lines.load(Relaxed),
            log_lines_dropped: self.log_lines_dropped.load(Relaxed),
            handles: handles as u64,
            restarts: self.restarts.load(Relaxed),
            state: self.state.lock().clone(),
        }
    }
}
