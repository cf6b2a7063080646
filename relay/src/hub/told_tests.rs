//! Whose lines are kept, and how many.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::hub::tests::Bench;
use crate::hub::{Action, Input};
use crate::registry::CatalogueEntry;
use lotse_protocol::control::AuditKind as Said;

/// A running session of rep 1 and customer 2 with one plugin, and another program that is in none.
fn bench() -> (Bench, SessionId) {
    let mut bench = Bench::new(vec![]);
    let (id, version) = ("lotse.chat".to_owned(), semver::Version::new(1, 0, 0));
    let entry = CatalogueEntry {
        id,
        version,
        digest: [1; 32],
        feature: None,
        capabilities: Default::default(),
        publisher: None,
    };
    bench.input(Input::Catalogue([entry].into()));
    let (session, ..) = bench.running();
    bench.customer(3);
    (bench, session)
}

fn say(bench: &mut Bench, connection: u64, session: SessionId, kind: Said, plugin: &str, about: &str) {
    let (plugin, about) = (plugin.to_owned(), about.to_owned());
    bench.input(Input::Audit { connection: ConnectionId(connection), session, kind, plugin, about });
}

/// Lines since the last call, by kind and detail.
fn lines(bench: &mut Bench) -> Vec<(&'static str, String)> {
    let mut lines = vec![];
    bench.actions.retain(|action| match action {
        Action::Audit(line) => {
            lines.push((line.kind.name(), line.detail.clone()));
            false
        }
        _ => true,
    });
    lines
}

#[test]
fn a_program_tells_of_its_own_session_and_its_plugins() {
    let (mut bench, session) = bench();
    lines(&mut bench);
    say(&mut bench, 1, session, Said::Granted, "lotse.chat", "channel");
    say(&mut bench, 2, session, Said::Denied, "lotse.chat", "in\nput\u{202e}");
    say(&mut bench, 2, session, Said::Crashed, "lotse.chat", "");
    say(&mut bench, 2, session, Said::Allowed, "", "view");
    let told = lines(&mut bench);
    let told: Vec<(&str, &str)> = told.iter().map(|(kind, detail)| (*kind, detail.as_str())).collect();
    let expected = [
        ("plugin-granted", "rep: lotse.chat channel"),
        ("plugin-denied", "customer: lotse.chat in put"),
        ("plugin-crashed", "customer: lotse.chat"),
        ("customer-allowed", "customer: view"),
    ];
    assert_eq!(told, expected);

    // Somebody else's session, a plugin that is not in it, the customer's word out of the rep's mouth.
    say(&mut bench, 3, session, Said::Denied, "lotse.chat", "input");
    say(&mut bench, 2, SessionId([9; 16]), Said::Denied, "lotse.chat", "input");
    say(&mut bench, 2, session, Said::Denied, "lotse.chess", "input");
    say(&mut bench, 1, session, Said::Allowed, "", "view");
    say(&mut bench, 2, session, Said::Refused, "lotse.chat", "view");
    assert!(lines(&mut bench).is_empty());
}

#[test]
fn a_session_has_so_many_lines_a_minute_and_a_flood_is_one_more() {
    let (mut bench, session) = bench();
    bench.wait(10 * 60_000 - 1);
    lines(&mut bench);
    for (connection, turn) in [1, 2].into_iter().cycle().zip(0..1_000) {
        let about = format!("call {turn}");
        say(&mut bench, connection, session, Said::Denied, "lotse.chat", &about);
    }
    let told = lines(&mut bench);
    assert_eq!(told.len(), AUDIT_LINES_PER_MINUTE as usize + 1, "both sides together");
    assert_eq!(told.last().unwrap(), &("lines-lost", "over 64 in a minute".to_owned()));
    bench.wait(60_000);
    say(&mut bench, 2, session, Said::Crashed, "lotse.chat", "");
    assert_eq!(lines(&mut bench).len(), 1, "the next minute counts anew");
}
