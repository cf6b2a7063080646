//! Takes in connections: bounded in all and by address, with a time limit on each step before a program is known.

use crate::alive::{Alive, Watched};
use crate::clock::Clock;
use crate::connection::{self, Peer};
use crate::hub::AddressKey;
use crate::relay::Shared;
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::any;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use lotse_protocol::control;
use lotse_protocol::wire::TO_RELAY_BYTES_MAX;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;

/// Connections at once.
const CONNECTIONS_MAX: u32 = 20_000;
/// Connections at once from one address: a large office behind one.
const PER_ADDRESS_MAX: usize = 2_000;
/// How long TLS may take, and how long the request's head.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A request's head, in bytes: a WebSocket's has some 300.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;
/// Read buffer of a WebSocket, in bytes. Messages are small and most connections idle.
const READ_BUFFER_BYTES: usize = 4 * 1024;
const WRITE_BUFFER_BYTES: usize = 16 * 1024;
/// After accepting failed (out of file handles, mostly).
const PAUSE: Duration = Duration::from_millis(200);

/// Counts connections, in all and by address.
#[derive(Clone)]
pub struct Places {
    all: Arc<Semaphore>,
    by_address: Arc<Mutex<HashMap<AddressKey, usize>>>,
}

/// One connection's place; free again when dropped.
pub struct Place {
    _of_all: OwnedSemaphorePermit,
    by_address: Arc<Mutex<HashMap<AddressKey, usize>>>,
    address: AddressKey,
}

impl Default for Places {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(CONNECTIONS_MAX as usize)), by_address: Arc::default() }
    }
}

impl Places {
    /// A place for a connection from `address`, if there is one.
    fn take(&self, address: AddressKey) -> Option<Place> {
        let of_all = self.all.clone().try_acquire_owned().ok()?;
        let mut by_address = self.by_address.lock();
        let count = by_address.entry(address).or_default();
        if *count >= PER_ADDRESS_MAX {
            return None;
        }
        *count += 1;
        drop(by_address);
        Some(Place { _of_all: of_all, by_address: self.by_address.clone(), address })
    }

    /// Waits until every place is free.
    pub async fn all_free(&self) {
        // Fails only if closed, which nobody does; then there is nothing to wait for.
        let _ = self.all.acquire_many(CONNECTIONS_MAX).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_address = self.by_address.lock();
        if let Some(count) = by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

/// Accepts until the relay ends.
pub async fn run(
    listener: TcpListener,
    tls: TlsAcceptor,
    shared: Arc<Shared>,
    places: Places,
    mut ending: watch::Receiver<bool>,
) {
    let router = Router::new().route(control::PATH, any(upgrade)).with_state(shared.clone());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = ending.wait_for(|ending| *ending) => return,
        };
        match accepted {
            Ok((stream, from)) => {
                let address = AddressKey::from(from.ip());
                match places.take(address) {
                    Some(place) => {
                        drop(tokio::spawn(serve(stream, from, place, tls.clone(), router.clone(), shared.clock)))
                    }
                    None => tracing::info!("a connection is refused: there are too many, in all or from its address"),
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// One connection up to its WebSocket, which then has a task of its own.
async fn serve(stream: TcpStream, from: SocketAddr, place: Place, tls: TlsAcceptor, router: Router, clock: Clock) {
    // Small messages must not wait for one another; without the option they are merely later.
    let _ = stream.set_nodelay(true);
    let alive = Arc::new(Alive::new(clock));
    let handshake = tls.accept(Watched::new(stream, alive.clone()));
    let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, handshake).await else {
        tracing::debug!("a TLS handshake failed");
        return;
    };
    let peer = Peer { address: AddressKey::from(from.ip()), alive, _place: Arc::new(place) };
    let service = TowerToHyperService::new(router.layer(Extension(peer)));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HANDSHAKE)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection ended before it became a WebSocket");
    }
}

async fn upgrade(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<Peer>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        // Twice the limit, so that what is a little over it gets an answer that says so.
        .max_message_size(2 * TO_RELAY_BYTES_MAX)
        .max_frame_size(2 * TO_RELAY_BYTES_MAX)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .on_upgrade(move |socket| connection::serve(socket, shared, peer))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_address_cannot_take_every_place() {
        let places = Places::default();
        let address = |text: &str| AddressKey::from(text.parse::<std::net::IpAddr>().unwrap());
        let taken: Vec<_> = (0..PER_ADDRESS_MAX).map(|_| places.take(address("192.0.2.1")).unwrap()).collect();
        assert!(places.take(address("192.0.2.1")).is_none());
        assert!(places.take(address("192.0.2.2")).is_some());
        drop(taken);
        assert!(places.take(address("192.0.2.1")).is_some());
        assert!(places.by_address.lock().is_empty());
    }
}
