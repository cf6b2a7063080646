//! A console that dies and is started again: its rep signs in, and is in the session as before.

use crate::files::{BothWays, expect_whole, tree};
use crate::files_after_a_break::part;
use crate::handoff::say;
use crate::{ALL, Session};
use lotse_e2e::stage::{PASSWORD, USER};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

const SHARING: &str = "lotse.screen-sharing";

/// The rep's console dies and is started again.
fn restart_rep(session: Session) -> Session {
    let mark = session.customer.mark();
    let Session { rep, customer, desk, office, mut stage } = session;
    rep.kill();
    customer.expect_after(mark, "session-state", 60, |event| event["state"] == "lost").unwrap();
    // Where the rep's console was before, whichever way the customer's program goes.
    stage.url = stage.relay_url.clone();
    let rep = stage.console(&office, "rep", USER, PASSWORD).unwrap();
    rep.expect_state("active", 60).unwrap();
    customer.expect_after(mark, "session-state", 60, |event| event["state"] == "active").unwrap();
    Session { rep, customer, desk, office, stage }
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n4_a_console_that_was_killed_comes_back_into_its_session_with_its_chat() {
    let mut session = Session::start(ALL, &[]);
    say(&mut session.rep, &mut session.customer, "One moment, I look");
    let mark = session.customer.mark();
    let mut session = restart_rep(session);
    let knows = |node: &Value| node["body"] == "One moment, I look";
    session.rep.expect_node("chat", 30, knows).unwrap();
    say(&mut session.customer, &mut session.rep, "There you are");
    say(&mut session.rep, &mut session.customer, "My program was gone");
    let since = session.customer.events().into_iter().skip(mark);
    let asked = since.filter(|event| event["event"] == "prompt").count();
    assert_eq!(asked, 0, "who said yes once is not asked again");
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn n4_what_a_console_saw_when_it_was_killed_is_shown_again_on_its_word_alone() {
    let mut session = Session::start(ALL, &[]);
    session.rep.act(SHARING, "show", serde_json::json!({})).unwrap();
    session.rep.expect("surface", 30, |event| event["width"].as_u64().unwrap_or(0) > 0).unwrap();
    let mut session = restart_rep(session);
    session.rep.act(SHARING, "show", serde_json::json!({})).unwrap();
    session.rep.expect("surface", 30, |event| event["width"].as_u64().unwrap_or(0) > 0).unwrap();
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f4_transfers_go_on_after_kill_9_of_the_console() {
    let BothWays { session, line, down, up, to, back } = BothWays::begun(15_000_000, 12_000_000);
    // So much of a thousand that nobody takes it for the first of it.
    let so_far = |event: &Value| event["value"].as_i64().filter(|_| event["label"] == "up.bin").unwrap_or(0);
    session.rep.expect("activity", 60, |event| so_far(event) >= 250).unwrap();
    // What has come lies hidden, and takes its name where it lies.
    let begun = |place: &Path, name: &str| fs::metadata(part(place)?.join("tree").join(name)).ok().map(|at| at.ino());
    let parts = [begun(&to, "down.bin").unwrap(), begun(&back, "up.bin").unwrap()];
    let mark = session.customer.mark();

    let session = restart_rep(session);
    let first = session.rep.expect("activity", 60, |event| so_far(event) > 0).unwrap();
    assert!(so_far(&first) >= 250, "it goes on where it stopped: {first}");
    line.narrow(0);
    expect_whole(&session.customer, &down, &to);
    expect_whole(&session.rep, &up, &back);
    let whole = [to.join("down.bin"), back.join("up.bin")].map(|at| fs::metadata(at).unwrap().ino());
    assert_eq!(whole, parts, "each is the one that had begun to come");
    let asked = |event: &Value| event["event"] == "file-question";
    assert!(!session.rep.events().iter().any(asked), "who agreed once is not asked again");
    assert!(!session.customer.events().into_iter().skip(mark).any(|event| asked(&event)));
    assert_eq!((tree(&to).len(), tree(&back).len()), (1, 1), "nothing is left beside them");
}
