//! The rep's side: accepts the customer, and accepts it again when its program has restarted.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use quinn::{Endpoint, ServerConfig, TokioRuntime};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time;

use crate::config;
use crate::error::{CloseReason, TransportError, close_code};
use crate::identity::{Fingerprint, Identity};
use crate::link::Link;
use crate::path::{PathConfig, PathHandle, PathSocket};
use crate::tls;

/// Handshakes at a time. Only the customer's leg can send us any; these are its own repeated tries.
const HANDSHAKES_MAX: usize = 4;
/// Longer than a customer waits for one try.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(15);
/// How long to wait for the relay's word on the ticket before leaving that to the background.
const BIND_PATIENCE: Duration = Duration::from_secs(3);

/// Waits for the customer, as often as it comes.
pub struct Listener {
    endpoint: Endpoint,
    path: PathHandle,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    handshakes: JoinSet<Result<Link, TransportError>>,
    current: Option<Link>,
}

/// Starts listening for the one customer whose certificate has the fingerprint `peer`.
///
/// # Errors
/// When the relay refuses the ticket or no socket can be had. A relay that does not answer is tried in the background.
pub async fn listen(identity: &Identity, peer: Fingerprint, path: PathConfig) -> Result<Listener, TransportError> {
    let (socket, handle) = PathSocket::open(&path)?;
    let mut server = ServerConfig::with_crypto(Arc::new(tls::server_config(identity, peer)?));
    server.transport_config(config::transport(socket.epoch())).max_incoming(HANDSHAKES_MAX * 4).migration(false);
    let endpoint = Endpoint::new_with_abstract_socket(
        config::lasting_endpoint(identity),
        Some(server),
        Arc::new(socket),
        Arc::new(TokioRuntime),
    )?;
    if let Ok(bound) = time::timeout(BIND_PATIENCE, handle.bound()).await {
        bound?;
    }
    Ok(Listener { endpoint, path: handle, state: Mutex::default() })
}

impl Listener {
    /// The next link with the customer. It takes the place of the one before, which is closed. Cancel-safe.
    ///
    /// # Errors
    /// When the listener was closed. A peer with another key is refused, logged and not returned.
    pub async fn accept(&self) -> Result<Link, TransportError> {
        let mut state = self.state.lock().await;
        loop {
            let State { handshakes, current } = &mut *state;
            let room = handshakes.len() < HANDSHAKES_MAX;
            tokio::select! {
                Some(done) = handshakes.join_next() => match done {
                    Ok(Ok(link)) => {
                        if let Some(before) = current.replace(link.clone()) {
                            before.replace();
                        }
                        return Ok(link);
                    }
                    Ok(Err(error)) => tracing::warn!(%error, "a connection was not accepted"),
                    Err(error) => tracing::warn!(%error, "a handshake was broken off"),
                },
                incoming = self.endpoint.accept(), if room => {
                    let Some(incoming) = incoming else { return Err(TransportError::Closed(CloseReason::Here)) };
                    let (endpoint, path) = (self.endpoint.clone(), self.path.clone());
                    handshakes.spawn(async move {
                        let handshake = async {
                            let connection = incoming.await.map_err(crate::link::handshake_error)?;
                            Link::establish(connection, endpoint, path).await
                        };
                        match time::timeout(HANDSHAKE_PATIENCE, handshake).await {
                            Ok(ended) => ended,
                            Err(_) => Err(TransportError::Closed(CloseReason::Lost)),
                        }
                    });
                }
            }
        }
    }

    /// Steers the path under the listener and its links.
    pub fn path(&self) -> &PathHandle {
        &self.path
    }

    /// Stops listening and closes the link, with a code and a short text for the customer.
    pub fn close(&self, code: u32, text: &str) {
        self.endpoint.close(close_code(code), text.as_bytes());
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").finish_non_exhaustive()
    }
}
