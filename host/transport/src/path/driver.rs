//! The task that does what the binder says. It ends when QUIC lets go of the path's socket.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use quinn::udp::Transmit;
use tokio::time;

use super::bind_state::BindState;
use super::binder::{BindEvent, Binder};
use super::local::{LocalSocket, network_is_gone};
use super::shared::{Shared, Target};

/// How often the marks of the packet path are looked at while an answer is owed; a third of what counts as silence.
const TICK: Duration = Duration::from_millis(100);
/// While none is: silence that begins in between is seen by so much later, and still far within two seconds.
const CALM_TICK: Duration = Duration::from_millis(250);
/// Silence of the other end after which nothing is looked at until something is sent; a few packets in a row wake once.
const REST: Duration = Duration::from_millis(250);
/// A network that is gone for good must not cost a socket per packet.
const NEW_LOCAL_GAP: Duration = Duration::from_secs(1);

pub(super) async fn run(shared: Arc<Shared>, binder: Binder) {
    let mut driver = Driver { shared, binder, new_local_at: Duration::ZERO };
    while !driver.shared.closed.load(Relaxed) {
        let wait = driver.step();
        // Elapsing is as good a reason to look again as being woken.
        let _ = time::timeout(wait, driver.shared.wake.notified()).await;
    }
}

struct Driver {
    shared: Arc<Shared>,
    binder: Binder,
    new_local_at: Duration,
}

impl Driver {
    /// One look at everything; returns for how long nothing is due.
    fn step(&mut self) -> Duration {
        let now = self.shared.traffic.now();
        self.grant_wishes(now);
        loop {
            // Its own statement, so that the lock is not held while the message is handled.
            let message = self.shared.inbox.lock().pop_front();
            let Some(message) = message else { break };
            self.binder.handle_message(now, message);
        }
        self.binder.handle_traffic(now, self.shared.traffic.unanswered_since());
        while let Some(message) = self.binder.poll_transmit(now) {
            self.send(&message.encode());
        }
        if self.binder.poll_nudge(now) {
            let held: Vec<_> = self.shared.held.lock().iter().cloned().collect();
            for packet in held {
                self.send(&packet);
            }
        }
        while let Some(event) = self.binder.poll_event() {
            self.tell(event);
        }
        let due = self.binder.poll_timeout().saturating_sub(now).max(Duration::from_millis(1));
        // A network that is gone is looked for again; everything else there is to do comes with a packet or has its time.
        match !self.shared.network_gone.load(Relaxed) && self.shared.doze(REST) {
            true => due,
            false if self.shared.traffic.unanswered_since().is_none() => due.min(CALM_TICK),
            false => due.min(TICK),
        }
    }

    fn grant_wishes(&mut self, now: Duration) {
        let wishes = std::mem::take(&mut *self.shared.wishes.lock());
        let mut new_local = wishes.new_local;
        if let Some(config) = wishes.relay {
            match self.binder.handle_ticket(now, &config.ticket) {
                Ok(()) => {
                    let mut target = self.shared.target.write();
                    new_local |= target.relay.is_ipv4() != config.relay.is_ipv4();
                    target.relay = config.relay;
                    drop(target);
                    self.moved();
                }
                Err(error) => tracing::warn!(%error, "the new relay ticket is not usable; staying with the old one"),
            }
        }
        let gone = self.shared.network_gone.load(Relaxed) && now >= self.new_local_at;
        if new_local || gone {
            self.new_local_at = now + NEW_LOCAL_GAP;
            self.shared.network_gone.store(false, Relaxed);
            let relay = self.shared.target.read().relay;
            match self.replace_local(relay) {
                Ok(()) => self.binder.handle_moved(now),
                Err(error) => {
                    tracing::debug!(%error, "no new socket yet");
                    self.shared.network_gone.store(true, Relaxed);
                }
            }
        }
    }

    fn replace_local(&self, relay: SocketAddr) -> io::Result<()> {
        let local = Arc::new(LocalSocket::towards(relay)?);
        *self.shared.target.write() = Target { relay, local };
        if let Some(waker) = self.shared.receiver.lock().take() {
            waker.wake();
        }
        self.moved();
        Ok(())
    }

    fn moved(&self) {
        self.shared.epoch.fetch_add(1, Relaxed);
        self.shared.state.send_replace(BindState::Binding);
    }

    fn send(&self, packet: &[u8]) {
        let Target { relay, local } = self.shared.target.read().clone();
        let transmit = Transmit { destination: relay, ecn: None, contents: packet, segment_size: None, src_ip: None };
        // Past tokio, which takes a fresh socket for unwritable until its first event and would cost a repeat.
        match local.state.try_send((&local.io).into(), &transmit) {
            Err(error) if network_is_gone(&error) => self.shared.network_gone(),
            // Everything sent here is sent again if nothing answers.
            Err(error) => tracing::trace!(%error, "bind message not sent"),
            Ok(()) => {}
        }
    }

    fn tell(&self, event: BindEvent) {
        match event {
            BindEvent::Bound { fresh } => {
                if fresh {
                    tracing::debug!("bound at the relay");
                    self.shared.epoch.fetch_add(1, Relaxed);
                }
                self.shared
                    .state
                    .send_if_modified(|state| std::mem::replace(state, BindState::Bound) != BindState::Bound);
            }
            BindEvent::Refused(refusal) => {
                tracing::warn!(%refusal, "the relay refuses our ticket");
                self.shared.state.send_replace(BindState::Refused(refusal));
            }
        }
    }
}
