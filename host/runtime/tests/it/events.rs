//! What a guest hears, in which order, and what its calls do when all is well.

use std::time::Duration;

use lotse_runtime::{Event, Point, SendError, State, Value};

use crate::support::{Subject, config, customer, everything, prebuilt, runtime};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_reaches_its_handler() {
    let subject = Subject::new().await;
    let Subject { handle, host } = &subject;
    host.expect("init 0").await;
    host.expect("joined 2 Karl").await;
    handle.send(Event::Joined(customer())).await.unwrap();
    let state = vec![("state".to_owned(), Value::Text("slow".into()))];
    handle.send(Event::Link { who: 2, state }).await.unwrap();
    host.expect(r#"link 2 [("state", Value::Text("slow"))]"#).await;
    handle.send(Event::StreamOpened { peer: 2, label: "chat".into(), stream: 7, heard: None }).await.unwrap();
    host.expect("opened 2 chat 7").await;
    handle.send(Event::StreamData { stream: 7, bytes: vec![0; 70_000] }).await.unwrap();
    host.expect("data 7 70000").await;
    handle.send(Event::StreamData { stream: 8, bytes: vec![0; 3] }).await.unwrap();
    handle.send(Event::StreamWritable(7)).await.unwrap();
    host.expect("writable 7").await;
    handle.send(Event::StreamClosed { stream: 7, complete: true }).await.unwrap();
    host.expect("closed 7 true").await;
    handle.send(Event::Datagram { peer: 2, bytes: vec![1, 2] }).await.unwrap();
    host.expect("datagram 2 2").await;
    handle.send(Event::DisplaysChanged).await.unwrap();
    host.expect("displays-changed").await;
    handle.send(Event::CaptureStalled { capture: 3, reason: "gone".into() }).await.unwrap();
    host.expect("stalled 3 gone").await;
    let at = Point { x: -1, y: 5 };
    handle.send(Event::SurfacePointer { surface: 4, at, buttons: 1, wheel: Point::default() }).await.unwrap();
    host.expect("pointer 4 -1,5 1 0,0").await;
    handle.send(Event::SurfaceKey { surface: 4, physical: 30, down: true }).await.unwrap();
    host.expect("key 4 30 true").await;
    handle.send(Event::BoardsChanged).await.unwrap();
    host.expect("boards 1").await;
    handle.send(Event::DrawingPointer { board: 7, at, buttons: 1 }).await.unwrap();
    host.expect("drawing pointer 7 -1,5 1").await;
    handle.send(Event::DrawingText { board: 7, entered: "ä\n".into() }).await.unwrap();
    host.expect("drawing text 7 ä").await;
    handle.send(Event::DrawingLeft(7)).await.unwrap();
    host.expect("drawing left 7").await;
    handle.send(Event::SurfaceText { surface: 4, entered: "ä€".into() }).await.unwrap();
    host.expect("text 4 ä€").await;
    let what = vec![("hotkey".to_owned(), Value::Number(9))];
    handle.send(Event::SurfaceChanged { surface: 4, what }).await.unwrap();
    host.expect("changed 4").await;
    let outcome = Err(lotse_runtime::ErrorCode::Busy);
    handle.send(Event::SurfaceSnapshot { surface: 4, to: "file".into(), outcome }).await.unwrap();
    host.expect(r#"snapshot 4 file Err("busy")"#).await;
    handle.send(Event::SurfaceClosed(4)).await.unwrap();
    host.expect("surface closed 4").await;
    handle.send(Event::ClipboardChanged(vec!["text".into()])).await.unwrap();
    host.expect(r#"clipboard ["text"]"#).await;
    handle.send(Event::ClipboardContent { format: "text".into(), data: vec![65] }).await.unwrap();
    host.expect("content text 1").await;
    handle.send(Event::DirectoryChanged).await.unwrap();
    host.expect("directory changed").await;
    let (outcome, by) = ("declined".to_owned(), "Bo".to_owned());
    handle.send(Event::DirectoryAnswered { request: 5, outcome, by }).await.unwrap();
    host.expect("answered 5 declined Bo").await;
    handle.send(Event::Left(2)).await.unwrap();
    host.expect("left 2").await;
    handle.send(Event::Ending("done".into())).await.unwrap();
    handle.stopped().await;
    host.expect("ending done").await;
    assert_eq!(host.count("joined 2"), 1, "somebody who is there does not join again");
    assert_eq!(host.count("data 8"), 0, "a stream that the guest does not hold");
    assert_eq!(host.count("host: stream_drop 7"), 1);
    assert_eq!(host.count("audit: plugin lotse.fixture.hostile 0.1.0: stopped"), 1);
    assert_eq!(handle.try_send(Event::Left(2)), Err(SendError::Stopped));
    assert_eq!(handle.stats().state, State::Stopped);
    assert_eq!(handle.stats().bytes_received, 70_002);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_runtimes_own_services_work() {
    let subject = Subject::new().await;
    let host = &subject.host;
    subject.act("clocks", "").await;
    host.expect("clocks true true").await;
    subject.act("random", "").await;
    host.expect("random 16 1024").await;
    subject.act("wake", "20000").await;
    host.expect("token 1").await;
    host.expect("woke 1").await;
    subject.act("storage", "abc").await;
    host.expect("storage () Some([97, 98, 99])").await;
    subject.act("big-storage", "").await;
    host.expect("storage limit").await;
    subject.act("datagram", "").await;
    host.expect("datagram () invalid").await;
    subject.act("notify", "Hi").await;
    host.expect("host: notify Hi").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_makes_streams_wait_and_drops_what_may_be_dropped() {
    let limits = lotse_runtime::Limits { queue_events: 8, call_cpu: Duration::from_secs(30), ..Default::default() };
    let subject = Subject::with_limits(limits).await;
    subject.host.expect("joined 2").await;
    subject.act("work-ms", "300").await;
    tokio::time::sleep(Duration::from_millis(30)).await;
    let key = |physical| Event::SurfaceKey { surface: 1, physical, down: true };
    let taken = (0..20).filter(|n| subject.handle.try_send(key(*n)).is_ok()).count();
    assert_eq!(taken, 8);
    assert_eq!(subject.handle.stats().events_dropped, 12);
    assert_eq!(subject.handle.try_send(key(99)), Err(SendError::Full));
    subject.handle.send(key(77)).await.unwrap();
    subject.host.expect("key 1 77 true").await;
    assert_eq!(subject.host.count("key 1"), 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_the_last_handle_stops_the_instance() {
    let Subject { handle, host } = Subject::new().await;
    host.expect("joined 2").await;
    let other = handle.clone();
    drop(handle);
    other.send(Event::Left(2)).await.unwrap();
    host.expect("left 2").await;
    drop(other);
    host.expect("audit: plugin lotse.fixture.hostile 0.1.0: stopped").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_nobody_took_any_more_is_refused() {
    let limits = lotse_runtime::Limits { call_cpu: Duration::from_secs(30), ..Default::default() };
    let subject = Subject::with_limits(limits).await;
    subject.act("spin", "").await;
    subject.handle.send(Event::StreamOpened { peer: 2, label: "late".into(), stream: 9, heard: None }).await.unwrap();
    subject.handle.stop();
    subject.handle.stopped().await;
    assert_eq!(subject.host.count("host: stream_reset 9"), 1);
    assert_eq!(subject.host.count("host: stream_drop 9"), 1);
}

/// The bundled plugin of the SDK runs as it is, and an event it has no handler for harms nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hello_plugin_says_hello() {
    let runtime = runtime();
    let hello = prebuilt("hello");
    let package = lotse_package::Package::read(&hello).unwrap();
    let keys = package.signature().map(|signature| signature.signer);
    let trust = lotse_runtime::Trust { keys: lotse_package::TrustedKeys::new(keys), developer_mode: true };
    let compiled = runtime.compile(hello.clone().into(), &trust).await.unwrap();
    let subject = Subject::spawn(&runtime, &compiled, config(everything(&compiled)));
    let menu = subject.render("menu").await.unwrap();
    assert_eq!(menu[0].kind, "menu");
    subject.handle.send(Event::ClipboardChanged(Vec::new())).await.unwrap();
    subject.handle.send(Event::StreamOpened { peer: 2, label: "?".into(), stream: 5, heard: None }).await.unwrap();
    subject.act("greet", "").await;
    subject.handle.send(Event::Datagram { peer: 2, bytes: b"Hello!".to_vec() }).await.unwrap();
    subject.host.expect("host: notify Hello!").await;
    subject.host.expect("host: stream_drop 5").await;
    assert_eq!(subject.render("viewer").await.unwrap(), Vec::new());
}
