//! P · H1 · T2: what Lotse's own plugins may is open to a stranger's, under a feature of its own: by the contract's rights, and
//! not by name.

use crate::ALL;
use crate::hand_made::{End, Rep};
use crate::handoff::{HANDOFF, Office};
use crate::licences::{begin, ever, is, license};
use crate::other_ends::runtime;
use lotse_e2e::hands::Hands;
use lotse_e2e::stage::programs;
use lotse_e2e::{CustomerOptions, Display, Result, Stage, wait_for};
use lotse_protocol::control::{FromRelay, Secret, ToRelay};
use lotse_protocol::handover::{HandOver, KEY_BYTES, Purpose};
use lotse_protocol::peer::{self, PeerMessage};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const RELIEF: &str = "com.example.relief";
const RELIEF_FEATURE: &str = "example-relief";
const WINDOWS: &str = "com.example.windows";
const WINDOWS_FEATURE: &str = "example-windows";

/// A stranger's package in a folder of its own: the code of a bundled plugin under another name, with another feature, and signed
/// by nobody.
fn package(plugin: &str, id: &str, feature: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let manifest = std::fs::read(root.join("plugins").join(plugin).join("plugin.json")).unwrap();
    let mut manifest: Value = serde_json::from_slice(&manifest).unwrap();
    manifest["id"] = id.into();
    manifest["feature"] = feature.into();
    let place = folder.path().join("plugin.json");
    std::fs::write(&place, manifest.to_string()).unwrap();
    let core = format!("../wasm32-unknown-unknown/plugin/lotse_plugin_{}.wasm", plugin.replace('-', "_"));
    let packed = Command::new(programs().unwrap().join("lotse-plugin"))
        .arg("pack")
        .arg(programs().unwrap().join(core))
        .arg("--manifest")
        .arg(&place)
        .arg("-o")
        .arg(folder.path().join("strangers.wasm"))
        .output()
        .unwrap();
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    folder
}

/// A relay that has it beside the bundled ones, and whose account has not licensed the bundled one of that feature.
fn stage_with(package: &TempDir, without: &str) -> Stage {
    let stage = Stage::start_with(&["--developer", "--plugins", package.path().to_str().unwrap()]).unwrap();
    license(&stage, without, &["--off"]);
    stage
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h1_a_strangers_plugin_hands_a_session_over_under_a_feature_of_its_own() {
    let (desk, display) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let package = package("session-handoff", RELIEF, RELIEF_FEATURE);
    let session = begin(desk, display, stage_with(&package, "session-handoff"), "");
    session.rep.expect("plugin", 20, |event| is(event, HANDOFF, "not-licensed")).unwrap();
    session.rep.expect("plugin", 20, |event| is(event, RELIEF, "running")).unwrap();
    let mut office = Office::of(session);
    let mark = office.session.customer.mark();
    office.bring_by(RELIEF, "take-");
    office.bo.expect_state("active", 60).unwrap();
    office.bo_has_it(mark);
    assert!(!ever(&office.session.rep, HANDOFF, "running"));
}

/// A session in which nothing runs on the rep's side.
async fn meet(rep: Rep) -> Result<End> {
    let mut end = rep.meet().await?;
    end.greet(peer::VERSION).await?;
    end.hear(|message| (message == PeerMessage::Accepted).then_some(())).await?;
    end.say(&PeerMessage::Running { plugins: vec![] }).await?;
    Ok(end)
}

#[test]
#[cfg_attr(not(plugin = "session-handoff"), ignore = "needs the plugin session-handoff")]
fn l2_a_changed_console_brings_nobody_where_no_plugin_that_may_is_licensed() {
    let desk = Display::start(1024, 768).unwrap();
    let package = package("session-handoff", RELIEF, RELIEF_FEATURE);
    let stage = stage_with(&package, "session-handoff");
    license(&stage, RELIEF_FEATURE, &["--off"]);
    let runtime = runtime();
    let rep = runtime.block_on(Rep::with_code(&stage.url)).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &rep.code(), &options).unwrap();
    let mut end = runtime.block_on(meet(rep)).unwrap();
    customer.expect_state("active", 20).unwrap();
    let (to, note, key) = ("rep:1".to_owned(), String::new(), vec![4; KEY_BYTES]);
    let wish = HandOver { session: end.offer.session, to, note, purpose: Purpose::TakeOver, key, waiting_s: 0 };
    let refused = |message| match message {
        FromRelay::Refused { reason } => Some(reason),
        _ => None,
    };
    let reason = runtime.block_on(end.ask_relay(&ToRelay::HandOver(Box::new(wish)), refused)).unwrap();
    assert!(reason.contains("licence does not cover"), "{reason}");
    let code = Secret("4829135207".to_owned());
    let beside = PeerMessage::Beside { code, name: "Bo Lind".to_owned(), purpose: Purpose::TakeOver };
    let told = runtime.block_on(async {
        end.say(&beside).await?;
        end.hear(|message| match message {
            PeerMessage::BesideEnded { came, refused, .. } => Some((came, refused)),
            _ => None,
        })
        .await
    });
    assert_eq!(told.unwrap(), (false, true), "the customer's program goes nowhere, and asks nobody");
    assert_eq!(customer.state().as_deref(), Some("active"));
}

#[test]
#[cfg_attr(not(plugin = "multi-chat"), ignore = "needs the plugin multi-chat")]
fn t2_a_strangers_plugin_arranges_windows_under_a_feature_of_its_own() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let package = package("multi-chat", WINDOWS, WINDOWS_FEATURE);
    let mut session = begin(desk, office, stage_with(&package, "multi-chat"), "");
    session.rep.expect("plugin", 20, |event| is(event, WINDOWS, "running")).unwrap();
    let stands = |node: &Value, how: &str| node["id"] == "arrange" && node["choice"] == how;
    session.rep.expect_node("menu", 20, |node| stands(node, "apart")).unwrap();
    // Without the bundled one's feature a rep has one session at a time. Its own window, the one with tabs and a tile of the whole
    // screen are each of another width.
    let hands = Hands::on(&session.office).unwrap();
    let mut widths = vec![hands.window("K. Weber").unwrap().2];
    for how in ["stack", "tile"] {
        session.rep.act(WINDOWS, "arrange", json!({ "choice": how })).unwrap();
        session.rep.expect_node("menu", 20, |node| stands(node, how)).unwrap();
        let width = wait_for(20, "the window to stand otherwise", || {
            let width = hands.window_now("K. Weber")?.2;
            (!widths.contains(&width)).then_some(width)
        })
        .unwrap();
        widths.push(width);
    }
    assert!(widths[2] > 1_000, "a tile has all the room that there is: {widths:?}");
    assert!(!ever(&session.rep, "lotse.multi-chat", "running"));
}
