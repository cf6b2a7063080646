//! After a session: why it is over, that nothing goes on, and the way back in.

use crate::offer::{Offer, went_well};
use crate::wishes::Wishes;
use egui::Ui;
use lotse_engine::customer::CustomerCommand;
use lotse_engine::view::View;
use lotse_protocol::peer::EndReason;
use lotse_ui::tokens::space;
use lotse_ui::widgets::{Button, empty, muted};
use lotse_ui::{icons, t, words};

pub(crate) fn ended(ui: &mut Ui, view: &View, reason: EndReason, offer: Option<&mut Offer>, wishes: &mut Wishes) {
    let icon = match reason {
        EndReason::NotTrusted | EndReason::Incompatible | EndReason::PluginsFailed => icons::CAUTION,
        EndReason::CustomerGone | EndReason::RepGone => icons::LOST,
        EndReason::RepEnded
        | EndReason::CustomerEnded
        | EndReason::CustomerStopped
        | EndReason::CustomerDeclined
        | EndReason::HandedOver
        | EndReason::WatchingEnded => icons::GOOD,
    };
    empty(ui, icon, &t!("outcome-title"), &words::end_for_customer(reason), |ui| {
        if view.peer.is_empty() {
            muted(ui, t!("outcome-nobody"));
        } else {
            muted(ui, t!("outcome-nothing", "rep" => view.peer.as_str()));
        }
        ui.add_space(space::M);
        if Button::primary(t!("outcome-again")).width(220.0).height(40.0).show(ui).clicked() {
            wishes.commands.push(CustomerCommand::Leave);
        }
        if Button::secondary(t!("outcome-close")).width(220.0).height(40.0).show(ui).clicked() {
            wishes.close = true;
        }
        if let Some(offer) = offer.filter(|_| went_well(reason) && !view.peer.is_empty()) {
            offer.show(ui);
        }
    });
}
