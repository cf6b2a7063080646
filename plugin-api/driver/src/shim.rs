//! Makes a driver's C functions out of its safe traits. The only module with `unsafe`.
//!
//! Every function checks its pointers for null, catches panics (they become `Failed`), and keeps the text of the last error
//! for its thread. What remains trusted is what [`crate::abi`] asks of the caller: handles that are open, buffers that are
//! as long as said, one thread at a time.

#![allow(clippy::missing_safety_doc, reason = "the contract of these functions is the module documentation of `abi`")]

use std::cell::RefCell;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::abi::{
    CaptureTable, ClipboardTable, ContentInfo, CursorInfo, DisplayInfo, DriverTable, FORMAT_IMAGE, FORMAT_TEXT,
    FRAME_DISPLAYS_CHANGED, FRAME_HIDDEN, FRAME_RESIZED, FrameInfo, InputTable, RawHandle, RawStatus, WindowInfo,
};
use crate::driver::{
    Capture, Clipboard, DisplayDescription, Driver, Error, FrameView, Input, Result, Wake, WindowDescription,
};
use crate::{ABI_MAJOR, ABI_MINOR, Status, TIMEOUT_NONE};

/// Exports `lotse_driver_entry` for a type that implements [`Driver`]. Once per shared library.
#[macro_export]
macro_rules! export_driver {
    ($driver:ty) => {
        // SAFETY: a driver library exports this name by its contract, and once.
        #[unsafe(no_mangle)]
        pub extern "C" fn lotse_driver_entry() -> *const $crate::abi::DriverTable {
            $crate::shim::table::<$driver>()
        }
    };
}

/// The table of a driver, made at compile time.
pub const fn table<D: Driver>() -> &'static DriverTable {
    Tables::<D>::DRIVER
}

thread_local! {
    static LAST_ERROR: RefCell<String> = const { RefCell::new(String::new()) };
}

struct Tables<D>(PhantomData<D>);

/// A part that can be waited on, and what ends its wait. `part` is touched by one thread at a time, `wake` by any.
struct Waiting<T> {
    part: T,
    wake: Wake,
}

impl<D: Driver> Tables<D> {
    const DRIVER: &'static DriverTable = &DriverTable {
        abi_major: ABI_MAJOR,
        abi_minor: ABI_MINOR,
        table_bytes: size_of::<DriverTable>() as u32,
        name: D::NAME.as_ptr(),
        version: D::VERSION.as_ptr(),
        capture: if D::Capture::PRESENT { Self::CAPTURE } else { std::ptr::null() },
        input: if D::Input::PRESENT { Self::INPUT } else { std::ptr::null() },
        clipboard: if D::Clipboard::PRESENT { Self::CLIPBOARD } else { std::ptr::null() },
        last_error: Some(last_error),
    };
    const CAPTURE: &'static CaptureTable = &CaptureTable {
        table_bytes: size_of::<CaptureTable>() as u32,
        reserved: 0,
        displays: Some(displays::<D::Capture>),
        open: Some(capture_open::<D::Capture>),
        wait: Some(capture_wait::<D::Capture>),
        wake: Some(wake::<D::Capture>),
        grab: Some(capture_grab::<D::Capture>),
        cursor: Some(capture_cursor::<D::Capture>),
        track_pointer: Some(capture_track_pointer::<D::Capture>),
        close: Some(close::<Waiting<D::Capture>>),
        windows: Some(windows::<D::Capture>),
        open_window: Some(capture_open_window::<D::Capture>),
    };
    const INPUT: &'static InputTable = &InputTable {
        table_bytes: size_of::<InputTable>() as u32,
        reserved: 0,
        open: Some(input_open::<D::Input>),
        pointer: Some(input_pointer::<D::Input>),
        button: Some(input_button::<D::Input>),
        wheel: Some(input_wheel::<D::Input>),
        key: Some(input_key::<D::Input>),
        text: Some(input_text::<D::Input>),
        release_all: Some(input_release_all::<D::Input>),
        close: Some(close::<D::Input>),
    };
    const CLIPBOARD: &'static ClipboardTable = &ClipboardTable {
        table_bytes: size_of::<ClipboardTable>() as u32,
        reserved: 0,
        open: Some(clipboard_open::<D::Clipboard>),
        wait_changed: Some(clipboard_wait_changed::<D::Clipboard>),
        wake: Some(wake::<D::Clipboard>),
        formats: Some(clipboard_formats::<D::Clipboard>),
        read_text: Some(clipboard_read_text::<D::Clipboard>),
        read_image: Some(clipboard_read_image::<D::Clipboard>),
        write_text: Some(clipboard_write_text::<D::Clipboard>),
        write_image: Some(clipboard_write_image::<D::Clipboard>),
        free: Some(clipboard_free),
        close: Some(close::<Waiting<D::Clipboard>>),
    };
}

/// Runs a call, turning errors and panics into a status and a text.
fn guarded(call: impl FnOnce() -> Result<Status>) -> RawStatus {
    let outcome = catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|_| Err(Error::failed("the driver met a bug of its own and stopped this call")));
    match outcome {
        Ok(status) => status.raw(),
        Err(Error { status, text }) => {
            LAST_ERROR.with_borrow_mut(|last| *last = text);
            status.raw()
        }
    }
}

fn null() -> Error {
    Error::invalid("a pointer given to the driver is null")
}

/// SAFETY of a call: `pointer` is null or good for one write of `T`.
unsafe fn give<T>(pointer: *mut T, value: T) -> Result<()> {
    if pointer.is_null() {
        return Err(null());
    }
    // SAFETY: not null, and writable by the caller's contract.
    unsafe { pointer.write(value) };
    Ok(())
}

/// SAFETY of a call: `handle` is null or came from `opened::<T>` and is not closed, and no other thread uses it now.
unsafe fn part<'a, T>(handle: RawHandle) -> Result<&'a mut T> {
    // SAFETY: the caller's contract is this function's.
    unsafe { handle.cast::<T>().as_mut() }.ok_or_else(null)
}

/// SAFETY of a call: as [`part`], of a `Waiting<T>`.
unsafe fn waiting<'a, T>(handle: RawHandle) -> Result<&'a mut T> {
    if handle.is_null() {
        return Err(null());
    }
    // SAFETY: the handle points to a `Waiting<T>`; borrowing the field alone leaves `wake` to other threads.
    Ok(unsafe { &mut (*handle.cast::<Waiting<T>>()).part })
}

/// SAFETY of a call: `bytes` is null or good for `len` bytes that nobody changes meanwhile.
unsafe fn slice<'a>(bytes: *const u8, len: usize) -> Result<&'a [u8]> {
    if len == 0 {
        return Ok(&[]);
    }
    if bytes.is_null() || isize::try_from(len).is_err() {
        return Err(null());
    }
    // SAFETY: not null, of that length by the caller's contract, and no longer than a slice may be.
    Ok(unsafe { std::slice::from_raw_parts(bytes, len) })
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| Error::invalid("a text given to the driver is not UTF-8"))
}

fn opened<T>(value: T) -> RawHandle {
    Box::into_raw(Box::new(value)).cast()
}

fn timeout(timeout_ms: u32) -> Option<Duration> {
    (timeout_ms != TIMEOUT_NONE).then(|| Duration::from_millis(timeout_ms.into()))
}

fn waited(something: bool) -> Status {
    if something { Status::Ok } else { Status::Timeout }
}

unsafe extern "C" fn last_error(buf: *mut u8, len: usize) -> usize {
    LAST_ERROR.with_borrow(|text| {
        let copied = text.len().min(len);
        if copied > 0 && !buf.is_null() {
            // SAFETY: `buf` takes `len` bytes by the caller's contract, and `copied` is no more than that.
            unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), buf, copied) };
        }
        text.len()
    })
}

unsafe extern "C" fn close<T>(handle: RawHandle) {
    if !handle.is_null() {
        // SAFETY: the handle came from `opened::<T>` and is given back once.
        let value = unsafe { Box::from_raw(handle.cast::<T>()) };
        guarded(|| {
            drop(value);
            Ok(Status::Ok)
        });
    }
}

unsafe extern "C" fn wake<T>(handle: RawHandle) -> RawStatus {
    guarded(|| {
        if handle.is_null() {
            return Err(null());
        }
        // SAFETY: the handle is an open `Waiting<T>`; `wake` is never borrowed mutably, and may be shared.
        let wake = unsafe { &(*handle.cast::<Waiting<T>>()).wake };
        wake();
        Ok(Status::Ok)
    })
}

fn display_info(display: DisplayDescription) -> DisplayInfo {
    let DisplayDescription { id, x, y, width, height, scale_percent, primary, name } = display;
    DisplayInfo { id, x, y, width, height, scale_percent, primary: primary.into(), name: terminated(&name) }
}

fn window_info(window: WindowDescription) -> WindowInfo {
    let WindowDescription { id, process, x, y, width, height, title, program } = window;
    let (title, program) = (terminated(&title), terminated(&program));
    WindowInfo { id, process, reserved: 0, x, y, width, height, title, program }
}

/// As much of a text as there is room for. The last byte stays zero, and no character is cut in two.
fn terminated<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let kept = text.floor_char_boundary(N.saturating_sub(1));
    bytes[..kept].copy_from_slice(&text.as_bytes()[..kept]);
    bytes
}

unsafe extern "C" fn displays<C: Capture>(buf: *mut DisplayInfo, capacity: usize, count: *mut usize) -> RawStatus {
    guarded(|| {
        if buf.is_null() && capacity > 0 {
            return Err(null());
        }
        let displays = C::displays()?;
        // SAFETY: `count` takes one number by the caller's contract.
        unsafe { give(count, displays.len())? };
        for (at, display) in displays.into_iter().take(capacity).enumerate() {
            // SAFETY: `at` is under `capacity`, the number of items that `buf` takes.
            unsafe { buf.add(at).write(display_info(display)) };
        }
        Ok(Status::Ok)
    })
}

unsafe extern "C" fn capture_open<C: Capture>(display: u32, handle: *mut RawHandle) -> RawStatus {
    guarded(|| {
        if handle.is_null() {
            return Err(null());
        }
        let part = C::open(display)?;
        let wake = part.waker();
        // SAFETY: not null, and takes one handle by the caller's contract.
        unsafe { give(handle, opened(Waiting { part, wake }))? };
        Ok(Status::Ok)
    })
}

unsafe extern "C" fn windows<C: Capture>(buf: *mut WindowInfo, capacity: usize, count: *mut usize) -> RawStatus {
    guarded(|| {
        if buf.is_null() && capacity > 0 {
            return Err(null());
        }
        let windows = C::windows()?;
        // SAFETY: `count` takes one number by the caller's contract.
        unsafe { give(count, windows.len())? };
        for (at, window) in windows.into_iter().take(capacity).enumerate() {
            // SAFETY: `at` is under `capacity`, the number of items that `buf` takes.
            unsafe { buf.add(at).write(window_info(window)) };
        }
        Ok(Status::Ok)
    })
}

unsafe extern "C" fn capture_open_window<C: Capture>(window: u64, handle: *mut RawHandle) -> RawStatus {
    guarded(|| {
        if handle.is_null() {
            return Err(null());
        }
        let part = C::open_window(window)?;
        let wake = part.waker();
        // SAFETY: not null, and takes one handle by the caller's contract.
        unsafe { give(handle, opened(Waiting { part, wake }))? };
        Ok(Status::Ok)
    })
}

unsafe extern "C" fn capture_wait<C: Capture>(handle: RawHandle, timeout_ms: u32) -> RawStatus {
    // SAFETY: an open capture handle by the caller's contract.
    guarded(|| unsafe { waiting::<C>(handle) }?.wait(timeout(timeout_ms)).map(waited))
}

fn frame_flags(view: &FrameView<'_>) -> u32 {
    let resized = if view.resized { FRAME_RESIZED } else { 0 };
    let displays_changed = if view.displays_changed { FRAME_DISPLAYS_CHANGED } else { 0 };
    let hidden = if view.hidden { FRAME_HIDDEN } else { 0 };
    resized | displays_changed | hidden
}

unsafe extern "C" fn capture_grab<C: Capture>(handle: RawHandle, frame: *mut FrameInfo) -> RawStatus {
    guarded(|| {
        // SAFETY: an open capture handle by the caller's contract.
        let view = unsafe { waiting::<C>(handle) }?.grab()?;
        let info = FrameInfo {
            width: view.width,
            height: view.height,
            stride: view.stride,
            flags: frame_flags(&view),
            pixels: view.pixels.as_ptr(),
            pixels_bytes: view.pixels.len(),
            damage: view.damage.as_ptr(),
            damage_count: view.damage.len(),
        };
        // SAFETY: `frame` takes one struct by the caller's contract.
        unsafe { give(frame, info)? };
        Ok(Status::Ok)
    })
}

unsafe extern "C" fn capture_cursor<C: Capture>(handle: RawHandle, cursor: *mut CursorInfo) -> RawStatus {
    guarded(|| {
        // SAFETY: an open capture handle by the caller's contract.
        let view = unsafe { waiting::<C>(handle) }?.cursor()?;
        let info = CursorInfo {
            x: view.x,
            y: view.y,
            visible: view.visible.into(),
            reserved: 0,
            serial: view.serial,
            width: view.width,
            height: view.height,
            hot_x: view.hot_x,
            hot_y: view.hot_y,
            pixels: view.pixels.as_ptr(),
            pixels_bytes: view.pixels.len(),
        };
        // SAFETY: `cursor` takes one struct by the caller's contract.
        unsafe { give(cursor, info)? };
        Ok(Status::Ok)
    })
}

unsafe extern "C" fn capture_track_pointer<C: Capture>(handle: RawHandle, on: u8) -> RawStatus {
    // SAFETY: an open capture handle by the caller's contract.
    guarded(|| unsafe { waiting::<C>(handle) }?.track_pointer(on != 0).map(|()| Status::Ok))
}

unsafe extern "C" fn input_open<I: Input>(handle: *mut RawHandle) -> RawStatus {
    guarded(|| {
        if handle.is_null() {
            return Err(null());
        }
        // SAFETY: not null, and takes one handle by the caller's contract.
        unsafe { give(handle, opened(I::open()?))? };
        Ok(Status::Ok)
    })
}

unsafe extern "C" fn input_pointer<I: Input>(handle: RawHandle, display: u32, x: i32, y: i32) -> RawStatus {
    // SAFETY: an open input handle by the caller's contract.
    guarded(|| unsafe { part::<I>(handle) }?.pointer(display, x, y).map(|()| Status::Ok))
}

unsafe extern "C" fn input_button<I: Input>(handle: RawHandle, index: u32, down: u8) -> RawStatus {
    // SAFETY: an open input handle by the caller's contract.
    guarded(|| unsafe { part::<I>(handle) }?.button(index, down != 0).map(|()| Status::Ok))
}

unsafe extern "C" fn input_wheel<I: Input>(handle: RawHandle, dx: i32, dy: i32) -> RawStatus {
    // SAFETY: an open input handle by the caller's contract.
    guarded(|| unsafe { part::<I>(handle) }?.wheel(dx, dy).map(|()| Status::Ok))
}

unsafe extern "C" fn input_key<I: Input>(handle: RawHandle, code: u32, down: u8) -> RawStatus {
    // SAFETY: an open input handle by the caller's contract.
    guarded(|| unsafe { part::<I>(handle) }?.key(code, down != 0).map(|()| Status::Ok))
}

unsafe extern "C" fn input_text<I: Input>(handle: RawHandle, text: *const u8, len: usize) -> RawStatus {
    guarded(|| {
        // SAFETY: `text` has `len` bytes by the caller's contract.
        let text = utf8(unsafe { slice(text, len)? })?;
        // SAFETY: an open input handle by the caller's contract.
        unsafe { part::<I>(handle) }?.text(text).map(|()| Status::Ok)
    })
}

unsafe extern "C" fn input_release_all<I: Input>(handle: RawHandle) -> RawStatus {
    // SAFETY: an open input handle by the caller's contract.
    guarded(|| unsafe { part::<I>(handle) }?.release_all().map(|()| Status::Ok))
}

unsafe extern "C" fn clipboard_open<C: Clipboard>(handle: *mut RawHandle) -> RawStatus {
    guarded(|| {
        if handle.is_null() {
            return Err(null());
        }
        let part = C::open()?;
        let wake = part.waker();
        // SAFETY: not null, and takes one handle by the caller's contract.
        unsafe { give(handle, opened(Waiting { part, wake }))? };
        Ok(Status::Ok)
    })
}

unsafe extern "C" fn clipboard_wait_changed<C: Clipboard>(handle: RawHandle, timeout_ms: u32) -> RawStatus {
    // SAFETY: an open clipboard handle by the caller's contract.
    guarded(|| unsafe { waiting::<C>(handle) }?.wait_changed(timeout(timeout_ms)).map(waited))
}

unsafe extern "C" fn clipboard_formats<C: Clipboard>(handle: RawHandle, formats: *mut u32) -> RawStatus {
    guarded(|| {
        // SAFETY: an open clipboard handle by the caller's contract.
        let found = unsafe { waiting::<C>(handle) }?.formats()?;
        let text = if found.text { FORMAT_TEXT } else { 0 };
        let image = if found.image { FORMAT_IMAGE } else { 0 };
        // SAFETY: `formats` takes one number by the caller's contract.
        unsafe { give(formats, text | image)? };
        Ok(Status::Ok)
    })
}

/// SAFETY of a call: `content` is null or good for one write.
unsafe fn give_content(content: *mut ContentInfo, bytes: Vec<u8>, width: u32, height: u32) -> Result<Status> {
    if content.is_null() {
        return Err(null());
    }
    let bytes = bytes.into_boxed_slice();
    let count = bytes.len();
    let data = Box::into_raw(bytes).cast::<u8>();
    // SAFETY: not null, and writable by the caller's contract.
    unsafe { give(content, ContentInfo { data, bytes: count, width, height })? };
    Ok(Status::Ok)
}

unsafe extern "C" fn clipboard_read_text<C: Clipboard>(handle: RawHandle, content: *mut ContentInfo) -> RawStatus {
    guarded(|| {
        // SAFETY: an open clipboard handle by the caller's contract.
        let text = unsafe { waiting::<C>(handle) }?.read_text()?;
        // SAFETY: `content` takes one struct by the caller's contract.
        unsafe { give_content(content, text.into_bytes(), 0, 0) }
    })
}

unsafe extern "C" fn clipboard_read_image<C: Clipboard>(handle: RawHandle, content: *mut ContentInfo) -> RawStatus {
    guarded(|| {
        // SAFETY: an open clipboard handle by the caller's contract.
        let image = unsafe { waiting::<C>(handle) }?.read_image()?;
        // SAFETY: `content` takes one struct by the caller's contract.
        unsafe { give_content(content, image.rgba, image.width, image.height) }
    })
}

unsafe extern "C" fn clipboard_write_text<C: Clipboard>(handle: RawHandle, text: *const u8, len: usize) -> RawStatus {
    guarded(|| {
        // SAFETY: `text` has `len` bytes by the caller's contract.
        let text = utf8(unsafe { slice(text, len)? })?;
        // SAFETY: an open clipboard handle by the caller's contract.
        unsafe { waiting::<C>(handle) }?.write_text(text).map(|()| Status::Ok)
    })
}

unsafe extern "C" fn clipboard_write_image<C: Clipboard>(
    handle: RawHandle,
    width: u32,
    height: u32,
    rgba: *const u8,
) -> RawStatus {
    guarded(|| {
        let bytes = u64::from(width) * u64::from(height);
        let bytes = bytes.checked_mul(4).and_then(|bytes| usize::try_from(bytes).ok());
        let bytes = bytes.ok_or_else(|| Error::invalid("the image is larger than any memory"))?;
        // SAFETY: `rgba` has `width * height * 4` bytes by the caller's contract.
        let rgba = unsafe { slice(rgba, bytes)? };
        // SAFETY: an open clipboard handle by the caller's contract.
        unsafe { waiting::<C>(handle) }?.write_image(width, height, rgba).map(|()| Status::Ok)
    })
}

unsafe extern "C" fn clipboard_free(data: *mut u8, bytes: usize) {
    if !data.is_null() {
        // SAFETY: these are the start and length of a boxed slice from `give_content`, given back once.
        drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(data, bytes)) });
    }
}

#[cfg(test)]
#[path = "shim_tests.rs"]
mod tests;
