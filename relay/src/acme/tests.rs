//! When certificates are asked for, and what is kept and shown meanwhile. A real authority is asked in `tests/relay/acme.rs`.

#![allow(clippy::unwrap_used)]

use super::attempts::Failure;
use super::life::life;
use super::*;

const NOW_S: i64 = 1_800_000_000;
const DAY_S: i64 = 86_400;

fn names(names: &[&str]) -> Vec<AcmeName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

/// Of an authority that nobody answers for.
fn config(named: &[&str]) -> AcmeConfig {
    AcmeConfig {
        names: names(named),
        contact: "otto@relay.example".into(),
        directory: "https://127.0.0.1:9/dir".parse().unwrap(),
        authorities: None,
    }
}

/// Key and certificate as they are kept, of a certificate that ends in the year.
fn pem(named: &[&str], year: i32) -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
    let mut parameters = rcgen::CertificateParams::new(named).unwrap();
    parameters.not_after = rcgen::date_time_ymd(year, 1, 1);
    format!("{}{}", key.serialize_pem(), parameters.self_signed(&key).unwrap().pem())
}

fn load_in(folder: &std::path::Path, config: AcmeConfig) -> (Keeper, Arc<Counters>) {
    let counters = Arc::new(Counters::start());
    let (_, keeper) = load(config, &DataFolder::open(folder).unwrap(), counters.clone()).unwrap();
    (keeper, counters)
}

#[test]
fn a_certificate_is_due_without_one_for_other_names_and_late_in_its_life() {
    let wanted = names(&["relay.example"]);
    let good = life(NOW_S - 10 * DAY_S, NOW_S + 80 * DAY_S, &["relay.example"], 0);
    let none = Attempts::default().of("w");
    let due = |life: Option<&Life>, attempts: &Attempts, at_once| due_s(life, &wanted, attempts, NOW_S, at_once);
    assert!(due(None, &none, false) <= NOW_S);
    assert_eq!(due(Some(&good), &none, false), NOW_S + 50 * DAY_S);
    assert_eq!(due(Some(&good), &none, true), NOW_S + 50 * DAY_S, "nobody is asked for what is not due");
    let other = life(NOW_S, NOW_S + 90 * DAY_S, &["other.example"], 0);
    assert!(due(Some(&other), &none, false) <= NOW_S);
    let late = life(NOW_S - 70 * DAY_S, NOW_S + 20 * DAY_S, &["relay.example"], 0);
    assert!(due(Some(&late), &none, false) <= NOW_S);

    let mut refused = none.clone();
    refused.failed(NOW_S, Failure::Refused, None, 0);
    for life in [None, Some(&other), Some(&late)] {
        assert_eq!(due(life, &refused, false), NOW_S + 300, "a pause is kept");
        assert!(due(life, &refused, true) <= NOW_S, "unless somebody wants it now");
    }
    assert_eq!(due(Some(&good), &refused, false), NOW_S + 50 * DAY_S);
}

#[test]
fn what_was_given_out_is_shown_after_a_restart_and_what_is_broken_is_not() {
    let parent = tempfile::tempdir().unwrap();
    let (keeper, counters) = load_in(parent.path(), config(&["relay.example"]));
    assert_eq!((keeper.life, counters.certificate_ends_s()), (None, 0));
    let file = parent.path().join("acme/certificate.pem");
    let good = pem(&["relay.example"], 3000);
    std::fs::write(&file, &good).unwrap();
    let (keeper, counters) = load_in(parent.path(), config(&["relay.example"]));
    assert!(counters.certificate_ends_s() > NOW_S && keeper.due_s(NOW_S, false) > NOW_S);
    let (_, later) = good.split_once("-----END PRIVATE KEY-----").unwrap();
    let other = pem(&["relay.example"], 3000);
    let (other_key, _) = other.split_once("-----BEGIN CERTIFICATE-----").unwrap();
    let strange = format!("{other_key}{later}");
    for broken in ["", "noise", later, other_key, &strange, &pem(&["relay.example"], 2020)] {
        std::fs::write(&file, broken).unwrap();
        let (keeper, counters) = load_in(parent.path(), config(&["relay.example"]));
        assert_eq!((&keeper.life, counters.certificate_ends_s()), (&None, 0), "{broken}");
        assert!(keeper.due_s(NOW_S, false) <= NOW_S, "another one is asked for");
    }
}

#[tokio::test]
async fn an_authority_that_is_not_there_costs_nothing_but_a_pause_that_is_kept() {
    let parent = tempfile::tempdir().unwrap();
    DataFolder::open(&parent.path().join("acme")).unwrap();
    let kept = pem(&["relay.example"], 3000);
    std::fs::write(parent.path().join("acme/certificate.pem"), &kept).unwrap();
    let wanted = config(&["relay.example", "more.example"]);
    let (mut keeper, counters) = load_in(parent.path(), wanted.clone());
    let ends_s = counters.certificate_ends_s();
    keeper.ask().await;
    assert_eq!((counters.certificate_failures(), counters.certificates()), (1, 0));
    assert_eq!(counters.certificate_ends_s(), ends_s, "the one before stays in use");
    assert_eq!(std::fs::read_to_string(parent.path().join("acme/certificate.pem")).unwrap(), kept);
    let now_s = unix_s();
    assert!(keeper.due_s(now_s, false) > now_s);
    let (keeper, _) = load_in(parent.path(), wanted);
    assert!(keeper.due_s(now_s, false) > now_s, "a restart does not cut the pause short");
    let (keeper, _) = load_in(parent.path(), config(&["third.example"]));
    assert!(keeper.due_s(now_s, false) <= now_s, "other names were never refused");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| std::fs::metadata(parent.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("acme"), mode("acme/attempts.json")), (0o700, 0o600));
    }
}

#[test]
fn a_certificate_that_cannot_be_used_is_said_so_without_its_key() {
    let good = pem(&["relay.example"], 3000);
    assert!(pair(good.as_bytes(), NOW_S).is_ok());
    let (key, certificate) = good.split_once("-----BEGIN CERTIFICATE-----").unwrap();
    let certificate = format!("-----BEGIN CERTIFICATE-----{certificate}");
    for (bad, wanted) in [
        ("".to_owned(), "read"),
        (certificate, "key is missing"),
        (format!("{key}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "read"),
        (pem(&["relay.example"], 2020), "clock"),
    ] {
        let why = pair(bad.as_bytes(), NOW_S).err().unwrap();
        assert!(why.contains(wanted) && !why.contains("PRIVATE"), "{why}");
    }
}

#[test]
fn a_certificate_has_names_in_bounds() {
    let parent = tempfile::tempdir().unwrap();
    let data = DataFolder::open(parent.path()).unwrap();
    let many: Vec<String> = (0..=NAMES_MAX).map(|number| format!("n{number}.example")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for bad in [&[][..], &many] {
        let refused = load(config(bad), &data, Arc::new(Counters::start()));
        assert!(matches!(refused, Err(AcmeSetUpError::Names)));
    }
}
