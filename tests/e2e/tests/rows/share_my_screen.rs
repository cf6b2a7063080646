//! M · The rep shows a display or one window, the customer watches, and the direction is switched within one session.

use crate::{ALL, Session};
use lotse_e2e::eyes::{Area, cut, find_colour};
use lotse_e2e::hands::Hands;
use lotse_e2e::patches::Patches;
use lotse_e2e::{Display, Picture, wait_for};
use serde_json::{Value, json};
use std::process::{Child, Command};
use std::time::Duration;

pub const SHARE: &str = "lotse.share-my-screen";
const SHARING: &str = "lotse.screen-sharing";
/// Round what is shown.
const FRAME: u32 = 0x00e0_452b;
/// A landmark on the rep's display, and the colour of the window that is shown.
const MARK: u32 = 0x0012_8456;
const MARK_AT: (i16, i16) = (40, 60);
pub const PAINT: u32 = 0x00aa_3377;

/// A window titled "Paint" that always looks the same, whoever has the keyboard. It ends with its value.
pub struct Paint(Child);

impl Paint {
    pub fn on(display: &Display) -> Self {
        let still = "printf '\\033[?25l'; exec sleep 300";
        let words = ["-geometry", "60x20+100+100", "-bg", "#aa3377", "-title", "Paint", "-e", "sh", "-c", still];
        let child = Command::new("xterm").args(words).env("DISPLAY", display.name()).spawn().unwrap();
        Hands::on(display).unwrap().window("Paint").unwrap();
        Self(child)
    }
}

impl Drop for Paint {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A rep with a small display, so that all of it has room in the customer's window at its own size.
fn session() -> Session {
    let mut session = Session::start_sized((1280, 960), (800, 600), ALL, &[]);
    session.rep.expect_node("menu", 20, |node| node["id"] == "share" && node["enabled"] != false).unwrap();
    session
}

/// Opens the chooser and gives its request and what it offers, once all of it is looked for.
fn offered(session: &mut Session) -> (Value, Vec<Value>) {
    let mark = session.rep.mark();
    session.rep.act(SHARE, "share", json!({})).unwrap();
    let choice = session.rep.expect_after(mark, "showing-choice", 30, |event| event["state"] == "complete").unwrap();
    (choice["request"].clone(), choice["sources"].as_array().cloned().unwrap_or_default())
}

/// Shows what `is` names, and gives the customer a window in which it stands pixel for pixel.
pub fn show(session: &mut Session, is: impl Fn(&Value) -> bool) {
    begin(session, is);
    session.customer.act(SHARE, "scale", json!({ "choice": "actual" })).unwrap();
    let hands = Hands::on(&session.desk).unwrap();
    hands.place("You are watching Anna Berg", 10, 30, 1240, 880).unwrap();
}

/// Shows what `is` names, and the customer sees it.
pub fn begin(session: &mut Session, is: impl Fn(&Value) -> bool) {
    let (request, sources) = offered(session);
    let source = sources.iter().find(|source| is(source)).unwrap_or_else(|| panic!("not offered: {sources:#?}"));
    let mark = (session.rep.mark(), session.customer.mark());
    let choice = json!({ "do": "choose-showing", "request": request, "source": source["source"] });
    session.rep.tell(&choice).unwrap();
    session.rep.expect_after(mark.0, "showing", 20, |event| event["on"] == true).unwrap();
    session.customer.expect_after(mark.1, "surface", 30, |event| event["width"] == source["width"]).unwrap();
}

pub fn is_display(source: &Value) -> bool {
    source["source"].as_str().is_some_and(|name| name.starts_with("display-"))
}

/// Waits until the customer's display has all of this picture, where the colour's rectangle says.
fn expect_shown(session: &Session, why: &str, wanted: impl Fn() -> Option<(Picture, Area)>, colour: u32) {
    let mut share = 0.0;
    wait_for(30, why, || {
        let (picture, at) = wanted()?;
        let desk = session.desk.picture().ok()?;
        let found = find_colour(&desk, colour)?;
        let (x, y) = (found.x.checked_sub(at.x)?, found.y.checked_sub(at.y)?);
        share = desk.share_equal(&picture, x, y);
        (share >= 1.0).then_some(())
    })
    .unwrap_or_else(|problem| {
        panic!("{problem}; equal: {share}\nrep: {}\ncustomer: {}", session.rep.errors(), session.customer.errors())
    });
}

#[test]
#[cfg_attr(
    not(all(plugin = "screen-sharing", plugin = "share-my-screen")),
    ignore = "needs the plugins screen-sharing and share-my-screen"
)]
fn m1_the_rep_shows_the_whole_screen_and_the_customer_sees_every_pixel_of_it() {
    let mut session = session();
    let patches = Patches::on(&session.office).unwrap();
    patches.add(MARK, MARK_AT.0, MARK_AT.1, 80, 50).unwrap();
    assert!(session.office.picture().unwrap().count(FRAME) < 100, "nothing is shown yet");
    show(&mut session, is_display);
    let whole = || {
        let office = session.office.picture().ok()?;
        let at = find_colour(&office, MARK)?;
        Some((office, at))
    };
    expect_shown(&session, "the whole screen", whole, MARK);
    assert!(session.office.picture().unwrap().count(FRAME) > 2_000, "the rep sees a frame round what is shown");

    let named = |node: &Value| node["label"] == "The customer watches: Screen 1 (800 × 600)";
    session.rep.expect_node("menu", 10, named).unwrap();

    // What the rep holds stands still, and the customer is told.
    session.rep.act(SHARE, "pause-sharing", json!({ "on": true })).unwrap();
    let held = |node: &Value| node["label"] == "The rep holds the picture.";
    session.customer.expect_node("menu", 10, held).unwrap();
    session.rep.act(SHARE, "pause-sharing", json!({ "on": false })).unwrap();

    // The customer closes the window: the session goes on, and nothing is shown any more.
    let mark = session.rep.mark();
    Hands::on(&session.desk).unwrap().close(watching(&session)).unwrap();
    session.customer.expect("surface", 10, |event| event["state"] == "closed").unwrap();
    session.rep.expect_after(mark, "showing", 10, |event| event["on"] == false).unwrap();
    session
        .rep
        .expect_after(mark, "notice", 10, |event| event["body"] == "The customer has closed the picture.")
        .unwrap();
    wait_for(10, "the frame to go", || (session.office.picture().ok()?.count(FRAME) < 100).then_some(())).unwrap();
    assert_eq!((session.rep.state().as_deref(), session.customer.state().as_deref()), (Some("active"), Some("active")));
}

fn watching(session: &Session) -> u32 {
    Hands::on(&session.desk).unwrap().id("You are watching Anna Berg").unwrap()
}

#[test]
#[cfg_attr(
    not(all(plugin = "screen-sharing", plugin = "share-my-screen")),
    ignore = "needs the plugins screen-sharing and share-my-screen"
)]
fn m1_one_window_is_shown_also_where_it_is_covered_and_ends_when_it_is_closed() {
    let mut session = session();
    let window = Paint::on(&session.office);
    let office_hands = Hands::on(&session.office).unwrap();
    office_hands.place("Paint", 150, 120, 420, 300).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let place = office_hands.window("Paint").unwrap();
    let area = Area::inside(place, 0, 0, 0, 0);
    let own = cut(&session.office.settle(300).unwrap(), area);
    let inner = find_colour(&own, PAINT).unwrap();
    let (request, sources) = offered(&mut session);
    let lotse = |source: &Value| {
        source["title"].as_str().is_some_and(|title| title.contains("Lotse") || title.contains("K. Weber"))
    };
    assert!(!sources.iter().any(lotse), "Lotse's own windows are not offered: {sources:#?}");
    session.rep.tell(&json!({ "do": "choose-showing", "request": request })).unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    show(&mut session, |source| source["title"] == "Paint");
    let wanted = || Some((own.clone(), inner));
    expect_shown(&session, "the window alone", wanted, PAINT);

    // Something lies over it, which nobody chose to show.
    let patches = Patches::on(&session.office).unwrap();
    patches.add(MARK, place.0 + 30, place.1 + 30, 120, 90).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert!(session.office.picture().unwrap().count(MARK) > 10_000, "it is covered");
    expect_shown(&session, "the covered window", wanted, PAINT);
    assert_eq!(session.desk.picture().unwrap().count(MARK), 0, "nothing of what covers it");

    // Minimised, its last picture stands and both are told.
    office_hands.minimise(office_hands.id("Paint").unwrap()).unwrap();
    session.rep.expect("showing", 10, |event| event["hidden"] == true).unwrap();
    let minimised = |node: &Value| node["label"].as_str().is_some_and(|label| label.contains("has minimised"));
    session.customer.expect_node("menu", 10, minimised).unwrap();
    expect_shown(&session, "the last picture", wanted, PAINT);

    let mark = (session.rep.mark(), session.customer.mark());
    drop(window);
    session.rep.expect_after(mark.0, "showing", 15, |event| event["on"] == false).unwrap();
    let closed = |event: &Value| event["body"] == "The window that was shown was closed.";
    session.rep.expect_after(mark.0, "notice", 10, closed).unwrap();
    session.customer.expect_after(mark.1, "surface", 10, |event| event["state"] == "closed").unwrap();
    assert_eq!(session.rep.state().as_deref(), Some("active"));
}

#[test]
#[cfg_attr(
    not(all(plugin = "screen-sharing", plugin = "share-my-screen")),
    ignore = "needs the plugins screen-sharing and share-my-screen"
)]
fn m1_nothing_is_shown_that_was_not_chosen_and_one_word_ends_it() {
    let mut session = session();
    let (request, _) = offered(&mut session);
    let wrong = json!({ "do": "choose-showing", "request": request, "source": "window-1" });
    session.rep.tell(&wrong).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert!(session.rep.expect("showing", 1, |_| true).is_err(), "what was not offered cannot be chosen");
    let mark = session.rep.mark();
    session.rep.tell(&json!({ "do": "choose-showing", "request": request })).unwrap();
    session.rep.expect_after(mark, "showing-choice", 10, |event| event["state"] == "over").unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    show(&mut session, is_display);
    let mark = (session.rep.mark(), session.customer.mark());
    session.rep.tell(&json!({ "do": "stop-showing" })).unwrap();
    session.rep.expect_after(mark.0, "showing", 10, |event| event["on"] == false).unwrap();
    session.customer.expect_after(mark.1, "surface", 10, |event| event["state"] == "closed").unwrap();
    session.rep.expect_node("menu", 10, |node| node["id"] == "stop-sharing" && node["enabled"] == false).unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "screen-sharing", plugin = "share-my-screen")),
    ignore = "needs the plugins screen-sharing and share-my-screen"
)]
fn m2_the_direction_is_switched_from_one_menu_both_ways_without_a_new_session() {
    let mut session = session();
    let both = || {
        let titles = session.rep.look("menu").ok()?;
        let menus = titles.iter().filter(|node| node["kind"] == "menu" && node["label"] == "Screen Sharing").count();
        (menus == 2).then_some(())
    };
    wait_for(30, "both plugins to stand in the menu of this name", both).unwrap();
    let began = session.rep.mark();

    let theirs = |session: &mut Session| {
        let mark = session.rep.mark();
        session.rep.act(SHARING, "show", json!({})).unwrap();
        session.rep.expect_after(mark, "surface", 20, |event| event["width"] == 1280).unwrap();
    };
    let not_theirs = |session: &mut Session| {
        let mark = session.rep.mark();
        session.rep.act(SHARING, "stop", json!({})).unwrap();
        session.rep.expect_after(mark, "surface", 10, |event| event["state"] == "closed").unwrap();
    };
    theirs(&mut session);
    not_theirs(&mut session);
    let patches = Patches::on(&session.office).unwrap();
    patches.add(MARK, MARK_AT.0, MARK_AT.1, 80, 50).unwrap();
    show(&mut session, is_display);
    let whole = || {
        let office = session.office.picture().ok()?;
        let at = find_colour(&office, MARK)?;
        Some((office, at))
    };
    expect_shown(&session, "the rep's screen", whole, MARK);
    let mark = session.customer.mark();
    session.rep.act(SHARE, "stop-sharing", json!({})).unwrap();
    session.customer.expect_after(mark, "surface", 10, |event| event["state"] == "closed").unwrap();
    theirs(&mut session);
    let anew = |event: &&Value| event["event"] == "session-state";
    assert_eq!(session.rep.events().iter().skip(began).filter(anew).count(), 0, "it is the same session all along");
}
