//! One control connection: a WebSocket, read and written side by side in one task, with pings and a watch for silence.

use crate::alive::Alive;
use crate::close;
use crate::conversation::{Conversation, Flow, Program, greet};
use crate::hub::{AddressKey, ConnectionId, Input};
use crate::pace::Pace;
use crate::places::Place;
use crate::registry::FetchAnswer;
use crate::shared::Shared;
use crate::switchboard::{Line, OUTGOING_MAX, Outgoing};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use lotse_protocol::control::{FromRelay, VERSION};
use lotse_protocol::wire::{self, FROM_RELAY_BYTES_MAX};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Plugins one connection may wait for at once.
const FETCHES_MAX: usize = 32;
/// A message that a slow line may take long over, in bytes: plugins. The rest fits into the system's buffers.
const LONG_BYTES: usize = 64 * 1024;
/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);
/// How often silence is looked for.
const WATCH_EVERY: Duration = Duration::from_secs(5);

/// Who is at the other end, as the listener knows it.
#[derive(Clone)]
pub struct Peer {
    pub address: AddressKey,
    pub ip: IpAddr,
    pub alive: Arc<Alive>,
    /// Counts the connection for as long as it lives.
    pub _place: Arc<Place>,
}

/// Why a connection ends from here.
struct Goodbye {
    code: u16,
    reason: String,
}

impl Goodbye {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// Serves a connection to its end.
pub async fn serve(mut socket: WebSocket, shared: Arc<Shared>, peer: Peer) {
    let mut ending = shared.ending.clone();
    let greeted = tokio::select! {
        greeted = tokio::time::timeout(shared.timing.hello, first(&mut socket)) => greeted.ok().flatten(),
        _ = ending.wait_for(|ending| *ending) => None,
    };
    let Some(bytes) = greeted else { return };
    let program = match greet(&bytes) {
        Ok(program) => program,
        Err(answer) => {
            // A program that does not even greet is answered once, if it listens.
            let _ = tokio::time::timeout(GOODBYE, answer_and_close(socket, &answer)).await;
            return;
        }
    };
    let connection = shared.next_connection();
    tracing::debug!(connection = connection.0, side = ?program.side, version = program.version, "connected");
    let goodbye = talk(&mut socket, &shared, &peer, connection, program).await;
    // The switchboard may be gone already, when the relay ends.
    let _ = shared.switchboard.tell(Input::Gone { connection }).await;
    if let Some(Goodbye { code, reason }) = goodbye {
        let frame = CloseFrame { code, reason: reason.into() };
        let _ = tokio::time::timeout(GOODBYE, socket.send(Message::Close(Some(frame)))).await;
    }
    tracing::debug!(connection = connection.0, "disconnected");
}

/// The first message, whatever kind of frame it came in.
async fn first(socket: &mut WebSocket) -> Option<Bytes> {
    loop {
        match socket.recv().await?.ok()? {
            Message::Binary(bytes) => return Some(bytes),
            Message::Text(text) => return Some(text.into()),
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Close(_) => return None,
        }
    }
}

async fn answer_and_close(mut socket: WebSocket, answer: &FromRelay) {
    if let Ok(bytes) = wire::encode(answer, FROM_RELAY_BYTES_MAX) {
        let frame = CloseFrame { code: close::PROTOCOL, reason: "no common protocol".into() };
        // Each may find the program gone, which is what is wanted.
        let _ = socket.send(Message::Binary(bytes.into())).await;
        let _ = socket.send(Message::Close(Some(frame))).await;
    }
}

/// Reads and writes until one side is done. Returns what to say to the program at the end.
async fn talk(
    socket: &mut WebSocket,
    shared: &Arc<Shared>,
    peer: &Peer,
    connection: ConnectionId,
    program: Program,
) -> Option<Goodbye> {
    let (queue, outgoing) = mpsc::channel(OUTGOING_MAX);
    let (alive, dropped) = oneshot::channel::<()>();
    let hello = FromRelay::Hello {
        version: VERSION,
        relay_version: env!("CARGO_PKG_VERSION").into(),
        developer: shared.developer,
        code_key: shared.code_key,
        audit: true,
    };
    // The queue is new and has room.
    let _ = queue.try_send(Outgoing::Message(hello));
    let line = Line { queue: queue.clone(), alive };
    shared.switchboard.connect(connection, program.side, peer.address, line).await.ok()?;
    let conversation = Conversation::new(shared.clone(), connection, peer.address, program.side, queue);
    let (sink, stream) = socket.split();
    let mut ending = shared.ending.clone();
    tokio::select! {
        goodbye = read(stream, conversation, &peer.alive, Pace::new(shared.clock.now_ms()), shared) => goodbye,
        goodbye = write(sink, outgoing, shared, &program, &peer.alive) => goodbye,
        () = watch(shared.timing.dead, &peer.alive) => None,
        // Dropped for being stuck: there is no room for a goodbye either.
        _ = dropped => None,
        _ = ending.wait_for(|ending| *ending) => Some(Goodbye::new(close::RESTART, "the relay is restarting")),
    }
}

async fn read(
    mut stream: SplitStream<&mut WebSocket>,
    mut conversation: Conversation,
    alive: &Arc<Alive>,
    mut pace: Pace,
    shared: &Shared,
) -> Option<Goodbye> {
    loop {
        match stream.next().await {
            Some(Ok(Message::Binary(bytes))) => {
                let busy = alive.busy();
                let wait = pace.wait_ms(shared.clock.now_ms());
                if wait > 0 {
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                }
                let flow = conversation.handle(&bytes).await;
                drop(busy);
                if let Flow::Close(reason) = flow {
                    // Behind what was answered before; the writer ends the connection.
                    conversation.close(reason).await;
                    return std::future::pending().await;
                }
            }
            Some(Ok(Message::Text(_))) => return Some(Goodbye::new(close::PROTOCOL, "messages are binary")),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_))) | None => return None,
            Some(Err(_)) => return Some(Goodbye::new(close::PROTOCOL, "a frame was malformed or over the limit")),
        }
    }
}

async fn write(
    mut sink: SplitSink<&mut WebSocket, Message>,
    mut outgoing: mpsc::Receiver<Outgoing>,
    shared: &Shared,
    program: &Program,
    alive: &Arc<Alive>,
) -> Option<Goodbye> {
    let mut fetches = FuturesUnordered::new();
    let mut pings = tokio::time::interval(shared.timing.ping);
    pings.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            next = outgoing.recv() => match next? {
                Outgoing::Message(message) => encoded(&message)?,
                Outgoing::Plugin(digest) if fetches.len() < FETCHES_MAX => {
                    fetches.push(shared.registry.answer(digest, &program.engine, &program.version));
                    continue;
                }
                Outgoing::Plugin(digest) => encoded(&FromRelay::PluginMissing { digest, reason: "Too many plugins at once; ask again.".into() })?,
                Outgoing::Close { code, reason } => return Some(Goodbye::new(code, reason)),
            },
            Some(answer) = fetches.next() => match answer {
                FetchAnswer::Encoded(bytes) => Message::Binary(bytes),
                FetchAnswer::Missing(message) => encoded(&message)?,
            },
            _ = pings.tick() => Message::Ping(Bytes::new()),
        };
        let _sending = matches!(&message, Message::Binary(bytes) if bytes.len() >= LONG_BYTES).then(|| alive.sending());
        sink.send(message).await.ok()?;
    }
}

/// What is said is far under the limit, except plugins, which come encoded; an error here ends the connection.
fn encoded(message: &FromRelay) -> Option<Message> {
    wire::encode(message, FROM_RELAY_BYTES_MAX).ok().map(|bytes| Message::Binary(bytes.into()))
}

/// Ends when there was no sign of life for too long.
async fn watch(dead: Duration, alive: &Alive) {
    let dead_ms = u64::try_from(dead.as_millis()).unwrap_or(u64::MAX);
    let mut looks = tokio::time::interval(WATCH_EVERY.min(dead / 4));
    while alive.silent_ms() < dead_ms {
        looks.tick().await;
    }
}
