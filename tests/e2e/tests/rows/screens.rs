//! V1 · Several monitors, fit and one to one, scrolling, full screen, and the menu by real clicks.

use crate::{ALL, Session};
use lotse_e2e::eyes::{Area, cut, find_change, find_colour};
use lotse_e2e::hands::Hands;
use lotse_e2e::patches::Patches;
use lotse_e2e::{CustomerOptions, Display, RepOptions, Stage, wait_for};
use serde_json::json;
use std::process::Command;
use std::time::Duration;

const SHARING: &str = "lotse.screen-sharing";
const F9: u32 = 0xffc6;
const ESCAPE: u32 = 0xff1b;

/// Landmarks in the four corners of a screen of 1024 × 768: colour, and left upper corner.
const CORNERS: [(u32, i16, i16); 4] =
    [(0x0011_aa77, 24, 24), (0x00aa_1177, 920, 24), (0x0077_aa11, 24, 684), (0x0011_77aa, 920, 684)];
const CORNER: (u16, u16) = (80, 60);
/// Room of the viewer in which not all of that can be seen.
const SMALL: (u16, u16) = (640, 520);

/// Opens the menu at `x` of the bar of the session's window, and clicks its first entry.
pub fn choose_first(session: &Session, x: i16) {
    let hands = Hands::on(&session.office).unwrap();
    let window = hands.window("K. Weber").unwrap();
    hands.move_to(window.0 + 300, window.1 + 400).unwrap();
    let before = session.office.settle(300).unwrap();
    hands.click(window.0 + x, window.1 + 19).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let after = session.office.picture().unwrap();
    // The menu hangs under the bar, and begins left of anything else that may have changed meanwhile.
    let Some(menu) = find_change(&before, &after, Area::inside(window, 0, 40, 0, 60)) else { return };
    hands.click(menu.x as i16 + 50, menu.y as i16 + 22).unwrap();
    std::thread::sleep(Duration::from_millis(300));
}

/// Where the session's window is expected, so that nothing hides its menus.
pub fn put_in_front(session: &Session) {
    Hands::on(&session.office).unwrap().place("K. Weber", 30, 40, 560, 640).unwrap();
    std::thread::sleep(Duration::from_millis(700));
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v1_the_chat_windows_menu_shows_the_screen_by_real_clicks() {
    let mut session = Session::start(ALL, &[]);
    session.rep.expect_node("menu", 20, |node| node["id"] == "show" && node["enabled"] != false).unwrap();
    put_in_front(&session);
    // All menus in one row.
    Hands::on(&session.office).unwrap().place("K. Weber", 30, 40, 1000, 640).unwrap();
    // Between Session and Tools stand the plugins' menus; the others' first entries do no harm.
    let shown = (130..800).step_by(45).any(|x| {
        choose_first(&session, x);
        session.rep.expect("surface", 2, |event| event["width"].as_u64().unwrap_or(0) > 0).is_ok()
    });
    assert!(shown, "no menu showed the screen; the rep's program said {:#?}", session.rep.events());
    Hands::on(&session.office).unwrap().window("screen").unwrap();
}

/// A customer with a monitor of 800 × 600 at the left and another one at the right.
pub fn two_monitors() -> Display {
    let desk = Display::start(1600, 600).unwrap();
    for (name, place, output) in [("left", "800/211x600/158+0+0", "screen"), ("right", "800/211x600/158+800+0", "none")]
    {
        let set = Command::new("xrandr")
            .args(["-display", desk.name(), "--setmonitor", name, place, output])
            .output()
            .unwrap();
        assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    }
    desk
}

/// A customer with two monitors, of which one fills the rep's display one to one.
pub fn one_of_two(desk: Display) -> Session {
    let office = Display::start(800, 600).unwrap();
    let stage = Stage::start().unwrap();
    let bare = ["--view", "--control", "--viewer-geometry", "800x600+0+0", "--viewer-bare", "--scale", "1"];
    let rep = stage.rep(&office, &RepOptions { arguments: bare.to_vec() }).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &stage.code().unwrap(), &options).unwrap();
    let session = Session { rep, customer, desk, office, stage };
    session.picture_is_there();
    session
}

/// Waits until the rep's display shows this part of the customer's.
pub fn expect_part(session: &Session, part: Area, why: &str) {
    let mut share = 0.0;
    wait_for(20, why, || {
        let (desk, office) = (session.desk.picture().ok()?, session.office.picture().ok()?);
        share = office.share_equal(&cut(&desk, part), 0, 0);
        (share >= 1.0).then_some(())
    })
    .unwrap_or_else(|problem| panic!("{problem}; equal: {share}; {}", session.rep.errors()));
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v1_two_monitors_are_offered_and_each_is_shown_to_the_pixel() {
    let desk = two_monitors();
    let patches = Patches::on(&desk).unwrap();
    patches.add(0x0012_3456, 500, 420, 200, 100).unwrap();
    patches.add(0x0065_4321, 1300, 300, 200, 100).unwrap();
    let mut session = one_of_two(desk);
    let desk_hands = Hands::on(&session.desk).unwrap();
    desk_hands.place("Lotse", 10, 30, 380, 520).unwrap();
    session.rep.expect_node("viewer", 20, |node| node["id"] == "monitor" && node["label"] == "Monitor").unwrap();
    let mut monitor = |name: &str| {
        let label = |node: &serde_json::Value| node["label"].as_str().is_some_and(|label| label.contains(name));
        let option = session.rep.expect_node("viewer", 10, |node| node["kind"] == "item" && label(node)).unwrap();
        option["id"].as_str().unwrap().to_owned()
    };
    let (left, right) = (monitor("left"), monitor("right"));
    for (display, part) in [
        (&right, Area::new(800, 0, 800, 600)),
        (&left, Area::new(0, 0, 800, 600)),
        (&right, Area::new(800, 0, 800, 600)),
    ] {
        session.rep.act(SHARING, "monitor", json!({ "choice": display })).unwrap();
        session
            .rep
            .expect_node("viewer", 20, |node| node["id"] == "monitor" && node["choice"] == display.as_str())
            .unwrap();
        expect_part(&session, part, "the chosen monitor");
    }
    // Input goes where the picture is.
    session.rep.expect_node("viewer", 20, |node| node["id"] == "control" && node["on"] == true).unwrap();
    let office_hands = Hands::on(&session.office).unwrap();
    let mut at = (0, 0);
    wait_for(10, "the pointer on the second monitor", || {
        office_hands.move_to(200, 500).ok()?;
        office_hands.move_to(210, 510).ok()?;
        std::thread::sleep(Duration::from_millis(100));
        at = desk_hands.pointer().ok()?;
        (at == (1010, 510)).then_some(())
    })
    .unwrap_or_else(|problem| panic!("{problem}: it is at {at:?}"));
}

/// A session with a viewer that is smaller than the customer's screen, and landmarks on that.
fn small_viewer() -> (Session, Patches) {
    let session = Session::start_sized((1024, 768), (1280, 900), ALL, &["--view"]);
    session.picture_is_there();
    Hands::on(&session.desk).unwrap().place("Lotse", 340, 130, 340, 480).unwrap();
    let patches = Patches::on(&session.desk).unwrap();
    for (colour, x, y) in CORNERS {
        patches.add(colour, x, y, CORNER.0, CORNER.1).unwrap();
    }
    let hands = Hands::on(&session.office).unwrap();
    hands.place("screen", 60, 60, SMALL.0.into(), SMALL.1.into()).unwrap();
    wait_for(10, "the viewer's new size", || {
        hands.window_now("screen").filter(|window| (window.2, window.3) == SMALL).map(|_| ())
    })
    .unwrap();
    (session, patches)
}

/// By how much the whole screen is scaled in the rep's picture, if all four landmarks are there.
fn fitted(session: &Session) -> Option<f64> {
    let office = session.office.picture().ok()?;
    let corners: Vec<Area> = CORNERS.iter().filter_map(|(colour, ..)| find_colour(&office, *colour)).collect();
    let [first, .., last] = corners.as_slice() else { return None };
    if corners.len() < CORNERS.len() || last.x <= first.x || last.y <= first.y {
        return None;
    }
    let (across, down) = ((last.x - first.x) as f64 / 896.0, (last.y - first.y) as f64 / 660.0);
    ((across - down).abs() < 0.02).then_some(across)
}

/// Whether a landmark and what lies round it are shown pixel for pixel. `part` is of the customer's screen.
fn exactly(session: &Session, corner: (u32, i16, i16), part: Area) -> bool {
    let (Ok(desk), Ok(office)) = (session.desk.picture(), session.office.picture()) else { return false };
    let Some(mark) = find_colour(&office, corner.0) else { return false };
    if (mark.width, mark.height) != (CORNER.0.into(), CORNER.1.into()) {
        return false;
    }
    let at = |mark: usize, corner: i16, part: usize| (mark + part).checked_sub(usize::try_from(corner).ok()?);
    let (Some(x), Some(y)) = (at(mark.x, corner.1, part.x), at(mark.y, corner.2, part.y)) else { return false };
    office.share_equal(&cut(&desk, part), x, y) >= 1.0
}

/// Turns the wheel, down and to the right, until the picture's last part is there to the pixel.
fn wheel_to_the_lower_right(session: &Session, hands: &Hands) {
    wait_for(30, "the wheel to reach the lower right part", || {
        hands.button(5).ok()?;
        hands.button(7).ok()?;
        std::thread::sleep(Duration::from_millis(120));
        exactly(session, CORNERS[3], LOWER_RIGHT).then_some(())
    })
    .unwrap();
}

const UPPER_LEFT: Area = Area::new(0, 0, 420, 320);
const LOWER_RIGHT: Area = Area::new(604, 448, 420, 320);

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v1_fit_shows_all_of_it_and_one_to_one_scrolls_to_every_corner() {
    let (mut session, _patches) = small_viewer();
    let scale = wait_for(20, "all of the screen, made smaller", || fitted(&session)).unwrap();
    assert!((0.3..0.7).contains(&scale), "{scale}");
    session.rep.act(SHARING, "scale", json!({ "choice": "actual" })).unwrap();
    wait_for(20, "the upper left part to the pixel", || exactly(&session, CORNERS[0], UPPER_LEFT).then_some(()))
        .unwrap();
    assert!(fitted(&session).is_none(), "not all of it has room");
    let hands = Hands::on(&session.office).unwrap();
    let (x, y, width, height) = hands.window("screen").unwrap();
    let middle = (x + width as i16 / 2, y + height as i16 / 2);
    hands.move_to(middle.0 - 5, middle.1).unwrap();
    hands.move_to(middle.0, middle.1).unwrap();
    wheel_to_the_lower_right(&session, &hands);
    wait_for(30, "the wheel to bring the upper left part back", || {
        hands.button(4).ok()?;
        hands.button(6).ok()?;
        std::thread::sleep(Duration::from_millis(120));
        exactly(&session, CORNERS[0], UPPER_LEFT).then_some(())
    })
    .unwrap();
    session.rep.act(SHARING, "scale", json!({ "choice": "fit" })).unwrap();
    wait_for(20, "all of the screen again", || fitted(&session)).unwrap();
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v1_full_screen_covers_the_display_and_its_keys_lead_out() {
    let (mut session, _patches) = small_viewer();
    wait_for(20, "all of the screen, made smaller", || fitted(&session)).unwrap();
    // What the menu says about the key is what the key does.
    session
        .rep
        .expect_node("tools", 10, |node| node["id"] == "full-screen" && node["shortcut"] == "F9" && node["on"] == false)
        .unwrap();
    let hands = Hands::on(&session.office).unwrap();
    let (x, y, width, height) = hands.window("screen").unwrap();
    for leave in [F9, ESCAPE] {
        hands.click(x + width as i16 / 2, y + height as i16 / 2).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        hands.keys(&[F9]).unwrap();
        wait_for(20, "the viewer to cover the display", || {
            (hands.window_now("screen")? == (0, 0, 1280, 900)).then_some(())
        })
        .unwrap();
        let scale = wait_for(20, "the whole screen, made larger", || fitted(&session).filter(|scale| *scale > 1.0));
        assert!((1.1..1.3).contains(&scale.unwrap()));
        std::thread::sleep(Duration::from_millis(500));
        hands.keys(&[leave]).unwrap();
        wait_for(20, "the viewer in its window again", || {
            hands.window_now("screen").filter(|window| (window.2, window.3) == SMALL).map(|_| ())
        })
        .unwrap_or_else(|problem| panic!("{leave:#x}: {problem}"));
        wait_for(20, "all of the screen, made smaller", || fitted(&session).filter(|scale| *scale < 0.7)).unwrap();
    }
}

/// Puts the viewer into full screen, with the pointer in its middle.
fn full_screen(session: &mut Session, office: (u16, u16)) -> Hands {
    session.rep.expect_node("tools", 10, |node| node["id"] == "full-screen").unwrap();
    session.rep.act(SHARING, "full-screen", json!({ "on": true })).unwrap();
    let hands = Hands::on(&session.office).unwrap();
    hands.move_to(office.0 as i16 / 2, office.1 as i16 / 2).unwrap();
    wait_for(20, "the viewer to cover the display", || {
        (hands.window_now("screen")? == (0, 0, office.0, office.1)).then_some(())
    })
    .unwrap();
    hands
}

/// Scar: two rows were kept for the hidden bar, so that a screen of the same size was scaled, and blurred by that.
#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v1_full_screen_on_a_screen_of_the_same_size_shows_every_pixel() {
    let mut session = Session::start_sized((1024, 768), (1024, 768), ALL, &["--view"]);
    session.picture_is_there();
    let hands = full_screen(&mut session, (1024, 768));
    session.expect_exact("the whole screen, pixel for pixel");
    // The bar still comes to a pointer at the upper edge, and goes again.
    hands.move_to(500, 0).unwrap();
    let there =
        || (session.office.picture().ok()?.share_equal(&session.desk.picture().ok()?, 0, 0) < 1.0).then_some(());
    wait_for(10, "the bar", there).unwrap();
    hands.move_to(500, 600).unwrap();
    session.expect_exact("the bar is gone");
}

/// Scar: in full screen a picture in its own size that is larger could not be scrolled.
#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v1_one_to_one_in_full_screen_scrolls_by_wheel_and_by_dragging() {
    let mut session = Session::start_sized((1024, 768), (800, 600), ALL, &["--view"]);
    session.picture_is_there();
    Hands::on(&session.desk).unwrap().place("Lotse", 340, 130, 340, 480).unwrap();
    let patches = Patches::on(&session.desk).unwrap();
    for (colour, x, y) in CORNERS {
        patches.add(colour, x, y, CORNER.0, CORNER.1).unwrap();
    }
    session.rep.act(SHARING, "scale", json!({ "choice": "actual" })).unwrap();
    let hands = full_screen(&mut session, (800, 600));
    wait_for(20, "the upper left part to the pixel", || exactly(&session, CORNERS[0], UPPER_LEFT).then_some(()))
        .unwrap();
    wheel_to_the_lower_right(&session, &hands);
    wait_for(30, "dragging to bring the upper left part back", || {
        hands.drag((200, 150), (600, 450)).ok()?;
        std::thread::sleep(Duration::from_millis(700));
        exactly(&session, CORNERS[0], UPPER_LEFT).then_some(())
    })
    .unwrap();
}
