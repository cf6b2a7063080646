//! Which plugins a session of which account gets, and when.

#![allow(clippy::unwrap_used)]

use super::tests::{Bench, address, identity};
use super::*;

fn list(version: u64) -> Arc<[CatalogueEntry]> {
    let entry = CatalogueEntry {
        id: "lotse.chat".into(),
        version: semver::Version::new(version, 0, 0),
        digest: [version as u8; 32],
        feature: None,
        capabilities: BTreeSet::new(),
        publisher: None,
    };
    [entry].into()
}

/// A rep of another account than the bench's usual one.
fn other_account(bench: &mut Bench, connection: u64, sign_in: i64, account: i64) {
    let rep = RepIdentity { account, account_name: "Bolt".into(), ..identity(sign_in) };
    let connection = ConnectionId(connection);
    bench.input(Input::Connected { connection, side: Side::Rep, address: address(1) });
    bench.input(Input::SignedIn { connection, rep, seats: None, greeting: None });
}

/// The majors that both ends of a new session get.
fn majors(bench: &mut Bench, rep: u64, customer: u64) -> Vec<u64> {
    let (_, nameplate) = bench.code(rep);
    bench.customer(customer).join(customer, nameplate);
    let (one, other) = (bench.offer(rep).unwrap(), bench.offer(customer).unwrap());
    assert_eq!(one.plugins, other.plugins, "both sides of a session have the same list");
    one.plugins.iter().map(|plugin| plugin.version.major).collect()
}

#[test]
fn p4_an_account_with_rules_gets_its_own_list_and_every_other_the_common_one() {
    let mut bench = Bench::new(vec![]);
    let accounts = [(1, list(1)), (3, Arc::from([]))];
    bench.input(Input::AccountCatalogues(accounts.into())).input(Input::Catalogue(list(2)));
    bench.rep(1, 11);
    other_account(&mut bench, 2, 21, 2);
    other_account(&mut bench, 3, 31, 3);
    assert_eq!(majors(&mut bench, 1, 11), [1]);
    assert_eq!(majors(&mut bench, 2, 12), [2]);
    assert!(majors(&mut bench, 3, 13).is_empty(), "everything is turned off for it");
    bench.input(Input::AccountCatalogues(HashMap::new()));
    assert_eq!(majors(&mut bench, 1, 14), [2], "without rules again");
}

#[test]
fn p4_a_new_list_is_the_next_sessions_and_no_running_ones() {
    let mut bench = Bench::new(vec![]);
    bench.input(Input::Catalogue(list(1)));
    let (session, rep, customer) = bench.running();
    bench.code(1);
    bench.input(Input::Catalogue(list(2))).input(Input::AccountCatalogues([(1, list(3))].into()));
    assert_eq!(bench.hub.plugins_in_use(), [[1; 32]].into());
    // Taken up again by new connections: the list is as it was.
    bench.input(Input::Gone { connection: ConnectionId(1) }).input(Input::Gone { connection: ConnectionId(2) });
    bench.rep(7, 11).customer(8);
    for (connection, token) in [(7, rep), (8, customer)] {
        bench.input(Input::Resume { connection: ConnectionId(connection), session, token });
        let offer = bench.offer(connection).unwrap();
        assert_eq!(offer.plugins.first().unwrap().version.major, 1);
    }
    assert_eq!(majors(&mut bench, 7, 9), [3]);
    assert_eq!(bench.hub.plugins_in_use(), [[1; 32], [3; 32]].into());
    bench.input(Input::EndSession { connection: ConnectionId(7), session, reason: "RepEnded".into() });
    assert_eq!(bench.hub.plugins_in_use(), [[3; 32]].into(), "nobody has the first any more");
}
