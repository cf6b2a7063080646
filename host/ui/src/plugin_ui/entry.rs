//! The field people write in: Enter sends, Shift+Enter begins a line, and the plugin hears when somebody is typing. What its
//! button says is the plugin's where nothing is sent to anybody.

use super::Acts;
use super::tree::Branch;
use crate::tokens::{CONTROL_HEIGHT, Palette, space};
use crate::widgets::Button;
use crate::{icons, t};
use egui::text::{CCursor, CCursorRange};
use egui::{Align, Key, KeyboardShortcut, Layout, Margin, Modifiers, RichText, TextEdit, Ui, vec2};
use lotse_engine::Value;
use lotse_engine::view::Composed;

/// A plugin is told again that somebody types at most so often, in seconds.
const TYPING_EVERY_S: f64 = 2.0;
/// Where a plugin sets no bound of its own, in characters.
const CHARS_DEFAULT: usize = 4000;
/// A button of a plugin's words leaves the field its room.
const BUTTON_CHARS_MAX: usize = 24;

/// What is being written, kept by the window between frames.
#[derive(Clone, Default)]
struct Draft {
    text: String,
    /// What the plugin last put in; it counts only when it changes.
    given: String,
    typing: bool,
    told_at: f64,
    /// Number of the words that a plugin last put in.
    composed: u64,
}

pub(super) fn field(ui: &mut Ui, node: Branch<'_>, acts: &mut Acts) {
    if acts.read_only {
        return;
    }
    let id = node.egui_id();
    let mut draft: Draft = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    if draft.given != node.text("text") {
        draft.given = node.text("text").to_owned();
        draft.text.clone_from(&draft.given);
    }
    let submits = node.flag("submit");
    let limit = node.number("max-chars").and_then(|max| usize::try_from(max).ok()).unwrap_or(CHARS_DEFAULT);
    if submits && node.enabled() {
        compose(ui, id.with("edit"), &mut draft, limit, acts);
    }
    let name = if node.label().is_empty() { node.text("placeholder") } else { node.label() };
    let rows = draft.text.lines().count().clamp(1, 5);
    let height = CONTROL_HEIGHT.max(rows as f32 * 18.0 + 14.0);
    let mut send = false;
    ui.allocate_ui_with_layout(vec2(ui.available_width(), height), Layout::right_to_left(Align::Max), |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        if submits {
            let ready = node.enabled() && !draft.text.trim().is_empty();
            send = button(node).enabled(ready).show(ui).clicked();
        }
        let muted = Palette::of(ui).muted_ink;
        let edit = TextEdit::multiline(&mut draft.text)
            .id(id.with("edit"))
            .hint_text(RichText::new(node.text("placeholder")).color(muted))
            .desired_rows(rows)
            .desired_width(ui.available_width())
            .min_size(vec2(0.0, height))
            .margin(Margin::symmetric(10, 7))
            .char_limit(limit);
        let edit = if submits { edit.return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter)) } else { edit };
        let response = ui.add_enabled(node.enabled(), edit).accessible_name(name);
        let enter =
            response.has_focus() && ui.input(|input| input.modifiers.is_none() && input.key_pressed(Key::Enter));
        send |= submits && enter;
        if response.changed() {
            tell_typing(&mut draft, node, ui.input(|input| input.time), acts);
        }
        if send {
            response.request_focus();
        }
    });
    if send && !draft.text.trim().is_empty() {
        acts.act(node.plugin, node.id(), vec![("text".to_owned(), Value::Text(draft.text.trim().to_owned()))]);
        draft.text.clear();
        draft.typing = false;
    }
    ui.data_mut(|data| data.insert_temp(id, draft));
}

/// What Enter does, for the mouse.
fn button(node: Branch<'_>) -> Button {
    let words = node.text("button").trim();
    if words.is_empty() {
        return Button::primary(t!("chat-send")).icon(icons::SEND);
    }
    if words.chars().count() <= BUTTON_CHARS_MAX {
        return Button::primary(words);
    }
    let cut: String = words.chars().take(BUTTON_CHARS_MAX - 1).collect();
    Button::primary(format!("{}…", cut.trim_end()))
}

/// Words of a plugin's go in where the person is writing, once, and the keyboard with them.
fn compose(ui: &Ui, id: egui::Id, draft: &mut Draft, limit: usize, acts: &mut Acts) {
    let Some(Composed { id: number, text }) = acts.composed.take_if(|composed| composed.id > draft.composed) else {
        return;
    };
    draft.composed = number;
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let length = draft.text.chars().count();
    let at = state.cursor.char_range().map_or(length, |range| range.primary.index.0.min(length));
    let room = limit.saturating_sub(length);
    let put: String = text.chars().take(room).collect();
    let byte = draft.text.char_indices().nth(at).map_or(draft.text.len(), |(byte, _)| byte);
    draft.text.insert_str(byte, &put);
    let behind = CCursor::new(at + put.chars().count());
    state.cursor.set_char_range(Some(CCursorRange::one(behind)));
    state.store(ui.ctx(), id);
    ui.memory_mut(|memory| memory.request_focus(id));
}

fn tell_typing(draft: &mut Draft, node: Branch<'_>, now: f64, acts: &mut Acts) {
    let typing = !draft.text.is_empty();
    if typing != draft.typing || (typing && now - draft.told_at > TYPING_EVERY_S) {
        draft.typing = typing;
        draft.told_at = now;
        acts.act(node.plugin, node.id(), vec![("typing".to_owned(), Value::Flag(typing))]);
    }
}
