//! What is wanted of each overlay, written by any thread and carried out by the overlays' own. Newer wishes replace older ones
//! that were not looked at yet, so nothing can pile up.

use crate::wake::wake;
use lotse_engine::drawing::{OnOverlay, PenCursor, Strokes};
use lotse_ink::Rect;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use x11rb::protocol::xproto::Window;
use x11rb::rust_connection::RustConnection;

/// Overlays at once; nobody has more displays.
const OVERLAYS_MAX: usize = 32;

/// What is drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// In pixels of the whole desktop.
    Area(Rect),
    /// Wherever it is.
    Window(Window),
}

/// An overlay as it is wanted.
#[derive(Clone)]
pub(super) struct Wish {
    pub over: Over,
    pub strokes: Strokes,
    pub cursor: Option<PenCursor>,
    pub told: OnOverlay,
}

pub(super) struct Wishes {
    connection: Arc<RustConnection>,
    /// Where the thread is woken; 0 until it runs.
    mailbox: AtomicU32,
    next: AtomicU64,
    lost: AtomicBool,
    /// The thread was woken, and has not looked since.
    woken: AtomicBool,
    /// With each wish, whether the thread has yet to look at it.
    wishes: Mutex<BTreeMap<u64, (Wish, bool)>>,
}

impl Wishes {
    pub(super) fn new(connection: Arc<RustConnection>) -> Self {
        let (lost, woken) = (AtomicBool::new(false), AtomicBool::new(false));
        let (mailbox, next) = (AtomicU32::new(0), AtomicU64::new(1));
        Self { connection, mailbox, next, lost, woken, wishes: Mutex::default() }
    }

    /// The thread runs, and looks at all there is after this.
    pub(super) fn begin(&self, mailbox: Window) {
        self.mailbox.store(mailbox, Ordering::SeqCst);
    }

    /// Nothing can be drawn, or no more.
    pub(super) fn give_up(&self) {
        self.lost.store(true, Ordering::Release);
    }

    /// `None`: nothing can be drawn, or there are too many.
    pub(super) fn open(&self, over: Over, told: OnOverlay) -> Option<u64> {
        let nowhere = match over {
            Over::Area(area) => area.is_empty(),
            Over::Window(window) => window == x11rb::NONE,
        };
        let mut wishes = self.wishes.lock();
        if self.lost.load(Ordering::Acquire) || wishes.len() >= OVERLAYS_MAX || nowhere {
            return None;
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        wishes.insert(id, (Wish { over, strokes: Strokes::default(), cursor: None, told }, true));
        drop(wishes);
        self.wake();
        Some(id)
    }

    pub(super) fn change(&self, id: u64, change: impl FnOnce(&mut Wish)) {
        if let Some((wish, fresh)) = self.wishes.lock().get_mut(&id) {
            change(wish);
            *fresh = true;
        }
        self.wake();
    }

    pub(super) fn close(&self, id: u64) {
        self.wishes.lock().remove(&id);
        self.wake();
    }

    /// Every overlay there is; with a wish if it changed since the last call.
    pub(super) fn take(&self) -> BTreeMap<u64, Option<Wish>> {
        self.woken.store(false, Ordering::SeqCst);
        let mut wishes = self.wishes.lock();
        let changed = |(wish, fresh): &mut (Wish, bool)| std::mem::take(fresh).then(|| wish.clone());
        wishes.iter_mut().map(|(id, wish)| (*id, changed(wish))).collect()
    }

    fn wake(&self) {
        let again = self.woken.swap(true, Ordering::SeqCst);
        let mailbox = self.mailbox.load(Ordering::SeqCst);
        if mailbox != 0 && !again {
            // If the connection is broken, the thread has ended by that.
            let _ = wake(&self.connection, mailbox);
        }
    }
}
