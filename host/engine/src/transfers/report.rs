//! What a running transfer tells: a few times a second, and how fast it is.

use super::steer::{Slot, Waits};
use crate::shared::Shared;
use lotse_files::Progress;
use lotse_runtime::Event;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// People see no more than this.
const TOLD_EVERY: Duration = Duration::from_millis(250);
/// The rate is over so many of those: long enough to be read, short enough to be true.
const SAMPLES_MAX: usize = 16;

pub(super) struct Report {
    pub shared: Arc<Shared>,
    pub plugin: usize,
    pub transfer: u64,
    pub slot: Arc<Slot>,
    pub sending: bool,
    told_at: Option<Instant>,
    /// Bytes, files and why nothing moves, as they were told.
    told: Option<(u64, u64, Waits)>,
    moving: bool,
    samples: VecDeque<(Instant, u64)>,
    counted: u64,
}

impl Report {
    pub fn new(shared: Arc<Shared>, plugin: usize, transfer: u64, slot: Arc<Slot>, sending: bool) -> Self {
        Self {
            shared,
            plugin,
            transfer,
            slot,
            sending,
            told_at: None,
            told: None,
            moving: false,
            samples: VecDeque::new(),
            counted: 0,
        }
    }

    pub fn tell(&mut self, progress: &Progress, waits: Waits) {
        let now = Instant::now();
        let due = self.told_at.is_none_or(|at| now.saturating_duration_since(at) >= TOLD_EVERY);
        {
            let mut shown = self.slot.shown.lock();
            shown.progress = progress.clone();
            shown.waits = waits;
            if due {
                shown.rate_bytes_s = rate(&mut self.samples, now, progress.bytes_moved);
            }
        }
        if due {
            self.told_at = Some(now);
            self.count(progress);
            let told = (progress.bytes, progress.files, waits);
            // One word more when it has stopped moving, so that the rate is seen to fall.
            if self.told.replace(told) != Some(told) || self.moving {
                self.shared.try_tell(self.plugin, Event::TransferMoved(self.transfer));
            }
            self.moving = self.slot.shown.lock().rate_bytes_s > 0;
        }
    }

    /// The last word of it, whenever the one before was.
    pub fn last(&mut self) -> Progress {
        let progress = self.slot.shown.lock().progress.clone();
        self.count(&progress);
        progress
    }

    /// For the plugin monitor.
    fn count(&mut self, progress: &Progress) {
        let bytes = progress.bytes_moved.saturating_sub(self.counted);
        self.counted = progress.bytes_moved;
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        if self.sending {
            self.shared.count_sent(self.plugin, bytes);
        } else {
            self.shared.count_received(self.plugin, bytes);
        }
    }
}

/// Bytes a second over the window that ends now.
fn rate(samples: &mut VecDeque<(Instant, u64)>, now: Instant, bytes: u64) -> u64 {
    samples.push_back((now, bytes));
    while samples.len() > SAMPLES_MAX {
        samples.pop_front();
    }
    let Some((since, before)) = samples.front().copied() else { return 0 };
    let took = now.saturating_duration_since(since).as_millis();
    let moved = u128::from(bytes.saturating_sub(before));
    (moved * 1000).checked_div(took).map_or(0, |rate| u64::try_from(rate).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let (mut samples, began) = (VecDeque::new(), Instant::now());
        assert_eq!(rate(&mut samples, began, 0), 0);
        for quarter in 1..=8_u32 {
            let bytes = u64::from(quarter) * 250;
            assert_eq!(rate(&mut samples, began + TOLD_EVERY * quarter, bytes), 1_000);
        }
        for quarter in 9..=40_u32 {
            rate(&mut samples, began + TOLD_EVERY * quarter, 2_000);
        }
        assert_eq!(rate(&mut samples, began + TOLD_EVERY * 41, 2_000), 0, "what was long ago does not count");
        assert!(samples.len() <= SAMPLES_MAX);
    }
}
