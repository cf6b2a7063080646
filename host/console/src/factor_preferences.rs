//! The second factor in the preferences: on and off, and new recovery codes. Each asks for the password, and what changes one
//! that is on for a code as well: a console that was left open is not enough.

use crate::factor_offer::FactorOffer;
use crate::second_factor::{is_code, not_a_code};
use crate::secret_copies::may_copy;
use egui::{Key, Modifiers, Response, Ui};
use lotse_engine::rep::{RepCommand, RepView, SecondFactor, SignIn};
use lotse_engine::view::Tone;
use lotse_protocol::control::Secret;
use lotse_ui::tokens::space;
use lotse_ui::widgets::{Button, Field, card, muted, section, switch, trouble};
use lotse_ui::words::Trouble;
use lotse_ui::{icons, t, words};

/// What was typed here.
#[derive(Default)]
pub(crate) struct FactorPreferences {
    offer: FactorOffer,
    wish: Option<Wish>,
    password: String,
    code: String,
    /// What was typed cannot be a code.
    wrong: bool,
    /// The first field that is shown has had the keyboard.
    begun: bool,
}

/// What is being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    SetUp,
    Remove,
    RenewCodes,
}

impl Wish {
    /// It still makes sense.
    fn stands(self, known: &SecondFactor) -> bool {
        match self {
            Self::SetUp => !known.on && known.offer.is_none(),
            Self::Remove => known.on && !known.required,
            Self::RenewCodes => known.on && known.recovery_codes.is_empty(),
        }
    }

    fn button(self) -> Button {
        match self {
            Self::SetUp => Button::primary(t!("preferences-factor-go-on")),
            Self::Remove => Button::danger(t!("preferences-factor-remove")),
            Self::RenewCodes => Button::primary(t!("preferences-factor-renew")),
        }
    }

    fn lead(self) -> String {
        match self {
            Self::SetUp => t!("preferences-factor-set-up-lead"),
            Self::Remove => t!("preferences-factor-remove-lead"),
            Self::RenewCodes => t!("preferences-factor-renew-lead"),
        }
    }
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
        if self.wish.is_some_and(|wish| !wish.stands(known)) {
            self.begin(None);
        }
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            section(ui, t!("preferences-factor"));
            self.tell(ui, known);
            let command = if self.offer.is_there() {
                self.prove(ui, may_copy(view))
            } else if let Some(wish) = self.wish {
                self.ask(ui, wish)
            } else {
                self.rest(ui, known)
            };
            command.into_iter().for_each(send);
        });
    }

    fn tell(&self, ui: &mut Ui, known: &SecondFactor) {
        if self.wrong {
            trouble(ui, Tone::Danger, &not_a_code(false));
        } else if let Some(failure) = known.failure {
            trouble(ui, Tone::Danger, &words::sign_in_failure(failure));
        } else if known.offer_over {
            let over = Trouble { what: t!("factor-offer-over"), next: t!("factor-offer-over-next") };
            trouble(ui, Tone::Caution, &over);
        }
        if !known.recovery_codes.is_empty() {
            muted(ui, t!("preferences-factor-codes"));
        }
    }

    /// How it stands, and what can be done about it.
    fn rest(&mut self, ui: &mut Ui, known: &SecondFactor) -> Option<RepCommand> {
        let left = || t!("preferences-factor-on", "left" => u64::from(known.recovery_codes_left));
        let (note, enabled) = match (known.on, known.required) {
            (true, true) => (t!("preferences-factor-required"), false),
            (true, false) => (left(), true),
            (false, _) => (t!("preferences-factor-off"), true),
        };
        let label = t!("preferences-factor-switch");
        let mut wish = None;
        if switch(ui, known.on, enabled, Some(icons::KEY), &label, &note).clicked() {
            wish = Some(if known.on { Wish::Remove } else { Wish::SetUp });
        }
        if known.on {
            if known.required {
                muted(ui, left());
            }
            let kept = known.recovery_codes.is_empty();
            if Button::secondary(t!("preferences-factor-renew")).icon(icons::KEY).enabled(kept).show(ui).clicked() {
                wish = Some(Wish::RenewCodes);
            }
        }
        wish.map(|wish| {
            self.begin(Some(wish));
            RepCommand::LeaveSecondFactor
        })
    }

    /// The first code of what is offered.
    fn prove(&mut self, ui: &mut Ui, may_copy: bool) -> Option<RepCommand> {
        self.offer.show(ui, may_copy);
        let field = Field::new(t!("factor-code")).hint("123456").code().limit(10).show(ui, &mut self.code);
        self.wrong &= !field.changed();
        self.keyboard(&field);
        let (go_on, cancel) = answers(ui, &field, Button::primary(t!("preferences-factor-prove")));
        if cancel {
            self.begin(None);
            return Some(RepCommand::LeaveSecondFactor);
        }
        if !go_on {
            return None;
        }
        self.begun = false;
        self.wrong = !is_code(&self.code);
        (!self.wrong).then(|| RepCommand::SecondFactorCode { code: Secret(std::mem::take(&mut self.code)) })
    }

    /// The password, and a code of what is on.
    fn ask(&mut self, ui: &mut Ui, wish: Wish) -> Option<RepCommand> {
        muted(ui, wish.lead());
        let password =
            Field::new(t!("preferences-factor-password")).password().limit(1000).show(ui, &mut self.password);
        self.keyboard(&password);
        let last = match wish {
            Wish::SetUp => password,
            Wish::Remove | Wish::RenewCodes => {
                let code = Field::new(t!("preferences-factor-code")).limit(40).show(ui, &mut self.code);
                self.wrong &= !code.changed();
                if entered(ui, &password) {
                    code.request_focus();
                }
                code
            }
        };
        let (go_on, cancel) = answers(ui, &last, wish.button());
        if cancel {
            self.begin(None);
            return Some(RepCommand::LeaveSecondFactor);
        }
        if go_on { self.submit(wish) } else { None }
    }

    fn submit(&mut self, wish: Wish) -> Option<RepCommand> {
        self.begun = false;
        self.wrong = self.code.trim().is_empty() && wish != Wish::SetUp;
        if self.password.is_empty() || self.wrong {
            return None;
        }
        let [password, code] = [&mut self.password, &mut self.code].map(|text| Secret(std::mem::take(text)));
        Some(match wish {
            Wish::SetUp => RepCommand::SetUpSecondFactor { password },
            Wish::Remove => RepCommand::RemoveSecondFactor { password, code },
            Wish::RenewCodes => RepCommand::RenewRecoveryCodes { password, code },
        })
    }

    /// Whoever came here types at once, and sees where.
    fn keyboard(&mut self, field: &Response) {
        if !self.begun {
            self.begun = true;
            field.request_focus();
            field.scroll_to_me(None);
        }
    }

    /// Nothing is typed yet.
    fn begin(&mut self, wish: Option<Wish>) {
        self.wish = wish;
        self.code.clear();
        self.password.clear();
        self.wrong = false;
        self.begun = false;
    }
}

/// The two buttons: whether it goes on, which Enter in the field says, too, and whether it is left.
fn answers(ui: &mut Ui, field: &Response, go_on: Button) -> (bool, bool) {
    let clicked = ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let go_on = go_on.show(ui).clicked();
        (go_on, Button::secondary(t!("preferences-factor-cancel")).show(ui).clicked())
    });
    let (go_on, cancel) = clicked.inner;
    (go_on || entered(ui, field), cancel)
}

/// Enter was pressed in this field.
fn entered(ui: &Ui, field: &Response) -> bool {
    field.lost_focus() && ui.input(|input| input.modifiers == Modifiers::NONE && input.key_pressed(Key::Enter))
}
