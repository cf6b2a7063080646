//! What is captured: a display, or one window.
//!
//! Both are read through the same picture; what differs is where damage is counted from, what follows a change, and that a
//! window can be out of sight.

use lotse_driver::Result;
use x11rb::protocol::Event;

use crate::connection::Link;
use crate::displays::{self, Area};
use crate::picture::Picture;
use crate::window::Window;

#[derive(Debug)]
pub enum Subject {
    Display { id: u32, monitors: bool, shares_pixmaps: bool },
    Window(Window),
}

/// What became of it.
pub enum Followed {
    Same,
    /// It has another picture from now on, perhaps of another size or place.
    Anew {
        picture: Picture,
        resized: bool,
    },
}

impl Subject {
    pub fn is_display(&self) -> bool {
        matches!(self, Self::Display { .. })
    }

    /// Nothing of it can be read now; the last picture stands.
    pub fn is_hidden(&self) -> bool {
        match self {
            Self::Display { .. } => false,
            Self::Window(window) => window.is_hidden(),
        }
    }

    /// Where it is on the root window. `read`: what the picture is read from.
    pub fn place(&self, read: Area) -> Area {
        match self {
            Self::Display { .. } => read,
            Self::Window(window) => window.place(),
        }
    }

    /// The point at which damage is told as 0, 0, counted from where a picture's own begins.
    pub fn damage_origin(&self, read: Area) -> (i32, i32) {
        match self {
            Self::Display { .. } => (read.x.into(), read.y.into()),
            Self::Window(_) => (0, 0),
        }
    }

    /// Whether an event says that [`Self::follow`] may find a change.
    pub fn heard(&mut self, event: &Event) -> bool {
        match self {
            Self::Display { .. } => false,
            Self::Window(window) => window.heard(event),
        }
    }

    /// Looks where it is now. `read`: what the picture has been read from.
    pub fn follow(&mut self, link: &Link, read: Area) -> Result<Followed> {
        match self {
            Self::Display { id, monitors, shares_pixmaps } => {
                let displays = displays::list(&link.conn, link.screen.root, *monitors)?;
                let (_, area) = displays::find(displays, *id)?;
                if area == read {
                    return Ok(Followed::Same);
                }
                let picture = Picture::new(&link.conn, &link.screen, area, *shares_pixmaps)?;
                Ok(Followed::Anew { picture, resized: true })
            }
            Self::Window(window) => {
                let picture = window.follow(&link.conn, link.screen.root)?;
                let Some(picture) = picture else { return Ok(Followed::Same) };
                let area = picture.area();
                let resized = (area.width, area.height) != (read.width, read.height);
                Ok(Followed::Anew { picture, resized })
            }
        }
    }
}
