//! What people read alike of every plugin that shows a screen.

use lotse_sdk::session::text;
use lotse_sdk::ui::{self, Node};

use crate::quality::Quality;

/// The menu that all of them stand in, which is one by its name, and what their notices are called.
pub fn menu_name() -> &'static str {
    text("Screen Sharing", "Bildschirmfreigabe")
}

/// How fine the picture is to be, to be chosen by [`Quality::name`].
pub fn quality_choice(id: &str, chosen: Quality) -> Node {
    let label = |quality| match quality {
        Quality::Automatic => text("Automatic", "Automatisch"),
        Quality::Sharp => text("Sharp", "Scharf"),
        Quality::Light => text("Light", "Sparsam"),
    };
    ui::choice(id, text("Quality", "Qualität"), chosen.name())
        .children(Quality::ALL.map(|quality| ui::item(quality.name(), label(quality))))
}
