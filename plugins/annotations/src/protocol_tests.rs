#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::stroke::{Form, Nib};

fn at(x: i32, y: i32) -> Point {
    Point { x, y }
}

fn drawn(figure: Figure) -> Stroke {
    Stroke { board: u64::MAX, order: 300, colour: Colour::Pink, width: Width::Thick, figure }
}

fn examples() -> Vec<Message> {
    let path = vec![at(0, 0), at(-COORDINATE_MAX, COORDINATE_MAX), at(COORDINATE_MAX, -COORDINATE_MAX), at(1, 2)];
    let mut examples = vec![
        Message::Hello { version: VERSION, lacks: Lacks::Nothing, cleared: 0 },
        Message::Hello { version: VERSION, lacks: Lacks::From(7), cleared: u64::MAX },
        Message::Hello { version: 2, lacks: Lacks::All, cleared: 127 },
        Message::Put { seq: 1, stroke: drawn(Figure::Path(Nib::Pen, path.clone())) },
        Message::Put { seq: 2, stroke: drawn(Figure::Path(Nib::Highlighter, Vec::new())) },
        Message::Append { seq: u32::MAX, from: 4, points: path },
        Message::Remove(9),
        Message::Clear(1 << 40),
        Message::Want(3),
        Message::Whole,
        Message::Yours { seq: 3, stroke: drawn(Figure::Words(at(-5, 5), "ñ\n大".to_owned())) },
        Message::Pointer { count: 0, board: 1, at: at(640, -1) },
        Message::PointerGone(u32::MAX),
        Message::OnlyLooks,
    ];
    let forms = [Form::Line, Form::Arrow, Form::Rectangle, Form::Ellipse, Form::Spotlight];
    let span = |form| Message::Put { seq: 4, stroke: drawn(Figure::Span(form, at(10, 20), at(-3, 4))) };
    examples.extend(forms.map(span));
    examples
}

#[test]
fn messages_come_back_and_every_cut_is_refused() {
    for message in examples() {
        let bytes = message.encode();
        assert_eq!(Message::parse(&bytes), Some(message));
        assert!((0..bytes.len()).all(|length| Message::parse(&bytes[..length]).is_none()));
        assert!(Message::parse(&[&bytes[..], &[0]].concat()).is_none(), "something behind it");
    }
}

#[test]
fn a_pen_costs_few_bytes_a_point() {
    let path: Vec<Point> = (0..100).map(|step| at(800 + step * 3, 600 - step * 2)).collect();
    let bytes = Message::Append { seq: 1, from: 0, points: path }.encode();
    assert!(bytes.len() < 220, "{} bytes", bytes.len());
}

#[test]
fn the_longest_messages_fit() {
    let zigzag = |step: usize| {
        if step.is_multiple_of(2) { at(-COORDINATE_MAX, COORDINATE_MAX) } else { at(COORDINATE_MAX, -COORDINATE_MAX) }
    };
    let path: Vec<Point> = (0..POINTS_MAX + 50).map(zigzag).collect();
    let long = Message::Put { seq: 1, stroke: drawn(Figure::Path(Nib::Pen, path)) }.encode();
    let text = Message::Put { seq: 1, stroke: drawn(Figure::Words(at(0, 0), "\u{1f600}".repeat(9_000))) }.encode();
    for bytes in [long, text] {
        assert!(bytes.len() <= MESSAGE_BYTES_MAX as usize, "{} bytes", bytes.len());
        assert!(Message::parse(&bytes).is_some(), "cut to what may be");
    }
}

#[test]
fn absurd_coordinates_counts_and_codes_are_refused() {
    let far = Message::Pointer { count: 0, board: 1, at: at(COORDINATE_MAX + 1, 0) };
    assert_eq!(Message::parse(&far.encode()), None);
    let least = Message::Pointer { count: 0, board: 1, at: at(0, i32::MIN) };
    assert_eq!(Message::parse(&least.encode()), None);
    // A step to the other end of the numbers, and back over it.
    let steps = varint(varint(Writer::new(8).u32(0).u64(1), u64::MAX), u64::MAX).finish();
    assert_eq!(Message::parse(&steps), None);
    let many = varint(Writer::new(2).u32(1).u8(0), u64::MAX).finish();
    assert_eq!(Message::parse(&many), None, "no room is made for what was only announced");
    let nobodys = Message::Remove(0).encode();
    assert_eq!(Message::parse(&nobodys), None, "0 is the pointer's");
    let put = Message::Put { seq: 1, stroke: drawn(Figure::Span(Form::Line, at(0, 0), at(1, 1))) }.encode();
    // Kind, number, board and an order of two bytes come before colour, width and tool.
    for place in 15..18 {
        let mut bytes = put.clone();
        bytes[place] = 200;
        assert_eq!(Message::parse(&bytes), None);
    }
    // An order that is longer than a number.
    assert_eq!(Message::parse(&[4, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2]), None);
    assert_eq!(Message::parse(&[4, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]), None);
}

fn saved() -> Saved {
    let strokes = vec![
        (Key { author: 1, seq: 1 }, drawn(Figure::Path(Nib::Pen, vec![at(1, 2), at(3, 4)]))),
        (Key { author: 2, seq: 9 }, drawn(Figure::Words(at(1, 1), "here".to_owned()))),
    ];
    Saved { clock: 1_000, cleared: 12, next: 77, colour: Colour::Green, width: Width::Thin, strokes }
}

#[test]
fn state_comes_back_and_what_is_damaged_gives_what_can_be_read() {
    let bytes = save(&saved());
    assert_eq!(restore(&bytes), Some(saved()));
    let cut = restore(&bytes[..bytes.len() - 1]).unwrap();
    assert_eq!((cut.strokes.len(), cut.next), (1, 77));
    assert_eq!(restore(b""), None);
    assert_eq!(restore(&[VERSION + 1, 0, 0]), None);
}

#[test]
fn more_than_the_host_keeps_is_cut_at_a_stroke() {
    let long = drawn(Figure::Path(Nib::Pen, (0..1_000).map(|step| at(step * 30, -step * 30)).collect()));
    let strokes = (1..=900).map(|seq| (Key { author: 1, seq }, long.clone())).collect();
    let bytes = save(&Saved { strokes, ..saved() });
    assert!(bytes.len() <= SAVED_BYTES_MAX);
    let kept = restore(&bytes).unwrap().strokes;
    assert!(kept.len() > 50 && kept.len() < 900 && kept.iter().all(|(_, stroke)| *stroke == long));
}

#[test]
fn fuzz_parse_never_panics() {
    let mut state: u64 = 7;
    let mut random = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound.max(1)
    };
    let examples = examples();
    for _ in 0..30_000 {
        let mut bytes = examples[random(examples.len())].encode();
        for _ in 0..1 + random(4) {
            let place = random(bytes.len());
            match random(3) {
                0 => bytes.truncate(place),
                1 => bytes.insert(place, random(256) as u8),
                _ => bytes.iter_mut().skip(place).take(1).for_each(|byte| *byte = random(256) as u8),
            }
        }
        if let Some(message) = Message::parse(&bytes) {
            assert_eq!(Message::parse(&message.encode()), Some(message));
        }
        let _ = restore(&bytes);
    }
}
