//! What the Center's pages look up and edit of teams, portals, licences, plugins' rules and sessions.
//!
//! An edit does what the command line's function of the same thing does, if that stands as it was seen (see [`super::web`]).

use super::web::{Edited, digest};
use super::{ListedPortal, PortalChange, StoreError, Team, TeamChange, TermChange};
use crate::hub::Origin;
use crate::registry::Rule;
use lotse_protocol::control::SessionId;
use lotse_protocol::licence::Term;

/// A portal as its account has set it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalSettings {
    pub id: i64,
    pub slug: String,
    pub name: String,
    pub greeting: String,
    /// `en` or `de`; `None`: the account's.
    pub language: Option<String>,
    /// Name of the team that it leads to; `None`: every rep of the account.
    pub team: Option<String>,
}

/// Storage of the Center's pages. Every method is one transaction.
#[async_trait::async_trait]
pub trait Center: Send + Sync {
    /// An account's, by name.
    async fn teams_of(&self, account: i64) -> Result<Vec<Team>, StoreError>;
    /// An account's, by address.
    async fn portals_of(&self, account: i64) -> Result<Vec<PortalSettings>, StoreError>;
    /// An account's as they are listed, by address.
    async fn listed_portals_of(&self, account: i64) -> Result<Vec<ListedPortal>, StoreError>;
    /// Changes a team of this account, if it stands as it was seen.
    async fn edit_team(&self, account: i64, team: i64, seen: &str, change: TeamChange) -> Result<Edited, StoreError>;
    /// Changes a portal of this account, if it stands as it was seen.
    async fn edit_portal(
        &self,
        account: i64,
        portal: i64,
        seen: &str,
        change: PortalChange,
    ) -> Result<Edited, StoreError>;
    /// Removes a team of this account that no portal leads to, if it stands as it was seen.
    async fn remove_team_seen(&self, account: i64, team: i64, seen: &str) -> Result<Edited, StoreError>;
    /// Removes a portal of this account, if it stands as it was seen.
    async fn remove_portal_seen(&self, account: i64, portal: i64, seen: &str) -> Result<Edited, StoreError>;
    /// Changes one feature of the account of this name, if it stands as it was seen.
    async fn edit_term(
        &self,
        account: &str,
        feature: &str,
        seen: &str,
        change: TermChange,
    ) -> Result<Edited, StoreError>;
    /// Sets what the account of this name gets of a plugin, if that stands as it was seen; `None` takes the rule away.
    async fn edit_plugin_rule(
        &self,
        account: &str,
        plugin: &str,
        seen: &str,
        rule: Option<&Rule>,
    ) -> Result<Edited, StoreError>;
    /// What a session began with; empty if with a code that was read aloud, or if it is not known.
    async fn origin_of(&self, session: SessionId) -> Result<Origin, StoreError>;
}

impl Team {
    /// Of what a page may change.
    pub fn revision(&self) -> String {
        let mut parts = vec![self.name.as_str()];
        parts.extend(self.users.iter().map(String::as_str));
        digest(&parts)
    }
}

impl PortalSettings {
    /// Of what a page may change.
    pub fn revision(&self) -> String {
        let Self { name, greeting, language, team, .. } = self;
        let or_none = |text: &Option<String>| text.as_ref().map_or("-".to_owned(), |text| format!("+{text}"));
        digest(&[name, greeting, &or_none(language), &or_none(team)])
    }
}

/// Of one feature of an account; `None`: it has not got it.
pub fn term_revision(term: Option<&Term>) -> String {
    let Some(Term { from_s, until_s, limits }) = term else { return digest(&["none"]) };
    digest(&["term", &format!("{from_s:?} {until_s:?} {limits:?}")])
}

/// Of what an account gets of a plugin.
pub fn rule_revision(rule: Option<&Rule>) -> String {
    digest(&[&rule.map_or("none".to_owned(), |rule| format!("rule {rule}"))])
}
