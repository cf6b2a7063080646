//! Something under way or done, as one compact row: a sign, what it is, how it stands, a bar, and buttons at the right.

use super::tree::Branch;
use super::{Acts, menus, panel};
use crate::tokens::{Palette, RADIUS, mix, size, space};
use crate::widgets::{Button, plain};
use crate::{fonts, icons};
use egui::accesskit::Role;
use egui::{Align, CornerRadius, Frame, Label, Layout, Margin, Rect, RichText, Sense, Stroke, Ui, WidgetInfo, vec2};

/// Height of a row's buttons and of its bar, in points.
const BUTTON_HEIGHT: f32 = 28.0;
const BAR_HEIGHT: f32 = 4.0;

pub(super) fn activity(ui: &mut Ui, node: Branch<'_>, acts: &mut Acts) {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::symmetric(space::S as i8, 6))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                if !acts.read_only {
                    let buttons: Vec<Branch<'_>> = node.children().filter(|child| child.kind() == "button").collect();
                    buttons.into_iter().rev().for_each(|child| button(ui, node, child, acts));
                }
                ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.x = space::S;
                    if let Some(icon) = icons::by_name(node.text("icon")) {
                        plain(ui, fonts::icon(icon, 18.0).color(palette.muted_ink));
                    }
                    ui.vertical(|ui| words(ui, node));
                });
            });
        });
}

fn words(ui: &mut Ui, node: Branch<'_>) {
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.add(Label::new(node.label()).truncate());
    if !node.text("detail").is_empty() {
        let detail = RichText::new(node.text("detail")).size(size::SMALL).color(panel::tone(ui, node));
        ui.add(Label::new(detail).wrap());
    }
    if let Some(value) = node.number("value") {
        bar(ui, value.clamp(0, 1000) as f32 / 1000.0, node.label());
    }
}

fn bar(ui: &mut Ui, part: f32, label: &str) {
    ui.add_space(2.0);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), BAR_HEIGHT), Sense::hover());
    if ui.is_rect_visible(rect) {
        let palette = Palette::of(ui);
        let round = CornerRadius::same(2);
        ui.painter().rect_filled(rect, round, mix(palette.surface, palette.muted_ink, 0.25));
        let done = Rect::from_min_size(rect.min, vec2(rect.width() * part, rect.height()));
        ui.painter().rect_filled(done, round, palette.accent);
    }
    let name = format!("{label}, {:.0} %", part * 100.0);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &name));
}

/// One with an icon shows it alone. Rows have the same buttons, so each is named with what it acts on.
fn button(ui: &mut Ui, row: Branch<'_>, node: Branch<'_>, acts: &mut Acts) {
    let icon = icons::by_name(node.text("icon"));
    let button = match icon {
        Some(icon) => Button::quiet("").icon(icon).width(BUTTON_HEIGHT),
        None => Button::secondary(node.label()),
    };
    let response = button.height(BUTTON_HEIGHT).enabled(node.enabled()).show(ui);
    let response = response.accessible_name(format!("{}, {}", node.label(), row.label()));
    let response = if icon.is_some() { response.on_hover_text(node.label()) } else { response };
    if menus::explained_tool(ui, response, node).clicked() {
        acts.act(node.plugin, node.id(), Vec::new());
    }
}
