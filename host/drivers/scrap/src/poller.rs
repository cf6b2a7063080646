//! The thread that owns scrap's capturer, whose types cannot leave the thread they were made in.

use std::io::ErrorKind;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lotse_driver::abi::RectI32;
use lotse_driver::{Error, Result};
use scrap::{Capturer, Display};

use crate::changes::take_over;

/// 30 pictures a second: more costs a core, less is felt.
const INTERVAL: Duration = Duration::from_millis(33);
/// Pictures between two looks at the displays, which scrap tells no news of: about two seconds.
const LOOK_EVERY: u32 = 60;

/// What the thread and its capture share.
#[derive(Debug, Default)]
pub struct Shared {
    pub state: Mutex<State>,
    pub changed: Condvar,
}

#[derive(Debug, Default)]
pub struct State {
    /// Tight rows.
    pub pixels: Vec<u8>,
    pub width: usize,
    pub height: usize,
    /// Since it was last taken.
    pub damage: Vec<RectI32>,
    pub resized: bool,
    /// Somebody waits, so that polling is worth its cost.
    pub wanted: bool,
    pub woken: bool,
    pub closed: bool,
    /// Why there will be no more pictures.
    pub over: Option<Error>,
}

impl Shared {
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The displays there are; the identifier is the place in this list.
pub fn displays() -> Result<Vec<Display>> {
    Display::all().map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => Error::denied("the system does not let this program see the screen"),
        _ => Error::unsupported(format!("there are no displays to be captured: {error}")),
    })
}

/// Runs until the capture is closed or its display gone. Tells over `ready` whether it began.
pub fn run(shared: &Arc<Shared>, place: usize, ready: &SyncSender<Result<()>>) {
    let begun = begin(shared, place);
    let told = ready.send(begun.as_ref().map(|_| ()).map_err(Clone::clone));
    if let (Ok(capturer), Ok(())) = (begun, told)
        && let Err(error) = poll(shared, place, capturer)
    {
        shared.lock().over = Some(error);
        shared.changed.notify_all();
    }
}

fn begin(shared: &Shared, place: usize) -> Result<Capturer> {
    let display = displays()?.into_iter().nth(place).ok_or_else(|| Error::gone("the display is no longer there"))?;
    let mut capturer = Capturer::new(display)
        .map_err(|error| Error::unsupported(format!("the display cannot be captured: {error}")))?;
    let (width, height) = (capturer.width(), capturer.height());
    {
        let mut state = shared.lock();
        state.pixels.clear();
        state.pixels.resize(width * height * 4, 0);
        (state.width, state.height) = (width, height);
        // Boxes of a picture of another size would lie outside of this one.
        state.damage.clear();
    }
    // The first picture is ready when it has been asked for twice, and after the next refresh on some systems.
    let deadline = Instant::now() + INTERVAL * 6;
    let mut pictures = 0;
    while pictures < 2 && Instant::now() < deadline {
        pictures += u32::from(take(shared, &mut capturer)?);
        if pictures == 0 {
            std::thread::sleep(INTERVAL / 4);
        }
    }
    let mut state = shared.lock();
    let (width, height) = (state.width as i32, state.height as i32);
    state.damage = vec![RectI32 { x: 0, y: 0, width, height }];
    Ok(capturer)
}

/// One picture, if there is one; true when there was.
fn take(shared: &Shared, capturer: &mut Capturer) -> Result<bool> {
    let height = capturer.height();
    let frame = match capturer.frame() {
        Ok(frame) => frame,
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
        Err(error) => {
            return Err(Error::gone(format!("the display can no longer be captured: {error}")));
        }
    };
    let stride = frame.len() / height.max(1);
    let mut state = shared.lock();
    let State { pixels, width, damage, .. } = &mut *state;
    take_over(pixels, &frame, *width, stride, damage);
    if damage.len() > 64 {
        join_all(damage);
    }
    drop(state);
    shared.changed.notify_all();
    Ok(true)
}

/// Nobody fetched for long: one box is enough then.
fn join_all(damage: &mut Vec<RectI32>) {
    let left = damage.iter().map(|rect| rect.x).min().unwrap_or(0);
    let top = damage.iter().map(|rect| rect.y).min().unwrap_or(0);
    let right = damage.iter().map(|rect| rect.x + rect.width).max().unwrap_or(0);
    let bottom = damage.iter().map(|rect| rect.y + rect.height).max().unwrap_or(0);
    damage.clear();
    damage.push(RectI32 { x: left, y: top, width: right - left, height: bottom - top });
}

fn poll(shared: &Arc<Shared>, place: usize, mut capturer: Capturer) -> Result<()> {
    let mut until_look = LOOK_EVERY;
    loop {
        let started = Instant::now();
        {
            let state = shared.lock();
            let state = shared.changed.wait_while(state, |state| !state.wanted && !state.closed);
            if state.unwrap_or_else(PoisonError::into_inner).closed {
                return Ok(());
            }
        }
        take(shared, &mut capturer)?;
        until_look -= 1;
        if until_look == 0 {
            until_look = LOOK_EVERY;
            if let Some(again) = follow(shared, place, &capturer)? {
                capturer = again;
            }
        }
        std::thread::sleep(INTERVAL.saturating_sub(started.elapsed()));
    }
}

/// A new capturer when the display has another size.
fn follow(shared: &Shared, place: usize, capturer: &Capturer) -> Result<Option<Capturer>> {
    let gone = |Error { text, .. }| Error::gone(text);
    let display = displays().map_err(gone)?.into_iter().nth(place);
    let display = display.ok_or_else(|| Error::gone("the display is no longer there"))?;
    if (display.width(), display.height()) == (capturer.width(), capturer.height()) {
        return Ok(None);
    }
    let again = begin(shared, place).map_err(gone)?;
    shared.lock().resized = true;
    shared.changed.notify_all();
    Ok(Some(again))
}
