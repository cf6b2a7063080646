//! The entry in the Tools menu, and the window with what was read.

use lotse_sdk::session::{only_looking, text};
use lotse_sdk::ui::{self, Node, Tone};

use crate::rep::{Rep, State};
use crate::report::{Section, as_text, sections};
use crate::wire::Failure;

/// Ids of nodes that act; scripts use them too.
pub const LOOK: &str = "look";
pub const WINDOW: &str = "system-information";

/// `there`: the customer is connected.
pub fn tools(rep: &Rep, there: bool) -> Node {
    let item = ui::item(LOOK, text("System information …", "Systeminformationen …")).unless(why_not(rep, there));
    ui::panel("").child(item).children(window(rep, there))
}

fn why_not(rep: &Rep, there: bool) -> Option<&'static str> {
    let nobody = text("The customer is not connected.", "Der Kunde ist nicht verbunden.");
    if rep.looks_on() { Some(only_looking()) } else { (!there).then_some(nobody) }
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
    let again = text("Read again", "Noch einmal lesen");
    let again = ui::button(LOOK, again).icon("refresh-cw").unless(why_not(rep, there));
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
        Failure::OnlyLooks => text(
            "You only look on in this session. Ask a rep who helps in it to read this.",
            "Sie sehen in dieser Sitzung nur zu. Bitten Sie einen Mitarbeiter, der darin hilft, das auszulesen.",
        ),
    }
}

fn shown(sections: &[Section]) -> Vec<Node> {
    let line = |(label, value): &(String, String)| ui::text(&format!("{label}: {value}"), Tone::Plain);
    sections.iter().map(|Section { title, lines }| ui::panel(title).children(lines.iter().map(line))).collect()
}
