//! One question at a time. "Allow" and "Not now" weigh the same, neither has the keyboard at first, Esc is "Not now", and
//! an answer counts only if it was begun when the question had been readable for a moment: no click or key that was
//! meant for something else allows or refuses anything. (What Lotse injects for a rep does not reach this window at all; the
//! engine sees to it. Other programs that inject are not told from hands: see the security model in `ARCHITECTURE.md`.)

use crate::wishes::Wishes;
use egui::{Key, Layout, Modifiers, Response, RichText, Ui, vec2};
use lotse_engine::view::{Access, Command, Prompt, PromptKind, View};
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::{Button, card, heading, muted, sign};
use lotse_ui::{fonts, icons, t, words};

/// How long a question stands before an answer counts, in seconds. A double click takes less, reading takes more.
const SETTLE_S: f64 = 0.4;

#[derive(Default)]
pub(crate) struct PromptPage {
    /// The prompt that is shown, and since when (window time). Starts anew when the window comes to the front.
    shown: Option<(u64, f64)>,
    had_focus: bool,
    /// When the pointer was last pressed while this question stood (window time).
    pressed_at: Option<f64>,
}

impl PromptPage {
    /// No question is open any more.
    pub(crate) fn gone(&mut self) {
        self.shown = None;
    }

    /// `framed`: a frame will show that the screen is seen.
    pub(crate) fn show(&mut self, ui: &mut Ui, view: &View, prompt: &Prompt, framed: bool, wishes: &mut Wishes) {
        let since = self.since(ui, prompt);
        if ui.input(|input| input.pointer.any_pressed()) {
            self.pressed_at = Some(ui.input(|input| input.time));
        }
        ui.add_space(space::S);
        question(ui, view, prompt, framed);
        ui.add_space(space::M);
        let mut answer = None;
        let width = (ui.available_width() - space::S) / 2.0;
        ui.allocate_ui_with_layout(
            vec2(ui.available_width(), 44.0),
            Layout::left_to_right(egui::Align::Center),
            |ui| {
                let allow = Button::secondary(t!("prompt-allow")).width(width).height(44.0).show(ui);
                let refuse = Button::secondary(t!("prompt-not-now")).width(width).height(44.0).show(ui);
                if self.is_meant(ui, &allow, since) {
                    answer = Some(true);
                }
                if self.is_meant(ui, &refuse, since) {
                    answer = Some(false);
                }
            },
        );
        ui.add_space(space::S);
        reason(ui, prompt);
        if !view.safety_code.is_empty() {
            ui.add_space(space::S);
            muted(ui, t!("prompt-compare"));
        }
        // An Esc that was meant for another program is no answer either: of a plugin's three questions it would use up one.
        let (escape, now) = ui.input_mut(|input| (input.consume_key(Modifiers::NONE, Key::Escape), input.time));
        if escape && now >= since + SETTLE_S {
            answer = Some(false);
        }
        if let Some(allow) = answer {
            wishes.session(Command::Answer { prompt: prompt.id, allow });
        }
    }

    /// The button was pressed, and the press was begun after the question had settled.
    fn is_meant(&self, ui: &Ui, button: &Response, since: f64) -> bool {
        let (now, by_pointer) = ui.input(|input| (input.time, input.pointer.any_released()));
        let begun = if by_pointer { self.pressed_at } else { Some(now) };
        button.clicked() && begun.is_some_and(|begun| begun >= since + SETTLE_S)
    }

    /// Since when this question has been readable.
    fn since(&mut self, ui: &Ui, prompt: &Prompt) -> f64 {
        let (now, focused) = ui.input(|input| (input.time, input.viewport().focused.unwrap_or(true)));
        let came_forward = focused && !self.had_focus;
        self.had_focus = focused;
        match self.shown {
            Some((id, since)) if id == prompt.id && !came_forward => since,
            Some((id, _)) if id == prompt.id => {
                self.shown = Some((prompt.id, now));
                now
            }
            Some(_) | None => {
                self.shown = Some((prompt.id, now));
                self.pressed_at = None;
                // Whatever had the keyboard must not answer.
                if let Some(focused) = ui.memory(|memory| memory.focused()) {
                    ui.memory_mut(|memory| memory.surrender_focus(focused));
                }
                now
            }
        }
    }
}

/// Who asks for what, and what that means. Above a question within a session stands who is helping.
fn question(ui: &mut Ui, view: &View, prompt: &Prompt, framed: bool) {
    let palette = Palette::of(ui);
    let (rep, account) = (view.peer.as_str(), view.account.as_str());
    let (icon, title, body) = match &prompt.kind {
        PromptKind::Begin { rep, account } => {
            (icons::HEADSET, t!("prompt-begin", "rep" => rep, "account" => account), t!("prompt-begin-body"))
        }
        PromptKind::Access { access, .. } => {
            muted(ui, t!("active-title", "rep" => rep, "account" => account));
            ui.add_space(space::XS);
            match access {
                Access::View => {
                    let body = if framed { t!("prompt-view-body") } else { t!("prompt-view-body-frameless") };
                    (icons::EYE, t!("prompt-view", "rep" => rep, "account" => account), body)
                }
                Access::Control => {
                    let title = t!("prompt-control", "rep" => rep, "account" => account);
                    (icons::POINTER, title, t!("prompt-control-body", "rep" => rep))
                }
                Access::System => {
                    (icons::INFO, t!("prompt-system", "rep" => rep, "account" => account), t!("prompt-system-body"))
                }
                Access::Restart => {
                    let title = t!("prompt-restart", "rep" => rep, "account" => account);
                    (icons::RESTART, title, t!("prompt-restart-body"))
                }
                Access::Clipboard => {
                    let title = t!("prompt-clipboard", "rep" => rep, "account" => account);
                    (icons::CLIPBOARD, title, t!("prompt-clipboard-body"))
                }
            }
        }
    };
    sign(ui, icon, 32.0, palette.accent);
    heading(ui, title);
    ui.add(egui::Label::new(RichText::new(body)).wrap());
}

/// Beneath the answers: who asks, and in their own words why.
fn reason(ui: &mut Ui, prompt: &Prompt) {
    match &prompt.kind {
        PromptKind::Begin { .. } => {}
        PromptKind::Access { plugin, signer, reason, .. } => {
            card(ui, |ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                ui.label(fonts::strong(t!("prompt-why"), size::BODY));
                ui.add(egui::Label::new(reason).wrap());
                let from = match signer {
                    Some(signer) => t!("prompt-signed", "plugin" => plugin, "signer" => words::signer(signer)),
                    None => t!("prompt-unsigned", "plugin" => plugin),
                };
                muted(ui, from);
            });
        }
    }
}
