//! Both halves together, on desks that write down what they were told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod hostile;
pub mod stage;

use lotse_sdk::ui::Place;
use lotse_sdk::{Point, ReadSettings};

use crate::desk::{Board, Cursor};
use crate::half::Half;
use crate::hand::Held;
use crate::protocol::{self, Lacks, Message, VERSION};
use crate::stroke::{Colour, Figure, Form, Key, Nib, POINTS_MAX, STROKES_MAX, Stroke, Tool, WEIGHT_MAX, Width};
use crate::{ids, view};
use stage::{BOARD, CUSTOMER, Event, FRAME_US, LEFT, REP, Session, Side, TestDesk};

#[test]
fn every_tool_draws_on_both_sides_whoever_uses_it() {
    let mut session = Session::new();
    for (count, tool) in Tool::ALL.into_iter().enumerate() {
        session.rep.take(tool);
        session.rep.drag((10, 10), (60, 40));
        if tool == Tool::Words {
            session.rep.text("here");
        }
        session.expect_same(2 * count + 1);
        session.customer.take(tool);
        session.customer.drag((200, 10), (160, 40));
        if tool == Tool::Words {
            session.customer.text("and there");
        }
        session.expect_same(2 * count + 2);
    }
    let figures: Vec<Figure> = session.rep.desk.strokes().into_iter().map(|(_, stroke)| stroke.figure).collect();
    let at = |x, y| Point { x, y };
    assert_eq!(figures[0], Figure::Path(Nib::Pen, vec![at(10, 10), at(60, 40)]));
    assert_eq!(figures[7], Figure::Span(Form::Arrow, at(200, 10), at(160, 40)));
    assert_eq!(figures[12], Figure::Words(at(10, 10), "here".to_owned()));
}

#[test]
fn colour_and_width_are_those_chosen_when_a_stroke_begins() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.rep.drag((0, 0), (9, 9));
    session.rep.half.set_colour(Colour::Green, &mut session.rep.desk);
    session.rep.half.set_width(Width::Thick, &mut session.rep.desk);
    session.rep.drag((0, 20), (9, 29));
    session.expect_same(2);
    let looks: Vec<_> = session.customer.desk.strokes().iter().map(|(_, one)| (one.colour, one.width)).collect();
    assert_eq!(looks, [(Colour::Red, Width::Medium), (Colour::Green, Width::Thick)]);
}

#[test]
fn the_first_point_is_shown_and_sent_at_once_and_then_one_message_a_frame() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.pass(FRAME_US);
    let before = session.rep.desk.messages;
    session.rep.pointer(100, 100, LEFT);
    assert_eq!((session.rep.desk.strokes().len(), session.rep.desk.messages - before), (1, 1));
    for step in 1..=80 {
        session.rep.desk.now_us += FRAME_US / 8;
        session.rep.pointer(100 + step * 5, 100, LEFT);
        session.rep.ring();
    }
    let sent = session.rep.desk.messages - before;
    assert!((8..=11).contains(&sent), "{sent} messages in ten frames");
    session.rep.pointer(500, 100, 0);
    session.expect_same(1);
    let (_, stroke) = session.customer.desk.strokes().remove(0);
    assert_eq!(stroke.figure.weight(), 81, "no point is lost");
}

#[test]
fn a_slow_line_gets_what_is_left_in_one_message() {
    let mut session = Session::new();
    session.rep.take(Tool::Span(Form::Rectangle));
    session.rep.pointer(10, 10, LEFT);
    session.rep.pointer(20, 20, LEFT);
    session.settle();
    session.rep.desk.slow = true;
    let before = session.rep.desk.messages;
    for step in 0..50 {
        session.rep.pointer(30 + step, 30, LEFT);
        session.pass(FRAME_US);
    }
    assert_eq!(session.rep.desk.messages, before, "nothing is added to what waits");
    assert_eq!(
        session.rep.desk.strokes()[0].1.figure,
        Figure::Span(Form::Rectangle, Point { x: 10, y: 10 }, Point { x: 79, y: 30 })
    );
    session.rep.desk.slow = false;
    session.rep.half.handle_writable(&mut session.rep.desk);
    assert_eq!(session.rep.desk.messages, before + 1);
    session.expect_same(1);
}

#[test]
fn undo_takes_own_strokes_back_and_clear_takes_everybodys() {
    let mut session = Session::new();
    for side in [&mut session.rep, &mut session.customer] {
        side.take(Tool::PEN);
        side.drag((0, 0), (50, 50));
        side.drag((0, 90), (50, 90));
    }
    session.expect_same(4);
    session.rep.text("\u{1a}");
    session.expect_same(3);
    (0..3).for_each(|_| session.rep.half.undo(&mut session.rep.desk));
    session.expect_same(2);
    assert!(!session.rep.half.can_undo() && session.rep.half.has_drawings(), "the customer's stay");
    session.rep.half.clear(&mut session.rep.desk);
    session.expect_same(0);
    assert!(!session.customer.half.can_undo());
    session.customer.drag((0, 0), (50, 50));
    session.expect_same(1);
}

#[test]
fn undo_in_the_middle_of_a_stroke_takes_it_on_both_sides() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.rep.pointer(0, 0, LEFT);
    session.rep.pointer(30, 30, LEFT);
    session.rep.half.undo(&mut session.rep.desk);
    session.rep.pointer(60, 60, LEFT);
    session.rep.pointer(60, 60, 0);
    session.expect_same(0);
    // Cleared from the other side while it is drawn.
    session.rep.pointer(0, 0, LEFT);
    session.exchange();
    session.customer.half.clear(&mut session.customer.desk);
    session.exchange();
    session.rep.pointer(60, 60, LEFT);
    session.rep.pointer(60, 60, 0);
    session.expect_same(0);
}

#[test]
fn who_draws_at_once_sees_one_order() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.customer.take(Tool::PEN);
    for round in 0..5 {
        session.rep.drag((round, 0), (round + 40, 50));
        session.customer.drag((round, 90), (round + 40, 90));
        session.customer.drag((round, 70), (round + 40, 90));
        // Only now they hear of one another.
        session.settle();
    }
    session.expect_same(15);
    // A clearing and a stroke that cross: the stroke is there on both sides, or on none.
    session.rep.half.clear(&mut session.rep.desk);
    session.customer.drag((0, 0), (10, 10));
    session.customer.drag((0, 9), (10, 10));
    session.settle();
    assert_eq!(session.rep.desk.strokes(), session.customer.desk.strokes());
}

#[test]
fn a_text_is_written_and_corrected_and_an_empty_one_leaves_nothing() {
    let mut session = Session::new();
    session.rep.take(Tool::Words);
    session.rep.drag((5, 5), (5, 5));
    assert_eq!(session.rep.desk.strokes().len(), 1, "a caret, on this side alone");
    session.exchange();
    assert!(session.customer.desk.strokes().is_empty());
    session.rep.text("Hier klicken\u{8}\u{8}");
    session.rep.text("\n\u{7}größe");
    session.rep.half.hold(None, &mut session.rep.desk);
    session.expect_same(1);
    let wanted = Figure::Words(Point { x: 5, y: 5 }, "Hier klick\ngröße".to_owned());
    assert_eq!(session.customer.desk.strokes()[0].1.figure, wanted);
    session.rep.take(Tool::Words);
    session.rep.drag((50, 50), (50, 50));
    session.rep.text("a");
    session.settle();
    session.rep.text("\u{8}\u{8}");
    session.rep.drag((90, 90), (90, 90));
    session.rep.half.hold(None, &mut session.rep.desk);
    session.expect_same(1);
}

#[test]
fn a_pointer_goes_by_datagram_rests_on_the_stream_and_goes_with_the_tool() {
    let mut session = Session::new();
    session.rep.half.hold(Some(Held::Pointer), &mut session.rep.desk);
    session.pass(FRAME_US);
    let (before, id) = (session.rep.desk.messages, Key::pointer(REP).id());
    session.rep.pointer(10, 10, 0);
    session.rep.pointer(20, 20, LEFT);
    session.exchange();
    let at = |x, y| (BOARD, Point { x, y }, "Anna Berg".to_owned());
    assert_eq!(session.customer.desk.pointers.get(&id), Some(&at(10, 10)), "the first at once, at most one a frame");
    session.pass(FRAME_US);
    assert_eq!(session.customer.desk.pointers.get(&id), Some(&at(20, 20)));
    assert_eq!(session.rep.desk.messages, before);
    session.rep.desk.lossy = true;
    session.rep.pointer(30, 30, 0);
    (0..6).for_each(|_| session.pass(FRAME_US));
    assert_eq!(session.customer.desk.pointers.get(&id), Some(&at(30, 30)), "lost on the way, and told again at rest");
    assert_eq!(session.rep.desk.messages, before + 1);
    assert!(session.rep.desk.strokes().is_empty(), "it leaves nothing");
    let late = Message::Pointer { count: 1, board: BOARD, at: Point { x: 1, y: 1 } }.encode();
    session.rep.half.hold(None, &mut session.rep.desk);
    session.exchange();
    session.customer.half.handle_datagram(REP, &late, &mut session.customer.desk);
    assert!(session.customer.desk.pointers.is_empty());
}

#[test]
fn a_board_that_comes_later_gets_all_and_one_that_goes_takes_all() {
    let mut session = Session::new();
    session.rep.desk.boards.clear();
    session.rep.half.handle_boards_changed(&mut session.rep.desk);
    session.customer.take(Tool::PEN);
    session.customer.drag((0, 0), (50, 50));
    session.customer.pointer(70, 70, LEFT);
    session.settle();
    assert!(session.rep.desk.strokes().is_empty() && !session.rep.half.has_drawings());
    session.rep.desk.boards = vec![Board { id: BOARD, here: false }];
    session.rep.half.handle_boards_changed(&mut session.rep.desk);
    session.expect_same(2);
    // The stroke under way goes on where it was.
    session.customer.pointer(90, 90, LEFT);
    session.customer.pointer(99, 99, 0);
    session.expect_same(2);
    for side in [&mut session.rep, &mut session.customer] {
        side.desk.boards.clear();
        side.half.handle_boards_changed(&mut side.desk);
        assert!(!side.half.has_drawings() && side.desk.strokes().is_empty());
        assert_eq!(side.half.hand().held, None, "there is nothing left to draw on");
    }
}

#[test]
fn after_a_lost_line_both_know_what_was_drawn_and_undone_meanwhile() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.customer.take(Tool::PEN);
    session.rep.drag((0, 0), (9, 9));
    session.customer.drag((0, 0), (9, 9));
    session.customer.drag((50, 0), (9, 9));
    session.expect_same(3);
    session.lose_line();
    session.rep.half.undo(&mut session.rep.desk);
    session.rep.drag((70, 70), (90, 90));
    session.rep.drag((70, 10), (90, 10));
    session.customer.half.undo(&mut session.customer.desk);
    session.pass(1_000_000);
    session.expect_same(3);
    // A clearing that the other side did not hear of.
    session.lose_line();
    session.customer.half.clear(&mut session.customer.desk);
    session.pass(1_000_000);
    session.expect_same(0);
}

#[test]
fn a_half_that_is_started_again_has_everything_also_what_was_drawn_since_it_was_kept() {
    for keeps in [true, false] {
        let mut session = Session::new();
        session.rep.take(Tool::PEN);
        session.rep.drag((0, 0), (9, 9));
        session.settle();
        let kept = protocol::save(&session.rep.half.saved());
        session.rep.drag((20, 0), (29, 9));
        session.customer.take(Tool::PEN);
        session.customer.drag((50, 0), (59, 9));
        session.expect_same(3);
        session.lose_line();
        let (desk, now_us) = (TestDesk::with_boards(&[BOARD]), session.rep.desk.now_us);
        session.rep = Side::new(REP, keeps.then_some(kept), TestDesk { now_us, ..desk });
        session.rep.half.handle_joined(CUSTOMER, "K. Weber", false, &mut session.rep.desk);
        // Drawn before the others are heard: it must not take the number of one that they have.
        session.rep.take(Tool::PEN);
        session.rep.drag((80, 0), (89, 9));
        session.expect_same(4);
        session.rep.half.undo(&mut session.rep.desk);
        session.expect_same(3);
    }
}

#[test]
fn nobody_gives_a_half_strokes_that_lacks_none() {
    let mut session = Session::new();
    let figure = Figure::Path(Nib::Pen, vec![Point { x: 1, y: 1 }]);
    let stroke = Stroke { board: BOARD, order: 1, colour: Colour::Red, width: Width::Thin, figure };
    session.rep.say(&Message::Yours { seq: 77, stroke }, CUSTOMER);
    assert!(!session.rep.half.has_drawings() && session.rep.half.trouble().is_none());
}

#[test]
fn tools_take_the_pointer_and_escape_gives_it_back() {
    let mut session = Session::new();
    let side = &mut session.customer;
    let cursors = [(Tool::PEN, Cursor::Pen), (Tool::Words, Cursor::Text), (Tool::Span(Form::Arrow), Cursor::Cross)];
    for (tool, cursor) in cursors {
        side.take(tool);
        assert_eq!(side.desk.grabbed.get(&BOARD), Some(&cursor));
    }
    side.half.handle_left(&mut side.desk);
    assert!(side.desk.grabbed.is_empty() && side.half.hand().held.is_none());
    side.take(Tool::PEN);
    side.text("\u{1b}");
    assert!(side.desk.grabbed.is_empty() && side.half.hand().held.is_none());
    side.drag((0, 0), (50, 50));
    assert!(side.desk.strokes().is_empty(), "without a tool nothing is drawn");
    side.take(Tool::PEN);
    // Another screen of this computer's own is not taken from the person unasked; a picture in a window may be.
    side.desk.boards = vec![Board { id: 41, here: true }];
    side.half.handle_boards_changed(&mut side.desk);
    assert!(!side.desk.grabbed.contains_key(&41) && side.half.hand().held.is_none());
    side.take(Tool::PEN);
    side.desk.boards.push(Board { id: 42, here: false });
    side.half.handle_boards_changed(&mut side.desk);
    assert_eq!(side.desk.grabbed.get(&42), Some(&Cursor::Pen));
}

#[test]
fn a_pointer_that_cannot_be_taken_is_said() {
    let mut session = Session::new();
    session.rep.desk.no_grab = true;
    session.rep.take(Tool::PEN);
    assert_eq!((session.rep.half.hand().held, session.rep.desk.told.len()), (None, 1));
}

#[test]
fn a_full_side_is_told_once_and_never_refused_by_the_other() {
    let mut session = Session::new();
    session.rep.take(Tool::Span(Form::Line));
    for count in 0..STROKES_MAX + 5 {
        session.rep.drag((0, 0), (50, count as i32));
        session.pass(FRAME_US * 2);
    }
    session.expect_same(STROKES_MAX);
    assert_eq!((session.rep.desk.told.len(), session.customer.half.trouble()), (1, None));
    session.rep.half.clear(&mut session.rep.desk);
    session.rep.take(Tool::PEN);
    session.rep.pointer(0, 0, LEFT);
    for step in 0..WEIGHT_MAX + 100 {
        session.rep.pointer(step as i32 % 600 * 3, step as i32 / 600 * 3, LEFT);
        if step % 50 == 0 {
            session.pass(FRAME_US);
        }
    }
    session.rep.pointer(0, 0, 0);
    session.settle();
    assert_eq!((session.rep.desk.told.len(), session.customer.half.trouble()), (2, None));
    let strokes = session.customer.desk.strokes();
    assert_eq!(strokes, session.rep.desk.strokes());
    let longest = strokes.iter().map(|(_, stroke)| stroke.figure.weight()).max();
    assert_eq!(longest, Some(POINTS_MAX), "a long line goes on as another stroke");
}

#[test]
fn the_menus_are_where_a_picture_is_and_say_what_is_drawn_with() {
    let mut session = Session::new();
    let Session { rep, customer } = &mut session;
    assert!(view::render(&rep.half, Place::Menu).is_none(), "the rep draws in the viewer");
    assert!(view::render(&customer.half, Place::Viewer).is_none());
    let menu = view::render(&customer.half, Place::Menu).unwrap();
    assert_eq!(menu.properties().text("label"), Some("Draw on the screen"));
    let bar = view::render(&rep.half, Place::Viewer).unwrap();
    let acting = [ids::TOOL, ids::COLOUR, ids::WIDTH, ids::UNDO, ids::CLEAR, ids::STOP_DRAWING, ids::POINTER];
    for id in acting {
        assert!(bar.find(id).is_some() && menu.find(id).is_some(), "{id}");
    }
    let greyed = |half: &Half, id: &str| {
        let bar = view::render(half, Place::Viewer).unwrap();
        bar.find(id).unwrap().properties().flag("enabled") == Some(false)
    };
    for id in [ids::UNDO, ids::CLEAR, ids::STOP_DRAWING] {
        assert!(greyed(&rep.half, id), "{id} has nothing to do");
    }
    rep.take(Tool::Span(Form::Arrow));
    rep.drag((0, 0), (50, 50));
    for id in [ids::UNDO, ids::CLEAR, ids::STOP_DRAWING] {
        assert!(!greyed(&rep.half, id), "{id}");
    }
    let bar = view::render(&rep.half, Place::Viewer).unwrap().flatten();
    assert!(bar.iter().any(|node| node.properties.text("label") == Some("Draw: Arrow")));
    rep.desk.boards.clear();
    rep.half.handle_boards_changed(&mut rep.desk);
    assert!(view::render(&rep.half, Place::Viewer).is_none(), "nothing is shared");
}

/// Two reps have no line to each other: what one of them clears went at the customer's and stayed at the other's.
#[test]
fn h2_what_one_rep_clears_is_cleared_at_the_other_through_the_customer() {
    let mut session = Session::new();
    let Session { rep, customer } = &mut session;
    customer.half.handle_joined(3, "Bo Lind", true, &mut customer.desk);
    customer.half.handle_connected(3, &mut customer.desk);
    customer.say(&Message::Hello { version: VERSION, lacks: Lacks::Nothing, cleared: 0 }, 3);
    customer.desk.sent.clear();
    rep.half.clear(&mut rep.desk);
    while customer.hear(&mut rep.desk, REP) {}
    let cleared = |desk: &TestDesk| {
        let is_clear = |event: &&Event| match event {
            Event::Message(bytes) => matches!(Message::parse(bytes), Some(Message::Clear(_))),
            Event::Opened | Event::Datagram(_) | Event::Closed => false,
        };
        desk.sent.iter().filter(is_clear).count()
    };
    assert_eq!(cleared(&customer.desk), 1, "and not back to whoever cleared");
    customer.say(&Message::Clear(1), 3);
    assert_eq!(cleared(&customer.desk), 1, "no news");
}

/// Scar: the line to a second rep stood still, and the first saw no stroke grow.
#[test]
fn h2_a_line_that_stands_still_holds_up_nobody_else() {
    let mut session = Session::new();
    let customer = &mut session.customer;
    customer.half.handle_joined(3, "Bo Lind", true, &mut customer.desk);
    customer.half.handle_connected(3, &mut customer.desk);
    customer.say(&Message::Hello { version: VERSION, lacks: Lacks::Nothing, cleared: 0 }, 3);
    customer.desk.slow_to = Some(3);
    customer.take(Tool::PEN);
    customer.pointer(0, 0, LEFT);
    customer.desk.sent.clear();
    customer.desk.now_us += FRAME_US;
    customer.pointer(40, 40, LEFT);
    let appended = |event: &&Event| match event {
        Event::Message(bytes) => matches!(Message::parse(bytes), Some(Message::Append { .. })),
        Event::Opened | Event::Datagram(_) | Event::Closed => false,
    };
    assert_eq!(customer.desk.sent.iter().filter(appended).count(), 2, "for both");
}
