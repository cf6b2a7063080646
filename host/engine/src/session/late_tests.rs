//! Plugins that come in the middle of a session, with guests that really run: `target/plugins`, which `cargo xtask build`
//! builds, has one that says in a log line what it is told.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::tests::{config, offer};
use super::*;
use crate::licence::tests::Signer;
use crate::loading::{Loaded, Ready};
use crate::view::{AuditKind, PluginState};
use lotse_package::{Manifest, pack};
use lotse_protocol::control::PluginRef;
use lotse_protocol::licence::Term;
use lotse_runtime::{Event as PluginEvent, Runtime, RuntimeOptions, Trust};
use std::path::PathBuf;
use tempfile::TempDir;

/// Nothing here takes as long, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// A plugin that asks for no feature, and two that ask for one and for each other.
const PLUGINS: [(&str, &str); 3] = [
    ("a.user", r#""requires":{"a.one":"^1"}"#),
    ("a.one", r#""requires":{"a.two":"^1"},"feature":"files""#),
    ("a.two", r#""requires":{"a.one":"^1"},"feature":"files""#),
];

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target")), PathBuf::from)
}

/// A package of the bare component, without its manifest and signature.
fn component() -> Vec<u8> {
    let path = target().join("plugins/examples/hostile.wasm");
    let package = std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}\nThe tests need the plugins built first: run `cargo xtask build`.", path.display())
    });
    let mut component = package[..8].to_vec();
    let mut at = 8;
    while at < package.len() {
        let (len, len_bytes) = leb(&package[at + 1..]);
        let end = at + 1 + len_bytes + len;
        let content = &package[at + 1 + len_bytes..end];
        let (name_len, name_at) = leb(content);
        if package[at] != 0 || !content[name_at..name_at + name_len].starts_with(b"lotse:") {
            component.extend_from_slice(&package[at..end]);
        }
        at = end;
    }
    component
}

fn leb(bytes: &[u8]) -> (usize, usize) {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return (value, index + 1);
        }
    }
    panic!("not a length");
}

async fn ready(runtime: &Runtime, id: &str, more: &str) -> (PluginRef, Ready) {
    let fixture: serde_json::Value =
        serde_json::from_str(include_str!("../../../runtime/fixtures/hostile/plugin.json")).unwrap();
    let capabilities = &fixture["capabilities"];
    let manifest = format!(
        r#"{{"id":"{id}","name":{{"en":"{id}"}},"version":"1.0.0","api":"^0.1","capabilities":{capabilities},{more},"fails":"closed","memory_mib":8}}"#
    );
    let package = pack(&component(), &Manifest::parse(manifest.as_bytes()).unwrap()).unwrap();
    let trust = Trust { developer_mode: true, ..Trust::default() };
    let compiled = runtime.compile(package.into(), &trust).await.unwrap();
    let (version, digest) = (compiled.manifest().version.clone(), *compiled.package().as_bytes());
    let wanted = PluginRef { id: id.to_owned(), version, digest, licensed: true, publisher: None };
    (wanted, Ready { compiled, signer: None })
}

struct Bench {
    task: Task,
    loaded: Vec<Ready>,
    relay: Signer,
    _said: mpsc::Receiver<ToRelay>,
    _folder: TempDir,
}

impl Bench {
    /// Nothing is loaded yet, and nothing is waited for.
    async fn new(side: Side, plugins: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mut config, said) = config(folder.path(), false);
        config.side = side;
        config.runtime = Runtime::new(RuntimeOptions { cache: Some(target().join("tmp/engine-code")) }).unwrap();
        let (mut wanted, mut loaded) = (Vec::new(), Vec::new());
        for (id, more) in plugins {
            let (plugin, ready) = ready(&config.runtime, id, more).await;
            wanted.push(plugin);
            loaded.push(ready);
        }
        let mut task = Task::new(config, watch::channel(Arc::new(View::default())).0).unwrap();
        let offer = offer(wanted);
        task.shared = Some(task.make_shared(&offer));
        let plugin = |wanted| Plugin { settled: true, asked: true, ..Plugin::new(plugins::plugin_view(wanted, "")) };
        task.plugins = offer.plugins.iter().map(plugin).collect();
        task.offer = Some(offer);
        Self { task, loaded, relay: Signer::new(1), _said: said, _folder: folder }
    }

    fn hear(&mut self, features: &[(&str, Term)]) {
        self.task.on_licence(Some(&self.relay.of_acme(features)), self.relay.check());
    }

    fn load(&mut self, plugin: usize) {
        let outcome = Ok(self.loaded[plugin].clone());
        self.task.on_loaded(Loaded { plugin, outcome, ask_relay: false });
    }

    fn running(&self) -> Vec<bool> {
        let runs = |plugin: &Plugin| plugin.ran && plugin.view.state == PluginState::Running;
        self.task.plugins.iter().map(runs).collect()
    }

    /// Log lines of a plugin, once it has done all that it was told so far.
    async fn lines(&self, plugin: usize) -> u64 {
        let instance = self.task.shared.as_ref().unwrap().instance(plugin).unwrap();
        let (reply, answer) = tokio::sync::oneshot::channel();
        instance.send(PluginEvent::Render { place: "chat".to_owned(), reply }).await.unwrap();
        tokio::time::timeout(PATIENCE, answer).await.unwrap().unwrap();
        instance.stats().log_lines
    }
}

fn files() -> (&'static str, Term) {
    ("files", Term::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_plugins_that_need_one_another_come_together_and_bring_back_who_needs_them() {
    for side in [Side::Customer, Side::Rep] {
        let mut bench = Bench::new(side, &PLUGINS).await;
        bench.hear(&[]);
        (0..3).for_each(|plugin| bench.load(plugin));
        bench.task.start_plugins();
        assert_eq!(bench.running(), [false; 3]);
        let state = &bench.task.plugins[0].view.state;
        assert!(matches!(state, PluginState::Stopped { why } if why.contains("a.one")), "{side:?}: {state:?}");
        bench.hear(&[files()]);
        let states: Vec<&PluginState> = bench.task.plugins.iter().map(|plugin| &plugin.view.state).collect();
        assert_eq!(bench.running(), [true; 3], "{side:?}: {states:?}");
        let told = bench.task.view.audit.iter();
        let told = told.filter(|line| line.kind == AuditKind::NotStarted && line.plugin == "a.user").count();
        assert_eq!(told, 1, "once, and not again on the way");
    }
}

/// A customer's program begins to fetch them when the licence covers them.
#[tokio::test(flavor = "multi_thread")]
async fn l1_the_order_in_which_they_are_loaded_makes_no_difference() {
    for order in [[1, 2], [2, 1]] {
        let mut bench = Bench::new(Side::Customer, &PLUGINS).await;
        for plugin in order {
            bench.task.plugins[plugin].asked = false;
        }
        bench.hear(&[]);
        bench.load(0);
        bench.task.start_plugins();
        bench.hear(&[files()]);
        bench.load(order[0]);
        assert_eq!(bench.running(), [false; 3], "it waits for the other");
        bench.load(order[1]);
        assert_eq!(bench.running(), [true; 3], "{order:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_what_never_comes_is_waited_for_by_nobody_for_ever() {
    let mut bench = Bench::new(Side::Customer, &PLUGINS).await;
    bench.hear(&[files()]);
    bench.load(0);
    bench.load(1);
    bench.task.start_plugins();
    let outcome = Err("its package is not what was promised".to_owned());
    bench.task.on_loaded(Loaded { plugin: 2, outcome, ask_relay: false });
    let why = |number: usize| match &bench.task.plugins[number].view.state {
        PluginState::Stopped { why } => why.clone(),
        other => panic!("{other:?}"),
    };
    assert!(why(1).contains("a.two") && why(0).contains("a.one"), "{}, {}", why(1), why(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_a_half_that_was_started_late_hears_once_of_the_other_side_when_its_other_half_runs() {
    let plugins = [("a.free", r#""requires":{}"#), ("a.files", r#""feature":"files""#)];
    let mut bench = Bench::new(Side::Customer, &plugins).await;
    bench.hear(&[]);
    (0..2).for_each(|plugin| bench.load(plugin));
    bench.task.start_plugins();
    bench.hear(&[files()]);
    assert_eq!(bench.running(), [true; 2]);
    bench.task.peer_joined().await;
    assert_eq!((bench.lines(0).await, bench.lines(1).await), (2, 1), "each begins with a line, and one has joined");
    for _ in 0..2 {
        bench.task.on_running_there(&[1]);
        assert_eq!((bench.lines(0).await, bench.lines(1).await), (2, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_a_half_whose_other_half_runs_already_hears_of_the_other_side_as_it_starts() {
    let plugins = [("a.free", r#""requires":{}"#), ("a.files", r#""feature":"files""#)];
    let mut bench = Bench::new(Side::Rep, &plugins).await;
    bench.hear(&[]);
    (0..2).for_each(|plugin| bench.load(plugin));
    bench.task.start_plugins();
    bench.task.peer_joined().await;
    bench.task.on_running_there(&[1]);
    bench.hear(&[files()]);
    assert_eq!(bench.running(), [true; 2]);
    assert_eq!(bench.lines(1).await, 2);
}
