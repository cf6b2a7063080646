//! A bar over a picture in full screen: there while somebody needs it.

use egui::{Event, Key, Ui};
use std::time::Duration;

/// Points at the upper edge of a full screen at which the pointer is this window's, so that it is felt. The picture is
/// seen there: on a screen of the other side's size every pixel of it has its own.
pub const EDGE: f32 = 2.0;
/// How long the bar stays when the pointer has gone, in seconds.
const BAR_STAYS_S: f64 = 0.8;
/// How long after a key, in seconds: what the keyboard is on stays so for good, and the bar must not.
const KEYS_STAY_S: f64 = 3.0;

/// Whether it is there, and since when nobody needs it (window time).
#[derive(Debug, Default)]
pub struct EdgeBar {
    shown: bool,
    idle_since: Option<f64>,
    /// When a key was pressed for the last time (window time).
    key_at: Option<f64>,
}

impl EdgeBar {
    /// In full screen the bar comes when the pointer touches the upper edge, and goes a moment after it has left.
    pub fn wants(&mut self, ui: &Ui, says_something: bool) -> bool {
        let (now, pointer) = ui.input(|input| (input.time, input.pointer.hover_pos()));
        let by_keyboard = self.has_keyboard(ui, now);
        let near = says_something
            || by_keyboard
            || pointer.is_some_and(|at| at.y <= EDGE + 1.0 || (self.shown && at.y < 56.0))
            || egui::Popup::is_any_open(ui.ctx());
        if near {
            self.shown = true;
            self.idle_since = None;
            if by_keyboard {
                ui.ctx().request_repaint_after(Duration::from_millis(200));
            }
        } else if self.shown {
            let since = *self.idle_since.get_or_insert(now);
            self.shown = now - since < BAR_STAYS_S;
            ui.ctx().request_repaint_after(Duration::from_millis(200));
        }
        self.shown
    }

    /// Somebody acts here by keyboard. Tab finds what is in the bar, though it is hidden.
    fn has_keyboard(&mut self, ui: &Ui, now: f64) -> bool {
        let is_press = |event: &Event| matches!(event, Event::Key { pressed: true, .. });
        let (focused, pressed, tab) =
            ui.input(|input| (input.focused, input.events.iter().any(is_press), input.key_pressed(Key::Tab)));
        if focused && pressed {
            self.key_at = Some(now);
        }
        let lately = self.key_at.is_some_and(|at| now - at < KEYS_STAY_S);
        focused && lately && (tab || ui.memory(|memory| memory.focused().is_some()))
    }
}
