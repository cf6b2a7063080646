//! The chooser for what a rep shows, and the strip that says and ends it.

use super::*;
use lotse_engine::view::{Choosing, ShowSource};

/// What was chosen: the request, and a source or nothing.
fn chosen(core: &Fake) -> Vec<(u64, Option<ShowSource>)> {
    let chosen = |command| match command {
        RepCommand::Session { command: Command::ChooseShowing { request, source }, .. } => Some((request, source)),
        _ => None,
    };
    sent(core).into_iter().filter_map(chosen).collect()
}

/// A screen of this size has room for the chooser and what is around it.
fn chooser() -> (Harness<'static, State>, Fake) {
    harness("chooser")
}

#[test]
fn m1_a_tile_is_picked_and_shown_by_the_button_and_nothing_before() {
    let (mut harness, core) = chooser();
    harness.get_by_label_contains(
        "Asked by \u{201c}Share My Screen\u{201d}. K. Weber sees what you choose, and nothing else",
    );
    harness.get_by_label("Everything on it is seen, Lotse\u{2019}s own windows and messages too.");
    harness.get_by_role_and_label(Role::Button, "Show").click_accesskit();
    harness.run_steps(3);
    assert!(chosen(&core).is_empty(), "nothing is picked");
    harness.get_by_label("Invoice 4711, LibreOffice").click_accesskit();
    harness.run_steps(3);
    assert!(chosen(&core).is_empty(), "a pick alone shows nothing");
    harness.get_by_role_and_label(Role::Button, "Show").click_accesskit();
    harness.run_steps(2);
    assert_eq!(chosen(&core).first(), Some(&(3, Some(ShowSource::Window(7)))));
}

#[test]
fn m1_the_chooser_is_worked_by_keyboard_and_escape_shows_nothing() {
    let (mut harness, core) = chooser();
    harness.get_by_label("Screen 2 · HDMI-1, 1920 × 1080").focus();
    harness.run_steps(2);
    harness.key_press(Key::Space);
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::Button, "Show").focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(chosen(&core).first(), Some(&(3, Some(ShowSource::Display(71)))));
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert_eq!(chosen(&core).first(), Some(&(3, None)));
}

#[test]
fn m1_looking_for_it_and_finding_nothing_are_told_apart() {
    let (mut harness, core) = chooser();
    let with = |core: &Fake, complete: bool| {
        let session = core.view.borrow().sessions[0].clone();
        let mut view = (*session.view).clone();
        view.choosing = Some(Choosing { complete, offers: Arc::default(), ..samples::choosing(false) });
        core.view.borrow_mut().sessions[0].view = Arc::new(view);
    };
    with(&core, false);
    harness.run_steps(3);
    harness.get_by_label_contains("Looking for what can be shown");
    with(&core, true);
    harness.run_steps(3);
    harness.get_by_label("Nothing can be shown");
    assert!(chosen(&core).is_empty());
}

#[test]
fn m1_what_the_customer_sees_is_said_in_the_session_and_ended_there() {
    let (mut harness, core) = harness("showing");
    harness.get_by_label("K. Weber sees: Invoice 4711");
    harness.get_by_label("Stop sharing").click();
    harness.run_steps(3);
    let stopped = |command: &RepCommand| matches!(command, RepCommand::Session { command: Command::StopShowing, .. });
    assert!(sent(&core).iter().any(stopped));

    let session = core.view.borrow().sessions[0].clone();
    let mut view = (*session.view).clone();
    view.showing[0].hidden = true;
    core.view.borrow_mut().sessions[0].view = Arc::new(view);
    harness.run_steps(3);
    harness.get_by_label("Invoice 4711 is minimised. K. Weber sees its last picture.");
}
