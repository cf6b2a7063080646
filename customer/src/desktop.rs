//! What the program needs of the desktop beside its window: the frame that says "you are being seen", the key that stops
//! everything, and where our own windows are. Without the last no session may be controlled, so nothing starts without.

use lotse_desktop::{DesktopError, Frame, Hotkey, X11Windows};
use std::sync::Arc;

pub(crate) struct Desktop {
    /// `None`: this desktop has no room for it; the window says what is seen all the same.
    frame: Option<Frame>,
    /// `None`: another program has the key; the window's own button and key remain.
    hotkey: Option<Hotkey>,
    shown: bool,
}

impl Desktop {
    pub(crate) fn start(
        window: Option<u32>,
        on_hotkey: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<(Arc<X11Windows>, Self), DesktopError> {
        let windows = X11Windows::start(None)?;
        if let Some(window) = window {
            windows.add(window);
        }
        let frame = Frame::start(None)
            .inspect_err(|error| tracing::warn!(%error, "no frame can be shown round the screen"))
            .ok();
        let hotkey = Hotkey::start(None, on_hotkey)
            .inspect_err(|error| tracing::warn!(%error, "Ctrl+Alt+End works in the window alone"))
            .ok();
        Ok((windows, Self { frame, hotkey, shown: false }))
    }

    /// The frame stands round the screen exactly as long as it is seen.
    pub(crate) fn show_frame(&mut self, on: bool) {
        if self.shown != on {
            self.shown = on;
            if let Some(frame) = &self.frame {
                frame.show(on);
            }
        }
    }

    /// Whether the key works while another window has the keyboard.
    pub(crate) fn has_hotkey(&self) -> bool {
        self.hotkey.is_some()
    }
}
