//! What the rep sees of screen sharing: the session window's menu, the viewer's bar and Tools menu, preferences.

use lotse_picture::{Scale, menu_name, quality_choice};
use lotse_sdk::session::{only_looking, text};
use lotse_sdk::ui::{self, Node, Place, Tone};

use crate::ids;
use crate::protocol::{Control, View};
use crate::rep::{Rep, failed};

pub fn render(rep: &Rep, place: Place) -> Option<Node> {
    match place {
        Place::Menu => Some(menu(rep)),
        Place::Viewer if rep.wanted() => Some(bar(rep)),
        Place::Tools if rep.wanted() => Some(tools(rep)),
        Place::Preferences => Some(preferences(rep)),
        Place::Viewer | Place::Tools | Place::Chat => None,
    }
}

fn menu(rep: &Rep) -> Node {
    let nobody = || text("The customer is not connected.", "Der Kunde ist nicht verbunden.");
    let shown = || text("The screen is shown already.", "Der Bildschirm wird schon gezeigt.");
    let why_not = if rep.shows() { Some(shown()) } else { (!rep.customer_there()).then(nobody) };
    let nothing = text("No screen is shown.", "Es wird kein Bildschirm gezeigt.");
    let show = ui::item(ids::SHOW, text("Show Customer's Screen", "Kundenbildschirm anzeigen")).unless(why_not);
    let stop = ui::item(ids::STOP, text("Stop Screen Sharing", "Bildschirmfreigabe beenden"))
        .unless((!rep.wanted()).then_some(nothing));
    ui::menu(menu_name())
        .child(show)
        .child(stop)
        .child(ui::separator())
        .child(control(rep, text("Ask for control", "Um Steuerung bitten")))
        .children(status(rep))
}

/// How it stands, in words; nothing while the picture says it.
fn status(rep: &Rep) -> Option<Node> {
    let (line, tone) = match rep.view() {
        View::Off if rep.wanted() => (text("Waiting for the customer", "Wartet auf den Kunden"), Tone::Muted),
        View::Off => return None,
        View::Waiting => (text("The customer is being asked", "Der Kunde wird gefragt"), Tone::Caution),
        View::Showing { .. } if rep.paused() => {
            (text("You hold the picture", "Sie haben das Bild angehalten"), Tone::Caution)
        }
        View::Showing { .. } => return None,
        View::Stopped => (text("Stopped by the customer", "Vom Kunden beendet"), Tone::Caution),
        View::Refused => (text("The customer said no", "Der Kunde hat abgelehnt"), Tone::Caution),
        View::Failed(failure) => (failed(*failure), Tone::Danger),
    };
    Some(ui::text(line, tone))
}

fn control(rep: &Rep, label: &str) -> Node {
    let on = rep.control_wanted();
    let why = text("No screen is shown.", "Es wird kein Bildschirm gezeigt.");
    let why_not = if rep.looks_on() { Some(only_looking()) } else { (!rep.shows()).then_some(why) };
    let node = ui::toggle(ids::CONTROL, label, on).unless(why_not);
    let waiting = rep.control() == Control::Waiting;
    let tip = if waiting { text("The customer is being asked", "Der Kunde wird gefragt") } else { "" };
    hotkey(rep, if waiting { node.with("tooltip", tip) } else { node }, "F10")
}

fn hotkey(rep: &Rep, node: Node, key: &str) -> Node {
    if rep.preferences().hotkeys { node.shortcut(key) } else { node }
}

fn bar(rep: &Rep) -> Node {
    ui::row()
        .child(control(rep, text("Control", "Steuerung")))
        .child(ui::button(ids::SHOT_FILE, text("Screenshot", "Bildschirmfoto")).icon("camera"))
        .children(monitor(rep))
        .child(scale(rep))
        .child(ui::toggle(ids::PAUSE, text("Pause", "Anhalten"), rep.paused()))
        .child(quality_choice(ids::QUALITY, rep.quality()))
        .child(full_screen(rep))
        .children(status(rep))
}

fn tools(rep: &Rep) -> Node {
    let to_file = ui::item(ids::SHOT_FILE, text("Screenshot to a file", "Bildschirmfoto in eine Datei"));
    let to_clipboard = text("Screenshot to the clipboard", "Bildschirmfoto in die Zwischenablage");
    ui::menu(text("Tools", "Werkzeuge"))
        .child(hotkey(rep, to_file, "F12"))
        .child(ui::item(ids::SHOT_CLIPBOARD, to_clipboard))
        .child(ui::separator())
        .child(full_screen(rep))
        .child(control(rep, text("Control", "Steuerung")))
        .child(hotkey(rep, scale(rep), "F11"))
        .child(ui::separator())
        .children(key_toggles(rep))
}

fn monitor(rep: &Rep) -> Option<Node> {
    let shown = rep.shown().map(|id| id.to_string()).unwrap_or_default();
    let option = |(index, display): (usize, &crate::protocol::Display)| {
        let label = format!("{} · {} · {} × {}", index + 1, display.name, display.area.width, display.area.height);
        ui::item(&display.id.to_string(), &label)
    };
    let options = rep.displays().iter().enumerate().map(option);
    (rep.displays().len() > 1).then(|| ui::choice(ids::MONITOR, text("Monitor", "Monitor"), &shown).children(options))
}

fn scale(rep: &Rep) -> Node {
    ui::choice(ids::SCALE, text("Scale", "Größe"), rep.window().scale.name())
        .child(ui::item(Scale::Fit.name(), text("Fit", "Einpassen")))
        .child(ui::item(Scale::Actual.name(), "1:1"))
}

fn full_screen(rep: &Rep) -> Node {
    hotkey(rep, ui::toggle(ids::FULL_SCREEN, text("Full screen", "Vollbild"), rep.window().full_screen), "F9")
}

fn key_toggles(rep: &Rep) -> [Node; 2] {
    let preferences = rep.preferences();
    let system_keys = text("Pass system keys to the remote computer", "Systemtasten an den Kundencomputer übermitteln");
    let hotkeys = text("Viewer hotkeys", "Viewer-Tastenkürzel");
    let what = text(
        "F9 full screen, F10 control, F11 fit or 1:1, F12 screenshot. When off, these keys reach the customer.",
        "F9 Vollbild, F10 Steuerung, F11 einpassen oder 1:1, F12 Bildschirmfoto. Ausgeschaltet gehen diese Tasten an den Kunden.",
    );
    [
        ui::toggle(ids::PASS_SYSTEM_KEYS, system_keys, preferences.pass_system_keys),
        ui::toggle(ids::HOTKEYS, hotkeys, preferences.hotkeys).with("tooltip", what),
    ]
}

fn preferences(rep: &Rep) -> Node {
    ui::panel(menu_name()).children(key_toggles(rep))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::preferences::Preferences;
    use lotse_sdk::ReadSettings;

    #[test]
    fn before_a_customer_is_there_the_menu_says_why() {
        let rep = Rep::new(Preferences::DEFAULT);
        let menu = render(&rep, Place::Menu).unwrap();
        let show = menu.find(ids::SHOW).unwrap().properties();
        assert_eq!((show.flag("enabled"), show.text("why")), (Some(false), Some("The customer is not connected.")));
        assert!(render(&rep, Place::Viewer).is_none());
        assert_eq!(render(&rep, Place::Preferences).unwrap().ids(), [ids::PASS_SYSTEM_KEYS, ids::HOTKEYS]);
    }
}
