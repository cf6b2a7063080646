//! Codes becoming sessions: joining, pairing, resuming, ending.

use super::Hub;
use super::action::{Action, AuditKind, Change, Offer};
use super::codes::{Found, Retired};
use super::input::{AddressKey, ConnectionId, RepIdentity};
use super::limits::{NAME_CHARS_MAX, REASON_CHARS_MAX, SYSTEM_CHARS_MAX};
use super::queue::Origin;
use super::seats::NO_SEAT;
use super::session::{Attempt, End, Session, Stage, other};
use super::told::Minute;
use crate::token::{self, TokenHash};
use lotse_protocol::code::ATTEMPTS_MAX;
use lotse_protocol::control::{FromRelay, JoinFailure, PluginRef, SIGNAL_BYTES_MAX, Secret, SessionId, Side};
use lotse_protocol::peer::EndReason;
use lotse_protocol::tidy;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Said when the system has no randomness; codes and tokens are never made of anything else.
const NO_RANDOMNESS: &str = "The relay has no randomness to make a code of; its operator must look at the machine.";

/// Said instead of a code or a session while the relay waits for its sessions to end.
const DRAINING: &str = "The relay is restarting and begins nothing new; try again in a moment.";

impl Hub {
    pub(super) fn new_code(&mut self, now_ms: u64, connection: ConnectionId, features: BTreeSet<String>) {
        if !self.connections.contains_key(&connection) {
            return;
        }
        match self.open_session(now_ms, connection, features, Origin::default()) {
            Ok((session, nameplate)) => {
                let expires_in_s = self.limits.code_lifetime_ms / 1000;
                self.send(connection, FromRelay::Code { session, nameplate, expires_in_s });
            }
            Err(reason) => self.refuse(connection, &reason),
        }
    }

    /// Opens a session of the rep on this connection, and gives out its code. The error is what to tell instead.
    pub(super) fn open_session(
        &mut self,
        now_ms: u64,
        connection: ConnectionId,
        features: BTreeSet<String>,
        origin: Origin,
    ) -> Result<(SessionId, u32), Cow<'static, str>> {
        let known = self.connections.get(&connection);
        let owner = known.and_then(|known| known.rep.clone()).ok_or("Sign in before making a code.")?;
        if self.draining {
            return Err(DRAINING.into());
        }
        if self.waits(connection) {
            return Err(NO_SEAT.into());
        }
        if let Some(why) = self.too_many_sessions(&owner) {
            return Err(why.into());
        }
        if self.unused.get(&owner.sign_in).map_or(0, BTreeSet::len) >= self.limits.codes_per_sign_in {
            return Err("Too many unused codes; drop one, or wait until one expires.".into());
        }
        let mut id = [0; 16];
        if !self.random.fill(&mut id) {
            return Err(NO_RANDOMNESS.into());
        }
        let id = SessionId(id);
        let nameplate = self.codes.draw(now_ms, id, self.random.as_mut());
        let nameplate = nameplate.ok_or("All codes of this relay are taken; try again in a few minutes.")?;
        let expires_ms = now_ms + self.limits.code_lifetime_ms;
        self.sessions.insert(Session {
            id,
            owner: owner.clone(),
            features,
            stage: Stage::Open { nameplate, expires_ms, attempts_left: ATTEMPTS_MAX },
            rep: End { connection: Some(connection), token: None, gone_since_ms: now_ms },
            customer: End::default(),
            customer_name: String::new(),
            system: String::new(),
            plugins: Arc::new([]),
            origin,
            beside: None,
            joined: None,
            watch_asked: None,
            given_to: None,
            left_by: None,
            told: Minute::default(),
            busy_told: false,
            deadline_ms: None,
        });
        if let Some(known) = self.connections.get_mut(&connection) {
            known.sessions.insert(id);
        }
        self.unused.entry(owner.sign_in).or_default().insert(id);
        self.schedule(id);
        self.record_code(now_ms, id);
        self.audit(AuditKind::CodeGiven, Some(id), Some(&owner), String::new());
        Ok((id, nameplate))
    }

    pub(super) fn drop_code(&mut self, now_ms: u64, connection: ConnectionId, id: SessionId) {
        let Some(session) = self.sessions.get(&id) else { return };
        if session.side_of(connection) != Some(Side::Rep) {
            return;
        }
        match session.stage {
            Stage::Open { .. } => {
                self.question_let_go(id);
                drop(self.remove(now_ms, id, Retired::Expired));
            }
            Stage::Pairing { .. } => {
                self.question_let_go(id);
                self.end(now_ms, id, EndReason::RepEnded.name());
            }
            Stage::Running => {
                self.refuse(connection, "This code is used and its session runs; end the session instead.")
            }
        }
    }

    /// A code's time is over.
    pub(super) fn expire(&mut self, now_ms: u64, id: SessionId) {
        if let Some(session) = self.remove(now_ms, id, Retired::Expired)
            && let Some(rep) = session.rep.connection
        {
            self.send(rep, FromRelay::CodeExpired { session: id });
        }
    }

    pub(super) fn join(&mut self, now_ms: u64, connection: ConnectionId, nameplate: u32, name: &str, system: &str) {
        let Some(known) = self.connections.get(&connection) else { return };
        if known.side != Side::Customer {
            return self.refuse(connection, "Only a customer's program can join by a code.");
        }
        if self.draining {
            return self.refuse(connection, DRAINING);
        }
        let (address, before) = (known.address, known.sessions.first().copied());
        if let Some(before) = before {
            match self.sessions.get(&before).map(|session| &session.stage) {
                Some(Stage::Running) => {
                    return self
                        .refuse(connection, "This program is in a session already; end it before joining another.");
                }
                Some(Stage::Open { .. } | Stage::Pairing { .. }) | None => self.walk_away(now_ms, connection, before),
            }
        }
        if let Err(wait_ms) = self.wrong_codes.check(now_ms, &address) {
            self.audit(AuditKind::JoinSlowed, None, None, String::new());
            return self
                .send(connection, FromRelay::JoinFailed(JoinFailure::TooMany { wait_s: wait_ms.div_ceil(1000) }));
        }
        match self.findable(now_ms, nameplate, address) {
            Ok(id) => self.begin_pairing(now_ms, connection, id, name, system),
            Err(failure) => {
                // A rep who is gone is not the customer's mistake. Who asks a busy one again and again is slowed.
                if failure != JoinFailure::RepGone {
                    self.wrong_codes.fail(now_ms, &address);
                }
                self.send(connection, FromRelay::JoinFailed(failure));
            }
        }
    }

    /// The open session behind a nameplate. One whose last attempt failed is open again to the address it came from: the
    /// customer types the code once more, perhaps before the connection of the first time is seen to be gone.
    fn findable(&mut self, now_ms: u64, nameplate: u32, address: AddressKey) -> Result<SessionId, JoinFailure> {
        let id = match self.codes.find(now_ms, nameplate) {
            Found::Alive(id) => id,
            Found::Retired(Retired::Expired) => return Err(JoinFailure::Expired),
            Found::Retired(Retired::Used) => return Err(JoinFailure::Used),
            Found::Unknown => return Err(JoinFailure::Unknown),
        };
        // Such a code is for the program of one customer, who comes another way.
        let session = self.sessions.get(&id).filter(|session| session.beside.is_none()).ok_or(JoinFailure::Unknown)?;
        let same_address =
            |customer: ConnectionId| self.connections.get(&customer).is_some_and(|known| known.address == address);
        let again = session.customer.connection.filter(|customer| same_address(*customer));
        if let (Stage::Pairing { attempt: Attempt::Failed, .. }, Some(customer)) = (&session.stage, again) {
            self.walk_away(now_ms, customer, id);
        }
        let session = self.sessions.get(&id).ok_or(JoinFailure::Unknown)?;
        let found = match session.stage {
            Stage::Open { expires_ms, .. } if expires_ms <= now_ms => Err(JoinFailure::Expired),
            // Who waits for a seat begins no session: to the customer nobody is there.
            Stage::Open { .. } if session.rep.connection.is_none_or(|rep| self.waits(rep)) => Err(JoinFailure::RepGone),
            Stage::Open { .. } => Ok(id),
            Stage::Pairing { .. } | Stage::Running => Err(JoinFailure::Used),
        };
        if found.is_ok() && self.has_no_room(id) { Err(JoinFailure::RepBusy) } else { found }
    }

    /// The session behind the code of a second rep, for the customer of the sessions that `first` began.
    pub(super) fn findable_beside(
        &mut self,
        now_ms: u64,
        nameplate: u32,
        first: SessionId,
    ) -> Result<SessionId, JoinFailure> {
        let Found::Alive(id) = self.codes.find(now_ms, nameplate) else { return Err(JoinFailure::Unknown) };
        let session = self.sessions.get(&id).filter(|session| session.beside == Some(first));
        let session = session.ok_or(JoinFailure::Unknown)?;
        let found = match session.stage {
            Stage::Open { .. } if session.rep.connection.is_none_or(|rep| self.waits(rep)) => Err(JoinFailure::RepGone),
            Stage::Open { .. } => Ok(id),
            Stage::Pairing { .. } | Stage::Running => Err(JoinFailure::Used),
        };
        if found.is_ok() && self.has_no_room(id) { Err(JoinFailure::RepBusy) } else { found }
    }

    /// Leaves a session that was not yet paired.
    fn walk_away(&mut self, now_ms: u64, connection: ConnectionId, id: SessionId) {
        if let Some(known) = self.connections.get_mut(&connection) {
            known.sessions.remove(&id);
        }
        self.leave(now_ms, id, Side::Customer);
    }

    pub(super) fn begin_pairing(
        &mut self,
        now_ms: u64,
        connection: ConnectionId,
        id: SessionId,
        name: &str,
        system: &str,
    ) {
        let (Some(rep_token), Some(customer_token)) =
            (token::draw(self.random.as_mut()), token::draw(self.random.as_mut()))
        else {
            return self.refuse(connection, NO_RANDOMNESS);
        };
        let beside = self.sessions.get(&id).filter(|session| session.beside.is_some());
        // One customer has one list, by which the ends number them.
        let plugins = beside.map(|session| session.plugins.clone()).unwrap_or_else(|| self.plugins_for(id));
        let name = Some(tidy(name, NAME_CHARS_MAX)).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| self.name_asked(id));
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let Stage::Open { nameplate, expires_ms, attempts_left } = session.stage else { return };
        session.stage =
            Stage::Pairing { nameplate, expires_ms, attempts_left, since_ms: now_ms, attempt: Attempt::Fresh };
        session.customer_name = name;
        session.system = tidy(system, SYSTEM_CHARS_MAX);
        session.rep.token = Some(TokenHash::of(&rep_token));
        session.customer =
            End { connection: Some(connection), token: Some(TokenHash::of(&customer_token)), gone_since_ms: now_ms };
        session.plugins = plugins;
        let rep = session.rep.connection;
        let owner = session.owner.clone();
        if let Some(known) = self.connections.get_mut(&connection) {
            known.sessions.insert(id);
        }
        self.schedule(id);
        self.office.desk.look_again(owner.sign_in);
        self.room_changed(&owner);
        self.audit(AuditKind::Joined, Some(id), Some(&owner), String::new());
        if let Some(rep) = rep {
            self.offer(rep, id, Side::Rep, rep_token, false);
        }
        self.offer(connection, id, Side::Customer, customer_token, false);
    }

    /// The plugins of a session that begins now.
    fn plugins_for(&self, id: SessionId) -> Arc<[PluginRef]> {
        let Some(session) = self.sessions.get(&id) else { return Arc::new([]) };
        let plugin = |entry: &crate::registry::CatalogueEntry| PluginRef {
            id: entry.id.clone(),
            version: entry.version.clone(),
            digest: entry.digest,
            licensed: self.is_licensed(session.owner.account, entry.feature.as_ref(), &session.features),
            publisher: entry.publisher.clone(),
        };
        self.handed_out_to(session.owner.account).iter().map(plugin).collect()
    }

    /// The plugins that new sessions of an account get.
    pub(super) fn handed_out_to(&self, account: i64) -> &[crate::registry::CatalogueEntry] {
        self.catalogues.get(&account).unwrap_or(&self.catalogue)
    }

    fn offer(&mut self, to: ConnectionId, id: SessionId, side: Side, token: Secret, resumed: bool) {
        let Some(session) = self.sessions.get(&id) else { return };
        let Some(leg) = session.leg() else { return };
        let offer = Offer {
            session: id,
            leg,
            side,
            token,
            rep: session.owner.name.clone(),
            account: session.owner.account_name.clone(),
            customer: session.customer_name.clone(),
            system: session.system.clone(),
            plugins: session.plugins.clone(),
            resumed,
            licence: self.licences.get(&session.owner.account).map(|licence| licence.document_for(side)),
            origin: session.origin.clone(),
        };
        self.actions.push_back(Action::Offer { to, offer });
    }

    /// Takes a running session up again. The token stays the same, so that a lost answer locks nobody out.
    pub(super) fn resume(&mut self, now_ms: u64, connection: ConnectionId, id: SessionId, token: Secret) {
        let Some(known) = self.connections.get(&connection) else { return };
        let (side, rep) = (known.side, known.rep.clone());
        if side == Side::Rep && rep.is_none() {
            return self.refuse(connection, "Sign in before taking up a session.");
        }
        if self.waits(connection) && !self.takes_up_seat(now_ms, connection, id, &token) {
            return self.refuse(connection, NO_SEAT);
        }
        let first = self.sessions.get(&id).map(Session::first);
        let another = |other: &SessionId| *other != id && self.sessions.get(other).map(Session::first) != first;
        let known = self.connections.get(&connection);
        if side == Side::Customer && known.is_some_and(|known| known.sessions.iter().any(another)) {
            return self.refuse(connection, "This program is in another session already; end it first.");
        }
        let hash = TokenHash::of(&token);
        let may = |session: &Session| {
            session.stage == Stage::Running
                && session.end(side).token == Some(hash)
                && same_rep(session, side, rep.as_ref())
        };
        let Some(session) = self.sessions.get_mut(&id).filter(|session| may(session)) else {
            self.audit(AuditKind::ResumeRefused, Some(id), rep.as_ref(), String::new());
            return self.send(connection, FromRelay::ResumeFailed { session: id });
        };
        let end = session.end_mut(side);
        let before = end.connection.replace(connection);
        end.gone_since_ms = now_ms;
        if let Some(rep) = &rep {
            // From here it is a session of this sign-in, whichever began it.
            session.owner.sign_in = rep.sign_in;
        }
        let peer = session.end(other(side)).connection;
        let owner = session.owner.clone();
        if let Some(before) = before.filter(|before| *before != connection)
            && let Some(before) = self.connections.get_mut(&before)
        {
            before.sessions.remove(&id);
        }
        if let Some(known) = self.connections.get_mut(&connection) {
            known.sessions.insert(id);
        }
        self.schedule(id);
        self.office.desk.look_again(owner.sign_in);
        self.room_changed(&owner);
        self.audit(AuditKind::SessionResumed, Some(id), Some(&owner), String::new());
        self.offer(connection, id, side, token, true);
        self.tell_notes(connection, id, side);
        // Both learn how the other is: the one that comes back missed what happened meanwhile.
        self.send(connection, FromRelay::Presence { session: id, present: peer.is_some() });
        if let Some(peer) = peer.filter(|_| before != Some(connection)) {
            self.send(peer, FromRelay::Presence { session: id, present: true });
        }
    }

    /// Forwards between the two ends of one session, unread. Without the other end it goes nowhere, as a packet would.
    pub(super) fn signal(&mut self, now_ms: u64, connection: ConnectionId, id: SessionId, body: Vec<u8>) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return self.refuse(connection, "This session has ended.");
        };
        let Some(side) = session.side_of(connection) else {
            return self.refuse(connection, "This session has ended, or is somebody else's.");
        };
        if body.len() > SIGNAL_BYTES_MAX {
            return self.refuse(connection, "This signal is over the limit of 4096 bytes.");
        }
        let began = match (&mut session.stage, side) {
            (Stage::Pairing { attempt, .. }, Side::Customer) => {
                std::mem::replace(attempt, Attempt::Trying) != Attempt::Trying
            }
            (Stage::Pairing { .. } | Stage::Open { .. } | Stage::Running, _) => false,
        };
        let peer = session.end(other(side)).connection;
        if began {
            self.record_code(now_ms, id);
        }
        if let Some(peer) = peer {
            self.send(peer, FromRelay::Signal { session: id, body });
        }
    }

    /// The rep's program says that the secrets differ.
    pub(super) fn pairing_failed(&mut self, now_ms: u64, connection: ConnectionId, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id).filter(|session| session.side_of(connection) == Some(Side::Rep))
        else {
            return;
        };
        let Stage::Pairing { attempts_left, since_ms, attempt, .. } = &mut session.stage else { return };
        *attempts_left = attempts_left.saturating_sub(1);
        *since_ms = now_ms;
        *attempt = Attempt::Failed;
        let (attempts_left, customer, owner) = (*attempts_left, session.customer.connection, session.owner.clone());
        self.audit(AuditKind::PairingFailed, Some(id), Some(&owner), format!("{attempts_left} left"));
        if let Some(address) =
            customer.and_then(|customer| self.connections.get(&customer)).map(|customer| customer.address)
        {
            self.wrong_codes.fail(now_ms, &address);
        }
        for end in [Some(connection), customer].into_iter().flatten() {
            self.send(end, FromRelay::PairingFailed { session: id, attempts_left });
        }
        if attempts_left == 0 {
            self.end(now_ms, id, EndReason::NotTrusted.name());
        } else {
            self.schedule(id);
            self.record_code(now_ms, id);
        }
    }

    /// The code is used up and the session runs; from here it survives the relay.
    pub(super) fn paired(&mut self, now_ms: u64, connection: ConnectionId, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id).filter(|session| session.side_of(connection) == Some(Side::Rep))
        else {
            return;
        };
        match session.stage {
            Stage::Pairing { .. } => {}
            // The customer left meanwhile, or a relay before this one met them: nobody holds the other end of these keys.
            Stage::Open { .. } => return self.send(connection, FromRelay::ResumeFailed { session: id }),
            Stage::Running => return,
        }
        let Some(record) = session.record() else { return };
        let owner = session.owner.clone();
        if let Some(why) = self.too_many_sessions(&owner) {
            return self.no_room_for_paired(now_ms, connection, id, &why);
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let stage = std::mem::replace(&mut session.stage, Stage::Running);
        self.use_up(now_ms, &stage, id, owner.sign_in, Retired::Used);
        self.schedule(id);
        self.actions.push_back(Action::Record(Change::Started(record)));
        self.audit(AuditKind::SessionStarted, Some(id), Some(&owner), String::new());
        self.beside_runs(connection, id);
        self.question_runs(now_ms, id);
        self.end_left_behind(now_ms, &owner);
        self.room_changed(&owner);
        self.sessions_changed(now_ms, &owner);
    }

    /// One end ends the session; nobody else can.
    pub(super) fn end_by(&mut self, now_ms: u64, connection: ConnectionId, id: SessionId, reason: &str) {
        let reason = tidy(reason, REASON_CHARS_MAX);
        let Some(session) = self.sessions.get(&id) else { return self.left_before(connection, id, &reason) };
        let Some(side) = session.side_of(connection) else { return };
        let running = session.stage == Stage::Running;
        let to = session.given_to.filter(|_| running && reason == EndReason::HandedOver.name());
        if side == Side::Rep && !running {
            self.question_let_go(id);
        }
        self.end(now_ms, id, &reason);
        if let Some(to) = to {
            self.left_to(id, to, side);
        }
    }

    /// Ends a session of any stage and tells whoever is there.
    pub(super) fn end(&mut self, now_ms: u64, id: SessionId, reason: &str) {
        let Some(session) = self.remove(now_ms, id, Retired::Used) else { return };
        if session.stage == Stage::Running {
            self.actions.push_back(Action::Record(Change::Ended { session: id, reason: reason.into() }));
        }
        self.audit(AuditKind::SessionEnded, Some(id), Some(&session.owner), reason.into());
        for end in [session.rep.connection, session.customer.connection].into_iter().flatten() {
            self.send(end, FromRelay::SessionEnded { session: id, reason: reason.into() });
        }
        if session.stage == Stage::Running {
            self.sessions_changed(now_ms, &session.owner);
        }
    }
}

/// A rep takes up only sessions of its own; a customer is known by the token alone.
fn same_rep(session: &Session, side: Side, rep: Option<&RepIdentity>) -> bool {
    match side {
        Side::Customer => true,
        Side::Rep => rep.is_some_and(|rep| rep.rep == session.owner.rep),
    }
}
