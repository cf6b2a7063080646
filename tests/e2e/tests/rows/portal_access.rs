//! C1 · Everybody can use the customer's pages: axe-core's rules in each state, language and look, and the keyboard alone.

use crate::portal::{Scene, answer, ask, german};
use lotse_e2e::chromium::Setup;
use lotse_e2e::{Chromium, Display, wait_for};
use serde_json::{Value, json};

const AXE: &str = include_str!("../../assets/axe.min.js");
/// WebDriver's Tab and Enter.
const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";

/// What breaks a rule, each with the elements that do. What axe cannot decide is not among it.
fn violations(browser: &Chromium) -> Value {
    if browser.run("return !window.axe", &json!([])).unwrap() == true {
        browser.run(AXE, &json!([])).unwrap();
    }
    let look = "const done = arguments[0];
        axe.run(document, { resultTypes: ['violations'] })
            .then((found) => done(found.violations.map((rule) => [rule.id, rule.nodes.map((node) => node.html)])));";
    browser.run_and_wait(look, &json!([])).unwrap()
}

/// On a telephone and on a desk, light and dark.
pub fn is_accessible(browser: &Chromium, what: &str) {
    for (width, height) in [(390, 844), (1280, 900)] {
        browser.resize(width, height).unwrap();
        for dark in [false, true] {
            browser.prefer_dark(dark).unwrap();
            assert_eq!(violations(browser), json!([]), "{what}, {width} wide, dark: {dark}");
        }
        let wide = browser.run("return document.documentElement.scrollWidth", &json!([])).unwrap();
        assert!(wide.as_u64().is_some_and(|wide| wide <= u64::from(width)), "{what} is {wide} wide on {width}");
    }
}

#[test]
fn c1_no_state_of_the_pages_breaks_a_rule_of_accessibility() {
    let office = Display::start(1280, 900).unwrap();
    let scene = Scene::new();
    let english = scene.browser(Setup::default());
    let in_german = scene.browser(german());
    for (browser, name) in [(&english, "English"), (&in_german, "German")] {
        browser.expect("#message-form", 20).unwrap();
        is_accessible(browser, &format!("nobody there, {name}"));
        browser.open(scene.origin()).unwrap();
        browser.type_into("#typed", "1").unwrap();
        browser.click("#code-form button").unwrap();
        browser.expect("#typed-problem", 10).unwrap();
        is_accessible(browser, &format!("a wrong code, {name}"));
        browser.type_into("#typed", "234567890").unwrap();
        browser.click("#code-form button").unwrap();
        browser.expect("#code", 20).unwrap();
        is_accessible(browser, &format!("the steps, {name}"));
        browser.open(&scene.page()).unwrap();
    }
    let _rep = scene.rep(&office);
    for (browser, name) in [(&english, "English"), (&in_german, "German")] {
        browser.expect("#ask-form", 60).unwrap();
        is_accessible(browser, &format!("asking, {name}"));
        ask(browser);
        browser.expect("#wait-words", 20).unwrap();
        is_accessible(browser, &format!("waiting, {name}"));
    }
}

/// Waits until the page hears how its question stands: from then on it hears of its end, too.
fn knows_its_place(browser: &Chromium) {
    let heard = "return document.getElementById('wait-words').textContent !==
        document.querySelector('[data-asked]').dataset.asked;";
    wait_for(20, "news of the question", || (browser.run(heard, &json!([])).ok()? == true).then_some(())).unwrap();
}

/// Each state of a question that somebody takes, and of one that nobody can.
#[test]
fn c1_no_state_of_a_question_s_way_breaks_a_rule_of_accessibility() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let scene = Scene::new();
    let mut rep = scene.rep(&office);
    let mut starts = 0;
    for (setup, name) in [(Setup::default(), "English"), (german(), "German")] {
        let browser = scene.browser(setup);
        let mut mark = rep.mark();
        ask(&browser);
        answer(&mut rep, mark);
        browser.expect("#start-words", 30).unwrap();
        starts += 1;
        let link = scene.opened(starts);
        is_accessible(&browser, &format!("a code, {name}"));
        browser.run("document.getElementById('manual').open = true", &json!([])).unwrap();
        is_accessible(&browser, &format!("a code, with the steps, {name}"));
        let mut customer = scene.started(&desk, &link);
        browser.expect("#running-words", 60).unwrap();
        is_accessible(&browser, &format!("running, {name}"));
        customer.expect_state("active", 60).unwrap();
        customer.tell(&json!({ "do": "end" })).unwrap();
        browser.expect("#ended-words", 30).unwrap();
        is_accessible(&browser, &format!("ended, {name}"));
        customer.kill();

        browser.click("[data-part=ended] button").unwrap();
        mark = rep.mark();
        ask(&browser);
        let offered = rep.expect_after(mark, "question-offered", 60, |_| true).unwrap();
        knows_its_place(&browser);
        rep.tell(&json!({ "do": "close-question", "question": offered["question"] })).unwrap();
        let closed = if name == "German" { "Ihre Frage wurde geschlossen" } else { "Your question was closed" };
        browser.expect_text("#ended-words", closed, 30).unwrap();
        is_accessible(&browser, &format!("closed, {name}"));

        browser.click("[data-part=ended] button").unwrap();
        mark = rep.mark();
        ask(&browser);
        browser.expect("#wait-words", 20).unwrap();
        // Somebody clears what the browser keeps.
        browser.run("indexedDB.deleteDatabase('lotse')", &json!([])).unwrap();
        browser.reload().unwrap();
        answer(&mut rep, mark);
        browser.expect("[data-part=broken]", 30).unwrap();
        is_accessible(&browser, &format!("broken, {name}"));
        browser.click("[data-part=broken] button").unwrap();
        browser.expect("#ask-form", 20).unwrap();
    }
}

#[test]
fn c1_no_state_of_a_message_and_no_problem_breaks_a_rule_of_accessibility() {
    let office = Display::start(1280, 900).unwrap();
    let scene = Scene::new();
    let browsers = [(scene.browser(Setup::default()), "English"), (scene.browser(german()), "German")];
    for (browser, name) in &browsers {
        browser.expect("#message-form", 20).unwrap();
        // What the browser itself would not send.
        browser.run("document.getElementById('message-form').noValidate = true", &json!([])).unwrap();
        browser.click("#message-form .main-button").unwrap();
        browser.expect("#message-reply-wrong", 20).unwrap();
        is_accessible(browser, &format!("a message that is refused, {name}"));
        browser.type_into("#message-reply", "0123 456").unwrap();
        browser.type_into("#message-text", "Call me").unwrap();
        browser.click("#message-form .main-button").unwrap();
        browser.expect("[data-part=sent]", 20).unwrap();
        is_accessible(browser, &format!("sent, {name}"));
        browser.open(&format!("{}/p/none", scene.origin())).unwrap();
        browser.expect("h1", 20).unwrap();
        is_accessible(browser, &format!("no such page, {name}"));
        browser.open(&scene.page()).unwrap();
        browser.type_into("#message-text", "Call me").unwrap();
    }
    let _rep = scene.rep(&office);
    for (browser, name) in &browsers {
        browser.expect("#here-now", 60).unwrap();
        is_accessible(browser, &format!("somebody comes while a message is written, {name}"));
    }
}

/// What has the keyboard: its id, or else its words.
fn focused(browser: &Chromium) -> String {
    let look = "const at = document.activeElement; return at.id || at.textContent.trim()";
    browser.run(look, &json!([])).unwrap().as_str().unwrap_or_default().to_owned()
}

#[test]
fn c1_the_keyboard_reaches_everything_in_order() {
    let office = Display::start(1280, 900).unwrap();
    let scene = Scene::new();
    let _rep = scene.rep(&office);
    let browser = scene.browser(Setup::default());
    browser.expect("#ask-form", 60).unwrap();
    let mut order = vec![];
    for _ in 0..7 {
        browser.press(TAB).unwrap();
        order.push(focused(&browser));
    }
    assert_eq!(
        order,
        ["Skip to content", "Deutsch", "ask-name", "ask-text", "Ask for help", "typed", "Go on"],
        "one after the other, as the page reads"
    );
    browser.type_into("#ask-text", "Help").unwrap();
    browser.press(TAB).unwrap();
    browser.press(ENTER).unwrap();
    browser.expect("#wait-words", 20).unwrap();
    assert_eq!(focused(&browser), "Your question is with us", "whoever reads by ear is led along");
    browser.press(TAB).unwrap();
    assert_eq!(focused(&browser), "Cancel");
}
