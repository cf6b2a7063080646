//! Surfaces: pictures of the other side in windows of this one.
//!
//! The window (a [`SurfaceSink`]) owns the picture's memory; a thread per surface reads the stream, decodes into that
//! memory, shows what was damaged and acknowledges. A broken stream ends the picture, never the window.

use crate::clipboard::to_png;
use crate::shared::{Inner, Shared};
use crate::streams::Halves;
use crate::surface::{SinkError, SurfaceHost, SurfaceSink};
use crate::view::{SurfaceOptions, SurfaceView};
use lotse_drivers::Image;
use lotse_media::framing::{self, Kind};
use lotse_media::pacing::Receipts;
use lotse_media::{Cursor, CursorPosition, Decoder, Rect};
use lotse_runtime::{ErrorCode, Event, Role, Settings, Value, setting};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{mpsc, oneshot};

/// Surfaces of one session.
const SURFACES_MAX: usize = 16;
/// One plugin's part of them, so that none takes all.
const PLUGIN_SURFACES_MAX: usize = 4;
const _: () = assert!(PLUGIN_SURFACES_MAX * 4 <= SURFACES_MAX);

pub(crate) struct Pictures {
    host: Option<Arc<dyn SurfaceHost>>,
    entries: Mutex<BTreeMap<u64, Entry>>,
    /// The session's task was told that something changed, and has not looked yet.
    told: AtomicBool,
}

struct Entry {
    plugin: usize,
    view: SurfaceView,
    orders: mpsc::Sender<Order>,
    /// A snapshot is on its way: each is a copy of the whole picture.
    saving: Arc<AtomicBool>,
}

enum Order {
    /// With the participant whom the stream leads to.
    Present(oneshot::Receiver<Halves>, u32),
    Snapshot(String),
    Close,
}

impl Pictures {
    /// `host`: none in a program that shows no pictures.
    pub(crate) fn new(host: Option<Arc<dyn SurfaceHost>>) -> Self {
        Self { host, entries: Mutex::default(), told: AtomicBool::new(false) }
    }

    /// The session's task looks at the surfaces; what changes from here on is news again.
    pub(crate) fn looked(&self) {
        self.told.store(false, Ordering::Release);
    }

    /// However much changes, one message waits for the session's task.
    fn tell(&self, shared: &Shared) {
        if !self.told.swap(true, Ordering::AcqRel) && !shared.report(Inner::Surfaces) {
            self.looked();
        }
    }

    pub(crate) fn open(
        &self,
        shared: &Arc<Shared>,
        plugin: usize,
        plugin_id: &str,
        title: String,
        options: &Settings,
    ) -> Result<u64, ErrorCode> {
        let host = self.host.as_ref().ok_or(ErrorCode::Unsupported)?;
        {
            let entries = self.entries.lock();
            let own = entries.values().filter(|entry| entry.plugin == plugin).count();
            if entries.len() >= SURFACES_MAX || own >= PLUGIN_SURFACES_MAX {
                return Err(ErrorCode::Limit);
            }
        }
        let id = shared.new_id();
        let sink = host.open(id).ok_or(ErrorCode::Unsupported)?;
        let (orders, incoming) = mpsc::channel(8);
        let options = with_settings(
            SurfaceOptions {
                fit: true,
                full_screen: false,
                pass_system_keys: false,
                hotkeys: true,
                interactive: false,
            },
            options,
        );
        let options = as_role(shared.me.role, options);
        let (plugin_id, from) = (plugin_id.to_owned(), String::new());
        let view = SurfaceView { id, plugin: plugin_id, title, from, width: 0, height: 0, options };
        let saving = Arc::new(AtomicBool::new(false));
        self.entries.lock().insert(id, Entry { plugin, view, orders, saving: saving.clone() });
        let screen = Screen {
            id,
            plugin,
            shared: shared.clone(),
            sink,
            decoder: Decoder::new(),
            receipts: Receipts::default(),
            shown: 0,
            size: (0, 0),
            damage: Vec::new(),
            complete: false,
            key_asked: false,
            held: false,
            shape: None,
            visible: true,
            first_at: None,
            moved: false,
            saving,
            stream: None,
            board: None,
        };
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new()
            .name("lotse-picture".into())
            .spawn(move || runtime.block_on(screen.run(incoming)))
            .map_err(|_| ErrorCode::Limit)?;
        self.tell(shared);
        Ok(id)
    }

    pub(crate) fn present(
        &self,
        shared: &Shared,
        surface: u64,
        (from, halves): (u32, oneshot::Receiver<Halves>),
    ) -> Result<(), ErrorCode> {
        let whose = shared.peers().into_iter().find(|peer| peer.id == from).map(|peer| peer.name);
        if let Some(entry) = self.entries.lock().get_mut(&surface) {
            entry.view.from = whose.unwrap_or_default();
        }
        self.tell(shared);
        self.order(surface, Order::Present(halves, from))
    }

    pub(crate) fn set(&self, shared: &Shared, surface: u64, options: &Settings) {
        if let Some(entry) = self.entries.lock().get_mut(&surface) {
            entry.view.options = as_role(shared.me.role, with_settings(entry.view.options, options));
        }
        self.tell(shared);
    }

    pub(crate) fn snapshot(&self, surface: u64, to: &str) -> Result<(), ErrorCode> {
        match to {
            "file" | "clipboard" => {}
            _ => return Err(ErrorCode::Invalid),
        }
        let saving = self.entries.lock().get(&surface).map(|entry| entry.saving.clone()).ok_or(ErrorCode::Gone)?;
        if saving.swap(true, Ordering::AcqRel) {
            return Err(ErrorCode::Busy);
        }
        self.order(surface, Order::Snapshot(to.to_owned())).inspect_err(|_| saving.store(false, Ordering::Release))
    }

    pub(crate) fn close(&self, shared: &Shared, surface: u64) {
        if let Some(entry) = self.entries.lock().remove(&surface) {
            let _ = entry.orders.try_send(Order::Close);
        }
        self.tell(shared);
    }

    pub(crate) fn close_all(&self) {
        std::mem::take(&mut *self.entries.lock()).into_values().for_each(|entry| {
            let _ = entry.orders.try_send(Order::Close);
        });
    }

    pub(crate) fn plugin_of(&self, surface: u64) -> Option<usize> {
        self.entries.lock().get(&surface).map(|entry| entry.plugin)
    }

    fn title(&self, surface: u64) -> String {
        self.entries.lock().get(&surface).map(|entry| entry.view.title.clone()).unwrap_or_default()
    }

    pub(crate) fn views(&self) -> Vec<SurfaceView> {
        self.entries.lock().values().map(|entry| entry.view.clone()).collect()
    }

    fn resized(&self, shared: &Shared, surface: u64, width: u32, height: u32) {
        if let Some(entry) = self.entries.lock().get_mut(&surface) {
            (entry.view.width, entry.view.height) = (width, height);
        }
        self.tell(shared);
    }

    fn order(&self, surface: u64, order: Order) -> Result<(), ErrorCode> {
        let entries = self.entries.lock();
        let entry = entries.get(&surface).ok_or(ErrorCode::Gone)?;
        entry.orders.try_send(order).map_err(|_| ErrorCode::Busy)
    }
}

/// A customer looks at a rep's screen, and nothing of what they do there goes anywhere.
fn as_role(role: Role, options: SurfaceOptions) -> SurfaceOptions {
    match role {
        Role::Rep => options,
        Role::Customer => SurfaceOptions { pass_system_keys: false, hotkeys: false, interactive: false, ..options },
    }
}

fn with_settings(mut options: SurfaceOptions, settings: &Settings) -> SurfaceOptions {
    let flag = |name, old| match setting(settings, name) {
        Some(Value::Flag(on)) => *on,
        _ => old,
    };
    if let Some(Value::Text(scale)) = setting(settings, "scale") {
        options.fit = scale == "fit";
    }
    options.full_screen = flag("full-screen", options.full_screen);
    options.pass_system_keys = flag("pass-system-keys", options.pass_system_keys);
    options.hotkeys = flag("hotkeys", options.hotkeys);
    options.interactive = flag("interactive", options.interactive);
    options
}

/// One surface's thread.
struct Screen {
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
    shape: Option<Cursor>,
    visible: bool,
    /// Where the other side's pointer was when the picture began, and whether it has moved since.
    first_at: Option<(i32, i32)>,
    moved: bool,
    /// A snapshot is on its way.
    saving: Arc<AtomicBool>,
    /// The number of the stream that it shows, and whom it leads to.
    stream: Option<(u64, u32)>,
    /// The board that was made of it, and its size.
    board: Option<((u64, u32), (u32, u32))>,
}

impl Screen {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
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
                Kind::CursorShape => {
                    self.shape = Cursor::decode(&message.body).ok();
                    self.show_cursor();
                }
                Kind::CursorPosition => {
                    if let Ok(CursorPosition { x, y, visible }) = CursorPosition::decode(&message.body) {
                        if std::mem::replace(&mut self.visible, visible) != visible {
                            self.show_cursor();
                        }
                        self.pointer_at(x, y);
                    }
                }
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

    fn show_cursor(&mut self) {
        self.sink.cursor(self.shape.as_ref().filter(|_| self.visible));
    }

    /// A pointer that nobody has moved yet tells nothing, and would only lie on the picture.
    fn pointer_at(&mut self, x: i32, y: i32) {
        let first = *self.first_at.get_or_insert((x, y));
        self.moved |= first != (x, y);
        if self.moved {
            self.sink.cursor_at(x, y);
        }
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
        let image = if self.size == (0, 0) { None } else { Some(to_rgba(&picture)) };
        let (shared, plugin, surface, to) = (self.shared.clone(), self.plugin, self.id, to.to_owned());
        let saving = self.saving.clone();
        tokio::task::spawn_blocking(move || {
            let outcome = match image {
                Some(image) => save(&shared, &image, &to),
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

fn to_rgba(picture: &lotse_media::PictureMut<'_>) -> Image {
    let (width, height) = (picture.width, picture.height);
    let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
    for row in picture.pixels.chunks(picture.stride).take(height as usize) {
        rgba.extend(row.chunks_exact(4).take(width as usize).flat_map(|pixel| [pixel[2], pixel[1], pixel[0], 255]));
    }
    Image { width, height, rgba }
}

/// Where it went, for people.
fn save(shared: &Shared, image: &Image, to: &str) -> Result<String, ErrorCode> {
    let png = to_png(image).ok_or(ErrorCode::Invalid)?;
    if to == "clipboard" {
        shared.desk.clipboard()?.write_own("image", png)?;
        return Ok(String::new());
    }
    let folder = pictures_folder().ok_or(ErrorCode::Unsupported)?;
    let written = std::fs::create_dir_all(&folder).and_then(|()| write_new(&folder, &png));
    written.map(|place| place.display().to_string()).map_err(|problem| {
        tracing::warn!(%problem, folder = %folder.display(), "a screenshot could not be written");
        ErrorCode::Limit
    })
}

/// Never over another picture.
fn write_new(folder: &std::path::Path, png: &[u8]) -> std::io::Result<PathBuf> {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    for number in 0..1000 {
        let place = folder.join(format!("Lotse {seconds}-{number}.png"));
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&place) {
            Ok(mut file) => {
                let written = std::io::Write::write_all(&mut file, png);
                if written.is_err() {
                    let _ = std::fs::remove_file(&place);
                }
                return written.map(|()| place);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

/// Where snapshots go.
fn pictures_folder() -> Option<PathBuf> {
    Some(crate::transfers::user_folder("XDG_PICTURES_DIR", "Pictures")?.join("Lotse"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use lotse_media::PictureMut;

    struct Blank;

    impl SurfaceSink for Blank {
        fn resize(&mut self, _width: u32, _height: u32) -> Result<(), SinkError> {
            Ok(())
        }
        fn picture(&mut self) -> PictureMut<'_> {
            PictureMut { width: 0, height: 0, stride: 0, pixels: &mut [] }
        }
        fn present(&mut self, _damage: &[Rect]) -> Result<(), SinkError> {
            Ok(())
        }
        fn cursor(&mut self, _shape: Option<&Cursor>) {}
        fn cursor_at(&mut self, _x: i32, _y: i32) {}
    }

    struct Windows;

    impl SurfaceHost for Windows {
        fn open(&self, _surface: u64) -> Option<Box<dyn SurfaceSink>> {
            Some(Box::new(Blank))
        }
    }

    fn open(pictures: &Pictures, shared: &Arc<Shared>, plugin: usize) -> Result<u64, ErrorCode> {
        pictures.open(shared, plugin, "a.b", "Screen".to_owned(), &Vec::new())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_plugin_takes_all_surfaces_of_a_session() {
        let (shared, _reports) = Shared::bare(8);
        let pictures = Pictures::new(Some(Arc::new(Windows)));
        for plugin in 0..SURFACES_MAX / PLUGIN_SURFACES_MAX {
            for _ in 0..PLUGIN_SURFACES_MAX {
                open(&pictures, &shared, plugin).unwrap();
            }
            assert_eq!(open(&pictures, &shared, plugin), Err(ErrorCode::Limit), "its own part");
        }
        assert_eq!(open(&pictures, &shared, 7), Err(ErrorCode::Limit), "all of the session's");
        pictures.close_all();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn m1_a_customer_watches_and_no_plugin_makes_more_of_it() {
        let (shared, _reports) = Shared::bare(1);
        let pictures = Pictures::new(Some(Arc::new(Windows)));
        let wish = vec![("interactive".to_owned(), Value::Flag(true)), ("hotkeys".to_owned(), Value::Flag(true))];
        let id = pictures.open(&shared, 0, "a.b", "Screen".to_owned(), &wish).unwrap();
        pictures.set(&shared, id, &wish);
        let options = pictures.views()[0].options;
        assert!(!options.interactive && !options.hotkeys && !options.pass_system_keys);
        pictures.close_all();
    }

    /// Scar: each call copied the whole picture and left it to a thread, as many as a plugin liked.
    #[tokio::test(flavor = "multi_thread")]
    async fn one_snapshot_at_a_time() {
        let (shared, _reports) = Shared::bare(1);
        let pictures = Pictures::new(Some(Arc::new(Windows)));
        let id = open(&pictures, &shared, 0).unwrap();
        let saving = pictures.entries.lock().get(&id).map(|entry| entry.saving.clone()).unwrap();
        saving.store(true, Ordering::Release);
        assert_eq!(pictures.snapshot(id, "file"), Err(ErrorCode::Busy));
        saving.store(false, Ordering::Release);
        assert_eq!(pictures.snapshot(id, "nowhere"), Err(ErrorCode::Invalid));
        assert_eq!(pictures.snapshot(id + 1, "file"), Err(ErrorCode::Gone));
        pictures.snapshot(id, "file").unwrap();
        let done = async {
            while saving.load(Ordering::Acquire) {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), done).await.unwrap();
        pictures.snapshot(id, "file").unwrap();
        pictures.close_all();
    }
}
