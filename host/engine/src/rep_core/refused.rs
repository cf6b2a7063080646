//! What the relay refuses: shown with its reason, and tried again where nobody but this program can.

use super::Core;
use crate::refusal;
use crate::rep_view::SignIn;
use crate::view::Problem;
use std::time::{Duration, Instant};

/// Until the token is shown again to a relay that could not look at it: its database may be back by then.
pub(super) const AGAIN_AFTER: Duration = Duration::from_secs(10);

impl Core {
    /// While signing in it is the sign-in that was refused: there is nothing else to refuse yet.
    pub(super) fn on_refused_request(&mut self, reason: &str) {
        let detail = refusal::tidy(reason);
        tracing::warn!(detail, "the relay refused a request");
        let no_seat = self.looks_for_seat();
        self.resumes.answers_may_be_lost();
        self.questions.refused();
        self.hand_overs.refused();
        let problem = Problem::Refused { detail };
        match self.sign_in {
            SignIn::Trying => self.sign_in_fails(problem),
            // It still waits for a seat, which is what they see.
            SignIn::In { reconnecting: false, .. } if no_seat => self.resume_more(),
            SignIn::In { reconnecting, .. } => {
                self.problem = Some(problem);
                if reconnecting {
                    self.again_at.get_or_insert(Instant::now() + AGAIN_AFTER);
                }
                self.resume_more();
            }
            SignIn::Out | SignIn::Refused(_) | SignIn::Failed(_) | SignIn::Ended(_) => {}
        }
    }

    /// Shows the token once more, if it is time.
    pub(super) fn sign_in_when_due(&mut self, now: Instant) {
        if self.again_at.is_some_and(|at| at <= now) {
            self.again_at = None;
            self.introduce();
        }
    }
}
