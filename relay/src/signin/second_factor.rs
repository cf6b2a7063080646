//! The second factor at the desk: asked for where a rep has one, offered where the account wants one, switched on and off by
//! a rep who is signed in.
//!
//! Whoever does not know the password learns nothing here: all of it comes after the password was found right. A wrong code
//! counts as a wrong password does.

use super::attempts::Whose;
use super::{NotSignedIn, SignIns};
use crate::clock::unix_s;
use crate::hub::{AddressKey, AuditKind, AuditLine, RepIdentity, system_random};
use crate::recovery;
use crate::store::{FactorStanding, Rep, StoreError};
use crate::totp::{self, NO_STEP, TotpSecret};
use lotse_protocol::control::{FromRelay, SecondFactor, Secret, SignInFailure};

/// What somebody shows beside the password.
#[derive(Debug, Clone)]
pub enum Proof {
    Nothing,
    /// A code of the app, or a recovery code.
    Code(Secret),
    /// The first code of the second factor that was offered last.
    FirstCode(Secret),
}

/// What a rep who is signed in wants of the second factor.
#[derive(Debug, Clone)]
pub enum FactorWish {
    /// To be offered one; this is the password.
    SetUp(Secret),
    /// To have what was offered; this is its first code.
    Prove(Secret),
    /// To have none any more.
    Remove(Both),
    /// To have other recovery codes; those of before are void then.
    RenewCodes(Both),
}

/// What changes a second factor that is on: a console that was left open is not enough.
#[derive(Debug, Clone)]
pub struct Both {
    pub password: Secret,
    /// Of the app, or a recovery code.
    pub code: Secret,
}

/// How a rep got past the second factor, and what is to be told of it.
#[derive(Debug, Clone, Default)]
pub struct Passed {
    pub second_factor: SecondFactor,
    /// Made just now; told once.
    pub recovery_codes: Vec<Secret>,
}

impl Passed {
    /// What a program is told. Nothing, if there is no second factor.
    pub fn said(self) -> Vec<FromRelay> {
        let Self { second_factor, recovery_codes } = self;
        let codes = (!recovery_codes.is_empty()).then_some(FromRelay::RecoveryCodes { codes: recovery_codes });
        let stands = second_factor.on.then_some(FromRelay::SecondFactor(second_factor));
        codes.into_iter().chain(stands).collect()
    }
}

impl SignIns {
    /// Past the second factor, or why not. `rep` has shown the right password, and the attempt still counts.
    pub(super) async fn pass(&self, rep: &Rep, whose: &Whose, proof: Proof) -> Result<Passed, NotSignedIn> {
        let standing = match self.standing(rep.id).await {
            Ok(standing) => standing,
            Err(error) => {
                self.attempts.lock().take_back(whose);
                return Err(error.into());
            }
        };
        match (&standing.factor, proof) {
            (Some(_), Proof::Code(code)) => self.check_code(rep, whose, &standing, &code).await,
            (Some(_), Proof::Nothing | Proof::FirstCode(_)) => {
                self.attempts.lock().take_back(whose);
                Err(SignInFailure::SecondFactorWanted.into())
            }
            (None, Proof::FirstCode(code)) => {
                let of = (rep.account, rep.id);
                match self.enrol(of, &standing, &code).await {
                    Ok(passed) => Ok(passed),
                    Err(NotSignedIn::Failure(SignInFailure::WrongCode)) => Err(self.wrong_code(rep, whose).await),
                    Err(other) => {
                        self.attempts.lock().take_back(whose);
                        Err(other)
                    }
                }
            }
            (None, Proof::Nothing | Proof::Code(_)) if standing.required => {
                self.attempts.lock().take_back(whose);
                Err(NotSignedIn::Offered { uri: self.offer(rep.id, &standing)? })
            }
            (None, Proof::Nothing | Proof::Code(_)) => Ok(Passed::default()),
        }
    }

    /// Does what a rep who is signed in wants of the second factor. What the program is told then.
    pub async fn change_second_factor(
        &self,
        address: AddressKey,
        rep: &RepIdentity,
        wish: FactorWish,
    ) -> Result<Vec<FromRelay>, NotSignedIn> {
        match wish {
            FactorWish::SetUp(password) => self.set_up_second_factor(address, rep, password).await,
            FactorWish::Prove(code) => self.prove_second_factor(rep, &code).await,
            FactorWish::Remove(both) => self.remove_second_factor(address, rep, both).await,
            FactorWish::RenewCodes(both) => self.renew_recovery_codes(address, rep, both).await,
        }
    }

    /// Offers a second factor to a rep who is signed in and knows the password.
    async fn set_up_second_factor(
        &self,
        address: AddressKey,
        rep: &RepIdentity,
        password: Secret,
    ) -> Result<Vec<FromRelay>, NotSignedIn> {
        let standing = self.standing(rep.rep).await?;
        let (_, whose) = self.known_again(address, rep, &standing, password).await?;
        // The password alone forgives no wrong code.
        self.attempts.lock().take_back(&whose);
        if standing.factor.is_some() {
            return Ok(Passed { second_factor: told(&standing), ..Passed::default() }.said());
        }
        Ok(vec![FromRelay::SecondFactorOffered { uri: self.offer(rep.rep, &standing)? }])
    }

    /// Switches on what a signed-in rep was offered. A code that is wrong costs nothing: the secret is the rep's own to see.
    /// Without an offer that stands there is no new one, for that takes the password.
    async fn prove_second_factor(&self, rep: &RepIdentity, code: &Secret) -> Result<Vec<FromRelay>, NotSignedIn> {
        let standing = self.standing(rep.rep).await?;
        if self.offers.lock().of(self.clock.now_ms(), rep.rep).is_none() {
            return Ok(vec![FromRelay::SecondFactor(told(&standing))]);
        }
        Ok(self.enrol((rep.account, rep.rep), &standing, code).await?.said())
    }

    /// Switches off the second factor of a rep who is signed in.
    async fn remove_second_factor(
        &self,
        address: AddressKey,
        rep: &RepIdentity,
        both: Both,
    ) -> Result<Vec<FromRelay>, NotSignedIn> {
        let standing = self.standing(rep.rep).await?;
        if standing.required {
            return Err(SignInFailure::SecondFactorMustBeSetUp.into());
        }
        if standing.factor.is_some() {
            self.check_both(address, rep, &standing, both).await?;
            if self.store.remove_second_factor(rep.rep).await? {
                self.note(AuditKind::SecondFactorRemoved, (rep.account, rep.rep), "by the rep");
            }
        }
        Ok(vec![FromRelay::SecondFactor(SecondFactor::default())])
    }

    /// Other recovery codes for a rep who is signed in.
    async fn renew_recovery_codes(
        &self,
        address: AddressKey,
        rep: &RepIdentity,
        both: Both,
    ) -> Result<Vec<FromRelay>, NotSignedIn> {
        let standing = self.standing(rep.rep).await?;
        let none = || vec![FromRelay::SecondFactor(SecondFactor::default())];
        if standing.factor.is_none() {
            return Ok(none());
        }
        self.check_both(address, rep, &standing, both).await?;
        let codes = recovery::draw(system_random().as_mut()).ok_or_else(no_randomness)?;
        let hashes: Vec<_> = codes.iter().map(recovery::hash).collect();
        if !self.store.renew_recovery_codes(rep.rep, &hashes).await? {
            // Taken away in this very moment.
            return Ok(none());
        }
        self.note(AuditKind::SecondFactorEnrolled, (rep.account, rep.rep), "new recovery codes");
        Ok(with_codes(standing.required, codes).said())
    }

    /// Whoever is signed in shows the password once more. The attempt goes on counting, as it does at a sign-in.
    async fn known_again(
        &self,
        address: AddressKey,
        rep: &RepIdentity,
        standing: &FactorStanding,
        password: Secret,
    ) -> Result<(Rep, Whose), NotSignedIn> {
        let (known, whose) = self.known_by_password(address, &standing.user, password).await?;
        if known.id != rep.rep {
            // The user ID became somebody else's in this very moment.
            self.attempts.lock().take_back(&whose);
            return Err(SignInFailure::WrongIdOrPassword.into());
        }
        Ok((known, whose))
    }

    /// Password and code of a rep who is signed in.
    async fn check_both(
        &self,
        address: AddressKey,
        rep: &RepIdentity,
        standing: &FactorStanding,
        both: Both,
    ) -> Result<(), NotSignedIn> {
        let Both { password, code } = both;
        let (known, whose) = self.known_again(address, rep, standing, password).await?;
        self.check_code(&known, &whose, standing, &code).await?;
        self.attempts.lock().was_right(&whose);
        Ok(())
    }

    /// What a program is told of a rep's second factor when it takes up a sign-in.
    pub(super) async fn told_again(&self, rep: i64) -> Result<Passed, StoreError> {
        Ok(Passed { second_factor: told(&self.standing(rep).await?), ..Passed::default() })
    }

    async fn standing(&self, rep: i64) -> Result<FactorStanding, StoreError> {
        // A rep who is gone has none, and is stopped by whatever comes next.
        let none = FactorStanding { user: String::new(), required: false, factor: None };
        Ok(self.store.second_factor(rep).await?.unwrap_or(none))
    }

    fn offer(&self, rep: i64, standing: &FactorStanding) -> Result<Secret, StoreError> {
        let secret = TotpSecret::draw(system_random().as_mut()).ok_or_else(no_randomness)?;
        let uri = secret.uri(&standing.user);
        self.offers.lock().offer(self.clock.now_ms(), rep, secret);
        Ok(uri)
    }

    /// Keeps the second factor that was offered, if this is a code of it. Without an offer that stands there is a new one.
    async fn enrol(&self, of: (i64, i64), standing: &FactorStanding, code: &Secret) -> Result<Passed, NotSignedIn> {
        let (_, rep) = of;
        let offered = self.offers.lock().of(self.clock.now_ms(), rep);
        let Some(secret) = offered else {
            return Err(NotSignedIn::Offered { uri: self.offer(rep, standing)? });
        };
        let now_s = unix_s();
        let step = totp::digits(&code.0).and_then(|code| secret.step_of(&code, now_s, NO_STEP));
        let Some(step) = step else { return Err(SignInFailure::WrongCode.into()) };
        let codes = recovery::draw(system_random().as_mut()).ok_or_else(no_randomness)?;
        let hashes: Vec<_> = codes.iter().map(recovery::hash).collect();
        self.offers.lock().forget(rep);
        if !self.store.add_second_factor(rep, &secret, step, &hashes, now_s).await? {
            // Set up elsewhere in this very moment: that one holds.
            return Err(SignInFailure::SecondFactorWanted.into());
        }
        self.note(AuditKind::SecondFactorEnrolled, of, "");
        Ok(with_codes(standing.required, codes))
    }

    async fn check_code(
        &self,
        rep: &Rep,
        whose: &Whose,
        standing: &FactorStanding,
        code: &Secret,
    ) -> Result<Passed, NotSignedIn> {
        let used = match totp::digits(&code.0) {
            Some(digits) => self.use_code(rep.id, standing, &digits).await,
            None => self.use_recovery_code(rep, standing, code).await,
        };
        match used {
            Ok(Some(second_factor)) => Ok(Passed { second_factor, ..Passed::default() }),
            Ok(None) => Err(self.wrong_code(rep, whose).await),
            Err(error) => {
                self.attempts.lock().take_back(whose);
                Err(error.into())
            }
        }
    }

    async fn use_code(
        &self,
        rep: i64,
        standing: &FactorStanding,
        code: &str,
    ) -> Result<Option<SecondFactor>, StoreError> {
        let step = standing.factor.as_ref().and_then(|factor| factor.secret.step_of(code, unix_s(), factor.last_step));
        let Some(step) = step else { return Ok(None) };
        Ok(self.store.use_code(rep, step).await?.then(|| told(standing)))
    }

    async fn use_recovery_code(
        &self,
        rep: &Rep,
        standing: &FactorStanding,
        code: &Secret,
    ) -> Result<Option<SecondFactor>, StoreError> {
        let Some(left) = self.store.use_recovery_code(rep.id, recovery::hash(code)).await? else { return Ok(None) };
        self.note(AuditKind::RecoveryCodeUsed, (rep.account, rep.id), &format!("{left} left"));
        Ok(Some(SecondFactor { recovery_codes_left: left, recovery_code_used: true, ..told(standing) }))
    }

    /// Notes a wrong code. The failure to answer with.
    async fn wrong_code(&self, rep: &Rep, whose: &Whose) -> NotSignedIn {
        self.note(AuditKind::SecondFactorFailed, (rep.account, rep.id), "");
        match self.was_wrong(whose, &rep.user).await {
            Ok(()) => SignInFailure::WrongCode.into(),
            Err(error) => error.into(),
        }
    }

    /// `of` are the account's row and the rep's.
    fn note(&self, kind: AuditKind, of: (i64, i64), detail: &str) {
        let (account, rep) = (Some(of.0), Some(of.1));
        self.audit.write(AuditLine { account, rep, detail: detail.to_owned(), ..AuditLine::new(kind) });
    }
}

/// A second factor that is on, with recovery codes that were made just now.
fn with_codes(required: bool, codes: Vec<Secret>) -> Passed {
    let recovery_codes_left = u32::try_from(codes.len()).unwrap_or(u32::MAX);
    let second_factor = SecondFactor { on: true, required, recovery_codes_left, recovery_code_used: false };
    Passed { second_factor, recovery_codes: codes }
}

fn told(standing: &FactorStanding) -> SecondFactor {
    SecondFactor {
        on: standing.factor.is_some(),
        required: standing.required,
        recovery_codes_left: standing.factor.as_ref().map_or(0, |factor| factor.recovery_codes_left),
        recovery_code_used: false,
    }
}

fn no_randomness() -> StoreError {
    StoreError::Other("the system has no randomness".into())
}
