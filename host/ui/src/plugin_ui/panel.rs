//! Panels: children below or beside one another, a list that scrolls to its newest, and what stands in them.

use super::tree::{Branch, roots};
use super::{Acts, activity, bubble, entry, links, menus, window};
use crate::tokens::{Palette, space};
use crate::widgets::badge;
use egui::{Color32, Frame, Label, RichText, ScrollArea, Ui};
use lotse_engine::view::Contribution;

/// Of the height of a place: what others show beside a conversation takes no more, so that it stays one.
const BESIDE_MAX: f32 = 0.4;

/// All contributions to a panel place, one below the other. Where one of them has a list, which takes the room, the others
/// stand between it and what follows it.
pub fn panels(ui: &mut Ui, contributions: &[Contribution], acts: &mut Acts) {
    let roots = roots(contributions, acts);
    let has_list = |root: &Branch<'_>| root.kind() == "panel" && root.children().any(|child| child.kind() == "list");
    let Some(at) = roots.iter().position(has_list) else {
        return roots.into_iter().for_each(|root| node(ui, root, acts));
    };
    let (before, rest) = roots.split_at(at);
    if let Some((talk, after)) = rest.split_first() {
        panel(ui, *talk, &[before, after].concat(), acts);
    }
}

/// One node wherever it stands outside a menu.
pub(super) fn node(ui: &mut Ui, node: Branch<'_>, acts: &mut Acts) {
    match node.kind() {
        "panel" => panel(ui, node, &[], acts),
        "list" => list(ui, node, acts),
        "row" => drop(ui.horizontal_wrapped(|ui| node.children().for_each(|child| self::node(ui, child, acts)))),
        "text" => drop(ui.add(Label::new(RichText::new(node.label()).color(tone(ui, node))).wrap())),
        "badge" => drop(badge(ui, node.label(), tone(ui, node))),
        "message" => bubble::message(ui, node),
        "field" => entry::field(ui, node, acts),
        "progress" => progress(ui, node),
        "activity" => activity::activity(ui, node, acts),
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

/// What stands after a list stays at the lower edge, and the list takes the room between. `beside`: what others show, above
/// that edge.
fn panel(ui: &mut Ui, parent: Branch<'_>, beside: &[Branch<'_>], acts: &mut Acts) {
    if !parent.label().is_empty() {
        crate::widgets::section(ui, parent.label());
    }
    let children: Vec<Branch<'_>> = parent.children().collect();
    match children.iter().position(|child| child.kind() == "list") {
        None => children.into_iter().for_each(|child| node(ui, child, acts)),
        Some(at) => {
            let (before, after) = children.split_at(at + 1);
            let id = parent.egui_id().with("lower");
            let room = ui.available_height() * BESIDE_MAX;
            egui::Panel::bottom(id).frame(Frame::new()).show_separator_line(false).resizable(false).show(ui, |ui| {
                ui.add_space(space::S);
                let beside: Vec<Branch<'_>> =
                    beside.iter().copied().filter(|root| !(acts.read_only && waits(*root))).collect();
                if !beside.is_empty() {
                    others(ui, id, &beside, room, acts);
                }
                after.iter().for_each(|child| node(ui, *child, acts));
            });
            before.iter().for_each(|child| node(ui, *child, acts));
        }
    }
}

/// Whether it waits for somebody to press something, which nobody can once the session is over.
fn waits(node: Branch<'_>) -> bool {
    match node.kind() {
        "button" | "field" | "toggle" | "choice" => true,
        // Done or not, it says how it stands.
        "activity" => false,
        _ => node.children().any(waits),
    }
}

fn others(ui: &mut Ui, id: egui::Id, beside: &[Branch<'_>], room: f32, acts: &mut Acts) {
    let area = ScrollArea::vertical().id_salt(id.with("beside")).max_height(room).auto_shrink([false, true]);
    area.stick_to_bottom(true).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        beside.iter().for_each(|root| node(ui, *root, acts));
    });
    ui.add_space(space::XS);
}

fn list(ui: &mut Ui, parent: Branch<'_>, acts: &mut Acts) {
    ScrollArea::vertical().id_salt(parent.egui_id()).auto_shrink([false, false]).stick_to_bottom(true).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        // Room for the scroll bar, which floats.
        ui.set_max_width((ui.available_width() - space::M).max(0.0));
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

pub(super) fn tone(ui: &Ui, node: Branch<'_>) -> Color32 {
    let palette = Palette::of(ui);
    match node.text("tone") {
        "muted" => palette.muted_ink,
        "good" => palette.good,
        "caution" => palette.caution,
        "danger" => palette.danger,
        _ => palette.ink,
    }
}
