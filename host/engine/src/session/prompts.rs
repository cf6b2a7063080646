//! What the customer is asked, one thing at a time.

use crate::view::{Access, Prompt, PromptKind};
use std::collections::VecDeque;

/// Questions that may wait: the session itself and one for each kind of access.
const WAITING_MAX: usize = 8;

#[derive(Debug, Default)]
pub(crate) struct Prompts {
    waiting: VecDeque<Prompt>,
    last: u64,
}

impl Prompts {
    /// Adds a question, unless the same one waits already.
    pub(crate) fn ask(&mut self, kind: PromptKind) {
        let same = |prompt: &Prompt| match (&prompt.kind, &kind) {
            (PromptKind::Begin { .. }, PromptKind::Begin { .. })
            | (PromptKind::Beside { .. }, PromptKind::Beside { .. }) => true,
            (PromptKind::Access { access: a, .. }, PromptKind::Access { access: b, .. }) => a == b,
            (PromptKind::Begin { .. }, PromptKind::Access { .. } | PromptKind::Beside { .. })
            | (PromptKind::Access { .. }, PromptKind::Begin { .. } | PromptKind::Beside { .. })
            | (PromptKind::Beside { .. }, PromptKind::Begin { .. } | PromptKind::Access { .. }) => false,
        };
        if self.waiting.len() < WAITING_MAX && !self.waiting.iter().any(same) {
            self.last += 1;
            self.waiting.push_back(Prompt { id: self.last, kind });
        }
    }

    pub(crate) fn current(&self) -> Option<&Prompt> {
        self.waiting.front()
    }

    /// Takes the question that was answered; `None` when it is not the one on the screen.
    pub(crate) fn answered(&mut self, id: u64) -> Option<PromptKind> {
        self.waiting.pop_front_if(|prompt| prompt.id == id).map(|prompt| prompt.kind)
    }

    /// The question was settled otherwise (a switch was moved).
    pub(crate) fn settle(&mut self, access: Access) {
        self.waiting.retain(|prompt| !matches!(&prompt.kind, PromptKind::Access { access: of, .. } if *of == access));
    }

    /// Whoever was to come does not.
    pub(crate) fn settle_beside(&mut self) {
        self.waiting.retain(|prompt| !matches!(&prompt.kind, PromptKind::Beside { .. }));
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(access: Access) -> PromptKind {
        PromptKind::Access { access, plugin: "p".into(), signer: None, reason: "r".into() }
    }

    #[test]
    fn asks_one_thing_at_a_time_and_nothing_twice() {
        let mut prompts = Prompts::default();
        for kind in [access(Access::View), access(Access::Control), access(Access::View)] {
            prompts.ask(kind);
        }
        assert_eq!(prompts.current().map(|prompt| prompt.id), Some(1));
        assert_eq!(prompts.answered(2), None, "only the question on the screen can be answered");
        assert!(prompts.answered(1).is_some());
        assert_eq!(prompts.current().map(|prompt| prompt.id), Some(2));
        prompts.settle(Access::Control);
        assert_eq!(prompts.current(), None);
    }
}
