//! This computer's displays, pointer, keyboard and clipboard, as one session may use them.
//!
//! Drivers are opened when they are first needed and closed with the session. Without a driver everything answers
//! `unsupported`, with one line in the log that says why.

use crate::clipboard::ClipboardService;
use crate::guard::Guard;
use crate::input::InputService;
use lotse_drivers::{CaptureDriver, DriverSet};
use lotse_runtime::{Display, ErrorCode, Rect};
use parking_lot::Mutex;
use std::path::Path;
use std::sync::Arc;

/// One session's hands on this computer.
pub(crate) struct Desk {
    drivers: Option<Arc<DriverSet>>,
    capture: Mutex<Option<CaptureDriver>>,
    input: Mutex<Option<Arc<InputService>>>,
    clipboard: Mutex<Option<Arc<ClipboardService>>>,
    guard: Arc<dyn Guard>,
    on_clipboard: Arc<dyn Fn(crate::clipboard::Heard) + Send + Sync>,
}

/// Loads the drivers beside the program or from `folder`. A program without them still chats.
pub(crate) fn load_drivers(folder: Option<&Path>) -> Option<Arc<DriverSet>> {
    let loaded = match folder {
        Some(folder) => DriverSet::load(folder),
        None => DriverSet::load_default(),
    };
    loaded
        .map(Arc::new)
        .map_err(|problem| tracing::warn!(%problem, "no drivers: the screen, input and clipboard are not available"))
        .ok()
}

impl Desk {
    pub(crate) fn new(
        drivers: Option<Arc<DriverSet>>,
        guard: Arc<dyn Guard>,
        on_clipboard: Arc<dyn Fn(crate::clipboard::Heard) + Send + Sync>,
    ) -> Self {
        Self {
            drivers,
            capture: Mutex::default(),
            input: Mutex::default(),
            clipboard: Mutex::default(),
            guard,
            on_clipboard,
        }
    }

    fn drivers(&self) -> Result<&Arc<DriverSet>, ErrorCode> {
        self.drivers.as_ref().ok_or(ErrorCode::Unsupported)
    }

    /// The driver that captures here.
    pub(crate) fn capture_driver(&self) -> Result<CaptureDriver, ErrorCode> {
        let mut capture = self.capture.lock();
        if let Some(driver) = &*capture {
            return Ok(driver.clone());
        }
        let driver = self.drivers()?.best_capture().map_err(unsupported)?;
        *capture = Some(driver.clone());
        Ok(driver)
    }

    pub(crate) fn displays(&self) -> Result<Vec<Display>, ErrorCode> {
        let displays = self.capture_driver()?.displays().map_err(unsupported)?;
        Ok(displays.into_iter().map(contract_display).collect())
    }

    pub(crate) fn input(&self) -> Result<Arc<InputService>, ErrorCode> {
        let mut input = self.input.lock();
        if let Some(service) = &*input {
            return Ok(service.clone());
        }
        let displays = self.displays()?;
        let opened = self.drivers()?.open_input().map_err(unsupported)?;
        let service = Arc::new(InputService::start(opened, displays, self.guard.clone()).map_err(unsupported)?);
        *input = Some(service.clone());
        Ok(service)
    }

    /// Lets go of everything that is held down, if anything ever was.
    pub(crate) fn release_input(&self) {
        if let Some(service) = &*self.input.lock() {
            service.release_all();
        }
    }

    pub(crate) fn clipboard(&self) -> Result<Arc<ClipboardService>, ErrorCode> {
        let mut clipboard = self.clipboard.lock();
        if let Some(service) = &*clipboard {
            return Ok(service.clone());
        }
        let drivers = self.drivers()?;
        let (worker, watcher) =
            (drivers.open_clipboard().map_err(unsupported)?, drivers.open_clipboard().map_err(unsupported)?);
        let service = ClipboardService::start(worker, watcher, self.guard.clone(), self.on_clipboard.clone());
        let service = Arc::new(service.map_err(unsupported)?);
        *clipboard = Some(service.clone());
        Ok(service)
    }

    /// Displays may have moved: the next use looks again.
    pub(crate) fn displays_changed(&self) {
        *self.input.lock() = None;
    }

    /// Ends what was opened.
    pub(crate) fn close(&self) {
        self.release_input();
        *self.input.lock() = None;
        *self.clipboard.lock() = None;
        *self.capture.lock() = None;
    }
}

fn unsupported(problem: impl std::fmt::Display) -> ErrorCode {
    tracing::warn!(%problem, "a driver could not be used");
    ErrorCode::Unsupported
}

fn contract_display(display: lotse_drivers::Display) -> Display {
    let lotse_drivers::Display { id, x, y, width, height, scale_percent, primary, name } = display;
    Display { id, name, area: Rect { x, y, width, height }, scale_percent, primary }
}
