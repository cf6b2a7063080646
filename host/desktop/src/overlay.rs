//! Strokes over this computer's own screen, while it is shared.
//!
//! A window for each display that is drawn on, which clicks go through: cut to the strokes where no compositor runs, as
//! transparent as they are where one does, and made anew when that changes. It lies below everything of Lotse's own: windows,
//! frame and tab are left out of it wherever they can be seen. Over a single window it follows that one, and leaves out what
//! lies over it. While a person draws, a second window that shows nothing takes
//! pointer and keys over that display; Escape gives them back.
//!
//! One thread does all of it; whoever calls only says what is wanted. If the display is lost, nothing more is drawn.

mod board;
mod cover;
mod hand;
mod ink;
mod thread;
mod wishes;

use crate::error::DesktopError;
use crate::own_windows::X11Windows;
use crate::wake::Listener;
use lotse_engine::drawing::{DrawingHost, OnOverlay, Overlay, PenCursor, Strokes};
use lotse_ink::{Font, Rect};
use std::sync::Arc;
use wishes::{Over, Wishes};
use x11rb::connection::Connection;
use x11rb::rust_connection::RustConnection;

/// Draws over the displays of one X11 screen until it is dropped.
pub struct Overlays {
    wishes: Arc<Wishes>,
    _listener: Listener,
}

impl Overlays {
    /// Draws on `display`; `None`: `$DISPLAY`. `windows` stay above all drawings, and are told of those that take input. Without
    /// a font file, words are left out.
    ///
    /// # Errors
    /// If there is no display or no thread to be had.
    pub fn start(
        display: Option<&str>,
        windows: Arc<X11Windows>,
        font: Option<&'static [u8]>,
    ) -> Result<Self, DesktopError> {
        let (connection, number) = RustConnection::connect(display)?;
        let screen = connection.setup().roots.get(number).cloned().ok_or(DesktopError::NoScreen)?;
        let root = screen.root;
        let connection = Arc::new(connection);
        let wishes = Arc::new(Wishes::new(Arc::clone(&connection)));
        let medium = ink::Medium::new(&connection, screen, number)?;
        if !medium.can_cut() {
            wishes.give_up();
        }
        let font = font.and_then(Font::new);
        let painter = thread::Painter::new(Arc::clone(&connection), medium, windows, font, Arc::clone(&wishes))?;
        let listener = Listener::start("lotse-overlay", &connection, root, move |mailbox| painter.run(mailbox))?;
        Ok(Self { wishes, _listener: listener })
    }
}

impl Overlays {
    fn cover(&self, over: Over, told: OnOverlay) -> Option<Box<dyn Overlay>> {
        let id = self.wishes.open(over, told)?;
        Some(Box::new(Cover { id, wishes: Arc::clone(&self.wishes) }))
    }
}

impl DrawingHost for Overlays {
    fn open(&self, x: i32, y: i32, width: u32, height: u32, told: OnOverlay) -> Option<Box<dyn Overlay>> {
        let area = Rect::new(x, y, width, height);
        self.cover(Over::Area(area), told)
    }

    fn open_window(&self, window: u64, told: OnOverlay) -> Option<Box<dyn Overlay>> {
        self.cover(Over::Window(u32::try_from(window).ok()?), told)
    }
}

/// One overlay, as the engine holds it.
struct Cover {
    id: u64,
    wishes: Arc<Wishes>,
}

impl Overlay for Cover {
    fn show(&self, strokes: Strokes) {
        self.wishes.change(self.id, |wish| wish.strokes = strokes);
    }

    fn grab(&self, cursor: Option<PenCursor>) {
        self.wishes.change(self.id, |wish| wish.cursor = cursor);
    }
}

impl Drop for Cover {
    fn drop(&mut self) {
        self.wishes.close(self.id);
    }
}
