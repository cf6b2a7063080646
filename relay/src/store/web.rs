//! What the pages keep and look up: operators, browsers that are signed in, and accounts and people as they are shown
//! and edited.
//!
//! Whoever edits says what they saw: a revision, which is a digest of it. If that is not what stands there any more,
//! nothing is changed, so that of two who edit the same thing neither undoes the other's unseen.

use super::{Account, AccountStatus, RepStatus, Role, StoreError};
use crate::token::{TokenHash, hex};
use lotse_protocol::control::Secret;

/// A browser's sign-in is over after so long, in seconds.
pub const WEB_SESSION_S: i64 = 12 * 3600;
/// And when nobody used it for so long, in seconds.
pub const WEB_SESSION_UNUSED_S: i64 = 30 * 60;
/// A use is noted at most so often, in seconds: not every look is a write.
pub const WEB_SESSION_NOTED_S: i64 = 60;
const _: () = assert!(WEB_SESSION_NOTED_S * 10 <= WEB_SESSION_UNUSED_S);

/// Whoever runs the relay.
#[derive(Clone, PartialEq, Eq)]
pub struct Operator {
    pub id: i64,
    pub user: String,
    pub name: String,
    pub password_hash: String,
}

/// An operator to be added.
#[derive(Clone)]
pub struct NewOperator {
    /// Lower case.
    pub user: String,
    pub name: String,
    pub password_hash: String,
}

/// Whose a browser's sign-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    Rep(i64),
    Operator(i64),
}

/// A browser's sign-in to be added.
#[derive(Clone)]
pub struct NewWebSession {
    pub token: TokenHash,
    pub holder: Holder,
    /// Of the password that was found right: one set anew since then lets nobody in.
    pub password_hash: String,
    pub address: String,
    pub agent: String,
}

/// A browser's sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSession {
    pub id: i64,
    pub created_s: i64,
    pub used_s: i64,
    pub address: String,
    pub agent: String,
}

/// Who asks for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebPerson {
    /// Of the browser's sign-in.
    pub session: i64,
    pub holder: Holder,
    pub user: String,
    pub name: String,
    /// A manager's account; `None` for an operator.
    pub account: Option<i64>,
}

/// A rep as a page shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: i64,
    pub account: i64,
    pub user: String,
    pub name: String,
    pub role: Role,
    pub status: RepStatus,
    pub must_change: bool,
    /// Of consoles.
    pub sign_ins: i64,
    /// When a console's sign-in was used last, in seconds since 1970, as far as one stands.
    pub used_s: Option<i64>,
}

/// Somebody to be added by a page.
#[derive(Clone)]
pub struct NewPerson {
    /// Lower case.
    pub user: String,
    pub name: String,
    pub role: Role,
    /// Of a password that somebody else chose: another is chosen at the first sign-in.
    pub password_hash: String,
}

/// What a page may change in a rep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonEdit {
    pub name: String,
    pub role: Role,
    pub status: RepStatus,
}

/// What a page may change in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEdit {
    pub status: AccountStatus,
    pub seats: Option<u32>,
    pub contact: String,
    /// `en` or `de`.
    pub language: &'static str,
    pub time_zone: String,
}

/// Edits that were made, or not since something else stands there than was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    Done,
    Outdated,
}

/// Storage of the pages. Every method is one transaction.
#[async_trait::async_trait]
pub trait Web: Send + Sync {
    /// All, by user.
    async fn operators(&self) -> Result<Vec<Operator>, StoreError>;
    /// By lower-case user.
    async fn operator_by_user(&self, user: &str) -> Result<Option<Operator>, StoreError>;
    /// Adds an operator. With `first` only if there is none. False: there is one of that user, or any; that a rep has the user
    /// is an error.
    async fn add_operator(&self, operator: NewOperator, first: bool, now_s: i64) -> Result<bool, StoreError>;
    /// False: there is none of that user.
    async fn remove_operator(&self, user: &str) -> Result<bool, StoreError>;
    /// Sets a password and ends the operator's browsers. False: there is none of that user.
    async fn set_operator_password(&self, user: &str, password_hash: String) -> Result<bool, StoreError>;

    /// Keeps a browser's sign-in. False: the password is another by now.
    async fn add_web_session(&self, session: NewWebSession, now_s: i64) -> Result<bool, StoreError>;
    /// Whose a token is, if they may still see pages: a rep is an active manager of an active account. With `noted` this is
    /// a use.
    async fn use_web_session(&self, token: TokenHash, noted: bool, now_s: i64)
    -> Result<Option<WebPerson>, StoreError>;
    /// The browsers of one, newest use first.
    async fn web_sessions(&self, of: Holder, now_s: i64) -> Result<Vec<WebSession>, StoreError>;
    /// Ends one of the holder's browsers. False: it is none of theirs.
    async fn end_web_session(&self, of: Holder, session: i64) -> Result<bool, StoreError>;

    async fn account_by_id(&self, account: i64) -> Result<Option<Account>, StoreError>;
    /// Changes an account if it stands as it was seen.
    async fn edit_account(&self, account: i64, seen: &str, edit: AccountEdit) -> Result<Edited, StoreError>;
    /// The account's reps, by user.
    async fn people_of(&self, account: i64) -> Result<Vec<Person>, StoreError>;
    /// One of the account's reps.
    async fn person(&self, account: i64, rep: i64) -> Result<Option<Person>, StoreError>;
    /// Adds somebody to an account, wholly or not at all; the rep's row. `None`: a rep or an operator has that user.
    async fn add_person(&self, account: i64, person: NewPerson, now_s: i64) -> Result<Option<i64>, StoreError>;
    /// Changes a rep if they stand as they were seen.
    async fn edit_person(&self, rep: i64, seen: &str, edit: PersonEdit) -> Result<Edited, StoreError>;
    /// Ends the sign-ins of a rep's consoles and browsers; the password stays.
    async fn end_all_sign_ins(&self, rep: i64) -> Result<(), StoreError>;
    /// When each running session of an account began, by its id in hex.
    async fn running_since(&self, account: i64) -> Result<Vec<(String, i64)>, StoreError>;
}

impl Person {
    /// Of what a page may change.
    pub fn revision(&self) -> String {
        digest(&[&self.name, self.role.name(), self.status.name()])
    }
}

impl Account {
    /// Of what a page may change.
    pub fn revision(&self) -> String {
        let seats = self.seats.map_or("any".to_owned(), |seats| seats.to_string());
        digest(&[self.status.name(), &seats, &self.contact, &self.language, &self.time_zone])
    }
}

/// Half a SHA-256 is enough to tell what stands there from what was seen.
pub(super) fn digest(parts: &[&str]) -> String {
    let TokenHash(hash) = TokenHash::of(&Secret(parts.join("\u{0}")));
    let half: Vec<u8> = hash.iter().copied().take(16).collect();
    hex(&half)
}
