//! The overlays' own thread: carries out what is wanted, follows the desktop, and tells what a person does who draws.

use super::cover::Stack;
use super::hand::Hand;
use super::ink::{Ink, Medium};
use super::wishes::{Wish, Wishes};
use crate::error::DesktopError;
use crate::own_windows::X11Windows;
use crate::raises::Raises;
use crate::wake::{Heard, hear, hear_now, hear_until};
use lotse_engine::drawing::{OnOverlay, OverlayEvent, PenCursor, PenInput};
use lotse_ink::{Font, Rect, Sheet};
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

/// One display that is drawn on.
struct Board {
    area: Rect,
    sheet: Sheet,
    told: OnOverlay,
    ink: Option<Ink>,
    hand: Option<Hand>,
    cursor: Option<PenCursor>,
    /// What is seen of Lotse's own windows, in pixels of the display.
    holes: Vec<Rect>,
}

impl Board {
    fn new(wish: &Wish, font: Option<Font>) -> Self {
        let mut sheet = Sheet::new(font);
        sheet.set_place((1.0, 1.0), Rect::new(0, 0, wish.area.width, wish.area.height));
        let (told, holes) = (Arc::clone(&wish.told), Vec::new());
        Self { area: wish.area, sheet, told, ink: None, hand: None, cursor: None, holes }
    }

    fn windows(&self) -> impl Iterator<Item = Window> {
        let (ink, hand) = (self.ink.as_ref().map(|ink| ink.window), self.hand.as_ref().map(|hand| hand.window));
        ink.into_iter().chain(hand)
    }
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
            if news.stacking && self.follow_stack(None)? {
                raises.covered(Instant::now());
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

    /// What a person does who draws, and where.
    fn pen(&mut self, event: &Event) -> Result<Option<(u64, PenInput)>, DesktopError> {
        let window = match event {
            Event::ButtonPress(event) | Event::ButtonRelease(event) => event.event,
            Event::MotionNotify(event) => event.event,
            Event::KeyPress(event) => event.event,
            _ => return Ok(None),
        };
        let root = self.medium.screen.root;
        // A key that was grabbed comes by the root: one person draws at one place.
        let mut hands = self.boards.iter_mut().filter_map(|(id, board)| Some((*id, board.hand.as_mut()?)));
        let Some((id, hand)) = hands.find(|(_, hand)| hand.window == window || window == root) else { return Ok(None) };
        let input = match event {
            Event::ButtonPress(event) => hand.button(&self.connection, event, true)?,
            Event::ButtonRelease(event) => hand.button(&self.connection, event, false)?,
            Event::MotionNotify(event) => Some(hand.at(event.event_x, event.event_y)),
            Event::KeyPress(event) => hand.key(event),
            _ => None,
        };
        Ok(input.map(|input| (id, input)))
    }

    fn is_about_others(&self, event: &Event) -> bool {
        let window = match event {
            Event::ConfigureNotify(event) => event.window,
            Event::MapNotify(event) => event.window,
            Event::UnmapNotify(event) => event.window,
            Event::CirculateNotify(event) => event.window,
            Event::ReparentNotify(event) => event.window,
            Event::DestroyNotify(event) => event.window,
            Event::PropertyNotify(event) => event.window,
            _ => return false,
        };
        !self.boards.values().flat_map(Board::windows).any(|of| of == window)
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
        let font = &self.font;
        let board = self.boards.entry(id).or_insert_with(|| Board::new(wish, font.clone()));
        let damage = board.sheet.set_strokes(wish.strokes.iter().map(|laid| (laid.layer, Arc::clone(&laid.stroke))));
        let (mut fresh, mut made) = (false, false);
        if board.sheet.bounds().is_empty() {
            if let Some(ink) = board.ink.take() {
                ink.discard(&self.connection)?;
            }
        } else if board.ink.is_none() {
            board.ink = Some(Ink::new(&self.connection, &self.medium, &board.area)?);
            (fresh, made) = (true, true);
        }
        if board.cursor != wish.cursor {
            board.cursor = wish.cursor;
            match (wish.cursor, board.hand.take()) {
                (Some(cursor), Some(mut hand)) => {
                    hand.look(&self.connection, cursor)?;
                    board.hand = Some(hand);
                }
                (Some(cursor), None) => {
                    let mut hand = Hand::new(&self.connection, &self.windows, self.medium.screen.root, board.area)?;
                    hand.look(&self.connection, cursor)?;
                    board.hand = Some(hand);
                    made = true;
                }
                (None, Some(hand)) => hand.discard(&self.connection, &self.windows)?,
                (None, None) => {}
            }
        }
        if made {
            self.raise()?;
            self.follow_stack(fresh.then_some(id))?;
            if let Some(Board { hand: Some(hand), holes, .. }) = self.boards.get(&id) {
                hand.cut(&self.connection, holes)?;
            }
        }
        self.show(id, &damage)
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

    fn overlays(&self) -> Vec<Window> {
        self.boards.values().flat_map(Board::windows).collect()
    }

    /// Windows of Lotse's own, but those that take input here.
    fn own(&self, overlays: &[Window]) -> Vec<Window> {
        let mut own = self.windows.holders();
        own.retain(|window| !overlays.contains(window));
        own
    }

    /// Leaves out what is seen of our own windows now; one that is about to be shown does so itself. True if another program's window lies above an overlay.
    fn follow_stack(&mut self, about: Option<u64>) -> Result<bool, DesktopError> {
        let overlays = self.overlays();
        if overlays.is_empty() {
            return Ok(false);
        }
        let own = self.own(&overlays);
        let stack = Stack::read(&self.connection, self.medium.screen.root)?;
        let visible = stack.visible(&own, &overlays);
        for (id, board) in &mut self.boards {
            let within = visible.iter().map(|rect| rect.intersect(&board.area)).filter(|rect| !rect.is_empty());
            let holes: Vec<Rect> =
                within.map(|rect| Rect { x: rect.x - board.area.x, y: rect.y - board.area.y, ..rect }).collect();
            if holes == board.holes {
                continue;
            }
            board.holes = holes;
            if let Some(ink) = board.ink.as_ref().filter(|_| about != Some(*id)) {
                ink.cut(&self.connection, &board.sheet, &board.holes)?;
            }
            if let Some(hand) = &board.hand {
                hand.cut(&self.connection, &board.holes)?;
            }
        }
        Ok(stack.is_covered(&own, &overlays))
    }

    fn raise(&self) -> Result<(), DesktopError> {
        let overlays = self.overlays();
        let stack = Stack::read(&self.connection, self.medium.screen.root)?;
        stack.raise(&self.connection, &self.own(&overlays), &overlays)
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

    fn discard(&self, board: Board) -> Result<(), DesktopError> {
        if let Some(ink) = board.ink {
            ink.discard(&self.connection)?;
        }
        if let Some(hand) = board.hand {
            hand.discard(&self.connection, &self.windows)?;
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
