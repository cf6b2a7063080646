//! Tables and structs that cross the C ABI, version 1.1.
//!
//! **Growth.** Tables grow at their end only. Each begins (the driver table after its version) with `table_bytes`, what the
//! driver was compiled with; a host reads no further and takes what lies beyond as absent. A null function is absent too.
//! The other structs never change within a major version; their `reserved` fields are zero.
//!
//! **Outcome.** Functions return the number of a [`crate::Status`]. After anything but `Ok` and `Timeout`, `last_error` gives
//! a sentence for people, on the thread that made the call and until its next call.
//!
//! **Ownership.** Tables and their strings live as long as the library, which is never unloaded. What a handle hands out by
//! pointer (pixels, damage) is the driver's and valid until the next call on that handle. What `read_text` and `read_image`
//! hand out is the caller's until it is given back to the clipboard table's `free`. A handle is given back to `close` once.
//!
//! **Threads.** A handle is used by one thread at a time, not always the same one. `wake` alone may be called from any
//! thread while another is in `wait` or `wait_changed`; never after `close`. Functions without a handle may be called from
//! any thread at any time.
//!
//! **Units.** Coordinates and sizes are pixels; times are milliseconds, [`crate::TIMEOUT_NONE`] being for ever; sizes named
//! `bytes` are bytes. A picture is rows from the top, `stride` bytes apart, four bytes to the pixel: blue, green, red, unused.
//!
//! **Displays.** Identifiers from 0 to 63 are places in the driver's list, which lists displays in the system's own order;
//! larger ones are the driver's names for displays and stay the same while the display exists. An input driver takes places
//! of any driver, and names of a driver of its own name.

use std::ffi::{c_char, c_void};

/// A number of [`crate::Status`].
pub type RawStatus = i32;
/// One opened capture, input or clipboard, as its driver sees it.
pub type RawHandle = *mut c_void;
/// Type of the exported symbol. The table may be null when the driver cannot work at all.
pub type Entry = unsafe extern "C" fn() -> *const DriverTable;

/// What a driver is and has.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct DriverTable {
    /// [`crate::ABI_MAJOR`] of the driver.
    pub abi_major: u16,
    /// [`crate::ABI_MINOR`] of the driver.
    pub abi_minor: u16,
    /// Bytes of this table as the driver knows it.
    pub table_bytes: u32,
    /// Short name, UTF-8, zero-terminated: lower-case letters, digits, `-`; it is the one in the file name.
    pub name: *const c_char,
    /// Version of the driver, UTF-8, zero-terminated.
    pub version: *const c_char,
    /// Null when the driver has none; so for the next two.
    pub capture: *const CaptureTable,
    pub input: *const InputTable,
    pub clipboard: *const ClipboardTable,
    /// Copies at most `len` bytes of the calling thread's last error, UTF-8 without a zero; returns its whole length.
    pub last_error: Option<unsafe extern "C" fn(buf: *mut u8, len: usize) -> usize>,
}

/// Reading a display's picture.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CaptureTable {
    pub table_bytes: u32,
    pub reserved: u32,
    /// Writes at most `capacity` displays to `buf` and how many there are to `count`, which may be more.
    pub displays: Option<unsafe extern "C" fn(buf: *mut DisplayInfo, capacity: usize, count: *mut usize) -> RawStatus>,
    pub open: Option<unsafe extern "C" fn(display: u32, handle: *mut RawHandle) -> RawStatus>,
    /// `Ok` as soon as damage, a change of the pointer's shape or of the display's geometry is there to be fetched. Damage
    /// and geometry are told until they are grabbed, the pointer once. Takes no
    /// processor time while nothing happens (a driver that must poll says so in its own documentation).
    pub wait: Option<unsafe extern "C" fn(handle: RawHandle, timeout_ms: u32) -> RawStatus>,
    /// Ends a running or the next `wait` with `Timeout`.
    pub wake: Option<unsafe extern "C" fn(handle: RawHandle) -> RawStatus>,
    /// Brings the picture up to date where it was damaged since the last call. The first call gives all of it.
    pub grab: Option<unsafe extern "C" fn(handle: RawHandle, frame: *mut FrameInfo) -> RawStatus>,
    /// Place and shape of the pointer. `Unsupported` where the system does not tell.
    pub cursor: Option<unsafe extern "C" fn(handle: RawHandle, cursor: *mut CursorInfo) -> RawStatus>,
    /// Whether the pointer's moves end a `wait` as well, at most every 8 ms. Off at first.
    pub track_pointer: Option<unsafe extern "C" fn(handle: RawHandle, on: u8) -> RawStatus>,
    pub close: Option<unsafe extern "C" fn(handle: RawHandle)>,
    /// Since 1.1. As `displays`, of the windows that can be opened now: no docks, menus or others that nobody would name.
    pub windows: Option<unsafe extern "C" fn(buf: *mut WindowInfo, capacity: usize, count: *mut usize) -> RawStatus>,
    /// Since 1.1. As `open`, of a window: its own picture wherever it lies, also what other windows cover. `Gone` as soon as
    /// the window is.
    pub open_window: Option<unsafe extern "C" fn(window: u64, handle: *mut RawHandle) -> RawStatus>,
}

/// Acting as a pointer and a keyboard.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct InputTable {
    pub table_bytes: u32,
    pub reserved: u32,
    pub open: Option<unsafe extern "C" fn(handle: *mut RawHandle) -> RawStatus>,
    /// Puts the pointer at a place within the display; places outside are moved to its edge.
    pub pointer: Option<unsafe extern "C" fn(handle: RawHandle, display: u32, x: i32, y: i32) -> RawStatus>,
    /// `index`: 0 left, 1 middle, 2 right, 3 back, 4 forward.
    pub button: Option<unsafe extern "C" fn(handle: RawHandle, index: u32, down: u8) -> RawStatus>,
    /// In clicks; to the right and down is positive. At most 100 of each are taken from one call.
    pub wheel: Option<unsafe extern "C" fn(handle: RawHandle, dx: i32, dy: i32) -> RawStatus>,
    /// `code`: a Linux input event code (`KEY_A` is 30), whatever the layout.
    pub key: Option<unsafe extern "C" fn(handle: RawHandle, code: u32, down: u8) -> RawStatus>,
    /// Enters UTF-8 text whatever the layout, `\n` and `\t` being their keys. Modifiers that are down do not count.
    pub text: Option<unsafe extern "C" fn(handle: RawHandle, text: *const u8, len: usize) -> RawStatus>,
    /// Lets go of every key and button that this handle holds down; `close` does so too.
    pub release_all: Option<unsafe extern "C" fn(handle: RawHandle) -> RawStatus>,
    pub close: Option<unsafe extern "C" fn(handle: RawHandle)>,
}

/// The system's clipboard.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ClipboardTable {
    pub table_bytes: u32,
    pub reserved: u32,
    pub open: Option<unsafe extern "C" fn(handle: *mut RawHandle) -> RawStatus>,
    /// `Ok` when another program put something there since the last `Ok`. What this driver wrote does not count.
    pub wait_changed: Option<unsafe extern "C" fn(handle: RawHandle, timeout_ms: u32) -> RawStatus>,
    /// Ends a running or the next `wait_changed` with `Timeout`.
    pub wake: Option<unsafe extern "C" fn(handle: RawHandle) -> RawStatus>,
    /// Writes a sum of [`FORMAT_TEXT`] and [`FORMAT_IMAGE`].
    pub formats: Option<unsafe extern "C" fn(handle: RawHandle, formats: *mut u32) -> RawStatus>,
    /// UTF-8; `Unsupported` when there is no text.
    pub read_text: Option<unsafe extern "C" fn(handle: RawHandle, content: *mut ContentInfo) -> RawStatus>,
    /// Tight rows of red, green, blue, alpha; `Unsupported` when there is no image.
    pub read_image: Option<unsafe extern "C" fn(handle: RawHandle, content: *mut ContentInfo) -> RawStatus>,
    pub write_text: Option<unsafe extern "C" fn(handle: RawHandle, text: *const u8, len: usize) -> RawStatus>,
    /// `rgba` has `width * height * 4` bytes.
    pub write_image:
        Option<unsafe extern "C" fn(handle: RawHandle, width: u32, height: u32, rgba: *const u8) -> RawStatus>,
    /// Gives back what `read_text` or `read_image` handed out, exactly as it was.
    pub free: Option<unsafe extern "C" fn(data: *mut u8, bytes: usize)>,
    pub close: Option<unsafe extern "C" fn(handle: RawHandle)>,
}

/// A place and size within a display.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RectI32 {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// One display.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct DisplayInfo {
    pub id: u32,
    /// Place on the desktop that all displays make up; 0, 0 where the system does not tell.
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    /// How much larger than usual things are drawn: 100, 150, 200 …
    pub scale_percent: u32,
    /// 1 on the main display.
    pub primary: u32,
    /// UTF-8, zero-terminated, cut to fit.
    pub name: [u8; 64],
}

impl Default for DisplayInfo {
    fn default() -> Self {
        Self { id: 0, x: 0, y: 0, width: 0, height: 0, scale_percent: 100, primary: 0, name: [0; 64] }
    }
}

/// One window. Since 1.1.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct WindowInfo {
    /// The system's own number for it.
    pub id: u64,
    /// Number of the process that it belongs to; 0 where the system does not tell.
    pub process: u32,
    pub reserved: u32,
    /// Place on the desktop.
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    /// What stands in its title bar; UTF-8, zero-terminated, cut to fit.
    pub title: [u8; 256],
    /// What its program is called; so cut.
    pub program: [u8; 64],
}

impl Default for WindowInfo {
    fn default() -> Self {
        Self { id: 0, process: 0, reserved: 0, x: 0, y: 0, width: 0, height: 0, title: [0; 256], program: [0; 64] }
    }
}

/// The display's geometry changed: `damage` is all of the picture, whose size may be new.
pub const FRAME_RESIZED: u32 = 1;
/// Displays came, went or changed: ask `displays` again.
pub const FRAME_DISPLAYS_CHANGED: u32 = 2;
/// Since 1.1. The window is minimised or otherwise out of sight: this is its last picture.
pub const FRAME_HIDDEN: u32 = 4;

/// A display's picture.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct FrameInfo {
    pub width: u32,
    pub height: u32,
    /// Bytes from one row to the next, at least `width * 4`.
    pub stride: u32,
    /// Sum of `FRAME_*`.
    pub flags: u32,
    /// The whole picture. Only what was ever damaged is meant to be fresh; that is all of it after the first `grab`.
    pub pixels: *const u8,
    pub pixels_bytes: usize,
    /// Where this picture differs from the one before, or may.
    pub damage: *const RectI32,
    pub damage_count: usize,
}

/// Place and shape of the pointer.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CursorInfo {
    /// Place of the hot spot within the display, which may be outside of it.
    pub x: i32,
    pub y: i32,
    /// 1 when the pointer is on this display.
    pub visible: u32,
    pub reserved: u32,
    /// Another number for another shape.
    pub serial: u64,
    pub width: u32,
    pub height: u32,
    pub hot_x: i32,
    pub hot_y: i32,
    /// Tight rows of blue, green, red, alpha; colours multiplied by alpha.
    pub pixels: *const u8,
    pub pixels_bytes: usize,
}

/// Text is offered.
pub const FORMAT_TEXT: u32 = 1;
/// An image is offered.
pub const FORMAT_IMAGE: u32 = 2;

/// What was on the clipboard.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ContentInfo {
    pub data: *mut u8,
    pub bytes: usize,
    /// Of an image; 0 for text.
    pub width: u32,
    pub height: u32,
}
