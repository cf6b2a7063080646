//! What each account's licence says now, told to both sides of its sessions; and how many sessions a rep may have at once.
//!
//! The documents come signed, since the hub has no key and no clock of the day: [`crate::licensing`] makes them, renews them
//! and says which features they cover at this moment.

use super::Hub;
use super::action::Action;
use super::input::{ConnectionId, RepIdentity};
use super::session::{Session, Stage};
use lotse_protocol::licence::SignedLicence;
use std::collections::{BTreeSet, HashSet};

/// An account's licence, as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLicence {
    pub signed: SignedLicence,
    /// Features that it covers at this moment.
    pub covered: BTreeSet<String>,
    /// Sessions that one rep may have at once; `None`: any number.
    pub sessions_max: Option<u32>,
}

impl Hub {
    /// Licences that are new, changed or renewed. Whoever goes by them is told.
    pub(super) fn licences(&mut self, licences: Vec<(i64, AccountLicence)>) {
        let accounts: HashSet<i64> = licences.iter().map(|(account, _)| *account).collect();
        self.licences.extend(licences);
        let mut told: Vec<(ConnectionId, i64)> = Vec::new();
        for (id, connection) in &self.connections {
            told.extend(connection.rep.as_ref().map(|rep| (*id, rep.account)));
        }
        for session in self.sessions.values() {
            told.extend(session.customer.connection.map(|customer| (customer, session.owner.account)));
        }
        told.retain(|(_, account)| accounts.contains(account));
        told.sort_unstable();
        for (to, account) in told {
            self.tell_licence(to, account);
        }
    }

    /// Says what an account's licence is, if that is known.
    pub(super) fn tell_licence(&mut self, to: ConnectionId, account: i64) {
        if let Some(licence) = self.licences.get(&account) {
            self.actions.push_back(Action::Licence { to, licence: licence.signed.clone() });
        }
    }

    /// Whether an account has a plugin's feature. `features` are those of when the code was made, for as long as nothing
    /// newer is known.
    pub(super) fn is_licensed(&self, account: i64, feature: Option<&String>, features: &BTreeSet<String>) -> bool {
        let covered = self.licences.get(&account).map_or(features, |licence| &licence.covered);
        feature.is_none_or(|feature| covered.contains(feature))
    }

    /// Why a rep may not have another session now.
    pub(super) fn too_many_sessions(&self, owner: &RepIdentity) -> Option<String> {
        let max = self.licences.get(&owner.account)?.sessions_max?;
        let goes_on = |session: &&Session| match session.stage {
            Stage::Pairing { .. } | Stage::Running => session.owner.rep == owner.rep,
            Stage::Open { .. } => false,
        };
        let going_on = self.sessions.values().filter(goes_on).count();
        let allowed = if max == 1 { "one session".to_owned() } else { format!("{max} sessions") };
        (u32::try_from(going_on).unwrap_or(u32::MAX) >= max)
            .then(|| format!("Your licence is for {allowed} at once. End one of yours before the next begins."))
    }
}
