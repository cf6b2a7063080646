//! What is asked for, how often at most, and that a window shows what was found.

#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use egui::FontId;
use egui_kittest::Harness;
use std::time::Duration;

const INTER: &[u8] = include_bytes!("../assets/Inter-Regular.otf");

/// A window that says `text`, with our fonts or with icons alone, and `folders` for the system's.
fn saying(text: &'static str, icons_alone: bool, folders: Vec<PathBuf>) -> Harness<'static, bool> {
    let show = move |ui: &mut Ui, installed: &mut bool| {
        if !std::mem::replace(installed, true) {
            let mut definitions = crate::fonts::definitions();
            if icons_alone {
                definitions.families.values_mut().for_each(|names| names.retain(|name| name == "lucide"));
            }
            ui.ctx().set_fonts(definitions);
            install_from(ui.ctx(), folders.clone());
            ui.ctx().request_discard("fonts come with the next pass");
            return;
        }
        ui.label(text);
    };
    let size = egui::vec2(200.0, 100.0);
    Harness::builder().with_size(size).allow_missing_glyphs().build_ui_state(show, false)
}

/// Draws until `wanted` holds; for seconds at most, since machines may be busy.
fn drawn_until(harness: &mut Harness<'_, bool>, wanted: impl Fn(&Context) -> bool) {
    for _ in 0..2_000 {
        harness.step();
        if wanted(&harness.ctx) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it does not come to that");
}

fn is_drawn(context: &Context, character: char) -> bool {
    context.fonts_mut(|fonts| fonts.has_glyph(&FontId::proportional(14.0), character))
}

#[test]
fn scripts_are_told_apart_and_their_letters_are_not() {
    assert!(SCRIPTS.is_sorted());
    let apart = ['ư', 'λ', 'Ж', 'ש', 'ع', 'ह', 'ไ', 'ế', '→', '漢', '한', '😀'];
    let scripts: BTreeSet<usize> = apart.iter().map(|character| script(*character)).collect();
    assert_eq!(scripts.len(), apart.len());
    for (one, other) in [('П', 'я'), ('漢', '字'), ('漢', 'か'), ('😀', '🚀')] {
        assert_eq!(script(one), script(other));
    }
}

#[test]
fn what_is_not_found_is_looked_for_twice_a_script_and_no_more() {
    let mut state = State::default();
    let mut looks = 0;
    for offset in 0..50_u32 {
        for letter in "Жω漢😀".chars() {
            state.want(char::from_u32(u32::from(letter) + offset % 5).unwrap());
        }
        looks += usize::from(!state.begin().is_empty());
    }
    assert_eq!(looks, usize::from(LOOKS_PER_SCRIPT));
}

#[test]
fn hostile_text_in_every_script_makes_it_ask_for_a_bounded_number_of_letters() {
    let mut state = State::default();
    let mut looks = 0;
    for _ in 0..5 {
        for character in ('\u{180}'..=char::MAX).step_by(97) {
            state.want(character);
        }
        assert!(state.wanted.len() <= (SCRIPTS.len() + 1) * SAMPLE);
        looks += usize::from(!state.begin().is_empty());
    }
    assert_eq!(looks, usize::from(LOOKS_PER_SCRIPT));
    assert!(state.asked.len() <= (SCRIPTS.len() + 1) * SAMPLE * usize::from(LOOKS_PER_SCRIPT));
}

#[test]
fn with_all_fonts_loaded_nothing_is_looked_for() {
    let font = || Found { name: "inter".to_owned(), data: egui::FontData::from_static(INTER) };
    let mut state = State::default();
    state.want('Ж');
    state.found = (0..FONTS_MAX).map(|_| font()).collect();
    state.want('漢');
    assert!(state.begin().is_empty());
    let room = state.room();
    assert_eq!((room.fonts, room.bytes), (0, BYTES_MAX - (FONTS_MAX * INTER.len()) as u64));
}

#[test]
fn private_characters_and_selectors_are_no_letters() {
    let mut state = State::default();
    for character in ['\u{e123}', '\u{fe0f}', '\u{e0101}', '\u{f0000}', '\u{10fffd}'] {
        state.want(character);
    }
    assert!(state.wanted.is_empty());
}

#[test]
fn a_window_asks_for_what_its_fonts_lack_and_lives_on_with_boxes() {
    let mut harness = saying("Привет 漢字", false, Vec::new());
    drawn_until(&mut harness, |context| {
        let fonts = of(context).unwrap();
        let state = fonts.state();
        state.asked.contains(&'П') && state.asked.contains(&'漢') && !state.looking
    });
    let fonts = of(&harness.ctx).unwrap();
    assert_eq!((fonts.count(), fonts.state().asked.contains(&'字')), (0, true));
    harness.run();
    assert!(!is_drawn(&harness.ctx, 'П'));
}

#[test]
fn a_window_shows_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Inter.otf"), INTER).unwrap();
    let mut harness = saying("Grüße", true, vec![folder.path().to_owned()]);
    drawn_until(&mut harness, |context| is_drawn(context, 'ü'));
    assert_eq!(of(&harness.ctx).unwrap().count(), 1);
    harness.run();
}

#[test]
fn a_broken_font_leaves_the_box() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Inter.otf"), &INTER[..INTER.len() / 2]).unwrap();
    let mut harness = saying("Grüße", true, vec![folder.path().to_owned()]);
    drawn_until(&mut harness, |context| {
        let fonts = of(context).unwrap();
        let state = fonts.state();
        !state.asked.is_empty() && !state.looking
    });
    assert!(!is_drawn(&harness.ctx, 'ü'));
}
