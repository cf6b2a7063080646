//! Whether chat and input stay quick while a transfer fills the line: round trips beside it, over those of the empty line.
//!
//! `cargo run --release -p lotse-transport --example fair -- [KiB of queue …]`. Both ends and a line of 20 Mbit/s each way
//! and a round trip of 50 ms are in this process; its queue holds one bandwidth-delay product, then four, unless told. Then
//! the same with plain quinn, its priorities and its cubic. Each phase runs two seconds before it counts: how a transfer
//! starts is a row of its own. The transfer goes the way of the questions. Figures of a loaded machine mean nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod ends;
mod line;

use ends::{ECHO_BYTES, Ends, Inward, NO_ANSWER, Outward, Wire};
use line::Shape;
use lotse_transport::Class;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep_until, timeout};

const BITS_PER_S: f64 = 20e6;
const DELAY: Duration = Duration::from_millis(25);
/// One bandwidth-delay product, and four.
const QUEUES_KIB: [u32; 2] = [122, 488];
/// Until a transfer has found the line's rate.
const STARTING: Duration = Duration::from_secs(2);
/// For answers that are late.
const PATIENCE: Duration = Duration::from_secs(10);
/// Until what is still in queues has gone.
const REST: Duration = Duration::from_secs(1);
const PIECE_BYTES: usize = 64 * 1024;
/// Messages that wait for a stream which takes none; more than a phase has.
const WAITING_MAX: usize = 4096;

/// What is asked and how often.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    class: Class,
    bytes: u32,
    every: Duration,
    /// So that not all ask at once.
    after: Duration,
}

const CONTROL: Kind = Kind {
    name: "control",
    class: Class::Control,
    bytes: 100,
    every: Duration::from_millis(50),
    after: Duration::ZERO,
};
const INTERACTIVE: Kind = Kind {
    name: "interactive",
    class: Class::Interactive,
    bytes: 100,
    every: Duration::from_millis(50),
    after: Duration::from_millis(25),
};
/// 20 KB 25 times a second: a fifth of the line. Answered once all of it is there.
const PICTURES: Kind = Kind {
    name: "pictures",
    class: Class::Screen,
    bytes: 20_000,
    every: Duration::from_millis(40),
    after: Duration::from_millis(10),
};

struct Phase {
    name: &'static str,
    bulk: bool,
    pictures: bool,
    lasts: Duration,
}

const PHASES: [Phase; 4] = [
    Phase { name: "empty", bulk: false, pictures: false, lasts: Duration::from_secs(10) },
    Phase { name: "pictures", bulk: false, pictures: true, lasts: Duration::from_secs(10) },
    Phase { name: "bulk", bulk: true, pictures: false, lasts: Duration::from_secs(15) },
    Phase { name: "bulk and pictures", bulk: true, pictures: true, lasts: Duration::from_secs(15) },
];
/// For a line without a shape, to see what the bench itself adds.
const QUICK: [Phase; 1] = [Phase { name: "empty", bulk: false, pictures: false, lasts: Duration::from_secs(3) }];

/// One message that was answered.
struct Answer {
    /// Since the phase began.
    asked: Duration,
    took: Duration,
}

/// What one kind of message met in one phase.
struct Met {
    kind: Kind,
    answers: Vec<Answer>,
    unanswered: usize,
}

fn main() {
    let told: Vec<u32> = std::env::args().skip(1).map(|word| word.parse().expect("KiB of queue")).collect();
    let queues = if told.is_empty() { QUEUES_KIB.to_vec() } else { told };
    run("Lotse, line without a shape", &ends::ours(None), &QUICK);
    for kib in queues {
        let queue_bytes = f64::from(kib) * 1024.0;
        let shape = Some(Shape { bits_per_s: BITS_PER_S, delay: DELAY, queue_bytes });
        run(&format!("Lotse, queue of {kib} KiB"), &ends::ours(shape), &PHASES);
        run(&format!("plain quinn with cubic, queue of {kib} KiB"), &ends::plain(shape), &PHASES);
    }
}

fn run(title: &str, ends: &Ends, phases: &[Phase]) {
    println!("\n{title}");
    println!("{:<34}{:<14}{:>9}{:>9}{:>9}{:>9}{:>14}", "", "", "p50 ms", "p95 ms", "p99 ms", "ratio", "bulk Mbit/s");
    // p95 of each class where it first was: the empty line, or of pictures the line with nothing else.
    let mut alone: Vec<(Class, f64)> = Vec::new();
    for phase in phases {
        let (all, mbits) = measure(ends, phase);
        for Met { kind, answers, unanswered } in &all {
            let (first, rest): (Vec<&Answer>, Vec<&Answer>) =
                answers.iter().partition(|answer| answer.asked < STARTING);
            let p95 = percentile(&rest, 95);
            let base = alone.iter().find(|(class, _)| *class == kind.class).map(|(_, base)| *base);
            if base.is_none() {
                alone.push((kind.class, p95));
            }
            let base = base.unwrap_or(p95);
            if phase.bulk {
                row(&format!("{}, as it starts", phase.name), kind.name, &first, base, None);
            }
            row(phase.name, kind.name, &rest, base, phase.bulk.then_some(mbits));
            if *unanswered > 0 {
                println!("{:<34}{unanswered} not answered", "");
            }
        }
    }
}

fn row(phase: &str, kind: &str, answers: &[&Answer], base: f64, mbits: Option<f64>) {
    let [p50, p95, p99] = [50, 95, 99].map(|hundredth| percentile(answers, hundredth));
    let rate = mbits.map(|mbits| format!("{mbits:.1} ({:.2})", mbits * 1e6 / BITS_PER_S)).unwrap_or_default();
    println!("{phase:<34}{kind:<14}{p50:>9.1}{p95:>9.1}{p99:>9.1}{:>9.2}{rate:>14}", p95 / base);
}

/// Milliseconds; not a number where nothing was answered.
fn percentile(answers: &[&Answer], hundredth: usize) -> f64 {
    let mut all: Vec<Duration> = answers.iter().map(|answer| answer.took).collect();
    all.sort_unstable();
    all.get((all.len() * hundredth / 100).min(all.len().saturating_sub(1)))
        .map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
}

/// Answers of each kind, and Mbit/s of what bulk the other end has read.
fn measure(ends: &Ends, phase: &Phase) -> (Vec<Met>, f64) {
    let (stop, stopped) = oneshot::channel();
    if phase.bulk {
        ends.network.spawn(fill(ends.wire.clone(), stopped));
    }
    let mut kinds = vec![CONTROL, INTERACTIVE];
    if phase.pictures {
        kinds.push(PICTURES);
    }
    let asking: Vec<_> =
        kinds.iter().map(|kind| ends.network.spawn(ask(ends.wire.clone(), *kind, STARTING + phase.lasts))).collect();
    std::thread::sleep(STARTING);
    let (began, before) = (Instant::now(), ends.read.load(Relaxed));
    std::thread::sleep(phase.lasts);
    let (took, bytes) = (began.elapsed().as_secs_f64(), ends.read.load(Relaxed) - before);
    let met: Vec<Met> = asking.into_iter().map(|asked| ends.network.block_on(asked).unwrap()).collect();
    // Where nothing was filled, nobody listens.
    let _ = stop.send(());
    std::thread::sleep(REST);
    (met, bytes as f64 * 8.0 / 1e6 / took)
}

/// Writes as fast as it may, until it is stopped; what is not sent by then never is.
async fn fill(wire: Wire, mut stopped: oneshot::Receiver<()>) {
    let (mut out, _into) = wire.open(Class::Bulk, NO_ANSWER).await;
    let piece = vec![0x5a; PIECE_BYTES];
    loop {
        let goes_on = tokio::select! {
            whole = out.write(&piece) => whole,
            _ = &mut stopped => false,
        };
        if !goes_on {
            break;
        }
    }
    out.reset();
}

/// Asks for as long as the phase lasts and waits for the answers.
async fn ask(wire: Wire, kind: Kind, lasts: Duration) -> Met {
    let (out, mut into) = wire.open(kind.class, kind.bytes).await;
    let count = usize::try_from(lasts.as_millis() / kind.every.as_millis()).unwrap();
    let began = Instant::now();
    let (due, messages) = mpsc::channel(WAITING_MAX);
    tokio::spawn(clock(kind, began, count, due));
    let writing = tokio::spawn(write(out, kind, messages));
    let mut answers = Vec::with_capacity(count);
    let listening = hear(&mut into, began, count, &mut answers);
    // What is not answered by then is counted.
    let _ = timeout(lasts + PATIENCE, listening).await;
    writing.abort();
    let unanswered = count - answers.len();
    Met { kind, answers, unanswered }
}

/// Says when a message is due, also while the stream takes none: its waiting counts.
async fn clock(kind: Kind, began: Instant, count: usize, due: mpsc::Sender<Duration>) {
    let mut next = began + kind.after;
    for _ in 0..count {
        sleep_until(next.into()).await;
        next += kind.every;
        if due.send(began.elapsed()).await.is_err() {
            return;
        }
    }
}

async fn write(mut out: Outward, kind: Kind, mut messages: mpsc::Receiver<Duration>) {
    let mut message = vec![0; kind.bytes as usize];
    while let Some(asked) = messages.recv().await {
        message[..8].copy_from_slice(&u64::try_from(asked.as_nanos()).unwrap().to_be_bytes());
        if !out.write(&message).await {
            return;
        }
    }
    // Kept open, as a stream of the session is.
    std::future::pending::<()>().await;
}

async fn hear(into: &mut Inward, began: Instant, count: usize, answers: &mut Vec<Answer>) {
    let mut echo = [0; ECHO_BYTES];
    while answers.len() < count && into.fill(&mut echo).await {
        let [a, b, c, d, e, f, g, h, ..] = echo;
        let asked = Duration::from_nanos(u64::from_be_bytes([a, b, c, d, e, f, g, h]));
        answers.push(Answer { asked, took: began.elapsed().saturating_sub(asked) });
    }
}
