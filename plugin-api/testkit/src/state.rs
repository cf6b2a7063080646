//! What the simulated session knows, and the queue of everything that is still to happen in it.
//!
//! Whatever a plugin does is put into the queue with the moment at which it is due, so that all of it happens in one
//! order: by moment, by who hears of it, by who sent it. Nothing that is done at a moment is heard at the same moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lotse_runtime::{Event, Participant, Role, Value};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;
use tokio::time::{Duration, Instant};

use crate::account::Account;
use crate::fail::fail;
use crate::line::{GONE_AFTER, Line, millis};
use crate::pictures::Shared;
use crate::seat::Seat;
use crate::streams::Stream;

/// When something is due, who hears of it, and from whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Due {
    pub ms: u64,
    to: u32,
    from: u32,
    number: u64,
}

/// What is still to happen.
#[derive(Debug)]
pub(crate) enum Parcel {
    /// On somebody's own computer.
    Here(Event),
    /// A transfer moves on.
    Tick(u64),
    /// The rest is on the line; streams by their numbers.
    Opened(u64),
    Data(u64, Vec<u8>),
    /// The other end has read something.
    Room(u64),
    Finished(u64),
    Reset(u64),
    Datagram(Vec<u8>),
}

#[derive(Debug)]
pub(crate) struct State {
    pub seats: Vec<Seat>,
    pub line: Line,
    pub streams: BTreeMap<u64, Stream>,
    pub shared: Vec<Shared>,
    /// Bytes that arrived of a source at a target before it broke off.
    pub kept: BTreeMap<(u64, u64), u64>,
    /// Streams of transfers that move.
    pub ticking: BTreeSet<u64>,
    pub account: Account,
    now_ms: u64,
    queue: BTreeMap<Due, Parcel>,
    /// Came to the place where the line is cut.
    held: Vec<(Due, Parcel)>,
    cut: bool,
    /// Streams and participants are gone as well.
    gone: bool,
    gone_at_ms: Option<u64>,
    news: Arc<Notify>,
}

/// The session, as its participants' hosts and the kit share it.
#[derive(Debug)]
pub(crate) struct World {
    state: Mutex<State>,
    /// Something was put into the queue.
    pub news: Arc<Notify>,
    began: Instant,
}

impl World {
    /// Must be called within the runtime whose clock it follows.
    pub fn new(seats: Vec<Seat>, line: Line) -> Self {
        let news = Arc::new(Notify::new());
        let state = State {
            seats,
            line,
            streams: BTreeMap::new(),
            shared: Vec::new(),
            kept: BTreeMap::new(),
            ticking: BTreeSet::new(),
            account: Account::default(),
            now_ms: 0,
            queue: BTreeMap::new(),
            held: Vec::new(),
            cut: false,
            gone: false,
            gone_at_ms: None,
            news: news.clone(),
        };
        Self { state: Mutex::new(state), news, began: Instant::now() }
    }

    /// Must be called within the runtime whose clock it follows.
    pub fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock();
        state.now_ms = millis(self.began.elapsed());
        state
    }

    pub fn at(&self, ms: u64) -> Instant {
        self.began + Duration::from_millis(ms)
    }
}

impl State {
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    pub fn is_cut(&self) -> bool {
        self.cut
    }

    pub fn seat_of(&self, who: u32) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.who.id == who)
    }

    /// The seat of somebody who is known to be there.
    pub fn seat(&mut self, who: u32) -> &mut Seat {
        match self.seats.iter_mut().find(|seat| seat.who.id == who) {
            Some(seat) => seat,
            None => fail(&format!("nobody in this session has the number {who}")),
        }
    }

    /// Everybody whom this participant has a line to: reps have one to the customer, and none to each other.
    pub fn peers(&self, who: u32) -> Vec<Participant> {
        if self.gone {
            return Vec::new();
        }
        let role = self.seat_of(who).map(|seat| seat.who.role);
        let other = |seat: &&Seat| Some(seat.who.role) != role;
        self.seats.iter().filter(other).map(|seat| seat.who.clone()).collect()
    }

    pub fn are_linked(&self, one: u32, other: u32) -> bool {
        self.peers(one).iter().any(|peer| peer.id == other)
    }

    /// Something on somebody's own computer, in so many milliseconds.
    pub fn post_here(&mut self, who: u32, in_ms: u64, parcel: Parcel) {
        self.post(self.now_ms.saturating_add(in_ms), who, who, parcel);
    }

    pub fn tell(&mut self, who: u32, event: Event) {
        self.post_here(who, 1, Parcel::Here(event));
    }

    fn post(&mut self, ms: u64, from: u32, to: u32, parcel: Parcel) {
        let seat = self.seat(from);
        seat.posted += 1;
        let number = seat.posted;
        self.queue.insert(Due { ms, to, from, number }, parcel);
        self.news.notify_one();
    }

    /// Onto the line, to arrive after `not_before_ms`. Gives the moment at which it does.
    pub fn send(&mut self, from: u32, to: u32, not_before_ms: u64, parcel: Parcel) -> u64 {
        let (latency, jitter, loss) =
            (self.line.latency_ms(), self.line.jitter_ms(), u64::from(self.line.loss_percent));
        let random = &mut self.seat(from).line_random;
        let mut ms = latency.saturating_add(random.up_to(jitter));
        // A packet that is lost is sent again when the other end has asked for it.
        if random.up_to(99) < loss {
            ms = ms.saturating_add(latency.saturating_mul(2));
        }
        let due = self.now_ms.saturating_add(ms).max(not_before_ms);
        self.post(due, from, to, parcel);
        due
    }

    /// The moment of what comes next.
    pub fn next_ms(&self) -> Option<u64> {
        self.queue.first_key_value().map(|(due, _)| due.ms)
    }

    /// The moment at which a line that stays cut counts as gone.
    pub fn gone_at_ms(&self) -> Option<u64> {
        self.gone_at_ms
    }

    /// Takes what is due now, and says who hears what of it.
    pub fn happen(&mut self) -> Option<(u32, Option<Event>)> {
        if self.gone_at_ms.is_some_and(|at| at <= self.now_ms) {
            self.be_gone();
        }
        let entry = self.queue.first_entry().filter(|entry| entry.key().ms <= self.now_ms)?;
        let (due, parcel) = entry.remove_entry();
        Some((due.to, self.arrive(due, parcel)))
    }

    fn arrive(&mut self, due: Due, parcel: Parcel) -> Option<Event> {
        let Due { to, from, .. } = due;
        match parcel {
            Parcel::Here(event) => Some(event),
            Parcel::Tick(stream) => {
                self.tick(stream);
                None
            }
            Parcel::Datagram(_) if self.cut => None,
            parcel if self.cut => {
                self.held.push((due, parcel));
                None
            }
            Parcel::Opened(stream) => self.arrive_opened(from, stream),
            Parcel::Data(stream, bytes) => self.arrive_data(from, to, stream, bytes),
            Parcel::Room(stream) => self.streams.contains_key(&stream).then_some(Event::StreamWritable(stream)),
            Parcel::Finished(stream) => self.arrive_end(to, stream, true),
            Parcel::Reset(stream) => self.arrive_end(to, stream, false),
            Parcel::Datagram(bytes) => Some(Event::Datagram { peer: from, bytes }),
        }
    }

    pub fn cut(&mut self) {
        if !std::mem::replace(&mut self.cut, true) {
            self.gone_at_ms = Some(self.now_ms.saturating_add(millis(GONE_AFTER)));
            self.tell_link("stalled");
        }
    }

    pub fn heal(&mut self) {
        self.cut = false;
        self.gone_at_ms = None;
        if std::mem::take(&mut self.gone) {
            for (who, peers) in self.everybody() {
                peers.into_iter().for_each(|peer| self.tell(who, Event::Joined(peer)));
            }
            return;
        }
        self.tell_link("good");
        // With their moments of old, so that nothing that was sent later overtakes them.
        self.queue.extend(std::mem::take(&mut self.held));
        self.tick_all();
    }

    fn everybody(&self) -> Vec<(u32, Vec<Participant>)> {
        self.seats.iter().map(|seat| (seat.who.id, self.peers(seat.who.id))).collect()
    }

    fn be_gone(&mut self) {
        let everybody = self.everybody();
        self.gone_at_ms = None;
        self.held.clear();
        self.queue.retain(|_, parcel| matches!(parcel, Parcel::Here(_)));
        self.ticking.clear();
        self.end_all_streams();
        self.gone = true;
        for (who, peers) in everybody {
            peers.into_iter().for_each(|peer| self.post_here(who, 1, Parcel::Here(Event::Left(peer.id))));
        }
    }

    pub fn tell_link(&mut self, word: &str) {
        for (who, peers) in self.everybody() {
            for peer in peers {
                let state = vec![("state".to_owned(), Value::Text(word.to_owned()))];
                self.tell(who, Event::Link { who: peer.id, state });
            }
        }
    }

    /// The number of the `nth` participant with this role.
    pub fn nth(&self, role: Role, nth: usize) -> Option<u32> {
        self.seats.iter().filter(|seat| seat.who.role == role).nth(nth).map(|seat| seat.who.id)
    }
}
