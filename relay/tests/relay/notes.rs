//! Notes of a session, from a rep's program to the report and back to the rep who takes the session up.

use super::*;
use lotse_protocol::control::{NOTES_CHARS_MAX, NotesRefusal};
use lotse_relay::store::{ReportFilter, Reports, SqliteStore, Store};

/// Says notes, and gives what the relay answers.
async fn note(program: &mut Program, session: SessionId, revision: u64, text: &str) -> FromRelay {
    program.say(ToRelay::Notes { session, revision, text: text.into() }).await;
    loop {
        match program.hear().await {
            FromRelay::Presence { .. } | FromRelay::SessionEnded { .. } => {}
            answer => return answer,
        }
    }
}

fn kept(answer: &FromRelay) -> (u64, &str) {
    match answer {
        FromRelay::Notes { revision, text, .. } => (*revision, text.as_str()),
        other => panic!("not kept: {other:?}"),
    }
}

fn refused(answer: &FromRelay) -> NotesRefusal {
    match answer {
        FromRelay::NotesRefused { why, .. } => *why,
        other => panic!("not refused: {other:?}"),
    }
}

/// A session that runs: both programs, its id, the rep's token of it and of the sign-in.
async fn session(relay: &Relay) -> (Program, Program, SessionId, Secret, Secret) {
    let (mut rep, sign_in) = rep(relay).await;
    let (session, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::connect(relay, Side::Customer).await;
    join(&mut customer, nameplate).await;
    let token = rep.offer().await.token;
    customer.offer().await;
    rep.say(ToRelay::Paired { session }).await;
    // Behind it: what the customer says next finds a session that runs.
    rep.say(ToRelay::Signal { session, body: vec![1] }).await;
    until_signal(&mut customer).await;
    (rep, customer, session, token, sign_in)
}

/// What a program hears until the other end's signal.
async fn until_signal(program: &mut Program) -> Vec<FromRelay> {
    let mut heard = vec![];
    loop {
        match program.hear().await {
            FromRelay::Signal { .. } => return heard,
            message => heard.push(message),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t3_notes_outlast_the_relay_and_reach_the_rep_who_takes_the_session_up() {
    let folder = folder().await;
    let first = relay(&folder).await;
    let (mut rep, mut customer, session, token, sign_in) = session(&first).await;
    assert_eq!(kept(&note(&mut rep, session, 1, "Roller worn.\u{202e}").await), (1, "Roller worn."));
    assert_eq!(kept(&note(&mut rep, session, 2, "Roller worn.\nSent one.").await), (2, "Roller worn.\nSent one."));
    assert_eq!(kept(&note(&mut rep, session, 2, "mine").await), (2, "Roller worn.\nSent one."), "too late");
    rep.say(ToRelay::Signal { session, body: vec![1] }).await;
    let heard = until_signal(&mut customer).await;
    assert!(heard.is_empty(), "the customer's side hears nothing of it: {heard:?}");
    first.stop().await;
    drop((rep, customer));

    let second = relay(&folder).await;
    let mut rep = Program::connect(&second, Side::Rep).await;
    rep.say(ToRelay::SignInAgain { token: sign_in }).await;
    assert!(matches!(rep.hear().await, FromRelay::SignedIn { .. }));
    rep.say(ToRelay::Resume { session, token }).await;
    rep.offer().await;
    let notes = loop {
        match rep.hear().await {
            FromRelay::Presence { .. } => {}
            message => break message,
        }
    };
    assert_eq!(kept(&notes), (2, "Roller worn.\nSent one."));
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t3_notes_are_refused_to_customers_and_strangers_and_in_words_or_by_reason() {
    const BO: &str = "bo@acme.example";
    let folder = folder().await;
    add_rep(folder.path(), BO).await;
    let relay = relay(&folder).await;
    let (mut rep, mut customer, session, ..) = session(&relay).await;
    kept(&note(&mut rep, session, 1, "mine").await);
    let answer = note(&mut customer, session, 2, "theirs").await;
    assert!(matches!(&answer, FromRelay::Refused { reason } if reason.contains("Only a rep")), "{answer:?}");
    let mut bo = Program::connect(&relay, Side::Rep).await;
    let answer = note(&mut bo, session, 2, "theirs").await;
    assert!(matches!(&answer, FromRelay::Refused { reason } if reason.contains("Sign in")), "{answer:?}");
    assert!(matches!(bo.sign_in(BO, PASSWORD).await, FromRelay::SignedIn { .. }));
    assert_eq!(refused(&note(&mut bo, session, 2, "theirs").await), NotesRefusal::Over);
    assert_eq!(refused(&note(&mut bo, SessionId([9; 16]), 1, "nowhere").await), NotesRefusal::Over);
    let long = "ü".repeat(NOTES_CHARS_MAX + 1);
    assert_eq!(refused(&note(&mut rep, session, 2, &long).await), NotesRefusal::TooLong);
    let store = SqliteStore::open(&folder.path().join("data")).await.unwrap();
    assert_eq!(store.notes(session).await.unwrap().unwrap().text, "mine");
    store.close().await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t3_notes_are_completed_after_the_session_and_read_in_its_report() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (mut rep, mut customer, session, ..) = session(&relay).await;
    customer.say(ToRelay::EndSession { session, reason: "CustomerEnded".into() }).await;
    assert!(matches!(rep.hear().await, FromRelay::SessionEnded { .. }));
    assert_eq!(kept(&note(&mut rep, session, 1, "toner replaced").await), (1, "toner replaced"));
    relay.stop().await;

    let store = SqliteStore::open(&folder.path().join("data")).await.unwrap();
    let account = store.accounts().await.unwrap()[0].id;
    let filter = ReportFilter { text: Some("TONER".into()), ..ReportFilter::default() };
    let page = store.reports(account, &filter, None, 10).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    let report = store.report(session).await.unwrap().unwrap();
    assert_eq!((report.row.customer.as_str(), report.row.end_reason.as_deref()), ("K. Weber", Some("CustomerEnded")));
    assert_eq!(report.notes.unwrap().text, "toner replaced");
    let kinds: Vec<&str> = report.timeline.iter().map(|line| line.kind.as_str()).collect();
    assert_eq!(kinds, ["code-given", "joined", "session-started", "session-ended"]);
    store.close().await;
    let id = session.to_string();
    for words in [
        &["report", "list", "--account", "acme", "--rep", USER, "--from", "2020-01-01", "--json"][..],
        &["report", "list", "--account", "Acme", "--text", "toner", "--limit", "1"],
        &["report", "show", "--session", &id],
        &["report", "show", "--session", &id, "--json"],
        &["audit", "list", "--account", "Acme", "--kind", "joined", "--session", &id, "--csv"],
        &["audit", "list", "--to", "2020-01-01T00:00", "--json"],
    ] {
        command(&folder, words).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_of_what_is_not_there_say_what_to_do() {
    let folder = folder().await;
    let data = folder.path().join("data");
    for (words, wanted) in [
        (["report", "list", "--account", "Bolt"], "account list"),
        (["report", "show", "--session", "00ff10203040"], "report list"),
        (["audit", "list", "--account", "Bolt"], "account list"),
    ] {
        let line = ["lotse-relay"].into_iter().chain(words).chain(["--data", data.to_str().unwrap()]);
        let error = cli::run(Cli::try_parse_from(line).unwrap()).await.unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
    for bad in [["--kind", "dance"], ["--from", "yesterday"], ["--session", "12"], ["--limit", "0"]] {
        let line = ["lotse-relay", "audit", "list", "--data", "d"].into_iter().chain(bad);
        assert!(Cli::try_parse_from(line).is_err(), "{bad:?}");
    }
}
