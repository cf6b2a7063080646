//! A whole day on one relay, from its first start to its first report: the three programs, and three people's browsers.

use crate::center::OPERATOR;
use crate::center_pages::fill;
use crate::licences::is;
use crate::notes::begin_notes_at;
use crate::portal::{QUESTION, Scene, answer, ask, german};
use lotse_e2e::chromium::Setup;
use lotse_e2e::hands::Hands;
use lotse_e2e::stage::{PASSWORD, USER};
use lotse_e2e::{Chromium, Display, Program, wait_for};
use serde_json::{Value, json};

const MIA: &str = "mia.sand@acme.example";
const BO: &str = "bo.lind@acme.example";
const CHOSEN: &str = "seven-Boats-by-27-lamps";
const CUSTOMER: &str = "K. Weber";
const PORTAL: &str = "Acme Support";
const TEAM: &str = "Printers";
const CLIPBOARD: &str = "lotse.clipboard";
const NOTES: &str = "roller worn";
/// What the account's audit log has of the day, in order, with more between: as files name it, and in German.
const DAY: [(&str, &str); 23] = [
    ("account-added", "Konto hinzugefügt"),
    ("rep-added", "Person hinzugefügt"),
    ("password-changed", "Passwort geändert"),
    ("pages-signed-in", "am Center angemeldet"),
    ("rep-added", "Person hinzugefügt"),
    ("rep-added", "Person hinzugefügt"),
    ("team-changed", "Team geändert"),
    ("portal-changed", "Portal geändert"),
    ("licence-changed", "Lizenz geändert"),
    ("signed-in", "angemeldet"),
    ("seat-taken", "Platz belegt"),
    ("question-asked", "Frage gestellt"),
    ("question-offered", "Frage angeboten"),
    ("question-taken", "Frage angenommen"),
    ("joined", "Kunde gekommen"),
    ("session-started", "Sitzung begonnen"),
    ("licence-changed", "Lizenz geändert"),
    ("signed-in", "angemeldet"),
    ("seat-waited", "auf einen Platz gewartet"),
    ("seat-taken-over", "Platz übernommen"),
    ("seat-gained", "Platz erhalten"),
    ("sign-in-ended", "Anmeldung von jemand anderem beendet"),
    ("session-ended", "Sitzung beendet"),
];

/// L3 · S2 · S3 · C1 · C3 · C7 · Q1 · L1 · T3: an operator sets up an account, its manager adds reps, a customer asks at
/// the portal, a rep answers, a feature is switched on in the middle, the seat is taken over, and the report is read.
#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "clipboard", plugin = "screen-sharing")),
    ignore = "needs the plugins chat, clipboard and screen-sharing"
)]
fn l3_a_whole_day_from_the_set_up_code_to_the_report() {
    let scene = Scene::bare();
    let desk = Display::start(1024, 768).unwrap();
    let offices = [Display::start(1280, 900).unwrap(), Display::start(1280, 900).unwrap()];

    let otto = whoever_has_the_set_up_code_becomes_the_operator(&scene);
    let given = the_operator_adds_an_account_with_one_seat_and_its_manager(&otto);
    let mia = the_manager_signs_in_and_chooses_a_password(&scene, &given);
    let given = [("Anna Berg", USER), ("Bo Lind", BO)].map(|(name, user)| the_manager_adds_a_rep(&mia, name, user));
    the_manager_makes_a_team_and_a_portal_that_leads_to_it(&scene, &mia);
    the_operator_switches_the_clipboard(&scene, &otto, false);

    let mut anna = a_rep_chooses_a_password_in_the_console(&scene, &offices[0], ("anna", USER), &given[0]);
    let page = a_customer_asks_at_the_portal_and_the_rep_answers(&scene, &mut anna);
    let customer = the_page_starts_the_program_and_the_session_begins(&scene, &desk, &page, &anna);
    nobody_has_the_clipboard(&[&anna, &customer]);
    the_rep_notes_what_was_found(&scene, &offices[0], &anna);
    the_operator_switches_the_clipboard(&scene, &otto, true);
    the_clipboard_appears_in_the_running_session(&[&anna, &customer]);

    let mut bo = a_rep_chooses_a_password_in_the_console(&scene, &offices[1], ("bo", BO), &given[1]);
    the_colleague_takes_the_seat_over_and_the_session_ends(&mut bo, &anna, &customer);
    the_manager_reads_the_report(&mia);
    the_audit_log_has_the_day_in_its_order_on_the_page_and_as_a_file(&mia);
    the_customer_asks_again_and_the_colleague_helps(&scene, &desk, &page, customer, &mut bo);
}

/// Types into the sign-in page and sends it.
fn sign_in(browser: &Chromium, user: &str, password: &str) {
    browser.expect("form[action='/center/sign-in']", 30).unwrap();
    browser.type_into("#user", user).unwrap();
    browser.type_into("#password", password).unwrap();
    browser.click("form .main-button").unwrap();
}

fn whoever_has_the_set_up_code_becomes_the_operator(scene: &Scene) -> Chromium {
    let shown = scene.stage.relay().unwrap().expect("set-up", 20, |_| true).unwrap();
    let code = std::fs::read_to_string(shown["file"].as_str().unwrap()).unwrap();
    let otto = Chromium::start(Setup::default()).unwrap();
    otto.open(&format!("{}/center", scene.origin())).unwrap();
    otto.click("a[href='/center/set-up']").unwrap();
    otto.expect("form[action='/center/set-up']", 20).unwrap();
    let typed =
        [("#code", code.trim()), ("#name", "Otto"), ("#user", OPERATOR), ("#password", PASSWORD), ("#again", PASSWORD)];
    for (field, text) in typed {
        otto.type_into(field, text).unwrap();
    }
    otto.click("form[action='/center/set-up'] .main-button").unwrap();
    sign_in(&otto, OPERATOR, PASSWORD);
    otto.expect_text("main", "There is no account yet.", 30).unwrap();
    otto
}

/// The manager's password for the first sign-in.
fn the_operator_adds_an_account_with_one_seat_and_its_manager(otto: &Chromium) -> String {
    otto.click("main a[href='/center/accounts/new']").unwrap();
    otto.expect("#seats", 20).unwrap();
    fill(otto, "#name", "Acme");
    fill(otto, "#seats", "1");
    fill(otto, "#time-zone", "Europe/Berlin");
    otto.click("#language option[value=de]").unwrap();
    otto.click("form.card .main-button").unwrap();
    otto.expect("#role", 20).unwrap();
    otto.click("#role option[value=manager]").unwrap();
    otto.type_into("#own-password", PASSWORD).unwrap();
    person(otto, "Mia Sand", MIA)
}

/// Fills in the form for somebody new; the password that the next page shows.
fn person(browser: &Chromium, name: &str, user: &str) -> String {
    fill(browser, "#name", name);
    fill(browser, "#user", user);
    browser.click("form.card .main-button").unwrap();
    browser.expect("#password", 20).unwrap();
    browser.text("#password").unwrap()
}

fn the_manager_signs_in_and_chooses_a_password(scene: &Scene, given: &str) -> Chromium {
    let mia = Chromium::start(german()).unwrap();
    mia.open(&format!("{}/center", scene.origin())).unwrap();
    sign_in(&mia, MIA, given);
    mia.expect_text("h1", "Ihr neues Passwort", 30).unwrap();
    for (field, text) in [("#password", given), ("#new", PASSWORD), ("#again", PASSWORD)] {
        mia.type_into(field, text).unwrap();
    }
    mia.click("form .main-button").unwrap();
    mia.expect_text("main", "0 von 1", 30).unwrap();
    mia
}

/// The rep's password for the first sign-in.
fn the_manager_adds_a_rep(mia: &Chromium, name: &str, user: &str) -> String {
    mia.click("nav a[href$='/people']").unwrap();
    mia.expect("main a[href$='/people/new']", 20).unwrap();
    mia.click("main a[href$='/people/new']").unwrap();
    mia.expect("#role", 20).unwrap();
    person(mia, name, user)
}

fn the_manager_makes_a_team_and_a_portal_that_leads_to_it(scene: &Scene, mia: &Chromium) {
    mia.click("nav a[href$='/teams']").unwrap();
    mia.expect("main a[href$='/teams/new']", 20).unwrap();
    mia.click("main a[href$='/teams/new']").unwrap();
    mia.expect("fieldset .boxes", 20).unwrap();
    fill(mia, "#name", TEAM);
    let choose = "[...document.querySelectorAll('fieldset label')]
        .find((label) => label.textContent.includes(arguments[0])).click();";
    for user in [USER, BO] {
        mia.run(choose, &json!([user])).unwrap();
    }
    mia.click("form.card .main-button").unwrap();
    mia.expect_text("[role=status].good", "Hinzugefügt", 20).unwrap();
    let listed = mia.text("main table").unwrap();
    assert!(listed.contains(TEAM), "{listed}");

    mia.click("nav a[href$='/portals']").unwrap();
    mia.expect("main a[href$='/portals/new']", 20).unwrap();
    mia.click("main a[href$='/portals/new']").unwrap();
    mia.expect("#slug", 20).unwrap();
    mia.type_into("#slug", "acme").unwrap();
    fill(mia, "#name", PORTAL);
    mia.click(&format!("#team option[value='{TEAM}']")).unwrap();
    mia.click("form.card .main-button").unwrap();
    mia.expect_text("#address", &scene.page(), 20).unwrap();
}

/// On the Center's page; waits until the running relay acts on it.
fn the_operator_switches_the_clipboard(scene: &Scene, otto: &Chromium, on: bool) {
    let relay = scene.stage.relay().unwrap();
    otto.click("nav a[href$='/licences']").unwrap();
    otto.expect("a[href$='/licences/clipboard']", 20).unwrap();
    otto.click("a[href$='/licences/clipboard']").unwrap();
    otto.expect("#on", 20).unwrap();
    assert_eq!(otto.property("#on", "checked").unwrap(), (!on).to_string());
    let mark = relay.mark();
    otto.click("#on").unwrap();
    otto.click("form.card .main-button").unwrap();
    otto.expect_text("[role=status].good", "within two seconds", 20).unwrap();
    relay.expect_after(mark, "licences", 30, |_| true).unwrap();
}

/// `who` is a name for the data folder, and the user.
fn a_rep_chooses_a_password_in_the_console(scene: &Scene, office: &Display, who: (&str, &str), given: &str) -> Program {
    let mut console = scene.stage.console(office, who.0, who.1, given).unwrap();
    console.expect("sign-in-failed", 60, |event| event["problem"] == "must-change-password").unwrap();
    console.tell(&json!({ "do": "choose-password", "password": CHOSEN })).unwrap();
    console.expect("signed-in", 30, |event| event["account"] == "Acme").unwrap();
    console
}

fn a_customer_asks_at_the_portal_and_the_rep_answers(scene: &Scene, anna: &mut Program) -> Chromium {
    let page = scene.browser(german());
    page.expect_text("#status-words", "Eine Person ist für Sie da", 60).unwrap();
    let mark = anna.mark();
    ask(&page);
    let offered = answer(anna, mark);
    assert_eq!((&offered["name"], &offered["portal"]), (&json!(CUSTOMER), &json!(PORTAL)));
    page.expect_text("#start-words", "Anna Berg ist für Sie bereit.", 30).unwrap();
    page
}

fn the_page_starts_the_program_and_the_session_begins(
    scene: &Scene,
    desk: &Display,
    page: &Chromium,
    anna: &Program,
) -> Program {
    let customer = scene.started(desk, &scene.opened(1));
    for program in [anna, &customer] {
        program.expect_state("active", 60).unwrap();
        program.expect("asked", 20, |event| event["text"] == QUESTION && event["portal"] == PORTAL).unwrap();
    }
    page.expect_text("[data-part=running]", "Anna Berg ist im Fenster von Lotse bei Ihnen.", 30).unwrap();
    customer
}

fn nobody_has_the_clipboard(programs: &[&Program]) {
    for program in programs {
        program.expect("plugin", 20, |event| is(event, CLIPBOARD, "not-licensed")).unwrap();
        let ran = program.events().iter().any(|event| event["event"] == "plugin" && is(event, CLIPBOARD, "running"));
        assert!(!ran, "{:#?}", program.events());
    }
}

fn the_clipboard_appears_in_the_running_session(programs: &[&Program]) {
    for program in programs {
        program.expect("plugin", 20, |event| is(event, CLIPBOARD, "running")).unwrap();
        assert_eq!(program.state().as_deref(), Some("active"));
    }
}

/// By real keys; waits until the relay keeps all of it.
fn the_rep_notes_what_was_found(scene: &Scene, office: &Display, anna: &Program) {
    Hands::on(office).unwrap().place(CUSTOMER, 30, 40, 560, 640).unwrap();
    office.settle(300).unwrap();
    begin_notes_at(office, anna, NOTES);
    let kept = || {
        let found = scene.stage.ask(&["report", "list", "--account", "Acme", "--text", NOTES]).ok()?;
        found.as_array().is_some_and(|all| all.len() == 1).then_some(())
    };
    wait_for(30, "the notes in the report", kept).unwrap();
}

fn the_colleague_takes_the_seat_over_and_the_session_ends(bo: &mut Program, anna: &Program, customer: &Program) {
    let waiting = bo.expect("seat", 60, |event| event["state"] == "waiting").unwrap();
    let holder = &waiting["holders"][0];
    assert_eq!((&holder["name"], &holder["in_session"]), (&json!("Anna Berg"), &json!(true)));
    bo.tell(&json!({ "do": "take-seat", "seat": holder["seat"] })).unwrap();
    bo.expect("seat", 30, |event| event["state"] == "held").unwrap();
    let ended = anna.expect("sign-in-ended", 20, |event| event["why"] == "taken-over").unwrap();
    assert_eq!(ended["by"], "Bo Lind");
    customer.expect("ended", 60, |event| event["reason"] == "rep-ended").unwrap();
}

fn the_manager_reads_the_report(mia: &Chromium) {
    mia.click("nav a[href$='/reports']").unwrap();
    mia.expect_text("main", CUSTOMER, 20).unwrap();
    mia.click("td a").unwrap();
    mia.expect_text("#notes", NOTES, 20).unwrap();
    let look = || {
        mia.reload().ok()?;
        mia.text("main").ok().filter(|told| told.contains("vom Mitarbeiter beendet"))
    };
    let told = wait_for(20, "how the session ended", look).unwrap();
    for words in ["Sitzung mit K. Weber", "Anna Berg", PORTAL, QUESTION] {
        assert!(told.contains(words), "{words} is not in\n{told}");
    }
}

/// Whether these stand there one after the other, whatever is between them.
fn in_order<'a>(mut there: impl Iterator<Item = &'a String>, wanted: impl IntoIterator<Item = &'static str>) -> bool {
    wanted.into_iter().all(|wanted| there.any(|kind| kind == wanted))
}

fn the_audit_log_has_the_day_in_its_order_on_the_page_and_as_a_file(mia: &Chromium) {
    let cells =
        "return [...document.querySelectorAll('td[data-label=\"Was\"]')].map((cell) => cell.textContent.trim());";
    mia.click("nav a[href$='/audit']").unwrap();
    let mut shown: Vec<String> = vec![];
    // Newest first.
    let look = || {
        mia.reload().ok()?;
        let told = mia.run(cells, &json!([])).ok()?;
        shown = told.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        in_order(shown.iter().rev(), DAY.map(|(_, words)| words)).then_some(())
    };
    let found = wait_for(20, "the day's lines", look);
    found.unwrap_or_else(|problem| panic!("{problem}; the page shows {shown:#?}"));

    let file = mia.property("main a[download]", "href").unwrap();
    let fetch = "const done = arguments[1]; fetch(arguments[0]).then((answer) => answer.text()).then(done);";
    let file = mia.run_and_wait(fetch, &json!([file])).unwrap();
    let mut lines = file.as_str().unwrap().lines();
    assert_eq!(lines.next(), Some("id,at (Europe/Berlin),kind,account,rep,user,session,detail"));
    let kinds: Vec<String> = lines.filter_map(|line| line.split(',').nth(2)).map(str::to_owned).collect();
    assert!(in_order(kinds.iter().rev(), DAY.map(|(kind, _)| kind)), "{kinds:#?}");
}

fn the_customer_asks_again_and_the_colleague_helps(
    scene: &Scene,
    desk: &Display,
    page: &Chromium,
    customer: Program,
    bo: &mut Program,
) {
    page.expect_text("[data-part=ended]", "Die Sitzung ist beendet", 30).unwrap();
    page.click("[data-part=ended] button").unwrap();
    let mark = bo.mark();
    ask(page);
    answer(bo, mark);
    page.expect_text("#start-words", "Bo Lind ist für Sie bereit.", 30).unwrap();
    customer.kill();
    let again = scene.started(desk, &scene.opened(2));
    for program in [&*bo, &again] {
        program.expect_state("active", 60).unwrap();
    }
    page.expect_text("[data-part=running]", "Bo Lind ist im Fenster von Lotse bei Ihnen.", 30).unwrap();
}
