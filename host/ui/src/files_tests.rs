//! The question, the dialogs and what is dropped, over views made by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::samples;
use crate::text::{Language, set_language};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use lotse_engine::view::FilePick;
use std::sync::Arc;

struct State {
    view: View,
    dialogs: FileDialogs,
    commands: Vec<Command>,
    installed: bool,
}

fn harness(view: View, language: Language) -> Harness<'static, State> {
    set_language(language);
    let state = State { view, dialogs: FileDialogs::default(), commands: Vec::new(), installed: false };
    let mut harness = Harness::builder().with_size(egui::vec2(380.0, 600.0)).with_step_dt(0.05).build_ui_state(
        |ui, state: &mut State| {
            if !std::mem::replace(&mut state.installed, true) {
                crate::theme::install(ui.ctx());
                ui.ctx().request_discard("fonts come with the next pass");
                return;
            }
            if let Some(question) = question(&state.view).cloned() {
                crate::widgets::heading(ui, headline(&question));
                let more = state.view.file_questions.len() - 1;
                state.commands.extend(state.dialogs.ask(ui, &question, more));
            }
            state.commands.extend(state.dialogs.show(ui.ctx(), &state.view));
            state.commands.extend(drops(ui, &state.view, "K. Weber"));
        },
        state,
    );
    harness.run_steps(2);
    harness
}

fn asked(room: Option<u64>) -> View {
    let mut view = samples::session(true, SessionState::Active, false);
    view.file_questions = vec![samples::file_question("K. Weber", room)];
    view
}

/// `place` of the answers that were given.
fn answers(harness: &Harness<'_, State>) -> Vec<(u64, Option<PathBuf>)> {
    let answer = |command: &Command| match command {
        Command::AnswerFiles { request, place } => (*request, place.clone()),
        other => panic!("{other:?}"),
    };
    harness.state().commands.iter().map(answer).collect()
}

#[test]
fn f1_the_question_says_who_what_how_much_and_where() {
    let harness = harness(asked(Some(20_000_000)), Language::English);
    for words in ["K. Weber wants to send you:", "scan.pdf (8.4 MB)", "20.0 MB are free in Downloads."] {
        harness.get_by_label(words);
    }
    let [save, choose, not_now] =
        ["Save to Downloads", "Choose folder …", "Not now"].map(|label| harness.get_by_label(label).rect().size());
    assert!(save == choose && choose == not_now, "equal weight: {save:?} {choose:?} {not_now:?}");
}

#[test]
fn f4_too_little_room_is_a_caution_and_says_how_much_is_missing() {
    let harness = harness(asked(Some(8_000_000)), Language::English);
    harness.get_by_label_contains("400 KB more are needed");
}

#[test]
fn f1_a_stray_click_or_key_answers_nothing_and_a_meant_one_does() {
    let mut early = harness(asked(None), Language::English);
    early.get_by_label("Save to Downloads").click();
    early.run_steps(2);
    early.key_press(egui::Key::Enter);
    early.run_steps(2);
    assert!(answers(&early).is_empty(), "too soon to have been read");
    early.run_steps(20);
    early.get_by_label("Save to Downloads").click();
    early.run_steps(3);
    let place = PathBuf::from("/home/anna/Downloads");
    assert_eq!(answers(&early), [(4, Some(place))]);

    let mut declined = harness(asked(None), Language::German);
    declined.run_steps(20);
    declined.key_press(egui::Key::Escape);
    declined.run_steps(2);
    assert_eq!(answers(&declined), [(4, None)]);
}

#[test]
fn f1_another_place_is_chosen_in_the_dialog_and_leaving_it_leaves_the_question() {
    let folder = tempfile::tempdir().unwrap();
    let mut view = asked(None);
    view.file_questions[0].place = folder.path().to_owned();
    let mut harness = harness(view, Language::English);
    harness.run_steps(20);
    harness.get_by_label("Choose folder …").click();
    harness.run_steps(4);
    harness.get_by_label("Choose where to save");
    harness.key_press(egui::Key::Escape);
    harness.run_steps(4);
    assert!(harness.query_by_label("Choose where to save").is_none() && answers(&harness).is_empty());
    // The question that is gone takes its dialog along.
    harness.get_by_label("Choose folder …").click();
    harness.run_steps(4);
    harness.state_mut().view.file_questions.clear();
    harness.run_steps(2);
    assert!(harness.query_by_label("Choose where to save").is_none());
}

#[test]
fn f1_the_chooser_is_shown_for_a_plugins_wish_and_cancelling_picks_nothing() {
    let mut view = samples::session(true, SessionState::Active, false);
    view.file_picks = vec![FilePick { id: 9, plugin: "File Transfer".to_owned(), folders: false }];
    let mut harness = harness(view, Language::English);
    harness.run_steps(2);
    harness.get_by_label("Choose files to send");
    harness.get_by_label("Cancel").click();
    harness.run_steps(3);
    let commands = &harness.state().commands;
    assert!(matches!(&commands[..], [Command::Picked { request: 9, paths }] if paths.is_empty()), "{commands:?}");
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads it here".to_owned())
    }
}

#[test]
fn f1_what_is_dropped_goes_to_the_place_that_takes_it_and_nowhere_else() {
    for (taken, places) in [(true, vec!["chat".to_owned()]), (false, Vec::new())] {
        let mut view = samples::session(true, SessionState::Active, false);
        view.drop_places = places;
        let mut harness = harness(view, Language::English);
        let path = PathBuf::from("/tmp/scan.pdf");
        harness.input_mut().dropped_files.push(Arc::new(Dropped(path.clone())));
        harness.run_steps(1);
        match (&harness.state().commands[..], taken) {
            ([Command::Dropped { place, paths }], true) => {
                assert_eq!((place.as_str(), &paths[..]), ("chat", &[path][..]))
            }
            ([], false) => {}
            (other, _) => panic!("{other:?}"),
        }
    }
}
