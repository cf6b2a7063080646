//! C · The customer's way in.

use crate::{ALL, Session};
use lotse_e2e::eyes::{Area, cut, find_colour};
use lotse_e2e::hands::Hands;
use lotse_e2e::{CustomerOptions, Display, RepOptions, Stage, wait_for};
use serde_json::json;
use std::time::Duration;

const TAB: u32 = 0xff09;
const SPACE: u32 = 0x20;
const CONTROL: u32 = 0xffe3;
const ALT: u32 = 0xffe9;
const END: u32 = 0xff57;

/// Answers the question on the screen as a person at the customer's keyboard does.
pub fn answer(desk: &Display, allow: bool) {
    let hands = Hands::on(desk).unwrap();
    let (x, y, width, _) = hands.window("Lotse").unwrap();
    std::thread::sleep(Duration::from_millis(700));
    hands.click(x + width as i16 / 2, y + 20).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    for _ in 0..if allow { 1 } else { 2 } {
        hands.keys(&[TAB]).unwrap();
        std::thread::sleep(Duration::from_millis(150));
    }
    hands.keys(&[SPACE]).unwrap();
}

#[test]
fn c2_a_code_starts_a_session_once() {
    let session = Session::start(ALL, &[]);
    let code = session.stage.code().unwrap();
    let second = Display::start(800, 600).unwrap();
    let stranger = session
        .stage
        .customer(&second, &code, &CustomerOptions { data: "stranger", ..CustomerOptions::default() })
        .unwrap();
    let failed = stranger.expect("failed", 30, |_| true).unwrap();
    assert!(failed["problem"] == "code-used" || failed["problem"] == "code-unknown", "{failed}");
    assert_eq!(session.rep.state().as_deref(), Some("active"), "the running session is not disturbed");
}

#[test]
fn c2_a_wrong_secret_half_is_told_and_may_be_typed_again() {
    let (desk, office) = (Display::start(800, 600).unwrap(), Display::start(1280, 800).unwrap());
    let stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let mut digits: Vec<char> = code.chars().collect();
    let last = digits.last_mut().unwrap();
    *last = if *last == '9' { '0' } else { '9' };
    let wrong: String = digits.into_iter().collect();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let mistyped = stage.customer(&desk, &wrong, &options).unwrap();
    let failed = mistyped.expect("failed", 30, |event| event["problem"] == "code-wrong").unwrap();
    assert_eq!(failed["attempts_left"], 2);
    drop(mistyped);
    assert_eq!(rep.state().as_deref(), Some("waiting"), "the code still stands");
    let _right = stage.customer(&desk, &code, &options).unwrap();
    rep.expect_state("active", 60).unwrap();
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_nothing_starts_without_the_customers_word() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions { arguments: vec!["--view"] }).unwrap();
    let customer = stage.customer(&desk, &stage.code().unwrap(), &CustomerOptions::default()).unwrap();
    customer.expect("prompt", 60, |event| event["kind"] == "begin").unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(rep.state().as_deref(), Some("awaiting-consent"));
    assert!(!rep.events().iter().any(|event| event["event"] == "plugin" && event["state"] == "running"));
    answer(&desk, true);
    rep.expect_state("active", 20).unwrap();
    // The rep asked to see the screen: again nothing happens before the customer's word.
    let prompt = customer.expect("prompt", 20, |event| event["access"] == "view").unwrap();
    assert!(prompt["reason"].as_str().unwrap().len() > 10, "the prompt gives the plugin's reason: {prompt}");
    std::thread::sleep(Duration::from_secs(1));
    assert!(!rep.events().iter().any(|event| event["event"] == "surface" && event["width"].as_u64() > Some(0)));
    answer(&desk, true);
    rep.expect("consent", 20, |event| event["access"] == "view" && event["state"] == "granted").unwrap();
    rep.expect("surface", 20, |event| event["width"] == 1024).unwrap();
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_no_is_respected() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions { arguments: vec!["--view"] }).unwrap();
    let customer = stage.customer(&desk, &stage.code().unwrap(), &CustomerOptions::default()).unwrap();
    customer.expect("prompt", 60, |event| event["kind"] == "begin").unwrap();
    answer(&desk, true);
    customer.expect("prompt", 30, |event| event["access"] == "view").unwrap();
    answer(&desk, false);
    rep.expect("consent", 20, |event| event["access"] == "view" && event["state"] == "refused").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert!(!rep.events().iter().any(|event| event["event"] == "surface" && event["width"].as_u64() > Some(0)));
    assert_eq!(rep.state().as_deref(), Some("active"), "the session goes on without the picture");
}

/// That nothing is sent any more shows `c5_after_seeing_is_taken_back_…`; here it is the hand that counts.
#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_a_click_on_the_visible_switch_takes_consent_back() {
    let session = Session::bare(ALL, &["--control"]);
    session.expect_exact("the first picture");
    let mark = session.customer.mark();
    let refused = || {
        let events = session.customer.events().into_iter().skip(mark);
        events.into_iter().find(|event| event["event"] == "consent" && event["state"] == "refused")
    };
    let hands = Hands::on(&session.desk).unwrap();
    let (x, y, width, height) = hands.window("Lotse").unwrap();
    // Downwards, until a switch is met: each is as wide as the page, and the topmost is the one for seeing.
    let met = (8..height as i16).step_by(16).find_map(|row| {
        hands.click(x + width as i16 * 3 / 4, y + row).unwrap();
        wait_for(1, "a switch to be met", refused).ok()
    });
    let met = met.unwrap_or_else(|| panic!("no switch is met: {:?}", session.customer.events()));
    assert_eq!(met["access"], "view");
    session.rep.expect("consent", 10, |event| event["access"] == "view" && event["state"] == "refused").unwrap();
    session.rep.expect("surface", 10, |event| event["state"] == "closed").unwrap();
    assert_eq!(session.customer.state().as_deref(), Some("active"), "the session goes on without the picture");
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_a_click_on_the_visible_button_stops_everything() {
    let session = Session::start(ALL, &["--view"]);
    session.picture_is_there();
    let hands = Hands::on(&session.desk).unwrap();
    let (x, y, width, height) = hands.window("Lotse").unwrap();
    // The lowest thing in the window, from edge to edge.
    hands.click(x + width as i16 / 2, y + height as i16 - 32).unwrap();
    session.customer.expect("ended", 10, |event| event["reason"] == "customer-stopped").unwrap();
    session.rep.expect("ended", 10, |event| event["reason"] == "customer-stopped").unwrap();
    session.rep.expect("surface", 10, |event| event["state"] == "closed").unwrap();
}

/// What the frame round the screen is drawn in, and nothing else on it.
const FRAME: u32 = 0x00e0_452b;

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_a_red_frame_stands_round_the_screen_while_it_is_seen_and_not_otherwise() {
    let mut session = Session::start(ALL, &[]);
    let screen = Area::new(0, 0, 1024, 768);
    let framed = |session: &Session| find_colour(&session.desk.picture().unwrap(), FRAME);
    let expect = |session: &Session, wanted: Option<Area>, why: &str| {
        let mut last = None;
        wait_for(20, why, || {
            last = framed(session);
            (last == wanted).then_some(())
        })
        .unwrap_or_else(|problem| panic!("{problem}: {last:?}"));
    };
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(framed(&session), None, "that it may be seen is no frame");
    session.rep.act("lotse.screen-sharing", "show", json!({})).unwrap();
    session.picture_is_there();
    expect(&session, Some(screen), "the frame");
    // It is all round, and only at the edge; in the middle of the top hangs the tab that says who looks.
    let picture = session.desk.settle(200).unwrap();
    for (x, y) in [(0, 384), (1023, 384), (200, 0), (512, 767)] {
        assert_eq!(picture.at(x, y), Some(FRAME), "at {x}, {y}");
    }
    assert_eq!(find_colour(&cut(&picture, Area::new(8, 48, 1008, 712)), FRAME), None);
    session.rep.act("lotse.screen-sharing", "stop", json!({})).unwrap();
    session.rep.expect("surface", 20, |event| event["state"] == "closed").unwrap();
    expect(&session, None, "the frame to go with the picture");
    session.rep.act("lotse.screen-sharing", "show", json!({})).unwrap();
    expect(&session, Some(screen), "the frame again");
    session.customer.tell(&json!({ "do": "stop-everything" })).unwrap();
    session.customer.expect("ended", 20, |_| true).unwrap();
    expect(&session, None, "the frame to go with the session");
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_one_key_stops_everything() {
    let session = Session::start(ALL, &["--view"]);
    session.picture_is_there();
    Hands::on(&session.desk).unwrap().keys(&[CONTROL, ALT, END]).unwrap();
    session.customer.expect("ended", 10, |event| event["reason"] == "customer-stopped").unwrap();
    session.rep.expect("ended", 10, |event| event["reason"] == "customer-stopped").unwrap();
    session.rep.expect("surface", 10, |event| event["state"] == "closed").unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "clipboard", plugin = "screen-sharing")),
    ignore = "needs the plugins clipboard and screen-sharing"
)]
fn c5_the_rep_can_neither_click_nor_type_an_answer() {
    let mut session = Session::bare("view,control", &["--control"]);
    session.expect_exact("the first picture");
    // The rep asks for the clipboard, too: the customer is asked.
    session.rep.act("lotse.clipboard", "share", json!({ "on": true })).unwrap();
    session.customer.expect("prompt", 20, |event| event["access"] == "clipboard").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    // The rep clicks all over the customer's window and types what would answer.
    let desk_hands = Hands::on(&session.desk).unwrap();
    let (x, y, width, height) = desk_hands.window("Lotse").unwrap();
    let office_hands = Hands::on(&session.office).unwrap();
    for row in (10..height as i16).step_by(24) {
        for column in [width as i16 / 4, width as i16 * 3 / 4] {
            office_hands.move_to(x + column, y + row).unwrap();
            office_hands.button(1).unwrap();
        }
    }
    for _ in 0..4 {
        office_hands.keys(&[TAB]).unwrap();
        office_hands.keys(&[SPACE]).unwrap();
    }
    std::thread::sleep(Duration::from_secs(1));
    let consent = session
        .customer
        .events()
        .into_iter()
        .rev()
        .find(|event| event["event"] == "consent" && event["access"] == "clipboard");
    assert_eq!(consent.unwrap()["state"], "asked", "only the customer answers");
    // And the customer still can.
    answer(&session.desk, true);
    session.rep.expect("consent", 20, |event| event["access"] == "clipboard" && event["state"] == "granted").unwrap();
}

#[test]
fn c6_nothing_of_a_session_is_left() {
    let mut session = Session::start(ALL, &[]);
    let note = session.stage.folder().join("customer/session.json");
    wait_for(10, "the note of the running session", || note.exists().then_some(())).unwrap();
    session.rep.tell(&json!({ "do": "end" })).unwrap();
    session.customer.expect("ended", 20, |_| true).unwrap();
    wait_for(10, "the note to be gone", || (!note.exists()).then_some(())).unwrap();
    let left: Vec<_> = std::fs::read_dir(session.stage.folder().join("customer"))
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(left, ["plugins"], "only the plugins, which are the program's own, stay");
}
