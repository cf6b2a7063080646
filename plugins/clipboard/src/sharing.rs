//! Whether the clipboard is shared, and what may be sent. Pure: the same on both sides, with the side's own steps.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::wire::Content;

/// How far the agreement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Off,
    /// Wanted, and nobody there to ask.
    Unconnected,
    /// The customer is being asked.
    Waiting,
    Shared,
    Refused,
    /// The rep only looks on, and nobody was asked.
    OnlyLooks,
}

impl State {
    /// The rep's wish stands: it is shared, or will be. After a no it does not, until it is asked again.
    pub fn is_wanted(self) -> bool {
        match self {
            Self::Unconnected | Self::Waiting | Self::Shared => true,
            Self::Off | Self::Refused | Self::OnlyLooks => false,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Sharing {
    state: State,
    /// What both clipboards hold as far as this side knows: sent or written last.
    common: Option<u64>,
}

impl Sharing {
    pub fn new() -> Self {
        Self { state: State::Off, common: None }
    }

    pub fn state(&self) -> State {
        self.state
    }

    /// The next step of the agreement. What was common counts only while it is shared.
    pub fn enter(&mut self, state: State) {
        if state != State::Shared {
            self.common = None;
        }
        self.state = state;
    }

    /// Whether what was copied here goes to the other side: only while shared, and not what just came from there.
    pub fn leaves(&mut self, content: &Content) -> bool {
        if self.state != State::Shared {
            return false;
        }
        let digest = digest(content);
        self.common.replace(digest) != Some(digest)
    }

    /// Whether what the other side sent is written here. A half that sends without being allowed to is not believed.
    pub fn arrives(&mut self, content: &Content) -> bool {
        self.leaves(content)
    }
}

/// Hashed at each end of what is larger. A handler has 100 ms, and a PNG file's checksums stand at its end.
const EDGE_BYTES: usize = 512 * 1024;

/// Only ever compared within one run, and a collision only keeps one copy from being sent.
fn digest(content: &Content) -> u64 {
    let mut hasher = DefaultHasher::new();
    let Content { format, data } = content;
    let head = data.get(..EDGE_BYTES).unwrap_or(data);
    let tail = data.get(data.len().saturating_sub(EDGE_BYTES)..).unwrap_or_default();
    (format, data.len(), head, tail).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::wire::Format;

    fn text(text: &str) -> Content {
        Content::new(Format::Text, text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn nothing_leaves_or_arrives_unless_shared() {
        let mut sharing = Sharing::new();
        for state in [State::Off, State::Unconnected, State::Waiting, State::Refused, State::OnlyLooks] {
            sharing.enter(state);
            assert!(!sharing.leaves(&text("secret")) && !sharing.arrives(&text("planted")), "{state:?}");
        }
        sharing.enter(State::Shared);
        assert!(sharing.leaves(&text("secret")));
    }

    /// Scar: "Share clipboard" stayed ticked after the customer had said no.
    #[test]
    fn after_a_no_it_is_not_wanted_any_more() {
        let wanted = |state: State| state.is_wanted();
        assert!([State::Unconnected, State::Waiting, State::Shared].into_iter().all(wanted));
        assert!(![State::Off, State::Refused, State::OnlyLooks].into_iter().any(wanted));
    }

    /// Every write makes the other clipboard change; a host that reports it must not start a loop.
    #[test]
    fn what_came_is_not_sent_back() {
        let mut sides = [Sharing::new(), Sharing::new()];
        sides.iter_mut().for_each(|side| side.enter(State::Shared));
        assert!(sides[0].leaves(&text("a")));
        assert!(sides[1].arrives(&text("a")));
        assert!(!sides[1].leaves(&text("a")), "the echo of the write");
        assert!(!sides[0].arrives(&text("a")), "an echo from a side that has no guard");
        assert!(sides[1].leaves(&text("b")) && sides[0].arrives(&text("b")));
        assert!(sides[1].leaves(&text("a")), "copied again later is a new copy");
    }
}
