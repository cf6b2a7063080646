//! Displays and their pictures, as a driver tells them and with every number checked.

use std::time::Duration;

use lotse_driver::abi::{
    DisplayInfo, FRAME_DISPLAYS_CHANGED, FRAME_HIDDEN, FRAME_RESIZED, FrameInfo, RectI32, WindowInfo,
};

use crate::DriverError;
use crate::ffi::{CaptureCalls, CaptureHandle, RawCursor, RawFrame, Waker};

/// X11 cannot name larger ones; 16K is far above what is sold.
const SIDE_MAX: u32 = 32_767;
/// Larger than any pointer that a desktop draws.
const CURSOR_SIDE_MAX: u32 = 1024;

/// A place within a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rect {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// One display. The identifier is the driver's own, for [`CaptureDriver::open`] and [`crate::Input::pointer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    pub id: u32,
    /// Place on the desktop, in pixels.
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    pub scale_percent: u32,
    pub primary: bool,
    pub name: String,
}

/// One window that can be captured. The identifier is the system's own, for [`CaptureDriver::open_window`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub id: u64,
    /// Number of its process; 0: not known.
    pub process: u32,
    /// Place on the desktop, in pixels.
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    pub title: String,
    pub program: String,
}

/// A driver that can capture.
#[derive(Debug, Clone)]
pub struct CaptureDriver {
    calls: CaptureCalls,
}

impl CaptureDriver {
    pub(crate) fn new(calls: CaptureCalls) -> Self {
        Self { calls }
    }

    /// The driver's name.
    pub fn name(&self) -> &str {
        self.calls.name()
    }

    /// The displays there are now.
    pub fn displays(&self) -> Result<Vec<Display>, DriverError> {
        let displays = self.calls.displays()?;
        Ok(displays.into_iter().filter(|display| side(display.width) && side(display.height)).map(display).collect())
    }

    /// Begins to capture a display. The first [`Capture::grab`] gives all of its picture.
    pub fn open(&self, display: u32) -> Result<Capture, DriverError> {
        Ok(Capture { handle: self.calls.clone().open(display)?, damage: Vec::new(), size: None })
    }

    /// The windows that can be captured now; unsupported where the driver captures displays alone.
    pub fn windows(&self) -> Result<Vec<Window>, DriverError> {
        let windows = self.calls.windows()?;
        Ok(windows.into_iter().filter(|window| side(window.width) && side(window.height)).map(window).collect())
    }

    /// Begins to capture one window, as [`Self::open`] does a display. Fails as gone as soon as the window is.
    pub fn open_window(&self, window: u64) -> Result<Capture, DriverError> {
        Ok(Capture { handle: self.calls.clone().open_window(window)?, damage: Vec::new(), size: None })
    }
}

fn side(pixels: u32) -> bool {
    (1..=SIDE_MAX).contains(&pixels)
}

fn display(info: DisplayInfo) -> Display {
    let DisplayInfo { id, x, y, width, height, scale_percent, primary, name } = info;
    Display {
        id,
        x,
        y,
        width,
        height,
        scale_percent: scale_percent.clamp(25, 1000),
        primary: primary != 0,
        name: until_zero(&name),
    }
}

fn window(info: WindowInfo) -> Window {
    let WindowInfo { id, process, reserved: _, x, y, width, height, title, program } = info;
    Window { id, process, x, y, width, height, title: until_zero(&title), program: until_zero(&program) }
}

fn until_zero(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// An open display. Belongs to one thread at a time; [`Capture::waker`] is for the others.
#[derive(Debug)]
pub struct Capture {
    handle: CaptureHandle,
    damage: Vec<Rect>,
    size: Option<(u32, u32)>,
}

/// A display's picture: rows of `stride` bytes from the top; blue, green, red and an unused byte for each pixel.
#[derive(Debug)]
pub struct Frame<'a> {
    pub width: u32,
    pub height: u32,
    pub stride: usize,
    /// At least `stride * (height - 1) + width * 4` bytes.
    pub pixels: &'a [u8],
    /// What may differ from the picture before, within the picture. Rectangles may overlap a little.
    pub damage: &'a [Rect],
    /// The geometry changed: take this as the first picture of another display.
    pub resized: bool,
    /// Displays came, went or changed: ask [`CaptureDriver::displays`] again.
    pub displays_changed: bool,
    /// Of a window: it is out of sight, and this is its last picture.
    pub hidden: bool,
}

/// Place and shape of the pointer.
#[derive(Debug)]
pub struct Cursor<'a> {
    /// Place of the hot spot within the display.
    pub x: i32,
    pub y: i32,
    /// Whether it is on this display.
    pub visible: bool,
    /// Another number for another shape.
    pub serial: u64,
    pub width: u32,
    pub height: u32,
    /// Within the shape.
    pub hot_x: u32,
    pub hot_y: u32,
    /// `width * height` pixels: blue, green, red, alpha; colours multiplied by alpha.
    pub pixels: &'a [u8],
}

impl Capture {
    /// Waits until there is something for [`Self::grab`] or [`Self::cursor`]; false when time passed or the waker was used.
    /// `None` waits for ever.
    pub fn wait(&mut self, timeout: Option<Duration>) -> Result<bool, DriverError> {
        self.handle.wait(timeout)
    }

    /// What ends a wait from another thread.
    pub fn waker(&self) -> Waker {
        self.handle.waker.clone()
    }

    /// The picture as it is now, with what changed since the last call.
    pub fn grab(&mut self) -> Result<Frame<'_>, DriverError> {
        let raw = self.handle.grab()?;
        let FrameInfo { width, height, stride, flags, .. } = raw.info;
        if !side(width) || !side(height) || stride < width * 4 {
            return Err(raw.nonsense("its picture has an impossible size"));
        }
        if u64::from(stride) * u64::from(height - 1) + u64::from(width) * 4 > raw.pixels.len() as u64 {
            return Err(raw.nonsense("its picture is not as large as it says"));
        }
        let resized = flags & FRAME_RESIZED != 0 || self.size.is_some_and(|size| size != (width, height));
        let displays_changed = flags & FRAME_DISPLAYS_CHANGED != 0;
        let hidden = flags & FRAME_HIDDEN != 0;
        self.size = Some((width, height));
        self.damage.clear();
        match raw.damage {
            Some(damage) if !resized => {
                self.damage.extend(damage.iter().filter_map(|rect| clipped(*rect, width, height)))
            }
            Some(_) | None => self.damage.push(Rect { x: 0, y: 0, width, height }),
        }
        let RawFrame { pixels, .. } = raw;
        let damage = &self.damage;
        Ok(Frame { width, height, stride: stride as usize, pixels, damage, resized, displays_changed, hidden })
    }

    /// Place and shape of the pointer; unsupported where the system does not tell.
    pub fn cursor(&mut self) -> Result<Cursor<'_>, DriverError> {
        let raw = self.handle.cursor()?;
        let RawCursor { info, pixels, .. } = raw;
        let bytes = u64::from(info.width) * u64::from(info.height) * 4;
        if info.width > CURSOR_SIDE_MAX || info.height > CURSOR_SIDE_MAX || bytes > pixels.len() as u64 {
            return Err(raw.nonsense("the shape of its pointer is not as large as it says"));
        }
        let within = |hot: i32, size: u32| u32::try_from(hot).unwrap_or(0).min(size.saturating_sub(1));
        Ok(Cursor {
            x: info.x,
            y: info.y,
            visible: info.visible != 0,
            serial: info.serial,
            width: info.width,
            height: info.height,
            hot_x: within(info.hot_x, info.width),
            hot_y: within(info.hot_y, info.height),
            pixels: &pixels[..bytes as usize],
        })
    }

    /// Whether moves of the pointer end a wait too (at most every 8 ms). Off at first.
    pub fn track_pointer(&mut self, on: bool) -> Result<(), DriverError> {
        self.handle.track_pointer(on)
    }
}

/// The part of a rectangle that is within the picture.
fn clipped(rect: RectI32, width: u32, height: u32) -> Option<Rect> {
    let span = |start: i32, length: i32, limit: u32| {
        let from = i64::from(start).clamp(0, limit.into());
        let to = (i64::from(start) + i64::from(length)).clamp(0, limit.into());
        (to > from).then_some((from as u32, (to - from) as u32))
    };
    let (x, width) = span(rect.x, rect.width, width)?;
    let (y, height) = span(rect.y, rect.height, height)?;
    Some(Rect { x, y, width, height })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_cut_to_the_picture() {
        let cut = |x, y, width, height| clipped(RectI32 { x, y, width, height }, 100, 50);
        assert_eq!(cut(-5, 40, 20, 20), Some(Rect { x: 0, y: 40, width: 15, height: 10 }));
        assert_eq!(cut(i32::MIN, i32::MIN, i32::MAX, i32::MAX), None);
        assert_eq!(cut(i32::MAX, 0, i32::MAX, 1), None);
        assert_eq!(cut(-1, -1, i32::MAX, i32::MAX), Some(Rect { x: 0, y: 0, width: 100, height: 50 }));
        assert_eq!(cut(3, 3, -2, 5), None);
        assert_eq!(cut(3, 3, 0, 5), None);
    }
}
