//! The help file in a window of its own: the part for reps.

use egui::{CentralPanel, Frame, Key, Margin, Modifiers, ScrollArea, ViewportBuilder, ViewportId};
use lotse_ui::document::{self, Block};
use lotse_ui::t;
use lotse_ui::text::{Language, language};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::muted;

const ENGLISH: &str = include_str!("../../../sdk-docs/help/en.md");
const GERMAN: &str = include_str!("../../../sdk-docs/help/de.md");

#[derive(Default)]
pub(crate) struct Help {
    pub open: bool,
    /// Read once a language.
    read: Option<(Language, Vec<Block>)>,
}

impl Help {
    pub(crate) fn show(&mut self, context: &egui::Context) {
        if !self.open {
            return;
        }
        let language = language();
        if self.read.as_ref().is_none_or(|(of, _)| *of != language) {
            self.read = Some((language, for_reps(language)));
        }
        let Some((_, blocks)) = &self.read else { return };
        let builder = ViewportBuilder::default()
            .with_title(t!("help-window"))
            .with_app_id("lotse")
            .with_icon(lotse_ui::brand::icon())
            .with_inner_size([640.0, 620.0])
            .with_min_inner_size([420.0, 320.0]);
        let mut open = true;
        context.show_viewport_immediate(ViewportId::from_hash_of("help"), builder, |ui, _class| {
            let frame = Frame::new().fill(Palette::of(ui).surface).inner_margin(Margin::same(space::L as i8));
            CentralPanel::default().frame(frame).show(ui, |ui| {
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                    ui.set_max_width(ui.available_width() - space::M);
                    document::show(ui, blocks);
                    ui.add_space(space::L);
                    muted(ui, t!("help-version", "version" => env!("CARGO_PKG_VERSION")));
                });
            });
            let escape = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
            if escape || ui.input(|input| input.viewport().close_requested()) {
                open = false;
            }
        });
        self.open = open;
    }
}

/// The file has a part for reps and one for customers; each begins with a heading of the first level.
fn for_reps(language: Language) -> Vec<Block> {
    let text = match language {
        Language::English => ENGLISH,
        Language::German => GERMAN,
    };
    let blocks = document::read(text);
    let parts: Vec<usize> =
        (0..blocks.len()).filter(|index| matches!(blocks.get(*index), Some(Block::Heading(1, _)))).collect();
    let (from, to) = (parts.get(1).copied().unwrap_or(0), parts.get(2).copied().unwrap_or(blocks.len()));
    blocks.get(from..to).map(<[Block]>::to_vec).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shortcuts;

    #[test]
    fn both_languages_have_a_part_for_reps_with_every_key_in_it() {
        for language in Language::ALL {
            lotse_ui::text::set_language(language);
            let blocks = for_reps(language);
            assert!(blocks.len() > 10, "{language:?}");
            let cells: Vec<&String> = blocks
                .iter()
                .filter_map(|block| if let Block::Table(rows) = block { Some(rows) } else { None })
                .flatten()
                .flatten()
                .collect();
            let questions = [shortcuts::ANSWER, shortcuts::PASS, shortcuts::READY];
            let sessions =
                [shortcuts::SESSIONS[0], shortcuts::SESSIONS[8], shortcuts::NEXT_TAB, shortcuts::PREVIOUS_TAB];
            for key in [shortcuts::NEW_CODE, shortcuts::MONITOR, shortcuts::CLOSE, shortcuts::HELP]
                .into_iter()
                .chain(questions)
                .chain(sessions)
            {
                let name = shortcuts::name(key);
                assert!(cells.iter().any(|cell| cell.contains(&name)), "{language:?}: {name}");
            }
        }
    }
}
