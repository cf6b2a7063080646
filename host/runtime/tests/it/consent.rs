//! C5, P1: a plugin gets nothing it did not declare, and at the customer's nothing the customer did not allow.

use std::sync::atomic::Ordering::SeqCst;

use lotse_runtime::{
    Capability, ConsentAnswer, ConsentTerm, Event, Instance, Licence, Policy, Request, StartError, grant,
};

use crate::recorder::Recorder;
use crate::support::{Subject, compiled, config, hostile_package, runtime, without_consent};

async fn customers_side() -> Subject {
    let runtime = runtime();
    let compiled = compiled(&runtime, hostile_package()).await;
    Subject::spawn(&runtime, &compiled, config(without_consent(&compiled)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c5_nothing_works_without_consent_and_all_of_it_ends_with_it() {
    let subject = customers_side().await;
    let Subject { handle, host } = &subject;
    subject.act("displays", "").await;
    host.expect("displays denied").await;
    subject.act("displays", "").await;
    host.expect_nth("displays denied", 2).await;
    assert_eq!(host.count("audit: plugin lotse.fixture.hostile 0.1.0: `screen` denied"), 1, "one line, not one a call");
    subject.act("input", "").await;
    host.expect("input denied denied denied").await;

    handle.try_send(Event::Granted(Capability::Screen)).unwrap();
    assert!(handle.active().contains(Capability::Screen));
    host.expect("granted screen").await;
    subject.act("capture", "").await;
    host.expect("capture 100").await;
    subject.act("publish", "").await;
    host.expect("publish ()").await;

    handle.try_send(Event::Revoked(Capability::Screen)).unwrap();
    // At once, not when the plugin comes round to it.
    assert_eq!(host.count("host: capture_drop 100"), 1);
    assert_eq!(host.count("host: pipeline_drop"), 1);
    host.expect("revoked screen").await;
    subject.act("publish", "").await;
    host.expect("publish denied").await;
    subject.act("capture", "").await;
    host.expect("capture denied").await;
    host.expect("audit: plugin lotse.fixture.hostile 0.1.0: `screen` revoked").await;

    // Given again, the old handle stays gone.
    handle.try_send(Event::Granted(Capability::Screen)).unwrap();
    subject.act("publish", "").await;
    host.expect("publish gone").await;
    subject.act("let-go", "").await;
    subject.counted().await;
    assert_eq!(host.count("host: capture_drop"), 1, "closed once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c5_revoking_control_lets_go_of_every_key_while_the_guest_spins() {
    let subject = customers_side().await;
    subject.handle.send(Event::Granted(Capability::Input)).await.unwrap();
    subject.act("input", "").await;
    subject.host.expect("input () () ()").await;
    subject.act("spin", "").await;
    subject.handle.try_send(Event::Revoked(Capability::Input)).unwrap();
    assert_eq!(subject.host.count("host: input_release_all"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_asking_goes_to_the_host_and_never_beyond_the_grant() {
    let subject = customers_side().await;
    let host = &subject.host;
    subject.act("ask", "screen").await;
    host.expect("ask screen busy").await;
    *host.consent.lock() = Some(ConsentAnswer::Asked);
    subject.act("ask", "input").await;
    host.expect("ask input Answer::Asked").await;
    *host.consent.lock() = Some(ConsentAnswer::Granted);
    subject.act("ask", "clipboard").await;
    host.expect("ask clipboard Answer::Granted").await;
    subject.act("clipboard", "text").await;
    host.expect("clipboard () ()").await;
    subject.act("clipboard", "x-exec").await;
    host.expect("clipboard () unsupported").await;
    subject.act("ask", "root").await;
    host.expect("ask root invalid").await;
    assert_eq!(host.count("host: asked for"), 3);
    assert!(!subject.handle.active().contains(Capability::Input));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_what_policy_or_licence_take_away_is_not_linked() {
    let runtime = runtime();
    let compiled = compiled(&runtime, hostile_package()).await;
    let mut request = Request::from(compiled.manifest());
    let host = std::sync::Arc::new(Recorder::default());
    let mut policy = Policy { capabilities_denied: [Capability::Input].into_iter().collect(), ..Policy::default() };
    let granted = grant(&request, &Licence::Everything, &policy, ConsentTerm::NotNeeded);
    let refused = Instance::spawn(&runtime, &compiled, config(granted), host.clone()).unwrap_err();
    assert!(matches!(refused, StartError::Missing { capability: Capability::Input, .. }), "{refused}");
    assert!(refused.to_string().contains("lotse.fixture.hostile"), "{refused}");

    policy.plugins_denied.insert("lotse.fixture.hostile".into());
    let granted = grant(&request, &Licence::Everything, &policy, ConsentTerm::NotNeeded);
    let refused = Instance::spawn(&runtime, &compiled, config(granted), host.clone()).unwrap_err();
    assert!(matches!(refused, StartError::NotAllowed { .. }), "{refused}");

    request.feature = Some("screen-sharing".into());
    let granted = grant(&request, &Licence::Features(Default::default()), &Policy::default(), ConsentTerm::NotNeeded);
    let refused = Instance::spawn(&runtime, &compiled, config(granted), host.clone()).unwrap_err();
    assert!(matches!(refused, StartError::NotAllowed { .. }), "{refused}");
    assert_eq!(host.count("audit: plugin lotse.fixture.hostile 0.1.0: not started"), 3);
    assert_eq!(host.lines().len(), 3, "nothing ran");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_surface_that_could_not_be_made_is_a_dead_handle() {
    let subject = Subject::new().await;
    subject.act("present", "").await;
    subject.host.expect("present 100 () invalid").await;
    assert_eq!(subject.host.count("host: stream_drop"), 0, "the host has the stream");
    subject.host.fail_surfaces.store(true, SeqCst);
    subject.act("present", "").await;
    subject.host.expect("present 0 gone gone").await;
    assert_eq!(subject.host.count("host: stream_drop"), 1, "nobody has the stream");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c5_facts_wait_for_the_customers_word_and_a_word_is_one_restart() {
    let subject = customers_side().await;
    let Subject { handle, host } = &subject;
    subject.act("look", "").await;
    host.expect("look denied").await;
    subject.act("restart", "").await;
    host.expect("restart denied denied").await;
    assert_eq!((host.count("host: system_look"), host.count("host: restart")), (0, 0));

    handle.try_send(Event::Granted(Capability::System)).unwrap();
    subject.act("look", "").await;
    host.expect("look ()").await;
    handle.try_send(Event::SystemFacts(vec![("os".into(), Vec::new())])).unwrap();
    host.expect("facts 1").await;

    handle.try_send(Event::Granted(Capability::Restart)).unwrap();
    subject.act("restart", "").await;
    host.expect("restart () denied").await;
    assert_eq!(host.count("host: restart"), 1, "asked for twice in one breath");
    assert!(!handle.active().contains(Capability::Restart) && handle.active().contains(Capability::System));
    handle.try_send(Event::RestartFailed("cancelled")).unwrap();
    host.expect("failed cancelled").await;
    handle.try_send(Event::RestartBack { seconds: 95 }).unwrap();
    host.expect("back 95").await;
}
