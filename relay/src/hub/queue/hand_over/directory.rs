//! Who of an account could be asked for a session, as its reps choose from: colleagues, teams and portals, by name.

use super::super::hand_overs::Wanted;
use super::super::routes::Group;
use crate::hub::Hub;
use crate::hub::input::{ConnectionId, RepIdentity};
use lotse_protocol::control::FromRelay;
use lotse_protocol::handover::{TARGETS_MAX, Target, TargetKind};
use std::collections::BTreeSet;

impl Hub {
    /// Who else of the account could help. `teams` are the account's, with their names.
    pub(in crate::hub) fn directory(&mut self, connection: ConnectionId, mut teams: Vec<(i64, String)>) {
        let rep = self.connections.get(&connection).and_then(|known| known.rep.clone());
        let Some(rep) = rep else {
            return self.refuse(connection, "Sign in before asking who could help.");
        };
        let mut targets = Vec::new();
        teams.sort_unstable_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
        let free = |group: Group| self.candidate_of(group, &rep, &BTreeSet::new()).is_some();
        targets.extend(teams.into_iter().map(|(team, name)| {
            let available = free(Group::Team(team));
            Target { id: Wanted::Team(team).to_string(), kind: TargetKind::Team, name, available }
        }));
        for portal in self.office.book.portals_of_account(rep.account) {
            let Some(route) = self.office.book.route(*portal) else { continue };
            let (id, name) = (Wanted::Portal(*portal).to_string(), route.name.clone());
            targets.push(Target { id, kind: TargetKind::Portal, name, available: free(Group::of(route)) });
        }
        // However many colleagues there are, teams and portals have room, too.
        targets.truncate(TARGETS_MAX / 2);
        let mut colleagues = self.colleagues_of(&rep);
        colleagues.truncate(TARGETS_MAX - targets.len());
        let targets = colleagues.into_iter().chain(targets).collect();
        self.send(connection, FromRelay::Directory { targets });
    }

    /// Colleagues who are signed in, by name.
    fn colleagues_of(&self, rep: &RepIdentity) -> Vec<Target> {
        let mut colleagues: Vec<(String, i64, bool)> = Vec::new();
        for standing in self.seats.standing(rep.account).filter(|standing| standing.held) {
            let RepIdentity { sign_in, rep: row, name, .. } = &standing.rep;
            if *row == rep.rep || !self.sign_ins.contains_key(sign_in) {
                continue;
            }
            let available = self.office.desk.takes_questions(*sign_in) && self.could_take(*sign_in);
            match colleagues.iter_mut().find(|known| known.1 == *row) {
                Some(known) => known.2 |= available,
                None => colleagues.push((name.clone(), *row, available)),
            }
        }
        colleagues.sort_unstable();
        let target = |(name, row, available): (String, i64, bool)| Target {
            id: Wanted::Rep(row).to_string(),
            kind: TargetKind::Rep,
            name,
            available,
        };
        colleagues.into_iter().map(target).collect()
    }

    /// What they are called, as far as is known here.
    pub(super) fn called(&self, to: Wanted, account: i64) -> String {
        let name = match to {
            Wanted::Rep(rep) => {
                let mut standing = self.seats.standing(account).filter(|standing| standing.rep.rep == rep);
                standing.next().map(|standing| standing.rep.name.clone())
            }
            Wanted::Team(_) => None,
            Wanted::Portal(portal) => self.office.book.route(portal).map(|route| route.name.clone()),
        };
        name.unwrap_or_else(|| to.to_string())
    }

    pub(super) fn is_of_account(&self, to: Wanted, account: i64) -> bool {
        match to {
            Wanted::Rep(rep) => self.seats.standing(account).any(|standing| standing.rep.rep == rep),
            // Whoever is of another account's team is no candidate.
            Wanted::Team(_) => true,
            Wanted::Portal(portal) => self.office.book.route(portal).is_some_and(|route| route.account == account),
        }
    }
}
