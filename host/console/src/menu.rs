//! The session window's menu bar: the host's own menus, and between them what plugins contribute.

use crate::session::is_running;
use crate::session_action::SessionAction;
use crate::shortcuts;
use egui::{MenuBar, RichText, Ui};
use lotse_engine::Capability;
use lotse_engine::rep::RepSession;
use lotse_engine::view::{Command, PluginState, PluginView, SessionState};
use lotse_ui::plugin_ui::{Acts, is_empty, items, menu_bar, reason};
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::focus_ring;
use lotse_ui::{t, words};

/// What was chosen: commands for the session, and wishes for the program.
pub(crate) struct Chosen {
    pub commands: Vec<Command>,
    pub actions: Vec<SessionAction>,
    /// "End session" asks first, so the window does it.
    pub end: bool,
}

pub(crate) fn show(ui: &mut Ui, session: &RepSession) -> Chosen {
    let mut acts = Acts::of(Some(session.id));
    let mut chosen = Chosen { commands: Vec::new(), actions: Vec::new(), end: false };
    // With many plugins, or in German, their menus take a second row.
    MenuBar::new().style(bar_style as fn(&mut egui::Style)).ui(ui, |ui| {
        ui.horizontal_wrapped(|ui| bar(ui, session, &mut acts, &mut chosen));
    });
    chosen.commands.append(&mut acts.commands);
    chosen
}

fn bar(ui: &mut Ui, session: &RepSession, acts: &mut Acts, chosen: &mut Chosen) {
    let view = &session.view;
    let running = is_running(&view.state);
    menu(ui, t!("menu-session"), |ui| {
        let active = view.state == SessionState::Active;
        if view.paused_there && !view.paused_here {
            // Resuming here would change nothing: each side goes on with its own pause.
            refused(ui, &t!("menu-resume"), &t!("menu-resume-why"));
        } else {
            let label = if view.paused_here { t!("menu-resume") } else { t!("menu-pause") };
            if entry(ui, &label, None, active) {
                chosen.commands.push(Command::Pause { on: !view.paused_here });
            }
        }
        ui.separator();
        chosen.end = entry(ui, &t!("menu-end"), Some(shortcuts::CLOSE), running);
    });
    if let Some(menus) = view.places.get("menu") {
        menu_bar(ui, menus, acts);
    }
    let arranges = would_arrange(&view.plugins);
    if let Some(plugin) = arranges {
        arrange_refused(ui, plugin);
    }
    menu(ui, t!("menu-tools"), |ui| {
        if let Some(tools) = view.places.get("tools").filter(|tools| !is_empty(tools)) {
            items(ui, tools, acts);
            ui.separator();
        }
        let shown = arranges.map(|plugin| &plugin.id);
        let unlicensed = view.plugins.iter().filter(|of| is_unlicensed(of) && shown != Some(&of.id));
        for plugin in unlicensed {
            let why = words::plugin_reason(&plugin.state).unwrap_or_default();
            refused(ui, &plugin.name, &why);
        }
        if entry(ui, &t!("menu-monitor"), Some(shortcuts::MONITOR), true) {
            chosen.actions.push(SessionAction::Monitor);
        }
        if entry(ui, &t!("menu-preferences"), Some(shortcuts::PREFERENCES), true) {
            chosen.actions.push(SessionAction::Preferences);
        }
    });
    menu(ui, t!("menu-help"), |ui| {
        if entry(ui, &t!("help-entry"), Some(shortcuts::HELP), true) {
            chosen.actions.push(SessionAction::Help);
        }
    });
}

fn is_unlicensed(plugin: &PluginView) -> bool {
    matches!(plugin.state, PluginState::NotLicensed { .. })
}

/// The plugin that would arrange the windows if it were licensed, where no other one does.
fn would_arrange(plugins: &[PluginView]) -> Option<&PluginView> {
    let none_does = !plugins.iter().any(|plugin| plugin.runs_with(Capability::Desk));
    plugins.iter().find(|plugin| none_does && is_unlicensed(plugin) && plugin.asks.contains(Capability::Desk))
}

/// The menu of several sessions where they are not licensed: seen where it would be, with whom to ask.
fn arrange_refused(ui: &mut Ui, plugin: &PluginView) {
    let why = words::plugin_reason(&plugin.state).unwrap_or_default();
    menu(ui, t!("menu-arrange"), |ui| {
        for label in [t!("arrange-cascade"), t!("arrange-tile"), t!("arrange-stack"), t!("arrange-apart")] {
            ui.add_enabled(false, egui::Button::new(label.as_str())).accessible_name(format!("{label}, {why}"));
        }
        reason(ui, &why, false);
    });
}

fn menu(ui: &mut Ui, label: String, contents: impl FnOnce(&mut Ui)) {
    let button = ui.menu_button(label, contents).response;
    focus_ring(ui, &button);
}

/// As the toolkit's, with room round the words.
fn bar_style(style: &mut egui::Style) {
    egui::containers::menu::menu_style(style);
    style.spacing.button_padding = egui::vec2(space::S, 2.0);
    style.spacing.item_spacing.x = 0.0;
}

fn entry(ui: &mut Ui, label: &str, key: Option<egui::KeyboardShortcut>, enabled: bool) -> bool {
    let muted = Palette::of(ui).muted_ink;
    let mut button = egui::Button::new(label);
    if let Some(key) = key {
        button = button.right_text(RichText::new(shortcuts::name(key)).size(size::SMALL).color(muted));
    }
    let response = ui.add_enabled(enabled, button).accessible_name(label);
    focus_ring(ui, &response);
    let clicked = response.clicked();
    if clicked {
        ui.close();
    }
    clicked
}

/// What cannot be chosen now, and why.
fn refused(ui: &mut Ui, label: &str, why: &str) {
    ui.add_enabled(false, egui::Button::new(label)).accessible_name(format!("{label}, {why}"));
    reason(ui, why, false);
}
