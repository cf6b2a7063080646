//! Running sessions in a portal's line whose key is said anew: because whoever had taken one did not come, because the first rep's
//! program says its wish once more, or because that was away for a moment.
//!
//! Who let one pass is not asked again at once because of that. While the key for the next has yet to come nobody is asked, and
//! not for long.

use super::hand_overs::{HandOver, LeftLine, Stage, Wanted};
use super::question::{Passes, Subject};
use crate::hub::Hub;
use crate::hub::input::ConnectionId;
use lotse_protocol::control::{SessionId, Side};
use lotse_protocol::handover::{self, HandOverId, HandOverOutcome, KEY_BYTES, NOTE_CHARS_MAX};
use lotse_protocol::question::QuestionId;
use lotse_protocol::tidy;

impl Hub {
    /// A program says once more what stands in a line, to the same portal, for the same and with the same note: it keeps its row,
    /// its readers and its time. Who has taken it did not come. False: it is another wish.
    pub(super) fn say_handed_again(
        &mut self,
        now_ms: u64,
        connection: ConnectionId,
        wish: &handover::HandOver,
    ) -> bool {
        let theirs = self.sessions.get(&wish.session).is_some_and(|of| of.side_of(connection) == Some(Side::Rep));
        let same = |stands: &&HandOver| {
            matches!(stands.to, Wanted::Portal(_))
                && Wanted::parse(&wish.to) == Some(stands.to)
                && (stands.purpose, stands.note.as_str()) == (wish.purpose, tidy(&wish.note, NOTE_CHARS_MAX).as_str())
        };
        let stands = self.office.hand_overs.of_session(wish.session).filter(same);
        let Some(stands) = stands.filter(|_| theirs && wish.key.len() == KEY_BYTES) else { return false };
        let not_come = match stands.stage {
            Stage::Accepted { session, .. } => Some(session),
            Stage::Queued => None,
            // Nothing in a line is at either.
            Stage::Seeking | Stage::Offered { .. } => return false,
        };
        let id = stands.id;
        self.renew_key(now_ms, id, wish.key.clone(), not_come);
        true
    }

    /// Whoever takes it from here on seals to this key. `not_come`: the session of who has taken it, whose code is used up.
    pub(super) fn renew_key(&mut self, now_ms: u64, id: HandOverId, key: Vec<u8>, not_come: Option<SessionId>) {
        self.office.hand_overs.change(id, |wish| {
            wish.key = key;
            if let Some(session) = not_come {
                wish.stage = Stage::Accepted { session, told: false };
            }
        });
        self.office.book.change(id.row(), |row| {
            if let Subject::Session(handed) = &mut row.subject {
                handed.keyless_since_ms = None;
            }
        });
        if let Some(second) = not_come {
            self.end_not_come(now_ms, second);
        }
    }

    /// Whoever hands it over has said no key for too long: nobody could take it.
    pub(super) fn no_key_came(&mut self, row: QuestionId) {
        if let Some(wish) = self.wish_of(row) {
            self.end_hand_over(wish, HandOverOutcome::Gone, String::new());
        }
    }

    /// A wish is about to leave its line with the console that has it, which may be back in a moment.
    pub(super) fn remember_left(&mut self, id: HandOverId) {
        let Some(wish) = self.office.hand_overs.get(id) else { return };
        let Some(row) = self.office.book.get(id.row()) else { return };
        let (session, to, purpose, note) = (wish.session, wish.to, wish.purpose, wish.note.clone());
        let left = LeftLine { to, purpose, note, passes: row.passes() };
        self.office.hand_overs.remember(session, left);
    }

    /// Who let this wish pass before its console was away.
    pub(super) fn recall_left(&mut self, wish: &HandOver) -> Option<Passes> {
        let LeftLine { to, purpose, note, passes } = self.office.hand_overs.recall(wish.session)?;
        ((to, purpose, &note) == (wish.to, wish.purpose, &wish.note)).then_some(passes)
    }
}
