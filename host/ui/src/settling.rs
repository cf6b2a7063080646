//! An answer counts only if it was begun when its question had been readable for a moment: no click or key that was meant for
//! something else allows or refuses anything.

use egui::{Response, Ui};

/// How long a question stands before an answer counts, in seconds. A double click takes less, reading takes more.
const SETTLE_S: f64 = 0.4;

/// Watches one place where questions are shown, one after the other.
#[derive(Default)]
pub struct Settling {
    /// The question that is shown, and since when (window time). Starts anew when the window comes to the front.
    shown: Option<(u64, f64)>,
    had_focus: bool,
    /// When the pointer was last pressed while this question stood (window time).
    pressed_at: Option<f64>,
}

impl Settling {
    /// No question is open any more.
    pub fn gone(&mut self) {
        self.shown = None;
    }

    /// To be called before the answers are drawn; since when this question has been readable.
    pub fn since(&mut self, ui: &Ui, question: u64) -> f64 {
        let since = self.readable(ui, question);
        if ui.input(|input| input.pointer.any_pressed()) {
            self.pressed_at = Some(ui.input(|input| input.time));
        }
        since
    }

    /// The button was pressed, and the press was begun after the question had settled.
    #[must_use]
    pub fn is_meant(&self, ui: &Ui, button: &Response, since: f64) -> bool {
        let (now, by_pointer) = ui.input(|input| (input.time, input.pointer.any_released()));
        let begun = if by_pointer { self.pressed_at } else { Some(now) };
        button.clicked() && begun.is_some_and(|begun| begun >= since + SETTLE_S)
    }

    /// A key that was pressed now counts.
    #[must_use]
    pub fn is_settled(ui: &Ui, since: f64) -> bool {
        ui.input(|input| input.time) >= since + SETTLE_S
    }

    fn readable(&mut self, ui: &Ui, question: u64) -> f64 {
        let (now, focused) = ui.input(|input| (input.time, input.viewport().focused.unwrap_or(true)));
        let came_forward = focused && !self.had_focus;
        self.had_focus = focused;
        match self.shown {
            Some((id, since)) if id == question && !came_forward => since,
            Some((id, _)) if id == question => {
                self.shown = Some((question, now));
                now
            }
            Some(_) | None => {
                self.shown = Some((question, now));
                self.pressed_at = None;
                // Whatever had the keyboard must not answer.
                if let Some(focused) = ui.memory(|memory| memory.focused()) {
                    ui.memory_mut(|memory| memory.surrender_focus(focused));
                }
                now
            }
        }
    }
}
