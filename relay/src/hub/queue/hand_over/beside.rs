//! The session of whoever takes one: begun beside the first, with the same customer, plugins and features, and come to by the
//! customer's program that is in the first.

use crate::hub::Hub;
use crate::hub::action::{Action, AuditKind, Change, Joined};
use crate::hub::input::ConnectionId;
use crate::hub::session::{self, Session};
use lotse_protocol::control::{FromRelay, JoinFailure, SessionId, Side};
use lotse_protocol::peer::EndReason;

impl Hub {
    /// A session beside a running one, of the rep on this connection.
    pub(super) fn open_beside(
        &mut self,
        now_ms: u64,
        connection: ConnectionId,
        from: SessionId,
        joined: Joined,
    ) -> Result<(SessionId, u32), std::borrow::Cow<'static, str>> {
        let running = self.sessions.get(&from).filter(|session| session.stage == session::Stage::Running);
        let running = running.ok_or("The session is over.")?;
        let (first, plugins, features) = (running.first(), running.plugins.clone(), running.features.clone());
        let (customer, system) = (running.customer_name.clone(), running.system.clone());
        let origin = running.origin.clone();
        let (id, nameplate) = self.open_session(now_ms, connection, features, origin)?;
        // It leads on only while the wish stands, which no relay after this one knows.
        self.actions.push_back(Action::Record(Change::CodeGone { session: id }));
        if let Some(session) = self.sessions.get_mut(&id) {
            session.beside = Some(first);
            session.joined = Some(joined);
            session.plugins = plugins;
            session.customer_name = customer;
            session.system = system;
        }
        Ok((id, nameplate))
    }

    /// A customer's program that is in a running session comes with the code of one beside it.
    pub(in crate::hub) fn join_beside(
        &mut self,
        now_ms: u64,
        connection: ConnectionId,
        id: SessionId,
        (nameplate, name, system): (u32, &str, &str),
    ) {
        let theirs = self.sessions.get(&id).filter(|of| of.side_of(connection) == Some(Side::Customer));
        let running = theirs.filter(|of| of.stage == session::Stage::Running);
        let Some(first) = running.map(Session::first) else {
            return self.send(connection, FromRelay::JoinFailed(JoinFailure::Unknown));
        };
        match self.findable_beside(now_ms, nameplate, first) {
            Ok(beside) => self.begin_pairing(now_ms, connection, beside, name, system),
            Err(failure) => self.send(connection, FromRelay::JoinFailed(failure)),
        }
    }

    /// The customer has come to a session beside the first, which runs.
    pub(in crate::hub) fn beside_runs(&mut self, connection: ConnectionId, id: SessionId) {
        let Some(session) = self.sessions.get(&id) else { return };
        let (Some(first), Some(joined)) = (session.beside, session.joined) else { return };
        let owner = session.owner.clone();
        let hand_over = self.office.hand_overs.of_accepted(id).map(|hand_over| (hand_over.id, hand_over.session));
        let from = hand_over.map_or(first, |(_, from)| from);
        self.actions.push_back(Action::Record(Change::Beside { session: id, first, from, joined }));
        self.audit(AuditKind::JoinedBeside, Some(id), Some(&owner), format!("session {from}"));
        if let Some((wish, _)) = hand_over {
            self.forget_hand_over(wish);
        }
        // They may be asked something else from here on.
        self.office.desk.look_again(owner.sign_in);
        // Those of the one before, carried over.
        self.tell_notes(connection, id, Side::Rep);
    }

    /// Ends the session of whoever took a wish, unless the customer has come to it.
    pub(in crate::hub::queue) fn end_not_come(&mut self, now_ms: u64, session: SessionId) {
        match self.sessions.get(&session).map(|session| &session.stage) {
            Some(session::Stage::Open { .. }) => self.expire(now_ms, session),
            Some(session::Stage::Pairing { .. }) => self.end(now_ms, session, EndReason::CustomerDeclined.name()),
            Some(session::Stage::Running) | None => {}
        }
    }
}
