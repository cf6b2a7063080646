//! The dialog as people meet it: by name and by keyboard, over folders that are really there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::text::{Language, set_language};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::time::Duration;

struct State {
    chooser: Chooser,
    outcome: Option<Outcome>,
    installed: bool,
}

fn harness(wanted: Wanted, start: &Path, size: [f32; 2], language: Language) -> Harness<'static, State> {
    set_language(language);
    let state = State { chooser: Chooser::new(wanted, Some(start.to_owned())), outcome: None, installed: false };
    let mut harness = Harness::builder().with_size(egui::Vec2::from(size)).build_ui_state(
        |ui, state: &mut State| {
            if !std::mem::replace(&mut state.installed, true) {
                crate::theme::install(ui.ctx());
                ui.ctx().request_discard("fonts come with the next pass");
                return;
            }
            if state.outcome.is_none() {
                state.outcome = state.chooser.show(ui.ctx());
            }
        },
        state,
    );
    settle(&mut harness);
    harness
}

/// Draws until the folder was read.
fn settle(harness: &mut Harness<'static, State>) {
    harness.run_steps(2);
    for _ in 0..2_000 {
        if !harness.state().chooser.reader.is_reading() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
        harness.run_steps(1);
    }
    harness.run_steps(2);
}

fn press(harness: &mut Harness<'static, State>, key: Key) {
    harness.key_press(key);
    harness.run_steps(1);
    settle(harness);
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("logs")).unwrap();
    for (name, bytes) in [("a.txt", 1_500), ("b.txt", 10), ("c.txt", 10), (".hidden", 1)] {
        std::fs::write(folder.path().join(name), vec![0; bytes]).unwrap();
    }
    std::fs::write(folder.path().join("logs/today"), b"x").unwrap();
    folder
}

const WINDOW: [f32; 2] = [760.0, 640.0];

#[test]
fn f1_files_are_chosen_by_keyboard_alone() {
    let folder = folder();
    let mut harness = harness(Wanted::Files, folder.path(), WINDOW, Language::English);
    harness.get_by_label("Choose files to send");
    harness.get_by_label("logs, folder");
    assert!(harness.query_by_label(".hidden").is_none());
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    settle(&mut harness);
    harness.get_by_label("Choose 2 files");
    press(&mut harness, Key::Enter);
    let chosen = ["a.txt", "b.txt"].map(|name| folder.path().join(name)).to_vec();
    assert_eq!(harness.state().outcome, Some(Outcome::Chosen(chosen)));
}

#[test]
fn f1_typing_finds_a_file_and_enter_goes_into_folders_and_backspace_out() {
    let folder = folder();
    let mut harness = harness(Wanted::Files, folder.path(), WINDOW, Language::English);
    press(&mut harness, Key::Enter);
    harness.get_by_label("today");
    press(&mut harness, Key::Backspace);
    harness.get_by_label("a.txt");
    harness.get_by_label("Type to find").type_text("C.T");
    settle(&mut harness);
    assert!(harness.query_by_label("a.txt").is_none());
    press(&mut harness, Key::Enter);
    assert_eq!(harness.state().outcome, Some(Outcome::Chosen(vec![folder.path().join("c.txt")])));
}

#[test]
fn f1_a_place_is_chosen_and_escape_chooses_nothing() {
    let folder = folder();
    let mut harness = harness(Wanted::Place, folder.path(), WINDOW, Language::English);
    assert!(harness.query_by_label("a.txt").is_none(), "folders alone");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    settle(&mut harness);
    assert_eq!(harness.state().outcome, Some(Outcome::Chosen(vec![folder.path().to_owned()])));
    let mut harness = self::harness(Wanted::Place, folder.path(), WINDOW, Language::English);
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().outcome, Some(Outcome::Cancelled));
}

#[test]
fn f4_a_place_with_too_little_room_says_so_before_it_is_chosen() {
    let folder = folder();
    let mut harness = harness(Wanted::Place, folder.path(), WINDOW, Language::English);
    assert!(harness.query_by_label_contains("are free here.").is_some());
    harness.state_mut().chooser.needed = u64::MAX;
    harness.run_steps(2);
    harness.get_by_label_contains("more are needed.");
}

#[test]
fn f1_a_folder_that_is_not_there_is_told_and_the_path_can_be_typed() {
    let folder = folder();
    let gone = folder.path().join("gone");
    let mut harness = harness(Wanted::Files, &gone, WINDOW, Language::English);
    harness.get_by_label(&format!("{} is not there. Check the path, or go up.", gone.display()));
    harness.get_by_label("Path of the folder").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    harness.get_by_label("Path of the folder").type_text(&folder.path().join("b.txt").display().to_string());
    harness.run_steps(2);
    press(&mut harness, Key::Enter);
    settle(&mut harness);
    harness.get_by_label("Choose 1 file");
}

#[test]
fn the_dialog_fits_a_small_window_in_german_too() {
    let folder = folder();
    let harness = harness(Wanted::Place, folder.path(), [380.0, 600.0], Language::German);
    let window = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(380.0, 600.0));
    let name = folder.path().file_name().unwrap().to_string_lossy().into_owned();
    for label in ["Ort zum Speichern wählen", "Abbrechen", &format!("„{name}“ wählen"), "logs, Ordner"] {
        let rect = harness.get_by_label(label).rect();
        assert!(window.contains_rect(rect), "{label}: {rect:?}");
    }
}
