//! Back into the session that this program was in when it was stopped, from the note that it left; and the end of that note, when
//! nobody comes back.

use super::sessions::Trust;
use super::{Core, Joining};
use crate::resume::ResumeNote;
use crate::session::Restarted;
use crate::view::Access;
use lotse_protocol::control::SessionId;
use std::time::Instant;

impl Core {
    /// Goes back into the session that this program was in when it was stopped.
    pub(super) fn take_up(&mut self) {
        if let Some(note) = ResumeNote::read(&self.note) {
            self.restarted = note.restart.as_ref().and_then(|restart| {
                let seconds = restart.used(crate::system::unix_s())?;
                Some(Restarted { plugin: restart.plugin.clone(), seconds })
            });
            self.config.relay.clone_from(&note.relay);
            self.joining = Joining::Back { note: Box::new(note), since: Instant::now() };
            self.connect();
        } else {
            self.discard_transfers();
        }
    }

    pub(super) fn begin_again(&mut self, id: SessionId, note: &ResumeNote) -> Result<(), String> {
        if note.developer && !self.greeting.is_some_and(|(_, _, developer)| developer) {
            return Err("the relay is no longer in developer mode".to_owned());
        }
        let ahead = note.ahead.iter().filter_map(|name| Access::from_name(name)).collect();
        let restored = note.restored(self.restarted.take())?;
        self.begin(id, None, Some(restored), Trust { developer: note.developer, ahead })
    }

    /// The session is the one that is being taken up from the note.
    pub(super) fn is_back_from(&self, session: SessionId) -> bool {
        matches!(&self.joining, Joining::Back { note, .. } if note.session == session.0)
    }

    pub(super) fn leave(&mut self) {
        ResumeNote::remove(&self.note);
        self.discard_transfers();
        self.session = None;
        self.besides.clear();
        self.joining = Joining::Idle;
        self.control = None;
        self.greeting = None;
    }

    /// What was begun in a session that nobody comes back into is not gone on with. Disks are not waited for.
    pub(super) fn discard_transfers(&self) {
        let note = self.note.clone();
        tokio::task::spawn_blocking(move || crate::transfers::discard(&note));
    }
}
