//! Sessions that go to a rep who is in them already.

use super::*;

/// Bo is beside Anna in her session: the two sessions of their customer.
fn beside() -> (Bench, SessionId, SessionId) {
    let (mut bench, session) = running();
    let (second, nameplate) = accepted(&mut bench, session);
    come(&mut bench, CUSTOMER, session, nameplate);
    bench.input(Input::Paired { connection: ConnectionId(BO), session: second });
    for connection in [ANNA, BO, CUSTOMER] {
        bench.heard(connection);
    }
    bench.records(|_| true);
    (bench, session, second)
}

fn wish_for(session: SessionId, to: &str, purpose: Purpose) -> Input {
    let wish = handover::HandOver {
        session,
        to: to.to_owned(),
        note: String::new(),
        purpose,
        key: vec![4; KEY_BYTES],
        waiting_s: 0,
    };
    Input::HandOver { connection: ConnectionId(ANNA), wish: Box::new(wish) }
}

/// Which session of theirs takes the place, as whoever asked is told.
fn here(bench: &mut Bench) -> Option<(SessionId, SessionId)> {
    bench.heard(ANNA).into_iter().find_map(|message| match message {
        FromRelay::HandOverHere { session, beside, .. } => Some((session, beside)),
        _ => None,
    })
}

/// Scar: they got a second session with the same customer, and a second window.
#[test]
fn h1_who_is_in_the_session_already_gets_no_second_one() {
    let (mut bench, session, second) = beside();
    bench.input(wish_for(session, "rep:2", Purpose::TakeOver));
    let (to, offer) = asked(&mut bench).unwrap();
    assert_eq!(to, BO, "they are asked all the same");
    answer(&mut bench, BO, offer.offer, true);
    assert_eq!(here(&mut bench), Some((session, second)));
    let heard = bench.heard(BO);
    let yours = AskedEnd::Yours { session: second };
    assert!(heard.iter().any(|message| matches!(message, FromRelay::HandOverOver { end, .. } if *end == yours)));
    assert!(!heard.iter().any(|message| matches!(message, FromRelay::HandOverAccepted(_))), "{heard:?}");
    let carried = bench.records(|change| matches!(change, Change::Beside { .. }));
    let joined = Joined { purpose: Purpose::TakeOver, watches: false };
    assert_eq!(carried, [Change::Beside { session: second, first: session, from: session, joined }]);
    assert_eq!(bench.hub.counts().2, 2);
    let (connection, reason) = (ConnectionId(CUSTOMER), "HandedOver".to_owned());
    bench.input(Input::EndSession { connection, session, reason });
    assert_eq!((bench.hub.counts().2, crate::hub::tests::ended(&bench.heard(BO))), (1, None));
}

#[test]
fn h1_their_no_leaves_everything_as_it_is() {
    let (mut bench, session, _) = beside();
    bench.input(wish_for(session, "rep:2", Purpose::TakeOver));
    let (_, offer) = asked(&mut bench).unwrap();
    answer(&mut bench, BO, offer.offer, false);
    assert_eq!(outcome(&mut bench), Some(HandOverOutcome::Declined));
    assert_eq!(bench.hub.counts().2, 2);
}

#[test]
fn h2_nobody_is_invited_who_is_in_the_session_already() {
    let (mut bench, session, _) = beside();
    for purpose in [Purpose::Join, Purpose::Observe] {
        bench.input(wish_for(session, "rep:2", purpose));
        assert_eq!((asked(&mut bench), outcome(&mut bench)), (None, Some(HandOverOutcome::Gone)));
    }
    // Nor by the team that they are of.
    bench.rep(CLEO, 31);
    in_team(&mut bench, &[1, 2, 3]);
    for connection in [BO, CLEO] {
        ready(&mut bench, connection);
    }
    bench.input(wish_for(session, "team:7", Purpose::Join));
    assert_eq!(asked(&mut bench).map(|(to, _)| to), Some(CLEO));
}

#[test]
fn h1_if_their_console_dies_before_the_answer_whoever_asks_is_told() {
    let (mut bench, session, _) = beside();
    bench.input(wish_for(session, "rep:2", Purpose::TakeOver));
    assert!(asked(&mut bench).is_some());
    bench.input(Input::Gone { connection: ConnectionId(BO) });
    assert_eq!((here(&mut bench), bench.hub.counts().2), (None, 2), "both run on");
    bench.input(wish_for(session, "rep:2", Purpose::TakeOver));
    assert_eq!(asked(&mut bench), None, "who is not connected is not asked");
}

/// Scar: a manager who had taken over was put out of their own session when the account let managers look on no more.
#[test]
fn h1_who_looked_on_is_known_as_who_took_over_once_they_have() {
    let (mut bench, session, second) = beside();
    let watches = Joined { purpose: Purpose::Observe, watches: true };
    bench.hub.sessions.get_mut(&second).unwrap().joined = Some(watches);
    bench.input(wish_for(session, "rep:2", Purpose::TakeOver));
    let (_, offer) = asked(&mut bench).unwrap();
    answer(&mut bench, BO, offer.offer, true);
    let joined = |bench: &Bench| bench.hub.sessions.get(&second).unwrap().joined;
    assert_eq!(joined(&bench), Some(watches), "the customer has yet to say yes");
    bench.records(|_| true);
    let (connection, reason) = (ConnectionId(CUSTOMER), "HandedOver".to_owned());
    bench.input(Input::EndSession { connection, session, reason });
    let takes_over = Joined { purpose: Purpose::TakeOver, watches: false };
    assert_eq!(joined(&bench), Some(takes_over));
    let kept = bench.records(|change| matches!(change, Change::Beside { .. }));
    assert_eq!(kept, [Change::Beside { session: second, first: session, from: session, joined: takes_over }]);
}
