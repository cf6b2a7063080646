//! Signing in: by password, slowed by user and by address, or again by the token of an earlier sign-in. Whose password was
//! set by somebody else chooses another first.

mod pages;

pub use pages::Known;

use crate::audit::AuditTrail;
use crate::clock::{Clock, unix_s};
use crate::hub::{AddressKey, AuditKind, AuditLine, RepIdentity, Slowdown, system_random};
use crate::password::{PasswordError, Passwords};
use crate::store::{Rep, Store, StoreError};
use crate::token::{self, TokenHash};
use lotse_protocol::control::{FromRelay, PasswordWeakness, Secret, SignInFailure};
use parking_lot::Mutex;
use std::sync::Arc;

/// Wrong passwords that cost a user nothing.
const FREE_BY_USER: u32 = 5;
/// Wrong passwords that cost an address nothing: an office has one address.
const FREE_BY_ADDRESS: u32 = 20;
/// Users and addresses remembered (about 150 bytes each).
const REMEMBERED_MAX: usize = 50_000;
/// An e-mail address has at most so many bytes (RFC 5321, 4.5.3.1.3).
const USER_BYTES_MAX: usize = 254;
/// Said to wait when too many sign in at once.
const BUSY_WAIT_S: u64 = 5;

/// A sign-in that stands.
#[derive(Debug)]
pub struct SignedIn {
    pub rep: RepIdentity,
    /// The account's.
    pub seats: Option<u32>,
    /// `FromRelay::SignedIn`.
    pub greeting: FromRelay,
}

/// Why nobody is signed in.
#[derive(Debug)]
pub enum NotSignedIn {
    Failure(SignInFailure),
    /// Not the user's fault; what to tell is in `TROUBLE`.
    Store(StoreError),
}

impl From<StoreError> for NotSignedIn {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SignInFailure> for NotSignedIn {
    fn from(failure: SignInFailure) -> Self {
        Self::Failure(failure)
    }
}

/// Said when the store cannot answer.
pub const TROUBLE: &str = "The relay cannot reach its database at the moment; try again in a minute.";

/// The desk where reps sign in.
pub struct SignIns {
    store: Arc<dyn Store>,
    passwords: Passwords,
    audit: AuditTrail,
    clock: Clock,
    slow: Mutex<Slow>,
}

struct Slow {
    by_user: Slowdown<[u8; 32]>,
    by_address: Slowdown<AddressKey>,
}

impl SignIns {
    /// A desk with empty books.
    pub fn new(store: Arc<dyn Store>, passwords: Passwords, audit: AuditTrail, clock: Clock) -> Self {
        let slow = Slow {
            by_user: Slowdown::new(FREE_BY_USER, REMEMBERED_MAX),
            by_address: Slowdown::new(FREE_BY_ADDRESS, REMEMBERED_MAX),
        };
        Self { store, passwords, audit, clock, slow: Mutex::new(slow) }
    }

    /// By user and password.
    pub async fn by_password(
        &self,
        address: AddressKey,
        user: &str,
        password: Secret,
    ) -> Result<SignedIn, NotSignedIn> {
        let rep = self.known_by_password(address, user, password).await?;
        if rep.must_change {
            return Err(SignInFailure::MustChangePassword.into());
        }
        let hash = rep.password_hash.clone();
        self.enter(rep, &hash).await
    }

    /// By user and password, for the last time with that password: from now on the new one is right, and the rep's sign-ins
    /// of before are over.
    pub async fn with_new_password(
        &self,
        address: AddressKey,
        user: &str,
        password: Secret,
        new_password: Secret,
    ) -> Result<SignedIn, NotSignedIn> {
        let same = password == new_password;
        let rep = self.known_by_password(address, user, password).await?;
        if same {
            return Err(SignInFailure::NewPasswordRefused(PasswordWeakness::Same).into());
        }
        let known = vec![rep.user.clone(), rep.name.clone(), rep.account_name.clone()];
        let hash = match self.passwords.choose(new_password, known).await {
            Ok(Ok(hash)) => hash,
            Ok(Err(weak)) => return Err(SignInFailure::NewPasswordRefused(weak).into()),
            Err(PasswordError::Busy | PasswordError::Short | PasswordError::Long | PasswordError::Failed) => {
                return Err(SignInFailure::TooMany { wait_s: BUSY_WAIT_S }.into());
            }
        };
        if !self.store.choose_password(rep.id, &rep.password_hash, hash.clone()).await? {
            // Somebody set it in this very moment.
            return Err(SignInFailure::WrongIdOrPassword.into());
        }
        let kind = AuditKind::PasswordChanged;
        self.audit.write(AuditLine { account: Some(rep.account), rep: Some(rep.id), ..AuditLine::new(kind) });
        self.enter(rep, &hash).await
    }

    /// Whose user and password these are, if they may sign in. Slowed by user and address.
    async fn known_by_password(&self, address: AddressKey, user: &str, password: Secret) -> Result<Rep, NotSignedIn> {
        let user = normal_user(user).ok_or(SignInFailure::NotAnEmail)?;
        // The books hold hashes: a list of who was attacked need not stand in memory.
        let key = TokenHash::of(&Secret(user.clone())).0;
        if let Err(wait_s) = self.begin(&key, &address) {
            self.audit.write(AuditLine { detail: user, ..AuditLine::new(AuditKind::SignInSlowed) });
            return Err(SignInFailure::TooMany { wait_s }.into());
        }
        let rep = self.store.rep_by_user(&user).await?;
        let stored = rep.as_ref().map(|rep| rep.password_hash.clone());
        let right = match self.passwords.check(password, stored).await {
            Ok(right) => right,
            Err(PasswordError::Busy | PasswordError::Short | PasswordError::Long | PasswordError::Failed) => {
                self.slow.lock().take_back(&key, &address);
                return Err(SignInFailure::TooMany { wait_s: BUSY_WAIT_S }.into());
            }
        };
        let Some(rep) = rep.filter(|_| right) else {
            self.audit.write(AuditLine { detail: user, ..AuditLine::new(AuditKind::SignInFailed) });
            return Err(SignInFailure::WrongIdOrPassword.into());
        };
        self.slow.lock().succeed(&key, &address);
        if rep.active { Ok(rep) } else { Err(SignInFailure::AccountNotActive.into()) }
    }

    /// A new sign-in of a rep whose password was just found right, which takes a while. `password_hash` is that password's: one
    /// that was set anew since then must not let in whoever came with the old one, nor may whoever was suspended meanwhile.
    async fn enter(&self, rep: Rep, password_hash: &str) -> Result<SignedIn, NotSignedIn> {
        let token = token::draw(system_random().as_mut())
            .ok_or_else(|| StoreError::Other("the system has no randomness".into()))?;
        let sign_in = self.store.add_sign_in(rep.id, TokenHash::of(&token), unix_s()).await?;
        let now = self.store.rep_by_user(&rep.user).await?.filter(|now| now.password_hash == password_hash);
        let failure = match &now {
            Some(now) if now.active => None,
            Some(_) => Some(SignInFailure::AccountNotActive),
            None => Some(SignInFailure::WrongIdOrPassword),
        };
        if let Some(failure) = failure {
            self.store.remove_sign_in(sign_in).await?;
            return Err(failure.into());
        }
        let line = AuditLine { account: Some(rep.account), rep: Some(rep.id), ..AuditLine::new(AuditKind::SignedIn) };
        self.audit.write(line);
        Ok(signed_in(sign_in, rep, token))
    }

    /// By the token of an earlier sign-in. It stays the same, so that a lost answer signs nobody out.
    pub async fn by_token(&self, token: Secret) -> Result<SignedIn, NotSignedIn> {
        let found = self.store.use_sign_in(TokenHash::of(&token), unix_s()).await?;
        let (sign_in, rep) = found.ok_or(SignInFailure::SignInAgain)?;
        if !rep.active {
            return Err(SignInFailure::AccountNotActive.into());
        }
        Ok(signed_in(sign_in, rep, token))
    }

    /// Whether a sign-in is still known and its rep and account active. Asked once the hub knows of it: a change of either
    /// before that would reach nobody.
    pub async fn stands(&self, sign_in: i64) -> Result<bool, StoreError> {
        self.store.sign_in_stands(sign_in).await
    }

    /// Forgets a sign-in.
    pub async fn out(&self, sign_in: i64) -> Result<(), StoreError> {
        self.store.remove_sign_in(sign_in).await
    }

    /// Counts the attempt before its outcome is known, so that a thousand at once are no thousand free ones. The error
    /// is the wait in seconds.
    fn begin(&self, user: &[u8; 32], address: &AddressKey) -> Result<(), u64> {
        let now_ms = self.clock.now_ms();
        let mut slow = self.slow.lock();
        let by_user = slow.by_user.check(now_ms, user);
        let by_address = slow.by_address.check(now_ms, address);
        if let (Err(wait_ms), _) | (_, Err(wait_ms)) = (by_user, by_address) {
            return Err(wait_ms.div_ceil(1000));
        }
        slow.by_user.fail(now_ms, user);
        slow.by_address.fail(now_ms, address);
        Ok(())
    }
}

impl Slow {
    fn succeed(&mut self, user: &[u8; 32], address: &AddressKey) {
        self.by_user.clear(user);
        // Not cleared: who has one account must not guess at others for free.
        self.by_address.forgive(address);
    }

    fn take_back(&mut self, user: &[u8; 32], address: &AddressKey) {
        self.by_user.forgive(user);
        self.by_address.forgive(address);
    }
}

fn signed_in(sign_in: i64, rep: Rep, token: Secret) -> SignedIn {
    let greeting =
        FromRelay::SignedIn { token, rep: rep.name.clone(), account: rep.account_name.clone(), contact: rep.contact };
    SignedIn {
        seats: rep.seats,
        rep: RepIdentity { sign_in, rep: rep.id, account: rep.account, name: rep.name, account_name: rep.account_name },
        greeting,
    }
}

/// A user ID as it is stored: trimmed, lower case. `None` if it has not the form of an e-mail address.
pub fn normal_user(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let odd = |character: char| character.is_whitespace() || character.is_control();
    let domain_ok = !domain.is_empty() && !domain.starts_with('.') && !domain.ends_with('.') && !domain.contains("..");
    let ok =
        !local.is_empty() && !local.contains('@') && domain_ok && text.len() <= USER_BYTES_MAX && !text.contains(odd);
    ok.then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_ids_have_the_form_of_an_email_address() {
        assert_eq!(normal_user(" Anna.Berg@Example.COM\n").as_deref(), Some("anna.berg@example.com"));
        assert_eq!(normal_user("ÄNNE@example.de").as_deref(), Some("änne@example.de"));
        for wrong in ["", "anna", "@example.com", "anna@", "a b@example.com", "a@b@c", "a@.de", "a@b..de", "a@\u{0}"] {
            assert_eq!(normal_user(wrong), None, "{wrong:?}");
        }
        assert_eq!(normal_user(&format!("{}@example.com", "a".repeat(300))), None);
    }
}
