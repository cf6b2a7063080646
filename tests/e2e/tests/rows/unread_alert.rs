//! T2: what comes in a window that is not in front calls once, by sound and in the taskbar.

use crate::ALL;
use crate::notes::message_field;
use crate::questions::{prefer, times_played, with_player};
use lotse_e2e::hands::Hands;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage, wait_for};
use serde_json::json;
use std::time::Duration;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};
use x11rb::rust_connection::RustConnection;

const WEBER: &str = "K. Weber";
const ORTIZ: &str = "J. Ortiz";
/// Of the hints to window managers (ICCCM 4.1.2.4).
const URGENT: u32 = 1 << 8;

fn join(stage: &Stage, rep: &mut Program, desk: &Display, code: &str, name: &str) -> Program {
    let mark = rep.mark();
    let options = CustomerOptions { allow: ALL, name, data: name, ..CustomerOptions::default() };
    let customer = stage.customer(desk, code, &options).unwrap();
    rep.expect_after(mark, "session-state", 60, |event| event["state"] == "active").unwrap();
    rep.expect_node("chat", 20, |node| node["kind"] == "field").unwrap();
    customer
}

fn say(customer: &mut Program, text: &str) {
    customer.expect_node("chat", 20, |node| node["kind"] == "field").unwrap();
    customer.act("lotse.chat", "say", json!({ "text": text })).unwrap();
}

/// Whether the window's entry in a taskbar is to be marked.
fn calls(display: &Display, window: u32) -> bool {
    let (connection, _) = RustConnection::connect(Some(display.name())).unwrap();
    let asked = connection.get_property(false, window, AtomEnum::WM_HINTS, AtomEnum::ANY, 0, 1).unwrap();
    let hints = asked.reply().unwrap();
    hints.value32().and_then(|mut words| words.next()).is_some_and(|flags| flags & URGENT != 0)
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn t2_what_comes_in_another_window_calls_once_by_sound_and_in_the_taskbar() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1600, 1000).unwrap());
    let mut stage = Stage::start().unwrap();
    with_player(&mut stage);
    prefer(&stage, "rep", &json!({ "unread_sound": true }));
    let mut rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let mut weber = join(&stage, &mut rep, &desk, &code, WEBER);
    let code = stage.next_code(&mut rep).unwrap();
    let mut ortiz = join(&stage, &mut rep, &desk, &code, ORTIZ);
    let hands = Hands::on(&office).unwrap();
    // The newest window is in front.
    let (x, y) = message_field(hands.window(ORTIZ).unwrap());
    hands.click(x, y).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let window = hands.id(WEBER).unwrap();
    say(&mut ortiz, "this is seen as it comes");
    rep.expect_node("chat", 20, |node| node["body"] == "this is seen as it comes").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!((times_played(&stage), calls(&office, window)), (0, false));

    for (count, text) in [(1, "are you there"), (2, "hello")] {
        let mark = rep.mark();
        say(&mut weber, text);
        rep.expect_after(mark, "unread", 20, |event| event["count"] == count).unwrap();
        wait_for(20, "the sound", || (times_played(&stage) > 0).then_some(())).unwrap();
        wait_for(20, "the mark in the taskbar", || calls(&office, window).then_some(())).unwrap();
    }
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(times_played(&stage), 1, "the second message is no news: the window calls already");
}
