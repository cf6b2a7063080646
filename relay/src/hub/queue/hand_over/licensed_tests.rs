//! Which accounts may ask for another rep: by what the plugins that they get ask for, whoever made those, and by the licence.

use super::*;
use crate::registry::CatalogueEntry;

/// Of a stranger's plugin.
const RELIEF: &str = "example-relief";

/// Anna's session runs; her account gets these plugins, and its licence covers these features.
fn running_with(plugins: &[(Option<&str>, Capability)], covered: &[&str]) -> (Bench, SessionId) {
    let (mut bench, session) = running();
    bench.input(Input::Catalogue(list(plugins)));
    let signed = Arc::new(SignedLicence { document: vec![], signature: vec![] });
    let (for_customers, covered) = (signed.clone(), covered.iter().map(|feature| (*feature).to_owned()).collect());
    bench.input(Input::Licences(vec![(1, AccountLicence { signed, for_customers, covered, sessions_max: None })]));
    (bench, session)
}

fn list(plugins: &[(Option<&str>, Capability)]) -> Arc<[CatalogueEntry]> {
    let entry = |(number, (feature, capability)): (usize, &(Option<&str>, Capability))| CatalogueEntry {
        id: format!("com.example.plugin-{number}"),
        version: semver::Version::new(1, 0, 0),
        digest: [number as u8; 32],
        feature: feature.map(str::to_owned),
        capabilities: [*capability].into(),
        publisher: None,
    };
    plugins.iter().enumerate().map(entry).collect()
}

/// Whether Bo is asked; if not, it was refused in words, and no manager looks on either.
fn is_asked(mut bench: Bench, session: SessionId) -> bool {
    bench.input(wish(session, "rep:2"));
    let is_asked = asked(&mut bench).is_some();
    let heard = bench.heard(ANNA);
    let refused = heard
        .iter()
        .any(|message| matches!(message, FromRelay::Refused { reason } if reason.contains("licence does not cover")));
    assert_ne!(is_asked, refused, "{heard:?}");
    let watched = bench.hub.watch(1, 2, &crate::token::hex(&session.0));
    assert_eq!(watched == Err(NotWatched::NotLicensed), refused, "{watched:?}");
    is_asked
}

#[test]
fn h1_a_strangers_plugin_hands_over_under_its_own_feature() {
    let plugins = [(Some(RELIEF), Capability::Directory)];
    let (bench, session) = running_with(&plugins, &[RELIEF]);
    assert!(is_asked(bench, session));
    let (bench, session) = running_with(&plugins, &["session-handoff"]);
    assert!(!is_asked(bench, session), "a feature that none of its plugins with that right has is none");
    // One of two is enough.
    let plugins = [(Some("session-handoff"), Capability::Directory), (Some(RELIEF), Capability::Directory)];
    let (bench, session) = running_with(&plugins, &[RELIEF]);
    assert!(is_asked(bench, session));
}

#[test]
fn h1_a_plugin_that_needs_no_licence_hands_over_for_every_account_that_gets_it() {
    let free = [(None, Capability::Directory)];
    let (bench, session) = running_with(&free, &[]);
    assert!(is_asked(bench, session));
    let (mut bench, session) = running_with(&free, &[]);
    bench.input(Input::AccountCatalogues([(1, list(&[]))].into()));
    assert!(!is_asked(bench, session), "this account does not get it");
}

#[test]
fn h1_a_licence_without_a_plugin_that_asks_for_the_right_is_none_for_it() {
    let (bench, session) = running_with(&[(Some("session-handoff"), Capability::Handover)], &["session-handoff"]);
    assert!(!is_asked(bench, session));
    let (bench, session) = running_with(&[], &["session-handoff"]);
    assert!(!is_asked(bench, session));
}
