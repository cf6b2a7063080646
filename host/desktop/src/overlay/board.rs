//! One display or window that is drawn on: its strokes, the window that shows them, and the one that takes input.

use super::hand::Hand;
use super::ink::Ink;
use super::wishes::{Over, Wish};
use crate::error::DesktopError;
use lotse_engine::drawing::{OnOverlay, PenCursor};
use lotse_ink::{Font, Rect, Sheet};
use x11rb::protocol::xproto::Window;
use x11rb::rust_connection::RustConnection;

pub(super) struct Board {
    pub over: Over,
    /// In pixels of the whole desktop; empty while nothing of it can be seen.
    pub area: Rect,
    pub sheet: Sheet,
    pub told: OnOverlay,
    pub ink: Option<Ink>,
    pub hand: Option<Hand>,
    pub cursor: Option<PenCursor>,
    /// What is not drawn over, such as what is seen of Lotse's own windows; in pixels of the area.
    pub holes: Vec<Rect>,
}

impl Board {
    pub(super) fn new(wish: &Wish, area: Rect, font: Option<Font>) -> Self {
        let mut sheet = Sheet::new(font);
        sheet.set_place((1.0, 1.0), Rect::new(0, 0, area.width, area.height));
        let (over, told, holes) = (wish.over, wish.told.clone(), Vec::new());
        Self { over, area, sheet, told, ink: None, hand: None, cursor: None, holes }
    }

    pub(super) fn windows(&self) -> impl Iterator<Item = Window> {
        let (ink, hand) = (self.ink.as_ref().map(|ink| ink.window), self.hand.as_ref().map(|hand| hand.window));
        ink.into_iter().chain(hand)
    }

    /// It lies elsewhere from now on. True if its windows only had to be moved; otherwise the strokes are to be shown anew.
    pub(super) fn place(&mut self, connection: &RustConnection, area: Rect) -> Result<bool, DesktopError> {
        let before = std::mem::replace(&mut self.area, area);
        if let Some(hand) = self.hand.as_mut().filter(|_| !area.is_empty()) {
            hand.place(connection, area)?;
        }
        if (before.width, before.height) == (area.width, area.height) {
            if let Some(ink) = &self.ink {
                ink.place(connection, &area)?;
            }
            return Ok(true);
        }
        self.sheet.set_place((1.0, 1.0), Rect::new(0, 0, area.width, area.height));
        if let Some(ink) = self.ink.take() {
            ink.discard(connection)?;
        }
        Ok(false)
    }
}
