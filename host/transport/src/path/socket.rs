//! The socket that QUIC sees: one peer at one address for ever.

use std::fmt;
use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};

use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, UdpPoller};
use tokio::io::Interest;

use super::binder::Binder;
use super::local::{LocalSocket, network_is_gone};
use super::shared::{Shared, Target};
use super::sorting::sort_batch;
use super::{PathConfig, PathHandle, driver};
use crate::error::TransportError;
use crate::random::system_bytes;

/// The peer's address as QUIC knows it: from a block set aside for documentation, so it is never a real one.
pub(crate) const VIRTUAL_PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 1);
const VIRTUAL_SELF: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), 1);
/// Receive errors in a row before waiting for a fresh socket; some systems report others' refusals here.
const RECEIVE_ERRORS_MAX: u32 = 16;

/// Hides the path; see the module above.
#[derive(Debug)]
pub(crate) struct PathSocket(Arc<Shared>);

impl PathSocket {
    /// Opens a socket and starts binding. Needs a tokio runtime around it.
    pub(crate) fn open(config: &PathConfig) -> Result<(Self, PathHandle), TransportError> {
        let shared = Arc::new(Shared::new(config.relay, LocalSocket::towards(config.relay)?));
        let seed = u64::from_be_bytes(system_bytes()?);
        let binder = Binder::new(shared.traffic.now(), &config.ticket, seed)?;
        tokio::spawn(driver::run(Arc::clone(&shared), binder));
        Ok((Self(Arc::clone(&shared)), PathHandle::new(shared)))
    }

    /// Counts changes of path.
    pub(crate) fn epoch(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.0.epoch)
    }

    fn target(&self) -> Target {
        self.0.target.read().clone()
    }

    /// Hands QUIC's packets on, the forwarder's to the driver. Returns whether QUIC got any.
    fn sort(&self, relay: SocketAddr, buffers: &mut [IoSliceMut<'_>], metas: &mut [RecvMeta]) -> bool {
        let mut any = false;
        for (meta, buffer) in metas.iter_mut().zip(buffers) {
            // Strangers cannot harm QUIC, but they need not cost it anything either.
            if meta.addr.port() != relay.port() || meta.addr.ip().to_canonical() != relay.ip().to_canonical() {
                meta.len = 0;
                continue;
            }
            meta.len = sort_batch(buffer, meta.len, meta.stride, |message| self.0.heard_relay(message));
            meta.addr = VIRTUAL_PEER;
            meta.dst_ip = None;
            any |= meta.len > 0;
        }
        if any {
            self.0.heard_peer();
        }
        any
    }
}

impl Drop for PathSocket {
    fn drop(&mut self) {
        self.0.closed.store(true, Relaxed);
        self.0.wake.notify_one();
    }
}

impl AsyncUdpSocket for PathSocket {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Box::pin(Poller { socket: self, waiting: None })
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        let Target { relay, local } = self.target();
        let real = Transmit { destination: relay, src_ip: None, ..transmit.clone() };
        let sent = local.io.try_io(Interest::WRITABLE, || local.state.try_send((&local.io).into(), &real));
        match sent {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
            // A packet that could not be sent is a packet lost on the way: QUIC's to repeat.
            Err(error) if network_is_gone(&error) => self.0.network_gone(),
            Err(error) => tracing::trace!(%error, "packet not sent"),
            Ok(()) => {}
        }
        self.0.sending(transmit.contents, transmit.segment_size);
        Ok(())
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        metas: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        {
            let mut receiver = self.0.receiver.lock();
            if !receiver.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                *receiver = Some(cx.waker().clone());
            }
        }
        let mut errors = 0;
        loop {
            let Target { relay, local } = self.target();
            let received = match ready!(local.io.poll_recv_ready(cx)) {
                Ok(()) => local.io.try_io(Interest::READABLE, || local.state.recv((&local.io).into(), buffers, metas)),
                Err(error) => Err(error),
            };
            match received {
                Ok(count) => {
                    if self.sort(relay, buffers, &mut metas[..count]) {
                        return Poll::Ready(Ok(count));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) if errors < RECEIVE_ERRORS_MAX => errors += 1,
                Err(_) => {
                    // The driver puts a fresh socket in its place and wakes the receiver.
                    self.0.network_gone();
                    return Poll::Pending;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(VIRTUAL_SELF)
    }

    fn may_fragment(&self) -> bool {
        self.target().local.state.may_fragment()
    }

    fn max_transmit_segments(&self) -> usize {
        self.target().local.state.max_gso_segments()
    }

    fn max_receive_segments(&self) -> usize {
        self.target().local.state.gro_segments()
    }
}

type Writable = Pin<Box<dyn Future<Output = io::Result<()>> + Send + Sync>>;

struct Poller {
    socket: Arc<PathSocket>,
    waiting: Option<(Arc<LocalSocket>, Writable)>,
}

impl fmt::Debug for Poller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poller").finish_non_exhaustive()
    }
}

impl UdpPoller for Poller {
    fn poll_writable(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let local = self.socket.target().local;
        if self.waiting.as_ref().is_some_and(|(waited_on, _)| !Arc::ptr_eq(waited_on, &local)) {
            self.waiting = None;
        }
        let (_, writable) = self.waiting.get_or_insert_with(|| {
            let io = Arc::clone(&local);
            (local, Box::pin(async move { io.io.writable().await }))
        });
        // An error shows itself to the next send, which knows what to do with it.
        let _ = ready!(writable.as_mut().poll(cx));
        self.waiting = None;
        Poll::Ready(Ok(()))
    }
}
