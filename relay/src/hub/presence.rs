//! Connections: coming, signing in, going, and what a loss means for the sessions on them.

use super::action::{Action, AuditKind};
use super::codes::Retired;
use super::input::{AddressKey, ConnectionId, RepIdentity};
use super::session::{Attempt, Stage, other};
use super::{Connection, Hub};
use lotse_protocol::control::{FromRelay, SessionId, Side};
use lotse_protocol::peer::EndReason;
use std::collections::BTreeSet;

impl Hub {
    pub(super) fn connected(&mut self, connection: ConnectionId, side: Side, address: AddressKey) {
        self.connections.insert(
            connection,
            Connection { side, address, rep: None, sessions: BTreeSet::new(), shared: BTreeSet::new() },
        );
    }

    /// A connection is lost. Its sessions wait; what was only half made falls back.
    pub(super) fn gone(&mut self, now_ms: u64, connection: ConnectionId) {
        let Some(lost) = self.connections.remove(&connection) else { return };
        if let Some(rep) = &lost.rep
            && self.sign_ins.get(&rep.sign_in) == Some(&connection)
        {
            self.sign_ins.remove(&rep.sign_in);
            self.rep_went(now_ms, rep.sign_in);
            self.seat_left(now_ms, rep);
        }
        for session in lost.sessions {
            self.leave(now_ms, session, lost.side);
        }
    }

    /// One end's control connection is gone from a session.
    pub(super) fn leave(&mut self, now_ms: u64, id: SessionId, side: Side) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let end = session.end_mut(side);
        end.connection = None;
        end.gone_since_ms = now_ms;
        let (peer, owner) = (session.end(other(side)).connection, session.owner.clone());
        let beside = session.beside.is_some();
        self.office.desk.look_again(owner.sign_in);
        match (&session.stage, side) {
            // The customer of a question does not wait for a console that is gone: another rep may have it.
            (Stage::Open { .. }, Side::Rep) if beside || self.office.book.of_session(id).is_some() => {
                drop(self.remove(now_ms, id, Retired::Expired));
            }
            (Stage::Open { .. }, _) => {}
            (Stage::Running, _) => {
                if let Some(peer) = peer {
                    self.send(peer, FromRelay::Presence { session: id, present: false });
                }
                self.schedule(id);
                self.room_changed(&owner);
                if side == Side::Rep {
                    self.asker_went(now_ms, id);
                }
            }
            (Stage::Pairing { .. }, Side::Rep) => self.end(now_ms, id, EndReason::RepGone.name()),
            (Stage::Pairing { nameplate, expires_ms, attempts_left, attempt, .. }, Side::Customer) => {
                // Whoever leaves in the middle of pairing may have learned whether a secret was right: that was an attempt.
                let attempts_left = attempts_left.saturating_sub(u8::from(*attempt == Attempt::Trying));
                session.stage = Stage::Open { nameplate: *nameplate, expires_ms: *expires_ms, attempts_left };
                // Their ticket is not one for whoever comes next.
                let leg = session.leg();
                session.customer.token = None;
                if let Some(leg) = leg {
                    self.actions.push_back(Action::CloseLegs { leg });
                }
                if let Some(peer) = peer {
                    self.send(peer, FromRelay::Presence { session: id, present: false });
                }
                if attempts_left == 0 {
                    self.end(now_ms, id, EndReason::NotTrusted.name());
                } else {
                    self.schedule(id);
                    self.record_code(now_ms, id);
                }
            }
        }
    }

    /// A rep is signed in. The same sign-in on another connection is closed, and its unused codes come along and
    /// are told, after whether it has a seat.
    pub(super) fn signed_in(
        &mut self,
        now_ms: u64,
        connection: ConnectionId,
        rep: RepIdentity,
        seats: Option<u32>,
        greeting: Option<FromRelay>,
    ) {
        match self.connections.get(&connection) {
            None => return,
            Some(known) if known.rep.as_ref().is_some_and(|before| before.sign_in == rep.sign_in) => {
                return self.greet(connection, greeting);
            }
            Some(_) => {}
        }
        self.signed_out(now_ms, connection);
        if let Some(old) = self.sign_ins.insert(rep.sign_in, connection).filter(|old| *old != connection) {
            self.gone(now_ms, old);
            self.actions.push_back(Action::Close {
                connection: old,
                reason: "This sign-in was taken up by another connection.".into(),
            });
        }
        let codes: Vec<SessionId> = self.unused.get(&rep.sign_in).into_iter().flatten().copied().collect();
        if let Some(known) = self.connections.get_mut(&connection) {
            known.rep = Some(rep.clone());
            known.sessions.extend(codes.iter().copied());
        }
        self.take_seat_or_wait(now_ms, &rep, seats);
        self.greet(connection, greeting);
        self.tell_licence(connection, Side::Rep, rep.account);
        for id in &codes {
            if let Some(session) = self.sessions.get_mut(id) {
                session.rep.connection = Some(connection);
            }
        }
        self.repeat_codes(now_ms, connection, codes);
        self.rep_came(now_ms, &rep);
    }

    fn greet(&mut self, connection: ConnectionId, greeting: Option<FromRelay>) {
        if let Some(greeting) = greeting {
            self.send(connection, greeting);
        }
    }

    /// A rep signs out (or signs in as somebody else): its codes and sessions end.
    pub(super) fn signed_out(&mut self, now_ms: u64, connection: ConnectionId) {
        let Some(known) = self.connections.get_mut(&connection) else { return };
        let Some(rep) = known.rep.take() else { return };
        let mut sessions = known.sessions.clone();
        // Those that it did not take up again, too: they must not run on beyond the seats.
        sessions.extend(
            self.sessions.of_rep(&rep).filter(|session| session.owner.sign_in == rep.sign_in).map(|session| session.id),
        );
        let mut sessions: Vec<SessionId> = sessions.into_iter().collect();
        sessions.sort_unstable();
        self.sign_ins.remove(&rep.sign_in);
        self.rep_went(now_ms, rep.sign_in);
        self.audit(AuditKind::SignedOut, None, Some(&rep), String::new());
        self.end_sessions(now_ms, sessions);
        self.seat_over(now_ms, rep.sign_in);
    }

    /// Takes codes that nobody came with out of use, and ends what is further than that.
    pub(super) fn end_sessions(&mut self, now_ms: u64, sessions: Vec<SessionId>) {
        for id in sessions {
            match self.sessions.get(&id).map(|session| &session.stage) {
                Some(Stage::Open { .. }) => drop(self.remove(now_ms, id, Retired::Expired)),
                Some(Stage::Pairing { .. } | Stage::Running) => self.end(now_ms, id, EndReason::RepEnded.name()),
                None => {}
            }
        }
    }

    /// A rep may have any plugin; a customer those of its session, so that nobody uses the relay as a download mirror.
    pub(super) fn fetch(&mut self, connection: ConnectionId, digest: [u8; 32]) {
        let Some(known) = self.connections.get(&connection) else { return };
        let in_session = |id| {
            self.sessions.get(id).is_some_and(|session| session.plugins.iter().any(|plugin| plugin.digest == digest))
        };
        if known.rep.is_some() || known.sessions.iter().any(in_session) {
            self.actions.push_back(Action::SendPlugin { to: connection, digest });
        } else {
            let reason = "Only a signed-in rep and the programs of a session may fetch its plugins.".into();
            self.send(connection, FromRelay::PluginMissing { digest, reason });
        }
    }
}
