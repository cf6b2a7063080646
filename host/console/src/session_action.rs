//! What a person did in a session's window that is not the session's own.
//!
//! The window and its menu gather these while they are drawn; the console carries them out afterwards.

use lotse_engine::rep::RepCommand;

/// What a person did here that is not the session's own.
pub(crate) enum SessionAction {
    Send(RepCommand),
    Monitor,
    Preferences,
    Help,
    NewCode,
    /// Larger or smaller by so many steps.
    ScaleBy(isize),
}
