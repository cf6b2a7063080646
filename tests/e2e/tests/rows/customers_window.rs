//! C5, T4 and V6 · The customer's window where it is not to be seen: questions, closing, and who is looking.

use crate::customer::answer;
use crate::{ALL, Session};
use lotse_e2e::hands::Hands;
use lotse_e2e::neighbour::paint;
use lotse_e2e::wait_for;
use serde_json::json;
use std::time::Duration;

const SHARING: &str = "lotse.screen-sharing";
const TAB: u32 = 0xff09;
const SPACE: u32 = 0x20;
const FRAME: u32 = 0x00e0_452b;

/// The rep asks to see the screen.
fn ask(session: &mut Session) {
    session.rep.expect_node("menu", 20, |node| node["id"] == "show" && node["enabled"] != false).unwrap();
    session.rep.act(SHARING, "show", json!({})).unwrap();
}

/// The customer's answer reaches the rep.
fn say_yes(session: &Session) {
    // A window that was just mapped is drawn a moment later, and hears no keys until then.
    session.desk.settle(500).unwrap();
    answer(&session.desk, true);
    let granted = |event: &serde_json::Value| event["access"] == "view" && event["state"] == "granted";
    session.rep.expect("consent", 20, granted).unwrap();
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_a_question_comes_out_of_the_taskbar() {
    let mut session = Session::start("", &[]);
    let hands = Hands::on(&session.desk).unwrap();
    let window = hands.id("Lotse").unwrap();
    hands.minimise(window).unwrap();
    ask(&mut session);
    session.customer.expect("prompt", 20, |event| event["access"] == "view").unwrap();
    wait_for(10, "the question", || hands.is_mapped(window).then_some(())).unwrap();
    say_yes(&session);
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_a_question_comes_from_beneath_another_window() {
    const COVER: u32 = 0x00aa_3377;
    let mut session = Session::start("", &[]);
    let hands = Hands::on(&session.desk).unwrap();
    let (x, y, width, height) = hands.window("Lotse").unwrap();
    let _cover = paint(&session.desk, "#aa3377").unwrap();
    hands.place("Paint", 0, 0, 1024, 768).unwrap();
    let middle = (x as usize + usize::from(width) / 2, y as usize + usize::from(height) / 2);
    let covered = |session: &Session| session.desk.picture().is_ok_and(|it| it.at(middle.0, middle.1) == Some(COVER));
    wait_for(10, "the window to be covered", || covered(&session).then_some(())).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    ask(&mut session);
    session.customer.expect("prompt", 20, |event| event["access"] == "view").unwrap();
    wait_for(10, "the question above", || (!covered(&session)).then_some(())).unwrap();
    say_yes(&session);
}

#[test]
fn t4_closing_the_customers_window_asks_and_ends_the_session_for_both() {
    for minimised in [false, true] {
        let mut session = Session::start(ALL, &[]);
        let hands = Hands::on(&session.desk).unwrap();
        let window = hands.id("Lotse").unwrap();
        if minimised {
            hands.minimise(window).unwrap();
        }
        let before = session.desk.settle(300).unwrap();
        hands.close(window).unwrap();
        wait_for(10, "the question", || {
            (hands.is_mapped(window) && session.desk.picture().ok()? != before).then_some(())
        })
        .unwrap();
        // Any change counts as the question so far, and one that is being drawn hears no keys.
        session.desk.settle(500).unwrap();
        assert!(session.customer.is_running(), "it asks first");
        assert_eq!(
            (session.rep.state().as_deref(), session.customer.state().as_deref()),
            (Some("active"), Some("active"))
        );
        // Cancel has the keyboard; the other answer is one step away.
        hands.keys(&[TAB]).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        hands.keys(&[SPACE]).unwrap();
        session.rep.expect("ended", 30, |event| event["reason"] == "customer-ended").unwrap();
        session.customer.wait_end(30).unwrap();
    }
}

/// A rep could pause, let one picture through and pause again, and the frame was gone in between.
#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_the_frame_stands_while_the_rep_pauses_and_goes_when_the_customer_does() {
    let mut session = Session::bare(ALL, &[]);
    let framed = |session: &Session| session.desk.picture().is_ok_and(|it| it.at(1, 400) == Some(FRAME));
    wait_for(10, "the frame", || framed(&session).then_some(())).unwrap();
    session.rep.act(SHARING, "pause", json!({ "on": true })).unwrap();
    session.rep.tell(&json!({ "do": "pause", "on": true })).unwrap();
    session.customer.expect("paused", 10, |event| event["on"] == true).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert!(framed(&session), "the rep's pause is no word of the customer's");
    session.customer.tell(&json!({ "do": "pause", "on": true })).unwrap();
    wait_for(10, "the frame to go", || (!framed(&session)).then_some(())).unwrap();
    session.customer.tell(&json!({ "do": "pause", "on": false })).unwrap();
    wait_for(10, "the frame to come back", || framed(&session).then_some(())).unwrap();
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_a_tab_says_who_looks_and_leads_back_to_the_window() {
    let session = Session::bare(ALL, &["--control"]);
    session.expect_exact("the first picture");
    let hands = Hands::on(&session.desk).unwrap();
    let (x, y, width, height) = hands.window("Anna Berg sees and controls").unwrap();
    assert!(y == 0 && (i32::from(x) + i32::from(width) / 2 - 512).abs() <= 1, "{x} {y} {width} {height}");
    let window = hands.id("Lotse").unwrap();
    hands.minimise(window).unwrap();
    let at = (x + width as i16 / 2, y + height as i16 / 2);
    // The rep's click does not reach it, the customer's does.
    Hands::on(&session.office).unwrap().click(at.0, at.1).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert!(!hands.is_mapped(window), "the rep clicked the tab");
    hands.click(at.0, at.1).unwrap();
    wait_for(10, "the window", || hands.is_mapped(window).then_some(())).unwrap();
    // It stays in front of a window that covers everything.
    let _cover = paint(&session.desk, "#aa3377").unwrap();
    hands.place("Paint", 0, 0, 1024, 768).unwrap();
    let above = |picture: lotse_e2e::Picture| picture.at(x as usize, usize::from(height) / 2) == Some(FRAME);
    wait_for(10, "the tab above", || session.desk.picture().is_ok_and(above).then_some(())).unwrap();
}

/// What the customer stopped starts again by their word alone, so they must see that they are asked.
#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v6_who_is_asked_again_sees_it() {
    let mut session = Session::bare(ALL, &[]);
    session.customer.act(SHARING, "stop", json!({})).unwrap();
    session.rep.expect("surface", 10, |event| event["state"] == "closed").unwrap();
    let hands = Hands::on(&session.desk).unwrap();
    let window = hands.id("Lotse").unwrap();
    hands.minimise(window).unwrap();
    session.rep.act(SHARING, "show", json!({})).unwrap();
    session.customer.expect_node("menu", 10, |node| node["attention"] == true).unwrap();
    wait_for(10, "the window", || hands.is_mapped(window).then_some(())).unwrap();
}
