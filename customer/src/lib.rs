//! The customer's program: one small window over [`lotse_engine::customer::Customer`], which holds every truth there is.
//!
//! Nothing starts without the customer's word, what is allowed is always visible, and one control and one key stop
//! everything. Small, because somebody who is stuck waits for it: no argument parser, no compiler, no image formats.

pub mod app;
pub mod core;
pub mod options;
pub mod register;
pub mod start;

mod active;
mod attention;
mod busy;
mod comeback;
mod desktop;
mod entry;
mod instance;
mod link;
mod offer;
mod outcome;
mod prompt;
mod reps;
mod restarting;
mod seen;
mod stop_bar;
mod tab;
mod waiting;
mod watching;
mod wishes;

pub use busy::BusyWindow;
pub use desktop::Gifts;
pub use link::LinkState;
pub use offer::Offer;
