//! Which windows are ours, so that a rep can neither click nor type into them.
//!
//! Asked before every injected event: where a pointer event would go costs one round trip, and is answered by the
//! server itself, so a window that came up a moment ago already counts. If the display does not answer, everything is
//! ours: then nothing is injected.

use crate::error::DesktopError;
use lotse_engine::customer::OwnWindows;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, InputFocus, Window};
use x11rb::rust_connection::RustConnection;

/// Windows nest less deep than this; a bound for walking up.
const DEPTH_MAX: usize = 64;
/// More windows than this the program never has.
const WINDOWS_MAX: usize = 256;

/// The program's own windows on an X11 display.
pub struct X11Windows {
    connection: RustConnection,
    root: Window,
    /// Each window and the child of the root that holds it, which is the window manager's frame if there is one.
    windows: Mutex<BTreeMap<Window, Holder>>,
    /// Windows of this process are ours without being named.
    adopts: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    Stale,
    Known(Window),
    /// It is gone; an id that is used again belongs to somebody else until it is added anew.
    Gone,
}

impl X11Windows {
    /// Watches `display`; `None`: `$DISPLAY`.
    ///
    /// # Errors
    /// If there is no display.
    pub fn start(display: Option<&str>) -> Result<Arc<Self>, DesktopError> {
        let (connection, number) = RustConnection::connect(display)?;
        let root = connection.setup().roots.get(number).map_or(x11rb::NONE, |screen| screen.root);
        Ok(Arc::new(Self { connection, root, windows: Mutex::default(), adopts: false }))
    }

    /// As [`Self::start`], for a program that is not steered and need not name its windows: those that the window manager knows
    /// as this process's are taken in when drawings look where to keep off.
    ///
    /// # Errors
    /// If there is no display.
    pub fn of_process(display: Option<&str>) -> Result<Arc<Self>, DesktopError> {
        let (connection, number) = RustConnection::connect(display)?;
        let root = connection.setup().roots.get(number).map_or(x11rb::NONE, |screen| screen.root);
        Ok(Arc::new(Self { connection, root, windows: Mutex::default(), adopts: true }))
    }

    /// A window is ours from now on, with its whole frame.
    pub fn add(&self, window: u32) {
        let mut windows = self.windows.lock();
        if windows.len() >= WINDOWS_MAX {
            windows.retain(|_, holder| *holder != Holder::Gone);
        }
        windows.insert(window, Holder::Stale);
        drop(windows);
        let watch = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        let asked = self.connection.change_window_attributes(window, &watch).and_then(|_| self.connection.flush());
        if let Err(error) = asked {
            tracing::warn!(%error, "own windows can no longer be told from others");
        }
    }

    pub fn remove(&self, window: u32) {
        self.windows.lock().remove(&window);
    }

    /// Whether a click at this point of the root window, in pixels, would reach one of our windows.
    #[must_use]
    pub fn is_own_at(&self, x: i32, y: i32) -> bool {
        let clamp = |value: i32| value.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        self.or_own(|| {
            let there = self.connection.translate_coordinates(self.root, self.root, clamp(x), clamp(y))?.reply()?.child;
            self.holds_own(there)
        })
    }

    /// Whether a key pressed now would reach one of our windows.
    #[must_use]
    pub fn has_focus(&self) -> bool {
        self.or_own(|| {
            let focus = self.connection.get_input_focus()?.reply()?.focus;
            if focus == x11rb::NONE {
                return Ok(false);
            }
            if focus == u32::from(InputFocus::POINTER_ROOT) || focus == self.root {
                let under = self.connection.query_pointer(self.root)?.reply()?.child;
                return self.holds_own(under);
            }
            let holder = self.holder(focus)?;
            self.holds_own(holder.unwrap_or(x11rb::NONE))
        })
    }

    /// The children of the root window that hold one of our windows, as far as they can be told.
    pub(crate) fn holders(&self) -> Vec<Window> {
        // Brings every holder up to date; no window is the answer.
        let looked = self.adopt().and_then(|()| self.holds_own(x11rb::NONE));
        if let Err(error) = looked {
            tracing::warn!(%error, "own windows cannot be told from others");
        }
        let windows = self.windows.lock();
        let known = windows.values().filter_map(|holder| match holder {
            Holder::Known(window) => Some(*window),
            Holder::Stale | Holder::Gone => None,
        });
        known.collect()
    }

    /// Takes in windows that say that they are this process's.
    fn adopt(&self) -> Result<(), DesktopError> {
        if !self.adopts {
            return Ok(());
        }
        let atom = |name: &'static [u8]| self.connection.intern_atom(false, name);
        let (listed, of) = (atom(b"_NET_CLIENT_LIST")?, atom(b"_NET_WM_PID")?);
        let (listed, of) = (listed.reply()?.atom, of.reply()?.atom);
        let most = u32::try_from(WINDOWS_MAX).unwrap_or(u32::MAX);
        let list = self.connection.get_property(false, self.root, listed, AtomEnum::WINDOW, 0, most)?.reply()?;
        let mut asked = Vec::new();
        for window in list.value32().into_iter().flatten() {
            asked.push((window, self.connection.get_property(false, window, of, AtomEnum::CARDINAL, 0, 1)?));
        }
        for (window, process) in asked {
            // One that went meanwhile is nobody's.
            let Ok(process) = process.reply() else { continue };
            let ours = process.value32().and_then(|mut values| values.next()) == Some(std::process::id());
            if ours && !self.windows.lock().contains_key(&window) {
                self.add(window);
            }
        }
        Ok(())
    }

    fn or_own(&self, ask: impl FnOnce() -> Result<bool, DesktopError>) -> bool {
        ask().unwrap_or_else(|error| {
            tracing::warn!(%error, "own windows cannot be told from others: nothing is injected");
            true
        })
    }

    /// Whether this child of the root holds one of our windows.
    fn holds_own(&self, child: Window) -> Result<bool, DesktopError> {
        let mut windows = self.windows.lock();
        // The answer just got came after the events that may change what holds what.
        while let Some(event) = self.connection.poll_for_event()? {
            match event {
                Event::ReparentNotify(event) => {
                    windows.entry(event.window).and_modify(|holder| *holder = Holder::Stale);
                }
                Event::DestroyNotify(event) => {
                    windows.entry(event.window).and_modify(|holder| *holder = Holder::Gone);
                }
                _ => {}
            }
        }
        let mut own = false;
        for (window, holder) in windows.iter_mut() {
            if *holder == Holder::Stale {
                *holder = self.holder(*window)?.map_or(Holder::Gone, Holder::Known);
            }
            own |= *holder == Holder::Known(child);
        }
        Ok(own && child != x11rb::NONE)
    }

    /// The child of the root that a window is or lies in. `None`: it is gone.
    fn holder(&self, window: Window) -> Result<Option<Window>, DesktopError> {
        let mut window = window;
        for _ in 0..DEPTH_MAX {
            match self.connection.query_tree(window)?.reply() {
                Ok(tree) if tree.parent == self.root || tree.parent == x11rb::NONE => return Ok(Some(window)),
                Ok(tree) => window = tree.parent,
                Err(x11rb::errors::ReplyError::X11Error(_)) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }
}

impl OwnWindows for X11Windows {
    fn is_own_at(&self, x: i32, y: i32) -> bool {
        Self::is_own_at(self, x, y)
    }

    fn has_focus(&self) -> bool {
        Self::has_focus(self)
    }
}
