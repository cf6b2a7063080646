//! T2: what a plugin may do on the rep's desk, and what it may not.

use lotse_runtime::{Capability, ConsentTerm, Event, Instance, Licence, Policy, Request, StartError, grant};

use crate::support::{Subject, compiled, config, hostile_package, runtime};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t2_the_desk_is_reached_and_words_that_are_none_are_invalid() {
    let subject = Subject::new().await;
    subject.act("desk", "sideways").await;
    subject.host.expect("desk 1 tile () invalid").await;
    assert_eq!(subject.host.count("host: arrange"), 0);
    subject.act("desk", "stack").await;
    subject.host.expect("desk 1 tile () ()").await;
    subject.host.expect("host: arrange stack").await;
    subject.handle.send(Event::DeskChanged).await.unwrap();
    subject.host.expect("desk changed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t2_what_arrived_is_bounded() {
    let subject = Subject::new().await;
    subject.act("arrived", "").await;
    subject.host.expect("host: arrived 1000").await;
}

/// The interface is not linked then, so a binary that imports it does not even start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t2_without_the_capability_the_interface_is_not_there() {
    let runtime = runtime();
    let compiled = compiled(&runtime, hostile_package()).await;
    let policy = Policy { capabilities_denied: [Capability::Desk].into_iter().collect(), ..Policy::default() };
    let request = Request::from(compiled.manifest());
    let granted = grant(&request, &Licence::Everything, &policy, ConsentTerm::NotNeeded);
    let host = std::sync::Arc::new(crate::recorder::Recorder::default());
    let refused = Instance::spawn(&runtime, &compiled, config(granted), host).unwrap_err();
    assert!(matches!(refused, StartError::Missing { capability: Capability::Desk, .. }), "{refused}");
}
