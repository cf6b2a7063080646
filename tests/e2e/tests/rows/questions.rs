//! Q1 to Q3 on the running programs: questions of a portal's page are shown, offered, answered and never lost.

use crate::ALL;
use crate::page::Page;
use lotse_e2e::eyes::{Area, find_change};
use lotse_e2e::hands::Hands;
use lotse_e2e::stage::PASSWORD;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage, wait_for};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use x11rb::protocol::xproto::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

const BO: &str = "bo.lind@acme.example";
const CLEO: &str = "cleo.park@acme.example";
const SLUG: &str = "acme";
const ALERT: &str = "Incoming question";
const WEBER: &str = "K. Weber";
const PRINTER: &str = "The invoice does not print";

/// A relay with two more reps and a portal.
fn stage() -> Stage {
    let stage = Stage::start().unwrap();
    stage.add_rep(BO, "Bo Lind").unwrap();
    stage.add_rep(CLEO, "Cleo Park").unwrap();
    stage.operate(&["portal", "add", "--account", "Acme", "--slug", SLUG, "--name", "Billing"]).unwrap();
    stage
}

/// What a console finds in its data folder when it starts.
pub fn prefer(stage: &Stage, data: &str, preferences: &Value) {
    let folder = stage.folder().join(data);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("settings.json"), preferences.to_string()).unwrap();
}

/// Waits until a console knows of the portal, and the relay has had a moment to hear that it takes questions.
fn takes_questions(console: &Program) {
    console.expect("questions", 60, |event| event["has_portal"] == true).unwrap();
    std::thread::sleep(Duration::from_secs(1));
}

fn anna(stage: &Stage, display: &Display) -> Program {
    let anna = stage.rep(display, &RepOptions::default()).unwrap();
    takes_questions(&anna);
    anna
}

fn colleague(stage: &Stage, display: &Display, user: &str) -> Program {
    let colleague = stage.colleague(display, user, PASSWORD).unwrap();
    takes_questions(&colleague);
    colleague
}

fn offered(console: &Program, page: &Page) -> Value {
    console.expect("question-offered", 60, |event| event["question"] == page.question.as_str()).unwrap()
}

fn over(console: &Program, page: &Page, why: &str) -> Value {
    let is = |event: &Value| event["question"] == page.question.as_str() && event["why"] == why;
    console.expect("question-over", 60, is).unwrap()
}

fn answer(console: &mut Program, page: &Page) {
    console.tell(&json!({ "do": "answer-question", "question": page.question })).unwrap();
}

/// Who has the keyboard.
fn focus(display: &Display) -> u32 {
    let (connection, _) = RustConnection::connect(Some(display.name())).unwrap();
    connection.get_input_focus().unwrap().reply().unwrap().focus
}

/// A player of sounds that only notes that it was started.
pub fn with_player(stage: &mut Stage) {
    let folder = stage.folder().join("bin");
    std::fs::create_dir_all(&folder).unwrap();
    let player = folder.join("pw-play");
    let note = stage.folder().join("played");
    std::fs::write(&player, format!("#!/bin/sh\necho \"$1\" >> \"{}\"\n", note.display())).unwrap();
    std::fs::set_permissions(&player, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    stage.environment.push(("PATH".to_owned(), format!("{}:{path}", folder.display())));
}

pub fn times_played(stage: &Stage) -> usize {
    std::fs::read_to_string(stage.folder().join("played")).unwrap_or_default().lines().count()
}

#[test]
fn q1_a_question_raises_an_alert_with_a_sound_and_goes_to_the_next_rep_after_the_preferred_time() {
    let office = [Display::start(1280, 900).unwrap(), Display::start(1280, 900).unwrap()];
    let mut stage = stage();
    with_player(&mut stage);
    prefer(&stage, "rep", &json!({ "offer_s": 20 }));
    prefer(&stage, "colleague", &json!({ "sound": false }));
    let anna = anna(&stage, &office[0]);
    let mut bo = colleague(&stage, &office[1], BO);
    let keyboard = focus(&office[0]);
    let page = Page::ask(&stage, SLUG, WEBER, PRINTER).unwrap();
    let offer = offered(&anna, &page);
    assert_eq!((&offer["name"], &offer["text"], &offer["portal"]), (&WEBER.into(), &PRINTER.into(), &"Billing".into()));
    assert_eq!(offer["for_s"], 20);

    let hands = Hands::on(&office[0]).unwrap();
    let (x, y, width, height) = hands.window(ALERT).unwrap();
    assert!(x > 640 && y > 450 && x + width as i16 <= 1280 && y + height as i16 <= 900, "in the corner: {x} {y}");
    assert_eq!(focus(&office[0]), keyboard, "whoever types goes on typing");
    let line = Area::inside((x, y, width, height), 0, usize::from(height) - 6, 0, 0);
    let before = office[0].picture().unwrap();
    wait_for(15, "the countdown to go on", || find_change(&before, &office[0].picture().ok()?, line)).unwrap();

    over(&anna, &page, "time-over");
    offered(&bo, &page);
    wait_for(20, "the alert to close", || hands.window_now(ALERT).is_none().then_some(())).unwrap();
    assert_eq!(times_played(&stage), 1, "Anna heard it once, and Bo wants no sound");
    bo.tell(&json!({ "do": "pass-question", "question": page.question })).unwrap();
    over(&bo, &page, "passed");
}

#[test]
fn q1_the_alert_answers_by_a_click_with_and_without_a_window_manager() {
    for office in [Display::start(1280, 900).unwrap(), Display::bare(1280, 900).unwrap()] {
        let stage = stage();
        let anna = anna(&stage, &office);
        let mut page = Page::ask(&stage, SLUG, WEBER, PRINTER).unwrap();
        offered(&anna, &page);
        let hands = Hands::on(&office).unwrap();
        let (x, y, _, height) = hands.window(ALERT).unwrap();
        // The primary button stands at the lower left. On a busy machine it may not be drawn yet.
        let session = || anna.events().iter().any(|event| event["event"] == "asked").then_some(());
        wait_for(25, "the click to answer", || {
            hands.click(x + 60, y + height as i16 - 32).ok()?;
            std::thread::sleep(Duration::from_secs(1));
            session()
        })
        .unwrap();
        page.expect("code").unwrap();
        anna.expect("asked", 30, |event| event["text"] == PRINTER && event["portal"] == "Billing").unwrap();
        hands.window(WEBER).unwrap();
        wait_for(20, "the alert to close", || hands.window_now(ALERT).is_none().then_some(())).unwrap();
    }
}

#[test]
fn q1_during_a_session_a_question_is_offered_only_to_who_wants_it() {
    for wanted in [false, true] {
        let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
        let stage = stage();
        prefer(&stage, "rep", &json!({ "session_alert": wanted }));
        let anna = anna(&stage, &office);
        let code = stage.code().unwrap();
        let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
        let _customer = stage.customer(&desk, &code, &options).unwrap();
        anna.expect_state("active", 60).unwrap();
        let page = Page::ask(&stage, SLUG, "J. Ortiz", PRINTER).unwrap();
        let is = |event: &Value| event["waiting"][0]["question"] == page.question.as_str();
        anna.expect("questions", 60, is).unwrap();
        if wanted {
            offered(&anna, &page);
            Hands::on(&office).unwrap().window(ALERT).unwrap();
        } else {
            std::thread::sleep(Duration::from_secs(3));
            assert!(!anna.events().iter().any(|event| event["event"] == "question-offered"));
        }
    }
}

#[test]
fn q2_the_list_has_question_portal_and_waiting_time_and_answering_from_it_leads_into_the_session() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = stage();
    let mut anna = anna(&stage, &office);
    let first = Page::ask(&stage, SLUG, WEBER, PRINTER).unwrap();
    offered(&anna, &first);
    let mut second = Page::ask(&stage, SLUG, "J. Ortiz", "My second screen stays dark").unwrap();
    let two = |event: &Value| event["waiting"].as_array().is_some_and(|waiting| waiting.len() == 2);
    let told = anna.expect("questions", 60, two).unwrap();
    let waiting = |of: usize, what: &str| told["waiting"][of][what].clone();
    assert_eq!((waiting(0, "name"), waiting(0, "offered")), (WEBER.into(), "you".into()));
    assert_eq!((waiting(1, "name"), waiting(1, "offered")), ("J. Ortiz".into(), "nobody".into()));
    assert_eq!((waiting(1, "text"), waiting(1, "portal")), ("My second screen stays dark".into(), "Billing".into()));
    assert!(waiting(0, "waiting_s").as_u64().is_some_and(|waited| waited < 60), "{told}");

    answer(&mut anna, &second);
    let event = second.expect("code").unwrap();
    let code = second.open(&event).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &code, &options).unwrap();
    anna.expect_state("active", 60).unwrap();
    second.expect("running").unwrap();
    customer.expect("asked", 30, |event| event["text"] == "My second screen stays dark").unwrap();
    Hands::on(&office).unwrap().window("K. Weber").unwrap();
}

#[test]
fn q3_no_question_is_lost_when_a_console_dies_whether_it_was_offered_or_answered() {
    let office = [Display::start(1280, 900).unwrap(), Display::start(1280, 900).unwrap()];
    let desk = Display::start(1024, 768).unwrap();
    let stage = stage();
    let anna = anna(&stage, &office[0]);
    let mut bo = colleague(&stage, &office[1], BO);
    let mut page = Page::ask(&stage, SLUG, WEBER, PRINTER).unwrap();
    offered(&anna, &page);
    anna.kill();
    offered(&bo, &page);
    answer(&mut bo, &page);
    page.expect("code").unwrap();
    bo.kill();
    page.expect("waiting").unwrap();
    let mut cleo = colleague(&stage, &office[0], CLEO);
    offered(&cleo, &page);
    answer(&mut cleo, &page);
    let event = page.expect("code").unwrap();
    let code = page.open(&event).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let _customer = stage.customer(&desk, &code, &options).unwrap();
    cleo.expect_state("active", 60).unwrap();
    page.expect("running").unwrap();
}

#[test]
fn q3_who_is_away_is_offered_nothing() {
    let office = [Display::start(1280, 900).unwrap(), Display::start(1280, 900).unwrap()];
    let stage = stage();
    let mut anna = anna(&stage, &office[0]);
    let bo = colleague(&stage, &office[1], BO);
    anna.tell(&json!({ "do": "away" })).unwrap();
    anna.expect("availability", 20, |event| event["ready"] == false).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let page = Page::ask(&stage, SLUG, WEBER, PRINTER).unwrap();
    offered(&bo, &page);
    assert!(!anna.events().iter().any(|event| event["event"] == "question-offered"));
}
