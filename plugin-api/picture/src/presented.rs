//! A picture's window on the real host: what comes on a stream, shown.

use lotse_sdk::channel::Stream;
use lotse_sdk::session::text;
use lotse_sdk::surface::Surface;
use lotse_sdk::{Error, Settings, settings};

use crate::scale::{Scale, SnapshotTo};

/// How the window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub scale: Scale,
    pub full_screen: bool,
    pub pass_system_keys: bool,
    pub hotkeys: bool,
    pub interactive: bool,
}

impl Window {
    /// To look and no more.
    pub fn to_watch(scale: Scale, full_screen: bool) -> Self {
        Self { scale, full_screen, pass_system_keys: false, hotkeys: false, interactive: false }
    }

    /// As the contract has them.
    pub fn options(self) -> Settings {
        let Self { scale, full_screen, pass_system_keys, hotkeys, interactive } = self;
        settings([
            ("scale", scale.name().into()),
            ("full-screen", full_screen.into()),
            ("pass-system-keys", pass_system_keys.into()),
            ("hotkeys", hotkeys.into()),
            ("interactive", interactive.into()),
        ])
    }
}

/// There from the first picture until it is closed.
#[derive(Debug, Default)]
pub struct Presented(Option<Surface>);

impl Presented {
    /// Whether the event of this surface is this window's.
    pub fn is(&self, surface: u64) -> bool {
        self.0.as_ref().is_some_and(|window| window.id() == surface)
    }

    /// Shows what comes on a stream, in the window that is there or a new one. `whose`: who shows it, for people.
    ///
    /// # Errors
    /// As the contract has them.
    pub fn present(&mut self, stream: Stream, whose: &str, window: Window) -> Result<(), Error> {
        let title = format!("{whose} · {}", text("screen", "Bildschirm"));
        self.0.get_or_insert_with(|| Surface::new(&title, &window.options())).present(stream)
    }

    pub fn set(&self, window: Window) {
        if let Some(surface) = &self.0 {
            surface.set(&window.options());
        }
    }

    pub fn close(&mut self) {
        self.0 = None;
    }

    /// Nothing happens without a window.
    ///
    /// # Errors
    /// As the contract has them.
    pub fn snapshot(&self, to: SnapshotTo) -> Result<(), Error> {
        self.0.as_ref().map_or(Ok(()), |surface| surface.snapshot(to.name()))
    }
}
