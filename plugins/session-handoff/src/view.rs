//! How it looks: a menu with everybody who could come, and a few lines above the chat while something is under way.

use lotse_sdk::session::text;
use lotse_sdk::ui::{self, Node, Tone};

use crate::handoff::{Colleague, Handoff, Kind, NOTE_CHARS_MAX, Outcome, Purpose, State};

/// Ids of nodes that act; scripts use them too. Items of the menus are named by their purpose and whom.
pub const NOTE: &str = "note";
pub const ASK: &str = "ask";
pub const CANCEL: &str = "cancel";

pub fn menu(handoff: &Handoff) -> Node {
    let menu = ui::menu(text("Hand over", "Übergabe"));
    if handoff.colleagues.is_empty() {
        let nobody = text("No colleague is signed in.", "Kein Kollege ist angemeldet.");
        return menu.child(ui::text(nobody, Tone::Muted));
    }
    menu.children(Purpose::ALL.map(|purpose| submenu(handoff, purpose)))
}

fn submenu(handoff: &Handoff, purpose: Purpose) -> Node {
    let title = match purpose {
        Purpose::TakeOver => text("Hand over the session", "Sitzung übergeben"),
        Purpose::Join => text("Invite a colleague", "Kollegen dazuholen"),
        Purpose::Observe => text("Let a colleague look on", "Kollegen zusehen lassen"),
    };
    let asked = matches!(handoff.state, State::Asked { .. });
    let busy = text("Somebody is being asked already.", "Es wird schon jemand gefragt.");
    let item = |colleague: &Colleague| {
        ui::item(&format!("{}{}", purpose.prefix(), colleague.id), &label(colleague)).unless(asked.then_some(busy))
    };
    ui::menu(title).children(handoff.colleagues.iter().map(item))
}

/// `Bo Lind`, `Team Printers`, `Portal Billing · nobody is free`
fn label(colleague: &Colleague) -> String {
    let name = match colleague.kind {
        Kind::Rep => colleague.name.clone(),
        Kind::Team => format!("{} {}", text("Team", "Team"), colleague.name),
        Kind::Portal => format!("{} {}", text("Portal", "Portal"), colleague.name),
    };
    match (colleague.available, colleague.kind) {
        (true, _) => name,
        (false, Kind::Rep) => format!("{name} · {}", text("busy or away", "beschäftigt oder abwesend")),
        (false, Kind::Team) => format!("{name} · {}", text("nobody is free", "niemand ist frei")),
        (false, Kind::Portal) => {
            format!("{name} · {}", text("nobody is free; it waits", "niemand ist frei, sie wartet"))
        }
    }
}

/// What is under way, if anything is.
pub fn panel(handoff: &Handoff) -> Option<Node> {
    match &handoff.state {
        State::Idle => None,
        State::Chosen { whom, purpose } => Some(chosen(&label(whom), *purpose)),
        State::Asked { name, kind, .. } => {
            let line = match kind {
                Kind::Rep | Kind::Team => format!("{name} {}", text("is being asked …", "wird gefragt …")),
                Kind::Portal => {
                    let queue = text("The session waits in the queue:", "Die Sitzung wartet in der Warteschlange:");
                    format!("{queue} {name}")
                }
            };
            let take_back = ui::button(CANCEL, text("Take back", "Zurücknehmen"));
            Some(ui::panel("").child(ui::row().child(ui::text(&line, Tone::Plain)).child(take_back)))
        }
        State::Told { name, purpose, outcome } => {
            let (line, tone) = told(name, *purpose, *outcome);
            let read = ui::button(CANCEL, text("OK", "OK"));
            Some(ui::panel("").child(ui::row().child(ui::text(&line, tone)).child(read)))
        }
    }
}

fn chosen(whom: &str, purpose: Purpose) -> Node {
    let (line, ask) = match purpose {
        Purpose::TakeOver => (text("Hand the session over to", "Sitzung übergeben an"), text("Hand over", "Übergeben")),
        Purpose::Join => (text("Invite into the session:", "In die Sitzung holen:"), text("Invite", "Dazuholen")),
        Purpose::Observe => (text("Let look on:", "Zusehen lassen:"), text("Ask to look on", "Zum Zusehen bitten")),
    };
    let hint = text(
        "Note for your colleague (the customer does not see it); Enter asks",
        "Notiz für den Kollegen (der Kunde sieht sie nicht); Enter fragt an",
    );
    let buttons =
        ui::row().child(ui::button(ASK, ask).primary()).child(ui::button(CANCEL, text("Cancel", "Abbrechen")));
    ui::panel("")
        .child(ui::text(&format!("{line} {whom}"), Tone::Plain))
        .child(ui::field(NOTE, hint, NOTE_CHARS_MAX))
        .child(buttons)
}

fn told(name: &str, purpose: Purpose, outcome: Outcome) -> (String, Tone) {
    let (words, tone) = match (outcome, purpose) {
        (Outcome::Accepted, Purpose::TakeOver) => {
            (text("has taken the session over.", "hat die Sitzung übernommen."), Tone::Good)
        }
        (Outcome::Accepted, Purpose::Join | Purpose::Observe) => {
            (text("is in the session now.", "ist jetzt in der Sitzung."), Tone::Good)
        }
        (Outcome::Declined, _) => {
            (text("cannot come. Ask somebody else.", "kann nicht kommen. Fragen Sie jemand anderen."), Tone::Caution)
        }
        (Outcome::Nobody, _) => (
            text(
                "did not answer. You still have the session.",
                "hat nicht geantwortet. Sie haben die Sitzung weiterhin.",
            ),
            Tone::Caution,
        ),
        (Outcome::Gone, _) => (
            text("did not come. You still have the session.", "ist nicht gekommen. Sie haben die Sitzung weiterhin."),
            Tone::Caution,
        ),
        (Outcome::Busy, _) => (
            text(
                "cannot be asked just now. Try again in a moment.",
                "kann gerade nicht gefragt werden. Versuchen Sie es gleich noch einmal.",
            ),
            Tone::Caution,
        ),
        (Outcome::Denied, _) => (
            text("cannot be asked: it is not allowed here.", "kann nicht gefragt werden: Das ist hier nicht erlaubt."),
            Tone::Danger,
        ),
    };
    (format!("{name} {words}"), tone)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use lotse_sdk::ReadSettings;

    fn handoff(state: State) -> Handoff {
        let bo = Colleague { id: "rep:2".into(), kind: Kind::Rep, name: "Bo Lind".into(), available: false };
        Handoff { state, colleagues: vec![bo] }
    }

    #[test]
    fn h1_everybody_stands_in_each_menu_and_nobody_is_chosen_twice() {
        assert_eq!(menu(&handoff(State::Idle)).ids(), ["take-rep:2", "join-rep:2", "observe-rep:2"]);
        let (name, kind, purpose) = ("Bo Lind".into(), Kind::Rep, Purpose::Join);
        let asked = handoff(State::Asked { request: 1, name, kind, purpose });
        let shown = menu(&asked);
        assert_eq!(shown.find("join-rep:2").unwrap().properties().flag("enabled"), Some(false));
        assert!(menu(&Handoff::new()).ids().is_empty(), "and says so, if there is nobody");
    }

    #[test]
    fn h1_what_is_handed_to_a_portal_waits_in_its_queue_and_can_be_taken_back() {
        let (name, kind, purpose) = ("Billing".into(), Kind::Portal, Purpose::TakeOver);
        let shown = panel(&handoff(State::Asked { request: 1, name, kind, purpose })).unwrap();
        assert_eq!(shown.ids(), [CANCEL]);
    }

    #[test]
    fn h1_while_nothing_is_under_way_nothing_stands_above_the_chat() {
        assert_eq!(panel(&handoff(State::Idle)), None);
        let chosen = handoff(State::Idle).colleagues.remove(0);
        let shown = panel(&handoff(State::Chosen { whom: chosen, purpose: Purpose::TakeOver })).unwrap();
        assert_eq!(shown.ids(), [NOTE, ASK, CANCEL]);
    }
}
