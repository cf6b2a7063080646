//! A crowd of reps and customers, some hostile, doing anything at any time, from a seed: whatever happens, the hub's books
//! agree with one another, nothing is left behind, and nobody hears of a session that is not theirs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::random::Seeded;
use super::tests::{Bench, address, identity, signed_in};
use super::*;
use lotse_protocol::control::Secret;
use std::collections::{BTreeMap, HashMap};

const STEPS: usize = 4000;
const SEEDS: u64 = 12;

/// What programs know: codes they heard of, sessions they were offered.
struct Crowd {
    random: Seeded,
    bench: Bench,
    next: u64,
    reps: Vec<u64>,
    customers: Vec<u64>,
    nameplates: Vec<u32>,
    /// What was offered to which connection; kept over restarts.
    offers: Vec<(SessionId, Side, Secret, ConnectionId)>,
    stored: HashMap<SessionId, SessionRecord>,
    stored_codes: HashMap<SessionId, CodeRecord>,
    /// Who has a seat, and since when.
    stored_seats: BTreeMap<i64, u64>,
    /// Seats that somebody who waits was told of, by connection.
    seats: Vec<(ConnectionId, u64)>,
    /// How many seats the account has.
    limit: Option<u32>,
    /// Whose tickets the forwarder takes.
    served: BTreeSet<LegId>,
}

impl Crowd {
    fn new(seed: u64) -> Self {
        let mut bench = Bench::new(vec![]);
        bench.hub = Hub::new(Limits::default(), Box::new(Seeded(seed)), 0, Stored::default());
        Self {
            random: Seeded(seed ^ 0xabcd),
            bench,
            next: 1,
            reps: vec![],
            customers: vec![],
            nameplates: vec![],
            offers: vec![],
            stored: HashMap::new(),
            stored_codes: HashMap::new(),
            stored_seats: BTreeMap::new(),
            seats: vec![],
            limit: None,
            served: BTreeSet::new(),
        }
    }

    fn anyone(&mut self) -> ConnectionId {
        let all: Vec<u64> = self.reps.iter().chain(&self.customers).copied().chain([999_999]).collect();
        ConnectionId(all[self.random.below(all.len() as u64) as usize])
    }

    fn one_of(&mut self, of_reps: bool) -> ConnectionId {
        let list = if of_reps { &self.reps } else { &self.customers };
        match list.len() as u64 {
            0 => ConnectionId(999_999),
            len => ConnectionId(list[self.random.below(len) as usize]),
        }
    }

    /// Some session, its token, and mostly the connection that got them.
    fn any_offer(&mut self) -> (SessionId, Side, Secret, ConnectionId) {
        let (session, side, token, to) = match self.offers.len() as u64 {
            0 => (SessionId([9; 16]), Side::Rep, Secret("none".into()), ConnectionId(999_999)),
            len => self.offers[self.random.below(len) as usize].clone(),
        };
        let from = if self.random.below(5) == 0 { self.anyone() } else { to };
        (session, side, token, from)
    }

    fn connect(&mut self, side: Side) {
        let connection = ConnectionId(self.next);
        self.next += 1;
        let last = self.random.below(5) as u8;
        self.bench.input(Input::Connected { connection, side, address: address(last) });
        match side {
            Side::Rep => {
                self.reps.push(connection.0);
                let sign_in = 10 + self.random.below(30) as i64;
                self.bench.input(signed_in(connection.0, sign_in));
            }
            Side::Customer => self.customers.push(connection.0),
        }
    }

    fn disconnect(&mut self, connection: ConnectionId) {
        self.reps.retain(|known| *known != connection.0);
        self.customers.retain(|known| *known != connection.0);
        self.bench.input(Input::Gone { connection });
    }

    fn restart(&mut self) {
        // In a fixed order, or a seed would not replay.
        let mut codes: Vec<CodeRecord> = self.stored_codes.values().cloned().collect();
        codes.sort_by_key(|code| code.session);
        let now_ms = self.bench.now_ms;
        let seats = self.stored_seats.iter();
        let seats = seats.map(|(sign_in, since_ms)| SeatRecord { rep: identity(*sign_in), held_ms: now_ms - since_ms });
        let sessions = self.stored.values().cloned().collect();
        let stored = Stored { sessions, codes, seats: seats.collect(), ..Stored::default() };
        let seed = self.random.number();
        self.bench.hub = Hub::new(Limits::default(), Box::new(Seeded(seed)), self.bench.now_ms, stored);
        self.served = self.stored.values().map(SessionRecord::leg).collect();
        self.reps.clear();
        self.customers.clear();
        let seats = [(1, self.limit)].into();
        self.bench.input(Input::People(People { seats, ..People::default() }));
    }

    /// The operator changes something: mostly the number of seats.
    fn change_people(&mut self) {
        self.limit = Some(self.random.below(20) as u32 + 4).filter(|limit| *limit < 20);
        let mut people = People { seats: [(1, self.limit)].into(), ..People::default() };
        let rep = self.random.below(3) as i64 + 1;
        match self.random.below(20) {
            0 => people.inactive.extend([rep]),
            1 => people.signed_out.extend([(rep, rep * 10 + self.random.below(4) as i64)]),
            _ => {}
        }
        self.bench.input(Input::People(people));
    }

    fn take_seat(&mut self) {
        let (to, seat) = match self.seats.len() as u64 {
            0 => (ConnectionId(999_999), 7),
            len => self.seats[(len - 1 - self.random.below(len.min(10))) as usize],
        };
        let connection = if self.random.below(5) == 0 { self.anyone() } else { to };
        self.bench.input(Input::TakeSeat { connection, seat });
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0..=9 => self.connect(Side::Rep),
            10..=24 => self.connect(Side::Customer),
            25..=31 => {
                let connection = self.anyone();
                self.disconnect(connection);
            }
            32..=44 => {
                let connection = self.one_of(true);
                self.bench.input(Input::NewCode { connection, features: BTreeSet::new() });
            }
            45..=59 => {
                let nameplate = match self.nameplates.len() as u64 {
                    0 => 1,
                    _ if self.random.below(6) == 0 => self.random.below(100_000) as u32,
                    len => self.nameplates[(len - 1 - self.random.below(len.min(8))) as usize],
                };
                let connection = self.one_of(false);
                self.bench.input(Input::Join { connection, nameplate, name: "n".into(), system: "s".into() });
            }
            60..=69 => {
                let (session, _, _, connection) = self.any_offer();
                self.bench.input(Input::Paired { connection, session });
            }
            70..=72 => {
                let (session, _, _, connection) = self.any_offer();
                self.bench.input(Input::PairingFailed { connection, session });
            }
            73..=81 => {
                let (session, side, token, _) = self.any_offer();
                let connection = self.one_of(side == Side::Rep);
                self.bench.input(Input::Resume { connection, session, token });
            }
            82..=87 => {
                let (session, _, _, connection) = self.any_offer();
                self.bench.input(Input::Signal { connection, session, body: connection.0.to_le_bytes().to_vec() });
            }
            88..=90 => {
                let (session, _, _, connection) = self.any_offer();
                self.bench.input(Input::EndSession { connection, session, reason: "x".into() });
            }
            91 => {
                let connection = self.one_of(true);
                self.bench.input(Input::SignedOut { connection });
            }
            92 => {
                let (session, ..) = self.any_offer();
                let connection = self.one_of(true);
                self.bench.input(Input::DropCode { connection, session });
            }
            93 if self.random.below(20) == 0 => self.restart(),
            95 if self.random.below(3) == 0 => self.change_people(),
            96 => self.take_seat(),
            97 => {
                let (session, _, _, connection) = self.any_offer();
                self.bench.input(Input::Notes { connection, session, revision: 1, text: "n".into() });
            }
            94 if self.random.below(10) == 0 => drop(self.bench.wait(20 * 60 * 1000)),
            _ => {
                let ms = self.random.below(20_000);
                self.bench.wait(ms);
            }
        }
        self.listen();
    }

    /// Takes in what the hub wanted done, and checks what it says against who it says it to.
    fn listen(&mut self) {
        for action in std::mem::take(&mut self.bench.actions) {
            match action {
                Action::Offer { to, offer } => {
                    self.served.insert(offer.leg);
                    self.offers.push((offer.session, offer.side, offer.token, to));
                    if self.offers.len() > 30 {
                        self.offers.remove(0);
                    }
                }
                Action::Record(Change::Started(record)) => {
                    assert!(self.stored.insert(record.session, record).is_none(), "started twice");
                }
                Action::Record(Change::Ended { session, .. }) => {
                    assert!(self.stored.remove(&session).is_some(), "ended without having run");
                }
                Action::Record(Change::Code(code)) => drop(self.stored_codes.insert(code.session, code)),
                Action::Record(Change::CodeGone { session }) => drop(self.stored_codes.remove(&session)),
                Action::Send { to, message: FromRelay::Code { nameplate, .. } } => {
                    assert!(self.reps.contains(&to.0));
                    self.nameplates.push(nameplate);
                }
                Action::Send { to, message: FromRelay::Signal { session, body } } => {
                    let session = &self.bench.hub.sessions[&session];
                    let from = ConnectionId(u64::from_le_bytes(body.try_into().unwrap()));
                    let (one, other) = (session.rep.connection.unwrap(), session.customer.connection.unwrap());
                    assert!((from, to) == (one, other) || (from, to) == (other, one), "a signal strayed");
                }
                Action::Send { to, message: FromRelay::Seat { waits: Some(taken) } } => {
                    assert!(self.reps.contains(&to.0));
                    assert!(taken.holders.len() <= lotse_protocol::control::SEAT_HOLDERS_MAX);
                    self.seats.extend(taken.holders.iter().map(|holder| (to, holder.seat)));
                }
                Action::Record(Change::Seat { sign_in, held: true }) => {
                    assert!(self.stored_seats.insert(sign_in, self.bench.now_ms).is_none(), "two seats");
                }
                Action::Record(Change::Seat { sign_in, held: false }) => {
                    assert!(self.stored_seats.remove(&sign_in).is_some(), "a seat that was not there");
                }
                Action::Record(Change::SignInGone { .. }) => {}
                Action::Close { connection, .. } => {
                    self.reps.retain(|known| *known != connection.0);
                    self.bench.hub.handle_input(self.bench.now_ms, Input::Gone { connection });
                }
                Action::CloseLegs { leg } => assert!(self.served.remove(&leg), "closed twice"),
                Action::KeepNotes { to, .. } => assert!(self.reps.contains(&to.0), "a customer writes notes"),
                Action::TellNotes { to, session } => {
                    let of_rep = self.bench.hub.sessions[&session].rep.connection;
                    assert!(self.reps.contains(&to.0) && of_rep == Some(to), "notes stray");
                }
                Action::Send { .. } | Action::SendPlugin { .. } | Action::Audit(_) | Action::Licence { .. } => {}
                Action::AskHandOver { .. }
                | Action::Record(Change::Beside { .. } | Change::NotesCarried { .. } | Change::TookOver { .. }) => {
                    panic!("nobody asks for another")
                }
                Action::Record(Change::Question(_) | Change::QuestionGone { .. })
                | Action::News { .. }
                | Action::Portal { .. } => panic!("there is no portal here"),
            }
        }
    }

    /// The books agree.
    fn check(&self) {
        let hub = &self.bench.hub;
        let mut nameplates = BTreeSet::new();
        hub.sessions.check();
        for session in hub.sessions.values() {
            let id = &session.id;
            for (side, end) in [(Side::Rep, &session.rep), (Side::Customer, &session.customer)] {
                if let Some(connection) = end.connection {
                    let known = &hub.connections[&connection];
                    assert_eq!(known.side, side);
                    assert!(known.sessions.contains(id), "a connection does not know its session");
                }
            }
            assert_eq!(session.due(&hub.limits).map(|(due_ms, _)| due_ms), session.deadline_ms);
            if let Some(due_ms) = session.deadline_ms {
                assert!(hub.deadlines.contains(&(due_ms, *id)));
                assert!(due_ms >= self.bench.now_ms, "overdue");
            }
            let nameplate = match &session.stage {
                session::Stage::Open { nameplate, attempts_left, .. }
                | session::Stage::Pairing { nameplate, attempts_left, .. } => {
                    assert!(*attempts_left > 0 && !self.stored.contains_key(id));
                    assert!(hub.unused[&session.owner.sign_in].contains(id));
                    let kept = self.stored_codes.get(id).map_or(0, |code| code.attempts_left);
                    assert!(kept <= *attempts_left && kept + 1 >= *attempts_left, "the store forgives a guess");
                    Some(*nameplate)
                }
                session::Stage::Running => {
                    assert!(self.stored.contains_key(id));
                    None
                }
            };
            assert!(nameplate.is_none_or(|nameplate| nameplates.insert(nameplate)), "two codes alike");
        }
        let legs: BTreeSet<LegId> = hub.sessions.values().filter_map(Session::leg).collect();
        assert_eq!(self.served, legs, "who is in no session is served, or who is in one is not");
        assert!(self.stored.values().all(|record| legs.contains(&record.leg())), "a running session is not served");
        for (id, connection) in &hub.connections {
            for session in &connection.sessions {
                assert!(hub.sessions[session].side_of(*id).is_some(), "a connection has a session that is not its own");
            }
            let customer_sessions = if connection.side == Side::Customer { connection.sessions.len() } else { 0 };
            assert!(customer_sessions <= 1);
        }
        assert_eq!(hub.codes.alive(), nameplates.len());
        assert_eq!(hub.unused.values().map(BTreeSet::len).sum::<usize>(), nameplates.len());
        assert_eq!(hub.deadlines.len(), hub.sessions.values().filter(|session| session.deadline_ms.is_some()).count());
        assert_eq!(self.stored.len(), hub.sessions.len() - nameplates.len());
        self.check_seats();
        for (sign_in, connection) in &hub.sign_ins {
            assert_eq!(hub.connections[connection].rep.as_ref().unwrap().sign_in, *sign_in);
        }
    }
}

impl Crowd {
    /// Who is signed in has a seat or waits; nobody waits beside a free seat, and who waits is in no session.
    fn check_seats(&self) {
        let hub = &self.bench.hub;
        let (held, waiting) = hub.seats.check(|sign_in| hub.sign_ins.contains_key(&sign_in));
        let stored: BTreeSet<i64> = self.stored_seats.keys().copied().collect();
        assert_eq!(held, stored, "the store has it otherwise");
        for (sign_in, connection) in &hub.sign_ins {
            if !waiting.contains(sign_in) {
                assert!(held.contains(sign_in), "a sign-in that neither has a seat nor waits");
                continue;
            }
            let limit = self.limit.expect("somebody waits where seats have no number");
            assert!(held.len() >= limit as usize, "somebody waits beside a free seat");
            let of_one = |session: &&Session| session.rep.connection == Some(*connection);
            let in_session =
                hub.sessions.values().filter(of_one).any(|of| !matches!(of.stage, session::Stage::Open { .. }));
            assert!(!in_session, "in a session without a seat");
        }
    }
}

#[test]
fn a_crowd_leaves_the_books_in_order() {
    for seed in 0..SEEDS {
        let mut crowd = Crowd::new(seed);
        let mut most_running = 0;
        for step in 0..STEPS {
            crowd.step();
            let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| crowd.check()));
            if let Err(error) = checked {
                eprintln!("seed {seed}, step {step}");
                std::panic::resume_unwind(error);
            }
            most_running = most_running.max(crowd.stored.len());
        }
        assert!(most_running > 3, "seed {seed} ran {most_running} sessions at once: too dull to show anything");
        for connection in crowd.reps.clone().into_iter().chain(crowd.customers.clone()) {
            crowd.disconnect(ConnectionId(connection));
            crowd.listen();
        }
        crowd.bench.wait(60 * 60 * 1000);
        crowd.listen();
        assert_eq!(crowd.bench.hub.counts(), (0, 0, 0), "seed {seed}: something is left behind");
        assert!(crowd.stored.is_empty() && crowd.stored_codes.is_empty() && crowd.stored_seats.is_empty());
        assert!(crowd.bench.hub.deadlines.is_empty() && crowd.bench.hub.unused.is_empty());
    }
}
