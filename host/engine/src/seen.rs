//! Whether this computer's screen is being looked at: the pipelines that run, as plugins begin and end them.
//!
//! Feeds the frame round the screen, so in doubt it says yes. A pipeline counts from the moment it was asked for until its
//! plugin holds it no longer, even when it has stalled or its plugin pauses it in between: on the customer's side a plugin
//! does what a rep says, and who pauses, lets one picture through and pauses again has seen the screen. The customer's own
//! pause is the session's and not known here.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long it is said at least: a look of a moment is one that a person must be able to notice.
pub(crate) const SAID_AT_LEAST: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub(crate) struct Seen {
    looks: Mutex<Looks>,
    /// The session's task has been told of a change and has not looked yet.
    told: AtomicBool,
}

#[derive(Debug, Default)]
struct Looks {
    /// Each pipeline, and the capture that feeds it.
    captures: HashMap<u64, u64>,
    /// When the newest began.
    begun: Option<Instant>,
}

impl Seen {
    pub(crate) fn begin(&self, pipeline: u64, capture: u64, now: Instant) {
        let mut looks = self.looks.lock();
        looks.captures.insert(pipeline, capture);
        looks.begun = Some(now);
    }

    pub(crate) fn end(&self, pipeline: u64) {
        self.looks.lock().captures.remove(&pipeline);
    }

    /// A capture ends, and every pipeline that it feeds.
    pub(crate) fn end_capture(&self, capture: u64) {
        self.looks.lock().captures.retain(|_, of| *of != capture);
    }

    /// Whether the session's task is to be told of a change. Once is enough until it has [looked](Self::looked): a plugin
    /// that starts and stops without end fills nobody's queue.
    pub(crate) fn is_news(&self) -> bool {
        !self.told.swap(true, Ordering::AcqRel)
    }

    /// The session's task is about to look, or could not be told.
    pub(crate) fn looked(&self) {
        self.told.store(false, Ordering::Release);
    }

    pub(crate) fn any(&self, now: Instant) -> bool {
        let runs = !self.looks.lock().captures.is_empty();
        runs || self.said_until().is_some_and(|until| now < until)
    }

    /// Until when it is said in any case, even if the session ends before.
    pub(crate) fn said_until(&self) -> Option<Instant> {
        Some(self.looks.lock().begun? + SAID_AT_LEAST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_is_seen_while_a_pipeline_runs() {
        let (seen, begin) = (Seen::default(), Instant::now());
        let later = begin + 100 * SAID_AT_LEAST;
        assert!(!seen.any(begin), "consent alone shows nothing to anybody");
        seen.begin(1, 10, begin);
        seen.begin(2, 10, begin);
        assert!(seen.any(begin) && seen.any(later));
        seen.end(1);
        assert!(seen.any(later), "another display is still shown");
        seen.end_capture(10);
        assert!(!seen.any(later));
    }

    /// A rep could show and stop within a moment, and nothing was to be noticed.
    #[test]
    fn a_look_of_a_moment_is_said_for_a_while() {
        let (seen, begin) = (Seen::default(), Instant::now());
        seen.begin(1, 10, begin);
        seen.end(1);
        assert!(seen.any(begin) && seen.any(begin + SAID_AT_LEAST - Duration::from_millis(1)));
        assert!(!seen.any(begin + SAID_AT_LEAST));
    }

    #[test]
    fn a_thousand_changes_are_told_once() {
        let seen = Seen::default();
        assert_eq!((0..1000).filter(|_| seen.is_news()).count(), 1);
        seen.looked();
        assert!(seen.is_news());
    }
}
