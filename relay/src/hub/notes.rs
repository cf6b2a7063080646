//! Notes that a rep writes about a session: passed on to be written down, and told again to the rep who takes the session up.
//!
//! Nothing of them is kept here, and no connection of a customer's ever says or hears a word of them. Of a session that
//! the hub does not know any more, only the store knows whose it was and when it ended.

use super::Hub;
use super::action::{Action, NotesRecord};
use super::input::ConnectionId;
use super::session::Stage;
use lotse_protocol::control::{FromRelay, NOTES_CHARS_MAX, NotesRefusal, SessionId, Side};
use lotse_protocol::tidy_lines;

impl Hub {
    pub(super) fn notes(&mut self, connection: ConnectionId, session: SessionId, revision: u64, text: &str) {
        let Some(known) = self.connections.get(&connection) else { return };
        if known.side != Side::Rep {
            return self.refuse(connection, "Only a rep's program writes notes.");
        }
        let Some(rep) = known.rep.as_ref().map(|rep| rep.rep) else {
            return self.refuse(connection, "Sign in before writing notes.");
        };
        let running = match self.sessions.get(&session) {
            Some(of) if of.owner.rep != rep => {
                return self.refuse_notes(connection, session, revision, NotesRefusal::Over);
            }
            Some(of) => match of.stage {
                Stage::Running => true,
                // It has no place in the store yet; it may be there in a moment.
                Stage::Open { .. } | Stage::Pairing { .. } => {
                    return self.refuse_notes(connection, session, revision, NotesRefusal::NotNow);
                }
            },
            None => false,
        };
        let text = tidy_lines(text);
        if text.chars().count() > NOTES_CHARS_MAX {
            return self.refuse_notes(connection, session, revision, NotesRefusal::TooLong);
        }
        let notes = NotesRecord { session, rep, revision, text, running };
        self.actions.push_back(Action::KeepNotes { to: connection, notes });
    }

    /// Whoever takes a session up hears what was noted, unless it is the customer.
    pub(super) fn tell_notes(&mut self, to: ConnectionId, session: SessionId, side: Side) {
        match side {
            Side::Rep => self.actions.push_back(Action::TellNotes { to, session }),
            Side::Customer => {}
        }
    }

    fn refuse_notes(&mut self, to: ConnectionId, session: SessionId, revision: u64, why: NotesRefusal) {
        self.send(to, FromRelay::NotesRefused { session, revision, why });
    }
}

#[cfg(test)]
#[path = "notes_tests.rs"]
mod tests;
