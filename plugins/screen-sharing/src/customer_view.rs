//! What the customer sees of screen sharing: what is shown, and how to stop it. To pause is the window's own, for all at once.

use lotse_picture::menu_name;
use lotse_sdk::session::text;
use lotse_sdk::ui::{self, Node, Tone};

use crate::customer::Customer;
use crate::ids;
use crate::protocol::View;

pub fn menu(customer: &Customer) -> Option<Node> {
    let menu = ui::menu(menu_name());
    match customer.view() {
        View::Showing { .. } => {
            let stop = ui::item(ids::STOP, text("Stop showing my screen", "Meinen Bildschirm nicht mehr zeigen"));
            let held = text("The rep has paused the picture.", "Der Mitarbeiter hat das Bild angehalten.");
            let held = customer.held_by_rep().then(|| ui::text(held, Tone::Muted));
            Some(menu.child(stop).children(held))
        }
        View::Waiting if customer.waits_for_word() => {
            let asked = text("Your screen is asked for again.", "Ihr Bildschirm wird erneut erbeten.");
            let show = ui::item(ids::SHOW, text("Show my screen", "Meinen Bildschirm zeigen"));
            Some(menu.child(ui::text(asked, Tone::Caution).attention()).child(show))
        }
        View::Off | View::Waiting | View::Stopped | View::Refused | View::Failed(_) => None,
    }
}
