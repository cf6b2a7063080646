//! Who hears of a change to what an account's reps share.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::hub::action::Action;
use crate::hub::input::Input;
use crate::hub::tests::Bench;

fn value() -> SharedValue {
    SharedValue { key: "a".to_owned(), revision: 7, data: Some(b"x".to_vec()) }
}

fn want(bench: &mut Bench, connection: u64, plugin: &str) {
    bench.input(Input::SharedWanted { connection: ConnectionId(connection), plugin: plugin.to_owned() });
}

#[test]
fn t1_a_change_is_told_to_every_console_that_wants_to_know_and_to_no_customer() {
    let mut bench = Bench::new(vec![]);
    bench.rep(1, 10).rep(2, 11).rep(3, 12).customer(4);
    bench.actions.clear();
    want(&mut bench, 1, "p");
    want(&mut bench, 2, "p");
    want(&mut bench, 3, "q");
    want(&mut bench, 4, "p");
    bench.input(Input::SharedChanged { connection: ConnectionId(1), plugin: "p".to_owned(), value: value() });
    for connection in [1, 2] {
        let heard = bench.heard(connection);
        let told = matches!(heard.as_slice(), [FromRelay::Shared { revision: 7, whole: false, values, .. }] if *values == [value()]);
        assert!(told, "{heard:?}");
    }
    assert!(bench.heard(3).is_empty() && bench.heard(4).is_empty());
    let line = |action: &Action| matches!(action, Action::Audit(line) if line.kind == AuditKind::SharedChanged && line.detail == "p a");
    assert_eq!(bench.actions.iter().filter(|action| line(action)).count(), 1);
}

#[test]
fn a_connection_wants_so_many_and_one_without_a_rep_changes_nothing() {
    let mut bench = Bench::new(vec![]);
    bench.rep(1, 10).customer(4);
    for plugin in 0..3 * PLUGINS_MAX {
        want(&mut bench, 1, &plugin.to_string());
    }
    assert_eq!(bench.hub.connections[&ConnectionId(1)].shared.len(), PLUGINS_MAX);
    bench.actions.clear();
    bench.input(Input::SharedChanged { connection: ConnectionId(4), plugin: "0".to_owned(), value: value() });
    assert!(bench.heard(1).is_empty() && bench.actions.is_empty());
}
