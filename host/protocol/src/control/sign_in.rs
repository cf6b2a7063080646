//! What comes of a sign-in: why it failed, how its second factor stands, who ended it.

use serde::{Deserialize, Serialize};

/// Why a sign-in failed. Never tells an unknown ID from a wrong password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInFailure {
    NotAnEmail,
    WrongIdOrPassword,
    AccountNotActive,
    /// Too many attempts; try again after so many seconds.
    TooMany {
        wait_s: u64,
    },
    /// The token of an earlier sign-in is no longer good: ask for the password.
    SignInAgain,
    /// Somebody else set the password; with one of the rep's own it goes on
    /// ([`ToRelay::ChangePassword`](super::ToRelay::ChangePassword)).
    MustChangePassword,
    /// The password that was chosen is too easily guessed, or none.
    NewPasswordRefused(PasswordWeakness),
    /// The password is right; with a code of the second factor it goes on
    /// ([`ToRelay::SignInWithCode`](super::ToRelay::SignInWithCode)).
    SecondFactorWanted,
    /// The code of the second factor is not right, too old, or was used before.
    WrongCode,
    /// The account wants a second factor of everybody.
    SecondFactorMustBeSetUp,
    /// Too many wrong attempts with this user ID, whether there is such a rep or not; it is open again after so many seconds.
    Locked {
        wait_s: u64,
    },
    /// Too many wrong attempts from this address; it is open again after so many seconds.
    AddressLocked {
        wait_s: u64,
    },
}

/// What is wrong with a password that somebody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordWeakness {
    TooShort,
    TooLong,
    /// It is the one of before.
    Same,
    /// It is on the lists that guessers begin with, or nearly.
    Common,
    /// Keys side by side, repeats, sequences, dates.
    Pattern,
    /// Names, words of the user ID or of the account, or one word by itself.
    Word,
    /// Guessed in too few attempts for another reason.
    Guessable,
}

/// How a rep's second factor stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    pub on: bool,
    /// The account wants one of everybody: it cannot be switched off.
    pub required: bool,
    pub recovery_codes_left: u32,
    /// This sign-in has just used a recovery code up.
    pub recovery_code_used: bool,
}

/// Why somebody else ended a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInEnd {
    /// Who has its seat now.
    TakenOver { by: String },
    /// The password was set anew.
    PasswordReset,
    /// Whoever looks after the account or the relay ended it, or took a lost second factor away.
    ByManager,
}
