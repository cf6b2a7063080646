//! Who is where: legs by session and side, and by address. Bounded, and forgetful of those who say nothing.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use lotse_transport::bind::{Leg, Side};

/// Ends bind again every 12 s, so this is five of them lost.
const IDLE_MAX: Duration = Duration::from_secs(60);
/// QUIC sends a packet a second when nobody does anything, so an end that is silent for longer talks to nobody. Between two
/// sweeps each talking end is heard.
const TALK_GAP_MAX: Duration = Duration::from_secs(15);
/// For what the ends of a session that is over still say to each other; they take 2 s over their last words.
const FAREWELL: Duration = Duration::from_secs(5);

#[derive(Debug)]
struct Seat {
    address: SocketAddr,
    /// By anything, binding included.
    heard: Duration,
    /// By a packet for the other end. Binding alone is what a program does whose other side is gone, too.
    said: Option<Duration>,
}

/// One session: up to two ends.
#[derive(Debug, Default)]
struct Pair {
    rep: Option<Seat>,
    customer: Option<Seat>,
    /// When it was first seen to be no session any more.
    over: Option<Duration>,
}

impl Pair {
    /// Both ends have something to say to each other.
    fn talks(&self, now: Duration) -> bool {
        [&self.rep, &self.customer].into_iter().all(|seat| {
            let said = seat.as_ref().and_then(|seat| seat.said);
            said.is_some_and(|said| now.saturating_sub(said) < TALK_GAP_MAX)
        })
    }

    fn seat(&mut self, side: Side) -> &mut Option<Seat> {
        match side {
            Side::Rep => &mut self.rep,
            Side::Customer => &mut self.customer,
        }
    }
}

/// Where a packet goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    To(SocketAddr),
    /// Its sender is a leg, but the other end is not bound.
    Alone,
    /// Its sender is nobody.
    Unbound,
}

/// A table that is full.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

#[derive(Debug)]
pub(crate) struct Table {
    legs_max: usize,
    legs: HashMap<SocketAddr, Leg>,
    pairs: HashMap<[u8; 16], Pair>,
}

impl Table {
    pub(crate) fn new(legs_max: usize) -> Self {
        Self { legs_max, legs: HashMap::new(), pairs: HashMap::new() }
    }

    /// Puts a proven leg at an address. The newest proof counts: it moves the leg, and the address changes hands.
    pub(crate) fn bind(&mut self, now: Duration, leg: Leg, address: SocketAddr) -> Result<(), Full> {
        let seated = self.pairs.get_mut(&leg.session).and_then(|pair| pair.seat(leg.side).as_ref());
        let moved_from = seated.map(|seat| seat.address).filter(|old| *old != address);
        let said = seated.filter(|seat| seat.address == address).and_then(|seat| seat.said);
        let grows = moved_from.is_none() && !self.legs.contains_key(&address);
        if grows && self.legs.len() >= self.legs_max {
            return Err(Full);
        }
        if let Some(old) = moved_from {
            self.legs.remove(&old);
        }
        if let Some(other) = self.legs.insert(address, leg)
            && other != leg
        {
            self.unseat(other);
        }
        *self.pairs.entry(leg.session).or_default().seat(leg.side) = Some(Seat { address, heard: now, said });
        Ok(())
    }

    /// Where packets from `address` go.
    pub(crate) fn route(&mut self, now: Duration, address: SocketAddr) -> Route {
        let Some(leg) = self.legs.get(&address) else {
            return Route::Unbound;
        };
        let Some(pair) = self.pairs.get_mut(&leg.session) else {
            return Route::Unbound;
        };
        if let Some(seat) = pair.seat(leg.side) {
            (seat.heard, seat.said) = (now, Some(now));
        }
        match pair.seat(leg.side.other()) {
            Some(seat) => Route::To(seat.address),
            None => Route::Alone,
        }
    }

    /// Forgets the legs that have said nothing for a minute, and those whose session is over, whatever they say. `runs` is
    /// told of each session whether its two ends talk, and says whether it still is one.
    pub(crate) fn sweep(&mut self, now: Duration, mut runs: impl FnMut(&[u8; 16], bool) -> bool) {
        let legs = &mut self.legs;
        self.pairs.retain(|session, pair| {
            pair.over = if runs(session, pair.talks(now)) { None } else { pair.over.or(Some(now)) };
            let over = pair.over.is_some_and(|since| now.saturating_sub(since) >= FAREWELL);
            for side in [Side::Rep, Side::Customer] {
                let seat = pair.seat(side);
                if let Some(gone) = seat.take_if(|seat| over || now.saturating_sub(seat.heard) > IDLE_MAX) {
                    legs.remove(&gone.address);
                }
            }
            pair.rep.is_some() || pair.customer.is_some()
        });
    }

    pub(crate) fn len(&self) -> usize {
        self.legs.len()
    }

    fn unseat(&mut self, leg: Leg) {
        let Some(pair) = self.pairs.get_mut(&leg.session) else {
            return;
        };
        *pair.seat(leg.side) = None;
        if pair.rep.is_none() && pair.customer.is_none() {
            self.pairs.remove(&leg.session);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn leg(session: u8, side: Side) -> Leg {
        Leg { session: [session; 16], side }
    }

    fn at(port: u16) -> SocketAddr {
        ([192, 0, 2, 1], port).into()
    }

    const NOW: Duration = Duration::from_secs(1);

    #[test]
    fn the_two_ends_of_a_session_reach_each_other_and_nobody_else() {
        let mut table = Table::new(10);
        table.bind(NOW, leg(1, Side::Rep), at(1)).unwrap();
        assert_eq!(table.route(NOW, at(1)), Route::Alone);
        table.bind(NOW, leg(1, Side::Customer), at(2)).unwrap();
        table.bind(NOW, leg(2, Side::Customer), at(3)).unwrap();
        assert_eq!(table.route(NOW, at(1)), Route::To(at(2)));
        assert_eq!(table.route(NOW, at(2)), Route::To(at(1)));
        assert_eq!(table.route(NOW, at(3)), Route::Alone);
        assert_eq!(table.route(NOW, at(4)), Route::Unbound);
    }

    #[test]
    fn the_newest_proof_moves_a_leg() {
        let mut table = Table::new(2);
        table.bind(NOW, leg(1, Side::Rep), at(1)).unwrap();
        table.bind(NOW, leg(1, Side::Customer), at(2)).unwrap();
        table.bind(NOW, leg(1, Side::Customer), at(3)).unwrap();
        assert_eq!(table.route(NOW, at(1)), Route::To(at(3)));
        assert_eq!(table.route(NOW, at(2)), Route::Unbound);
        assert_eq!(table.len(), 2);
    }

    #[test]
    fn an_address_is_one_leg_only() {
        let mut table = Table::new(4);
        table.bind(NOW, leg(1, Side::Rep), at(1)).unwrap();
        table.bind(NOW, leg(2, Side::Rep), at(1)).unwrap();
        table.bind(NOW, leg(1, Side::Customer), at(2)).unwrap();
        assert_eq!(table.route(NOW, at(2)), Route::Alone);
        assert_eq!(table.len(), 2);
    }

    #[test]
    fn the_table_is_bounded_and_forgets_the_silent() {
        let mut table = Table::new(2);
        table.bind(NOW, leg(1, Side::Rep), at(1)).unwrap();
        table.bind(NOW, leg(2, Side::Rep), at(2)).unwrap();
        assert_eq!(table.bind(NOW, leg(3, Side::Rep), at(3)), Err(Full));
        table.route(Duration::from_secs(50), at(2));
        table.sweep(Duration::from_secs(70), |_, _| true);
        assert_eq!(table.len(), 1);
        assert_eq!(table.route(NOW, at(1)), Route::Unbound);
        table.bind(NOW, leg(3, Side::Rep), at(3)).unwrap();
    }

    #[test]
    fn ends_talk_while_both_send_packets_and_not_by_binding_alone() {
        let s = Duration::from_secs;
        let mut table = Table::new(4);
        let talks = |table: &mut Table, now| {
            let mut told = false;
            table.sweep(now, |_, talks| {
                told = talks;
                true
            });
            told
        };
        let bind = |table: &mut Table, now| {
            table.bind(now, leg(1, Side::Rep), at(1)).unwrap();
            table.bind(now, leg(1, Side::Customer), at(2)).unwrap();
        };
        bind(&mut table, s(1));
        assert!(!talks(&mut table, s(1)), "bound alone");
        table.route(s(2), at(1));
        assert!(!talks(&mut table, s(2)), "one of them alone");
        table.route(s(3), at(2));
        assert!(talks(&mut table, s(3)));
        bind(&mut table, s(12));
        assert!(talks(&mut table, s(16)), "binding again at the same place changes nothing");
        assert!(!talks(&mut table, s(17)), "the rep's packet was too long ago");
        bind(&mut table, s(24));
        assert!(!talks(&mut table, s(25)));
    }

    #[test]
    fn the_legs_of_a_session_that_is_over_go_however_much_they_say() {
        let mut table = Table::new(4);
        for (session, port) in [(1, 1), (2, 3)] {
            table.bind(NOW, leg(session, Side::Rep), at(port)).unwrap();
            table.bind(NOW, leg(session, Side::Customer), at(port + 1)).unwrap();
        }
        let runs = |session: &[u8; 16], _: bool| *session != [1; 16];
        let s = Duration::from_secs;
        table.sweep(s(10), runs);
        assert_eq!(table.route(s(12), at(1)), Route::To(at(2)), "its ends may take their leave");
        table.sweep(s(15), runs);
        assert_eq!((table.route(s(15), at(1)), table.route(s(15), at(2))), (Route::Unbound, Route::Unbound));
        assert_eq!(table.route(s(15), at(3)), Route::To(at(4)), "nobody else is touched");
        assert_eq!(table.len(), 2);
        // One that is taken up in time stays.
        table.sweep(s(20), |_, _| false);
        table.sweep(s(24), |_, _| true);
        table.sweep(s(28), |_, _| false);
        assert_eq!(table.len(), 2);
    }
}
