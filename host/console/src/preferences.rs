//! Preferences: the windows' own, and what plugins contribute. Everything takes effect at once.

use crate::chime::Chime;
use crate::factor_preferences::FactorPreferences;
use crate::question_preferences;
use crate::settings::Settings;
use crate::unread_preferences;
use egui::{CentralPanel, Frame, Key, Margin, Modifiers, RichText, ScrollArea, Ui, ViewportBuilder, ViewportId};
use lotse_engine::rep::{RepCommand, RepView};
use lotse_engine::view::PluginView;
use lotse_ui::plugin_ui::{Acts, is_empty, panels};
use lotse_ui::text::Language;
use lotse_ui::theme::{SCALES_PERCENT, ThemeChoice};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{card, heading, muted, section};
use lotse_ui::{t, words};

#[derive(Default)]
pub(crate) struct Preferences {
    pub open: bool,
    factor: FactorPreferences,
}

impl Preferences {
    pub(crate) fn show(
        &mut self,
        context: &egui::Context,
        view: &RepView,
        settings: &mut Settings,
        chime: &Chime,
        send: &mut dyn FnMut(RepCommand),
    ) {
        if !self.open {
            return;
        }
        let builder = ViewportBuilder::default()
            .with_title(t!("preferences-window"))
            .with_app_id("lotse")
            .with_icon(lotse_ui::brand::icon())
            .with_inner_size([480.0, 640.0])
            .with_min_inner_size([380.0, 320.0]);
        context.show_viewport_immediate(ViewportId::from_hash_of("preferences"), builder, |ui, _class| {
            let frame = Frame::new().fill(Palette::of(ui).canvas).inner_margin(Margin::same(space::L as i8));
            CentralPanel::default().frame(frame).show(ui, |ui| {
                heading(ui, t!("preferences-title"));
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                    card(ui, |ui| own(ui, settings));
                    self.factor.show(ui, view, send);
                    let changed = card(ui, |ui| question_preferences::show(ui, settings, chime)).inner;
                    if let Some(command) = changed {
                        send(command);
                    }
                    card(ui, |ui| unread_preferences::show(ui, settings));
                    of_plugins(ui, view, send);
                });
            });
            let escape = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
            if escape || ui.input(|input| input.viewport().close_requested()) {
                self.open = false;
            }
        });
    }
}

fn own(ui: &mut Ui, settings: &mut Settings) {
    section(ui, t!("preferences-look"));
    label(ui, &t!("preferences-language"));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        let chosen = settings.language.as_deref().and_then(Language::from_tag);
        if ui.radio(chosen.is_none(), t!("preferences-as-system")).clicked() {
            settings.language = None;
        }
        for language in Language::ALL {
            if ui.radio(chosen == Some(language), language.name()).clicked() {
                settings.language = Some(language.tag().to_owned());
            }
        }
    });
    label(ui, &t!("preferences-theme"));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        for choice in ThemeChoice::ALL {
            let name = match choice {
                ThemeChoice::System => t!("preferences-as-system"),
                ThemeChoice::Light => t!("preferences-light"),
                ThemeChoice::Dark => t!("preferences-dark"),
            };
            if ui.radio(settings.theme() == choice, name).clicked() {
                settings.theme = choice.word().to_owned();
            }
        }
    });
    label(ui, &t!("preferences-scale"));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        for percent in SCALES_PERCENT {
            if ui.radio(settings.scale_percent == percent, format!("{percent} %")).clicked() {
                settings.scale_percent = percent;
            }
        }
    });
}

/// Contributions belong to a session's plugins; the newest session's are shown.
fn of_plugins(ui: &mut Ui, view: &RepView, send: &mut dyn FnMut(RepCommand)) {
    let found = view.sessions.iter().rev().find_map(|session| {
        let contributions = session.view.places.get("preferences").filter(|contributions| !is_empty(contributions))?;
        Some((session, contributions))
    });
    let Some((session, contributions)) = found else {
        ui.add_space(space::S);
        muted(ui, t!("preferences-plugins-none"));
        return;
    };
    for contribution in contributions.iter().filter(|contribution| !contribution.nodes.is_empty()) {
        card(ui, |ui| {
            let plugin = session.view.plugins.iter().find(|plugin| plugin.id == contribution.plugin);
            section(ui, plugin.map_or(contribution.plugin.as_str(), |plugin| plugin.name.as_str()));
            if let Some(plugin) = plugin {
                muted(ui, signed(plugin));
            }
            let mut acts = Acts::of(Some(session.id));
            panels(ui, std::slice::from_ref(contribution), &mut acts);
            for command in acts.commands {
                send(RepCommand::Session { session: session.id, command });
            }
        });
    }
}

/// `Signed by Acme (key 1a2b3c4d…)`.
fn signed(plugin: &PluginView) -> String {
    match &plugin.signer {
        Some(signer) => t!("preferences-signer", "signer" => words::signer(signer)),
        None => t!("monitor-unsigned"),
    }
}

fn label(ui: &mut Ui, text: &str) {
    let colour = Palette::of(ui).muted_ink;
    ui.add_space(space::XS);
    ui.label(RichText::new(text).color(colour));
}
