//! The stage for end-to-end tests, demo and benchmarks: real X servers, the real three programs, and a person's hands.
//!
//! Everything started here is ended when its value is dropped. Waiting is always for something to happen, with a bound
//! that only a broken program meets.

pub mod base64;
pub mod browser;
pub mod chromium;
pub mod clock;
pub mod detour;
pub mod display;
pub mod eyes;
pub mod hands;
pub mod keywatch;
pub mod neighbour;
pub mod patches;
pub mod picture;
pub mod program;
pub mod small_disk;
pub mod spot;
pub mod stage;
pub mod typewriter;

pub use chromium::Chromium;
pub use clock::Clock;
pub use display::Display;
pub use picture::Picture;
pub use program::Program;
pub use small_disk::SmallDisk;
pub use stage::{CustomerOptions, RepOptions, Stage};
pub use typewriter::Typewriter;

/// What went wrong on the stage, in words for whoever reads the test's output.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Waits until `what` gives something, for at most `seconds`.
pub fn wait_for<T>(seconds: u64, why: &str, mut what: impl FnMut() -> Option<T>) -> Result<T> {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(seconds);
    loop {
        if let Some(found) = what() {
            return Ok(found);
        }
        if std::time::Instant::now() > end {
            return Err(format!("waited {seconds} s in vain for: {why}").into());
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
