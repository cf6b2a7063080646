//! One link's life: the hosts' own messages on its first stream, plugins' streams and datagrams on the rest.
//!
//! Runs as a task per link and reports to the session's task. When the link ends, or is replaced, the task ends.

use crate::pace::Pace;
use crate::shared::Shared;
use crate::streams::{Halves, read_header};
use lotse_protocol::control::Side;
use lotse_protocol::peer::{CONTROL_HEADER, PeerMessage, Unframer, frame};
use lotse_runtime::Event;
use lotse_transport::{Class, Link, RecvStream, SendStream, TransportError};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Messages that may wait to be sent. There is one for each thing a person does.
const QUEUE_MAX: usize = 64;
/// Application code with which a link is closed when its conversation ended.
const CLOSE_CODE: u32 = 17;
/// Messages that the other side's host may send in [`PACE_WINDOW`]. There is one for each thing a person does and some for
/// each question of a plugin; whoever sends more wants to keep this side busy.
const PACE_MAX: u32 = 1_000;
const PACE_WINDOW: Duration = Duration::from_secs(10);
/// How long the last words are waited for before the link is closed.
const FAREWELL: Duration = Duration::from_secs(2);

/// What a link's task reports.
#[derive(Debug)]
pub(crate) enum LinkEvent {
    Message(PeerMessage),
    /// The other side broke the protocol or the link.
    Down {
        why: String,
    },
}

/// The session task's end of a conversation.
pub(crate) struct Conversation {
    outgoing: mpsc::Sender<PeerMessage>,
    pub link: Link,
    /// The other side's hello has come.
    pub greeted: bool,
}

impl Conversation {
    /// Takes a link to the participant `peer` into use. `number` comes back with each event, so that those of an older link can
    /// be told apart.
    pub(crate) fn start(
        side: Side,
        link: Link,
        (shared, peer): (Arc<Shared>, u32),
        number: u64,
        events: mpsc::Sender<(u64, LinkEvent)>,
    ) -> Self {
        let (outgoing, queue) = mpsc::channel(QUEUE_MAX);
        let own = link.clone();
        tokio::spawn(async move {
            let why = talk(side, &link, (&shared, peer), number, &events, queue).await;
            // A conversation that is over takes its link along, so that both sides make a new one.
            link.close(CLOSE_CODE, "the conversation is over");
            let _ = events.send((number, LinkEvent::Down { why })).await;
        });
        Self { outgoing, link: own, greeted: false }
    }

    pub(crate) fn say(&self, message: PeerMessage) {
        if self.outgoing.try_send(message).is_err() {
            tracing::warn!("a message to the other side was dropped: the link is stuck or gone");
        }
    }

    /// Says what is still queued, then closes the link.
    pub(crate) async fn end(self, code: u32, text: &str) {
        drop(self.outgoing);
        let _ = timeout(FAREWELL, self.link.closed()).await;
        self.link.close(code, text);
    }
}

async fn talk(
    side: Side,
    link: &Link,
    (shared, peer): (&Arc<Shared>, u32),
    number: u64,
    events: &mpsc::Sender<(u64, LinkEvent)>,
    queue: mpsc::Receiver<PeerMessage>,
) -> String {
    let opened = match side {
        Side::Customer => link.open(Class::Control, CONTROL_HEADER).await,
        Side::Rep => accept_control(link).await,
    };
    let (send, recv) = match opened {
        Ok(halves) => halves,
        Err(problem) => return problem.to_string(),
    };
    tokio::select! {
        why = say_all(send, queue, link) => why,
        why = hear_all(recv, number, events) => why,
        why = take_streams(link, shared, peer) => why,
        why = take_datagrams(link, shared, peer) => why,
        reason = link.closed() => reason.to_string(),
    }
}

/// The customer's control stream; what else comes before it is nothing that this side can use.
async fn accept_control(link: &Link) -> Result<(SendStream, RecvStream), TransportError> {
    loop {
        let incoming = link.accept().await?;
        if incoming.header == CONTROL_HEADER {
            return Ok((incoming.send, incoming.recv));
        }
    }
}

async fn say_all(mut send: SendStream, mut queue: mpsc::Receiver<PeerMessage>, link: &Link) -> String {
    while let Some(message) = queue.recv().await {
        let bytes = match frame(&message) {
            Ok(bytes) => bytes,
            Err(problem) => return problem.to_string(),
        };
        if let Err(problem) = send.write_all(&bytes).await {
            return problem.to_string();
        }
    }
    // The session is over here. The other side closes the link when it has heard the last message.
    let _ = send.finish();
    link.closed().await.to_string()
}

async fn hear_all(mut recv: RecvStream, number: u64, events: &mpsc::Sender<(u64, LinkEvent)>) -> String {
    let mut unframer = Unframer::default();
    let mut pace = Pace::new(PACE_MAX, PACE_WINDOW);
    loop {
        match recv.read_chunk().await {
            Ok(Some(chunk)) => {
                if let Err(problem) = unframer.push(&chunk) {
                    return problem.to_string();
                }
            }
            // The other side has said its last; it waits for this side to close.
            Ok(None) => return std::future::pending().await,
            Err(problem) => return problem.to_string(),
        }
        loop {
            match unframer.next_message() {
                Ok(Some(message)) => {
                    if !pace.takes(Instant::now()) {
                        return "the other side says more than anybody does".to_owned();
                    }
                    if events.send((number, LinkEvent::Message(message))).await.is_err() {
                        return "the session is over".to_owned();
                    }
                }
                Ok(None) => break,
                Err(problem) => return problem.to_string(),
            }
        }
    }
}

async fn take_streams(link: &Link, shared: &Arc<Shared>, peer: u32) -> String {
    // The other side may be quicker: its plugins' streams wait in the link until ours run.
    shared.until_joined(peer).await;
    loop {
        let incoming = match link.accept().await {
            Ok(incoming) => incoming,
            Err(problem) => return problem.to_string(),
        };
        match read_header(&incoming.header) {
            Some(header) => {
                shared.streams.accept(shared, peer, header, Halves { send: incoming.send, recv: incoming.recv })
            }
            None => tracing::warn!("a stream of the other side had no readable header and was refused"),
        }
    }
}

async fn take_datagrams(link: &Link, shared: &Arc<Shared>, peer: u32) -> String {
    shared.until_joined(peer).await;
    loop {
        match link.read_datagram().await {
            Ok(packet) => {
                if let Some((number, bytes)) = packet.split_first() {
                    let plugin = usize::from(*number);
                    if shared.may_talk(plugin, peer) {
                        shared.count_received(plugin, packet.len());
                        shared.try_tell(plugin, Event::Datagram { peer, bytes: bytes.to_vec() });
                    }
                }
            }
            Err(problem) => return problem.to_string(),
        }
    }
}
