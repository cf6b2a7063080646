//! What the list says of the account's licence: features that end soon, and a licence that cannot be checked.

use egui::Ui;
use lotse_engine::rep::LicenceView;
use lotse_engine::view::Tone;
use lotse_protocol::date::Day;
use lotse_ui::tokens::space;
use lotse_ui::widgets::notice;
use lotse_ui::{t, words};

/// Nothing, most of the time.
pub(crate) fn banner(ui: &mut Ui, licence: &LicenceView) {
    let LicenceView { contact, features, refused } = licence;
    if let Some(why) = refused {
        let body = t!("licence-refused", "why" => words::licence_error(why));
        notice(ui, Tone::Caution, &t!("licence-refused-title"), &body, false);
        ui.add_space(space::S);
    }
    for feature in features {
        // The last day that it is there for, at least for a part.
        let Some(day) = feature.ends_s.and_then(|ends_s| Day::of(ends_s.saturating_sub(1))) else { continue };
        let title = t!("licence-ends-title", "feature" => &feature.name, "day" => day.to_string());
        let body = match contact.as_str() {
            "" => t!("licence-ends-ask"),
            contact => t!("licence-ends-contact", "contact" => contact),
        };
        notice(ui, Tone::Caution, &title, &body, false);
        ui.add_space(space::S);
    }
}
