//! The window of a second start while a session runs: it says so, and touches nothing.

use egui::{CentralPanel, Frame, Margin, Ui, ViewportCommand};
use lotse_ui::theme::{self, ThemeChoice};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{Button, empty};
use lotse_ui::{icons, t};

pub struct BusyWindow {
    theme: ThemeChoice,
}

impl BusyWindow {
    #[must_use]
    pub fn new(context: &egui::Context, theme: ThemeChoice) -> Self {
        theme::install(context);
        theme::choose(context, theme, 100);
        Self { theme }
    }

    /// Draws the window.
    pub fn show(&self, ui: &mut Ui) {
        theme::choose(ui.ctx(), self.theme, 100);
        let frame = Frame::new().fill(Palette::of(ui).canvas).inner_margin(Margin::same(space::L as i8));
        CentralPanel::default().frame(frame).show(ui, |ui| {
            empty(ui, icons::INFO, &t!("busy-title"), &t!("busy-body"), |ui| {
                if Button::primary(t!("busy-close")).width(220.0).height(40.0).show(ui).clicked() {
                    ui.ctx().send_viewport_cmd(ViewportCommand::Close);
                }
            });
        });
    }
}

impl eframe::App for BusyWindow {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        Palette::of_visuals(visuals).canvas.to_normalized_gamma_f32()
    }
}
