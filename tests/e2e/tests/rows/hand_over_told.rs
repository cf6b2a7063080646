//! H1: what a rep who is asked reads before they answer, and a team that is asked instead of one rep.

use crate::handoff::{CHAT, Office, names};
use crate::notes::{begin_notes, expect_noted};
use crate::{ALL, Session};
use lotse_e2e::stage::PASSWORD;
use lotse_e2e::{Display, Program};
use serde_json::{Value, json};

const HANDOFF: &str = "lotse.session-handoff";
const BO: &str = "bo.lind@acme.example";
const CLEO: &str = "cleo.park@acme.example";

/// What was said in the session, oldest first, as a rep's window has it: `Anna Berg: The printer stays silent`.
fn talk(console: &mut Program) -> Vec<String> {
    let nodes = console.look("chat").unwrap();
    let line = |node: &Value| Some(format!("{}: {}", node["author"].as_str()?, node["body"].as_str()?));
    nodes.iter().filter(|node| node["kind"] == "message").filter_map(line).collect()
}

fn say(from: &mut Program, to: &mut Program, words: &str) {
    from.act(CHAT, "say", json!({ "text": words })).unwrap();
    to.expect_node("chat", 20, |node| node["body"] == words).unwrap();
}

/// What a console shows of what a colleague asks, at this moment.
fn read(console: &mut Program) -> Value {
    let mark = console.mark();
    console.tell(&json!({ "do": "read-hand-over" })).unwrap();
    console.expect_after(mark, "hand-over-read", 10, |_| true).unwrap()
}

fn answer(console: &mut Program, asked: &Value, on: bool) {
    console.tell(&json!({ "do": "answer-hand-over", "offer": asked["offer"], "on": on })).unwrap();
}

fn lines(said: &Value) -> Vec<&str> {
    said.as_str().unwrap_or_default().lines().filter(|line| !line.is_empty()).collect()
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h1_the_second_rep_reads_the_notes_and_all_that_was_said_before_they_answer() {
    let mut office = Office::open(ALL);
    let Session { rep, customer, .. } = &mut office.session;
    say(customer, rep, "No paper comes out, and it hums");
    say(rep, customer, "Since when?");
    say(customer, rep, "Since the move on Friday");
    let written = talk(&mut office.session.rep);
    assert_eq!(written.len(), 4, "{written:?}");
    begin_notes(&office.session, "roller worn model 2200");
    let report = expect_noted(&office.session, "oller worn model 2200");
    let notes = report["notes"]["text"].as_str().unwrap().to_owned();

    let customers = office.session.customer.mark();
    let asked = office.ask("take-");
    assert_eq!(asked["notes"], true);
    let shown = read(&mut office.bo);
    assert_eq!((&shown["offer"], &shown["from_rep"]), (&asked["offer"], &json!("Anna Berg")));
    assert_eq!((&shown["customer"], &shown["purpose"]), (&json!("K. Weber"), &asked["purpose"]));
    assert_eq!((&shown["note"], &shown["notes"]), (&json!("Feed roller worn"), &json!(notes)));
    assert_eq!(lines(&shown["said"]), written);
    // All of that before anybody but Anna is in the session, and before the customer is asked or told anything.
    assert_eq!(office.bo.state(), None);
    let since = office.session.customer.events().into_iter().skip(customers);
    let told: Vec<Value> = since.filter(|event| event["event"] == "reps" || event["event"] == "prompt").collect();
    assert!(told.is_empty(), "{told:?}");
    for event in office.bo.events().iter().filter(|event| event["event"] != "hand-over-read") {
        let event = event.to_string();
        assert!(!event.contains("the move on Friday") && !event.contains("model 2200"), "in the events: {event}");
    }

    office.take(&asked);
    office.bo.expect_state("active", 60).unwrap();
    office.session.customer.expect_after(customers, "reps", 30, |event| names(event) == ["Bo Lind"]).unwrap();
    for words in &written {
        let body = words.split_once(": ").unwrap().1;
        office.bo.expect_node("chat", 20, |node| node["body"] == body).unwrap();
    }
}

/// Anna hands over to this team; what the first of it who is asked is told.
fn ask_the_team(session: &mut Session, cleo: &mut Program, note: &str) -> Value {
    let mark = cleo.mark();
    // Its label says so if nobody of it is free.
    let team = |node: &Value| {
        node["id"].as_str().is_some_and(|id| id.starts_with("take-team:")) && node["label"] == "Team Printers"
    };
    let item = session.rep.expect_node("menu", 40, team).unwrap();
    session.rep.act(HANDOFF, item["id"].as_str().unwrap(), json!({})).unwrap();
    session.rep.act(HANDOFF, "note", json!({ "text": note })).unwrap();
    let told = |event: &Value| event["told"] == true && event["note"] == note;
    cleo.expect_after(mark, "hand-over", 30, told).unwrap()
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h1_a_session_is_handed_over_to_a_team_and_only_its_reps_are_asked() {
    let mut session = Session::start(ALL, &[]);
    for (user, name) in [(BO, "Bo Lind"), (CLEO, "Cleo Park")] {
        session.stage.add_rep(user, name).unwrap();
    }
    session.stage.operate(&["team", "add", "--account", "Acme", "--name", "Printers", "--rep", CLEO]).unwrap();
    let displays = [(); 2].map(|()| Display::start(1280, 900).unwrap());
    // Bo, who is not of the team, has been free for longer.
    let bo = session.stage.console(&displays[0], "bo", BO, PASSWORD).unwrap();
    bo.expect("signed-in", 60, |_| true).unwrap();
    let mut cleo = session.stage.console(&displays[1], "cleo", CLEO, PASSWORD).unwrap();
    cleo.expect("signed-in", 60, |_| true).unwrap();
    let Session { rep, customer, .. } = &mut session;
    say(rep, customer, "One moment, I ask a colleague");

    let asked = ask_the_team(&mut session, &mut cleo, "First try");
    answer(&mut cleo, &asked, false);
    let says =
        |words: &'static str| move |node: &Value| node["label"].as_str().is_some_and(|label| label.contains(words));
    session.rep.expect_node("chat", 60, says("cannot come")).unwrap();
    assert_eq!(session.rep.state().as_deref(), Some("active"), "a no leaves it as it is");

    let mark = session.customer.mark();
    let asked = ask_the_team(&mut session, &mut cleo, "Second try");
    assert_eq!((&asked["from_rep"], &asked["customer"]), (&json!("Anna Berg"), &json!("K. Weber")));
    assert_eq!(lines(&read(&mut cleo)["said"]), ["Anna Berg: One moment, I ask a colleague"]);
    answer(&mut cleo, &asked, true);
    cleo.expect_state("active", 60).unwrap();
    session.rep.expect("ended", 30, |event| event["reason"] == "handed-over").unwrap();
    session.customer.expect_after(mark, "reps", 30, |event| names(event) == ["Cleo Park"]).unwrap();
    let since = session.customer.events().into_iter().skip(mark);
    let states: Vec<Value> = since.filter(|event| event["event"] == "session-state").collect();
    assert!(states.is_empty(), "the session itself went on: {states:?}");
    say(&mut session.customer, &mut cleo, "Hello Cleo");
    let asked_bo = bo.events().into_iter().filter(|event| event["event"] == "hand-over").count();
    assert_eq!(asked_bo, 0, "nobody else is asked");
}
