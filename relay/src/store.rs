//! What lasts: accounts, reps with their second factors, sign-ins with their seats, locks, licensed features, plugins' owners and
//! rules, unused codes, teams and portals, questions that wait, sessions with their notes, messages, the audit log, tokens of the HTTP API, webhooks.
//!
//! One trait of small methods, so that another database can stand in for SQLite. Presence is not here: it lives in the
//! hub's memory and ends with the relay. Of a code only the relay's half is here; nobody but the two ends has the other.

pub mod api;
pub mod center;
#[cfg(test)]
mod center_tests;
mod hand_overs;
#[cfg(test)]
mod hand_overs_tests;
mod licences;
#[cfg(test)]
mod licences_tests;
mod messages;
mod participants;
mod plugin_rules;
#[cfg(test)]
mod plugin_rules_tests;
mod portals;
#[cfg(test)]
mod portals_tests;
mod questions;
mod reports;
mod second_factors;
mod shared_values;
#[cfg(test)]
mod shared_values_tests;
mod sign_in_list;
mod sign_in_locks;
mod sqlite;
mod teams;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_second_factor;
pub mod web;
#[cfg(test)]
mod web_tests;
pub mod webhooks;

pub use hand_overs::HandOverStore;
pub use licences::{AccountTerms, Licences, TermChange};
pub use messages::{MESSAGE_S, MESSAGES_PAGE_MAX, Message, MessageStore, NewMessage};
pub use participants::{PARTICIPANTS_MAX, Part, Participant};
pub use plugin_rules::PluginRules;
pub use portals::{ListedPortal, NewPortal, Portal, PortalChange, PortalStore};
pub use questions::QuestionStore;
pub use reports::{
    AuditEntry, AuditFilter, AuditPage, NOTES_AFTER_END_S, Notes, PAGE_MAX, Report, ReportFilter, ReportKey,
    ReportPage, ReportPlugin, ReportRow, Reports, TIMELINE_MAX,
};
pub use second_factors::{Factor, FactorStanding, SecondFactors};
pub use shared_values::SharedValues;
pub use sign_in_list::{ENDED_SIGN_IN_S, ENDED_SIGN_INS_MAX, SignInList, SignInRecord, SignInsEnded};
pub use sign_in_locks::{SIGN_IN_LOCKS_MAX, SignInLocks, user_hash};
pub use sqlite::{FILE as DATABASE_FILE, SqliteStore};
pub use teams::{Team, TeamChange, TeamStore};

use crate::hub::{AuditLine, Change, CodeRecord, People, SeatRecord, SessionRecord};
use crate::registry::PluginOwners;
use crate::token::TokenHash;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Sign-ins that nobody used for so long are gone, in seconds.
pub const SIGN_IN_UNUSED_S: i64 = 14 * 24 * 3600;
/// How long an ended session is remembered, in seconds.
pub const ENDED_SESSION_S: i64 = 90 * 24 * 3600;
/// Lines the audit log keeps; at some 150 bytes each that is under 100 MB.
pub const AUDIT_LINES_MAX: i64 = 500_000;

/// Why the store cannot do something, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the data folder {0} cannot be used ({1}): choose one that this user may write to with --data")]
    Folder(PathBuf, String),
    #[error(
        "the database is damaged ({0}): stop the relay and put back a backup of lotse.db, or move it away to start anew"
    )]
    Damaged(String),
    #[error("the database was written by a newer version of lotse-relay: install that version or a later one")]
    Newer,
    #[error(
        "the database could not be brought up to version {version} ({why}): nothing in it is lost, and this update of it is as if never begun; start the relay again, and if that fails, too, put back a backup of before with `lotse-relay restore`, and the lotse-relay of then"
    )]
    Update { version: i64, why: String },
    #[error(
        "an update of the database to version {0} was left half-way by something other than lotse-relay, which makes each as a whole: keep lotse.db as it is, and put back a backup of before with `lotse-relay restore --force`"
    )]
    HalfUpdated(i64),
    #[error("the disk is full: free some space in the data folder")]
    DiskFull,
    #[error("the database is locked by another program for too long: stop what else uses lotse.db and try again")]
    Busy,
    #[error("{0} is already a rep in account {1}: choose another --user")]
    UserTaken(String, String),
    #[error("{0} is the user ID of an operator: choose another --user")]
    OperatorsUser(String),
    #[error("there is an account {0} already: change it with `lotse-relay account set`, or choose another --name")]
    AccountTaken(String),
    #[error("there is no account {0}: `lotse-relay account list` has their names")]
    NoAccount(String),
    #[error("there is no rep {0}: `lotse-relay rep list` has their user IDs")]
    NoRep(String),
    #[error("{0} has as many rules for plugins as an account can have: take some away with `lotse-relay plugin reset`")]
    TooManyPluginRules(String),
    #[error("this relay has no feature {0}: `lotse-relay licence list` has those that its plugins ask for")]
    NoFeature(String),
    #[error(
        "the feature {feature} of {account} would have more limits than a licence can: at most {max}; take one away with --limit NAME=any"
    )]
    TooManyLimits { account: String, feature: String, max: usize },
    #[error(
        "the licence of {0} would be longer than any program reads: take features away with `lotse-relay licence set --off`"
    )]
    LicenceTooLong(String),
    #[error("{0} was given to another key a moment ago: `lotse-relay plugin list` has what is here now")]
    PluginClaimed(String),
    #[error("there is no session {0}: `lotse-relay report list` has their ids")]
    NoSession(String),
    #[error("several sessions begin with {0}: give more of the id's digits")]
    ManySessions(String),
    #[error("{0} is a rep of another account: `lotse-relay rep list` has the reps of each")]
    OtherAccount(String),
    #[error("the account has a team {0} already: change it with `lotse-relay team set`, or choose another --name")]
    TeamTaken(String),
    #[error("the account has no team {0}: `lotse-relay team list` has their names")]
    NoTeam(String),
    #[error("the portal {1} leads to the team {0}: give that portal another with `lotse-relay portal set` first")]
    TeamInUse(String, String),
    #[error("an account has at most 100 teams: remove one first")]
    TooManyTeams,
    #[error("there is a portal {0} already, maybe of another account: choose another --slug")]
    PortalTaken(String),
    #[error("there is no portal {0}: `lotse-relay portal list` has their addresses")]
    NoPortal(String),
    #[error("an account has at most 100 portals: remove one first")]
    TooManyPortals,
    #[error("the database cannot do this: {0}")]
    Other(String),
}

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    Active,
    Suspended,
    Closed,
}

impl AccountStatus {
    /// As it is stored and printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }
}

/// Whether a rep may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepStatus {
    Active,
    Suspended,
}

impl RepStatus {
    /// As it is stored and printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// What a rep is in the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Rep,
    Manager,
}

impl Role {
    /// As it is stored and printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rep => "rep",
            Self::Manager => "manager",
        }
    }
}

/// A company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: i64,
    pub name: String,
    pub status: AccountStatus,
    pub contact: String,
    /// Sign-ins that work at once; `None`: as many as there are.
    pub seats: Option<u32>,
    /// `en` or `de`.
    pub language: String,
    /// By its name in the IANA list.
    pub time_zone: String,
    /// Every rep of it signs in with a second factor.
    pub second_factor_required: bool,
    /// Its managers may ask to look on at its sessions.
    pub managers_watch: bool,
    pub reps: i64,
    /// All that stand in its licence, whatever their dates.
    pub features: BTreeSet<String>,
}

/// A rep with the account, as a sign-in needs both.
#[derive(Clone, PartialEq, Eq)]
pub struct Rep {
    pub id: i64,
    pub user: String,
    pub name: String,
    pub password_hash: String,
    /// The rep may sign in: neither is suspended, nor is the account anything but active.
    pub active: bool,
    /// As it is stored: `rep` or `manager`.
    pub role: String,
    /// Somebody else chose the password: the rep chooses another before signing in.
    pub must_change: bool,
    pub account: i64,
    pub account_name: String,
    pub contact: String,
    /// Of the account.
    pub seats: Option<u32>,
}

/// A rep to be added.
#[derive(Clone)]
pub struct NewRep {
    pub account: String,
    pub user: String,
    pub name: String,
    pub password_hash: String,
    /// Replaces the account's contact when given.
    pub contact: Option<String>,
    pub role: Role,
}

/// An account to be added, with every known feature.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub name: String,
    pub seats: Option<u32>,
    pub contact: String,
    /// `en` or `de`.
    pub language: &'static str,
    pub time_zone: String,
}

/// What changes in an account; `None` leaves as it is.
#[derive(Debug, Clone, Default)]
pub struct AccountChange {
    pub status: Option<AccountStatus>,
    /// The inner `None`: as many seats as there are sign-ins.
    pub seats: Option<Option<u32>>,
    pub contact: Option<String>,
    /// `en` or `de`.
    pub language: Option<&'static str>,
    pub time_zone: Option<String>,
    /// Asked for at each rep's next sign-in.
    pub second_factor_required: Option<bool>,
    /// Where it is taken back, whoever looks on as a manager leaves.
    pub managers_watch: Option<bool>,
}

/// What changes in a rep; `None` leaves as it is.
#[derive(Debug, Clone, Default)]
pub struct RepChange {
    pub status: Option<RepStatus>,
    pub role: Option<Role>,
}

/// Storage. Every method is one transaction: it happened wholly or not at all.
#[async_trait::async_trait]
pub trait Store:
    PluginRules
    + Licences
    + Reports
    + SecondFactors
    + SharedValues
    + SignInList
    + SignInLocks
    + MessageStore
    + PortalStore
    + QuestionStore
    + HandOverStore
    + TeamStore
    + center::Center
    + web::Web
    + api::Api
    + webhooks::Webhooks
    + Send
    + Sync
{
    /// Adds a rep, and the account with every known feature if it is not there. Returns both rows' ids.
    async fn add_rep(&self, rep: NewRep, now_s: i64) -> Result<(i64, i64), StoreError>;
    /// By lower-case user.
    async fn rep_by_user(&self, user: &str) -> Result<Option<Rep>, StoreError>;
    /// All, by account and user.
    async fn reps(&self) -> Result<Vec<Rep>, StoreError>;
    /// All, by name.
    async fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// Adds an account; returns its row.
    async fn add_account(&self, account: NewAccount, now_s: i64) -> Result<i64, StoreError>;
    /// Changes the account of this name, without regard to case; returns its row.
    async fn change_account(&self, name: &str, change: AccountChange) -> Result<i64, StoreError>;
    /// Changes the rep of this lower-case user; returns the account's row and the rep's.
    async fn change_rep(&self, user: &str, change: RepChange) -> Result<(i64, i64), StoreError>;
    /// Sets a password that the rep must change, and ends the rep's sign-ins. Returns the account's row and the rep's.
    async fn reset_password(&self, user: &str, password_hash: String) -> Result<(i64, i64), StoreError>;
    /// Sets the password that a rep chose, and ends the rep's sign-ins of before. False: the one of before is not `old_hash`
    /// any more, and nothing is changed.
    async fn choose_password(&self, rep: i64, old_hash: &str, password_hash: String) -> Result<bool, StoreError>;
    /// Grows with every change to an account or a rep, whoever makes it.
    async fn people_version(&self) -> Result<i64, StoreError>;
    /// Who may be signed in, and on how many seats, with the version of that.
    async fn people(&self) -> Result<(i64, People), StoreError>;

    /// Keeps a sign-in; returns its number, which no sign-in had before.
    async fn add_sign_in(&self, rep: i64, token: TokenHash, now_s: i64) -> Result<i64, StoreError>;
    /// The sign-in of a token, noted as used now. `None` if unknown or unused for too long.
    async fn use_sign_in(&self, token: TokenHash, now_s: i64) -> Result<Option<(i64, Rep)>, StoreError>;
    async fn remove_sign_in(&self, sign_in: i64) -> Result<(), StoreError>;
    /// It is known, and its rep and their account are active.
    async fn sign_in_stands(&self, sign_in: i64) -> Result<bool, StoreError>;

    /// Features that the account's licence covers at that moment: those whose first day has come and whose last day is not over.
    async fn features_of(&self, account: i64, now_s: i64) -> Result<BTreeSet<String>, StoreError>;
    /// Makes features known; those that were not yet are given to every account.
    async fn add_features(&self, features: &[String], now_s: i64) -> Result<(), StoreError>;

    /// Whose each plugin's id is.
    async fn plugin_owners(&self) -> Result<PluginOwners, StoreError>;
    /// Remembers whose ids are; one that has an owner keeps it.
    async fn add_plugin_owners(&self, owners: &PluginOwners) -> Result<(), StoreError>;
    /// Forgets whose an id is. False: it had no owner.
    async fn release_plugin(&self, id: &str) -> Result<bool, StoreError>;

    /// Sessions that had not ended.
    async fn running_sessions(&self) -> Result<Vec<SessionRecord>, StoreError>;
    /// Codes that nobody has used and that have time left.
    async fn unused_codes(&self, now_s: i64) -> Result<Vec<CodeRecord>, StoreError>;
    /// Sign-ins that have a seat.
    async fn seats(&self, now_s: i64) -> Result<Vec<SeatRecord>, StoreError>;
    /// Starts and ends sessions, keeps and forgets codes, gives and takes seats, ends sign-ins, in order.
    async fn change_sessions(&self, changes: &[Change], now_s: i64) -> Result<(), StoreError>;

    async fn write_audit(&self, lines: &[AuditLine], now_s: i64) -> Result<(), StoreError>;
    /// Reads something, to see whether it can.
    async fn answers(&self) -> Result<(), StoreError>;
    /// Forgets what is over its time or bound.
    async fn prune(&self, now_s: i64) -> Result<(), StoreError>;
    /// Writes everything down and lets go of the files.
    async fn close(&self);
}
