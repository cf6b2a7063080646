//! T3 · Notes under the chat: typed by real keys, kept by the relay, in the session's report, and never on the customer's
//! side.

use crate::hand_made::{self, Control};
use crate::other_ends::{console, runtime};
use crate::screens::put_in_front;
use crate::{ALL, Session};
use lotse_e2e::hands::Hands;
use lotse_e2e::stage::{PASSWORD, USER};
use lotse_e2e::{Display, Program, wait_for};
use lotse_protocol::control::{FromRelay, Secret, SessionId, Side, ToRelay};
use lotse_protocol::peer::{self, PeerMessage};
use lotse_protocol::wire::{self, FROM_RELAY_BYTES_MAX};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::oneshot;

/// Points that the notes take at the window's lower edge, while nothing is in them.
const HEIGHT: i16 = 120;
const F6: u32 = 0xffc3;

/// Where the field for messages is in a session's window, above the notes.
pub fn message_field((x, y, width, height): (i16, i16, u16, u16)) -> (i16, i16) {
    (x + width as i16 / 3, y + height as i16 - HEIGHT - 32)
}

/// Types into the field for notes. The first letter may be there several times: on a busy machine a click needs long to
/// bring the keyboard.
pub fn begin_notes(session: &Session, text: &str) -> Hands {
    put_in_front(session);
    begin_notes_at(&session.office, &session.rep, text)
}

/// The same in the session's window on this display.
pub fn begin_notes_at(office: &Display, rep: &Program, text: &str) -> Hands {
    let hands = Hands::on(office).unwrap();
    let (x, y, width, _) = hands.window("K. Weber").unwrap();
    let mark = rep.mark();
    let (first, rest) = text.split_at(1);
    wait_for(30, "the field to take what is typed", || {
        hands.click(x + width as i16 / 2, y + 70).ok()?;
        std::thread::sleep(Duration::from_millis(500));
        hands.keys(&[F6]).ok()?;
        std::thread::sleep(Duration::from_millis(300));
        hands.type_text(first).ok()?;
        rep.expect_after(mark, "notes", 3, |_| true).ok()
    })
    .unwrap();
    hands.type_text(rest).unwrap();
    hands
}

/// The short id that programs show.
fn id(session: &Session) -> String {
    let event = session.rep.expect("session-state", 10, |event| event["state"] == "active").unwrap();
    event["session"].as_str().unwrap().to_owned()
}

fn report(session: &Session) -> Value {
    session.stage.ask(&["report", "show", "--session", &id(session)]).unwrap()
}

/// Waits until the report has notes that end so; the report.
pub fn expect_noted(session: &Session, end: &str) -> Value {
    wait_for(30, &format!("notes that end with {end}"), || {
        let report = report(session);
        report["notes"]["text"].as_str().is_some_and(|text| text.ends_with(end)).then_some(report)
    })
    .unwrap_or_else(|problem| panic!("{problem}; there is {:#}", report(session)))
}

fn full_id(report: &Value) -> SessionId {
    let digits = report["session"].as_str().unwrap();
    let byte = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap();
    SessionId(std::array::from_fn(byte))
}

/// What the relay answers to notes out of a program made by hand.
async fn note(control: &mut Control, session: SessionId, revision: u64, text: &str) -> FromRelay {
    control.say(&ToRelay::Notes { session, revision, text: text.to_owned() }).await.unwrap();
    let answer = |message: FromRelay| match message {
        FromRelay::Notes { .. } | FromRelay::NotesRefused { .. } | FromRelay::Refused { .. } => Some(message),
        _ => None,
    };
    control.hear(answer).await.unwrap()
}

#[test]
fn t3_typed_notes_are_in_the_report_also_after_the_session_and_nothing_of_them_is_at_the_customers() {
    let mut session = Session::start(ALL, &[]);
    let hands = begin_notes(&session, "roller worn");
    let report = expect_noted(&session, "roller worn");
    session.rep.expect("notes", 20, |event| event["state"] == "saved").unwrap();
    assert_eq!(
        (&report["rep"], &report["customer"], &report["ended_s"]),
        (&json!("Anna Berg"), &json!("K. Weber"), &Value::Null)
    );

    let url = session.stage.url.clone();
    let answer = runtime().block_on(async {
        let mut stranger = Control::call(&url, Side::Customer).await.unwrap();
        note(&mut stranger, full_id(&report), 99, "not mine").await
    });
    assert!(matches!(&answer, FromRelay::Refused { reason } if reason.contains("Only a rep")), "{answer:?}");

    session.rep.tell(&json!({ "do": "end" })).unwrap();
    session.rep.expect("ended", 20, |_| true).unwrap();
    session.customer.expect("ended", 20, |_| true).unwrap();
    hands.type_text(" and replaced").unwrap();
    let report = expect_noted(&session, "roller worn and replaced");
    assert_eq!(report["end_reason"], "RepEnded");
    let line = |kind: &str| {
        let report = self::report(&session);
        let timeline = report["timeline"].as_array()?;
        timeline.iter().any(|line| line["kind"] == kind).then_some(())
    };
    for kind in ["joined", "session-started", "session-ended"] {
        wait_for(20, kind, || line(kind)).unwrap();
    }
    let listed = session.stage.ask(&["report", "list", "--account", "Acme", "--text", "REPLACED"]).unwrap();
    assert_eq!(listed[0]["session"], report["session"]);
    for said in session.customer.events().iter().map(Value::to_string).chain([session.customer.errors()]) {
        assert!(!said.contains("oller worn"), "{said}");
    }
    for said in session.rep.events().iter().map(Value::to_string).chain([session.rep.errors()]) {
        assert!(!said.contains("oller worn"), "nor in the rep's own events: {said}");
    }
}

/// What the relay says to a customer's program, which passes over what it does not know: an end made by hand hears all of it.
#[test]
fn t3_nothing_of_the_notes_is_said_on_a_customers_connection() {
    let (office, stage, mut rep, code) = console();
    let runtime = runtime();
    let mut customer = runtime.block_on(async {
        let mut customer = hand_made::customer(&stage.url, &code).await.unwrap();
        customer.greet(peer::VERSION).await.unwrap();
        customer.say(&PeerMessage::Accepted).await.unwrap();
        customer
    });
    rep.expect_state("active", 30).unwrap();
    let (session, token) = (customer.offer.session, customer.offer.token.clone());
    let (stop, until) = oneshot::channel::<()>();
    let overheard = runtime.spawn(async move {
        let heard = customer.overhear(until).await;
        (customer, heard)
    });
    Hands::on(&office).unwrap().place("K. Weber", 30, 40, 560, 640).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let hands = begin_notes_at(&office, &rep, "roller worn");
    rep.expect("notes", 20, |event| event["state"] == "saved").unwrap();
    stop.send(()).unwrap();
    let (_customer, mut heard) = runtime.block_on(overheard).unwrap();

    // The customer's program is started anew: a rep who does that is told what the notes are.
    let mut control = runtime.block_on(Control::call(&stage.url, Side::Customer)).unwrap();
    runtime.block_on(control.say(&ToRelay::Resume { session, token })).unwrap();
    let (stop, until) = oneshot::channel::<()>();
    let overheard = runtime.spawn(async move { control.overhear(until).await });
    let mark = rep.mark();
    hands.type_text(" and replaced").unwrap();
    rep.expect_after(mark, "notes", 20, |event| event["state"] == "saved").unwrap();
    rep.tell(&json!({ "do": "end" })).unwrap();
    rep.expect("ended", 20, |_| true).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    // The relay may have hung up by itself.
    let _ = stop.send(());
    heard.extend(runtime.block_on(overheard).unwrap());

    let decoded = |bytes: &Vec<u8>| wire::decode::<FromRelay>(bytes, FROM_RELAY_BYTES_MAX);
    let said: Vec<FromRelay> = heard.iter().filter_map(|bytes| decoded(bytes).ok()).collect();
    assert!(said.iter().any(|message| matches!(message, FromRelay::Session(_))), "it was taken up: {said:?}");
    assert!(said.iter().any(|message| matches!(message, FromRelay::SessionEnded { .. })), "and heard to its end");
    for message in &said {
        assert!(!matches!(message, FromRelay::Notes { .. } | FromRelay::NotesRefused { .. }), "{message:?}");
    }
    for bytes in &heard {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("oller worn") && !text.contains("replaced"), "{text}");
    }
}

#[test]
fn t3_notes_survive_a_killed_relay_and_what_is_typed_meanwhile_is_kept_when_it_is_back() {
    let mut session = Session::start(ALL, &[]);
    let hands = begin_notes(&session, "before");
    expect_noted(&session, "before");
    session.stage.kill_relay();
    session.rep.expect("reconnecting", 30, |event| event["on"] == true).unwrap();
    hands.type_text(" and after").unwrap();
    session.rep.expect("notes", 20, |event| event["state"] == "relay-away").unwrap();
    let mark = session.rep.mark();
    session.stage.start_relay(&["--developer"]).unwrap();
    session.rep.expect_after(mark, "notes", 60, |event| event["state"] == "saved").unwrap();
    expect_noted(&session, "before and after");
    assert_eq!(session.rep.state().as_deref(), Some("active"));
}

#[test]
fn t3_of_two_who_write_nothing_is_lost() {
    let session = Session::start(ALL, &[]);
    let hands = begin_notes(&session, "mine");
    let report = expect_noted(&session, "mine");
    let url = session.stage.url.clone();
    let revision = report["notes"]["revision"].as_u64().unwrap() + 1;
    // The same rep at another computer.
    let answer = runtime().block_on(async {
        let mut other = Control::call(&url, Side::Rep).await.unwrap();
        let password = Secret(PASSWORD.to_owned());
        other.say(&ToRelay::SignIn { user: USER.to_owned(), password }).await.unwrap();
        other.hear(|message| matches!(message, FromRelay::SignedIn { .. }).then_some(())).await.unwrap();
        note(&mut other, full_id(&report), revision, "theirs").await
    });
    assert!(matches!(&answer, FromRelay::Notes { text, .. } if text == "theirs"), "{answer:?}");
    hands.type_text(" too").unwrap();
    session.rep.expect("notes", 20, |event| event["adopted"] == 1).unwrap();
    let report = expect_noted(&session, "mine too");
    assert!(report["notes"]["text"].as_str().unwrap().starts_with("theirs\n"), "{report:#}");
}
