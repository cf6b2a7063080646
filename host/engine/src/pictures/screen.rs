//! One surface's thread: it reads the stream, decodes into the window's memory, shows what is whole, and acknowledges.

use super::pointer::Pointer;
use super::{Order, snapshot};
use crate::shared::Shared;
use crate::streams::Halves;
use crate::surface::{SinkError, SurfaceSink};
use lotse_media::framing::{self, Kind};
use lotse_media::pacing::Receipts;
use lotse_media::{Decoder, Rect};
use lotse_runtime::{ErrorCode, Event};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;

/// What the thread has.
pub(super) struct Screen {
    id: u64,
    plugin: usize,
    shared: Arc<Shared>,
    sink: Box<dyn SurfaceSink>,
    decoder: Decoder,
    receipts: Receipts,
    /// Packets shown of the present stream.
    shown: u64,
    size: (u32, u32),
    damage: Vec<Rect>,
    /// A whole picture of this size was shown already; a new one replaces it at once when all of it is there.
    complete: bool,
    /// A whole picture was asked for and is not here yet.
    key_asked: bool,
    /// Something was decoded that is not shown yet.
    held: bool,
    pointer: Pointer,
    /// A snapshot is on its way.
    saving: Arc<AtomicBool>,
    /// The number of the stream that it shows, and whom it leads to.
    stream: Option<(u64, u32)>,
    /// The board that was made of it, and its size.
    board: Option<((u64, u32), (u32, u32))>,
}

impl Screen {
    pub(super) fn new(
        id: u64,
        plugin: usize,
        shared: Arc<Shared>,
        sink: Box<dyn SurfaceSink>,
        saving: Arc<AtomicBool>,
    ) -> Self {
        Self {
            id,
            plugin,
            shared,
            sink,
            decoder: Decoder::new(),
            receipts: Receipts::default(),
            shown: 0,
            size: (0, 0),
            damage: Vec::new(),
            complete: false,
            key_asked: false,
            held: false,
            pointer: Pointer::new(),
            saving,
            stream: None,
            board: None,
        }
    }

    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut halves: Option<Halves> = None;
        let mut reader = framing::Reader::new();
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(Order::Present(taken, from)) => {
                        halves = taken.await.ok();
                        self.end_board();
                        self.stream = halves.as_ref().map(|halves| (halves.send.number(), from));
                        reader = framing::Reader::new();
                        self.decoder = Decoder::new();
                        self.receipts = Receipts::default();
                        self.key_asked = false;
                        self.shown = 0;
                    }
                    Some(Order::Snapshot(to)) => self.snapshot(&to),
                    Some(Order::Close) | None => return self.end_board(),
                },
                more = read(&mut halves, &mut reader) => {
                    if let Err(problem) = more {
                        tracing::info!(problem, "the picture's stream has ended");
                        halves = None;
                        self.end_board();
                    } else if let Err(problem) = self.show(&mut reader, &mut halves).await {
                        tracing::warn!(problem, "the picture could not be shown");
                        halves = None;
                        self.end_board();
                    }
                }
            }
        }
    }

    /// Shows what is whole, and acknowledges.
    async fn show(&mut self, reader: &mut framing::Reader, halves: &mut Option<Halves>) -> Result<(), String> {
        while let Some(message) = reader.poll().map_err(|problem| problem.to_string())? {
            self.shared.count_received(self.plugin, message.body.len());
            let mut answer = Vec::new();
            match message.kind {
                Kind::Picture => self.picture(&message.body, &mut answer)?,
                Kind::CursorShape => self.pointer.on_shape(&message.body, &mut *self.sink),
                Kind::CursorPosition => self.pointer.on_position(&message.body, &mut *self.sink),
                Kind::Drawn => {
                    if let Ok(looks) = framing::decode_drawn(&message.body) {
                        self.sink.drawn(&looks);
                    }
                }
                Kind::Ack | Kind::KeyRequest => {}
            }
            if let (false, Some(halves)) = (answer.is_empty(), halves.as_mut()) {
                halves.send.write_all(&answer).await.map_err(|problem| problem.to_string())?;
            }
        }
        Ok(())
    }

    fn picture(&mut self, packet: &[u8], answer: &mut Vec<u8>) -> Result<(), String> {
        let frame = self.shown;
        self.shown += 1;
        let decoded = Decoder::size_of(packet).map_err(|problem| problem.to_string()).and_then(|size| {
            if size != self.size {
                self.sink.resize(size.0, size.1).map_err(|problem| problem.to_string())?;
                self.size = size;
                self.complete = false;
                self.shared.pictures.resized(&self.shared, self.id, size.0, size.1);
            }
            self.damage.clear();
            self.decoder
                .decode(packet, &mut self.sink.picture(), &mut self.damage)
                .map_err(|problem| problem.to_string())
        });
        match decoded {
            Ok(()) => {
                self.present().map_err(|problem| problem.to_string())?;
                self.begin_board();
            }
            // Whatever was under way behind it cannot be understood either; once is enough.
            Err(problem) if std::mem::replace(&mut self.key_asked, true) => {
                tracing::debug!(problem, "a picture was not understood, nor was one before it");
            }
            Err(problem) => {
                tracing::warn!(problem, "a picture was not understood; a whole one is asked for");
                framing::write(Kind::KeyRequest, &[], answer).map_err(|problem| problem.to_string())?;
            }
        }
        if self.receipts.is_due(packet.len()) {
            framing::encode_ack(frame, answer);
        }
        Ok(())
    }

    /// Shows what was decoded: piece by piece, but where a whole picture takes another's place not before all of it is here.
    fn present(&mut self) -> Result<(), SinkError> {
        self.key_asked = false;
        let whole = self.decoder.is_whole();
        if self.complete && !whole {
            self.held = true;
            return Ok(());
        }
        self.complete = whole;
        if std::mem::take(&mut self.held) {
            self.damage.clear();
            self.damage.push(Rect::new(0, 0, self.size.0, self.size.1));
        }
        self.sink.present(&self.damage)
    }

    /// What is shown here may be drawn on.
    fn begin_board(&mut self) {
        let board = self.stream.map(|stream| (stream, self.size));
        if board != self.board {
            self.board = board;
            if let Some(((stream, with), size)) = board {
                let title = self.shared.pictures.title(self.id);
                self.shared.boards.present(&self.shared, stream, (self.id, with), title, size);
            }
        }
    }

    fn end_board(&mut self) {
        self.stream = None;
        self.sink.drawn(&[]);
        if self.board.take().is_some() {
            self.shared.boards.end_surface(&self.shared, self.id);
        }
    }

    fn snapshot(&mut self, to: &str) {
        let picture = self.sink.picture();
        let image = if self.size == (0, 0) { None } else { Some(snapshot::to_rgba(&picture)) };
        let (shared, plugin, surface, to) = (self.shared.clone(), self.plugin, self.id, to.to_owned());
        let saving = self.saving.clone();
        tokio::task::spawn_blocking(move || {
            let outcome = match image {
                Some(image) => snapshot::save(&shared, &image, &to),
                None => Err(ErrorCode::Busy),
            };
            saving.store(false, Ordering::Release);
            shared.try_tell(plugin, Event::SurfaceSnapshot { surface, to, outcome });
        });
    }
}

/// Next bytes of the stream into the reader; never, while there is none.
async fn read(halves: &mut Option<Halves>, reader: &mut framing::Reader) -> Result<(), String> {
    let Some(halves) = halves else { return std::future::pending().await };
    match halves.recv.read_chunk().await {
        Ok(Some(chunk)) => {
            reader.feed(&chunk);
            Ok(())
        }
        Ok(None) => Err("finished".to_owned()),
        Err(problem) => Err(problem.to_string()),
    }
}
