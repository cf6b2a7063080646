//! A · Drawings on one of several monitors, seen once, on a display that is unplugged in mid-stroke, and without end.

use crate::Session;
use crate::annotations::{
    ANNOTATIONS, BRIGHT, PLACE, VIOLET, bare, choose, clear, corners, expect_change, expect_colour, expect_no_colour,
    something_bright, stop, take,
};
use crate::other_ends::{framed, runtime, shared};
use crate::screens::{expect_part, one_of_two, two_monitors};
use lotse_e2e::eyes::{Area, find_colour};
use lotse_e2e::hands::Hands;
use lotse_e2e::neighbour::paint;
use lotse_e2e::{Display, Stage, wait_for};
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;

const SHARING: &str = "lotse.screen-sharing";
const LEFT: Area = Area::new(0, 0, 800, 600);
const RIGHT: Area = Area::new(800, 0, 800, 600);

/// One of the customer's two monitors fills the rep's display.
fn two() -> Session {
    let session = one_of_two(two_monitors());
    // Beside where the tests draw: no drawing covers it.
    Hands::on(&session.desk).unwrap().place("Lotse", 455, 40, 340, 500).unwrap();
    session
}

/// Has the rep look at the monitor of this name, which lies there on the customer's desktop.
fn look_at(session: &mut Session, name: &str, part: Area) {
    let is = |node: &Value| node["kind"] == "item" && node["label"].as_str().is_some_and(|label| label.contains(name));
    let option = session.rep.expect_node("viewer", 20, is).unwrap();
    session.rep.act(SHARING, "monitor", json!({ "choice": option["id"] })).unwrap();
    let chosen = |node: &Value| node["id"] == "monitor" && node["choice"] == option["id"];
    session.rep.expect_node("viewer", 20, chosen).unwrap();
    expect_part(session, part, name);
}

fn on(part: Area) -> Area {
    Area::new(part.x + PLACE.x, part.y + PLACE.y, PLACE.width, PLACE.height)
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing")),
    ignore = "needs the plugins annotations and screen-sharing"
)]
fn a2_a_stroke_lies_on_the_monitor_that_is_shown_and_goes_when_another_one_is() {
    let mut session = two();
    let (from, to) = corners(PLACE);
    let hands = Hands::on(&session.office).unwrap();
    for (name, part) in [("right", RIGHT), ("left", LEFT)] {
        look_at(&mut session, name, part);
        expect_no_colour(&session.desk, VIOLET, "another monitor has another picture");
        take(&mut session.rep, "viewer", "line");
        hands.drag(from, to).unwrap();
        // Nowhere else: the rectangle is round everything that has the colour.
        expect_colour(&session.desk, VIOLET, on(part), name);
        expect_colour(&session.office, VIOLET, PLACE, name);
        stop(&mut session.rep, "viewer");
    }
}

/// Scar: who showed a monitor that was unplugged was told that the capture had ended, though another was there to be shown.
#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing")),
    ignore = "needs the plugins annotations and screen-sharing"
)]
fn a2_a_monitor_that_is_unplugged_in_mid_stroke_takes_the_stroke_along_and_the_other_one_is_shown() {
    let mut session = two();
    look_at(&mut session, "right", RIGHT);
    let (from, to) = corners(PLACE);
    let hands = Hands::on(&session.office).unwrap();
    take(&mut session.rep, "viewer", "pen");
    hands.move_to(from.0, from.1).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    hands.hold(true).unwrap();
    for step in 1..=4 {
        hands.move_to(from.0 + 20 * step, from.1 + 10 * step).unwrap();
        std::thread::sleep(Duration::from_millis(60));
    }
    wait_for(15, "the stroke on the customer's screen", || find_colour(&session.desk.picture().ok()?, VIOLET)).unwrap();

    let gone =
        Command::new("xrandr").args(["-display", session.desk.name(), "--delmonitor", "right"]).output().unwrap();
    assert!(gone.status.success(), "{}", String::from_utf8_lossy(&gone.stderr));
    expect_no_colour(&session.desk, VIOLET, "the stroke goes with its monitor");
    hands.move_to(to.0, to.1).unwrap();
    hands.hold(false).unwrap();
    expect_part(&session, LEFT, "the monitor that is left");

    take(&mut session.rep, "viewer", "line");
    hands.drag(from, to).unwrap();
    expect_colour(&session.desk, VIOLET, PLACE, "and it can be drawn on");
    expect_colour(&session.office, VIOLET, PLACE, "on both sides");
    for program in [&session.rep, &session.customer] {
        assert_eq!(program.state().as_deref(), Some("active"));
    }
}

/// What is translucent would be denser where it is drawn over a picture that contains it.
#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing")),
    ignore = "needs the plugins annotations and screen-sharing"
)]
fn a2_what_lies_on_the_shared_screen_is_seen_once_at_the_reps() {
    let mut session = bare();
    let hands = Hands::on(&session.office).unwrap();
    let (from, to) = corners(PLACE);
    let _bright = something_bright(&session);
    for (tool, seen) in [("highlighter", PLACE), ("spotlight", BRIGHT), ("pen", PLACE)] {
        let before = session.desk.settle(400).unwrap();
        take(&mut session.rep, "viewer", tool);
        hands.drag(from, to).unwrap();
        expect_change(&session.desk, &before, seen, tool);
        stop(&mut session.rep, "viewer");
        session.expect_exact(tool);
        clear(&mut session.rep, "viewer");
        session.expect_exact("nothing is left of it");
    }
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing")),
    ignore = "needs the plugins annotations and screen-sharing"
)]
fn a1_each_colour_is_drawn_on_both_sides_and_wider_is_wider() {
    let mut session = bare();
    let hands = Hands::on(&session.office).unwrap();
    let (from, to) = ((PLACE.x as i16, 320), ((PLACE.x + PLACE.width) as i16, 320));
    let colours = [
        ("red", 0x00e5_383b),
        ("orange", 0x00d9_650b),
        ("green", 0x001e_9e4f),
        ("blue", 0x001f_7ae0),
        ("violet", VIOLET),
        ("pink", 0x00e0_359b),
    ];
    take(&mut session.rep, "viewer", "line");
    for (at, (colour, pixels)) in colours.into_iter().enumerate() {
        choose(&mut session.rep, "colour", colour);
        let mut heights = Vec::new();
        for width in ["thin", "medium", "thick"] {
            choose(&mut session.rep, "width", width);
            for (id, name) in [("colour", colour), ("width", width)] {
                session.rep.expect_node("viewer", 10, |node| node["id"] == id && node["choice"] == name).unwrap();
            }
            std::thread::sleep(Duration::from_millis(200));
            hands.drag(from, to).unwrap();
            let long = |area: &Area| area.width + 16 > PLACE.width;
            let seen = |display: &Display| {
                let why = format!("{colour}, {width}, on {}", display.name());
                wait_for(15, &why, || find_colour(&display.picture().ok()?, pixels).filter(long)).unwrap()
            };
            heights.push((seen(&session.desk).height, seen(&session.office).height));
            clear(&mut session.rep, "viewer");
            expect_no_colour(&session.desk, pixels, colour);
            expect_no_colour(&session.office, pixels, colour);
            // One colour in each width, the others in one.
            if at > 0 {
                break;
            }
        }
        let wider = heights.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1);
        assert!(wider, "{colour}: {heights:?}");
    }
    stop(&mut session.rep, "viewer");
}

/// A stroke of one point, in pen, red and thin, on a board that nobody has.
fn stroke(number: u32) -> Vec<u8> {
    let mut message = vec![1];
    message.extend(number.to_be_bytes());
    message.extend(0_u64.to_be_bytes());
    message.extend([1, 0, 0, 0, 1, 0, 0]);
    framed(&message)
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing")),
    ignore = "needs the plugins annotations and screen-sharing"
)]
fn a1_strokes_without_end_are_stopped_and_named_and_the_picture_goes_on() {
    let desk = Display::start(1024, 768).unwrap();
    let stage = Stage::start().unwrap();
    let runtime = runtime();
    let (customer, mut sharing) = shared(&runtime, &desk, &stage);
    let number = sharing.end.number_of(ANNOTATIONS).unwrap();
    let (mut stream, _answers) = runtime.block_on(sharing.end.open(number, "annotations")).unwrap();
    let flood: Vec<u8> = (1..=60_000).flat_map(stroke).collect();
    let poured = async {
        stream.write_all(&framed(&[0, 1, 0, 0])).await?;
        // The other side may end the stream before all of it is written.
        stream.write_all(&flood).await
    };
    let _ = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(30), poured).await });
    let named = |event: &Value| event["body"].as_str().is_some_and(|body| body.contains("drawings without end"));
    customer.expect("notice", 30, named).unwrap();
    // The picture's stream has taken no notice.
    runtime.block_on(sharing.take(Duration::from_secs(3))).unwrap();
    let _painted = paint(&desk, "#aa3377").unwrap();
    assert!(runtime.block_on(sharing.take(Duration::from_secs(5))).unwrap() > 0, "a change is seen");
    assert_eq!(customer.state().as_deref(), Some("active"));
}
