//! One side's half: what is drawn here and there, and what the other halves are told of it. Both sides run the same.
//!
//! A state machine that knows no host: what it wants done it does through `Desk`. Each half owns its own strokes and
//! takes the others' as they say. `drawing` is the person's pointer and keys, `pointing` where everybody points, `out`
//! what waits to be sent, `talk` what the others say, `peers` who they are.

mod drawing;
mod out;
mod peers;
mod pointing;
mod talk;

use lotse_sdk::ParticipantId;
use lotse_sdk::session::text;

use crate::desk::{Board, Desk};
use crate::half::out::Out;
use crate::half::peers::Peer;
use crate::half::pointing::Pointing;
use crate::hand::{Hand, Held};
use crate::protocol::{Lacks, Message, Saved};
use crate::sheets::Sheets;
use crate::stroke::{Colour, Key, Stroke, Width};

pub use peers::{Trouble, troubled};

/// Nothing is sent oftener than once a frame of a display at 60 Hz.
const FRAME_US: u64 = 16_000;
/// Numbers that an instance passes over when it takes up what was kept: those drawn since may be in use at the others.
const SKIPPED: u32 = 1_024;

pub struct Half {
    me: ParticipantId,
    /// Of two halves one opens the stream.
    rep: bool,
    hand: Hand,
    boards: Vec<Board>,
    sheets: Sheets,
    peers: Vec<Peer>,
    /// The greatest order seen (Lamport's clock): what is drawn next lies above all that this side knows.
    clock: u64,
    /// What is below this order is gone.
    cleared: u64,
    next: u32,
    /// What the others are asked for of this half's own.
    lacks: Lacks,
    out: Out,
    pointing: Pointing,
    /// The person was told that there is no more room, and has not made any since.
    told_full: bool,
    /// What the menus last showed: undo and clear.
    shown: (bool, bool),
}

impl Half {
    /// `start`: any number; two instances of a half that know nothing of each other then hardly number alike.
    pub fn new(me: ParticipantId, rep: bool, start: u32, restored: Option<Saved>, desk: &mut impl Desk) -> Self {
        let mut half = Self {
            me,
            rep,
            hand: Hand::new(Colour::Red, Width::Medium),
            boards: desk.boards(),
            sheets: Sheets::default(),
            peers: Vec::new(),
            clock: 0,
            cleared: 0,
            next: start,
            lacks: Lacks::All,
            out: Out::default(),
            pointing: Pointing::default(),
            told_full: false,
            shown: (false, false),
        };
        if let Some(saved) = restored {
            half.take_up(saved);
        }
        half.settle(desk);
        desk.changed();
        half
    }

    fn take_up(&mut self, saved: Saved) {
        let Saved { clock, cleared, next, colour, width, strokes } = saved;
        (self.clock, self.cleared, self.hand) = (clock, cleared, Hand::new(colour, width));
        (self.next, self.lacks) = (next.wrapping_add(SKIPPED), Lacks::From(next));
        for (key, stroke) in strokes {
            if self.has_board(stroke.board) {
                self.sheets.put(key, stroke);
            }
        }
    }

    /// What the next instance goes on with, this side's own strokes first: the others' come back from them.
    pub fn saved(&self) -> Saved {
        let strokes = self.sheets.all().map(|(key, stroke)| (key, stroke.clone()));
        let (own, others): (Vec<_>, Vec<_>) = strokes.partition(|(key, _)| key.author == self.me);
        Saved {
            clock: self.clock,
            cleared: self.cleared,
            next: self.next,
            colour: self.hand.colour,
            width: self.hand.width,
            strokes: own.into_iter().chain(others).collect(),
        }
    }

    pub fn hand(&self) -> &Hand {
        &self.hand
    }

    pub fn boards(&self) -> &[Board] {
        &self.boards
    }

    pub fn is_rep(&self) -> bool {
        self.rep
    }

    pub fn can_undo(&self) -> bool {
        self.sheets.last_of(self.me).is_some()
    }

    pub fn has_drawings(&self) -> bool {
        !self.sheets.is_empty()
    }

    fn has_board(&self, board: u64) -> bool {
        self.boards.iter().any(|known| known.id == board)
    }

    /// Boards came, went or changed their size. What was on one that went is gone; of a new one the others are asked.
    pub fn handle_boards_changed(&mut self, desk: &mut impl Desk) {
        let before = std::mem::replace(&mut self.boards, desk.boards());
        let boards = &self.boards;
        self.sheets.keep_boards(|board| boards.iter().any(|known| known.id == board));
        let sheets = &self.sheets;
        self.hand.forget(|key| sheets.get(key).is_none());
        self.pointing.keep_boards(|board| boards.iter().any(|known| known.id == board));
        let new: Vec<Board> =
            self.boards.iter().copied().filter(|board| before.iter().all(|old| old.id != board.id)).collect();
        for board in &new {
            self.broadcast(&Message::Want(board.id), desk);
        }
        if let Some(held) = self.hand.held {
            // A screen of this side's own is never taken from the person unasked.
            for board in new.iter().filter(|board| !board.here) {
                desk.grab(board.id, Some(held.cursor()));
            }
            let taken = |board: &Board| !board.here || new.iter().all(|other| other.id != board.id);
            if !self.boards.iter().any(taken) {
                (self.hand.held, self.hand.pressed) = (None, false);
            }
        }
        self.settle(desk);
        desk.changed();
    }

    /// Takes a tool, another one, or none.
    pub fn hold(&mut self, held: Option<Held>, desk: &mut impl Desk) {
        self.put_down(desk);
        self.hand.held = held;
        let mut taken = false;
        for board in &self.boards {
            taken |= desk.grab(board.id, held.map(Held::cursor));
        }
        if held.is_some() && !taken {
            self.hand.held = None;
            let line = text(
                "Drawing is not possible now: a question is open, you have just stopped, or you may only look. Try again in a moment.",
                "Zeichnen ist jetzt nicht möglich: Eine Frage ist offen, Sie haben gerade aufgehört, oder Sie dürfen nur zusehen. Versuchen Sie es gleich noch einmal.",
            );
            desk.tell(line);
        }
        self.settle(desk);
        desk.changed();
    }

    /// The person gave the pointer back.
    pub fn handle_left(&mut self, desk: &mut impl Desk) {
        if self.hand.held.is_some() {
            self.hold(None, desk);
        }
    }

    pub fn set_colour(&mut self, colour: Colour, desk: &mut impl Desk) {
        self.hand.colour = colour;
        desk.changed();
    }

    pub fn set_width(&mut self, width: Width, desk: &mut impl Desk) {
        self.hand.width = width;
        desk.changed();
    }

    /// Takes this side's last stroke back.
    pub fn undo(&mut self, desk: &mut impl Desk) {
        self.let_go(desk);
        if let Some(key) = self.sheets.last_of(self.me) {
            self.remove_own(key, desk);
        }
        self.settle(desk);
    }

    /// Everybody's drawings go, on both sides.
    pub fn clear(&mut self, desk: &mut impl Desk) {
        self.let_go(desk);
        let order = self.tick();
        self.clear_below(order);
        self.broadcast(&Message::Clear(order), desk);
        self.settle(desk);
    }

    fn tick(&mut self) -> u64 {
        self.clock = self.clock.saturating_add(1);
        self.clock
    }

    fn take_seq(&mut self) -> u32 {
        let seq = self.next.max(1);
        self.next = seq.wrapping_add(1);
        seq
    }

    fn own(&self, seq: u32) -> Key {
        Key { author: self.me, seq }
    }

    fn clear_below(&mut self, order: u64) {
        self.cleared = self.cleared.max(order);
        self.told_full = false;
        self.sheets.remove_below(self.cleared);
        self.forget_gone();
    }

    fn forget_gone(&mut self) {
        let sheets = &self.sheets;
        self.hand.forget(|key| sheets.get(key).is_none());
    }

    /// Takes a stroke of this side's back, here and at the others.
    fn remove_own(&mut self, key: Key, desk: &mut impl Desk) {
        self.sheets.remove(key);
        self.told_full = false;
        self.forget_gone();
        if self.out.forget(key) {
            self.broadcast(&Message::Remove(key.seq), desk);
        }
    }

    fn own_strokes(&self, board: Option<u64>) -> Vec<(u32, Stroke)> {
        let own = self.sheets.all().filter(|(key, stroke)| {
            key.author == self.me && board.is_none_or(|board| stroke.board == board) && !stroke.figure.is_empty()
        });
        own.map(|(key, stroke)| (key.seq, stroke.clone())).collect()
    }

    /// Shows what changed. The last thing that each event does.
    fn settle(&mut self, desk: &mut impl Desk) {
        self.sheets.flush(desk);
        let now = (self.can_undo(), self.has_drawings());
        if now != self.shown {
            self.shown = now;
            desk.changed();
        }
    }

    pub fn handle_woke(&mut self, token: u64, desk: &mut impl Desk) {
        if self.out.rang(token) {
            self.push_out(desk);
        } else if self.pointing.rang(token) {
            self.push_pointer(desk);
        } else if let Some(peer) = self.reopens(token) {
            self.open(peer, desk);
        }
    }

    /// A stream takes more.
    pub fn handle_writable(&mut self, desk: &mut impl Desk) {
        self.push_out(desk);
    }
}
