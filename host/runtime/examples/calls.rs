//! What plugins cost: compiling, loading, instantiating, and calls both ways.
//!
//! `cargo run --release -p lotse-runtime --features compiler --example calls`; needs the plugins built first
//! (`cargo xtask build`). Figures of a loaded machine are too long by up to two times: trust ratios.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../tests/it/recorder.rs"]
#[allow(dead_code)]
mod recorder;
#[path = "../tests/it/support.rs"]
#[allow(dead_code)]
mod support;

use std::time::{Duration, Instant};

use lotse_runtime::{Event, InstanceConfig, Limits};
use support::{Subject, compiled, config, developer, everything, hostile_package};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let runtime = lotse_runtime::Runtime::new(lotse_runtime::RuntimeOptions::default()).unwrap();
    let package = hostile_package();
    let started = Instant::now();
    runtime.compile(package.clone().into(), &developer()).await.unwrap();
    println!("compile {} KiB of package        {:>10.1} ms", package.len() / 1024, ms(started.elapsed()));

    let compiled = compiled(&runtime, package).await;
    let limits = Limits { host_calls: u32::MAX, call_cpu: Duration::from_secs(60), ..Limits::default() };
    let quiet = || InstanceConfig { present: Vec::new(), limits: limits.clone(), ..config(everything(&compiled)) };

    const STARTS: u32 = 200;
    let started = Instant::now();
    for _ in 0..STARTS {
        let subject = Subject::spawn(&runtime, &compiled, quiet());
        subject.host.expect("init").await;
        subject.handle.stop();
        subject.handle.stopped().await;
    }
    println!("start and stop an instance         {:>10.1} µs", us(started.elapsed(), STARTS));

    let subject = Subject::spawn(&runtime, &compiled, quiet());
    const CALLS: u32 = 100_000;
    // An event that its guest answers with one `invalidate`, and a tree of one node at the end: the queue included.
    let cpu_before = subject.handle.stats().cpu_us;
    let started = Instant::now();
    for _ in 0..CALLS {
        subject.handle.send(Event::Action { node: "count".into(), what: Vec::new() }).await.unwrap();
    }
    subject.counted().await;
    let cpu = subject.handle.stats().cpu_us - cpu_before;
    println!("host → guest, through the queue    {:>10.2} µs", us(started.elapsed(), CALLS));
    println!("host → guest, in the guest         {:>10.2} µs", cpu as f64 / f64::from(CALLS));

    const HOST_CALLS: u32 = 1_000_000;
    let cpu_before = subject.handle.stats().cpu_us;
    subject.act("call-times", &HOST_CALLS.to_string()).await;
    subject.host.expect("called").await;
    subject.counted().await;
    let cpu = subject.handle.stats().cpu_us - cpu_before;
    println!("guest → host                       {:>10.2} µs", cpu as f64 / f64::from(HOST_CALLS));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn us(time: Duration, times: u32) -> f64 {
    time.as_secs_f64() * 1_000_000.0 / f64::from(times)
}
