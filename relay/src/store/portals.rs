//! Portals: the pages by which an account's customers come.

use super::StoreError;
use crate::hub::Routes;

/// Portals of one account.
pub const PORTALS_PER_ACCOUNT: i64 = 100;

/// A portal as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    pub id: i64,
    pub account: i64,
    pub account_name: String,
    /// Part of the address: lower-case letters, digits, dashes, 1 to 40.
    pub slug: String,
    pub name: String,
    /// Its own language or the account's, `en` or `de`: for customers whose browser says neither.
    pub language: String,
    /// A few words of the account under the title; may be empty.
    pub greeting: String,
    /// Whom to ask where nobody is there; may be empty.
    pub contact: String,
}

/// A portal as its operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPortal {
    pub portal: Portal,
    /// Name of the team it leads to; `None`: every rep of the account.
    pub team: Option<String>,
    /// Its account is active, so it is there for customers.
    pub active: bool,
}

/// A portal to be added.
#[derive(Debug, Clone)]
pub struct NewPortal {
    pub account: String,
    pub slug: String,
    pub name: String,
    pub greeting: String,
    /// `None`: the account's.
    pub language: Option<&'static str>,
    /// Name of a team of the account.
    pub team: Option<String>,
}

/// What changes in a portal; `None` leaves as it is.
#[derive(Debug, Clone, Default)]
pub struct PortalChange {
    pub name: Option<String>,
    pub greeting: Option<String>,
    /// The inner `None`: the account's.
    pub language: Option<Option<&'static str>>,
    /// The inner `None`: every rep of the account.
    pub team: Option<Option<String>>,
}

/// Storage of portals.
#[async_trait::async_trait]
pub trait PortalStore: Send + Sync {
    /// Adds a portal. The account's row and the portal's.
    async fn add_portal(&self, portal: NewPortal, now_s: i64) -> Result<(i64, i64), StoreError>;
    /// Changes the portal of this address. The account's row and the portal's.
    async fn change_portal(&self, slug: &str, change: PortalChange) -> Result<(i64, i64), StoreError>;
    /// Removes a portal with the questions that wait there; messages stay. The account's row and the portal's.
    async fn remove_portal(&self, slug: &str) -> Result<(i64, i64), StoreError>;
    /// All, by account and address.
    async fn portals(&self) -> Result<Vec<ListedPortal>, StoreError>;
    /// The portal of this address, if its account is active.
    async fn portal_by_slug(&self, slug: &str) -> Result<Option<Portal>, StoreError>;
    /// Which portals of active accounts there are, and whom they lead to. Its version is that of the people.
    async fn routes(&self) -> Result<Routes, StoreError>;
}
