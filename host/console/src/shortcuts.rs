//! Keys of the console's own windows. Shown in menus and in the help from this one list.

use egui::{Event, Key, KeyboardShortcut, Modifiers, Ui};

pub(crate) const NEW_CODE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::N);
pub(crate) const PREFERENCES: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Comma);
pub(crate) const MONITOR: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::M);
/// The question that is offered, in whichever window of the console.
pub(crate) const ANSWER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::A);
pub(crate) const PASS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::P);
/// Ready or away.
pub(crate) const READY: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::R);
pub(crate) const CLOSE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::W);
/// The key that leads to another part of a window.
pub(crate) const NOTES: KeyboardShortcut = KeyboardShortcut::new(Modifiers::NONE, Key::F6);
pub(crate) const HELP: KeyboardShortcut = KeyboardShortcut::new(Modifiers::NONE, Key::F1);
pub(crate) const LARGER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Plus);
pub(crate) const SMALLER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Minus);

/// A session by its place in the list, in whichever window of the console.
pub(crate) const SESSIONS: [KeyboardShortcut; 9] = [
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Num1),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Num2),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Num3),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Num4),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Num5),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Num6),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Num7),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Num8),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Num9),
];
/// Tabs of the window that has several sessions. The way back is asked for first: the other key is in it.
pub(crate) const PREVIOUS_TAB: KeyboardShortcut =
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Tab);
pub(crate) const NEXT_TAB: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Tab);

/// Takes the key if it was pressed in this window.
pub(crate) fn pressed(ui: &Ui, shortcut: KeyboardShortcut) -> bool {
    ui.input_mut(|input| input.consume_shortcut(&shortcut))
}

/// Takes the key if it was pressed in this window with nothing held, and once however long it is held itself. Shift makes
/// another key of it, which [`pressed`] would pass over.
pub(crate) fn tapped_alone(ui: &Ui, wanted: Key) -> bool {
    ui.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(|event| {
            !matches!(event, Event::Key { key, pressed: true, repeat: false, modifiers, .. }
                if *key == wanted && modifiers.is_none())
        });
        input.events.len() < before
    })
}

/// `Ctrl+N`, in the words of the windows' language.
pub(crate) fn name(shortcut: KeyboardShortcut) -> String {
    lotse_ui::words::keys(&shortcut.format(&egui::ModifierNames::NAMES, cfg!(target_os = "macos")))
}
