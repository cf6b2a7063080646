//! What goes over for what is typed, as tables.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

const SHIFT: (u8, u32, &str) = (50, 0xffe1, "");
const ALTGR: (u8, u32, &str) = (108, 0xfe03, "");
const CTRL: (u8, u32, &str) = (37, 0xffe3, "");
const A: (u8, u32, &str) = (38, 0x61, "a");
const CAPITAL_A: (u8, u32, &str) = (38, 0x41, "A");
const EURO: (u8, u32, &str) = (26, 0x20ac, "€");
const LEFT: (u8, u32, &str) = (113, 0xff51, "");
const F9: (u8, u32, &str) = (75, 0xffc6, "");

#[derive(Default)]
struct Typist {
    keyboard: Keyboard,
    out: Vec<SurfaceInput>,
    ctrl: bool,
    hotkeys: bool,
}

impl Typist {
    fn down(&mut self, key: (u8, u32, &str)) -> Meaning {
        let press = Press { keycode: key.0, symbol: key.1, text: key.2, chord: self.ctrl, hotkeys: self.hotkeys };
        self.ctrl |= key == CTRL;
        self.keyboard.press(press, &mut self.out)
    }

    fn up(&mut self, key: (u8, u32, &str)) {
        self.ctrl &= key != CTRL;
        self.keyboard.release(key.0, &mut self.out);
    }

    fn check(&mut self, expected: &str) {
        let said: Vec<String> = self
            .out
            .drain(..)
            .map(|input| match input {
                SurfaceInput::Key { physical, down } => format!("{}{physical}", if down { '+' } else { '-' }),
                SurfaceInput::Text { entered } => entered,
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(said.join(" "), expected);
    }
}

#[test]
fn text_is_text_and_shift_stays_here() {
    let mut typist = Typist::default();
    typist.down(A);
    typist.up(A);
    typist.down(SHIFT);
    typist.down(CAPITAL_A);
    typist.down(CAPITAL_A);
    typist.up(SHIFT);
    typist.up(CAPITAL_A);
    typist.down(ALTGR);
    typist.down(EURO);
    typist.up(EURO);
    typist.up(ALTGR);
    typist.check("a A A €");
}

#[test]
fn shift_goes_over_for_what_is_not_text_and_comes_back_for_text() {
    let mut typist = Typist::default();
    typist.down(SHIFT);
    typist.check("");
    typist.down(LEFT);
    typist.up(LEFT);
    typist.check("+42 +105 -105");
    typist.down(CAPITAL_A);
    typist.up(CAPITAL_A);
    typist.up(SHIFT);
    typist.check("-42 A");
    typist.down(SHIFT);
    typist.keyboard.flush(&mut typist.out);
    typist.up(SHIFT);
    typist.check("+42 -42");
    typist.down(SHIFT);
    typist.up(SHIFT);
    typist.check("+42 -42");
}

#[test]
fn chords_are_physical_whatever_they_would_write() {
    let mut typist = Typist::default();
    typist.down(CTRL);
    typist.down(A);
    typist.down(A);
    typist.up(CTRL);
    typist.up(A);
    typist.check("+29 +30 +30 -29 -30");
}

#[test]
fn locks_stay_here_and_keypad_arrows_stay_arrows() {
    let mut typist = Typist::default();
    typist.down((66, 0xffe5, ""));
    typist.up((66, 0xffe5, ""));
    typist.check("");
    typist.down((87, 0xff9c, ""));
    typist.up((87, 0xffb1, "1"));
    typist.check("+107 -107");
}

#[test]
fn hotkeys_only_when_wanted() {
    let mut typist = Typist { hotkeys: true, ..Typist::default() };
    assert_eq!(typist.down(F9), Meaning::Hotkey(9));
    assert_eq!(typist.down(F9), Meaning::Passed);
    typist.up(F9);
    typist.check("");
    typist.hotkeys = false;
    assert_eq!(typist.down(F9), Meaning::Passed);
    typist.up(F9);
    typist.check("+67 -67");
}

#[test]
fn losing_the_keyboard_lets_go_of_all() {
    let mut typist = Typist::default();
    typist.down(CTRL);
    typist.down(LEFT);
    typist.check("+29 +105");
    typist.keyboard.release_all(&mut typist.out);
    typist.check("-105 -29");
    typist.up(LEFT);
    typist.up(CTRL);
    typist.check("");
}

proptest! {
    #[test]
    fn the_far_side_never_keeps_a_key(keys in proptest::collection::vec((8u8..=255, 0xfe00u32..=0xffff, any::<bool>(), any::<bool>(), "[a\\x01]?"), 0..60)) {
        let mut keyboard = Keyboard::default();
        let mut out = Vec::new();
        for (keycode, symbol, press, chord, text) in keys {
            if press {
                keyboard.press(Press { keycode, symbol, text: &text, chord, hotkeys: chord }, &mut out);
            } else {
                keyboard.release(keycode, &mut out);
            }
        }
        keyboard.release_all(&mut out);
        let mut held = std::collections::BTreeMap::new();
        for input in out {
            if let SurfaceInput::Key { physical, down } = input {
                *held.entry(physical).or_insert(0i32) = i32::from(down);
            }
        }
        prop_assert!(held.values().all(|down| *down == 0));
    }
}
