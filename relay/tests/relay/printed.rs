//! What the command line prints, by the real program.

use super::*;
use serde_json::Value;
use std::process::Command;

/// What a command of the operator's prints.
fn printed(folder: &TempDir, words: &[&str]) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_lotse-relay"));
    let output = program.args(words).arg("--data").arg(folder.path().join("data")).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(folder: &TempDir, words: &[&str]) -> Value {
    serde_json::from_str(&printed(folder, &[words, &["--json"]].concat())).unwrap()
}

/// How many rows such a list has.
fn count(folder: &TempDir, words: &[&str]) -> usize {
    json(folder, words).as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_are_listed_with_number_times_and_seat() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let sign_ins = ["rep", "sign-ins", "--user", USER];
    assert_eq!(printed(&folder, &sign_ins), format!("{USER} is not signed in.\n"));
    assert_eq!(count(&folder, &sign_ins), 0);
    let (_rep, _) = rep(&relay).await;
    let listed = json(&folder, &sign_ins);
    let number = listed[0]["sign_in"].as_i64().unwrap();
    assert_eq!(listed[0]["has_seat"], true);
    let words = printed(&folder, &sign_ins);
    assert!(words.starts_with(&format!("{number} · since 20")), "{words}");
    assert!(words.contains(" UTC · last used 20") && words.ends_with(" UTC · has a seat\n"), "{words}");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn licences_are_shown_as_they_were_set() {
    let folder = folder().await;
    // It knows its own feature when it has run.
    relay(&folder).await.stop().await;
    command(&folder, &["account", "set", "--name", "Acme", "--contact", "sales@lotse.example"]).await;
    let set = ["licence", "set", "--account", "acme", "--feature", "multi-chat"];
    let told = printed(&folder, &[&set[..], &["--until", "2027-12-31", "--limit", "sessions=3"]].concat());
    assert_eq!(told, "Acme · multi-chat: until the end of 2027-12-31, sessions 3.\n");
    let term = "  multi-chat: until the end of 2027-12-31, sessions 3\n";
    let shown = printed(&folder, &["licence", "show", "--account", "Acme"]);
    assert!(shown.starts_with("Acme\n  to be asked: sales@lotse.example\n") && shown.contains(term), "{shown}");
    let all = printed(&folder, &["licence", "list"]);
    assert!(all.starts_with("Features of this relay: ") && all.contains("multi-chat"), "{all}");
    assert!(all.contains("\nAcme\n") && all.contains(term), "{all}");
    let listed = json(&folder, &["licence", "list"]);
    assert!(listed["features"].as_array().unwrap().contains(&"multi-chat".into()));
    assert_eq!(listed["accounts"][0]["features"]["multi-chat"]["limits"]["sessions"], 3);
    assert_eq!(listed["accounts"][0]["features"]["multi-chat"]["until_s"], 1_830_297_600);
    assert_eq!(json(&folder, &["licence", "show", "--account", "Acme"])["contact"], "sales@lotse.example");
    assert_eq!(printed(&folder, &[&set[..], &["--off"]].concat()), "Acme · multi-chat: off.\n");
    assert!(!printed(&folder, &["licence", "show", "--account", "Acme"]).contains("multi-chat"));
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_and_the_audit_log_are_filtered_and_printed() {
    let folder = folder().await;
    add_rep(folder.path(), "ben@acme.example").await;
    let relay = relay(&folder).await;
    let (mut rep, _) = rep(&relay).await;
    let (session, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::connect(&relay, Side::Customer).await;
    join(&mut customer, nameplate).await;
    customer.offer().await;
    rep.say(ToRelay::Paired { session }).await;
    rep.say(ToRelay::EndSession { session, reason: "RepEnded".into() }).await;
    // What is told is written down before.
    while !matches!(customer.hear().await, FromRelay::SessionEnded { .. }) {}
    relay.stop().await;

    let list = |more: &[&str]| count(&folder, &[&["report", "list", "--account", "acme"], more].concat());
    assert_eq!(list(&[]), 1);
    assert_eq!((list(&["--text", "weber"]), list(&["--text", "toner"])), (1, 0));
    assert_eq!((list(&["--rep", USER]), list(&["--rep", "ben@acme.example"])), (1, 0));
    assert_eq!((list(&["--from", "2020-01-01"]), list(&["--from", "9000-01-01"])), (1, 0));
    assert_eq!((list(&["--to", "9000-01-01"]), list(&["--to", "2020-01-01"])), (1, 0));
    let row = printed(&folder, &["report", "list", "--account", "Acme"]);
    assert!(row.contains(" · Anna Berg · K. Weber · Debian 12 · ") && row.ends_with(" s · RepEnded\n"), "{row}");
    let nothing = printed(&folder, &["report", "list", "--account", "Acme", "--text", "toner"]);
    assert_eq!(nothing, "There is no such session; ended ones are kept for 90 days.\n");

    let joined = ["audit", "list", "--account", "Acme", "--kind", "joined"];
    let lines = json(&folder, &joined);
    assert_eq!(lines.as_array().unwrap().len(), 1);
    assert_eq!((&lines[0]["kind"], &lines[0]["user"]), (&Value::from("joined"), &Value::from(USER)));
    let csv = printed(&folder, &[&joined[..], &["--csv"]].concat());
    let lines: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert_eq!((lines.len(), lines[0]), (2, "id,at,kind,account,rep,user,session,detail"));
    assert!(lines[1].contains(&format!(",joined,Acme,Anna Berg,{USER},")), "{csv}");
    assert_eq!(printed(&folder, &["audit", "list", "--kind", "seat-waited"]), "There is no such line.\n");
    assert_eq!(count(&folder, &["audit", "list", "--limit", "2"]), 2);
}
