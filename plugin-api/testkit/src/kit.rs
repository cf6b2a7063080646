//! The halves of one plugin, and the clock they have in common.
//!
//! The clock is tokio's, and stands still while anybody has something to do. One event is handed in at a time, and the next
//! when nobody has anything to do at this moment any more; so a run depends on the seed and on nothing else.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use lotse_package::Side as PluginSide;
use lotse_runtime::{
    CapabilitySet, Compiled, ConsentTerm, Event, Instance, InstanceConfig, InstanceHandle, Licence, Limits, Policy,
    Request, Role, RuntimeOptions, grant,
};
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep_until;

use crate::fail::fail;
use crate::host::SimulatedHost;
use crate::line::{Link, millis};
use crate::package;
use crate::setup::Setup;
use crate::side::Side;
use crate::state::{State, World};

/// Halves that still talk after so many events never stop.
const EVENTS_MAX: usize = 100_000;
/// A yield lets everybody run who can; a guest that is interrupted by the runtime's tick needs another one.
const YIELDS: usize = 16;

/// A plugin's halves in one process.
///
/// ```text
/// let kit = Kit::of("lotse.chat").rep("Anna").customer("K. Weber").start();
/// kit.rep().act("say", text("Hello"));
/// kit.settle();
/// assert!(kit.customer().tree(Place::Chat).text().contains("Hello"));
/// ```
pub struct Kit {
    /// By seat; none where the plugin does not run on that side.
    halves: Vec<RefCell<Option<InstanceHandle>>>,
    world: Arc<World>,
    compiled: Compiled,
    plugins: lotse_runtime::Runtime,
    may_fail: bool,
    /// Last: what runs in it goes before it.
    clock: Runtime,
}

impl std::fmt::Debug for Kit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kit({:?})", self.compiled)
    }
}

/// Until nobody has anything to do at this moment.
async fn quiet() {
    for _ in 0..YIELDS {
        tokio::task::yield_now().await;
    }
}

impl Kit {
    #[track_caller]
    pub(crate) fn start(setup: Setup) -> Self {
        let Setup { package, people, line, seed, may_fail } = setup;
        let Ok(clock) = Builder::new_current_thread().enable_time().start_paused(true).build() else {
            fail("this computer has no thread for a test");
        };
        let cache = Some(package::target_folder().join("tmp/testkit-code"));
        let plugins = match lotse_runtime::Runtime::new(RuntimeOptions { cache }) {
            Ok(plugins) => plugins,
            Err(error) => fail(&error.to_string()),
        };
        let trust = package::trust(&package);
        let compiled = match clock.block_on(plugins.compile(package.into(), &trust)) {
            Ok(compiled) => compiled,
            Err(error) => fail(&error.to_string()),
        };
        let seats: Vec<_> = people.into_iter().map(|person| person.into_seat(seed)).collect();
        let world = {
            let _within = clock.enter();
            Arc::new(World::new(seats, line))
        };
        let halves = world_seats(&clock, &world).iter().map(|_| RefCell::new(None)).collect();
        let kit = Self { halves, world, compiled, plugins, may_fail, clock };
        for (who, _) in world_seats(&kit.clock, &kit.world) {
            kit.start_half(who, None);
        }
        kit.state(State::tell_account_ready);
        kit.settle();
        kit
    }

    /// Starts somebody's half, if the plugin runs on their side.
    #[track_caller]
    fn start_half(&self, who: u32, restored: Option<Vec<u8>>) {
        let (role, allowed, present) = self.state(|state| {
            let present = state.peers(who);
            let seat = state.seat(who);
            (seat.who.role, seat.allowed.clone(), present)
        });
        let side = match role {
            Role::Rep => PluginSide::Rep,
            Role::Customer => PluginSide::Customer,
        };
        let manifest = self.compiled.manifest();
        if !manifest.sides.contains(&side) {
            return;
        }
        let consent = match role {
            Role::Rep => ConsentTerm::NotNeeded,
            Role::Customer => ConsentTerm::Given(allowed.into_iter().collect::<CapabilitySet>()),
        };
        let granted = grant(&Request::from(manifest), &Licence::Everything, &Policy::default(), consent);
        let config = InstanceConfig { granted, limits: Limits::default(), restored, present };
        let host = Arc::new(SimulatedHost { world: self.world.clone(), who });
        let spawned = {
            let _within = self.clock.enter();
            Instance::spawn(&self.plugins, &self.compiled, config, host)
        };
        match spawned {
            Ok(handle) => *self.half(who).borrow_mut() = Some(handle),
            Err(error) => fail(&error.to_string()),
        }
        self.clock.block_on(quiet());
    }

    /// Numbers of participants begin with 1, in the order of their seats.
    #[track_caller]
    fn half(&self, who: u32) -> &RefCell<Option<InstanceHandle>> {
        let at = usize::try_from(who).ok().and_then(|who| who.checked_sub(1));
        match at.and_then(|at| self.halves.get(at)) {
            Some(half) => half,
            None => fail(&format!("nobody in this session has the number {who}")),
        }
    }

    /// Looks at the simulated session, or changes it.
    pub(crate) fn state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        let _within = self.clock.enter();
        look(&mut self.world.state())
    }

    /// The first rep.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn rep(&self) -> Side<'_> {
        self.nth(Role::Rep, 0)
    }

    /// A rep who came in beside the first; 1 is the second.
    ///
    /// # Panics
    /// When there are not so many.
    #[track_caller]
    pub fn colleague(&self, nth: usize) -> Side<'_> {
        self.nth(Role::Rep, nth)
    }

    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn customer(&self) -> Side<'_> {
        self.nth(Role::Customer, 0)
    }

    #[track_caller]
    fn nth(&self, role: Role, nth: usize) -> Side<'_> {
        match self.state(|state| state.nth(role, nth)) {
            Some(who) => Side { kit: self, who },
            None => fail("nobody takes that part: name them before `start`"),
        }
    }

    /// The line between both sides.
    pub fn link(&self) -> Link<'_> {
        Link { kit: self }
    }

    /// Until nothing is under way any more. Timers that plugins set are waited for by [`wait`](Self::wait) alone.
    ///
    /// # Panics
    /// When the halves never come to rest, or one has crashed.
    #[track_caller]
    pub fn settle(&self) {
        let done = self.clock.block_on(async {
            quiet().await;
            for _ in 0..EVENTS_MAX {
                let Some(next) = self.world.state().next_ms() else { return true };
                self.pass(next).await;
            }
            false
        });
        if !done {
            fail("the halves do not come to rest: each answers what the other says, for ever");
        }
        self.fail_if_crashed();
    }

    /// Lets so much time pass, with whatever happens in it.
    ///
    /// # Panics
    /// When a half has crashed.
    #[track_caller]
    pub fn wait(&self, time: Duration) {
        self.clock.block_on(async {
            quiet().await;
            let until = self.world.state().now_ms().saturating_add(millis(time));
            loop {
                let next = {
                    let state = self.world.state();
                    let nexts = [state.next_ms(), state.gone_at_ms()];
                    nexts.into_iter().flatten().min().filter(|next| *next <= until)
                };
                match next {
                    Some(next) => self.pass(next).await,
                    None => {
                        let woken = tokio::select! {
                            () = sleep_until(self.world.at(until)) => false,
                            () = self.world.news.notified() => true,
                        };
                        quiet().await;
                        if !woken && self.world.state().next_ms().is_none_or(|next| next > until) {
                            return;
                        }
                    }
                }
            }
        });
        self.fail_if_crashed();
    }

    /// Lets time pass up to that moment, or to where something new is to happen before, and hands in what is due then.
    async fn pass(&self, until_ms: u64) {
        tokio::select! {
            () = sleep_until(self.world.at(until_ms)) => {}
            () = self.world.news.notified() => {}
        }
        // Timers of the halves that rang at this moment come first.
        quiet().await;
        let happens = self.world.state().happen();
        if let Some((who, Some(event))) = happens {
            self.hand_in(who, event).await;
        }
    }

    /// Hands an event in and waits until it was handled.
    async fn hand_in(&self, who: u32, event: Event) {
        let half = self.half(who).borrow().clone();
        if let Some(half) = half {
            // A half that was evicted hears of nothing; its fault says so.
            let _ = half.send(event).await;
        }
        quiet().await;
    }

    pub(crate) fn hand_in_now(&self, who: u32, event: Event) {
        self.clock.block_on(self.hand_in(who, event));
    }

    /// What a half shows at a place; none if it does not run.
    pub(crate) fn render(&self, who: u32, place: &str) -> Option<Vec<lotse_runtime::Node>> {
        let half = self.half(who).borrow().clone()?;
        self.clock.block_on(async {
            let (reply, answer) = tokio::sync::oneshot::channel();
            half.send(Event::Render { place: place.to_owned(), reply }).await.ok()?;
            answer.await.ok()
        })
    }

    pub(crate) fn runs(&self, who: u32) -> bool {
        self.half(who).borrow().is_some()
    }

    /// Ends a half and starts it again with what it saved last, as after a crash.
    #[track_caller]
    pub(crate) fn restart(&self, who: u32) {
        let Some(half) = self.half(who).borrow_mut().take() else { return };
        self.clock.block_on(async {
            half.stop();
            half.stopped().await;
        });
        self.start_half(who, half.saved());
    }

    #[track_caller]
    fn fail_if_crashed(&self) {
        let crashed =
            self.state(|state| state.seats.iter().flat_map(|seat| &seat.faults).next().map(ToString::to_string));
        if let Some(fault) = crashed.filter(|_| !self.may_fail) {
            fail(&fault);
        }
    }
}

/// Numbers and roles of everybody.
fn world_seats(clock: &Runtime, world: &World) -> Vec<(u32, Role)> {
    let _within = clock.enter();
    world.state().seats.iter().map(|seat| (seat.who.id, seat.who.role)).collect()
}
