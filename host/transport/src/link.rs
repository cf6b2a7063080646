//! One running connection to the other end.
//!
//! Three tasks serve it: one sends credit reports, one reads the peer's, one reads the header of each new stream, so
//! that a header which is late on the way holds no other stream up. All end with the link.

mod connect;
mod tasks;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use quinn::{Connection, Endpoint, VarInt};
use tokio::sync::{Mutex, mpsc};
use tokio::task::AbortHandle;

pub use self::connect::connect;
pub(crate) use self::connect::handshake_error;
use crate::class::{Class, PRIORITY_FLOW};
use crate::congestion::DelayController;
use crate::error::{CODE_REPLACED, CloseReason, StreamError, TransportError, close_code};
use crate::flow::{Flow, HELLO};
use crate::meter::{LinkStats, Meter};
use crate::path::PathHandle;
use crate::safety::SafetyCode;
use crate::stream::{RecvStream, SendStream};

/// The longest header of a stream.
pub const HEADER_BYTES_MAX: usize = 4096;
/// Label under which the exporter makes a link's number; the context is empty.
const NUMBER_LABEL: &[u8] = b"EXPORTER-lotse-link-number";
/// Class, and length of the header.
const PREFACE_BYTES: usize = 3;
/// Streams that have come and were not accepted yet; more wait at their sender.
const WAITING_MAX: usize = 64;

/// A stream that the other end has opened.
#[derive(Debug)]
pub struct Incoming {
    /// Its class.
    pub class: Class,
    /// What the opener says it is for.
    pub header: Bytes,
    /// Our half for writing.
    pub send: SendStream,
    /// Our half for reading.
    pub recv: RecvStream,
}

/// A connection to the other end. Cheap to clone; closed when the last clone is dropped.
#[derive(Clone)]
pub struct Link(Arc<Inner>);

struct Inner {
    connection: Connection,
    endpoint: Endpoint,
    path: PathHandle,
    flow: Arc<Flow>,
    meter: Meter,
    safety_code: SafetyCode,
    incoming: Mutex<mpsc::Receiver<Incoming>>,
    tasks: [AbortHandle; 3],
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.connection.close(close_code(0), b"");
        self.flow.close();
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Link {
    /// Completes a link on a connection whose handshake is done: both sides say hello on the hidden stream. Only then
    /// is it certain at the client that the server has taken its certificate.
    pub(crate) async fn establish(
        connection: Connection,
        endpoint: Endpoint,
        path: PathHandle,
    ) -> Result<Self, TransportError> {
        let safety_code = SafetyCode::of(&connection).ok_or(TransportError::Protocol("no safety code"))?;
        let mut reports_out = connection.open_uni().await?;
        // Fails only on a closed stream.
        let _ = reports_out.set_priority(PRIORITY_FLOW);
        reports_out.write_all(&HELLO).await.map_err(|_| lost(&connection))?;
        let mut reports_in = connection.accept_uni().await?;
        let mut hello = [0; HELLO.len()];
        reports_in.read_exact(&mut hello).await.map_err(|_| lost(&connection))?;
        if hello != HELLO {
            return Err(TransportError::Protocol("it speaks another version"));
        }
        let mut number = [0; 4];
        let exported = connection.export_keying_material(&mut number, NUMBER_LABEL, &[]);
        exported.map_err(|_| TransportError::Protocol("no number of its own"))?;
        let flow = Arc::new(Flow::new(u32::from_be_bytes(number)));
        let (sender, incoming) = mpsc::channel(WAITING_MAX);
        let tasks = [
            tokio::spawn(tasks::send_reports(reports_out, Arc::clone(&flow))).abort_handle(),
            tokio::spawn(tasks::read_reports(reports_in, connection.clone(), Arc::clone(&flow))).abort_handle(),
            tokio::spawn(tasks::accept_streams(connection.clone(), Arc::clone(&flow), sender)).abort_handle(),
        ];
        let incoming = Mutex::new(incoming);
        let meter = Meter::new();
        Ok(Self(Arc::new(Inner { connection, endpoint, path, flow, meter, safety_code, incoming, tasks })))
    }

    /// Opens a stream; `header` says what it is for, [`HEADER_BYTES_MAX`] bytes at most.
    ///
    /// # Errors
    /// When the header is too long or the link has ended.
    pub async fn open(&self, class: Class, header: &[u8]) -> Result<(SendStream, RecvStream), TransportError> {
        if header.len() > HEADER_BYTES_MAX {
            return Err(TransportError::TooLong {
                what: "the stream's header",
                bytes: header.len(),
                bytes_max: HEADER_BYTES_MAX,
            });
        }
        let (mut send, recv) = self.0.connection.open_bi().await?;
        // As on a closed stream: the first write says so.
        let _ = send.set_priority(class.priority());
        let mut preface = Vec::with_capacity(PREFACE_BYTES + header.len());
        preface.push(class.to_byte());
        // At most HEADER_BYTES_MAX.
        preface.extend_from_slice(&u16::try_from(header.len()).unwrap_or(u16::MAX).to_be_bytes());
        preface.extend_from_slice(header);
        send.write_all(&preface).await.map_err(|_| lost(&self.0.connection))?;
        let flow = &self.0.flow;
        Ok((SendStream::new(send, class, Arc::clone(flow)), RecvStream::new(recv, class, Arc::clone(flow))))
    }

    /// The next stream that the other end has opened.
    ///
    /// # Errors
    /// When the link has ended.
    pub async fn accept(&self) -> Result<Incoming, TransportError> {
        match self.0.incoming.lock().await.recv().await {
            Some(incoming) => Ok(incoming),
            None => Err(TransportError::Closed(self.closed().await)),
        }
    }

    /// Sends a datagram that may be lost or overtaken. When too many wait, the oldest is dropped.
    ///
    /// # Errors
    /// When it is longer than [`Self::datagram_bytes_max`] or the link has ended.
    pub fn send_datagram(&self, data: Bytes) -> Result<(), TransportError> {
        let bytes = data.len();
        self.0.connection.send_datagram(data).map_err(|error| match error {
            quinn::SendDatagramError::TooLarge => {
                TransportError::TooLong { what: "the datagram", bytes, bytes_max: self.datagram_bytes_max() }
            }
            quinn::SendDatagramError::UnsupportedByPeer | quinn::SendDatagramError::Disabled => {
                TransportError::Protocol("it takes no datagrams")
            }
            quinn::SendDatagramError::ConnectionLost(lost) => lost.into(),
        })
    }

    /// The next datagram. When nobody reads, the oldest ones are dropped.
    ///
    /// # Errors
    /// When the link has ended.
    pub async fn read_datagram(&self) -> Result<Bytes, TransportError> {
        Ok(self.0.connection.read_datagram().await?)
    }

    /// Bytes that fit into a datagram now; over 1100 on every path.
    pub fn datagram_bytes_max(&self) -> usize {
        self.0.connection.max_datagram_size().unwrap_or(0)
    }

    /// The round trip, smoothed.
    pub fn round_trip(&self) -> Duration {
        self.0.connection.rtt()
    }

    /// How the link is doing.
    pub fn stats(&self) -> LinkStats {
        let connection = &self.0.connection;
        self.0.meter.stats(Instant::now(), &connection.stats(), round_trip_min(connection), self.0.path.report())
    }

    /// Bytes that a stream of this class may take on right now; unbounded classes have no end.
    pub fn room(&self, class: Class) -> u64 {
        self.0.flow.room(class)
    }

    /// What both sides can read aloud to be sure that nobody sits in between.
    pub fn safety_code(&self) -> SafetyCode {
        self.0.safety_code
    }

    /// Steers the path under the link.
    pub fn path(&self) -> &PathHandle {
        &self.0.path
    }

    /// Waits for the link's end.
    pub async fn closed(&self) -> CloseReason {
        self.0.connection.closed().await.into()
    }

    /// Why the link has ended, if it has.
    pub fn close_reason(&self) -> Option<CloseReason> {
        self.0.connection.close_reason().map(CloseReason::from)
    }

    /// Closes the link with a code and a short text for the other side. What is under way is lost.
    pub fn close(&self, code: u32, text: &str) {
        self.0.connection.close(close_code(code), text.as_bytes());
        self.0.flow.close();
    }

    /// Closes the link and waits until the other side can have heard of it; for programs that end.
    pub async fn shut_down(&self, code: u32, text: &str) {
        self.close(code, text);
        // Without a peer there is nothing to wait for that long.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.0.endpoint.wait_idle()).await;
    }

    pub(crate) fn replace(&self) {
        self.0.connection.close(VarInt::from_u32(CODE_REPLACED), b"replaced");
        self.0.flow.close();
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("safety_code", &self.0.safety_code).finish_non_exhaustive()
    }
}

/// The shortest round trip of the present path: the controller's, which forgets old paths, before quinn's.
fn round_trip_min(connection: &Connection) -> Duration {
    let ours = connection.congestion_state().into_any().downcast::<DelayController>().ok();
    ours.and_then(|controller| controller.round_trip_min()).unwrap_or_else(|| connection.min_rtt())
}

/// A stream of the link's own failed: then the link has, or the peer closed what it must not.
fn lost(connection: &Connection) -> TransportError {
    match connection.close_reason() {
        Some(reason) => reason.into(),
        None => TransportError::Protocol("it closed a stream it must not close"),
    }
}

impl From<StreamError> for TransportError {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Link(reason) => Self::Closed(reason),
            StreamError::GivenUp(_) | StreamError::Closed | StreamError::EndedEarly | StreamError::TooLong(_) => {
                Self::Protocol("a stream ended early")
            }
        }
    }
}
