//! The second factor in the preferences: on and off. To switch it off the password is asked for.

use crate::factor_offer::FactorOffer;
use crate::second_factor::{is_code, not_a_code};
use egui::{Key, Modifiers, Response, Ui};
use lotse_engine::rep::{RepCommand, RepView, SecondFactor, SignIn};
use lotse_engine::view::Tone;
use lotse_protocol::control::Secret;
use lotse_ui::tokens::space;
use lotse_ui::widgets::{Button, Field, card, muted, section, switch, trouble};
use lotse_ui::{icons, t, words};

/// What was typed here.
#[derive(Default)]
pub(crate) struct FactorPreferences {
    offer: FactorOffer,
    code: String,
    /// What was typed cannot be a code.
    wrong: bool,
    /// Is to be switched off: the password is asked for.
    removing: bool,
    password: String,
    /// The field that was shown last has had the keyboard.
    begun: bool,
}

impl FactorPreferences {
    /// Nothing, unless somebody is signed in.
    pub(crate) fn show(&mut self, ui: &mut Ui, view: &RepView, send: &mut dyn FnMut(RepCommand)) {
        if !matches!(view.sign_in, SignIn::In { .. }) {
            *self = Self::default();
            return;
        }
        let known = &view.second_factor;
        self.offer.take(known.offer.as_ref());
        self.removing &= known.on && !known.required;
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            section(ui, t!("preferences-factor"));
            self.tell(ui, known);
            let command = if self.offer.is_there() {
                self.prove(ui)
            } else if self.removing {
                self.remove(ui)
            } else {
                self.switch(ui, known)
            };
            command.into_iter().for_each(send);
        });
    }

    fn tell(&self, ui: &mut Ui, known: &SecondFactor) {
        if self.wrong {
            trouble(ui, Tone::Danger, &not_a_code(false));
        } else if let Some(failure) = known.failure {
            trouble(ui, Tone::Danger, &words::sign_in_failure(failure));
        }
        if !known.recovery_codes.is_empty() {
            muted(ui, t!("preferences-factor-codes"));
        }
    }

    fn switch(&mut self, ui: &mut Ui, known: &SecondFactor) -> Option<RepCommand> {
        let (note, enabled) = match (known.on, known.required) {
            (true, true) => (t!("preferences-factor-required"), false),
            (true, false) => (t!("preferences-factor-on", "left" => u64::from(known.recovery_codes_left)), true),
            (false, _) => (t!("preferences-factor-off"), true),
        };
        let label = t!("preferences-factor-switch");
        if !switch(ui, known.on, enabled, Some(icons::KEY), &label, &note).clicked() {
            return None;
        }
        self.begin();
        if known.on {
            self.removing = true;
            Some(RepCommand::LeaveSecondFactor)
        } else {
            Some(RepCommand::SetUpSecondFactor)
        }
    }

    fn prove(&mut self, ui: &mut Ui) -> Option<RepCommand> {
        self.offer.show(ui);
        let field = Field::new(t!("factor-code")).hint("123456").code().limit(10).show(ui, &mut self.code);
        self.wrong &= !field.changed();
        let (go_on, cancel) = self.answers(ui, &field, Button::primary(t!("preferences-factor-prove")));
        if cancel {
            self.begin();
            return Some(RepCommand::LeaveSecondFactor);
        }
        if !go_on {
            return None;
        }
        self.begun = false;
        self.wrong = !is_code(&self.code);
        (!self.wrong).then(|| RepCommand::SecondFactorCode { code: Secret(std::mem::take(&mut self.code)) })
    }

    fn remove(&mut self, ui: &mut Ui) -> Option<RepCommand> {
        let field = Field::new(t!("preferences-factor-password")).password().limit(1000).show(ui, &mut self.password);
        let (go_on, cancel) = self.answers(ui, &field, Button::danger(t!("preferences-factor-remove")));
        if cancel {
            self.begin();
            self.removing = false;
            return Some(RepCommand::LeaveSecondFactor);
        }
        if !go_on || self.password.is_empty() {
            return None;
        }
        self.begun = false;
        Some(RepCommand::RemoveSecondFactor { password: Secret(std::mem::take(&mut self.password)) })
    }

    /// The two buttons: whether it goes on, which Enter in the field says, too, and whether it is left.
    fn answers(&mut self, ui: &mut Ui, field: &Response, go_on: Button) -> (bool, bool) {
        if !self.begun {
            self.begun = true;
            field.request_focus();
        }
        let enter =
            field.lost_focus() && ui.input(|input| input.modifiers == Modifiers::NONE && input.key_pressed(Key::Enter));
        let clicked = ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let go_on = go_on.show(ui).clicked();
            (go_on, Button::secondary(t!("preferences-factor-cancel")).show(ui).clicked())
        });
        let (go_on, cancel) = clicked.inner;
        (go_on || enter, cancel)
    }

    /// Nothing is typed yet.
    fn begin(&mut self) {
        self.code.clear();
        self.password.clear();
        self.wrong = false;
        self.begun = false;
    }
}
