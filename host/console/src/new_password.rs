//! Choosing a password: asked for where a sign-in goes by one that somebody else set. The relay judges it.

use crate::centred::page;
use egui::{Key, Modifiers, Ui};
use lotse_engine::rep::{RepCommand, SignIn};
use lotse_engine::view::Tone;
use lotse_ui::tokens::space;
use lotse_ui::widgets::{Button, Field, trouble};
use lotse_ui::words::Trouble;
use lotse_ui::{icons, t, words};

/// What was typed; forgotten with the page.
#[derive(Default)]
pub(crate) struct NewPassword {
    first: String,
    again: String,
    /// What is wrong with what was typed, found before anything is sent.
    wrong: Option<Wrong>,
    begun: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Missing,
    Differ,
}

impl NewPassword {
    /// `Some`: the password is chosen, or the person is somebody else.
    pub(crate) fn show(&mut self, ui: &mut Ui, state: &SignIn) -> Option<RepCommand> {
        let trying = *state == SignIn::Trying;
        let mut chosen = None;
        page(ui, t!("password-title"), None, |ui| {
            self.tell(ui, state);
            ui.add_enabled_ui(!trying, |ui| self.fields(ui));
            ui.add_space(space::XS);
            chosen = self.buttons(ui, trying);
        });
        chosen
    }

    fn fields(&mut self, ui: &mut Ui) {
        let first = Field::new(t!("password-new")).password().limit(1000).show(ui, &mut self.first);
        let again = Field::new(t!("password-again")).password().limit(1000).show(ui, &mut self.again);
        if !self.begun {
            self.begun = true;
            first.request_focus();
        }
        if first.changed() || again.changed() {
            self.wrong = None;
        }
    }

    fn tell(&self, ui: &mut Ui, state: &SignIn) {
        match self.wrong {
            Some(Wrong::Missing) => {
                let (what, next) = (t!("signin-no-password"), t!("password-differ-next"));
                trouble(ui, Tone::Danger, &Trouble { what, next });
            }
            Some(Wrong::Differ) => {
                let (what, next) = (t!("password-differ"), t!("password-differ-next"));
                trouble(ui, Tone::Danger, &Trouble { what, next });
            }
            None => {
                if let SignIn::Refused(failure) = state {
                    trouble(ui, Tone::Caution, &words::sign_in_failure(*failure));
                }
            }
        }
    }

    fn buttons(&mut self, ui: &mut Ui, trying: bool) -> Option<RepCommand> {
        let label = if trying { t!("signin-trying") } else { t!("password-button") };
        let save = Button::primary(label).icon(icons::LOCK).width(ui.available_width()).enabled(!trying).show(ui);
        let other = Button::quiet(t!("signin-other")).width(ui.available_width()).enabled(!trying).show(ui);
        if trying {
            return None;
        }
        let pressed = |key| ui.input(|input| input.modifiers == Modifiers::NONE && input.key_pressed(key));
        if other.clicked() || pressed(Key::Escape) {
            return Some(RepCommand::SignOut);
        }
        // Enter on a button is a click on it.
        if save.clicked() || (pressed(Key::Enter) && !other.has_focus()) { self.submit() } else { None }
    }

    fn submit(&mut self) -> Option<RepCommand> {
        self.wrong = if self.first.is_empty() {
            Some(Wrong::Missing)
        } else if self.first != self.again {
            Some(Wrong::Differ)
        } else {
            None
        };
        if self.wrong.is_some() {
            return None;
        }
        self.again.clear();
        self.begun = false;
        Some(RepCommand::ChoosePassword { password: std::mem::take(&mut self.first) })
    }
}
