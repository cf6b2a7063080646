//! Panels: children below or beside one another, a list that scrolls to its newest, and what stands in them.

use super::tree::{Branch, roots};
use super::{Acts, bubble, entry, links, menus, window};
use crate::tokens::{Palette, space};
use crate::widgets::badge;
use egui::{Color32, Frame, Label, RichText, ScrollArea, Ui};
use lotse_engine::view::Contribution;

/// All contributions to a panel place, one below the other.
pub fn panels(ui: &mut Ui, contributions: &[Contribution], acts: &mut Acts) {
    for root in roots(contributions, acts) {
        node(ui, root, acts);
    }
}

/// One node wherever it stands outside a menu.
pub(super) fn node(ui: &mut Ui, node: Branch<'_>, acts: &mut Acts) {
    match node.kind() {
        "panel" => panel(ui, node, acts),
        "list" => list(ui, node, acts),
        "row" => drop(ui.horizontal_wrapped(|ui| node.children().for_each(|child| self::node(ui, child, acts)))),
        "text" => drop(ui.add(Label::new(RichText::new(node.label()).color(tone(ui, node))).wrap())),
        "badge" => drop(badge(ui, node.label(), tone(ui, node))),
        "message" => bubble::message(ui, node),
        "field" => entry::field(ui, node, acts),
        "progress" => progress(ui, node),
        "link" => link(ui, node.label(), node.text("url")),
        "toggle" => toggle(ui, node, acts),
        "choice" => choice(ui, node, acts),
        "copy" => window::copy(ui, node),
        // Beside the place that it stands in, and not within: see `windows`.
        "window" => {}
        "menu" | "item" | "separator" | "button" => menus::tool(ui, node, acts),
        // Newer than this program: its words are better than nothing.
        _ if !node.label().is_empty() => drop(ui.add(Label::new(node.label()).wrap())),
        _ => {}
    }
}

/// What stands after a list stays at the lower edge, and the list takes the room between.
fn panel(ui: &mut Ui, parent: Branch<'_>, acts: &mut Acts) {
    if !parent.label().is_empty() {
        crate::widgets::section(ui, parent.label());
    }
    let children: Vec<Branch<'_>> = parent.children().collect();
    match children.iter().position(|child| child.kind() == "list") {
        None => children.into_iter().for_each(|child| node(ui, child, acts)),
        Some(at) => {
            let (before, after) = children.split_at(at + 1);
            let id = parent.egui_id().with("lower");
            egui::Panel::bottom(id).frame(Frame::new()).show_separator_line(false).resizable(false).show(ui, |ui| {
                ui.add_space(space::S);
                after.iter().for_each(|child| node(ui, *child, acts));
            });
            before.iter().for_each(|child| node(ui, *child, acts));
        }
    }
}

fn list(ui: &mut Ui, parent: Branch<'_>, acts: &mut Acts) {
    ScrollArea::vertical().id_salt(parent.egui_id()).auto_shrink([false, false]).stick_to_bottom(true).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        // Room for the scroll bar, which floats.
        ui.set_max_width(ui.available_width() - space::M);
        for child in parent.children() {
            node(ui, child, acts);
        }
    });
}

fn progress(ui: &mut Ui, node: Branch<'_>) {
    let part = node.number("value").unwrap_or(0).clamp(0, 1000) as f32 / 1000.0;
    let percent = format!("{:.0} %", part * 100.0);
    let response = ui.add(egui::ProgressBar::new(part).text(format!("{} {percent}", node.label()).trim().to_owned()));
    response.accessible_name(format!("{}, {percent}", node.label()));
}

fn toggle(ui: &mut Ui, node: Branch<'_>, acts: &mut Acts) {
    let on = node.flag("on");
    let why = if node.enabled() { "" } else { node.text("why") };
    if crate::widgets::switch(ui, on, node.enabled(), None, node.label(), why).clicked() {
        acts.act(node.plugin, node.id(), vec![("on".to_owned(), lotse_engine::Value::Flag(!on))]);
    }
}

/// In a panel a choice is shown with all its answers.
fn choice(ui: &mut Ui, node: Branch<'_>, acts: &mut Acts) {
    ui.horizontal_wrapped(|ui| {
        let muted = Palette::of(ui).muted_ink;
        ui.label(RichText::new(node.label()).color(muted));
        for option in node.children() {
            let chosen = node.text("choice") == option.id();
            let response =
                ui.add_enabled(node.enabled() && option.enabled(), egui::RadioButton::new(chosen, option.label()));
            if response.clicked() && !chosen {
                acts.act(
                    node.plugin,
                    node.id(),
                    vec![("choice".to_owned(), lotse_engine::Value::Text(option.id().to_owned()))],
                );
            }
        }
    });
}

/// Shown in full whatever its label says, so that nobody is led elsewhere.
pub(super) fn link(ui: &mut Ui, label: &str, url: &str) {
    if !links::is_web_link(url) {
        if !label.is_empty() {
            ui.add(Label::new(label).wrap());
        }
        return;
    }
    if !label.is_empty() && label != url {
        ui.label(label);
    }
    if ui.link(url).clicked() {
        links::open_link(url);
    }
}

fn tone(ui: &Ui, node: Branch<'_>) -> Color32 {
    let palette = Palette::of(ui);
    match node.text("tone") {
        "muted" => palette.muted_ink,
        "good" => palette.good,
        "caution" => palette.caution,
        "danger" => palette.danger,
        _ => palette.ink,
    }
}
