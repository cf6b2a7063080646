//! C2 and N4 · What lasts and what does not: a code that expires, a session whose address changes.
//!
//! N5, no inactivity limit, needs more time than a test has. Here and in `network` a session rests for seconds; that
//! nothing is due in a year show `n5_…` of the session's machine, of the relay's hub and of the forwarder, each in its
//! own crate and by its own clock.

use crate::network::say_and_hear;
use crate::{ALL, Session};
use lotse_e2e::detour::Detour;
use lotse_e2e::eyes::{Area, find_change};
use lotse_e2e::hands::Hands;
use lotse_e2e::neighbour::paint;
use lotse_e2e::{CustomerOptions, Display, RepOptions, Stage, wait_for};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const CONTROL: u32 = 0xffe3;
/// The shortest time a relay gives a code.
const CODE_LIFETIME_S: &str = "30";

#[test]
fn c2_a_code_expires_is_told_on_both_sides_and_the_console_offers_a_new_one() {
    let (desk, office) = (Display::start(800, 600).unwrap(), Display::start(1280, 800).unwrap());
    let stage = Stage::start_with(&["--developer", "--code-lifetime", CODE_LIFETIME_S]).unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let first = rep.expect("code", 10, |event| event["expires_in_s"].as_u64().is_some_and(|left| left <= 30)).unwrap();
    // While it stands, nothing says otherwise.
    assert!(!rep.events().iter().any(|event| event["event"] == "code-expired"));
    let before = office.settle(200).unwrap();
    rep.expect("code-expired", 60, |event| event["session"] == first["session"]).unwrap();
    // A countdown changes one line; here the whole card becomes another.
    wait_for(10, "the console to show it", || {
        let whole = Area::new(0, 0, before.width, before.height);
        find_change(&before, &office.picture().ok()?, whole).filter(|card| card.height > 60)
    })
    .unwrap();

    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let late = stage.customer(&desk, &code, &options).unwrap();
    late.expect("failed", 30, |event| event["problem"] == "code-expired").unwrap();

    // One key makes the next.
    let mark = rep.mark();
    let hands = Hands::on(&office).unwrap();
    let (x, y, width, _) = hands.window("Lotse").unwrap();
    hands.click(x + width as i16 / 2, y + 12).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    hands.keys(&[CONTROL, 'n' as u32]).unwrap();
    let second = rep.expect_after(mark, "code", 20, |_| true).unwrap();
    assert_ne!(second["session"], first["session"]);
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn c2_the_second_customer_with_a_code_is_told_that_it_is_used() {
    let mut session = Session::start(ALL, &[]);
    let code = session.stage.code().unwrap();
    let elsewhere = Display::start(800, 600).unwrap();
    let options = CustomerOptions { data: "second", ..CustomerOptions::default() };
    for _ in 0..2 {
        let second = session.stage.customer(&elsewhere, &code, &options).unwrap();
        second.expect("failed", 30, |event| event["problem"] == "code-used").unwrap();
        Hands::on(&elsewhere).unwrap().window("Lotse").unwrap();
    }
    say_and_hear(&mut session, "undisturbed");
}

/// Where the relay listens: control connections and packets.
pub fn addresses(stage: &Stage) -> (SocketAddr, SocketAddr) {
    let ready = std::fs::read_to_string(stage.folder().join("ready.json")).unwrap();
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let control = ready["control"].as_str().unwrap().trim_start_matches("https://").parse().unwrap();
    (control, ready["udp"].as_str().unwrap().parse().unwrap())
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn n4_an_address_change_under_a_session_costs_no_word_and_the_picture_goes_on() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1024, 768).unwrap());
    let mut stage = Stage::start().unwrap();
    let bare = ["--view", "--control", "--viewer-geometry", "1024x768+0+0", "--viewer-bare", "--scale", "1"];
    let rep = stage.rep(&office, &RepOptions { arguments: bare.to_vec() }).unwrap();
    let code = stage.code().unwrap();
    // The customer sits behind a router.
    let (control, packets) = addresses(&stage);
    let router = Detour::before(control, packets).unwrap();
    let url = router.url(&stage.url).unwrap();
    let direct = std::mem::replace(&mut stage.url, url);
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &code, &options).unwrap();
    stage.url = direct;
    rep.expect_state("active", 60).unwrap();
    let mut session = Session { rep, customer, desk, office, stage };
    session.picture_is_there();
    session.expect_exact("the first picture");
    say_and_hear(&mut session, "before the move");
    assert!(router.answered() > 0, "the session goes through the router");
    session.rep.expect_node("viewer", 20, |node| node["id"] == "control" && node["on"] == true).unwrap();
    let marks = (session.rep.mark(), session.customer.mark());
    let last = session.rep.events().into_iter().rev().find(|event| event["event"] == "session-state").unwrap();
    let id = &last["session"];

    for (move_number, colour) in ["#aa3377", "#3377aa"].into_iter().enumerate() {
        router.change_address().unwrap();
        let moved = Instant::now();
        // Said before anybody can have noticed.
        let (ours, theirs) = (format!("from the office {move_number}"), format!("from the desk {move_number}"));
        session.rep.act("lotse.chat", "say", json!({ "text": ours })).unwrap();
        session.customer.act("lotse.chat", "say", json!({ "text": theirs })).unwrap();
        session.customer.expect_node("chat", 30, |node| node["body"] == ours.as_str()).unwrap();
        session.rep.expect_node("chat", 30, |node| node["body"] == theirs.as_str()).unwrap();
        println!("both were heard {} ms after the change", moved.elapsed().as_millis());
        assert!(router.answered() > 0, "the relay answers to the new address");
        let _painted = paint(&session.desk, colour).unwrap();
        session.expect_exact("what was painted after the change");
        pointer_follows(&session, 300 + 20 * i16::try_from(move_number).unwrap());
        say_and_hear(&mut session, &format!("after the move {move_number}"));
    }
    for program in [&mut session.rep, &mut session.customer] {
        let said = program.look("chat").unwrap();
        for number in 0..2 {
            for words in [format!("from the office {number}"), format!("from the desk {number}")] {
                assert_eq!(said.iter().filter(|node| node["body"] == words.as_str()).count(), 1, "{words}");
            }
        }
    }
    let (rep, customer) = (session.rep.events(), session.customer.events());
    let since: Vec<&Value> = rep.iter().skip(marks.0).chain(customer.iter().skip(marks.1)).collect();
    assert!(!since.iter().any(|event| event["event"] == "ended" || event["event"] == "failed"), "{since:#?}");
    let mut states = since.iter().filter(|event| event["event"] == "session-state");
    assert!(states.all(|event| event["session"] == *id), "one session throughout");
}

/// The rep's hand still moves the customer's pointer.
fn pointer_follows(session: &Session, x: i16) {
    let (office, desk) = (Hands::on(&session.office).unwrap(), Hands::on(&session.desk).unwrap());
    let mut at = (0, 0);
    wait_for(20, "the pointer to follow", || {
        office.move_to(x - 9, 180).ok()?;
        office.move_to(x, 180).ok()?;
        std::thread::sleep(Duration::from_millis(100));
        at = desk.pointer().ok()?;
        (at == (x, 180)).then_some(())
    })
    .unwrap_or_else(|problem| panic!("{problem}: it is at {at:?}"));
}
