//! Who led when, by when reps came and why they left; and the same out of a real SQLite file.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::hub::{Change, Joined, Origin, SessionRecord};
use crate::store::{HandOverStore, NewRep, RepChange, Reports, Role, SqliteStore, Store};
use crate::token::TokenHash;

fn came(id: u8, purpose: Option<Purpose>, started_s: i64, ended: Option<(i64, EndReason)>) -> Attendance {
    Attendance {
        session: SessionId([id; 16]),
        rep_name: format!("Rep {id}"),
        rep_user: format!("rep{id}@acme.example"),
        purpose,
        took: vec![],
        started_s,
        ended_s: ended.map(|(at_s, _)| at_s),
        end_reason: ended.map(|(_, reason)| reason.name().to_owned()),
    }
}

/// Each by its number, with the part and its times.
fn told(all: &[Attendance]) -> Vec<(u8, &'static str, i64, Option<i64>)> {
    let told = |of: Participant| (of.session.0[0], of.part.name(), of.from_s, of.until_s);
    participants(all).into_iter().map(told).collect()
}

#[test]
fn t3_who_is_alone_led_throughout() {
    assert_eq!(told(&[came(1, None, 10, None)]), [(1, "led", 10, None)]);
    let over = came(1, None, 10, Some((50, EndReason::RepEnded)));
    assert_eq!(told(&[over]), [(1, "led", 10, Some(50))]);
    assert!(told(&[]).is_empty());
}

#[test]
fn h1_who_takes_over_leads_from_when_the_one_before_left() {
    let all = [
        came(1, None, 10, Some((30, EndReason::HandedOver))),
        came(2, Some(Purpose::Join), 15, Some((90, EndReason::RepEnded))),
        came(3, Some(Purpose::TakeOver), 28, Some((60, EndReason::HandedOver))),
        came(4, Some(Purpose::TakeOver), 58, None),
    ];
    let wanted =
        [(1, "led", 10, Some(30)), (2, "beside", 15, Some(90)), (3, "led", 30, Some(60)), (4, "led", 60, None)];
    assert_eq!(told(&all), wanted);
}

#[test]
fn h1_who_came_to_take_over_and_did_not_was_beside() {
    let all = [
        came(1, None, 10, Some((90, EndReason::CustomerEnded))),
        came(2, Some(Purpose::TakeOver), 20, Some((25, EndReason::PluginsFailed))),
    ];
    assert_eq!(told(&all), [(1, "led", 10, Some(90)), (2, "beside", 20, Some(25))]);
}

#[test]
fn h2_when_the_one_who_led_is_gone_the_first_who_helps_led_and_nobody_who_looked_on() {
    let all = [
        came(1, None, 10, Some((40, EndReason::RepGone))),
        came(2, Some(Purpose::Observe), 12, Some((80, EndReason::WatchingEnded))),
        came(3, Some(Purpose::Join), 20, Some((90, EndReason::RepEnded))),
        came(4, Some(Purpose::Join), 25, Some((90, EndReason::RepEnded))),
    ];
    let wanted = [
        (1, "led", 10, Some(40)),
        (2, "looked-on", 12, Some(80)),
        (3, "beside", 20, Some(40)),
        (4, "beside", 25, Some(90)),
        (3, "led", 40, Some(90)),
    ];
    assert_eq!(told(&all), wanted);
}

/// The same, of one who took the places of others while they were there.
fn took(of: Attendance, places: &[(u8, i64)]) -> Attendance {
    let took = places.iter().map(|(place_of, at_s)| (SessionId([*place_of; 16]), *at_s)).collect();
    Attendance { took, ..of }
}

/// Scar: a manager who had looked on for half an hour was told of as one who had led, and not as one who had looked on.
#[test]
fn h2_who_was_something_else_first_is_told_of_once_for_each() {
    let all = [
        came(1, None, 10, Some((40, EndReason::HandedOver))),
        took(came(2, Some(Purpose::Observe), 15, Some((90, EndReason::RepEnded))), &[(1, 41)]),
    ];
    assert_eq!(told(&all), [(1, "led", 10, Some(40)), (2, "looked-on", 15, Some(40)), (2, "led", 40, Some(90))]);
    // A helper's place, and then that of whoever led.
    let all = [
        came(1, None, 10, Some((60, EndReason::HandedOver))),
        came(2, Some(Purpose::Join), 12, Some((40, EndReason::HandedOver))),
        took(came(3, Some(Purpose::Observe), 15, None), &[(2, 40), (1, 60)]),
    ];
    let wanted = [
        (1, "led", 10, Some(60)),
        (2, "beside", 12, Some(40)),
        (3, "looked-on", 15, Some(40)),
        (3, "beside", 40, Some(60)),
        (3, "led", 60, None),
    ];
    assert_eq!(told(&all), wanted);
}

/// Scar: whoever had taken a helper's place was told of as who led next, in the place of the one who did.
#[test]
fn h2_who_took_a_helper_s_place_is_not_who_led_next() {
    let all = [
        came(1, None, 10, Some((60, EndReason::HandedOver))),
        came(2, Some(Purpose::Join), 12, Some((56, EndReason::HandedOver))),
        came(3, Some(Purpose::TakeOver), 50, None),
        took(came(4, Some(Purpose::Observe), 55, None), &[(2, 56)]),
    ];
    let wanted = [
        (1, "led", 10, Some(60)),
        (2, "beside", 12, Some(56)),
        (4, "looked-on", 55, Some(56)),
        (4, "beside", 56, None),
        (3, "led", 60, None),
    ];
    assert_eq!(told(&all), wanted);
    // Nor is one who had come to take over before, if somebody who was there did so.
    let all = [
        came(1, None, 10, Some((60, EndReason::HandedOver))),
        took(came(2, Some(Purpose::Join), 12, None), &[(1, 60)]),
        came(3, Some(Purpose::TakeOver), 50, None),
    ];
    let wanted = [(1, "led", 10, Some(60)), (2, "beside", 12, Some(60)), (3, "beside", 50, None), (2, "led", 60, None)];
    assert_eq!(told(&all), wanted);
}

#[test]
fn h2_who_only_looked_on_leads_when_nobody_else_is_there_only_once_they_may_do_more() {
    let all = [
        came(1, None, 10, Some((60, EndReason::HandedOver))),
        took(came(2, Some(Purpose::Observe), 15, Some((70, EndReason::RepGone))), &[(1, 60)]),
        came(3, Some(Purpose::Observe), 16, None),
        took(came(4, Some(Purpose::Observe), 17, None), &[(9, 30)]),
    ];
    let wanted = [
        (1, "led", 10, Some(60)),
        (2, "looked-on", 15, Some(60)),
        (3, "looked-on", 16, None),
        (4, "looked-on", 17, Some(30)),
        (4, "beside", 30, Some(70)),
        (2, "led", 60, Some(70)),
        (4, "led", 70, None),
    ];
    assert_eq!(told(&all), wanted);
}

#[test]
fn h2_a_session_that_ends_for_everybody_has_no_next_one_who_led() {
    let all = [
        came(1, None, 10, Some((40, EndReason::CustomerStopped))),
        came(2, Some(Purpose::Join), 20, Some((41, EndReason::CustomerStopped))),
    ];
    assert_eq!(told(&all), [(1, "led", 10, Some(40)), (2, "beside", 20, Some(41))]);
}

#[test]
fn h2_where_the_first_is_forgotten_the_others_are_told_of_all_the_same() {
    let all = [came(2, Some(Purpose::Observe), 20, Some((30, EndReason::RepEnded))), came(3, None, 22, None)];
    assert_eq!(told(&all), [(2, "looked-on", 20, Some(30)), (3, "led", 22, None)]);
}

async fn add(store: &SqliteStore, user: &str, name: &str) -> (i64, i64) {
    let rep = NewRep {
        account: "Acme".into(),
        user: user.into(),
        name: name.into(),
        password_hash: "$argon2id$x".into(),
        contact: None,
        role: Role::Manager,
    };
    store.add_rep(rep, 0).await.unwrap()
}

fn session(id: u8, rep: i64, account: i64) -> Change {
    Change::Started(SessionRecord {
        session: SessionId([id; 16]),
        rep,
        account,
        rep_name: String::new(),
        account_name: "Acme".into(),
        customer: "K. Weber".into(),
        system: "Debian".into(),
        rep_token: TokenHash([id; 32]),
        customer_token: TokenHash([id + 100; 32]),
        plugins: [].into(),
        origin: Origin::default(),
    })
}

#[tokio::test]
async fn h2_every_report_of_one_customer_s_session_names_everybody_who_took_part() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let (account, anna) = add(&store, "anna@acme.example", "Anna Berg").await;
    let (_, bo) = add(&store, "bo@acme.example", "Bo Lind").await;
    let (first, second, other) = (SessionId([1; 16]), SessionId([2; 16]), SessionId([3; 16]));
    store.change_sessions(&[session(1, anna, account), session(3, bo, account)], 10).await.unwrap();
    let joined = Joined { purpose: Purpose::Observe, watches: true };
    let beside = Change::Beside { session: second, first, from: first, joined };
    store.change_sessions(&[session(2, bo, account), beside], 20).await.unwrap();
    let kept = store.besides().await.unwrap();
    assert_eq!(kept.first().and_then(|of| of.joined), Some(joined), "a relay that is started again knows it");
    let reason = EndReason::WatchingEnded.name().to_owned();
    store.change_sessions(&[Change::Ended { session: second, reason }], 30).await.unwrap();
    for of in [first, second] {
        let told = store.report(of).await.unwrap().unwrap().participants;
        let told: Vec<_> = told.iter().map(|of| (of.rep_name.as_str(), of.part, of.from_s, of.until_s)).collect();
        assert_eq!(told, [("Anna Berg", Part::Led, 10, None), ("Bo Lind", Part::LookedOn, 20, Some(30))]);
    }
    let told = store.report(other).await.unwrap().unwrap().participants;
    assert_eq!((told.len(), told[0].session), (1, other), "another customer's has its own");
}

#[tokio::test]
async fn h2_a_running_relay_is_told_which_managers_may_look_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let (account, anna) = add(&store, "anna@acme.example", "Anna Berg").await;
    let watchers = || async { store.people().await.unwrap().1.watchers };
    assert!(watchers().await.is_empty());
    let before = store.people_version().await.unwrap();
    store.set_managers_watch(account, true).await.unwrap();
    assert!(store.people_version().await.unwrap() > before, "a running relay sees it");
    assert_eq!(watchers().await, [anna].into());
    let rep = RepChange { role: Some(Role::Rep), ..RepChange::default() };
    store.change_rep("anna@acme.example", rep).await.unwrap();
    assert!(watchers().await.is_empty(), "only managers");
}
