//! One plugin of a session: as windows see it, and how far it has come.

use crate::loading::Ready;
use crate::view::PluginView;

/// A plugin of the session before and while it runs.
pub(super) struct Plugin {
    pub view: PluginView,
    pub ready: Option<Ready>,
    /// Nothing more is waited for.
    pub settled: bool,
    /// It was started in this session, on this side.
    pub ran: bool,
    /// It was fetched, or is being fetched.
    pub asked: bool,
    /// It was loaded, or cannot be.
    pub answered: bool,
    /// Loaded, and not licensed.
    pub barred: Option<Ready>,
    /// Loaded, and never started for want of a plugin that it needs: that one may yet come.
    pub aside: Option<Ready>,
    /// It was started later than the session.
    pub late: bool,
    /// The other side has said that its half runs there.
    pub runs_there: bool,
}

impl Plugin {
    /// One that nothing is known of but its name.
    pub(super) fn new(view: PluginView) -> Self {
        let (ready, barred, aside) = (None, None, None);
        let (settled, ran, asked, answered) = (false, false, false, false);
        Self { view, ready, settled, ran, asked, answered, barred, aside, late: false, runs_there: false }
    }
}
