//! Takes in connections: bounded in all and by address, with a time limit on each step before a program is known.
//! Programs and browsers come by the same port: the path says which it is.

use crate::alive::{Alive, Watched};
use crate::api;
use crate::connection::{self, Peer};
use crate::health;
use crate::http::{self, Bounds};
use crate::hub::AddressKey;
use crate::places::{Place, Places};
use crate::shared::Shared;
use crate::tls::CHECK_PROTOCOL;
use crate::web;
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::{any, get};
use lotse_protocol::control;
use lotse_protocol::wire::TO_RELAY_BYTES_MAX;
use socket2::{SockRef, TcpKeepalive};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// How long TLS may take, and how long a request's head may, from the connection's begin or the answer before.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Read buffer of a WebSocket, in bytes. Each connection holds it for as long as it lives, and most idle; what a program says
/// is shorter but for the rare signal.
const READ_BUFFER_BYTES: usize = 1024;
/// How long a browser's connection may be used: longer than a page that keeps itself up to date is one answer.
pub(crate) const CONNECTION_WITHIN: Duration = Duration::from_secs(15 * 60);
/// A WebSocket's request has some 300 bytes, a browser's with its cookies a few thousand. How long bodies and answers may
/// take `web::security` says.
const BOUNDS: Bounds = Bounds { head_bytes: 16 * 1024, head_within: HANDSHAKE, within: CONNECTION_WITHIN };
const WRITE_BUFFER_BYTES: usize = 16 * 1024;
/// How long what was sent may stay unacknowledged. A page that is being told something hears a ping each 15 s (`web::portal`),
/// so one that has vanished without a word is noticed within a minute; its question then waits for a minute more.
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(40);
/// After so long a silence the peer's system is asked whether it is there, and again and again: for who is told nothing, and
/// where the limit above is not to be had.
const PROBE_AFTER: Duration = Duration::from_secs(20);
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// How long a peer that is there may take nothing in. A place for a download is not held by who does not want it.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);
/// After accepting failed (out of file handles, mostly).
const PAUSE: Duration = Duration::from_millis(200);

/// Accepts until the relay ends.
pub async fn run(
    listener: TcpListener,
    tls: TlsAcceptor,
    shared: Arc<Shared>,
    places: Places,
    mut ending: watch::Receiver<bool>,
) {
    let router = Router::new()
        .route(control::PATH, any(upgrade))
        .route(health::HEALTH_PATH, get(health::healthy))
        .route(health::READY_PATH, get(ready))
        .merge(api::router())
        .merge(web::router(&shared))
        .with_state(shared.clone());
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener) => accepted,
            _ = ending.wait_for(|ending| *ending) => return,
        };
        match accepted {
            Ok((stream, from)) => {
                let address = AddressKey::from(from.ip());
                match places.take(address) {
                    Some(place) => {
                        let serving = serve(stream, from, place, tls.clone(), router.clone(), shared.clone());
                        drop(tokio::spawn(serving));
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

/// The next connection, which ends by itself when its peer is lost.
async fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    let (stream, from) = listener.accept().await?;
    if let Err(error) = notice_loss(&stream) {
        // Its peer has gone already, mostly; then reading tells.
        tracing::debug!(%error, "a connection that is lost will be noticed late");
    }
    Ok((stream, from))
}

fn notice_loss(stream: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(PROBE_AFTER).with_interval(PROBE_EVERY))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED_MAX))?;
    Ok(())
}

/// One connection up to its WebSocket, which then has a task of its own.
async fn serve(
    stream: TcpStream,
    from: SocketAddr,
    place: Place,
    tls: TlsAcceptor,
    router: Router,
    shared: Arc<Shared>,
) {
    // Small messages must not wait for one another; without the option they are merely later.
    let _ = stream.set_nodelay(true);
    let alive = Arc::new(Alive::new(shared.clock));
    let handshake = tls.accept(Watched::new(stream, alive.clone(), TAKEN_WITHIN));
    let Ok(Ok(mut stream)) = tokio::time::timeout(HANDSHAKE, handshake).await else {
        tracing::debug!("a TLS handshake failed");
        return;
    };
    if stream.get_ref().1.alpn_protocol() == Some(CHECK_PROTOCOL) {
        tracing::info!("an authority checked a name of the relay");
        // It has seen the certificate, and nothing is said on such a connection. It may be gone.
        let _ = tokio::time::timeout(HANDSHAKE, stream.shutdown()).await;
        return;
    }
    let ip = from.ip();
    let peer = Peer { address: AddressKey::from(ip), ip, alive, _place: Arc::new(place) };
    http::serve(stream, router.layer(Extension(peer)), BOUNDS, shared.ending.clone()).await;
}

async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    health::answer(&shared.health).await
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

    /// Scar: a customer whose telephone lost its network kept the place in the queue for eleven minutes.
    #[tokio::test]
    async fn c1_accepted_connections_notice_that_their_peer_is_lost() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (_peer, accepted) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), accept(&listener));
        let (stream, _) = accepted.unwrap();
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), PROBE_AFTER);
        assert_eq!(socket.tcp_keepalive_interval().unwrap(), PROBE_EVERY);
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(UNACKNOWLEDGED_MAX));
    }
}
