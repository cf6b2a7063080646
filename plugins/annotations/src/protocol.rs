//! What the halves say to each other, and what is kept for a restart.
//!
//! A half speaks of its own strokes alone, by their number, so none can touch another's. Coordinates are differences to
//! the point before, in as few bytes as they need. Reading is total: what is none of these messages, or goes beyond a
//! bound, is none.

use lotse_sdk::wire::{Reader, Writer};
use lotse_sdk::{ParticipantId, Point};

use crate::stroke::{
    COORDINATE_MAX, Colour, Figure, Key, POINTS_MAX, STROKES_MAX, Stroke, TEXT_CHARS_MAX, Tool, WEIGHT_MAX, Width,
};

pub const VERSION: u8 = 1;
/// The longest message: a full path.
pub const MESSAGE_BYTES_MAX: u32 = 16 * 1024;
/// The host keeps 1 MiB; what is over comes back from the other side.
const SAVED_BYTES_MAX: usize = 900 * 1024;
/// A coordinate's difference in its longest form: 17 bits in portions of 7.
const COORDINATE_BYTES_MAX: usize = 3;
const _: () = assert!(POINTS_MAX * 2 * COORDINATE_BYTES_MAX + 64 < MESSAGE_BYTES_MAX as usize);
const _: () = assert!(TEXT_CHARS_MAX * 4 + 64 < MESSAGE_BYTES_MAX as usize);
// The drawings of two full sides are kept whole.
const _: () = assert!(2 * (WEIGHT_MAX * 2 * COORDINATE_BYTES_MAX + STROKES_MAX * 40) < SAVED_BYTES_MAX);

/// What a half that was started again wants back of its own strokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacks {
    Nothing,
    /// Those from this number on.
    From(u32),
    All,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// First on each stream. `cleared`: what is below this order is gone.
    Hello {
        version: u8,
        lacks: Lacks,
        cleared: u64,
    },
    /// A stroke of the sender's: new, or in the place of the one with its number.
    Put {
        seq: u32,
        stroke: Stroke,
    },
    /// A path goes on. `from`: how many points it has before these.
    Append {
        seq: u32,
        from: u32,
        points: Vec<Point>,
    },
    Remove(u32),
    /// Everybody's strokes below this order are gone.
    Clear(u64),
    /// The sender has this board now, and wants what is on it.
    Want(u64),
    /// Everything that the sender drew was told.
    Whole,
    /// A stroke of the reader's, who lacks it.
    Yours {
        seq: u32,
        stroke: Stroke,
    },
    /// Where the sender points; also as a datagram. The greatest `count` is the newest.
    Pointer {
        count: u32,
        board: u64,
        at: Point,
    },
    PointerGone(u32),
    /// Who reads this only looks on: nothing is taken from them. The customer's half says no more.
    OnlyLooks,
}

fn varint(writer: Writer, value: u64) -> Writer {
    let low = u8::try_from(value & 0x7f).unwrap_or_default();
    match value >> 7 {
        0 => writer.u8(low),
        rest => varint(writer.u8(low | 0x80), rest),
    }
}

fn read_varint(reader: &mut Reader<'_>) -> Option<u64> {
    let mut value = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let byte = reader.u8()?;
        let bits = u64::from(byte & 0x7f);
        if (bits << shift) >> shift != bits {
            return None;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// The difference between two coordinates, small ones of either sign in few bits.
fn difference(writer: Writer, from: i32, to: i32) -> Writer {
    let wide = i64::from(to) - i64::from(from);
    varint(writer, ((wide << 1) ^ (wide >> 63)).cast_unsigned())
}

fn read_difference(reader: &mut Reader<'_>, from: i32) -> Option<i32> {
    let value = read_varint(reader)?;
    let wide = (value >> 1).cast_signed() ^ -(value & 1).cast_signed();
    let to = i32::try_from(i64::from(from).checked_add(wide)?).ok()?;
    (-COORDINATE_MAX..=COORDINATE_MAX).contains(&to).then_some(to)
}

const ORIGIN: Point = Point { x: 0, y: 0 };

fn point(writer: Writer, before: Point, at: Point) -> Writer {
    difference(difference(writer, before.x, at.x), before.y, at.y)
}

fn read_point(reader: &mut Reader<'_>, before: Point) -> Option<Point> {
    Some(Point { x: read_difference(reader, before.x)?, y: read_difference(reader, before.y)? })
}

fn points(writer: Writer, points: &[Point]) -> Writer {
    let cut = points.get(..POINTS_MAX).unwrap_or(points);
    let start = varint(writer, u64::try_from(cut.len()).unwrap_or_default());
    cut.iter().fold((start, ORIGIN), |(writer, before), at| (point(writer, before, *at), *at)).0
}

fn read_points(reader: &mut Reader<'_>) -> Option<Vec<Point>> {
    let count = usize::try_from(read_varint(reader)?).ok().filter(|count| *count <= POINTS_MAX)?;
    let mut points = Vec::new();
    let mut before = ORIGIN;
    for _ in 0..count {
        before = read_point(reader, before)?;
        points.push(before);
    }
    Some(points)
}

/// Its place in a closed list.
fn code<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|other| other == one).and_then(|at| u8::try_from(at).ok()).unwrap_or_default()
}

fn read_code<T: Copy>(reader: &mut Reader<'_>, all: &[T]) -> Option<T> {
    all.get(usize::from(reader.u8()?)).copied()
}

fn stroke(writer: Writer, stroke: &Stroke) -> Writer {
    let Stroke { board, order, colour, width, figure } = stroke;
    let writer = varint(writer.u64(*board), *order).u8(code(&Colour::ALL, colour)).u8(code(&Width::ALL, width));
    let writer = writer.u8(code(&Tool::ALL, &figure.tool()));
    match figure {
        Figure::Path(_, path) => points(writer, path),
        Figure::Span(_, from, to) => point(point(writer, ORIGIN, *from), *from, *to),
        Figure::Words(at, text) => {
            let cut: String = text.chars().take(TEXT_CHARS_MAX).collect();
            point(writer, ORIGIN, *at).text(&cut)
        }
    }
}

fn read_stroke(reader: &mut Reader<'_>) -> Option<Stroke> {
    let (board, order) = (reader.u64()?, read_varint(reader)?);
    let (colour, width) = (read_code(reader, &Colour::ALL)?, read_code(reader, &Width::ALL)?);
    let figure = match read_code(reader, &Tool::ALL)? {
        Tool::Path(nib) => Figure::Path(nib, read_points(reader)?),
        Tool::Span(form) => {
            let from = read_point(reader, ORIGIN)?;
            Figure::Span(form, from, read_point(reader, from)?)
        }
        Tool::Words => Figure::Words(read_point(reader, ORIGIN)?, reader.text(TEXT_CHARS_MAX)?),
    };
    Some(Stroke { board, order, colour, width, figure })
}

impl Message {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello { version, lacks, cleared } => {
                let writer = Writer::new(0).u8(*version);
                let writer = match lacks {
                    Lacks::Nothing => writer.u8(0),
                    Lacks::From(seq) => writer.u8(1).u32(*seq),
                    Lacks::All => writer.u8(2),
                };
                varint(writer, *cleared)
            }
            Self::Put { seq, stroke: of } => stroke(Writer::new(1).u32(*seq), of),
            Self::Append { seq, from, points: more } => {
                points(varint(Writer::new(2).u32(*seq), u64::from(*from)), more)
            }
            Self::Remove(seq) => Writer::new(3).u32(*seq),
            Self::Clear(order) => varint(Writer::new(4), *order),
            Self::Want(board) => Writer::new(5).u64(*board),
            Self::Whole => Writer::new(6),
            Self::Yours { seq, stroke: of } => stroke(Writer::new(7).u32(*seq), of),
            Self::Pointer { count, board, at } => point(Writer::new(8).u32(*count).u64(*board), ORIGIN, *at),
            Self::PointerGone(count) => Writer::new(9).u32(*count),
            Self::OnlyLooks => Writer::new(10),
        }
        .finish()
    }

    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let message = match reader.u8()? {
            0 => {
                let version = reader.u8()?;
                let lacks = match reader.u8()? {
                    0 => Lacks::Nothing,
                    1 => Lacks::From(reader.u32()?),
                    2 => Lacks::All,
                    _ => return None,
                };
                Self::Hello { version, lacks, cleared: read_varint(&mut reader)? }
            }
            1 => Self::Put { seq: read_seq(&mut reader)?, stroke: read_stroke(&mut reader)? },
            2 => {
                let (seq, from) = (read_seq(&mut reader)?, u32::try_from(read_varint(&mut reader)?).ok()?);
                Self::Append { seq, from, points: read_points(&mut reader)? }
            }
            3 => Self::Remove(read_seq(&mut reader)?),
            4 => Self::Clear(read_varint(&mut reader)?),
            5 => Self::Want(reader.u64()?),
            6 => Self::Whole,
            7 => Self::Yours { seq: read_seq(&mut reader)?, stroke: read_stroke(&mut reader)? },
            8 => {
                let (count, board) = (reader.u32()?, reader.u64()?);
                Self::Pointer { count, board, at: read_point(&mut reader, ORIGIN)? }
            }
            9 => Self::PointerGone(reader.u32()?),
            10 => Self::OnlyLooks,
            _ => return None,
        };
        reader.end(message)
    }
}

/// 0 is no stroke's.
fn read_seq(reader: &mut Reader<'_>) -> Option<u32> {
    reader.u32().filter(|seq| *seq != 0)
}

/// What a half's next instance goes on with.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    pub clock: u64,
    pub cleared: u64,
    /// The number of the next stroke.
    pub next: u32,
    pub colour: Colour,
    pub width: Width,
    pub strokes: Vec<(Key, Stroke)>,
}

pub fn save(saved: &Saved) -> Vec<u8> {
    let Saved { clock, cleared, next, colour, width, strokes } = saved;
    let start = varint(varint(Writer::new(VERSION), *clock), *cleared).u32(*next);
    let mut bytes = start.u8(code(&Colour::ALL, colour)).u8(code(&Width::ALL, width)).finish();
    for (key, of) in strokes {
        let one = stroke(Writer::default().u32(key.author).u32(key.seq), of).finish();
        if bytes.len() + one.len() > SAVED_BYTES_MAX {
            break;
        }
        bytes.extend_from_slice(&one);
    }
    bytes
}

/// What `save` wrote. Damaged state gives what could be read of it; none: nothing could.
pub fn restore(bytes: &[u8]) -> Option<Saved> {
    let mut reader = Reader::new(bytes);
    if reader.u8()? != VERSION {
        return None;
    }
    let (clock, cleared, next) = (read_varint(&mut reader)?, read_varint(&mut reader)?, reader.u32()?);
    let (colour, width) = (read_code(&mut reader, &Colour::ALL)?, read_code(&mut reader, &Width::ALL)?);
    let mut strokes = Vec::new();
    while let Some(one) = read_saved(&mut reader) {
        strokes.push(one);
    }
    Some(Saved { clock, cleared, next, colour, width, strokes })
}

fn read_saved(reader: &mut Reader<'_>) -> Option<(Key, Stroke)> {
    let author: ParticipantId = reader.u32()?;
    Some((Key { author, seq: read_seq(reader)? }, read_stroke(reader)?))
}

#[cfg(test)]
#[path = "protocol_tests.rs"]
mod tests;
