//! What both sides see of it: a part of the Screen Sharing menu, which screen-sharing's stands in too.

use lotse_picture::{menu_name, quality_choice};
use lotse_sdk::session::{only_looking, text};
use lotse_sdk::ui::{self, Node, Tone};

use crate::customer::Customer;
use crate::ids;
use crate::protocol::{Display, Still};
use crate::rep::{Rep, Stage};

pub fn of_rep(rep: &Rep) -> Node {
    let shows = matches!(rep.stage(), Stage::Showing { .. });
    let share = if shows {
        text("Share Something Else …", "Etwas anderes freigeben …")
    } else {
        text("Share My Screen …", "Meinen Bildschirm freigeben …")
    };
    let nobody = text("The customer is not connected.", "Der Kunde ist nicht verbunden.");
    let open = text("Choose in the window that is open.", "Wählen Sie im geöffneten Fenster.");
    let why_not = match rep.stage() {
        _ if rep.looks_on() => Some(only_looking()),
        Stage::Choosing(_) => Some(open),
        Stage::Off | Stage::Showing { .. } => (!rep.customer_there()).then_some(nobody),
    };
    let nothing = text("Your screen is not shown.", "Ihr Bildschirm wird nicht gezeigt.");
    let stop = text("Stop Sharing My Screen", "Meinen Bildschirm nicht mehr freigeben");
    ui::menu(menu_name())
        .child(ui::item(ids::SHARE, share).unless(why_not))
        .child(ui::item(ids::STOP, stop).unless((!shows).then_some(nothing)))
        .children(shows.then(|| ui::toggle(ids::PAUSE, text("Hold my picture", "Mein Bild anhalten"), rep.paused())))
        .children(shows.then(|| quality_choice(ids::QUALITY, rep.quality())))
        .children(status(rep))
}

/// What is shown: a window by its title, a display as the chooser names it.
fn name(title: &str, display: Option<Display>) -> String {
    match display {
        Some(Display { number, width, height }) => {
            format!("{} {number} ({width} × {height})", text("Screen", "Bildschirm"))
        }
        None => title.to_owned(),
    }
}

/// How it stands, in words.
fn status(rep: &Rep) -> Option<Node> {
    let Stage::Showing { title } = rep.stage() else { return None };
    let (line, tone) = if rep.paused() {
        (text("You hold the picture", "Sie haben das Bild angehalten").to_owned(), Tone::Caution)
    } else if rep.hidden() {
        let line = text(
            "The window is minimised; its last picture is shown",
            "Das Fenster ist minimiert; sein letztes Bild wird gezeigt",
        );
        (line.to_owned(), Tone::Caution)
    } else if rep.watched() {
        let watches = text("The customer watches:", "Der Kunde sieht:");
        (format!("{watches} {}", name(title, rep.display())), Tone::Muted)
    } else {
        (text("Waiting for the customer", "Wartet auf den Kunden").to_owned(), Tone::Muted)
    };
    Some(ui::text(&line, tone))
}

pub fn of_customer(customer: &Customer) -> Option<Node> {
    if !customer.watching() {
        return None;
    }
    let stop = ui::item(ids::STOP_WATCHING, text("Stop watching", "Nicht mehr zusehen"));
    let still = stands(customer.still());
    Some(ui::menu(menu_name()).child(stop).children(still.map(|line| ui::text(line, Tone::Muted))))
}

/// Why the picture stands, if it does.
fn stands(still: Still) -> Option<&'static str> {
    match still {
        Still::No => None,
        Still::Held => Some(text("The rep holds the picture.", "Der Mitarbeiter hat das Bild angehalten.")),
        Still::Hidden => Some(text(
            "The rep has minimised what they show; you see its last picture.",
            "Der Mitarbeiter hat das Gezeigte minimiert; Sie sehen das letzte Bild.",
        )),
    }
}

/// Beside the picture itself: what it is of, or why it stands.
pub fn over_the_picture(customer: &Customer) -> Option<Node> {
    let shown = customer.shown()?;
    let line = match stands(customer.still()) {
        Some(why) => ui::text(why, Tone::Caution),
        None => {
            let see = text("You see:", "Sie sehen:");
            ui::text(&format!("{see} {}", name(shown, customer.display())), Tone::Muted)
        }
    };
    Some(ui::row().child(line))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use lotse_sdk::ReadSettings;

    #[test]
    fn before_a_customer_is_there_the_menu_says_why() {
        let menu = of_rep(&Rep::new());
        let share = menu.find(ids::SHARE).unwrap().properties();
        assert_eq!((share.flag("enabled"), share.text("why")), (Some(false), Some("The customer is not connected.")));
        assert_eq!(menu.ids(), [ids::SHARE, ids::STOP], "what can be done with a picture comes with one");
        assert!(of_customer(&Customer::new()).is_none());
    }
}
