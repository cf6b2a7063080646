//! T2: the screens of two customers at once, each in a viewer of its own, and the trouble of one leaves the other's alone.

use crate::ALL;
use lotse_e2e::eyes::{Area, cut, find_colour};
use lotse_e2e::hands::Hands;
use lotse_e2e::patches::Patches;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage, wait_for};
use serde_json::Value;

const WEBER: &str = "K. Weber";
const ORTIZ: &str = "J. Ortiz";
const WEBERS: u32 = 0x0012_8877;
const ORTIZS: u32 = 0x0087_1288;
const LATER: u32 = 0x0088_8712;
/// Halves of the rep's display.
const LEFT: Area = Area::new(0, 0, 800, 900);
const RIGHT: Area = Area::new(800, 0, 800, 900);

fn patch(desk: &Display, colour: u32, y: i16) -> Patches {
    let patches = Patches::on(desk).unwrap();
    patches.add(colour, 640, y, 300, 120).unwrap();
    patches
}

fn join(stage: &Stage, rep: &Program, desk: &Display, code: &str, name: &str) -> Program {
    let mark = rep.mark();
    let options = CustomerOptions { allow: ALL, name, data: name, ..CustomerOptions::default() };
    let customer = stage.customer(desk, code, &options).unwrap();
    rep.expect_after(mark, "surface", 60, |event| event["width"] == 1024).unwrap();
    customer
}

/// Waits until this half of the rep's display shows the one colour and not the other.
fn expect_there(office: &Display, half: Area, colour: u32, not: u32, why: &str) {
    wait_for(30, why, || {
        let seen = cut(&office.picture().ok()?, half);
        (find_colour(&seen, colour).is_some() && find_colour(&seen, not).is_none()).then_some(())
    })
    .unwrap();
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn t2_two_customers_screens_are_seen_at_once_and_one_goes_on_when_the_other_is_gone() {
    let (first, second) = (Display::start(1024, 768).unwrap(), Display::start(1024, 768).unwrap());
    let office = Display::start(1600, 900).unwrap();
    let stage = Stage::start().unwrap();
    let mut rep = stage.rep(&office, &RepOptions { arguments: vec!["--view"] }).unwrap();
    let code = stage.code().unwrap();
    let weber = join(&stage, &rep, &first, &code, WEBER);
    let code = stage.next_code(&mut rep).unwrap();
    let ortiz = join(&stage, &rep, &second, &code, ORTIZ);
    let (_webers, _ortizs) = (patch(&first, WEBERS, 560), patch(&second, ORTIZS, 560));
    let hands = Hands::on(&office).unwrap();
    hands.place("K. Weber \u{b7} screen", 20, 40, 740, 620).unwrap();
    hands.place("J. Ortiz \u{b7} screen", 820, 40, 740, 620).unwrap();
    expect_there(&office, LEFT, WEBERS, ORTIZS, "the first customer's screen in its viewer");
    expect_there(&office, RIGHT, ORTIZS, WEBERS, "the second one's in another");

    let mark = (rep.mark(), ortiz.mark());
    weber.kill();
    rep.expect_after(mark.0, "session-state", 60, |event| event["state"] == "lost").unwrap();
    let _later = patch(&second, LATER, 300);
    expect_there(&office, RIGHT, LATER, WEBERS, "what changes on the second customer's screen");
    let lost = |event: &Value| event["event"] == "session-state" && event["state"] == "lost";
    assert!(!ortiz.events().iter().skip(mark.1).any(lost), "their line never broke");
    assert!(rep.is_running(), "{}", rep.errors());
}
