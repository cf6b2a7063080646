//! All of this crate's `unsafe`: memory shared with the X server, the keymap library loaded at run time, and waiting
//! on file descriptors. What leaves here is safe to call in any order.

pub(crate) mod keymap;
pub(crate) mod memory;
pub(crate) mod wait;
