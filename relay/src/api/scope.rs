//! What a token may do: a few named scopes, each to read something or to change it.

use std::str::FromStr;

/// One of them. To change does not include to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    AccountsRead,
    AccountsWrite,
    PeopleRead,
    PeopleWrite,
    PortalsRead,
    PortalsWrite,
    MessagesRead,
    MessagesWrite,
    LicencesRead,
    LicencesWrite,
    PluginsRead,
    PluginsWrite,
    SessionsRead,
    ReportsRead,
    AuditRead,
    WebhooksRead,
    WebhooksWrite,
    TokensRead,
    TokensWrite,
    RelayRead,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 20] = [
        Self::AccountsRead,
        Self::AccountsWrite,
        Self::PeopleRead,
        Self::PeopleWrite,
        Self::PortalsRead,
        Self::PortalsWrite,
        Self::MessagesRead,
        Self::MessagesWrite,
        Self::LicencesRead,
        Self::LicencesWrite,
        Self::PluginsRead,
        Self::PluginsWrite,
        Self::SessionsRead,
        Self::ReportsRead,
        Self::AuditRead,
        Self::WebhooksRead,
        Self::WebhooksWrite,
        Self::TokensRead,
        Self::TokensWrite,
        Self::RelayRead,
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccountsRead => "accounts:read",
            Self::AccountsWrite => "accounts:write",
            Self::PeopleRead => "people:read",
            Self::PeopleWrite => "people:write",
            Self::PortalsRead => "portals:read",
            Self::PortalsWrite => "portals:write",
            Self::MessagesRead => "messages:read",
            Self::MessagesWrite => "messages:write",
            Self::LicencesRead => "licences:read",
            Self::LicencesWrite => "licences:write",
            Self::PluginsRead => "plugins:read",
            Self::PluginsWrite => "plugins:write",
            Self::SessionsRead => "sessions:read",
            Self::ReportsRead => "reports:read",
            Self::AuditRead => "audit:read",
            Self::WebhooksRead => "webhooks:read",
            Self::WebhooksWrite => "webhooks:write",
            Self::TokensRead => "tokens:read",
            Self::TokensWrite => "tokens:write",
            Self::RelayRead => "relay:read",
        }
    }

    /// What it is for, in words.
    pub fn about(self) -> &'static str {
        match self {
            Self::AccountsRead => "see accounts",
            Self::AccountsWrite => "add and change accounts",
            Self::PeopleRead => "see reps and teams, sign-ins and who has a second factor",
            Self::PeopleWrite => "add and change reps and teams, set passwords, end sign-ins, unlock",
            Self::PortalsRead => "see portals",
            Self::PortalsWrite => "add, change and remove portals",
            Self::MessagesRead => "read messages that customers left",
            Self::MessagesWrite => "note that messages were read",
            Self::LicencesRead => "see what accounts have paid for",
            Self::LicencesWrite => "change what accounts have paid for",
            Self::PluginsRead => "see plugins and what accounts get of them",
            Self::PluginsWrite => "change what accounts get of plugins",
            Self::SessionsRead => "see who is signed in, which sessions run and which questions wait",
            Self::ReportsRead => "read session reports with notes and timeline",
            Self::AuditRead => "read the audit log",
            Self::WebhooksRead => "see webhooks and what became of deliveries",
            Self::WebhooksWrite => "add, try and remove webhooks",
            Self::TokensRead => "see tokens",
            Self::TokensWrite => "revoke tokens",
            Self::RelayRead => "see how the relay stands",
        }
    }

    /// It is the vendor's alone: a token of one account cannot have it.
    pub fn of_relay_alone(self) -> bool {
        match self {
            Self::LicencesWrite | Self::PluginsWrite | Self::RelayRead => true,
            Self::AccountsRead
            | Self::AccountsWrite
            | Self::PeopleRead
            | Self::PeopleWrite
            | Self::PortalsRead
            | Self::PortalsWrite
            | Self::MessagesRead
            | Self::MessagesWrite
            | Self::LicencesRead
            | Self::PluginsRead
            | Self::SessionsRead
            | Self::ReportsRead
            | Self::AuditRead
            | Self::WebhooksRead
            | Self::WebhooksWrite
            | Self::TokensRead
            | Self::TokensWrite => false,
        }
    }

    /// Whether it is among scopes as a token keeps them.
    pub fn is_in(self, scopes: &str) -> bool {
        scopes.split(' ').any(|scope| scope == self.name())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|scope| scope.name() == text);
        found.ok_or_else(|| format!("there are {}", Self::ALL.map(Self::name).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_they_are_written() {
        for scope in Scope::ALL {
            assert_eq!(scope.name().parse(), Ok(scope));
            assert!(scope.is_in(&format!("x:read {}", scope.name())));
            assert!(!scope.is_in("") && !scope.is_in(&format!("{}s", scope.name())));
            assert!(!scope.about().is_empty());
        }
        assert!("people".parse::<Scope>().is_err_and(|why| why.contains("people:read, ")));
    }
}
