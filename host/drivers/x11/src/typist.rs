//! Text as key presses, whatever the layout.
//!
//! What the layout has is typed with its key and modifiers, in its group. What it has not is put on a key without symbols
//! first; such keys are given back when the input is closed. enigo could type text as well, but it looks at first levels
//! only, remembers the layout from when it was made and waits up to 12 ms a character.

use std::time::{Duration, Instant};

use enigo::{Direction, Enigo, Keyboard};
use lotse_driver::{Error, Result};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::xkb::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{ConnectionExt as _, ModMask};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use xkeysym::Keysym;

use crate::connection::{lost, refused};
use crate::keymap::{Keymap, Stroke};

/// XKB's name for the keyboard that programs see.
const CORE_KEYBOARD: xkb::DeviceSpec = 0x100;
/// A program may look a key up this long after it was pressed; until then the key keeps its symbol.
const LOOKED_UP_WITHIN: Duration = Duration::from_millis(50);
/// Where Shift, Control, Alt, Super and AltGr stand among the eight modifiers. Locks are not to be let go.
const HELD_MODIFIERS: [usize; 6] = [0, 2, 3, 5, 6, 7];

/// Types text on a connection of its own; presses go through enigo's.
#[derive(Debug)]
pub struct Typist {
    xkb: bool,
    borrowed: Vec<Borrowed>,
    pressed: Option<Instant>,
}

/// A key that had no symbol before.
#[derive(Debug, Clone, Copy)]
struct Borrowed {
    keycode: u8,
    keysym: Keysym,
    used: Instant,
}

/// The layout and locks, as they are now.
struct Keyboards {
    keymap: Keymap,
    shift_key: Option<u8>,
    level3_key: Option<u8>,
    group: u8,
    caps_lock: bool,
}

/// Modifiers that are down for the text alone.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Modifiers {
    shift: bool,
    level3: bool,
}

impl Typist {
    pub fn new(conn: &RustConnection) -> Result<Self> {
        let present = conn.extension_information(xkb::X11_EXTENSION_NAME).map_err(|error| lost(&error))?.is_some();
        let xkb =
            present && conn.xkb_use_extension(1, 0).map_err(|error| lost(&error))?.reply().map_err(refused)?.supported;
        Ok(Self { xkb, borrowed: Vec::new(), pressed: None })
    }

    /// Keys of `down` that would change what is typed.
    pub fn modifiers_of(conn: &RustConnection, down: &[u8]) -> Result<Vec<u8>> {
        if down.is_empty() {
            return Ok(Vec::new());
        }
        let mapping = conn.get_modifier_mapping().map_err(|error| lost(&error))?.reply().map_err(refused)?;
        let rows: Vec<&[u8]> = mapping.keycodes.chunks(usize::from(mapping.keycodes_per_modifier()).max(1)).collect();
        // Num Lock is in one of the rows as well; a lock that is held down does nothing more, and can be lifted.
        let rows = HELD_MODIFIERS.iter().filter_map(|&at| rows.get(at));
        let keys: Vec<u8> = rows.flat_map(|row| row.iter().copied()).collect();
        Ok(down.iter().copied().filter(|key| keys.contains(key)).collect())
    }

    /// Notes that a key was pressed, by whomever.
    pub fn pressed(&mut self) {
        self.pressed = Some(Instant::now());
    }

    pub fn text(&mut self, conn: &RustConnection, enigo: &mut Enigo, text: &str) -> Result<()> {
        let typed: Vec<Typed> = characters(text).collect();
        let mut keyboards = self.look(conn)?;
        let (group_before, mut group) = (keyboards.group, keyboards.group);
        // What Caps Lock makes of a key differs from layout to layout, so that it is off for the while.
        let caps_lock = keyboards.caps_lock;
        if caps_lock {
            self.set_caps_lock(conn, false)?;
        }
        let mut held = Modifiers::default();
        let mut rest = &typed[..];
        let mut outcome = Ok(());
        while let (false, Ok(())) = (rest.is_empty(), &outcome) {
            outcome = self.stretch(conn, enigo, &mut keyboards, (&mut held, &mut group), rest).map(|done| {
                rest = rest.get(done..).unwrap_or(&[]);
            });
        }
        // Whatever went wrong, nothing stays down.
        let released = hold(enigo, &keyboards, &mut held, Modifiers::default());
        let group_back = self.set_group(conn, &mut group, group_before);
        let caps_lock_back = match caps_lock {
            true => self.set_caps_lock(conn, true),
            false => Ok(()),
        };
        self.pressed();
        outcome.and(released).and(group_back).and(caps_lock_back)
    }

    /// Types as much from the start as keys can be lent for at once; says how many characters that were, at least one.
    fn stretch(
        &mut self,
        conn: &RustConnection,
        enigo: &mut Enigo,
        keyboards: &mut Keyboards,
        (held, group): (&mut Modifiers, &mut u8),
        typed: &[Typed],
    ) -> Result<usize> {
        let started = Instant::now();
        let mut spare = keyboards.keymap.spare();
        // The layout may have been replaced, and what we put into the old one with it.
        self.borrowed.retain(|it| keyboards.keymap.of(it.keycode).first() == Some(&it.keysym.raw()));
        let mut lent = Vec::new();
        let mut count = 0;
        for &character in typed {
            let keysym = character.keysym();
            if let Some(borrowed) = self.borrowed.iter_mut().find(|it| it.keysym == keysym) {
                borrowed.used = Instant::now();
            } else if keyboards.stroke(character).is_none() {
                let Some(keycode) = spare.pop().or_else(|| self.oldest_before(started)) else {
                    break;
                };
                self.borrowed.push(Borrowed { keycode, keysym, used: Instant::now() });
                lent.push((keycode, keysym));
            }
            count += 1;
        }
        if count == 0 {
            return Err(Error::unsupported("a character is not on the keyboard, and no key is free to take it"));
        }
        if !lent.is_empty() {
            self.lend(conn, &lent)?;
            let (group, caps_lock) = (keyboards.group, keyboards.caps_lock);
            *keyboards = Keyboards { group, caps_lock, ..self.look(conn)? };
        }
        for &character in typed.iter().take(count) {
            // Gone again only if somebody replaced the layout this very moment.
            let stroke =
                keyboards.stroke(character).ok_or_else(|| Error::failed("the keyboard's layout changed; try again"))?;
            self.set_group(conn, group, stroke.group)?;
            hold(enigo, keyboards, held, Modifiers { shift: stroke.shift, level3: stroke.level3 })?;
            press(enigo, stroke.keycode, true)?;
            press(enigo, stroke.keycode, false)?;
        }
        self.pressed();
        Ok(count)
    }

    /// Takes back the key that was used least recently, if that was before `started`.
    fn oldest_before(&mut self, started: Instant) -> Option<u8> {
        let oldest = self.borrowed.iter().filter(|it| it.used < started).min_by_key(|it| it.used)?.keycode;
        self.borrowed.retain(|it| it.keycode != oldest);
        Some(oldest)
    }

    /// Puts symbols on keys. A program that has yet to look up an earlier press could miss them or take them for what was
    /// pressed: some read the layout at their first key and hear of changes only afterwards.
    fn lend(&self, conn: &RustConnection, keys: &[(u8, Keysym)]) -> Result<()> {
        if let Some(pressed) = self.pressed {
            std::thread::sleep(LOOKED_UP_WITHIN.saturating_sub(pressed.elapsed()));
        }
        keys.iter().try_for_each(|&(keycode, keysym)| put(conn, keycode, keysym))
    }

    fn look(&self, conn: &RustConnection) -> Result<Keyboards> {
        let setup = conn.setup();
        let count = setup.max_keycode.saturating_sub(setup.min_keycode).saturating_add(1);
        let mapping = conn.get_keyboard_mapping(setup.min_keycode, count).map_err(|error| lost(&error))?;
        let (mut group, mut caps_lock) = (0, false);
        if self.xkb {
            let state = conn.xkb_get_state(CORE_KEYBOARD).map_err(|error| lost(&error))?.reply().map_err(refused)?;
            group = u8::from(state.group);
            caps_lock = u16::from(state.locked_mods) & u16::from(ModMask::LOCK) != 0;
        }
        let mapping = mapping.reply().map_err(refused)?;
        let keymap = Keymap::new(setup.min_keycode, mapping.keysyms_per_keycode, mapping.keysyms);
        let shift_key = keymap.key(Keysym::Shift_L).or_else(|| keymap.key(Keysym::Shift_R));
        let level3_key = keymap.key(Keysym::ISO_Level3_Shift);
        Ok(Keyboards { keymap, shift_key, level3_key, group, caps_lock })
    }

    fn set_caps_lock(&self, conn: &RustConnection, on: bool) -> Result<()> {
        let locks = if on { ModMask::LOCK } else { ModMask::from(0_u16) };
        let none = ModMask::from(0_u16);
        let group = xkb::Group::from(0_u8);
        conn.xkb_latch_lock_state(CORE_KEYBOARD, ModMask::LOCK, locks, false, group, none, false, 0)
            .map_err(|error| lost(&error))?;
        conn.sync().map_err(refused)
    }

    fn set_group(&self, conn: &RustConnection, group: &mut u8, wanted: u8) -> Result<()> {
        if *group == wanted || !self.xkb {
            return Ok(());
        }
        let none = ModMask::from(0_u16);
        conn.xkb_latch_lock_state(CORE_KEYBOARD, none, none, true, xkb::Group::from(wanted), none, false, 0)
            .map_err(|error| lost(&error))?;
        // Presses come over another connection, and after this.
        conn.sync().map_err(refused)?;
        *group = wanted;
        Ok(())
    }

    /// Takes our symbols off the keys again, where they are still ours.
    pub fn give_back(&mut self, conn: &RustConnection) -> Result<()> {
        let Some(used) = self.borrowed.iter().map(|it| it.used).max() else {
            return Ok(());
        };
        std::thread::sleep(LOOKED_UP_WITHIN.saturating_sub(used.elapsed()));
        let Keyboards { keymap, .. } = self.look(conn)?;
        for borrowed in self.borrowed.drain(..) {
            if keymap.of(borrowed.keycode).first() == Some(&borrowed.keysym.raw()) {
                put(conn, borrowed.keycode, Keysym::NoSymbol)?;
            }
        }
        Ok(())
    }
}

impl Keyboards {
    fn stroke(&self, typed: Typed) -> Option<Stroke> {
        match typed {
            Typed::Key(keysym) => {
                let keycode = self.keymap.key(keysym)?;
                Some(Stroke { keycode, shift: false, level3: false, group: self.group })
            }
            Typed::Character(character) => self
                .keymap
                .stroke(character, self.group, self.level3_key.is_some())
                .filter(|stroke| !stroke.shift || self.shift_key.is_some()),
        }
    }
}

/// What one press gives.
#[derive(Debug, Clone, Copy)]
enum Typed {
    Character(char),
    Key(Keysym),
}

impl Typed {
    fn keysym(self) -> Keysym {
        match self {
            Self::Character(character) => Keysym::from_char(character),
            Self::Key(keysym) => keysym,
        }
    }
}

/// Line ends and tabs are keys; other control characters are none.
fn characters(text: &str) -> impl Iterator<Item = Typed> {
    let mut before = ' ';
    text.chars().filter_map(move |character| {
        let last = std::mem::replace(&mut before, character);
        match character {
            '\n' if last == '\r' => None,
            '\n' | '\r' => Some(Typed::Key(Keysym::Return)),
            '\t' => Some(Typed::Key(Keysym::Tab)),
            '\u{8}' => Some(Typed::Key(Keysym::BackSpace)),
            other if other.is_control() => None,
            other => Some(Typed::Character(other)),
        }
    })
}

fn put(conn: &RustConnection, keycode: u8, keysym: Keysym) -> Result<()> {
    // Twice, since a symbol alone would be given the two cases of a letter.
    conn.change_keyboard_mapping(1, keycode, 2, &[keysym.raw(), keysym.raw()])
        .map_err(|error| lost(&error))?
        .check()
        .map_err(refused)
}

fn hold(enigo: &mut Enigo, keyboards: &Keyboards, held: &mut Modifiers, wanted: Modifiers) -> Result<()> {
    if let (Some(key), true) = (keyboards.shift_key, held.shift != wanted.shift) {
        press(enigo, key, wanted.shift)?;
        held.shift = wanted.shift;
    }
    if let (Some(key), true) = (keyboards.level3_key, held.level3 != wanted.level3) {
        press(enigo, key, wanted.level3)?;
        held.level3 = wanted.level3;
    }
    Ok(())
}

/// Presses or lets go of a key by its keycode.
pub fn press(enigo: &mut Enigo, keycode: u8, down: bool) -> Result<()> {
    let direction = if down { Direction::Press } else { Direction::Release };
    enigo.raw(keycode.into(), direction).map_err(|error| Error::gone(format!("the X server takes no keys: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_one_key_and_control_characters_none() {
        let typed: String = characters("a\r\nb\rc\n\td\u{7}\u{0}e\u{1b}")
            .map(|typed| match typed {
                Typed::Character(character) => character,
                Typed::Key(Keysym::Return) => '↵',
                Typed::Key(_) => '⇥',
            })
            .collect();
        assert_eq!(typed, "a↵b↵c↵⇥de");
    }
}
