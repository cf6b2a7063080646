//! A crowd of reps and customers with questions, doing anything at any time, from a seed: whatever happens, each question ends
//! once and in one way, is offered to one rep at a time and to nobody whom it does not fit, and keeps its place.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::question::{Place, Question, State};
use super::tests::{BILLING, HELP, ask_of, routes, token};
use super::*;
use crate::hub::random::Seeded;
use crate::hub::session::Stage;
use crate::hub::tests::{Bench, address, identity, signed_in};
use crate::hub::{Action, Change, CodeRecord, ConnectionId, Input, People, SeatRecord, SessionRecord, Stored};
use lotse_protocol::control::{FromRelay, SessionId, Side};
use lotse_protocol::question::{Availability, QuestionId, SEALED_CODE_BYTES};
use std::collections::{BTreeMap, BTreeSet};

const STEPS: usize = 2500;
const SEEDS: u64 = 8;
/// The books are compared after each so many steps; a look at all of them takes longer than a step.
const CHECK_EVERY: usize = 3;

struct Crowd {
    random: Seeded,
    bench: Bench,
    next: u64,
    /// Connections of reps, with their sign-ins.
    reps: BTreeMap<u64, i64>,
    customers: BTreeSet<u64>,
    /// Questions that are not over, with the number of their token.
    standing: BTreeMap<QuestionId, u64>,
    /// How often each question was over.
    over: BTreeMap<QuestionId, u32>,
    /// How each was over since the relay began, with the number of its token.
    ended: BTreeMap<QuestionId, (u64, Over)>,
    taken: u64,
    ran: u64,
    /// What reps heard of sessions with questions: nameplate and whose it is.
    codes: Vec<(SessionId, u32, u64)>,
    /// As the store has them, with their order.
    stored: BTreeMap<QuestionId, (u64, QuestionRecord)>,
    stored_sessions: BTreeMap<SessionId, SessionRecord>,
    stored_codes: BTreeMap<SessionId, CodeRecord>,
    stored_seats: BTreeSet<i64>,
}

impl Crowd {
    fn new(seed: u64) -> Self {
        let mut bench = Bench::new(vec![]);
        bench.hub = Hub::new(Limits::default(), Box::new(Seeded(seed)), 0, Stored::default());
        bench.input(Input::Routes(routes()));
        Self {
            random: Seeded(seed ^ 0x9e37),
            bench,
            next: 1,
            reps: BTreeMap::new(),
            customers: BTreeSet::new(),
            standing: BTreeMap::new(),
            over: BTreeMap::new(),
            ended: BTreeMap::new(),
            taken: 0,
            ran: 0,
            codes: vec![],
            stored: BTreeMap::new(),
            stored_sessions: BTreeMap::new(),
            stored_codes: BTreeMap::new(),
            stored_seats: BTreeSet::new(),
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random.below(bound as u64) as usize
    }

    fn any_rep(&mut self) -> ConnectionId {
        let reps: Vec<u64> = self.reps.keys().copied().chain([999_999]).collect();
        let at = self.below(reps.len());
        ConnectionId(reps[at])
    }

    fn any_question(&mut self) -> (QuestionId, u64) {
        let all: Vec<(QuestionId, u64)> = self.standing.iter().map(|(id, number)| (*id, *number)).collect();
        match all.len() {
            0 => (QuestionId([9; 16]), 0),
            len => all[self.below(len)],
        }
    }

    fn any_code(&mut self) -> (SessionId, u32, u64) {
        // Stale codes would only teach the crowd's addresses to wait.
        let sessions = &self.bench.hub.sessions;
        let open = |session: &SessionId| {
            sessions.get(session).is_some_and(|session| matches!(session.stage, Stage::Open { .. }))
        };
        self.codes.retain(|(session, ..)| open(session));
        match self.codes.len() {
            0 => (SessionId([9; 16]), 1, 999_999),
            len => {
                let at = self.below(len);
                self.codes[at]
            }
        }
    }

    fn come(&mut self, side: Side) {
        let connection = ConnectionId(self.next);
        self.next += 1;
        let last = self.below(5) as u8;
        self.bench.input(Input::Connected { connection, side, address: address(last) });
        if side == Side::Customer {
            self.customers.insert(connection.0);
            return;
        }
        let sign_in = 10 + self.random.below(50) as i64;
        self.reps.retain(|_, other| *other != sign_in);
        self.reps.insert(connection.0, sign_in);
        self.bench.input(signed_in(connection.0, sign_in));
    }

    fn ask(&mut self) {
        let number = self.next;
        self.next += 1;
        let portal = if self.random.below(3) == 0 { BILLING } else { HELP };
        let Ok(question) = self.bench.hub.ask(self.bench.now_ms, ask_of(portal, number)) else { return };
        self.standing.insert(question, number);
        if self.random.below(5) > 0 {
            assert!(self.bench.hub.follow(self.bench.now_ms, question, &token(number)).is_some());
        }
        // What was wanted done is taken in with the next input.
        self.bench.input(Input::Gone { connection: ConnectionId(888_888) });
    }

    fn restart(&mut self) {
        let mut questions: Vec<(u64, QuestionRecord)> = self.stored.values().cloned().collect();
        questions.sort_by_key(|(order, _)| *order);
        let seats = self.stored_seats.iter().map(|sign_in| SeatRecord { rep: identity(*sign_in), held_ms: 0 });
        let stored = Stored {
            sessions: self.stored_sessions.values().cloned().collect(),
            codes: self.stored_codes.values().cloned().collect(),
            seats: seats.collect(),
            questions: questions.into_iter().map(|(_, record)| record).collect(),
            besides: vec![],
        };
        let seed = self.random.number();
        self.bench.hub = Hub::new(Limits::default(), Box::new(Seeded(seed)), self.bench.now_ms, stored);
        self.ended.clear();
        self.reps.clear();
        self.customers.clear();
        self.codes.clear();
        self.bench.input(Input::People(People { seats: [(1, Some(12))].into(), ..People::default() }));
        self.bench.input(Input::Routes(routes()));
    }

    fn rep_does(&mut self) {
        let connection = self.any_rep();
        let (question, _) = self.any_question();
        match self.random.below(13) {
            0..=3 => {
                let availability = Availability {
                    ready: self.random.below(4) > 0,
                    offer_s: self.random.below(150) as u16,
                    in_session: self.random.below(2) == 0,
                };
                self.bench.input(Input::Availability { connection, availability });
            }
            4..=5 => {
                let offered = self.reps.get(&connection.0).and_then(|of| self.bench.hub.office.desk.offered(*of));
                let question = offered.unwrap_or(question);
                self.bench.input(Input::PassQuestion { connection, question });
            }
            6..=8 => {
                self.bench.input(Input::AnswerQuestion { connection, features: BTreeSet::new(), question });
            }
            9 => {
                self.bench.input(Input::SignedOut { connection }).input(Input::Gone { connection });
                self.reps.remove(&connection.0);
            }
            10 => {
                let (session, _, owner) = self.any_code();
                self.bench.input(Input::DropCode { connection: ConnectionId(owner), session });
            }
            11 if self.random.below(8) == 0 => {
                self.bench.input(Input::CloseQuestion { connection, question });
            }
            _ => {
                self.bench.input(Input::NewCode { connection, features: BTreeSet::new() });
            }
        }
    }

    fn customer_does(&mut self) {
        let (question, number) = self.any_question();
        let (session, nameplate, owner) = self.any_code();
        let customers: Vec<u64> = self.customers.iter().copied().chain([777_777]).collect();
        let at = self.below(customers.len());
        let connection = ConnectionId(customers[at]);
        match self.random.below(10) {
            0..=1 => {
                self.bench.input(Input::PageGone { question });
            }
            2 => {
                let number = if self.random.below(4) == 0 { number + 1 } else { number };
                self.bench.input(Input::CustomerLeaves { question, token: token(number) });
            }
            3..=4 => {
                assert!(self.bench.hub.follow(self.bench.now_ms, question, &token(number + 1)).is_none());
                self.bench.hub.follow(self.bench.now_ms, question, &token(number));
            }
            5..=7 if owner != 999_999 => {
                let (name, system) = (String::new(), "s".to_owned());
                self.bench.input(Input::Join { connection, nameplate, name, system });
                if self.random.below(4) > 0 {
                    self.bench.input(Input::Paired { connection: ConnectionId(owner), session });
                }
            }
            8 => {
                let known = self.bench.hub.connections.get(&connection);
                let session = known.and_then(|known| known.sessions.first().copied()).unwrap_or(session);
                self.bench.input(Input::EndSession { connection, session, reason: "x".into() });
            }
            _ => {
                let body = vec![1; SEALED_CODE_BYTES];
                self.bench.input(Input::SealedCode { connection: ConnectionId(owner), session, body });
            }
        }
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0..=7 => self.come(Side::Rep),
            8..=14 => self.come(Side::Customer),
            15..=35 => self.ask(),
            36..=65 => self.rep_does(),
            66..=85 => self.customer_does(),
            86..=89 => {
                let connection = self.any_rep();
                self.reps.remove(&connection.0);
                self.bench.input(Input::Gone { connection });
            }
            90 => {
                let customer = self.customers.pop_first().unwrap_or(777_777);
                self.bench.input(Input::Gone { connection: ConnectionId(customer) });
            }
            91 if self.random.below(15) == 0 => self.restart(),
            92 if self.random.below(5) == 0 => {
                let seats = [(1, Some(self.random.below(20) as u32 + 2))].into();
                self.bench.input(Input::People(People { seats, ..People::default() }));
            }
            93 if self.random.below(10) == 0 => drop(self.bench.wait(20 * 60 * 1000)),
            _ => {
                let ms = self.random.below(20_000);
                self.bench.wait(ms);
            }
        }
        self.listen();
    }

    /// Takes in what the hub wanted done.
    fn listen(&mut self) {
        for action in std::mem::take(&mut self.bench.actions) {
            match action {
                Action::Record(change) => self.store(change),
                Action::News { question, news: QuestionNews::Ended(over) } => {
                    *self.over.entry(question).or_default() += 1;
                    let number = self.standing.remove(&question).expect("over twice, or never asked");
                    self.ended.insert(question, (number, over));
                }
                Action::News { news: QuestionNews::Running { .. }, .. } => self.ran += 1,
                Action::Send { to, message: FromRelay::QuestionAnswered(answered) } => {
                    assert_eq!(answered.page_key.len(), 65);
                    self.taken += 1;
                    self.codes.push((answered.session, answered.nameplate, to.0));
                    if self.codes.len() > 8 {
                        self.codes.remove(0);
                    }
                }
                Action::Close { connection, .. } => {
                    self.reps.remove(&connection.0);
                    self.bench.hub.handle_input(self.bench.now_ms, Input::Gone { connection });
                }
                Action::News { .. }
                | Action::Portal { .. }
                | Action::Send { .. }
                | Action::Offer { .. }
                | Action::CloseLegs { .. }
                | Action::SendPlugin { .. }
                | Action::Licence { .. }
                | Action::KeepNotes { .. }
                | Action::TellNotes { .. }
                | Action::AskHandOver { .. }
                | Action::Audit(_) => {}
            }
        }
    }

    fn store(&mut self, change: Change) {
        match change {
            Change::Question(record) => {
                let order = self.stored.get(&record.question).map_or(self.next, |(order, _)| *order);
                self.next += 1;
                self.stored.insert(record.question, (order, record));
            }
            Change::QuestionGone { question } => drop(self.stored.remove(&question)),
            Change::Started(session) => drop(self.stored_sessions.insert(session.session, session)),
            Change::Ended { session, .. } => drop(self.stored_sessions.remove(&session)),
            Change::Code(code) => drop(self.stored_codes.insert(code.session, code)),
            Change::CodeGone { session } => drop(self.stored_codes.remove(&session)),
            Change::Seat { sign_in, held: true } => drop(self.stored_seats.insert(sign_in)),
            Change::Seat { sign_in, held: false } => drop(self.stored_seats.remove(&sign_in)),
            Change::SignInGone { .. }
            | Change::Beside { .. }
            | Change::NotesCarried { .. }
            | Change::TookOver { .. } => {}
        }
    }

    fn check(&self) {
        let hub = &self.bench.hub;
        let mut known = BTreeSet::new();
        let mut offered = BTreeMap::new();
        let mut places: BTreeSet<Place> = BTreeSet::new();
        let mut sessions = BTreeSet::new();
        for question in hub.office.book.check() {
            known.insert(question.id);
            assert!(places.insert(question.place), "two in one place");
            assert_eq!(question.passed.is_empty(), question.again_ms.is_none(), "passed, and never asked again");
            self.check_stored(question);
            match &question.state {
                State::Waiting => self.check_waiting(question),
                State::Offered { sign_in, until_ms } => {
                    assert!(*until_ms >= self.bench.now_ms, "offered for too long");
                    assert_eq!(hub.office.desk.offered(*sign_in), Some(question.id));
                    assert!(offered.insert(*sign_in, question.id).is_none(), "two offers for one");
                    assert!(hub.sign_ins.contains_key(sign_in) && hub.seats.has_one(*sign_in), "it cannot answer");
                    assert!(hub.office.desk.availability(*sign_in).is_some_and(|of| of.ready));
                    assert!(hub.can_take(*sign_in), "it is busy");
                    assert!(question.is_for(sign_in / 10), "it has passed it");
                    let group = hub.office.book.group_of(question.portal).unwrap();
                    assert!(hub.office.desk.groups_of(*sign_in).contains(&group), "not in the team");
                }
                State::Taken { session, .. } => {
                    assert!(sessions.insert(*session), "one session for two questions");
                    let session = &hub.sessions[session];
                    assert!(session.stage != Stage::Running && session.rep.connection.is_some(), "nobody has it");
                }
                State::Running { session, .. } => {
                    assert!(sessions.insert(*session), "one session for two questions");
                    assert_eq!(hub.sessions[session].stage, Stage::Running);
                }
            }
        }
        let standing: BTreeSet<QuestionId> = self.standing.keys().copied().collect();
        assert_eq!(known, standing, "a question is lost, or was never asked");
        assert!(self.over.values().all(|times| *times == 1));
        for (question, (number, over)) in &self.ended {
            let told = hub.office.ended.over(*question, &token(*number));
            assert!(told.is_none_or(|told| told == *over), "remembered otherwise than it was told");
            assert_eq!(hub.office.ended.over(*question, &token(*number + 1)), None, "told to somebody else");
        }
        assert!(hub.office.ended.len() <= self.ended.len(), "more are remembered than were over");
        for sign_in in hub.sign_ins.keys() {
            assert_eq!(hub.office.desk.offered(*sign_in), offered.get(sign_in).copied());
        }
    }

    /// A restart would find it as it is.
    fn check_stored(&self, question: &Question) {
        let (_, kept) = self.stored.get(&question.id).expect("not written down");
        let stage = match question.state {
            State::Waiting | State::Offered { .. } => QuestionStage::Waiting,
            State::Taken { session, .. } => QuestionStage::Taken(session),
            State::Running { session, .. } => QuestionStage::Running(session),
        };
        assert_eq!((kept.stage, kept.front), (stage, !question.place.behind), "written down otherwise");
    }

    /// Nobody whom it fits is free.
    fn check_waiting(&self, question: &Question) {
        let group = self.bench.hub.office.book.group_of(question.portal).unwrap();
        let free = self.bench.hub.office.desk.longest_idle(group, |_, rep| question.is_for(rep));
        let free = free.filter(|_| question.is_open());
        assert_eq!(free, None, "it waits beside somebody who is free");
    }
}

#[test]
fn q3_a_crowd_loses_no_question() {
    let mut ways = (0, 0, 0);
    for seed in 0..SEEDS {
        let mut crowd = Crowd::new(seed);
        for step in 0..STEPS {
            crowd.step();
            if step % CHECK_EVERY != 0 {
                continue;
            }
            let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| crowd.check()));
            if let Err(error) = checked {
                eprintln!("seed {seed}, step {step}");
                std::panic::resume_unwind(error);
            }
        }
        for connection in crowd.reps.keys().copied().chain(crowd.customers.clone()).collect::<Vec<u64>>() {
            crowd.bench.input(Input::Gone { connection: ConnectionId(connection) });
        }
        for question in crowd.standing.keys().copied().collect::<Vec<QuestionId>>() {
            crowd.bench.input(Input::PageGone { question });
        }
        crowd.bench.wait(60 * 60 * 1000);
        crowd.listen();
        assert!(crowd.standing.is_empty() && crowd.stored.is_empty(), "seed {seed}: something is left behind");
        assert_eq!((crowd.bench.hub.office.book.len(), crowd.bench.hub.counts()), (0, (0, 0, 0)));
        assert_eq!(crowd.bench.hub.office.ended.len(), 0, "how questions ended is remembered for ever");
        ways = (ways.0 + crowd.over.len(), ways.1 + crowd.taken, ways.2 + crowd.ran);
    }
    assert!(ways.0 > 500 && ways.1 > 100 && ways.2 > 20, "too dull to show anything: {ways:?}");
}
