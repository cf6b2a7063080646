//! One half: what is offered, asked, waiting, running and over, in both directions.
//!
//! A state machine that knows no host: what it wants done it does through `Desk`. `hearing` is what the other half says, `people`
//! what is done with a row here, `carrying` what the host tells; `queue` is what waits, `ending` what is over and `leaving` who hears of what stopped since somebody left. The other half is believed only about its own files, and everything kept of it is bounded.

mod carrying;
mod desk;
mod ending;
mod hearing;
mod leaving;
mod people;
mod queue;

pub use desk::{Desk, Outcome, Place};

use crate::item::{Item, State, Way};
use crate::protocol::{Allowed, Facts, Message, VERSION};

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
    /// It is the latter.
    another_version: bool,
    /// The rep here sees and does nothing else.
    only_looks: bool,
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
    /// What stopped with others who have left, and the other half here has not heard.
    untold: Vec<Message>,
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

    /// It was, since it speaks another version.
    pub fn is_another_version(&self) -> bool {
        self.another_version
    }

    /// Nothing is sent to or from this rep.
    pub fn only_looks(&self) -> bool {
        self.only_looks
    }

    /// Whether the rep here agreed to look on, and to no more since.
    pub fn look_on(&mut self, on: bool) {
        self.only_looks = on;
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
        (self.shut_out, self.another_version) = (false, false);
        self.away_until_us = desk.now_us().saturating_add(AWAY_US);
        self.handle_disconnected(desk);
        self.unheard = 0;
    }

    /// They have been gone for so long that nobody waits for them who has somebody else.
    pub fn is_given_up(&self, now_us: u64) -> bool {
        now_us >= self.away_until_us
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
