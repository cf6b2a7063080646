//! The second factor: a code where a sign-in asks for one, setting one up there or while signed in, switching it off.
//!
//! The relay makes the secret and judges every code. What it offers is kept only until it is set up or left.

use super::Core;
use crate::rep_view::{SecondFactor, SignIn};
use lotse_protocol::control::{self, Secret, SignInFailure, ToRelay};
use lotse_protocol::tidy;

/// Longest URI that is taken, in bytes; with a user ID of any length a relay's has under 900.
const URI_BYTES_MAX: usize = 1024;
/// Recovery codes that are taken, and the longest one in characters.
const CODES_MAX: usize = 50;
const CODE_CHARS_MAX: usize = 40;

impl Core {
    /// A relay's word of the sign-in's second factor.
    pub(super) fn on_second_factor(&mut self, stands: control::SecondFactor) {
        let control::SecondFactor { on, required, recovery_codes_left, recovery_code_used } = stands;
        self.factor_said = true;
        let known = &mut self.second_factor;
        (known.on, known.required, known.recovery_codes_left) = (on, required, recovery_codes_left);
        known.recovery_code_used |= recovery_code_used;
        known.offer_over = known.offer.take().is_some() && !on;
        known.failure = None;
    }

    /// Is to be set up: before the sign-in goes on, or because a signed-in rep wanted it.
    pub(super) fn on_offered(&mut self, uri: Secret) {
        if uri.0.len() > URI_BYTES_MAX || !uri.0.starts_with("otpauth://totp/") || !uri.0.is_ascii() {
            return self.on_refused_request("The relay offers a second factor that makes no sense.");
        }
        match self.sign_in {
            SignIn::Trying => {
                // After a code it is another one than was set up, since that offer is over.
                self.code = None;
                self.second_factor.offer = Some(uri);
                self.sign_in = SignIn::Refused(SignInFailure::SecondFactorMustBeSetUp);
            }
            SignIn::In { .. } => {
                self.second_factor.offer = Some(uri);
                self.second_factor.offer_over = false;
                self.second_factor.failure = None;
            }
            SignIn::Out | SignIn::Refused(_) | SignIn::Failed(_) | SignIn::Ended(_) => {}
        }
    }

    pub(super) fn on_recovery_codes(&mut self, codes: Vec<Secret>) {
        let tidied = |code: Secret| Secret(tidy(&code.0, CODE_CHARS_MAX));
        // What is told of those of before is of no use any more.
        self.second_factor.recovery_code_used = false;
        self.second_factor.recovery_codes = codes.into_iter().take(CODES_MAX).map(tidied).collect();
    }

    pub(super) fn on_second_factor_failed(&mut self, failure: SignInFailure) {
        self.second_factor.failure = Some(failure);
    }

    /// A code was typed.
    pub(super) fn second_factor_code(&mut self, code: Secret) {
        match self.sign_in {
            SignIn::Refused(failure) if wants_code(failure) && self.credentials.is_some() => {
                self.code = Some(code);
                self.sign_in = SignIn::Trying;
                self.introduce();
            }
            SignIn::In { .. } if self.second_factor.offer.is_some() => self.say(ToRelay::ProveSecondFactor { code }),
            SignIn::Out
            | SignIn::Trying
            | SignIn::In { .. }
            | SignIn::Refused(_)
            | SignIn::Failed(_)
            | SignIn::Ended(_) => {}
        }
    }

    /// Something that a signed-in rep wants of it, with the password and whatever else it takes.
    pub(super) fn change_second_factor(&mut self, wish: ToRelay) {
        self.second_factor.failure = None;
        self.second_factor.offer_over = false;
        if self.relay_hears() {
            self.say(wish);
        }
    }

    /// Of a sign-in that asks for it nobody leaves it but by being somebody else.
    pub(super) fn leave_second_factor(&mut self) {
        self.second_factor.failure = None;
        self.second_factor.offer_over = false;
        if matches!(self.sign_in, SignIn::In { .. }) {
            self.second_factor.offer = None;
        }
    }

    /// Somebody is signed in. A relay that has said nothing knows of no second factor.
    pub(super) fn second_factor_settled(&mut self) {
        self.code = None;
        self.second_factor.offer = None;
        if !self.factor_said {
            let recovery_codes = std::mem::take(&mut self.second_factor.recovery_codes);
            self.second_factor = SecondFactor { recovery_codes, ..SecondFactor::default() };
        }
    }
}

/// Whether a refused sign-in goes on with a code of the second factor.
pub(super) fn wants_code(failure: SignInFailure) -> bool {
    match failure {
        SignInFailure::SecondFactorWanted | SignInFailure::WrongCode | SignInFailure::SecondFactorMustBeSetUp => true,
        SignInFailure::NotAnEmail
        | SignInFailure::WrongIdOrPassword
        | SignInFailure::AccountNotActive
        | SignInFailure::TooMany { .. }
        | SignInFailure::Locked { .. }
        | SignInFailure::AddressLocked { .. }
        | SignInFailure::SignInAgain
        | SignInFailure::MustChangePassword
        | SignInFailure::NewPasswordRefused(_) => false,
    }
}
