//! What is wanted of each surface, written by any thread and carried out by the viewer's own. Newer wishes replace
//! older ones that were not looked at yet, so nothing can pile up.

use crate::canvas::Canvas;
use crate::config::{Holes, Place, SURFACES_MAX};
use crate::sys::wait::Waker;
use lotse_engine::drawing::{PenCursor, Strokes};
use lotse_engine::surface::Cursor;
use lotse_engine::view::SurfaceOptions;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What the other side's pointer looks like. `Some(None)`: hidden. `None`: nothing was said yet.
pub(crate) type Shape = Option<Option<Arc<Cursor>>>;

/// A surface as it is wanted.
#[derive(Clone, Default)]
pub(crate) struct Wish {
    /// Which opening by the engine this is; `None`: not open. A surface closed and opened again is a new one.
    pub opening: Option<u64>,
    /// There while it is open.
    pub canvas: Option<Arc<Mutex<Canvas>>>,
    pub place: Option<Place>,
    pub holes: Holes,
    pub edges: Holes,
    pub options: Option<SurfaceOptions>,
    pub offset: (i32, i32),
    pub picture: Option<(u32, u32)>,
    pub shape: Shape,
    /// Counts new shapes, which are dear to compare.
    pub shapes: u64,
    pub cursor_at: Option<(i32, i32)>,
    /// What is drawn over the picture.
    pub strokes: Strokes,
    /// Counts changes of it, which are dear to compare.
    pub inks: u64,
    /// The rep draws, with this pointer.
    pub pen: Option<PenCursor>,
    /// Counts calls for the keyboard.
    pub focus: u64,
}

/// Sets a field and tells whether that changed it.
pub(crate) fn set<T: PartialEq>(field: &mut T, value: T) -> bool {
    let changed = *field != value;
    *field = value;
    changed
}

/// All wishes.
pub(crate) struct Shared {
    /// With each wish, whether the viewer has yet to look at it.
    wishes: Mutex<BTreeMap<u64, (Wish, bool)>>,
    /// The surface that has the keyboard, as the viewer saw it last.
    keyboard: Mutex<Option<u64>>,
    openings: AtomicU64,
    waker: Waker,
    stop: AtomicBool,
}

impl Shared {
    pub(crate) fn new() -> std::io::Result<Self> {
        let (openings, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        Ok(Self { wishes: Mutex::default(), keyboard: Mutex::default(), openings, waker: Waker::new()?, stop })
    }

    pub(crate) fn waker(&self) -> &Waker {
        &self.waker
    }

    /// The program wishes something, of a surface that the engine may not have opened yet. `change` tells whether it
    /// changed anything.
    pub(crate) fn change(&self, surface: u64, change: impl FnOnce(&mut Wish) -> bool) {
        let mut wishes = self.wishes.lock();
        if wishes.len() >= SURFACES_MAX && !wishes.contains_key(&surface) {
            let closed = wishes.iter().find(|(_, (wish, _))| wish.opening.is_none()).map(|(surface, _)| *surface);
            let Some(closed) = closed else {
                tracing::warn!(surface, "too many surfaces; this one is not shown");
                return;
            };
            wishes.remove(&closed);
        }
        let (wish, fresh) = wishes.entry(surface).or_default();
        if change(wish) {
            *fresh = true;
            drop(wishes);
            self.waker.wake();
        }
    }

    /// The engine opens a surface. `None`: there are too many.
    pub(crate) fn open(&self, surface: u64, canvas: Option<Arc<Mutex<Canvas>>>) -> Option<u64> {
        let opening = self.openings.fetch_add(1, Ordering::Relaxed);
        let mut opened = None;
        self.change(surface, |wish| {
            opened = Some(opening);
            wish.opening = opened;
            wish.canvas = canvas;
            true
        });
        opened
    }

    /// The engine says something of what it opened. Without effect once that is closed.
    pub(crate) fn change_open(&self, surface: u64, opening: u64, change: impl FnOnce(&mut Wish) -> bool) {
        let mut wishes = self.wishes.lock();
        let Some((wish, fresh)) = wishes.get_mut(&surface).filter(|(wish, _)| wish.opening == Some(opening)) else {
            return;
        };
        if change(wish) {
            *fresh = true;
            drop(wishes);
            self.waker.wake();
        }
    }

    /// The engine says what is drawn over a surface that it opened.
    pub(crate) fn draw(&self, surface: u64, strokes: Strokes) {
        self.change_if_open(surface, |wish| {
            wish.strokes = strokes;
            wish.inks += 1;
            true
        });
    }

    /// The engine says whether the rep draws on a surface that it opened.
    pub(crate) fn grab(&self, surface: u64, pen: Option<PenCursor>) {
        self.change_if_open(surface, |wish| set(&mut wish.pen, pen));
    }

    fn change_if_open(&self, surface: u64, change: impl FnOnce(&mut Wish) -> bool) {
        let opening = self.wishes.lock().get(&surface).and_then(|(wish, _)| wish.opening);
        if let Some(opening) = opening {
            self.change_open(surface, opening, change);
        }
    }

    /// The surface is no more; nothing of it is remembered. With an opening given, only if it is that one.
    pub(crate) fn close(&self, surface: u64, opening: Option<u64>) {
        if let Some((wish, fresh)) = self.wishes.lock().get_mut(&surface)
            && (opening.is_none() || wish.opening == opening)
        {
            *wish = Wish::default();
            *fresh = true;
        }
        self.waker.wake();
    }

    pub(crate) fn get(&self, surface: u64) -> Option<Wish> {
        self.wishes.lock().get(&surface).map(|(wish, _)| wish.clone())
    }

    /// Wishes that changed since the last call. Closed ones are forgotten.
    pub(crate) fn take_changed(&self) -> Vec<(u64, Wish)> {
        let mut wishes = self.wishes.lock();
        let changed = wishes
            .iter_mut()
            .filter_map(|(surface, (wish, fresh))| std::mem::take(fresh).then(|| (*surface, wish.clone())))
            .collect();
        wishes.retain(|_, (wish, _)| wish.opening.is_some() || wish.place.is_some() || wish.options.is_some());
        changed
    }

    pub(crate) fn keyboard(&self) -> Option<u64> {
        *self.keyboard.lock()
    }

    pub(crate) fn set_keyboard(&self, surface: Option<u64>) {
        *self.keyboard.lock() = surface;
    }

    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.waker.wake();
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn open(shared: &Shared, surface: u64) -> Option<u64> {
        shared.open(surface, None)
    }

    #[test]
    fn the_newest_wish_wins() {
        let shared = Shared::new().unwrap();
        let opening = open(&shared, 1).unwrap();
        for step in 0..1000 {
            shared.change_open(1, opening, |wish| set(&mut wish.cursor_at, Some((step, 0))));
        }
        let changed = shared.take_changed();
        assert_eq!((changed.len(), changed[0].1.cursor_at), (1, Some((999, 0))));
        shared.change(1, |wish| set(&mut wish.offset, (0, 0)));
        assert!(shared.take_changed().is_empty());
    }

    #[test]
    fn surfaces_are_bounded_and_closed_ones_make_room() {
        let shared = Shared::new().unwrap();
        for surface in 0..1000 {
            shared.change(surface, |wish| set(&mut wish.place, Some(Place::default())));
        }
        assert_eq!(shared.take_changed().len(), SURFACES_MAX);
        let opened = (0..1000).filter(|surface| open(&shared, *surface).is_some()).count();
        assert_eq!(opened, SURFACES_MAX);
        shared.close(3, None);
        assert!(open(&shared, 2000).is_some());
    }

    #[test]
    fn an_old_opening_does_not_touch_a_new_one() {
        let shared = Shared::new().unwrap();
        let old = open(&shared, 1).unwrap();
        let new = open(&shared, 1).unwrap();
        shared.close(1, Some(old));
        assert_eq!(shared.get(1).unwrap().opening, Some(new));
        shared.close(1, Some(new));
        shared.take_changed();
        assert!(shared.get(1).is_none());
        shared.change_open(1, new, |wish| set(&mut wish.offset, (1, 1)));
        assert!(shared.get(1).is_none());
    }
}
