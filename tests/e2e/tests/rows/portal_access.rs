//! C1 · Everybody can use the customer's pages: axe-core's rules in each state, language and look, and the keyboard alone.

use crate::portal::{Scene, ask, german};
use lotse_e2e::chromium::Setup;
use lotse_e2e::{Chromium, Display};
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
