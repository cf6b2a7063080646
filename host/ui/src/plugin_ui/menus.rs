//! Menus, toolbars and rows of buttons out of plugins' nodes.

use super::Acts;
use super::tree::{Branch, roots};
use crate::tokens::{Palette, size};
use crate::widgets::{Button, Kind, focus_ring};
use crate::{fonts, icons};
use egui::accesskit::Role;
use egui::{Label, Response, RichText, Sense, Ui, WidgetInfo};
use lotse_engine::Value;
use lotse_engine::view::Contribution;

/// Entries of a menu that lies open as buttons; words between them do not count.
const OPEN_MENU_MAX: usize = 2;

/// The top-level menus of plugins, beside the host's own in a menu bar. Menus of one name are one menu, whoever they are of.
pub fn menu_bar(ui: &mut Ui, contributions: &[Contribution], acts: &mut Acts) {
    for menus in by_name(contributions, acts) {
        let Some(label) = menus.first().map(|menu| menu.label()) else { continue };
        let button = ui.menu_button(label, |ui| parts(ui, &menus, acts)).response;
        focus_ring(ui, &button);
    }
}

/// Top-level menus, those of one name together, in the order of the first of each.
fn by_name<'a>(contributions: &'a [Contribution], acts: &Acts) -> Vec<Vec<Branch<'a>>> {
    let mut named: Vec<Vec<Branch<'a>>> = Vec::new();
    for menu in roots(contributions, acts).into_iter().flat_map(menus_of) {
        match named.iter_mut().find(|menus| menus.first().is_some_and(|first| first.label() == menu.label())) {
            Some(menus) => menus.push(menu),
            None => named.push(vec![menu]),
        }
    }
    named
}

/// The entries of menus that are one, with a line between.
fn parts(ui: &mut Ui, menus: &[Branch<'_>], acts: &mut Acts) {
    for (index, menu) in menus.iter().enumerate() {
        if index > 0 {
            ui.separator();
        }
        entries(ui, *menu, acts);
    }
}

/// Everything of these contributions within a menu that is open already.
pub fn items(ui: &mut Ui, contributions: &[Contribution], acts: &mut Acts) {
    for root in roots(contributions, acts) {
        match root.kind() {
            "menu" | "panel" | "list" | "row" => entries(ui, root, acts),
            _ => entry(ui, root, false, acts),
        }
    }
}

/// Buttons and menus beside one another, as in the bar over a picture.
pub fn toolbar(ui: &mut Ui, contributions: &[Contribution], acts: &mut Acts) {
    for root in roots(contributions, acts) {
        match root.kind() {
            "row" | "panel" | "list" => root.children().for_each(|node| tool(ui, node, acts)),
            _ => tool(ui, root, acts),
        }
    }
}

/// Buttons for a window too small for a menu bar: short menus lie open, longer ones open from one button.
pub fn buttons(ui: &mut Ui, contributions: &[Contribution], acts: &mut Acts) {
    for menus in by_name(contributions, acts) {
        let nodes: Vec<Branch<'_>> =
            menus.iter().flat_map(|menu| menu.children()).filter(|node| node.kind() != "separator").collect();
        if nodes.iter().filter(|node| node.kind() != "text").count() <= OPEN_MENU_MAX {
            nodes.into_iter().for_each(|node| tool(ui, node, acts));
        } else if let Some(label) = menus.first().map(|menu| menu.label()) {
            menu_button(ui, label, |ui| parts(ui, &menus, acts));
        }
    }
}

/// A contribution to `menu` is one menu, or a panel of several.
fn menus_of(root: Branch<'_>) -> Vec<Branch<'_>> {
    if root.kind() == "menu" { vec![root] } else { root.children().filter(|node| node.kind() == "menu").collect() }
}

fn entries(ui: &mut Ui, parent: Branch<'_>, acts: &mut Acts) {
    // Where one line has a check mark, all leave room for it.
    let room = parent.children().any(|node| matches!(node.kind(), "toggle" | "choice"));
    for node in parent.children() {
        entry(ui, node, room, acts);
    }
}

/// One line of an open menu.
fn entry(ui: &mut Ui, node: Branch<'_>, room: bool, acts: &mut Acts) {
    match node.kind() {
        "separator" => drop(ui.separator()),
        "menu" => {
            let button = ui.menu_button(node.label(), |ui| entries(ui, node, acts)).response;
            focus_ring(ui, &button);
        }
        "choice" => {
            let title = RichText::new(node.label()).size(size::SMALL).color(Palette::of(ui).muted_ink);
            egui::Frame::new()
                .inner_margin(egui::Margin { left: 34, right: 10, top: 4, bottom: 0 })
                .show(ui, |ui| ui.add(Label::new(title)));
            for option in node.children() {
                let chosen = node.text("choice") == option.id();
                let enabled = node.enabled() && option.enabled();
                if marked(ui, chosen, enabled, option).clicked() {
                    acts.act(node.plugin, node.id(), vec![("choice".to_owned(), Value::Text(option.id().to_owned()))]);
                    ui.close();
                }
            }
        }
        "toggle" => {
            let on = node.flag("on");
            if marked(ui, on, node.enabled(), node).clicked() {
                acts.act(node.plugin, node.id(), vec![("on".to_owned(), Value::Flag(!on))]);
                ui.close();
            }
        }
        "item" | "button" => {
            let button =
                if room { egui::Button::new((no_mark(), node.label())) } else { egui::Button::new(node.label()) };
            if line(ui, node, button).clicked() {
                acts.act(node.plugin, node.id(), Vec::new());
                ui.close();
            }
        }
        _ => super::panel::node(ui, node, acts),
    }
    // What is greyed out says why, for the eye as well.
    if !node.enabled() && !node.text("why").is_empty() {
        reason(ui, node.text("why"), room);
    }
}

/// Beneath a greyed line of a menu: why. `room`: the lines have check marks.
pub fn reason(ui: &mut Ui, why: &str, room: bool) {
    let why = RichText::new(why).size(size::SMALL).color(Palette::of(ui).muted_ink);
    let left = if room { 34 } else { 10 };
    egui::Frame::new()
        .inner_margin(egui::Margin { left, right: 10, top: -6, bottom: 6 })
        .show(ui, |ui| ui.add(Label::new(why).wrap()));
}

fn no_mark() -> RichText {
    fonts::icon(icons::CHECK, 16.0).color(egui::Color32::TRANSPARENT)
}

/// A line with a check mark or room for one.
fn marked(ui: &mut Ui, on: bool, enabled: bool, node: Branch<'_>) -> Response {
    let palette = Palette::of(ui);
    let colour = if on { palette.accent } else { egui::Color32::TRANSPARENT };
    let button = egui::Button::new((fonts::icon(icons::CHECK, 16.0).color(colour), node.label()));
    let response = ui.add_enabled(enabled && node.enabled(), shortcut(button, node, palette));
    focus_ring(ui, &response);
    response.widget_info(|| WidgetInfo::selected(Role::MenuItemCheckBox, enabled, on, node.label()));
    explained(response, node)
}

fn line(ui: &mut Ui, node: Branch<'_>, button: egui::Button<'_>) -> Response {
    let palette = Palette::of(ui);
    let response = ui.add_enabled(node.enabled(), shortcut(button, node, palette));
    focus_ring(ui, &response);
    explained(response.accessible_name(node.label()), node)
}

fn shortcut<'a>(button: egui::Button<'a>, node: Branch<'a>, palette: &Palette) -> egui::Button<'a> {
    match node.text("shortcut") {
        "" => button,
        keys => button.right_text(RichText::new(keys).size(size::SMALL).color(palette.muted_ink)),
    }
}

/// Tool tips: what it does, or why it cannot be done now.
fn explained(response: Response, node: Branch<'_>) -> Response {
    // A plugin that gives no name has at least an id.
    let response = if node.label().is_empty() { response.accessible_name(node.id()) } else { response };
    let response = match node.text("tooltip") {
        "" => response,
        tip => response.on_hover_text(tip),
    };
    match node.text("why") {
        "" => response,
        why if node.enabled() => response.on_hover_text(why),
        why => response.on_disabled_hover_text(why).accessible_name(format!("{}, {why}", node.label())),
    }
}

/// The same in a bar, which has no room for a line of words: what is greyed out can be reached by keyboard, and says why
/// then as it does under the pointer.
pub(super) fn explained_tool(ui: &mut Ui, response: Response, node: Branch<'_>) -> Response {
    let why = node.text("why");
    if node.enabled() || why.is_empty() {
        return explained(response, node);
    }
    let reached = ui.interact(response.rect, response.id.with("why"), Sense::focusable_noninteractive());
    reached.widget_info(|| WidgetInfo::labeled(Role::Button, false, format!("{}, {why}", node.label())));
    focus_ring(ui, &reached);
    if reached.has_focus() {
        reached.show_tooltip_text(why);
    }
    // A button that its plugin gave no name has at least this one.
    let response = if node.label().is_empty() { response.accessible_name(why) } else { response };
    response.on_disabled_hover_text(why)
}

/// A button that unfolds a menu, as its sign says.
pub fn menu_button<R>(ui: &mut Ui, label: &str, contents: impl FnOnce(&mut Ui) -> R) -> Response {
    let atoms = unfolds(ui, label);
    let response = ui.menu_button(atoms, contents).response;
    focus_ring(ui, &response);
    response.accessible_name(label)
}

fn unfolds<'a>(ui: &Ui, label: &str) -> egui::Atoms<'a> {
    let muted = Palette::of(ui).muted_ink;
    egui::Atoms::new((label.to_owned(), fonts::icon(icons::CHEVRON_DOWN, 14.0).color(muted)))
}

/// One thing in a bar.
pub(super) fn tool(ui: &mut Ui, node: Branch<'_>, acts: &mut Acts) {
    match node.kind() {
        "separator" => drop(ui.separator()),
        "menu" => drop(menu_button(ui, node.label(), |ui| entries(ui, node, acts))),
        "choice" => {
            let chosen = node.children().find(|option| option.id() == node.text("choice"));
            let name = chosen.map_or(node.label(), Branch::label);
            let button = unfolds(ui, name);
            // Not in a part of its own, which would have what is left of the row and no more, a letter wide at worst.
            let response = if node.enabled() {
                ui.menu_button(button, |ui| entry(ui, node, true, acts)).response
            } else {
                ui.add_enabled(false, egui::Button::new(button))
            };
            focus_ring(ui, &response);
            explained_tool(ui, response.accessible_name(format!("{}: {name}", node.label())), node);
        }
        "toggle" => {
            let on = node.flag("on");
            let response =
                ui.add_enabled(node.enabled(), egui::Button::selectable(on, node.label()).frame_when_inactive(true));
            response.widget_info(|| WidgetInfo::selected(Role::Switch, node.enabled(), on, node.label()));
            focus_ring(ui, &response);
            if explained_tool(ui, response, node).clicked() {
                acts.act(node.plugin, node.id(), vec![("on".to_owned(), Value::Flag(!on))]);
            }
        }
        "item" | "button" => {
            let kind = if node.flag("primary") { Kind::Primary } else { Kind::Secondary };
            let mut button = Button::new(kind, node.label()).enabled(node.enabled());
            if let Some(icon) = icons::by_name(node.text("icon")) {
                button = button.icon(icon);
            }
            let response = button.show(ui);
            if explained_tool(ui, response, node).clicked() {
                acts.act(node.plugin, node.id(), Vec::new());
            }
        }
        _ => super::panel::node(ui, node, acts),
    }
}
