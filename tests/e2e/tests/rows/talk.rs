//! T · Chat and the session's end.

use crate::network::say_and_hear;
use crate::{ALL, Session};
use lotse_e2e::hands::Hands;
use serde_json::json;
use std::time::Duration;

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn t1_messages_have_a_delivery_state_and_both_sides_see_the_same() {
    let mut session = Session::start(ALL, &[]);
    say_and_hear(&mut session, "the printer stays silent");
    let message = session
        .rep
        .expect_node("chat", 10, |node| node["body"] == "the printer stays silent" && node["state"] == "delivered")
        .unwrap();
    assert_eq!(message["mine"], true);
    let there = session.customer.expect_node("chat", 10, |node| node["body"] == "the printer stays silent").unwrap();
    assert_eq!(there["mine"], false);
    assert_eq!(there["author"], "Anna Berg");
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn t1_typing_is_seen_on_the_other_side() {
    let mut session = Session::start(ALL, &[]);
    say_and_hear(&mut session, "links such as https://example.org/help stay text");
    // A person begins to write in the rep's window.
    let hands = Hands::on(&session.office).unwrap();
    let (x, y) = crate::notes::message_field(hands.window("K. Weber").unwrap());
    hands.click(x, y).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    hands.type_text("hello").unwrap();
    let typing = |node: &serde_json::Value| {
        node["kind"] == "text" && node["label"].as_str().is_some_and(|label| label.contains("Anna Berg"))
    };
    session.customer.expect_node("chat", 10, typing).unwrap();
    hands.keys(&[0xff0d]).unwrap();
    session.customer.expect_node("chat", 10, |node| node["body"] == "hello").unwrap();
}

/// Closes the session's window as the window manager's key does, and waits for the question to be drawn over it.
fn close_window(session: &Session, hands: &Hands) {
    let (x, y, width, _) = hands.window("K. Weber").unwrap();
    hands.click(x + width as i16 / 2, y + 12).unwrap();
    let before = session.office.settle(300).unwrap();
    hands.keys(&[0xffe9, 0xffc1]).unwrap();
    lotse_e2e::wait_for(10, "the question whether to end", || {
        (session.office.picture().ok()?.share_equal(&before, 0, 0) < 0.97).then_some(())
    })
    .unwrap();
    std::thread::sleep(Duration::from_millis(500));
}

#[test]
fn t4_closing_the_chat_window_asks_and_then_ends_the_session() {
    let session = Session::start(ALL, &[]);
    let hands = Hands::on(&session.office).unwrap();
    close_window(&session, &hands);
    assert_eq!(session.rep.state().as_deref(), Some("active"), "closing asks first");
    hands.keys(&[0xff1b]).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(session.rep.state().as_deref(), Some("active"), "Escape means no");
    close_window(&session, &hands);
    // "Cancel" has the keyboard; "End" is one Tab away.
    hands.keys(&[0xff09]).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    hands.keys(&[0x20]).unwrap();
    session.customer.expect("ended", 10, |event| event["reason"] == "rep-ended").unwrap();
}

#[test]
fn t4_either_side_ends_the_session_for_both() {
    let mut session = Session::start(ALL, &[]);
    session.customer.tell(&json!({ "do": "end" })).unwrap();
    session.rep.expect("ended", 10, |event| event["reason"] == "customer-ended").unwrap();
    session.customer.expect("ended", 10, |event| event["reason"] == "customer-ended").unwrap();
    let mut session = Session::start(ALL, &[]);
    session.rep.tell(&json!({ "do": "end" })).unwrap();
    session.customer.expect("ended", 10, |event| event["reason"] == "rep-ended").unwrap();
}
