//! The plugin monitor: what each plugin of each session does and costs, who signed it, and why one does not run.

use crate::session::peer;
use egui::{CentralPanel, Frame, Grid, Key, Margin, Modifiers, RichText, ScrollArea, Ui, ViewportBuilder, ViewportId};
use lotse_engine::rep::RepView;
use lotse_engine::view::{PluginState, PluginView};
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::{badge, card, empty, heading, muted, section};
use lotse_ui::{fonts, icons, t, words};

#[derive(Default)]
pub(crate) struct Monitor {
    pub open: bool,
}

impl Monitor {
    pub(crate) fn show(&mut self, context: &egui::Context, view: &RepView) {
        if !self.open {
            return;
        }
        let builder = ViewportBuilder::default()
            .with_title(t!("monitor-window"))
            .with_app_id("lotse")
            .with_icon(lotse_ui::brand::icon())
            .with_inner_size([940.0, 480.0])
            .with_min_inner_size([520.0, 300.0]);
        context.show_viewport_immediate(ViewportId::from_hash_of("monitor"), builder, |ui, _class| {
            contents(ui, view);
            let escape = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
            if escape || ui.input(|input| input.viewport().close_requested()) {
                self.open = false;
            }
        });
    }
}

fn contents(ui: &mut Ui, view: &RepView) {
    let frame = Frame::new().fill(Palette::of(ui).canvas).inner_margin(Margin::same(space::L as i8));
    CentralPanel::default().frame(frame).show(ui, |ui| {
        heading(ui, t!("monitor-title"));
        let sessions: Vec<_> = view.sessions.iter().filter(|session| !session.view.plugins.is_empty()).collect();
        if sessions.is_empty() {
            empty(ui, icons::PLUGIN, &t!("monitor-none"), &t!("monitor-none-next"), |_| ());
            return;
        }
        muted(ui, t!("monitor-lead"));
        ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| {
            for session in sessions {
                card(ui, |ui| {
                    section(ui, peer(session));
                    table(ui, &session.id.to_string(), &session.view.plugins);
                });
            }
        });
    });
}

fn table(ui: &mut Ui, id: &str, plugins: &[PluginView]) {
    Grid::new(("plugins", id)).num_columns(8).spacing([space::XL, space::S]).min_col_width(40.0).show(ui, |ui| {
        // Columns are as wide as their words, and the table scrolls.
        ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
        let titles = [
            t!("monitor-plugin"),
            t!("monitor-state"),
            t!("monitor-calls"),
            t!("monitor-cpu"),
            t!("monitor-memory"),
            t!("monitor-traffic"),
            t!("monitor-restarts"),
            t!("monitor-signer"),
        ];
        for title in titles {
            let colour = Palette::of(ui).muted_ink;
            ui.label(RichText::new(title).size(size::SMALL).color(colour));
        }
        ui.end_row();
        for plugin in plugins {
            row(ui, plugin);
            ui.end_row();
        }
    });
    for plugin in plugins {
        if let Some(why) = words::plugin_reason(&plugin.state) {
            muted(ui, format!("{}: {why}", plugin.name));
        }
    }
}

fn row(ui: &mut Ui, plugin: &PluginView) {
    let palette = Palette::of(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.label(fonts::strong(&plugin.name, size::BODY));
        ui.label(RichText::new(format!("{} {}", plugin.id, plugin.version)).size(size::SMALL).color(palette.muted_ink));
    });
    let colour = match plugin.state {
        PluginState::Running => palette.good,
        PluginState::Loading => palette.accent,
        PluginState::Restarting { .. } => palette.caution,
        PluginState::Stopped { .. } => palette.danger,
        PluginState::OtherSide | PluginState::NotLicensed { .. } => palette.muted_ink,
    };
    badge(ui, &words::plugin_state(&plugin.state), colour);
    ui.label(plugin.calls.to_string());
    ui.label(t!("monitor-milliseconds", "ms" => plugin.cpu_us / 1000));
    ui.label(words::bytes(plugin.memory_bytes));
    ui.label(t!("monitor-bytes", "sent" => words::bytes(plugin.sent_bytes), "received" => words::bytes(plugin.received_bytes)));
    ui.label(plugin.restarts.to_string());
    match &plugin.signer {
        Some(signer) => drop(ui.label(words::signer(signer)).on_hover_text(&signer.key)),
        None => drop(ui.label(RichText::new(t!("monitor-unsigned")).color(palette.caution))),
    }
}
