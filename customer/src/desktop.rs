//! What the program needs of the desktop beside its window: the frame that says "you are being seen", the key that stops
//! everything, and where our own windows are. Without the last no session may be controlled, so nothing starts without.

use crate::tab::{self, Words};
use lotse_desktop::{DesktopError, Frame, FrameEvent, Hotkey, HotkeyEvent, Overlays, X11Windows};
use lotse_engine::drawing::DrawingHost;
use lotse_ui::fonts;
use lotse_ui::system_fonts::SystemFonts;
use std::sync::Arc;

pub(crate) struct Desktop {
    /// `None`: this desktop has no room for it; the window says what is seen all the same.
    frame: Option<Frame>,
    /// `None`: the display cannot be listened to; the window's own button and key remain.
    hotkey: Option<Hotkey>,
    shown: bool,
    /// What stands on the frame's tab, how large, and with how many fonts of the system.
    said: Option<(Words, f32, usize)>,
}

/// What this desktop gives; what it lacks the window says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gifts {
    /// The screen can be framed.
    pub frame: bool,
    /// The key works while another window has the keyboard.
    pub hotkey: bool,
}

/// What the desktop tells, on threads of its own.
pub(crate) enum Told {
    /// The key that stops everything was pressed.
    Stop,
    /// The frame's tab was clicked: the window is wanted.
    Wanted,
    /// [`Gifts`] are not what they were.
    Changed,
}

/// Draws over the screen; `None`: this desktop has no room for it, and plugins are told so.
pub(crate) fn overlays(windows: &Arc<X11Windows>) -> Option<Arc<dyn DrawingHost>> {
    let overlays = Overlays::start(None, Arc::clone(windows), Some(fonts::regular()));
    let overlays = overlays.inspect_err(|error| tracing::warn!(%error, "nothing can be drawn over the screen")).ok()?;
    Some(Arc::new(overlays))
}

impl Desktop {
    pub(crate) fn start(
        window: u32,
        told: Arc<dyn Fn(Told) + Send + Sync>,
    ) -> Result<(Arc<X11Windows>, Self), DesktopError> {
        let windows = X11Windows::start(None)?;
        windows.add(window);
        let of_frame = Arc::clone(&told);
        let on_frame = move |event: FrameEvent| match event {
            FrameEvent::Clicked => of_frame(Told::Wanted),
            FrameEvent::Lost => of_frame(Told::Changed),
        };
        let on_hotkey = move |event: HotkeyEvent| match event {
            HotkeyEvent::Pressed => told(Told::Stop),
            HotkeyEvent::Changed => told(Told::Changed),
        };
        let frame = Frame::start(None, Arc::clone(&windows), Arc::new(on_frame))
            .inspect_err(|error| tracing::warn!(%error, "no frame can be shown round the screen"))
            .ok();
        let hotkey = Hotkey::start(None, Arc::new(on_hotkey))
            .inspect_err(|error| tracing::warn!(%error, "Ctrl+Alt+End works in the window alone"))
            .ok();
        Ok((windows, Self { frame, hotkey, shown: false, said: None }))
    }

    /// The frame stands round the screen exactly as long as there are `words` for its tab. `scale`: pixels of a point.
    pub(crate) fn show_frame(&mut self, words: Option<&Words>, scale: f32, system: Option<Arc<SystemFonts>>) {
        let Some(frame) = &self.frame else { return };
        let loaded = system.as_ref().map_or(0, |fonts| fonts.count());
        if let Some(words) = words
            && self.said.as_ref().is_none_or(|(said, at, with)| (said, *at, *with) != (words, scale, loaded))
        {
            frame.label(tab::draw(words, scale, system));
            self.said = Some((words.clone(), scale, loaded));
        }
        if self.shown != words.is_some() {
            self.shown = words.is_some();
            frame.show(self.shown);
        }
    }

    pub(crate) fn gifts(&self) -> Gifts {
        Gifts {
            frame: self.frame.as_ref().is_some_and(Frame::is_there),
            hotkey: self.hotkey.as_ref().is_some_and(Hotkey::is_heard),
        }
    }
}
