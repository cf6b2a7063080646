//! The seats of an account and who has them.

use serde::{Deserialize, Serialize};

/// Who has a seat is told of so many; of the rest the number.
pub const SEAT_HOLDERS_MAX: usize = 100;

/// Who has the seats of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatsTaken {
    /// How many the account has.
    pub seats: u32,
    /// At most [`SEAT_HOLDERS_MAX`], who has had one for longest first.
    pub holders: Vec<SeatHolder>,
    /// Holders that are not listed.
    pub more: u32,
}

/// A sign-in that has a seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatHolder {
    /// Names this seat and this holder of it to the relay ([`ToRelay::TakeSeat`](super::ToRelay::TakeSeat)).
    pub seat: u64,
    pub name: String,
    /// For how many seconds already; a duration, since clocks differ.
    pub held_s: u64,
    /// A session of this sign-in runs, which ends with it.
    pub in_session: bool,
    /// Its console is connected.
    pub connected: bool,
}
