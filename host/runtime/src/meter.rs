//! How long a guest runs, and how it is made to stop.
//!
//! A ticker thread raises the engine's epoch every [`TICK`] while a guest runs; at each tick the guest yields, which
//! leaves the thread free and gives [`metered`] its chance to look at the processor time used. Processor time, not time
//! on the clock: on a loaded machine a guest gets as many instructions as on an idle one. When nothing runs for some ticks
//! the thread sleeps, so an idle program has no wake-ups from here.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use wasmtime::EngineWeak;

/// A guest yields this often; a tenth of the usual call budget.
pub(crate) const TICK: Duration = Duration::from_millis(10);
/// Ticks without a running guest before the thread sleeps: waking it costs about as much as so many ticks.
const IDLE_TICKS: u32 = 3;

#[derive(Debug, Default)]
pub(crate) struct Ticker {
    running: AtomicUsize,
    asleep: AtomicBool,
    thread: std::sync::OnceLock<thread::Thread>,
}

impl Ticker {
    /// Starts the thread; it ends with the engine.
    pub fn start(engine: EngineWeak) -> io::Result<Arc<Self>> {
        let ticker = Arc::new(Self::default());
        let weak = Arc::downgrade(&ticker);
        let handle = thread::Builder::new().name("lotse-epoch".into()).spawn(move || {
            let mut idle_ticks = 0;
            loop {
                thread::sleep(TICK);
                let (Some(engine), Some(ticker)) = (engine.upgrade(), weak.upgrade()) else { return };
                engine.increment_epoch();
                idle_ticks = if ticker.running.load(SeqCst) == 0 { idle_ticks + 1 } else { 0 };
                if idle_ticks >= IDLE_TICKS {
                    drop(engine);
                    idle_ticks = 0;
                    ticker.asleep.store(true, SeqCst);
                    // A guest that started in between has seen `asleep` false and does not wake us.
                    if ticker.running.load(SeqCst) == 0 {
                        drop(ticker);
                        thread::park();
                    } else {
                        ticker.asleep.store(false, SeqCst);
                    }
                }
            }
        })?;
        // Set once, here.
        let _ = ticker.thread.set(handle.thread().clone());
        Ok(ticker)
    }

    fn enter(&self) -> Running<'_> {
        self.running.fetch_add(1, SeqCst);
        if self.asleep.load(SeqCst) && self.asleep.swap(false, SeqCst) {
            self.wake();
        }
        Running(self)
    }

    fn wake(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.wake();
    }
}

struct Running<'a>(&'a Ticker);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, SeqCst);
    }
}

/// What became of a metered call.
#[derive(Debug)]
pub(crate) enum Metered<T> {
    Done(T),
    /// It used up its time; the future is dropped and the guest with it.
    Spun,
    /// `give_up` said so.
    GivenUp,
}

/// Runs a guest call for at most `budget` of processor time; asks `give_up` at each tick. Also gives the time used.
pub(crate) async fn metered<T>(
    ticker: &Ticker,
    budget: Duration,
    give_up: impl Fn() -> bool,
    call: impl Future<Output = T>,
) -> (Metered<T>, Duration) {
    let running = ticker.enter();
    let mut call = pin!(call);
    let mut used = Duration::ZERO;
    let mut first = true;
    let outcome = std::future::poll_fn(|context| {
        // Most calls end within their first poll, where the cheap clock is good enough. It also counts time in which
        // another thread had the processor, hence at most a tick.
        let started = Instant::now();
        let cpu_started = if first { None } else { thread_cpu() };
        let polled = call.as_mut().poll(context);
        used += match (cpu_started, thread_cpu_after(cpu_started)) {
            (Some(start), Some(end)) => end.saturating_sub(start),
            _ if first => started.elapsed().min(TICK),
            _ => started.elapsed(),
        };
        first = false;
        match polled {
            Poll::Ready(value) => Poll::Ready(Metered::Done(value)),
            Poll::Pending if used >= budget => Poll::Ready(Metered::Spun),
            Poll::Pending if give_up() => Poll::Ready(Metered::GivenUp),
            Poll::Pending => Poll::Pending,
        }
    })
    .await;
    drop(running);
    (outcome, used)
}

fn thread_cpu_after(before: Option<Duration>) -> Option<Duration> {
    before.and_then(|_| thread_cpu())
}

/// Processor time of this thread, where the system tells.
#[cfg(unix)]
fn thread_cpu() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
}

#[cfg(not(unix))]
fn thread_cpu() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    async fn spin_for(total: Duration) {
        let started = Instant::now();
        while started.elapsed() < total {
            let slice = Instant::now();
            while slice.elapsed() < Duration::from_millis(2) {
                std::hint::spin_loop();
            }
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn counts_work_and_not_waiting() {
        let ticker = Ticker::default();
        let budget = Duration::from_millis(20);
        let (outcome, used) = metered(&ticker, budget, || false, spin_for(Duration::from_secs(5))).await;
        assert!(matches!(outcome, Metered::Spun));
        assert!(used >= budget && used < Duration::from_millis(200), "{used:?}");
        let (outcome, used) = metered(&ticker, budget, || false, tokio::time::sleep(Duration::from_millis(60))).await;
        assert!(matches!(outcome, Metered::Done(())));
        assert!(used < budget, "{used:?}");
        let (outcome, _) = metered(&ticker, budget, || true, std::future::pending::<()>()).await;
        assert!(matches!(outcome, Metered::GivenUp));
        assert_eq!(ticker.running.load(SeqCst), 0);
    }
}
