//! One question at a time. "Allow" and "Not now" weigh the same, neither has the keyboard at first, Esc is "Not now", and
//! an answer counts only if it was begun when the question had been readable for a moment: no click or key that was
//! meant for something else allows or refuses anything. (What Lotse injects for a rep does not reach this window at all; the
//! engine sees to it. Other programs that inject are not told from hands: see the security model in `ARCHITECTURE.md`.)

use crate::reps;
use crate::wishes::Wishes;
use egui::{Key, Layout, Modifiers, RichText, Ui, vec2};
use lotse_engine::view::{Access, Command, Prompt, PromptKind, View};
use lotse_protocol::handover::Purpose;
use lotse_ui::settling::Settling;
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::{Button, card, heading, muted, sign};
use lotse_ui::{fonts, icons, t, words};

#[derive(Default)]
pub(crate) struct PromptPage {
    settling: Settling,
}

impl PromptPage {
    /// No question is open any more.
    pub(crate) fn gone(&mut self) {
        self.settling.gone();
    }

    /// `framed`: a frame will show that the screen is seen.
    pub(crate) fn show(&mut self, ui: &mut Ui, view: &View, prompt: &Prompt, framed: bool, wishes: &mut Wishes) {
        let since = self.settling.since(ui, prompt.id);
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
                if self.settling.is_meant(ui, &allow, since) {
                    answer = Some(true);
                }
                if self.settling.is_meant(ui, &refuse, since) {
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
        let escape = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        if escape && Settling::is_settled(ui, since) {
            answer = Some(false);
        }
        if let Some(allow) = answer {
            wishes.session(Command::Answer { prompt: prompt.id, allow });
        }
    }
}

/// Who asks for what, and what that means. Above a question within a session stands who is helping.
fn question(ui: &mut Ui, view: &View, prompt: &Prompt, framed: bool) {
    let palette = Palette::of(ui);
    // What is allowed holds for everybody who helps, whoever of them asked.
    let helping = reps::helping(view);
    let (rep, account) = (helping.as_str(), view.account.as_str());
    let (icon, title, body) = match &prompt.kind {
        PromptKind::Begin { rep, account } => {
            (icons::HEADSET, t!("prompt-begin", "rep" => rep, "account" => account), t!("prompt-begin-body"))
        }
        PromptKind::Beside { rep, account, from, purpose } => beside(rep, account, from, *purpose),
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
                Access::Files => {
                    let title = t!("prompt-files", "rep" => rep, "account" => account);
                    (icons::COPY, title, t!("prompt-files-body"))
                }
            }
        }
    };
    sign(ui, icon, 32.0, palette.accent);
    heading(ui, title);
    ui.add(egui::Label::new(RichText::new(body)).wrap());
}

/// Another rep wants to come: who, and what they would be here.
fn beside(rep: &str, account: &str, from: &str, purpose: Purpose) -> (char, String, String) {
    match purpose {
        Purpose::TakeOver => (
            icons::HEADSET,
            t!("prompt-take-over", "rep" => rep, "account" => account, "from" => from),
            t!("prompt-take-over-body", "rep" => rep, "from" => from),
        ),
        Purpose::Join => (
            icons::HEADSET,
            t!("prompt-join", "rep" => rep, "account" => account, "from" => from),
            t!("prompt-join-body"),
        ),
        Purpose::Observe => (
            icons::EYE,
            t!("prompt-observe", "rep" => rep, "account" => account),
            t!("prompt-observe-body", "rep" => rep, "from" => from),
        ),
    }
}

/// Beneath the answers: who asks, and in their own words why.
fn reason(ui: &mut Ui, prompt: &Prompt) {
    match &prompt.kind {
        PromptKind::Begin { .. } | PromptKind::Beside { .. } => {}
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
