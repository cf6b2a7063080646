//! Signing in to the relay's pages: the same desk and the same books as for consoles, and operators, too.

use super::attempts::Whose;
use super::{Attempt, BUSY_WAIT_S, NotSignedIn, SignIns, normal_user};
use crate::hub::{AddressKey, AuditKind, AuditLine};
use crate::password::{PasswordError, Passwords};
use crate::store::web::{Holder, Operator};
use crate::store::{Rep, user_hash};
use lotse_protocol::control::{Secret, SignInFailure};

/// Whose user ID and password were right, before it is decided what they may see.
pub enum Known {
    Rep(Box<Rep>),
    Operator(Operator),
}

impl SignIns {
    /// By all that somebody came with, as at consoles. Operators have a password alone. Without `operators`, there are none:
    /// whoever tries one's password learns nothing of it.
    pub async fn for_pages(
        &self,
        address: AddressKey,
        attempt: Attempt,
        operators: bool,
    ) -> Result<Known, NotSignedIn> {
        let normal = normal_user(&attempt.user).ok_or(SignInFailure::NotAnEmail)?;
        if operators
            && attempt.new_password.is_none()
            && let Some(operator) = self.store.operator_by_user(&normal).await?
        {
            return self.operator_by_password(address, operator, attempt.password).await.map(Known::Operator);
        }
        let (mut rep, hash, _) = self.admit(address, attempt).await?;
        rep.password_hash = hash;
        Ok(Known::Rep(Box::new(rep)))
    }

    /// Whether whoever is signed in knows their password, before what somebody else could do at a page that stands open. Wrong
    /// ones count as at a sign-in.
    pub async fn confirm(
        &self,
        address: AddressKey,
        (holder, user): (Holder, &str),
        password: Secret,
    ) -> Result<(), NotSignedIn> {
        match holder {
            Holder::Operator(_) => {
                let operator = self.store.operator_by_user(user).await?;
                let operator = operator.ok_or(SignInFailure::WrongIdOrPassword)?;
                self.operator_by_password(address, operator, password).await.map(drop)
            }
            Holder::Rep(_) => {
                let (_, whose) = self.known_by_password(address, user, password).await?;
                self.attempts.lock().was_right(&whose);
                Ok(())
            }
        }
    }

    /// The hash of a password that somebody chose for themselves, if it is a strong one.
    pub async fn chosen(&self, password: Secret, known: Vec<String>) -> Result<String, SignInFailure> {
        match self.passwords.choose(password, known).await {
            Ok(Ok(hash)) => Ok(hash),
            Ok(Err(weak)) => Err(SignInFailure::NewPasswordRefused(weak)),
            Err(PasswordError::Busy | PasswordError::Short | PasswordError::Long | PasswordError::Failed) => {
                Err(SignInFailure::TooMany { wait_s: BUSY_WAIT_S })
            }
        }
    }

    /// What hashes and checks, for passwords that are drawn.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// As for reps.
    async fn operator_by_password(
        &self,
        address: AddressKey,
        operator: Operator,
        password: Secret,
    ) -> Result<Operator, NotSignedIn> {
        let whose = Whose { user: user_hash(&operator.user).0, address };
        self.begin(&whose, &operator.user).await?;
        match self.passwords.check(password, Some(operator.password_hash.clone())).await {
            Ok(true) => {
                self.attempts.lock().was_right(&whose);
                Ok(operator)
            }
            Ok(false) => {
                let detail = operator.user.clone();
                self.audit.write(AuditLine { detail, ..AuditLine::new(AuditKind::SignInFailed) });
                self.was_wrong(&whose, &operator.user).await?;
                Err(SignInFailure::WrongIdOrPassword.into())
            }
            Err(PasswordError::Busy | PasswordError::Short | PasswordError::Long | PasswordError::Failed) => {
                self.attempts.lock().take_back(&whose);
                Err(SignInFailure::TooMany { wait_s: BUSY_WAIT_S }.into())
            }
        }
    }
}
