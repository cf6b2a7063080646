//! Ctrl+Alt+End, wherever the keyboard is: the key that stops everything.
//!
//! A passive grab keeps the key from other programs. Besides, raw key events are listened to, because those come even
//! while an open menu or a rep's drag holds keyboard or pointer, and even if another program has grabbed the key first.
//! Where neither is to be had, [`Hotkey::is_heard`] says so, and says it again whenever that changes.

use crate::error::DesktopError;
use crate::wake::{Heard, Listener, hear};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::ReplyError;
use x11rb::protocol::Event;
use x11rb::protocol::xinput::{self, ConnectionExt as _, XIEventMask};
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, Keycode, ModMask, Window};
use x11rb::rust_connection::RustConnection;

/// `End`, on the main part and on the keypad.
const SYMBOLS: [u32; 2] = [0xff57, 0xff9c];
/// Locks that must not matter.
const LOCK_SYMBOLS: [u32; 2] = [0xff7f, 0xff14];
/// One press comes twice, grabbed and raw, and repeats while held.
const SAME_PRESS: Duration = Duration::from_millis(700);
/// XInput's number for all master devices.
const ALL_MASTER_DEVICES: u16 = 1;

/// What the hotkey tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HotkeyEvent {
    Pressed,
    /// It is heard now and was not before, or the other way round; see [`Hotkey::is_heard`].
    Changed,
}

/// Called on the hotkey's own thread.
pub type OnHotkey = Arc<dyn Fn(HotkeyEvent) + Send + Sync>;

/// Listens for the key until it is dropped.
pub struct Hotkey {
    heard: Arc<AtomicBool>,
    _listener: Listener,
}

struct Grabs {
    connection: Arc<RustConnection>,
    root: Window,
    /// Where the key is now, whether it could be grabbed there or not: raw events go by it.
    layout: Layout,
    /// The key is ours wherever the layout has it.
    grabbed: bool,
    /// Raw events come.
    raw: bool,
    heard: Arc<AtomicBool>,
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
    /// Listens on `display`; `None`: `$DISPLAY`. That the key cannot be heard, since the keyboard has none or another
    /// program keeps it, is no error: that may change, and [`Self::is_heard`] tells.
    ///
    /// # Errors
    /// If there is no display or no thread to be had.
    pub fn start(display: Option<&str>, on_hotkey: OnHotkey) -> Result<Self, DesktopError> {
        let (connection, number) = RustConnection::connect(display)?;
        let root = connection.setup().roots.get(number).map_or(x11rb::NONE, |screen| screen.root);
        let connection = Arc::new(connection);
        let heard = Arc::new(AtomicBool::new(false));
        let mut grabs = Grabs {
            connection: Arc::clone(&connection),
            root,
            layout: Layout::default(),
            grabbed: false,
            raw: listen_to_raw_keys(&connection, root)?,
            heard: Arc::clone(&heard),
            down: BTreeSet::new(),
        };
        grabs.renew()?;
        grabs.warn();
        heard.store(grabs.is_heard(), Ordering::Release);
        let listener = Listener::start("lotse-hotkey", &connection, root, move |mailbox| {
            if let Err(error) = grabs.listen(mailbox, &on_hotkey) {
                tracing::warn!(%error, "the key that stops everything lost its display");
                grabs.raw = false;
                grabs.grabbed = false;
                grabs.tell(&on_hotkey);
            }
        })?;
        Ok(Self { heard, _listener: listener })
    }

    /// Whether the key works wherever the keyboard is.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.heard.load(Ordering::Acquire)
    }
}

/// `false`: this display tells of no raw keys.
fn listen_to_raw_keys(connection: &RustConnection, root: Window) -> Result<bool, DesktopError> {
    if connection.extension_information(xinput::X11_EXTENSION_NAME)?.is_none() {
        return Ok(false);
    }
    connection.xinput_xi_query_version(2, 2)?.reply()?;
    let mask = xinput::EventMask {
        deviceid: ALL_MASTER_DEVICES,
        mask: vec![XIEventMask::RAW_KEY_PRESS | XIEventMask::RAW_KEY_RELEASE],
    };
    connection.xinput_xi_select_events(root, &[mask])?.check()?;
    Ok(true)
}

/// `None`: the display refused the request, be it that another program has the key or anything else; the connection stands.
fn unless_refused<T>(answer: Result<T, DesktopError>) -> Result<Option<T>, DesktopError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(DesktopError::Reply(ReplyError::X11Error(error))) => {
            tracing::debug!(?error, "the display refused a request for the key that stops everything");
            Ok(None)
        }
        Err(error) => Err(error),
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
                    let before = self.grabbed;
                    self.renew()?;
                    if self.grabbed != before {
                        self.warn();
                    }
                    self.tell(on_hotkey);
                    false
                }
                Heard::Event(_) | Heard::Woken => false,
            };
            if pressed {
                let again = last.replace(Instant::now()).is_some_and(|last| last.elapsed() < SAME_PRESS);
                if !again {
                    on_hotkey(HotkeyEvent::Pressed);
                }
            }
        }
    }

    /// A key that is there is heard by its grab or beside whoever has it.
    fn is_heard(&self) -> bool {
        !self.layout.end.is_empty() && (self.grabbed || self.raw)
    }

    fn warn(&self) {
        if self.layout.end.is_empty() {
            tracing::warn!("this keyboard has no End key: nothing but the window stops everything");
        } else if !self.grabbed {
            tracing::warn!(heard = self.raw, "another program already uses Ctrl+Alt+End");
        }
    }

    fn tell(&self, on_hotkey: &OnHotkey) {
        let heard = self.is_heard();
        if self.heard.swap(heard, Ordering::AcqRel) != heard {
            on_hotkey(HotkeyEvent::Changed);
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

    /// Grabs the key where the keyboard has it now. What the display refuses leaves the key ungrabbed and ends nothing: raw
    /// events go on. Does nothing if it is ours there: display servers tell of a new layout
    /// with each change of the device used, and a key that is grabbed anew is free for a moment.
    fn renew(&mut self) -> Result<(), DesktopError> {
        let Some(layout) = unless_refused(self.look())? else {
            self.grabbed = false;
            return Ok(());
        };
        if layout == self.layout && self.grabbed {
            return Ok(());
        }
        for key in std::mem::replace(&mut self.layout, layout).end {
            self.connection.ungrab_key(key, self.root, ModMask::ANY)?;
        }
        let mut cookies = Vec::new();
        for key in &self.layout.end {
            for lock in &self.layout.locks {
                let modifiers = ModMask::CONTROL | ModMask::M1 | ModMask::from(*lock);
                let mode = GrabMode::ASYNC;
                cookies.push(self.connection.grab_key(false, self.root, modifiers, *key, mode, mode)?);
            }
        }
        self.grabbed = true;
        for cookie in cookies {
            self.grabbed &= unless_refused(cookie.check().map_err(DesktopError::from))?.is_some();
        }
        Ok(())
    }

    fn look(&self) -> Result<Layout, DesktopError> {
        let end = self.keys_with(&SYMBOLS)?;
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use x11rb::errors::ConnectionError;
    use x11rb::protocol::ErrorKind;
    use x11rb::x11_utils::X11Error;

    /// Any refusal but that the key was taken ended the listener, and raw keys with it.
    #[test]
    fn c5_a_refused_grab_ends_nothing_and_a_broken_connection_does() {
        for error_kind in [ErrorKind::Access, ErrorKind::Value, ErrorKind::Alloc, ErrorKind::Unknown(200)] {
            let error = X11Error {
                error_kind,
                error_code: 0,
                sequence: 0,
                bad_value: 0,
                minor_opcode: 0,
                major_opcode: 0,
                extension_name: None,
                request_name: None,
            };
            let refused: Result<(), DesktopError> = Err(ReplyError::X11Error(error).into());
            assert!(unless_refused(refused).unwrap().is_none());
        }
        let broken: Result<(), DesktopError> =
            Err(ReplyError::ConnectionError(ConnectionError::InsufficientMemory).into());
        assert!(unless_refused(broken).is_err());
        assert_eq!(unless_refused(Ok(7)).unwrap(), Some(7));
    }
}
