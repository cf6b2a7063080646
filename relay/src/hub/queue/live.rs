//! How an account's lines are at one moment, for whoever manages it.

use super::question::State;
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
}

impl Hub {
    /// What waits at an account's portals, who is first before who is behind, at most `max`; and how many wait in all.
    pub(in crate::hub) fn live_questions(&self, now_ms: u64, account: i64, max: usize) -> (Vec<LiveQuestion>, u64) {
        let portals = self.office.book.portals_of_account(account);
        let all: usize = portals.iter().map(|portal| self.office.book.line_len(*portal)).sum();
        let mut first: Vec<_> = portals.iter().flat_map(|portal| self.office.book.line(*portal).take(max)).collect();
        first.sort_unstable_by_key(|question| (question.place, question.id));
        first.truncate(max);
        let live = first.into_iter().map(|question| LiveQuestion {
            id: question.id,
            name: question.name.clone(),
            text: question.text.clone(),
            portal: question.portal,
            portal_name: question.portal_name.clone(),
            waited_s: question.waited_ms(now_ms) / 1000,
            offered_to: match &question.state {
                State::Offered { sign_in, .. } => Some(self.name_of(*sign_in)),
                State::Waiting | State::Taken { .. } | State::Running { .. } => None,
            },
        });
        (live.collect(), all as u64)
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
