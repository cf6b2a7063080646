//! L3 · The Management Center beside running programs: from the code on the relay's console to a rep at work, and back.

use crate::pages::Pages;
use lotse_e2e::stage::PASSWORD;
use lotse_e2e::{Display, Stage, wait_for};
use serde_json::json;

pub const OPERATOR: &str = "otto@relay.example";
const MANAGER: &str = "mia.sand@bolt.example";
const REP: &str = "rolf.berg@bolt.example";
const CHOSEN: &str = "seven-Boats-by-27-lamps";

/// An operator's browser, by the code that the relay has for its first operator.
pub fn operator(stage: &Stage) -> Pages {
    let shown = stage.relay().unwrap().expect("set-up", 20, |_| true).unwrap();
    let code = std::fs::read_to_string(shown["file"].as_str().unwrap()).unwrap();
    let code = code.trim();
    assert!(shown["page"].as_str().unwrap().ends_with("/center/set-up"), "{shown}");
    let mut pages = Pages::new(&stage.url, "en").unwrap();
    pages.get("/center/set-up").unwrap();
    let wrong = [("code", "0000-0000-0000-0000"), ("user", OPERATOR), ("name", "Otto")];
    assert_eq!(pages.post("/center/set-up", &wrong).unwrap().status, 422);
    let right = [("code", code), ("user", OPERATOR), ("name", "Otto"), ("password", PASSWORD), ("again", PASSWORD)];
    assert!(pages.post("/center/set-up", &right).unwrap().body.contains("name=\"password\""));
    let accounts = pages.post("/center/sign-in", &[("user", OPERATOR), ("password", PASSWORD)]).unwrap();
    assert!(accounts.body.contains("Acme"), "{}", accounts.body);
    pages
}

#[test]
fn l3_an_operator_adds_an_account_whose_manager_adds_a_rep_and_resets_the_password() {
    let display = Display::start(1280, 900).unwrap();
    let stage = Stage::start().unwrap();
    let mut otto = operator(&stage);
    otto.get("/center/accounts/new").unwrap();
    let account = [("name", "Bolt"), ("seats", "1"), ("language", "de"), ("time-zone", "Europe/Berlin")];
    let new = otto.post("/center/accounts", &account).unwrap();
    let people = new.between("<form class=\"card\" method=\"post\" action=\"", "\"");
    let given = otto
        .post(&people, &[("name", "Mia Sand"), ("user", MANAGER), ("role", "manager"), ("own-password", PASSWORD)])
        .unwrap();
    let given = given.between("id=\"password\">", "<");

    let mut mia = Pages::new(&stage.url, "de").unwrap();
    mia.get("/center").unwrap();
    let choose = mia.post("/center/sign-in", &[("user", MANAGER), ("password", given.as_str())]).unwrap();
    assert!(choose.body.contains("Ihr neues Passwort"), "{}", choose.body);
    let chosen = [("user", MANAGER), ("password", given.as_str()), ("new", PASSWORD), ("again", PASSWORD)];
    let overview = mia.post("/center/password", &chosen).unwrap();
    assert!(overview.body.contains("0 von 1") && !overview.body.contains("Acme"), "{}", overview.body);
    let overview_path = people.replace("/people", "");
    mia.get(&format!("{people}/new")).unwrap();
    let given = mia.post(&people, &[("name", "Rolf Berg"), ("user", REP), ("role", "rep")]).unwrap();
    let given = given.between("id=\"password\">", "<");

    let mut rolf = stage.colleague(&display, REP, &given).unwrap();
    rolf.expect("sign-in-failed", 60, |event| event["problem"] == "must-change-password").unwrap();
    rolf.tell(&json!({ "do": "choose-password", "password": CHOSEN })).unwrap();
    rolf.expect("signed-in", 20, |_| true).unwrap();
    let overview = mia.get(&overview_path).unwrap();
    assert!(overview.body.contains("1 von 1") && overview.body.contains("Rolf Berg"), "{}", overview.body);

    let list = mia.get(&people).unwrap();
    let page = list.body.split("<a href=\"").filter_map(|rest| rest.split_once("\">"));
    let page = page.filter(|(_, rest)| rest.starts_with("Rolf Berg")).map(|(href, _)| href.to_owned()).last().unwrap();
    mia.get(&page).unwrap();
    let reset = mia.post(&format!("{page}/password"), &[("own-password", PASSWORD)]).unwrap();
    assert_eq!(reset.status, 200, "{}", reset.body);
    rolf.expect("sign-in-ended", 20, |event| event["why"] == "password-reset").unwrap();
    let (audit, by) = (format!("{overview_path}/audit?kind=password-reset"), format!("by {MANAGER}"));
    wait_for(10, "the audit line", || mia.get(&audit).ok().filter(|page| page.body.contains(&by))).unwrap();
}

#[test]
fn l3_suspending_on_the_page_ends_the_sign_in_and_the_second_of_two_managers_is_told() {
    let display = Display::start(1280, 900).unwrap();
    let stage = Stage::start().unwrap();
    let mut otto = operator(&stage);
    stage.add_rep(REP, "Rolf Berg").unwrap();
    let rolf = stage.colleague(&display, REP, PASSWORD).unwrap();
    rolf.expect("signed-in", 60, |_| true).unwrap();
    let accounts = otto.get("/center/accounts").unwrap();
    let acme = accounts.between("data-label=\"Name\"><a href=\"", "\"");
    let list = otto.get(&format!("{acme}/people")).unwrap();
    let page = list.body.split("<a href=\"").filter_map(|rest| rest.split_once("\">"));
    let page = page.filter(|(_, rest)| rest.starts_with("Rolf Berg")).map(|(href, _)| href.to_owned()).last().unwrap();
    let form = otto.get(&page).unwrap();
    let revision = form.between("name=\"revision\" value=\"", "\"");
    let suspended = [("revision", revision.as_str()), ("name", "Rolf Berg"), ("role", "rep"), ("status", "suspended")];
    assert!(otto.post(&page, &suspended).unwrap().body.contains("role=\"status\">Saved"));
    rolf.expect("sign-in-failed", 20, |event| event["problem"] == "account-not-active").unwrap();
    let late = [("revision", revision.as_str()), ("name", "Rolf B."), ("role", "rep"), ("status", "active")];
    let told = otto.post(&page, &late).unwrap();
    assert!(told.status == 409 && told.body.contains("Somebody else changed this"), "{}", told.body);
    assert!(told.body.contains("value=\"Rolf B.\""), "what was typed is kept");
}
