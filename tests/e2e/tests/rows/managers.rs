//! H2 · A manager looks on at a running session where the account lets its managers: asked for on the Management Center's page,
//! let in by the customer, seen by everybody, steering nothing, and out again when the account says so.

use crate::pages::Pages;
use crate::{ALL, Session, api};
use lotse_e2e::eyes::find_colour;
use lotse_e2e::hands::Hands;
use lotse_e2e::keywatch::KeyWatch;
use lotse_e2e::stage::PASSWORD;
use lotse_e2e::{Display, Program, wait_for};
use serde_json::{Value, json};
use std::time::Duration;

const BO: &str = "bo.lind@acme.example";
const SHARING: &str = "lotse.screen-sharing";
const ANNOTATIONS: &str = "lotse.annotations";
const VIOLET: u32 = 0x009b_4de0;
const KEY: u32 = 'q' as u32;

/// Anna's session runs; Bo, a manager of her account, is at his console and at the Center's pages.
struct Office {
    session: Session,
    bo: Program,
    display: Display,
    pages: Pages,
    token: String,
    /// Path of the account in the API, and in the Center.
    api: String,
    center: String,
    /// The session's id, all of its digits.
    id: String,
}

impl Office {
    fn open() -> Self {
        let session = Session::start(ALL, &[]);
        let stage = &session.stage;
        stage.add_rep(BO, "Bo Lind").unwrap();
        stage.operate(&["rep", "set", "--user", BO, "--role", "manager"]).unwrap();
        let display = Display::start(1280, 900).unwrap();
        let bo = stage.colleague(&display, BO, PASSWORD).unwrap();
        bo.expect("signed-in", 60, |_| true).unwrap();
        let mut pages = Pages::new(&stage.url, "en").unwrap();
        pages.get("/center").unwrap();
        assert_eq!(pages.post("/center/sign-in", &[("user", BO), ("password", PASSWORD)]).unwrap().status, 200);
        let words = ["token", "add", "--name", "IT", "--scope", "accounts:read", "--scope", "accounts:write"];
        let token = stage.ask(&words).unwrap()["token"].as_str().unwrap().to_owned();
        let (_, accounts) = api::ask(stage, &token, "GET", "/api/v1/accounts", &Value::Null).unwrap();
        let account = &accounts["items"][0]["id"];
        let (api, center) = (format!("/api/v1/accounts/{account}"), format!("/center/accounts/{account}"));
        let begun = session.rep.expect("session-state", 10, |event| event["state"] == "active").unwrap();
        let report = stage.ask(&["report", "show", "--session", begun["session"].as_str().unwrap()]).unwrap();
        let id = report["session"].as_str().unwrap().to_owned();
        Self { session, bo, display, pages, token, api, center, id }
    }

    /// A script sets whether managers may look on.
    fn let_watch(&self, on: bool) {
        let body = json!({ "managers_watch": on });
        let (status, account) = api::ask(&self.session.stage, &self.token, "PATCH", &self.api, &body).unwrap();
        assert_eq!((status, &account["managers_watch"]), (200, &json!(on)), "{account}");
    }

    fn watch_path(&self) -> String {
        format!("{}/sessions/{}/watch", self.center, self.id)
    }

    /// Bo asks on the page; what that says then.
    fn ask(&mut self) -> (u16, String) {
        let path = self.watch_path();
        self.pages.get(&path).unwrap();
        let answer = self.pages.post(&path, &[]).unwrap();
        (answer.status, answer.body)
    }

    /// Bo asks, takes the call in his console, and is in the session.
    fn come(&mut self) {
        let (status, body) = self.ask();
        assert!(status == 200 && body.contains("Your console rings"), "{status} {body}");
        let asked = self.bo.expect("hand-over", 30, |event| event["state"] == "asked").unwrap();
        assert_eq!((&asked["purpose"], &asked["customer"]), (&json!("observe"), &json!("K. Weber")));
        self.bo.tell(&json!({ "do": "answer-hand-over", "offer": asked["offer"], "on": true })).unwrap();
        self.bo.expect_state("active", 60).unwrap();
    }

    fn report(&self) -> Value {
        self.session.stage.ask(&["report", "show", "--session", &self.id]).unwrap()
    }

    /// Waits until the report tells of the participants what `is` wants; them.
    fn expect_participants(&self, is: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let told = || self.report()["participants"].as_array().cloned().unwrap_or_default();
        wait_for(20, "the report's participants", || Some(told()).filter(|told| is(told)))
            .unwrap_or_else(|problem| panic!("{problem}: {:#?}", told()))
    }

    /// Waits until the audit log has a line of this kind that begins so; by whom comes last.
    fn expect_audit(&self, kind: &str, detail: &str) {
        let listed = || self.session.stage.ask(&["audit", "list", "--account", "Acme", "--kind", kind]).ok();
        let is = |line: &Value| line["detail"].as_str().is_some_and(|of| of.starts_with(detail));
        let there = || listed()?.as_array()?.iter().any(is).then_some(());
        wait_for(20, &format!("{kind}: {detail}"), there).unwrap_or_else(|problem| panic!("{problem}: {:?}", listed()));
    }
}

/// Name and whether they look on, of everybody who is there.
fn there(event: &Value) -> Vec<(&str, bool)> {
    let reps = event["reps"].as_array().into_iter().flatten();
    reps.map(|rep| (rep["name"].as_str().unwrap_or_default(), rep["observing"] == true)).collect()
}

#[test]
#[cfg_attr(not(plugin = "session-handoff"), ignore = "needs the plugin session-handoff")]
fn h2_where_the_account_does_not_let_its_managers_watch_they_are_told_so_and_nobody_is_asked() {
    let mut office = Office::open();
    let live = office.pages.get(&format!("{}/sessions", office.center)).unwrap();
    assert!(live.body.contains("K. Weber") && !live.body.contains("/watch\""), "{}", live.body);
    let mark = office.session.rep.mark();
    let (status, body) = office.ask();
    assert!(status == 409 && body.contains("does not let its managers look on"), "{status} {body}");
    std::thread::sleep(Duration::from_secs(1));
    assert!(!office.bo.events().iter().any(|event| event["event"] == "hand-over"), "no console rings");
    let mut since = office.session.rep.events().into_iter().skip(mark);
    assert!(!since.any(|event| event.to_string().contains("Bo Lind")), "nor is the rep told of anybody");
}

#[test]
#[cfg_attr(
    not(all(plugin = "screen-sharing", plugin = "session-handoff")),
    ignore = "needs the plugins screen-sharing and session-handoff"
)]
fn h2_a_manager_looks_on_both_sides_see_it_and_it_ends_when_the_account_takes_it_back() {
    let mut office = Office::open();
    office.let_watch(true);
    let live = office.pages.get(&format!("{}/sessions", office.center)).unwrap();
    assert!(live.body.contains(&office.watch_path()), "{}", live.body);
    office.come();
    let both = |event: &Value| there(event) == [("Anna Berg", false), ("Bo Lind", true)];
    for program in [&office.session.customer, &office.session.rep, &office.bo] {
        program.expect("reps", 30, both).unwrap();
    }
    office.bo.act(SHARING, "show", json!({})).unwrap();
    office.bo.expect("surface", 30, |event| event["width"].as_u64().unwrap_or(0) > 0).unwrap();
    office.expect_audit("hand-over-asked", "observe: Bo Lind");
    office.expect_audit("hand-over-taken", "observe: Bo Lind");
    let told = office.expect_participants(|told| told.len() == 2);
    let brief = |of: &Value| (of["rep"].clone(), of["role"].clone(), of["until_s"].is_null());
    assert_eq!(brief(&told[0]), (json!("Anna Berg"), json!("led"), true));
    assert_eq!(brief(&told[1]), (json!("Bo Lind"), json!("looked-on"), true));

    let marks = [&office.session.customer, &office.session.rep].map(Program::mark);
    office.let_watch(false);
    office.bo.expect("ended", 30, |event| event["reason"] == "watching-ended").unwrap();
    let alone = |event: &Value| there(event) == [("Anna Berg", false)];
    for (program, mark) in [&office.session.customer, &office.session.rep].into_iter().zip(marks) {
        program.expect_after(mark, "reps", 30, alone).unwrap();
        assert_eq!(program.state().as_deref(), Some("active"), "the session goes on");
    }
    let told = office.expect_participants(|told| told.iter().any(|of| !of["until_s"].is_null()));
    assert_eq!((&told[0]["until_s"], &told[1]["rep"]), (&Value::Null, &json!("Bo Lind")));
    office.expect_audit("account-changed", "managers may not look on at sessions");
    office.expect_audit("session-ended", "WatchingEnded");
    let page = office.pages.get(&format!("{}/reports/{}", office.center, office.id)).unwrap();
    for words in ["Reps who took part", "Anna Berg · ", "Bo Lind · ", "looked on"] {
        assert!(page.body.contains(words), "{words} is not in {}", page.body);
    }
    let (status, body) = office.ask();
    assert!(status == 409 && body.contains("does not let its managers look on"), "{status} {body}");
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing", plugin = "session-handoff")),
    ignore = "needs the plugins annotations, screen-sharing and session-handoff"
)]
fn h2_whatever_a_manager_who_looks_on_clicks_types_and_draws_does_nothing_at_the_customers() {
    let mut office = Office::open();
    office.let_watch(true);
    office.come();
    office.bo.act(SHARING, "show", json!({})).unwrap();
    office.bo.expect("surface", 30, |event| event["width"].as_u64().unwrap_or(0) > 0).unwrap();
    let (desk, hands) = (Hands::on(&office.session.desk).unwrap(), Hands::on(&office.display).unwrap());
    let (x, y, width, height) = hands.window("screen").unwrap();
    let at = |part: i16| (x + width as i16 * part / 8, y + height as i16 * part / 8);
    desk.move_to(1000, 740).unwrap();
    let mut keys = KeyWatch::on(&office.session.desk).unwrap();

    office.bo.act(SHARING, "control", json!({ "on": true })).unwrap();
    for part in 3..6 {
        let (x, y) = at(part);
        hands.click(x, y).unwrap();
        hands.keys(&[KEY]).unwrap();
    }
    for (node, choice) in [("colour", "violet"), ("width", "thick"), ("tool", "pen")] {
        office.bo.act(ANNOTATIONS, node, json!({ "choice": choice })).unwrap();
    }
    std::thread::sleep(Duration::from_secs(1));
    hands.drag(at(3), at(5)).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let off = |node: &Value| node["id"] == "control" && node["on"] != true;
    office.bo.expect_node("viewer", 20, off).unwrap();
    assert_eq!(desk.pointer().unwrap(), (1000, 740), "nobody moved the customer's pointer");
    assert!(!keys.pressed().unwrap().contains(&KEY));
    assert_eq!(find_colour(&office.session.desk.picture().unwrap(), VIOLET), None, "nothing is drawn there");
    desk.keys(&[KEY]).unwrap();
    keys.expect(KEY).unwrap();
    assert_eq!(office.session.rep.state().as_deref(), Some("active"));
}
