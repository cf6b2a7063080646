//! Both halves of annotations, as they were built, over a picture that another plugin shares.

use std::time::Duration;

use lotse_testkit::{Event, Kit, Line, Place, Point, Shape, Side, choice};

/// The customer's screen is shared; the board's number.
fn shared(kit: &Kit) -> u64 {
    let board = kit.customer().shows_screen("Screen 1");
    kit.settle();
    board
}

fn kit() -> Kit {
    Kit::of("lotse.annotations").rep("Anna Berg").customer("K. Weber").start()
}

/// A line drawn with whatever is in the hand.
fn draw(side: Side<'_>, board: u64, from: Point, to: Point) {
    for (at, buttons) in [(from, 1), (to, 1), (to, 0)] {
        side.happens(Event::DrawingPointer { board, at, buttons });
    }
}

fn shapes(side: Side<'_>, board: u64) -> Vec<(Shape, u32)> {
    side.strokes(board).into_iter().map(|stroke| (stroke.shape, stroke.color)).collect()
}

const FROM: Point = Point { x: 100, y: 100 };
const TO: Point = Point { x: 300, y: 150 };

#[test]
fn nothing_can_be_drawn_until_a_picture_is_shared() {
    let kit = kit();
    assert!(kit.rep().tree(Place::Viewer).is_empty());
    let board = shared(&kit);
    assert!(!kit.rep().tree(Place::Viewer).is_empty());
    kit.rep().act("tool", choice("arrow"));
    assert!(kit.rep().draws_on(board) && !kit.customer().draws_on(board));
}

#[test]
fn both_sides_draw_and_both_see_the_same() {
    let kit = Kit::of("lotse.annotations").rep("Anna Berg").customer("K. Weber").line(Line::bad()).start();
    let board = shared(&kit);
    kit.rep().act("tool", choice("arrow"));
    draw(kit.rep(), board, FROM, TO);
    kit.wait(Duration::from_secs(5));
    assert_eq!(shapes(kit.customer(), board), shapes(kit.rep(), board));
    assert_eq!(shapes(kit.rep(), board)[0].0, Shape::Arrow(FROM, TO));
    kit.customer().act("tool", choice("line"));
    draw(kit.customer(), board, TO, FROM);
    kit.wait(Duration::from_secs(5));
    assert_eq!(shapes(kit.rep(), board).len(), 2);
    assert_eq!(shapes(kit.customer(), board), shapes(kit.rep(), board));
}

#[test]
fn either_side_clears_everything_and_undo_takes_ones_own() {
    let kit = kit();
    let board = shared(&kit);
    kit.rep().act("tool", choice("line"));
    draw(kit.rep(), board, FROM, TO);
    draw(kit.rep(), board, TO, FROM);
    kit.wait(Duration::from_secs(1));
    kit.rep().click("undo");
    kit.wait(Duration::from_secs(1));
    assert_eq!((kit.customer().strokes(board).len(), kit.rep().strokes(board).len()), (1, 1));
    kit.customer().click("clear");
    kit.wait(Duration::from_secs(1));
    assert_eq!((kit.customer().strokes(board).len(), kit.rep().strokes(board).len()), (0, 0));
}

#[test]
fn drawings_go_when_sharing_ends() {
    let kit = kit();
    let board = shared(&kit);
    kit.rep().act("tool", choice("pen"));
    draw(kit.rep(), board, FROM, TO);
    kit.wait(Duration::from_secs(1));
    kit.customer().shows_no_more(board);
    kit.settle();
    assert!(kit.rep().tree(Place::Viewer).is_empty());
    let again = shared(&kit);
    kit.wait(Duration::from_secs(1));
    assert!(kit.rep().strokes(again).is_empty() && kit.customer().strokes(again).is_empty());
}

#[test]
fn what_was_drawn_while_the_line_was_gone_is_seen_when_it_is_back() {
    let kit = kit();
    let board = shared(&kit);
    kit.rep().act("tool", choice("line"));
    kit.link().cut();
    draw(kit.rep(), board, FROM, TO);
    kit.wait(Duration::from_secs(12));
    assert!(kit.customer().strokes(board).is_empty());
    kit.link().heal();
    kit.wait(Duration::from_secs(5));
    assert_eq!(shapes(kit.customer(), board), shapes(kit.rep(), board));
    assert_eq!(shapes(kit.customer(), board).len(), 1);
}

#[test]
fn h2_what_somebody_draws_who_only_looks_on_nobody_sees_and_they_are_told() {
    let kit = Kit::of("lotse.annotations").rep("Anna Berg").observer("Bo Lind").customer("K. Weber").start();
    let (bo, board) = (kit.colleague(1), shared(&kit));
    assert!(bo.notices().iter().any(|told| told.body.starts_with("You only look on")));
    assert!(bo.tree(Place::Viewer).text().contains("seen by nobody else"));
    // As a changed program would.
    bo.act("tool", choice("line"));
    draw(bo, board, FROM, TO);
    bo.happens(Event::DrawingPointer { board, at: TO, buttons: 0 });
    kit.wait(Duration::from_secs(5));
    assert!(kit.customer().strokes(board).is_empty() && kit.rep().strokes(board).is_empty());
    kit.rep().act("tool", choice("line"));
    draw(kit.rep(), board, FROM, TO);
    bo.click("clear");
    kit.wait(Duration::from_secs(5));
    assert_eq!(shapes(kit.customer(), board), shapes(kit.rep(), board), "whoever helps draws as ever");
    assert_eq!(kit.customer().strokes(board).len(), 1, "and it is not theirs to clear");
}

#[test]
fn a_monitor_that_goes_in_mid_stroke_takes_the_stroke_along_and_the_other_one_is_drawn_on() {
    let kit = kit();
    let (left, right) = (kit.customer().shows_screen("Left"), kit.customer().shows_screen("Right"));
    kit.settle();
    kit.rep().act("tool", choice("line"));
    for at in [FROM, TO] {
        kit.rep().happens(Event::DrawingPointer { board: right, at, buttons: 1 });
    }
    kit.wait(Duration::from_secs(1));
    assert_eq!((kit.customer().strokes(right).len(), kit.customer().strokes(left).len()), (1, 0));
    kit.customer().shows_no_more(right);
    kit.wait(Duration::from_secs(1));
    assert!(!kit.rep().tree(Place::Viewer).is_enabled("undo"), "nothing of it is left to be taken back");
    // The button is still down, and let go over the other one.
    kit.rep().happens(Event::DrawingPointer { board: left, at: TO, buttons: 0 });
    assert!(kit.rep().draws_on(left) && kit.rep().strokes(left).is_empty());
    draw(kit.rep(), left, FROM, TO);
    kit.wait(Duration::from_secs(1));
    assert_eq!(shapes(kit.customer(), left), shapes(kit.rep(), left));
    assert_eq!(shapes(kit.rep(), left).len(), 1);
}
