//! Who is signed in, which sessions run and what waits at one moment, for whoever manages an account.

use super::session::Stage;
use super::{Hub, LiveQuestion};
use crate::token::hex;
use std::collections::HashSet;

/// People, sessions and questions that are named; the others are counted.
const NAMED_MAX: usize = 200;

/// How an account stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Live {
    pub seats_taken: u64,
    /// Sign-ins that wait for a seat.
    pub waiting: u64,
    pub codes: u64,
    /// In the order of coming.
    pub people: Vec<LivePerson>,
    pub people_more: u64,
    /// In no order that means anything, but the same each time.
    pub sessions: Vec<LiveSession>,
    pub sessions_more: u64,
    /// Sign-ins that take questions.
    pub ready: u64,
    /// Those that wait, who is first before who is behind.
    pub questions: Vec<LiveQuestion>,
    pub questions_more: u64,
}

/// A sign-in of a rep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LivePerson {
    pub name: String,
    /// For how long it has its seat, in seconds; `None`: it waits for one.
    pub held_s: Option<u64>,
    pub in_session: bool,
    pub connected: bool,
    /// It takes questions, of its account's portals if there are some.
    pub ready: bool,
    /// Those portals.
    pub portals: Vec<i64>,
}

/// A session with both ends, or a customer who has just come with a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSession {
    /// In hex.
    pub id: String,
    pub rep: String,
    pub customer: String,
    pub system: String,
    /// The ends hold each other's keys.
    pub running: bool,
    pub rep_there: bool,
    pub customer_there: bool,
}

impl Hub {
    /// How an account stands. Takes as long as the account has sessions and sign-ins.
    pub fn live(&self, now_ms: u64, account: i64) -> Live {
        let mut live = Live::default();
        let mut in_session = HashSet::new();
        for session in self.sessions.of_account(account) {
            let running = match session.stage {
                Stage::Open { .. } => {
                    live.codes += 1;
                    continue;
                }
                Stage::Pairing { .. } => false,
                Stage::Running => true,
            };
            in_session.insert(session.owner.rep);
            live.sessions.push(LiveSession {
                id: hex(&session.id.0),
                rep: session.owner.name.clone(),
                customer: session.customer_name.clone(),
                system: session.system.clone(),
                running,
                rep_there: session.rep.connection.is_some(),
                customer_there: session.customer.connection.is_some(),
            });
        }
        live.sessions.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        live.sessions_more = shorten(&mut live.sessions);
        for standing in self.seats.standing(account) {
            let rep = &standing.rep;
            if standing.held {
                live.seats_taken += 1;
            } else {
                live.waiting += 1;
            }
            let ready = self.office.desk.takes_questions(rep.sign_in);
            live.ready += u64::from(ready);
            live.people.push(LivePerson {
                name: rep.name.clone(),
                held_s: standing.held.then(|| standing.held_ms(now_ms) / 1000),
                in_session: in_session.contains(&rep.rep),
                connected: self.sign_ins.contains_key(&rep.sign_in),
                ready,
                portals: self.takes_questions_of(rep.sign_in),
            });
        }
        live.people_more = shorten(&mut live.people);
        let (questions, all) = self.live_questions(now_ms, account, NAMED_MAX);
        live.questions_more = all.saturating_sub(questions.len() as u64);
        live.questions = questions;
        live
    }
}

impl Hub {
    /// Sign-ins of an account that take questions.
    pub(super) fn ready_of(&self, account: i64) -> u64 {
        let ready = |rep: &crate::hub::RepIdentity| self.office.desk.takes_questions(rep.sign_in);
        self.seats.standing(account).filter(|standing| ready(&standing.rep)).count() as u64
    }
}

/// How many were too many.
fn shorten<T>(list: &mut Vec<T>) -> u64 {
    let more = list.len().saturating_sub(NAMED_MAX);
    list.truncate(NAMED_MAX);
    more as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::tests::{Bench, identity};
    use crate::hub::{ConnectionId, Input, People};
    use lotse_protocol::question::{Availability, OFFER_S};

    #[test]
    fn an_account_is_told_who_is_there_and_nobody_of_another() {
        let mut bench = Bench::new(vec![]);
        bench.input(Input::People(People { seats: [(1, Some(1))].into(), ..People::default() }));
        bench.running();
        bench.code(1);
        bench.rep(3, 21);
        bench.input(Input::Gone { connection: ConnectionId(2) });
        let live = bench.hub.live(bench.now_ms, identity(11).account);
        assert_eq!((live.seats_taken, live.waiting, live.codes), (1, 1, 1));
        let people: Vec<_> = live.people.iter().map(|one| (one.held_s, one.in_session, one.connected)).collect();
        assert_eq!(people, [(Some(0), true, true), (None, false, true)]);
        let sessions: Vec<_> =
            live.sessions.iter().map(|one| (one.customer.as_str(), one.running, one.customer_there)).collect();
        assert_eq!(sessions, [("K. Weber", true, false)]);
        assert_eq!(bench.hub.live(bench.now_ms, 2), Live::default());
    }

    #[test]
    fn who_takes_no_questions_is_not_called_ready() {
        let mut bench = Bench::new(vec![]);
        bench.rep(1, 11).rep(2, 12);
        let ready = |bench: &Bench| {
            let live = bench.hub.live(bench.now_ms, identity(11).account);
            live.people.iter().map(|one| one.ready).collect::<Vec<_>>()
        };
        assert_eq!(ready(&bench), [false, false], "neither program has said so yet");
        let availability = Availability { ready: true, offer_s: OFFER_S, in_session: false };
        bench.input(Input::Availability { connection: ConnectionId(1), availability });
        assert_eq!(ready(&bench), [true, false]);
        let availability = Availability { ready: false, ..availability };
        bench.input(Input::Availability { connection: ConnectionId(1), availability });
        assert_eq!(ready(&bench), [false, false]);
    }

    #[test]
    fn a_long_list_is_cut_and_the_rest_counted() {
        let mut list: Vec<usize> = (0..NAMED_MAX + 3).collect();
        assert_eq!((shorten(&mut list), list.len()), (3, NAMED_MAX));
    }
}
