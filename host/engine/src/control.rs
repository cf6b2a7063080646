//! The connection to the relay: kept up by itself, messages in and out.
//!
//! A lost connection is made again with growing pauses; whoever owns it hears [`ControlEvent::Up`] each time and says
//! again who they are. What is sent while it is down is dropped: after `Up` everything is said anew, and audit lines wait in
//! their sessions ([`ControlEvent::Down`] tells them to).

use crate::heard::{LastHeard, Listening};
use crate::licence::LicenceCheck;
use crate::refusal;
use crate::relay_url::RelayUrl;
use crate::tls;
use crate::view::Problem;
use futures_util::{SinkExt, StreamExt};
use lotse_protocol::control::{self, FromRelay, Side, ToRelay};
use lotse_protocol::wire::{self, FROM_RELAY_BYTES_MAX, TO_RELAY_BYTES_MAX};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};

/// Messages that may wait in each direction.
const QUEUE_MAX: usize = 256;
/// The whole of TCP, TLS and WebSocket must stand by then.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Without a byte (the relay pings every 15 s) the connection counts as dead.
const SILENCE_MAX: Duration = Duration::from_secs(45);
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(5);

/// What the connection tells its owner.
#[derive(Debug)]
pub(crate) enum ControlEvent {
    /// It stands; the relay's greeting is in. `address` is the relay's, for the data plane.
    Up {
        address: SocketAddr,
        developer: bool,
        code_key: [u8; 32],
        /// What licences of this relay are checked by.
        licences: LicenceCheck,
        /// It keeps notes.
        notes: bool,
    },
    Message(FromRelay),
    /// It broke or could not be made; it is tried again.
    Down {
        problem: ControlProblem,
    },
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ControlProblem {
    #[error("the relay cannot be reached: {0}")]
    Unreachable(String),
    #[error("the relay's certificate is not the expected one")]
    NotTrusted,
    #[error("{0}")]
    Incompatible(String),
}

/// As people are told of it.
impl From<ControlProblem> for Problem {
    fn from(problem: ControlProblem) -> Self {
        match problem {
            ControlProblem::Unreachable(detail) => Self::RelayUnreachable { detail },
            ControlProblem::NotTrusted => Self::RelayNotTrusted,
            ControlProblem::Incompatible(detail) => Self::Incompatible { detail },
        }
    }
}

/// The owner's end. Dropping it closes the connection.
pub(crate) struct Control {
    to_relay: mpsc::Sender<ToRelay>,
}

/// Who is calling.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub side: Side,
    /// [`lotse_runtime`]'s name for the code this program can run.
    pub engine: String,
}

impl Control {
    /// Says everything into a queue, without a connection.
    #[cfg(test)]
    pub(crate) fn over(to_relay: mpsc::Sender<ToRelay>) -> Self {
        Self { to_relay }
    }

    /// Starts to keep up a connection. Events end when the `Control` is dropped.
    pub(crate) fn open(url: RelayUrl, caller: Caller) -> (Self, mpsc::Receiver<ControlEvent>) {
        let (to_relay, outgoing) = mpsc::channel(QUEUE_MAX);
        let (events, incoming) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(keep_up(url, caller, outgoing, events));
        (Self { to_relay }, incoming)
    }

    /// Says something, if the connection stands.
    pub(crate) fn send(&self, message: ToRelay) {
        if self.to_relay.try_send(message).is_err() {
            tracing::warn!("a message to the relay was dropped: the connection is stuck");
        }
    }
}

/// Next event of a connection; never, while there is none.
pub(crate) async fn next_event(control: &mut Option<(Control, mpsc::Receiver<ControlEvent>)>) -> ControlEvent {
    if let Some((_, events)) = control
        && let Some(event) = events.recv().await
    {
        return event;
    }
    std::future::pending().await
}

async fn keep_up(
    url: RelayUrl,
    caller: Caller,
    mut outgoing: mpsc::Receiver<ToRelay>,
    events: mpsc::Sender<ControlEvent>,
) {
    let mut pause = RETRY_FIRST;
    loop {
        let outcome = match timeout(CONNECT_TIMEOUT, connect(&url)).await {
            Ok(Ok(connected)) => talk(connected, &caller, &mut outgoing, &events, &mut pause, SILENCE_MAX).await,
            Ok(Err(problem)) => Err(problem),
            Err(_) => {
                Err(ControlProblem::Unreachable(format!("no answer from {} port {} within 10 s", url.host, url.port)))
            }
        };
        let problem = match outcome {
            Ok(()) => return,
            Err(problem) => problem,
        };
        tracing::info!(%problem, "control connection down");
        if events.send(ControlEvent::Down { problem }).await.is_err() {
            return;
        }
        if !rest(pause, &mut outgoing).await {
            return;
        }
        pause = (pause * 2).min(RETRY_MAX);
    }
}

/// Waits, dropping what is said meanwhile. `false`: the owner is gone.
async fn rest(pause: Duration, outgoing: &mut mpsc::Receiver<ToRelay>) -> bool {
    let sleep = tokio::time::sleep(pause);
    tokio::pin!(sleep);
    loop {
        tokio::select! {
            () = &mut sleep => return true,
            message = outgoing.recv() => if message.is_none() { return false },
        }
    }
}

/// A connection that stands.
struct Connected<S> {
    socket: WebSocketStream<S>,
    /// The relay's.
    address: SocketAddr,
    heard: LastHeard,
}

async fn connect(url: &RelayUrl) -> Result<Connected<TlsStream<Listening<TcpStream>>>, ControlProblem> {
    let unreachable = |what: &str, error: &dyn std::fmt::Display| {
        ControlProblem::Unreachable(format!("{what} {} port {}: {error}", url.host, url.port))
    };
    let tcp = TcpStream::connect((url.host.as_str(), url.port))
        .await
        .map_err(|error| unreachable("connecting to", &error))?;
    let _ = tcp.set_nodelay(true);
    let address = tcp.peer_addr().map_err(|error| unreachable("connecting to", &error))?;
    let config = tls::client_config(url).map_err(|error| unreachable("preparing TLS for", &error))?;
    let name =
        rustls::pki_types::ServerName::try_from(url.host.clone()).map_err(|error| unreachable("naming", &error))?;
    let heard = LastHeard::new();
    let tcp = Listening::new(tcp, heard.clone());
    let tls = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, tcp).await.map_err(|error| {
        let certificate = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match certificate {
            Some(rustls::Error::InvalidCertificate(_)) => ControlProblem::NotTrusted,
            _ => unreachable("speaking TLS with", &error),
        }
    })?;
    let request = format!("wss://{}:{}{}", bracketed(&url.host), url.port, control::PATH);
    let mut limits = WebSocketConfig::default();
    limits.max_message_size = Some(FROM_RELAY_BYTES_MAX);
    limits.max_frame_size = Some(FROM_RELAY_BYTES_MAX);
    let (socket, _) = tokio_tungstenite::client_async_with_config(request, tls, Some(limits))
        .await
        .map_err(|error| unreachable("opening the control connection to", &error))?;
    Ok(Connected { socket, address, heard })
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// Greets, then carries messages until the connection breaks (`Err`) or the owner is gone (`Ok`).
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    Connected { mut socket, address, heard }: Connected<S>,
    caller: &Caller,
    outgoing: &mut mpsc::Receiver<ToRelay>,
    events: &mpsc::Sender<ControlEvent>,
    pause: &mut Duration,
    silence_max: Duration,
) -> Result<(), ControlProblem> {
    let hello = ToRelay::Hello {
        versions: vec![control::VERSION],
        side: caller.side,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: caller.engine.clone(),
    };
    say(&mut socket, &hello).await?;
    let mut keeps_audit = false;
    loop {
        tokio::select! {
            biased;
            message = outgoing.recv() => match message {
                // To a relay that does not know them they would be nonsense.
                Some(ToRelay::Audit { .. }) if !keeps_audit => {}
                Some(message) => say(&mut socket, &message).await?,
                None => {
                    let _ = timeout(Duration::from_secs(1), socket.close(None)).await;
                    return Ok(());
                }
            },
            message = socket.next() => {
                let Some(event) = understand(message, address, &mut keeps_audit)? else { continue };
                if matches!(event, ControlEvent::Up { .. }) {
                    *pause = RETRY_FIRST;
                }
                if events.send(event).await.is_err() {
                    return Ok(());
                }
            }
            // After the socket: what waits there unread is a sign of life.
            () = heard.silent_for(silence_max) => {
                return Err(ControlProblem::Unreachable(format!("nothing heard for {} s", silence_max.as_secs())));
            }
        }
    }
}

type Heard = Option<Result<Message, tokio_tungstenite::tungstenite::Error>>;

/// `keeps_audit` is set by the relay's greeting.
fn understand(
    heard: Heard,
    address: SocketAddr,
    keeps_audit: &mut bool,
) -> Result<Option<ControlEvent>, ControlProblem> {
    let lost = |why: &str| ControlProblem::Unreachable(why.to_owned());
    let message =
        heard.ok_or_else(|| lost("the relay closed the connection"))?.map_err(|error| lost(&error.to_string()))?;
    let Message::Binary(bytes) = message else {
        return if message.is_close() { Err(lost("the relay closed the connection")) } else { Ok(None) };
    };
    Ok(match wire::decode(&bytes, FROM_RELAY_BYTES_MAX) {
        Ok(FromRelay::Hello { version, relay_version, .. }) if version != control::VERSION => {
            return Err(ControlProblem::Incompatible(other_version(version, &relay_version)));
        }
        Ok(FromRelay::Hello { developer, code_key, audit, licence_key, now_s, notes, .. }) => {
            *keeps_audit = audit;
            let licences = LicenceCheck::new(licence_key, now_s);
            Some(ControlEvent::Up { address, developer, code_key, licences, notes })
        }
        Ok(FromRelay::Incompatible { reason }) => return Err(ControlProblem::Incompatible(reason)),
        Ok(message) => Some(ControlEvent::Message(message)),
        // A newer relay may say more than this program knows.
        Err(error) => {
            tracing::debug!(%error, "a message of the relay was skipped");
            None
        }
    })
}

/// A relay answers with a version that it was offered; one that does not cannot be talked to.
fn other_version(version: u32, relay_version: &str) -> String {
    let relay = refusal::tidy(relay_version);
    let own = control::VERSION;
    if version > own {
        let why = format!("which speaks version {version} and not {own}");
        format!("This program is too old for the relay ({relay}), {why}: update the program.")
    } else {
        let why = format!("which speaks version {own} and not {version}");
        format!("The relay ({relay}) is too old for this program, {why}: its operator must update the relay.")
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocketStream<S>,
    message: &ToRelay,
) -> Result<(), ControlProblem> {
    let bytes = match wire::encode(message, TO_RELAY_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(%error, "a message to the relay was too long and dropped");
            return Ok(());
        }
    };
    socket.send(Message::Binary(bytes.into())).await.map_err(|error| ControlProblem::Unreachable(error.to_string()))
}

#[cfg(test)]
#[path = "control_tests.rs"]
mod tests;
