//! What those say who are asked, or read by choice what waits in a portal's line: they want to read what was said, take it or not,
//! and who takes it makes a code for the customer. Text and code pass sealed.

use super::super::hand_overs::{HandOver, Stage};
use crate::hub::Hub;
use crate::hub::action::{AuditKind, Joined};
use crate::hub::input::{ConnectionId, RepIdentity};
use lotse_protocol::control::{FromRelay, SessionId, Side};
use lotse_protocol::handover::{
    self, AcceptedHandOver, HandOverId, HandOverOutcome, KEY_BYTES, SEALED_SUMMARY_BYTES_MAX,
};

/// Said to whoever answers what they are not asked any more.
const OVER: &str = "This session is not offered any more.";

impl Hub {
    /// Their program wants to read what was said. Once each time that it was opened.
    pub(in crate::hub) fn look_at_hand_over(&mut self, connection: ConnectionId, id: HandOverId, key: Vec<u8>) {
        let read = self.read_by(connection, id).ok().map(|(of, rep)| (of.session, rep.sign_in));
        let Some((session, sign_in)) = read.filter(|_| key.len() == KEY_BYTES) else { return };
        let reader = self.office.hand_overs.readers(id).and_then(|readers| readers.get_mut(&sign_in));
        let Some(reader) = reader.filter(|reader| !reader.looked) else { return };
        reader.looked = true;
        if let Some(rep) = self.sessions.get(&session).and_then(|session| session.rep.connection) {
            self.send(rep, FromRelay::HandOverLooked { session, key, reader: sign_in });
        }
    }

    /// What was said, for one who reads it. Once for each look.
    pub(in crate::hub) fn hand_over_summary(
        &mut self,
        connection: ConnectionId,
        session: SessionId,
        (sign_in, body): (i64, Vec<u8>),
    ) {
        let theirs = self.sessions.get(&session).is_some_and(|of| of.side_of(connection) == Some(Side::Rep));
        if !theirs || body.len() > SEALED_SUMMARY_BYTES_MAX {
            return;
        }
        let Some(offer) = self.office.hand_overs.of_session(session).map(|hand_over| hand_over.id) else { return };
        let reader = self.office.hand_overs.readers(offer).and_then(|readers| readers.get_mut(&sign_in));
        let Some(reader) = reader.filter(|reader| reader.looked && !reader.told) else { return };
        reader.told = true;
        if let Some(to) = self.sign_ins.get(&sign_in).copied() {
            self.send(to, FromRelay::HandOverSummary { offer, body });
        }
    }

    /// Whoever is asked, or reads it by choice, says yes or no.
    pub(in crate::hub) fn answer_hand_over(
        &mut self,
        now_ms: u64,
        connection: ConnectionId,
        id: HandOverId,
        accept: bool,
    ) {
        if !accept {
            return self.let_be(now_ms, connection, id);
        }
        let joined = |of: &HandOver| Joined { purpose: of.purpose, watches: of.watches };
        let read = self.read_by(connection, id);
        let read = read.map(|(of, rep)| (of.session, joined(of), of.key.clone(), of.stage == Stage::Queued, rep));
        let (from, joined, key, queued, rep) = match read {
            Ok(read) => read,
            Err(reason) => return self.refuse(connection, reason),
        };
        if key.is_empty() {
            return self.refuse(connection, "The colleague's program is getting ready; try again in a moment.");
        }
        match self.place_here(from, joined.purpose, connection) {
            Ok(Some(beside)) => return self.taken_here(now_ms, (connection, &rep), id, beside),
            Ok(None) => {}
            Err(why) => return self.refuse(connection, Self::refusal_of(why)),
        }
        let (session, nameplate) = match self.open_beside(now_ms, connection, from, joined) {
            Ok(opened) => opened,
            Err(reason) => return self.refuse(connection, &reason),
        };
        if queued {
            self.handed_taken(now_ms, id, session, &rep);
        }
        self.office.hand_overs.change(id, |hand_over| {
            hand_over.stage = Stage::Accepted { session, told: false };
            hand_over.readers.clear();
            hand_over.due_ms = None;
        });
        let detail = format!("{}: {}", joined.purpose.name(), rep.name);
        self.audit(AuditKind::HandOverTaken, Some(from), Some(&rep), detail);
        let expires_in_s = self.limits.code_lifetime_ms / 1000;
        let accepted = AcceptedHandOver { offer: id, session, nameplate, expires_in_s, key };
        self.send(connection, FromRelay::HandOverAccepted(Box::new(accepted)));
        if let Some(to) = self.sessions.get(&from).and_then(|session| session.rep.connection) {
            let (outcome, by) = (HandOverOutcome::Accepted, rep.name);
            self.send(to, FromRelay::HandOverAnswered { session: from, outcome, by });
        }
    }

    /// Whoever is asked, or reads it by choice, says no.
    fn let_be(&mut self, now_ms: u64, connection: ConnectionId, id: HandOverId) {
        let rep = self.connections.get(&connection).and_then(|known| known.rep.clone());
        let stage = self.office.hand_overs.get(id).map(|hand_over| hand_over.stage.clone());
        let (Some(rep), Some(stage)) = (rep, stage) else { return };
        match stage {
            Stage::Offered { sign_in } if sign_in == rep.sign_in => self.not_taken(now_ms, id, "refused"),
            Stage::Queued => self.handed_refused(now_ms, id, &rep),
            // It was, a moment ago.
            Stage::Offered { .. } | Stage::Seeking | Stage::Accepted { .. } => {}
        }
    }

    /// The code of the new session, for the program of whoever asked. Once.
    pub(in crate::hub) fn hand_over_code(&mut self, connection: ConnectionId, session: SessionId, body: Vec<u8>) {
        let own = self.sessions.get(&session).filter(|own| own.side_of(connection) == Some(Side::Rep));
        let Some(by) = own.map(|own| own.owner.name.clone()) else { return };
        let hand_over = self.office.hand_overs.of_accepted(session);
        let untold = hand_over.filter(|of| of.stage == Stage::Accepted { session, told: false });
        let Some((id, from)) = untold.map(|of| (of.id, of.session)) else { return };
        if body.len() != handover::CODE_BYTES {
            return self.refuse(connection, "A sealed code has 91 bytes; this one has not. Update the program.");
        }
        if let Some(to) = self.sessions.get(&from).and_then(|from| from.rep.connection) {
            self.send(to, FromRelay::HandOverCode { session: from, by, body });
            self.office.hand_overs.change(id, |of| of.stage = Stage::Accepted { session, told: true });
        }
    }

    /// What is said to whoever reads it, and by them; the error says why they cannot take it.
    fn read_by(&self, connection: ConnectionId, id: HandOverId) -> Result<(&HandOver, RepIdentity), &'static str> {
        let rep = self.connections.get(&connection).and_then(|known| known.rep.clone()).ok_or(OVER)?;
        let hand_over = self.office.hand_overs.get(id).ok_or(OVER)?;
        match hand_over.stage {
            Stage::Offered { sign_in } if sign_in == rep.sign_in => {}
            Stage::Queued => self.may_take_handed(&rep, id)?,
            Stage::Offered { .. } | Stage::Seeking | Stage::Accepted { .. } => return Err(OVER),
        }
        hand_over.readers.contains_key(&rep.sign_in).then_some((hand_over, rep)).ok_or(OVER)
    }
}
