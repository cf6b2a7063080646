//! A session's task by itself with licences: what starts, what stays, and what people are told.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::tests::{config, offer, ready};
use super::*;
use crate::licence::tests::{NOW_S, Signer, acme};
use crate::loading::{Loaded, Ready};
use crate::view::{HostNotice, PluginState};
use lotse_protocol::licence::{LIFETIME_S, Licence, LicenceError, Term};
use tempfile::TempDir;

/// The number of the plugin that asks for the feature `files`; the one before it asks for none.
const FILES: usize = 1;

struct Bench {
    task: Task,
    files: Ready,
    relay: Signer,
    _said: mpsc::Receiver<ToRelay>,
    _folder: TempDir,
}

impl Bench {
    /// The list claims that everything is licensed, as a liar's would.
    async fn new(side: Side, features: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mut config, said) = config(folder.path(), false);
        config.side = side;
        config.restored = config.restored.map(|restored| Restored {
            features: features.iter().map(|feature| (*feature).to_owned()).collect(),
            ..restored
        });
        let (free, free_ready) = ready(&config.runtime, "a.free", r#""requires":{}"#).await;
        let (files, files_ready) = ready(&config.runtime, "a.files", r#""feature":"files""#).await;
        let mut task = Task::new(config, watch::channel(Arc::new(View::default())).0).unwrap();
        let offer = offer(vec![free, files]);
        task.shared = Some(task.make_shared(&offer));
        task.plugins = offer.plugins.iter().map(|wanted| Plugin::new(plugins::plugin_view(wanted, ""))).collect();
        task.plugins[0] = Plugin {
            ready: Some(free_ready),
            settled: true,
            ..Plugin::new(plugins::plugin_view(&offer.plugins[0], ""))
        };
        task.offer = Some(offer);
        Self { task, files: files_ready, relay: Signer::new(1), _said: said, _folder: folder }
    }

    fn hear(&mut self, features: &[(&str, Term)]) {
        self.task.on_licence(Some(&self.relay.of_acme(features)), self.relay.check());
    }

    fn load(&mut self) {
        let outcome = Ok(self.files.clone());
        self.task.on_loaded(Loaded { plugin: FILES, outcome, ask_relay: false });
    }

    fn state(&self) -> &PluginState {
        &self.task.plugins[FILES].view.state
    }

    fn is_barred(&self) -> bool {
        let plugin = &self.task.plugins[FILES];
        plugin.ready.is_none() && matches!(plugin.view.state, PluginState::NotLicensed { .. })
    }

    fn told(&self) -> Vec<&HostNotice> {
        self.task.view.notices.iter().filter_map(|notice| notice.host.as_ref()).collect()
    }
}

fn files() -> (&'static str, Term) {
    ("files", Term::default())
}

/// What a changed rep's console, or a list, says of licences counts for nothing on the customer's side, nor on the rep's.
#[tokio::test(flavor = "multi_thread")]
async fn l2_without_a_good_document_nothing_that_asks_for_a_feature_is_started() {
    for side in [Side::Customer, Side::Rep] {
        let relay = Signer::new(1);
        let another = acme(&[files()]);
        let old = acme(&[files()]);
        let documents = [
            ("none", None),
            ("without the feature", Some(relay.of_acme(&[("chat", Term::default())]))),
            ("forged", Some(Signer::new(2).of_acme(&[files()]))),
            ("another account's", Some(relay.sign(&Licence { account_name: "Bolt".to_owned(), ..another }))),
            ("expired", Some(relay.sign(&Licence { issued_s: NOW_S - LIFETIME_S, expires_s: NOW_S, ..old }))),
            ("over", Some(relay.of_acme(&[("files", Term { until_s: Some(NOW_S), ..Term::default() })]))),
            ("to come", Some(relay.of_acme(&[("files", Term { from_s: Some(NOW_S + 600), ..Term::default() })]))),
        ];
        for (what, signed) in documents {
            let mut bench = Bench::new(side, &[]).await;
            bench.task.on_licence(signed.as_ref(), relay.check());
            bench.load();
            assert!(bench.is_barred(), "{side:?}, {what}: {:?}", bench.state());
            bench.task.start_plugins();
            assert!(bench.is_barred() && !bench.task.plugins[FILES].ran, "{side:?}, {what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l2_a_document_that_is_refused_is_told_once_and_the_good_one_holds() {
    let mut bench = Bench::new(Side::Customer, &[]).await;
    bench.hear(&[files()]);
    let forged = Signer::new(2).of_acme(&[]);
    for _ in 0..3 {
        bench.task.on_licence(Some(&forged), bench.relay.check());
    }
    let told = bench.told();
    assert!(matches!(told.as_slice(), [HostNotice::LicenceRefused { why: LicenceError::Forged }]), "{told:?}");
    bench.load();
    assert!(bench.task.plugins[FILES].ready.is_some());
}

/// The relay that a program is connected to is another one than before, or lost its key.
#[tokio::test(flavor = "multi_thread")]
async fn l2_after_the_key_changed_documents_go_by_the_new_one() {
    let mut bench = Bench::new(Side::Customer, &[]).await;
    bench.hear(&[("chat", Term::default())]);
    let next = Signer::new(2);
    bench.task.on_licence(Some(&bench.relay.of_acme(&[files()])), next.check());
    bench.load();
    assert!(bench.is_barred(), "of the key before");
    bench.task.on_licence(Some(&next.of_acme(&[files()])), next.check());
    assert!(bench.task.plugins[FILES].ready.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_a_feature_that_is_switched_on_starts_in_the_running_session() {
    let mut bench = Bench::new(Side::Customer, &[]).await;
    bench.hear(&[]);
    bench.load();
    bench.task.start_plugins();
    assert!(bench.is_barred());
    assert_eq!(bench.state(), &PluginState::NotLicensed { contact: "sales@lotse.example".to_owned() });
    bench.hear(&[files()]);
    // It was started: this one cannot run, for a reason of its own.
    let PluginState::Stopped { why } = bench.state() else { panic!("{:?}", bench.state()) };
    assert!(!why.contains("licen"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_what_a_session_had_it_keeps_and_the_rep_is_told_once() {
    let mut bench = Bench::new(Side::Rep, &[]).await;
    bench.hear(&[files()]);
    bench.load();
    bench.task.plugins[FILES].ran = true;
    assert!(bench.told().is_empty());
    bench.hear(&[("files", Term { until_s: Some(NOW_S + 600), ..Term::default() })]);
    bench.hear(&[("files", Term { until_s: Some(NOW_S + 599), ..Term::default() })]);
    assert!(matches!(bench.told().as_slice(), [HostNotice::LicenceEnds { in_s: 1..=600 }]), "{:?}", bench.told());
    for _ in 0..3 {
        bench.hear(&[]);
        bench.task.on_tick();
    }
    assert!(matches!(bench.told().as_slice(), [_, HostNotice::LicenceOver]), "{:?}", bench.told());
    assert!(bench.task.plugins[FILES].ready.is_some());
    assert!(bench.task.licensed.allows(Some(&"files".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_a_session_that_is_taken_up_again_has_what_it_had() {
    let mut bench = Bench::new(Side::Customer, &["files"]).await;
    bench.hear(&[]);
    bench.load();
    assert!(bench.task.plugins[FILES].ready.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_a_half_that_was_started_late_meets_the_other_side_when_its_other_half_runs() {
    let mut bench = Bench::new(Side::Customer, &[]).await;
    let shared = bench.task.shared.clone().unwrap();
    bench.task.plugins[FILES].late = true;
    assert_eq!(bench.task.who_meets(&shared), [0]);
    bench.task.on_running_there(&[200, 1]);
    assert_eq!(bench.task.who_meets(&shared), [0, FILES]);
    bench.task.forget_running_there();
    assert_eq!(bench.task.who_meets(&shared), [0], "until it says so again");
}
