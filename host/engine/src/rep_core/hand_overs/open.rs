//! What a rep is asked of running sessions, or has opened and not answered yet: several at once, one of which is shown.
//!
//! Nothing takes the place of what they have said yes to, and what they opened themselves is there again when they have answered
//! what came in between.

use crate::hand_over_view::AskedHandOver;
use crate::sealed::Opener;
use lotse_protocol::handover::HandOverId;
use std::time::{Duration, Instant};

/// More than anybody has open. What is pushed out still stands in the portal's queue.
const OPEN_MAX: usize = 8;
/// Keys of one of them that may have an answer on its way. It is asked for anew when its turn comes.
const OPENERS_MAX: usize = 4;
/// An offer whose end the relay does not tell is over so long after its time.
const OVER_AFTER: Duration = Duration::from_secs(5);

/// One of them.
pub(super) struct Open {
    pub asked: AskedHandOver,
    /// The oldest first. Each opens one account of what was said.
    openers: Vec<Opener>,
    /// The rep has said yes. The relay's answer to that ends it, or their own no, and nothing else that is refused.
    pub agreed: bool,
    /// It is not shown any more: the relay refused something, and most likely this.
    closed: bool,
    /// The relay takes no answer of this rep's to it, until they open it once more.
    pub lapsed: bool,
}

impl Open {
    pub(super) fn new(asked: AskedHandOver) -> Self {
        Self { asked, openers: Vec::new(), agreed: false, closed: false, lapsed: false }
    }

    /// The relay shows it once more, as this. What is known of it stays.
    pub(super) fn again(self, asked: AskedHandOver) -> Self {
        let (summary, accepting) = (self.asked.summary, self.asked.accepting);
        Self { asked: AskedHandOver { summary, accepting, ..asked }, lapsed: false, ..self }
    }

    /// The rep opened it themselves, and reads it for as long as they like.
    pub(super) fn is_by_choice(&self) -> bool {
        self.asked.until.is_none()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn add_opener(&mut self, opener: Opener) {
        if self.openers.len() >= OPENERS_MAX {
            self.openers.remove(0);
        }
        self.openers.push(opener);
    }

    /// What was said, out of the answer to any of the keys. False: it is sealed to none of them.
    pub(super) fn take_summary(&mut self, body: &[u8], tidy: impl Fn(&str) -> String) -> bool {
        // A key that does not fit is used up by trying. Its own answer was lost: answers come in the order of the keys.
        while !self.openers.is_empty() {
            if let Some(text) = self.openers.remove(0).summary(body) {
                self.asked.summary = Some(tidy(&text));
                return true;
            }
        }
        false
    }
}

/// All of them, the newest last.
#[derive(Default)]
pub(super) struct Opened(Vec<Open>);

impl Opened {
    /// One at a time: what the rep has just said yes to, or else what has an end, or else what was opened last.
    pub(super) fn shown(&self) -> Option<&AskedHandOver> {
        let open = self.0.iter().filter(|open| !open.closed).map(|open| &open.asked);
        open.max_by_key(|asked| (asked.accepting, asked.until.is_some()))
    }

    pub(super) fn get(&mut self, offer: HandOverId) -> Option<&mut Open> {
        self.0.iter_mut().find(|open| open.asked.id == offer)
    }

    pub(super) fn take(&mut self, offer: HandOverId) -> Option<Open> {
        let at = self.0.iter().position(|open| open.asked.id == offer)?;
        Some(self.0.remove(at))
    }

    pub(super) fn push(&mut self, open: Open) {
        if self.0.len() >= OPEN_MAX {
            let at = self.0.iter().position(|open| !open.asked.accepting).unwrap_or(0);
            self.0.remove(at);
        }
        self.0.push(open);
    }

    /// The relay did not do what it was asked for, and does not say what that was.
    pub(super) fn refused(&mut self) {
        for open in &mut self.0 {
            // What was read by choice is somebody else's by now, most likely; the list says so, and from it that can be seen again.
            open.closed |= open.asked.accepting && open.is_by_choice();
            open.asked.accepting = false;
        }
    }

    /// Forgets offers whose end the relay does not tell. True: there was one.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        let before = self.0.len();
        self.0.retain(|open| open.asked.until.is_none_or(|until| now < until + OVER_AFTER));
        self.0.len() != before
    }
}
