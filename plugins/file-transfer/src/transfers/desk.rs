//! What a half wants done on its computer, and what it is told of it. `host` does it for real.

use crate::item::{Item, Progress, Way};
use crate::protocol::{Allowed, Facts, Message};
use lotse_sdk::Error;

/// What this half can do on its computer.
pub trait Desk {
    /// False if nothing can be said now.
    fn tell(&mut self, message: &Message) -> bool;
    /// No more is said to, or heard of, the other half.
    fn hang_up(&mut self);
    /// Asks the person here; the host's request.
    fn ask(&mut self, facts: &Facts) -> Result<u64, Error>;
    fn withdraw(&mut self, request: u64);
    /// Sends what the token stands for; the host's transfer.
    fn send(&mut self, item: &Item) -> Result<u64, Error>;
    /// Receives from the stream that was just opened for it.
    fn receive(&mut self, item: &Item) -> Result<u64, Error>;
    /// The place that the token stands for, if it still does.
    fn place(&mut self, token: &str) -> Option<Place>;
    /// What the token of a source stands for. Busy: it is still being looked through.
    fn facts(&mut self, token: &str) -> Result<Facts, Error>;
    fn pause(&mut self, transfer: u64, on: bool);
    fn cancel(&mut self, transfer: u64);
    fn progress(&mut self, transfer: u64) -> Option<Progress>;
    /// Lets the host's transfer go, which keeps what has arrived.
    fn stop(&mut self, way: Way, id: u64);
    /// The host's handles of it are of no more use. Its token stands for it all the same.
    fn forget(&mut self, way: Way, id: u64);
    /// Nobody goes on with what the token stands for: the host removes what has arrived of it and has no name yet.
    fn discard(&mut self, token: &str);
    /// Free bytes at a place.
    fn room(&mut self, token: &str) -> Option<u64>;
    /// The customer's half: asks for the standing permission.
    fn ask_to_allow(&mut self) -> Allowed;
    /// Something for the person here that no row says.
    fn notify(&mut self, line: &str);
    fn random(&mut self) -> u64;
    fn now_us(&mut self) -> u64;
    fn wake_after_us(&mut self, delay_us: u64) -> u64;
    /// Menus and rows show something else now.
    fn changed(&mut self);
}

/// What a person here agreed to receive into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub token: String,
    /// For people.
    pub name: String,
    /// It was let in by the standing permission, and nobody was asked.
    pub unasked: bool,
}

/// How a transfer of the host's ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub outcome: String,
    pub bytes: u64,
    pub renamed: u32,
}
