//! One picture path for plugins that show a screen, whichever way it goes.
//!
//! A publisher joins a capture to a stream and follows the link with the quality; a presenter joins that stream to a window.
//! [`Publisher`] and [`Scale`] know no host; [`Published`] and [`Presented`] hold the host's handles. Who asks whom, and in
//! which messages, is each plugin's own.

mod ended;
mod failure;
mod lapsed;
mod presented;
mod published;
mod publisher;
mod quality;
mod scale;
mod words;

pub use ended::{ENDED, Ended, tell_others};
pub use failure::Failure;
pub use lapsed::{AWAY_US, Lapsed};
pub use presented::{Presented, Window};
pub use published::{Published, Publishes};
pub use publisher::{Pipe, Publisher};
pub use quality::{Link, Pace, Policy, Quality, RAISE_AFTER_US};
pub use scale::{Scale, SnapshotTo};
pub use words::{menu_name, quality_choice};

/// Label of the stream that carries the picture.
pub const SCREEN: &str = "screen";
