//! What the person on this side has in their hand: tool, colour, width, and the stroke they are at.

use crate::desk::Cursor;
use crate::stroke::{Colour, Key, Nib, Tool, Width};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Tool(Tool),
    /// Shows where this side points, and leaves nothing.
    Pointer,
}

impl Held {
    pub fn cursor(self) -> Cursor {
        match self {
            Self::Tool(Tool::Path(Nib::Pen | Nib::Highlighter)) => Cursor::Pen,
            Self::Tool(Tool::Span(_)) => Cursor::Cross,
            Self::Tool(Tool::Words) => Cursor::Text,
            Self::Pointer => Cursor::Arrow,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Hand {
    pub held: Option<Held>,
    pub colour: Colour,
    pub width: Width,
    /// The button is down.
    pub pressed: bool,
    /// The path or form that follows the pointer.
    pub under_way: Option<Key>,
    /// The text that is being written.
    pub caret: Option<Key>,
}

impl Hand {
    pub fn new(colour: Colour, width: Width) -> Self {
        Self { held: None, colour, width, pressed: false, under_way: None, caret: None }
    }

    /// Lets go of a stroke that is gone.
    pub fn forget(&mut self, gone: impl Fn(Key) -> bool) {
        self.under_way = self.under_way.filter(|key| !gone(*key));
        self.caret = self.caret.filter(|key| !gone(*key));
    }
}
