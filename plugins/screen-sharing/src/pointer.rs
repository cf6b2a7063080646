//! Which pointer events go by the stream, which by datagram, and which of those that come are still worth doing.
//!
//! Motion without buttons is only worth its newest place, so it goes by datagram and never waits behind a lost packet.
//! Everything else goes by the stream, in order. A datagram says after which stream event it happened; one that comes too
//! early or too late is dropped, and where the pointer came to rest is repeated on the stream.

use lotse_sdk::Point;

use crate::protocol::{Motion, Pointing, Request};

/// A pointer that has not moved for this long rests.
pub const REST_US: u64 = 50_000;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    Stream(Pointing),
    Datagram(Motion),
}

/// The rep's side.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    seq: u32,
    last_on_stream: u32,
    buttons: u32,
    /// Where and when a datagram last went, unless the stream has been there since.
    unsettled: Option<(Point, u64)>,
}

impl Sender {
    pub fn handle(&mut self, at: Point, buttons: u32, wheel: Point, now_us: u64) -> Way {
        self.seq = self.seq.wrapping_add(1);
        let motion_only = buttons == 0 && self.buttons == 0 && wheel.x == 0 && wheel.y == 0;
        self.buttons = buttons;
        if motion_only {
            self.unsettled = Some((at, now_us));
            return Way::Datagram(Motion { seq: self.seq, after: self.last_on_stream, at });
        }
        self.unsettled = None;
        self.last_on_stream = self.seq;
        Way::Stream(Pointing { seq: self.seq, at, buttons, wheel })
    }

    /// Whether a timer is wanted.
    pub fn is_unsettled(&self) -> bool {
        self.unsettled.is_some()
    }

    /// The place where the pointer rests, for the stream; none while it moves.
    pub fn poll_rest(&mut self, now_us: u64) -> Option<Pointing> {
        let (at, since) = self.unsettled?;
        if now_us.saturating_sub(since) < REST_US {
            return None;
        }
        self.unsettled = None;
        self.seq = self.seq.wrapping_add(1);
        self.last_on_stream = self.seq;
        Some(Pointing { seq: self.seq, at, buttons: 0, wheel: Point { x: 0, y: 0 } })
    }
}

/// Keeps a drag from filling a stream that is slow: of motions that wait, only the newest is worth sending.
#[derive(Clone, Debug, Default)]
pub struct Coalescer {
    buttons: u32,
    waiting: Option<Pointing>,
}

impl Coalescer {
    /// What goes onto the stream now, in order. `clear`: nothing waits to be written there.
    pub fn handle(&mut self, request: Request, clear: bool) -> Vec<Request> {
        if let Request::Pointer(pointing) = &request {
            let moves_only = pointing.buttons == self.buttons && pointing.wheel.x == 0 && pointing.wheel.y == 0;
            self.buttons = pointing.buttons;
            if moves_only && !clear {
                self.waiting = Some(*pointing);
                return Vec::new();
            }
            if moves_only {
                self.waiting = None;
            }
        }
        self.waiting.take().map(Request::Pointer).into_iter().chain([request]).collect()
    }

    /// The stream is clear again.
    pub fn poll(&mut self) -> Option<Request> {
        self.waiting.take().map(Request::Pointer)
    }
}

/// The customer's side.
#[derive(Clone, Debug, Default)]
pub struct Receiver {
    newest: u32,
    last_on_stream: u32,
    buttons: u32,
}

impl Receiver {
    pub fn handle_stream(&mut self, pointing: &Pointing) {
        self.last_on_stream = pointing.seq;
        self.buttons = pointing.buttons;
        if is_newer(pointing.seq, self.newest) {
            self.newest = pointing.seq;
        }
    }

    /// Whether the motion is still worth doing.
    pub fn handle_motion(&mut self, motion: &Motion) -> bool {
        let worth = self.buttons == 0 && motion.after == self.last_on_stream && is_newer(motion.seq, self.newest);
        if worth {
            self.newest = motion.seq;
        }
        worth
    }
}

/// Serial number arithmetic, so that the count may wrap (RFC 1982).
fn is_newer(seq: u32, than: u32) -> bool {
    let ahead = seq.wrapping_sub(than);
    ahead != 0 && ahead < 1 << 31
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const STILL: Point = Point { x: 0, y: 0 };

    fn at(x: i32) -> Point {
        Point { x, y: 1 }
    }

    fn datagram(way: Way) -> Motion {
        match way {
            Way::Datagram(motion) => motion,
            Way::Stream(pointing) => panic!("on the stream: {pointing:?}"),
        }
    }

    #[test]
    fn late_doubled_and_early_motions_are_dropped() {
        let (mut sender, mut receiver) = (Sender::default(), Receiver::default());
        let [one, two] = [1, 2].map(|x| datagram(sender.handle(at(x), 0, STILL, 0)));
        assert!(receiver.handle_motion(&two));
        assert!(!receiver.handle_motion(&one), "late");
        assert!(!receiver.handle_motion(&two), "doubled");
        let Way::Stream(press) = sender.handle(at(3), 1, STILL, 0) else { panic!("a press goes by the stream") };
        let Way::Stream(release) = sender.handle(at(3), 0, STILL, 0) else { panic!("a release too") };
        let after = datagram(sender.handle(at(4), 0, STILL, 0));
        assert!(!receiver.handle_motion(&after), "it would move before the click");
        receiver.handle_stream(&press);
        receiver.handle_stream(&release);
        assert!(receiver.handle_motion(&after));
    }

    #[test]
    fn a_drag_goes_by_the_stream() {
        let mut sender = Sender::default();
        for x in 0..3 {
            assert!(matches!(sender.handle(at(x), 1, STILL, 0), Way::Stream(_)));
        }
        assert!(matches!(sender.handle(at(3), 0, Point { x: 0, y: 1 }, 0), Way::Stream(_)), "the release");
    }

    #[test]
    fn where_it_rests_is_repeated_once_on_the_stream() {
        let mut sender = Sender::default();
        sender.handle(at(7), 0, STILL, 1_000);
        assert_eq!(sender.poll_rest(2_000), None);
        assert_eq!(sender.poll_rest(1_000 + REST_US).map(|rest| rest.at), Some(at(7)));
        assert!(!sender.is_unsettled() && sender.poll_rest(9_000_000).is_none());
    }

    #[test]
    fn a_slow_stream_gets_only_the_newest_of_a_drag_and_every_key_and_button_in_order() {
        let mut coalescer = Coalescer::default();
        let pointer = |seq, buttons| Request::Pointer(Pointing { seq, at: at(1), buttons, wheel: STILL });
        let key = Request::Key { physical: 30, down: true };
        assert_eq!(coalescer.handle(pointer(1, 1), false), [pointer(1, 1)], "a press never waits");
        assert!(coalescer.handle(pointer(2, 1), false).is_empty() && coalescer.handle(pointer(3, 1), false).is_empty());
        assert_eq!(coalescer.handle(key.clone(), false), [pointer(3, 1), key]);
        assert!(coalescer.handle(pointer(4, 1), false).is_empty());
        assert_eq!(coalescer.poll(), Some(pointer(4, 1)));
        assert!(coalescer.handle(pointer(5, 1), false).is_empty());
        assert_eq!(coalescer.handle(pointer(6, 0), false), [pointer(5, 1), pointer(6, 0)], "a release neither");
        assert_eq!(coalescer.handle(pointer(7, 0), true), [pointer(7, 0)]);
    }

    #[test]
    fn the_count_may_wrap() {
        let mut sender = Sender { seq: u32::MAX - 1, last_on_stream: 9, ..Sender::default() };
        let mut receiver = Receiver { newest: u32::MAX - 1, last_on_stream: 9, ..Receiver::default() };
        for x in 0..4 {
            assert!(receiver.handle_motion(&datagram(sender.handle(at(x), 0, STILL, 0))));
        }
    }
}
