//! What waits to be sent of the stroke that this side draws: at most one message a frame, and none while the line takes
//! nothing. What is under way meanwhile adds up into the next.

use super::{FRAME_US, Half};
use crate::desk::Desk;
use crate::protocol::Message;
use crate::stroke::{Figure, Key};

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Out {
    stroke: Option<Drawing>,
    sent_us: Option<u64>,
    timer: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Drawing {
    key: Key,
    /// The others know of it.
    told: bool,
    /// Points of a path that they know.
    points: usize,
    waits: bool,
}

impl Out {
    /// Whether it was this timer.
    pub(super) fn rang(&mut self, token: u64) -> bool {
        let rang = self.timer == Some(token);
        if rang {
            self.timer = None;
        }
        rang
    }

    /// Nothing more is sent of this stroke. Whether the others may know of it.
    pub(super) fn forget(&mut self, key: Key) -> bool {
        match self.stroke.filter(|drawing| drawing.key == key) {
            Some(drawing) => {
                self.stroke = None;
                drawing.told
            }
            None => true,
        }
    }
}

impl Half {
    /// A stroke begins. What can be seen of it goes at once.
    pub(super) fn begin_out(&mut self, key: Key, desk: &mut impl Desk) {
        self.send_out(desk);
        self.out.stroke = Some(Drawing { key, told: false, points: 0, waits: false });
        if self.sheets.get(key).is_some_and(|stroke| !stroke.figure.is_empty()) {
            self.wait_out(key);
            self.send_out(desk);
        }
    }

    /// The stroke has changed.
    pub(super) fn change_out(&mut self, key: Key, desk: &mut impl Desk) {
        self.wait_out(key);
        self.push_out(desk);
    }

    fn wait_out(&mut self, key: Key) {
        if let Some(drawing) = self.out.stroke.as_mut().filter(|drawing| drawing.key == key) {
            drawing.waits = true;
        }
    }

    /// Sends what waits, if it is time.
    pub(super) fn push_out(&mut self, desk: &mut impl Desk) {
        if self.out.stroke.is_none_or(|drawing| !drawing.waits) {
            return;
        }
        let now = desk.now_us();
        let since = self.out.sent_us.map_or(FRAME_US, |sent| now.saturating_sub(sent));
        if since < FRAME_US {
            if self.out.timer.is_none() {
                self.out.timer = Some(desk.wake_after_us(FRAME_US - since));
            }
        } else if self.is_clear(desk) {
            self.send_out(desk);
        }
    }

    fn send_out(&mut self, desk: &mut impl Desk) {
        let Some(drawing) = self.out.stroke.filter(|drawing| drawing.waits) else {
            return;
        };
        let key = drawing.key;
        let Some(stroke) = self.sheets.get(key) else {
            self.out.stroke = None;
            return;
        };
        let (message, points) = match &stroke.figure {
            Figure::Path(_, points) if drawing.told => {
                let from = u32::try_from(drawing.points).unwrap_or(u32::MAX);
                let more = points.get(drawing.points..).unwrap_or_default().to_vec();
                (Message::Append { seq: key.seq, from, points: more }, points.len())
            }
            Figure::Path(_, points) => (Message::Put { seq: key.seq, stroke: stroke.clone() }, points.len()),
            Figure::Span(..) | Figure::Words(..) => (Message::Put { seq: key.seq, stroke: stroke.clone() }, 0),
        };
        self.out.stroke = Some(Drawing { key, told: true, points, waits: false });
        self.out.sent_us = Some(desk.now_us());
        self.broadcast(&message, desk);
    }
}
