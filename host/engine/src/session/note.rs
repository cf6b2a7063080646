//! The note that takes a session up after a crash of the program that is in it.

use super::Task;
use super::beside::Beside;
use crate::resume::ResumeNote;

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
            asked: self.config.asked.clone(),
        };
        if let Err(error) = note.write(place) {
            tracing::warn!(%error, "this session could not be noted: after a crash a new code will be needed");
            if self.paused_here {
                // One from before the pause would bring the session back without it.
                ResumeNote::remove(place);
            }
        }
    }
}
