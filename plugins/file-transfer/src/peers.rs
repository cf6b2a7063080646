//! Whom this half agrees on files with: a rep's half with the customer, a customer's with every rep who is there. Each has transfers,
//! a stream and a desk of their own, and nothing of one is ever another's.
//!
//! Who has left is waited for, since lines break. When others are there and they stay away, what was agreed with them is over.

use lotse_sdk::session::text;

use crate::protocol::{Allowed, Message};
use crate::transfers::{AWAY_US, Desk, Transfers};

/// Those who are there, and the newest of those who may come back.
pub const PEERS_MAX: usize = 8;
/// Rows of one are numbered apart from those of any other.
const NUMBERS_EACH: u32 = 1 << 24;

#[derive(Debug)]
pub struct Peer<D> {
    pub transfers: Transfers,
    pub desk: D,
    there: bool,
}

impl<D> Peer<D> {
    pub fn id(&self) -> Option<u32> {
        self.transfers.with.as_ref().map(|with| with.0)
    }

    pub fn who(&self) -> &str {
        let name = self.transfers.with.as_ref().map(|with| with.1.as_str());
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| text("the other side", "Gegenseite"))
    }

    pub fn is_there(&self) -> bool {
        self.there
    }
}

#[derive(Debug)]
pub struct Peers<D> {
    customer: bool,
    all: Vec<Peer<D>>,
    /// How many there were.
    met: u32,
    /// The customer lets files in without a question, whoever sends them.
    allowed: bool,
}

impl<D: Desk + Default> Peers<D> {
    pub fn new(customer: bool) -> Self {
        Self { customer, all: Vec::new(), met: 0, allowed: false }
    }

    /// With what was kept of each.
    pub fn restored(customer: bool, kept: Vec<Transfers>) -> Self {
        let mut peers = Self::new(customer);
        for mut transfers in kept.into_iter().filter(|transfers| transfers.with.is_some()).take(PEERS_MAX) {
            transfers.number_from(peers.next_numbers());
            peers.allowed |= customer && transfers.allowed() == Allowed::Yes;
            let mut desk = D::default();
            transfers.handle_left(&mut desk);
            peers.all.push(Peer { transfers, desk, there: false });
        }
        peers
    }

    fn next_numbers(&mut self) -> u32 {
        let numbers = self.met.wrapping_mul(NUMBERS_EACH);
        self.met = self.met.wrapping_add(1);
        numbers
    }

    pub fn all(&self) -> &[Peer<D>] {
        &self.all
    }

    /// That one is there. None: as many are as there can be.
    pub fn meet(&mut self, id: u32, name: &str) -> Option<&mut Peer<D>> {
        if !self.all.iter().any(|peer| peer.id() == Some(id)) {
            if self.all.len() >= PEERS_MAX {
                let at = self.all.iter().position(|peer| !peer.there)?;
                let mut gone = self.all.remove(at);
                gone.transfers.handle_forgotten(&mut gone.desk);
            }
            let mut transfers = Transfers::with(self.customer, id, name, self.next_numbers());
            if self.allowed {
                transfers.allowed = Allowed::Yes;
            }
            self.all.push(Peer { transfers, desk: D::default(), there: false });
        }
        let peer = self.all.iter_mut().find(|peer| peer.id() == Some(id))?;
        peer.there = true;
        self.give_up_on_absent();
        self.of(id)
    }

    /// Who is gone keeps what was agreed for a while.
    pub fn left(&mut self, id: u32) {
        if let Some(peer) = self.of(id) {
            peer.there = false;
            peer.transfers.handle_left(&mut peer.desk);
            peer.desk.wake_after_us(AWAY_US);
        }
    }

    /// That one, while they are there.
    pub fn of(&mut self, id: u32) -> Option<&mut Peer<D>> {
        self.find(|peer| peer.there && peer.id() == Some(id))
    }

    pub fn find(&mut self, is: impl Fn(&Peer<D>) -> bool) -> Option<&mut Peer<D>> {
        self.all.iter_mut().find(|peer| is(peer))
    }

    /// Who could be meant by somebody who names nobody: everybody who is there, or else whoever was there last.
    pub fn meant(&self) -> Vec<u32> {
        let there: Vec<u32> = self.all.iter().filter(|peer| peer.there).filter_map(Peer::id).collect();
        if there.is_empty() { self.all.last().and_then(Peer::id).into_iter().collect() } else { there }
    }

    /// What the other half of that one says; none: it made no sense.
    pub fn hear(&mut self, id: u32, message: Option<Message>) {
        let message = message.map(|message| self.without_what_is_anothers(id, message));
        let Some(peer) = self.of(id) else {
            return;
        };
        match message {
            Some(message) => peer.transfers.handle(message, &mut peer.desk),
            None => peer.transfers.handle_nonsense(&mut peer.desk),
        }
    }

    /// What stands for something that was agreed with another stands for nothing here.
    fn without_what_is_anothers(&self, with: u32, message: Message) -> Message {
        let another = |peer: &Peer<D>, token: &str| peer.id() != Some(with) && peer.transfers.knows(token);
        let anothers = |token: &str| !token.is_empty() && self.all.iter().any(|peer| another(peer, token));
        match message {
            Message::Offer { id, facts, token, place } if anothers(&place) => {
                Message::Offer { id, facts, token, place: String::new() }
            }
            Message::Wanted { id, token } if anothers(&token) => Message::Wanted { id, token: String::new() },
            Message::Discard { token } if anothers(&token) => Message::Discard { token: String::new() },
            message @ (Message::Hello { .. }
            | Message::Offer { .. }
            | Message::Accept { .. }
            | Message::Refuse { .. }
            | Message::Wanted { .. }
            | Message::Pause { .. }
            | Message::Cancel { .. }
            | Message::Discard { .. }
            | Message::Again { .. }
            | Message::Full { .. }
            | Message::OnlyLooks
            | Message::Left { .. }
            | Message::Allow
            | Message::Allowed(_)) => message,
        }
    }

    pub fn handle_woke(&mut self, timer: u64) {
        self.all.iter_mut().for_each(|peer| peer.transfers.handle_woke(timer, &mut peer.desk));
        self.give_up_on_absent();
    }

    /// The customer's half: the standing permission was given, refused, or taken back. It is for everybody who helps.
    pub fn handle_allowed(&mut self, allowed: Allowed) {
        self.allowed = allowed == Allowed::Yes;
        self.all.iter_mut().for_each(|peer| peer.transfers.handle_allowed(allowed, &mut peer.desk));
    }

    fn give_up_on_absent(&mut self) {
        if !self.all.iter().any(|peer| peer.there) {
            return;
        }
        let mut stopped = Vec::new();
        for peer in self.all.iter_mut().filter(|peer| !peer.there) {
            let now_us = peer.desk.now_us();
            if peer.transfers.is_given_up(now_us)
                && let Some(count) = peer.transfers.handle_gone(&mut peer.desk)
            {
                stopped.push(Message::left(peer.who(), count));
            }
        }
        // A rep has but the customer, who needs no word of that.
        for peer in self.all.iter_mut().filter(|peer| self.customer && peer.there) {
            stopped.iter().for_each(|stopped| peer.transfers.tell_of_another(stopped, &mut peer.desk));
        }
    }
}
