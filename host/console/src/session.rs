//! What several windows ask of one session: whether it runs, how its customer is called, and what is unread in it.
//!
//! Knows no window. The session's own window, the list's and the plugin monitor's say the same of it by this.

use egui::Color32;
use lotse_engine::rep::RepSession;
use lotse_engine::view::SessionState;
use lotse_ui::t;
use lotse_ui::tokens::Palette;

/// More than this is told as so many and more.
const UNREAD_SHOWN_MAX: u32 = 99;

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

/// A window's title, with what is unread before it: what is cut off in the taskbar is the end.
pub(crate) fn titled(count: u32, session: &RepSession) -> String {
    let title = t!("session-title", "peer" => peer(session));
    if count == 0 { title } else { format!("({}) {title}", unread(count)) }
}

/// `2`, `99+`.
pub(crate) fn unread(count: u32) -> String {
    if count > UNREAD_SHOWN_MAX { format!("{UNREAD_SHOWN_MAX}+") } else { count.to_string() }
}

/// Of the sign beside a session's name; its words say the same.
pub(crate) fn colour(state: &SessionState, palette: &Palette) -> Color32 {
    match state {
        SessionState::Active => palette.good,
        SessionState::Lost { .. }
        | SessionState::AwaitingConsent
        | SessionState::Connecting { .. }
        | SessionState::Waiting => palette.caution,
        SessionState::Ended { .. } => palette.muted_ink,
        SessionState::Failed { .. } => palette.danger,
    }
}
