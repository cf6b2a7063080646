//! The computer is about to be restarted: how long one has to save one's work, and the way to stop it.

use crate::wishes::Wishes;
use egui::Ui;
use lotse_engine::view::{Command, RestartView, View};
use lotse_ui::widgets::{Button, empty};
use lotse_ui::{icons, t};

pub(crate) fn show(ui: &mut Ui, view: &View, restart: RestartView, wishes: &mut Wishes) {
    let rep = view.peer.as_str();
    match restart {
        RestartView::Counting { seconds_left } => {
            let title = t!("restart-counting", "seconds" => seconds_left);
            empty(ui, icons::RESTART, &title, &t!("restart-counting-body", "rep" => rep), |ui| {
                if Button::primary(t!("restart-cancel")).height(44.0).show(ui).clicked() {
                    wishes.session(Command::CancelRestart);
                }
            });
        }
        RestartView::Going => {
            empty(ui, icons::RESTART, &t!("restart-going"), &t!("restart-going-body", "rep" => rep), |_| ());
        }
    }
}
