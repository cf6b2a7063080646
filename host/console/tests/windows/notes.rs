//! T3 · The field for notes: by keyboard, kept up with what comes from elsewhere, and always saying whether it is saved.

use super::*;
use lotse_engine::rep::{NotesState, NotesView};

const TITLE: &str = "Notes (not seen by the customer)";

fn has_field(harness: &Harness<'_, State>) -> bool {
    harness.query_by_role_and_label(Role::MultilineTextInput, TITLE).is_some()
}

fn set(harness: &mut Harness<'_, State>, core: &Fake, notes: NotesView) {
    core.view.borrow_mut().sessions[0].notes = notes;
    harness.run_steps(3);
}

fn type_notes(harness: &mut Harness<'_, State>, text: &str) {
    harness.get_by_role_and_label(Role::MultilineTextInput, TITLE).type_text(text);
    harness.run_steps(2);
}

/// What was written, on which text, and whether it is not to wait.
fn written(core: &Fake) -> Vec<(String, u64, bool)> {
    let written = |command| match command {
        RepCommand::Notes { text, on, at_once, .. } => Some((text, on, at_once)),
        _ => None,
    };
    sent(core).into_iter().filter_map(written).collect()
}

#[test]
fn t3_notes_are_reached_and_left_by_keyboard_alone() {
    let (mut harness, core) = harness("session");
    let begun = "Feed roller worn.\nOrdered a new one, comes on Thursday.";
    harness.key_press(Key::F6);
    harness.run_steps(3);
    assert!(harness.get_by_role_and_label(Role::MultilineTextInput, TITLE).is_focused());
    type_notes(&mut harness, "x");
    let first = written(&core);
    let [(text, 0, false)] = &first[..] else { panic!("{first:?}") };
    assert!(text.len() == begun.len() + 1 && text.contains('x'), "{text}");
    set(
        &mut harness,
        &core,
        NotesView { text: text.as_str().into(), state: NotesState::Saving, ..NotesView::default() },
    );
    harness.key_press(Key::Tab);
    harness.run_steps(3);
    assert!(!harness.get_by_role_and_label(Role::MultilineTextInput, TITLE).is_focused());
    let left = written(&core);
    assert!(matches!(&left[..], [(again, 0, true)] if again == text), "{left:?}");
}

#[test]
fn t3_what_comes_from_elsewhere_is_shown_and_written_on() {
    let (mut harness, core) = harness("session");
    let state = NotesState::Saved;
    set(&mut harness, &core, NotesView { text: "theirs".into(), adopted: 1, merged: true, state });
    harness.get_by_label_contains("Somebody else wrote notes of this session meanwhile");
    harness.key_press(Key::F6);
    harness.run_steps(3);
    type_notes(&mut harness, "!");
    let written = written(&core);
    let [(text, 1, false)] = &written[..] else { panic!("{written:?}") };
    assert_eq!(text.replace('!', ""), "theirs");
}

#[test]
fn t3_whether_notes_are_saved_is_always_said() {
    let (mut harness, core) = harness("session");
    for (state, words) in [
        (NotesState::Saved, "Saved"),
        (NotesState::Saving, "Saving …"),
        (NotesState::Away, "Not saved yet: the relay is away."),
        (NotesState::NotNow, "cannot write it down at present"),
        (NotesState::TooLong { over: 1 }, "one character too many"),
        (NotesState::TooLong { over: 12 }, "12 characters too many"),
        (NotesState::Over, "ended too long ago"),
        (NotesState::Unsupported, "too old to keep notes"),
    ] {
        set(&mut harness, &core, NotesView { text: "worn".into(), state, ..NotesView::default() });
        harness.get_by_label_contains(words);
    }
    harness.get_by_label("Fold the notes").click();
    harness.run_steps(3);
    assert!(!has_field(&harness));
    harness.get_by_label_contains("too old to keep notes");
    set(&mut harness, &core, NotesView { text: "worn".into(), state: NotesState::Saved, ..NotesView::default() });
    assert!(harness.query_by_label("Saved").is_none(), "folded, only what is wrong is said");
    harness.get_by_label("Show the notes").click();
    harness.run_steps(3);
    assert!(has_field(&harness));
}

#[test]
fn t3_notes_can_be_completed_after_the_session_and_are_nowhere_before_it() {
    for (page, there) in [
        ("connecting", false),
        ("failed", false),
        ("awaiting", true),
        ("lost", true),
        ("ended", true),
        ("session", true),
    ] {
        let (harness, _) = harness(page);
        assert_eq!(has_field(&harness), there, "{page}");
    }
}
