//! L3 · The Management Center's pages in a real browser beside running programs: a report is read, a portal edited, a licence
//! changed; and no page breaks a rule of accessibility.

use crate::center::{OPERATOR, operator};
use crate::licences::{begin, is, without_chat};
use crate::notes::{begin_notes, expect_noted};
use crate::portal::{Scene, ask, german};
use crate::portal_access::is_accessible;
use crate::{ALL, Session};
use lotse_e2e::chromium::Setup;
use lotse_e2e::stage::{PASSWORD, USER};
use lotse_e2e::{Chromium, Display, Stage, wait_for};
use serde_json::{Value, json};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

const CHAT: &str = "lotse.chat";

/// Such as `https://127.0.0.1:8443`.
fn origin(stage: &Stage) -> &str {
    stage.url.split('#').next().unwrap()
}

/// A browser in which somebody is signed in to the Center.
fn signed_in(stage: &Stage, setup: Setup<'_>, user: &str) -> Chromium {
    let browser = Chromium::start(setup).unwrap();
    browser.open(&format!("{}/center", origin(stage))).unwrap();
    browser.type_into("#user", user).unwrap();
    browser.type_into("#password", PASSWORD).unwrap();
    browser.click("form .main-button").unwrap();
    browser.expect("nav.nav", 30).unwrap();
    browser
}

/// Makes the rep of the stage a manager.
fn promote(stage: &Stage) {
    stage.change(&["rep", "set", "--user", USER, "--role", "manager"]).unwrap();
}

/// Puts a text in the place of what a field has.
pub fn fill(browser: &Chromium, selector: &str, text: &str) {
    browser.run("document.querySelector(arguments[0]).value = ''", &json!([selector])).unwrap();
    browser.type_into(selector, text).unwrap();
}

#[test]
fn l3_a_manager_reads_the_report_of_a_real_session_with_its_notes_and_what_happened() {
    let mut session = Session::start(ALL, &[]);
    promote(&session.stage);
    let _hands = begin_notes(&session, "roller worn");
    expect_noted(&session, "roller worn");
    let browser = signed_in(&session.stage, Setup::default(), USER);
    browser.click("nav a[href$='/sessions']").unwrap();
    browser.expect_text("[data-live]", "K. Weber", 20).unwrap();
    session.rep.tell(&json!({ "do": "end" })).unwrap();
    session.rep.expect("ended", 20, |_| true).unwrap();
    browser.expect_text("[data-live]", "No session is running", 30).unwrap();

    browser.click("nav a[href$='/reports']").unwrap();
    browser.expect_text("main", "K. Weber", 20).unwrap();
    browser.click("td a").unwrap();
    browser.expect_text("#notes", "roller worn", 20).unwrap();
    let told = browser.text("main").unwrap();
    for words in ["Session with K. Weber", "Anna Berg", "ended by the rep", "Screen Sharing", "customer joined"] {
        assert!(told.contains(words), "{words} is not in\n{told}");
    }
    let look = || {
        browser.reload().ok()?;
        browser.text("main").ok().filter(|told| told.contains("session ended"))
    };
    wait_for(20, "the timeline's last line", look).unwrap();
    let page = browser.url().unwrap();
    browser.open(&format!("{page}?lang=de")).unwrap();
    browser.expect_text("main", "vom Mitarbeiter beendet", 20).unwrap();
    assert!(browser.text("#notes").unwrap().contains("roller worn"), "notes are in no language of ours");
}

#[test]
fn l3_a_manager_edits_a_portal_and_sees_who_is_ready_and_what_waits_without_loading_anew() {
    let office = Display::start(1280, 900).unwrap();
    let scene = Scene::new();
    promote(&scene.stage);
    let browser = signed_in(&scene.stage, Setup::default(), USER);
    browser.click("nav a[href$='/portals']").unwrap();
    browser.click("td a").unwrap();
    assert_eq!(browser.text("#address").unwrap(), scene.page());
    browser.expect_text("[data-live]", "Nobody takes questions", 20).unwrap();
    let rep = scene.rep(&office);
    browser.expect_text("[data-live]", "Anna Berg", 60).unwrap();

    fill(&browser, "#name", "Help for printers");
    fill(&browser, "#greeting", "We know every model.");
    browser.click("form.card .main-button").unwrap();
    browser.expect_text("[role=status].good", "Saved", 20).unwrap();
    let customer = scene.browser(Setup::default());
    let look = || {
        customer.reload().ok()?;
        customer.text("body").ok().filter(|text| text.contains("We know every model."))
    };
    wait_for(20, "the customer's page to say it", look).unwrap();

    browser.open(&format!("{}/center", scene.origin())).unwrap();
    browser.expect_text("[data-live]", "No question waits", 20).unwrap();
    ask(&customer);
    rep.expect("question-offered", 30, |_| true).unwrap();
    let told = browser.expect_text("[data-live]", "offered to Anna Berg", 30).unwrap();
    assert!(told.contains("The printer stays silent") && told.contains("Help for printers"), "{told}");
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn l3_a_feature_that_the_operator_switches_on_in_the_page_appears_in_the_running_console() {
    let (desk, office, stage) = without_chat();
    operator(&stage);
    let session = begin(desk, office, stage, "");
    session.rep.expect("plugin", 20, |event| is(event, CHAT, "not-licensed")).unwrap();
    let browser = signed_in(&session.stage, Setup::default(), OPERATOR);
    browser.click("td a").unwrap();
    browser.click("nav a[href$='/licences']").unwrap();
    browser.expect_text("main", "not licensed", 20).unwrap();
    browser.click("a[href$='/licences/chat']").unwrap();
    browser.click("#on").unwrap();
    browser.click("form.card .main-button").unwrap();
    browser.expect_text("[role=status].good", "within two seconds", 20).unwrap();
    for program in [&session.rep, &session.customer] {
        program.expect("plugin", 20, |event| is(event, CHAT, "running")).unwrap();
    }
    browser.open(&format!("{}/center/audit?kind=licence-changed", origin(&session.stage))).unwrap();
    let by = format!("chat: on, by {OPERATOR}");
    let look = || {
        browser.reload().ok()?;
        browser.text("main").ok().filter(|text| text.contains(&by))
    };
    wait_for(20, "the audit line", look).unwrap();
}

/// What a path is a page of: of several people, plugins or features one page is looked at.
fn kind(path: &str) -> String {
    let mut before = "";
    let mut kind = vec![];
    for part in path.split('/') {
        let one_of_many = part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty();
        let named = ["licences", "plugins", "reports"].contains(&before);
        kind.push(if one_of_many || named { "*" } else { part });
        before = part;
    }
    kind.join("/")
}

/// Every page that links lead to, by kind, from this one on.
fn pages(browser: &Chromium, origin: &str) -> BTreeMap<String, String> {
    let links =
        "return [...document.querySelectorAll('nav a, main a')].filter((link) => !link.hasAttribute('download'))
        .map((link) => new URL(link.href)).filter((url) => url.origin === location.origin).map((url) => url.pathname);";
    let (mut found, mut left) = (BTreeMap::new(), vec!["/center".to_owned()]);
    while let Some(path) = left.pop() {
        browser.open(&format!("{origin}{path}")).unwrap();
        let Value::Array(all) = browser.run(links, &json!([])).unwrap() else { panic!("no list of links") };
        for path in all.iter().filter_map(Value::as_str).filter(|path| path.starts_with("/center/")) {
            if let Entry::Vacant(new) = found.entry(kind(path)) {
                new.insert(path.to_owned());
                left.push(path.to_owned());
            }
        }
    }
    found
}

/// A relay with one of everything, and who runs it.
fn furnished() -> Stage {
    let mut session = Session::start(ALL, &[]);
    session.rep.tell(&json!({ "do": "end" })).unwrap();
    session.rep.expect("ended", 20, |_| true).unwrap();
    let Session { rep, customer, stage, .. } = session;
    // With nobody there the portal takes messages.
    drop((rep, customer));
    promote(&stage);
    operator(&stage);
    stage.operate(&["team", "add", "--account", "Acme", "--name", "Printers", "--rep", USER]).unwrap();
    stage.operate(&["portal", "add", "--account", "Acme", "--slug", "acme", "--name", "Acme Support"]).unwrap();
    let customer = Chromium::start(Setup::default()).unwrap();
    let page = format!("{}/p/acme", origin(&stage));
    let shown = || {
        customer.open(&page).ok()?;
        customer.shows("#message-form").then_some(())
    };
    wait_for(30, "the portal", shown).unwrap();
    customer.type_into("#message-name", "K. Weber").unwrap();
    customer.type_into("#message-reply", "k.weber@example.com").unwrap();
    customer.type_into("#message-text", "Please call me").unwrap();
    customer.click("#message-form .main-button").unwrap();
    customer.expect_text("body", "Your message has arrived", 20).unwrap();
    stage
}

#[test]
fn l3_no_page_of_the_center_breaks_a_rule_of_accessibility() {
    let stage = furnished();
    let origin = origin(&stage);
    let mut seen = BTreeSet::new();
    for (setup, language) in [(Setup::default(), "English"), (german(), "German")] {
        let stranger = Chromium::start(setup).unwrap();
        for path in ["/center/sign-in", "/center/password", "/center/set-up", "/center/nothing"] {
            stranger.open(&format!("{origin}{path}")).unwrap();
            is_accessible(&stranger, &format!("{path}, {language}"));
        }
        let otto = signed_in(&stage, setup, OPERATOR);
        for (kind, path) in pages(&otto, origin) {
            otto.open(&format!("{origin}{path}")).unwrap();
            otto.expect("main h1", 20).unwrap();
            is_accessible(&otto, &format!("{path}, {language}"));
            seen.insert(kind);
        }
        // What a manager sees otherwise.
        let anna = signed_in(&stage, setup, USER);
        for path in ["nav a[href$='/licences']", "nav a[href$='/settings']", "nav a[href='/center/me']"] {
            anna.click(path).unwrap();
            is_accessible(&anna, &format!("{path}, of a manager, {language}"));
        }
    }
    for behind in [
        "",
        "/sessions",
        "/reports",
        "/reports/*",
        "/messages",
        "/people",
        "/people/new",
        "/people/*",
        "/teams",
        "/teams/new",
        "/teams/*",
        "/teams/*/remove",
        "/portals",
        "/portals/new",
        "/portals/*",
        "/portals/*/remove",
        "/licences",
        "/licences/*",
        "/plugins",
        "/plugins/*",
        "/audit",
        "/settings",
    ] {
        let kind = format!("/center/accounts/*{behind}");
        assert!(seen.contains(&kind), "no link leads to {kind}; there are {seen:#?}");
    }
    for kind in ["/center/accounts/new", "/center/plugins", "/center/audit", "/center/relay", "/center/me"] {
        assert!(seen.contains(kind), "no link leads to {kind}; there are {seen:#?}");
    }
}
