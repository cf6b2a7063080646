//! What the rep is asked to choose from when a plugin wants to show something.
//!
//! One chooser of a session is open at a time. What can be chosen is looked for on a thread of its own: names first, small
//! pictures as they come. Only what was on offer can be chosen, and nothing of it is captured for anybody before.

use crate::shared::{Inner, Shared};
use crate::view::{ShowOffer, ShowSource, Thumbnail};
use lotse_drivers::{Capture, CaptureDriver, DriverError};
use lotse_protocol::tidy;
use lotse_runtime::{ErrorCode, Role};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// More than anybody looks through.
const OFFERS_MAX: usize = 40;
const TITLE_CHARS_MAX: usize = 120;
const PROGRAM_CHARS_MAX: usize = 40;
/// Longest sides of a small picture, in pixels: a tile of the chooser at twice its size.
const THUMBNAIL: (u32, u32) = (320, 200);
/// Pixels of the picture in each direction that one of a small picture is made of, at most.
const SAMPLES_MAX: u32 = 4;
/// After an answer no plugin opens a chooser for this long: a no is not worn down, and a click meant for one chooser does not
/// fall on the next.
const REST: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(crate) struct Showing {
    asked: Mutex<Option<Asked>>,
    answered: Mutex<Option<Instant>>,
}

#[derive(Clone)]
pub(crate) struct Asked {
    pub request: u64,
    pub plugin: usize,
    pub offers: Arc<Vec<ShowOffer>>,
    pub complete: bool,
}

impl Showing {
    /// A plugin asks. Only a rep shows what they choose: a customer's screen is asked for by the capability `screen`.
    pub(crate) fn choose(&self, shared: &Arc<Shared>, plugin: usize, now: Instant) -> Result<u64, ErrorCode> {
        if shared.me.role == Role::Customer {
            return Err(ErrorCode::Unsupported);
        }
        let driver = shared.desk.capture_driver()?;
        let request = self.open(shared.new_id(), plugin, now)?;
        let looked_for = shared.clone();
        let spawned =
            std::thread::Builder::new().name("lotse-chooser".into()).spawn(move || look(&looked_for, request, &driver));
        if spawned.is_err() {
            self.withdraw(plugin);
            return Err(ErrorCode::Busy);
        }
        shared.report(Inner::Choosing);
        Ok(request)
    }

    fn open(&self, request: u64, plugin: usize, now: Instant) -> Result<u64, ErrorCode> {
        let mut asked = self.asked.lock();
        let rests = |at: Instant| now.saturating_duration_since(at) < REST;
        if asked.is_some() || self.answered.lock().is_some_and(rests) {
            return Err(ErrorCode::Busy);
        }
        *asked = Some(Asked { request, plugin, offers: Arc::default(), complete: false });
        Ok(request)
    }

    pub(crate) fn asked(&self) -> Option<Asked> {
        self.asked.lock().clone()
    }

    /// What was looked for has been found so far. False: nobody chooses any more.
    fn offer(&self, request: u64, offers: &[ShowOffer], complete: bool) -> bool {
        match self.asked.lock().as_mut().filter(|asked| asked.request == request) {
            Some(asked) => {
                (asked.offers, asked.complete) = (Arc::new(offers.to_vec()), complete);
                true
            }
            None => false,
        }
    }

    /// The rep's word: the plugin that asked, and what was chosen. `None`: that is no answer to what is asked.
    pub(crate) fn answer(
        &self,
        request: u64,
        source: Option<ShowSource>,
        now: Instant,
    ) -> Option<(usize, Option<ShowOffer>)> {
        let mut asked = self.asked.lock();
        let of = asked.as_ref().filter(|asked| asked.request == request)?;
        let offer = match source {
            Some(source) => Some(of.offers.iter().find(|offer| offer.source == source)?.clone()),
            None => None,
        };
        let plugin = of.plugin;
        *asked = None;
        *self.answered.lock() = Some(now);
        Some((plugin, offer))
    }

    /// The plugin is not there any more to hear an answer.
    pub(crate) fn withdraw(&self, plugin: usize) {
        self.asked.lock().take_if(|asked| asked.plugin == plugin);
    }

    pub(crate) fn close(&self) {
        *self.asked.lock() = None;
    }
}

/// Looks for displays and windows, and at them.
fn look(shared: &Shared, request: u64, driver: &CaptureDriver) {
    let mut offers = found(driver);
    let tell = |offers: &[ShowOffer], complete: bool| {
        let wanted = shared.showing.offer(request, offers, complete);
        if wanted {
            shared.report(Inner::Choosing);
        }
        wanted
    };
    if !tell(&offers, false) {
        return;
    }
    for at in 0..offers.len() {
        let Some(offer) = offers.get_mut(at) else { continue };
        offer.thumbnail = thumbnail(driver, offer.source).map(Arc::new);
        if !tell(&offers, false) {
            return;
        }
    }
    tell(&offers, true);
}

fn found(driver: &CaptureDriver) -> Vec<ShowOffer> {
    let displays = driver.displays().unwrap_or_else(|problem| {
        tracing::warn!(%problem, "no displays are offered");
        Vec::new()
    });
    let windows = driver.windows().unwrap_or_else(|problem| {
        tracing::info!(%problem, "no windows are offered");
        Vec::new()
    });
    let of_display = |display: lotse_drivers::Display| ShowOffer {
        source: ShowSource::Display(display.id),
        title: tidy(&display.name, TITLE_CHARS_MAX),
        program: String::new(),
        process: 0,
        x: display.x,
        y: display.y,
        width: display.width,
        height: display.height,
        thumbnail: None,
    };
    let of_window = |window: lotse_drivers::Window| ShowOffer {
        source: ShowSource::Window(window.id),
        title: tidy(&window.title, TITLE_CHARS_MAX),
        program: tidy(&window.program, PROGRAM_CHARS_MAX),
        process: window.process,
        x: window.x,
        y: window.y,
        width: window.width,
        height: window.height,
        thumbnail: None,
    };
    // Lotse's own windows would show the customer to themselves.
    let others = windows.into_iter().filter(|window| window.process != std::process::id());
    displays.into_iter().map(of_display).chain(others.map(of_window)).take(OFFERS_MAX).collect()
}

fn thumbnail(driver: &CaptureDriver, source: ShowSource) -> Option<Thumbnail> {
    let looked = open(driver, source).and_then(|mut capture| {
        let frame = capture.grab()?;
        Ok(shrink((frame.width, frame.height), frame.stride, frame.pixels))
    });
    looked.inspect_err(|problem| tracing::debug!(%problem, "no small picture")).ok()
}

/// Begins to capture it.
pub(crate) fn open(driver: &CaptureDriver, source: ShowSource) -> Result<Capture, DriverError> {
    match source {
        ShowSource::Display(display) => driver.open(display),
        ShowSource::Window(window) => driver.open_window(window),
    }
}

/// Whose a window was when it was chosen. Display servers give the numbers of windows that closed to new ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    process: u32,
    program: String,
}

impl Owner {
    pub(crate) fn of(offer: &ShowOffer) -> Self {
        Self { process: offer.process, program: offer.program.clone() }
    }

    /// Whether the window that has this number now is still theirs. Asked once it is being captured: from then on its end is
    /// told.
    pub(crate) fn has(&self, driver: &CaptureDriver, source: ShowSource) -> Result<bool, DriverError> {
        match source {
            ShowSource::Display(_) => Ok(true),
            ShowSource::Window(id) => Ok(self.is_of(driver.windows()?.iter().find(|window| window.id == id))),
        }
    }

    fn is_of(&self, window: Option<&lotse_drivers::Window>) -> bool {
        window.is_some_and(|window| {
            window.process == self.process && tidy(&window.program, PROGRAM_CHARS_MAX) == self.program
        })
    }
}

/// The whole of it in a few pixels, each the middle of some that it stands for. `pixels`: blue, green, red and one more byte.
fn shrink((width, height): (u32, u32), stride: usize, pixels: &[u8]) -> Thumbnail {
    let part = f64::min(f64::from(THUMBNAIL.0) / f64::from(width), f64::from(THUMBNAIL.1) / f64::from(height)).min(1.0);
    let side = |pixels: u32| ((f64::from(pixels) * part).round() as u32).max(1);
    let (small_width, small_height) = (side(width), side(height));
    let mut rgba = Vec::with_capacity(small_width as usize * small_height as usize * 4);
    for row in 0..small_height {
        for column in 0..small_width {
            let (across, down) = (samples(column, small_width, width), samples(row, small_height, height));
            let mut sums = [0_u32; 3];
            let mut count = 0;
            for y in down {
                for x in across.clone() {
                    let at = y as usize * stride + x as usize * 4;
                    if let Some([blue, green, red]) = pixels.get(at..at + 3) {
                        sums.iter_mut().zip([red, green, blue]).for_each(|(sum, value)| *sum += u32::from(*value));
                        count += 1;
                    }
                }
            }
            rgba.extend(sums.map(|sum| u8::try_from(sum / u32::max(count, 1)).unwrap_or(u8::MAX)));
            rgba.push(u8::MAX);
        }
    }
    Thumbnail { width: small_width, height: small_height, rgba }
}

/// Which of `all` pixels one of `few` stands for, in even steps.
fn samples(at: u32, few: u32, all: u32) -> std::iter::StepBy<std::ops::Range<u32>> {
    let edge = |at: u32| u32::try_from(u64::from(at) * u64::from(all) / u64::from(few.max(1))).unwrap_or(all);
    let (from, to) = (edge(at), edge(at + 1).max(edge(at) + 1).min(all));
    let step = (to.saturating_sub(from)).div_ceil(SAMPLES_MAX).max(1);
    (from..to).step_by(step as usize)
}

#[cfg(test)]
#[path = "showing_tests.rs"]
mod tests;
