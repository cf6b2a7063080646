//! N5 · The relay ends no session by itself, however long it lasts and however many there are: its hub's clock, a year on.
//!
//! What it says of one session of seconds the end-to-end test `n5_a_session_that_nobody_uses_stays` shows on the real
//! programs; control connections are kept by pings every 15 s, which that test sees too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lotse_protocol::control::{FromRelay, SessionId, Side};
use lotse_relay::hub::{Action, AddressKey, ConnectionId, Hub, Input, Limits, RepIdentity, Stored, system_random};
use std::collections::BTreeSet;
use std::net::IpAddr;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const REP: ConnectionId = ConnectionId(1);

fn done(hub: &mut Hub) -> Vec<Action> {
    std::iter::from_fn(|| hub.poll_action()).collect()
}

fn connect(hub: &mut Hub, connection: ConnectionId, side: Side) {
    let address = AddressKey::from(IpAddr::from([192, 0, 2, 1]));
    hub.handle_input(0, Input::Connected { connection, side, address });
}

fn hub() -> Hub {
    let mut hub = Hub::new(Limits::default(), system_random(), 0, Stored::default());
    connect(&mut hub, REP, Side::Rep);
    let (name, account_name) = ("Anna Berg".to_owned(), "Acme".to_owned());
    let rep = RepIdentity { sign_in: 1, rep: 1, account: 1, name, account_name };
    hub.handle_input(0, Input::SignedIn { connection: REP, rep, seats: None, greeting: None });
    hub
}

/// A running session of the rep with this customer.
fn run(hub: &mut Hub, customer: ConnectionId) -> SessionId {
    connect(hub, customer, Side::Customer);
    done(hub);
    hub.handle_input(0, Input::NewCode { connection: REP, features: BTreeSet::new() });
    let given = done(hub).into_iter().find_map(|action| match action {
        Action::Send { message: FromRelay::Code { session, nameplate, .. }, .. } => Some((session, nameplate)),
        _ => None,
    });
    let (session, nameplate) = given.unwrap();
    let (name, system) = ("K. Weber".to_owned(), "Debian".to_owned());
    hub.handle_input(0, Input::Join { connection: customer, nameplate, name, system });
    hub.handle_input(0, Input::Paired { connection: REP, session });
    done(hub);
    session
}

fn passes(hub: &mut Hub, now_ms: u64, customer: ConnectionId, session: SessionId) -> bool {
    hub.handle_input(now_ms, Input::Signal { connection: customer, session, body: b"still here".to_vec() });
    matches!(done(hub).as_slice(), [Action::Send { to: REP, message: FromRelay::Signal { .. } }])
}

#[test]
fn n5_a_session_whose_ends_are_there_has_no_deadline() {
    let (mut hub, customer) = (hub(), ConnectionId(2));
    let session = run(&mut hub, customer);
    for day in 1..=365 {
        assert_eq!(hub.poll_wake(), None, "something is due on day {day}");
        hub.handle_time(day * DAY_MS, &|_| None);
        assert_eq!(done(&mut hub).len(), 0, "something was done on day {day}");
    }
    assert!(passes(&mut hub, 365 * DAY_MS, customer, session));
}

#[test]
fn n5_sessions_are_as_many_as_people_make() {
    let mut hub = hub();
    let customers = (2..1_002).map(ConnectionId);
    let sessions: Vec<_> = customers.map(|customer| (customer, run(&mut hub, customer))).collect();
    assert_eq!(hub.counts(), (1_001, 0, 1_000));
    for (customer, session) in sessions {
        assert!(passes(&mut hub, DAY_MS, customer, session));
    }
}
