//! What a changed program may say: bounded, stopped, named.

use lotse_sdk::Point;
use lotse_sdk::ui::Place;

use super::stage::{BOARD, CUSTOMER, REP, Session};
use crate::half::Trouble;
use crate::protocol::{Lacks, Message, VERSION};
use crate::stroke::{Colour, Figure, Nib, Stroke, Tool, Width};
use crate::{ids, view};

fn line(order: u64, points: usize) -> Stroke {
    let figure = Figure::Path(Nib::Pen, (0..points).map(|x| Point { x: x as i32, y: 0 }).collect());
    Stroke { board: BOARD, order, colour: Colour::Red, width: Width::Thin, figure }
}

/// What a changed customer's program says to the rep's half, until that stops listening.
fn lie(what: impl Fn(u32) -> Message, times: u32) -> (Session, Option<Trouble>) {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.rep.drag((0, 0), (9, 9));
    session.settle();
    for count in 1..=times {
        session.rep.say(&what(count), CUSTOMER);
    }
    let trouble = session.rep.half.trouble();
    (session, trouble)
}

#[test]
fn a_hostile_half_is_bounded_stopped_and_named() {
    let lies: [(&str, fn(u32) -> Message, u32, Trouble); 8] = [
        ("endless strokes", |count| Message::Put { seq: count, stroke: line(1, 2) }, 5_000, Trouble::TooMuch),
        ("heavy strokes", |count| Message::Put { seq: count, stroke: line(1, 2_000) }, 60, Trouble::TooMuch),
        (
            "an endless path",
            |count| match count {
                1 => Message::Put { seq: 1, stroke: line(1, 1) },
                _ => Message::Append { seq: 1, from: count - 1, points: vec![Point { x: 1, y: 1 }] },
            },
            3_000,
            Trouble::TooMuch,
        ),
        (
            "a path with a gap",
            |count| match count {
                1 => Message::Put { seq: 1, stroke: line(1, 1) },
                _ => Message::Append { seq: 1, from: 900, points: vec![Point { x: 1, y: 1 }] },
            },
            2,
            Trouble::Nonsense,
        ),
        (
            "a stroke that changes its place",
            |count| Message::Put { seq: 1, stroke: line(u64::from(count), 1) },
            2,
            Trouble::Nonsense,
        ),
        ("the end of all orders", |_| Message::Clear(u64::MAX), 1, Trouble::Nonsense),
        (
            "unknown boards",
            |count| Message::Put { seq: count, stroke: Stroke { board: 1, ..line(1, 20) } },
            5_000,
            Trouble::TooFast,
        ),
        ("asking without end", |_| Message::Want(BOARD), 50, Trouble::TooFast),
    ];
    for (name, what, times, wanted) in lies {
        let (session, trouble) = lie(what, times);
        assert_eq!(trouble, Some(wanted), "{name}");
        let rep = &session.rep;
        assert_eq!((rep.desk.told.len(), rep.desk.connected), (1, false), "{name} is named, and no longer heard");
        assert_eq!(rep.desk.strokes().len(), 1, "{name}: what the liar drew is gone, and what is one's own stays");
        assert!(rep.half.can_undo());
    }
}

#[test]
fn bytes_that_are_no_message_another_version_and_no_greeting_are_named() {
    let mut session = Session::new();
    session.rep.half.handle(CUSTOMER, &[vec![99]], &mut session.rep.desk);
    assert_eq!(session.rep.half.trouble(), Some(Trouble::Nonsense));
    for (first, wanted) in [
        (Message::Hello { version: VERSION + 1, lacks: Lacks::Nothing, cleared: 0 }, Trouble::OtherVersion),
        (Message::Whole, Trouble::Nonsense),
    ] {
        let mut session = Session::new();
        session.lose_line();
        session.rep.desk.connected = true;
        session.rep.half.handle_connected(CUSTOMER, &mut session.rep.desk);
        session.rep.say(&first, CUSTOMER);
        assert_eq!(session.rep.half.trouble(), Some(wanted));
    }
}

#[test]
fn nobody_touches_another_sides_strokes() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.rep.drag((0, 0), (9, 9));
    session.settle();
    let [(id, before)] = <[_; 1]>::try_from(session.rep.desk.strokes()).unwrap();
    let seq = (id & u64::from(u32::MAX)) as u32;
    session.rep.say(&Message::Put { seq, stroke: line(9, 5) }, CUSTOMER);
    session.rep.say(&Message::Append { seq, from: 5, points: vec![Point { x: 3, y: 3 }] }, CUSTOMER);
    session.rep.say(&Message::Remove(seq), CUSTOMER);
    assert_eq!(session.rep.desk.strokes(), [(id, before)]);
    assert_eq!(session.rep.half.trouble(), None, "it was a stroke of the customer's own");
}

#[test]
fn who_was_refused_is_heard_again_by_the_persons_word_alone() {
    let mut session = Session::new();
    session.rep.half.handle(CUSTOMER, &[vec![99]], &mut session.rep.desk);
    session.settle();
    session.customer.take(Tool::PEN);
    session.customer.drag((0, 0), (9, 9));
    (0..20).for_each(|_| session.pass(1_000_000));
    assert!(session.rep.desk.strokes().is_empty());
    let viewer = view::render(&session.rep.half, Place::Viewer).unwrap();
    assert!(viewer.find(ids::TAKE_AGAIN).is_some());
    session.rep.half.take_again(&mut session.rep.desk);
    session.expect_same(1);
    assert!(view::render(&session.rep.half, Place::Viewer).unwrap().find(ids::TAKE_AGAIN).is_none());
}

#[test]
fn a_refusing_half_is_not_called_without_end() {
    let mut session = Session::new();
    session.customer.half.handle(REP, &[vec![99]], &mut session.customer.desk);
    session.exchange();
    (0..30).for_each(|_| session.pass(1_000_000));
    session.rep.desk.messages = 0;
    (0..30).for_each(|_| session.pass(1_000_000));
    assert_eq!(session.rep.desk.messages, 0);
}

#[test]
fn h2_only_a_customers_half_says_that_a_rep_only_looks_and_that_is_no_quarrel_to_be_made_up() {
    let mut session = Session::new();
    session.customer.say(&Message::OnlyLooks, REP);
    assert_eq!(session.customer.half.trouble(), Some(Trouble::Nonsense));
    let mut session = Session::new();
    session.rep.say(&Message::OnlyLooks, CUSTOMER);
    assert_eq!(session.rep.half.trouble(), Some(Trouble::OnlyLooks));
    assert!(view::render(&session.rep.half, Place::Viewer).unwrap().find(ids::TAKE_AGAIN).is_none());
}
