//! The driver of last resort for capture: the `scrap` crate, for servers without DAMAGE and for other systems.
//!
//! scrap gives whole pictures and no damage, so this driver polls, up to 30 times a second and only while somebody waits,
//! and compares. It tells neither the pointer nor where a display is on the desktop. When it cannot go on it says `Gone`.

use std::ffi::CStr;

mod capture;
mod changes;
mod poller;

/// The driver, as its table states it.
pub struct Scrap;

impl lotse_driver::Driver for Scrap {
    const NAME: &'static CStr = c"scrap";
    const VERSION: &'static CStr = c"0.1.0";
    type Capture = capture::ScrapCapture;
    type Input = lotse_driver::Absent;
    type Clipboard = lotse_driver::Absent;
}

lotse_driver::export_driver!(Scrap);
