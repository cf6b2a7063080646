//! Keys for questions that act in every window of the console: the alert itself never has the keyboard.
//!
//! Each window's pass notes what was pressed there; the console acts on it when all windows are drawn.

use crate::shortcuts;
use egui::{KeyboardShortcut, Ui};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Default)]
pub(crate) struct QuestionKeys {
    answer: AtomicBool,
    pass: AtomicBool,
    ready: AtomicBool,
}

impl QuestionKeys {
    /// Notes these keys from now on, in whichever window of this context.
    pub(crate) fn listen(context: &egui::Context) -> Arc<Self> {
        let keys = Arc::new(Self::default());
        let noted = keys.clone();
        context.on_begin_pass("question keys", Arc::new(move |ui: &mut Ui| noted.look(ui)));
        keys
    }

    fn look(&self, ui: &Ui) {
        let keys: [(KeyboardShortcut, &AtomicBool); 3] =
            [(shortcuts::ANSWER, &self.answer), (shortcuts::PASS, &self.pass), (shortcuts::READY, &self.ready)];
        for (key, pressed) in keys {
            if shortcuts::pressed(ui, key) {
                pressed.store(true, Ordering::Relaxed);
            }
        }
    }

    /// The question that is offered is to be answered.
    pub(crate) fn answer(&self) -> bool {
        self.answer.swap(false, Ordering::Relaxed)
    }

    /// It is to go to the next rep.
    pub(crate) fn pass(&self) -> bool {
        self.pass.swap(false, Ordering::Relaxed)
    }

    /// Ready becomes away, or the other way round.
    pub(crate) fn ready(&self) -> bool {
        self.ready.swap(false, Ordering::Relaxed)
    }
}
