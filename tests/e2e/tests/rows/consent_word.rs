//! C5 · P1 · The customer's word: no hand of a rep's gives it, and the relay's audit log has each one.

use crate::Session;
use crate::customer::answer;
use lotse_e2e::hands::Hands;
use lotse_e2e::wait_for;
use serde_json::json;
use std::time::Duration;

const CLIPBOARD: &str = "lotse.clipboard";
const TAB: u32 = 0xff09;
const RETURN: u32 = 0xff0d;
const SPACE: u32 = 0x20;

/// Waits until the customer's pointer is where the rep's is.
fn expect_steered(office: &Hands, desk: &Hands) {
    wait_for(20, "the customer's pointer to follow the rep's", || {
        office.move_to(20, 700).ok()?;
        office.move_to(30, 710).ok()?;
        std::thread::sleep(Duration::from_millis(200));
        (desk.pointer().ok()? == (30, 710)).then_some(())
    })
    .unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "clipboard", plugin = "screen-sharing")),
    ignore = "needs the plugins clipboard and screen-sharing"
)]
fn c5_a_rep_who_steers_cannot_answer_the_question_that_is_open() {
    let mut session = Session::bare("view,control", &["--control"]);
    session.expect_exact("the first picture");
    let (office, desk) = (Hands::on(&session.office).unwrap(), Hands::on(&session.desk).unwrap());
    expect_steered(&office, &desk);
    session.rep.act(CLIPBOARD, "share", json!({ "on": true })).unwrap();
    session.customer.expect("prompt", 30, |event| event["access"] == "clipboard").unwrap();
    // By now an answer of the customer's would count.
    std::thread::sleep(Duration::from_secs(2));

    let mark = session.customer.mark();
    let (x, y, width, height) = desk.window("Lotse").unwrap();
    for row in (12..height as i16).step_by(30) {
        for part in [1, 3] {
            office.click(x + width as i16 / 4 * part, y + row).unwrap();
        }
    }
    for keys in [[TAB, SPACE], [TAB, RETURN], [TAB, SPACE]] {
        for key in keys {
            office.keys(&[key]).unwrap();
            std::thread::sleep(Duration::from_millis(150));
        }
    }
    std::thread::sleep(Duration::from_secs(2));
    let said = session.customer.events().into_iter().skip(mark);
    let answered = |event: &serde_json::Value| event["event"] == "consent" || event["event"] == "ended";
    assert_eq!(said.filter(answered).collect::<Vec<_>>(), Vec::<serde_json::Value>::new(), "a rep's hand answered");

    answer(&session.desk, true);
    let allowed = |event: &serde_json::Value| event["access"] == "clipboard" && event["state"] == "granted";
    session.customer.expect_after(mark, "consent", 20, allowed).unwrap();
    expect_steered(&office, &desk);
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn c5_each_word_of_the_customers_and_what_it_gives_and_takes_is_in_the_relays_audit_log() {
    let mut session = Session::start("", &["--view"]);
    session.customer.expect("prompt", 30, |event| event["access"] == "view").unwrap();
    answer(&session.desk, true);
    session.picture_is_there();
    session.customer.tell(&json!({ "do": "allow", "access": "view", "on": false })).unwrap();
    session.rep.expect("consent", 20, |event| event["access"] == "view" && event["state"] == "refused").unwrap();
    let stage = &session.stage;
    for (kind, about) in [
        ("customer-allowed", "customer: view"),
        ("plugin-granted", "customer: lotse.screen-sharing screen"),
        ("customer-refused", "customer: view"),
        ("plugin-revoked", "customer: lotse.screen-sharing screen"),
    ] {
        let mut told = serde_json::Value::Null;
        wait_for(20, kind, || {
            told = stage.ask(&["audit", "list", "--kind", kind]).ok()?;
            told.to_string().contains(about).then_some(())
        })
        .unwrap_or_else(|problem| panic!("{problem}: {told:#}"));
    }
}
