//! Who is to be told how the lines are: reps their lists, pages their places, portals how they stand.
//!
//! One ask moves everybody's list, and one answer everybody's place. So it is only noted what changed, and told at the next
//! tick, twice a second at most; places far behind in a long line, which change with every answer, more seldom.

use super::pages::{PortalStatus, QuestionNews};
use super::question::{Handed, Question, State};
use super::routes::Group;
use crate::hub::Hub;
use crate::hub::action::Action;
use lotse_protocol::control::FromRelay;
use lotse_protocol::question::{
    NoPlace, Offered, QUESTIONS_TOLD_MAX, QuestionId, Queue, RunningSession, WaitingQuestion,
};
use std::collections::{BTreeSet, HashMap};

/// Time between two lists for one rep, in milliseconds.
const TICK_MS: u64 = 500;
/// Places that are told with each tick; those behind are told with the far tick.
const NEAR: usize = 100;
/// Time between two looks at a whole line, in milliseconds. A look at 10,000 places takes a few milliseconds.
const FAR_TICK_MS: u64 = 5_000;

/// What changed since it was told.
#[derive(Debug, Default)]
pub(in crate::hub) struct Telling {
    /// Whose members' lists changed.
    lists: BTreeSet<Group>,
    /// Sign-ins that need their list whatever changed.
    reps: BTreeSet<i64>,
    /// Groups of which another number takes questions.
    present: BTreeSet<Group>,
    portals: BTreeSet<i64>,
    next_ms: u64,
    far: BTreeSet<i64>,
    far_next_ms: u64,
    /// How each portal stood when it was told last.
    told: HashMap<i64, PortalStatus>,
}

impl Telling {
    /// The line of a portal changed.
    pub fn line(&mut self, portal: i64, group: Option<Group>) {
        self.portals.insert(portal);
        self.lists.extend(group);
    }

    pub fn portal(&mut self, portal: i64) {
        self.portals.insert(portal);
    }

    pub fn rep(&mut self, sign_in: i64) {
        self.reps.insert(sign_in);
    }

    pub fn everybody(&mut self, sign_ins: Vec<i64>) {
        self.reps.extend(sign_ins);
    }

    pub fn presence(&mut self, groups: impl IntoIterator<Item = Group>) {
        self.present.extend(groups);
    }

    pub fn next_ms(&self) -> Option<u64> {
        let near =
            !(self.lists.is_empty() && self.reps.is_empty() && self.present.is_empty() && self.portals.is_empty());
        let near = near.then_some(self.next_ms);
        let far = (!self.far.is_empty()).then_some(self.far_next_ms);
        near.into_iter().chain(far).min()
    }
}

impl Hub {
    /// Tells what is to be told by now.
    pub(super) fn tell_of_questions(&mut self, now_ms: u64) {
        if self.office.telling.next_ms().is_none_or(|next_ms| next_ms > now_ms) {
            return;
        }
        let telling = &mut self.office.telling;
        if now_ms >= telling.next_ms {
            telling.next_ms = now_ms.saturating_add(TICK_MS);
            let (lists, mut reps) = (std::mem::take(&mut telling.lists), std::mem::take(&mut telling.reps));
            let (present, mut portals) = (std::mem::take(&mut telling.present), std::mem::take(&mut telling.portals));
            for group in lists {
                reps.extend(self.office.desk.members(group));
            }
            for group in present {
                portals.extend(self.office.book.portals_of(group));
            }
            for sign_in in reps {
                self.tell_list(now_ms, sign_in);
            }
            for portal in portals {
                self.tell_portal(portal);
                self.tell_places(now_ms, portal, NEAR);
                if self.office.book.line_len(portal) > NEAR {
                    self.office.telling.far.insert(portal);
                }
            }
        }
        if now_ms >= self.office.telling.far_next_ms && !self.office.telling.far.is_empty() {
            self.office.telling.far_next_ms = now_ms.saturating_add(FAR_TICK_MS);
            for portal in std::mem::take(&mut self.office.telling.far) {
                self.tell_places(now_ms, portal, usize::MAX);
            }
        }
    }

    fn tell_list(&mut self, now_ms: u64, sign_in: i64) {
        let Some(connection) = self.sign_ins.get(&sign_in).copied() else { return };
        let groups = self.office.desk.groups_of(sign_in);
        let (listed, more) = self.office.book.listed(groups, QUESTIONS_TOLD_MAX);
        let queue = Queue {
            waiting: listed.into_iter().map(|question| self.shown(now_ms, question, sign_in)).collect(),
            more: count(more),
            has_portal: self.has_portal(sign_in),
        };
        self.send(connection, FromRelay::Questions(queue));
    }

    /// Some portal leads to this sign-in.
    pub(super) fn has_portal(&self, sign_in: i64) -> bool {
        self.office.desk.groups_of(sign_in).iter().any(|group| !self.office.book.portals_of(*group).is_empty())
    }

    /// A question as a rep sees it.
    pub(super) fn shown(&self, now_ms: u64, question: &Question, to: i64) -> WaitingQuestion {
        let offered = match &question.state {
            State::Offered { sign_in, .. } if *sign_in == to => Offered::You,
            State::Offered { sign_in, .. } => Offered::Other(self.name_of(*sign_in)),
            State::Waiting | State::Taken { .. } | State::Running { .. } => Offered::Nobody,
        };
        WaitingQuestion {
            question: question.id,
            name: question.name.clone(),
            text: question.text.clone(),
            portal: question.portal_name.clone(),
            language: question.language.clone(),
            system: question.system.clone(),
            waiting_s: question.waited_ms(now_ms) / 1000,
            offered,
            running: question.session().map(|handed| RunningSession {
                from: handed.from.clone(),
                purpose: handed.purpose,
                note: handed.note.clone(),
                yours: self.office.desk.rep_of(to) == Some(handed.rep),
                no_place: self.no_place(handed, to),
            }),
        }
    }

    /// Why that sign-in's rep cannot take a session that waits there, where they are in it already.
    pub(super) fn no_place(&self, handed: &Handed, sign_in: i64) -> Option<NoPlace> {
        let connection = self.sign_ins.get(&sign_in)?;
        self.place_here(handed.session, handed.purpose, *connection).err()
    }

    /// Name of the rep of a sign-in that is there.
    pub(super) fn name_of(&self, sign_in: i64) -> String {
        let known = self.sign_ins.get(&sign_in).and_then(|connection| self.connections.get(connection));
        known.and_then(|known| known.rep.as_ref()).map(|rep| rep.name.clone()).unwrap_or_default()
    }

    /// How many take questions of a portal.
    pub(super) fn reps_of(&self, portal: i64) -> u32 {
        count(self.office.book.group_of(portal).map_or(0, |group| self.office.desk.present(group)))
    }

    fn tell_portal(&mut self, portal: i64) {
        let waiting = count(self.office.book.line_len(portal));
        let status = PortalStatus { reps: self.reps_of(portal), waiting };
        if self.office.book.route(portal).is_none() {
            self.office.telling.told.remove(&portal);
        } else if self.office.telling.told.insert(portal, status) == Some(status) {
            return;
        }
        self.actions.push_back(Action::Portal { portal, status });
    }

    /// Tells the first `max` of a line where they stand, if that changed.
    fn tell_places(&mut self, now_ms: u64, portal: i64, max: usize) {
        let reps = self.reps_of(portal);
        let moved: Vec<(QuestionId, u32, u64)> = (1_u32..)
            .zip(self.office.book.line(portal).take(max))
            // Who is in a running session looks at no page.
            .filter(|(place, question)| question.session().is_none() && question.told != (*place, reps))
            .map(|(place, question)| (question.id, place, question.waited_ms(now_ms) / 1000))
            .collect();
        for (question, place, waiting_s) in moved {
            self.office.book.note_told(question, (place, reps));
            let news = QuestionNews::Waiting { place, waiting_s, reps };
            self.actions.push_back(Action::News { question, news });
        }
    }

    /// Tells the page of a question that has just come into line where it stands. Looks at the line's beginning alone: further
    /// behind comes only who asks now, at its end.
    pub(super) fn tell_place(&mut self, now_ms: u64, id: QuestionId) {
        let Some(question) = self.office.book.get(id).filter(|question| question.session().is_none()) else { return };
        let (portal, waiting_s) = (question.portal, question.waited_ms(now_ms) / 1000);
        let near = self.office.book.line(portal).take(NEAR).position(|other| other.id == id);
        let place = near.map_or(self.office.book.line_len(portal), |before| before + 1);
        let (place, reps) = (count(place), self.reps_of(portal));
        self.office.book.note_told(id, (place, reps));
        self.actions.push_back(Action::News { question: id, news: QuestionNews::Waiting { place, waiting_s, reps } });
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
