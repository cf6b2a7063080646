//! T1 · Replies that all reps of an account have in common, across two consoles.

use crate::ALL;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage, wait_for};
use serde_json::{Value, json};

const PLUGIN: &str = "lotse.canned-replies";
const BO: &str = "bo.lind@acme.example";

/// Two reps of one account, each in a session.
struct Two {
    stage: Stage,
    anna: Program,
    bo: Program,
    _others: (Vec<Program>, Vec<Display>),
}

fn start() -> Two {
    let mut displays: Vec<Display> = (0..4).map(|_| Display::start(1024, 768).unwrap()).collect();
    let stage = Stage::start().unwrap();
    stage.add_rep(BO, "Bo Lind").unwrap();
    let (first, second, annas, bos) = (displays.remove(0), displays.remove(0), displays.remove(0), displays.remove(0));
    let anna = stage.rep(&annas, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let options = |data| CustomerOptions { allow: ALL, data, ..CustomerOptions::default() };
    let one = stage.customer(&first, &code, &options("first")).unwrap();
    let (bo, code) = stage.colleague_with_code(&bos, BO).unwrap();
    let two = stage.customer(&second, &code, &options("second")).unwrap();
    for program in [&anna, &bo, &one, &two] {
        program.expect_state("active", 60).unwrap();
    }
    Two { stage, anna, bo, _others: (vec![one, two], vec![first, second, annas, bos]) }
}

fn is_item(node: &Value, words: &str) -> bool {
    node["kind"] == "item" && node["label"] == words
}

fn id_of(node: &Value, prefix: &str) -> String {
    node["id"].as_str().unwrap().strip_prefix(prefix).unwrap().to_owned()
}

#[test]
#[cfg_attr(
    not(all(plugin = "canned-replies", plugin = "screen-sharing")),
    ignore = "needs the plugins canned-replies and screen-sharing"
)]
fn t1_team_replies_are_on_every_console_of_the_account_and_nobody_overwrites_anybody() {
    let Two { mut stage, mut anna, mut bo, _others } = start();
    anna.expect_node("preferences", 30, |node| node["id"] == "add").unwrap();
    bo.expect_node("preferences", 30, |node| node["id"] == "add").unwrap();
    anna.act(PLUGIN, "add", json!({ "text": "Please restart, {customer}." })).unwrap();
    let item = bo.expect_node("tools", 5, |node| is_item(node, "Please restart, {customer}.")).unwrap();
    let key = id_of(&item, "use-");
    anna.expect_node("tools", 5, |node| is_item(node, "Please restart, {customer}.")).unwrap();

    // Both change it: who was faster wins, and the other's words stay in their field.
    for console in [&mut anna, &mut bo] {
        console.act(PLUGIN, &format!("edit-{key}"), json!({})).unwrap();
        console.expect_node("preferences", 10, |node| node["id"] == "rewrite").unwrap();
    }
    anna.act(PLUGIN, "rewrite", json!({ "text": "Anna's words" })).unwrap();
    bo.act(PLUGIN, "rewrite", json!({ "text": "Bo's words" })).unwrap();
    let says = |console: &mut Program, words: &str| {
        let nodes = console.look("tools").unwrap();
        nodes.iter().any(|node| is_item(node, words))
    };
    let settled = wait_for(20, "both consoles to have the same words", || {
        let annas = says(&mut anna, "Anna's words") && says(&mut bo, "Anna's words");
        let bos = says(&mut anna, "Bo's words") && says(&mut bo, "Bo's words");
        (annas || bos).then_some(())
    });
    settled.unwrap();

    // Without the relay they are still there, and nothing is said to be kept that is not.
    stage.kill_relay();
    bo.act(PLUGIN, "leave", json!({})).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    bo.act(PLUGIN, "add", json!({ "text": "Said in vain" })).unwrap();
    bo.expect_node("preferences", 20, |node| {
        node["label"].as_str().is_some_and(|label| label.contains("the relay cannot be reached"))
    })
    .unwrap();
    let field = bo.expect_node("preferences", 10, |node| node["id"] == "add").unwrap();
    assert_eq!(field["text"], "Said in vain");
    assert!(bo.look("tools").unwrap().iter().any(|node| node["kind"] == "item"));

    // And back: kept, and with everybody.
    stage.start_relay(&["--developer"]).unwrap();
    let kept = wait_for(60, "the reply to be kept after all", || {
        bo.act(PLUGIN, "add", json!({ "text": "Said again" })).unwrap();
        std::thread::sleep(std::time::Duration::from_secs(1));
        says(&mut anna, "Said again").then_some(())
    });
    kept.unwrap();
    let audit = stage.ask(&["audit", "list"]).unwrap();
    assert!(audit.to_string().contains("shared-changed"), "{audit}");
}
