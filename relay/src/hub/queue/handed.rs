//! Running sessions in a portal's line: handed over to whoever serves the portal, and waiting there among the questions.
//!
//! The line is the questions' own: order, offers, who passed and who comes next are `book` and `offering`. What differs is
//! here. The customer is in talk, so it stands before who asks anew. It is read before it is taken: by whoever is offered it, and by
//! whoever opens it from the list, several at once. It becomes a session beside the first, as all that is handed over does
//! (`hand_over`); until that runs its row is taken and not gone, and stands at the front again if whoever took it does not come.

use super::hand_overs::{HandOver, Reader, Stage, Wanted};
use super::question::{Customer, Handed, Question, State, Subject};
use crate::hub::Hub;
use crate::hub::action::AuditKind;
use crate::hub::input::{ConnectionId, RepIdentity};
use crate::hub::seats::NO_SEAT;
use crate::hub::session::Session;
use lotse_protocol::control::{FromRelay, SessionId, Side};
use lotse_protocol::handover::{AskedEnd, HandOverId, HandOverOutcome, KEY_BYTES};
use lotse_protocol::question::{OfferEnd, QuestionId};
use std::collections::BTreeMap;

/// Reps who have one open at once. What they close, or leave with their console, counts no more.
const READERS_MAX: usize = 64;
/// How often one rep opens it, from whichever console: each time the first rep's program tells what was said.
const OPENED_MAX: u8 = 50;
/// A longer time that a program says it has waited is not believed, in seconds.
const WAITED_S_MAX: u64 = 24 * 3600;

const GONE: &str = "This session does not wait any more: a colleague has taken it, it was taken back, or it is over.";

impl Hub {
    /// What a row of a line is the row of; `None`: it is a question, or there is none.
    pub(super) fn wish_of(&self, id: QuestionId) -> Option<HandOverId> {
        self.office.book.get(id)?.session().map(|_| HandOverId(id.0))
    }

    /// It has a turn with a running session.
    pub(super) fn is_asked_from_queue(&self, sign_in: i64) -> bool {
        self.office.desk.offered(sign_in).is_some_and(|row| self.wish_of(row).is_some())
    }

    /// As many wait there as may.
    pub(super) fn is_line_full(&self, to: Wanted) -> bool {
        let Wanted::Portal(portal) = to else { return false };
        let book = &self.office.book;
        book.line_len(portal) >= self.limits.questions_per_portal || book.len() >= self.limits.questions_max
    }

    /// Puts a wish into a portal's line.
    pub(super) fn queue_hand_over(&mut self, now_ms: u64, portal: i64, wish: HandOver, waiting_s: u64) {
        let (Some(route), Some(session)) = (self.office.book.route(portal), self.sessions.get(&wish.session)) else {
            return;
        };
        let (row, route) = (wish.id.row(), route.clone());
        let handed = Handed {
            session: wish.session,
            rep: session.owner.rep,
            from: session.owner.name.clone(),
            purpose: wish.purpose,
            note: wish.note.clone(),
            keyless_since_ms: None,
        };
        let customer = Customer {
            name: session.customer_name.clone(),
            text: session.origin.question.clone(),
            system: session.system.clone(),
        };
        let times = (self.office.book.next_number(), now_ms, waiting_s.min(WAITED_S_MAX) * 1000);
        let mut question = Question::handed((row, handed), &route, customer, times);
        if let Some(passes) = self.recall_left(&wish) {
            question.set_passes(passes);
        }
        self.office.book.insert(question);
        self.office.hand_overs.insert(HandOver { stage: Stage::Queued, ..wish });
        self.line_changed(row);
    }

    /// Whether this rep may read and take it; the error says why not.
    pub(super) fn may_take_handed(&self, rep: &RepIdentity, id: HandOverId) -> Result<(), &'static str> {
        // Another account's is one that is not there.
        let row = self.office.book.get(id.row()).filter(|row| row.account == rep.account && row.is_in_line());
        let row = row.ok_or(GONE)?;
        let handed = row.session().ok_or(GONE)?;
        let group = self.office.book.group_of(row.portal).ok_or(GONE)?;
        if handed.rep == rep.rep {
            return Err("This is your own session; take it back in its window.");
        }
        if let Some(connection) = self.sign_ins.get(&rep.sign_in) {
            self.place_here(handed.session, handed.purpose, *connection).map_err(Self::refusal_of)?;
        }
        if !self.office.desk.groups_of(rep.sign_in).contains(&group) {
            return Err("This session is not for you any more: its portal leads to another team than yours.");
        }
        Ok(())
    }

    /// A rep opens one from the list. Nobody is kept from it by that.
    pub(super) fn read_handed(&mut self, now_ms: u64, connection: ConnectionId, rep: &RepIdentity, id: HandOverId) {
        if let Err(reason) = self.may_take_handed(rep, id) {
            return self.refuse(connection, reason);
        }
        if self.waits(connection) {
            return self.refuse(connection, NO_SEAT);
        }
        if self.is_asked_for_another(rep.sign_in, id) {
            return self.refuse(connection, "You are being asked for another session; answer that first.");
        }
        if let Err(reason) = self.open_handed(id, rep) {
            return self.refuse(connection, reason);
        }
        let turn = self.office.book.get(id.row()).and_then(|row| match row.state {
            State::Offered { sign_in, until_ms } => Some((sign_in, until_ms)),
            State::Waiting | State::Taken { .. } | State::Running { .. } => None,
        });
        let own = turn.filter(|(sign_in, _)| *sign_in == rep.sign_in);
        let left_s = own.map_or(0, |(_, until_ms)| until_ms.saturating_sub(now_ms).div_ceil(1000));
        self.ask_hand_over(connection, id, u16::try_from(left_s).unwrap_or(u16::MAX));
    }

    /// It is asked by name, or has a turn, with another session than this one.
    fn is_asked_for_another(&self, sign_in: i64, id: HandOverId) -> bool {
        let turn = self.office.desk.offered(sign_in).and_then(|row| self.wish_of(row));
        self.office.hand_overs.of_asked(sign_in).is_some() || turn.is_some_and(|turn| turn != id)
    }

    /// The error says why it stays closed.
    fn open_handed(&mut self, id: HandOverId, rep: &RepIdentity) -> Result<(), &'static str> {
        let (readers, opened) = self.office.hand_overs.reading(id).ok_or(GONE)?;
        if readers.len() >= READERS_MAX && !readers.contains_key(&rep.sign_in) {
            return Err("As many colleagues read this session as can at once; try again in a moment.");
        }
        let times = opened.entry(rep.rep).or_default();
        if *times >= OPENED_MAX {
            return Err("This session was opened too often; ask whoever hands it over.");
        }
        *times = times.saturating_add(1);
        readers.insert(rep.sign_in, Reader::default());
        Ok(())
    }

    /// It is a rep's turn.
    pub(super) fn ask_from_queue(&mut self, to: ConnectionId, sign_in: i64, id: HandOverId, for_s: u16) {
        if let Some(readers) = self.office.hand_overs.readers(id) {
            readers.insert(sign_in, Reader::default());
        }
        self.ask_hand_over(to, id, for_s);
    }

    /// It is not any more.
    pub(super) fn end_asked_from_queue(&mut self, id: HandOverId, sign_in: i64, end: &OfferEnd) {
        let end = match end {
            OfferEnd::Passed => AskedEnd::Passed,
            OfferEnd::Taken(_) => AskedEnd::Taken,
            OfferEnd::Left | OfferEnd::Closed(_) => AskedEnd::Withdrawn,
        };
        if let Some(readers) = self.office.hand_overs.readers(id) {
            readers.remove(&sign_in);
        }
        self.tell_readers(id, [sign_in], end);
    }

    /// Whoever reads it does not take it. Who opened it by choice has let nothing pass.
    pub(super) fn handed_refused(&mut self, now_ms: u64, id: HandOverId, rep: &RepIdentity) {
        if self.office.desk.offered(rep.sign_in) == Some(id.row()) {
            self.pass_on(now_ms, id.row(), true);
        } else if let Some(readers) = self.office.hand_overs.readers(id) {
            readers.remove(&rep.sign_in);
        }
    }

    /// A rep has taken it, by turn or by choice: all others who read it are told.
    pub(super) fn handed_taken(&mut self, now_ms: u64, id: HandOverId, session: SessionId, rep: &RepIdentity) {
        self.end_reading(now_ms, id, rep);
        let taken = State::Taken { session, rep: rep.name.clone(), sealed: None };
        self.office.book.change(id.row(), |row| row.state = taken);
    }

    /// The same by one who is in the session already: it is offered to nobody from here on, and is about to leave the line.
    pub(super) fn handed_taken_here(&mut self, now_ms: u64, id: HandOverId, rep: &RepIdentity) {
        self.end_reading(now_ms, id, rep);
        self.office.book.change(id.row(), |row| row.state = State::Waiting);
    }

    fn end_reading(&mut self, now_ms: u64, id: HandOverId, rep: &RepIdentity) {
        let row = id.row();
        if self.office.desk.offered(rep.sign_in) == Some(row) {
            self.office.desk.set_offered(rep.sign_in, None);
        } else {
            self.end_offer(row, OfferEnd::Taken(rep.name.clone()));
        }
        self.office.desk.idle_from(rep.sign_in, now_ms);
        self.room_changed(rep);
        // While it still stands in line.
        self.line_changed(row);
        let readers = self.office.hand_overs.readers(id).map(std::mem::take).unwrap_or_default();
        let others = readers.into_keys().filter(|sign_in| *sign_in != rep.sign_in);
        self.tell_readers(id, others, AskedEnd::Taken);
    }

    /// The session of whoever had taken it is over before its customer came: it stands at the front again, if the first rep's
    /// program is there to bring the next one in.
    pub(super) fn handed_back(&mut self, now_ms: u64, id: HandOverId, second: &Session) {
        let Some(wish) = self.office.hand_overs.get(id) else { return };
        let (from, told) = (wish.session, matches!(wish.stage, Stage::Accepted { told: true, .. }));
        let portal = self.office.book.get(id.row()).map(|row| row.portal);
        let routed = portal.is_some_and(|portal| self.office.book.route(portal).is_some());
        let asker = self.sessions.get(&from).and_then(|from| from.rep.connection);
        let Some(asker) = asker.filter(|_| routed) else {
            return self.end_hand_over(id, HandOverOutcome::Gone, second.owner.name.clone());
        };
        let again_ms = now_ms + self.limits.offer_pause_ms;
        // Whoever is still there let it go and is not asked again at once.
        let passed = second.rep.connection.map(|_| second.owner.rep);
        self.office.book.change(id.row(), |row| {
            row.state = State::Waiting;
            let let_go = std::mem::take(&mut row.let_go);
            if let Subject::Session(handed) = &mut row.subject {
                handed.keyless_since_ms = told.then_some(now_ms);
            }
            if let Some(rep) = passed {
                row.pass(rep, again_ms, let_go);
            }
        });
        self.office.hand_overs.change(id, |wish| {
            wish.stage = Stage::Queued;
            if told {
                wish.key.clear();
            }
        });
        self.audit(AuditKind::HandOverDeclined, Some(from), Some(&second.owner), "did not come".to_owned());
        self.line_changed(id.row());
        if told {
            self.send(asker, FromRelay::HandOverWaits { session: from });
        }
    }

    /// Another key for whoever takes it. Whoever has taken it and whose code is used up did not come.
    pub(in crate::hub) fn hand_over_key(
        &mut self,
        now_ms: u64,
        connection: ConnectionId,
        session: SessionId,
        key: Vec<u8>,
    ) {
        let theirs = self.sessions.get(&session).is_some_and(|of| of.side_of(connection) == Some(Side::Rep));
        let wish = self.office.hand_overs.of_session(session);
        let Some(wish) = wish.filter(|wish| theirs && matches!(wish.to, Wanted::Portal(_))) else { return };
        if key.len() != KEY_BYTES {
            return self.refuse(connection, "This program's key makes no sense; update the program.");
        }
        let not_come = match wish.stage {
            Stage::Accepted { session, told: true } => Some(session),
            Stage::Accepted { told: false, .. } | Stage::Seeking | Stage::Offered { .. } | Stage::Queued => None,
        };
        let id = wish.id;
        self.renew_key(now_ms, id, key, not_come);
    }

    /// A wish is over, and its row with it. Whoever reads it is told that there is nothing to take any more.
    pub(super) fn forget_hand_over(&mut self, id: HandOverId) -> Option<HandOver> {
        self.end_offer(id.row(), OfferEnd::Left);
        let mut wish = self.office.hand_overs.remove(id)?;
        self.line_changed(id.row());
        self.office.book.remove(id.row());
        let readers: BTreeMap<i64, Reader> = std::mem::take(&mut wish.readers);
        self.tell_readers(id, readers.into_keys(), AskedEnd::Withdrawn);
        Some(wish)
    }

    fn tell_readers(&mut self, id: HandOverId, readers: impl IntoIterator<Item = i64>, end: AskedEnd) {
        for sign_in in readers {
            if let Some(to) = self.sign_ins.get(&sign_in).copied() {
                self.send(to, FromRelay::HandOverOver { offer: id, end });
            }
        }
    }
}

#[cfg(test)]
#[path = "handed_tests.rs"]
mod tests;
