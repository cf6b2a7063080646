//! P4 · Both sides of a session run the same version of a plugin, handed out by the relay: by account, and while it runs.

use crate::ALL;
use lotse_e2e::stage::programs;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

const HELLO: &str = "lotse.hello";
const BO: &str = "bo.lind@acme.example";

fn tool(words: &[&str]) {
    let done = Command::new(programs().unwrap().join("lotse-plugin")).args(words).output().unwrap();
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A relay and a vendor who brings the hello plugin to it, version by version.
struct Vendor {
    stage: Stage,
    key: PathBuf,
    displays: [Display; 4],
}

impl Vendor {
    fn start() -> Self {
        let displays = std::array::from_fn(|_| Display::start(1024, 768).unwrap());
        let stage = Stage::start().unwrap();
        let key = stage.folder().join("Acme Software");
        tool(&["keygen", "-o", text(&key)]);
        let trusted = stage.folder().join("relay/trusted");
        std::fs::create_dir_all(&trusted).unwrap();
        std::fs::copy(stage.folder().join("Acme Software.pub"), trusted.join("Acme Software.pub")).unwrap();
        Self { stage, key, displays }
    }

    /// A signed package of this version.
    fn package(&self, version: &str) -> PathBuf {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let manifest = std::fs::read(root.join("plugins/hello/plugin.json")).unwrap();
        let mut manifest: Value = serde_json::from_slice(&manifest).unwrap();
        manifest["version"] = version.into();
        let folder = self.stage.folder();
        let (written, unsigned, signed) = (folder.join("plugin.json"), folder.join("unsigned"), folder.join(version));
        std::fs::write(&written, manifest.to_string()).unwrap();
        let core = programs().unwrap().join("../wasm32-unknown-unknown/plugin/lotse_plugin_hello.wasm");
        tool(&["pack", text(&core), "--manifest", text(&written), "-o", text(&unsigned)]);
        tool(&["sign", "--key", text(&self.key), text(&unsigned), "-o", text(&signed)]);
        signed
    }

    /// Brings a version to the running relay.
    fn add(&self, version: &str) {
        let package = self.package(version);
        self.stage.change_plugins(&["plugin", "add", "--file", text(&package)]).unwrap();
    }

    /// Anna's session, of the account Acme.
    fn annas_session(&self) -> [Program; 2] {
        let rep = self.stage.rep(&self.displays[0], &RepOptions::default()).unwrap();
        let code = self.stage.code().unwrap();
        self.joined(rep, &code, "annas", 1)
    }

    /// A session of another rep, with a customer who keeps things in a folder of this name.
    fn bos_session(&self, customer: &str) -> [Program; 2] {
        let (rep, code) = self.stage.colleague_with_code(&self.displays[2], BO).unwrap();
        self.joined(rep, &code, customer, 3)
    }

    fn joined(&self, rep: Program, code: &str, data: &str, display: usize) -> [Program; 2] {
        let options = CustomerOptions { allow: ALL, data, ..CustomerOptions::default() };
        let customer = self.stage.customer(&self.displays[display], code, &options).unwrap();
        rep.expect_state("active", 60).unwrap();
        customer.expect_state("active", 20).unwrap();
        [rep, customer]
    }
}

/// Both programs run the plugin in this version, and one greets the other with it.
fn run([rep, customer]: &mut [Program; 2], version: &str) {
    for program in [&*rep, &*customer] {
        let running = |event: &Value| event["plugin"] == HELLO && event["state"] == "running";
        let event = program.expect("plugin", 30, running).unwrap();
        assert_eq!(event["version"], version);
    }
    let mark = customer.mark();
    rep.expect_node("menu", 20, |node| node["id"] == "greet").unwrap();
    rep.act(HELLO, "greet", json!({})).unwrap();
    customer.expect_after(mark, "notice", 20, |event| event["title"] == "Hello!").unwrap();
}

/// Every version of the plugin that a program has ever told of.
fn versions(program: &Program) -> Vec<Value> {
    let events = program.events();
    let mut versions: Vec<Value> = events
        .iter()
        .filter(|event| event["plugin"] == HELLO && event["version"].is_string())
        .map(|event| event["version"].clone())
        .collect();
    versions.dedup();
    versions
}

#[test]
fn p4_an_account_that_is_held_at_a_version_gets_it_and_another_the_newest() {
    let vendor = Vendor::start();
    let stage = &vendor.stage;
    let password = stage.password_file(lotse_e2e::stage::PASSWORD).unwrap();
    stage
        .change(&[
            "rep",
            "add",
            "--account",
            "Bolt",
            "--user",
            BO,
            "--name",
            "Bo Lind",
            "--password-file",
            text(&password),
        ])
        .unwrap();
    for version in ["1.0.0", "1.4.0", "2.0.0"] {
        vendor.add(version);
    }
    stage.change_plugins(&["plugin", "enable", "--account", "Acme", "--id", HELLO, "--version", "^1"]).unwrap();
    run(&mut vendor.annas_session(), "1.4.0");
    run(&mut vendor.bos_session("first"), "2.0.0");
    for (account, gets, rule) in [("Acme", "1.4.0", json!("^1")), ("Bolt", "2.0.0", Value::Null)] {
        let list = stage.ask(&["plugin", "list", "--account", account]).unwrap();
        let hello = list.as_array().unwrap().iter().find(|plugin| plugin["id"] == HELLO).unwrap();
        assert_eq!((&hello["gets"], &hello["rule"]), (&json!(gets), &rule), "{hello}");
        assert_eq!(hello["versions"].as_array().unwrap().len(), 3);
        assert_eq!(hello["versions"][0]["publisher"], "Acme Software");
    }
}

#[test]
fn p4_a_new_version_reaches_the_next_session_and_not_the_running_one() {
    let vendor = Vendor::start();
    vendor.stage.add_rep(BO, "Bo Lind").unwrap();
    vendor.add("1.0.0");
    let mut running = vendor.annas_session();
    run(&mut running, "1.0.0");
    vendor.add("1.1.0");
    run(&mut vendor.bos_session("first"), "1.1.0");
    run(&mut running, "1.0.0");
    for program in &running {
        assert_eq!(versions(program), ["1.0.0"], "to its end");
        assert_eq!(program.state().as_deref(), Some("active"));
    }
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn p4_a_rule_that_is_changed_acts_on_the_next_session() {
    let vendor = Vendor::start();
    vendor.stage.add_rep(BO, "Bo Lind").unwrap();
    vendor.add("1.0.0");
    vendor.add("2.0.0");
    let mut running = vendor.annas_session();
    run(&mut running, "2.0.0");
    let rule = ["plugin", "enable", "--account", "Acme", "--id", HELLO, "--version", "=1.0.0"];
    vendor.stage.change_plugins(&rule).unwrap();
    let mut first = vendor.bos_session("first");
    run(&mut first, "1.0.0");
    // One that a console was killed in would be taken up by the next.
    first[0].tell(&json!({ "do": "end" })).unwrap();
    first[0].expect("ended", 20, |_| true).unwrap();
    drop(first);
    run(&mut running, "2.0.0");
    vendor.stage.change_plugins(&["plugin", "disable", "--account", "Acme", "--id", HELLO]).unwrap();
    let [rep, customer] = vendor.bos_session("second");
    let chat = |event: &Value| event["plugin"] == "lotse.chat" && event["state"] == "running";
    for program in [&rep, &customer] {
        program.expect("plugin", 30, chat).unwrap();
        assert!(versions(program).is_empty(), "it is turned off for the account");
    }
    run(&mut running, "2.0.0");
}
