//! What really arrives in somebody else's window when the driver acts.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use lotse_drivers::{DriverErrorKind, DriverSet, Input};
use support::{Peer, Server, driver_folder};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::*;
use x11rb::wrapper::ConnectionExt as _;

const SECOND_TEXT: &str = "Ещё раз: z, y, ю.\n";
const KEY_A: u32 = 30;
const KEY_LEFT_SHIFT: u32 = 42;
const KEY_LEFT_CTRL: u32 = 29;
const KEY_CAPS_LOCK: u32 = 58;

fn open() -> Input {
    DriverSet::load(&driver_folder()).unwrap().open_input().unwrap()
}

/// xev looks keys up as programs do, with XKB and an input method, and prints what they gave.
fn typed_into_xev(server: &Server, prepare: impl FnOnce(), act: impl FnOnce(&mut Input), expected: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut xev = std::process::Command::new("xev")
        .args(["-geometry", "300x200+0+0"])
        .env("LC_ALL", "C.UTF-8")
        .env("DISPLAY", &server.display)
        .stdout(file.reopen().unwrap())
        .spawn()
        .expect("xev is installed");
    let wait_for = |what: &dyn Fn() -> bool| {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(8);
        while !what() && std::time::Instant::now() < deadline {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        what()
    };
    let printed = || String::from_utf8_lossy(&std::fs::read(file.path()).unwrap()).into_owned();
    assert!(wait_for(&|| printed().contains("Expose event")), "xev did not start");
    prepare();
    let mut input = open();
    // Without a window manager the keyboard follows the pointer.
    input.pointer(0, 100, 100).unwrap();
    // Programs read the layout at their first key; this one has had its first key when the text comes.
    input.key(KEY_LEFT_SHIFT, true).unwrap();
    input.key(KEY_LEFT_SHIFT, false).unwrap();
    assert!(wait_for(&|| printed().contains("KeyRelease event")));
    act(&mut input);
    let arrived = wait_for(&|| looked_up(&printed()) == expected);
    drop(input);
    xev.kill().unwrap();
    xev.wait().unwrap();
    assert!(arrived, "typed {:?}, expected {expected:?}", looked_up(&printed()));
}

/// The characters in lines such as `XmbLookupString gives 2 bytes: (c3 a4) "ä"`.
fn looked_up(printed: &str) -> String {
    let lines = printed.lines().filter_map(|line| line.trim().strip_prefix("XmbLookupString gives "));
    let inside = lines.filter_map(|line| Some(line.split_once('(')?.1.split_once(')')?.0.to_owned()));
    let bytes: Vec<u8> = inside
        .flat_map(|hex| hex.split_whitespace().map(|it| u8::from_str_radix(it, 16).unwrap()).collect::<Vec<_>>())
        .collect();
    String::from_utf8_lossy(&bytes).replace('\r', "\n")
}

#[test]
fn text_arrives_whatever_is_on_the_keyboard() {
    let server = Server::start();
    let text = "Hello, World! 100% {[~]} äöüß ÄÖÜ € 漢字かな Привет ñ → 🙂 aaAAaa\n";
    typed_into_xev(&server, || (), |input| input.text(text).unwrap(), text);
}

#[test]
fn text_arrives_on_a_german_keyboard_with_caps_lock_and_held_keys() {
    let server = Server::start();
    let text = "Grüße, ÄÖÜ, y und z, 5 € @ {ja} \\ 漢\n";
    typed_into_xev(
        &server,
        || drop(server.run("setxkbmap", &["de"])),
        |input| {
            input.key(KEY_CAPS_LOCK, true).unwrap();
            input.key(KEY_CAPS_LOCK, false).unwrap();
            input.key(KEY_LEFT_CTRL, true).unwrap();
            input.key(KEY_LEFT_SHIFT, true).unwrap();
            input.text(text).unwrap();
            input.release_all().unwrap();
        },
        text,
    );
}

#[test]
fn text_arrives_when_another_group_is_active_or_the_layout_changes_between() {
    let server = Server::start();
    let text = "Привет latin äé 漢 again\n";
    typed_into_xev(
        &server,
        || drop(server.run("setxkbmap", &["us,ru"])),
        |input| {
            input.text("漢 before ").unwrap();
            std::thread::sleep(std::time::Duration::from_millis(200));
            server.run("setxkbmap", &["de,ru"]);
            second_group();
            std::thread::sleep(std::time::Duration::from_millis(200));
            input.text(text).unwrap();
            input.text(SECOND_TEXT).unwrap();
        },
        &format!("漢 before {text}{SECOND_TEXT}"),
    );
}

/// Switches to the second group of the layout, as a person's hot key does.
fn second_group() {
    use x11rb::protocol::xkb::{ConnectionExt as _, Group};
    let (conn, _) = x11rb::connect(None).unwrap();
    conn.xkb_use_extension(1, 0).unwrap().reply().unwrap();
    let none = ModMask::from(0_u16);
    conn.xkb_latch_lock_state(0x100, none, none, true, Group::M2, none, false, 0).unwrap();
    conn.sync().unwrap();
}

/// More characters that no layout has than there are keys to lend.
#[test]
fn a_long_text_in_foreign_characters_arrives_whole() {
    let server = Server::start();
    let text: String = (0..150_u32).map(|at| char::from_u32(0x4e00 + at * 7 % 120).unwrap()).chain(['\n']).collect();
    typed_into_xev(&server, || (), |input| input.text(&text).unwrap(), &text);
}

#[test]
fn keys_are_physical_and_released() {
    let _server = Server::start();
    let peer = Peer::window(0, 0, 400, 400);
    let mut input = open();
    input.pointer(0, 100, 100).unwrap();
    input.key(KEY_A, true).unwrap();
    input.key(KEY_A, false).unwrap();
    assert_eq!(peer.keys(2), [(38, true), (38, false)]);
    input.key(KEY_LEFT_CTRL, true).unwrap();
    input.key(KEY_A, true).unwrap();
    input.release_all().unwrap();
    assert_eq!(peer.keys(4), [(37, true), (38, true), (38, false), (37, false)]);
    // Closing lets go as well.
    input.key(KEY_LEFT_SHIFT, true).unwrap();
    drop(input);
    assert_eq!(peer.keys(2), [(50, true), (50, false)]);
    let mut input = open();
    for code in [0, 248, 1000, u32::MAX] {
        assert_eq!(input.key(code, true).unwrap_err().kind(), DriverErrorKind::Invalid);
    }
}

#[test]
fn pointer_buttons_and_wheel_arrive() {
    let _server = Server::start();
    let peer = Peer::window(0, 0, 400, 400);
    let mut input = open();
    let place = || {
        let place = peer.conn.query_pointer(peer.root).unwrap().reply().unwrap();
        (place.root_x, place.root_y)
    };
    let button = || {
        peer.event(|event| match event {
            Event::ButtonPress(it) => Some((it.detail, true)),
            Event::ButtonRelease(it) => Some((it.detail, false)),
            _ => None,
        })
    };
    for (x, y, expected) in
        [(123, 45, (123, 45)), (-9, 9999, (0, 799)), (i32::MAX, i32::MIN, (1279, 0)), (50, 50, (50, 50))]
    {
        input.pointer(0, x, y).unwrap();
        assert_eq!(place(), expected);
    }
    for (index, detail) in [(0, 1), (1, 2), (2, 3), (3, 8), (4, 9)] {
        input.button(index, true).unwrap();
        input.button(index, false).unwrap();
        assert_eq!([button(), button()], [(detail, true), (detail, false)]);
    }
    for (dx, dy, detail) in [(0, 1, 5), (0, -1, 4), (1, 0, 7), (-1, 0, 6)] {
        input.wheel(dx, dy).unwrap();
        assert_eq!([button(), button()], [(detail, true), (detail, false)]);
    }
    input.button(0, true).unwrap();
    input.release_all().unwrap();
    assert_eq!([button(), button()], [(1, true), (1, false)]);
    assert_eq!(input.button(5, true).unwrap_err().kind(), DriverErrorKind::Invalid);
    assert_eq!(input.pointer(70, 1, 1).unwrap_err().kind(), DriverErrorKind::Gone);
}

/// Keys that were lent to characters the layout lacks are free again afterwards.
#[test]
fn the_layout_is_left_as_it_was() {
    let _server = Server::start();
    let peer = Peer::window(0, 0, 400, 400);
    let mapping = || {
        let setup = peer.conn.setup();
        let count = setup.max_keycode - setup.min_keycode + 1;
        let reply = peer.conn.get_keyboard_mapping(setup.min_keycode, count).unwrap().reply().unwrap();
        reply.keysyms.chunks(reply.keysyms_per_keycode.into()).map(|it| it[..2].to_vec()).collect::<Vec<_>>()
    };
    let before = mapping();
    let mut input = open();
    input.pointer(0, 100, 100).unwrap();
    input.text("漢字 and €").unwrap();
    assert_ne!(mapping(), before);
    drop(input);
    peer.conn.sync().unwrap();
    assert_eq!(mapping(), before);
}
