//! What an operator types of a licence becomes what the command line would set.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::manage::change_words as words;
use crate::web::language::Language;
use axum::http::HeaderMap;

const DAY: i64 = 1_795_910_400;

fn page(visit: &Visit, feature: &str, term: &Term) -> LicencePage {
    LicencePage {
        page: Page::titled(visit, String::new()),
        frame: Frame { who: String::new(), groups: vec![], done: String::new() },
        action: String::new(),
        back: String::new(),
        revision: String::new(),
        what: String::new(),
        look: "",
        state: String::new(),
        on: true,
        first_day: Field::default(),
        last_day: Field::default(),
        limits: limits(visit, feature, term),
        changed: vec![],
    }
}

fn typed(feature: &str, before: Option<&Term>, body: &str) -> (Option<TermChange>, LicencePage) {
    let visit = Visit::of(&HeaderMap::new(), &"/".parse().unwrap(), None).unwrap();
    assert_eq!(visit.language, Language::English);
    let none = Term::default();
    let mut form = page(&visit, feature, before.unwrap_or(&none));
    let change = read(&visit, &mut form, before, &Fields::of(body.as_bytes()).unwrap());
    (change, form)
}

#[test]
fn days_are_meant_whole_and_limits_are_numbers() {
    let body = "on=on&first-day=2026-11-29&last-day=2026-11-30&limit-sessions=3";
    let (change, _) = typed(MULTI_CHAT, None, body);
    let change = change.unwrap();
    assert_eq!((change.on, change.from_s, change.until_s), (Some(true), Some(Some(DAY)), Some(Some(DAY + 2 * DAY_S))));
    assert_eq!(change.limits, BTreeMap::from([("sessions".to_owned(), Some(3))]));
    assert_eq!(words(&change), "from 2026-11-29, until the end of 2026-11-30, sessions 3");
    let (change, _) = typed("chat", None, "on=on&first-day=&last-day=");
    assert_eq!((words(&change.clone().unwrap()), change.unwrap().until_s), ("on".to_owned(), Some(None)));
}

#[test]
fn what_is_switched_off_forgets_the_rest_also_what_was_typed_wrong() {
    let (change, _) = typed("chat", Some(&Term::default()), "first-day=soon");
    let change = change.unwrap();
    assert_eq!((change.on, words(&change).as_str()), (Some(false), "off"));
}

#[test]
fn what_cannot_be_meant_is_said_beside_its_field() {
    let (change, form) = typed(MULTI_CHAT, None, "on=on&first-day=2026-02-30&last-day=&limit-sessions=many");
    assert!(change.is_none() && !form.first_day.is_right() && form.last_day.is_right());
    assert!(form.limits.iter().all(|limit| !limit.typed.is_right() && limit.typed.value == "many"));
    let (change, form) = typed("chat", None, "on=on&first-day=2026-11-30&last-day=2026-11-29");
    assert!(change.is_none() && !form.last_day.is_right(), "it would end before it begins");
}

#[test]
fn a_moment_within_a_day_stays_unless_another_day_is_typed() {
    let before = Term { from_s: Some(DAY + 61), until_s: Some(DAY + 3601), ..Term::default() };
    let (change, _) = typed("chat", Some(&before), "on=on&first-day=2026-11-29&last-day=2026-11-29");
    let change = change.unwrap();
    assert_eq!((change.from_s, change.until_s), (Some(Some(DAY + 61)), Some(Some(DAY + 3601))));
    let (change, _) = typed("chat", Some(&before), "on=on&first-day=2026-11-29&last-day=2026-12-01");
    assert_eq!(change.unwrap().until_s, Some(Some(DAY + 3 * DAY_S)));
}
