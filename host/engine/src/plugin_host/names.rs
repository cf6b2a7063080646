//! Words of the contract as the engine knows them.

use crate::drawing::PenCursor;
use crate::view::Tone;

/// A pointer's shape by its name in the contract; a pen if there is no such.
pub(super) fn cursor_named(name: &str) -> PenCursor {
    match name {
        "text" => PenCursor::Text,
        "cross" => PenCursor::Cross,
        "arrow" => PenCursor::Arrow,
        _ => PenCursor::Pen,
    }
}

/// A notice's tone by its name in the contract; plain if there is no such.
pub(super) fn tone_named(name: &str) -> Tone {
    match name {
        "good" => Tone::Good,
        "caution" => Tone::Caution,
        "danger" => Tone::Danger,
        _ => Tone::Plain,
    }
}
