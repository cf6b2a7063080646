//! Signing in: by password and, where there is one, a second factor, or again by the token of an earlier sign-in. Whose
//! password was set by somebody else chooses another first.
//!
//! Wrong attempts are slowed and then locked, by user and by address ([`attempts`]); a user's lock is in the store, so a
//! restart does not open it. Nothing here knows of a connection: whoever has a user and a password may come from anywhere.

mod attempts;
mod lockout;
mod offers;
mod pages;
mod second_factor;
#[cfg(test)]
mod tests;

pub use attempts::SignInLimits;
pub use pages::Known;
pub use second_factor::{Both, FactorWish, Passed, Proof};

use crate::audit::AuditTrail;
use crate::clock::{Clock, unix_s};
use crate::hub::{AddressKey, AuditKind, AuditLine, RepIdentity, system_random};
use crate::password::{PasswordError, Passwords};
use crate::store::{Rep, Store, StoreError, user_hash};
use crate::token::{self, TokenHash};
use attempts::{Attempts, TooOften, Whose};
use lotse_protocol::control::{FromRelay, PasswordWeakness, Secret, SignInFailure};
use offers::Offers;
use parking_lot::Mutex;
use std::sync::Arc;

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
    /// What is to be told of the second factor, before the greeting.
    pub passed: Passed,
}

/// What somebody comes with who has no token.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub user: String,
    pub password: Secret,
    /// To be known by from now on.
    pub new_password: Option<Secret>,
    pub proof: Proof,
}

/// Why nobody is signed in.
#[derive(Debug)]
pub enum NotSignedIn {
    Failure(SignInFailure),
    /// The account wants a second factor, and this one is offered: it goes on with a code of it ([`Proof::FirstCode`]).
    Offered {
        uri: Secret,
    },
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
    /// How long a user stays locked.
    lock_s: i64,
    attempts: Mutex<Attempts>,
    offers: Mutex<Offers>,
}

impl SignIns {
    /// A desk with empty books.
    pub fn new(
        store: Arc<dyn Store>,
        passwords: Passwords,
        audit: AuditTrail,
        clock: Clock,
        limits: &SignInLimits,
    ) -> Self {
        Self {
            store,
            passwords,
            audit,
            clock,
            lock_s: i64::from(limits.lock_s),
            attempts: Mutex::new(Attempts::new(limits)),
            offers: Mutex::default(),
        }
    }

    /// By user and password.
    pub async fn by_password(
        &self,
        address: AddressKey,
        user: &str,
        password: Secret,
    ) -> Result<SignedIn, NotSignedIn> {
        let attempt = Attempt { user: user.to_owned(), password, new_password: None, proof: Proof::Nothing };
        self.attempt(address, attempt).await
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
        let new_password = Some(new_password);
        let attempt = Attempt { user: user.to_owned(), password, new_password, proof: Proof::Nothing };
        self.attempt(address, attempt).await
    }

    /// By all that somebody came with. What is missing is asked for, one thing at a time: a password of the rep's own, then
    /// the second factor. Nothing is changed or used up before all of it is there.
    pub async fn attempt(&self, address: AddressKey, attempt: Attempt) -> Result<SignedIn, NotSignedIn> {
        let (rep, hash, passed) = self.admit(address, attempt).await?;
        self.enter(rep, &hash, passed).await
    }

    /// Whoever has shown all that is asked for, with the hash of the password that holds from now on.
    async fn admit(&self, address: AddressKey, attempt: Attempt) -> Result<(Rep, String, Passed), NotSignedIn> {
        let Attempt { user, password, new_password, proof } = attempt;
        let same = new_password.as_ref() == Some(&password);
        let (rep, whose) = self.known_by_password(address, &user, password).await?;
        let new_hash = match self.judge(&rep, new_password, same).await {
            Ok(new_hash) => new_hash,
            Err(failure) => {
                self.attempts.lock().take_back(&whose);
                return Err(failure.into());
            }
        };
        let passed = self.pass(&rep, &whose, proof).await?;
        self.attempts.lock().was_right(&whose);
        let hash = match new_hash {
            None => rep.password_hash.clone(),
            Some(new_hash) => self.change_password(&rep, new_hash).await?,
        };
        Ok((rep, hash, passed))
    }

    /// The hash of the password that is chosen, if one is. `same`: it is the one of before.
    async fn judge(
        &self,
        rep: &Rep,
        new_password: Option<Secret>,
        same: bool,
    ) -> Result<Option<String>, SignInFailure> {
        let Some(new_password) = new_password else {
            return if rep.must_change { Err(SignInFailure::MustChangePassword) } else { Ok(None) };
        };
        if same {
            return Err(SignInFailure::NewPasswordRefused(PasswordWeakness::Same));
        }
        let known = vec![rep.user.clone(), rep.name.clone(), rep.account_name.clone()];
        self.chosen(new_password, known).await.map(Some)
    }

    async fn change_password(&self, rep: &Rep, hash: String) -> Result<String, NotSignedIn> {
        if !self.store.choose_password(rep.id, &rep.password_hash, hash.clone()).await? {
            // Somebody set it in this very moment.
            return Err(SignInFailure::WrongIdOrPassword.into());
        }
        let kind = AuditKind::PasswordChanged;
        self.audit.write(AuditLine { account: Some(rep.account), rep: Some(rep.id), ..AuditLine::new(kind) });
        Ok(hash)
    }

    /// Whose user and password these are, if they may sign in. The attempt goes on counting against them until it is said to
    /// have been right, or to have been none.
    async fn known_by_password(
        &self,
        address: AddressKey,
        user: &str,
        password: Secret,
    ) -> Result<(Rep, Whose), NotSignedIn> {
        let user = normal_user(user).ok_or(SignInFailure::NotAnEmail)?;
        let whose = Whose { user: user_hash(&user).0, address };
        self.begin(&whose, &user).await?;
        let rep = match self.store.rep_by_user(&user).await {
            Ok(rep) => rep,
            Err(error) => {
                self.attempts.lock().take_back(&whose);
                return Err(error.into());
            }
        };
        let stored = rep.as_ref().map(|rep| rep.password_hash.clone());
        let right = match self.passwords.check(password, stored).await {
            Ok(right) => right,
            Err(PasswordError::Busy | PasswordError::Short | PasswordError::Long | PasswordError::Failed) => {
                self.attempts.lock().take_back(&whose);
                return Err(SignInFailure::TooMany { wait_s: BUSY_WAIT_S }.into());
            }
        };
        let Some(rep) = rep.filter(|_| right) else {
            self.audit.write(AuditLine { detail: user.clone(), ..AuditLine::new(AuditKind::SignInFailed) });
            self.was_wrong(&whose, &user).await?;
            return Err(SignInFailure::WrongIdOrPassword.into());
        };
        if !rep.active {
            self.attempts.lock().take_back(&whose);
            return Err(SignInFailure::AccountNotActive.into());
        }
        Ok((rep, whose))
    }

    /// Counts an attempt, unless there were too many: then it is not looked at, however right it may be.
    async fn begin(&self, whose: &Whose, user: &str) -> Result<(), NotSignedIn> {
        let begun = match self.locked_for_s(whose).await? {
            Some(wait_s) => Err(TooOften::UserLocked(wait_s)),
            None => self.attempts.lock().begin(self.clock.now_ms(), whose),
        };
        let Err(too_often) = begun else { return Ok(()) };
        self.audit.write(AuditLine { detail: user.to_owned(), ..AuditLine::new(AuditKind::SignInSlowed) });
        let failure = match too_often {
            TooOften::Slowed(wait_s) => SignInFailure::TooMany { wait_s },
            TooOften::UserLocked(wait_s) => SignInFailure::Locked { wait_s },
            TooOften::AddressLocked(wait_s) => SignInFailure::AddressLocked { wait_s },
        };
        Err(failure.into())
    }

    /// For how long the store has this user locked.
    async fn locked_for_s(&self, whose: &Whose) -> Result<Option<u64>, StoreError> {
        let now_s = unix_s();
        let until_s = self.store.locked_until(TokenHash(whose.user), now_s).await?;
        let left_s = until_s.map(|until_s| until_s.saturating_sub(now_s));
        // More is left than a lock ever lasts: the clock was set back.
        Ok(left_s.filter(|left_s| *left_s <= self.lock_s).and_then(|left_s| u64::try_from(left_s).ok()))
    }

    /// Notes a wrong attempt, and locks whoever has made too many.
    async fn was_wrong(&self, whose: &Whose, user: &str) -> Result<(), StoreError> {
        let locked = self.attempts.lock().was_wrong(self.clock.now_ms(), whose);
        let lock_s = self.lock_s;
        if locked.address {
            let detail = format!("an address, for {lock_s} s, last with {user}");
            self.audit.write(AuditLine { detail, ..AuditLine::new(AuditKind::SignInLocked) });
        }
        if locked.user {
            let detail = format!("{user}, for {lock_s} s");
            self.audit.write(AuditLine { detail, ..AuditLine::new(AuditKind::SignInLocked) });
            let now_s = unix_s();
            // Until it is stored it holds here; then only there, so that it can be opened there.
            self.store.lock_user(TokenHash(whose.user), now_s.saturating_add(lock_s), now_s).await?;
            self.attempts.lock().open_user(&whose.user);
        }
        Ok(())
    }

    /// A new sign-in of a rep whose password was just found right, which takes a while. `password_hash` is that password's: one
    /// that was set anew since then must not let in whoever came with the old one, nor may whoever was suspended meanwhile.
    async fn enter(&self, rep: Rep, password_hash: &str, passed: Passed) -> Result<SignedIn, NotSignedIn> {
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
        Ok(signed_in(sign_in, rep, token, passed))
    }

    /// By the token of an earlier sign-in. It stays the same, so that a lost answer signs nobody out.
    pub async fn by_token(&self, token: Secret) -> Result<SignedIn, NotSignedIn> {
        let found = self.store.use_sign_in(TokenHash::of(&token), unix_s()).await?;
        let (sign_in, rep) = found.ok_or(SignInFailure::SignInAgain)?;
        if !rep.active {
            return Err(SignInFailure::AccountNotActive.into());
        }
        let passed = self.told_again(rep.id).await?;
        Ok(signed_in(sign_in, rep, token, passed))
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
}

fn signed_in(sign_in: i64, rep: Rep, token: Secret, passed: Passed) -> SignedIn {
    let greeting =
        FromRelay::SignedIn { token, rep: rep.name.clone(), account: rep.account_name.clone(), contact: rep.contact };
    SignedIn {
        seats: rep.seats,
        rep: RepIdentity { sign_in, rep: rep.id, account: rep.account, name: rep.name, account_name: rep.account_name },
        greeting,
        passed,
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
