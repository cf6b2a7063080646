//! Ready or away: the menu at the top of the list, and the settings, which follow what the core last said.

use crate::settings::Settings;
use crate::{seats, shortcuts};
use egui::{RichText, Ui};
use lotse_engine::rep::{RepCommand, RepView};
use lotse_protocol::question::Availability;
use lotse_ui::tokens::{Palette, size};
use lotse_ui::widgets::{badge, focus_ring, muted};
use lotse_ui::{fonts, icons, t};

/// What the core last said. A script may have changed it.
#[derive(Default)]
pub(crate) struct Following {
    last: Option<Availability>,
}

impl Following {
    /// To be shown every view. Only what changed is taken over: a click of a moment ago is on its way to the core.
    pub(crate) fn look(&mut self, view: &RepView, settings: &mut Settings) {
        let now = view.questions.availability;
        if now != self.last {
            self.last = now;
            if let Some(now) = now {
                (settings.ready, settings.offer_s) = (now.ready, now.offer_s);
            }
        }
    }
}

/// Ready or away from now on.
pub(crate) fn set(settings: &mut Settings, ready: bool) -> RepCommand {
    settings.ready = ready;
    RepCommand::Availability(settings.availability())
}

/// `✓ Ready ▾`. Where the relay cannot be reached or there is no seat, that stands in its place, and there is nothing to choose.
pub(crate) fn menu(ui: &mut Ui, view: &RepView, reconnecting: bool, settings: &mut Settings) -> Option<RepCommand> {
    let palette = Palette::of(ui);
    if reconnecting {
        badge(ui, &t!("list-offline"), palette.caution);
        return None;
    }
    if seats::waits(view) {
        badge(ui, &t!("list-no-seat"), palette.caution);
        return None;
    }
    let (icon, colour, state) = shown(settings.ready, palette);
    let sign = fonts::icon(icon, 16.0).color(colour);
    let more = fonts::icon(icons::CHEVRON_DOWN, 14.0).color(palette.muted_ink);
    let atoms = (sign, RichText::new(&state).color(palette.ink), more);
    let menu = ui.menu_button(atoms, |ui| choices(ui, settings));
    focus_ring(ui, &menu.response);
    menu.response.accessible_name(t!("availability-name", "state" => state));
    menu.inner.flatten()
}

fn choices(ui: &mut Ui, settings: &mut Settings) -> Option<RepCommand> {
    let key = shortcuts::name(shortcuts::READY);
    let mut chosen = None;
    for ready in [true, false] {
        let palette = Palette::of(ui);
        let (icon, colour, state) = shown(ready, palette);
        let hint = if ready { t!("availability-ready-hint") } else { t!("availability-away-hint") };
        let name = format!("{state}: {hint}");
        let mut button = egui::Button::new((fonts::icon(icon, 16.0).color(colour), RichText::new(state)));
        if ready != settings.ready {
            button = button.right_text(RichText::new(&key).size(size::SMALL).color(palette.muted_ink));
        }
        let response = ui.add(button.selected(ready == settings.ready)).accessible_name(name);
        focus_ring(ui, &response);
        muted(ui, hint);
        if response.clicked() {
            chosen = Some(set(settings, ready));
            ui.close();
        }
    }
    chosen
}

fn shown(ready: bool, palette: &Palette) -> (char, egui::Color32, String) {
    if ready {
        (icons::GOOD, palette.good, t!("list-ready"))
    } else {
        (icons::PAUSE, palette.caution, t!("availability-away"))
    }
}
