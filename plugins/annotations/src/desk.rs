//! What a half can do on its computer: draw on boards, take the pointer there, and talk to the other halves.

use lotse_sdk::{ParticipantId, Point};

use crate::protocol::Message;
use crate::stroke::Stroke;

/// A picture that can be drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Board {
    pub id: u64,
    /// It is of this computer's own screen.
    pub here: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    Pen,
    Text,
    Cross,
    Arrow,
}

impl Cursor {
    /// The contract's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pen => "pen",
            Self::Text => "text",
            Self::Cross => "cross",
            Self::Arrow => "arrow",
        }
    }
}

/// A stroke as it is to be seen now.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    pub id: u64,
    pub stroke: &'a Stroke,
    /// The person is writing it: it has a caret at its end.
    pub caret: bool,
}

pub trait Desk {
    /// What can be drawn on now.
    fn boards(&mut self) -> Vec<Board>;
    /// New ones lie above those that are there; one whose id is there takes its place.
    fn put(&mut self, board: u64, strokes: &[Shown<'_>]);
    /// Somebody else's pointer.
    fn point(&mut self, board: u64, id: u64, at: Point, name: &str);
    fn remove(&mut self, board: u64, ids: &[u64]);
    /// Takes the person's pointer over this board, or gives it back; false if it cannot be taken.
    fn grab(&mut self, board: u64, cursor: Option<Cursor>) -> bool;
    /// Opens a stream; false if that cannot be done now.
    fn connect(&mut self, to: ParticipantId) -> bool;
    /// Ends the stream.
    fn disconnect(&mut self, from: ParticipantId);
    /// False if the stream is of no more use.
    fn send(&mut self, to: ParticipantId, message: &Message) -> bool;
    /// Nothing waits to be written.
    fn is_clear(&self, to: ParticipantId) -> bool;
    fn datagram(&mut self, to: ParticipantId, message: &Message);
    /// A message that the person should see.
    fn tell(&mut self, line: &str);
    fn now_us(&mut self) -> u64;
    fn wake_after_us(&mut self, delay_us: u64) -> u64;
    /// Menus and bars show something else now.
    fn changed(&mut self);
}
