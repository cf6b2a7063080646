//! A running session goes to another rep, or another comes into it: who is asked, one after another, and what comes of it. What
//! goes to a portal stands in its line instead ([`super::handed`]).
//!
//! Nothing of the running session changes here until the new one runs: it is a session of its own, begun beside the first,
//! with the same customer, plugins and features. Who is in it already needs none: `here`. What goes wrong before that ends the
//! wish and nothing else. The code and what was said pass sealed; the hub sees who asks whom, and the note.

mod here;

use super::hand_overs::{HandOver, Reader, Stage, Wanted};
use super::routes::Group;
use crate::hub::Hub;
use crate::hub::action::{Action, AuditKind, Change, Joined};
use crate::hub::input::{ConnectionId, RepIdentity};
use crate::hub::session::{self, Session};
use crate::token::hex;
use lotse_protocol::control::{FromRelay, JoinFailure, SessionId, Side};
use lotse_protocol::handover::{
    self, AcceptedHandOver, AskedEnd, HandOverId, HandOverOutcome, KEY_BYTES, NOTE_CHARS_MAX, OFFER_S, OfferedHandOver,
    Purpose, SEALED_SUMMARY_BYTES_MAX, TARGETS_MAX, Target, TargetKind,
};
use lotse_protocol::peer::EndReason;
use lotse_protocol::tidy;
use std::collections::{BTreeMap, BTreeSet};

/// What an account must have.
const FEATURE: &str = "session-handoff";
/// Nobody is free: it is looked again so soon.
const AGAIN_MS: u64 = 2_000;
/// How long somebody of a team is looked for.
const TEAM_MS: u64 = 120_000;
/// Ends of one customer's session that may stand or come at once, the first among them.
const ENDS_MAX: usize = handover::BESIDE_MAX + 1;
/// Said to whoever answers what they are not asked any more.
const OVER: &str = "This session is not offered any more.";

/// Why a manager does not look on at a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotWatched {
    /// It does not run (any more).
    Over,
    /// It is the manager's own.
    Own,
    NotLicensed,
    /// Its rep's console is not connected.
    RepAway,
    /// Somebody else is being asked into it, or there are as many in it as can be.
    Busy,
    /// The manager has no console that is signed in and could take one more session.
    NoConsole,
    /// The account does not let them, as far as is known here: what the store says arrives within two seconds.
    NotAllowed,
}

impl Hub {
    /// Who else of the account could help. `teams` are the account's, with their names.
    pub(in crate::hub) fn directory(&mut self, connection: ConnectionId, mut teams: Vec<(i64, String)>) {
        let rep = self.connections.get(&connection).and_then(|known| known.rep.clone());
        let Some(rep) = rep else {
            return self.refuse(connection, "Sign in before asking who could help.");
        };
        let mut targets = Vec::new();
        teams.sort_unstable_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
        let free = |group: Group| self.candidate_of(group, &rep, &BTreeSet::new()).is_some();
        targets.extend(teams.into_iter().map(|(team, name)| {
            let available = free(Group::Team(team));
            Target { id: Wanted::Team(team).to_string(), kind: TargetKind::Team, name, available }
        }));
        for portal in self.office.book.portals_of_account(rep.account) {
            let Some(route) = self.office.book.route(*portal) else { continue };
            let (id, name) = (Wanted::Portal(*portal).to_string(), route.name.clone());
            targets.push(Target { id, kind: TargetKind::Portal, name, available: free(Group::of(route)) });
        }
        // However many colleagues there are, teams and portals have room, too.
        targets.truncate(TARGETS_MAX / 2);
        let mut colleagues = self.colleagues_of(&rep);
        colleagues.truncate(TARGETS_MAX - targets.len());
        let targets = colleagues.into_iter().chain(targets).collect();
        self.send(connection, FromRelay::Directory { targets });
    }

    /// Colleagues who are signed in, by name.
    fn colleagues_of(&self, rep: &RepIdentity) -> Vec<Target> {
        let mut colleagues: Vec<(String, i64, bool)> = Vec::new();
        for standing in self.seats.standing(rep.account).filter(|standing| standing.held) {
            let RepIdentity { sign_in, rep: row, name, .. } = &standing.rep;
            if *row == rep.rep || !self.sign_ins.contains_key(sign_in) {
                continue;
            }
            let available = self.office.desk.takes_questions(*sign_in) && self.could_take(*sign_in);
            match colleagues.iter_mut().find(|known| known.1 == *row) {
                Some(known) => known.2 |= available,
                None => colleagues.push((name.clone(), *row, available)),
            }
        }
        colleagues.sort_unstable();
        let target = |(name, row, available): (String, i64, bool)| Target {
            id: Wanted::Rep(row).to_string(),
            kind: TargetKind::Rep,
            name,
            available,
        };
        colleagues.into_iter().map(target).collect()
    }

    /// A sign-in that is connected, has a seat and room for one more session, is asked nothing else and is not on the way.
    fn could_take(&self, sign_in: i64) -> bool {
        let there = self.seats.has_one(sign_in) && self.sign_ins.contains_key(&sign_in);
        there && !self.is_spoken_for(sign_in) && self.has_room_for_question(sign_in)
    }

    /// It is asked for a session, or has taken one whose customer has yet to come.
    fn is_spoken_for(&self, sign_in: i64) -> bool {
        self.office.hand_overs.of_asked(sign_in).is_some()
            || self.is_asked_from_queue(sign_in)
            || self.is_on_the_way(sign_in)
    }

    /// It has taken a session whose customer has yet to come.
    pub(super) fn is_on_the_way(&self, sign_in: i64) -> bool {
        let known = self.sign_ins.get(&sign_in).and_then(|connection| self.connections.get(connection));
        let mut sessions = known.into_iter().flat_map(|known| &known.sessions);
        sessions.any(|session| self.office.hand_overs.of_accepted(*session).is_some())
    }

    /// Who of a group is asked next: whoever has been idle for longest, of the same account and not the one who asks.
    fn candidate_of(&self, group: Group, from: &RepIdentity, asked: &BTreeSet<i64>) -> Option<i64> {
        self.office.desk.free_of(group).find(|sign_in| {
            let known = self.sign_ins.get(sign_in).and_then(|connection| self.connections.get(connection));
            let rep = known.and_then(|known| known.rep.as_ref());
            let fits =
                |rep: &RepIdentity| rep.account == from.account && rep.rep != from.rep && !asked.contains(&rep.rep);
            rep.is_some_and(fits) && self.could_take(*sign_in)
        })
    }

    /// A rep wishes for another in a running session of theirs.
    pub(in crate::hub) fn hand_over(&mut self, now_ms: u64, connection: ConnectionId, wish: handover::HandOver) {
        if self.say_handed_again(now_ms, connection, &wish) {
            return;
        }
        let handover::HandOver { session: id, to, note, purpose, key, waiting_s } = wish;
        self.forget_lost(now_ms, connection, id);
        let rep = match self.may_hand_over(connection, id, &key) {
            Ok(rep) => rep,
            Err(reason) => return self.refuse_hand_over(connection, id, reason),
        };
        let Some(to) = Wanted::parse(&to).filter(|to| self.is_of_account(*to, rep.account)) else {
            return self.refuse_hand_over(connection, id, "Whoever was chosen is not there any more; choose again.");
        };
        if let Some(session) = self.sessions.get_mut(&id) {
            session.given_to = None;
        }
        let watches = self.is_watch_asked(id, to, purpose);
        if let Some(reason) = self.has_no_place(id, to, purpose) {
            return self.refuse_hand_over(connection, id, reason);
        }
        if watches && !self.may_watch(to) {
            return self.refuse_hand_over(connection, id, "This account does not let its managers look on any more.");
        }
        if self.is_line_full(to) {
            return self.refuse_hand_over(
                connection,
                id,
                "Too many wait at this portal already; choose somebody else.",
            );
        }
        let mut number = [0; 16];
        if !self.random.fill(&mut number) {
            return self.refuse_hand_over(connection, id, "The relay has no randomness; its operator must look at it.");
        }
        let until_ms = now_ms
            + match to {
                Wanted::Rep(_) | Wanted::Portal(_) => 0,
                Wanted::Team(_) => TEAM_MS,
            };
        let detail = format!("{}: {}", purpose.name(), self.called(to, rep.account));
        self.audit(AuditKind::HandOverAsked, Some(id), Some(&rep), detail);
        let hand_over = HandOver {
            id: HandOverId(number),
            session: id,
            to,
            purpose,
            watches,
            note: tidy(&note, NOTE_CHARS_MAX),
            key,
            stage: Stage::Seeking,
            readers: BTreeMap::new(),
            opened: BTreeMap::new(),
            asked: BTreeSet::new(),
            due_ms: None,
            until_ms,
        };
        match to {
            Wanted::Portal(portal) => self.queue_hand_over(now_ms, portal, hand_over, waiting_s),
            Wanted::Rep(_) | Wanted::Team(_) => {
                let number = hand_over.id;
                self.office.hand_overs.insert(hand_over);
                self.seek_hand_over(now_ms, number);
            }
        }
    }

    /// A program has one wish at a time. If it comes with another while somebody is on the way, it has forgotten that one: the
    /// code did not reach it before its connection broke. So it has if something else stands in a line than what it says now.
    fn forget_lost(&mut self, now_ms: u64, connection: ConnectionId, session: SessionId) {
        let theirs = self.sessions.get(&session).is_some_and(|of| of.side_of(connection) == Some(Side::Rep));
        let Some(hand_over) = self.office.hand_overs.of_session(session).filter(|_| theirs) else { return };
        let id = hand_over.id;
        match hand_over.stage {
            Stage::Accepted { .. } | Stage::Queued => self.drop_hand_over(now_ms, id),
            Stage::Seeking | Stage::Offered { .. } => {}
        }
    }

    fn refuse_hand_over(&mut self, connection: ConnectionId, session: SessionId, reason: &str) {
        self.refuse(connection, reason);
        let (outcome, by) = (HandOverOutcome::Gone, String::new());
        self.send(connection, FromRelay::HandOverAnswered { session, outcome, by });
    }

    /// Whose session it is; the error says why nobody may be asked for it.
    fn may_hand_over(&self, connection: ConnectionId, id: SessionId, key: &[u8]) -> Result<RepIdentity, &'static str> {
        let theirs = self.sessions.get(&id).filter(|session| session.side_of(connection) == Some(Side::Rep));
        let session = theirs.filter(|session| session.stage == session::Stage::Running);
        let session = session.ok_or("This session does not run; nobody else can be asked for it.")?;
        if key.len() != KEY_BYTES {
            return Err("This program's key makes no sense; update the program.");
        }
        if self.draining {
            return Err("The relay is restarting and begins nothing new; try again in a moment.");
        }
        if !self.is_licensed(session.owner.account, Some(&FEATURE.to_owned()), &session.features) {
            return Err("Your account's licence does not cover handing over; ask whoever looks after it.");
        }
        if self.office.hand_overs.of_session(id).is_some() {
            return Err("Somebody is being asked for this session already; take that back first.");
        }
        Ok(session.owner.clone())
    }

    /// As many reps are with its customer as there can be.
    fn is_full(&self, session: &Session) -> bool {
        let first = session.first();
        self.sessions.of_account(session.owner.account).filter(|other| other.first() == first).count() >= ENDS_MAX
    }

    /// A manager wishes to look on at a running session, named as in [`Hub::live`]: its rep's program is told, and asks them in.
    ///
    /// # Errors
    /// Why that cannot be.
    pub fn watch(&mut self, account: i64, manager: i64, named: &str) -> Result<(), NotWatched> {
        let is = |of: &&Session| of.stage == session::Stage::Running && hex(&of.id.0) == named;
        let session = self.sessions.of_account(account).find(is).ok_or(NotWatched::Over)?;
        let (id, owner) = (session.id, session.owner.clone());
        if owner.rep == manager {
            return Err(NotWatched::Own);
        }
        if !self.is_licensed(account, Some(&FEATURE.to_owned()), &session.features) {
            return Err(NotWatched::NotLicensed);
        }
        let Some(rep) = session.rep.connection else { return Err(NotWatched::RepAway) };
        if self.draining || self.is_full(session) || self.office.hand_overs.of_session(id).is_some() {
            return Err(NotWatched::Busy);
        }
        let sign_in = self.sign_in_of(manager, &owner).ok_or(NotWatched::NoConsole)?;
        let known = self.sign_ins.get(&sign_in).and_then(|connection| self.connections.get(connection));
        let Some(by) = known.and_then(|known| known.rep.clone()) else { return Err(NotWatched::NoConsole) };
        if !self.may_watch(Wanted::Rep(manager)) {
            return Err(NotWatched::NotAllowed);
        }
        self.ask_to_watch(id, manager);
        let detail = format!("{}: {}", Purpose::Observe.name(), by.name);
        self.audit(AuditKind::HandOverAsked, Some(id), Some(&by), detail);
        let to = Wanted::Rep(manager).to_string();
        self.send(rep, FromRelay::WatchAsked { session: id, to, by: by.name });
        Ok(())
    }

    /// What they are called, as far as is known here.
    fn called(&self, to: Wanted, account: i64) -> String {
        let name = match to {
            Wanted::Rep(rep) => {
                let mut standing = self.seats.standing(account).filter(|standing| standing.rep.rep == rep);
                standing.next().map(|standing| standing.rep.name.clone())
            }
            Wanted::Team(_) => None,
            Wanted::Portal(portal) => self.office.book.route(portal).map(|route| route.name.clone()),
        };
        name.unwrap_or_else(|| to.to_string())
    }

    fn is_of_account(&self, to: Wanted, account: i64) -> bool {
        match to {
            Wanted::Rep(rep) => self.seats.standing(account).any(|standing| standing.rep.rep == rep),
            // Whoever is of another account's team is no candidate.
            Wanted::Team(_) => true,
            Wanted::Portal(portal) => self.office.book.route(portal).is_some_and(|route| route.account == account),
        }
    }

    /// Asks the next who fits, or looks again later, or gives up.
    fn seek_hand_over(&mut self, now_ms: u64, id: HandOverId) {
        let Some(hand_over) = self.office.hand_overs.get(id) else { return };
        let Some(owner) = self.sessions.get(&hand_over.session).map(|session| session.owner.clone()) else {
            return self.end_hand_over(id, HandOverOutcome::Gone, String::new());
        };
        let found = match hand_over.to {
            Wanted::Rep(rep) if hand_over.asked.contains(&rep) => None,
            Wanted::Rep(rep) if self.is_here(hand_over.session, rep) => self.sign_in_here(hand_over, rep),
            Wanted::Rep(rep) => self.sign_in_of(rep, &owner),
            Wanted::Team(team) => self.candidate_of(Group::Team(team), &owner, &self.left_out_of(hand_over)),
            // Its line looks for somebody.
            Wanted::Portal(_) => None,
        };
        if let Some(sign_in) = found {
            return self.offer_hand_over(now_ms, id, sign_in);
        }
        let said_no = !hand_over.asked.is_empty();
        if !said_no && now_ms < hand_over.until_ms {
            self.office.hand_overs.change(id, |hand_over| {
                hand_over.stage = Stage::Seeking;
                hand_over.due_ms = Some(now_ms + AGAIN_MS);
            });
        } else {
            let outcome = if said_no { HandOverOutcome::Declined } else { HandOverOutcome::Nobody };
            self.end_hand_over(id, outcome, String::new());
        }
    }

    /// The sign-in of a rep who is chosen by name, ready or not.
    fn sign_in_of(&self, rep: i64, from: &RepIdentity) -> Option<i64> {
        let mut standing =
            self.seats.standing(from.account).filter(|standing| standing.rep.rep == rep && rep != from.rep);
        standing.find(|standing| self.could_take(standing.rep.sign_in)).map(|standing| standing.rep.sign_in)
    }

    fn offer_hand_over(&mut self, now_ms: u64, id: HandOverId, sign_in: i64) {
        let Some(to) = self.sign_ins.get(&sign_in).copied() else { return };
        self.office.hand_overs.change(id, |hand_over| {
            hand_over.stage = Stage::Offered { sign_in };
            hand_over.readers = [(sign_in, Reader::default())].into();
            hand_over.due_ms = Some(now_ms + u64::from(OFFER_S) * 1000);
        });
        self.ask_hand_over(to, id, OFFER_S);
    }

    /// Shows a rep what is handed over.
    pub(super) fn ask_hand_over(&mut self, to: ConnectionId, id: HandOverId, for_s: u16) {
        let Some(hand_over) = self.office.hand_overs.get(id) else { return };
        let Some(session) = self.sessions.get(&hand_over.session) else { return };
        let offer = OfferedHandOver {
            offer: id,
            from: session.owner.name.clone(),
            purpose: hand_over.purpose,
            customer: session.customer_name.clone(),
            system: session.system.clone(),
            question: session.origin.question.clone(),
            portal: session.origin.portal.clone(),
            note: hand_over.note.clone(),
            notes: String::new(),
        };
        let session = hand_over.session;
        // The notes are the store's.
        self.actions.push_back(Action::AskHandOver { to, session, offer, for_s });
    }

    /// Ends a wish, and tells whoever had it how it went.
    pub(super) fn end_hand_over(&mut self, id: HandOverId, outcome: HandOverOutcome, by: String) {
        let Some(hand_over) = self.forget_hand_over(id) else { return };
        let Some(session) = self.sessions.get(&hand_over.session) else { return };
        let (rep, owner, detail) = (session.rep.connection, session.owner.clone(), outcome.name().to_owned());
        self.audit(AuditKind::HandOverEnded, Some(hand_over.session), Some(&owner), detail);
        if let Some(rep) = rep {
            self.send(rep, FromRelay::HandOverAnswered { session: hand_over.session, outcome, by });
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

    /// A session beside a running one, of the rep on this connection.
    fn open_beside(
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

    /// Whoever was asked does not take it: the next is asked.
    fn not_taken(&mut self, now_ms: u64, id: HandOverId, why: &str) {
        let Some(hand_over) = self.office.hand_overs.get(id) else { return };
        let Stage::Offered { sign_in } = hand_over.stage else { return };
        let session = hand_over.session;
        let known = self.sign_ins.get(&sign_in).and_then(|connection| self.connections.get(connection));
        let rep = known.and_then(|known| known.rep.clone());
        let row = rep.as_ref().map(|rep| rep.rep).or_else(|| self.office.desk.rep_of(sign_in));
        self.audit(AuditKind::HandOverDeclined, Some(session), rep.as_ref(), why.to_owned());
        if let Some(to) = self.sign_ins.get(&sign_in).copied() {
            self.send(to, FromRelay::HandOverOver { offer: id, end: AskedEnd::Passed });
        }
        self.office.hand_overs.change(id, |hand_over| {
            hand_over.asked.extend(row);
            hand_over.readers.clear();
            hand_over.stage = Stage::Seeking;
            hand_over.due_ms = None;
        });
        self.seek_hand_over(now_ms, id);
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

    /// Whoever had the wish takes it back, or their customer does not want it.
    pub(in crate::hub) fn withdraw_hand_over(&mut self, now_ms: u64, connection: ConnectionId, session: SessionId) {
        let theirs = |of: &&mut Session| of.side_of(connection) == Some(Side::Rep);
        let Some(own) = self.sessions.get_mut(&session).filter(theirs) else { return };
        own.given_to = None;
        if let Some(id) = self.office.hand_overs.of_session(session).map(|hand_over| hand_over.id) {
            self.drop_hand_over(now_ms, id);
        }
    }

    /// A wish is over without an answer: whoever is asked or on the way is told.
    fn drop_hand_over(&mut self, now_ms: u64, id: HandOverId) {
        let Some(hand_over) = self.forget_hand_over(id) else { return };
        let owner = self.sessions.get(&hand_over.session).map(|session| session.owner.clone());
        self.audit(AuditKind::HandOverEnded, Some(hand_over.session), owner.as_ref(), "withdrawn".to_owned());
        match hand_over.stage {
            Stage::Seeking | Stage::Offered { .. } | Stage::Queued => {}
            Stage::Accepted { session, .. } => self.end_not_come(now_ms, session),
        }
    }

    /// Ends the session of whoever took a wish, unless the customer has come to it.
    pub(super) fn end_not_come(&mut self, now_ms: u64, session: SessionId) {
        match self.sessions.get(&session).map(|session| &session.stage) {
            Some(session::Stage::Open { .. }) => self.expire(now_ms, session),
            Some(session::Stage::Pairing { .. }) => self.end(now_ms, session, EndReason::CustomerDeclined.name()),
            Some(session::Stage::Running) | None => {}
        }
    }

    /// Whoever was asked is gone.
    pub(in crate::hub) fn asked_went(&mut self, now_ms: u64, sign_in: i64) {
        if let Some(id) = self.office.hand_overs.of_asked(sign_in).map(|hand_over| hand_over.id) {
            self.not_taken(now_ms, id, "gone");
        }
    }

    /// Whoever had a wish is gone, for a while or for good. With the code it goes on, since the customer may have that by now;
    /// without it nobody ever comes, and whoever has taken it does not wait for that.
    pub(in crate::hub) fn asker_went(&mut self, now_ms: u64, session: SessionId) {
        let Some(hand_over) = self.office.hand_overs.of_session(session) else { return };
        match hand_over.stage {
            Stage::Seeking | Stage::Offered { .. } | Stage::Queued | Stage::Accepted { told: false, .. } => {
                let id = hand_over.id;
                self.remember_left(id);
                self.drop_hand_over(now_ms, id);
            }
            Stage::Accepted { told: true, .. } => {}
        }
    }

    /// A session is in no book any more.
    pub(in crate::hub) fn hand_over_session_over(&mut self, now_ms: u64, session: &Session) {
        self.office.hand_overs.recall(session.id);
        if let Some(id) = self.office.hand_overs.of_session(session.id).map(|hand_over| hand_over.id) {
            self.drop_hand_over(now_ms, id);
        }
        if let Some(id) = self.office.hand_overs.of_accepted(session.id).map(|hand_over| hand_over.id) {
            self.end_hand_over(id, HandOverOutcome::Gone, session.owner.name.clone());
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

    /// Does what is due of wishes.
    pub(in crate::hub) fn hand_overs_due(&mut self, now_ms: u64) {
        while let Some(id) = self.office.hand_overs.next_due(now_ms) {
            match self.office.hand_overs.get(id).map(|hand_over| hand_over.stage.clone()) {
                Some(Stage::Offered { .. }) => self.not_taken(now_ms, id, "not answered in time"),
                Some(Stage::Seeking | Stage::Accepted { .. }) => {
                    self.office.hand_overs.change(id, |hand_over| hand_over.due_ms = None);
                    self.seek_hand_over(now_ms, id);
                }
                // Of those nothing is due here.
                Some(Stage::Queued) | None => return,
            }
        }
    }
}

#[cfg(test)]
#[path = "hand_over_tests.rs"]
mod tests;
