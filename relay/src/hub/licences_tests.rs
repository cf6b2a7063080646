//! Licences in the hub: who is told, what sessions get, and how many of them.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::tests::{Bench, signed_in};
use super::*;
use crate::registry::CatalogueEntry;
use lotse_protocol::licence::SignedLicence;

fn licence(number: u8, covered: &[&str], sessions_max: Option<u32>) -> AccountLicence {
    AccountLicence {
        signed: SignedLicence { document: vec![number], signature: vec![number; 64] },
        covered: covered.iter().map(|name| (*name).to_owned()).collect(),
        sessions_max,
    }
}

/// Who was told since the last call, and which document.
fn told(bench: &mut Bench) -> Vec<(u64, u8)> {
    let mut told = vec![];
    bench.actions.retain(|action| match action {
        Action::Licence { to, licence } => {
            told.push((to.0, licence.document[0]));
            false
        }
        _ => true,
    });
    told
}

fn screen() -> Input {
    let entry = CatalogueEntry {
        id: "screen".into(),
        version: semver::Version::new(1, 0, 0),
        digest: [1; 32],
        feature: Some("screen".into()),
        publisher: None,
    };
    Input::Catalogue([entry].into())
}

#[test]
fn l1_a_rep_is_told_after_the_greeting_and_at_every_change() {
    let mut bench = Bench::new(vec![]);
    bench.input(Input::Licences(vec![(1, licence(1, &[], None)), (2, licence(2, &[], None))]));
    assert_eq!(told(&mut bench), []);
    bench.rep(1, 11);
    assert_eq!(told(&mut bench), [(1, 1)]);
    bench.input(Input::Licences(vec![(2, licence(3, &[], None))]));
    assert_eq!(told(&mut bench), [], "another account's");
    bench.input(Input::Licences(vec![(1, licence(4, &[], None))]));
    assert_eq!(told(&mut bench), [(1, 4)]);
    bench.input(Input::SignedOut { connection: ConnectionId(1) });
    bench.input(Input::Licences(vec![(1, licence(5, &[], None))]));
    assert_eq!(told(&mut bench), []);
}

#[test]
fn l1_the_customer_of_a_session_has_it_with_the_offer_and_at_every_change() {
    let mut bench = Bench::new(vec![]);
    bench.input(Input::Licences(vec![(1, licence(1, &[], None))]));
    bench.rep(1, 11).customer(2).customer(3);
    let (_, nameplate) = bench.code(1);
    bench.join(2, nameplate);
    for connection in [1, 2] {
        let offer = bench.offer(connection).unwrap();
        assert_eq!(offer.licence.unwrap().document, [1]);
    }
    told(&mut bench);
    bench.input(Input::Licences(vec![(1, licence(2, &[], None))]));
    assert_eq!(told(&mut bench), [(1, 2), (2, 2)], "and nobody who is in no session");
}

#[test]
fn l1_the_list_goes_by_the_licence_of_when_the_customer_comes() {
    let mut bench = Bench::new(vec![]);
    bench.input(screen());
    bench.input(Input::Licences(vec![(1, licence(1, &[], None))]));
    bench.rep(1, 11).customer(2).customer(3);
    let (_, first) = bench.code(1);
    bench.join(2, first);
    assert!(!bench.offer(2).unwrap().plugins[0].licensed);
    let (_, second) = bench.code(1);
    bench.input(Input::Licences(vec![(1, licence(2, &["screen"], None))]));
    bench.join(3, second);
    assert!(bench.offer(3).unwrap().plugins[0].licensed, "its code is older than the licence");
}

#[test]
fn l1_sessions_at_once_are_as_many_as_the_licence_says() {
    let mut bench = Bench::new(vec![]);
    bench.input(Input::Licences(vec![(1, licence(1, &[], Some(1)))]));
    bench.rep(1, 11).customer(2).customer(3);
    let (first, one) = bench.code(1);
    let (_, two) = bench.code(1);
    bench.join(2, one);
    assert!(bench.offer(2).is_some());
    bench.heard(1);
    bench.join(3, two);
    assert!(bench.offer(3).is_none());
    let refused = |heard: &[FromRelay], word: &str| match heard {
        [.., FromRelay::Refused { reason }] => assert!(reason.contains(word), "{reason}"),
        other => panic!("not refused: {other:?}"),
    };
    refused(&bench.heard(3), "moment");
    refused(&bench.heard(1), "one session at once");
    bench.input(Input::NewCode { connection: ConnectionId(1), features: BTreeSet::new() });
    refused(&bench.heard(1), "one session at once");

    // A colleague has sessions of their own.
    bench.input(Input::Connected { connection: ConnectionId(4), side: Side::Rep, address: super::tests::address(1) });
    bench.input(signed_in(4, 21));
    bench.code(4);

    bench.input(Input::EndSession { connection: ConnectionId(1), session: first, reason: "RepEnded".into() });
    bench.join(3, two);
    assert!(bench.offer(3).is_some(), "the code leads on");
    bench.input(Input::Licences(vec![(1, licence(2, &[], None))]));
    bench.code(1);
}
