//! When to bind, and with what: a state machine without socket or clock.
//!
//! Times are durations since any fixed start. It never gives up: an end that is refused or hears nothing tries again at
//! growing distances, because the network or the relay may come back while the session is still waited for.

use std::collections::VecDeque;
use std::time::Duration;

use crate::bind::{
    COOKIE_BYTES, FromRelay, LegTicket, Refusal, TOKEN_BYTES, TicketError, ToRelay, bound_mac, constant_time_equal,
    proof_mac,
};
use crate::random::Seeded;

/// Below the 30 s after which common routers forget a UDP mapping, and several fit into the forwarder's patience.
const KEEPALIVE: Duration = Duration::from_secs(12);
/// Silence after sending that is long enough to suspect the path; a round trip is seldom longer.
const QUIET_MIN: Duration = Duration::from_millis(300);
/// The longest distance between two tries while the path is silent: a relay restart has to be over within 2 s.
const QUIET_MAX: Duration = Duration::from_secs(1);
/// First repeat of an unanswered message, unless the round trip is known to be longer.
const REPEAT_MIN: Duration = Duration::from_millis(200);
const REPEAT_MAX: Duration = Duration::from_secs(1);
/// Proofs sent for one cookie before asking for a new one: over 5 s, more than any round trip, less than a cookie's minute.
const PROOFS_MAX: u32 = 8;
/// Distance of tries after a refusal: the control connection has to bring a new ticket first.
const REFUSED_MIN: Duration = Duration::from_secs(1);
const REFUSED_MAX: Duration = Duration::from_secs(5);
/// UNBOUND is not authenticated, so it may make us ask ten times a second and no more.
const UNBOUND_GAP: Duration = Duration::from_millis(100);
const NUDGE_MIN: Duration = Duration::from_millis(400);
const NUDGE_MAX: Duration = Duration::from_secs(1);
/// Events that nobody has fetched yet; older ones are outdated by newer ones.
const EVENTS_MAX: usize = 8;

/// What has happened to the leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindEvent {
    /// The forwarder knows us at our address. `fresh` when the path may be another one than before.
    Bound { fresh: bool },
    /// The forwarder does not take the ticket.
    Refused(Refusal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing under way.
    Resting,
    /// BIND is repeated until a cookie comes.
    Asking { nonce: u64, due: Duration, tries: u32 },
    /// PROOF is repeated until BOUND comes.
    Proving { nonce: u64, cookie: [u8; COOKIE_BYTES], due: Duration, tries: u32 },
    /// Refused: no try before that time.
    Refused { until: Duration },
}

/// Keeps one leg bound.
#[derive(Debug)]
pub struct Binder {
    token: [u8; TOKEN_BYTES],
    secret: [u8; 32],
    random: Seeded,
    phase: Phase,
    bound: bool,
    fresh: bool,
    keepalive_at: Duration,
    round_trip: Duration,
    asked_at: Duration,
    unanswered_since: Option<Duration>,
    quiet_wait: Duration,
    quiet_at: Duration,
    refused_wait: Duration,
    unbound_at: Duration,
    nudge_wait: Duration,
    nudge_at: Duration,
    events: VecDeque<BindEvent>,
}

impl Binder {
    /// Starts binding at `now`. The seed makes nonces; outside tests it is random.
    ///
    /// # Errors
    /// [`TicketError::Malformed`] when the ticket's token is not one.
    pub fn new(now: Duration, ticket: &LegTicket, seed: u64) -> Result<Self, TicketError> {
        let mut binder = Self {
            token: ticket.token_array()?,
            secret: ticket.secret,
            random: Seeded::new(seed),
            phase: Phase::Resting,
            bound: false,
            fresh: true,
            keepalive_at: now,
            round_trip: Duration::from_millis(100),
            asked_at: now,
            unanswered_since: None,
            quiet_wait: QUIET_MIN,
            quiet_at: now,
            refused_wait: REFUSED_MIN,
            unbound_at: now,
            nudge_wait: NUDGE_MIN,
            nudge_at: now,
            events: VecDeque::new(),
        };
        binder.ask(now);
        Ok(binder)
    }

    /// Another relay or another ticket: binds there at once.
    ///
    /// # Errors
    /// [`TicketError::Malformed`] when the ticket's token is not one; the old one stays in use then.
    pub fn handle_ticket(&mut self, now: Duration, ticket: &LegTicket) -> Result<(), TicketError> {
        self.token = ticket.token_array()?;
        self.secret = ticket.secret;
        self.refused_wait = REFUSED_MIN;
        self.handle_moved(now);
        Ok(())
    }

    /// Our own address has changed: the forwarder has to learn the new one.
    pub fn handle_moved(&mut self, now: Duration) {
        self.bound = false;
        self.fresh = true;
        self.ask(now);
    }

    /// What the session's packets show: since when something was sent and nothing came, if so.
    pub fn handle_traffic(&mut self, now: Duration, unanswered_since: Option<Duration>) {
        self.unanswered_since = unanswered_since;
        let Some(since) = unanswered_since else {
            self.quiet_wait = self.quiet_min();
            self.nudge_wait = NUDGE_MIN;
            return;
        };
        if self.is_quiet(now) && self.phase == Phase::Resting && now >= self.quiet_at.max(since) {
            self.ask(now);
            self.quiet_at = now + self.quiet_wait;
            self.quiet_wait = (self.quiet_wait * 2).min(QUIET_MAX.max(self.quiet_min()));
        }
    }

    /// Takes what the forwarder sent.
    pub fn handle_message(&mut self, now: Duration, message: FromRelay) {
        match message {
            FromRelay::Challenge { nonce, cookie } => self.challenge(now, nonce, cookie),
            FromRelay::Bound { nonce, mac } => {
                let Phase::Proving { nonce: ours, .. } = self.phase else {
                    return;
                };
                if nonce == ours && constant_time_equal(&mac, &bound_mac(&self.secret, nonce)) {
                    self.phase = Phase::Resting;
                    self.bound = true;
                    self.keepalive_at = now + KEEPALIVE;
                    self.refused_wait = REFUSED_MIN;
                    self.nudge_at = now;
                    let fresh = std::mem::take(&mut self.fresh);
                    self.tell(BindEvent::Bound { fresh });
                }
            }
            FromRelay::Refused { nonce, refusal } => {
                let (Phase::Asking { nonce: ours, .. } | Phase::Proving { nonce: ours, .. }) = self.phase else {
                    return;
                };
                if nonce == ours {
                    self.phase = Phase::Refused { until: now + self.refused_wait };
                    self.refused_wait = (self.refused_wait * 2).min(REFUSED_MAX);
                    self.tell(BindEvent::Refused(refusal));
                }
            }
            FromRelay::Unbound => {
                if self.phase == Phase::Resting && now >= self.unbound_at {
                    self.unbound_at = now + UNBOUND_GAP;
                    self.fresh = true;
                    self.ask(now);
                }
            }
        }
    }

    /// The next message to send to the forwarder, if one is due.
    pub fn poll_transmit(&mut self, now: Duration) -> Option<ToRelay> {
        match self.phase {
            Phase::Resting if now >= self.keepalive_at => self.ask(now),
            Phase::Refused { until } if now >= until => self.ask(now),
            Phase::Proving { due, tries, .. } if now >= due && tries >= PROOFS_MAX => self.ask(now),
            Phase::Resting | Phase::Refused { .. } | Phase::Proving { .. } | Phase::Asking { .. } => {}
        }
        let repeat = |tries: u32| {
            let first = REPEAT_MIN.max(self.round_trip * 2);
            now + (first * 2u32.saturating_pow(tries.min(4))).min(REPEAT_MAX.max(first))
        };
        match &mut self.phase {
            Phase::Asking { nonce, due, tries } if now >= *due => {
                *due = repeat(*tries);
                *tries = tries.saturating_add(1);
                Some(ToRelay::Bind { nonce: *nonce, token: self.token })
            }
            Phase::Proving { nonce, cookie, due, tries } if now >= *due => {
                *due = repeat(*tries);
                *tries = tries.saturating_add(1);
                let mac = proof_mac(&self.secret, *nonce, &self.token, cookie);
                Some(ToRelay::Proof { nonce: *nonce, token: self.token, cookie: *cookie, mac })
            }
            Phase::Asking { .. } | Phase::Proving { .. } | Phase::Resting | Phase::Refused { .. } => None,
        }
    }

    /// Whether the last session packets should be sent once more. QUIC repeats at doubling distances, so after an
    /// outage of seconds it would wait for seconds more; a copy of what it sent last makes both ends talk at once.
    pub fn poll_nudge(&mut self, now: Duration) -> bool {
        let due = self.bound && self.unanswered_since.is_some() && now >= self.nudge_at;
        if due {
            self.nudge_at = now + self.nudge_wait;
            self.nudge_wait = (self.nudge_wait * 2).min(NUDGE_MAX);
        }
        due
    }

    /// What has happened since the last call.
    pub fn poll_event(&mut self) -> Option<BindEvent> {
        self.events.pop_front()
    }

    /// When to call the `poll` functions again at the latest, if nothing else happens.
    pub fn poll_timeout(&self) -> Duration {
        match self.phase {
            Phase::Resting => self.keepalive_at,
            Phase::Asking { due, .. } | Phase::Proving { due, .. } => due,
            Phase::Refused { until } => until,
        }
    }

    /// Whether the forwarder has confirmed our leg at our present address.
    pub fn is_bound(&self) -> bool {
        self.bound
    }

    fn challenge(&mut self, now: Duration, nonce: u64, cookie: [u8; COOKIE_BYTES]) {
        match self.phase {
            Phase::Asking { nonce: ours, tries, .. } if nonce == ours => {
                if tries == 1 {
                    self.round_trip = now.saturating_sub(self.asked_at);
                }
                self.phase = Phase::Proving { nonce, cookie, due: now, tries: 0 };
            }
            // The cookie had grown too old on its way: prove with the new one.
            Phase::Proving { nonce: ours, cookie: old, tries, .. } if nonce == ours && cookie != old => {
                self.phase = Phase::Proving { nonce, cookie, due: now, tries };
            }
            Phase::Asking { .. } | Phase::Proving { .. } | Phase::Resting | Phase::Refused { .. } => {}
        }
    }

    fn ask(&mut self, now: Duration) {
        self.asked_at = now;
        self.phase = Phase::Asking { nonce: self.random.next_u64(), due: now, tries: 0 };
    }

    fn quiet_min(&self) -> Duration {
        QUIET_MIN.max(self.round_trip * 3)
    }

    fn is_quiet(&self, now: Duration) -> bool {
        self.unanswered_since.is_some_and(|since| now.saturating_sub(since) >= self.quiet_min())
    }

    fn tell(&mut self, event: BindEvent) {
        if self.events.len() == EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}

#[cfg(test)]
mod tests;
