//! Who is connected, who waits with which code, which sessions run: the relay's core, without I/O.
//!
//! `handle_input` and `handle_time` take what happens and the time; `poll_action` yields what to do, in order. The
//! switchboard drives it and owns queues and storage. The hub reads nothing of what the two ends say to each other, holds
//! none of their keys, and knows no clock: time is milliseconds since the relay's start.

mod action;
mod book;
mod bucket;
#[cfg(test)]
mod catalogues_tests;
mod codes;
mod figures;
mod given;
mod input;
mod licences;
#[cfg(test)]
mod licences_tests;
mod limits;
mod live;
mod notes;
mod presence;
mod queue;
pub mod random;
mod seats;
mod session;
mod sessions;
mod shared_values;
#[cfg(test)]
mod simulation;
mod slowdown;
#[cfg(test)]
mod tests;
mod told;

pub use action::{
    Action, AuditKind, AuditLine, BesideRecord, Change, CodeRecord, Joined, NotesRecord, Offer, SeatRecord,
    SessionRecord, Stored,
};
pub use bucket::{Buckets, Rate};
pub use figures::Figures;
pub use input::{AddressKey, ConnectionId, Input, People, RepIdentity, system_random};
pub use licences::AccountLicence;
pub use limits::{CODES_PER_SIGN_IN, Limits, NAME_CHARS_MAX, SYSTEM_CHARS_MAX};
pub use live::{Live, LivePerson, LiveSession};
pub use queue::{
    Ask, LivePlace, LiveQuestion, NotAsked, NotWatched, Origin, Over, PortalStatus, QuestionNews, QuestionRecord,
    QuestionStage, Route, Routes, WaitingPage,
};
pub use random::Random;
pub use slowdown::Slowdown;

use crate::registry::CatalogueEntry;
use crate::token::LegId;
use book::Book;
use codes::{Codes, Retired};
use lotse_protocol::control::{FromRelay, SessionId, Side};
use queue::Office;
use seats::{SeatNews, Seats};
use session::{Due, Session};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use told::Told;

/// The relay's core.
pub struct Hub {
    limits: Limits,
    random: Box<dyn Random>,
    connections: HashMap<ConnectionId, Connection>,
    sessions: Book,
    codes: Codes,
    /// Connection of each sign-in: a sign-in has one at a time.
    sign_ins: HashMap<i64, ConnectionId>,
    /// Sessions of each sign-in whose code is not used up, with or without a connection.
    unused: HashMap<i64, BTreeSet<SessionId>>,
    /// Who stands and who of them has a seat.
    seats: Seats,
    /// Accounts where whoever waits is to be told who has the seats.
    seat_news: SeatNews,
    /// Questions of customers who came by a portal.
    office: Office,
    /// When something was last taken in.
    now_ms: u64,
    deadlines: BTreeSet<(u64, SessionId)>,
    wrong_codes: Slowdown<AddressKey>,
    catalogue: Arc<[CatalogueEntry]>,
    /// In the place of `catalogue`, for accounts that have rules.
    catalogues: HashMap<i64, Arc<[CatalogueEntry]>>,
    /// By account.
    licences: HashMap<i64, AccountLicence>,
    /// Managers whose account lets them look on at its sessions.
    watchers: HashSet<i64>,
    /// The relay is about to end: what runs goes on, and nothing new begins.
    draining: bool,
    actions: VecDeque<Action>,
}

/// A program that has said hello.
struct Connection {
    side: Side,
    address: AddressKey,
    rep: Option<RepIdentity>,
    sessions: BTreeSet<SessionId>,
    /// Plugins whose shared values it wants to hear of.
    shared: BTreeSet<String>,
}

impl Hub {
    /// A hub that takes up the running sessions and unused codes of an earlier one.
    pub fn new(limits: Limits, mut random: Box<dyn Random>, now_ms: u64, stored: Stored) -> Self {
        let Stored { sessions, codes, seats, questions, besides } = stored;
        let mut number = [0; 8];
        if !random.fill(&mut number) {
            tracing::warn!("no randomness to begin the numbers of seats with");
        }
        let wrong_codes = Slowdown::new(limits.wrong_codes_free, limits.addresses_max);
        let office = Office::new(&limits);
        let mut hub = Self {
            limits,
            random,
            connections: HashMap::new(),
            sessions: Book::default(),
            codes: Codes::default(),
            sign_ins: HashMap::new(),
            unused: HashMap::new(),
            // Half the numbers are enough to count on.
            seats: Seats::after(u64::from_le_bytes(number) >> 1),
            seat_news: SeatNews::default(),
            office,
            now_ms,
            deadlines: BTreeSet::new(),
            wrong_codes,
            catalogue: Arc::new([]),
            catalogues: HashMap::new(),
            licences: HashMap::new(),
            watchers: HashSet::new(),
            draining: false,
            actions: VecDeque::new(),
        };
        for record in sessions {
            let id = record.session;
            hub.sessions.insert(Session::restored(record, now_ms));
            hub.schedule(id);
        }
        for BesideRecord { session, first, joined } in besides {
            if let Some(session) = hub.sessions.get_mut(&session) {
                (session.beside, session.joined) = (Some(first), joined);
            }
        }
        let taken = Self::taken_before(&questions);
        for record in codes {
            if taken.contains(&record.session) {
                hub.actions.push_back(Action::Record(Change::CodeGone { session: record.session }));
            } else {
                hub.restore_code(now_ms, record);
            }
        }
        for record in seats {
            hub.restore_seat(now_ms, record);
        }
        for record in questions {
            hub.restore_question(now_ms, record);
        }
        hub
    }

    /// Takes in one thing that happened. What comes of a connection that is not known is ignored: it has just gone.
    pub fn handle_input(&mut self, now_ms: u64, input: Input) {
        self.now_ms = now_ms;
        match input {
            Input::Connected { connection, side, address } => self.connected(connection, side, address),
            Input::Gone { connection } => self.gone(now_ms, connection),
            Input::SignedIn { connection, rep, seats, greeting } => {
                self.signed_in(now_ms, connection, rep, seats, greeting)
            }
            Input::SignedOut { connection } => self.signed_out(now_ms, connection),
            Input::NewCode { connection, features } => self.new_code(now_ms, connection, features),
            Input::DropCode { connection, session } => self.drop_code(now_ms, connection, session),
            Input::Join { connection, nameplate, name, system } => {
                self.join(now_ms, connection, nameplate, &name, &system)
            }
            Input::Resume { connection, session, token } => self.resume(now_ms, connection, session, token),
            Input::Signal { connection, session, body } => self.signal(now_ms, connection, session, body),
            Input::PairingFailed { connection, session } => self.pairing_failed(now_ms, connection, session),
            Input::Paired { connection, session } => self.paired(now_ms, connection, session),
            Input::EndSession { connection, session, reason } => self.end_by(now_ms, connection, session, &reason),
            Input::Audit { connection, session, kind, plugin, about } => {
                self.told(now_ms, connection, session, Told { kind, plugin, about })
            }
            Input::FetchPlugin { connection, digest } => self.fetch(connection, digest),
            Input::TakeSeat { connection, seat } => self.take_seat(now_ms, connection, seat),
            Input::Notes { connection, session, revision, text } => self.notes(connection, session, revision, &text),
            Input::SharedWanted { connection, plugin } => self.shared_wanted(connection, plugin),
            Input::SharedChanged { connection, plugin, value } => self.shared_changed(connection, &plugin, &value),
            Input::People(people) => self.people(now_ms, people),
            Input::Routes(routes) => self.routes(routes),
            Input::Availability { connection, availability } => self.availability(now_ms, connection, availability),
            Input::AnswerQuestion { connection, features, question } => {
                self.answer_question(now_ms, connection, features, question)
            }
            Input::PassQuestion { connection, question } => self.pass_question(now_ms, connection, question),
            Input::CloseQuestion { connection, question } => self.close_question(connection, question),
            Input::SealedCode { connection, session, body } => self.sealed_code(now_ms, connection, session, body),
            Input::Directory { connection, teams } => self.directory(connection, teams),
            Input::HandOver { connection, wish } => self.hand_over(now_ms, connection, *wish),
            Input::WithdrawHandOver { connection, session } => self.withdraw_hand_over(now_ms, connection, session),
            Input::LookAtHandOver { connection, offer, key } => self.look_at_hand_over(connection, offer, key),
            Input::HandOverSummary { connection, session, reader, body } => {
                self.hand_over_summary(connection, session, (reader, body))
            }
            Input::HandOverKey { connection, session, key } => self.hand_over_key(now_ms, connection, session, key),
            Input::AnswerHandOver { connection, offer, accept } => {
                self.answer_hand_over(now_ms, connection, offer, accept)
            }
            Input::HandOverCode { connection, session, body } => self.hand_over_code(connection, session, body),
            Input::JoinBeside { connection, session, nameplate, name, system } => {
                self.join_beside(now_ms, connection, session, (nameplate, &name, &system))
            }
            Input::PageGone { question } => self.page_gone(now_ms, question),
            Input::CustomerLeaves { question, token } => self.customer_leaves(now_ms, question, &token),
            Input::Catalogue(catalogue) => self.catalogue = catalogue,
            Input::AccountCatalogues(catalogues) => self.catalogues = catalogues,
            Input::Drain => self.draining = true,
            Input::Licences(licences) => self.licences(licences),
        }
        self.settle_questions(now_ms);
    }

    /// Does what is due at `now_ms`. `quiet_ms` says for how long the two ends with these legs have not talked through the
    /// forwarder; `None` if they never have. Whoever talks is there, whatever became of control connections.
    pub fn handle_time(&mut self, now_ms: u64, quiet_ms: &dyn Fn(LegId) -> Option<u64>) {
        self.now_ms = now_ms;
        while let Some((due_ms, id)) = self.deadlines.first().copied()
            && due_ms <= now_ms
        {
            self.deadlines.pop_first();
            let Some(session) = self.sessions.get_mut(&id) else { continue };
            session.deadline_ms = None;
            if let Some(quiet_ms) = session.leg().and_then(quiet_ms) {
                session.talked_until(now_ms.saturating_sub(quiet_ms));
            }
            match session.due(&self.limits) {
                Some((due_ms, Due::CodeExpires)) if due_ms <= now_ms => self.expire(now_ms, id),
                Some((due_ms, Due::End(reason))) if due_ms <= now_ms => self.end(now_ms, id, reason.name()),
                Some(_) | None => self.schedule(id),
            }
        }
        self.seats_due(now_ms);
        self.questions_due(now_ms);
        self.hand_overs_due(now_ms);
        self.settle_questions(now_ms);
    }

    /// Next thing to do.
    pub fn poll_action(&mut self) -> Option<Action> {
        if self.actions.is_empty() {
            self.tell_news_of_seats();
        }
        self.actions.pop_front()
    }

    /// When `handle_time` wants to be called next.
    pub fn poll_wake(&self) -> Option<u64> {
        let of_sessions = self.deadlines.first().map(|(due_ms, _)| *due_ms);
        let of_seats = self.seats.first_due().into_iter().chain(self.seat_news.next_ms());
        of_sessions.into_iter().chain(of_seats).chain(self.office.next_ms()).min()
    }

    /// Connections, unused codes and sessions of any stage.
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.connections.len(), self.codes.alive(), self.sessions.len())
    }

    fn send(&mut self, to: ConnectionId, message: FromRelay) {
        self.actions.push_back(Action::Send { to, message });
    }

    fn refuse(&mut self, to: ConnectionId, reason: &str) {
        self.send(to, FromRelay::Refused { reason: reason.into() });
    }

    fn audit(&mut self, kind: AuditKind, session: Option<SessionId>, owner: Option<&RepIdentity>, detail: String) {
        let (account, rep) = (owner.map(|owner| owner.account), owner.map(|owner| owner.rep));
        self.actions.push_back(Action::Audit(AuditLine { kind, account, rep, session, detail }));
    }

    /// Puts a session where its deadline belongs.
    fn schedule(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if let Some(old) = session.deadline_ms.take() {
            self.deadlines.remove(&(old, id));
        }
        if let Some((due_ms, _)) = session.due(&self.limits) {
            session.deadline_ms = Some(due_ms);
            self.deadlines.insert((due_ms, id));
        }
    }

    /// Takes a session out of every book but the customers' slowdown; the caller tells who must know.
    fn remove(&mut self, now_ms: u64, id: SessionId, why: Retired) -> Option<Session> {
        let session = self.sessions.remove(&id)?;
        if let Some(due_ms) = session.deadline_ms {
            self.deadlines.remove(&(due_ms, id));
        }
        self.use_up(now_ms, &session.stage, id, session.owner.sign_in, why);
        if let Some(leg) = session.leg() {
            self.actions.push_back(Action::CloseLegs { leg });
        }
        for connection in [session.rep.connection, session.customer.connection].into_iter().flatten() {
            if let Some(connection) = self.connections.get_mut(&connection) {
                connection.sessions.remove(&id);
            }
        }
        self.session_over(now_ms, &session);
        self.hand_over_session_over(now_ms, &session);
        Some(session)
    }

    /// Retires a session's nameplate, if it has one.
    fn use_up(&mut self, now_ms: u64, stage: &session::Stage, id: SessionId, sign_in: i64, why: Retired) {
        match stage {
            session::Stage::Open { nameplate, .. } | session::Stage::Pairing { nameplate, .. } => {
                self.codes.retire(now_ms, *nameplate, why);
                self.actions.push_back(Action::Record(Change::CodeGone { session: id }));
                if let Some(unused) = self.unused.get_mut(&sign_in) {
                    unused.remove(&id);
                    if unused.is_empty() {
                        self.unused.remove(&sign_in);
                    }
                }
            }
            session::Stage::Running => {}
        }
    }
}
