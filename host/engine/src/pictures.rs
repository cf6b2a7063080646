//! Surfaces: pictures of the other side in windows of this one.
//!
//! The window (a [`SurfaceSink`](crate::surface::SurfaceSink)) owns the picture's memory; a thread per surface (`screen`) reads the
//! stream, decodes into that memory, shows what was damaged and acknowledges. A broken stream ends the picture, never the window.

mod options;
mod pointer;
mod screen;
mod snapshot;

use crate::shared::{Inner, Shared};
use crate::streams::Halves;
use crate::surface::SurfaceHost;
use crate::view::SurfaceView;
use lotse_runtime::{ErrorCode, Settings};
use parking_lot::Mutex;
use screen::Screen;
use std::collections::BTreeMap;
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
    /// The participant whose picture it shows, once there is one.
    from: Option<u32>,
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
        let options = options::opened(shared.me.role, options);
        let (plugin_id, from) = (plugin_id.to_owned(), String::new());
        let view = SurfaceView { id, plugin: plugin_id, title, from, silent: false, width: 0, height: 0, options };
        let saving = Arc::new(AtomicBool::new(false));
        self.entries.lock().insert(id, Entry { plugin, view, from: None, orders, saving: saving.clone() });
        let screen = Screen::new(id, plugin, shared.clone(), sink, saving);
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
            (entry.view.from, entry.from) = (whose.unwrap_or_default(), Some(from));
        }
        self.tell(shared);
        self.order(surface, Order::Present(halves, from))
    }

    pub(crate) fn set(&self, shared: &Shared, surface: u64, options: &Settings) {
        if let Some(entry) = self.entries.lock().get_mut(&surface) {
            entry.view.options = options::changed(entry.view.options, shared.me.role, options);
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

    /// `is_silent`: whether nothing is heard of a participant just now.
    pub(crate) fn views(&self, is_silent: impl Fn(u32) -> bool) -> Vec<SurfaceView> {
        let entries = self.entries.lock();
        let view = |entry: &Entry| SurfaceView { silent: entry.from.is_some_and(&is_silent), ..entry.view.clone() };
        entries.values().map(view).collect()
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

#[cfg(test)]
pub(crate) mod tests;
