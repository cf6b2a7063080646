#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lotse_sdk::Point;

use super::*;
use crate::halves_tests::stage::TestDesk;
use crate::stroke::{Colour, Form, Nib, Width};

fn key(author: ParticipantId, seq: u32) -> Key {
    Key { author, seq }
}

fn dot(order: u64) -> Stroke {
    let figure = Figure::Path(Nib::Pen, vec![Point { x: 1, y: 1 }]);
    Stroke { board: 1, order, colour: Colour::Red, width: Width::Thin, figure }
}

fn sheet() -> (Sheets, TestDesk) {
    (Sheets::default(), TestDesk::with_boards(&[1, 2]))
}

#[test]
fn whatever_comes_first_the_order_is_the_same() {
    let strokes = [(key(1, 1), 1), (key(2, 1), 1), (key(1, 2), 2), (key(2, 2), 5)];
    let wanted: Vec<u64> = strokes.iter().map(|(key, _)| key.id()).collect();
    for first in 0..strokes.len() {
        let (mut sheets, mut desk) = sheet();
        for at in 0..strokes.len() {
            let (key, order) = strokes[(first + at * 3) % strokes.len()];
            sheets.put(key, dot(order));
            sheets.flush(&mut desk);
        }
        assert_eq!(desk.shown(1), wanted);
    }
}

#[test]
fn a_change_keeps_the_place_and_is_shown_once() {
    let (mut sheets, mut desk) = sheet();
    sheets.put(key(1, 1), dot(1));
    sheets.put(key(1, 2), dot(2));
    sheets.flush(&mut desk);
    let before = desk.puts;
    sheets.change(key(1, 1), |figure| {
        if let Figure::Path(_, points) = figure {
            points.push(Point { x: 9, y: 9 });
        }
    });
    sheets.flush(&mut desk);
    sheets.flush(&mut desk);
    assert_eq!((desk.puts, desk.shown(1)), (before + 1, vec![key(1, 1).id(), key(1, 2).id()]));
    assert_eq!(sheets.load(1), Load { strokes: 2, weight: 3 });
}

#[test]
fn what_goes_is_taken_away_and_what_cannot_be_seen_is_not_shown() {
    let (mut sheets, mut desk) = sheet();
    for order in 1..=4 {
        sheets.put(key(order as u32 % 2 + 1, order as u32), dot(order));
    }
    let at = Point { x: 3, y: 3 };
    sheets.put(key(1, 9), Stroke { figure: Figure::Span(Form::Line, at, at), ..dot(9) });
    sheets.flush(&mut desk);
    assert_eq!(desk.shown(1).len(), 4);
    sheets.remove_below(3);
    sheets.flush(&mut desk);
    assert_eq!(desk.shown(1), [key(2, 3).id(), key(1, 4).id()]);
    assert_eq!(sheets.last_of(2), Some(key(2, 3)));
    sheets.remove_author(2);
    sheets.flush(&mut desk);
    assert_eq!(desk.shown(1), [key(1, 4).id()]);
}

#[test]
fn what_an_author_no_longer_names_is_swept() {
    let (mut sheets, mut desk) = sheet();
    (1..=3).for_each(|seq| sheets.put(key(2, seq), dot(u64::from(seq))));
    sheets.put(key(1, 1), dot(9));
    sheets.doubt(2, |seq| seq < 3);
    assert_eq!(sheets.load(2).strokes, 1);
    sheets.put(key(2, 1), dot(1));
    sheets.sweep(2);
    sheets.flush(&mut desk);
    assert_eq!(desk.shown(1), [key(2, 1), key(2, 3), key(1, 1)].map(Key::id));
}

#[test]
fn a_caret_shows_an_empty_text() {
    let (mut sheets, mut desk) = sheet();
    sheets.put(key(1, 1), Stroke { figure: Figure::Words(Point { x: 0, y: 0 }, String::new()), ..dot(1) });
    sheets.set_caret(Some(key(1, 1)));
    sheets.flush(&mut desk);
    assert_eq!(desk.shown(1), [key(1, 1).id()]);
    sheets.set_caret(None);
    sheets.flush(&mut desk);
    assert!(desk.shown(1).is_empty());
}

#[test]
fn a_board_takes_what_is_on_it_along() {
    let (mut sheets, mut desk) = sheet();
    sheets.put(key(1, 1), dot(1));
    sheets.put(key(1, 2), Stroke { board: 2, ..dot(2) });
    sheets.keep_boards(|board| board == 2);
    sheets.flush(&mut desk);
    assert_eq!((desk.shown(1).len(), desk.shown(2).len()), (0, 1));
    assert_eq!(sheets.all().count(), 1);
}
