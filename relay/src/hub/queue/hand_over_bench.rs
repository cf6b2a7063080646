//! A rep's running session that colleagues are asked into: what the tests of hand-overs and of managers who look on begin with.

#![allow(clippy::unwrap_used)]

use crate::hub::tests::Bench;
use crate::hub::{Action, ConnectionId, Input};
use lotse_protocol::control::{FromRelay, SessionId};
use lotse_protocol::handover::{
    CODE_BYTES, HandOver, HandOverId, HandOverOutcome, KEY_BYTES, OfferedHandOver, Purpose,
};

/// Whose session it is. All of them are connections.
pub(super) const ANNA: u64 = 1;
pub(super) const CUSTOMER: u64 = 2;
pub(super) const BO: u64 = 3;
pub(super) const CLEO: u64 = 4;

/// Anna's session runs; Bo is signed in.
pub(super) fn running() -> (Bench, SessionId) {
    let mut bench = Bench::new(vec![]);
    bench.hands_over(Some("session-handoff"));
    bench.rep(ANNA, 11).rep(BO, 21).customer(CUSTOMER);
    let session = begin(&mut bench, ANNA, CUSTOMER);
    (bench, session)
}

/// A session of a rep who is signed in runs, with a customer who is connected.
pub(super) fn begin(bench: &mut Bench, rep: u64, customer: u64) -> SessionId {
    let features = ["session-handoff".to_owned()].into();
    bench.input(Input::NewCode { connection: ConnectionId(rep), features });
    let code = bench.heard(rep).into_iter().find_map(|message| match message {
        FromRelay::Code { session, nameplate, .. } => Some((session, nameplate)),
        _ => None,
    });
    let (session, nameplate) = code.unwrap();
    bench.join(customer, nameplate);
    bench.offer(rep).unwrap();
    bench.offer(customer).unwrap();
    bench.input(Input::Paired { connection: ConnectionId(rep), session });
    session
}

/// What a rep's program says to ask for somebody else in its session.
pub(super) fn wish_of(rep: u64, session: SessionId, to: &str, note: &str, purpose: Purpose) -> Input {
    let (to, note, key) = (to.to_owned(), note.to_owned(), vec![4; KEY_BYTES]);
    let wish = HandOver { session, to, note, purpose, key, waiting_s: 0 };
    Input::HandOver { connection: ConnectionId(rep), wish: Box::new(wish) }
}

/// Who is asked since the last call, with what, and for how many seconds; 0: by choice.
pub(super) fn shown(bench: &mut Bench) -> Option<(u64, OfferedHandOver, u16)> {
    let at = bench.actions.iter().position(|action| matches!(action, Action::AskHandOver { .. }))?;
    match bench.actions.remove(at) {
        Action::AskHandOver { to, offer, for_s, .. } => Some((to.0, offer, for_s)),
        _ => None,
    }
}

pub(super) fn answer(bench: &mut Bench, connection: u64, offer: HandOverId, accept: bool) {
    bench.input(Input::AnswerHandOver { connection: ConnectionId(connection), offer, accept });
}

/// A rep who is asked, or reads it, takes it: the new session and its nameplate.
pub(super) fn take(bench: &mut Bench, connection: u64, offer: HandOverId) -> Option<(SessionId, u32)> {
    answer(bench, connection, offer, true);
    bench.heard(connection).iter().find_map(|message| match message {
        FromRelay::HandOverAccepted(accepted) => Some((accepted.session, accepted.nameplate)),
        _ => None,
    })
}

/// Whoever took it tells the code to the program of who asked.
pub(super) fn tell_code(bench: &mut Bench, connection: u64, session: SessionId) {
    let body = vec![9; CODE_BYTES];
    bench.input(Input::HandOverCode { connection: ConnectionId(connection), session, body });
}

/// A customer's program comes to this nameplate, from the session that it is in.
pub(super) fn come(bench: &mut Bench, connection: u64, session: SessionId, nameplate: u32) {
    let (name, system) = ("K. Weber".to_owned(), "Debian".to_owned());
    bench.input(Input::JoinBeside { connection: ConnectionId(connection), session, nameplate, name, system });
}

/// The customer comes to whoever took it, and that session runs, too.
pub(super) fn come_to(bench: &mut Bench, rep: u64, first: SessionId, (second, nameplate): (SessionId, u32)) {
    come(bench, CUSTOMER, first, nameplate);
    bench.input(Input::Paired { connection: ConnectionId(rep), session: second });
}

pub(super) fn end_session(bench: &mut Bench, connection: u64, session: SessionId, reason: &str) {
    let (connection, reason) = (ConnectionId(connection), reason.to_owned());
    bench.input(Input::EndSession { connection, session, reason });
}

/// How it went, as whoever asked is told.
pub(super) fn outcome_of(heard: &[FromRelay]) -> Option<HandOverOutcome> {
    heard.iter().find_map(|message| match message {
        FromRelay::HandOverAnswered { outcome, .. } => Some(*outcome),
        _ => None,
    })
}

/// Whether a rep hears that nobody comes by the code of a session that they took.
pub(super) fn hears_code_expired(bench: &mut Bench, connection: u64, session: SessionId) -> bool {
    let expired = |message: &FromRelay| matches!(message, FromRelay::CodeExpired { session: of } if *of == session);
    bench.heard(connection).iter().any(expired)
}
