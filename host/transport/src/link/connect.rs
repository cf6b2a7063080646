//! The customer's side: connects, and goes on trying while the rep's side is not there yet.

use std::sync::Arc;
use std::time::Duration;

use quinn::{ClientConfig, ConnectionError, Endpoint, TokioRuntime, TransportErrorCode};
use tokio::time;

use super::Link;
use crate::config;
use crate::error::TransportError;
use crate::identity::{Fingerprint, Identity, PEER_NAME};
use crate::path::{PathConfig, PathSocket, VIRTUAL_PEER};
use crate::tls;

/// Patience with each try in seconds; the last one goes for all further tries. A fresh try is sent at once, while one
/// handshake repeats itself at doubling distances.
const PATIENCE_SECONDS: [u64; 4] = [3, 5, 8, 12];
/// Pause before the next try when one fails early.
const PAUSE: Duration = Duration::from_millis(300);

/// Connects to the rep's side through the relay. Tries until it succeeds; drop the future to give up.
///
/// # Errors
/// When the relay refuses the ticket, the other side's key is not `peer`, or no socket can be had. A peer that is not
/// there yet, or a relay that does not answer, is waited for.
pub async fn connect(identity: &Identity, peer: Fingerprint, path: PathConfig) -> Result<Link, TransportError> {
    let (socket, handle) = PathSocket::open(&path)?;
    let mut client = ClientConfig::new(Arc::new(tls::client_config(identity, peer)?));
    client.transport_config(config::transport(socket.epoch()));
    let endpoint =
        Endpoint::new_with_abstract_socket(config::endpoint(), None, Arc::new(socket), Arc::new(TokioRuntime))?;
    handle.bound().await?;
    for tries in 0usize.. {
        let patience = PATIENCE_SECONDS[tries.min(PATIENCE_SECONDS.len() - 1)];
        let attempt = async {
            let connecting = endpoint
                .connect_with(client.clone(), VIRTUAL_PEER, PEER_NAME)
                .map_err(|error| TransportError::Setup(error.to_string()))?;
            let connection = connecting.await.map_err(handshake_error)?;
            let established = Link::establish(connection.clone(), endpoint.clone(), handle.clone()).await;
            established.map_err(|error| match connection.close_reason() {
                // The server looks at our certificate after our side of the handshake is done.
                Some(reason) => handshake_error(reason),
                None => error,
            })
        };
        match time::timeout(Duration::from_secs(patience), attempt).await {
            Ok(Ok(link)) => return Ok(link),
            Ok(Err(TransportError::Closed(reason))) => {
                tracing::debug!(%reason, "not connected yet");
                time::sleep(PAUSE).await;
            }
            Ok(Err(error)) => return Err(error),
            Err(_) => tracing::debug!(patience, "no answer from the other side yet"),
        }
    }
    Err(TransportError::Protocol("it never answered"))
}

/// A handshake that fails in TLS fails for good: the key is not the agreed one.
pub(crate) fn handshake_error(error: ConnectionError) -> TransportError {
    let code = match &error {
        ConnectionError::TransportError(error) => Some(error.code),
        ConnectionError::ConnectionClosed(close) => Some(close.error_code),
        ConnectionError::VersionMismatch
        | ConnectionError::ApplicationClosed(_)
        | ConnectionError::Reset
        | ConnectionError::TimedOut
        | ConnectionError::LocallyClosed
        | ConnectionError::CidsExhausted => None,
    };
    match code {
        Some(code) if code == TransportErrorCode::crypto(ALERT_NO_APPLICATION_PROTOCOL) => {
            TransportError::Protocol("it speaks another version")
        }
        Some(code) if is_tls_alert(code) => TransportError::WrongPeer,
        Some(_) | None => error.into(),
    }
}

/// RFC 7301.
const ALERT_NO_APPLICATION_PROTOCOL: u8 = 120;

/// RFC 9001, 4.8: a TLS alert is the QUIC error 0x100 and its number.
fn is_tls_alert(code: TransportErrorCode) -> bool {
    (0x100..0x200).contains(&u64::from(code))
}
