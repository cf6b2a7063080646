//! What each account has paid for: features with their dates and limits.

use super::StoreError;
use lotse_protocol::licence::{LIFETIME_S, Licence, LicenceError, Term};
use std::collections::BTreeMap;

/// An account's name and contact at their longest, in bytes: 80 and 200 characters of four bytes each.
const NAME_BYTES: usize = 80 * 4;
const CONTACT_BYTES: usize = 200 * 4;

/// All that stands in one account's licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountTerms {
    pub account: i64,
    pub name: String,
    /// Whom its reps ask about features that are not licensed.
    pub contact: String,
    /// By the feature's name.
    pub terms: BTreeMap<String, Term>,
}

impl AccountTerms {
    /// The document of that moment, to be signed.
    ///
    /// # Errors
    /// There is more in it than any program would read.
    pub fn document(&self, now_s: i64) -> Result<Vec<u8>, LicenceError> {
        let Self { account, name, contact, terms } = self;
        let licence = Licence {
            account: *account,
            account_name: name.clone(),
            contact: contact.clone(),
            issued_s: now_s,
            expires_s: now_s.saturating_add(LIFETIME_S),
            features: terms.clone(),
        };
        licence.write()
    }

    /// Whether a document of it can be issued at any time.
    pub(super) fn can_be_issued(&self) -> bool {
        // With the longest moment, name and contact: neither the time nor a new contact makes it too long later.
        let (name, contact) = ("x".repeat(NAME_BYTES), "x".repeat(CONTACT_BYTES));
        Self { name, contact, ..self.clone() }.document(i64::MAX).is_ok()
    }
}

/// What changes in one feature of an account; `None` leaves as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TermChange {
    /// The account has the feature, or has it no more, dates and limits included. Naming anything else gives it as well.
    pub on: Option<bool>,
    /// The inner `None`: from ever.
    pub from_s: Option<Option<i64>>,
    /// The inner `None`: for ever.
    pub until_s: Option<Option<i64>>,
    /// By name; `None` takes the limit away.
    pub limits: BTreeMap<String, Option<u32>>,
}

/// Storage of licences. Every method is one transaction.
#[async_trait::async_trait]
pub trait Licences: Send + Sync {
    /// Grows with every change to what stands in licences, whoever makes it.
    async fn licences_version(&self) -> Result<i64, StoreError>;
    /// Every account's, with the version of that.
    async fn licences(&self) -> Result<(i64, Vec<AccountTerms>), StoreError>;
    /// That of the account of this name, without regard to case.
    async fn licence_of(&self, account: &str) -> Result<AccountTerms, StoreError>;
    /// Every feature that is known, by name.
    async fn known_features(&self) -> Result<Vec<String>, StoreError>;
    /// Makes a feature known that accounts do not have unless they are given it. False: it is known already, and stays with
    /// whoever has it.
    async fn know_feature(&self, feature: &str, now_s: i64) -> Result<bool, StoreError>;
    /// Changes one feature of the account of this name, without regard to case; how its licence stands then. What would
    /// make a licence that nobody could read is refused.
    async fn change_licence(
        &self,
        account: &str,
        feature: &str,
        change: TermChange,
    ) -> Result<AccountTerms, StoreError>;
}
