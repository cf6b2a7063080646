//! The safe side of a driver: traits that a driver in Rust implements. Meaning, threads and units are those of [`crate::abi`].

use std::ffi::CStr;
use std::time::Duration;

use crate::Status;
use crate::abi::RectI32;

/// What went wrong, with a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub status: Status,
    pub text: String,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn new(status: Status, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }
    pub fn gone(text: impl Into<String>) -> Self {
        Self::new(Status::Gone, text)
    }
    pub fn denied(text: impl Into<String>) -> Self {
        Self::new(Status::Denied, text)
    }
    pub fn unsupported(text: impl Into<String>) -> Self {
        Self::new(Status::Unsupported, text)
    }
    pub fn invalid(text: impl Into<String>) -> Self {
        Self::new(Status::Invalid, text)
    }
    pub fn failed(text: impl Into<String>) -> Self {
        Self::new(Status::Failed, text)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}

/// A driver: its name and its parts, [`Absent`] for those that it lacks.
pub trait Driver: 'static {
    const NAME: &'static CStr;
    const VERSION: &'static CStr;
    type Capture: Capture;
    type Input: Input;
    type Clipboard: Clipboard;
}

/// Ends a wait from another thread.
pub type Wake = Box<dyn Fn() + Send + Sync>;

/// One display, as [`Capture::displays`] tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayDescription {
    pub id: u32,
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    pub scale_percent: u32,
    pub primary: bool,
    pub name: String,
}

/// One window, as [`Capture::windows`] tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowDescription {
    pub id: u64,
    pub process: u32,
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    pub title: String,
    pub program: String,
}

/// A display's picture, BGRX.
#[derive(Debug)]
pub struct FrameView<'a> {
    pub width: u32,
    pub height: u32,
    /// Bytes from row to row.
    pub stride: u32,
    pub resized: bool,
    pub displays_changed: bool,
    /// Of a window: it is out of sight, and this is its last picture.
    pub hidden: bool,
    pub pixels: &'a [u8],
    pub damage: &'a [RectI32],
}

/// The pointer, its pixels premultiplied BGRA.
#[derive(Debug)]
pub struct CursorView<'a> {
    pub x: i32,
    pub y: i32,
    pub visible: bool,
    pub serial: u64,
    pub width: u32,
    pub height: u32,
    pub hot_x: i32,
    pub hot_y: i32,
    pub pixels: &'a [u8],
}

/// An open display.
pub trait Capture: Sized + Send + 'static {
    /// False makes the driver's table say that it has no such part.
    const PRESENT: bool = true;
    fn displays() -> Result<Vec<DisplayDescription>>;
    fn open(display: u32) -> Result<Self>;
    /// Unsupported where a driver captures displays alone.
    fn windows() -> Result<Vec<WindowDescription>> {
        Err(Error::unsupported("this driver captures no single windows"))
    }
    /// As [`Self::windows`].
    fn open_window(_window: u64) -> Result<Self> {
        Err(Error::unsupported("this driver captures no single windows"))
    }
    fn waker(&self) -> Wake;
    /// `None` waits for ever. True when there is something to fetch; false when time passed or somebody woke it.
    fn wait(&mut self, timeout: Option<Duration>) -> Result<bool>;
    fn grab(&mut self) -> Result<FrameView<'_>>;
    fn cursor(&mut self) -> Result<CursorView<'_>>;
    fn track_pointer(&mut self, on: bool) -> Result<()>;
}

/// An open pointer and keyboard. Dropping it lets go of everything.
pub trait Input: Sized + Send + 'static {
    /// As [`Capture::PRESENT`].
    const PRESENT: bool = true;
    fn open() -> Result<Self>;
    fn pointer(&mut self, display: u32, x: i32, y: i32) -> Result<()>;
    fn button(&mut self, index: u32, down: bool) -> Result<()>;
    fn wheel(&mut self, dx: i32, dy: i32) -> Result<()>;
    fn key(&mut self, code: u32, down: bool) -> Result<()>;
    fn text(&mut self, text: &str) -> Result<()>;
    fn release_all(&mut self) -> Result<()>;
}

/// What the clipboard offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClipboardFormats {
    pub text: bool,
    pub image: bool,
}

/// Tight rows of RGBA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// An open clipboard.
pub trait Clipboard: Sized + Send + 'static {
    /// As [`Capture::PRESENT`].
    const PRESENT: bool = true;
    fn open() -> Result<Self>;
    fn waker(&self) -> Wake;
    fn wait_changed(&mut self, timeout: Option<Duration>) -> Result<bool>;
    fn formats(&mut self) -> Result<ClipboardFormats>;
    fn read_text(&mut self) -> Result<String>;
    fn read_image(&mut self) -> Result<Image>;
    fn write_text(&mut self, text: &str) -> Result<()>;
    fn write_image(&mut self, width: u32, height: u32, rgba: &[u8]) -> Result<()>;
}

/// Stands for a part that a driver does not have. It has no values, so what takes one is never run.
#[derive(Debug)]
pub enum Absent {}

fn absent<T>() -> Result<T> {
    Err(Error::unsupported("this driver has no such part"))
}

impl Capture for Absent {
    const PRESENT: bool = false;
    fn displays() -> Result<Vec<DisplayDescription>> {
        absent()
    }
    fn open(_: u32) -> Result<Self> {
        absent()
    }
    fn waker(&self) -> Wake {
        match *self {}
    }
    fn wait(&mut self, _: Option<Duration>) -> Result<bool> {
        match *self {}
    }
    fn grab(&mut self) -> Result<FrameView<'_>> {
        match *self {}
    }
    fn cursor(&mut self) -> Result<CursorView<'_>> {
        match *self {}
    }
    fn track_pointer(&mut self, _: bool) -> Result<()> {
        match *self {}
    }
}

impl Input for Absent {
    const PRESENT: bool = false;
    fn open() -> Result<Self> {
        absent()
    }
    fn pointer(&mut self, _: u32, _: i32, _: i32) -> Result<()> {
        match *self {}
    }
    fn button(&mut self, _: u32, _: bool) -> Result<()> {
        match *self {}
    }
    fn wheel(&mut self, _: i32, _: i32) -> Result<()> {
        match *self {}
    }
    fn key(&mut self, _: u32, _: bool) -> Result<()> {
        match *self {}
    }
    fn text(&mut self, _: &str) -> Result<()> {
        match *self {}
    }
    fn release_all(&mut self) -> Result<()> {
        match *self {}
    }
}

impl Clipboard for Absent {
    const PRESENT: bool = false;
    fn open() -> Result<Self> {
        absent()
    }
    fn waker(&self) -> Wake {
        match *self {}
    }
    fn wait_changed(&mut self, _: Option<Duration>) -> Result<bool> {
        match *self {}
    }
    fn formats(&mut self) -> Result<ClipboardFormats> {
        match *self {}
    }
    fn read_text(&mut self) -> Result<String> {
        match *self {}
    }
    fn read_image(&mut self) -> Result<Image> {
        match *self {}
    }
    fn write_text(&mut self, _: &str) -> Result<()> {
        match *self {}
    }
    fn write_image(&mut self, _: u32, _: u32, _: &[u8]) -> Result<()> {
        match *self {}
    }
}
