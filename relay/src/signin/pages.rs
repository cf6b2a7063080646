//! Signing in to the relay's pages: the same desk and the same books as for consoles, and operators, too.

use super::{BUSY_WAIT_S, NotSignedIn, SignIns, normal_user};
use crate::hub::{AddressKey, AuditKind, AuditLine};
use crate::password::{PasswordError, Passwords};
use crate::store::Rep;
use crate::store::web::Operator;
use crate::token::TokenHash;
use lotse_protocol::control::{PasswordWeakness, Secret, SignInFailure};

/// Whose user ID and password were right, before it is decided what they may see.
pub enum Known {
    Rep(Box<Rep>),
    Operator(Operator),
}

impl SignIns {
    /// By user and password. Whose password was set by somebody else is told to choose another.
    pub async fn for_pages(&self, address: AddressKey, user: &str, password: Secret) -> Result<Known, NotSignedIn> {
        let normal = normal_user(user).ok_or(SignInFailure::NotAnEmail)?;
        if let Some(operator) = self.store.operator_by_user(&normal).await? {
            return self.operator_by_password(address, operator, password).await.map(Known::Operator);
        }
        let rep = self.known_by_password(address, user, password).await?;
        if rep.must_change {
            return Err(SignInFailure::MustChangePassword.into());
        }
        Ok(Known::Rep(Box::new(rep)))
    }

    /// By user and password, for the last time with that password.
    pub async fn for_pages_with_new_password(
        &self,
        address: AddressKey,
        user: &str,
        password: Secret,
        new_password: Secret,
    ) -> Result<Known, NotSignedIn> {
        let same = password == new_password;
        let mut rep = self.known_by_password(address, user, password).await?;
        if same {
            return Err(SignInFailure::NewPasswordRefused(PasswordWeakness::Same).into());
        }
        let hash =
            self.chosen(new_password, vec![rep.user.clone(), rep.name.clone(), rep.account_name.clone()]).await?;
        if !self.store.choose_password(rep.id, &rep.password_hash, hash.clone()).await? {
            // Somebody set it in this very moment.
            return Err(SignInFailure::WrongIdOrPassword.into());
        }
        let kind = AuditKind::PasswordChanged;
        self.audit.write(AuditLine { account: Some(rep.account), rep: Some(rep.id), ..AuditLine::new(kind) });
        rep.password_hash = hash;
        Ok(Known::Rep(Box::new(rep)))
    }

    /// The hash of a password that somebody chose for themselves, if it is a strong one.
    pub async fn chosen(&self, password: Secret, known: Vec<String>) -> Result<String, NotSignedIn> {
        match self.passwords.choose(password, known).await {
            Ok(Ok(hash)) => Ok(hash),
            Ok(Err(weak)) => Err(SignInFailure::NewPasswordRefused(weak).into()),
            Err(PasswordError::Busy | PasswordError::Short | PasswordError::Long | PasswordError::Failed) => {
                Err(SignInFailure::TooMany { wait_s: BUSY_WAIT_S }.into())
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
        let key = TokenHash::of(&Secret(operator.user.clone())).0;
        if let Err(wait_s) = self.begin(&key, &address) {
            self.audit.write(AuditLine { detail: operator.user, ..AuditLine::new(AuditKind::SignInSlowed) });
            return Err(SignInFailure::TooMany { wait_s }.into());
        }
        match self.passwords.check(password, Some(operator.password_hash.clone())).await {
            Ok(true) => {
                self.slow.lock().succeed(&key, &address);
                Ok(operator)
            }
            Ok(false) => {
                self.audit.write(AuditLine { detail: operator.user, ..AuditLine::new(AuditKind::SignInFailed) });
                Err(SignInFailure::WrongIdOrPassword.into())
            }
            Err(PasswordError::Busy | PasswordError::Short | PasswordError::Long | PasswordError::Failed) => {
                self.slow.lock().take_back(&key, &address);
                Err(SignInFailure::TooMany { wait_s: BUSY_WAIT_S }.into())
            }
        }
    }
}
