//! C1 · C3 · C4 · C7 · The customer's page in a real browser, with the real relay, console and customer's program.

use crate::ALL;
use lotse_e2e::browser::Browser;
use lotse_e2e::chromium::Setup;
use lotse_e2e::stage::programs;
use lotse_e2e::{Chromium, CustomerOptions, Display, Program, RepOptions, Result, Stage, wait_for};
use serde_json::{Value, json};
use std::process::Command;

const PROGRAM: &str = "lotse-customer-linux-x86_64";
/// Stands in for the program where only its download matters.
const CONTENT: &[u8] = b"what the operator put there for customers";
const WINDOWS: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
pub const QUESTION: &str = "The printer stays silent";

/// A relay with the portal `acme`, and what stands in for the desktop that opens links.
pub struct Scene {
    pub stage: Stage,
    desktop: Browser,
    _programs: tempfile::TempDir,
}

impl Scene {
    pub fn new() -> Self {
        let scene = Self::on(Stage::start_with);
        let portal = ["portal", "add", "--account", "Acme", "--slug", "acme", "--name", "Acme Support"];
        scene.stage.operate(&portal).unwrap();
        scene
    }

    /// The same on a relay's first day: without an account, an operator and the portal.
    pub fn bare() -> Self {
        Self::on(Stage::bare)
    }

    fn on(start: fn(&[&str]) -> Result<Stage>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(PROGRAM), CONTENT).unwrap();
        let mut stage = start(&["--developer", "--programs", folder.path().to_str().unwrap()]).unwrap();
        let desktop = Browser::beside(&mut stage).unwrap();
        Self { stage, desktop, _programs: folder }
    }

    /// Such as `https://127.0.0.1:8443`.
    pub fn origin(&self) -> &str {
        self.stage.url.split('#').next().unwrap()
    }

    pub fn page(&self) -> String {
        format!("{}/p/acme", self.origin())
    }

    /// A browser on the portal's page.
    pub fn browser(&self, setup: Setup<'_>) -> Chromium {
        let browser =
            Chromium::start(Setup { opens: self.origin(), environment: &self.stage.environment, ..setup }).unwrap();
        browser.open(&self.page()).unwrap();
        browser
    }

    /// A console that takes questions.
    pub fn rep(&self, office: &Display) -> Program {
        self.stage.rep(office, &RepOptions::default()).unwrap()
    }

    /// The link that the desktop was given, as the so many-th.
    pub fn opened(&self, count: usize) -> String {
        let opened = || self.desktop.opened().get(count - 1).cloned();
        wait_for(20, "the page to start the program", opened).unwrap()
    }

    /// How often it was given one by now.
    pub fn starts(&self) -> usize {
        self.desktop.opened().len()
    }

    /// The customer's program as the desktop starts it, by the link alone; everything is allowed ahead.
    pub fn started(&self, desk: &Display, link: &str) -> Program {
        // A program that was handed out for this relay.
        let arguments = vec!["--relay", self.stage.url.as_str()];
        let options = CustomerOptions { allow: ALL, arguments, ..CustomerOptions::default() };
        self.stage.customer_by_link(desk, link, &options).unwrap()
    }
}

pub fn german() -> Setup<'static> {
    Setup { language: "de", ..Setup::default() }
}

/// Fills in the form and sends it.
pub fn ask(browser: &Chromium) {
    browser.expect("#ask-form", 60).unwrap();
    browser.run("document.getElementById('ask-name').value = ''", &json!([])).unwrap();
    browser.run("document.getElementById('ask-text').value = ''", &json!([])).unwrap();
    browser.type_into("#ask-name", "K. Weber").unwrap();
    browser.type_into("#ask-text", QUESTION).unwrap();
    browser.click("#ask-form button").unwrap();
}

/// Takes the question that is offered after `mark`.
pub fn answer(rep: &mut Program, mark: usize) -> Value {
    let offered = rep.expect_after(mark, "question-offered", 60, |event| event["text"] == QUESTION).unwrap();
    rep.tell(&json!({ "do": "answer-question", "question": offered["question"] })).unwrap();
    offered
}

#[test]
fn c1_the_page_says_who_is_there_and_a_question_keeps_its_place_until_it_is_taken_back() {
    let office = Display::start(1280, 900).unwrap();
    let scene = Scene::new();
    let browser = scene.browser(Setup::default());
    browser.expect_text("#status-words", "No rep is available", 20).unwrap();
    assert!(browser.shows("#message-form") && !browser.shows("#ask-form"));
    browser.type_into("#message-text", QUESTION).unwrap();

    let rep = scene.rep(&office);
    browser.expect_text("#status-words", "One person is here to help", 60).unwrap();
    // Scar: the form changed under the hands of who was typing.
    browser.expect_text("#here-now", "Somebody is here now.", 10).unwrap();
    assert!(browser.shows("#message-text") && !browser.shows("#ask-form"));
    browser.click("#here-now button").unwrap();
    browser.expect("#ask-form", 10).unwrap();
    assert_eq!(browser.property("#ask-text", "value").unwrap(), QUESTION, "what was typed is kept");
    browser.type_into("#ask-name", "K. Weber").unwrap();
    browser.click("#ask-form button").unwrap();
    browser.expect_text("#wait-words", "You are next.", 20).unwrap();
    assert!(!browser.shows("#ask-form"));
    assert!(!browser.shows("#status"), "who is there helps nobody who waits");
    let offered = rep.expect("question-offered", 30, |_| true).unwrap();
    assert_eq!((&offered["name"], &offered["text"]), (&json!("K. Weber"), &json!(QUESTION)));

    browser.reload().unwrap();
    browser.expect_text("#wait-words", "You are next.", 20).unwrap();
    browser.open(scene.origin()).unwrap();
    browser.expect_text("h1", "This is a Lotse relay", 10).unwrap();
    browser.back().unwrap();
    browser.expect_text("#wait-words", "You are next.", 20).unwrap();
    assert!(!browser.url().unwrap().contains('?'), "no token is in an address");

    let mark = rep.mark();
    browser.click("[data-part=wait] [data-do=cancel]").unwrap();
    rep.expect_after(mark, "questions", 30, |event| event["waiting"] == json!([])).unwrap();
    browser.expect("#ask-form", 10).unwrap();
    assert_eq!(browser.property("#ask-text", "value").unwrap(), QUESTION, "nobody writes the same twice");
}

#[test]
fn c1_with_nobody_there_a_message_is_left_in_german() {
    let scene = Scene::new();
    let browser = scene.browser(german());
    browser.expect_text("#status-words", "Zurzeit ist niemand verfügbar", 20).unwrap();
    browser.type_into("#message-name", "K. Weber").unwrap();
    browser.type_into("#message-reply", "0123 456").unwrap();
    browser.type_into("#message-text", "Bitte rufen Sie an").unwrap();
    browser.click("#message-form .main-button").unwrap();
    browser.expect_text("[data-part=sent]", "Ihre Nachricht ist angekommen. Acme meldet sich bei Ihnen.", 20).unwrap();
    let list = Command::new(programs().unwrap().join("lotse-relay"))
        .args(["message", "list", "--json", "--data"])
        .arg(scene.stage.folder().join("relay"))
        .output()
        .unwrap();
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.contains("Bitte rufen Sie an") && list.contains("0123 456"), "{list}");
}

#[test]
fn c1_a_lost_connection_is_told_and_comes_back_by_itself() {
    let mut scene = Scene::new();
    let browser = scene.browser(Setup::default());
    browser.expect_text("#status-words", "No rep", 20).unwrap();
    browser.type_into("#message-text", QUESTION).unwrap();
    scene.stage.kill_relay();
    browser.expect_text("#lost", "The connection to the relay is lost", 30).unwrap();
    scene.stage.start_relay(&["--developer"]).unwrap();
    wait_for(60, "the page to be connected again", || (!browser.shows("#lost")).then_some(())).unwrap();
    assert_eq!(browser.property("#message-text", "value").unwrap(), QUESTION);
}

#[test]
fn c3_the_page_starts_the_program_with_what_was_asked_and_c7_a_second_session_follows_at_once() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let scene = Scene::new();
    let mut rep = scene.rep(&office);
    let browser = scene.browser(german());
    browser.expect_text("#status-words", "Eine Person ist für Sie da", 60).unwrap();
    let mark = rep.mark();
    ask(&browser);
    answer(&mut rep, mark);
    browser.expect_text("#start-words", "Anna Berg ist für Sie bereit.", 30).unwrap();
    let link = scene.opened(1);
    assert_eq!(browser.property("#start", "href").unwrap(), link, "the button does the same once more");
    let host = scene.origin().trim_start_matches("https://");
    assert!(link.starts_with(&format!("lotse://{host}/join?code=")), "{link}");
    assert!(link.contains("&name=K.%20Weber&sha256="), "{link}");

    let mut customer = scene.started(&desk, &link);
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
    rep.expect("peer", 20, |event| event["name"] == "K. Weber").unwrap();
    customer.expect("asked", 20, |event| event["text"] == QUESTION && event["portal"] == "Acme Support").unwrap();
    browser.expect_text("[data-part=running]", "Anna Berg ist im Fenster von Lotse bei Ihnen.", 30).unwrap();
    assert_eq!(scene.desktop.opened().len(), 1, "it was started once");

    let mark = rep.mark();
    customer.tell(&json!({ "do": "end" })).unwrap();
    browser.expect_text("[data-part=ended]", "Die Sitzung ist beendet", 30).unwrap();
    browser.click("[data-part=ended] button").unwrap();
    browser.expect("#ask-form", 60).unwrap();
    assert!(!browser.text("#status-words").unwrap().contains("niemand"), "nothing stale stands in the way");
    ask(&browser);
    answer(&mut rep, mark);
    let link = scene.opened(2);
    customer.kill();
    let again = scene.started(&desk, &link);
    again.expect_state("active", 60).unwrap();
    browser.expect_text("[data-part=running]", "Sie sind verbunden", 30).unwrap();
}

#[test]
fn c3_where_nothing_starts_the_page_offers_the_download_and_the_code_to_type() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let scene = Scene::new();
    let mut rep = scene.rep(&office);
    let browser = scene.browser(Setup::default());
    browser.expect_text("#status-words", "One person", 60).unwrap();
    let mark = rep.mark();
    ask(&browser);
    answer(&mut rep, mark);
    browser.expect("#code", 30).unwrap();
    let code = browser.text("#code").unwrap();
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(code.split(' ').map(str::len).collect::<Vec<_>>(), [3, 3, 4], "{code}");
    assert!(scene.opened(1).contains(&digits), "it is the code of the link");

    let told = browser.text("#manual").unwrap();
    assert!(told.contains(PROGRAM) && told.contains("1 KB") && told.contains("chmod +x"), "{told}");
    let address = browser.property("#manual a", "href").unwrap();
    assert_eq!(address, format!("{}/get/{PROGRAM}", scene.origin()));
    let fetch = "const done = arguments[1];
        fetch(arguments[0])
            .then((answer) => answer.arrayBuffer())
            .then((bytes) => crypto.subtle.digest('SHA-256', bytes))
            .then((hash) => done([...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')));";
    let sha256 = browser.run_and_wait(fetch, &json!([address])).unwrap();
    assert!(told.contains(sha256.as_str().unwrap()), "{sha256} is not in {told}");

    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = scene.stage.customer(&desk, &digits, &options).unwrap();
    customer.expect_state("active", 60).unwrap();
    browser.expect_text("[data-part=running]", "Anna Berg is with you in the Lotse window.", 30).unwrap();
}

#[test]
fn c3_a_code_that_was_read_aloud_starts_the_program_and_stays_in_the_browser() {
    let scene = Scene::new();
    let browser = scene.browser(Setup::default());
    browser.type_into("#typed", "482 913 52").unwrap();
    browser.click("#code-form button").unwrap();
    browser.expect_text("#typed-problem", "A code has ten digits.", 10).unwrap();
    browser.type_into("#typed", "07").unwrap();
    browser.click("#code-form button").unwrap();
    browser.expect("#start", 10).unwrap();
    assert!(scene.opened(1).contains("/join?code=4829135207&sha256="));
    assert_eq!(browser.url().unwrap(), scene.page(), "the relay is not told");
    browser.click("#start-back button").unwrap();
    browser.expect("#typed", 10).unwrap();
}

#[test]
fn c4_a_system_and_a_browser_that_cannot_do_it_are_told_by_name() {
    let office = Display::start(1280, 900).unwrap();
    let scene = Scene::new();
    for (setup, words) in [
        (
            Setup { agent: WINDOWS, ..Setup::default() },
            "There is no Lotse program for it at this relay yet. It works on Linux with X11, 64 bit.",
        ),
        (
            Setup { agent: WINDOWS, ..german() },
            "Dafür gibt es auf diesem Relay noch kein Programm von Lotse. Es läuft auf Linux mit X11, 64 Bit.",
        ),
    ] {
        let browser = scene.browser(setup);
        let notice = browser.expect_text(".notice:has([data-device])", words, 20).unwrap();
        assert!(notice.starts_with("Windows 1"), "{notice}");
    }
    let _rep = scene.rep(&office);
    let browser = scene.browser(Setup::default());
    browser.expect_text("#status-words", "One person", 60).unwrap();
    let without = json!({ "source": "Object.defineProperty(window, 'crypto', { value: {} });" });
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", without).unwrap();
    browser.reload().unwrap();
    let told = browser.expect_text("#browser", "It cannot make the key that keeps your code secret.", 20).unwrap();
    assert!(told.starts_with("Chrome "), "{told}");
    ask(&browser);
    browser.expect_text("#ask-problem", "Leave a message instead", 20).unwrap();
    assert_eq!(browser.property("#message-text", "value").unwrap(), QUESTION, "what was typed is kept");
}

#[test]
fn c4_without_scripts_the_page_says_so_and_takes_a_message() {
    let office = Display::start(1280, 900).unwrap();
    let scene = Scene::new();
    let _rep = scene.rep(&office);
    let watching = scene.browser(Setup::default());
    watching.expect_text("#status-words", "One person", 60).unwrap();
    let browser = scene.browser(Setup { scripts: false, ..Setup::default() });
    browser.expect_text("#portal", "Asking from this page needs JavaScript", 20).unwrap();
    assert!(browser.shows("#message-form") && !browser.shows("#ask-form") && !browser.shows("#code-form"));
    browser.type_into("#message-reply", "0123 456").unwrap();
    browser.type_into("#message-text", QUESTION).unwrap();
    browser.click("#message-form .main-button").unwrap();
    browser.expect_text("#portal", "Your message has arrived.", 20).unwrap();
}
