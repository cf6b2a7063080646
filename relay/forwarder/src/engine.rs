//! What becomes of each packet: a state machine that is given batches, the time and both clocks, and owns no socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use lotse_transport::bind::{
    FromRelay, Refusal, RelayKey, ToRelay, bound_mac, constant_time_equal, is_bind_message, proof_mac,
};

use crate::gate::Gate;
use crate::metrics::{Metrics, add};
use crate::sessions::Sessions;
use crate::table::{Route, Table};

/// Bytes of the shortest packet that QUIC makes; what is shorter is no session's and gets no answer.
const QUIC_BYTES_MIN: usize = 21;

/// The time, twice: since the start, for what is measured here, and by the calendar, for tickets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub(crate) uptime: Duration,
    pub(crate) unix: u64,
}

/// What to do with a received batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Send all of it there, untouched.
    Forward(SocketAddr),
    /// Send this much shorter answer back.
    Answer(Vec<u8>),
    /// Nothing.
    Drop,
    /// Data and bind messages are mixed: give the packets one by one.
    Split,
}

#[derive(Debug)]
pub(crate) struct Engine {
    key: RelayKey,
    table: Table,
    gate: Gate,
    /// `None`: a ticket is enough.
    sessions: Option<Sessions>,
    metrics: Arc<Metrics>,
}

impl Engine {
    pub(crate) fn new(key: RelayKey, legs_max: usize, sessions: Option<Sessions>, metrics: Arc<Metrics>) -> Self {
        Self { key, table: Table::new(legs_max), gate: Gate::new(), sessions, metrics }
    }

    /// Decides about one received batch: packets of `stride` bytes, the last of which may be shorter.
    pub(crate) fn handle_batch(&mut self, now: Now, from: SocketAddr, batch: &[u8], stride: usize) -> Verdict {
        let count = if stride == 0 { 1 } else { batch.len().div_ceil(stride) };
        if count <= 1 {
            return if is_bind_message(batch) {
                self.handle_bind(now, from, batch)
            } else {
                self.handle_data(now, from, batch, 1)
            };
        }
        if batch.chunks(stride).any(is_bind_message) {
            return Verdict::Split;
        }
        self.handle_data(now, from, batch, count)
    }

    /// To be called every few seconds.
    pub(crate) fn sweep(&mut self, now: Now) {
        match &self.sessions {
            Some(sessions) => {
                let mut running = sessions.locked();
                // The relay's hub asks for it by a clock of its own.
                let at = Instant::now();
                self.table.sweep(now.uptime, |session, talks| {
                    let talked = running.get_mut(session);
                    let runs = talked.is_some();
                    if let Some(talked) = talked.filter(|_| talks) {
                        *talked = Some(at);
                    }
                    runs
                });
            }
            None => self.table.sweep(now.uptime, |_, _| true),
        }
        self.metrics.legs.store(self.table.len() as u64, Relaxed);
    }

    fn handle_data(&mut self, now: Now, from: SocketAddr, batch: &[u8], count: usize) -> Verdict {
        match self.table.route(now.uptime, from) {
            Route::To(address) => {
                add(&self.metrics.packets, count);
                add(&self.metrics.bytes, batch.len());
                Verdict::Forward(address)
            }
            Route::Alone => {
                add(&self.metrics.dropped_alone, count);
                Verdict::Drop
            }
            Route::Unbound => {
                add(&self.metrics.dropped_unbound, count);
                if batch.len() >= QUIC_BYTES_MIN && self.gate.admits(now.uptime, from) {
                    Verdict::Answer(FromRelay::Unbound.encode())
                } else {
                    Verdict::Drop
                }
            }
        }
    }

    fn handle_bind(&mut self, now: Now, from: SocketAddr, packet: &[u8]) -> Verdict {
        let Some(message) = ToRelay::decode(packet) else {
            add(&self.metrics.dropped_malformed, 1);
            return Verdict::Drop;
        };
        let (ToRelay::Bind { nonce, token } | ToRelay::Proof { nonce, token, .. }) = message;
        let answer = match self.key.check(&token, now.unix) {
            Err(error) => self.refuse(nonce, error.into()),
            // The ticket's own time is longer than any session has to be; it is over with the session.
            Ok(leg) if !self.runs(&leg.session) => self.refuse(nonce, Refusal::Expired),
            Ok(leg) => match message {
                ToRelay::Bind { .. } => FromRelay::Challenge { nonce, cookie: self.key.cookie(from, &token, now.unix) },
                // Too old, or made for another address: a fresh one is as good an answer as any.
                ToRelay::Proof { cookie, .. } if !self.key.cookie_is_fresh(from, &token, now.unix, &cookie) => {
                    FromRelay::Challenge { nonce, cookie: self.key.cookie(from, &token, now.unix) }
                }
                ToRelay::Proof { cookie, mac, .. } => {
                    let secret = self.key.leg_secret(&token);
                    if !constant_time_equal(&mac, &proof_mac(&secret, nonce, &token, &cookie)) {
                        self.refuse(nonce, Refusal::Forged)
                    } else if self.table.bind(now.uptime, leg, from).is_err() {
                        self.refuse(nonce, Refusal::Full)
                    } else {
                        add(&self.metrics.binds, 1);
                        self.metrics.legs.store(self.table.len() as u64, Relaxed);
                        FromRelay::Bound { nonce, mac: bound_mac(&secret, nonce) }
                    }
                }
            },
        };
        Verdict::Answer(answer.encode())
    }

    fn runs(&self, session: &[u8; 16]) -> bool {
        self.sessions.as_ref().is_none_or(|sessions| sessions.locked().contains_key(session))
    }

    fn refuse(&self, nonce: u64, refusal: Refusal) -> FromRelay {
        add(&self.metrics.refusals, 1);
        FromRelay::Refused { nonce, refusal }
    }
}

#[cfg(test)]
mod lasting;
#[cfg(test)]
mod tests;
