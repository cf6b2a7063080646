//! The machine's words as the windows know them.

use crate::view::{Problem, SessionState, Step};
use lotse_session::{Failure, State};

/// `now_ms` on the machine's clock.
pub(crate) fn state(state: &State, now_ms: u64) -> SessionState {
    match state {
        State::Waiting => SessionState::Waiting,
        State::Connecting(step) => SessionState::Connecting {
            step: match step {
                lotse_session::Step::Keys => Step::Keys,
                lotse_session::Step::Plugins => Step::Plugins,
                lotse_session::Step::Link => Step::Link,
            },
        },
        State::AwaitingConsent => SessionState::AwaitingConsent,
        State::Active => SessionState::Active,
        State::Lost { until_ms } => SessionState::Lost { seconds_left: until_ms.saturating_sub(now_ms).div_ceil(1000) },
        State::Ended(reason) => SessionState::Ended { reason: *reason },
        State::Failed(failure) => SessionState::Failed { problem: problem(failure) },
    }
}

fn problem(failure: &Failure) -> Problem {
    match failure {
        Failure::WrongCode { attempts_left } => Problem::CodeWrong { attempts_left: *attempts_left },
        Failure::KeysDiffer => Problem::KeysDiffer,
        Failure::CodeVoid => Problem::CodeVoid,
        Failure::Plugins(detail) => Problem::Plugins { detail: detail.clone() },
    }
}
