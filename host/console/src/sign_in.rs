//! Signing in: relay, user ID, password, and for each failure what to try next. Whose password was set by somebody else
//! chooses another here first, and whoever has or needs a second factor shows a code of it.

use crate::centred::page;
use crate::new_password::NewPassword;
use crate::second_factor::SecondFactorPage;
use crate::settings::Settings;
use egui::{Key, Modifiers, Ui};
use lotse_engine::rep::{RepCommand, RepView, SignIn};
use lotse_engine::view::Tone;
use lotse_protocol::control::SignInFailure;
use lotse_ui::tokens::space;
use lotse_ui::widgets::{Button, Field, trouble};
use lotse_ui::words::Trouble;
use lotse_ui::{icons, t, words};

pub(crate) struct SignInPage {
    relay: String,
    user: String,
    password: String,
    /// What is wrong with what was typed, found before anything is sent.
    wrong: Option<Wrong>,
    begun: bool,
    /// In place of all that, while the relay asks for a password of the rep's own.
    new_password: Option<NewPassword>,
    /// The same, while it asks for a second factor.
    second_factor: Option<SecondFactorPage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    NoRelay,
    NotAnEmail,
    NoPassword,
}

impl SignInPage {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            relay: settings.relay.clone(),
            user: settings.user.clone(),
            password: String::new(),
            wrong: None,
            begun: false,
            new_password: None,
            second_factor: None,
        }
    }

    /// `Some`: the person wants to sign in.
    pub(crate) fn show(&mut self, ui: &mut Ui, view: &RepView, settings: &mut Settings) -> Option<RepCommand> {
        let state = &view.sign_in;
        let trying = *state == SignIn::Trying;
        match state {
            SignIn::Refused(SignInFailure::MustChangePassword | SignInFailure::NewPasswordRefused(_)) => {
                self.second_factor = None;
                return self.new_password.get_or_insert_default().show(ui, state);
            }
            SignIn::Refused(
                SignInFailure::SecondFactorWanted | SignInFailure::WrongCode | SignInFailure::SecondFactorMustBeSetUp,
            ) => {
                self.new_password = None;
                return self.second_factor.get_or_insert_default().show(ui, view);
            }
            SignIn::Trying => {
                if let Some(second_factor) = &mut self.second_factor {
                    return second_factor.show(ui, view);
                }
                if let Some(new_password) = &mut self.new_password {
                    return new_password.show(ui, state);
                }
            }
            SignIn::Out | SignIn::In { .. } | SignIn::Refused(_) | SignIn::Failed(_) | SignIn::Ended(_) => {
                self.new_password = None;
                self.second_factor = None;
            }
        }
        let mut submitted = false;
        page(ui, t!("signin-title"), Some(t!("signin-lead")), |ui| {
            self.tell(ui, state);
            ui.add_enabled_ui(!trying, |ui| self.fields(ui));
            ui.add_space(space::XS);
            let label = if trying { t!("signin-trying") } else { t!("signin-button") };
            let button = Button::primary(label).icon(icons::SIGN_IN).width(ui.available_width()).enabled(!trying);
            submitted = button.show(ui).clicked();
            if !trying && ui.input(|input| input.modifiers == Modifiers::NONE && input.key_pressed(Key::Enter)) {
                submitted = true;
            }
        });
        if submitted && !trying { self.submit(settings) } else { None }
    }

    fn fields(&mut self, ui: &mut Ui) {
        let relay =
            Field::new(t!("signin-relay")).hint("https://relay.example.com").limit(512).show(ui, &mut self.relay);
        let user = Field::new(t!("signin-user")).hint("anna.berg@example.com").show(ui, &mut self.user);
        let password = Field::new(t!("signin-password")).password().show(ui, &mut self.password);
        if !self.begun {
            self.begun = true;
            let first = if self.relay.is_empty() {
                &relay
            } else if self.user.is_empty() {
                &user
            } else {
                &password
            };
            first.request_focus();
        }
        if relay.changed() || user.changed() || password.changed() {
            self.wrong = None;
        }
    }

    /// One message at a time: what is wrong here comes before what the relay said last.
    fn tell(&self, ui: &mut Ui, state: &SignIn) {
        let here = self.wrong.map(|wrong| match wrong {
            Wrong::NoRelay => Trouble { what: t!("signin-no-relay"), next: t!("signin-no-relay-next") },
            Wrong::NotAnEmail => words::sign_in_failure(SignInFailure::NotAnEmail),
            Wrong::NoPassword => Trouble { what: t!("signin-no-password"), next: t!("signin-no-password-next") },
        });
        if let Some(here) = here {
            return trouble(ui, Tone::Danger, &here);
        }
        match state {
            SignIn::Refused(failure) => trouble(ui, Tone::Danger, &words::sign_in_failure(*failure)),
            SignIn::Failed(problem) => trouble(ui, Tone::Danger, &words::problem(problem)),
            SignIn::Ended(end) => trouble(ui, Tone::Caution, &words::sign_in_end(end)),
            SignIn::Out | SignIn::Trying | SignIn::In { .. } => {}
        }
    }

    fn submit(&mut self, settings: &mut Settings) -> Option<RepCommand> {
        let (relay, user) = (self.relay.trim(), self.user.trim());
        self.wrong = if relay.is_empty() {
            Some(Wrong::NoRelay)
        } else if !is_email(user) {
            Some(Wrong::NotAnEmail)
        } else if self.password.is_empty() {
            Some(Wrong::NoPassword)
        } else {
            None
        };
        if self.wrong.is_some() {
            return None;
        }
        let relay = if relay.contains("://") { relay.to_owned() } else { format!("https://{relay}") };
        settings.relay.clone_from(&relay);
        settings.user = user.to_owned();
        Some(RepCommand::SignIn { relay, user: user.to_owned(), password: std::mem::take(&mut self.password) })
    }
}

/// The form alone; whether it exists only the relay knows.
fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !text.contains(char::is_whitespace)
    })
}
