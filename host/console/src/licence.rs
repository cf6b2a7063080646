//! What the list says of the account's licence: features that end soon, and a licence that cannot be checked.

use egui::Ui;
use lotse_engine::rep::{LicenceView, RepView};
use lotse_engine::view::Tone;
use lotse_ui::tokens::space;
use lotse_ui::widgets::notice;
use lotse_ui::{t, words};

/// Nothing, most of the time.
pub(crate) fn banner(ui: &mut Ui, view: &RepView) {
    let LicenceView { contact, features, refused } = &*view.licence;
    if let Some(why) = refused {
        let body = t!("licence-refused", "why" => words::licence_error(why));
        notice(ui, Tone::Caution, &t!("licence-refused-title"), &body, false);
        ui.add_space(space::S);
    }
    for feature in features {
        // The last day that it is there for, at least for a part.
        let Some(day) = feature.ends_s.and_then(|ends_s| words::day(ends_s.saturating_sub(1))) else { continue };
        let title = t!("licence-ends-title", "feature" => called(&feature.name, view), "day" => day);
        let body = match contact.as_str() {
            "" => t!("licence-ends-ask"),
            contact => t!("licence-ends-contact", "contact" => contact),
        };
        notice(ui, Tone::Caution, &title, &body, false);
        ui.add_space(space::S);
    }
}

/// As people know the feature: by Lotse's word, or by the name of the plugin that asks for it. Else there is only its id.
fn called(feature: &str, view: &RepView) -> String {
    let plugins = || view.sessions.iter().rev().flat_map(|session| &session.view.plugins);
    let asks = || plugins().find(|plugin| plugin.feature.as_deref() == Some(feature)).map(|plugin| plugin.name.clone());
    words::feature(feature).or_else(asks).unwrap_or_else(|| feature.to_owned())
}
