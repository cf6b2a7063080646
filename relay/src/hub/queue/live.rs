//! How an account's lines are at one moment, for whoever manages it.

use super::question::{Place, Question, State};
use crate::hub::Hub;
use lotse_protocol::question::QuestionId;

/// A question that waits, or is offered to a rep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveQuestion {
    pub id: QuestionId,
    /// The customer's; may be empty.
    pub name: String,
    pub text: String,
    pub portal: i64,
    pub portal_name: String,
    pub waited_s: u64,
    /// Name of the rep to whom it is offered.
    pub offered_to: Option<String>,
    /// Name of the rep who hands it over, if it is a running session and no question.
    pub handed_by: Option<String>,
}

/// A page of what waits at an account's portals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaitingPage {
    /// Who is first before who is behind.
    pub questions: Vec<LiveQuestion>,
    /// Where the next page begins; `None`: this is the last.
    pub next: Option<LivePlace>,
    /// How many wait in all.
    pub waiting: u64,
    /// Sign-ins that take questions.
    pub ready: u64,
}

/// A place in the lines of an account. A page begins behind one, whether anybody stands there any more or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LivePlace {
    /// It was given back, and stands before those that were not.
    pub front: bool,
    pub number: u64,
}

impl Hub {
    /// What waits at an account's portals behind a place, at most `max`.
    pub fn waiting_page(&self, now_ms: u64, account: i64, after: Option<LivePlace>, max: usize) -> WaitingPage {
        let after = after.map(|LivePlace { front, number }| Place { behind: !front, number });
        let mut found = self.in_line(account, after, max.saturating_add(1));
        let more = found.len() > max;
        found.truncate(max);
        let last = found.last().filter(|_| more).map(|last| last.place);
        WaitingPage {
            questions: found.into_iter().map(|question| self.live_question(now_ms, question)).collect(),
            next: last.map(|Place { behind, number }| LivePlace { front: !behind, number }),
            waiting: self.waiting_of(account),
            ready: self.ready_of(account),
        }
    }

    /// What waits at an account's portals, who is first before who is behind, at most `max`; and how many wait in all.
    pub(in crate::hub) fn live_questions(&self, now_ms: u64, account: i64, max: usize) -> (Vec<LiveQuestion>, u64) {
        let first = self.in_line(account, None, max).into_iter();
        (first.map(|question| self.live_question(now_ms, question)).collect(), self.waiting_of(account))
    }

    fn waiting_of(&self, account: i64) -> u64 {
        let portals = self.office.book.portals_of_account(account);
        portals.iter().map(|portal| self.office.book.line_len(*portal) as u64).sum()
    }

    /// The first `max` behind a place, of all lines of an account.
    fn in_line(&self, account: i64, after: Option<Place>, max: usize) -> Vec<&Question> {
        let portals = self.office.book.portals_of_account(account);
        let lines = portals.iter().flat_map(|portal| self.office.book.line_behind(*portal, after).take(max));
        let mut first: Vec<&Question> = lines.collect();
        first.sort_unstable_by_key(|question| (question.place, question.id));
        first.truncate(max);
        first
    }

    fn live_question(&self, now_ms: u64, question: &Question) -> LiveQuestion {
        LiveQuestion {
            id: question.id,
            name: question.name.clone(),
            text: question.text.clone(),
            portal: question.portal,
            portal_name: question.portal_name.clone(),
            waited_s: question.waited_ms(now_ms) / 1000,
            handed_by: question.session().map(|handed| handed.from.clone()),
            offered_to: match &question.state {
                State::Offered { sign_in, .. } => Some(self.name_of(*sign_in)),
                State::Waiting | State::Taken { .. } | State::Running { .. } => None,
            },
        }
    }

    /// The portals whose questions a sign-in takes now.
    pub(in crate::hub) fn takes_questions_of(&self, sign_in: i64) -> Vec<i64> {
        if !self.office.desk.takes_questions(sign_in) {
            return vec![];
        }
        let groups = self.office.desk.groups_of(sign_in);
        groups.iter().flat_map(|group| self.office.book.portals_of(*group)).copied().collect()
    }
}
