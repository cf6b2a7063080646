//! What several windows ask of one session: whether it runs, and how its customer is called.
//!
//! Knows no window. The session's own window, the list's and the plugin monitor's say the same of it by this.

use lotse_engine::rep::RepSession;
use lotse_engine::view::SessionState;
use lotse_ui::t;

/// Whether closing the window would end something.
pub(crate) fn is_running(state: &SessionState) -> bool {
    match state {
        SessionState::Connecting { .. }
        | SessionState::AwaitingConsent
        | SessionState::Active
        | SessionState::Lost { .. } => true,
        SessionState::Waiting | SessionState::Ended { .. } | SessionState::Failed { .. } => false,
    }
}

pub(crate) fn peer(session: &RepSession) -> String {
    if session.view.peer.is_empty() { t!("session-customer") } else { session.view.peer.clone() }
}
