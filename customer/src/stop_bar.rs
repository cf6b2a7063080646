//! One control that stops everything, at the lower edge as long as there is anything to stop.

use crate::desktop::Gifts;
use crate::wishes::Wishes;
use egui::{CentralPanel, Frame, Key, Margin, Modifiers, Ui};
use lotse_engine::view::{Command, View};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{Button, CODE_HEIGHT, muted, safety_code};
use lotse_ui::{icons, t, words};

const BUTTON_HEIGHT: f32 = 40.0;

/// What one sentence of what the desktop lacks takes, in points.
const NOTE_HEIGHT: f32 = 44.0;

/// Height of the bar, in points.
pub(crate) fn height(gifts: Gifts) -> f32 {
    let notes = [gifts.frame, gifts.hotkey].into_iter().filter(|given| !given).count() as f32;
    CODE_HEIGHT + space::S + BUTTON_HEIGHT + 2.0 * space::M + notes * NOTE_HEIGHT
}

/// What this desktop lacks stands there for good.
pub(crate) fn show(ui: &mut Ui, view: &View, gifts: Gifts, wishes: &mut Wishes) {
    let palette = Palette::of(ui);
    let frame = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(space::L as i8, space::M as i8));
    CentralPanel::default().frame(frame).show(ui, |ui| {
        if !view.safety_code.is_empty() {
            safety_code(ui, &view.safety_code);
        }
        let button = Button::danger(t!("stop-everything"))
            .icon(icons::STOP)
            .shortcut(words::keys("Ctrl+Alt+End"))
            .width(ui.available_width())
            .height(BUTTON_HEIGHT);
        if button.show(ui).clicked() {
            wishes.session(Command::StopEverything);
        }
        if !gifts.hotkey {
            muted(ui, t!("stop-here-only"));
        }
        if !gifts.frame {
            muted(ui, t!("frame-missing"));
        }
    });
    if ui.input_mut(|input| input.consume_key(Modifiers::CTRL | Modifiers::ALT, Key::End)) {
        wishes.session(Command::StopEverything);
    }
}
