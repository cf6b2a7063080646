//! Keys as a person presses them, on layouts as people have them.

use crate::desk::{Desk, OPTIONS};
use lotse_engine::view::SurfaceOptions;
use lotse_viewer::ViewerHost;
use std::sync::Arc;
use std::time::Instant;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, InputFocus, ModMask};

const CTRL: u8 = 29;
const SHIFT: u8 = 42;
const ALT: u8 = 56;
const ALTGR: u8 = 100;
const A: u8 = 30;
const E: u8 = 18;
const TAB: u8 = 15;
const LEFT: u8 = 105;
const F9: u8 = 67;
const F10: u8 = 68;
const F12: u8 = 88;

fn layout(desk: &mut Desk, name: &[&str]) {
    desk.run("setxkbmap", name);
    desk.settle();
}

fn options(desk: &Desk, host: &Arc<ViewerHost>, options: SurfaceOptions) {
    host.set_options(1, options);
    desk.settle();
}

#[test]
fn american_german_and_dead_keys() {
    let mut desk = Desk::new();
    let (_host, _sink) = desk.interactive();
    layout(&mut desk, &["us"]);
    desk.chord(&[A]);
    desk.chord(&[SHIFT, A]);
    desk.expect("'a' 'A'");
    desk.chord(&[CTRL, 46]);
    desk.expect("+29 +46 -46 -29");
    desk.chord(&[28]);
    desk.chord(&[SHIFT, LEFT]);
    desk.expect("+28 -28 +42 +105 -105 -42");
    // The key of Y on an American keyboard.
    layout(&mut desk, &["de"]);
    desk.chord(&[21]);
    desk.chord(&[ALTGR, E]);
    desk.chord(&[40]);
    desk.expect("'z' '€' 'ä'");
    // A dead acute, then e; then a dead circumflex and a space.
    desk.chord(&[13]);
    desk.chord(&[E]);
    desk.chord(&[41]);
    desk.chord(&[57]);
    desk.expect("'é' '^'");
    layout(&mut desk, &["ru"]);
    desk.chord(&[A]);
    desk.expect("'ф'");
    desk.chord(&[CTRL, 46]);
    desk.expect("+29 +46 -46 -29");
}

#[test]
fn held_text_repeats() {
    let desk = Desk::new();
    let (_host, _sink) = desk.interactive();
    desk.key(A, true);
    desk.until("repeats", || desk.told.lock().len() > 3);
    desk.key(A, false);
    desk.settle();
    desk.key(LEFT, true);
    desk.until("repeats", || desk.told.lock().len() > 3);
    desk.key(LEFT, false);
    desk.until("one release", || {
        let told = desk.told.lock();
        let downs = told.iter().filter(|(_, input)| format!("{input:?}").contains("down: true")).count();
        downs == told.len() - 1
    });
}

#[test]
fn hotkeys_and_who_may_do_what() {
    let desk = Desk::new();
    let (host, _sink) = desk.interactive();
    desk.chord(&[F9]);
    desk.expect("+67 -67");
    options(&desk, &host, SurfaceOptions { hotkeys: true, ..OPTIONS });
    desk.chord(&[F9]);
    desk.chord(&[F12]);
    desk.chord(&[CTRL, F9]);
    desk.expect(
        "Changed { what: [(\"hotkey\", Number(9))] } Changed { what: [(\"hotkey\", Number(12))] } +29 +67 -67 -29",
    );
    // The key of the context menu. Scar: it asked for control here.
    desk.chord(&[SHIFT, F10]);
    desk.expect("+42 +68 -68 -42");
    options(&desk, &host, SurfaceOptions { hotkeys: true, interactive: false, ..OPTIONS });
    desk.chord(&[A]);
    desk.chord(&[CTRL, A]);
    desk.move_to(60, 60);
    desk.button(1, true);
    desk.button(1, false);
    desk.chord(&[F9]);
    desk.expect("Changed { what: [(\"hotkey\", Number(9))] }");
}

#[test]
fn losing_the_keyboard_lets_go_of_keys() {
    let desk = Desk::new();
    let (_host, _sink) = desk.interactive();
    let other = desk.window(lotse_engine::surface::Rect::new(400, 300, 50, 50), 0xff);
    desk.key(CTRL, true);
    desk.key(LEFT, true);
    desk.expect("+29 +105");
    desk.connection.set_input_focus(InputFocus::PARENT, other, x11rb::CURRENT_TIME).unwrap();
    desk.connection.flush().unwrap();
    desk.expect("-105 -29");
    desk.key(LEFT, false);
    desk.key(CTRL, false);
    desk.settle();
}

#[test]
fn system_keys_go_over_only_when_passed_and_can_be_freed() {
    let desk = Desk::new();
    let (host, _sink) = desk.interactive();
    // What a window manager does to switch windows.
    let mode = GrabMode::ASYNC;
    desk.connection.grab_key(true, desk.root, ModMask::M1, TAB + 8, mode, mode).unwrap().check().unwrap();
    desk.key(ALT, true);
    desk.key(TAB, true);
    desk.expect("+56 -56");
    desk.key(TAB, false);
    desk.key(ALT, false);
    desk.settle();
    options(&desk, &host, SurfaceOptions { pass_system_keys: true, ..OPTIONS });
    desk.chord(&[ALT, TAB]);
    desk.expect("+56 +15 -15 -56");
    desk.key(CTRL, true);
    desk.key(ALT, true);
    desk.key(SHIFT, true);
    desk.expect("+29 +56");
    desk.key(F12, true);
    desk.expect("-29 -56");
    [F12, SHIFT, ALT, CTRL].iter().for_each(|key| desk.key(*key, false));
    desk.settle();
    desk.key(ALT, true);
    desk.key(TAB, true);
    desk.expect("+56 -56");
    desk.key(TAB, false);
    desk.key(ALT, false);
}

#[test]
fn a_key_is_told_fast() {
    let desk = Desk::new();
    let (_host, _sink) = desk.interactive();
    let mut times: Vec<_> = (0..40)
        .map(|_| {
            let begin = Instant::now();
            desk.key(A, true);
            desk.until("told", || !desk.told.lock().is_empty());
            let told = desk.told.lock().drain(..).next().unwrap().0;
            desk.key(A, false);
            told - begin
        })
        .collect();
    times.sort();
    println!("key to callback: median {:?}, slowest {:?}", times[20], times[39]);
    assert!(times[20].as_millis() < 5, "median {:?}", times[20]);
}
