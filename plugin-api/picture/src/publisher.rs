//! The half that shows: whether a picture is published, how fine it is, and whether it stands still.
//!
//! Knows no host; what it wants done it does through [`Pipe`]. Consent and messages are its plugin's.

use crate::quality::{Link, Pace, Policy, Quality, RAISE_AFTER_US};

/// What can be done with the pipeline that runs, and the time.
pub trait Pipe {
    /// Without effect while nothing is published; so are the next one's.
    fn set_pace(&mut self, pace: Pace);
    fn hold(&mut self, on: bool);
    fn now_us(&mut self) -> u64;
    fn wake_after_us(&mut self, delay_us: u64) -> u64;
}

#[derive(Debug, Default)]
pub struct Publisher {
    capture: Option<u64>,
    held: bool,
    policy: Policy,
    wake: Option<u64>,
}

impl Publisher {
    /// How a pipeline is to begin.
    pub fn pace(&self) -> Pace {
        self.policy.pace()
    }

    pub fn quality(&self) -> Quality {
        self.policy.quality()
    }

    /// Whether this capture's picture is the one that is published.
    pub fn shows(&self, capture: u64) -> bool {
        self.capture == Some(capture)
    }

    pub fn is_running(&self) -> bool {
        self.capture.is_some()
    }

    /// Whoever may hold it wants it to stand still. Outlives a change of what is captured, and no end.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// A pipeline was begun, with [`Self::pace`].
    pub fn begun(&mut self, capture: u64, pipe: &mut impl Pipe) {
        self.capture = Some(capture);
        pipe.hold(self.held);
    }

    /// Nothing is published any more, and the next picture is not held. Whether there was something to stop.
    pub fn end(&mut self) -> bool {
        self.held = false;
        self.capture.take().is_some()
    }

    pub fn hold(&mut self, on: bool, pipe: &mut impl Pipe) {
        self.held = on;
        if self.is_running() {
            pipe.hold(on);
        }
    }

    pub fn choose(&mut self, quality: Quality, pipe: &mut impl Pipe) {
        let before = self.policy.pace();
        self.policy.choose(quality);
        self.follow(before, pipe);
    }

    pub fn handle_link(&mut self, link: Link, pipe: &mut impl Pipe) {
        let before = self.policy.pace();
        let now = pipe.now_us();
        if self.policy.handle_link(link, now) {
            self.wake = Some(pipe.wake_after_us(RAISE_AFTER_US));
        }
        self.follow(before, pipe);
    }

    /// A timer rang; it may be somebody else's.
    pub fn handle_woke(&mut self, token: u64, pipe: &mut impl Pipe) {
        if self.wake != Some(token) {
            return;
        }
        let before = self.policy.pace();
        let now = pipe.now_us();
        self.wake = self.policy.handle_time(now).then(|| pipe.wake_after_us(RAISE_AFTER_US));
        self.follow(before, pipe);
    }

    fn follow(&self, before: Pace, pipe: &mut impl Pipe) {
        let pace = self.policy.pace();
        if pace != before && self.is_running() {
            pipe.set_pace(pace);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct TestPipe {
        paces: Vec<Pace>,
        holds: Vec<bool>,
        now_us: u64,
    }

    impl Pipe for TestPipe {
        fn set_pace(&mut self, pace: Pace) {
            self.paces.push(pace);
        }
        fn hold(&mut self, on: bool) {
            self.holds.push(on);
        }
        fn now_us(&mut self) -> u64 {
            self.now_us
        }
        fn wake_after_us(&mut self, _delay_us: u64) -> u64 {
            1
        }
    }

    #[test]
    fn the_pace_follows_the_link_only_while_something_is_published() {
        let (mut publisher, mut pipe) = (Publisher::default(), TestPipe::default());
        publisher.handle_link(Link::Slow, &mut pipe);
        assert!(pipe.paces.is_empty(), "there is no pipeline");
        publisher.begun(7, &mut pipe);
        publisher.handle_link(Link::Good, &mut pipe);
        pipe.now_us = RAISE_AFTER_US;
        publisher.handle_woke(99, &mut pipe);
        assert!(pipe.paces.is_empty(), "somebody else's timer");
        publisher.handle_woke(1, &mut pipe);
        assert_eq!(pipe.paces, [publisher.pace()]);
    }

    #[test]
    fn a_hold_lasts_over_another_capture_and_not_over_an_end() {
        let (mut publisher, mut pipe) = (Publisher::default(), TestPipe::default());
        publisher.begun(1, &mut pipe);
        publisher.hold(true, &mut pipe);
        publisher.begun(2, &mut pipe);
        assert_eq!(pipe.holds, [false, true, true]);
        assert!(publisher.shows(2) && !publisher.shows(1));
        assert!(publisher.end() && !publisher.end());
        publisher.begun(3, &mut pipe);
        assert_eq!(pipe.holds.last(), Some(&false));
    }
}
