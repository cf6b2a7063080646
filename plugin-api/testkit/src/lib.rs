//! Runs all halves of a plugin in one process, with a clock and a line that a test holds in its hand.
//!
//! A plugin runs as it does in the programs: the component that was built, in the real sandbox, under real grants and
//! limits. What is simulated is all that it reaches: the other side, the line to it, people, displays, files, time. Nothing
//! here touches a network, a display or a disk, and the same seed is the same run.
//!
//! [`Kit`] holds the halves and the time, [`Side`] is one participant, [`Link`] the line between both sides.

mod account;
mod fail;
mod files;
mod host;
mod kit;
mod line;
mod package;
mod pictures;
mod random;
mod seat;
mod setup;
mod side;
mod state;
mod streams;
mod tree;

pub use kit::Kit;
pub use line::{GONE_AFTER, Line, Link};
pub use lotse_runtime::{
    AuditEvent, AuditKind, Beside, Capability, Class, Display, Event, Fault, FaultKind, Level, Node, Participant,
    Point, Rect, Role, Settings, Shape, Stroke, Target, Value,
};
pub use seat::{Notice, Pipeline, Window};
pub use setup::Setup;
pub use side::{Side, number};
pub use tree::{Place, Tree, choice, on, text};
