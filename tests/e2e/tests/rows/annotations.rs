//! A · Drawing on the shared screen, seen on the customer's display and in the rep's viewer.

use crate::{ALL, Session};
use lotse_e2e::eyes::{Area, find_change, find_colour};
use lotse_e2e::hands::Hands;
use lotse_e2e::patches::Patches;
use lotse_e2e::{Display, Picture, Program, Typewriter, wait_for};
use serde_json::json;
use std::time::Duration;

pub const ANNOTATIONS: &str = "lotse.annotations";
const SHARING: &str = "lotse.screen-sharing";
const ESCAPE: u32 = 0xff1b;
const LANDMARK: u32 = 0x0012_8877;
pub const VIOLET: u32 = 0x009b_4de0;
const GREEN: u32 = 0x001e_9e4f;
/// Where the tests draw: from the upper left to the lower right of this.
pub const PLACE: Area = Area::new(240, 260, 200, 120);
/// Away from there, so that no light falls on it: something that can be darkened.
pub const BRIGHT: Area = Area::new(40, 500, 400, 200);
/// A thick stroke's half, its smooth edge, and what a scaled picture rounds away.
const ROOM: usize = 16;

pub fn choose(program: &mut Program, node: &str, choice: &str) {
    program.act(ANNOTATIONS, node, json!({ "choice": choice })).unwrap();
}

/// Takes a tool, violet and thick, and waits until the bar or menu says so.
pub fn take(program: &mut Program, place: &str, tool: &str) {
    program.expect_node(place, 20, |node| node["id"] == "tool").unwrap();
    choose(program, "colour", "violet");
    choose(program, "width", "thick");
    choose(program, "tool", tool);
    program.expect_node(place, 10, |node| node["id"] == "tool" && node["choice"] == tool).unwrap();
    std::thread::sleep(Duration::from_millis(300));
}

pub fn stop(program: &mut Program, place: &str) {
    program.act(ANNOTATIONS, "stop-drawing", json!({})).unwrap();
    expect_stopped(program, place);
}

fn expect_stopped(program: &mut Program, place: &str) {
    program.expect_node(place, 10, |node| node["id"] == "stop-drawing" && node["enabled"] == false).unwrap();
}

pub fn clear(program: &mut Program, place: &str) {
    program.act(ANNOTATIONS, "clear", json!({})).unwrap();
    program.expect_node(place, 10, |node| node["id"] == "clear" && node["enabled"] == false).unwrap();
}

pub fn corners(of: Area) -> ((i16, i16), (i16, i16)) {
    let at = |x: usize, y: usize| (x as i16, y as i16);
    (at(of.x, of.y), at(of.x + of.width, of.y + of.height))
}

/// Whether `found` is `wanted`, with room for a line's width.
fn is_near(found: Area, wanted: Area) -> bool {
    let near = |one: usize, other: usize| one.abs_diff(other) <= ROOM;
    near(found.x, wanted.x)
        && near(found.y, wanted.y)
        && near(found.x + found.width, wanted.x + wanted.width)
        && near(found.y + found.height, wanted.y + wanted.height)
}

/// Waits until this colour lies just there.
pub fn expect_colour(display: &Display, colour: u32, wanted: Area, why: &str) {
    let mut found = None;
    wait_for(15, why, || {
        found = find_colour(&display.picture().ok()?, colour);
        found.filter(|found| is_near(*found, wanted)).map(|_| ())
    })
    .unwrap_or_else(|problem| panic!("{problem}; on {}: {found:?} instead of {wanted:?}", display.name()));
}

pub fn expect_no_colour(display: &Display, colour: u32, why: &str) {
    wait_for(15, why, || find_colour(&display.picture().ok()?, colour).is_none().then_some(()))
        .unwrap_or_else(|problem| panic!("{problem}; on {}", display.name()));
}

pub fn expect_change(display: &Display, before: &Picture, area: Area, why: &str) {
    wait_for(15, why, || find_change(before, &display.picture().ok()?, area).map(|_| ())).unwrap();
}

/// The picture fills the rep's display one to one, and Lotse's window leaves room on the customer's.
pub fn bare() -> Session {
    let mut session = Session::bare(ALL, &[]);
    Hands::on(&session.desk).unwrap().place("Lotse", 640, 120, 340, 480).unwrap();
    session.rep.expect_node("viewer", 20, |node| node["id"] == "tool").unwrap();
    session
}

/// Something on the customer's screen that nobody drew. It goes with the value.
fn landmark(session: &Session, at: Area) -> Patches {
    let patches = Patches::on(&session.desk).unwrap();
    let (x, y) = corners(at).0;
    patches.add(LANDMARK, x, y, at.width as u16, at.height as u16).unwrap();
    patches
}

/// Something bright, which the rep sees as it is.
pub fn something_bright(session: &Session) -> Patches {
    let patches = landmark(session, BRIGHT);
    session.expect_exact("the picture");
    patches
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing")),
    ignore = "needs the plugins annotations and screen-sharing"
)]
fn a1_pen_line_arrow_rectangle_ellipse_and_text_are_drawn_by_hand_and_seen_on_both_sides() {
    let mut session = bare();
    let hands = Hands::on(&session.office).unwrap();
    let (from, to) = corners(PLACE);
    for tool in ["pen", "line", "arrow", "rectangle", "ellipse"] {
        take(&mut session.rep, "viewer", tool);
        hands.drag(from, to).unwrap();
        // What an arrow's head or a round end adds is less than the room.
        expect_colour(&session.desk, VIOLET, PLACE, tool);
        expect_colour(&session.office, VIOLET, PLACE, tool);
        clear(&mut session.rep, "viewer");
        expect_no_colour(&session.desk, VIOLET, tool);
        expect_no_colour(&session.office, VIOLET, tool);
    }
    take(&mut session.rep, "viewer", "text");
    hands.click(from.0, from.1).unwrap();
    hands.type_text("hier").unwrap();
    for display in [&session.desk, &session.office] {
        wait_for(15, "the text", || {
            let found = find_colour(&display.picture().ok()?, VIOLET)?;
            let there = found.x.abs_diff(PLACE.x) <= ROOM && found.y.abs_diff(PLACE.y) <= 2 * ROOM;
            (there && found.width > 40).then_some(())
        })
        .unwrap();
    }
    stop(&mut session.rep, "viewer");
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing")),
    ignore = "needs the plugins annotations and screen-sharing"
)]
fn a1_highlighter_and_spotlight_change_what_is_seen_on_both_sides_and_the_pointer_needs_no_control() {
    let mut session = bare();
    let hands = Hands::on(&session.office).unwrap();
    let (from, to) = corners(PLACE);
    let _bright = something_bright(&session);
    for (tool, seen) in [("highlighter", PLACE), ("spotlight", BRIGHT)] {
        let before = (session.desk.settle(400).unwrap(), session.office.settle(400).unwrap());
        take(&mut session.rep, "viewer", tool);
        hands.drag(from, to).unwrap();
        expect_change(&session.desk, &before.0, seen, tool);
        expect_change(&session.office, &before.1, seen, tool);
        clear(&mut session.rep, "viewer");
    }
    stop(&mut session.rep, "viewer");
    hands.move_to(900, 740).unwrap();
    let before = session.desk.settle(400).unwrap();
    let pointer = Area::new(PLACE.x - 8, PLACE.y - 8, 60, 60);
    session.rep.act(ANNOTATIONS, "pointer", json!({ "on": true })).unwrap();
    session.rep.expect_node("viewer", 10, |node| node["id"] == "pointer" && node["on"] == true).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let desk_pointer = Hands::on(&session.desk).unwrap().pointer().unwrap();
    hands.move_to(from.0 - 5, from.1).unwrap();
    hands.move_to(from.0, from.1).unwrap();
    expect_change(&session.desk, &before, pointer, "the rep's pointer");
    assert_eq!(Hands::on(&session.desk).unwrap().pointer().unwrap(), desk_pointer, "the customer's own stays theirs");
    session.rep.act(ANNOTATIONS, "pointer", json!({ "on": false })).unwrap();
    wait_for(15, "the pointer to go", || {
        find_change(&before, &session.desk.picture().ok()?, pointer).is_none().then_some(())
    })
    .unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing")),
    ignore = "needs the plugins annotations and screen-sharing"
)]
fn a1_undo_takes_the_last_stroke_and_clear_takes_all_on_both_sides() {
    let mut session = bare();
    let hands = Hands::on(&session.office).unwrap();
    let lower = Area::new(PLACE.x, 500, 200, 60);
    take(&mut session.rep, "viewer", "line");
    hands.drag(corners(PLACE).0, corners(PLACE).1).unwrap();
    choose(&mut session.rep, "colour", "green");
    session.rep.expect_node("viewer", 10, |node| node["id"] == "colour" && node["choice"] == "green").unwrap();
    hands.drag(corners(lower).0, corners(lower).1).unwrap();
    for display in [&session.desk, &session.office] {
        expect_colour(display, VIOLET, PLACE, "the first stroke");
        expect_colour(display, GREEN, lower, "the second stroke");
    }
    session.rep.act(ANNOTATIONS, "undo", json!({})).unwrap();
    for display in [&session.desk, &session.office] {
        expect_no_colour(display, GREEN, "the second stroke is taken back");
        expect_colour(display, VIOLET, PLACE, "the first stroke stays");
    }
    // The customer clears what the rep drew.
    clear(&mut session.customer, "menu");
    for display in [&session.desk, &session.office] {
        expect_no_colour(display, VIOLET, "all drawings are cleared");
    }
    session.rep.expect_node("viewer", 10, |node| node["id"] == "undo" && node["enabled"] == false).unwrap();
}

const LANDMARK_PLACE: Area = Area::new(160, 160, 240, 160);

/// Draws from corner to corner of the landmark, wherever the rep's viewer shows it, and looks where it lies on the customer's
/// screen.
fn draw_across_the_landmark(session: &mut Session, why: &str) {
    clear_if_any(session);
    // First: what the bar says of it may take a second line, and the picture moves.
    take(&mut session.rep, "viewer", "line");
    let mut shown = None;
    // It moves with the picture, which comes to rest.
    wait_for(20, why, || {
        let before = std::mem::replace(&mut shown, find_colour(&session.office.settle(300).ok()?, LANDMARK));
        shown.filter(|area| before == Some(*area) && area.width > 60 && area.height > 40).map(|_| ())
    })
    .unwrap();
    let shown = shown.unwrap();
    let (from, to) = corners(shown);
    let hands = Hands::on(&session.office).unwrap();
    hands.drag(from, to).unwrap();
    expect_colour(&session.desk, VIOLET, LANDMARK_PLACE, why);
    expect_colour(&session.office, VIOLET, shown, why);
    stop(&mut session.rep, "viewer");
}

fn clear_if_any(session: &mut Session) {
    session.rep.act(ANNOTATIONS, "clear", json!({})).unwrap();
    session.rep.expect_node("viewer", 20, |node| node["id"] == "clear" && node["enabled"] == false).unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing")),
    ignore = "needs the plugins annotations and screen-sharing"
)]
fn a2_drawings_lie_in_the_right_place_at_each_scale_and_after_a_resize() {
    let mut session = Session::start_sized((1024, 768), (1280, 900), ALL, &["--view"]);
    session.picture_is_there();
    Hands::on(&session.desk).unwrap().place("Lotse", 440, 100, 340, 480).unwrap();
    let _landmark = landmark(&session, LANDMARK_PLACE);
    session.rep.expect_node("viewer", 20, |node| node["id"] == "tool").unwrap();
    let office = Hands::on(&session.office).unwrap();
    office.place("screen", 60, 60, 640, 520).unwrap();
    draw_across_the_landmark(&mut session, "a picture made smaller");
    office.place("screen", 20, 20, 900, 760).unwrap();
    draw_across_the_landmark(&mut session, "a viewer of another size");
    session.rep.act(SHARING, "scale", json!({ "choice": "actual" })).unwrap();
    draw_across_the_landmark(&mut session, "every pixel as it is");
    session.desk.resize(800, 600).unwrap();
    session.rep.expect("surface", 30, |event| event["width"] == 800).unwrap();
    session.rep.expect_node("viewer", 20, |node| node["id"] == "tool").unwrap();
    draw_across_the_landmark(&mut session, "a screen of another size");
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing")),
    ignore = "needs the plugins annotations and screen-sharing"
)]
fn a2_the_customer_draws_too_and_goes_on_with_what_lies_beneath() {
    let mut session = bare();
    let folder = tempfile::tempdir().unwrap();
    let typewriter = Typewriter::on(&session.desk, &folder.path().join("typed")).unwrap();
    let hands = Hands::on(&session.desk).unwrap();
    let (x, y, width, height) = hands.window("Typewriter").unwrap();
    let inside = Area::inside((x, y, width, height), 40, 30, 40, 30);
    take(&mut session.customer, "menu", "line");
    hands.drag(corners(inside).0, corners(inside).1).unwrap();
    expect_colour(&session.desk, VIOLET, inside, "the customer's stroke on their screen");
    expect_colour(&session.office, VIOLET, inside, "and at the rep's");
    hands.keys(&[ESCAPE]).unwrap();
    expect_stopped(&mut session.customer, "menu");
    // In the middle of the stroke: the click goes to the window beneath, and so do the keys.
    hands.click(x + width as i16 / 2, y + height as i16 / 2).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    hands.type_text("beneath").unwrap();
    wait_for(10, "what was typed beneath the drawing", || (typewriter.typed() == "beneath").then_some(()))
        .unwrap_or_else(|problem| panic!("{problem}: {:?}", typewriter.typed()));
    expect_colour(&session.desk, VIOLET, inside, "the stroke is still there");
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing")),
    ignore = "needs the plugins annotations and screen-sharing"
)]
fn a2_drawings_go_when_sharing_ends_and_a_new_picture_has_none() {
    let mut session = bare();
    take(&mut session.rep, "viewer", "rectangle");
    let (from, to) = corners(PLACE);
    Hands::on(&session.office).unwrap().drag(from, to).unwrap();
    expect_colour(&session.desk, VIOLET, PLACE, "the drawing");
    session.rep.act(SHARING, "stop", json!({})).unwrap();
    session.rep.expect("surface", 10, |event| event["state"] == "closed").unwrap();
    expect_no_colour(&session.desk, VIOLET, "the drawing goes with the picture");
    let mark = session.rep.mark();
    session.rep.act(SHARING, "show", json!({})).unwrap();
    session.rep.expect_after(mark, "surface", 20, |event| event["width"] == 1024).unwrap();
    session.rep.expect_node("viewer", 20, |node| node["id"] == "clear" && node["enabled"] == false).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    expect_no_colour(&session.desk, VIOLET, "nothing comes back");
    expect_no_colour(&session.office, VIOLET, "nor at the rep's");
}
