//! The book of reps as questions concern them: who is there, who takes questions, who is free and since when. Decides nothing.

use super::routes::Group;
use crate::hub::input::RepIdentity;
use lotse_protocol::question::{Availability, OFFER_S, OFFER_S_MAX, OFFER_S_MIN, QuestionId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A sign-in with a connection.
#[derive(Debug)]
struct Attendant {
    rep: i64,
    account: i64,
    groups: Vec<Group>,
    /// `None` until the program has said it.
    availability: Option<Availability>,
    /// Since its last session ended, or a question was offered for nothing; who has been longest is asked first.
    idle_since_ms: u64,
    offered: Option<QuestionId>,
    /// It takes questions: it is ready and has a seat.
    present: bool,
    /// A question may be offered to it now.
    free: bool,
}

/// Every sign-in that is there.
#[derive(Debug, Default)]
pub(in crate::hub) struct Desk {
    attendants: HashMap<i64, Attendant>,
    teams: HashMap<i64, BTreeSet<i64>>,
    members: BTreeMap<Group, BTreeSet<i64>>,
    present: BTreeMap<Group, BTreeSet<i64>>,
    free: BTreeMap<Group, BTreeSet<(u64, i64)>>,
    /// To be looked at again.
    stale: BTreeSet<i64>,
    /// Became free since a question was last looked for.
    seeking: BTreeSet<i64>,
}

impl Desk {
    /// A sign-in has a connection. It takes no question until it says so.
    pub fn come(&mut self, rep: &RepIdentity, now_ms: u64) {
        let attendant = Attendant {
            rep: rep.rep,
            account: rep.account,
            groups: self.groups(rep.account, rep.rep),
            availability: None,
            idle_since_ms: now_ms,
            offered: None,
            present: false,
            free: false,
        };
        self.insert(rep.sign_in, attendant);
        self.stale.insert(rep.sign_in);
    }

    /// It has none any more. Its groups, if it took questions.
    pub fn go(&mut self, sign_in: i64) -> Vec<Group> {
        self.stale.remove(&sign_in);
        self.seeking.remove(&sign_in);
        let Some(attendant) = self.attendants.remove(&sign_in) else { return vec![] };
        self.unlist(sign_in, &attendant);
        if attendant.present { attendant.groups } else { vec![] }
    }

    pub fn set_availability(&mut self, sign_in: i64, availability: Availability, now_ms: u64) {
        let Availability { ready, offer_s, in_session } = availability;
        let offer_s = offer_s.clamp(OFFER_S_MIN, OFFER_S_MAX);
        self.change(sign_in, |attendant| {
            let was_ready = attendant.availability.is_some_and(|before| before.ready);
            attendant.availability = Some(Availability { ready, offer_s, in_session });
            if ready && !was_ready {
                attendant.idle_since_ms = now_ms;
            }
        });
        self.stale.insert(sign_in);
    }

    pub fn availability(&self, sign_in: i64) -> Option<Availability> {
        self.attendants.get(&sign_in)?.availability
    }

    /// How long a question is offered to it, in seconds.
    pub fn offer_s(&self, sign_in: i64) -> u16 {
        self.availability(sign_in).map_or(OFFER_S, |availability| availability.offer_s)
    }

    /// Something happened that may make it free, or no longer so.
    pub fn look_again(&mut self, sign_in: i64) {
        if self.attendants.contains_key(&sign_in) {
            self.stale.insert(sign_in);
        }
    }

    /// From now on it is idle.
    pub fn idle_from(&mut self, sign_in: i64, now_ms: u64) {
        self.change(sign_in, |attendant| attendant.idle_since_ms = now_ms);
        self.look_again(sign_in);
    }

    pub fn next_stale(&mut self) -> Option<i64> {
        self.stale.pop_first()
    }

    pub fn next_seeking(&mut self) -> Option<i64> {
        self.seeking.pop_first()
    }

    /// It shall be looked for a question once more.
    pub fn seek(&mut self, sign_in: i64) {
        self.seeking.insert(sign_in);
    }

    /// Notes how it stands. True: it takes questions now and did not before, or the other way round.
    pub fn stands(&mut self, sign_in: i64, present: bool, free: bool) -> bool {
        let changed = self.change(sign_in, |attendant| {
            attendant.free = free;
            std::mem::replace(&mut attendant.present, present) != present
        });
        if free && changed.is_some() {
            self.seeking.insert(sign_in);
        }
        changed == Some(true)
    }

    pub fn offered(&self, sign_in: i64) -> Option<QuestionId> {
        self.attendants.get(&sign_in)?.offered
    }

    /// What is offered to it now.
    pub fn set_offered(&mut self, sign_in: i64, offered: Option<QuestionId>) {
        self.change(sign_in, |attendant| {
            attendant.offered = offered;
            attendant.free &= offered.is_none();
        });
        self.look_again(sign_in);
    }

    /// Its rep's row.
    pub fn rep_of(&self, sign_in: i64) -> Option<i64> {
        self.attendants.get(&sign_in).map(|attendant| attendant.rep)
    }

    pub fn groups_of(&self, sign_in: i64) -> &[Group] {
        self.attendants.get(&sign_in).map(|attendant| attendant.groups.as_slice()).unwrap_or_default()
    }

    /// Who of a group has been idle for longest of those that `may` be asked, by sign-in and rep.
    pub fn longest_idle(&self, group: Group, may: impl Fn(i64, i64) -> bool) -> Option<i64> {
        let mut free = self.free.get(&group)?.iter().map(|(_, sign_in)| *sign_in);
        free.find(|sign_in| self.rep_of(*sign_in).is_some_and(|rep| may(*sign_in, rep)))
    }

    /// Who of a group is free, who has been idle for longest first.
    pub fn free_of(&self, group: Group) -> impl Iterator<Item = i64> {
        self.free.get(&group).into_iter().flatten().map(|(_, sign_in)| *sign_in)
    }

    /// It takes questions now.
    pub fn takes_questions(&self, sign_in: i64) -> bool {
        self.attendants.get(&sign_in).is_some_and(|attendant| attendant.present)
    }

    /// How many of a group take questions.
    pub fn present(&self, group: Group) -> usize {
        self.present.get(&group).map_or(0, BTreeSet::len)
    }

    /// Everybody of a group who is there.
    pub fn members(&self, group: Group) -> impl Iterator<Item = i64> {
        self.members.get(&group).into_iter().flatten().copied()
    }

    pub fn everybody(&self) -> Vec<i64> {
        self.attendants.keys().copied().collect()
    }

    /// Takes in who is in which teams. True: that changed.
    pub fn set_teams(&mut self, teams: HashMap<i64, BTreeSet<i64>>) -> bool {
        if self.teams == teams {
            return false;
        }
        self.teams = teams;
        for (sign_in, mut attendant) in std::mem::take(&mut self.attendants) {
            self.unlist(sign_in, &attendant);
            attendant.groups = self.groups(attendant.account, attendant.rep);
            self.insert(sign_in, attendant);
        }
        true
    }

    /// Something happened that concerns everybody.
    pub fn look_at_all(&mut self) {
        self.stale.extend(self.attendants.keys());
    }

    fn groups(&self, account: i64, rep: i64) -> Vec<Group> {
        let teams = self.teams.get(&rep).into_iter().flatten().map(|team| Group::Team(*team));
        std::iter::once(Group::Account(account)).chain(teams).collect()
    }

    fn change<R>(&mut self, sign_in: i64, change: impl FnOnce(&mut Attendant) -> R) -> Option<R> {
        let mut attendant = self.attendants.remove(&sign_in)?;
        self.unlist(sign_in, &attendant);
        let result = change(&mut attendant);
        self.insert(sign_in, attendant);
        Some(result)
    }

    fn insert(&mut self, sign_in: i64, attendant: Attendant) {
        for group in &attendant.groups {
            self.members.entry(*group).or_default().insert(sign_in);
            if attendant.present {
                self.present.entry(*group).or_default().insert(sign_in);
            }
            if attendant.free {
                self.free.entry(*group).or_default().insert((attendant.idle_since_ms, sign_in));
            }
        }
        self.attendants.insert(sign_in, attendant);
    }

    fn unlist(&mut self, sign_in: i64, attendant: &Attendant) {
        for group in &attendant.groups {
            take(&mut self.members, *group, &sign_in);
            take(&mut self.present, *group, &sign_in);
            take(&mut self.free, *group, &(attendant.idle_since_ms, sign_in));
        }
    }
}

/// Takes one out of a group's set, and the set with the last one.
fn take<T: Ord>(sets: &mut BTreeMap<Group, BTreeSet<T>>, group: Group, one: &T) {
    if let Some(set) = sets.get_mut(&group) {
        set.remove(one);
        if set.is_empty() {
            sets.remove(&group);
        }
    }
}
