//! The relay's blind packet forwarder: binds each end of a session to its address and passes packets to the other end.
//!
//! It holds no session key and adds no header. Nothing from an unbound address is forwarded, no answer is longer than
//! what it answers, and every table is bounded. Legs live in memory only: after a restart the ends bind again by
//! themselves, with the tickets that this relay's key has issued. One thread does all of it, in batches of system
//! calls that keep GSO trains whole; `table` and `engine` know nothing of sockets.

mod engine;
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod metrics;
mod server;
mod sessions;
mod table;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod portable;
#[cfg(target_os = "linux")]
mod sys;

pub use metrics::{Metrics, MetricsReport};
pub use server::{Forwarder, ForwarderConfig, ForwarderError, Running};
pub use sessions::Sessions;

pub use lotse_transport::bind::{LegTicket, RelayKey, Side};
