//! Who takes part, before a kit starts.

use std::time::Duration;

use lotse_runtime::{Capability, Participant, Role, Settings, Value};

use crate::kit::Kit;
use crate::line::Line;
use crate::package;
use crate::seat::Seat;

/// Every run without a word of its own has this one.
const SEED: u64 = 1;

/// A kit in the making.
#[must_use]
#[derive(Debug)]
pub struct Setup {
    pub(crate) package: Vec<u8>,
    pub(crate) people: Vec<Person>,
    pub(crate) line: Line,
    pub(crate) seed: u64,
    pub(crate) may_fail: bool,
}

/// Somebody who takes part.
#[derive(Debug)]
pub(crate) struct Person {
    who: Participant,
    observing: bool,
    locale: String,
    limits: Settings,
    stored: Vec<(String, Vec<u8>)>,
    allowed: Vec<Capability>,
}

impl Person {
    pub fn into_seat(self, seed: u64) -> Seat {
        let Self { who, observing, locale, limits, stored, allowed } = self;
        let mut seat = Seat::new(who, seed);
        seat.observing = observing;
        (seat.locale, seat.limits, seat.allowed) = (locale, limits, allowed);
        seat.storage.extend(stored);
        seat
    }
}

impl Setup {
    pub(crate) fn new(package: Vec<u8>) -> Self {
        Self { package, people: Vec::new(), line: Line::default(), seed: SEED, may_fail: false }
    }

    fn person(mut self, role: Role, name: &str) -> Self {
        let id = u32::try_from(self.people.len()).unwrap_or(u32::MAX).saturating_add(1);
        self.people.push(Person {
            who: Participant { id, role, name: name.to_owned() },
            observing: false,
            locale: "en".to_owned(),
            limits: Vec::new(),
            stored: Vec::new(),
            allowed: Vec::new(),
        });
        self
    }

    /// A rep. Further ones are colleagues who came in beside the first.
    pub fn rep(self, name: &str) -> Self {
        self.person(Role::Rep, name)
    }

    /// A rep who only looks on, beside the first. The kit lets the halves meet whatever the plugin may have, as if this
    /// rep's program had been changed; what the programs keep from them is the host's, and not tried here.
    pub fn observer(self, name: &str) -> Self {
        let mut setup = self.person(Role::Rep, name);
        if let Some(person) = setup.people.last_mut() {
            person.observing = true;
        }
        setup
    }

    pub fn customer(self, name: &str) -> Self {
        self.person(Role::Customer, name)
    }

    /// What the last one named reads, such as `de`.
    pub fn reads(mut self, locale: &str) -> Self {
        if let Some(person) = self.people.last_mut() {
            locale.clone_into(&mut person.locale);
        }
        self
    }

    /// What the plugin kept in an earlier session of the last one named.
    pub fn stored(mut self, key: &str, data: &[u8]) -> Self {
        if let Some(person) = self.people.last_mut() {
            person.stored.push((key.to_owned(), data.to_vec()));
        }
        self
    }

    /// The last one named has said yes already.
    pub fn allows(mut self, capability: Capability) -> Self {
        if let Some(person) = self.people.last_mut() {
            person.allowed.push(capability);
        }
        self
    }

    /// What the licence sets for the plugin's feature, for everybody named so far.
    pub fn limited(mut self, key: &str, number: i64) -> Self {
        for person in &mut self.people {
            person.limits.push((key.to_owned(), Value::Number(number)));
        }
        self
    }

    pub fn line(mut self, line: Line) -> Self {
        self.line = line;
        self
    }

    /// One way, on a line that is good otherwise.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.line.latency = latency;
        self
    }

    /// Another seed is another run: other random bytes, losses and delays.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Halves that crash do not end the test: it looks at them itself.
    pub fn may_fail(mut self) -> Self {
        self.may_fail = true;
        self
    }

    /// Starts a half for everybody, lets them meet, and waits until nothing is under way.
    ///
    /// # Panics
    /// With a sentence that says why the plugin cannot run.
    #[track_caller]
    pub fn start(self) -> Kit {
        Kit::start(self)
    }
}

impl Kit {
    /// The plugin with this id, as `cargo xtask build` packed it.
    ///
    /// # Panics
    /// When it was not built.
    #[track_caller]
    pub fn of(id: &str) -> Setup {
        Setup::new(package::of(id))
    }

    /// A package, signed or not.
    pub fn of_package(package: Vec<u8>) -> Setup {
        Setup::new(package)
    }
}
