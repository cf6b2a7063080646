#![allow(clippy::unwrap_used)]
use super::*;

const NOW_S: i64 = 1_795_910_400;

fn licence() -> Licence {
    let sessions = Term { limits: [("sessions".to_owned(), 3)].into(), ..Term::default() };
    let dated = Term { from_s: Some(NOW_S - 10), until_s: Some(NOW_S + 10), ..Term::default() };
    Licence {
        account: 7,
        account_name: "Acme".to_owned(),
        contact: "licences@acme.example".to_owned(),
        issued_s: NOW_S,
        expires_s: NOW_S + LIFETIME_S,
        features: [("multi-chat".to_owned(), sessions), ("chat".to_owned(), dated)].into(),
    }
}

#[test]
fn what_is_written_is_read() {
    assert_eq!(Licence::read(&licence().write().unwrap()), Ok(licence()));
}

#[test]
fn a_term_holds_from_its_first_second_to_before_its_last() {
    let licence = licence();
    for (now_s, covered) in [(NOW_S - 11, false), (NOW_S - 10, true), (NOW_S + 9, true), (NOW_S + 10, false)] {
        assert_eq!(licence.covers("chat", now_s), covered, "{}", now_s - NOW_S);
    }
    assert!(licence.covers("multi-chat", NOW_S) && !licence.covers("files", NOW_S));
    assert!(!licence.covers("multi-chat", NOW_S + LIFETIME_S), "it lives no longer than its document");
    assert_eq!(licence.covered(NOW_S).collect::<Vec<_>>(), ["chat", "multi-chat"]);
    assert_eq!(licence.covered(NOW_S + 10).collect::<Vec<_>>(), ["multi-chat"]);
}

#[test]
fn an_end_that_is_near_is_told_and_no_other() {
    let licence = licence();
    let ends = |feature: &str, now_s, within_s| licence.features.get(feature).unwrap().ends_within(now_s, within_s);
    assert_eq!(ends("chat", NOW_S, 10), Some(NOW_S + 10));
    assert_eq!(ends("chat", NOW_S, 9), None);
    assert_eq!(ends("chat", NOW_S + 10, 10), None, "it is over");
    assert_eq!(ends("multi-chat", NOW_S, i64::MAX), None);
}

#[test]
fn it_stands_for_its_account_and_in_its_time_alone() {
    let licence = licence();
    for (account, now_s, wanted) in [
        ("Acme", NOW_S, Ok(())),
        ("Acme", NOW_S - SLACK_S, Ok(())),
        ("Acme", NOW_S - SLACK_S - 1, Err(LicenceError::NotYet)),
        ("Acme", NOW_S + LIFETIME_S - 1, Ok(())),
        ("Acme", NOW_S + LIFETIME_S, Err(LicenceError::Expired)),
        ("Bolt", NOW_S, Err(LicenceError::OtherAccount)),
        ("Acme", i64::MIN, Err(LicenceError::NotYet)),
        ("Acme", i64::MAX, Err(LicenceError::Expired)),
    ] {
        assert_eq!(licence.stands(account, now_s), wanted, "{account} {now_s}");
    }
}

#[test]
fn what_has_no_bound_is_no_licence() {
    let many = |count: usize| (0..count).map(|number| (format!("feature-{number}"), Term::default())).collect();
    assert!(Licence { features: many(FEATURES_MAX), ..licence() }.write().is_ok());
    assert_eq!(Licence { features: many(FEATURES_MAX + 1), ..licence() }.write(), Err(LicenceError::Malformed));
    let named = |name: &str| Licence { features: [(name.to_owned(), Term::default())].into(), ..licence() };
    for name in ["", "Chat", "a b", "ü", &"x".repeat(65)] {
        assert_eq!(named(name).write(), Err(LicenceError::Malformed), "{name}");
        // One that is read is held to the same.
        let bytes = wire::encode(&named(name), DOCUMENT_BYTES_MAX).unwrap();
        assert_eq!(Licence::read(&bytes), Err(LicenceError::Malformed), "{name}");
    }
    let document = vec![0; DOCUMENT_BYTES_MAX + 1];
    assert_eq!(Licence::read(&document), Err(LicenceError::TooLong));
    let signed = |document, signature| SignedLicence { document, signature };
    assert_eq!(signed(document, vec![0; 64]).parts(), Err(LicenceError::TooLong));
    assert_eq!(signed(vec![1], vec![0; 63]).parts(), Err(LicenceError::Forged));
}

#[test]
fn every_document_that_is_cut_short_is_refused() {
    let document = licence().write().unwrap();
    for length in 0..document.len() {
        assert_eq!(Licence::read(&document[..length]), Err(LicenceError::Malformed), "{length}");
    }
}

#[test]
fn fields_of_a_newer_relay_are_ignored() {
    #[derive(Serialize)]
    struct Newer {
        account: i64,
        account_name: String,
        contact: String,
        issued_s: i64,
        expires_s: i64,
        features: BTreeMap<String, Term>,
        colour: u8,
    }
    let Licence { account, account_name, contact, issued_s, expires_s, features } = licence();
    let newer = Newer { account, account_name, contact, issued_s, expires_s, features, colour: 1 };
    assert_eq!(Licence::read(&wire::encode(&newer, DOCUMENT_BYTES_MAX).unwrap()), Ok(licence()));
}
