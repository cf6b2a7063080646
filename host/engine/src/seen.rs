//! Whether this computer's screen is being looked at: the pipelines that run, as plugins begin and end them.
//!
//! Feeds the frame round the screen, so in doubt it says yes: a pipeline counts from the moment it was asked for until its
//! plugin holds it no longer, even when it has stalled in between.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Seen {
    looks: Mutex<HashMap<u64, Look>>,
    /// The session's task has been told of a change and has not looked yet.
    told: AtomicBool,
}

/// One pipeline.
#[derive(Debug)]
struct Look {
    capture: u64,
    /// By its plugin. The session's own pause is not this one's business.
    paused: bool,
}

impl Seen {
    pub(crate) fn begin(&self, pipeline: u64, capture: u64) {
        self.looks.lock().insert(pipeline, Look { capture, paused: false });
    }

    pub(crate) fn pause(&self, pipeline: u64, on: bool) {
        if let Some(look) = self.looks.lock().get_mut(&pipeline) {
            look.paused = on;
        }
    }

    pub(crate) fn end(&self, pipeline: u64) {
        self.looks.lock().remove(&pipeline);
    }

    /// A capture ends, and every pipeline that it feeds.
    pub(crate) fn end_capture(&self, capture: u64) {
        self.looks.lock().retain(|_, look| look.capture != capture);
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

    pub(crate) fn any(&self) -> bool {
        self.looks.lock().values().any(|look| !look.paused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_is_seen_while_a_pipeline_runs() {
        let seen = Seen::default();
        assert!(!seen.any(), "consent alone shows nothing to anybody");
        seen.begin(1, 10);
        assert!(seen.any());
        seen.pause(1, true);
        assert!(!seen.any());
        seen.begin(2, 10);
        assert!(seen.any(), "another display is still shown");
        seen.pause(2, true);
        seen.pause(1, false);
        assert!(seen.any());
        seen.end(1);
        assert!(!seen.any());
        seen.pause(2, false);
        seen.pause(1, false);
        assert!(seen.any());
        seen.end_capture(10);
        assert!(!seen.any());
    }

    #[test]
    fn a_thousand_changes_are_told_once() {
        let seen = Seen::default();
        assert_eq!((0..1000).filter(|_| seen.is_news()).count(), 1);
        seen.looked();
        assert!(seen.is_news());
    }
}
