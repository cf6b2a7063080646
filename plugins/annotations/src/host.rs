//! A half's desk on the real host: layers over boards, streams, notices.

use lotse_sdk::Rect;
use lotse_sdk::drawing::{self, Layer, Shape};
use lotse_sdk::prelude::*;
use lotse_sdk::ui::Tone;

use crate::LABEL;
use crate::desk::{Board, Cursor, Desk, Shown};
use crate::protocol::{MESSAGE_BYTES_MAX, Message};
use crate::stroke::{Colour, Figure, Form, Nib, Stroke, Tool, Width};

/// All that somebody may have drawn may wait while a connection comes back.
const WAITING_BYTES_MAX: usize = 1024 * 1024;
/// More than anybody shows at once.
const BOARDS_MAX: usize = 8;
/// A layer takes up to 256 strokes in one call, and all of them or none: fewer go at a time, each alone if need be, so that
/// one that it does not take keeps back no others.
const STROKES_AT_ONCE: usize = 128;
/// Ids that a layer removes in one call.
const IDS_AT_ONCE: usize = 1_000;
/// What the words beneath shine through.
const HIGHLIGHTER_PERCENT: u32 = 40;
/// How dark it is beside a spotlight: what lies there can still be made out.
const DARKNESS_PERCENT: u32 = 60;

#[derive(Default)]
pub struct HostDesk {
    lines: Vec<(ParticipantId, Messages)>,
    /// Held as long as their boards are there: letting go of one takes what was drawn away.
    layers: Vec<(u64, Layer)>,
}

impl HostDesk {
    /// Whose stream it is.
    pub fn owner(&self, stream: u64) -> Option<ParticipantId> {
        self.lines.iter().find(|(_, line)| line.id() == stream).map(|(owner, _)| *owner)
    }

    /// The other half opened a stream.
    pub fn accept(&mut self, from: ParticipantId, incoming: Stream) {
        self.keep(from, Messages::on(incoming, MESSAGE_BYTES_MAX));
    }

    fn keep(&mut self, with: ParticipantId, line: Messages) {
        self.disconnect(with);
        self.lines.push((with, line.waiting_bytes_max(WAITING_BYTES_MAX)));
    }

    fn line(&mut self, with: ParticipantId) -> Option<&mut Messages> {
        self.lines.iter_mut().find(|(owner, _)| *owner == with).map(|(_, line)| line)
    }

    /// What `bytes` of their stream complete; none if that is more than a message may have.
    pub fn received(&mut self, from: ParticipantId, bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
        self.line(from).and_then(|line| line.received(bytes).ok())
    }

    /// Their stream takes more; false if it is of no more use.
    pub fn writable(&mut self, with: ParticipantId) -> bool {
        self.line(with).is_some_and(|line| line.writable().is_ok())
    }

    /// Their stream has closed.
    pub fn forget(&mut self, with: ParticipantId) {
        self.lines.retain(|(owner, _)| *owner != with);
    }

    fn layer(&self, board: u64) -> Option<&Layer> {
        self.layers.iter().find(|(of, _)| *of == board).map(|(_, layer)| layer)
    }

    fn draw(&self, board: u64, strokes: &[drawing::Stroke]) {
        let Some(layer) = self.layer(board) else {
            return;
        };
        for some in strokes.chunks(STROKES_AT_ONCE).filter(|some| layer.put(some).is_err()) {
            for one in some {
                if let Err(error) = layer.put(std::slice::from_ref(one)) {
                    session::log(Level::Debug, &format!("a stroke cannot be shown here: {error:?}"));
                }
            }
        }
    }
}

fn corners(one: Point, other: Point) -> Rect {
    Rect {
        x: one.x.min(other.x),
        y: one.y.min(other.y),
        width: one.x.abs_diff(other.x).max(1),
        height: one.y.abs_diff(other.y).max(1),
    }
}

fn shape(figure: &Figure, caret: bool) -> Shape {
    match figure {
        Figure::Path(_, points) => Shape::Path(points.clone()),
        Figure::Span(Form::Line, from, to) => Shape::Line((*from, *to)),
        Figure::Span(Form::Arrow, from, to) => Shape::Arrow((*from, *to)),
        Figure::Span(Form::Rectangle, from, to) => Shape::Rectangle(corners(*from, *to)),
        Figure::Span(Form::Ellipse, from, to) => Shape::Ellipse(corners(*from, *to)),
        Figure::Span(Form::Spotlight, from, to) => Shape::Spotlight(corners(*from, *to)),
        Figure::Words(at, text) => Shape::Words((*at, if caret { format!("{text}|") } else { text.clone() })),
    }
}

fn stroke(shown: &Shown<'_>) -> drawing::Stroke {
    let Shown { id, stroke, caret } = shown;
    let Stroke { board: _, order: _, colour, width, figure } = stroke;
    let tool = figure.tool();
    let (color, opacity_percent) = match tool {
        Tool::Path(Nib::Highlighter) => (colour.rgb(), HIGHLIGHTER_PERCENT),
        Tool::Span(Form::Spotlight) => (0, DARKNESS_PERCENT),
        Tool::Path(Nib::Pen) | Tool::Span(Form::Line | Form::Arrow | Form::Rectangle | Form::Ellipse) | Tool::Words => {
            (colour.rgb(), 100)
        }
    };
    drawing::Stroke { id: *id, shape: shape(figure, *caret), color, width: width.pixels(tool), opacity_percent }
}

impl Desk for HostDesk {
    fn boards(&mut self) -> Vec<Board> {
        let boards = drawing::boards();
        self.layers.retain(|(of, _)| boards.iter().any(|board| board.id == *of));
        for board in boards.iter().take(BOARDS_MAX) {
            if self.layer(board.id).is_none() {
                match drawing::open(board.id) {
                    Ok(layer) => self.layers.push((board.id, layer)),
                    Err(error) => session::log(Level::Warn, &format!("a picture takes no drawings: {error:?}")),
                }
            }
        }
        let can = boards.into_iter().filter(|board| self.layer(board.id).is_some());
        can.map(|board| Board { id: board.id, here: board.here }).collect()
    }

    fn put(&mut self, board: u64, strokes: &[Shown<'_>]) {
        self.draw(board, &strokes.iter().map(stroke).collect::<Vec<_>>());
    }

    fn point(&mut self, board: u64, id: u64, at: Point, name: &str) {
        let (shape, width) = (Shape::Pointer((at, name.to_owned())), Width::Medium.pixels(Tool::PEN));
        self.draw(board, &[drawing::Stroke { id, shape, color: Colour::Blue.rgb(), width, opacity_percent: 100 }]);
    }

    fn remove(&mut self, board: u64, ids: &[u64]) {
        if let Some(layer) = self.layer(board) {
            ids.chunks(IDS_AT_ONCE).for_each(|some| layer.remove(some));
        }
    }

    fn grab(&mut self, board: u64, cursor: Option<Cursor>) -> bool {
        let shape = cursor.map_or("arrow", Cursor::name);
        let options = settings([("cursor", shape.into())]);
        self.layer(board).is_some_and(|layer| layer.grab(cursor.is_some(), &options).is_ok())
    }

    fn connect(&mut self, to: ParticipantId) -> bool {
        match Messages::open(to, LABEL, Class::Interactive, MESSAGE_BYTES_MAX) {
            Ok(line) => {
                self.keep(to, line);
                true
            }
            Err(error) => {
                session::log(Level::Warn, &format!("no stream for drawings: {error:?}"));
                false
            }
        }
    }

    fn disconnect(&mut self, from: ParticipantId) {
        if let Some(at) = self.lines.iter().position(|(owner, _)| *owner == from) {
            self.lines.swap_remove(at).1.reset();
        }
    }

    fn send(&mut self, to: ParticipantId, message: &Message) -> bool {
        self.line(to).is_some_and(|line| line.send(&message.encode()).is_ok())
    }

    fn is_clear(&self, to: ParticipantId) -> bool {
        self.lines.iter().any(|(owner, line)| *owner == to && line.is_flushed())
    }

    fn datagram(&mut self, to: ParticipantId, message: &Message) {
        // One that is lost is followed by the next, or by where the pointer came to rest.
        let _ = channel::datagram(to, &message.encode());
    }

    fn tell(&mut self, line: &str) {
        ui::notify(text("Drawing", "Zeichnen"), line, &settings([("tone", Tone::Caution.name().into())]));
    }

    fn now_us(&mut self) -> u64 {
        session::now_us()
    }

    fn wake_after_us(&mut self, delay_us: u64) -> u64 {
        session::wake_after_us(delay_us)
    }

    fn changed(&mut self) {
        ui::invalidate();
    }
}
