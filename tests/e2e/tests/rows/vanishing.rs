//! Programs that are gone from one moment to the next, in each state a session can be in: the other side says what
//! happened, nothing hangs, and what was stopped stays so.

use crate::lasting::addresses;
use crate::liar::{Call, Heard, Liar, Said};
use crate::network::say_and_hear;
use crate::{ALL, Session};
use lotse_e2e::detour::Detour;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage, wait_for};
use lotse_protocol::control::{Side, ToRelay};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Everything allowed ahead, in a data folder of this name.
fn allowed(data: &str) -> CustomerOptions<'_> {
    CustomerOptions { allow: ALL, data, ..CustomerOptions::default() }
}

/// A liar that keeps what `held` names from the relay while `holds` is set.
fn holding(stage: &Stage, holds: &Arc<AtomicBool>, held: fn(&Call, &ToRelay) -> bool) -> Liar {
    let holds = holds.clone();
    Liar::start(&stage.url, move |call, heard| match heard {
        Heard::Program(message) if holds.load(Ordering::Relaxed) && held(&call, &message) => Vec::<Said>::new(),
        other => other.pass(),
    })
    .unwrap()
}

/// The office makes a new code and it leads into a session, whatever was before.
fn a_new_code_works(stage: &Stage, desk: &Display, office: &Display) {
    let rep = stage.rep(office, &RepOptions::default()).unwrap();
    let customer = stage.customer(desk, &stage.code().unwrap(), &allowed("afterwards")).unwrap();
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
}

/// The rep's side counts ten minutes down from the moment it noticed.
fn expect_lost(program: &Program, mark: usize) {
    let lost = program.expect_after(mark, "session-state", 30, |event| event["state"] == "lost").unwrap();
    let left = lost["seconds_left"].as_u64().unwrap();
    assert!((570..=600).contains(&left), "ten minutes are counted down: {left}");
}

#[test]
fn n4_a_customer_who_vanishes_with_the_code_just_typed_leaves_it_as_it_was() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let mut stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let honest = stage.url.clone();
    let holds = Arc::new(AtomicBool::new(true));
    let liar = holding(&stage, &holds, |_, message| matches!(message, ToRelay::Join { .. }));
    stage.url.clone_from(&liar.url);
    let customer = stage.customer(&desk, &code, &allowed("first")).unwrap();
    customer.expect_state("connecting", 30).unwrap();
    wait_for(20, "the customer's program to call", || (liar.calls(Side::Customer) > 0).then_some(())).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    customer.kill();
    assert_eq!(rep.state().as_deref(), Some("waiting"), "nobody came");
    stage.url = honest;
    let second = stage.customer(&desk, &code, &allowed("second")).unwrap();
    rep.expect_state("active", 60).unwrap();
    second.expect_state("active", 20).unwrap();
}

#[test]
fn n4_a_customer_who_vanishes_while_keys_are_agreed_can_come_again_with_the_code() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let mut stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let honest = stage.url.clone();
    let holds = Arc::new(AtomicBool::new(true));
    let liar = holding(&stage, &holds, |_, message| matches!(message, ToRelay::Signal { .. }));
    stage.url.clone_from(&liar.url);
    let customer = stage.customer(&desk, &code, &allowed("first")).unwrap();
    rep.expect("session-state", 30, |event| event["state"] == "connecting" && event["step"] == "keys").unwrap();
    customer.expect_state("connecting", 20).unwrap();
    customer.kill();
    std::thread::sleep(Duration::from_secs(1));
    stage.url = honest;
    let second = stage.customer(&desk, &code, &allowed("second")).unwrap();
    rep.expect_state("active", 60).unwrap();
    second.expect_state("active", 20).unwrap();
}

/// The code is used up and nobody has said a word: the rep was shown "connecting" until the relay ended it, and the
/// customer's program had nothing to come back by.
#[test]
fn n4_a_customer_who_vanishes_between_the_keys_and_the_first_word_is_missed_and_comes_back() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let mut stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let (control, packets) = addresses(&stage);
    let router = Detour::before(control, packets).unwrap();
    router.block(true);
    let url = router.url(&stage.url).unwrap();
    let direct = std::mem::replace(&mut stage.url, url);
    let customer = stage.customer(&desk, &code, &allowed("first")).unwrap();
    rep.expect("session-state", 60, |event| event["state"] == "connecting" && event["step"] == "link").unwrap();
    let note = stage.folder().join("first/session.json");
    wait_for(20, "the note of what was agreed", || note.exists().then_some(())).unwrap();
    let mark = rep.mark();
    customer.kill();
    expect_lost(&rep, mark);
    router.block(false);
    stage.url = direct;
    let options = CustomerOptions { data: "first", ..CustomerOptions::default() };
    let again = stage.customer_again(&desk, &options).unwrap();
    rep.expect_after(mark, "session-state", 60, |event| event["state"] == "active").unwrap();
    again.expect_state("active", 20).unwrap();
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn n4_a_customer_who_vanishes_before_the_question_is_answered_is_missed() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions { arguments: vec!["--view"] }).unwrap();
    let customer = stage.customer(&desk, &stage.code().unwrap(), &CustomerOptions::default()).unwrap();
    customer.expect("prompt", 60, |event| event["kind"] == "begin").unwrap();
    rep.expect_state("awaiting-consent", 20).unwrap();
    let mark = rep.mark();
    customer.kill();
    expect_lost(&rep, mark);
    // Started again, the customer is asked again: nobody has said yes.
    let again = stage.customer_again(&desk, &CustomerOptions::default()).unwrap();
    again.expect("prompt", 60, |event| event["kind"] == "begin").unwrap();
    rep.expect_after(mark, "session-state", 30, |event| event["state"] == "awaiting-consent").unwrap();
    assert!(!rep.events().iter().any(|event| event["state"] == "active"), "nothing began");
    drop((rep, again));
    a_new_code_works(&stage, &desk, &office);
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn n4_a_customer_who_vanishes_while_being_steered_is_missed() {
    let session = Session::start(ALL, &["--view", "--control"]);
    session.picture_is_there();
    let Session { rep, customer, desk, office, stage } = session;
    let mark = rep.mark();
    customer.kill();
    expect_lost(&rep, mark);
    drop(rep);
    a_new_code_works(&stage, &desk, &office);
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn n4_a_customer_who_vanishes_in_a_pause_is_missed() {
    let mut session = Session::start(ALL, &["--view"]);
    session.picture_is_there();
    session.customer.tell(&json!({ "do": "pause", "on": true })).unwrap();
    session.rep.expect("paused", 20, |event| event["on"] == true).unwrap();
    let mark = session.rep.mark();
    let Session { mut rep, customer, desk, office, stage } = session;
    customer.kill();
    expect_lost(&rep, mark);
    // A rep need not wait for ten minutes.
    rep.tell(&json!({ "do": "end" })).unwrap();
    rep.expect("ended", 20, |event| event["reason"] == "rep-ended").unwrap();
    drop(rep);
    a_new_code_works(&stage, &desk, &office);
}

#[test]
fn n4_a_rep_who_vanished_before_the_code_was_typed_is_named() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    rep.kill();
    // The relay learns of it as the connection breaks.
    std::thread::sleep(Duration::from_secs(1));
    let customer = stage.customer(&desk, &code, &allowed("first")).unwrap();
    customer.expect("failed", 30, |event| event["problem"] == "rep-gone").unwrap();
    drop(customer);
    a_new_code_works(&stage, &desk, &office);
}

#[test]
fn n4_a_rep_who_vanishes_while_keys_are_agreed_is_named() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let mut stage = Stage::start().unwrap();
    let honest = stage.url.clone();
    let holds = Arc::new(AtomicBool::new(true));
    let liar =
        holding(&stage, &holds, |call, message| call.side == Side::Rep && matches!(message, ToRelay::Signal { .. }));
    stage.url.clone_from(&liar.url);
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let customer = stage.customer(&desk, &stage.code().unwrap(), &allowed("first")).unwrap();
    rep.expect("session-state", 60, |event| event["state"] == "connecting" && event["step"] == "keys").unwrap();
    customer.expect("session-state", 20, |event| event["step"] == "keys").unwrap();
    rep.kill();
    customer.expect("ended", 30, |event| event["reason"] == "rep-gone").unwrap();
    drop(customer);
    stage.url = honest;
    a_new_code_works(&stage, &desk, &office);
}

#[test]
fn n4_a_rep_who_vanishes_while_the_customer_is_asked_is_missed_and_can_be_left() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let mut customer = stage.customer(&desk, &stage.code().unwrap(), &CustomerOptions::default()).unwrap();
    customer.expect("prompt", 60, |event| event["kind"] == "begin").unwrap();
    let mark = customer.mark();
    rep.kill();
    expect_lost(&customer, mark);
    customer.tell(&json!({ "do": "end" })).unwrap();
    customer.expect("ended", 20, |event| event["reason"] == "customer-ended").unwrap();
    drop(customer);
    a_new_code_works(&stage, &desk, &office);
}

/// What the relay missed, it is told when it is back: the rep does not count down for somebody who has left.
#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn n4_a_session_that_was_stopped_while_the_relay_was_away_is_over_when_it_is_back() {
    let mut session = Session::start(ALL, &["--view"]);
    session.picture_is_there();
    session.stage.kill_relay();
    session.customer.tell(&json!({ "do": "stop-everything" })).unwrap();
    session.customer.expect("ended", 20, |event| event["reason"] == "customer-stopped").unwrap();
    session.stage.start_relay(&["--developer"]).unwrap();
    session.rep.expect("ended", 60, |_| true).unwrap();
    assert_eq!(session.customer.state().as_deref(), Some("ended"), "it stays stopped");
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c6_a_program_started_again_does_not_take_up_what_was_stopped() {
    let mut session = Session::start(ALL, &["--view"]);
    session.picture_is_there();
    session.customer.tell(&json!({ "do": "stop-everything" })).unwrap();
    session.rep.expect("ended", 20, |event| event["reason"] == "customer-stopped").unwrap();
    session.customer.expect("ended", 20, |_| true).unwrap();
    let Session { rep, customer, desk, office: _office, stage } = session;
    customer.kill();
    let again = stage.customer_again(&desk, &CustomerOptions::default()).unwrap();
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(again.state(), None, "there is no session: {:?}", again.events());
    assert_eq!(rep.state().as_deref(), Some("ended"));
}

/// Consent given ahead is developer mode's; a session that is taken up brings it to no relay that is not in it.
#[test]
fn c5_consent_given_ahead_is_not_carried_to_a_relay_out_of_developer_mode() {
    let session = Session::start(ALL, &[]);
    let note = session.stage.folder().join("customer/session.json");
    wait_for(10, "the note of the running session", || note.exists().then_some(())).unwrap();
    let Session { rep: _rep, customer, desk, office: _office, mut stage } = session;
    customer.kill();
    stage.kill_relay();
    stage.start_relay(&[]).unwrap();
    let again = stage.customer_again(&desk, &CustomerOptions::default()).unwrap();
    let failed = again.expect("failed", 60, |_| true).unwrap();
    assert!(failed["detail"].as_str().unwrap_or_default().contains("developer mode"), "{failed}");
    assert!(!again.events().iter().any(|event| event["state"] == "active"), "nothing of it goes on");
}

/// The words of the chat are there again on both sides after the customer's power failed in the middle of a sentence.
#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n4_a_customer_who_vanishes_twice_comes_back_twice() {
    let mut session = Session::start(ALL, &[]);
    for turn in ["once", "twice"] {
        say_and_hear(&mut session, turn);
        let mark = session.rep.mark();
        let spare = session
            .stage
            .customer_again(&session.desk, &CustomerOptions { data: "elsewhere", ..CustomerOptions::default() })
            .unwrap();
        std::mem::replace(&mut session.customer, spare).kill();
        expect_lost(&session.rep, mark);
        session.customer = session.stage.customer_again(&session.desk, &CustomerOptions::default()).unwrap();
        session.rep.expect_after(mark, "session-state", 60, |event| event["state"] == "active").unwrap();
        session.customer.expect_node("chat", 20, |node| node["body"] == turn).unwrap();
    }
}
