//! The window that takes pointer and keys while a person draws on a display or window. It shows nothing.

use super::ink::rectangle;
use crate::error::DesktopError;
use crate::own_windows::X11Windows;
use lotse_engine::drawing::{PenCursor, PenInput};
use lotse_ink::{Rect, without};
use x11rb::connection::Connection;
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    ButtonPressEvent, ChangeWindowAttributesAux, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux,
    Cursor, EventMask, GrabMode, InputFocus, KeyButMask, KeyPressEvent, Keycode, ModMask, Rectangle, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use xkeysym::Keysym;

const ESCAPE: u32 = 0xff1b;
const BACKSPACE: u32 = 0xff08;
const RETURN: u32 = 0xff0d;
/// Symbols of Z, without Shift and with Caps Lock.
const Z: [u32; 2] = [0x7a, 0x5a];
const KEYPAD_ENTER: u32 = 0xff8d;

pub(super) struct Hand {
    pub window: Window,
    cursor: Option<Cursor>,
    pen: Option<PenCursor>,
    area: Rect,
    buttons: u32,
    keys: Keys,
    root: Window,
    /// Who had the keyboard before.
    before: Window,
}

/// What the keyboard's keys write, as it is when the person begins to draw. Without dead keys.
#[derive(Default)]
struct Keys {
    first: Keycode,
    /// Symbols of a key.
    each: usize,
    symbols: Vec<u32>,
}

impl Hand {
    /// Takes pointer and keys over `area`, and Escape everywhere. `other`: one over another display, while the person draws
    /// there, too.
    pub(super) fn new(
        connection: &RustConnection,
        windows: &X11Windows,
        root: Window,
        area: Rect,
        other: Option<&Self>,
    ) -> Result<Self, DesktopError> {
        let window = connection.generate_id()?;
        let looks = CreateWindowAux::new().override_redirect(1).event_mask(
            EventMask::BUTTON_PRESS | EventMask::BUTTON_RELEASE | EventMask::POINTER_MOTION | EventMask::KEY_PRESS,
        );
        let Rectangle { x, y, width, height } = rectangle(&area);
        connection.create_window(0, window, root, x, y, width, height, 0, WindowClass::INPUT_ONLY, 0, &looks)?;
        connection.sync()?;
        // What a rep injects must not draw in the customer's name.
        windows.add(window);
        let before = match other {
            Some(other) => other.before,
            None => connection.get_input_focus()?.reply()?.focus,
        };
        connection.map_window(window)?;
        connection.set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME)?;
        let keys = Keys::read(connection)?;
        for key in keys.with(ESCAPE) {
            // Another program may have it; then it counts while this window has the keyboard.
            let mode = GrabMode::ASYNC;
            connection.grab_key(false, root, ModMask::ANY, key, mode, mode)?;
        }
        Ok(Self { window, cursor: None, pen: None, area, buttons: 0, keys, root, before })
    }

    /// It lies elsewhere from now on.
    pub(super) fn place(&mut self, connection: &RustConnection, area: Rect) -> Result<(), DesktopError> {
        self.area = area;
        let Rectangle { x, y, width, height } = rectangle(&area);
        let place = ConfigureWindowAux::new().x(i32::from(x)).y(i32::from(y));
        connection.configure_window(self.window, &place.width(u32::from(width)).height(u32::from(height)))?;
        Ok(())
    }

    /// What the pointer looks like over it.
    pub(super) fn look(&mut self, connection: &RustConnection, pen: PenCursor) -> Result<(), DesktopError> {
        if self.pen.replace(pen) == Some(pen) {
            return Ok(());
        }
        let (font, cursor) = (connection.generate_id()?, connection.generate_id()?);
        connection.open_font(font, b"cursor")?;
        let (glyph, white) = (pen.x11_glyph(), u16::MAX);
        connection.create_glyph_cursor(cursor, font, font, glyph, glyph + 1, 0, 0, 0, white, white, white)?;
        connection.close_font(font)?;
        connection.change_window_attributes(self.window, &ChangeWindowAttributesAux::new().cursor(cursor))?;
        if let Some(old) = self.cursor.replace(cursor) {
            connection.free_cursor(old)?;
        }
        Ok(())
    }

    /// Lets other windows of Lotse have the pointer where they are seen.
    pub(super) fn cut(&self, connection: &RustConnection, holes: &[Rect]) -> Result<(), DesktopError> {
        let all = Rect::new(0, 0, self.area.width, self.area.height);
        let parts: Vec<Rectangle> = without(&all, holes).iter().map(rectangle).collect();
        connection.shape_rectangles(SO::SET, SK::BOUNDING, ClipOrdering::UNSORTED, self.window, 0, 0, &parts)?;
        Ok(())
    }

    /// A button went down or up. `None`: it is none that draws.
    pub(super) fn button(
        &mut self,
        connection: &RustConnection,
        event: &ButtonPressEvent,
        down: bool,
    ) -> Result<Option<PenInput>, DesktopError> {
        let bit = match event.detail {
            1..=3 => 1 << (event.detail - 1),
            8 | 9 => 1 << (event.detail - 5),
            _ => return Ok(None),
        };
        if down {
            connection.set_input_focus(InputFocus::POINTER_ROOT, self.window, x11rb::CURRENT_TIME)?;
        }
        self.buttons = if down { self.buttons | bit } else { self.buttons & !bit };
        Ok(Some(self.at(event.event_x, event.event_y)))
    }

    /// Where the pointer is, within the display.
    pub(super) fn at(&self, x: i16, y: i16) -> PenInput {
        let within = |at: i16, side: u32| i32::from(at).clamp(0, i32::try_from(side.max(1)).unwrap_or(i32::MAX) - 1);
        PenInput::Pointer { x: within(x, self.area.width), y: within(y, self.area.height), buttons: self.buttons }
    }

    /// What a key writes, or that the person leaves. Keys that others were to have are passed over.
    pub(super) fn key(&self, event: &KeyPressEvent) -> Option<PenInput> {
        let state = u16::from(event.state);
        let held = |mask: KeyButMask| state & u16::from(mask) != 0;
        // Two bits say which layout is in use (XKB); the core keymap has room for two.
        let second = state & 0x2000 != 0;
        let symbol = self.keys.symbol(event.detail, second, held(KeyButMask::SHIFT), held(KeyButMask::MOD5));
        let text = |entered: String| Some(PenInput::Text { entered });
        match symbol {
            ESCAPE => Some(PenInput::Left),
            // Escape alone is grabbed everywhere; whatever else comes by the root is not for the drawing.
            _ if event.event == self.root => None,
            BACKSPACE => text("\u{8}".to_owned()),
            RETURN | KEYPAD_ENTER => text("\n".to_owned()),
            _ if Z.contains(&symbol) && is_undo(state) => text(PenInput::UNDO.to_owned()),
            _ if held(KeyButMask::CONTROL) || held(KeyButMask::MOD1) || held(KeyButMask::MOD4) => None,
            _ => {
                let letter = Keysym::new(symbol).key_char().filter(|letter| !letter.is_control())?;
                text(if held(KeyButMask::LOCK) { other_case(letter) } else { letter.to_string() })
            }
        }
    }

    /// Gives all of it back; what is common to all displays goes to the `other` that is left.
    pub(super) fn discard(
        self,
        connection: &RustConnection,
        windows: &X11Windows,
        other: Option<&Self>,
    ) -> Result<(), DesktopError> {
        for key in self.keys.with(ESCAPE).into_iter().filter(|_| other.is_none()) {
            connection.ungrab_key(key, self.root, ModMask::ANY)?;
        }
        if connection.get_input_focus()?.reply()?.focus == self.window {
            // If that window is gone, the pointer decides.
            let next = other.map_or(self.before, |other| other.window);
            connection.set_input_focus(InputFocus::POINTER_ROOT, next, x11rb::CURRENT_TIME)?;
        }
        connection.destroy_window(self.window)?;
        if let Some(cursor) = self.cursor {
            connection.free_cursor(cursor)?;
        }
        windows.remove(self.window);
        Ok(())
    }
}

/// Control alone is held.
fn is_undo(state: u16) -> bool {
    let held = |mask: KeyButMask| state & u16::from(mask) != 0;
    let others = [KeyButMask::SHIFT, KeyButMask::MOD1, KeyButMask::MOD4, KeyButMask::MOD5];
    held(KeyButMask::CONTROL) && !others.into_iter().any(held)
}

/// What Caps Lock makes of a letter, whether Shift is held or not.
fn other_case(letter: char) -> String {
    if letter.is_lowercase() { letter.to_uppercase().collect() } else { letter.to_lowercase().collect() }
}

impl Keys {
    fn read(connection: &RustConnection) -> Result<Self, DesktopError> {
        let setup = connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let mapping = connection.get_keyboard_mapping(first, last.saturating_sub(first).saturating_add(1))?.reply()?;
        Ok(Self { first, each: usize::from(mapping.keysyms_per_keycode).max(1), symbols: mapping.keysyms })
    }

    /// Keys that have a symbol.
    fn with(&self, symbol: u32) -> Vec<Keycode> {
        let keys = (self.first..=Keycode::MAX).zip(self.symbols.chunks(self.each.max(1)));
        keys.filter(|(_, has)| has.contains(&symbol)).map(|(key, _)| key).collect()
    }

    /// The symbol of a key, in the second layout, with Shift and with AltGr. 0: none.
    fn symbol(&self, key: Keycode, second: bool, shift: bool, third: bool) -> u32 {
        let Some(at) = key.checked_sub(self.first).map(usize::from) else { return 0 };
        let of = self.symbols.chunks(self.each.max(1)).nth(at).unwrap_or_default();
        let level = |second: bool, shift: bool| usize::from(shift) + 2 * usize::from(second) + 4 * usize::from(third);
        let tries = [(second, shift), (second, false), (false, shift), (false, false)];
        let mut found = tries.into_iter().filter_map(|(second, shift)| of.get(level(second, shift)).copied());
        found.find(|symbol| *symbol != 0).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_write_by_their_level_and_fall_back_to_the_one_without_shift() {
        // Key 10: a small letter, a large one, and an at sign behind AltGr. Key 11: Escape.
        let symbols = vec![0x71, 0x51, 0, 0, 0x40, 0, ESCAPE, 0, 0, 0, 0, 0];
        let keys = Keys { first: 10, each: 6, symbols };
        let first = |key, shift, third| keys.symbol(key, false, shift, third);
        assert_eq!((first(10, false, false), first(10, true, false)), (0x71, 0x51));
        assert_eq!((first(10, false, true), first(10, true, true)), (0x40, 0x40));
        assert_eq!((first(11, true, false), first(9, false, false), first(200, false, false)), (ESCAPE, 0, 0));
        assert_eq!(keys.symbol(10, true, true, false), 0x51, "where a key has no second layout the first counts");
        let two = Keys { first: 10, each: 4, symbols: vec![0x71, 0x51, 0x6ca, 0x6ea] };
        assert_eq!((two.symbol(10, true, false, false), two.symbol(10, true, true, false)), (0x6ca, 0x6ea));
        assert_eq!(keys.with(ESCAPE), [11]);
        assert_eq!(
            (other_case('q'), other_case('Q'), other_case('3')),
            ("Q".to_owned(), "q".to_owned(), "3".to_owned())
        );
    }
}
