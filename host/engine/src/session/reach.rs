//! Whether this side gets through to the relay's forwarder, and what people are told when it does not.
//!
//! The dialer writes down how it stands, and the session's task looks at that with each tick. What stands in the way for
//! [`PATIENCE`] is shown until the way is free; trying goes on all the time.

use super::Task;
use crate::view::Obstacle;
use lotse_session::{Event, Failure, State, Step};
use lotse_transport::bind::{FromRelay, MESSAGE_BYTES_MAX, Refusal, ToRelay};
use lotse_transport::path::{BindState, PathReport};
use lotse_transport::{PathConfig, TransportError};
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::time::{sleep, timeout};

/// A line opens within a second; a relay that restarts is back within a few.
const PATIENCE: Duration = Duration::from_secs(10);
/// Questions to a forwarder before it counts as silent, and the time for each answer: more than any round trip.
const QUESTIONS: usize = 4;
const ANSWER: Duration = Duration::from_millis(500);

/// How the dialer stands with the forwarder.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    blocked: Option<(Instant, Obstacle)>,
    /// When nothing stood in the way for the last time.
    clear_at: Option<Instant>,
    /// Whoever answered holds another key than the one that was agreed on.
    stranger: bool,
}

impl Standing {
    /// Something stands in the way since then, or since something did without a break. A try may have begun long before
    /// the way was last free: that counts, and not the try.
    pub(super) fn block(&mut self, since: Instant, what: Obstacle) {
        let since = self.clear_at.map_or(since, |clear_at| clear_at.max(since));
        let since = self.blocked.as_ref().map_or(since, |(first, _)| *first);
        self.blocked = Some((since, what));
    }

    pub(super) fn clear(&mut self, now: Instant) {
        self.blocked = None;
        self.clear_at = Some(now);
    }

    /// A try that was begun at `began` came to nothing.
    pub(super) fn fail(&mut self, began: Instant, problem: &TransportError) {
        match problem {
            TransportError::WrongPeer => self.stranger = true,
            // The other end's matter, or this side's own doing.
            TransportError::Closed(_) => {}
            TransportError::Refused(refusal) => self.block(began, refused(*refusal)),
            TransportError::Ticket(_) => self.block(began, Obstacle::TicketRefused),
            TransportError::Socket(_)
            | TransportError::Randomness
            | TransportError::Identity(_)
            | TransportError::Setup(_)
            | TransportError::Protocol(_)
            | TransportError::TooLong { .. } => self.block(began, Obstacle::Other { detail: problem.to_string() }),
        }
    }

    /// What a running path says of itself.
    pub(super) fn report(&mut self, now: Instant, path: &PathReport) {
        match path.state {
            BindState::Bound => self.clear(now),
            BindState::Binding => self.block(now, Obstacle::NoAnswer { relay: path.relay }),
            BindState::Refused(refusal) => self.block(now, refused(refusal)),
        }
    }

    /// Whoever answered is not whom the keys were agreed with.
    pub(super) fn is_stranger(&self) -> bool {
        self.stranger
    }

    fn shown(&self, now: Instant) -> Option<&Obstacle> {
        let (since, what) = self.blocked.as_ref()?;
        (now.saturating_duration_since(*since) >= PATIENCE).then_some(what)
    }
}

fn refused(refusal: Refusal) -> Obstacle {
    match refusal {
        Refusal::Full => Obstacle::RelayFull,
        Refusal::Expired | Refusal::Forged => Obstacle::TicketRefused,
    }
}

/// Asks the forwarder from a socket of its own whether it hears this side at all. Only the first of the bind protocol's
/// steps is taken, so the leg stays where it is. `None`: nothing stands in the way.
pub(super) async fn ask(config: &PathConfig) -> Option<Obstacle> {
    let Ok(token) = config.ticket.token_array() else { return Some(Obstacle::TicketRefused) };
    let socket = match socket_towards(config.relay).await {
        Ok(socket) => socket,
        Err(problem) => return Some(Obstacle::Other { detail: problem.to_string() }),
    };
    let nonce = RandomState::new().hash_one(token);
    let question = ToRelay::Bind { nonce, token }.encode();
    let mut answer = [0; MESSAGE_BYTES_MAX];
    for _ in 0..QUESTIONS {
        // What cannot be sent is not answered.
        let _ = socket.send(&question).await;
        match timeout(ANSWER, socket.recv(&mut answer)).await {
            Ok(Ok(length)) => match answer.get(..length).and_then(FromRelay::decode) {
                Some(FromRelay::Challenge { nonce: ours, .. }) if ours == nonce => return None,
                Some(FromRelay::Refused { nonce: ours, refusal }) if ours == nonce => return Some(refused(refusal)),
                Some(_) | None => {}
            },
            // Nobody listens there, as the system tells at once.
            Ok(Err(_)) => sleep(ANSWER).await,
            Err(_) => {}
        }
    }
    Some(Obstacle::NoAnswer { relay: config.relay })
}

async fn socket_towards(relay: SocketAddr) -> std::io::Result<UdpSocket> {
    let any: SocketAddr = match relay {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(relay).await?;
    Ok(socket)
}

impl Task {
    /// With each tick: shows what stands in the way, and ends what leads to somebody else.
    pub(super) fn look_at_leg(&mut self) {
        let Some(standing) = self.end.standing.as_ref().map(|standing| standing.borrow().clone()) else { return };
        // Keys that a link has proved stand, wherever the relay's packets go later.
        let proved = self.end.conversations > 0 || self.config.restored.is_some();
        if standing.stranger && !proved && !self.is_over() {
            return self.feed(Event::PairingFailed(Failure::KeysDiffer));
        }
        let waits = matches!(self.end.machine.state(), State::Connecting(Step::Link) | State::Lost { .. });
        let obstacle = standing.shown(Instant::now()).filter(|_| waits).cloned();
        if self.view.obstacle != obstacle {
            self.view.obstacle = obstacle;
            self.dirty = true;
        }
    }
}

#[cfg(test)]
#[path = "reach_tests.rs"]
mod tests;
