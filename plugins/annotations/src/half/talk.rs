//! What the other halves say. Everything is bounded; a half that goes beyond is refused.

use lotse_sdk::{ParticipantId, Point};

use super::{Half, SKIPPED, Trouble};
use crate::desk::Desk;
use crate::protocol::{Lacks, Message, VERSION};
use crate::stroke::{Figure, Key, POINTS_MAX, STROKES_MAX, Stroke, WEIGHT_MAX};

/// How far ahead of this side's clock another's may be: as many strokes and clearings as nobody makes unseen. Without a
/// bound one message could use the clock up.
const AHEAD_MAX: u64 = 1 << 20;
/// What asking for a board costs the asker, in messages: it may be answered with a thousand.
const WANT_COST: u32 = 100;
/// Of twice as many numbers half lie ahead (RFC 1982).
const AHEAD_NUMBERS: u32 = 1 << 31;

impl Half {
    /// Messages of a stream, in order.
    pub fn handle(&mut self, from: ParticipantId, messages: &[Vec<u8>], desk: &mut impl Desk) {
        let now = desk.now_us();
        for bytes in messages {
            if self.is_refused(from) {
                break;
            }
            let Some(peer) = self.peer(from) else {
                break;
            };
            let message = Message::parse(bytes);
            let cost = if matches!(message, Some(Message::Want(_))) { WANT_COST } else { 1 };
            let taken = if peer.pace.take(cost, now) { Ok(()) } else { Err(Trouble::TooFast) };
            let done = taken.and_then(|()| message.ok_or(Trouble::Nonsense));
            if let Err(trouble) = done.and_then(|message| self.heed(from, message, desk)) {
                self.refuse(from, trouble, desk);
            }
        }
        self.settle(desk);
    }

    /// A pointer's place that may be late, doubled or lost. One too many is dropped.
    pub fn handle_datagram(&mut self, from: ParticipantId, bytes: &[u8], desk: &mut impl Desk) {
        let now = desk.now_us();
        let Some(peer) = self.peer(from) else {
            return;
        };
        if peer.greeted
            && peer.pace.take(1, now)
            && let Some(Message::Pointer { count, board, at }) = Message::parse(bytes)
        {
            self.pointed(from, count, board, at, desk);
        }
    }

    fn heed(&mut self, from: ParticipantId, message: Message, desk: &mut impl Desk) -> Result<(), Trouble> {
        let greeted = self.peer(from).is_some_and(|peer| peer.greeted);
        match message {
            Message::Hello { version, .. } if version != VERSION => Err(Trouble::OtherVersion),
            Message::Hello { lacks, cleared, .. } if !greeted => self.hello(from, lacks, cleared, desk),
            Message::Put { seq, stroke } if greeted => self.take(Key { author: from, seq }, stroke),
            Message::Append { seq, from: before, points } if greeted => {
                self.append(Key { author: from, seq }, before, &points)
            }
            Message::Remove(seq) if greeted => {
                self.sheets.remove(Key { author: from, seq });
                Ok(())
            }
            Message::Clear(order) if greeted => {
                self.see(order)?;
                let before = self.cleared;
                self.clear_below(order);
                if self.cleared > before {
                    self.pass_on(from, &Message::Clear(order), desk);
                }
                Ok(())
            }
            Message::Want(board) if greeted => {
                self.tell_own(from, Some(board), desk);
                Ok(())
            }
            Message::Whole if greeted => {
                self.sheets.sweep(from);
                self.lacks = Lacks::Nothing;
                Ok(())
            }
            Message::Yours { seq, stroke } if greeted => {
                self.take_back(seq, stroke);
                Ok(())
            }
            Message::Pointer { count, board, at } if greeted => {
                self.pointed(from, count, board, at, desk);
                Ok(())
            }
            Message::PointerGone(count) if greeted => {
                self.unpointed(from, Some(count), desk);
                Ok(())
            }
            Message::OnlyLooks if self.rep => Err(Trouble::OnlyLooks),
            // Something before `Hello`, a second one, or what customers' halves alone say.
            Message::Hello { .. }
            | Message::Put { .. }
            | Message::Append { .. }
            | Message::Remove(_)
            | Message::Clear(_)
            | Message::Want(_)
            | Message::Whole
            | Message::Yours { .. }
            | Message::Pointer { .. }
            | Message::PointerGone(_)
            | Message::OnlyLooks => Err(Trouble::Nonsense),
        }
    }

    fn hello(&mut self, from: ParticipantId, lacks: Lacks, cleared: u64, desk: &mut impl Desk) -> Result<(), Trouble> {
        self.see(cleared)?;
        self.clear_below(cleared);
        self.greet(from);
        let lacked = |seq: u32| match lacks {
            Lacks::Nothing => false,
            Lacks::From(first) => seq.wrapping_sub(first) < AHEAD_NUMBERS,
            Lacks::All => true,
        };
        let theirs = self.sheets.all().filter(|(key, _)| key.author == from && lacked(key.seq));
        let theirs: Vec<(u32, Stroke)> = theirs.map(|(key, stroke)| (key.seq, stroke.clone())).collect();
        self.sheets.doubt(from, |seq| !lacked(seq));
        self.tell_own(from, None, desk);
        for (seq, stroke) in theirs {
            if !self.send(from, &Message::Yours { seq, stroke }, desk) {
                return Ok(());
            }
        }
        self.send(from, &Message::Whole, desk);
        Ok(())
    }

    /// What this side drew, on one board or on all.
    fn tell_own(&mut self, to: ParticipantId, board: Option<u64>, desk: &mut impl Desk) {
        for (seq, stroke) in self.own_strokes(board) {
            if !self.send(to, &Message::Put { seq, stroke }, desk) {
                return;
            }
        }
        self.tell_pointer(to, desk);
    }

    /// What is drawn here from now on lies above.
    fn see(&mut self, order: u64) -> Result<(), Trouble> {
        if order > self.clock.saturating_add(AHEAD_MAX) {
            return Err(Trouble::Nonsense);
        }
        self.clock = self.clock.max(order);
        Ok(())
    }

    fn take(&mut self, key: Key, stroke: Stroke) -> Result<(), Trouble> {
        self.see(stroke.order)?;
        // Cleared meanwhile, or of a board that is not here (any more, or yet: then it is asked for).
        if stroke.order < self.cleared || !self.has_board(stroke.board) {
            return Ok(());
        }
        let there = self.sheets.get(key);
        let moved = |there: &Stroke| (there.board, there.order) != (stroke.board, stroke.order);
        if there.is_some_and(moved) {
            return Err(Trouble::Nonsense);
        }
        self.sheets.put(key, stroke);
        self.check(key.author)
    }

    fn append(&mut self, key: Key, before: u32, points: &[Point]) -> Result<(), Trouble> {
        let Some(stroke) = self.sheets.get(key) else {
            return Ok(());
        };
        let Figure::Path(_, known) = &stroke.figure else {
            return Err(Trouble::Nonsense);
        };
        let before = usize::try_from(before).unwrap_or(usize::MAX);
        // Some may be known already, from a whole stroke that was told in between.
        let Some(doubled) = known.len().checked_sub(before) else {
            return Err(Trouble::Nonsense);
        };
        let more = points.get(doubled..).unwrap_or_default();
        if known.len() + more.len() > POINTS_MAX {
            return Err(Trouble::TooMuch);
        }
        self.sheets.change(key, |figure| match figure {
            Figure::Path(_, known) => known.extend_from_slice(more),
            Figure::Span(..) | Figure::Words(..) => {}
        });
        self.check(key.author)
    }

    fn check(&self, author: ParticipantId) -> Result<(), Trouble> {
        let load = self.sheets.load(author);
        // This side stops at the bound after what crosses it, so the other may, too.
        let weight_max = WEIGHT_MAX + POINTS_MAX;
        if load.strokes > STROKES_MAX || load.weight > weight_max { Err(Trouble::TooMuch) } else { Ok(()) }
    }

    /// A stroke of this side's that only the others still had.
    fn take_back(&mut self, seq: u32, stroke: Stroke) {
        let load = self.sheets.load(self.me);
        let room = load.strokes < STROKES_MAX && load.weight < WEIGHT_MAX;
        let lacks = match self.lacks {
            Lacks::Nothing => false,
            Lacks::From(first) => seq.wrapping_sub(first) < SKIPPED,
            Lacks::All => true,
        };
        let key = self.own(seq);
        let wanted = lacks && room && self.sheets.get(key).is_none();
        if wanted && stroke.order >= self.cleared && self.has_board(stroke.board) && self.see(stroke.order).is_ok() {
            self.sheets.put(key, stroke);
        }
    }
}
