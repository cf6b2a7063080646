//! Passwords: hashed with argon2id, off the async threads, and at most two at once; and how easily one is guessed.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use lotse_protocol::control::{PasswordWeakness, Secret};
use std::sync::Arc;
use tokio::sync::Semaphore;
use zxcvbn::Score;
use zxcvbn::feedback::Warning;

/// A password's bytes, at most: more is an attempt to keep the relay busy.
pub const BYTES_MAX: usize = 1024;
/// A new password's characters, at least (NIST SP 800-63B).
pub const CHARS_MIN: usize = 8;
/// Each needs 19 MiB and a core for some 30 ms (the OWASP parameters that are argon2's defaults).
const AT_ONCE: usize = 2;
/// Sign-ins that wait for a turn; with more, everybody would wait longer than programs do.
const WAITING_MAX: usize = 200;

/// Why a password cannot be hashed or checked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("too many sign-ins at once")]
    Busy,
    #[error("a password has at least 8 characters: choose a longer one")]
    Short,
    #[error("a password has at most 1024 bytes: choose a shorter one")]
    Long,
    #[error("the password could not be hashed")]
    Failed,
}

/// Hashes and checks. Clones share the turns.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Checked in place of a hash when there is none, so that an unknown user costs the same time.
    nobody: Arc<str>,
}

impl Passwords {
    /// Takes one hash's time.
    pub fn new() -> Result<Self, PasswordError> {
        let nobody = hash(&Secret("the password of nobody".into()))?.into();
        Ok(Self { turns: Arc::new(Semaphore::new(AT_ONCE)), waiting: Arc::new(Semaphore::new(WAITING_MAX)), nobody })
    }

    /// Whether `password` is the one of `stored` (PHC form). Without a stored hash it takes as long, and is not.
    pub async fn check(&self, password: Secret, stored: Option<String>) -> Result<bool, PasswordError> {
        if password.0.len() > BYTES_MAX {
            return Ok(false);
        }
        let _place = self.waiting.try_acquire().map_err(|_| PasswordError::Busy)?;
        let _turn = self.turns.acquire().await.map_err(|_| PasswordError::Failed)?;
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        let right = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&stored)
                .is_ok_and(|hash| Argon2::default().verify_password(password.0.as_bytes(), &hash).is_ok())
        });
        Ok(right.await.map_err(|_| PasswordError::Failed)? && known)
    }

    /// Hashes a password that was drawn for somebody, in its turn.
    pub async fn hash(&self, password: Secret) -> Result<String, PasswordError> {
        let _place = self.waiting.try_acquire().map_err(|_| PasswordError::Busy)?;
        let _turn = self.turns.acquire().await.map_err(|_| PasswordError::Failed)?;
        let hashed = tokio::task::spawn_blocking(move || hash_new(&password));
        hashed.await.map_err(|_| PasswordError::Failed)?
    }

    /// Hashes a password that a rep chose, in its turn, if it is none that guessers find soon. `known` are words that they
    /// know of the rep: user ID, names. The outer error is the relay's own trouble.
    pub async fn choose(
        &self,
        password: Secret,
        known: Vec<String>,
    ) -> Result<Result<String, PasswordWeakness>, PasswordError> {
        let _place = self.waiting.try_acquire().map_err(|_| PasswordError::Busy)?;
        let _turn = self.turns.acquire().await.map_err(|_| PasswordError::Failed)?;
        let chosen = tokio::task::spawn_blocking(move || match weakness(&password, &known) {
            Some(weak) => Ok(Err(weak)),
            None => hash(&password).map(Ok),
        });
        chosen.await.map_err(|_| PasswordError::Failed)?
    }
}

/// What is wrong with a password that somebody chose; `None`: over 100 million guesses are needed, which is what zxcvbn calls
/// safe against whoever has stolen the hashes of a slow function.
fn weakness(password: &Secret, known: &[String]) -> Option<PasswordWeakness> {
    if password.0.chars().count() < CHARS_MIN {
        return Some(PasswordWeakness::TooShort);
    }
    if password.0.len() > BYTES_MAX {
        return Some(PasswordWeakness::TooLong);
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let judged = zxcvbn::zxcvbn(&password.0, &known);
    if judged.score() >= Score::Three {
        return None;
    }
    let warning = judged.feedback().and_then(|feedback| feedback.warning());
    Some(warning.map_or(PasswordWeakness::Guessable, of_warning))
}

fn of_warning(warning: Warning) -> PasswordWeakness {
    match warning {
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => PasswordWeakness::Common,
        Warning::StraightRowsOfKeysAreEasyToGuess
        | Warning::ShortKeyboardPatternsAreEasyToGuess
        | Warning::RepeatsLikeAaaAreEasyToGuess
        | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess
        | Warning::SequencesLikeAbcAreEasyToGuess
        | Warning::RecentYearsAreEasyToGuess
        | Warning::DatesAreOftenEasyToGuess => PasswordWeakness::Pattern,
        Warning::AWordByItselfIsEasyToGuess
        | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => PasswordWeakness::Word,
    }
}

/// Hashes a password that somebody chose, in PHC form. Blocks for some 30 ms.
pub fn hash_new(password: &Secret) -> Result<String, PasswordError> {
    if password.0.chars().count() < CHARS_MIN {
        return Err(PasswordError::Short);
    }
    if password.0.len() > BYTES_MAX {
        return Err(PasswordError::Long);
    }
    hash(password)
}

fn hash(password: &Secret) -> Result<String, PasswordError> {
    let salt: [u8; 16] =
        ring::rand::generate(&ring::rand::SystemRandom::new()).map_err(|_| PasswordError::Failed)?.expose();
    let salt = SaltString::encode_b64(&salt).map_err(|_| PasswordError::Failed)?;
    let hash = Argon2::default().hash_password(password.0.as_bytes(), &salt).map_err(|_| PasswordError::Failed)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn the_right_one_is_right_and_nothing_else() {
        let passwords = Passwords::new().unwrap();
        let stored = hash_new(&Secret("correct horse".into())).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let check = |text: &str, stored: Option<String>| passwords.check(Secret(text.into()), stored);
        assert_eq!(check("correct horse", Some(stored.clone())).await, Ok(true));
        assert_eq!(check("Correct horse", Some(stored.clone())).await, Ok(false));
        assert_eq!(check("correct horse", None).await, Ok(false));
        assert_eq!(check("the password of nobody", None).await, Ok(false));
        assert_eq!(check("correct horse", Some("damaged".into())).await, Ok(false));
        assert_eq!(check(&"x".repeat(2000), Some(stored)).await, Ok(false));
    }

    #[tokio::test]
    async fn what_guessers_try_first_is_no_new_password() {
        let passwords = Passwords::new().unwrap();
        let known = vec!["anna.berg@acme.example".to_owned(), "Anna Berg".to_owned(), "Acme".to_owned()];
        let choose = |text: &str| passwords.choose(Secret(text.into()), known.clone());
        for (text, weak) in [
            ("tulip47", Some(PasswordWeakness::TooShort)),
            ("password1", Some(PasswordWeakness::Common)),
            ("abcdefgh", None),
        ] {
            let refused = choose(text).await.unwrap().unwrap_err();
            assert!(weak.is_none_or(|weak| weak == refused), "{text}: {refused:?}");
        }
        assert!(choose("Anna Berg").await.unwrap().is_err(), "known of the rep");
        assert_eq!(choose(&"xy7!".repeat(300)).await.unwrap(), Err(PasswordWeakness::TooLong));
        let stored = choose("harbour-Tulip-47-lantern").await.unwrap().unwrap();
        assert_eq!(passwords.check(Secret("harbour-Tulip-47-lantern".into()), Some(stored)).await, Ok(true));
    }

    #[test]
    fn weak_and_endless_ones_are_refused() {
        assert_eq!(hash_new(&Secret("short".into())), Err(PasswordError::Short));
        assert_eq!(hash_new(&Secret("x".repeat(1025))), Err(PasswordError::Long));
    }
}
