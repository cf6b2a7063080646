//! A session's plugin streams: ids for plugins on one side, QUIC streams on the other.
//!
//! What a plugin writes goes into a bounded buffer and on from there by a task of the stream's own; what arrives is
//! handed to the plugin with backpressure, so a slow plugin slows its peer and nobody else. A stream can be taken over by
//! the host (a picture's pipeline): what the plugin wrote goes first, then both halves belong to the taker, with all that
//! has not been read. What a plugin finished and let go of still arrives.

use crate::shared::Shared;
use bytes::Bytes;
use lotse_protocol::peer::{HEADER_BYTES_MAX, StreamHeader};
use lotse_protocol::wire;
use lotse_runtime::{Class, ErrorCode, Event};
use lotse_transport::{RecvStream, SendStream, StreamError};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use tokio::sync::{Notify, oneshot};

/// Bytes a plugin may have waiting in one stream.
const BUFFER_BYTES_MAX: usize = 256 * 1024;
/// A plugin that could not write hears `writable` when this much is free again.
const WRITABLE_BYTES: usize = BUFFER_BYTES_MAX / 2;
/// Largest piece given to the link at once.
const PIECE_BYTES_MAX: usize = 64 * 1024;
/// Streams one session may have, both sides together.
const STREAMS_MAX: usize = 512;
/// One plugin's part of them, so that none takes all: what its handles allow on both sides.
const PLUGIN_STREAMS_MAX: usize = 128;
const _: () = assert!(PLUGIN_STREAMS_MAX * 4 <= STREAMS_MAX);
/// Application error code of a stream that was given up.
const RESET_CODE: u32 = 1;

/// Both halves of a stream, for the host's own use.
pub(crate) struct Halves {
    pub send: SendStream,
    pub recv: RecvStream,
}

#[derive(Default)]
pub(crate) struct Streams {
    next: AtomicU64,
    entries: Mutex<HashMap<u64, Arc<Entry>>>,
}

struct Entry {
    plugin: usize,
    /// Who is at its other end.
    peer: u32,
    outgoing: Mutex<Outgoing>,
    /// Wakes the stream's task: something to write, to finish, to give up or to hand over.
    wake: Notify,
}

#[derive(Default)]
struct Outgoing {
    buffer: VecDeque<u8>,
    finish: bool,
    reset: bool,
    /// The plugin let go of a stream that it had finished: what it wrote arrives, and nobody reads what comes.
    let_go: bool,
    /// A write was cut short; the plugin waits for room.
    starved: bool,
    taker: Option<oneshot::Sender<Halves>>,
}

impl Outgoing {
    /// Something that ends the stream's task although nothing more is written.
    fn wants_an_end(&self) -> bool {
        self.reset || self.let_go || self.taker.is_some()
    }
}

impl Streams {
    /// Opens a stream to the other half of `plugin` at that participant's.
    pub(crate) fn open(
        &self,
        shared: &Arc<Shared>,
        (plugin, to): (usize, u32),
        label: String,
        class: Class,
    ) -> Result<u64, ErrorCode> {
        let link = shared.link_of(to).ok_or(ErrorCode::Gone)?;
        let number = u8::try_from(plugin).map_err(|_| ErrorCode::Invalid)?;
        let header = StreamHeader { plugin: number, label };
        let header = wire::encode(&header, HEADER_BYTES_MAX).map_err(|_| ErrorCode::Invalid)?;
        let (id, entry) = self.insert_with(plugin, to)?;
        let shared = shared.clone();
        tokio::spawn(async move {
            match link.open(transport_class(class), &header).await {
                Ok((send, recv)) => carry(&shared, id, &entry, Halves { send, recv }).await,
                Err(_) => shared.streams.closed(&shared, id, false).await,
            }
        });
        Ok(id)
    }

    /// Takes in a stream that this participant opened; its header has been read.
    pub(crate) fn accept(&self, shared: &Arc<Shared>, peer: u32, header: StreamHeader, mut halves: Halves) {
        let plugin = usize::from(header.plugin);
        if !shared.may_talk(plugin, peer) {
            halves.send.reset(RESET_CODE);
            halves.recv.stop(RESET_CODE);
            return;
        }
        let Ok((id, entry)) = self.insert_with(plugin, peer) else { return };
        let shared = shared.clone();
        tokio::spawn(async move {
            let (heard, returned) = oneshot::channel();
            let event = Event::StreamOpened { peer, label: header.label, stream: id, heard: Some(heard) };
            if shared.tell(plugin, event).await {
                // Until its handler has returned the plugin may give the stream to the host, with every byte in it.
                let _ = returned.await;
                carry(&shared, id, &entry, halves).await;
            } else {
                shared.streams.forget(id);
            }
        });
    }

    pub(crate) fn write(&self, id: u64, data: &[u8]) -> Result<u32, ErrorCode> {
        let entry = self.get(id)?;
        let mut outgoing = entry.outgoing.lock();
        if outgoing.finish || outgoing.reset || outgoing.taker.is_some() {
            return Err(ErrorCode::Gone);
        }
        let taken = data.len().min(BUFFER_BYTES_MAX.saturating_sub(outgoing.buffer.len()));
        outgoing.buffer.extend(data.iter().take(taken));
        outgoing.starved |= taken < data.len();
        drop(outgoing);
        entry.wake.notify_one();
        Ok(taken as u32)
    }

    pub(crate) fn finish(&self, id: u64) {
        self.order(id, |outgoing| outgoing.finish = true);
    }

    pub(crate) fn reset(&self, id: u64) {
        self.order(id, |outgoing| outgoing.reset = true);
    }

    /// The plugin holds the stream no longer. What it finished still arrives; what it did not is given up.
    pub(crate) fn let_go(&self, id: u64) {
        self.order(id, |outgoing| if outgoing.finish { outgoing.let_go = true } else { outgoing.reset = true });
    }

    /// Hands the stream to the host. Nothing of it reaches the plugin any more.
    pub(crate) fn take(&self, id: u64) -> Result<oneshot::Receiver<Halves>, ErrorCode> {
        let (sender, receiver) = oneshot::channel();
        let entry = self.get(id)?;
        {
            let mut outgoing = entry.outgoing.lock();
            if outgoing.finish || outgoing.reset || outgoing.taker.is_some() {
                return Err(ErrorCode::Gone);
            }
            outgoing.taker = Some(sender);
        }
        entry.wake.notify_one();
        Ok(receiver)
    }

    /// Ends every stream to this participant: the link is gone. Plugins hear of each.
    pub(crate) fn reset_of(&self, peer: u32) {
        let of = |(id, entry): (&u64, &Arc<Entry>)| (entry.peer == peer).then_some(*id);
        let ids: Vec<u64> = self.entries.lock().iter().filter_map(of).collect();
        ids.into_iter().for_each(|id| self.reset(id));
    }

    /// Who is at a stream's other end.
    pub(crate) fn peer_of(&self, id: u64) -> Option<u32> {
        self.entries.lock().get(&id).map(|entry| entry.peer)
    }

    fn order(&self, id: u64, what: impl FnOnce(&mut Outgoing)) {
        if let Ok(entry) = self.get(id) {
            what(&mut entry.outgoing.lock());
            entry.wake.notify_one();
        }
    }

    fn get(&self, id: u64) -> Result<Arc<Entry>, ErrorCode> {
        self.entries.lock().get(&id).cloned().ok_or(ErrorCode::Gone)
    }

    fn insert_with(&self, plugin: usize, peer: u32) -> Result<(u64, Arc<Entry>), ErrorCode> {
        let mut entries = self.entries.lock();
        let own = entries.values().filter(|entry| entry.plugin == plugin).count();
        if entries.len() >= STREAMS_MAX || own >= PLUGIN_STREAMS_MAX {
            return Err(ErrorCode::Limit);
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let entry = Arc::new(Entry { plugin, peer, outgoing: Mutex::default(), wake: Notify::new() });
        entries.insert(id, entry.clone());
        Ok((id, entry))
    }

    fn forget(&self, id: u64) -> Option<Arc<Entry>> {
        self.entries.lock().remove(&id)
    }

    async fn closed(&self, shared: &Shared, id: u64, complete: bool) {
        if let Some(entry) = self.forget(id) {
            shared.tell(entry.plugin, Event::StreamClosed { stream: id, complete }).await;
        }
    }
}

#[cfg(test)]
impl Streams {
    /// To whoever leads, as it is in a session of two.
    fn insert(&self, plugin: usize) -> Result<(u64, Arc<Entry>), ErrorCode> {
        self.insert_with(plugin, crate::shared::REP)
    }

    /// The id of one that nothing is carried on.
    pub(crate) fn insert_for(&self, plugin: usize, peer: u32) -> u64 {
        self.insert_with(plugin, peer).map_or(0, |(id, _)| id)
    }

    pub(crate) fn drop_it(&self, id: u64) {
        self.entries.lock().remove(&id);
    }
}

/// What the other side says a stream of its is for.
pub(crate) fn read_header(header: &[u8]) -> Option<StreamHeader> {
    wire::decode(header, HEADER_BYTES_MAX).ok()
}

/// How a stream's own task ended.
enum Outcome {
    /// `complete`: the other side finished, and everything is in.
    Closed {
        complete: bool,
    },
    /// Everything that was written is on its way, and the plugin wants nothing more of it.
    LetGo,
    Taken(oneshot::Sender<Halves>),
}

async fn carry(shared: &Arc<Shared>, id: u64, entry: &Entry, mut halves: Halves) {
    let outcome = {
        let writing = write_out(shared, id, entry, &mut halves.send);
        let reading = read_in(shared, id, entry, &mut halves.recv);
        tokio::pin!(writing, reading);
        let mut read_complete = None;
        let mut written = false;
        loop {
            tokio::select! {
                // First whatever the plugin wants: a stream that it gave away is read by its taker alone.
                biased;
                ended = &mut writing, if !written => match ended {
                    Written::All => written = true,
                    Written::GivenUp => break Outcome::Closed { complete: false },
                    Written::Taken(taker) => break Outcome::Taken(taker),
                },
                () = until(entry, Outgoing::wants_an_end), if written => {
                    let mut outgoing = entry.outgoing.lock();
                    break match outgoing.taker.take() {
                        Some(taker) => Outcome::Taken(taker),
                        None if outgoing.reset => Outcome::Closed { complete: false },
                        None => Outcome::LetGo,
                    };
                }
                complete = &mut reading, if read_complete.is_none() => read_complete = Some(complete),
            }
            match read_complete {
                Some(false) => break Outcome::Closed { complete: false },
                Some(true) if written => break Outcome::Closed { complete: true },
                _ => {}
            }
        }
    };
    match outcome {
        Outcome::Closed { complete } => {
            if !complete {
                halves.send.reset(RESET_CODE);
                halves.recv.stop(RESET_CODE);
            }
            shared.streams.closed(shared, id, complete).await;
        }
        Outcome::LetGo => {
            halves.recv.stop(RESET_CODE);
            shared.streams.closed(shared, id, false).await;
        }
        Outcome::Taken(taker) => {
            shared.streams.forget(id);
            let _ = taker.send(halves);
        }
    }
}

/// How writing ended.
enum Written {
    /// The plugin has finished, or the other side wants no more; reading may go on.
    All,
    GivenUp,
    Taken(oneshot::Sender<Halves>),
}

/// Writes what the plugin left.
async fn write_out(shared: &Arc<Shared>, id: u64, entry: &Entry, send: &mut SendStream) -> Written {
    loop {
        let (piece, room_again) = {
            let mut outgoing = entry.outgoing.lock();
            if outgoing.reset {
                return Written::GivenUp;
            }
            let length = outgoing.buffer.len().min(PIECE_BYTES_MAX);
            let piece: Vec<u8> = outgoing.buffer.drain(..length).collect();
            let room_again = outgoing.starved && BUFFER_BYTES_MAX - outgoing.buffer.len() >= WRITABLE_BYTES;
            outgoing.starved &= !room_again;
            if piece.is_empty() {
                if let Some(taker) = outgoing.taker.take() {
                    return Written::Taken(taker);
                }
                if outgoing.finish {
                    let _ = send.finish();
                    return Written::All;
                }
            }
            (piece, room_again)
        };
        if room_again {
            shared.tell(entry.plugin, Event::StreamWritable(id)).await;
        }
        if piece.is_empty() {
            tokio::select! {
                () = entry.wake.notified() => {}
                // The other side let go of what it had finished: what it wrote is still to be read.
                _ = send.stopped() => return Written::All,
            }
        } else {
            shared.count_sent(entry.plugin, piece.len());
            tokio::select! {
                written = send.write_all(&piece) => if written.is_err() {
                    // The link is gone, which reading says as well, or the other side wants no more.
                    return Written::All;
                },
                () = until(entry, |outgoing| outgoing.reset) => return Written::GivenUp,
            }
        }
    }
}

/// Waits for what the plugin says of the stream, also while the other side does not read.
async fn until(entry: &Entry, said: impl Fn(&Outgoing) -> bool) {
    while !said(&entry.outgoing.lock()) {
        entry.wake.notified().await;
    }
}

/// Hands what arrives to the plugin. `true`: the other side finished and everything is in.
async fn read_in(shared: &Arc<Shared>, id: u64, entry: &Entry, recv: &mut RecvStream) -> bool {
    loop {
        match read_for_plugin(entry, recv).await {
            Ok(Some(chunk)) => {
                shared.count_received(entry.plugin, chunk.len());
                if !shared.tell(entry.plugin, Event::StreamData { stream: id, bytes: chunk.to_vec() }).await {
                    return false;
                }
            }
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// Reads, but not a byte once the host has taken the stream: it would be missing there, and the plugin holds it no
/// longer. That ends with the stream's own task.
async fn read_for_plugin(entry: &Entry, recv: &mut RecvStream) -> Result<Option<Bytes>, StreamError> {
    let mut reading = pin!(recv.read_chunk());
    poll_fn(|context| {
        let taken = entry.outgoing.lock().taker.is_some();
        if taken { Poll::Pending } else { reading.as_mut().poll(context) }
    })
    .await
}

fn transport_class(class: Class) -> lotse_transport::Class {
    match class {
        Class::Control => lotse_transport::Class::Control,
        Class::Interactive => lotse_transport::Class::Interactive,
        Class::Screen => lotse_transport::Class::Screen,
        Class::Bulk => lotse_transport::Class::Bulk,
    }
}

#[cfg(test)]
pub(crate) mod tests;
