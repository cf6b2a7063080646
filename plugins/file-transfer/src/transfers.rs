//! One half: what is offered, asked, waiting, running and over, in both directions.
//!
//! A state machine that knows no host: what it wants done it does through `Desk`. `hearing` is what the other half says, `people`
//! what is done with a row here. The other half is believed only about its own files, and everything kept of it is bounded.

mod hearing;
mod people;

use crate::item::{End, Item, Progress, State, Way};
use crate::protocol::{Allowed, Facts, Message, Refusal, Stop, VERSION};
use lotse_sdk::Error;

/// Of what this side sends and is not paused: more would share the line, and finish none the earlier.
pub const RUNNING_MAX: usize = 2;
/// Of each direction, until they are over.
pub const OPEN_MAX: usize = 24;
/// Rows that stay to be read.
pub const OVER_MAX: usize = 20;
/// Offers that wait for the person here, the one that is asked about included.
pub const ASKED_MAX: usize = 8;
/// After so many in a row that were declined nobody is asked for a while.
pub const DECLINED_MAX: u32 = 3;
pub const QUIET_US: u64 = 30_000_000;
/// Breaks without anything getting through in between, after which a person must say so to go on.
pub const BREAKS_MAX: u32 = 5;
/// Between a break of one transfer and the next try, as many times over as it broke.
pub const AGAIN_AFTER_US: u64 = 1_000_000;
/// A host that is asking about something else is tried again after this.
const ASK_AGAIN_US: u64 = 1_000_000;
/// A rep whose line is gone is waited for so long while others are there. Then what was agreed with them is over.
pub const AWAY_US: u64 = 15_000_000;
/// Tokens of places that were given here, the newest; the host itself knows fewer.
const GIVEN_MAX: usize = 64;
/// Messages that fit nothing, each connection. Some come of two people acting at once; so many do not.
pub const STRIKES_MAX: u32 = 64;

/// What this half can do on its computer.
pub trait Desk {
    /// False if nothing can be said now.
    fn tell(&mut self, message: &Message) -> bool;
    /// No more is said to, or heard of, the other half.
    fn hang_up(&mut self);
    /// Asks the person here; the host's request.
    fn ask(&mut self, facts: &Facts) -> Result<u64, Error>;
    fn withdraw(&mut self, request: u64);
    /// Sends what the token stands for; the host's transfer.
    fn send(&mut self, item: &Item) -> Result<u64, Error>;
    /// Receives from the stream that was just opened for it.
    fn receive(&mut self, item: &Item) -> Result<u64, Error>;
    /// What the place is called that the token stands for, if it still does.
    fn place(&mut self, token: &str) -> Option<String>;
    /// What the token of a source stands for. Busy: it is still being looked through.
    fn facts(&mut self, token: &str) -> Result<Facts, Error>;
    fn pause(&mut self, transfer: u64, on: bool);
    fn cancel(&mut self, transfer: u64);
    fn progress(&mut self, transfer: u64) -> Option<Progress>;
    /// Lets the host's transfer go, which keeps what has arrived.
    fn stop(&mut self, way: Way, id: u64);
    /// The host's handles of it are of no more use. Its token stands for it all the same.
    fn forget(&mut self, way: Way, id: u64);
    /// Free bytes at a place.
    fn room(&mut self, token: &str) -> Option<u64>;
    /// The customer's half: asks for the standing permission.
    fn ask_to_allow(&mut self) -> Allowed;
    fn random(&mut self) -> u64;
    fn now_us(&mut self) -> u64;
    fn wake_after_us(&mut self, delay_us: u64) -> u64;
    /// Menus and rows show something else now.
    fn changed(&mut self);
}

/// How a transfer of the host's ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub outcome: String,
    pub bytes: u64,
    pub renamed: u32,
}

#[derive(Debug, Default)]
pub struct Transfers {
    /// This is the customer's half, whose person alone allows anything for good.
    customer: bool,
    pub(crate) items: Vec<Item>,
    pub(crate) numbers: u32,
    greeted: bool,
    /// The line stands, and nothing is heard over it just now.
    silent: bool,
    strikes: u32,
    /// The other half made no sense, or speaks another version, until it is there anew.
    shut_out: bool,
    declined: u32,
    /// Nobody here is asked before this.
    quiet_until_us: u64,
    /// Whom all of this is with, by number and name.
    pub(crate) with: Option<(u32, String)>,
    /// Until then they may come back, whoever else is there.
    away_until_us: u64,
    /// Streams that ended one after another without a greeting from there.
    unheard: u32,
    /// Tokens of places that this half gave the other one: each stands for what it was given for, and for nothing else.
    pub(crate) given: Vec<String>,
    /// What the other half waits for, and this host still looks through: numbers and tokens.
    later: Vec<(u64, String)>,
    /// Timer after which queue and questions are looked at again.
    timer: Option<u64>,
    pub(crate) allowed: Allowed,
}

impl Transfers {
    pub fn new(customer: bool) -> Self {
        Self { customer, ..Self::default() }
    }

    /// With this one, whose rows are numbered on from there.
    pub fn with(customer: bool, id: u32, name: &str, numbers: u32) -> Self {
        Self { with: Some((id, name.to_owned())), numbers, ..Self::new(customer) }
    }

    /// Rows that were numbered from the first on are numbered on from there.
    pub fn number_from(&mut self, numbers: u32) {
        self.items.iter_mut().for_each(|item| item.number = item.number.wrapping_add(numbers));
        self.numbers = self.numbers.wrapping_add(numbers);
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The other half is there and understands.
    pub fn is_connected(&self) -> bool {
        self.greeted
    }

    /// Nothing is heard of the other side just now: what runs stands still, and goes on by itself.
    pub fn is_silent(&self) -> bool {
        self.silent
    }

    /// How often in a row the other half did not even greet.
    pub fn unheard(&self) -> u32 {
        self.unheard
    }

    /// The host's transfer is one of these.
    pub fn runs(&self, transfer: u64) -> bool {
        self.items.iter().any(|item| item.running() == Some(transfer))
    }

    /// The person here is asked about one of these by that request of the host's.
    pub fn asks(&self, request: u64) -> bool {
        self.items.iter().any(|item| item.way == Way::In && item.state == State::Asked(request))
    }

    /// Whether this half has given that token away, or keeps it as what stands for something of its own.
    pub fn knows(&self, token: &str) -> bool {
        let own = |item: &Item| item.way == Way::Out && item.token == token;
        self.given.iter().any(|given| given == token) || self.items.iter().any(own)
    }

    pub fn handle_silence(&mut self, on: bool, desk: &mut impl Desk) {
        if std::mem::replace(&mut self.silent, on) != on {
            desk.changed();
        }
    }

    /// The other half was shut out.
    pub fn is_shut_out(&self) -> bool {
        self.shut_out
    }

    pub fn allowed(&self) -> Allowed {
        self.allowed
    }

    fn position(&self, way: Way, id: u64) -> Option<usize> {
        self.items.iter().position(|item| item.is(way, id))
    }

    fn item(&mut self, way: Way, id: u64) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.is(way, id))
    }

    fn open(&self, way: Way) -> usize {
        self.items.iter().filter(|item| item.way == way && !item.is_over()).count()
    }

    fn number(&mut self) -> u32 {
        self.numbers = self.numbers.wrapping_add(1);
        self.numbers
    }

    /// The stream to the other half stands, anew.
    pub fn handle_connected(&mut self, desk: &mut impl Desk) {
        if self.shut_out {
            return desk.hang_up();
        }
        (self.greeted, self.silent, self.strikes) = (false, false, 0);
        if !self.customer {
            self.allowed = Allowed::No;
        }
        self.break_off(desk);
        desk.tell(&Message::Hello { version: VERSION });
        desk.changed();
    }

    /// The stream is gone. What runs breaks off and waits.
    pub fn handle_disconnected(&mut self, desk: &mut impl Desk) {
        self.unheard = if self.greeted { 0 } else { self.unheard.saturating_add(1) };
        self.greeted = false;
        self.break_off(desk);
        desk.changed();
    }

    /// The other side is gone, and may come back better.
    pub fn handle_left(&mut self, desk: &mut impl Desk) {
        self.shut_out = false;
        self.away_until_us = desk.now_us().saturating_add(AWAY_US);
        self.handle_disconnected(desk);
        self.unheard = 0;
    }

    /// They have been gone for so long that nobody waits for them who has somebody else.
    pub fn is_given_up(&self, now_us: u64) -> bool {
        now_us >= self.away_until_us
    }

    /// They are gone, and others are there: what was picked for this one is not theirs, nor is this one's word.
    pub fn handle_gone(&mut self, desk: &mut impl Desk) {
        if self.items.iter().any(|item| !item.is_over()) {
            self.end_all(End::Left, desk);
            self.tidy();
            desk.changed();
        }
    }

    /// What is sent from here needs the other half's word again, which may have been started afresh.
    fn break_off(&mut self, desk: &mut impl Desk) {
        self.later.clear();
        for item in &mut self.items {
            // Said again where it still holds: that it no longer does could not be said meanwhile.
            item.paused_there = false;
            if item.running().is_some() {
                desk.stop(item.way, item.id);
                item.progress.rate_bytes_s = 0;
                item.state = State::Broken;
            } else if item.way == Way::Out && item.state == State::Queued {
                item.state = State::Broken;
            }
        }
    }

    /// What a person here picked or dropped, and the number it has from now on; none if there are too many already.
    pub fn handle_source(&mut self, facts: Facts, left_out: u32, token: String, desk: &mut impl Desk) -> Option<u64> {
        if self.open(Way::Out) >= OPEN_MAX {
            return None;
        }
        let id = desk.random();
        let mut item = Item::new(Way::Out, id, self.number(), facts);
        (item.left_out, item.token, item.state) = (left_out, token, State::Asked(0));
        if self.greeted {
            offer(&item, desk);
        }
        self.items.push(item);
        desk.changed();
        Some(id)
    }

    /// The person here answered the host's question; `place` is what stands for the place, and its name.
    pub fn handle_answered(
        &mut self,
        request: u64,
        place: Option<(String, String)>,
        desk: &mut impl Desk,
    ) -> Option<u64> {
        let asked = |item: &&mut Item| item.way == Way::In && item.state == State::Asked(request);
        let item = self.items.iter_mut().find(asked)?;
        let id = item.id;
        match place {
            Some((token, name)) => {
                (item.token, item.place, item.state) = (token, name, State::Queued);
                let token = item.token.clone();
                self.declined = 0;
                self.give(&token);
                self.tell(&Message::Accept { id, token }, desk);
            }
            None => {
                item.state = State::Ended(End::Refused(Refusal::Declined));
                self.declined += 1;
                if self.declined >= DECLINED_MAX {
                    self.declined = 0;
                    self.quiet_until_us = desk.now_us().saturating_add(QUIET_US);
                }
                self.tell(&Message::Refuse { id, why: Refusal::Declined }, desk);
            }
        }
        self.tidy();
        self.advance(desk);
        desk.changed();
        Some(id)
    }

    /// The other half opened a stream for what it sends. False: nothing is expected on it.
    pub fn handle_opened(&mut self, id: u64, desk: &mut impl Desk) -> bool {
        let Some(at) = self.position(Way::In, id).filter(|at| self.items[*at].is_accepted()) else {
            self.strike(desk);
            return false;
        };
        let item = &mut self.items[at];
        if item.running().is_some() {
            // The sender heard of a break before this side did.
            desk.stop(Way::In, id);
        }
        match desk.receive(item) {
            Ok(transfer) => {
                item.state = State::Running(transfer);
                if item.is_paused() {
                    desk.pause(transfer, true);
                }
            }
            // As many as can run do. The sender tries again, as after a break.
            Err(Error::Busy | Error::Limit) => item.state = State::Broken,
            Err(error) => {
                let why = if error == Error::Gone { Refusal::Gone } else { Refusal::Unable };
                item.state = State::Ended(End::Refused(why));
                desk.forget(Way::In, id);
                self.tell(&Message::Refuse { id, why }, desk);
            }
        }
        desk.changed();
        true
    }

    /// The host says that a transfer moved on.
    pub fn handle_moved(&mut self, transfer: u64, desk: &mut impl Desk) {
        let Some(item) = self.items.iter_mut().find(|item| item.running() == Some(transfer)) else {
            return;
        };
        if let Some(progress) = desk.progress(transfer) {
            if progress.bytes > item.broke_at {
                (item.breaks, item.broke_at) = (0, 0);
            }
            let full = item.way == Way::In && progress.waits == "disk-full";
            let news = full && item.progress.waits != progress.waits;
            let made = item.way == Way::In && item.missing > 0 && !full;
            item.progress = progress;
            let (id, token) = (item.id, item.token.clone());
            if news {
                self.full(id, &token, desk);
            } else if made {
                // Somebody made room, and it goes on by itself.
                item.missing = 0;
                self.tell(&Message::Full { id, missing: 0 }, desk);
            }
        }
        desk.changed();
    }

    /// The disk at the receiving end, which is this one, has no room left: both sides are told how much lacks.
    fn full(&mut self, id: u64, token: &str, desk: &mut impl Desk) {
        let room = desk.room(token).unwrap_or(0);
        let Some(item) = self.item(Way::In, id) else {
            return;
        };
        let rest = item.facts.bytes.saturating_sub(item.progress.bytes);
        item.missing = rest.saturating_sub(room);
        let message = Message::Full { id, missing: item.missing };
        self.tell(&message, desk);
    }

    /// The host says that a transfer ended.
    pub fn handle_ended(&mut self, transfer: u64, outcome: &Outcome, desk: &mut impl Desk) {
        let Some(at) = self.items.iter().position(|item| item.running() == Some(transfer)) else {
            return;
        };
        let item = &mut self.items[at];
        let (way, id, token) = (item.way, item.id, item.token.clone());
        item.progress.rate_bytes_s = 0;
        item.progress.waits.clear();
        item.progress.bytes = outcome.bytes.max(item.progress.bytes).min(item.facts.bytes);
        item.renamed = outcome.renamed;
        match End::from_outcome(&outcome.outcome) {
            Some(end) => {
                if end == End::Whole {
                    item.progress.bytes = item.facts.bytes;
                }
                item.state = State::Ended(end);
                if end == End::DiskFull && way == Way::In {
                    self.full(id, &token, desk);
                }
            }
            None => {
                item.breaks = item.breaks.saturating_add(1);
                item.broke_at = item.progress.bytes;
                let enough = item.breaks > BREAKS_MAX;
                item.state = if enough { State::Ended(End::Broken) } else { State::Broken };
                if way == Way::Out && enough {
                    self.tell(&Message::Cancel { id, mine: true, why: Stop::Broken }, desk);
                } else if way == Way::Out {
                    let delay = AGAIN_AFTER_US.saturating_mul(u64::from(item.breaks));
                    self.timer = Some(desk.wake_after_us(delay));
                }
            }
        }
        if self.item(way, id).is_some_and(|item| item.is_over()) {
            desk.forget(way, id);
        } else {
            desk.stop(way, id);
        }
        self.tidy();
        self.advance(desk);
        desk.changed();
    }

    pub fn handle_woke(&mut self, timer: u64, desk: &mut impl Desk) {
        if self.timer != Some(timer) {
            return;
        }
        self.timer = None;
        for (id, token) in std::mem::take(&mut self.later) {
            self.wanted(id, token, desk);
        }
        if self.greeted {
            for item in self.items.iter_mut().filter(|item| item.way == Way::Out && item.state == State::Broken) {
                item.state = State::Queued;
            }
        }
        self.advance(desk);
        desk.changed();
    }

    fn tell(&mut self, message: &Message, desk: &mut impl Desk) {
        if self.greeted && !desk.tell(message) {
            // What was not said is said when the stream stands again.
            self.greeted = false;
            self.break_off(desk);
            desk.hang_up();
        }
    }

    /// Something came that fits nothing.
    fn strike(&mut self, desk: &mut impl Desk) {
        self.strikes = self.strikes.saturating_add(1);
        if self.strikes >= STRIKES_MAX {
            self.shut_out(desk);
        }
    }

    /// The other half is listened to no more, until it is there anew.
    pub fn shut_out(&mut self, desk: &mut impl Desk) {
        (self.greeted, self.shut_out) = (false, true);
        self.end_all(End::Wrong, desk);
        self.tidy();
        desk.hang_up();
        desk.changed();
    }

    /// Everything that is open is over.
    fn end_all(&mut self, end: End, desk: &mut impl Desk) {
        for item in self.items.iter_mut().filter(|item| !item.is_over()) {
            if let State::Asked(request) = item.state
                && item.way == Way::In
            {
                desk.withdraw(request);
            }
            if let Some(transfer) = item.running() {
                desk.cancel(transfer);
            }
            item.state = State::Ended(end);
            desk.forget(item.way, item.id);
        }
    }

    /// The other half is told what stands for a place here.
    fn give(&mut self, token: &str) {
        if !self.given.iter().any(|given| given == token) {
            self.given.push(token.to_owned());
            let older = self.given.len().saturating_sub(GIVEN_MAX);
            drop(self.given.drain(..older));
        }
    }

    /// A message that is none.
    pub fn handle_nonsense(&mut self, desk: &mut impl Desk) {
        if !self.shut_out {
            self.strike(desk);
        }
    }

    /// Starts what may start: transfers whose turn it is, and the next question to the person here.
    fn advance(&mut self, desk: &mut impl Desk) {
        if !self.greeted {
            return;
        }
        self.start_queued(desk);
        self.ask_next(desk);
    }

    fn start_queued(&mut self, desk: &mut impl Desk) {
        while self.greeted {
            // What is paused lets others go first.
            let runs = |item: &&Item| item.way == Way::Out && item.running().is_some() && !item.is_paused();
            let running = self.items.iter().filter(runs).count();
            let next = |item: &&mut Item| item.way == Way::Out && item.state == State::Queued && !item.is_paused();
            let Some(item) = self.items.iter_mut().find(next).filter(|_| running < RUNNING_MAX) else {
                return;
            };
            let id = item.id;
            match desk.send(item) {
                Ok(transfer) => (item.state, item.missing) = (State::Running(transfer), 0),
                Err(Error::Busy | Error::Limit) => {
                    self.timer = Some(desk.wake_after_us(AGAIN_AFTER_US));
                    return;
                }
                Err(error) => {
                    item.state = State::Ended(if error == Error::Gone { End::Gone } else { End::Denied });
                    desk.forget(Way::Out, id);
                    self.tell(&Message::Cancel { id, mine: true, why: Stop::Gone }, desk);
                }
            }
        }
    }

    /// One question at a time.
    fn ask_next(&mut self, desk: &mut impl Desk) {
        let asked = |item: &Item| item.way == Way::In && matches!(item.state, State::Asked(_));
        if self.items.iter().any(asked) {
            return;
        }
        let Some(item) = self.items.iter_mut().find(|item| item.state == State::Waiting) else {
            return;
        };
        let id = item.id;
        match desk.ask(&item.facts) {
            Ok(request) => item.state = State::Asked(request),
            Err(Error::Busy | Error::Limit) => self.timer = Some(desk.wake_after_us(ASK_AGAIN_US)),
            Err(Error::Denied | Error::Gone | Error::Unsupported | Error::Invalid) => {
                let why = Refusal::Unable;
                item.state = State::Ended(End::Refused(why));
                self.tell(&Message::Refuse { id, why }, desk);
                self.ask_next(desk);
            }
        }
    }

    /// The oldest of what is over goes.
    fn tidy(&mut self) {
        let mut over = self.items.iter().filter(|item| item.is_over()).count();
        self.items.retain(|item| {
            let goes = item.is_over() && over > OVER_MAX;
            over -= usize::from(goes);
            !goes
        });
    }
}

fn offer(item: &Item, desk: &mut impl Desk) {
    let (facts, token, place) = (item.facts.clone(), item.token.clone(), item.token_there.clone());
    desk.tell(&Message::Offer { id: item.id, facts, token, place });
}

/// Runs or stands as both sides want it.
fn hold(item: &Item, desk: &mut impl Desk) {
    if let Some(transfer) = item.running() {
        desk.pause(transfer, item.is_paused());
    }
}
