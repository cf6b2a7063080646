//! Ids of nodes that act. Stable: scripts and tests use them. Tools, colours and widths have their names as ids.

pub const TOOL: &str = "tool";
pub const COLOUR: &str = "colour";
pub const WIDTH: &str = "width";
pub const POINTER: &str = "pointer";
pub const UNDO: &str = "undo";
pub const CLEAR: &str = "clear";
pub const STOP_DRAWING: &str = "stop-drawing";
pub const TAKE_AGAIN: &str = "take-again";
