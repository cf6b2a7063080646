//! What any store must do with the Center's edits, run on a real SQLite file.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::center::{Center, rule_revision, term_revision};
use super::web::Edited;
use super::*;
use crate::hub::{Change, Origin};
use crate::registry::Rule;
use lotse_protocol::control::SessionId;
use std::path::Path;

const ANNA: &str = "anna@acme.example";
const BO: &str = "bo@acme.example";

async fn store(folder: &Path) -> (SqliteStore, i64) {
    let store = SqliteStore::open(folder).await.unwrap();
    let mut account = 0;
    for (of, user) in [("Bolt", "eve@bolt.example"), ("Acme", ANNA), ("Acme", BO)] {
        let rep = NewRep {
            account: of.into(),
            user: user.into(),
            name: user.into(),
            password_hash: "$argon2id$x".into(),
            contact: None,
            role: crate::store::Role::Rep,
        };
        (account, _) = store.add_rep(rep, 5).await.unwrap();
    }
    (store, account)
}

fn portal(account: &str, slug: &str, team: Option<&str>) -> NewPortal {
    NewPortal {
        account: account.into(),
        slug: slug.into(),
        name: "Help desk".into(),
        greeting: String::new(),
        language: None,
        team: team.map(str::to_owned),
    }
}

#[tokio::test]
async fn l3_an_account_s_teams_and_portals_are_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account) = store(folder.path()).await;
    store.add_team("Acme", "Billing", &[BO.into(), ANNA.into()]).await.unwrap();
    store.add_team("Acme", "Empty", &[]).await.unwrap();
    store.add_team("Bolt", "Billing", &[]).await.unwrap();
    store.add_portal(portal("Acme", "acme", Some("Billing")), 5).await.unwrap();
    store.add_portal(portal("Bolt", "bolt", None), 5).await.unwrap();
    let teams = store.teams_of(account).await.unwrap();
    let told: Vec<_> = teams.iter().map(|team| (team.name.as_str(), team.users.clone())).collect();
    assert_eq!(told, [("Billing", vec![ANNA.to_owned(), BO.to_owned()]), ("Empty", vec![])]);
    let portals = store.portals_of(account).await.unwrap();
    let told: Vec<_> =
        portals.iter().map(|one| (one.slug.as_str(), one.team.as_deref(), one.language.clone())).collect();
    assert_eq!(told, [("acme", Some("Billing"), None)]);
}

#[tokio::test]
async fn l4_a_portal_is_removed_by_its_account_and_only_as_it_was_seen() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account) = store(folder.path()).await;
    let (_, id) = store.add_portal(portal("Acme", "acme", None), 5).await.unwrap();
    let (other, _) = store.add_portal(portal("Bolt", "bolt", None), 5).await.unwrap();
    let listed = store.listed_portals_of(account).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.portal.slug.as_str()).collect::<Vec<_>>(), ["acme"]);
    let seen = store.portals_of(account).await.unwrap().remove(0).revision();
    let greeting = PortalChange { greeting: Some("Hello".into()), ..PortalChange::default() };
    store.change_portal("acme", greeting).await.unwrap();
    assert_eq!(store.remove_portal_seen(account, id, &seen).await.unwrap(), Edited::Outdated);
    let seen = store.portals_of(account).await.unwrap().remove(0).revision();
    assert!(matches!(store.remove_portal_seen(other, id, &seen).await, Err(StoreError::NoPortal(_))));
    assert_eq!(store.remove_portal_seen(account, id, &seen).await.unwrap(), Edited::Done);
    assert!(store.portals_of(account).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_pages_and_lists_look_for_is_found_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store(folder.path()).await;
    for (statement, index) in [
        ("EXPLAIN QUERY PLAN SELECT count(*) FROM messages WHERE account = 1 AND read_s IS NULL", "messages_unread"),
        (
            "EXPLAIN QUERY PLAN SELECT id FROM audit WHERE account = 1 AND kind = 'joined' AND id < 9 ORDER BY id DESC",
            "audit_by_kind",
        ),
    ] {
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(statement).fetch_all(store.pool()).await.unwrap();
        assert!(plan.iter().any(|(_, _, _, step)| step.contains(index)), "{plan:?}");
    }
}

#[tokio::test]
async fn l3_of_two_who_edit_one_team_the_second_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account) = store(folder.path()).await;
    let (_, team) = store.add_team("Acme", "Billing", &[ANNA.into()]).await.unwrap();
    let seen = store.teams_of(account).await.unwrap()[0].revision();
    let version = store.people_version().await.unwrap();
    let first = TeamChange { add: vec![BO.into()], ..TeamChange::default() };
    assert_eq!(store.edit_team(account, team, &seen, first).await.unwrap(), Edited::Done);
    assert!(store.people_version().await.unwrap() > version, "a running relay sees it");
    let second = TeamChange { name: Some("Money".into()), ..TeamChange::default() };
    assert_eq!(store.edit_team(account, team, &seen, second.clone()).await.unwrap(), Edited::Outdated);
    let now = store.teams_of(account).await.unwrap();
    assert_eq!((now[0].name.as_str(), now[0].users.len()), ("Billing", 2), "nothing of the second was done");
    let missing = store.edit_team(account + 100, team, &seen, second).await;
    assert!(matches!(missing, Err(StoreError::NoTeam(_))), "it is no team of another account");
}

#[tokio::test]
async fn l3_of_two_who_edit_one_portal_the_second_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account) = store(folder.path()).await;
    let (_, id) = store.add_portal(portal("Acme", "acme", None), 5).await.unwrap();
    let seen = store.portals_of(account).await.unwrap()[0].revision();
    let greeting = |text: &str| PortalChange { greeting: Some(text.into()), ..PortalChange::default() };
    assert_eq!(store.edit_portal(account, id, &seen, greeting("Hello")).await.unwrap(), Edited::Done);
    assert_eq!(store.edit_portal(account, id, &seen, greeting("Hi")).await.unwrap(), Edited::Outdated);
    let now = store.portals_of(account).await.unwrap().remove(0);
    assert_eq!(now.greeting, "Hello");
    let german = PortalChange { language: Some(Some("de")), ..PortalChange::default() };
    assert_eq!(store.edit_portal(account, id, &now.revision(), german).await.unwrap(), Edited::Done);
    assert_eq!(store.portals_of(account).await.unwrap()[0].language.as_deref(), Some("de"));
    let missing = store.edit_portal(account + 100, id, &seen, greeting("Hi")).await;
    assert!(matches!(missing, Err(StoreError::NoPortal(_))));
}

#[tokio::test]
async fn l3_licences_and_rules_are_changed_only_as_they_were_seen() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account) = store(folder.path()).await;
    store.add_features(&["chat".into()], 5).await.unwrap();
    let term = store.licence_of("Acme").await.unwrap().terms.get("chat").cloned();
    let seen = term_revision(term.as_ref());
    let until = |until_s| TermChange { until_s: Some(Some(until_s)), ..TermChange::default() };
    assert_eq!(store.edit_term("Acme", "chat", &seen, until(100)).await.unwrap(), Edited::Done);
    assert_eq!(store.edit_term("Acme", "chat", &seen, until(200)).await.unwrap(), Edited::Outdated);
    assert_eq!(store.licence_of("Acme").await.unwrap().terms["chat"].until_s, Some(100));

    let seen = rule_revision(None);
    let rule = Rule::Versions("^1.2".parse().unwrap());
    assert_eq!(store.edit_plugin_rule("Acme", "a.b", &seen, Some(&rule)).await.unwrap(), Edited::Done);
    assert_eq!(store.edit_plugin_rule("Acme", "a.b", &seen, Some(&Rule::Off)).await.unwrap(), Edited::Outdated);
    let (_, rules) = store.plugin_rules().await.unwrap();
    assert_eq!(rules[&account]["a.b"], rule);
    let seen = rule_revision(Some(&rule));
    assert_eq!(store.edit_plugin_rule("Acme", "a.b", &seen, None).await.unwrap(), Edited::Done);
    assert!(store.plugin_rules().await.unwrap().1.is_empty());
}

#[tokio::test]
async fn l3_a_session_s_question_is_kept_for_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let (store, account) = store(folder.path()).await;
    let rep = store.rep_by_user(ANNA).await.unwrap().unwrap().id;
    let origin = Origin { question: "It does not print".into(), portal: "Help desk".into() };
    let started = SessionRecord {
        session: SessionId([7; 16]),
        rep,
        account,
        rep_name: "Anna".into(),
        account_name: "Acme".into(),
        customer: "K. Weber".into(),
        system: "Debian".into(),
        rep_token: TokenHash([1; 32]),
        customer_token: TokenHash([2; 32]),
        plugins: [].into(),
        origin: origin.clone(),
    };
    store.change_sessions(&[Change::Started(started)], 5).await.unwrap();
    assert_eq!(store.origin_of(SessionId([7; 16])).await.unwrap(), origin);
    assert_eq!(store.origin_of(SessionId([8; 16])).await.unwrap(), Origin::default());
}
