//! What each account has paid for: features with their dates and limits.

use super::StoreError;
use lotse_protocol::licence::Term;
use std::collections::BTreeMap;

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
    /// Changes one feature of the account of this name, without regard to case; how its licence stands then.
    async fn change_licence(
        &self,
        account: &str,
        feature: &str,
        change: TermChange,
    ) -> Result<AccountTerms, StoreError>;
}
