//! H1, H2: a running session goes to another rep, and a second one comes in beside the first.

use crate::{ALL, Session, customer, files};
use lotse_e2e::stage::PASSWORD;
use lotse_e2e::{Display, Program};
use serde_json::{Value, json};

const BO: &str = "bo.lind@acme.example";
const HANDOFF: &str = "lotse.session-handoff";
pub const CHAT: &str = "lotse.chat";
const SHARING: &str = "lotse.screen-sharing";
const SAID: &str = "The printer stays silent";

/// Anna's session runs, and Bo is signed in on a display of his own.
pub struct Office {
    pub session: Session,
    pub bo: Program,
    pub _display: Display,
}

impl Office {
    pub fn open(allow: &str) -> Self {
        let mut session = Session::start(allow, &[]);
        let display = Display::start(1280, 900).unwrap();
        session.stage.add_rep(BO, "Bo Lind").unwrap();
        let bo = session.stage.colleague(&display, BO, PASSWORD).unwrap();
        bo.expect("signed-in", 60, |_| true).unwrap();
        session.rep.act(CHAT, "say", json!({ "text": SAID })).unwrap();
        session.customer.expect_node("chat", 20, |node| node["body"] == SAID).unwrap();
        Self { session, bo, _display: display }
    }

    /// Anna asks Bo, who reads what was said before he answers.
    pub fn ask(&mut self, purpose: &str) -> Value {
        let mark = self.bo.mark();
        let bo = |node: &Value| {
            let (id, label) = (node["id"].as_str().unwrap_or_default(), node["label"].as_str().unwrap_or_default());
            id.starts_with(purpose) && label.starts_with("Bo Lind")
        };
        let item = self.session.rep.expect_node("menu", 30, bo).unwrap();
        self.session.rep.act(HANDOFF, item["id"].as_str().unwrap(), json!({})).unwrap();
        self.session.rep.act(HANDOFF, "note", json!({ "text": "Feed roller worn" })).unwrap();
        let asked = self.bo.expect_after(mark, "hand-over", 30, |event| event["told"] == true).unwrap();
        assert_eq!((&asked["from_rep"], &asked["customer"]), (&"Anna Berg".into(), &"K. Weber".into()));
        assert_eq!(asked["note"], "Feed roller worn");
        asked
    }

    pub fn take(&mut self, asked: &Value) {
        self.bo.tell(&json!({ "do": "answer-hand-over", "offer": asked["offer"], "on": true })).unwrap();
    }

    pub fn told(&mut self, words: &str) {
        let says = |node: &Value| node["label"].as_str().is_some_and(|label| label.contains(words));
        self.session.rep.expect_node("chat", 60, says).unwrap();
    }
}

pub fn names(event: &Value) -> Vec<&str> {
    event["reps"].as_array().into_iter().flatten().filter_map(|rep| rep["name"].as_str()).collect()
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "screen-sharing", plugin = "session-handoff")),
    ignore = "needs the plugins chat, screen-sharing and session-handoff"
)]
fn h1_another_rep_takes_the_session_over_and_the_customer_is_never_without_one() {
    let mut office = Office::open(ALL);
    office.session.rep.act(SHARING, "show", json!({})).unwrap();
    office.session.rep.expect("surface", 30, |event| event["width"].as_u64().unwrap_or(0) > 0).unwrap();
    let mark = office.session.customer.mark();
    let asked = office.ask("take-");
    office.take(&asked);
    office.bo.expect_state("active", 60).unwrap();
    office.session.rep.expect("ended", 30, |event| event["reason"] == "handed-over").unwrap();
    let there = |event: &Value| names(event) == ["Bo Lind"];
    office.session.customer.expect_after(mark, "reps", 30, there).unwrap();
    let since = office.session.customer.events().into_iter().skip(mark);
    let states: Vec<Value> = since.filter(|event| event["event"] == "session-state").collect();
    assert!(states.is_empty(), "the session itself went on: {states:?}");
    office.bo.expect_node("chat", 20, |node| node["body"] == SAID).unwrap();
    office.session.customer.act(CHAT, "say", json!({ "text": "Hello Bo" })).unwrap();
    office.bo.expect_node("chat", 20, |node| node["body"] == "Hello Bo").unwrap();
    // What ran is named as stopped on both sides, with what starts it again.
    let says = |event: &Value, part: &str, words: &str| event[part].as_str().is_some_and(|told| told.contains(words));
    let ended = |event: &Value| says(event, "title", "not shown to this rep any more: Anna Berg");
    office.session.customer.expect_after(mark, "notice", 20, ended).unwrap();
    office.bo.expect("notice", 20, |event| says(event, "body", "choose Show Customer's Screen")).unwrap();
    office.bo.act(SHARING, "show", json!({})).unwrap();
    office.bo.expect("surface", 30, |event| event["width"].as_u64().unwrap_or(0) > 0).unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h1_if_the_second_console_dies_in_the_middle_the_first_still_has_the_session() {
    let mut office = Office::open("");
    let asked = office.ask("take-");
    office.take(&asked);
    let prompt = office.session.customer.expect("prompt", 60, |event| event["kind"] == "beside").unwrap();
    assert_eq!((&prompt["rep"], &prompt["from_rep"]), (&"Bo Lind".into(), &"Anna Berg".into()));
    let Office { session, bo, _display } = office;
    bo.kill();
    customer::answer(&session.desk, true);
    let mut session = session;
    let says = |node: &Value| node["label"].as_str().is_some_and(|label| label.contains("did not come"));
    session.rep.expect_node("chat", 60, says).unwrap();
    assert_eq!(session.rep.state().as_deref(), Some("active"));
    session.rep.act(CHAT, "say", json!({ "text": "Still here" })).unwrap();
    session.customer.expect_node("chat", 20, |node| node["body"] == "Still here").unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h1_a_no_of_the_customers_leaves_everything_as_it_is() {
    let mut office = Office::open("");
    let asked = office.ask("take-");
    office.take(&asked);
    office.session.customer.expect("prompt", 60, |event| event["kind"] == "beside").unwrap();
    customer::answer(&office.session.desk, false);
    office.told("did not come");
    assert_eq!(office.session.rep.state().as_deref(), Some("active"));
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h2_a_second_rep_comes_in_beside_the_first_and_everybody_is_shown() {
    let mut office = Office::open(ALL);
    let asked = office.ask("join-");
    office.take(&asked);
    office.bo.expect_state("active", 60).unwrap();
    let both = |event: &Value| names(event) == ["Anna Berg", "Bo Lind"];
    for program in [&office.session.customer, &office.session.rep, &office.bo] {
        program.expect("reps", 30, both).unwrap();
    }
    office.told("is in the session now");
    office.bo.act(CHAT, "say", json!({ "text": "I can help" })).unwrap();
    office.session.customer.expect_node("chat", 20, |node| node["body"] == "I can help").unwrap();
    office.session.rep.expect_node("chat", 20, |node| node["body"] == "I can help").unwrap();
    let codes: Vec<Value> = [&office.session.rep, &office.bo]
        .map(|program| program.expect("safety-code", 10, |_| true).unwrap()["code"].clone())
        .into();
    assert_ne!(codes[0], codes[1], "each line has keys of its own");
    let mark = office.session.customer.mark();
    office.bo.tell(&json!({ "do": "end" })).unwrap();
    let alone = |event: &Value| names(event) == ["Anna Berg"];
    office.session.customer.expect_after(mark, "reps", 30, alone).unwrap();
    assert_eq!(office.session.rep.state().as_deref(), Some("active"));
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "screen-sharing", plugin = "session-handoff")),
    ignore = "needs the plugins chat, screen-sharing and session-handoff"
)]
fn h2_who_only_looks_on_sees_and_steers_nothing() {
    let mut office = Office::open(ALL);
    let asked = office.ask("observe-");
    office.take(&asked);
    office.bo.expect_state("active", 60).unwrap();
    let shown = |event: &Value| event["reps"].as_array().into_iter().flatten().any(|rep| rep["observing"] == true);
    office.session.customer.expect("reps", 30, shown).unwrap();
    office.bo.act(SHARING, "show", json!({})).unwrap();
    office.bo.expect("surface", 30, |event| event["width"].as_u64().unwrap_or(0) > 0).unwrap();
    office.bo.act(SHARING, "control", json!({ "on": true })).unwrap();
    let off = |node: &Value| node["id"] == "control" && node["on"] != true;
    office.bo.expect_node("viewer", 20, off).unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "file-transfer", plugin = "session-handoff")),
    ignore = "needs the plugins chat, file-transfer and session-handoff"
)]
fn h1_a_transfer_that_stops_with_its_rep_is_named_to_the_customer_and_to_who_takes_over() {
    let mut office = Office::open(ALL);
    let scan = files::file(&files::folder(&office.session, "from"), "scan.pdf", 3_000_001);
    let mark = office.session.customer.mark();
    files::drop_on(&mut office.session.rep, &[&scan]);
    office.session.customer.expect_after(mark, "file-question", 30, |_| true).unwrap();
    let asked = office.ask("take-");
    office.take(&asked);
    office.session.rep.expect("ended", 60, |event| event["reason"] == "handed-over").unwrap();
    let told = office.bo.expect("notice", 60, |event| event["title"] == "Files").unwrap();
    let body = told["body"].as_str().unwrap();
    assert!(body.starts_with("Anna Berg has left") && body.contains("scan.pdf"), "{told}");
    files::expect(&office.session.customer, "scan.pdf", "has left. Have it sent again");
}
