//! H1, H2: a running session goes to another rep, and a second one comes in beside the first.

use crate::{ALL, Session, bad_files, customer, files, share_my_screen};
use lotse_e2e::stage::PASSWORD;
use lotse_e2e::{Display, Program};
use serde_json::{Value, json};

const BO: &str = "bo.lind@acme.example";
pub const HANDOFF: &str = "lotse.session-handoff";
pub const CHAT: &str = "lotse.chat";
const SHARING: &str = "lotse.screen-sharing";
pub const SAID: &str = "The printer stays silent";

/// Anna's session runs, and Bo is signed in on a display of his own.
pub struct Office {
    pub session: Session,
    pub bo: Program,
    pub _display: Display,
}

impl Office {
    pub fn open(allow: &str) -> Self {
        Self::of(Session::start(allow, &[]))
    }

    /// Of a session that runs.
    pub fn of(mut session: Session) -> Self {
        let display = Display::start(1280, 900).unwrap();
        session.stage.add_rep(BO, "Bo Lind").unwrap();
        let bo = session.stage.colleague(&display, BO, PASSWORD).unwrap();
        bo.expect("signed-in", 60, |_| true).unwrap();
        say(&mut session.rep, &mut session.customer, SAID);
        Self { session, bo, _display: display }
    }

    /// Bo is in the session, too: Anna has asked him, and the customer has said yes, unless all was allowed ahead.
    pub fn with_bo(allow: &str, purpose: &str) -> Self {
        let mut office = Self::open(allow);
        office.bring(purpose);
        if allow.is_empty() {
            office.customer_is_asked();
            customer::answer(&office.session.desk, true);
        }
        office.bo.expect_state("active", 60).unwrap();
        office
    }

    /// Bo is to take the session over, and the customer is asked: what.
    pub fn at_the_question() -> (Self, Value) {
        let mut office = Self::open("");
        office.bring("take-");
        let prompt = office.customer_is_asked();
        (office, prompt)
    }

    /// Anna asks Bo, who reads what was said before he says yes.
    pub fn bring(&mut self, purpose: &str) {
        self.bring_by(HANDOFF, purpose);
    }

    /// The same by the menu of this plugin.
    pub fn bring_by(&mut self, plugin: &str, purpose: &str) {
        let asked = self.ask(plugin, purpose);
        self.take(&asked);
    }

    /// Anna asks Bo by the menu of this plugin, and he has read what was said.
    pub fn ask(&mut self, plugin: &str, purpose: &str) -> Value {
        let mark = self.bo.mark();
        wish_by(&mut self.session.rep, plugin, purpose, |label| label.starts_with("Bo Lind"));
        let asked = self.bo.expect_after(mark, "hand-over", 30, |event| event["told"] == true).unwrap();
        assert_eq!((&asked["from_rep"], &asked["customer"]), (&"Anna Berg".into(), &"K. Weber".into()));
        assert_eq!(asked["note"], "Feed roller worn");
        asked
    }

    /// Bo says yes.
    pub fn take(&mut self, asked: &Value) {
        self.bo.tell(&json!({ "do": "answer-hand-over", "offer": asked["offer"], "on": true })).unwrap();
    }

    fn customer_is_asked(&self) -> Value {
        self.session.customer.expect("prompt", 60, |event| event["kind"] == "beside").unwrap()
    }

    pub fn told(&mut self, words: &str) {
        told(&mut self.session.rep, words);
    }

    /// Bo has the session alone: Anna's console has heard why, and the customer's program that it is so since a mark.
    pub fn bo_has_it(&self, mark: usize) {
        self.session.rep.expect("ended", 60, |event| event["reason"] == "handed-over").unwrap();
        self.session.customer.expect_after(mark, "reps", 30, |event| names(event) == ["Bo Lind"]).unwrap();
    }

    fn show_bo(&mut self) {
        self.bo.act(SHARING, "show", json!({})).unwrap();
        self.bo.expect("surface", 30, |event| event["width"].as_u64().unwrap_or(0) > 0).unwrap();
    }
}

/// A rep asks for somebody whom the menu has with this label, and writes a note.
pub fn wish(rep: &mut Program, purpose: &str, is_labelled: impl Fn(&str) -> bool) {
    wish_by(rep, HANDOFF, purpose, is_labelled);
}

fn wish_by(rep: &mut Program, plugin: &str, purpose: &str, is_labelled: impl Fn(&str) -> bool) {
    let is = |node: &Value| {
        let (id, label) = (node["id"].as_str().unwrap_or_default(), node["label"].as_str().unwrap_or_default());
        id.starts_with(purpose) && is_labelled(label)
    };
    let item = rep.expect_node("menu", 30, is).unwrap();
    rep.act(plugin, item["id"].as_str().unwrap(), json!({})).unwrap();
    rep.act(plugin, "note", json!({ "text": "Feed roller worn" })).unwrap();
}

/// Waits until a rep is told what became of it.
fn told(rep: &mut Program, words: &str) {
    let says = |node: &Value| node["label"].as_str().is_some_and(|label| label.contains(words));
    rep.expect_node("chat", 60, says).unwrap();
}

/// One says something, and another reads it.
pub fn say(from: &mut Program, to: &mut Program, text: &str) {
    from.act(CHAT, "say", json!({ "text": text })).unwrap();
    to.expect_node("chat", 20, |node| node["body"] == text).unwrap();
}

/// Anna has the session as before.
pub fn still_runs(session: &mut Session) {
    assert_eq!(session.rep.state().as_deref(), Some("active"));
    say(&mut session.rep, &mut session.customer, "Still here");
}

/// The customer has had no other session since a mark, and who has come to it knows what was said in it.
pub fn went_on(customer: &mut Program, mark: usize, bo: &mut Program) {
    let since = customer.events().into_iter().skip(mark);
    let states: Vec<Value> = since.filter(|event| event["event"] == "session-state").collect();
    assert!(states.is_empty(), "the session itself went on: {states:?}");
    bo.expect_node("chat", 20, |node| node["body"] == SAID).unwrap();
    say(customer, bo, "Hello Bo");
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
    office.bring("take-");
    office.bo.expect_state("active", 60).unwrap();
    office.bo_has_it(mark);
    went_on(&mut office.session.customer, mark, &mut office.bo);
    // What ran is named as stopped on both sides, with what starts it again, once she has been away for longer than a line takes
    // to be made anew.
    let says = |event: &Value, part: &str, words: &str| event[part].as_str().is_some_and(|told| told.contains(words));
    let ended = |event: &Value| says(event, "title", "Anna Berg no longer sees your screen");
    office.session.customer.expect_after(mark, "notice", 40, ended).unwrap();
    office.bo.expect("notice", 40, |event| says(event, "body", "choose Show Customer's Screen")).unwrap();
    office.show_bo();
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h1_if_the_second_console_dies_in_the_middle_the_first_still_has_the_session() {
    let (office, prompt) = Office::at_the_question();
    assert_eq!((&prompt["rep"], &prompt["from_rep"]), (&"Bo Lind".into(), &"Anna Berg".into()));
    let Office { mut session, bo, _display } = office;
    bo.kill();
    customer::answer(&session.desk, true);
    told(&mut session.rep, "did not come");
    still_runs(&mut session);
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h1_a_no_of_the_customers_leaves_everything_as_it_is() {
    let (mut office, _) = Office::at_the_question();
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
    let mut office = Office::with_bo(ALL, "join-");
    let both = |event: &Value| names(event) == ["Anna Berg", "Bo Lind"];
    for program in [&office.session.customer, &office.session.rep, &office.bo] {
        program.expect("reps", 30, both).unwrap();
    }
    office.told("is in the session now");
    say(&mut office.bo, &mut office.session.customer, "I can help");
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
    let mut office = Office::with_bo(ALL, "observe-");
    let shown = |event: &Value| event["reps"].as_array().into_iter().flatten().any(|rep| rep["observing"] == true);
    office.session.customer.expect("reps", 30, shown).unwrap();
    office.show_bo();
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
    office.bring("take-");
    office.session.rep.expect("ended", 60, |event| event["reason"] == "handed-over").unwrap();
    let told = office.bo.expect("notice", 60, |event| event["title"] == "Files").unwrap();
    let body = told["body"].as_str().unwrap();
    assert!(body.starts_with("Anna Berg has left") && body.contains("1 transfer was not finished"), "{told}");
    assert!(!body.contains("scan.pdf"), "what it is called is between those two: {told}");
    files::expect(&office.session.customer, "scan.pdf", "has left. Have it sent again");
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "file-transfer", plugin = "session-handoff", plugin = "share-my-screen")),
    ignore = "needs the plugins chat, file-transfer, session-handoff and share-my-screen"
)]
fn h1_a_file_under_way_and_the_screen_that_a_rep_shows_end_with_them_and_both_sides_read_so() {
    let (mut session, line) = files::behind_a_line();
    session.stage.url = session.stage.relay_url.clone();
    let mut office = Office::of(session);
    share_my_screen::begin(&mut office.session, share_my_screen::is_display);
    line.narrow(1_000_000);
    let [from, to] = ["from", "to"].map(|name| files::folder(&office.session, name));
    let scan = files::file(&from, "scan.pdf", 60_000_000);
    files::rep_sends(&mut office.session, &scan, Some(&to));
    files::under_way(&office.session.customer, "scan.pdf");
    let mark = office.session.customer.mark();
    office.bring("take-");
    office.bo.expect_state("active", 60).unwrap();
    office.bo_has_it(mark);
    assert!(!to.join("scan.pdf").exists(), "it is under way");
    let by_anna = |event: &Value, title: &str| {
        event["title"] == title && event["body"].as_str().is_some_and(|body| body.starts_with("Anna Berg"))
    };
    let pictures = "Screen Sharing";
    office.session.customer.expect_after(mark, "notice", 60, |event| by_anna(event, pictures)).unwrap();
    office.session.customer.expect_after(mark, "surface", 30, |event| event["state"] == "closed").unwrap();
    office.bo.expect("notice", 60, |event| by_anna(event, pictures)).unwrap();
    let told = office.bo.expect("notice", 60, |event| by_anna(event, "Files")).unwrap();
    assert!(told["body"].as_str().unwrap().contains("1 transfer was not finished"), "{told}");
    files::expect(&office.session.customer, "scan.pdf", "has left. Have it sent again");
    bad_files::nothing_in(&to);
}
