//! The life of one session on one side, without sockets, clocks or windows.
//!
//! A [`Machine`] takes `(now, event)` and leaves [`Action`]s to be carried out; [`Machine::poll_wake_ms`] says when it
//! wants to be asked again. What it guarantees, whatever comes in whatever order: plugins run only after the customer
//! opened the session, a silent or broken link is waited for [`WAIT_MS`], and an end is final and told to everybody
//! who can still hear it.

mod machine;
#[cfg(test)]
mod simulation;
mod state;

pub use machine::Machine;
pub use state::{Action, Event, Failure, State, Step};

/// How long the other side is waited for, in milliseconds (N4).
pub const WAIT_MS: u64 = lotse_protocol::control::CUSTOMER_WAIT_S * 1000;
