//! Portals, teams and questions with the whole relay: the command line, programs of reps, and a customer's program. Pages are
//! stood in for by what an earlier relay left of them in the database.

use super::*;
use lotse_protocol::question::{Availability, OfferEnd, Offered, QuestionId, Queue, SEALED_CODE_BYTES};
use lotse_relay::hub::{Change, QuestionRecord, QuestionStage};
use lotse_relay::store::{PortalStore, SqliteStore, Store};
use lotse_relay::token::TokenHash;

const BO: &str = "bo@acme.example";

/// A folder with two reps and a portal for both.
async fn with_portal() -> TempDir {
    let folder = folder().await;
    add_rep(folder.path(), BO).await;
    command(&folder, &["portal", "add", "--account", "Acme", "--slug", "help", "--name", "Help desk"]).await;
    folder
}

/// Questions that wait at the portal, as an earlier relay left them.
async fn left_behind(folder: &TempDir, texts: &[&str]) -> Vec<QuestionId> {
    let store = SqliteStore::open(&folder.path().join("data")).await.unwrap();
    let portals = store.portals().await.unwrap();
    let portal = &portals.first().unwrap().portal;
    let mut changes = vec![];
    let mut questions = vec![];
    for (number, text) in (1_u8..).zip(texts) {
        let question = QuestionId([number; 16]);
        questions.push(question);
        changes.push(Change::Question(QuestionRecord {
            question,
            portal: portal.id,
            account: portal.account,
            portal_name: portal.name.clone(),
            token: TokenHash([number; 32]),
            name: "K. Weber".into(),
            text: (*text).into(),
            language: "de".into(),
            system: "Windows 11".into(),
            page_key: vec![4; 65],
            front: false,
            stage: QuestionStage::Waiting,
            waited_ms: 0,
        }));
    }
    let now_s = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    store.change_sessions(&changes, i64::try_from(now_s).unwrap()).await.unwrap();
    store.close().await;
    questions
}

/// Signs in and says how it takes questions.
async fn available(relay: &Relay, user: &str, ready: bool) -> Program {
    let mut program = Program::connect(relay, Side::Rep).await;
    let greeting = program.sign_in(user, PASSWORD).await;
    assert!(matches!(greeting, FromRelay::SignedIn { .. }), "{greeting:?}");
    program.say(ToRelay::Availability(Availability { ready, ..Availability::default() })).await;
    program
}

/// What the relay says that is wanted; what else it says is passed over.
async fn hear<T>(program: &mut Program, wanted: impl Fn(FromRelay) -> Option<T>) -> T {
    loop {
        if let Some(found) = wanted(program.hear().await) {
            return found;
        }
    }
}

async fn list(program: &mut Program, wanted: impl Fn(&Queue) -> bool) -> Queue {
    hear(program, |message| match message {
        FromRelay::Questions(queue) if wanted(&queue) => Some(queue),
        _ => None,
    })
    .await
}

async fn offered(program: &mut Program) -> QuestionId {
    hear(program, |message| match message {
        FromRelay::QuestionOffered { question, .. } => Some(question.question),
        _ => None,
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn q1_a_question_is_offered_answered_and_becomes_a_session() {
    let folder = with_portal().await;
    let questions = left_behind(&folder, &["It does not print", "It does not scan"]).await;
    let relay = relay(&folder).await;
    let mut anna = available(&relay, USER, true).await;
    assert_eq!(offered(&mut anna).await, questions[0], "who asked first");
    let mut bo = available(&relay, BO, false).await;
    let queue = list(&mut bo, |queue| queue.waiting.len() == 2).await;
    assert!(queue.has_portal && matches!(queue.waiting[0].offered, Offered::Other(_)));
    // From the list, while it is offered to a colleague.
    bo.say(ToRelay::AnswerQuestion { question: questions[0] }).await;
    let answered = hear(&mut bo, |message| match message {
        FromRelay::QuestionAnswered(answered) => Some(answered),
        _ => None,
    })
    .await;
    let end = hear(&mut anna, |message| match message {
        FromRelay::QuestionOver { end, .. } => Some(end),
        _ => None,
    })
    .await;
    assert_eq!(end, OfferEnd::Taken("Anna Berg".into()), "both have that name here");
    assert_eq!(offered(&mut anna).await, questions[1]);
    let session = answered.session;
    bo.say(ToRelay::SealedCode { session, body: vec![1; 5] }).await;
    let refused = hear(&mut bo, |message| match message {
        FromRelay::Refused { reason } => Some(reason),
        _ => None,
    })
    .await;
    assert!(refused.contains("91 bytes"), "{refused}");
    bo.say(ToRelay::SealedCode { session, body: vec![1; SEALED_CODE_BYTES] }).await;
    let mut customer = Program::connect(&relay, Side::Customer).await;
    let (name, system) = (String::new(), "Debian 12".into());
    customer.say(ToRelay::Join { nameplate: answered.nameplate, name, system }).await;
    let offer = customer.offer().await;
    assert_eq!((offer.question.as_str(), offer.portal.as_str()), ("It does not print", "Help desk"));
    assert_eq!(offer.customer, "K. Weber");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q3_a_dead_console_s_question_goes_to_a_colleague() {
    let folder = with_portal().await;
    let questions = left_behind(&folder, &["It does not print", "It does not scan"]).await;
    let relay = relay(&folder).await;
    let mut anna = available(&relay, USER, true).await;
    assert_eq!(offered(&mut anna).await, questions[0]);
    anna.say(ToRelay::AnswerQuestion { question: questions[0] }).await;
    hear(&mut anna, |message| matches!(message, FromRelay::QuestionAnswered(_)).then_some(())).await;
    drop(anna);
    let mut bo = available(&relay, BO, true).await;
    let first = offered(&mut bo).await;
    if first != questions[0] {
        // It was ready before the other's connection was seen to be gone.
        bo.say(ToRelay::PassQuestion { question: first }).await;
        assert_eq!(offered(&mut bo).await, questions[0]);
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q3_teams_and_portals_change_while_the_relay_runs() {
    let folder = with_portal().await;
    let questions = left_behind(&folder, &["It does not print"]).await;
    let relay = relay(&folder).await;
    let mut anna = available(&relay, USER, false).await;
    let mut bo = available(&relay, BO, false).await;
    list(&mut anna, |queue| queue.waiting.len() == 1).await;
    command(&folder, &["team", "add", "--account", "Acme", "--name", "Printers", "--rep", BO]).await;
    command(&folder, &["portal", "set", "--slug", "help", "--team", "Printers"]).await;
    let queue = list(&mut anna, |queue| !queue.has_portal).await;
    assert!(queue.waiting.is_empty(), "it is none of Anna's any more");
    anna.say(ToRelay::AnswerQuestion { question: questions[0] }).await;
    hear(&mut anna, |message| matches!(message, FromRelay::Refused { .. }).then_some(())).await;
    bo.say(ToRelay::Availability(Availability::default())).await;
    assert_eq!(offered(&mut bo).await, questions[0]);
    command(&folder, &["team", "set", "--account", "Acme", "--name", "Printers", "--rep", USER, "--no-rep", BO]).await;
    list(&mut bo, |queue| !queue.has_portal).await;
    command(&folder, &["portal", "remove", "--slug", "help"]).await;
    command(&folder, &["team", "remove", "--account", "Acme", "--name", "Printers"]).await;
    for list in ["team", "portal", "message"] {
        command(&folder, &[list, "list", "--json"]).await;
    }
    relay.stop().await;
}
