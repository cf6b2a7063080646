//! Annotations: both sides draw over a picture that is shared, and point at it. Runs on both sides; both run the same.
//!
//! `half` is one side's half as a state machine; `host` does what it wants on the real host. This file hands events over.
//! It fails open: what was drawn is kept over a crash, and what is newer comes back from the other side.

mod desk;
mod half;
#[cfg(test)]
mod halves_tests;
mod hand;
mod host;
mod ids;
mod pace;
mod protocol;
mod sheets;
mod stroke;
mod view;

use lotse_sdk::answer;
use lotse_sdk::prelude::*;

use crate::half::{Half, Trouble};
use crate::hand::Held;
use crate::host::HostDesk;
use crate::protocol::Message;
use crate::stroke::{Colour, Tool, Width};

/// Of the streams.
const LABEL: &str = "annotations";

struct Annotations {
    half: Half,
    desk: HostDesk,
}

impl Plugin for Annotations {
    fn init(restored: Option<Vec<u8>>) -> Self {
        let me = session::me();
        let start = session::random(4).try_into().map(u32::from_be_bytes).unwrap_or_default();
        let restored = restored.and_then(|bytes| protocol::restore(&bytes));
        let mut desk = HostDesk::default();
        let half = Half::new(me.id, me.role == Role::Rep, start, restored, &mut desk);
        Self { half, desk }
    }

    fn joined(&mut self, who: Participant) {
        let Self { half, desk } = self;
        half.handle_joined(who.id, &who.name, who.role == Role::Rep, desk);
    }

    fn left(&mut self, who: ParticipantId) {
        let Self { half, desk } = self;
        half.handle_gone(who, desk);
    }

    fn woke(&mut self, token: u64) {
        let Self { half, desk } = self;
        half.handle_woke(token, desk);
    }

    fn save(&mut self) -> Vec<u8> {
        protocol::save(&self.half.saved())
    }
}

impl Channels for Annotations {
    fn opened(&mut self, peer: ParticipantId, label: String, incoming: Stream) {
        let Self { half, desk } = self;
        if label != LABEL {
            return;
        }
        if session::observing(peer) {
            return answer(incoming, &Message::OnlyLooks.encode());
        }
        if !half.knows(peer) {
            for who in session::others().into_iter().filter(|who| who.id == peer) {
                half.meet(who.id, &who.name, who.role == Role::Rep, desk);
            }
        }
        desk.accept(peer, incoming);
        half.handle_connected(peer, desk);
    }

    fn data(&mut self, stream: u64, bytes: Vec<u8>) {
        let Self { half, desk } = self;
        let Some(from) = desk.owner(stream) else {
            return;
        };
        match desk.received(from, &bytes) {
            Some(messages) => half.handle(from, &messages, desk),
            None => half.refuse(from, Trouble::Nonsense, desk),
        }
    }

    fn writable(&mut self, stream: u64) {
        let Self { half, desk } = self;
        let Some(with) = desk.owner(stream) else {
            return;
        };
        if desk.writable(with) {
            half.handle_writable(desk);
        } else {
            desk.forget(with);
            half.handle_disconnected(with, desk);
        }
    }

    fn closed(&mut self, stream: u64, _complete: bool) {
        let Self { half, desk } = self;
        if let Some(with) = desk.owner(stream) {
            desk.forget(with);
            half.handle_disconnected(with, desk);
        }
    }

    fn datagram(&mut self, peer: ParticipantId, bytes: Vec<u8>) {
        let Self { half, desk } = self;
        half.handle_datagram(peer, &bytes, desk);
    }
}

impl Drawings for Annotations {
    fn boards_changed(&mut self) {
        let Self { half, desk } = self;
        half.handle_boards_changed(desk);
    }

    fn pointer(&mut self, board: u64, at: Point, buttons: u32) {
        let Self { half, desk } = self;
        half.handle_pointer(board, at, buttons, desk);
    }

    fn text(&mut self, board: u64, entered: String) {
        let Self { half, desk } = self;
        half.handle_text(board, &entered, desk);
    }

    fn left(&mut self, _board: u64) {
        let Self { half, desk } = self;
        half.handle_left(desk);
    }
}

impl Ui for Annotations {
    fn render(&mut self, place: Place) -> Option<Node> {
        view::render(&self.half, place)
    }

    fn action(&mut self, node: &str, what: Settings) {
        let Self { half, desk } = self;
        let chosen = what.text("choice").unwrap_or_default();
        match node {
            ids::TOOL => {
                let tool = Tool::ALL.into_iter().find(|tool| tool.name() == chosen);
                tool.into_iter().for_each(|tool| half.hold(Some(Held::Tool(tool)), desk));
            }
            ids::COLOUR => {
                let colour = Colour::ALL.into_iter().find(|colour| colour.name() == chosen);
                colour.into_iter().for_each(|colour| half.set_colour(colour, desk));
            }
            ids::WIDTH => {
                let width = Width::ALL.into_iter().find(|width| width.name() == chosen);
                width.into_iter().for_each(|width| half.set_width(width, desk));
            }
            ids::POINTER => {
                // Without `on` it is turned over, so that scripts need not know how it stands.
                let held = half.hand().held == Some(Held::Pointer);
                match what.flag("on").unwrap_or(!held) {
                    true => half.hold(Some(Held::Pointer), desk),
                    false if held => half.hold(None, desk),
                    false => {}
                }
            }
            ids::UNDO => half.undo(desk),
            ids::CLEAR => half.clear(desk),
            ids::STOP_DRAWING => half.hold(None, desk),
            ids::TAKE_AGAIN => half.take_again(desk),
            _ => {}
        }
    }
}

plugin!(Annotations: Channels, Drawings, Ui);
