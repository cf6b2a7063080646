//! Secrets and the clipboard. What is copied while a clipboard is shared is at the customer's in the same moment, so while a
//! session runs there is nothing to copy a secret by, and why is said in its place.

use crate::session::is_running;
use lotse_engine::rep::RepView;

/// No session runs in which a plugin could hand the clipboard over. Sharing passes on only what is copied while it lasts.
pub(crate) fn may_copy(view: &RepView) -> bool {
    !view.sessions.iter().any(|session| is_running(&session.view.state))
}
