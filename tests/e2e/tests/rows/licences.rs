//! L1 and L2 on running programs: what the vendor switches acts on both sides, and nobody gets by claims what the relay did
//! not sign.

use crate::hand_made::{End, Rep};
use crate::liar::{Heard, Liar};
use crate::network::say_and_hear;
use crate::{ALL, Session};
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Result, Stage};
use lotse_protocol::control::FromRelay;
use lotse_protocol::peer::{self, PeerMessage};
use serde_json::Value;
use std::path::{Path, PathBuf};

const CHAT: &str = "lotse.chat";
const SCREEN: &str = "lotse.screen-sharing";
const CONTACT: &str = "sales@vendor.example";

/// Changes a feature of the account, and waits until the running relay acts on it.
pub fn license(stage: &Stage, feature: &str, more: &[&str]) {
    let relay = stage.relay().unwrap();
    let mark = relay.mark();
    let words = ["licence", "set", "--account", "Acme", "--feature", feature];
    stage.operate(&[&words[..], more].concat()).unwrap();
    relay.expect_after(mark, "licences", 30, |_| true).unwrap();
}

/// Names whom to ask, which licences tell as well: what is told of the next change is of that one.
fn name_contact(stage: &Stage) {
    let relay = stage.relay().unwrap();
    let mark = relay.mark();
    stage.change(&["account", "set", "--name", "Acme", "--contact", CONTACT]).unwrap();
    relay.expect_after(mark, "licences", 30, |_| true).unwrap();
}

/// A relay whose account may not chat.
pub fn without_chat() -> (Display, Display, Stage) {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = Stage::start().unwrap();
    name_contact(&stage);
    license(&stage, "chat", &["--off"]);
    (desk, office, stage)
}

/// Two programs in a session on that stage.
pub fn begin(desk: Display, office: Display, stage: Stage, data: &str) -> Session {
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let options = CustomerOptions { allow: ALL, data, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &stage.code().unwrap(), &options).unwrap();
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
    Session { rep, customer, desk, office, stage }
}

pub fn is(event: &Value, plugin: &str, state: &str) -> bool {
    event["plugin"] == plugin && event["state"] == state
}

pub fn ever(program: &Program, plugin: &str, state: &str) -> bool {
    program.events().iter().any(|event| event["event"] == "plugin" && is(event, plugin, state))
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn l1_a_feature_that_is_switched_on_appears_in_the_running_session_on_both_sides() {
    let (desk, office, stage) = without_chat();
    let mut session = begin(desk, office, stage, "");
    for program in [&session.rep, &session.customer] {
        program.expect("plugin", 20, |event| is(event, SCREEN, "running")).unwrap();
        program.expect("plugin", 20, |event| is(event, CHAT, "not-licensed")).unwrap();
        assert!(!ever(program, CHAT, "running"));
    }
    license(&session.stage, "chat", &["--on"]);
    for program in [&session.rep, &session.customer] {
        program.expect("plugin", 20, |event| is(event, CHAT, "running")).unwrap();
    }
    session
        .rep
        .expect("licence", 20, |event| event["features"].as_array().is_some_and(|all| all.contains(&"chat".into())))
        .unwrap();
    say_and_hear(&mut session, "there it is");
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn l1_a_feature_that_is_switched_off_stays_in_the_running_session_and_is_missing_in_the_next() {
    let mut session = Session::start(ALL, &[]);
    say_and_hear(&mut session, "before");
    license(&session.stage, "chat", &["--off"]);
    session
        .rep
        .expect("notice", 20, |event| {
            event["title"] == "Chat" && event["body"].as_str().is_some_and(|body| body.contains("no longer licensed"))
        })
        .unwrap();
    say_and_hear(&mut session, "and after");

    let Session { rep, customer, desk, office, stage } = session;
    drop((rep, customer));
    let next = begin(desk, office, stage, "next");
    for program in [&next.rep, &next.customer] {
        program.expect("plugin", 20, |event| is(event, SCREEN, "running")).unwrap();
        program.expect("plugin", 20, |event| is(event, CHAT, "not-licensed")).unwrap();
        assert!(!ever(program, CHAT, "running"));
    }
}

/// Every add-on of this checkout but the chat: its id, its feature, and whether it has a half on the customer's side.
pub fn add_ons() -> Vec<(String, String, bool)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    let manifests = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path().join("plugin.json"));
    let read = |place: PathBuf| -> Option<(String, String, bool)> {
        let manifest: Value = serde_json::from_slice(&std::fs::read(place).ok()?).ok()?;
        let sides = manifest["sides"].as_array().is_none_or(|sides| sides.contains(&"customer".into()));
        Some((manifest["id"].as_str()?.to_owned(), manifest["feature"].as_str()?.to_owned(), sides))
    };
    manifests.filter_map(read).filter(|(id, ..)| id != CHAT).collect()
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn l1_without_a_licence_every_add_on_is_greyed_out_and_the_customers_side_refuses_it() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = Stage::start().unwrap();
    name_contact(&stage);
    let add_ons = add_ons();
    assert!(add_ons.len() > 3, "{add_ons:?}");
    add_ons.iter().for_each(|(_, feature, _)| license(&stage, feature, &["--off"]));
    let mut session = begin(desk, office, stage, "");
    for (id, _, customers) in &add_ons {
        session.rep.expect("plugin", 20, |event| is(event, id, "not-licensed")).unwrap();
        assert!(!ever(&session.rep, id, "running"), "{id}");
        if *customers {
            session.customer.expect("plugin", 20, |event| is(event, id, "not-licensed")).unwrap();
        }
        assert!(!ever(&session.customer, id, "running"), "{id}");
    }
    say_and_hear(&mut session, "what is licensed goes on");
}

/// Everything is said to be licensed, to both programs; the signed document says something else.
#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn l2_what_a_list_claims_starts_nothing_on_either_side() {
    let (desk, office, mut stage) = without_chat();
    let liar = Liar::start(&stage.url, |_, heard| match heard {
        Heard::Relay(FromRelay::Session(mut offer)) => {
            offer.plugins.iter_mut().for_each(|plugin| plugin.licensed = true);
            Heard::Relay(FromRelay::Session(offer)).pass()
        }
        other => other.pass(),
    })
    .unwrap();
    stage.url.clone_from(&liar.url);
    let session = begin(desk, office, stage, "");
    for program in [&session.rep, &session.customer] {
        program.expect("plugin", 20, |event| is(event, SCREEN, "running")).unwrap();
        program.expect("plugin", 20, |event| is(event, CHAT, "not-licensed")).unwrap();
        assert!(!ever(program, CHAT, "running"));
    }
}

/// A rep's end that asks nobody for a licence and speaks to the customer's half as if it ran.
async fn speak_to_the_chat(rep: Rep) -> Result<End> {
    let mut end = rep.meet().await?;
    end.greet(peer::VERSION).await?;
    end.hear(|message| (message == PeerMessage::Accepted).then_some(())).await?;
    let chat = end.number_of(CHAT)?;
    end.say(&PeerMessage::Running { plugins: (0..=u8::MAX).collect() }).await?;
    let (mut stream, _answers) = end.open(chat, "chat").await?;
    // The customer's host may refuse the stream before all of it is written.
    let _ = stream.write_all(b"let me in").await;
    Ok(end)
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn l2_a_console_that_ignores_licences_meets_no_other_half() {
    let (desk, _office, stage) = without_chat();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let rep = runtime.block_on(Rep::with_code(&stage.url)).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &rep.code(), &options).unwrap();
    let _end = runtime.block_on(speak_to_the_chat(rep)).unwrap();
    customer.expect("plugin", 20, |event| is(event, SCREEN, "running")).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert!(ever(&customer, CHAT, "not-licensed") && !ever(&customer, CHAT, "running"));
    assert_eq!(customer.state().as_deref(), Some("active"), "and goes on with what there is");
}
