//! The field under the talk for what the rep notes about the session: never seen by the customer, kept by the relay.
//!
//! The text is the engine's. The field keeps a draft of it between frames, and shows the engine's anew when that was changed
//! from elsewhere, which it counts.

use crate::shortcuts;
use egui::{Color32, Frame, Id, Label, Margin, Panel, RichText, ScrollArea, TextEdit, Ui, vec2};
use lotse_engine::rep::{NotesState, NotesView, RepCommand, RepSession};
use lotse_engine::view::SessionState;
use lotse_protocol::control::NOTES_CHARS_MAX;
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::icon_button;
use lotse_ui::{fonts, icons, t};

/// Lines of an empty field.
const ROWS: u8 = 3;
/// Lines that it grows to before it scrolls.
const ROWS_MAX: u8 = 8;
/// Most of the window's height that it takes, so that the talk keeps room.
const SHARE_MAX: f32 = 0.4;
/// Most that can be typed: more than is kept, so that pasting too much loses nothing.
const DRAFT_CHARS_MAX: usize = 4 * NOTES_CHARS_MAX;

#[derive(Default)]
pub(crate) struct NotesField {
    draft: String,
    /// Which of the engine's texts the draft began as.
    on: Option<u64>,
    /// The field has the keyboard.
    has_keyboard: bool,
}

impl NotesField {
    /// Draws the field at the window's lower edge, where there is something to note. The command is what was written.
    pub(crate) fn show(&mut self, ui: &mut Ui, session: &RepSession, folded: &mut bool) -> Option<RepCommand> {
        if !can_be_noted(session) {
            return None;
        }
        if self.on != Some(session.notes.adopted) {
            self.on = Some(session.notes.adopted);
            self.draft = session.notes.text.to_string();
        }
        if shortcuts::pressed(ui, shortcuts::NOTES) {
            *folded = false;
            ui.memory_mut(|memory| memory.request_focus(edit_id(session)));
        }
        let bound = (ui.available_height() * SHARE_MAX).clamp(height(ROWS), height(ROWS_MAX));
        let margin = Margin::symmetric(space::L as i8, space::S as i8);
        let frame = Frame::new().fill(Palette::of(ui).surface).inner_margin(margin);
        let panel = Panel::bottom("notes").frame(frame).resizable(false);
        let shown = panel.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            let label = heading(ui, folded);
            let written = if *folded { None } else { self.field(ui, session, label, bound) };
            state_line(ui, &session.notes, *folded);
            written
        });
        shown.inner
    }

    /// What is to be kept without waiting for more, since the window goes.
    pub(crate) fn leave(&self, session: &RepSession) -> Option<RepCommand> {
        (session.notes.state == NotesState::Saving).then(|| self.command(session, true))
    }

    fn field(&mut self, ui: &mut Ui, session: &RepSession, label: Id, bound: f32) -> Option<RepCommand> {
        let muted = Palette::of(ui).muted_ink;
        let edit = TextEdit::multiline(&mut self.draft)
            .id(edit_id(session))
            .hint_text(RichText::new(t!("notes-hint")).color(muted))
            .desired_rows(usize::from(ROWS))
            .desired_width(f32::INFINITY)
            .min_size(vec2(0.0, height(ROWS)))
            .margin(Margin::symmetric(10, 7))
            .char_limit(DRAFT_CHARS_MAX);
        let area = ScrollArea::vertical().id_salt("notes").max_height(bound).auto_shrink([false, true]);
        let response = area.show(ui, |ui| ui.add(edit)).inner.labelled_by(label);
        // The toolkit says for two frames that a field was left.
        let had_keyboard = std::mem::replace(&mut self.has_keyboard, response.has_focus());
        let left = had_keyboard && !self.has_keyboard;
        let saving = session.notes.state == NotesState::Saving;
        (response.changed() || (left && saving)).then(|| self.command(session, left))
    }

    fn command(&self, session: &RepSession, at_once: bool) -> RepCommand {
        let on = self.on.unwrap_or(session.notes.adopted);
        RepCommand::Notes { session: session.id, text: self.draft.clone(), on, at_once }
    }
}

/// From when the session can begin, as long as its window is there. One that failed has only what was noted before.
fn can_be_noted(session: &RepSession) -> bool {
    match session.view.state {
        SessionState::Waiting | SessionState::Connecting { .. } => false,
        SessionState::AwaitingConsent
        | SessionState::Active
        | SessionState::Lost { .. }
        | SessionState::Ended { .. } => true,
        SessionState::Failed { .. } => !session.notes.text.is_empty(),
    }
}

fn edit_id(session: &RepSession) -> Id {
    Id::unique(("notes", session.id.0))
}

/// Of a field with so many lines.
fn height(rows: u8) -> f32 {
    f32::from(rows) * 18.0 + 14.0
}

/// What the field is and who does not see it; folded, it is all there is.
fn heading(ui: &mut Ui, folded: &mut bool) -> Id {
    let row = ui.horizontal(|ui| {
        let (icon, name) = if *folded { (icons::PLUS, t!("notes-unfold")) } else { (icons::MINUS, t!("notes-fold")) };
        if icon_button(ui, icon, &name).clicked() {
            *folded = !*folded;
        }
        ui.add(Label::new(fonts::strong(t!("notes-title"), size::BODY)).truncate()).id
    });
    row.inner
}

/// Whether the relay has it all. Folded, only what is wrong is said.
fn state_line(ui: &mut Ui, notes: &NotesView, folded: bool) {
    let palette = Palette::of(ui);
    let (words, wrong) = match notes.state {
        NotesState::Empty => (String::new(), false),
        NotesState::Saved => (t!("notes-saved"), false),
        NotesState::Saving => (t!("notes-saving"), false),
        NotesState::Away => (t!("notes-away"), true),
        NotesState::NotNow => (t!("notes-not-now"), true),
        NotesState::TooLong { over } => (t!("notes-too-long", "over" => over), true),
        NotesState::Over => (t!("notes-over"), true),
        NotesState::Unsupported => (t!("notes-unsupported"), true),
    };
    let line = |ui: &mut Ui, words: String, colour: Color32| {
        ui.add(Label::new(RichText::new(words).size(size::SMALL).color(colour)).wrap());
    };
    if notes.merged {
        line(ui, t!("notes-merged"), palette.caution);
    }
    if !words.is_empty() && (wrong || !folded) {
        line(ui, words, if wrong { palette.caution } else { palette.muted_ink });
    }
}
