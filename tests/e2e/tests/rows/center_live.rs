//! L3 · A page of the Center that stands open in a real browser says when it is old, and leaves when it may not be seen any
//! more.

use lotse_e2e::chromium::Setup;
use lotse_e2e::stage::PASSWORD;
use lotse_e2e::{Chromium, Stage};

const OPERATOR: &str = "otto@relay.example";

/// A browser on the overview of the stage's account.
fn overview(stage: &Stage) -> Chromium {
    let password = stage.password_file(PASSWORD).unwrap();
    let add = ["operator", "add", "--user", OPERATOR, "--password-file", password.to_str().unwrap()];
    stage.operate(&add).unwrap();
    let browser = Chromium::start(Setup { environment: &stage.environment, ..Setup::default() }).unwrap();
    let origin = stage.url.split('#').next().unwrap();
    browser.open(&format!("{origin}/center/sign-in")).unwrap();
    browser.type_into("#user", OPERATOR).unwrap();
    browser.type_into("#password", PASSWORD).unwrap();
    browser.click(".main-button").unwrap();
    browser.expect_text("main", "Acme", 20).unwrap();
    browser.click("td[data-label=\"Name\"] a").unwrap();
    browser.expect_text("main", "Nobody is signed in", 20).unwrap();
    browser
}

#[test]
fn l3_an_open_page_says_that_it_is_old_while_the_relay_is_away_and_goes_on_when_it_is_back() {
    let mut stage = Stage::start().unwrap();
    let browser = overview(&stage);
    assert!(!browser.shows("#live-lost"));
    stage.kill_relay();
    browser.expect_text("#live-lost", "The connection is lost", 30).unwrap();
    stage.start_relay(&["--developer"]).unwrap();
    lotse_e2e::wait_for(60, "the page to be up to date", || (!browser.shows("#live-lost")).then_some(())).unwrap();
    assert!(browser.url().unwrap().contains("/center/accounts/"), "the sign-in stands");
}

#[test]
fn l3_an_open_page_whose_sign_in_is_over_leads_to_where_to_sign_in() {
    let stage = Stage::start().unwrap();
    let browser = overview(&stage);
    stage.operate(&["operator", "remove", "--user", OPERATOR]).unwrap();
    browser.expect("form[action=\"/center/sign-in\"]", 60).unwrap();
    browser.expect_text(".notice", "Your sign-in in this browser has ended", 10).unwrap();
    assert!(browser.url().unwrap().ends_with("/center/sign-in"));
}
