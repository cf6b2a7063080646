//! A sign-in that goes on with a second factor: its code or a recovery code, or setting one up where the account wants it.

use crate::centred::page;
use crate::factor_offer::FactorOffer;
use crate::secret_copies::may_copy;
use egui::{Key, Modifiers, Ui};
use lotse_engine::rep::{RepCommand, RepView, SignIn};
use lotse_engine::view::Tone;
use lotse_protocol::control::{Secret, SignInFailure};
use lotse_ui::tokens::space;
use lotse_ui::widgets::{Button, Field, trouble};
use lotse_ui::words::Trouble;
use lotse_ui::{icons, t, words};

/// What was typed; forgotten with the page.
#[derive(Default)]
pub(crate) struct SecondFactorPage {
    code: String,
    /// A recovery code is typed in place of the app's.
    recovery: bool,
    offer: FactorOffer,
    /// What was typed cannot be a code.
    wrong: bool,
    begun: bool,
}

impl SecondFactorPage {
    /// `Some`: a code was typed, or the person is somebody else.
    pub(crate) fn show(&mut self, ui: &mut Ui, view: &RepView) -> Option<RepCommand> {
        let trying = view.sign_in == SignIn::Trying;
        if !trying {
            self.offer.take(view.second_factor.offer.as_ref());
        }
        let title = if self.offer.is_there() { t!("factor-setup-title") } else { t!("factor-title") };
        let mut command = None;
        page(ui, title, None, |ui| {
            self.tell(ui, &view.sign_in);
            self.offer.show(ui, may_copy(view));
            ui.add_enabled_ui(!trying, |ui| self.field(ui));
            ui.add_space(space::XS);
            command = self.buttons(ui, trying);
        });
        command
    }

    fn field(&mut self, ui: &mut Ui) {
        let field = if self.recovery && !self.offer.is_there() {
            Field::new(t!("factor-recovery-code")).hint("abcd-efgh-jkmn-pqrs").limit(40)
        } else {
            Field::new(t!("factor-code")).hint("123456").code().limit(10)
        };
        let field = field.show(ui, &mut self.code);
        if !self.begun {
            self.begun = true;
            field.request_focus();
        }
        if field.changed() {
            self.wrong = false;
        }
    }

    /// One message at a time: what is wrong here comes before what the relay said last.
    fn tell(&self, ui: &mut Ui, state: &SignIn) {
        if self.wrong {
            return trouble(ui, Tone::Danger, &not_a_code(self.recovery && !self.offer.is_there()));
        }
        if let SignIn::Refused(failure) = state {
            let tone = if *failure == SignInFailure::WrongCode { Tone::Danger } else { Tone::Plain };
            trouble(ui, tone, &words::sign_in_failure(*failure));
        }
    }

    fn buttons(&mut self, ui: &mut Ui, trying: bool) -> Option<RepCommand> {
        let label = if trying {
            t!("signin-trying")
        } else if self.offer.is_there() {
            t!("factor-setup-button")
        } else {
            t!("factor-button")
        };
        let go_on = Button::primary(label).icon(icons::LOCK).width(ui.available_width()).enabled(!trying).show(ui);
        let mut elsewhere = false;
        if !self.offer.is_there() {
            let label = if self.recovery { t!("factor-use-app") } else { t!("factor-use-recovery") };
            let other = Button::quiet(label).icon(icons::KEY).width(ui.available_width()).enabled(!trying).show(ui);
            elsewhere |= other.has_focus();
            if other.clicked() {
                *self = Self { recovery: !self.recovery, ..Self::default() };
                return None;
            }
        }
        let somebody = Button::quiet(t!("signin-other")).width(ui.available_width()).enabled(!trying).show(ui);
        elsewhere |= somebody.has_focus();
        if trying {
            return None;
        }
        let pressed = |key| ui.input(|input| input.modifiers == Modifiers::NONE && input.key_pressed(key));
        if somebody.clicked() || pressed(Key::Escape) {
            return Some(RepCommand::SignOut);
        }
        // Enter on a button is a click on it.
        if go_on.clicked() || (pressed(Key::Enter) && !elsewhere) { self.submit() } else { None }
    }

    fn submit(&mut self) -> Option<RepCommand> {
        let recovery = self.recovery && !self.offer.is_there();
        self.wrong = if recovery { self.code.trim().is_empty() } else { !is_code(&self.code) };
        // Whoever goes on typing does so here.
        self.begun = false;
        if self.wrong {
            return None;
        }
        Some(RepCommand::SecondFactorCode { code: Secret(std::mem::take(&mut self.code)) })
    }
}

/// Six digits, with or without spaces.
pub(crate) fn is_code(text: &str) -> bool {
    let mut digits = text.chars().filter(|character| !character.is_whitespace());
    digits.clone().count() == 6 && digits.all(|digit| digit.is_ascii_digit())
}

/// What to say of something that cannot be a code.
pub(crate) fn not_a_code(recovery: bool) -> Trouble {
    if recovery {
        Trouble { what: t!("factor-no-recovery-code"), next: t!("factor-no-recovery-code-next") }
    } else {
        Trouble { what: t!("factor-not-six"), next: t!("factor-not-six-next") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_a_code_has_six_digits() {
        assert!(is_code("123456") && is_code(" 123 456 "));
        for other in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert!(!is_code(other), "{other}");
        }
    }
}
