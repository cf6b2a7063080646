//! `drawing`: strokes over a shared picture.
//!
//! What comes in is checked whole before any of it is taken: coordinates, widths and numbers within bounds, words without
//! characters that steer a terminal or turn a line round.

use lotse_package::Capability;
use wasmtime::component::Resource;

use super::Answer;
use crate::bindings::contract::drawing::{self, Host, HostLayer};
use crate::bindings::contract::types;
use crate::convert::{WireSettings, settings_in};
use crate::handles::{Kind, Layer};
use crate::host::{Board, ErrorCode, Point, Rect, Shape, Stroke};
use crate::limits::argument;
use crate::state::Guest;

impl Host for Guest {
    fn boards(&mut self) -> wasmtime::Result<Vec<drawing::Board>> {
        let mut boards = Vec::new();
        self.with_right_quietly(Capability::Drawing, |guest| {
            boards = guest.shared.host.boards().into_iter().map(Into::into).collect();
        })?;
        Ok(boards)
    }

    fn open(&mut self, board: u64) -> Answer<Resource<Layer>> {
        self.with_right(Capability::Drawing, |guest| {
            guest.hold(Capability::Drawing, Kind::Layer, |guest| guest.shared.host.layer_open(board))
        })
    }
}

impl HostLayer for Guest {
    fn put(&mut self, layer: Resource<Layer>, strokes: Vec<drawing::Stroke>) -> Answer<()> {
        self.with_right(Capability::Drawing, |guest| {
            let id = guest.id_of(Kind::Layer, &layer)?;
            if strokes.len() > argument::STROKES_MAX {
                return Err(ErrorCode::Limit);
            }
            let strokes = strokes.into_iter().map(stroke_in).collect::<Result<Vec<Stroke>, ErrorCode>>()?;
            // None at all costs as much as one.
            guest.take_strokes(strokes.len().max(1), strokes.iter().map(points_of).sum())?;
            guest.shared.host.layer_put(id, strokes)
        })
    }

    fn remove(&mut self, layer: Resource<Layer>, ids: Vec<u64>) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Drawing, |guest| {
            if let Ok(id) = guest.id_of(Kind::Layer, &layer) {
                let ids = ids.get(..argument::STROKE_IDS_MAX).unwrap_or(&ids);
                guest.shared.host.layer_remove(id, ids);
            }
        })
    }

    fn clear(&mut self, layer: Resource<Layer>) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Drawing, |guest| {
            if let Ok(id) = guest.id_of(Kind::Layer, &layer) {
                guest.shared.host.layer_clear(id);
            }
        })
    }

    fn grab(&mut self, layer: Resource<Layer>, on: bool, options: WireSettings) -> Answer<()> {
        self.with_right(Capability::Drawing, |guest| {
            let id = guest.id_of(Kind::Layer, &layer)?;
            guest.shared.host.layer_grab(id, on, settings_in(options)?)
        })
    }

    fn drop(&mut self, layer: Resource<Layer>) -> wasmtime::Result<()> {
        self.let_go(Kind::Layer, &layer);
        Ok(())
    }
}

impl From<Board> for drawing::Board {
    fn from(Board { id, here, title, width, height }: Board) -> Self {
        Self { id, here, title, width, height }
    }
}

/// A stroke that a guest gave, if it is within bounds.
fn stroke_in(stroke: drawing::Stroke) -> Result<Stroke, ErrorCode> {
    let drawing::Stroke { id, shape, color, width, opacity_percent } = stroke;
    let good =
        color <= 0xff_ffff && (1..=argument::STROKE_WIDTH_MAX).contains(&width) && (1..=100).contains(&opacity_percent);
    if !good {
        return Err(ErrorCode::Invalid);
    }
    Ok(Stroke { id, shape: shape_in(shape)?, color, width, opacity_percent })
}

fn shape_in(shape: drawing::Shape) -> Result<Shape, ErrorCode> {
    Ok(match shape {
        drawing::Shape::Path(points) if points.len() > argument::STROKE_POINTS_MAX => return Err(ErrorCode::Limit),
        drawing::Shape::Path(points) => Shape::Path(points.into_iter().map(point_in).collect::<Result<_, _>>()?),
        drawing::Shape::Line((from, to)) => Shape::Line(point_in(from)?, point_in(to)?),
        drawing::Shape::Arrow((from, to)) => Shape::Arrow(point_in(from)?, point_in(to)?),
        drawing::Shape::Rectangle(area) => Shape::Rectangle(rect_in(area)?),
        drawing::Shape::Ellipse(area) => Shape::Ellipse(rect_in(area)?),
        drawing::Shape::Words((at, words)) => Shape::Words(point_in(at)?, words_in(&words)?),
        drawing::Shape::Spotlight(area) => Shape::Spotlight(rect_in(area)?),
        drawing::Shape::Pointer((at, name)) => Shape::Pointer(point_in(at)?, words_in(&name)?),
    })
}

fn point_in(point: types::Point) -> Result<Point, ErrorCode> {
    let within = |at: i32| at.unsigned_abs() <= argument::STROKE_COORDINATE_MAX.unsigned_abs();
    if within(point.x) && within(point.y) { Ok(point.into()) } else { Err(ErrorCode::Invalid) }
}

fn rect_in(area: types::Rect) -> Result<Rect, ErrorCode> {
    let types::Rect { x, y, width, height } = area;
    let at = point_in(types::Point { x, y })?;
    let within = |side: u32| side <= argument::STROKE_COORDINATE_MAX.unsigned_abs();
    if within(width) && within(height) { Ok(Rect { x: at.x, y: at.y, width, height }) } else { Err(ErrorCode::Invalid) }
}

/// Words as they may stand on somebody's screen: line feeds stay, what steers or turns text is left out.
fn words_in(words: &str) -> Result<String, ErrorCode> {
    if words.len() > argument::STROKE_WORDS_BYTES_MAX {
        return Err(ErrorCode::Limit);
    }
    Ok(words.chars().filter(|c| *c == '\n' || !(c.is_control() || turns_text(*c))).collect())
}

/// Bidirectional controls, other line ends, and the byte order mark.
fn turns_text(c: char) -> bool {
    matches!(c,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What drawing it costs: a shape without a list of points as much as a few of them.
fn points_of(stroke: &Stroke) -> usize {
    match &stroke.shape {
        Shape::Path(points) => points.len(),
        Shape::Words(_, words) | Shape::Pointer(_, words) => words.len(),
        Shape::Line(..) | Shape::Arrow(..) | Shape::Rectangle(_) | Shape::Ellipse(_) | Shape::Spotlight(_) => 4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn stroke(shape: drawing::Shape) -> drawing::Stroke {
        drawing::Stroke { id: 1, shape, color: 0xff_0000, width: 3, opacity_percent: 100 }
    }

    #[test]
    fn a_stroke_out_of_bounds_is_refused() {
        let point = types::Point { x: 5, y: -5 };
        let fine = stroke(drawing::Shape::Path(vec![point; argument::STROKE_POINTS_MAX]));
        assert_eq!(points_of(&stroke_in(fine).unwrap()), argument::STROKE_POINTS_MAX);
        let long = stroke(drawing::Shape::Path(vec![point; argument::STROKE_POINTS_MAX + 1]));
        assert_eq!(stroke_in(long), Err(ErrorCode::Limit));
        let far = types::Point { x: i32::MIN, y: 0 };
        assert_eq!(stroke_in(stroke(drawing::Shape::Line((point, far)))), Err(ErrorCode::Invalid));
        let huge = types::Rect { x: 0, y: 0, width: u32::MAX, height: 1 };
        assert_eq!(stroke_in(stroke(drawing::Shape::Ellipse(huge))), Err(ErrorCode::Invalid));
        for (color, width, opacity_percent) in
            [(0x100_0000, 3, 100), (0, 0, 100), (0, 513, 100), (0, 3, 0), (0, 3, 101)]
        {
            let shape = drawing::Shape::Line((point, point));
            assert_eq!(
                stroke_in(drawing::Stroke { id: 1, shape, color, width, opacity_percent }),
                Err(ErrorCode::Invalid)
            );
        }
    }

    #[test]
    fn words_lose_what_steers_or_turns_them_and_keep_their_lines() {
        assert_eq!(words_in("hier\n\u{202e}\u{7}klicken\u{2066}").unwrap(), "hier\nklicken");
        assert_eq!(words_in(&"x".repeat(argument::STROKE_WORDS_BYTES_MAX + 1)), Err(ErrorCode::Limit));
    }
}
