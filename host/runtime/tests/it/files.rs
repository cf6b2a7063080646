//! What a plugin is handed of files, and what becomes of it when it lets go, lies or dies.

use lotse_runtime::{Capability, ConsentAnswer, Event, State};

use crate::support::{Subject, compiled, config, hostile_package, runtime, without_consent};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_handed_over_is_held_joined_to_a_stream_and_let_go() {
    let subject = Subject::new().await;
    let Subject { handle, host } = &subject;
    handle.send(Event::FilesPicked { request: 1, source: None }).await.unwrap();
    host.expect("picked 1 false").await;
    handle.send(Event::FilesPicked { request: 2, source: Some(70) }).await.unwrap();
    host.expect("picked 2 true").await;
    handle.send(Event::FilesDropped { place: "chat".into(), source: 71 }).await.unwrap();
    host.expect("dropped chat 71").await;
    handle.send(Event::FilesAnswered { request: 3, target: Some(72) }).await.unwrap();
    host.expect("answered 3 true").await;
    subject.act("transfers", "").await;
    host.expect("transfers Some(\"known 7 0\") Some(\"limit\")").await;
    assert_eq!(host.count("host: source_send 71"), 1);
    let transfer = host.expect("host: transfer_pause").await.replace("pause", "drop");
    host.expect(&transfer).await;
    assert_eq!(host.count("host: transfer_cancel"), 1);
    assert_eq!(host.count("host: stream_drop"), 1, "of the stream that was not taken");
    // Of a transfer that it holds no longer nothing is said.
    handle.send(Event::TransferMoved(5)).await.unwrap();
    handle.send(Event::TransferEnded { transfer: 5, outcome: Vec::new() }).await.unwrap();
    subject.act("let-go-of-files", "").await;
    subject.counted().await;
    assert_eq!((host.count("moved"), host.count("ended ")), (0, 0));
    for gone in ["host: source_drop 70", "host: source_drop 71", "host: target_drop 72"] {
        assert_eq!(host.count(gone), 1, "{gone}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p2_sources_over_the_bound_are_refused_and_what_is_then_handed_over_is_let_go() {
    let subject = Subject::new().await;
    let Subject { handle, host } = &subject;
    subject.act("leak-sources", "").await;
    host.expect("sources limit").await;
    assert_eq!(handle.stats().handles, 64);
    handle.send(Event::FilesDropped { place: "chat".into(), source: 9 }).await.unwrap();
    host.expect("host: source_drop 9").await;
    assert_eq!(handle.stats().state, State::Running);
    subject.act("panic", "with its hands full").await;
    host.expect_nth("init ", 2).await;
    assert_eq!(host.count("host: source_drop"), 65);
}

/// Files are of no harm without a question, and the question is the host's: the customer's word only spares it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_customers_word_is_asked_for_and_takes_nothing_away() {
    let runtime = runtime();
    let compiled = compiled(&runtime, hostile_package()).await;
    let subject = Subject::spawn(&runtime, &compiled, config(without_consent(&compiled)));
    let Subject { handle, host } = &subject;
    subject.act("files", "unknown").await;
    let said = host.expect("files ").await;
    assert!(said.ends_with("invalid") && said.contains(" gone ") && said.contains(" () invalid "), "{said}");
    assert_eq!(
        (host.count("host: discard unknown"), host.count("host: discard")),
        (1, 1),
        "not the one that is too long"
    );
    *host.consent.lock() = Some(ConsentAnswer::Asked);
    subject.act("ask", "files").await;
    host.expect("ask files Answer::Asked").await;
    handle.send(Event::FilesDropped { place: "chat".into(), source: 9 }).await.unwrap();
    host.expect("dropped chat 9").await;
    handle.try_send(Event::Granted(Capability::Files)).unwrap();
    host.expect("granted files").await;
    handle.try_send(Event::Revoked(Capability::Files)).unwrap();
    host.expect("revoked files").await;
    assert!(handle.active().contains(Capability::Files));
    assert_eq!(host.count("host: source_drop"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c5_a_word_that_saves_a_question_is_in_the_audit_log_once_when_it_comes_and_once_when_it_goes() {
    let runtime = runtime();
    let compiled = compiled(&runtime, hostile_package()).await;
    let subject = Subject::spawn(&runtime, &compiled, config(without_consent(&compiled)));
    let Subject { handle, host } = &subject;
    let lines = || {
        let count = |what: &str| host.count(&format!("audit: plugin lotse.fixture.hostile 0.1.0: `files` {what}"));
        (count("granted"), count("revoked"))
    };
    handle.try_send(Event::Revoked(Capability::Files)).unwrap();
    assert_eq!(lines(), (0, 0), "it was not given");
    for _ in 0..2 {
        handle.try_send(Event::Granted(Capability::Files)).unwrap();
    }
    assert_eq!(lines(), (1, 0));
    for _ in 0..2 {
        handle.try_send(Event::Revoked(Capability::Files)).unwrap();
    }
    assert_eq!(lines(), (1, 1));
}
