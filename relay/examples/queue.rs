//! The queue of questions under load: how long one thing takes while 10,000 customers wait.
//!
//! ```text
//! queue [--waiting 10000] [--reps 200] [--operations 200000]
//! ```
//! An operation is one thing that happens (a customer asks or leaves, a rep passes, answers, comes or goes), with all that the
//! hub wants done of it. The hub is the relay's own; what it wants is counted and dropped, so disk and network are not in the
//! figures. Prints one JSON line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a tool that ends at the first fault")]

use lotse_protocol::control::{FromRelay, Secret, Side};
use lotse_protocol::question::{Availability, QuestionId};
use lotse_relay::hub::{
    Action, AddressKey, Ask, ConnectionId, Hub, Input, Limits, NotAsked, RepIdentity, Route, Routes, Stored,
    system_random,
};
use lotse_relay::token::TokenHash;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

const PORTALS: u64 = 20;
const ACCOUNT: i64 = 1;
/// Simulated time between two operations: two hundred things happen in a second.
const STEP_MS: u64 = 5;

struct Bench {
    hub: Hub,
    now_ms: u64,
    seed: u64,
    reps: u64,
    asked: u64,
    /// Questions that wait, and where each is among them.
    waiting: Vec<(QuestionId, u64)>,
    places: HashMap<QuestionId, usize>,
    offers: Vec<(ConnectionId, QuestionId)>,
    connected: HashSet<u64>,
    actions: u64,
}

fn main() {
    let mut options: HashMap<String, usize> = HashMap::new();
    let mut arguments = std::env::args().skip(1);
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        options.insert(name.trim_start_matches('-').to_owned(), value.parse().expect("a number"));
    }
    let option = |name: &str, default: usize| options.get(name).copied().unwrap_or(default);
    let (waiting, operations) = (option("waiting", 10_000), option("operations", 200_000));
    let mut bench = Bench::new(option("reps", 200) as u64);
    while bench.waiting.len() < waiting {
        bench.ask();
    }
    let began = Instant::now();
    let mut took_us: Vec<f64> = Vec::with_capacity(operations);
    bench.actions = 0;
    for _ in 0..operations {
        let one = Instant::now();
        bench.operate(waiting);
        took_us.push(one.elapsed().as_secs_f64() * 1e6);
    }
    let seconds = began.elapsed().as_secs_f64();
    took_us.sort_by(f64::total_cmp);
    let share = |of: f64| took_us[((took_us.len() - 1) as f64 * of) as usize];
    println!(
        "{}",
        serde_json::json!({
            "waiting": bench.waiting.len(),
            "reps": bench.reps,
            "operations_per_second": operations as f64 / seconds,
            "us_p50": share(0.5),
            "us_p99": share(0.99),
            "us_max": share(1.0),
            "actions_per_operation": bench.actions as f64 / operations as f64,
        })
    );
}

impl Bench {
    fn new(reps: u64) -> Self {
        let hub = Hub::new(Limits::default(), system_random(), 0, Stored::default());
        let (waiting, places, offers, connected) = (vec![], HashMap::new(), vec![], HashSet::new());
        let mut bench =
            Self { hub, now_ms: 1, seed: 7, reps, asked: 0, waiting, places, offers, connected, actions: 0 };
        let portals = (0..PORTALS)
            .map(|portal| Route {
                portal: portal as i64,
                account: ACCOUNT,
                name: format!("portal {portal}"),
                team: Some(portal as i64),
            })
            .collect();
        // Each rep is in two teams.
        let teams = (0..reps)
            .map(|rep| (rep as i64, [rep % PORTALS, (rep / 10) % PORTALS].map(|team| team as i64).into()))
            .collect();
        bench.tell(Input::Routes(Routes { portals, teams }));
        for rep in 0..reps {
            bench.come(rep);
        }
        bench
    }

    fn random(&mut self, below: u64) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % below
    }

    fn operate(&mut self, waiting: usize) {
        self.now_ms += STEP_MS;
        self.hub.handle_time(self.now_ms, &|_| None);
        self.listen();
        match self.random(10) {
            _ if self.waiting.len() < waiting => self.ask(),
            0..=3 => self.pass(),
            4 | 5 => self.answer(),
            6 => self.come_or_go(),
            _ => self.leave(),
        }
    }

    fn tell(&mut self, input: Input) {
        self.hub.handle_input(self.now_ms, input);
        self.listen();
    }

    fn listen(&mut self) {
        while let Some(action) = self.hub.poll_action() {
            self.actions += 1;
            if let Action::Send { to, message } = action {
                match message {
                    FromRelay::QuestionOffered { question, .. } => self.offers.push((to, question.question)),
                    FromRelay::QuestionOver { question, .. } => self.offers.retain(|(_, of)| *of != question),
                    _ => {}
                }
            }
        }
    }

    fn ask(&mut self) {
        self.asked += 1;
        let ask = Ask {
            portal: (self.asked % PORTALS) as i64,
            token: token(self.asked),
            name: "K. Weber".into(),
            text: "The printer says that there is paper in it, which there is not.".into(),
            language: "de".into(),
            system: "Debian 12".into(),
            page_key: vec![4; 65],
        };
        let id = match self.hub.ask(self.now_ms, ask) {
            Ok(id) => id,
            // Every rep of this portal has gone a moment ago.
            Err(NotAsked::NobodyThere) => return,
            Err(why) => panic!("{why:?}"),
        };
        assert!(self.hub.follow(self.now_ms, id, &token(self.asked)).is_some(), "the page is there");
        self.places.insert(id, self.waiting.len());
        self.waiting.push((id, self.asked));
        self.listen();
    }

    fn take_out(&mut self, id: QuestionId) -> Option<u64> {
        let place = self.places.remove(&id)?;
        let (_, number) = self.waiting.swap_remove(place);
        if let Some((moved, _)) = self.waiting.get(place) {
            self.places.insert(*moved, place);
        }
        Some(number)
    }

    /// A customer who waits somewhere in the line, or has just been answered, goes.
    fn leave(&mut self) {
        let place = self.random(self.waiting.len() as u64) as usize;
        let (question, number) = self.waiting[place];
        self.take_out(question);
        self.tell(Input::CustomerLeaves { question, token: token(number) });
    }

    fn pass(&mut self) {
        let Some((connection, question)) = self.offers.first().copied() else { return self.ask() };
        self.offers.remove(0);
        self.tell(Input::PassQuestion { connection, question });
    }

    fn answer(&mut self) {
        let Some((connection, question)) = self.offers.first().copied() else { return self.ask() };
        self.offers.remove(0);
        self.tell(Input::AnswerQuestion { connection, features: BTreeSet::new(), question });
        let Some(number) = self.take_out(question) else { return };
        self.tell(Input::CustomerLeaves { question, token: token(number) });
    }

    fn come_or_go(&mut self) {
        let rep = self.random(self.reps);
        if self.connected.remove(&rep) {
            self.offers.retain(|(connection, _)| connection.0 != rep + 1);
            self.tell(Input::Gone { connection: ConnectionId(rep + 1) });
        } else {
            self.come(rep);
        }
    }

    fn come(&mut self, rep: u64) {
        self.connected.insert(rep);
        let (connection, row) = (ConnectionId(rep + 1), rep as i64);
        let address = AddressKey::from(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
        let identity = RepIdentity {
            sign_in: row + 1,
            rep: row,
            account: ACCOUNT,
            name: format!("rep {rep}"),
            account_name: "Acme".into(),
        };
        self.tell(Input::Connected { connection, side: Side::Rep, address });
        self.tell(Input::SignedIn { connection, rep: identity, seats: None, greeting: None });
        self.tell(Input::Availability { connection, availability: Availability::default() });
    }
}

fn token(number: u64) -> TokenHash {
    TokenHash::of(&Secret(number.to_string()))
}
