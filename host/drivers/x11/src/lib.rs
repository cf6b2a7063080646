//! The driver for X11: capture by XDamage and MIT-SHM (of one window, by Composite), input by enigo, clipboard by arboard.
//!
//! Says `Unsupported` where the server lacks what it needs (then the `scrap` driver takes the capture over) and `Gone` when
//! the server or the display went away. Takes the server from `DISPLAY` when something is opened. `sys` holds the `unsafe`.

use std::ffi::CStr;

mod boxes;
mod capture;
mod clipboard;
mod connection;
mod cursor;
mod displays;
mod input;
mod keymap;
mod picture;
mod subject;
mod sys;
mod typist;
mod window;
mod window_list;

/// The driver, as its table states it.
pub struct X11;

impl lotse_driver::Driver for X11 {
    const NAME: &'static CStr = c"x11";
    const VERSION: &'static CStr = c"0.1.0";
    type Capture = capture::X11Capture;
    type Input = input::X11Input;
    type Clipboard = clipboard::X11Clipboard;
}

lotse_driver::export_driver!(X11);
