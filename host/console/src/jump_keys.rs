//! Ctrl+1 to Ctrl+9 lead to a session, from every window of the console.
//!
//! Each window's pass notes what was pressed there; the console acts on it when all windows are drawn.

use crate::shortcuts;
use egui::Ui;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Nothing was pressed.
const NONE: usize = usize::MAX;

pub(crate) struct JumpKeys {
    wanted: AtomicUsize,
}

impl JumpKeys {
    /// Notes these keys from now on, in whichever window of this context.
    pub(crate) fn listen(context: &egui::Context) -> Arc<Self> {
        let keys = Arc::new(Self { wanted: AtomicUsize::new(NONE) });
        let noted = keys.clone();
        context.on_begin_pass("jump keys", Arc::new(move |ui: &mut Ui| noted.look(ui)));
        keys
    }

    fn look(&self, ui: &Ui) {
        for (at, key) in shortcuts::SESSIONS.into_iter().enumerate() {
            if shortcuts::pressed(ui, key) {
                self.wanted.store(at, Ordering::Relaxed);
            }
        }
    }

    /// Which session is wanted, counted from 0 in the order of the list.
    pub(crate) fn take(&self) -> Option<usize> {
        Some(self.wanted.swap(NONE, Ordering::Relaxed)).filter(|at| *at != NONE)
    }
}
