//! A · Drawings over what the rep shows, a whole screen or one window: by the customer in the window where they watch and by the
//! rep over their own screen, seen by both until the showing ends.

use crate::annotations::{
    ANNOTATIONS, PLACE, VIOLET, choose, clear, corners, expect_change, expect_colour, expect_no_colour, stop, take,
};
use crate::share_my_screen::{PAINT, Paint, SHARE, is_display, show};
use crate::{ALL, Session};
use lotse_e2e::eyes::{Area, cut, find_change, find_colour};
use lotse_e2e::hands::Hands;
use lotse_e2e::patches::Patches;
use lotse_e2e::{Program, wait_for};
use serde_json::json;
use std::time::Duration;

const GREEN: u32 = 0x001e_9e4f;
/// Says where the picture stands on the customer's display.
const MARK: u32 = 0x0012_8456;
const MARK_PLACE: Area = Area::new(40, 60, 80, 50);
/// Something that can be darkened, away from where the light falls.
const BRIGHT: u32 = 0x0012_8877;
const BRIGHT_PLACE: Area = Area::new(40, 500, 400, 200);
/// Where a second stroke lies.
const LOWER: Area = Area::new(PLACE.x, 430, 200, 50);

/// The rep's own windows leave room at the left of their display, all of which has room in the customer's window.
fn started() -> Session {
    let mut session = Session::start_sized((1280, 960), (1024, 768), ALL, &[]);
    session.rep.expect_node("menu", 20, |node| node["id"] == "share" && node["enabled"] != false).unwrap();
    let hands = Hands::on(&session.office).unwrap();
    hands.place_window(hands.id_of("Lotse").unwrap(), 520, 40, 480, 600).unwrap();
    hands.place("K. Weber", 520, 80, 480, 600).unwrap();
    session
}

/// Where the upper left corner of the picture is on the customer's display, once it stands still there pixel for pixel.
/// `inside`: where in the picture this colour lies.
fn corner(session: &Session, colour: u32, inside: Area) -> (usize, usize) {
    let mut last = None;
    wait_for(30, "the picture in the customer's window", || {
        let now = find_colour(&session.desk.settle(300).ok()?, colour);
        let before = std::mem::replace(&mut last, now);
        let found =
            now.filter(|found| before == now && (found.width, found.height) == (inside.width, inside.height))?;
        Some((found.x.checked_sub(inside.x)?, found.y.checked_sub(inside.y)?))
    })
    .unwrap_or_else(|problem| panic!("{problem}: {last:?}; {}", session.customer.errors()))
}

/// The rep shows their whole screen; where it begins on the customer's display.
fn whole_screen() -> (Session, Patches, (usize, usize)) {
    let mut session = started();
    let patches = Patches::on(&session.office).unwrap();
    for (colour, place) in [(MARK, MARK_PLACE), (BRIGHT, BRIGHT_PLACE)] {
        let (x, y) = corners(place).0;
        patches.add(colour, x, y, place.width as u16, place.height as u16).unwrap();
    }
    show(&mut session, is_display);
    let at = corner(&session, MARK, MARK_PLACE);
    (session, patches, at)
}

/// A place of the picture, where its upper left corner is there.
fn from(at: (usize, usize), place: Area) -> Area {
    Area::new(at.0 + place.x, at.1 + place.y, place.width, place.height)
}

fn take_green(program: &mut Program, tool: &str) {
    take(program, "menu", tool);
    choose(program, "colour", "green");
    program.expect_node("menu", 10, |node| node["id"] == "colour" && node["choice"] == "green").unwrap();
    std::thread::sleep(Duration::from_millis(300));
}

/// The rep ends the showing, and nothing of what was drawn is left on either display.
fn end(session: &mut Session) {
    let mark = session.customer.mark();
    session.rep.act(SHARE, "stop-sharing", json!({})).unwrap();
    session.customer.expect_after(mark, "surface", 10, |event| event["state"] == "closed").unwrap();
    for display in [&session.desk, &session.office] {
        for colour in [VIOLET, GREEN] {
            expect_no_colour(display, colour, "drawings go with the picture");
        }
    }
}

/// Scar: what the customer drew in their window was passed over, and words on the picture were not shown there.
#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing", plugin = "share-my-screen")),
    ignore = "needs the plugins annotations, screen-sharing and share-my-screen"
)]
fn a1_the_customer_draws_with_each_tool_over_the_reps_screen_and_both_see_it() {
    let (mut session, _patches, at) = whole_screen();
    let hands = Hands::on(&session.desk).unwrap();
    let there = from(at, PLACE);
    let (begin, end) = corners(there);
    for tool in ["pen", "line", "arrow", "rectangle", "ellipse"] {
        take(&mut session.customer, "menu", tool);
        hands.drag(begin, end).unwrap();
        expect_colour(&session.desk, VIOLET, there, tool);
        expect_colour(&session.office, VIOLET, PLACE, tool);
        clear(&mut session.customer, "menu");
        expect_no_colour(&session.desk, VIOLET, tool);
        expect_no_colour(&session.office, VIOLET, tool);
    }
    take(&mut session.customer, "menu", "text");
    hands.click(begin.0, begin.1).unwrap();
    hands.type_text("hier").unwrap();
    for (display, place) in [(&session.desk, there), (&session.office, PLACE)] {
        let mut found = None;
        wait_for(15, "the text", || {
            found = find_colour(&display.picture().ok()?, VIOLET);
            let near = |area: &Area| area.x.abs_diff(place.x) <= 16 && area.y.abs_diff(place.y) <= 32;
            found.filter(|area| near(area) && area.width > 40).map(|_| ())
        })
        .unwrap_or_else(|problem| panic!("{problem} on {}: {found:?}", display.name()));
    }
    stop(&mut session.customer, "menu");
    assert_eq!((session.rep.state().as_deref(), session.customer.state().as_deref()), (Some("active"), Some("active")));
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing", plugin = "share-my-screen")),
    ignore = "needs the plugins annotations, screen-sharing and share-my-screen"
)]
fn a1_the_customers_highlighter_spotlight_and_pointer_are_seen_on_the_reps_screen() {
    let (mut session, _patches, at) = whole_screen();
    let hands = Hands::on(&session.desk).unwrap();
    let (begin, end) = corners(from(at, PLACE));
    for (tool, seen) in [("highlighter", PLACE), ("spotlight", BRIGHT_PLACE)] {
        let before = (session.desk.settle(400).unwrap(), session.office.settle(400).unwrap());
        take(&mut session.customer, "menu", tool);
        hands.drag(begin, end).unwrap();
        expect_change(&session.desk, &before.0, from(at, seen), tool);
        expect_change(&session.office, &before.1, seen, tool);
        clear(&mut session.customer, "menu");
    }
    stop(&mut session.customer, "menu");
    let office_hands = Hands::on(&session.office).unwrap();
    let reps_own = office_hands.pointer().unwrap();
    let before = session.office.settle(400).unwrap();
    let pointer = Area::new(PLACE.x - 8, PLACE.y - 8, 60, 60);
    session.customer.act(ANNOTATIONS, "pointer", json!({ "on": true })).unwrap();
    session.customer.expect_node("menu", 10, |node| node["id"] == "pointer" && node["on"] == true).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    hands.move_to(begin.0 - 5, begin.1).unwrap();
    hands.move_to(begin.0, begin.1).unwrap();
    expect_change(&session.office, &before, pointer, "the customer's pointer");
    assert_eq!(office_hands.pointer().unwrap(), reps_own, "the rep's own stays theirs");
    session.customer.act(ANNOTATIONS, "pointer", json!({ "on": false })).unwrap();
    wait_for(15, "the pointer to go", || {
        find_change(&before, &session.office.picture().ok()?, pointer).is_none().then_some(())
    })
    .unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing", plugin = "share-my-screen")),
    ignore = "needs the plugins annotations, screen-sharing and share-my-screen"
)]
fn a2_both_draw_over_the_reps_screen_and_the_strokes_go_when_the_showing_ends() {
    let (mut session, _patches, at) = whole_screen();
    let (begin, end_at) = corners(from(at, PLACE));
    take(&mut session.customer, "menu", "line");
    Hands::on(&session.desk).unwrap().drag(begin, end_at).unwrap();
    expect_colour(&session.office, VIOLET, PLACE, "the customer's stroke on the rep's screen");
    let office_hands = Hands::on(&session.office).unwrap();
    for tool in ["pen", "rectangle", "line"] {
        take_green(&mut session.rep, tool);
        office_hands.drag(corners(LOWER).0, corners(LOWER).1).unwrap();
        expect_colour(&session.office, GREEN, LOWER, tool);
        expect_colour(&session.desk, GREEN, from(at, LOWER), tool);
        if tool != "line" {
            session.rep.act(ANNOTATIONS, "undo", json!({})).unwrap();
            expect_no_colour(&session.desk, GREEN, "the rep takes their own back");
        }
        expect_colour(&session.office, VIOLET, PLACE, "the customer's stays");
        expect_colour(&session.desk, VIOLET, from(at, PLACE), "the customer's stays");
    }
    end(&mut session);

    show(&mut session, is_display);
    corner(&session, MARK, MARK_PLACE);
    for program in [&mut session.customer, &mut session.rep] {
        program.expect_node("menu", 20, |node| node["id"] == "clear" && node["enabled"] == false).unwrap();
    }
    std::thread::sleep(Duration::from_secs(1));
    for display in [&session.desk, &session.office] {
        expect_no_colour(display, VIOLET, "nothing comes back");
        expect_no_colour(display, GREEN, "nothing comes back");
    }
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing", plugin = "share-my-screen")),
    ignore = "needs the plugins annotations, screen-sharing and share-my-screen"
)]
fn a2_one_window_that_is_shown_is_drawn_on_by_both_and_the_strokes_follow_it() {
    let inside = Area::new(80, 60, 200, 100);
    let below = Area::new(80, 200, 200, 50);
    let mut session = started();
    let _window = Paint::on(&session.office);
    let office_hands = Hands::on(&session.office).unwrap();
    office_hands.place("Paint", 50, 120, 420, 300).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let place = office_hands.window("Paint").unwrap();
    let corner_of = |place: (i16, i16, u16, u16)| (place.0 as usize, place.1 as usize);
    let own = cut(&session.office.settle(300).unwrap(), Area::inside(place, 0, 0, 0, 0));
    show(&mut session, |source| source["title"] == "Paint");
    let at = corner(&session, PAINT, find_colour(&own, PAINT).unwrap());
    let office = corner_of(place);

    take(&mut session.customer, "menu", "rectangle");
    let (begin, end_at) = corners(from(at, inside));
    Hands::on(&session.desk).unwrap().drag(begin, end_at).unwrap();
    expect_colour(&session.desk, VIOLET, from(at, inside), "the customer's stroke in their window");
    expect_colour(&session.office, VIOLET, from(office, inside), "and over the window that is shown");
    take_green(&mut session.rep, "line");
    let (begin, end_at) = corners(from(office, below));
    office_hands.drag(begin, end_at).unwrap();
    expect_colour(&session.office, GREEN, from(office, below), "the rep's stroke over their window");
    expect_colour(&session.desk, GREEN, from(at, below), "and at the customer's");
    stop(&mut session.rep, "menu");

    office_hands.place("Paint", 50, 300, place.2.into(), place.3.into()).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let moved = corner_of(office_hands.window("Paint").unwrap());
    assert_ne!(moved, office);
    expect_colour(&session.office, VIOLET, from(moved, inside), "it goes with its window");
    expect_colour(&session.desk, VIOLET, from(at, inside), "where the customer sees no move");
    end(&mut session);
}
