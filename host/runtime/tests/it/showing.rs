//! What a person chose to show: it reaches the guest as a capture, and nothing of it is left when the guest is not there.

use lotse_runtime::{Capability, Event, Limits, Policy, Request};
use lotse_runtime::{ConsentTerm, Instance, Licence, StartError, grant};

use crate::recorder::Recorder;
use crate::support::{Subject, compiled, config, hostile_package, runtime};

fn chosen(request: u64, capture: Option<u64>) -> Event {
    Event::Chosen { request, capture, title: "Paint".to_owned() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_chosen_comes_as_a_capture_that_can_be_published_and_let_go() {
    let subject = Subject::new().await;
    let Subject { handle, host } = &subject;
    subject.act("choose", "").await;
    host.expect("choose 100").await;
    assert_eq!(host.count("host: asked what to show"), 1);
    handle.send(chosen(100, Some(7))).await.unwrap();
    host.expect("chosen 100 Some(7) Paint").await;
    subject.act("publish", "").await;
    host.expect("publish ()").await;
    handle.send(Event::CaptureHidden { capture: 7, on: true }).await.unwrap();
    host.expect("hidden 7 true").await;
    handle.send(Event::CaptureHidden { capture: 8, on: true }).await.unwrap();
    subject.act("let-go", "").await;
    subject.counted().await;
    assert_eq!((host.count("host: capture_drop 7"), host.count("hidden 8")), (1, 0));
    handle.send(chosen(101, None)).await.unwrap();
    host.expect("chosen 101 None").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p2_what_was_chosen_is_let_go_where_the_guest_holds_too_much_or_is_gone() {
    let subject = Subject::with_limits(Limits { handles: 1, ..Limits::default() }).await;
    let Subject { handle, host } = &subject;
    handle.send(chosen(1, Some(7))).await.unwrap();
    host.expect("chosen 1 Some(7)").await;
    handle.send(chosen(2, Some(8))).await.unwrap();
    host.expect("chosen 2 None").await;
    host.expect("host: capture_drop 8").await;
    assert_eq!(host.count("host: capture_drop 7"), 0, "the first is still held");
    handle.stop();
    handle.stopped().await;
    assert_eq!(host.count("host: capture_drop 7"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_nobody_is_asked_for_a_guest_that_may_not_show() {
    let runtime = runtime();
    let compiled = compiled(&runtime, hostile_package()).await;
    let request = Request::from(compiled.manifest());
    let policy = Policy { capabilities_denied: [Capability::Showing].into_iter().collect(), ..Policy::default() };
    let granted = grant(&request, &Licence::Everything, &policy, ConsentTerm::NotNeeded);
    let host = std::sync::Arc::new(Recorder::default());
    let refused = Instance::spawn(&runtime, &compiled, config(granted), host.clone()).unwrap_err();
    assert!(matches!(refused, StartError::Missing { capability: Capability::Showing, .. }), "{refused}");
    assert_eq!(host.count("host: asked what to show"), 0);
}
