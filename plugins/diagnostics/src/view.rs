//! The entry in the Tools menu, and the window with what was read.

use lotse_sdk::session::text;
use lotse_sdk::ui::{self, Node, Tone};

use crate::rep::{Rep, State};
use crate::report::{Section, as_text, sections};
use crate::wire::Failure;

/// Ids of nodes that act; scripts use them too.
pub const LOOK: &str = "look";
pub const WINDOW: &str = "system-information";

/// `there`: the customer is connected.
pub fn tools(rep: &Rep, there: bool) -> Node {
    let nobody = text("The customer is not connected.", "Der Kunde ist nicht verbunden.");
    let item = ui::item(LOOK, text("System information …", "Systeminformationen …")).unless((!there).then_some(nobody));
    ui::panel("").child(item).children(window(rep, there))
}

fn window(rep: &Rep, there: bool) -> Option<Node> {
    let line = |words: &str, tone| vec![ui::text(words, tone)];
    let contents = match rep.state() {
        State::Off => return None,
        State::Asking => line(text("Reading …", "Wird gelesen …"), Tone::Muted),
        State::Waiting => {
            line(text("Waiting for the customer's answer …", "Wartet auf die Antwort des Kunden …"), Tone::Caution)
        }
        State::Refused => line(text("The customer said no.", "Der Kunde hat abgelehnt."), Tone::Caution),
        State::Lost => line(
            text(
                "The connection went before the answer came. Ask again when it is back.",
                "Die Verbindung ist abgebrochen, bevor die Antwort kam. Fragen Sie noch einmal, wenn sie wieder steht.",
            ),
            Tone::Caution,
        ),
        State::Failed(failure) => line(failed(*failure), Tone::Danger),
        State::Shown(groups) => shown(&sections(groups)),
    };
    let nobody = text("The customer is not connected.", "Der Kunde ist nicht verbunden.");
    let again =
        ui::button(LOOK, text("Read again", "Noch einmal lesen")).icon("refresh-cw").unless((!there).then_some(nobody));
    let buttons = match rep.state() {
        State::Shown(groups) => Some(ui::row().child(ui::copy(&as_text(&sections(groups)))).child(again)),
        State::Refused | State::Lost | State::Failed(_) => Some(ui::row().child(again)),
        State::Off | State::Asking | State::Waiting => None,
    };
    let title = text("System Information", "Systeminformationen");
    Some(ui::window(WINDOW, title).children(buttons).children(contents))
}

fn failed(failure: Failure) -> &'static str {
    match failure {
        Failure::Unsupported => text(
            "The customer's system does not tell this to Lotse. Ask them for it in the chat.",
            "Das System des Kunden teilt Lotse das nicht mit. Fragen Sie ihn im Chat danach.",
        ),
        Failure::Busy => text(
            "The customer's computer did not answer in time. Wait a moment and read again.",
            "Der Computer des Kunden hat nicht rechtzeitig geantwortet. Warten Sie einen Moment und lesen Sie noch einmal.",
        ),
    }
}

fn shown(sections: &[Section]) -> Vec<Node> {
    let line = |(label, value): &(String, String)| ui::text(&format!("{label}: {value}"), Tone::Plain);
    sections.iter().map(|Section { title, lines }| ui::panel(title).children(lines.iter().map(line))).collect()
}
