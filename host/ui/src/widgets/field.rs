//! One line of text to be typed, under its label.

use crate::tokens::{CONTROL_HEIGHT, Palette, size, space};
use egui::{Align2, FontSelection, Margin, Response, RichText, TextEdit, Ui, vec2};

#[must_use = "a field is shown by `show`"]
pub struct Field {
    label: String,
    hint: String,
    password: bool,
    code: bool,
    limit: usize,
    id: Option<egui::Id>,
}

impl Field {
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), hint: String::new(), password: false, code: false, limit: 256, id: None }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Shows dots.
    pub fn password(mut self) -> Self {
        self.password = true;
        self
    }

    /// Large and in equal widths, for a join code.
    pub fn code(mut self) -> Self {
        self.code = true;
        self
    }

    /// Most characters it takes.
    pub fn limit(mut self, characters: usize) -> Self {
        self.limit = characters;
        self
    }

    pub fn id(mut self, id: egui::Id) -> Self {
        self.id = Some(id);
        self
    }

    pub fn show(self, ui: &mut Ui, text: &mut String) -> Response {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            let muted = Palette::of(ui).muted_ink;
            let label = ui.label(RichText::new(self.label).size(size::SMALL).color(muted));
            let points = if self.code { 26.0 } else { size::BODY };
            let height = if self.code { 52.0 } else { CONTROL_HEIGHT };
            let hint = RichText::new(self.hint).color(muted);
            let hint = if self.code { hint.font(egui::FontId::new(points, egui::FontFamily::Monospace)) } else { hint };
            let mut edit = TextEdit::singleline(text)
                .hint_text(hint)
                .password(self.password)
                .char_limit(self.limit)
                .margin(Margin::symmetric(10, 4))
                .align(if self.code { Align2::CENTER_CENTER } else { Align2::LEFT_CENTER })
                .min_size(vec2(0.0, height))
                .desired_width(f32::INFINITY);
            if self.code {
                edit = edit.font(FontSelection::FontId(egui::FontId::new(points, egui::FontFamily::Monospace)));
            }
            if let Some(id) = self.id {
                edit = edit.id(id);
            }
            ui.add(edit).labelled_by(label.id)
        })
        .inner
    }
}
