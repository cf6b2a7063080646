//! On the way into a session: what is happening, in steps.

use crate::wishes::Wishes;
use egui::{Align, Layout, RichText, Ui, vec2};
use lotse_engine::view::{Command, Step};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{Button, empty, sign};
use lotse_ui::{icons, t, words};
use std::cmp::Ordering;

/// `None`: everything is there and the other side has the word.
pub(crate) fn connecting(ui: &mut Ui, step: Option<Step>, wishes: &mut Wishes) {
    empty(ui, icons::LINK, &t!("waiting-title"), &t!("waiting-body"), |ui| {
        let all = [Step::Relay, Step::Keys, Step::Plugins, Step::Link];
        let at = step.map_or(all.len(), |step| all.iter().position(|other| *other == step).unwrap_or(0));
        ui.allocate_ui_with_layout(vec2(240.0, 0.0), Layout::top_down(Align::Min), |ui| {
            for (index, step) in all.into_iter().enumerate() {
                let palette = Palette::of(ui);
                let (icon, colour) = match index.cmp(&at) {
                    Ordering::Less => (icons::GOOD, palette.good),
                    Ordering::Equal => (icons::HOURGLASS, palette.accent),
                    Ordering::Greater => (icons::CIRCLE, palette.muted_ink),
                };
                ui.horizontal(|ui| {
                    sign(ui, icon, 16.0, colour);
                    ui.label(RichText::new(words::step(step)).color(if index > at {
                        palette.muted_ink
                    } else {
                        palette.ink
                    }));
                });
            }
        });
        ui.add_space(space::M);
        if Button::secondary(t!("common-cancel")).show(ui).clicked() {
            wishes.session(Command::End);
        }
    });
}
