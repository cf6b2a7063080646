//! Whose session lets a rep ask for another: by the packages that the customer's program has verified, and by the licence.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::super::Restored;
use super::super::plugins::plugin_view;
use super::super::tests::{config, offer, ready};
use super::*;
use crate::loading::Loaded;
use crate::shared::REP;
use crate::view::View;
use lotse_session::Event;
use std::sync::Arc;
use tokio::sync::watch;

/// Of a stranger's plugin.
const RELIEF: &str = "example-relief";

/// What a manifest says of a plugin that runs on the rep's side alone, with that right.
fn manifest(capability: &str, feature: Option<&str>) -> String {
    let feature = feature.map(|feature| format!(r#""feature":"{feature}","#)).unwrap_or_default();
    format!(
        r#"{feature}"sides":["rep"],"capabilities":[{{"name":"{capability}","reason":{{"en":"Brings a colleague."}}}}]"#
    )
}

/// Whether the customer is asked when the rep wishes for another, in a session with that one plugin and these features.
/// `loads`: its package is here, and is what was promised.
async fn is_customer_asked(manifest: &str, features: &[&str], loads: bool) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let (mut config, _said) = config(folder.path(), false);
    config.restored = config.restored.map(|restored| Restored {
        features: features.iter().map(|feature| (*feature).to_owned()).collect(),
        ..restored
    });
    let (wanted, package) = ready(&config.runtime, "com.example.relief", manifest).await;
    let mut task = Task::new(config, watch::channel(Arc::new(View::default())).0).unwrap();
    let offer = offer(vec![wanted]);
    task.shared = Some(task.make_shared(&offer));
    let plugin = |wanted| Plugin { settled: true, asked: true, ..Plugin::new(plugin_view(wanted, "")) };
    task.plugins = offer.plugins.iter().map(plugin).collect();
    task.offer = Some(offer);
    let outcome = if loads { Ok(package) } else { Err("altered on the way".to_owned()) };
    task.on_loaded(Loaded { plugin: 0, outcome, ask_relay: false });
    for event in [Event::PluginsReady, Event::LinkUp, Event::Greeted { compatible: true }] {
        task.feed(event);
    }
    task.carry_out().await;
    assert_eq!(*task.end.machine.state(), State::Active);
    task.on_wish_for_another(REP, &Secret("4829135207".to_owned()), "Bo Lind", Purpose::TakeOver);
    let asked = task.prompts.current().is_some();
    assert_eq!(task.coming.is_some(), asked);
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_strangers_plugin_brings_a_colleague_under_its_own_feature() {
    let relief = manifest("directory", Some(RELIEF));
    assert!(is_customer_asked(&relief, &[RELIEF], true).await);
    assert!(!is_customer_asked(&relief, &["session-handoff"], true).await, "another plugin's feature is not its own");
    assert!(!is_customer_asked(&relief, &[], true).await);
    assert!(is_customer_asked(&manifest("directory", None), &[], true).await, "it needs no licence");
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_licence_without_a_verified_package_that_asks_for_the_right_brings_nobody() {
    let other = manifest("handover", Some("session-handoff"));
    assert!(!is_customer_asked(&other, &["session-handoff"], true).await);
    let relief = manifest("directory", Some(RELIEF));
    assert!(!is_customer_asked(&relief, &[RELIEF], false).await, "the relay's word of it is not enough");
}
