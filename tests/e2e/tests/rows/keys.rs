//! V3 · Which keys are the rep's and which the customer's.

use crate::{ALL, Session};
use lotse_e2e::hands::Hands;
use lotse_e2e::keywatch::KeyWatch;
use lotse_e2e::{CustomerOptions, Display, RepOptions, Stage, Typewriter, wait_for};
use serde_json::json;
use std::time::Duration;

const SHARING: &str = "lotse.screen-sharing";
const F9: u32 = 0xffc6;
const F11: u32 = 0xffc8;
const HOTKEYS: std::ops::RangeInclusive<u32> = F9..=0xffc9;
const TAB: u32 = 0xff09;
const ALT: u32 = 0xffe9;
const CONTROL: u32 = 0xffe3;
const SHIFT: u32 = 0xffe1;

/// A session in which the rep steers, with a terminal that has the customer's keyboard: into Lotse's own window nobody
/// else can type.
struct Steering {
    session: Session,
    office: Hands,
    watch: KeyWatch,
    terminal: (i16, i16),
    letter: char,
    _typewriter: Typewriter,
    _folder: tempfile::TempDir,
}

impl Steering {
    fn start() -> Self {
        let session = Session::bare(ALL, &["--control"]);
        session.expect_exact("the first picture");
        let folder = tempfile::tempdir().unwrap();
        let typewriter = Typewriter::on(&session.desk, &folder.path().join("typed")).unwrap();
        let (x, y, width, height) = Hands::on(&session.desk).unwrap().window("Typewriter").unwrap();
        let terminal = (x + width as i16 / 2, y + height as i16 / 2);
        let office = Hands::on(&session.office).unwrap();
        let watch = KeyWatch::on(&session.desk).unwrap();
        let letter = 'c';
        let mut steering = Self { session, office, watch, terminal, letter, _typewriter: typewriter, _folder: folder };
        steering.to_the_terminal();
        steering
    }

    /// The rep clicks into the terminal, which takes the keyboard on both sides.
    fn to_the_terminal(&mut self) {
        self.office.click(self.terminal.0, self.terminal.1).unwrap();
        std::thread::sleep(Duration::from_millis(500));
    }

    /// Whatever was pressed before has come through when a letter has that was never typed yet.
    fn until_through(&mut self) {
        self.to_the_terminal();
        self.letter = char::from(self.letter as u8 + 1);
        self.office.type_text(&self.letter.to_string()).unwrap();
        self.watch.expect(self.letter as u32).unwrap();
    }

    fn pressed(&mut self) -> Vec<u32> {
        self.watch.pressed().unwrap().to_vec()
    }

    fn set(&mut self, node: &str, on: bool) {
        self.session.rep.act(SHARING, node, json!({ "on": on })).unwrap();
        self.session.rep.expect_node("tools", 10, |found| found["id"] == node && found["on"] == on).unwrap();
    }
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v3_system_keys_stay_here_or_go_to_the_customer() {
    let mut steering = Steering::start();
    steering
        .session
        .rep
        .expect_node("tools", 10, |node| node["id"] == "pass-system-keys" && node["on"] == false)
        .unwrap();
    // The rep's window manager has Alt+Tab for itself.
    steering.office.keys(&[ALT, TAB]).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    steering.until_through();
    let pressed = steering.pressed();
    assert!(!pressed.contains(&TAB), "Tab went over: {pressed:x?}");

    steering.set("pass-system-keys", true);
    steering.to_the_terminal();
    steering.watch.clear().unwrap();
    wait_for(20, "Alt+Tab to reach the customer", || {
        steering.office.keys(&[ALT, TAB]).ok()?;
        std::thread::sleep(Duration::from_millis(400));
        steering.watch.pressed().ok()?.contains(&TAB).then_some(())
    })
    .unwrap();
    let pressed = steering.pressed();
    assert!(pressed.contains(&ALT), "as a chord: {pressed:x?}");

    // One chord always frees the keyboard, so that nobody is locked in.
    steering.until_through();
    steering.office.keys(&[CONTROL, ALT, SHIFT, 0xffc9]).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    steering.watch.clear().unwrap();
    steering.office.keys(&[ALT, TAB]).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let pressed = steering.pressed();
    assert!(!pressed.contains(&TAB), "freed keys stay here: {pressed:x?}");

    steering.set("pass-system-keys", false);
    steering.until_through();
    steering.watch.clear().unwrap();
    steering.office.keys(&[ALT, TAB]).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    steering.until_through();
    let pressed = steering.pressed();
    assert!(!pressed.contains(&TAB), "off again, and Tab went over: {pressed:x?}");
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v3_with_hotkeys_off_f9_to_f12_reach_the_customer_and_their_functions_stay_in_the_menu() {
    let mut steering = Steering::start();
    steering.office.keys(&[F11]).unwrap();
    let scale = |to: &'static str| move |node: &serde_json::Value| node["id"] == "scale" && node["choice"] == to;
    steering.session.rep.expect_node("viewer", 10, scale("actual")).unwrap();
    steering.until_through();
    let pressed = steering.pressed();
    assert!(!pressed.contains(&F11), "a hotkey stays here: {pressed:x?}");

    steering.set("hotkeys", false);
    steering.to_the_terminal();
    // The viewer hears of the preference a moment after the menu.
    std::thread::sleep(Duration::from_secs(1));
    for key in HOTKEYS {
        steering.office.keys(&[key]).unwrap();
        steering.watch.expect(key).unwrap();
    }
    let nodes = steering.session.rep.look("tools").unwrap();
    for id in ["full-screen", "control", "scale", "shot-file", "shot-clipboard"] {
        let node = nodes.iter().find(|node| node["id"] == id).unwrap_or_else(|| panic!("no {id} in {nodes:#?}"));
        assert!(node["enabled"] != false && node["shortcut"].is_null(), "{node}");
    }
    let is = |id: &str, key: &str| nodes.iter().find(|node| node["id"] == id).map(|node| node[key].clone());
    assert_eq!(is("full-screen", "on"), Some(json!(false)), "F9 did nothing here");
    assert_eq!(is("control", "on"), Some(json!(true)), "nor did F10");
    assert_eq!(is("scale", "choice"), Some(json!("actual")), "nor did F11");
    let home = steering.session.stage.folder();
    let shots = [home.join("Lotse"), home.join("Pictures/Lotse")];
    assert!(shots.iter().all(|folder| std::fs::read_dir(folder).map_or(0, Iterator::count) == 0), "nor did F12");
    // From the menu they do what the keys did.
    steering.session.rep.act(SHARING, "scale", json!({ "choice": "fit" })).unwrap();
    steering.session.rep.expect_node("viewer", 10, scale("fit")).unwrap();
    steering.session.rep.act(SHARING, "shot-file", json!({})).unwrap();
    let taken = || shots.iter().any(|folder| std::fs::read_dir(folder).is_ok_and(|entries| entries.count() > 0));
    wait_for(10, "a screenshot from the menu", || taken().then_some(())).unwrap();
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v3_both_are_preferences_that_the_next_session_has() {
    let Session { mut rep, customer, desk, office, stage } = Session::start(ALL, &[]);
    let preference = |id: &'static str, on: bool| {
        move |node: &serde_json::Value| node["kind"] == "toggle" && node["id"] == id && node["on"] == on
    };
    rep.expect_node("preferences", 20, preference("pass-system-keys", false)).unwrap();
    rep.expect_node("preferences", 10, preference("hotkeys", true)).unwrap();
    rep.act(SHARING, "pass-system-keys", json!({ "on": true })).unwrap();
    rep.act(SHARING, "hotkeys", json!({ "on": false })).unwrap();
    rep.expect_node("preferences", 10, preference("hotkeys", false)).unwrap();
    rep.tell(&json!({ "do": "end" })).unwrap();
    customer.expect("ended", 20, |_| true).unwrap();
    // Here the program is killed. What was changed is on the disk within a fraction of a second, not at once.
    std::thread::sleep(Duration::from_secs(2));
    drop((rep, customer));

    let mut again = second_session(stage, desk, office);
    again.rep.expect_node("preferences", 20, preference("pass-system-keys", true)).unwrap();
    again.rep.expect_node("preferences", 10, preference("hotkeys", false)).unwrap();
}

fn second_session(stage: Stage, desk: Display, office: Display) -> Session {
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let customer = stage.customer(&desk, &code, &CustomerOptions { allow: ALL, ..CustomerOptions::default() }).unwrap();
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
    Session { rep, customer, desk, office, stage }
}
