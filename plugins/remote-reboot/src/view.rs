//! The entry in the Tools menu, and the words for how far it is.

use lotse_sdk::session::{only_looking, text};
use lotse_sdk::ui::{self, Node, Tone};

use crate::rep::{Rep, State};
use crate::wire::Failure;

/// Id of the node that acts; scripts use it too.
pub const RESTART: &str = "restart";

/// `there`: the customer is connected.
pub fn tools(rep: &Rep, there: bool) -> Node {
    let why = match there {
        _ if rep.looks_on() => Some(only_looking()),
        true if rep.may_ask() => None,
        true => Some(text("It is under way already.", "Er ist schon im Gange.")),
        false => Some(text("The customer is not connected.", "Der Kunde ist nicht verbunden.")),
    };
    let item = ui::item(RESTART, text("Restart the customer's computer …", "Computer des Kunden neu starten …"));
    ui::panel("").child(item.unless(why)).children(said(rep.state()).map(|(words, tone)| ui::text(&words, tone)))
}

/// How far it is, for the menu and for notices; nothing if nothing was asked for.
pub fn said(state: State) -> Option<(String, Tone)> {
    let (words, tone) = match state {
        State::Off => return None,
        State::Back { seconds } => {
            let words = text("The customer's computer is back after", "Der Computer des Kunden ist wieder da nach");
            return Some((format!("{words} {}.", duration(seconds)), Tone::Good));
        }
        State::Asking => (text("Asking the customer …", "Der Kunde wird gefragt …"), Tone::Muted),
        State::Waiting => {
            (text("Waiting for the customer's answer …", "Wartet auf die Antwort des Kunden …"), Tone::Caution)
        }
        State::Refused => (text("The customer said no.", "Der Kunde hat abgelehnt."), Tone::Caution),
        State::Begun => (
            text(
                "The customer said yes. Their computer restarts in some seconds, and they come back by themselves.",
                "Der Kunde hat zugestimmt. Sein Computer startet in wenigen Sekunden neu, und er kommt von selbst zurück.",
            ),
            Tone::Good,
        ),
        State::Down => (
            text(
                "The customer's computer is restarting. This session waits for it.",
                "Der Computer des Kunden startet neu. Diese Sitzung wartet auf ihn.",
            ),
            Tone::Caution,
        ),
        State::Lost => (
            text(
                "The connection went before there was an answer. Ask again when it is back.",
                "Die Verbindung ist vor der Antwort abgebrochen. Fragen Sie noch einmal, wenn sie wieder steht.",
            ),
            Tone::Caution,
        ),
        State::Failed(failure) => (failed_there(failure), Tone::Caution),
    };
    Some((words.to_owned(), tone))
}

/// What the rep reads.
fn failed_there(failure: Failure) -> &'static str {
    match failure {
        Failure::Cancelled => text("The customer stopped the restart.", "Der Kunde hat den Neustart abgebrochen."),
        Failure::NoWayBack => text(
            "Nothing was restarted: on the customer's computer nothing could be prepared to bring them back into this session.",
            "Es wurde nicht neu gestartet: Auf dem Computer des Kunden ließ sich nichts vorbereiten, was ihn in diese Sitzung zurückbringt.",
        ),
        Failure::System => text(
            "The customer's system did not let Lotse restart it. Ask the customer to restart it themselves.",
            "Das System des Kunden hat Lotse den Neustart nicht erlaubt. Bitten Sie den Kunden, selbst neu zu starten.",
        ),
        Failure::Stayed => text(
            "The customer's computer did not restart; a program there may be waiting for an answer.",
            "Der Computer des Kunden ist nicht neu gestartet; vielleicht wartet dort ein Programm auf eine Antwort.",
        ),
        Failure::Unsupported => text(
            "The customer's computer cannot be restarted from here. Ask the customer to restart it themselves.",
            "Der Computer des Kunden kann von hier nicht neu gestartet werden. Bitten Sie den Kunden, selbst neu zu starten.",
        ),
        Failure::Busy => text("A restart is under way already.", "Ein Neustart ist schon im Gange."),
        Failure::OnlyLooks => text(
            "You only look on in this session. Ask a rep who helps in it to restart the computer.",
            "Sie sehen in dieser Sitzung nur zu. Bitten Sie einen Mitarbeiter, der darin hilft, neu zu starten.",
        ),
    }
}

/// What the customer reads when it did not come to the restart that they allowed; nothing if it was their own wish.
pub fn failed_here(failure: Failure) -> Option<&'static str> {
    match failure {
        Failure::Cancelled | Failure::Busy | Failure::OnlyLooks => None,
        Failure::NoWayBack => Some(text(
            "Your computer was not restarted: nothing could be prepared to bring you back into this session.",
            "Ihr Computer wurde nicht neu gestartet: Es ließ sich nichts vorbereiten, was Sie in diese Sitzung zurückbringt.",
        )),
        Failure::System | Failure::Unsupported => Some(text(
            "Your system did not let Lotse restart it. You can restart it yourself.",
            "Ihr System hat Lotse den Neustart nicht erlaubt. Sie können selbst neu starten.",
        )),
        Failure::Stayed => Some(text(
            "Your computer has not restarted. Is a program waiting for an answer from you?",
            "Ihr Computer ist nicht neu gestartet. Wartet ein Programm auf eine Antwort von Ihnen?",
        )),
    }
}

fn duration(seconds: u32) -> String {
    match seconds / 60 {
        0 => format!("{seconds} s"),
        minutes => format!("{minutes} min {} s", seconds % 60),
    }
}
