//! A customer's session task by itself: its pause over a crash, plugins that do not start, and a queue that is kept full.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::conversation::LinkEvent;
use crate::licence::LicenceCheck;
use crate::loading::{Ready, engine_name};
use crate::plugin_store::PluginStore;
use crate::resume::ResumeNote;
use crate::shared::Inner;
use crate::storage::Storage;
use crate::view::{Access, AuditKind, Command, PluginState, SessionState, Tone};
use lotse_package::{Manifest, TrustedKeys, pack};
use lotse_protocol::control::{AUDIT_LINES_PER_MINUTE, AuditKind as Told, Leg, PluginRef, Secret, SessionId};
use lotse_protocol::peer::{ConsentState, PeerMessage};
use lotse_runtime::{AuditEvent, AuditKind as PluginAudit, Capability, Runtime, RuntimeOptions, Trust};
use lotse_transport::Fingerprint;
use std::path::Path;

/// Nothing here takes as long, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const ID: SessionId = SessionId([7; 16]);
/// A component that exports an empty instance as its handler of the session (`(instance $i) (export "…" (instance $i))`):
/// it loads, and cannot be started since there is no function in it to call.
const HOLLOW: &[u8] =
    b"\0asm\x0d\0\x01\0\x05\x03\x01\x01\0\x0b\x28\x01\0\x22lotse:plugin/session-handler@0.1.0\x05\0\0";

/// A customer's session that was running when its program was stopped, and what it says to the relay.
pub(super) fn config(folder: &Path, paused: bool) -> (SessionConfig, mpsc::Receiver<ToRelay>) {
    let (to_relay, said) = mpsc::channel(64);
    let identity = Identity::generate().unwrap();
    let config = SessionConfig {
        side: Side::Customer,
        id: ID,
        locale: "en".to_owned(),
        developer: false,
        ahead: Vec::new(),
        secret: None,
        restored: Some(Restored {
            identity,
            peer: Fingerprint([2; 32]),
            accepted: true,
            paused,
            features: Vec::new(),
            restarted: None,
        }),
        runtime: Runtime::new(RuntimeOptions { cache: None }).unwrap(),
        network: tokio::runtime::Handle::current(),
        store: PluginStore::new(folder.join("plugins"), &engine_name()),
        drivers: None,
        guard: SessionGuard::new(None),
        surfaces: None,
        drawing: None,
        storage: Arc::new(Storage::of_session()),
        note: Some(folder.join("session.json")),
        files: Some(folder.join("files.json")),
        folder: None,
        restart: None,
        relay: "https://127.0.0.1:9".to_owned(),
        user: String::new(),
        asked: None,
        neighbour: None,
        to_relay,
    };
    (config, said)
}

pub(super) fn offer(plugins: Vec<PluginRef>) -> SessionOffer {
    SessionOffer {
        session: ID,
        token: Secret("token".to_owned()),
        leg: Leg { udp_port: 9, token: vec![0; 8], secret: [0; 32] },
        rep: "Anna Berg".to_owned(),
        account: "Acme".to_owned(),
        customer: "K. Weber".to_owned(),
        system: String::new(),
        plugins,
        resumed: true,
        licence: None,
        question: String::new(),
        portal: String::new(),
    }
}

fn taken_up() -> ToSession {
    ToSession::Offer {
        offer: Box::new(offer(Vec::new())),
        relay: [127, 0, 0, 1].into(),
        code_key: [0; 32],
        licences: LicenceCheck::new(Some([0; 32]), 0),
    }
}

async fn until(handle: &SessionHandle, wanted: impl FnMut(&Arc<View>) -> bool) {
    let mut view = handle.view.clone();
    tokio::time::timeout(PATIENCE, view.wait_for(wanted)).await.unwrap().unwrap();
}

/// Waits for what the note says of the pause; `None`: there is no note.
async fn noted(place: &Path, wanted: Option<bool>) {
    let note = async {
        while ResumeNote::read(place).map(|note| note.paused) != wanted {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, note).await.is_ok(), "the note never says {wanted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_paused_comes_back_paused() {
    for paused in [true, false] {
        // One each: a session that is over takes its note away.
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("session.json");
        let (config, _said) = config(folder.path(), paused);
        let guard = config.guard.clone();
        let handle = start(config).unwrap();
        until(&handle, |view| view.revision > 0 && (view.paused, view.paused_here) == (paused, paused)).await;
        assert_eq!(guard.paused.load(Ordering::Acquire), paused, "before anything else, nothing is injected");
        handle.inbox.send(taken_up()).await.unwrap();
        noted(&place, Some(paused)).await;
        handle.inbox.send(ToSession::Command(Command::Pause { on: !paused })).await.unwrap();
        until(&handle, |view| view.paused != paused && view.paused_here != paused && !view.paused_there).await;
        noted(&place, Some(!paused)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_cannot_be_noted_leaves_no_note_that_knows_of_none() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("session.json");
    let (config, _said) = config(folder.path(), false);
    let handle = start(config).unwrap();
    handle.inbox.send(taken_up()).await.unwrap();
    noted(&place, Some(false)).await;
    // What stands in the way of the next note, as a full disk would.
    std::fs::create_dir(place.with_extension("new")).unwrap();
    handle.inbox.send(ToSession::Command(Command::Pause { on: true })).await.unwrap();
    noted(&place, None).await;
    assert!(handle.view.borrow().paused);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_relay_refuses_is_told_in_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let (config, _said) = config(folder.path(), false);
    let handle = start(config).unwrap();
    handle.inbox.send(ToSession::Refused { detail: "Ask your administrator.".to_owned() }).await.unwrap();
    until(&handle, |view| view.notices.iter().any(|notice| notice.body == "Ask your administrator.")).await;
    assert_ne!(handle.view.borrow().state, SessionState::Ended { reason: EndReason::RepGone });
}

/// Scar: they were said to go by themselves and stayed for ever.
#[tokio::test]
async fn plain_notices_go_by_themselves_and_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (config, _said) = config(folder.path(), false);
    let mut task = Task::new(config, watch::channel(Arc::new(View::default())).0).unwrap();
    for tone in [Tone::Plain, Tone::Good, Tone::Caution, Tone::Danger] {
        task.notice(tone, format!("{tone:?}"), String::new());
    }
    task.let_notices_go();
    assert_eq!(task.view.notices.len(), 4, "there is time to read them");
    // As if that time had passed.
    task.started = task.started.checked_sub(Duration::from_secs(9)).unwrap();
    task.let_notices_go();
    let tones: Vec<Tone> = task.view.notices.iter().map(|notice| notice.tone).collect();
    assert_eq!(tones, [Tone::Caution, Tone::Danger]);
    for _ in 0..100 {
        task.notice(Tone::Plain, String::new(), String::new());
    }
    assert_eq!((task.view.notices.len(), task.notices_until.len()), (20, 20), "both are bounded");
}

pub(super) async fn ready(runtime: &Runtime, id: &str, more: &str) -> (PluginRef, Ready) {
    let manifest =
        format!(r#"{{"id":"{id}","name":{{"en":"{id}"}},"version":"1.0.0","api":"^0.1",{more},"fails":"closed"}}"#);
    let package = pack(HOLLOW, &Manifest::parse(manifest.as_bytes()).unwrap()).unwrap();
    let trust = Trust { keys: TrustedKeys::new([]), developer_mode: true };
    let compiled = runtime.compile(package.into(), &trust).await.unwrap();
    let version = compiled.manifest().version.clone();
    let digest = *compiled.package().as_bytes();
    let wanted = PluginRef { id: id.to_owned(), version, digest, licensed: true, publisher: None };
    (wanted, Ready { compiled, signer: None })
}

/// A task whose plugins are loaded and not started.
pub(super) async fn task_with(config: SessionConfig, plugins: &[(&str, &str)]) -> Task {
    let (mut wanted, mut loaded) = (Vec::new(), Vec::new());
    for (id, more) in plugins {
        let (plugin, ready) = ready(&config.runtime, id, more).await;
        wanted.push(plugin);
        loaded.push(ready);
    }
    let mut task = Task::new(config, watch::channel(Arc::new(View::default())).0).unwrap();
    let offer = offer(wanted);
    task.shared = Some(task.make_shared(&offer));
    task.plugins = offer
        .plugins
        .iter()
        .zip(loaded)
        .map(|(wanted, ready)| Plugin {
            ready: Some(ready),
            settled: true,
            ..Plugin::new(plugins::plugin_view(wanted, ""))
        })
        .collect();
    task.offer = Some(offer);
    task
}

fn why(task: &Task, number: usize) -> String {
    match &task.plugins[number].view.state {
        PluginState::Stopped { why } => why.clone(),
        other => panic!("{other:?}"),
    }
}

const REQUIRING: [(&str, &str); 4] = [
    ("a.base", r#""requires":{}"#),
    ("a.notes", r#""requires":{"a.base":"^1"}"#),
    ("a.export", r#""requires":{"a.notes":"^1"}"#),
    ("a.free", r#""requires":{}"#),
];

/// It loads and does not start: those that need it cannot run either, and say for want of what.
#[tokio::test(flavor = "multi_thread")]
async fn who_needs_a_plugin_that_does_not_start_is_taken_out_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (config, _said) = config(folder.path(), false);
    let mut task = task_with(config, &REQUIRING).await;
    task.start_plugins();
    let why = |number| why(&task, number);
    assert!(!why(0).contains("it needs"), "it fails by itself: {}", why(0));
    assert_eq!(why(1), "it needs a.base, which cannot be started");
    assert_eq!(why(2), "it needs a.notes, which cannot be started");
    assert!(!why(3).contains("it needs"), "{}", why(3));
    let told: Vec<&str> = task.view.audit.iter().map(|line| line.plugin.as_str()).collect();
    assert_eq!(told, ["a.notes", "a.export"], "the runtime itself writes of those that failed");
}

/// Scar: those that require a plugin went on without it when it was evicted later.
#[tokio::test(flavor = "multi_thread")]
async fn who_needs_a_plugin_that_is_evicted_is_stopped_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (config, _said) = config(folder.path(), false);
    let mut task = task_with(config, &REQUIRING).await;
    for plugin in &mut task.plugins {
        (plugin.ran, plugin.view.state) = (true, PluginState::Running);
    }
    task.on_fault(0, "crashed: again".to_owned(), true);
    assert!(task.plugins.iter().all(|plugin| plugin.ready.is_some()), "it is started again");
    task.on_fault(0, "crashed: again".to_owned(), false);
    assert_eq!(why(&task, 0), "crashed: again");
    assert_eq!(why(&task, 1), "it needs a.base, which was stopped");
    assert_eq!(why(&task, 2), "it needs a.notes, which was stopped");
    assert_eq!(task.plugins[3].view.state, PluginState::Running);
    let told: Vec<(AuditKind, &str)> = task.view.audit.iter().map(|line| (line.kind, line.plugin.as_str())).collect();
    assert_eq!(told, [(AuditKind::Stopped, "a.notes"), (AuditKind::Stopped, "a.export")]);
    let titles: Vec<&str> = task.view.notices.iter().map(|notice| notice.title.as_str()).collect();
    assert_eq!(titles, ["a.base", "a.base", "a.notes", "a.export"], "people are told of each");
}

/// Scar: it was shown as running where it never was.
#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_of_the_other_side_is_not_said_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let (config, _said) = config(folder.path(), false);
    let mut task = task_with(config, &[("a.rep", r#""sides":["rep"]"#)]).await;
    task.start_plugins();
    assert_eq!(task.plugins[0].view.state, PluginState::OtherSide);
    assert!(!task.plugins[0].ran && task.view.audit.is_empty());
}

/// Scar: a plugin could call its notice "Relay", and nothing said whose it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_plugins_notice_says_whose_it_is_and_breaks_no_line() {
    let folder = tempfile::tempdir().unwrap();
    let (config, _said) = config(folder.path(), false);
    let mut task = task_with(config, &[("a.b", r#""requires":{}"#)]).await;
    let (title, body) = ("Relay\u{202e}\n".to_owned(), "x".repeat(100_000));
    task.on_inner(Inner::Notify { plugin: 0, tone: Tone::Danger, title, body });
    task.notice(Tone::Caution, "Relay".to_owned(), String::new());
    task.on_inner(Inner::Notify { plugin: 9, tone: Tone::Danger, title: "nobody's".to_owned(), body: String::new() });
    let [plugins, own] = task.view.notices.as_slice() else { panic!("{:?}", task.view.notices) };
    assert_eq!((plugins.from.as_deref(), plugins.title.as_str()), (Some("a.b"), "Relay"));
    assert!(plugins.body.len() < 1_000);
    assert_eq!((own.from.as_deref(), own.title.as_str()), (None, "Relay"));
}

/// One line however many were lost; scripts and people see that something is missing.
#[tokio::test]
async fn what_the_queue_could_not_hold_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let (config, _said) = config(folder.path(), false);
    let mut task = task_with(config, &[]).await;
    let shared = task.shared.clone().unwrap();
    for _ in 0..INBOX_MAX {
        assert!(shared.report(Inner::DisplaysChanged));
    }
    for _ in 0..10 {
        assert!(!shared.report(Inner::DisplaysChanged));
    }
    task.on_tick();
    task.on_tick();
    let [line] = task.view.audit.as_slice() else { panic!("{:?}", task.view.audit) };
    assert_eq!(line.kind, AuditKind::Lost);
    assert!(line.text.starts_with("10 messages"), "{}", line.text);
}

#[tokio::test]
async fn a_customers_own_name_cannot_turn_or_break_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let (mut config, _said) = config(folder.path(), false);
    (config.side, config.restored) = (Side::Rep, None);
    let mut task = Task::new(config, watch::channel(Arc::new(View::default())).0).unwrap();
    let mut hello = |name: &str| {
        task.name_peer(name, "Debian\n12");
        (task.view.peer.clone(), task.view.peer_system.clone())
    };
    assert_eq!(hello("Karl\u{202e}\nWeber"), ("Karl Weber".to_owned(), "Debian 12".to_owned()));
    assert_eq!(hello(" \u{7}").0, "Karl Weber", "a name of nothing is none");
    assert_eq!(hello(&"ü".repeat(10_000)).0.chars().count(), 200);
}

/// The other side's words came first, always: while it went on talking no prompt, no fault and no second passed.
#[tokio::test]
async fn a_host_that_keeps_its_queue_full_holds_nothing_else_up() {
    let mut queues = Queues::new();
    let mut tick = tokio::time::interval(TICK);
    let talk = queues.talk.0.clone();
    queues.inner.0.try_send(Inner::Surfaces).unwrap();
    let (mut inner, mut ticked, mut heard) = (false, false, 0);
    // Chance decides among those that are there; so many times it never decides against one.
    for _ in 0..10_000 {
        while talk.try_send((1, LinkEvent::Message(PeerMessage::Accepted))).is_ok() {}
        match queues.next(&mut tick).await {
            Next::Inner(_) => inner = true,
            Next::Tick => ticked = true,
            Next::Talk(_) => heard += 1,
            Next::Link(_) | Next::Path(_) | Next::Loaded(_) => {}
        }
        if inner && ticked && heard > 0 {
            return;
        }
    }
    panic!("inner {inner}, ticked {ticked}, heard {heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_is_told_what_was_decided_and_no_word_of_a_plugin() {
    let folder = tempfile::tempdir().unwrap();
    let (config, mut said) = config(folder.path(), false);
    let (published, _view) = watch::channel(Arc::new(View::default()));
    let mut task = Task::new(config, published).unwrap();
    task.shared = Some(task.make_shared(&offer(Vec::new())));
    let event = |what| {
        let (plugin, version) = ("a.b".to_owned(), "1.0.0".to_owned());
        Inner::Audit(AuditEvent { plugin, version, what })
    };
    task.on_inner(event(PluginAudit::NotStarted("its own words".to_owned())));
    task.on_inner(event(PluginAudit::Denied(Capability::Input)));
    task.set_access(Access::View, ConsentState::Granted);
    let told: Vec<ToRelay> = std::iter::from_fn(|| said.try_recv().ok()).collect();
    let [
        ToRelay::Audit { kind: Told::Denied, plugin, about, session: ID },
        ToRelay::Audit { kind: Told::Allowed, plugin: nobody, about: access, .. },
    ] = told.as_slice()
    else {
        panic!("{told:?}")
    };
    assert_eq!((plugin.as_str(), about.as_str(), nobody.as_str(), access.as_str()), ("a.b", "input", "", "view"));
    for _ in 0..1_000 {
        task.on_inner(event(PluginAudit::Denied(Capability::Input)));
    }
    let more = std::iter::from_fn(|| said.try_recv().ok()).count();
    assert_eq!(more, AUDIT_LINES_PER_MINUTE as usize - 2, "a plugin that asks without an end fills no queue");
}

/// Scar: they were dropped with the connection, and nothing said that something was missing in the relay's log.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_while_the_relay_was_away_is_told_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let (config, mut said) = config(folder.path(), false);
    let (published, _view) = watch::channel(Arc::new(View::default()));
    let mut task = Task::new(config, published).unwrap();
    task.shared = Some(task.make_shared(&offer(Vec::new())));
    let mut told = || {
        let said = std::iter::from_fn(|| said.try_recv().ok());
        said.filter(|message| matches!(message, ToRelay::Audit { session: ID, kind: Told::Allowed, .. })).count()
    };
    task.on_message(ToSession::ControlDown).await;
    task.set_access(Access::View, ConsentState::Granted);
    task.on_tick();
    task.on_message(ToSession::ControlUp).await;
    task.on_tick();
    assert_eq!(told(), 0, "it does not know yet whose they are");
    task.on_message(taken_up()).await;
    task.on_tick();
    assert_eq!(told(), 1);
    task.on_tick();
    assert_eq!(told(), 0, "once");
}
