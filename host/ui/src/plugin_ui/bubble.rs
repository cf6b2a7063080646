//! One message of a conversation: own ones at the right, with the delivery's state as ticks and in words.

use super::links::{self, Piece};
use super::tree::Branch;
use crate::local_time::hour_and_minute;
use crate::tokens::{Palette, RADIUS, mix, size, space};
use crate::widgets::plain;
use crate::{fonts, icons, t};
use egui::accesskit::Role;
use egui::{Align, CornerRadius, Frame, Label, Layout, Margin, RichText, Stroke, Ui, WidgetInfo, vec2};

/// Longest line of a bubble, in points: a wider one is hard to read.
const WIDTH_MAX: f32 = 440.0;

pub(super) fn message(ui: &mut Ui, node: Branch<'_>) {
    let mine = node.flag("mine");
    let palette = Palette::of(ui);
    let (ground, edge) = if mine {
        (mix(palette.surface, palette.accent, 0.10), mix(palette.surface, palette.accent, 0.25))
    } else {
        (palette.surface, palette.line)
    };
    let width = (ui.available_width() * 0.82).min(WIDTH_MAX);
    let layout = if mine { Layout::top_down(Align::Max) } else { Layout::top_down(Align::Min) };
    let time = node.number("at-ms").and_then(hour_and_minute).unwrap_or_default();
    let state = delivery(node.text("state"));
    let response = ui
        .with_layout(layout, |ui| {
            ui.set_max_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            if !mine {
                plain(ui, RichText::new(node.text("author")).size(size::SMALL).color(palette.muted_ink));
            }
            Frame::new()
                .fill(ground)
                .stroke(Stroke::new(1.0, edge))
                .corner_radius(CornerRadius::same(RADIUS + 2))
                .inner_margin(Margin::symmetric(space::M as i8, 7))
                .show(ui, |ui| {
                    let room = width - 2.0 * space::M;
                    // As wide as its text: a layout from the right would fill the room.
                    let font = egui::TextStyle::Body.resolve(ui.style());
                    let text = ui.painter().layout(node.text("body").to_owned(), font, palette.ink, room);
                    ui.set_max_width((text.size().x.ceil() + 1.0).min(room));
                    ui.with_layout(Layout::top_down(Align::Min), |ui| body(ui, node.text("body")));
                });
            foot(ui, palette, &time, state.as_ref(), mine);
        })
        .response;
    // The body is a text of its own; this is what stands round it.
    let said = [node.text("author"), &time, state.as_ref().map_or("", |(_, words)| words.as_str())];
    let said: Vec<&str> = said.into_iter().filter(|part| !part.is_empty()).collect();
    let response = ui.interact(response.rect, node.egui_id().with("message"), egui::Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, said.join(", ")));
}

/// Time and, under own messages, how far they have come.
fn foot(ui: &mut Ui, palette: &Palette, time: &str, state: Option<&(char, String)>, mine: bool) {
    let layout = if mine { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 14.0), layout, |ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        if let Some((sign, words)) = state.filter(|_| mine) {
            plain(ui, fonts::icon(*sign, 14.0).color(palette.muted_ink));
            plain(ui, RichText::new(words).size(size::SMALL).color(palette.muted_ink));
        }
        if !time.is_empty() {
            plain(ui, RichText::new(time).size(size::SMALL).color(palette.muted_ink));
        }
    });
}

fn body(ui: &mut Ui, body: &str) {
    let pieces = links::pieces(body);
    if let [Piece::Text(text)] = pieces.as_slice() {
        ui.add(Label::new(*text).wrap().selectable(true));
        return;
    }
    // Lines as high as their text, not as controls.
    ui.spacing_mut().interact_size.y = 0.0;
    ui.spacing_mut().item_spacing = vec2(0.0, 2.0);
    ui.horizontal_wrapped(|ui| {
        for piece in pieces {
            match piece {
                Piece::Text(text) => drop(ui.add(Label::new(text).selectable(true))),
                Piece::Link(url) => {
                    if ui.link(url).clicked() {
                        links::open_link(url);
                    }
                }
            }
        }
    });
}

fn delivery(state: &str) -> Option<(char, String)> {
    match state {
        "sending" => Some((icons::PENDING, t!("message-sending"))),
        "sent" => Some((icons::CHECK, t!("message-sent"))),
        "delivered" => Some((icons::DELIVERED, t!("message-delivered"))),
        "failed" => Some((icons::DANGER, t!("message-failed"))),
        _ => None,
    }
}
