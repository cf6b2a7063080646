//! Loads libraries and calls the driver ABI. The only module with `unsafe`; everything it returns is owned or borrowed
//! from the handle it came from, and has been checked as far as memory safety needs. Meaning is checked by its callers.
//!
//! A driver runs with the program's rights and can do harm whatever is checked here: the checks are for honest mistakes
//! (another version, a wrong file, a bug). That is why only verified paths are loaded.

use std::ffi::{CStr, c_char};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lotse_driver::abi::{
    CaptureTable, ClipboardTable, ContentInfo, CursorInfo, DisplayInfo, DriverTable, Entry, FrameInfo, InputTable,
    RawHandle, RawStatus, RectI32, WindowInfo,
};
use lotse_driver::{ABI_MAJOR, ENTRY_SYMBOL, Status, TIMEOUT_NONE};

use crate::DriverError;

/// Longest name, version or error text that is taken from a driver, in bytes.
const TEXT_BYTES_MAX: usize = 1024;
/// More displays than any desk holds.
const DISPLAYS_MAX: usize = 64;
/// More windows than anybody chooses among.
const WINDOWS_MAX: usize = 64;
/// A driver that reports more rectangles than this is not merging them; the whole picture is taken instead.
const DAMAGE_COUNT_MAX: usize = 4096;
/// 256 MiB: an 8K picture in four bytes a pixel, twice.
pub(crate) const CONTENT_BYTES_MAX: usize = 256 << 20;

type Result<T> = std::result::Result<T, DriverError>;

/// The user as whom this program acts.
#[cfg(unix)]
pub(crate) fn effective_user() -> u32 {
    // SAFETY: takes nothing, cannot fail.
    unsafe { libc::geteuid() }
}

/// What every call needs of its driver; tables are copies, the library is never unloaded.
#[derive(Debug, Clone)]
struct Driver {
    name: Arc<str>,
    last_error: Option<unsafe extern "C" fn(*mut u8, usize) -> usize>,
}

impl Driver {
    fn check(&self, raw: RawStatus) -> Result<Status> {
        let status = Status::from_raw(raw).ok_or_else(|| self.nonsense("it answers with an unknown status"))?;
        match status {
            Status::Ok | Status::Timeout => Ok(status),
            Status::Gone | Status::Denied | Status::Unsupported | Status::Invalid | Status::Failed => {
                Err(self.answered(status, &self.error_text()))
            }
        }
    }

    fn answered(&self, status: Status, text: &str) -> DriverError {
        let text =
            if text.is_empty() { format!("The driver {} answered: {status:?}.", self.name) } else { text.into() };
        DriverError::Answered { driver: self.name.to_string(), status, text }
    }

    fn nonsense(&self, what: &'static str) -> DriverError {
        DriverError::Nonsense { driver: self.name.to_string(), what }
    }

    fn lacks(&self) -> DriverError {
        self.answered(Status::Unsupported, &format!("The driver {} has no such function.", self.name))
    }

    fn error_text(&self) -> String {
        let mut buf = vec![0_u8; TEXT_BYTES_MAX];
        let Some(last_error) = self.last_error else {
            return String::new();
        };
        // SAFETY: the buffer takes as many bytes as said.
        let len = unsafe { last_error(buf.as_mut_ptr(), buf.len()) };
        buf.truncate(len);
        String::from_utf8_lossy(&buf).into_owned()
    }
}

/// A loaded driver.
#[derive(Debug)]
pub(crate) struct Library {
    driver: Driver,
    version: String,
    capture: Option<CaptureTable>,
    input: Option<InputTable>,
    clipboard: Option<ClipboardTable>,
}

/// Copies a table of which the driver may know fewer bytes than we do. SAFETY of a call: `table` is null or points to at
/// least `bytes` bytes; `T` is made of integers, pointers and optional functions, for which zero is a value.
unsafe fn copied<T>(table: *const T, bytes: usize) -> Option<T> {
    if table.is_null() {
        return None;
    }
    let mut copy = std::mem::MaybeUninit::<T>::zeroed();
    let len = bytes.min(size_of::<T>());
    // SAFETY: both sides have at least `len` bytes, and the rest of the copy is zero, which is valid for `T`.
    unsafe {
        std::ptr::copy_nonoverlapping(table.cast::<u8>(), copy.as_mut_ptr().cast::<u8>(), len);
        Some(copy.assume_init())
    }
}

/// SAFETY of a call: as [`copied`], and the table begins with its size as a `u32`.
unsafe fn sized<T>(table: *const T) -> Option<T> {
    if table.is_null() {
        return None;
    }
    // SAFETY: not null, and begins with its size by the ABI.
    unsafe { copied(table, table.cast::<u32>().read_unaligned() as usize) }
}

/// SAFETY of a call: null, or a zero-terminated string that lives as long as the library.
unsafe fn text(pointer: *const c_char) -> Option<String> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: not null, and terminated by the ABI.
    let text = unsafe { CStr::from_ptr(pointer) }.to_str().ok()?;
    (text.len() <= TEXT_BYTES_MAX).then(|| text.to_owned())
}

impl Library {
    /// Loads a verified file for good and checks that it is a driver of our ABI.
    pub(crate) fn load(file: &Path) -> Result<Self> {
        let not_a_driver = |reason: &str| DriverError::NotADriver { file: file.to_owned(), reason: reason.to_owned() };
        // SAFETY: loading runs the library's initialisers; the path is verified to be the operator's own.
        let library = unsafe { libloading::Library::new(file) }
            .map_err(|error| DriverError::Unloadable { file: file.to_owned(), reason: error.to_string() })?;
        // Its threads and exit handlers may outlive any handle, so it is never unloaded.
        let library = std::mem::ManuallyDrop::new(library);
        // SAFETY: the ABI gives this symbol this type, and the library stays.
        let entry = unsafe { library.get::<Entry>(ENTRY_SYMBOL) }
            .map_err(|_| not_a_driver("it lacks the function lotse_driver_entry"))?;
        // SAFETY: the ABI's entry takes nothing and may be called at any time.
        let table = unsafe { entry() };
        if table.is_null() {
            return Err(not_a_driver("it says itself that it cannot work on this system"));
        }
        // SAFETY: the version is the first field in every version of the ABI.
        let abi_major = unsafe { table.cast::<u16>().read_unaligned() };
        if abi_major != ABI_MAJOR {
            return Err(DriverError::WrongAbi { file: file.to_owned(), found: abi_major, wanted: ABI_MAJOR });
        }
        // SAFETY: with this major version the size stands at this place, and the table has that many bytes.
        let table: DriverTable = unsafe { copied(table, (&raw const (*table).table_bytes).read_unaligned() as usize) }
            .ok_or_else(|| not_a_driver("it has no table"))?;
        // SAFETY: strings of the table, null where the driver's table is shorter.
        let (name, version) = unsafe { (text(table.name), text(table.version)) };
        let name = name.ok_or_else(|| not_a_driver("it has no name"))?;
        let driver = Driver { name: name.into(), last_error: table.last_error };
        // SAFETY: tables of the ABI, each beginning with its size.
        let (capture, input, clipboard) = unsafe { (sized(table.capture), sized(table.input), sized(table.clipboard)) };
        Ok(Self { driver, version: version.unwrap_or_default(), capture, input, clipboard })
    }

    pub(crate) fn name_and_version(&self) -> (String, String) {
        (self.driver.name.to_string(), self.version.clone())
    }

    pub(crate) fn capture(&self) -> Option<CaptureCalls> {
        self.capture.map(|table| CaptureCalls { driver: self.driver.clone(), table })
    }

    pub(crate) fn input(&self) -> Option<InputCalls> {
        self.input.map(|table| InputCalls { driver: self.driver.clone(), table })
    }

    pub(crate) fn clipboard(&self) -> Option<ClipboardCalls> {
        self.clipboard.map(|table| ClipboardCalls { driver: self.driver.clone(), table })
    }
}

/// A handle that may go from thread to thread, as the ABI allows.
#[derive(Debug, Clone, Copy)]
struct Handle(RawHandle);
// SAFETY: the ABI lets a handle be used by any thread, one at a time; the owners below are used by `&mut self`.
unsafe impl Send for Handle {}

type WakeCall = Option<unsafe extern "C" fn(RawHandle) -> RawStatus>;

/// Ends a running or the next wait of the [`crate::Capture`] or [`crate::Clipboard`] it came from, from any thread. Does
/// nothing once that is closed.
#[derive(Debug, Clone)]
pub struct Waker {
    wake: WakeCall,
    open: Arc<Mutex<Option<Handle>>>,
}

impl Waker {
    fn new(wake: WakeCall, handle: Handle) -> Self {
        Self { wake, open: Arc::new(Mutex::new(Some(handle))) }
    }

    pub fn wake(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(wake), Some(handle)) = (self.wake, *open) {
            // SAFETY: the lock keeps the handle from being closed now, and `wake` is for any thread.
            unsafe { wake(handle.0) };
        }
    }

    /// From here on no waker touches the handle.
    fn forget(&self) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn milliseconds(timeout: Option<Duration>) -> u32 {
    // Rounded up, so that a short wait is not a spin.
    timeout.map_or(TIMEOUT_NONE, |time| {
        u32::try_from(time.as_micros().div_ceil(1000)).unwrap_or(TIMEOUT_NONE).min(TIMEOUT_NONE - 1)
    })
}

/// SAFETY of a call: `pointer` is null or has `len` items that stay as they are for `'a`.
unsafe fn items<'a, T>(pointer: *const T, len: usize) -> &'a [T] {
    if pointer.is_null() || len == 0 || !pointer.is_aligned() {
        return &[];
    }
    // SAFETY: not null, aligned, and of that length by the caller's contract.
    unsafe { std::slice::from_raw_parts(pointer, len) }
}

/// The capture part of a driver.
#[derive(Debug, Clone)]
pub(crate) struct CaptureCalls {
    driver: Driver,
    table: CaptureTable,
}

/// A picture as the driver gave it: `pixels` is memory, whatever else the numbers say.
pub(crate) struct RawFrame<'a> {
    pub info: FrameInfo,
    pub pixels: &'a [u8],
    /// `None` when there is too much of it to be looked at one by one.
    pub damage: Option<&'a [RectI32]>,
    driver: &'a Driver,
}

impl RawFrame<'_> {
    pub(crate) fn nonsense(&self, what: &'static str) -> DriverError {
        self.driver.nonsense(what)
    }
}

pub(crate) struct RawCursor<'a> {
    pub info: CursorInfo,
    pub pixels: &'a [u8],
    driver: &'a Driver,
}

impl RawCursor<'_> {
    pub(crate) fn nonsense(&self, what: &'static str) -> DriverError {
        self.driver.nonsense(what)
    }
}

impl CaptureCalls {
    pub(crate) fn name(&self) -> &str {
        &self.driver.name
    }

    pub(crate) fn displays(&self) -> Result<Vec<DisplayInfo>> {
        let displays = self.table.displays.ok_or_else(|| self.driver.lacks())?;
        let mut buf = vec![DisplayInfo::default(); DISPLAYS_MAX];
        let mut count = 0;
        // SAFETY: the buffer takes as many displays as said.
        self.driver.check(unsafe { displays(buf.as_mut_ptr(), buf.len(), &raw mut count) })?;
        buf.truncate(count);
        Ok(buf)
    }

    pub(crate) fn open(self, display: u32) -> Result<CaptureHandle> {
        let open = self.table.open.ok_or_else(|| self.driver.lacks())?;
        let mut handle = std::ptr::null_mut();
        // SAFETY: one handle is written.
        self.driver.check(unsafe { open(display, &raw mut handle) })?;
        Ok(self.opened(Handle(handle)))
    }

    pub(crate) fn windows(&self) -> Result<Vec<WindowInfo>> {
        let windows = self.table.windows.ok_or_else(|| self.driver.lacks())?;
        let mut buf = vec![WindowInfo::default(); WINDOWS_MAX];
        let mut count = 0;
        // SAFETY: the buffer takes as many windows as said.
        self.driver.check(unsafe { windows(buf.as_mut_ptr(), buf.len(), &raw mut count) })?;
        buf.truncate(count);
        Ok(buf)
    }

    pub(crate) fn open_window(self, window: u64) -> Result<CaptureHandle> {
        let open_window = self.table.open_window.ok_or_else(|| self.driver.lacks())?;
        let mut handle = std::ptr::null_mut();
        // SAFETY: one handle is written.
        self.driver.check(unsafe { open_window(window, &raw mut handle) })?;
        Ok(self.opened(Handle(handle)))
    }

    fn opened(self, handle: Handle) -> CaptureHandle {
        let waker = Waker::new(self.table.wake, handle);
        CaptureHandle { calls: self, handle, waker }
    }
}

/// An open capture; closed when dropped.
#[derive(Debug)]
pub(crate) struct CaptureHandle {
    calls: CaptureCalls,
    handle: Handle,
    pub(crate) waker: Waker,
}

impl CaptureHandle {
    pub(crate) fn wait(&mut self, timeout: Option<Duration>) -> Result<bool> {
        let CaptureCalls { driver, table } = &self.calls;
        let wait = table.wait.ok_or_else(|| driver.lacks())?;
        // SAFETY: the handle is open and ours alone through `&mut self`.
        Ok(driver.check(unsafe { wait(self.handle.0, milliseconds(timeout)) })? == Status::Ok)
    }

    pub(crate) fn grab(&mut self) -> Result<RawFrame<'_>> {
        let CaptureCalls { driver, table } = &self.calls;
        let grab = table.grab.ok_or_else(|| driver.lacks())?;
        let mut info = FrameInfo {
            width: 0,
            height: 0,
            stride: 0,
            flags: 0,
            pixels: std::ptr::null(),
            pixels_bytes: 0,
            damage: std::ptr::null(),
            damage_count: 0,
        };
        // SAFETY: the handle is open and ours alone; one struct is written.
        driver.check(unsafe { grab(self.handle.0, &raw mut info) })?;
        if info.pixels_bytes > CONTENT_BYTES_MAX {
            return Err(driver.nonsense("its picture is too large"));
        }
        // SAFETY: the driver's memory, valid until the next call on the handle, which the borrow of `self` prevents.
        unsafe {
            let pixels = items(info.pixels, info.pixels_bytes);
            let damage = (info.damage_count <= DAMAGE_COUNT_MAX).then(|| items(info.damage, info.damage_count));
            Ok(RawFrame { info, pixels, damage, driver })
        }
    }

    pub(crate) fn cursor(&mut self) -> Result<RawCursor<'_>> {
        let CaptureCalls { driver, table } = &self.calls;
        let cursor = table.cursor.ok_or_else(|| driver.lacks())?;
        let mut info = CursorInfo {
            x: 0,
            y: 0,
            visible: 0,
            reserved: 0,
            serial: 0,
            width: 0,
            height: 0,
            hot_x: 0,
            hot_y: 0,
            pixels: std::ptr::null(),
            pixels_bytes: 0,
        };
        // SAFETY: the handle is open and ours alone; one struct is written.
        driver.check(unsafe { cursor(self.handle.0, &raw mut info) })?;
        if info.pixels_bytes > CONTENT_BYTES_MAX {
            return Err(driver.nonsense("its pointer is too large"));
        }
        // SAFETY: as in `grab`.
        let pixels = unsafe { items(info.pixels, info.pixels_bytes) };
        Ok(RawCursor { info, pixels, driver })
    }

    pub(crate) fn track_pointer(&mut self, on: bool) -> Result<()> {
        let CaptureCalls { driver, table } = &self.calls;
        let track_pointer = table.track_pointer.ok_or_else(|| driver.lacks())?;
        // SAFETY: the handle is open and ours alone.
        driver.check(unsafe { track_pointer(self.handle.0, on.into()) }).map(|_| ())
    }
}

impl Drop for CaptureHandle {
    fn drop(&mut self) {
        self.waker.forget();
        if let Some(close) = self.calls.table.close {
            // SAFETY: open until here, and no waker has it any more.
            unsafe { close(self.handle.0) };
        }
    }
}

/// The input part of a driver.
#[derive(Debug, Clone)]
pub(crate) struct InputCalls {
    driver: Driver,
    table: InputTable,
}

/// An open input; closed when dropped.
#[derive(Debug)]
pub(crate) struct InputHandle {
    calls: InputCalls,
    handle: Handle,
}

impl InputCalls {
    pub(crate) fn open(self) -> Result<InputHandle> {
        let open = self.table.open.ok_or_else(|| self.driver.lacks())?;
        let mut handle = std::ptr::null_mut();
        // SAFETY: one handle is written.
        self.driver.check(unsafe { open(&raw mut handle) })?;
        Ok(InputHandle { calls: self, handle: Handle(handle) })
    }
}

impl InputHandle {
    pub(crate) fn pointer(&mut self, display: u32, x: i32, y: i32) -> Result<()> {
        let InputCalls { driver, table } = &self.calls;
        let pointer = table.pointer.ok_or_else(|| driver.lacks())?;
        // SAFETY: the handle is open and ours alone through `&mut self`; so below.
        driver.check(unsafe { pointer(self.handle.0, display, x, y) }).map(|_| ())
    }

    pub(crate) fn button(&mut self, index: u32, down: bool) -> Result<()> {
        let InputCalls { driver, table } = &self.calls;
        let button = table.button.ok_or_else(|| driver.lacks())?;
        // SAFETY: as in `pointer`.
        driver.check(unsafe { button(self.handle.0, index, down.into()) }).map(|_| ())
    }

    pub(crate) fn wheel(&mut self, dx: i32, dy: i32) -> Result<()> {
        let InputCalls { driver, table } = &self.calls;
        let wheel = table.wheel.ok_or_else(|| driver.lacks())?;
        // SAFETY: as in `pointer`.
        driver.check(unsafe { wheel(self.handle.0, dx, dy) }).map(|_| ())
    }

    pub(crate) fn key(&mut self, code: u32, down: bool) -> Result<()> {
        let InputCalls { driver, table } = &self.calls;
        let key = table.key.ok_or_else(|| driver.lacks())?;
        // SAFETY: as in `pointer`.
        driver.check(unsafe { key(self.handle.0, code, down.into()) }).map(|_| ())
    }

    pub(crate) fn text(&mut self, entered: &str) -> Result<()> {
        let InputCalls { driver, table } = &self.calls;
        let text = table.text.ok_or_else(|| driver.lacks())?;
        // SAFETY: as in `pointer`; the text has as many bytes as said.
        driver.check(unsafe { text(self.handle.0, entered.as_ptr(), entered.len()) }).map(|_| ())
    }

    pub(crate) fn release_all(&mut self) -> Result<()> {
        let InputCalls { driver, table } = &self.calls;
        let release_all = table.release_all.ok_or_else(|| driver.lacks())?;
        // SAFETY: as in `pointer`.
        driver.check(unsafe { release_all(self.handle.0) }).map(|_| ())
    }
}

impl Drop for InputHandle {
    fn drop(&mut self) {
        if let Some(close) = self.calls.table.close {
            // SAFETY: open until here.
            unsafe { close(self.handle.0) };
        }
    }
}

/// The clipboard part of a driver.
#[derive(Debug, Clone)]
pub(crate) struct ClipboardCalls {
    driver: Driver,
    table: ClipboardTable,
}

/// An open clipboard; closed when dropped.
#[derive(Debug)]
pub(crate) struct ClipboardHandle {
    calls: ClipboardCalls,
    handle: Handle,
    pub(crate) waker: Waker,
}

/// What was read: bytes, width, height.
pub(crate) type RawContent = (Vec<u8>, u32, u32);

impl ClipboardCalls {
    pub(crate) fn open(self) -> Result<ClipboardHandle> {
        let open = self.table.open.ok_or_else(|| self.driver.lacks())?;
        let mut handle = std::ptr::null_mut();
        // SAFETY: one handle is written.
        self.driver.check(unsafe { open(&raw mut handle) })?;
        let waker = Waker::new(self.table.wake, Handle(handle));
        Ok(ClipboardHandle { calls: self, handle: Handle(handle), waker })
    }
}

impl ClipboardHandle {
    pub(crate) fn nonsense(&self, what: &'static str) -> DriverError {
        self.calls.driver.nonsense(what)
    }

    pub(crate) fn wait_changed(&mut self, timeout: Option<Duration>) -> Result<bool> {
        let ClipboardCalls { driver, table } = &self.calls;
        let wait_changed = table.wait_changed.ok_or_else(|| driver.lacks())?;
        // SAFETY: the handle is open and ours alone through `&mut self`; so below.
        Ok(driver.check(unsafe { wait_changed(self.handle.0, milliseconds(timeout)) })? == Status::Ok)
    }

    pub(crate) fn formats(&mut self) -> Result<u32> {
        let ClipboardCalls { driver, table } = &self.calls;
        let formats = table.formats.ok_or_else(|| driver.lacks())?;
        let mut found = 0;
        // SAFETY: as in `wait_changed`; one number is written.
        driver.check(unsafe { formats(self.handle.0, &raw mut found) })?;
        Ok(found)
    }

    pub(crate) fn read_text(&mut self) -> Result<RawContent> {
        self.read(self.calls.table.read_text)
    }

    pub(crate) fn read_image(&mut self) -> Result<RawContent> {
        self.read(self.calls.table.read_image)
    }

    fn read(
        &mut self,
        read: Option<unsafe extern "C" fn(RawHandle, *mut ContentInfo) -> RawStatus>,
    ) -> Result<RawContent> {
        let ClipboardCalls { driver, table } = &self.calls;
        let (Some(read), Some(free)) = (read, table.free) else {
            return Err(driver.lacks());
        };
        let mut content = ContentInfo { data: std::ptr::null_mut(), bytes: 0, width: 0, height: 0 };
        // SAFETY: as in `wait_changed`; one struct is written.
        driver.check(unsafe { read(self.handle.0, &raw mut content) })?;
        let ContentInfo { data, bytes, width, height } = content;
        // SAFETY: ours until it is given back below, exactly as it came.
        let copy = (bytes <= CONTENT_BYTES_MAX).then(|| unsafe { items(data.cast_const(), bytes) }.to_vec());
        // SAFETY: as above; nothing borrows it any more.
        unsafe { free(data, bytes) };
        let copy = copy.ok_or_else(|| {
            driver.answered(Status::Unsupported, "What is on the clipboard is too large to be taken over.")
        })?;
        Ok((copy, width, height))
    }

    pub(crate) fn write_text(&mut self, text: &str) -> Result<()> {
        let ClipboardCalls { driver, table } = &self.calls;
        let write_text = table.write_text.ok_or_else(|| driver.lacks())?;
        // SAFETY: as in `wait_changed`; the text has as many bytes as said.
        driver.check(unsafe { write_text(self.handle.0, text.as_ptr(), text.len()) }).map(|_| ())
    }

    pub(crate) fn write_image(&mut self, width: u32, height: u32, rgba: &[u8]) -> Result<()> {
        let ClipboardCalls { driver, table } = &self.calls;
        let write_image = table.write_image.ok_or_else(|| driver.lacks())?;
        if u64::from(width) * u64::from(height) * 4 != rgba.len() as u64 {
            return Err(driver.answered(Status::Invalid, "The image is not as large as it says."));
        }
        // SAFETY: as in `wait_changed`; the image has the bytes that its size asks for.
        driver.check(unsafe { write_image(self.handle.0, width, height, rgba.as_ptr()) }).map(|_| ())
    }
}

impl Drop for ClipboardHandle {
    fn drop(&mut self) {
        self.waker.forget();
        if let Some(close) = self.calls.table.close {
            // SAFETY: open until here, and no waker has it any more.
            unsafe { close(self.handle.0) };
        }
    }
}
