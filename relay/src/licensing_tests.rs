#![allow(clippy::unwrap_used)]
use super::*;
use crate::hub::random::Seeded;
use lotse_protocol::licence::{FEATURES_MAX, Licence, Term};
use ring::signature::{ED25519, UnparsedPublicKey};

const NOW_S: i64 = 1_795_910_400;

/// Then everything is due exactly when it is.
struct NoChance;

impl Random for NoChance {
    fn fill(&mut self, _: &mut [u8]) -> bool {
        false
    }
}

fn books() -> Books {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    Books { key: LicenceKey(Arc::new(pair)), random: Box::new(NoChance), issued: HashMap::new() }
}

fn acme(terms: &[(&str, Term)]) -> AccountTerms {
    let terms = terms.iter().map(|(name, term)| ((*name).to_owned(), term.clone())).collect();
    AccountTerms { account: 1, name: "Acme".into(), contact: "sales@lotse.example".into(), terms }
}

fn until(until_s: i64) -> Term {
    Term { until_s: Some(until_s), ..Term::default() }
}

fn covered_in(news: &News) -> Vec<Vec<&str>> {
    news.licences.iter().map(|(_, licence)| licence.covered.iter().map(String::as_str).collect()).collect()
}

#[test]
fn what_is_issued_is_signed_and_says_what_the_store_has() {
    let mut books = books();
    let terms = acme(&[("chat", until(NOW_S + 5))]);
    let news = books.look(Some(vec![terms.clone()]), NOW_S);
    let [(1, AccountLicence { signed, .. })] = news.licences.as_slice() else { unreachable!() };
    let (message, signature) = signed.parts().unwrap();
    UnparsedPublicKey::new(&ED25519, books.key.public()).verify(&message, signature).unwrap();
    let licence = Licence::read(&signed.document).unwrap();
    assert_eq!((licence.issued_s, licence.expires_s), (NOW_S, NOW_S + LIFETIME_S));
    assert_eq!(
        (licence.account, licence.account_name, licence.contact, licence.features),
        (terms.account, terms.name, terms.contact, terms.terms)
    );
}

#[test]
fn only_what_changed_is_issued_anew() {
    let mut books = books();
    let other = AccountTerms { account: 2, name: "Bolt".into(), ..acme(&[]) };
    let read = |terms: AccountTerms| Some(vec![terms, other.clone()]);
    assert_eq!(books.look(read(acme(&[])), NOW_S).licences.len(), 2);
    assert!(books.look(None, NOW_S + 1).licences.is_empty());
    assert!(books.look(read(acme(&[])), NOW_S + 1).licences.is_empty());
    let news = books.look(read(acme(&[("chat", Term::default())])), NOW_S + 2);
    assert_eq!(covered_in(&news), [["chat"]]);
    let news =
        books.look(read(AccountTerms { contact: "else".into(), ..acme(&[("chat", Term::default())]) }), NOW_S + 3);
    assert_eq!(news.licences.len(), 1);
}

#[test]
fn a_document_is_renewed_at_half_of_its_life_and_when_the_clock_was_set() {
    let mut books = books();
    books.look(Some(vec![acme(&[])]), NOW_S);
    assert!(books.look(None, NOW_S + LIFETIME_S / 2 - 1).licences.is_empty());
    assert_eq!(books.look(None, NOW_S + LIFETIME_S / 2).licences.len(), 1);
    assert_eq!(books.look(None, NOW_S - 365 * LIFETIME_S).licences.len(), 1, "set back by a year");
    assert!(books.look(None, NOW_S - 365 * LIFETIME_S + 1).licences.is_empty());
}

#[test]
fn a_feature_begins_and_ends_by_its_dates_and_its_end_is_told_once() {
    let mut books = books();
    let term = Term { from_s: Some(NOW_S + 5), ..until(NOW_S + 9) };
    assert_eq!(covered_in(&books.look(Some(vec![acme(&[("chat", term)])]), NOW_S)), [[""; 0]]);
    assert_eq!(covered_in(&books.look(None, NOW_S + 5)), [["chat"]]);
    assert!(books.look(None, NOW_S + 8).licences.is_empty());
    let over = books.look(None, NOW_S + 9);
    assert_eq!(over.expired, [(1, "chat".to_owned())]);
    assert_eq!(covered_in(&over), [[""; 0]]);
    let after = books.look(None, NOW_S + 10);
    assert!(after.expired.is_empty() && after.licences.is_empty());
}

#[test]
fn without_several_sessions_a_rep_has_one_and_with_them_as_many_as_the_limit_says() {
    let mut books = books();
    let mut max = |terms: &[(&str, Term)], now_s| {
        let news = books.look(Some(vec![acme(terms)]), now_s);
        news.licences.first().map(|(_, licence)| licence.sessions_max)
    };
    assert_eq!(max(&[], NOW_S), Some(Some(1)));
    assert_eq!(max(&[(MULTI_CHAT, Term::default())], NOW_S), Some(None));
    let limited = Term { limits: [(SESSIONS.to_owned(), 3)].into(), ..until(NOW_S + 9) };
    assert_eq!(max(&[(MULTI_CHAT, limited.clone())], NOW_S), Some(Some(3)));
    assert_eq!(max(&[(MULTI_CHAT, limited)], NOW_S + 9), Some(Some(1)), "that was for as long as it was licensed");
}

#[test]
fn what_was_issued_in_one_second_is_not_renewed_in_one_second() {
    let mut books = Books { random: Box::new(Seeded(1)), ..books() };
    let all: Vec<AccountTerms> = (0..400).map(|account| AccountTerms { account, ..acme(&[]) }).collect();
    assert_eq!(books.look(Some(all), NOW_S).licences.len(), 400);
    let (first_s, last_s) = (NOW_S + LIFETIME_S / 2 - SPREAD_S, NOW_S + LIFETIME_S / 2);
    assert!(books.look(None, first_s).licences.is_empty());
    let mut renewed = 0;
    for minute in 1..=(last_s - first_s) / 60 {
        let now = books.look(None, first_s + minute * 60).licences.len();
        assert!(now < 40, "{now} in one minute");
        renewed += now;
    }
    assert_eq!(renewed, 400, "and none later than at half of its life");
}

#[test]
fn a_customer_gets_no_more_of_it_than_its_program_needs() {
    let mut books = books();
    let terms = acme(&[("chat", until(NOW_S + 5)), ("files", until(NOW_S - 5)), (MULTI_CHAT, Term::default())]);
    let news = books.look(Some(vec![terms]), NOW_S);
    let [(1, AccountLicence { for_customers, .. })] = news.licences.as_slice() else { unreachable!() };
    let (message, signature) = for_customers.parts().unwrap();
    UnparsedPublicKey::new(&ED25519, books.key.public()).verify(&message, signature).unwrap();
    let licence = Licence::read(&for_customers.document).unwrap();
    assert!(licence.contact.is_empty() && licence.stands("Acme", NOW_S).is_ok());
    assert_eq!(licence.features, [("chat".to_owned(), until(NOW_S + 5))].into());
}

#[test]
fn of_what_no_program_could_read_one_is_issued_that_covers_nothing() {
    let mut books = books();
    let names: Vec<String> = (0..=FEATURES_MAX).map(|number| format!("feature-{number}")).collect();
    let terms: Vec<(&str, Term)> = names.iter().map(|name| (name.as_str(), Term::default())).collect();
    let news = books.look(Some(vec![acme(&terms)]), NOW_S);
    let [(1, licence)] = news.licences.as_slice() else { unreachable!() };
    assert!(licence.covered.is_empty() && Licence::read(&licence.signed.document).unwrap().features.is_empty());
    assert_eq!(licence.sessions_max, Some(1), "and not any number of them");
    assert!(books.look(None, NOW_S + 1).licences.is_empty(), "it is not tried each second");
}
