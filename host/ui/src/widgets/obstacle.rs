//! What keeps this side from the line, on either side's page.

use super::trouble;
use crate::tokens::space;
use crate::words;
use egui::Ui;
use lotse_engine::view::{Tone, View};

/// Says what is in the way, if anything has been for too long. Only a line that is waited for has that.
pub fn obstacle(ui: &mut Ui, view: &View) {
    if let Some(obstacle) = &view.obstacle {
        trouble(ui, Tone::Caution, &words::obstacle(obstacle));
        ui.add_space(space::S);
    }
}
