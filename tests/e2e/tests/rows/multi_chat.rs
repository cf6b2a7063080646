//! T2: several customers at once, in windows of their own and in tabs, with what is unread, by keyboard.

use crate::ALL;
use crate::hand_made;
use lotse_e2e::hands::Hands;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage, wait_for};
use lotse_protocol::peer::{self, PeerMessage};
use serde_json::{Value, json};
use std::time::Duration;

const PLUGIN: &str = "lotse.multi-chat";
const CONTROL: u32 = 0xffe3;
const TAB: u32 = 0xff09;
const ONE: u32 = 0x31;
const WEBER: &str = "K. Weber";
const ORTIZ: &str = "J. Ortiz";
const PETROW: &str = "M. Petrow";

/// A console with one customer after the other, all of them on one display. The last one's session is the newest, which
/// commands go to.
struct Several {
    rep: Program,
    customers: Vec<Program>,
    desk: Display,
    office: Display,
    stage: Stage,
}

impl Several {
    fn empty() -> Self {
        let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1600, 1000).unwrap());
        let stage = Stage::start().unwrap();
        let rep = stage.rep(&office, &RepOptions::default()).unwrap();
        Self { rep, customers: Vec::new(), desk, office, stage }
    }

    fn start(names: &[&str]) -> Self {
        let mut several = Self::empty();
        for name in names {
            several.join(name);
        }
        several
    }

    fn code(&mut self, first: bool) -> String {
        if first { self.stage.code().unwrap() } else { self.stage.next_code(&mut self.rep).unwrap() }
    }

    fn come(&mut self, name: &str) -> Program {
        let code = self.code(self.customers.is_empty());
        let options = CustomerOptions { allow: ALL, name, data: name, ..CustomerOptions::default() };
        self.stage.customer(&self.desk, &code, &options).unwrap()
    }

    fn join(&mut self, name: &str) {
        let mark = self.rep.mark();
        let customer = self.come(name);
        self.rep.expect_after(mark, "session-state", 60, |event| event["state"] == "active").unwrap();
        customer.expect_state("active", 20).unwrap();
        self.customers.push(customer);
        // The rep's half of the chat hears of the customer a moment later.
        self.rep.expect_node("chat", 20, |node| node["kind"] == "field").unwrap();
    }

    fn say(&mut self, customer: usize, text: &str) {
        self.customers[customer].act("lotse.chat", "say", json!({ "text": text })).unwrap();
    }

    fn arrange(&mut self, how: &str) {
        self.rep.act(PLUGIN, "arrange", json!({ "choice": how })).unwrap();
    }

    fn unread_after(&self, mark: usize, count: u64) -> Value {
        self.rep.expect_after(mark, "unread", 20, |event| event["count"] == count).unwrap()
    }
}

/// Whether two windows on the screen have a part in common, but for frames.
fn overlap(a: (i16, i16, u16, u16), b: (i16, i16, u16, u16)) -> bool {
    let (right, lower) = (|of: (i16, i16, u16, u16)| of.0 + of.2 as i16, |of: (i16, i16, u16, u16)| of.1 + of.3 as i16);
    a.0 + 8 < right(b) && b.0 + 8 < right(a) && a.1 + 8 < lower(b) && b.1 + 8 < lower(a)
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn t2_as_many_sessions_as_are_licensed_run_at_once_and_the_next_customer_is_told() {
    let mut several = Several::empty();
    let relay = several.stage.relay().unwrap();
    let mark = relay.mark();
    let words = ["licence", "set", "--account", "Acme", "--feature", "multi-chat", "--limit", "sessions=2"];
    several.stage.operate(&words).unwrap();
    relay.expect_after(mark, "licences", 30, |_| true).unwrap();
    several.join(WEBER);
    // Made while there is room; with two sessions no further code is.
    let spare = several.code(false);
    several.join(ORTIZ);
    let options = CustomerOptions { allow: ALL, name: PETROW, data: PETROW, ..CustomerOptions::default() };
    let third = several.stage.customer(&several.desk, &spare, &options).unwrap();
    third.expect("failed", 30, |event| event["problem"] == "rep-busy").unwrap();
    for customer in &several.customers {
        assert_eq!(customer.state().as_deref(), Some("active"));
    }
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn t2_what_comes_in_another_window_is_counted_and_ctrl_1_leads_there() {
    let mut several = Several::start(&[WEBER, ORTIZ]);
    let hands = Hands::on(&several.office).unwrap();
    // The newest window is in front.
    let (x, y) = crate::notes::message_field(hands.window(ORTIZ).unwrap());
    hands.click(x, y).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let mark = several.rep.mark();
    several.say(0, "are you there");
    several.unread_after(mark, 1);
    several.say(0, "hello");
    several.unread_after(mark, 2);
    hands.window("(2) K. Weber").unwrap();
    several.rep.expect_node("menu", 10, |node| node["label"] == "Sessions (2)").unwrap();
    several.say(1, "and what about me");
    several.rep.expect_node("chat", 20, |node| node["body"] == "and what about me").unwrap();

    let mark = several.rep.mark();
    hands.keys(&[CONTROL, ONE]).unwrap();
    several.unread_after(mark, 0);
    wait_for(20, "the count to go from the title", || hands.window_now("(2) K. Weber").is_none().then_some(()))
        .unwrap();
    let ever = several.rep.events().iter().filter(|event| event["event"] == "unread").count();
    assert_eq!(ever, 3, "what came in the window in front is no news: {:?}", several.rep.events());
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "multi-chat")), ignore = "needs the plugins chat and multi-chat")]
fn t2_windows_are_tiled_cascaded_and_stacked_with_tabs() {
    let mut several = Several::start(&[WEBER, ORTIZ]);
    let hands = Hands::on(&several.office).unwrap();
    several.arrange("tile");
    wait_for(20, "the windows to stand beside one another", || {
        let (first, second) = (hands.window_now(WEBER)?, hands.window_now(ORTIZ)?);
        (!overlap(first, second) && first.2 > 600 && second.2 > 600).then_some(())
    })
    .unwrap();
    several.arrange("cascade");
    wait_for(20, "the windows to stand one behind the other", || {
        let (first, second) = (hands.window_now(WEBER)?, hands.window_now(ORTIZ)?);
        (overlap(first, second) && second.0 > first.0 && second.1 > first.1).then_some(())
    })
    .unwrap();
    several.rep.expect_node("menu", 10, |node| node["id"] == "arrange" && node["choice"] == "cascade").unwrap();

    several.arrange("stack");
    wait_for(20, "one window with tabs", || {
        (hands.window_now(WEBER).is_some() != hands.window_now(ORTIZ).is_some()).then_some(())
    })
    .unwrap();
    let (here, there) = if hands.window_now(WEBER).is_some() { (WEBER, ORTIZ) } else { (ORTIZ, WEBER) };
    let (x, y) = crate::notes::message_field(hands.window(here).unwrap());
    hands.click(x, y).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    hands.keys(&[CONTROL, TAB]).unwrap();
    hands.window(there).unwrap();
    assert!(hands.window_now(here).is_none(), "one window bears one name");
    hands.keys(&[CONTROL, TAB]).unwrap();
    hands.window(here).unwrap();

    several.arrange("apart");
    hands.window(WEBER).unwrap();
    hands.window(ORTIZ).unwrap();
    for customer in &several.customers {
        assert_eq!(customer.state().as_deref(), Some("active"), "windows came and went, and no session ended");
    }
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "multi-chat")), ignore = "needs the plugins chat and multi-chat")]
fn t2_how_windows_stand_is_remembered() {
    let mut several = Several::start(&[WEBER]);
    several.arrange("stack");
    several.rep.expect_node("menu", 20, |node| node["id"] == "arrange" && node["choice"] == "stack").unwrap();
    let settings = several.stage.folder().join("rep/settings.json");
    wait_for(20, "it to be written down", || {
        std::fs::read_to_string(&settings).ok()?.contains("\"stack\"").then_some(())
    })
    .unwrap();
    // One that was left behind would be taken up again.
    several.rep.tell(&json!({ "do": "end" })).unwrap();
    several.rep.expect("ended", 20, |_| true).unwrap();
    let Several { rep, customers, desk, office, stage } = several;
    drop((rep, customers));
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let mut next = Several { rep, customers: Vec::new(), desk, office, stage };
    next.join(PETROW);
    next.rep.expect_node("menu", 20, |node| node["id"] == "arrange" && node["choice"] == "stack").unwrap();
}

/// A customer who floods the chat, one whose program dies, and one who is no program of ours.
#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn t2_the_trouble_of_one_session_does_not_touch_another() {
    let mut several = Several::start(&[WEBER, PETROW]);
    let code = several.stage.next_code(&mut several.rep).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut liar = runtime.block_on(hand_made::customer(&several.stage.url, &code)).unwrap();
    runtime.block_on(liar.greet(peer::VERSION)).unwrap();
    several.join(ORTIZ);
    let healthy = several.customers.len() - 1;

    for line in 0..2_000 {
        several.say(0, &format!("line {line}"));
    }
    let dead = several.customers.remove(1);
    let mark = several.rep.mark();
    dead.kill();
    runtime.block_on(async {
        let flood = async { while liar.say(&PeerMessage::Paused { on: true }).await.is_ok() {} };
        tokio::time::timeout(Duration::from_secs(60), flood).await.expect("its link is closed");
    });
    let healthy = healthy - 1;
    for round in 0..5 {
        let (asked, said) = (format!("question {round}"), format!("answer {round}"));
        several.say(healthy, &asked);
        several.rep.expect_node("chat", 20, |node| node["body"] == asked.as_str()).unwrap();
        several.rep.act("lotse.chat", "say", json!({ "text": said })).unwrap();
        several.customers[healthy].expect_node("chat", 20, |node| node["body"] == said.as_str()).unwrap();
    }
    several.rep.expect_after(mark, "session-state", 60, |event| event["state"] == "lost").unwrap();
    assert_eq!(several.customers[healthy].state().as_deref(), Some("active"));
    assert!(several.rep.is_running(), "{}", several.rep.errors());
    let lost = several.customers[healthy].events().iter().any(|event| event["state"] == "lost");
    assert!(!lost, "the healthy one's line never broke");
}
