//! Boards: pictures that are shared just now, on either side, and what plugins draw on them.
//!
//! A picture of this computer's own screen is a board from the moment its stream is there, one of the other side's when it is
//! shown in a window here; both go with their stream, their display, and while the session is paused. Layers over a board
//! that went are gone. Nothing here draws: strokes are handed to the window or overlay ([`crate::drawing`]) as one list.

use crate::drawing::{DrawingHost, Strokes};
use crate::pipeline::Mailbox;
use crate::shared::{Inner, Shared};
use crate::surface::SurfaceHost;
use crate::view::{BoardView, ShowSource};
use lotse_runtime::Event;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

mod board;
mod layer;
mod layers;

use board::{Board, Over, Place};
use layer::Layer;
pub(crate) use layer::stroke;

/// Layers over one board, and one plugin's part of them.
const LAYERS_MAX: usize = 4;
const PLUGIN_LAYERS_MAX: usize = 2;
const _: () = assert!(LAYERS_MAX * layer::STROKES_MAX <= lotse_media::framing::DRAWN_MAX);
/// Once the person has left, nobody takes the pointer again for so long: whoever presses Escape has it.
const LEFT_PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct Boards {
    drawing: Option<Arc<dyn DrawingHost>>,
    surfaces: Option<Arc<dyn SurfaceHost>>,
    state: Mutex<State>,
    /// The session's task was told that something changed, and has not looked yet.
    told: AtomicBool,
}

#[derive(Default)]
struct State {
    boards: BTreeMap<u64, Board>,
    paused: bool,
    /// A question is open on this side.
    prompting: bool,
}

/// A picture of this computer's own screen on its way.
pub(crate) struct Published {
    pub pipeline: u64,
    pub capture: u64,
    pub source: ShowSource,
    /// Whom it goes to.
    pub with: u32,
    pub mailbox: Arc<Mailbox>,
}

impl Boards {
    /// `paused`: the session begins so.
    pub(crate) fn new(
        drawing: Option<Arc<dyn DrawingHost>>,
        surfaces: Option<Arc<dyn SurfaceHost>>,
        paused: bool,
    ) -> Self {
        let state = Mutex::new(State { paused, ..State::default() });
        Self { drawing, surfaces, state, told: AtomicBool::new(false) }
    }

    /// The session's task looks at the boards; what changes from here on is news again.
    pub(crate) fn looked(&self) {
        self.told.store(false, Ordering::Release);
    }

    fn tell(&self, shared: &Shared) {
        if !self.told.swap(true, Ordering::AcqRel) && !shared.report(Inner::Boards) {
            self.looked();
        }
    }

    /// Plugins hear that boards changed, and so does the session's task.
    fn changed(&self, shared: &Shared) {
        shared.plugins().for_each(|plugin| shared.try_tell(plugin, Event::BoardsChanged));
        self.tell(shared);
    }

    /// A picture of this computer's own screen goes out on the stream `id`.
    pub(crate) fn publish(&self, shared: &Shared, id: u64, published: Published) {
        let Published { pipeline, capture, source, with, mailbox } = published;
        let (over, title, size) = match source {
            ShowSource::Display(display) => {
                let displays = shared.desk.displays().unwrap_or_default();
                let Some(display) = displays.into_iter().find(|of| of.id == display) else { return };
                let area = display.area;
                (Over::Display { id: display.id, area }, display.name, (area.width, area.height))
            }
            ShowSource::Window(window) => {
                let Some(shown) = shared.screens.chosen_as(capture) else { return };
                (Over::Window(window), shown.title, (shown.width, shown.height))
            }
        };
        let place = Place::Screen { pipeline, capture, over, mailbox, overlay: None };
        self.insert(id, title, size, (place, with));
        self.changed(shared);
    }

    /// A window of this program shows the picture that comes on the stream `id` from `with`, in this size.
    pub(crate) fn present(
        &self,
        shared: &Shared,
        id: u64,
        (surface, with): (u64, u32),
        title: String,
        size: (u32, u32),
    ) {
        if !self.resize(id, surface, size) {
            self.insert(id, title, size, (Place::Surface(surface), with));
        }
        self.changed(shared);
    }

    /// The picture of a window has this size from now on. Displays are looked at where they are.
    pub(crate) fn sized(&self, shared: &Shared, capture: u64, size: (u32, u32)) {
        let mut changed = false;
        {
            let mut state = self.state.lock();
            for board in state.boards.values_mut() {
                let Place::Screen { capture: of, over: Over::Window(_), .. } = board.place else { continue };
                if of == capture {
                    changed |= std::mem::replace(&mut board.size, size) != size;
                }
            }
        }
        if changed {
            self.changed(shared);
        }
    }

    /// False: that window shows no such picture yet.
    fn resize(&self, id: u64, surface: u64, size: (u32, u32)) -> bool {
        let mut state = self.state.lock();
        let board = state.boards.get_mut(&id).filter(|board| board.place.is_surface(surface));
        let known = board.is_some();
        if let Some(board) = board {
            board.size = size;
        }
        known
    }

    fn insert(&self, id: u64, title: String, size: (u32, u32), (place, with): (Place, u32)) {
        let board = Board { title, size, place, with, layers: BTreeMap::new(), left_at: None };
        let old = self.state.lock().boards.insert(id, board);
        if let Some(old) = old {
            self.clean(old);
        }
    }

    pub(crate) fn end_pipeline(&self, shared: &Shared, pipeline: u64) {
        self.end(shared, |of| matches!(of.place, Place::Screen { pipeline: id, .. } if id == pipeline));
    }

    pub(crate) fn end_capture(&self, shared: &Shared, capture: u64) {
        self.end(shared, |of| matches!(of.place, Place::Screen { capture: id, .. } if id == capture));
    }

    pub(crate) fn end_surface(&self, shared: &Shared, surface: u64) {
        self.end(shared, |of| of.place.is_surface(surface));
    }

    /// Every stream to this participant is gone.
    pub(crate) fn end_of(&self, shared: &Shared, who: u32) {
        self.end(shared, |of| of.with == who);
    }

    /// Every stream is gone.
    pub(crate) fn end_all(&self, shared: &Shared) {
        self.end(shared, |_| true);
    }

    fn end(&self, shared: &Shared, ends: impl Fn(&Board) -> bool) {
        let mut gone = Vec::new();
        {
            let mut state = self.state.lock();
            let ids: Vec<u64> = state.boards.iter().filter(|(_, board)| ends(board)).map(|(id, _)| *id).collect();
            gone.extend(ids.iter().filter_map(|id| state.boards.remove(id)));
        }
        if !gone.is_empty() {
            gone.into_iter().for_each(|board| self.clean(board));
            self.changed(shared);
        }
    }

    /// Nothing of a board that went is left to be seen. An overlay goes by being dropped.
    fn clean(&self, board: Board) {
        if let (Place::Surface(surface), Some(surfaces)) = (board.place, &self.surfaces) {
            surfaces.draw(surface, Strokes::default());
            surfaces.grab(surface, None);
        }
    }

    /// While the session is paused no picture is shared: layers are gone.
    pub(crate) fn pause(&self, shared: &Shared, on: bool) {
        {
            let mut state = self.state.lock();
            if std::mem::replace(&mut state.paused, on) == on {
                return;
            }
            for board in state.boards.values_mut() {
                board.layers.clear();
                self.refresh(board, false);
            }
        }
        self.changed(shared);
    }

    /// While a question is open nothing lies on this computer's screen that could hide or imitate it, and nobody but the
    /// person has the pointer.
    pub(crate) fn hold(&self, shared: &Shared, prompting: bool) {
        let mut left = Vec::new();
        {
            let mut state = self.state.lock();
            if std::mem::replace(&mut state.prompting, prompting) == prompting {
                return;
            }
            for (id, board) in &mut state.boards {
                if prompting {
                    left.extend(board.let_go().map(|plugin| (plugin, *id)));
                }
                self.refresh(board, prompting);
            }
        }
        left.into_iter().for_each(|(plugin, board)| shared.try_tell(plugin, Event::DrawingLeft(board)));
        self.tell(shared);
    }

    /// Displays came, went or changed their size or place.
    pub(crate) fn displays_changed(&self, shared: &Arc<Shared>) {
        let Ok(displays) = shared.desk.displays() else { return };
        {
            let mut state = self.state.lock();
            let prompting = state.prompting;
            for (id, board) in &mut state.boards {
                let Place::Screen { over: Over::Display { id: display, area }, overlay, .. } = &mut board.place else {
                    continue;
                };
                let now = displays.iter().find(|of| of.id == *display).map(|of| of.area);
                if let Some(now) = now.filter(|now| *now != *area) {
                    *area = now;
                    let covered = overlay.take().is_some();
                    board.size = (now.width, now.height);
                    if covered && self.cover(shared, *id, board).is_err() {
                        tracing::warn!("nothing can be drawn over this display any more");
                    }
                    self.refresh(board, prompting);
                }
            }
        }
        let gone = |of: &Board| match of.place {
            Place::Screen { over: Over::Display { id, .. }, .. } => !displays.iter().any(|of| of.id == id),
            Place::Screen { over: Over::Window(_), .. } | Place::Surface(_) => false,
        };
        self.end(shared, gone);
        self.changed(shared);
    }

    pub(crate) fn list(&self) -> Vec<lotse_runtime::Board> {
        let state = self.state.lock();
        let boards = state.boards.iter().filter(|_| !state.paused);
        boards
            .map(|(id, board)| lotse_runtime::Board {
                id: *id,
                here: board.place.is_here(),
                title: board.title.clone(),
                width: board.size.0,
                height: board.size.1,
            })
            .collect()
    }

    pub(crate) fn views(&self) -> Vec<BoardView> {
        let state = self.state.lock();
        let boards = state.boards.iter().filter(|_| !state.paused);
        boards
            .map(|(id, board)| BoardView {
                id: *id,
                here: board.place.is_here(),
                width: board.size.0,
                height: board.size.1,
                strokes: board.layers.values().map(Layer::len).sum(),
                drawing: board.owner().is_some(),
            })
            .collect()
    }
}

impl State {
    /// The board that a layer lies on.
    fn holder(&mut self, layer: u64) -> Option<&mut Board> {
        self.boards.values_mut().find(|board| board.layers.contains_key(&layer))
    }
}

#[cfg(test)]
#[path = "boards_tests.rs"]
mod tests;
