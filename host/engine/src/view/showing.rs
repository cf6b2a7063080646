//! What a rep can show of this computer, chooses, and is showing.

use std::sync::Arc;

/// A display or window, by the driver's number for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShowSource {
    Display(u32),
    Window(u64),
}

impl ShowSource {
    /// Its name for scripts: `display-1`, `window-4194311`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Display(id) => format!("display-{id}"),
            Self::Window(id) => format!("window-{id}"),
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name.split_once('-')? {
            ("display", id) => Some(Self::Display(id.parse().ok()?)),
            ("window", id) => Some(Self::Window(id.parse().ok()?)),
            _ => None,
        }
    }
}

/// A plugin asks what to show, and a chooser is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choosing {
    pub request: u64,
    /// Name of the plugin that asks.
    pub plugin: String,
    /// Displays first. Empty until they were looked for.
    pub offers: Arc<Vec<ShowOffer>>,
    /// Nothing more is looked for: small pictures that are missing now stay so.
    pub complete: bool,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowOffer {
    pub source: ShowSource,
    /// A window's title, or a display's name.
    pub title: String,
    /// What a window's program is called; may be empty.
    pub program: String,
    /// The process that a window says it is of; 0: none, or it does not say.
    pub process: u32,
    /// Place on the desktop, and size, in pixels.
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    /// How it looked when the chooser was opened; `None`: not known, or not yet.
    pub thumbnail: Option<Arc<Thumbnail>>,
}

/// A small picture: rows of red, green, blue, alpha.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// Nobody wants to read pixels.
impl std::fmt::Debug for Thumbnail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Thumbnail({} × {})", self.width, self.height)
    }
}

/// The other side can see this of the rep's computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub source: ShowSource,
    pub title: String,
    /// Place on the desktop, and size, in pixels; a window may have moved since it was chosen.
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    /// It is out of sight, such as a window that was minimised, and its last picture stands.
    pub hidden: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_come_back_by_their_names_and_nothing_else_is_one() {
        for source in [ShowSource::Display(0), ShowSource::Display(u32::MAX), ShowSource::Window(u64::MAX)] {
            assert_eq!(ShowSource::from_name(&source.name()), Some(source));
        }
        for name in ["", "display", "display-", "display--1", "window-1x", "screen-1", "display-4294967296"] {
            assert_eq!(ShowSource::from_name(name), None, "{name}");
        }
    }
}
