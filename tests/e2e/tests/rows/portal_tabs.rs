//! C1 · C3 · What a customer's browser does to the page: several tabs, another language in the middle, a store that keeps nothing.

use crate::portal::{QUESTION, Scene, answer, ask};
use lotse_e2e::Display;
use lotse_e2e::chromium::Setup;
use serde_json::json;
use std::time::Duration;

/// Scar: in a browser that cannot store keys, asking hung for ever.
#[test]
fn c1_a_browser_that_keeps_no_key_asks_all_the_same() {
    let office = Display::start(1280, 900).unwrap();
    let scene = Scene::new();
    let mut rep = scene.rep(&office);
    for source in [
        "IDBObjectStore.prototype.put = () => { throw new DOMException('no', 'DataCloneError'); };",
        // Opening it is neither done nor refused.
        "IDBFactory.prototype.open = () => ({});",
        "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };",
    ] {
        let browser = scene.browser(Setup::default());
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).unwrap();
        browser.reload().unwrap();
        browser.expect_text("#status-words", "One person", 60).unwrap();
        let mark = rep.mark();
        ask(&browser);
        browser.expect_text("#wait-words", "You are next.", 20).unwrap();
        answer(&mut rep, mark);
        browser.expect("#code", 30).unwrap();
        browser.click("#start-left button").unwrap();
        browser.expect("#ask-form", 20).unwrap();
        assert_eq!(browser.property("#ask-text", "value").unwrap(), QUESTION, "{source}");
    }
}

/// Scar: a second tab took the first one's place in the queue and its key, and each started the program.
#[test]
fn c1_two_tabs_are_one_customer_and_c3_the_program_starts_once() {
    let office = Display::start(1280, 900).unwrap();
    let scene = Scene::new();
    let mut rep = scene.rep(&office);
    let browser = scene.browser(Setup::default());
    browser.expect_text("#status-words", "One person", 60).unwrap();
    let first = browser.new_tab().unwrap();
    browser.open(&scene.page()).unwrap();
    browser.expect("#ask-form", 20).unwrap();
    let second = browser.new_tab().unwrap();
    let mark = rep.mark();
    for tab in [&first, &second] {
        browser.switch_to(tab).unwrap();
        ask(&browser);
        browser.expect_text("#wait-words", "You are next.", 20).unwrap();
    }
    let list = rep.expect_after(mark, "questions", 30, |event| event["waiting"] != json!([])).unwrap();
    assert_eq!(list["waiting"].as_array().map(Vec::len), Some(1), "{list}");
    answer(&mut rep, mark);
    let mut codes = vec![];
    for tab in [&second, &first] {
        browser.switch_to(tab).unwrap();
        browser.expect("#start-words", 30).unwrap();
        browser.run("document.getElementById('manual').open = true", &json!([])).unwrap();
        browser.expect("#code", 10).unwrap();
        codes.push(browser.text("#code").unwrap());
    }
    assert_eq!(codes[0], codes[1], "both read the same");
    scene.opened(1);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(scene.starts(), 1, "it is started once");
    browser.reload().unwrap();
    browser.expect("#start-words", 30).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(scene.starts(), 1, "nor with a reload");
}

/// Scar: whoever changed the language wrote everything once more.
#[test]
fn c1_what_is_typed_goes_along_into_the_other_language() {
    let scene = Scene::new();
    let browser = scene.browser(Setup::default());
    let typed =
        [("#message-name", "K. Weber"), ("#message-reply", "0123 456"), ("#message-text", QUESTION), ("#typed", "482")];
    for (field, text) in typed {
        browser.type_into(field, text).unwrap();
    }
    browser.click("a[hreflang=de]").unwrap();
    browser.expect_text("#message-form button.main-button", "Nachricht senden", 20).unwrap();
    for (field, text) in typed {
        assert_eq!(browser.property(field, "value").unwrap(), text, "{field}");
    }
    browser.open(&scene.page()).unwrap();
    assert_eq!(browser.property("#message-text", "value").unwrap(), "", "and is kept for nobody else");
}
