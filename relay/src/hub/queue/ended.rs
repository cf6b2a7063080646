//! How questions ended, for pages that come back to hear it: one that had just asked, or was between two connections.
//!
//! Kept for a while and so many, with nothing of what was asked. What is forgotten is told as a place that lapsed.

use super::pages::Over;
use crate::token::TokenHash;
use lotse_protocol::question::QuestionId;
use std::collections::{HashMap, VecDeque};

/// How long an end is remembered, in milliseconds: a telephone that was put away while its owner waited is looked at again
/// within that.
const KEEP_MS: u64 = 15 * 60 * 1000;
/// Ends that are remembered, about 120 bytes each: more than a busy relay's in that time. The oldest goes first.
const ENDED_MAX: usize = 20_000;

/// The newest ends.
#[derive(Debug, Default)]
pub(in crate::hub) struct Ended {
    of: HashMap<QuestionId, (TokenHash, Over)>,
    /// When each is forgotten, in order.
    until_ms: VecDeque<(u64, QuestionId)>,
}

impl Ended {
    /// A question is over. None is twice.
    pub fn note(&mut self, now_ms: u64, question: QuestionId, token: TokenHash, over: Over) {
        if self.of.insert(question, (token, over)).is_some() {
            return;
        }
        self.until_ms.push_back((now_ms.saturating_add(KEEP_MS), question));
        if self.until_ms.len() > ENDED_MAX
            && let Some((_, oldest)) = self.until_ms.pop_front()
        {
            self.of.remove(&oldest);
        }
    }

    /// How it ended, told to whoever has its token.
    pub fn over(&self, question: QuestionId, token: &TokenHash) -> Option<Over> {
        self.of.get(&question).filter(|(of, _)| of == token).map(|(_, over)| *over)
    }

    /// When something is to be forgotten.
    pub fn next_ms(&self) -> Option<u64> {
        self.until_ms.front().map(|(until_ms, _)| *until_ms)
    }

    /// Forgets what is due.
    pub fn forget(&mut self, now_ms: u64) {
        while let Some((until_ms, question)) = self.until_ms.front().copied()
            && until_ms <= now_ms
        {
            self.until_ms.pop_front();
            self.of.remove(&question);
        }
    }

    /// How many are remembered.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        assert_eq!(self.of.len(), self.until_ms.len());
        self.of.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(number: usize) -> QuestionId {
        QuestionId((number as u128).to_le_bytes())
    }

    const TOKEN: TokenHash = TokenHash([7; 32]);

    #[test]
    fn an_end_is_told_to_whoever_has_the_token_and_for_a_while() {
        let mut ended = Ended::default();
        ended.note(5, question(1), TOKEN, Over::Closed);
        ended.note(9, question(2), TOKEN, Over::Session);
        assert_eq!(ended.over(question(1), &TOKEN), Some(Over::Closed));
        assert_eq!(ended.over(question(1), &TokenHash([8; 32])), None);
        assert_eq!((ended.over(question(3), &TOKEN), ended.next_ms()), (None, Some(5 + KEEP_MS)));
        ended.forget(4 + KEEP_MS);
        assert_eq!(ended.len(), 2);
        ended.forget(5 + KEEP_MS);
        assert_eq!((ended.over(question(1), &TOKEN), ended.over(question(2), &TOKEN)), (None, Some(Over::Session)));
        ended.forget(9 + KEEP_MS);
        assert_eq!((ended.len(), ended.next_ms()), (0, None));
    }

    #[test]
    fn no_more_ends_are_remembered_than_there_is_room_for() {
        let mut ended = Ended::default();
        for number in 0..ENDED_MAX + 5 {
            ended.note(1, question(number), TOKEN, Over::Left);
        }
        assert_eq!(ended.len(), ENDED_MAX);
        assert_eq!((ended.over(question(4), &TOKEN), ended.over(question(5), &TOKEN)), (None, Some(Over::Left)));
    }
}
