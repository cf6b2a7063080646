//! The life of an instance: instantiate, hand it its events one by one, and start it again when it fails.
//!
//! One task per instance, so a plugin's calls never overlap and one plugin never waits for another. A fault ends the
//! store; the next one gets what was saved, up to the restart budget. Events that arrived meanwhile wait in the queue;
//! the one that was being handled is lost, as it may be what the plugin died of.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;
use wasmtime::{Store, Trap, UpdateDeadline};

use crate::event::Event;
use crate::farewell::Farewell;
use crate::fault::{AuditKind, Fault, FaultKind};
use crate::handlers::{Handlers, handler_name};
use crate::host::{Node, Participant};
use crate::meter::{Metered, Ticker, metered};
use crate::queue::Queued;
use crate::runtime::Prepared;
use crate::state::{Guest, Shared, Stop};
use crate::stats::State;
use crate::tree;

/// What every instance of one plugin in one session is made of.
pub(crate) struct Life {
    pub prepared: Arc<Prepared>,
    pub ticker: Arc<Ticker>,
    pub shared: Arc<Shared>,
    /// Whether a restarted instance gets what the last one saved.
    pub keeps_state: bool,
}

/// Why an instance is no more.
enum End {
    /// The host wanted it so, or the session is over.
    Stopped,
    Fault(FaultKind, &'static str),
}

/// The instance that runs now.
struct Running<'a> {
    life: &'a Life,
    store: Store<Guest>,
    handlers: Handlers,
    /// Something was called since the last `save`.
    unsaved: bool,
    save_at: Instant,
}

impl Life {
    pub async fn run(self, restored: Option<Vec<u8>>, mut present: Vec<Participant>) {
        let farewell = Farewell(self.shared.clone());
        let shared = &self.shared;
        let mut restored = restored;
        let mut faults: VecDeque<Instant> = VecDeque::new();
        shared.audit(AuditKind::Started { active: shared.active().iter().collect() });
        loop {
            let end = self.live(restored.take(), &mut present).await;
            shared.release_all();
            let (kind, during) = match end {
                End::Stopped => break,
                End::Fault(kind, during) => (kind, during),
            };
            let now = Instant::now();
            faults.retain(|at| now.duration_since(*at) < shared.limits.restart_window);
            faults.push_back(now);
            let restarting = faults.len() <= shared.limits.restarts as usize;
            let fault = Fault { plugin: shared.plugin.clone(), version: shared.version.clone(), kind, during };
            *shared.counters.state.lock() = if restarting { State::Restarting } else { State::Evicted(fault.clone()) };
            shared.audit(AuditKind::Crashed { fault: fault.clone(), restarting });
            shared.host.fault(&fault, restarting);
            if !restarting {
                break;
            }
            shared.counters.restarts.fetch_add(1, Relaxed);
            if self.keeps_state {
                restored = shared.saved.lock().clone();
            }
        }
        drop(farewell);
    }

    /// One instance from start to end.
    async fn live(&self, restored: Option<Vec<u8>>, present: &mut Vec<Participant>) -> End {
        match self.start(restored, present).await {
            Err(end) => end,
            Ok(mut running) => {
                *self.shared.counters.state.lock() = State::Running;
                loop {
                    if let Err(end) = running.turn(present).await {
                        return end;
                    }
                }
            }
        }
    }

    /// Instantiates, then `init`, then `joined` for everybody who is there.
    async fn start(&self, restored: Option<Vec<u8>>, present: &[Participant]) -> Result<Running<'_>, End> {
        let budget = self.shared.limits.init_cpu;
        let mut store = Store::new(self.prepared.pre.engine(), Guest::new(self.shared.clone()));
        store.limiter(|guest| &mut guest.memory);
        store.set_hostcall_fuel(self.shared.limits.host_call_bytes);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));

        begin(&mut store);
        let made = self.meter(budget, self.prepared.pre.instantiate_async(&mut store)).await;
        let instance = self.judge(&store, made, budget, "start")?;
        let handlers = self
            .prepared
            .indices
            .load(&mut store, &instance)
            .map_err(|error| End::Fault(FaultKind::NotStarted(short(&error)), "start"))?;

        begin(&mut store);
        let done = self.meter(budget, handlers.session.call_init(&mut store, restored.as_deref())).await;
        self.judge(&store, done, budget, "init")?;
        self.shared.counters.calls.fetch_add(1, Relaxed);

        let mut running = Running { life: self, store, handlers, unsaved: true, save_at: Instant::now() };
        for who in present {
            running.deliver(Event::Joined(who.clone())).await?;
        }
        Ok(running)
    }

    async fn meter<T>(&self, budget: Duration, call: impl Future<Output = T>) -> Metered<T> {
        let (outcome, used) = metered(&self.ticker, budget, || self.shared.queue.is_closed(), call).await;
        let used_ns = u64::try_from(used.as_nanos()).unwrap_or(u64::MAX);
        self.shared.counters.cpu_ns.fetch_add(used_ns, Relaxed);
        outcome
    }

    /// Names what went wrong in a call.
    fn judge<T>(
        &self,
        store: &Store<Guest>,
        outcome: Metered<wasmtime::Result<T>>,
        budget: Duration,
        during: &'static str,
    ) -> Result<T, End> {
        let kind = match outcome {
            Metered::Done(Ok(value)) => return Ok(value),
            Metered::GivenUp => return Err(End::Stopped),
            Metered::Spun => FaultKind::Spun(u64::try_from(budget.as_millis()).unwrap_or(u64::MAX)),
            Metered::Done(Err(error)) => kind_of(&error, store.data()),
        };
        Err(End::Fault(kind, during))
    }
}

/// Gives a call its budgets.
fn begin(store: &mut Store<Guest>) {
    store.data_mut().refill();
    store.set_epoch_deadline(1);
}

/// Which fault an error of wasmtime's is.
fn kind_of(error: &wasmtime::Error, guest: &Guest) -> FaultKind {
    if let Some(Stop(kind)) = error.downcast_ref::<Stop>() {
        return kind.clone();
    }
    if guest.memory.refused {
        return FaultKind::OutOfMemory(guest.shared.limits.memory_bytes);
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => FaultKind::StackOverflow,
        // Where the stack that a Rust guest keeps in its own memory ends.
        Some(trap @ Trap::MemoryOutOfBounds) => FaultKind::Trapped(format!("{trap} (endless recursion?)")),
        // wasmtime has no type for this one; a test holds the words.
        None if short(error).contains("fuel allocated for hostcalls has been exhausted") => {
            let kib = guest.shared.limits.host_call_bytes / 1024;
            FaultKind::Flooded(format!("handed over more than {kib} KiB at once"))
        }
        Some(trap) => FaultKind::Trapped(guest.last_words.clone().unwrap_or_else(|| trap.to_string())),
        None => FaultKind::Trapped(short(error)),
    }
}

fn short(error: &wasmtime::Error) -> String {
    format!("{error:#}").chars().take(300).collect()
}

impl Running<'_> {
    /// Waits for whatever comes next and does it.
    async fn turn(&mut self, present: &mut Vec<Participant>) -> Result<(), End> {
        enum Next {
            Queued(Option<Queued>),
            Timer,
            Save,
        }
        // A queue that is never empty must leave the thread to others now and then.
        tokio::task::coop::consume_budget().await;
        let timer = self.store.data().timers.next();
        let save = self.unsaved.then_some(self.save_at);
        let next = tokio::select! {
            queued = self.life.shared.queue.pop() => Next::Queued(queued),
            () = sleep_until(timer) => Next::Timer,
            () = sleep_until(save) => Next::Save,
        };
        match next {
            Next::Queued(None) => Err(End::Stopped),
            Next::Queued(Some(Queued::Render { place, replies })) => self.render(&place, replies).await,
            Next::Queued(Some(Queued::Event(event))) => {
                match &event {
                    Event::Joined(who) => {
                        if present.iter().any(|other| other.id == who.id) {
                            return Ok(());
                        }
                        present.push(who.clone());
                    }
                    Event::Left(who) => present.retain(|other| other.id != *who),
                    _ => {}
                }
                let ending = matches!(event, Event::Ending(_));
                self.deliver(event).await?;
                if ending { Err(End::Stopped) } else { Ok(()) }
            }
            Next::Timer => self.wake().await,
            Next::Save => self.save().await,
        }
    }

    async fn deliver(&mut self, event: Event) -> Result<(), End> {
        let Self { life, store, handlers, unsaved, .. } = self;
        let budget = life.shared.limits.call_cpu;
        let during = handler_name(&event);
        begin(store);
        life.shared.host.handles(Some(&event));
        let called = life.meter(budget, handlers.deliver(store, event)).await;
        life.shared.host.handles(None);
        if life.judge(store, called, budget, during)? {
            life.shared.counters.calls.fetch_add(1, Relaxed);
            *unsaved = true;
        }
        Ok(())
    }

    async fn render(&mut self, place: &str, replies: Vec<oneshot::Sender<Vec<Node>>>) -> Result<(), End> {
        let Self { life, store, handlers, .. } = self;
        let budget = life.shared.limits.call_cpu;
        begin(store);
        let rendered = life.meter(budget, handlers.render(store, place)).await;
        let nodes = life.judge(store, rendered, budget, "render")?.unwrap_or_default();
        life.shared.counters.calls.fetch_add(1, Relaxed);
        let nodes = tree::check(nodes, &life.shared.limits.ui)
            .map_err(|wrong| End::Fault(FaultKind::Contract(wrong), "render"))?;
        let mut replies = replies;
        let last = replies.pop();
        for reply in replies {
            // Who no longer waits needs no answer.
            let _ = reply.send(nodes.clone());
        }
        if let Some(reply) = last {
            let _ = reply.send(nodes);
        }
        Ok(())
    }

    async fn wake(&mut self) -> Result<(), End> {
        let Self { life, store, handlers, unsaved, .. } = self;
        let Some(token) = store.data_mut().timers.pop_due(Instant::now()) else { return Ok(()) };
        let budget = life.shared.limits.call_cpu;
        begin(store);
        let woke = life.meter(budget, handlers.session.call_woke(&mut *store, token)).await;
        life.judge(store, woke, budget, "woke")?;
        life.shared.counters.calls.fetch_add(1, Relaxed);
        *unsaved = true;
        Ok(())
    }

    async fn save(&mut self) -> Result<(), End> {
        let Self { life, store, handlers, unsaved, save_at } = self;
        let limits = &life.shared.limits;
        begin(store);
        let saved = life.meter(limits.call_cpu, handlers.session.call_save(&mut *store)).await;
        let saved = life.judge(store, saved, limits.call_cpu, "save")?;
        life.shared.counters.calls.fetch_add(1, Relaxed);
        if saved.len() > limits.saved_bytes {
            let wrong = format!("saved {} bytes; {} are allowed", saved.len(), limits.saved_bytes);
            return Err(End::Fault(FaultKind::Contract(wrong), "save"));
        }
        *life.shared.saved.lock() = Some(saved);
        *unsaved = false;
        *save_at = Instant::now() + limits.save_interval;
        Ok(())
    }
}

/// Sleeps until then, or for ever.
async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
