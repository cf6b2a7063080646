//! What any store must do with teams, portals, questions and messages, run on a real SQLite file.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::hub::{Change, Origin, QuestionRecord, QuestionStage};
use crate::token::TokenHash;
use lotse_protocol::control::SessionId;
use lotse_protocol::question::QuestionId;

const ANNA: &str = "anna@acme.example";
const BO: &str = "bo@acme.example";
const EVE: &str = "eve@bolt.example";

/// A store with two reps of Acme and one of Bolt.
async fn store(folder: &std::path::Path) -> SqliteStore {
    let store = SqliteStore::open(folder).await.unwrap();
    for (account, user) in [("Acme", ANNA), ("Acme", BO), ("Bolt", EVE)] {
        let rep = NewRep {
            account: account.into(),
            user: user.into(),
            name: user.into(),
            password_hash: "$argon2id$x".into(),
            contact: None,
            role: crate::store::Role::Rep,
        };
        store.add_rep(rep, 5).await.unwrap();
    }
    store
}

fn portal(account: &str, slug: &str, team: Option<&str>) -> NewPortal {
    NewPortal {
        account: account.into(),
        slug: slug.into(),
        name: "Help desk".into(),
        greeting: "Hello".into(),
        language: None,
        team: team.map(str::to_owned),
    }
}

fn question(id: u8, portal: i64, account: i64) -> QuestionRecord {
    QuestionRecord {
        question: QuestionId([id; 16]),
        portal,
        account,
        portal_name: "Help desk".into(),
        token: TokenHash([id; 32]),
        name: "K. Weber".into(),
        text: "It does not print".into(),
        language: "de".into(),
        system: "Windows 11".into(),
        page_key: vec![4; 65],
        front: false,
        stage: QuestionStage::Waiting,
        waited_ms: 0,
    }
}

#[tokio::test]
async fn q3_teams_have_reps_of_their_own_account_and_stay_while_a_portal_leads_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let before = store.people_version().await.unwrap();
    let (account, team) = store.add_team("acme", "Billing", &[ANNA.into()]).await.unwrap();
    assert!(store.people_version().await.unwrap() > before, "a running relay sees it");
    assert!(matches!(store.add_team("Acme", "BILLING", &[]).await, Err(StoreError::TeamTaken(_))));
    assert!(matches!(store.add_team("Acme", "Other", &[EVE.into()]).await, Err(StoreError::OtherAccount(_))));
    assert_eq!(store.teams().await.unwrap().len(), 1, "what failed left nothing");
    let change = TeamChange { name: Some("Money".into()), add: vec![BO.into()], remove: vec![ANNA.into()] };
    assert_eq!(store.change_team("Acme", "billing", change).await.unwrap(), (account, team));
    let expected =
        Team { id: team, account, account_name: "Acme".into(), name: "Money".into(), users: vec![BO.into()] };
    assert_eq!(store.teams().await.unwrap(), [expected]);
    let missing = TeamChange { add: vec!["nobody@acme.example".into()], ..TeamChange::default() };
    assert!(matches!(store.change_team("Acme", "Money", missing).await, Err(StoreError::NoRep(_))));
    store.add_portal(portal("Acme", "help", Some("money")), 6).await.unwrap();
    assert!(matches!(store.remove_team("Acme", "Money").await, Err(StoreError::TeamInUse(_, slug)) if slug == "help"));
    store.change_portal("help", PortalChange { team: Some(None), ..PortalChange::default() }).await.unwrap();
    store.remove_team("Acme", "Money").await.unwrap();
    assert!(store.teams().await.unwrap().is_empty());
    assert!(matches!(store.remove_team("Acme", "Money").await, Err(StoreError::NoTeam(_))));
}

#[tokio::test]
async fn c1_a_portal_is_found_by_its_address_while_its_account_is_active() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let (_, team) = store.add_team("Acme", "Billing", &[ANNA.into(), BO.into()]).await.unwrap();
    let (account, id) = store.add_portal(portal("Acme", "help", Some("Billing")), 6).await.unwrap();
    let (bolt, all) = store.add_portal(portal("Bolt", "bolt", None), 6).await.unwrap();
    let taken = store.add_portal(portal("Bolt", "help", None), 6).await;
    assert!(matches!(taken, Err(StoreError::PortalTaken(slug)) if slug == "help"));
    assert!(matches!(store.add_portal(portal("Bolt", "b", Some("Billing")), 6).await, Err(StoreError::NoTeam(_))));
    let found = store.portal_by_slug("help").await.unwrap().unwrap();
    assert_eq!((found.id, found.account, found.account_name.as_str()), (id, account, "Acme"));
    assert_eq!((found.language.as_str(), found.greeting.as_str()), ("en", "Hello"));
    let change = PortalChange { language: Some(Some("de")), name: Some("Hilfe".into()), ..PortalChange::default() };
    assert_eq!(store.change_portal("help", change).await.unwrap(), (account, id));
    let found = store.portal_by_slug("help").await.unwrap().unwrap();
    assert_eq!((found.language.as_str(), found.name.as_str(), found.greeting.as_str()), ("de", "Hilfe", "Hello"));
    let routes = store.routes().await.unwrap();
    let shown: Vec<(i64, i64, Option<i64>)> =
        routes.portals.iter().map(|route| (route.portal, route.account, route.team)).collect();
    assert_eq!(shown, [(id, account, Some(team)), (all, bolt, None)]);
    assert_eq!(routes.teams.len(), 2);
    let suspended = AccountChange { status: Some(AccountStatus::Suspended), ..AccountChange::default() };
    store.change_account("Acme", suspended).await.unwrap();
    assert!(store.portal_by_slug("help").await.unwrap().is_none());
    assert_eq!(store.routes().await.unwrap().portals.len(), 1);
    let listed = store.portals().await.unwrap();
    let shown: Vec<(&str, Option<&str>, bool)> =
        listed.iter().map(|of| (of.portal.slug.as_str(), of.team.as_deref(), of.active)).collect();
    assert_eq!(shown, [("help", Some("Billing"), false), ("bolt", None, true)]);
    store.remove_portal("help").await.unwrap();
    assert!(matches!(store.remove_portal("help").await, Err(StoreError::NoPortal(_))));
    assert!(matches!(store.change_portal("help", PortalChange::default()).await, Err(StoreError::NoPortal(_))));
}

#[tokio::test]
async fn q3_questions_outlive_the_relay_with_their_place_and_waiting_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(folder.path()).await;
    let (account, portal_row) = first.add_portal(portal("Acme", "help", None), 6).await.unwrap();
    let ask = |id| Change::Question(question(id, portal_row, account));
    let taken = QuestionRecord {
        front: true,
        stage: QuestionStage::Taken(SessionId([8; 16])),
        ..question(3, portal_row, account)
    };
    let changes = [
        ask(2),
        ask(1),
        ask(3),
        // Asked while its portal was removed: neither kept, nor a reason to lose the others.
        Change::Question(question(4, 999, account)),
        ask(5),
        Change::QuestionGone { question: QuestionId([5; 16]) },
        Change::Question(taken.clone()),
    ];
    first.change_sessions(&changes, 100).await.unwrap();
    first.close().await;
    let second = SqliteStore::open(folder.path()).await.unwrap();
    let waited = |record: QuestionRecord| QuestionRecord { waited_ms: 60_000, ..record };
    let kept = second.questions(160).await.unwrap();
    let expected = [question(2, portal_row, account), question(1, portal_row, account), taken].map(waited);
    assert_eq!(kept, expected);
    second.remove_portal("help").await.unwrap();
    assert!(second.questions(160).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_question_that_makes_no_sense_costs_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let (account, portal) = store.add_portal(portal("Acme", "help", None), 6).await.unwrap();
    let changes = [1, 2].map(|id| Change::Question(question(id, portal, account)));
    store.change_sessions(&changes, 100).await.unwrap();
    let spoil = sqlx::query("UPDATE questions SET stage = 'taken' WHERE id = ?").bind(vec![1_u8; 16]);
    spoil.execute(store.pool()).await.unwrap();
    assert_eq!(store.questions(100).await.unwrap().len(), 1);
}

#[tokio::test]
async fn c1_messages_are_paged_read_and_kept_for_ninety_days() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let (account, portal_row) = store.add_portal(portal("Acme", "help", None), 6).await.unwrap();
    let (bolt, other) = store.add_portal(portal("Bolt", "bolt", None), 6).await.unwrap();
    let message = |text: &str| NewMessage {
        name: "K. Weber".into(),
        reply_to: "k@weber.example".into(),
        text: text.into(),
        language: "de".into(),
    };
    assert_eq!(store.add_message(999, message("to nobody"), 10).await.unwrap(), None);
    for number in 0..5 {
        store.add_message(portal_row, message(&format!("{number}")), 10 + number).await.unwrap().unwrap();
    }
    store.add_message(other, message("else"), 20).await.unwrap().unwrap();
    let first = store.messages(Some(account), None, 2).await.unwrap();
    let texts: Vec<&str> = first.iter().map(|of| of.message.text.as_str()).collect();
    assert_eq!(texts, ["4", "3"]);
    let second = store.messages(Some(account), Some(first[1].id), 200).await.unwrap();
    assert_eq!((second.len(), second[0].message.text.as_str()), (3, "2"));
    assert_eq!((second[0].portal_name.as_str(), second[0].at_s, second[0].read), ("Help desk", 12, false));
    assert_eq!(store.messages(None, None, 200).await.unwrap().len(), 6);
    assert!(store.mark_message(account, second[0].id, true, 30).await.unwrap());
    assert!(!store.mark_message(bolt, second[0].id, true, 30).await.unwrap(), "another account's");
    assert_eq!((store.unread_messages(account).await.unwrap(), store.unread_messages(bolt).await.unwrap()), (4, 1));
    store.mark_message(account, second[0].id, false, 31).await.unwrap();
    assert_eq!(store.unread_messages(account).await.unwrap(), 5);
    store.remove_portal("help").await.unwrap();
    store.prune(12 + MESSAGE_S).await.unwrap();
    let left = store.messages(Some(account), None, 200).await.unwrap();
    assert_eq!(left.len(), 3, "they outlive their portal, and not their time");
}

#[tokio::test]
async fn l3_a_session_keeps_what_it_began_with() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let rep = store.rep_by_user(ANNA).await.unwrap().unwrap();
    let origin = Origin { question: "It does not print".into(), portal: "Help desk".into() };
    let record = crate::hub::SessionRecord {
        session: SessionId([1; 16]),
        rep: rep.id,
        account: rep.account,
        rep_name: rep.name.clone(),
        account_name: rep.account_name.clone(),
        customer: "K. Weber".into(),
        system: "Debian".into(),
        rep_token: TokenHash([1; 32]),
        customer_token: TokenHash([2; 32]),
        plugins: [].into(),
        origin,
    };
    store.change_sessions(&[Change::Started(record.clone())], 50).await.unwrap();
    assert_eq!(store.running_sessions().await.unwrap(), [record]);
}
