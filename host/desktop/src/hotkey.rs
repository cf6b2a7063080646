//! Ctrl+Alt+End, wherever the keyboard is: the key that stops everything.
//!
//! A passive grab keeps the key from other programs. Besides, raw key events are listened to, because those come even
//! while an open menu or a rep's drag holds keyboard or pointer.

use crate::error::DesktopError;
use crate::wake::{Heard, Listener, hear};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::ReplyError;
use x11rb::protocol::xinput::{self, ConnectionExt as _, XIEventMask};
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, Keycode, ModMask, Window};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::RustConnection;

/// `End`, on the main part and on the keypad.
const SYMBOLS: [u32; 2] = [0xff57, 0xff9c];
/// Locks that must not matter.
const LOCK_SYMBOLS: [u32; 2] = [0xff7f, 0xff14];
/// One press comes twice, grabbed and raw, and repeats while held.
const SAME_PRESS: Duration = Duration::from_millis(700);
/// XInput's number for all master devices.
const ALL_MASTER_DEVICES: u16 = 1;

/// Called when the key was pressed, on the hotkey's own thread.
pub type OnHotkey = Arc<dyn Fn() + Send + Sync>;

/// Listens for the key until it is dropped.
pub struct Hotkey {
    _listener: Listener,
}

struct Grabs {
    connection: Arc<RustConnection>,
    root: Window,
    layout: Layout,
    /// Keys that are down, as raw events tell. At most one entry a key code.
    down: BTreeSet<u32>,
}

/// Where the keyboard has what is needed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Layout {
    end: Vec<Keycode>,
    control: Vec<Keycode>,
    alt: Vec<Keycode>,
    /// All combinations of Caps Lock, Num Lock and Scroll Lock.
    locks: Vec<u16>,
}

impl Hotkey {
    /// Listens on `display`; `None`: `$DISPLAY`.
    ///
    /// # Errors
    /// [`DesktopError::HotkeyTaken`] if another program has it; others if there is no display.
    pub fn start(display: Option<&str>, on_hotkey: OnHotkey) -> Result<Self, DesktopError> {
        let (connection, number) = RustConnection::connect(display)?;
        let root = connection.setup().roots.get(number).map_or(x11rb::NONE, |screen| screen.root);
        let connection = Arc::new(connection);
        let mut grabs =
            Grabs { connection: Arc::clone(&connection), root, layout: Layout::default(), down: BTreeSet::new() };
        grabs.renew()?;
        if connection.extension_information(xinput::X11_EXTENSION_NAME)?.is_some() {
            connection.xinput_xi_query_version(2, 2)?.reply()?;
            let mask = xinput::EventMask {
                deviceid: ALL_MASTER_DEVICES,
                mask: vec![XIEventMask::RAW_KEY_PRESS | XIEventMask::RAW_KEY_RELEASE],
            };
            connection.xinput_xi_select_events(root, &[mask])?.check()?;
        }
        let listener = Listener::start("lotse-hotkey", &connection, root, move |mailbox| {
            if let Err(error) = grabs.listen(mailbox, &on_hotkey) {
                tracing::warn!(%error, "the key that stops everything lost its display");
            }
        })?;
        Ok(Self { _listener: listener })
    }
}

impl Grabs {
    fn listen(&mut self, mailbox: Window, on_hotkey: &OnHotkey) -> Result<(), DesktopError> {
        let mut last: Option<Instant> = None;
        loop {
            let pressed = match hear(&self.connection, mailbox)? {
                Heard::Stop => return Ok(()),
                Heard::Event(Event::KeyPress(event)) => self.layout.end.contains(&event.detail),
                Heard::Event(Event::XinputRawKeyPress(event)) => self.is_raw_press(event.detail),
                Heard::Event(Event::XinputRawKeyRelease(event)) => {
                    self.down.remove(&event.detail);
                    false
                }
                Heard::Event(Event::MappingNotify(_)) => {
                    if let Err(error) = self.renew() {
                        tracing::warn!(%error, "the key that stops everything is not to be had on the new keyboard layout");
                    }
                    false
                }
                Heard::Event(_) => false,
            };
            if pressed {
                let again = last.replace(Instant::now()).is_some_and(|last| last.elapsed() < SAME_PRESS);
                if !again {
                    on_hotkey();
                }
            }
        }
    }

    /// Told by what went down before, not by asking: by the time of an answer a fast hand has let go.
    fn is_raw_press(&mut self, detail: u32) -> bool {
        // X11 key codes are 8 bits; this also bounds the set.
        if detail > u32::from(u8::MAX) {
            return false;
        }
        self.down.insert(detail);
        let is = |keys: &[Keycode], key: u32| keys.iter().any(|it| u32::from(*it) == key);
        let holds = |keys: &[Keycode]| self.down.iter().any(|key| is(keys, *key));
        is(&self.layout.end, detail) && holds(&self.layout.control) && holds(&self.layout.alt)
    }

    /// Grabs the key where the keyboard has it now. Does nothing if that is where it was: display servers tell of a new
    /// layout with each change of the device used, and a key that is grabbed anew is free for a moment.
    fn renew(&mut self) -> Result<(), DesktopError> {
        let layout = self.look()?;
        if layout == self.layout {
            return Ok(());
        }
        for key in std::mem::take(&mut self.layout).end {
            self.connection.ungrab_key(key, self.root, ModMask::ANY)?;
        }
        let mut cookies = Vec::new();
        for key in &layout.end {
            for lock in &layout.locks {
                let modifiers = ModMask::CONTROL | ModMask::M1 | ModMask::from(*lock);
                let mode = GrabMode::ASYNC;
                cookies.push(self.connection.grab_key(false, self.root, modifiers, *key, mode, mode)?);
            }
        }
        for cookie in cookies {
            match cookie.check() {
                Ok(()) => {}
                Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Access => {
                    return Err(DesktopError::HotkeyTaken);
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.layout = layout;
        Ok(())
    }

    fn look(&self) -> Result<Layout, DesktopError> {
        let end = self.keys_with(&SYMBOLS)?;
        if end.is_empty() {
            return Err(DesktopError::NoKey);
        }
        let lock_keys = self.keys_with(&LOCK_SYMBOLS)?;
        let mapping = self.connection.get_modifier_mapping()?.reply()?;
        let each = usize::from(mapping.keycodes_per_modifier()).max(1);
        let of = |modifier: usize| {
            let keys = mapping.keycodes.chunks(each).nth(modifier).unwrap_or(&[]);
            keys.iter().copied().filter(|key| *key != 0).collect::<Vec<_>>()
        };
        // Modifiers are in the protocol's order: Shift, Lock, Control, then 1 to 5.
        let locks = (4..8)
            .filter(|modifier| of(*modifier).iter().any(|key| lock_keys.contains(key)))
            .map(|modifier| 1 << modifier);
        let mut masks = vec![0];
        for lock in std::iter::once(u16::from(ModMask::LOCK)).chain(locks) {
            let with: Vec<u16> = masks.iter().map(|mask| mask | lock).collect();
            masks.extend(with);
        }
        Ok(Layout { end, control: of(2), alt: of(3), locks: masks })
    }

    /// Key codes that have one of these symbols, at most one keyboard's worth.
    fn keys_with(&self, symbols: &[u32]) -> Result<Vec<Keycode>, DesktopError> {
        let setup = self.connection.setup();
        let (min, max) = (setup.min_keycode, setup.max_keycode);
        let mapping = self.connection.get_keyboard_mapping(min, max.saturating_sub(min).saturating_add(1))?.reply()?;
        let each = usize::from(mapping.keysyms_per_keycode).max(1);
        let keys = (min..=max).zip(mapping.keysyms.chunks(each));
        Ok(keys.filter(|(_, has)| has.iter().any(|symbol| symbols.contains(symbol))).map(|(key, _)| key).collect())
    }
}
