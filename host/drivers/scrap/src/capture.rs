//! The driver's face: waits for the poller and keeps the picture that was last fetched.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use lotse_driver::abi::RectI32;
use lotse_driver::{Capture, CursorView, DisplayDescription, Error, FrameView, Result, Wake};

use crate::poller::{Shared, displays, run};

/// "For ever" in a form that can be added to now: a day, after which a wait merely goes on.
const LONG: Duration = Duration::from_secs(86_400);

/// An open display.
#[derive(Debug)]
pub struct ScrapCapture {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    pixels: Vec<u8>,
    size: (usize, usize),
    damage: Vec<RectI32>,
}

impl Capture for ScrapCapture {
    fn displays() -> Result<Vec<DisplayDescription>> {
        let describe = |(place, display): (usize, scrap::Display)| DisplayDescription {
            id: place as u32,
            x: 0,
            y: 0,
            width: display.width() as u32,
            height: display.height() as u32,
            scale_percent: 100,
            primary: place == 0,
            name: format!("{}", place + 1),
        };
        Ok(displays()?.into_iter().enumerate().map(describe).collect())
    }

    fn open(display: u32) -> Result<Self> {
        let shared = Arc::<Shared>::default();
        let (ready, begun) = sync_channel(1);
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("lotse-scrap".to_owned())
            .spawn(move || run(&for_thread, display as usize, &ready))
            .map_err(|error| Error::failed(error.to_string()))?;
        let capture = Self { shared, thread: Some(thread), pixels: Vec::new(), size: (0, 0), damage: Vec::new() };
        begun.recv().unwrap_or_else(|_| Err(Error::failed("the capture thread stopped")))?;
        Ok(capture)
    }

    fn waker(&self) -> Wake {
        let shared = Arc::clone(&self.shared);
        Box::new(move || {
            shared.lock().woken = true;
            shared.changed.notify_all();
        })
    }

    fn wait(&mut self, timeout: Option<Duration>) -> Result<bool> {
        let deadline = Instant::now() + timeout.unwrap_or(LONG).min(LONG);
        let mut state = self.shared.lock();
        state.wanted = true;
        self.shared.changed.notify_all();
        let outcome = loop {
            if !state.damage.is_empty() || state.resized {
                break Ok(true);
            }
            if let Some(error) = &state.over {
                break Err(error.clone());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if std::mem::take(&mut state.woken) || left.is_zero() {
                break Ok(false);
            }
            state = self.shared.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        };
        state.wanted = false;
        outcome
    }

    fn grab(&mut self) -> Result<FrameView<'_>> {
        let mut state = self.shared.lock();
        if let Some(error) = &state.over {
            return Err(error.clone());
        }
        let resized = std::mem::take(&mut state.resized);
        self.size = (state.width, state.height);
        self.pixels.resize(state.pixels.len(), 0);
        self.damage.clear();
        self.damage.append(&mut state.damage);
        let stride = state.width * 4;
        for rect in &self.damage {
            let (left, right) = (rect.x as usize * 4, (rect.x + rect.width) as usize * 4);
            for y in rect.y as usize..(rect.y + rect.height) as usize {
                let row = y * stride + left..y * stride + right;
                self.pixels[row.clone()].copy_from_slice(&state.pixels[row]);
            }
        }
        drop(state);
        Ok(FrameView {
            width: self.size.0 as u32,
            height: self.size.1 as u32,
            stride: stride as u32,
            resized,
            displays_changed: resized,
            hidden: false,
            pixels: &self.pixels,
            damage: &self.damage,
        })
    }

    fn cursor(&mut self) -> Result<CursorView<'_>> {
        Err(Error::unsupported("scrap does not tell the pointer"))
    }

    fn track_pointer(&mut self, _: bool) -> Result<()> {
        Err(Error::unsupported("scrap does not tell the pointer"))
    }
}

impl Drop for ScrapCapture {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}
