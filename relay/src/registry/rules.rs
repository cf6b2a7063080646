//! What an account's rules say of plugins: versions that it may get, or that it gets none.
//!
//! A plugin without a rule is handed out in its newest version that fits. Rules are the operator's; they are stored by account
//! and change nothing in a session that has begun.

use semver::VersionReq;
use std::collections::BTreeMap;

/// Rules that an account can have. As many as packages that a relay reads: one for each plugin at the most.
pub const RULES_MAX: usize = super::packages::PACKAGES_MAX;

/// What an account gets of one plugin.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The newest of these versions that fits.
    Versions(VersionReq),
    /// Nothing.
    Off,
}

/// As an operator reads it.
impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Versions(wanted) => wanted.fmt(f),
            Self::Off => f.write_str("off"),
        }
    }
}

/// One account's, by plugin's id.
pub type Rules = BTreeMap<String, Rule>;

/// Of all accounts that have some, by the account's row.
pub type AccountRules = BTreeMap<i64, Rules>;
