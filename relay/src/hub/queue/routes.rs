//! Which portals there are and whom they lead to.

use std::collections::{BTreeSet, HashMap};

/// A portal as the hub needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub portal: i64,
    pub account: i64,
    pub name: String,
    /// `None`: it leads to every rep of the account.
    pub team: Option<i64>,
}

/// The portals of active accounts and everybody's teams, as the store has them at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routes {
    pub portals: Vec<Route>,
    /// By rep.
    pub teams: HashMap<i64, BTreeSet<i64>>,
}

/// The reps whom a portal leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::hub) enum Group {
    Account(i64),
    Team(i64),
}

impl Group {
    pub fn of(route: &Route) -> Self {
        route.team.map_or(Self::Account(route.account), Self::Team)
    }
}
