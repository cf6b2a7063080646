//! Events of the display and what they mean: for the person's input, for the keyboard, for what must be drawn again.

use crate::config::ViewerError;
use crate::hints;
use crate::keyboard::{self, Meaning, Press};
use crate::layout::Layout;
use crate::sys::keymap::Composed;
use crate::thread::Viewer;
use crate::window::SurfaceWindow;
use lotse_engine::drawing::{PenCursor, PenInput};
use lotse_engine::surface::Rect;
use lotse_engine::view::SurfaceInput;
use lotse_runtime::Value;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ButtonPressEvent, ConnectionExt as _, FocusInEvent, InputFocus, KeyButMask, KeyPressEvent, NotifyDetail,
    NotifyMode, Window,
};

/// Symbol of the key that with Control, Alt and Shift always frees the keyboard.
const FREEING_SYMBOL: u32 = 0xffc9;
/// The same key by its place: with Control and Alt some layouts have another symbol on it.
const FREEING_KEYCODE: u8 = 96;

/// Symbol of Escape.
const ESCAPE: u32 = 0xff1b;
/// Symbols of keys that are told as characters while the rep draws.
const BACKSPACE: u32 = 0xff08;
const RETURN: u32 = 0xff0d;
const KEYPAD_ENTER: u32 = 0xff8d;
/// Symbols of Z, without Shift and with Caps Lock.
const Z: [u32; 2] = [0x7a, 0x5a];
/// How often a new window asks for the keyboard, some hundred milliseconds apart.
const FOCUS_TRIES_MAX: u8 = 8;

/// A key while the rep draws.
enum Pressed {
    Undo,
    Key { symbol: u32, text: String, chord: bool },
}

/// Control alone is held.
fn is_undo(state: KeyButMask) -> bool {
    let held = |mask: KeyButMask| u16::from(state) & u16::from(mask) != 0;
    let others = [KeyButMask::SHIFT, KeyButMask::MOD1, KeyButMask::MOD4, KeyButMask::MOD5];
    held(KeyButMask::CONTROL) && !others.into_iter().any(held)
}

impl SurfaceWindow {
    /// Whether all keys, even the window manager's, are to reach the other side.
    pub(crate) fn wants_grab(&self) -> bool {
        let steers = self.options.pass_system_keys && self.options.interactive && self.pen.is_none();
        steers && self.focused && self.mapped && !self.freed
    }
}

impl Viewer {
    pub(crate) fn handle(&mut self, event: Event) -> Result<(), ViewerError> {
        match event {
            Event::KeyPress(event) => self.with(event.event, |viewer, index| viewer.key_press(index, &event)),
            Event::KeyRelease(event) => self.with(event.event, |viewer, index| {
                viewer.tell_keys(index, |window, out| window.keyboard.release(event.detail, out));
                Ok(())
            }),
            Event::ButtonPress(event) => self.with(event.event, |viewer, index| viewer.button(index, &event, true)),
            Event::ButtonRelease(event) => self.with(event.event, |viewer, index| viewer.button(index, &event, false)),
            Event::MotionNotify(event) => self.with(event.event, |viewer, index| {
                viewer.motion(index, event.event_x, event.event_y);
                Ok(())
            }),
            Event::EnterNotify(event) => self.with(event.event, |viewer, index| {
                let Some(window) = viewer.windows.get_mut(index) else { return Ok(()) };
                window.inside = true;
                // The low bit: the keyboard is with this window or one that holds it.
                let may_take = !window.is_bare && window.acts() && !window.focused && !window.freed;
                viewer.motion(index, event.event_x, event.event_y);
                if may_take && event.same_screen_focus & 1 != 0 { viewer.take_focus(index) } else { Ok(()) }
            }),
            Event::LeaveNotify(event) => self.with(event.event, |viewer, index| {
                if event.detail == NotifyDetail::INFERIOR {
                    return Ok(());
                }
                let Some(window) = viewer.windows.get_mut(index) else { return Ok(()) };
                window.inside = false;
                // Keys came only because the pointer was here: their releases go elsewhere.
                if !window.focused {
                    viewer.release_all(index);
                }
                Ok(())
            }),
            Event::FocusIn(event) => self.with(event.event, |viewer, index| {
                viewer.focus_in(index, &event);
                Ok(())
            }),
            Event::FocusOut(event) => self.with(event.event, |viewer, index| {
                viewer.focus_out(index, &event);
                Ok(())
            }),
            Event::Expose(event) => self.with(event.window, |viewer, index| {
                let part = Rect::new(event.x.into(), event.y.into(), event.width.into(), event.height.into());
                viewer.windows.get(index).map_or(Ok(()), |window| window.canvas.lock().expose(&part))
            }),
            Event::ConfigureNotify(event) => self.with(event.window, |viewer, index| {
                let Some(window) = viewer.windows.get_mut(index).filter(|window| window.is_bare) else { return Ok(()) };
                let size = (u32::from(event.width), u32::from(event.height));
                (window.place.width, window.place.height) = size;
                window.relayout(Layout { window: size, ..window.layout })
            }),
            Event::MapNotify(event) => self.with(event.window, |viewer, index| viewer.mapped(index)),
            Event::UnmapNotify(event) => self.with(event.window, |viewer, index| {
                viewer.release_all(index);
                if let Some(window) = viewer.windows.get_mut(index) {
                    (window.focused, window.inside) = (false, false);
                }
                Ok(())
            }),
            Event::DestroyNotify(event) => self.with(event.window, |viewer, index| viewer.forget(index).map(|_| ())),
            Event::ClientMessage(event) => self.with(event.window, |viewer, index| {
                let wants_close = event.type_ == viewer.atoms.WM_PROTOCOLS
                    && event.data.as_data32().first() == Some(&viewer.atoms.WM_DELETE_WINDOW);
                if let Some(window) = viewer.windows.get(index).filter(|_| wants_close) {
                    viewer.connection.unmap_window(window.id)?;
                    (viewer.on_input)(window.surface, SurfaceInput::Closed);
                }
                Ok(())
            }),
            Event::XkbNewKeyboardNotify(_) | Event::XkbMapNotify(_) | Event::MappingNotify(_) => {
                self.keymap_stale = true;
                Ok(())
            }
            Event::XinputRawButtonPress(_) => self.give_focus_back(),
            Event::Error(error) => {
                tracing::debug!(?error, "the display refused a request of the viewer");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn with(
        &mut self,
        id: Window,
        act: impl FnOnce(&mut Self, usize) -> Result<(), ViewerError>,
    ) -> Result<(), ViewerError> {
        match self.windows.iter().position(|window| window.id == id) {
            Some(index) => act(self, index),
            None => Ok(()),
        }
    }

    fn key_press(&mut self, index: usize, event: &KeyPressEvent) -> Result<(), ViewerError> {
        if self.keymap_stale {
            self.reload_keymap();
        }
        let state = u16::from(event.state);
        let held = |mask: KeyButMask| state & u16::from(mask) != 0;
        let chord = held(KeyButMask::CONTROL) || held(KeyButMask::MOD1) || held(KeyButMask::MOD4);
        // Shift+F10 opens a context menu, so what is held with a key makes another one of it.
        let alone = !chord && !held(KeyButMask::SHIFT) && !held(KeyButMask::MOD5);
        let Some(window) = self.windows.get_mut(index) else { return Ok(()) };
        let (symbol, mut text) =
            self.keymap.as_mut().map_or((0, String::new()), |keymap| keymap.key(event.detail, state));
        if (symbol == FREEING_SYMBOL || event.detail == FREEING_KEYCODE)
            && held(KeyButMask::CONTROL)
            && held(KeyButMask::MOD1)
            && held(KeyButMask::SHIFT)
        {
            window.freed = true;
            self.release_all(index);
            return self.focus_parent(index);
        }
        let options = window.options;
        let is_hotkey = options.hotkeys && alone && keyboard::hotkey(symbol).is_some();
        if window.pen.is_some() && !is_hotkey {
            let undoes = Z.contains(&symbol) && is_undo(event.state);
            let pressed = if undoes { Pressed::Undo } else { Pressed::Key { symbol, text, chord } };
            self.pen_key(index, event.detail, pressed);
            return Ok(());
        }
        // While it steers Escape is the other side's; the bar and F9 lead out then.
        if symbol == ESCAPE && options.full_screen && !options.interactive {
            let what = vec![("full-screen".to_owned(), Value::Flag(false))];
            (self.on_input)(window.surface, SurfaceInput::Changed { what });
            return Ok(());
        }
        if !options.interactive && !is_hotkey {
            return Ok(());
        }
        if !chord
            && !is_hotkey
            && !keyboard::is_modifier(symbol)
            && let Some(keymap) = &mut self.keymap
        {
            match keymap.compose(symbol) {
                Composed::Composing => {
                    window.keyboard.swallow(event.detail);
                    return Ok(());
                }
                Composed::Text(composed) => text = composed,
                // A sequence that means nothing: the key that ended it stands for itself.
                Composed::Nothing | Composed::Cancelled => {}
            }
        }
        let press = Press { keycode: event.detail, symbol, text: &text, chord, hotkeys: options.hotkeys && alone };
        let mut meaning = Meaning::Passed;
        self.tell_keys(index, |window, out| meaning = window.keyboard.press(press, out));
        if let (Meaning::Hotkey(number), Some(window)) = (meaning, self.windows.get(index)) {
            let what = vec![("hotkey".to_owned(), Value::Number(number))];
            (self.on_input)(window.surface, SurfaceInput::Changed { what });
        }
        Ok(())
    }

    /// A key while the rep draws: it writes, or leaves.
    fn pen_key(&mut self, index: usize, keycode: u8, pressed: Pressed) {
        let Some(window) = self.windows.get_mut(index) else { return };
        let surface = window.surface;
        window.keyboard.swallow(keycode);
        let input = match pressed {
            Pressed::Undo => PenInput::Text { entered: PenInput::UNDO.to_owned() },
            Pressed::Key { symbol: ESCAPE, .. } => PenInput::Left,
            Pressed::Key { symbol: BACKSPACE, .. } => PenInput::Text { entered: "\u{8}".to_owned() },
            Pressed::Key { symbol: RETURN | KEYPAD_ENTER, .. } => PenInput::Text { entered: "\n".to_owned() },
            Pressed::Key { symbol, chord, .. } if chord || keyboard::is_modifier(symbol) => return,
            Pressed::Key { symbol, text, .. } => {
                let composed = self.keymap.as_mut().map_or(Composed::Nothing, |keymap| keymap.compose(symbol));
                let entered = match composed {
                    Composed::Composing => return,
                    Composed::Text(composed) => composed,
                    Composed::Nothing | Composed::Cancelled => text,
                };
                if entered.is_empty() || entered.chars().any(char::is_control) {
                    return;
                }
                PenInput::Text { entered }
            }
        };
        self.tell_motions();
        (self.on_input)(surface, SurfaceInput::Pen(input));
    }

    /// The rep begins to draw, or stops. What was down for somebody else is let go, and the other way round.
    pub(crate) fn set_pen(&mut self, index: usize, pen: Option<PenCursor>) -> Result<(), ViewerError> {
        let Some(before) = self.windows.get(index).map(|window| window.pen).filter(|before| *before != pen) else {
            return Ok(());
        };
        if before.is_none() || pen.is_none() {
            self.release_all(index);
        }
        let Some(window) = self.windows.get_mut(index) else { return Ok(()) };
        window.pen = pen;
        if pen.is_none() && !window.options.interactive && window.focused { self.focus_parent(index) } else { Ok(()) }
    }

    /// Tells what the keyboard makes of something, after a motion that came before it.
    fn tell_keys(&mut self, index: usize, act: impl FnOnce(&mut SurfaceWindow, &mut Vec<SurfaceInput>)) {
        self.tell_motions();
        let Some(window) = self.windows.get_mut(index) else { return };
        let mut out = Vec::new();
        act(window, &mut out);
        for input in out {
            (self.on_input)(window.surface, input);
        }
    }

    fn button(&mut self, index: usize, event: &ButtonPressEvent, down: bool) -> Result<(), ViewerError> {
        let Some(window) = self.windows.get_mut(index) else { return Ok(()) };
        if down && event.detail <= 3 {
            window.freed = false;
            if window.is_bare || window.acts() {
                if !window.focused {
                    self.take_focus(index)?;
                }
            } else {
                self.focus_parent(index)?;
            }
        }
        let Some(window) = self.windows.get_mut(index).filter(|window| window.acts()) else {
            return Ok(());
        };
        let draws = window.pen.is_some();
        let bit = match event.detail {
            1..=3 => 1 << (event.detail - 1),
            8 | 9 => 1 << (event.detail - 5),
            _ => 0,
        };
        let wheel = match event.detail {
            4 => (0, -1),
            5 => (0, 1),
            6 => (-1, 0),
            7 => (1, 0),
            _ => (0, 0),
        };
        if bit == 0 && (wheel == (0, 0) || !down || draws) {
            return Ok(());
        }
        let place = window.layout.to_picture(event.event_x.into(), event.event_y.into());
        window.moved |= window.at != place;
        self.tell_keys(index, |window, out| {
            if down {
                window.keyboard.flush(out);
            }
            window.at = place;
            window.moved = false;
            window.buttons = if down { window.buttons | bit } else { window.buttons & !bit };
            out.push(window.pointed(wheel));
        });
        Ok(())
    }

    fn motion(&mut self, index: usize, x: i16, y: i16) {
        let Some(window) = self.windows.get_mut(index).filter(|window| window.acts()) else { return };
        let at = window.layout.to_picture(x.into(), y.into());
        if at != window.at {
            window.at = at;
            window.moved = true;
        }
    }

    /// Tells of the newest place of each pointer that moved since the last time.
    pub(crate) fn tell_motions(&mut self) {
        for window in &mut self.windows {
            if std::mem::take(&mut window.moved) {
                (self.on_input)(window.surface, window.pointed((0, 0)));
            }
        }
    }

    fn focus_in(&mut self, index: usize, event: &FocusInEvent) {
        if let Some(window) = self.windows.get_mut(index)
            && event.mode != NotifyMode::GRAB
            && !matches!(event.detail, NotifyDetail::POINTER | NotifyDetail::POINTER_ROOT)
        {
            window.focused = true;
            window.focus_tries = 0;
            // Our own grabs and ungrabs come as focus events, too.
            if event.mode != NotifyMode::UNGRAB {
                window.freed = false;
            }
        }
    }

    fn focus_out(&mut self, index: usize, event: &FocusInEvent) {
        // A press in a window that had no keyboard gives it one, and window managers pass it about: what is drawn or dragged goes
        // on, since the press has the pointer until its release. Whoever grabs the keyboard, as window managers do to switch
        // windows, gets the releases, too.
        let passed_about = event.mode == NotifyMode::NORMAL;
        if passed_about && self.windows.get(index).is_some_and(|window| window.buttons != 0) {
            self.release_keys(index);
        } else {
            self.release_all(index);
        }
        if let Some(window) = self.windows.get_mut(index)
            && matches!(event.mode, NotifyMode::NORMAL | NotifyMode::WHILE_GRABBED)
            && !matches!(event.detail, NotifyDetail::POINTER | NotifyDetail::POINTER_ROOT)
        {
            window.focused = false;
        }
    }

    fn release_keys(&mut self, index: usize) {
        if let Some(keymap) = &mut self.keymap {
            keymap.compose_reset();
        }
        self.tell_keys(index, |window, out| window.keyboard.release_all(out));
    }

    /// The far side lets go of all keys and buttons.
    pub(crate) fn release_all(&mut self, index: usize) {
        self.release_keys(index);
        self.tell_keys(index, |window, out| {
            if std::mem::take(&mut window.buttons) != 0 {
                out.push(window.pointed((0, 0)));
            }
        });
    }

    /// Takes the keyboard for a window.
    pub(crate) fn take_focus(&mut self, index: usize) -> Result<(), ViewerError> {
        let Some(window) = self.windows.get(index) else { return Ok(()) };
        self.connection.set_input_focus(InputFocus::PARENT, window.id, x11rb::CURRENT_TIME)?;
        self.connection.flush()?;
        Ok(())
    }

    /// The window round an embedded picture gets the keyboard. A bare one has none to give it to.
    pub(crate) fn focus_parent(&mut self, index: usize) -> Result<(), ViewerError> {
        if let Some(window) = self.windows.get(index).filter(|window| !window.is_bare) {
            self.connection.set_input_focus(InputFocus::PARENT, window.place.parent, x11rb::CURRENT_TIME)?;
        }
        Ok(())
    }

    /// A press beside an embedded picture that has the keyboard: the window round it gets it back.
    fn give_focus_back(&mut self) -> Result<(), ViewerError> {
        match self.windows.iter().position(|window| window.focused && !window.inside && !window.is_bare) {
            Some(index) => self.focus_parent(index),
            None => Ok(()),
        }
    }

    /// A bare window is there, perhaps before the window manager is: it asks for the keyboard until it has it.
    fn mapped(&mut self, index: usize) -> Result<(), ViewerError> {
        if let Some(window) = self.windows.get_mut(index).filter(|window| window.is_bare) {
            window.focus_tries = FOCUS_TRIES_MAX;
        }
        self.try_focus(index)
    }

    /// Asks for the keyboard for a window that never had it; without a window manager, takes it.
    pub(crate) fn try_focus(&mut self, index: usize) -> Result<(), ViewerError> {
        let Some(window) = self.windows.get_mut(index).filter(|window| window.focus_tries > 0) else { return Ok(()) };
        window.focus_tries -= 1;
        if hints::is_managed(&self.connection, &self.atoms, self.screen.root)? {
            hints::activate(&self.connection, &self.atoms, &self.screen, window.id)
        } else {
            self.take_focus(index)
        }
    }
}
