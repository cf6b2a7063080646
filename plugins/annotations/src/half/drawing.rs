//! What the person's pointer and keys draw.

use lotse_sdk::Point;
use lotse_sdk::session::text;

use super::Half;
use crate::desk::Desk;
use crate::hand::Held;
use crate::stroke::{Figure, Key, POINTS_MAX, STROKES_MAX, Stroke, TEXT_CHARS_MAX, Tool, WEIGHT_MAX, within};

/// Of `buttons`.
const LEFT: u32 = 1;
/// A path's next point is at least so far away, in pixels: nearer ones show nothing and cost as much.
const STEP: i64 = 2;
const BACKSPACE: char = '\u{8}';
const ESCAPE: char = '\u{1b}';
/// Ctrl+Z.
const UNDO: char = '\u{1a}';

impl Half {
    /// `buttons` as in the contract.
    pub fn handle_pointer(&mut self, board: u64, at: Point, buttons: u32, desk: &mut impl Desk) {
        if !self.has_board(board) {
            return;
        }
        let at = within(at);
        match self.hand.held {
            Some(Held::Tool(tool)) => self.draw(tool, board, at, buttons & LEFT != 0, desk),
            Some(Held::Pointer) => self.point(board, at, desk),
            None => {}
        }
        self.settle(desk);
    }

    fn draw(&mut self, tool: Tool, board: u64, at: Point, pressed: bool, desk: &mut impl Desk) {
        let before = std::mem::replace(&mut self.hand.pressed, pressed);
        match (before, pressed) {
            (false, true) => {
                self.let_go(desk);
                self.begin(tool, board, at, desk);
            }
            (true, true) => self.go_on(board, at, desk),
            (true, false) => {
                self.go_on(board, at, desk);
                self.end_stroke(desk);
            }
            (false, false) => {}
        }
    }

    fn begin(&mut self, tool: Tool, board: u64, at: Point, desk: &mut impl Desk) {
        let load = self.sheets.load(self.me);
        if load.strokes >= STROKES_MAX || load.weight >= WEIGHT_MAX {
            return self.tell_full(desk);
        }
        let seq = self.take_seq();
        let key = self.own(seq);
        let (colour, width, figure) = (self.hand.colour, self.hand.width, Figure::begin(tool, at));
        let order = self.tick();
        self.sheets.put(key, Stroke { board, order, colour, width, figure });
        match tool {
            Tool::Path(_) | Tool::Span(_) => self.hand.under_way = Some(key),
            Tool::Words => {
                self.hand.caret = Some(key);
                self.sheets.set_caret(Some(key));
            }
        }
        // Shown here first, then told: the pen must never wait for the line.
        self.sheets.flush(desk);
        self.begin_out(key, desk);
    }

    fn tell_full(&mut self, desk: &mut impl Desk) {
        if !std::mem::replace(&mut self.told_full, true) {
            let line = text(
                "There is no room for more drawings. Undo or clear some.",
                "Mehr Zeichnungen haben keinen Platz. Nehmen Sie welche zurück, oder löschen Sie sie.",
            );
            desk.tell(line);
        }
    }

    fn go_on(&mut self, board: u64, at: Point, desk: &mut impl Desk) {
        let Some(key) = self.hand.under_way else {
            return;
        };
        let Some(stroke) = self.sheets.get(key).filter(|stroke| stroke.board == board) else {
            return;
        };
        match &stroke.figure {
            Figure::Path(nib, points) => {
                if points.last().is_some_and(|last| is_near(*last, at)) {
                    return;
                }
                let tool = Tool::Path(*nib);
                if points.len() >= POINTS_MAX {
                    let last = points.last().copied().unwrap_or(at);
                    self.hand.under_way = None;
                    self.begin(tool, board, last, desk);
                    return self.go_on(board, at, desk);
                }
                if self.sheets.load(self.me).weight >= WEIGHT_MAX {
                    self.hand.under_way = None;
                    return self.tell_full(desk);
                }
            }
            Figure::Span(..) | Figure::Words(..) => {}
        }
        self.sheets.change(key, |figure| match figure {
            Figure::Path(_, points) => points.push(at),
            Figure::Span(_, _, to) => *to = at,
            Figure::Words(..) => {}
        });
        self.sheets.flush(desk);
        self.change_out(key, desk);
    }

    /// The stroke under way is as it shall be. One that cannot be seen is none.
    fn end_stroke(&mut self, desk: &mut impl Desk) {
        if let Some(key) = self.hand.under_way.take() {
            self.drop_if_empty(key, desk);
        }
    }

    fn end_text(&mut self, desk: &mut impl Desk) {
        if let Some(key) = self.hand.caret.take() {
            self.drop_if_empty(key, desk);
        }
        self.sheets.set_caret(None);
    }

    fn drop_if_empty(&mut self, key: Key, desk: &mut impl Desk) {
        if self.sheets.get(key).is_some_and(|stroke| stroke.figure.is_empty()) {
            self.remove_own(key, desk);
        }
    }

    /// What is under way is finished.
    pub(super) fn let_go(&mut self, desk: &mut impl Desk) {
        self.end_stroke(desk);
        self.end_text(desk);
    }

    /// The tool leaves the hand.
    pub(super) fn put_down(&mut self, desk: &mut impl Desk) {
        self.let_go(desk);
        self.hand.pressed = false;
        self.end_pointer(desk);
    }

    /// What the person typed, also line feeds and backspaces.
    pub fn handle_text(&mut self, board: u64, entered: &str, desk: &mut impl Desk) {
        if entered.contains(ESCAPE) {
            return self.handle_left(desk);
        }
        if entered.contains(UNDO) {
            return self.undo(desk);
        }
        let Some(key) = self.hand.caret else {
            return;
        };
        if self.sheets.get(key).is_none_or(|stroke| stroke.board != board) {
            return;
        }
        let load = self.sheets.load(self.me).weight;
        if load.saturating_add(entered.len()) > WEIGHT_MAX && entered.chars().any(|character| character != BACKSPACE) {
            return self.tell_full(desk);
        }
        self.sheets.change(key, |figure| match figure {
            Figure::Words(_, text) => entered.chars().for_each(|character| write(text, character)),
            Figure::Path(..) | Figure::Span(..) => {}
        });
        self.sheets.flush(desk);
        self.change_out(key, desk);
        self.settle(desk);
    }
}

fn write(text: &mut String, character: char) {
    match character {
        BACKSPACE => drop(text.pop()),
        '\r' => {}
        _ if character != '\n' && character.is_control() => {}
        _ if text.chars().count() >= TEXT_CHARS_MAX => {}
        _ => text.push(character),
    }
}

fn is_near(one: Point, other: Point) -> bool {
    let (across, down) = (i64::from(one.x) - i64::from(other.x), i64::from(one.y) - i64::from(other.y));
    across * across + down * down < STEP * STEP
}
