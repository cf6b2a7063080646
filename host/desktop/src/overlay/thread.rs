//! The overlays' own thread: carries out what is wanted, follows the desktop, and tells what a person does who draws.

mod events;
mod stacking;

use super::board::Board;
use super::cover::place_of;
use super::hand::Hand;
use super::ink::{Ink, Medium};
use super::wishes::{Over, Wish, Wishes};
use crate::error::DesktopError;
use crate::own_windows::X11Windows;
use crate::raises::Raises;
use crate::wake::{Heard, hear, hear_now, hear_until};
use lotse_engine::drawing::{OverlayEvent, PenInput};
use lotse_ink::{Font, Rect};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask, Window};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Events that are taken together before what they changed is looked at; more come in the next round.
const EVENTS_MAX: usize = 256;

pub(super) struct Painter {
    connection: Arc<RustConnection>,
    medium: Medium,
    windows: Arc<X11Windows>,
    font: Option<Font>,
    wishes: Arc<Wishes>,
    boards: BTreeMap<u64, Board>,
}

/// What a round of events asks for.
#[derive(Default)]
struct News {
    stop: bool,
    stacking: bool,
    compositor: bool,
}

impl Painter {
    pub(super) fn new(
        connection: Arc<RustConnection>,
        medium: Medium,
        windows: Arc<X11Windows>,
        font: Option<Font>,
        wishes: Arc<Wishes>,
    ) -> Result<Self, DesktopError> {
        // The root's properties tell which windows the window manager knows.
        let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::PROPERTY_CHANGE;
        let watch = ChangeWindowAttributesAux::new().event_mask(mask);
        connection.change_window_attributes(medium.screen.root, &watch)?.check()?;
        Ok(Self { connection, medium, windows, font, wishes, boards: BTreeMap::new() })
    }

    pub(super) fn run(mut self, mailbox: Window) {
        self.wishes.begin(mailbox);
        if let Err(error) = self.listen(mailbox) {
            tracing::warn!(%error, "drawings over the screen lost their display");
        }
        self.wishes.give_up();
        self.wishes.begin(x11rb::NONE);
    }

    fn listen(&mut self, mailbox: Window) -> Result<(), DesktopError> {
        let mut raises = Raises::new();
        loop {
            self.catch_up()?;
            self.connection.flush()?;
            let mut heard = match raises.due() {
                Some(due) => hear_until(&self.connection, mailbox, due)?,
                None => Some(hear(&self.connection, mailbox)?),
            };
            let (mut news, mut taken) = (News::default(), 0);
            while let Some(what) = heard {
                self.take_in(what, &mut news)?;
                taken += 1;
                // Only what is there already; the next round waits again.
                heard = if taken < EVENTS_MAX { hear_now(&self.connection, mailbox)? } else { None };
            }
            if news.stop {
                return self.discard_all();
            }
            if news.compositor && self.medium.look(&self.connection)? {
                self.make_anew()?;
            }
            if news.stacking {
                self.follow_windows()?;
                if self.follow_stack(None)? {
                    raises.covered(Instant::now());
                }
            }
            if raises.take(Instant::now()) {
                self.raise()?;
            }
        }
    }

    fn take_in(&mut self, heard: Heard, news: &mut News) -> Result<(), DesktopError> {
        match heard {
            Heard::Stop => news.stop = true,
            Heard::Woken => {}
            Heard::Event(Event::XfixesSelectionNotify(_)) => news.compositor = true,
            Heard::Event(event) => match self.pen(&event)? {
                Some((id, input)) => self.tell(id, input),
                None => news.stacking |= self.is_about_others(&event),
            },
        }
        Ok(())
    }

    fn tell(&self, id: u64, input: PenInput) {
        if let Some(board) = self.boards.get(&id) {
            (board.told)(OverlayEvent::Pen(input));
        }
    }

    /// Carries out what is wanted.
    fn catch_up(&mut self) -> Result<(), DesktopError> {
        let wanted = self.wishes.take();
        let gone: Vec<u64> = self.boards.keys().copied().filter(|id| !wanted.contains_key(id)).collect();
        for board in gone.iter().filter_map(|id| self.boards.remove(id)).collect::<Vec<Board>>() {
            self.discard(board)?;
        }
        for (id, wish) in wanted {
            if let Some(wish) = wish {
                self.carry_out(id, &wish)?;
            }
        }
        Ok(())
    }

    fn carry_out(&mut self, id: u64, wish: &Wish) -> Result<(), DesktopError> {
        let area = match self.boards.get(&id) {
            Some(board) => board.area,
            None => self.watch(wish.over)?,
        };
        let font = &self.font;
        let board = self.boards.entry(id).or_insert_with(|| Board::new(wish, area, font.clone()));
        let damage = board.sheet.set_strokes(wish.strokes.iter().map(|laid| (laid.layer, Arc::clone(&laid.stroke))));
        board.cursor = wish.cursor;
        self.fit(id)?;
        self.show(id, &damage)
    }

    /// Hears of what becomes of it from now on; where it is now.
    fn watch(&self, over: Over) -> Result<Rect, DesktopError> {
        if let Over::Window(window) = over {
            // Where it lies within its frame is told to nobody who did not ask.
            let watch = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
            self.connection.change_window_attributes(window, &watch)?;
        }
        self.area_of(over)
    }

    fn area_of(&self, over: Over) -> Result<Rect, DesktopError> {
        match over {
            Over::Area(area) => Ok(area),
            Over::Window(window) => place_of(&self.connection, self.medium.screen.root, window),
        }
    }

    /// Makes a board's windows and takes them away, as they are wanted now.
    fn fit(&mut self, id: u64) -> Result<(), DesktopError> {
        let connection = Arc::clone(&self.connection);
        let Some(mut board) = self.boards.remove(&id) else { return Ok(()) };
        let (mut fresh, mut made) = (false, false);
        if board.area.is_empty() || board.sheet.bounds().is_empty() {
            if let Some(ink) = board.ink.take() {
                ink.discard(&connection)?;
            }
        } else if board.ink.is_none() {
            board.ink = Some(Ink::new(&connection, &self.medium, &board.area)?);
            (fresh, made) = (true, true);
        }
        let other = self.boards.values().find_map(|of| of.hand.as_ref());
        match (board.cursor.filter(|_| !board.area.is_empty()), board.hand.take()) {
            (Some(cursor), hand) => {
                made |= hand.is_none();
                let root = self.medium.screen.root;
                let mut hand = match hand {
                    Some(hand) => hand,
                    None => Hand::new(&connection, &self.windows, root, board.area, other)?,
                };
                hand.look(&connection, cursor)?;
                board.hand = Some(hand);
            }
            (None, Some(hand)) => hand.discard(&connection, &self.windows, other)?,
            (None, None) => {}
        }
        self.boards.insert(id, board);
        if made {
            self.raise()?;
            self.follow_stack(fresh.then_some(id))?;
            if let Some(Board { hand: Some(hand), holes, .. }) = self.boards.get(&id) {
                hand.cut(&connection, holes)?;
            }
        }
        Ok(())
    }

    /// Windows that are drawn on have moved, changed their size, gone out of sight or come back.
    fn follow_windows(&mut self) -> Result<(), DesktopError> {
        let windows = self.boards.iter().filter(|(_, board)| matches!(board.over, Over::Window(_)));
        let windows: Vec<(u64, Over)> = windows.map(|(id, board)| (*id, board.over)).collect();
        for (id, over) in windows {
            let area = self.area_of(over)?;
            let Some(board) = self.boards.get_mut(&id).filter(|board| board.area != area) else { continue };
            if board.place(&self.connection, area)? {
                continue;
            }
            let bounds = board.sheet.bounds();
            self.fit(id)?;
            if let Some(Board { hand: Some(hand), holes, .. }) = self.boards.get(&id) {
                hand.cut(&self.connection, holes)?;
            }
            self.show(id, &bounds)?;
        }
        Ok(())
    }

    /// Shows what changed of a display, and tells when it is on the screen.
    fn show(&self, id: u64, damage: &Rect) -> Result<(), DesktopError> {
        let Some(board) = self.boards.get(&id) else { return Ok(()) };
        if let Some(ink) = board.ink.as_ref().filter(|_| !damage.is_empty()) {
            ink.show(&self.connection, &board.sheet, damage, &board.holes)?;
        }
        // Once this is answered, all before it is done.
        self.connection.sync()?;
        (board.told)(OverlayEvent::Shown(board.sheet.looks()));
        Ok(())
    }

    /// A compositor came or went: strokes are drawn the other way.
    fn make_anew(&mut self) -> Result<(), DesktopError> {
        for board in self.boards.values_mut() {
            if let Some(old) = board.ink.take() {
                let new = Ink::new(&self.connection, &self.medium, &board.area)?;
                new.show(&self.connection, &board.sheet, &board.sheet.bounds(), &board.holes)?;
                board.ink = Some(new);
                old.discard(&self.connection)?;
            }
        }
        self.raise()
    }

    /// Of a board that is none of ours any more.
    fn discard(&self, board: Board) -> Result<(), DesktopError> {
        let other = self.boards.values().find_map(|of| of.hand.as_ref());
        if let Some(ink) = board.ink {
            ink.discard(&self.connection)?;
        }
        if let Some(hand) = board.hand {
            hand.discard(&self.connection, &self.windows, other)?;
        }
        Ok(())
    }

    fn discard_all(&mut self) -> Result<(), DesktopError> {
        for board in std::mem::take(&mut self.boards).into_values() {
            self.discard(board)?;
        }
        self.connection.flush()?;
        Ok(())
    }
}
