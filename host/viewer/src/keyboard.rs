//! Turns the rep's keys into what the customer's computer gets: text where keys make text, physical keys elsewhere.
//!
//! Text is layout-proof: it is what the rep's own layout made. So Shift and AltGr that took part in making it stay here;
//! they go over only when something else than text needs them (Shift+Home, Shift+click), or when tapped alone. Control,
//! Alt and Super go over at once and turn the keys under them into physical ones. Caps Lock, Num Lock and layout switches
//! act on this side's text and never go over. A pure state machine: symbols and text in, input out.

use lotse_engine::view::SurfaceInput;
use std::collections::BTreeMap;

/// First key code of X11; Linux input event codes begin 8 lower.
const X11_OFFSET: u8 = 8;

/// A key as the display's keymap sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Press<'a> {
    /// X11 key code, 8 more than the Linux input event code.
    pub keycode: u8,
    /// X11 symbol.
    pub symbol: u32,
    /// What it writes, if anything; control characters count as nothing.
    pub text: &'a str,
    /// Control, Alt or Super is held.
    pub chord: bool,
    /// F9 to F12 are the viewer's.
    pub hotkeys: bool,
}

/// What a press was used for, beyond input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Passed,
    /// F9 to F12.
    Hotkey(i64),
}

/// What is known of a key that is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Down {
    /// The far side holds this Linux input event code.
    Sent { code: u32, role: Role },
    /// Shift or AltGr that the far side has not heard of. `used`: text was made with it.
    Waiting { code: u32, used: bool },
    /// Made text, or was used up here.
    Here,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Shift, AltGr: helps to make text.
    Text,
    /// Control, Alt, Super.
    Chord,
    /// Caps Lock, Num Lock, layout switches.
    Lock,
    Plain,
}

/// All keys that are down; at most one entry for each of the 248 key codes.
#[derive(Debug, Default)]
pub(crate) struct Keyboard {
    down: BTreeMap<u8, Down>,
}

impl Keyboard {
    /// A key went down, or repeats. `text` of the press is what composing came to.
    pub(crate) fn press(&mut self, press: Press<'_>, out: &mut Vec<SurfaceInput>) -> Meaning {
        let role = role(press.symbol);
        match self.down.get(&press.keycode).copied() {
            Some(Down::Sent { code, role: Role::Plain }) => {
                out.push(SurfaceInput::Key { physical: code, down: true });
                return Meaning::Passed;
            }
            Some(Down::Sent { .. } | Down::Waiting { .. }) => return Meaning::Passed,
            Some(Down::Here) | None => {}
        }
        let repeats = self.down.contains_key(&press.keycode);
        if let Some(number) = hotkey(press.symbol).filter(|_| press.hotkeys && !press.chord) {
            self.down.insert(press.keycode, Down::Here);
            return if repeats { Meaning::Passed } else { Meaning::Hotkey(number) };
        }
        let code = physical(press.keycode, press.symbol);
        let down = match role {
            Role::Text => Down::Waiting { code, used: false },
            Role::Lock => Down::Here,
            Role::Plain if !press.chord && is_printable(press.text) => {
                self.make_text(press.text, out);
                Down::Here
            }
            Role::Plain | Role::Chord => {
                self.flush(out);
                out.push(SurfaceInput::Key { physical: code, down: true });
                Down::Sent { code, role }
            }
        };
        self.down.insert(press.keycode, down);
        Meaning::Passed
    }

    /// A key that only goes on with a dead-key sequence: nothing of it, nor of the Shift under it, goes over.
    pub(crate) fn swallow(&mut self, keycode: u8) {
        self.used();
        self.down.insert(keycode, Down::Here);
    }

    /// A key was let go.
    pub(crate) fn release(&mut self, keycode: u8, out: &mut Vec<SurfaceInput>) {
        match self.down.remove(&keycode) {
            Some(Down::Sent { code, .. }) => out.push(SurfaceInput::Key { physical: code, down: false }),
            Some(Down::Waiting { code, used: false }) => {
                out.push(SurfaceInput::Key { physical: code, down: true });
                out.push(SurfaceInput::Key { physical: code, down: false });
            }
            Some(Down::Waiting { used: true, .. } | Down::Here) | None => {}
        }
    }

    /// The keyboard went elsewhere: the far side lets go of everything.
    pub(crate) fn release_all(&mut self, out: &mut Vec<SurfaceInput>) {
        let mut modifiers = Vec::new();
        for down in std::mem::take(&mut self.down).into_values() {
            if let Down::Sent { code, role } = down {
                let input = SurfaceInput::Key { physical: code, down: false };
                // What a modifier was held for goes first, or it would mean something else for a moment.
                if role == Role::Plain { out.push(input) } else { modifiers.push(input) }
            }
        }
        out.append(&mut modifiers);
    }

    /// Something that is not text is about to go over: Shift and AltGr matter to it now.
    pub(crate) fn flush(&mut self, out: &mut Vec<SurfaceInput>) {
        for down in self.down.values_mut() {
            if let Down::Waiting { code, .. } = *down {
                out.push(SurfaceInput::Key { physical: code, down: true });
                *down = Down::Sent { code, role: Role::Text };
            }
        }
    }

    fn make_text(&mut self, text: &str, out: &mut Vec<SurfaceInput>) {
        for down in self.down.values_mut() {
            if let Down::Sent { code, role: Role::Text } = *down {
                out.push(SurfaceInput::Key { physical: code, down: false });
                *down = Down::Waiting { code, used: true };
            }
        }
        self.used();
        out.push(SurfaceInput::Text { entered: text.to_owned() });
    }

    fn used(&mut self) {
        for down in self.down.values_mut() {
            if let Down::Waiting { used, .. } = down {
                *used = true;
            }
        }
    }
}

/// Whether a text is to be written rather than a key to be pressed.
pub(crate) fn is_printable(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}

/// Whether a key is a modifier, lock or layout switch, which have no part in compose sequences.
pub(crate) fn is_modifier(symbol: u32) -> bool {
    role(symbol) != Role::Plain
}

/// Symbols as in X11's keysymdef.h.
fn role(symbol: u32) -> Role {
    match symbol {
        // Shift, ISO_Level3_Shift and _Latch, ISO_Level5_Shift and _Latch, Mode_switch.
        0xffe1 | 0xffe2 | 0xfe03 | 0xfe04 | 0xfe11 | 0xfe12 | 0xff7e => Role::Text,
        // Control, Meta, Alt, Super, Hyper.
        0xffe3 | 0xffe4 | 0xffe7..=0xffee => Role::Chord,
        // Caps_Lock, Shift_Lock, Num_Lock, the other ISO locks, groups and latches.
        0xffe5 | 0xffe6 | 0xff7f | 0xfe01..=0xfe13 => Role::Lock,
        _ => Role::Plain,
    }
}

/// Number of the function key, if it is one that the viewer may keep.
pub(crate) fn hotkey(symbol: u32) -> Option<i64> {
    match symbol {
        0xffc6..=0xffc9 => Some(i64::from(symbol) - 0xffc6 + 9),
        _ => None,
    }
}

/// Linux input event code. A keypad key that moves the cursor here must not write a digit there, whatever the other
/// side's Num Lock says, so it becomes the cursor key it stands for.
fn physical(keycode: u8, symbol: u32) -> u32 {
    match symbol {
        0xff95 => 102, // KP_Home
        0xff96 => 105, // KP_Left
        0xff97 => 103, // KP_Up
        0xff98 => 106, // KP_Right
        0xff99 => 108, // KP_Down
        0xff9a => 104, // KP_Prior
        0xff9b => 109, // KP_Next
        0xff9c => 107, // KP_End
        0xff9e => 110, // KP_Insert
        0xff9f => 111, // KP_Delete
        _ => u32::from(keycode.saturating_sub(X11_OFFSET)),
    }
}

#[cfg(test)]
#[path = "keyboard_tests.rs"]
mod tests;
