//! The note that takes a session up after a crash of the program that is in it.

use super::Task;
use super::beside::Beside;
use crate::resume::ResumeNote;
use crate::session::Asked;

impl Task {
    /// Writes (or renews) what takes this session up after a crash of this program.
    pub(super) fn write_note(&self) {
        let (Some(place), Some(offer), Some(peer)) = (&self.config.note, &self.offer, self.end.peer_key) else {
            return;
        };
        if self.is_over() {
            return;
        }
        let note = ResumeNote {
            relay: self.config.relay.clone(),
            session: self.config.id.0,
            token: offer.token.0.clone(),
            identity: self.end.identity.to_bytes(),
            peer: peer.0,
            accepted: self.end.machine.accepted(),
            paused: self.paused_here,
            developer: self.config.developer,
            ahead: self.config.ahead.iter().map(|access| access.name().to_owned()).collect(),
            features: self.licensed.kept().iter().cloned().collect(),
            restart: self.restart_note(),
            beside: self.besides.iter().map(Beside::token).collect(),
            user: self.config.user.clone(),
            asked: self.config.asked.clone().map(|asked| Asked { looks_on: self.only_looks(), ..asked }),
        };
        if let Err(error) = note.write(place) {
            tracing::warn!(%error, "this session could not be noted: after a crash a new code will be needed");
            if self.paused_here || self.only_looks() {
                // One of before would bring the session back without the pause, or its rep as somebody who may do more.
                ResumeNote::remove(place);
            }
        }
    }

    /// Rep's side: this rep agreed to look on, and to nothing more that the customer's program knows of, too.
    pub(super) fn only_looks(&self) -> bool {
        let came_to_look = || self.config.asked.as_ref().is_some_and(|asked| asked.looks_on);
        self.shared.as_ref().map_or_else(came_to_look, |shared| shared.only_looks(shared.me.id))
    }
}
