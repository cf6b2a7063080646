//! Where everybody points. A pointer is only worth its newest place, so it goes by datagram, at most one a frame, and never
//! waits behind a lost packet; where it came to rest is repeated on the stream.

use lotse_sdk::{ParticipantId, Point};

use super::{FRAME_US, Half};
use crate::desk::Desk;
use crate::protocol::Message;
use crate::stroke::Key;

/// A pointer that has not moved for this long rests.
const REST_US: u64 = 50_000;

/// This side's pointer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pointing {
    at: Option<(u64, Point)>,
    /// Counts every place that is told, whichever way it goes.
    count: u32,
    sent_us: Option<u64>,
    moved_us: u64,
    /// The place has not been told yet, or only by datagram.
    unsent: bool,
    unsettled: bool,
    timer: Option<u64>,
}

impl Pointing {
    /// Whether it was this timer.
    pub(super) fn rang(&mut self, token: u64) -> bool {
        let rang = self.timer == Some(token);
        if rang {
            self.timer = None;
        }
        rang
    }

    pub(super) fn keep_boards(&mut self, there: impl Fn(u64) -> bool) {
        self.at = self.at.filter(|(board, _)| there(*board));
    }

    fn tell(&mut self) -> Option<Message> {
        let (board, at) = self.at?;
        self.count = self.count.wrapping_add(1);
        Some(Message::Pointer { count: self.count, board, at })
    }
}

/// Somebody else's pointer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pointed {
    newest: Option<u32>,
    board: Option<u64>,
}

/// Serial number arithmetic, so that the count may wrap (RFC 1982).
fn is_newer(count: u32, than: u32) -> bool {
    let ahead = count.wrapping_sub(than);
    ahead != 0 && ahead < 1 << 31
}

impl Half {
    pub(super) fn point(&mut self, board: u64, at: Point, desk: &mut impl Desk) {
        let now = desk.now_us();
        let pointing = &mut self.pointing;
        if pointing.at == Some((board, at)) {
            return;
        }
        (pointing.at, pointing.moved_us) = (Some((board, at)), now);
        (pointing.unsent, pointing.unsettled) = (true, true);
        self.push_pointer(desk);
    }

    /// Tells where this side points, if it is time.
    pub(super) fn push_pointer(&mut self, desk: &mut impl Desk) {
        let now = desk.now_us();
        let due = self.pointing.sent_us.is_none_or(|sent| now.saturating_sub(sent) >= FRAME_US);
        if self.pointing.unsent && due {
            (self.pointing.unsent, self.pointing.sent_us) = (false, Some(now));
            if let Some(message) = self.pointing.tell() {
                self.greeted().into_iter().for_each(|to| desk.datagram(to, &message));
            }
        }
        let rests = now.saturating_sub(self.pointing.moved_us) >= REST_US;
        if self.pointing.unsettled && rests && !self.pointing.unsent {
            self.pointing.unsettled = false;
            if let Some(message) = self.pointing.tell() {
                self.broadcast(&message, desk);
            }
        }
        if (self.pointing.unsent || self.pointing.unsettled) && self.pointing.timer.is_none() {
            self.pointing.timer = Some(desk.wake_after_us(FRAME_US));
        }
    }

    pub(super) fn end_pointer(&mut self, desk: &mut impl Desk) {
        (self.pointing.unsent, self.pointing.unsettled) = (false, false);
        if self.pointing.at.take().is_some() {
            self.pointing.count = self.pointing.count.wrapping_add(1);
            self.broadcast(&Message::PointerGone(self.pointing.count), desk);
        }
    }

    /// For one who has come, or has this board only now.
    pub(super) fn tell_pointer(&mut self, to: ParticipantId, desk: &mut impl Desk) {
        if let Some(message) = self.pointing.tell() {
            self.send(to, &message, desk);
        }
    }

    pub(super) fn pointed(&mut self, from: ParticipantId, count: u32, board: u64, at: Point, desk: &mut impl Desk) {
        if !self.has_board(board) {
            return;
        }
        let Some(peer) = self.peer(from) else {
            return;
        };
        if peer.pointed.newest.is_some_and(|newest| !is_newer(count, newest)) {
            return;
        }
        let before = peer.pointed.board.filter(|before| *before != board);
        peer.pointed = Pointed { newest: Some(count), board: Some(board) };
        let id = Key::pointer(from).id();
        desk.point(board, id, at, &peer.name);
        if let Some(before) = before {
            desk.remove(before, &[id]);
        }
    }

    /// `count`: none where nothing is known to follow, so that whatever comes next is newer.
    pub(super) fn unpointed(&mut self, from: ParticipantId, count: Option<u32>, desk: &mut impl Desk) {
        let Some(peer) = self.peer(from) else {
            return;
        };
        let pointed = std::mem::replace(&mut peer.pointed, Pointed { newest: count, board: None });
        if let Some(board) = pointed.board {
            desk.remove(board, &[Key::pointer(from).id()]);
        }
    }
}
