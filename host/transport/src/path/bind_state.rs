//! How a path stands with its forwarder.
//!
//! The driver says it, handles tell it on; both know this and not each other.

use crate::bind::Refusal;

/// How we stand with the forwarder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindState {
    /// Not bound at the present address yet, and trying.
    Binding,
    /// It forwards for us.
    Bound,
    /// It refuses the ticket; a new one is needed.
    Refused(Refusal),
}
