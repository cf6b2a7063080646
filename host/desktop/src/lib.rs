//! What both programs need of the X11 desktop beside their windows: the frame that says "this is being seen", the
//! hotkey that stops everything, and where our own windows are. Each part has a connection and, where needed, a thread of its own.
//!
//! ```text
//! let windows = X11Windows::start(None)?;          // Arc<X11Windows>, implements the engine's OwnWindows
//! windows.add(x11_id); windows.remove(x11_id);     // the shell's top-level windows, every viewport
//! windows.is_own_at(x, y) -> bool                  // root pixels; one round trip (window manager's frame counts as ours)
//! windows.has_focus() -> bool                      // would a key go to one of our windows?
//! let frame = Frame::start(None, windows, on_frame)?; // None: $DISPLAY; hidden at first; Drop takes it away
//! frame.show(true);                                // 4 px #E0452B round every monitor, clicks go through, follows RandR
//! frame.surround(Some(vec![Round::Window(x11_id)])); // round what a rep shows, instead of every monitor
//! frame.label(vec![Label { .. }]);                 // words at the upper edge, widest first; a click is told
//! let hotkey = Hotkey::start(None, on_hotkey)?;    // Ctrl+Alt+End
//! hotkey.is_heard() -> bool                        // false: nobody tells us of the key
//! ```
//! The frame's own windows need not be added: no input reaches its sides, and it adds its tabs itself. `on_frame` and
//! `on_hotkey` run on those parts' own threads.

mod error;
mod frame;
mod hotkey;
mod own_windows;
mod raises;
mod tab;
mod tabs;
mod wake;

pub use error::DesktopError;
pub use frame::{Frame, FrameEvent, OnFrame, Round};
pub use hotkey::{Hotkey, HotkeyEvent, OnHotkey};
pub use own_windows::X11Windows;
pub use tab::Label;
