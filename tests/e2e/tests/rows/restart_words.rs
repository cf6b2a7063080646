//! C5 · N4 · A restart that the customer thinks better of, and a way back that is used a second time.

use crate::computer::{REBOOT, ask, entries, log_in, said, session};
use crate::customer::answer;
use lotse_e2e::hands::Hands;
use lotse_e2e::wait_for;
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

#[test]
#[cfg_attr(
    not(all(plugin = "remote-reboot", plugin = "screen-sharing")),
    ignore = "needs the plugins remote-reboot and screen-sharing"
)]
fn c5_a_restart_that_was_allowed_is_stopped_by_a_click_while_it_is_counted_down() {
    let mut session = session("touch \"$0.ran\"; exit 1");
    ask(&mut session);
    answer(&session.desk, true);
    session.customer.expect("restart", 20, |event| event["state"] == "counting").unwrap();
    wait_for(20, "the entry of the next login", || entries(&session.stage).first().cloned()).unwrap();
    let hands = Hands::on(&session.desk).unwrap();
    let (x, y, width, height) = hands.window("Lotse").unwrap();
    let stopped =
        || session.customer.events().iter().any(|event| event["event"] == "restart" && event["state"] == "none");
    // The one button of that page but the bar at the lower edge, which stops everything.
    for row in (60..height as i16 - 90).step_by(20).filter(|_| !stopped()) {
        hands.click(x + width as i16 / 2, y + row).unwrap();
        std::thread::sleep(Duration::from_millis(60));
    }
    session.customer.expect("restart", 10, |event| event["state"] == "none").unwrap();
    session.rep.expect_node("tools", 20, |node| said(node, "The customer stopped the restart")).unwrap();
    // Longer than the countdown.
    std::thread::sleep(Duration::from_secs(12));
    assert!(!session.stage.folder().join("reboot.ran").exists(), "the system was told all the same");
    assert_eq!(entries(&session.stage), Vec::<PathBuf>::new());
    assert_eq!((session.rep.state().as_deref(), session.customer.state().as_deref()), (Some("active"), Some("active")));
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "remote-reboot", plugin = "screen-sharing")),
    ignore = "needs the plugins chat, remote-reboot and screen-sharing"
)]
fn n4_a_way_back_that_is_used_twice_leaves_the_session_alone() {
    let mut session = session("kill -9 $PPID");
    let gone = session.rep.mark();
    ask(&mut session);
    answer(&session.desk, true);
    let entry = wait_for(20, "the entry of the next login", || entries(&session.stage).first().cloned()).unwrap();
    let text = std::fs::read_to_string(entry).unwrap();
    session.customer.wait_end(60).unwrap();
    // Who is back before they are missed never was away.
    session.rep.expect_after(gone, "session-state", 60, |event| event["state"] == "lost").unwrap();
    let mark = session.rep.mark();
    let mut back = log_in(&session.stage, &session.desk, &text);
    session.rep.expect_after(mark, "session-state", 60, |event| event["state"] == "active").unwrap();
    back.expect_state("active", 30).unwrap();

    let mark = (session.rep.mark(), back.mark());
    let mut again = log_in(&session.stage, &session.desk, &text);
    again.wait_end(30).unwrap();
    assert!(again.events().is_empty(), "{:?}", again.events());
    session.rep.act("lotse.chat", "say", json!({ "text": "Still here" })).unwrap();
    back.expect_node("chat", 20, |node| node["body"] == "Still here").unwrap();
    for (program, mark) in [(&session.rep, mark.0), (&back, mark.1)] {
        let states = program.events().into_iter().skip(mark).filter(|event| event["event"] == "session-state");
        assert_eq!(states.count(), 0, "nothing of it is noticed");
    }
    // And the word was for once: the next restart is asked for anew.
    let asked = back.mark();
    session.rep.act(REBOOT, "restart", json!({})).unwrap();
    back.expect_after(asked, "prompt", 30, |event| event["access"] == "restart").unwrap();
}
