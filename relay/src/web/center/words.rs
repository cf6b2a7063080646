//! Why somebody is not signed in, and what is wrong with a password, in words.

use crate::web::language::Language;
use crate::web::text::{Argument, t};
use lotse_protocol::control::{PasswordWeakness, SignInFailure};

/// A failed sign-in.
pub fn failure(language: Language, failure: &SignInFailure) -> String {
    let plain = |id: &str| t(language, id, &[]);
    match failure {
        SignInFailure::NotAnEmail => plain("sign-in-not-an-email"),
        SignInFailure::WrongIdOrPassword => plain("sign-in-wrong"),
        SignInFailure::AccountNotActive => plain("sign-in-not-active"),
        SignInFailure::TooMany { wait_s } => t(language, "sign-in-too-many", &[("seconds", Argument::Count(*wait_s))]),
        SignInFailure::SignInAgain => plain("sign-in-again"),
        SignInFailure::MustChangePassword => plain("sign-in-must-change"),
        SignInFailure::NewPasswordRefused(weak) => weakness(language, *weak),
    }
}

/// What is wrong with a password.
pub fn weakness(language: Language, weak: PasswordWeakness) -> String {
    let id = match weak {
        PasswordWeakness::TooShort => "password-too-short",
        PasswordWeakness::TooLong => "password-too-long",
        PasswordWeakness::Same => "password-same",
        PasswordWeakness::Common => "password-common",
        PasswordWeakness::Pattern => "password-pattern",
        PasswordWeakness::Word => "password-word",
        PasswordWeakness::Guessable => "password-guessable",
    };
    t(language, id, &[])
}
