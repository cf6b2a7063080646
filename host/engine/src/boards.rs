//! Boards: pictures that are shared just now, on either side, and what plugins draw on them.
//!
//! A picture of this computer's own screen is a board from the moment its stream is there, one of the other side's when it is
//! shown in a window here; both go with their stream, their display, and while the session is paused. Layers over a board
//! that went are gone. Nothing here draws: strokes are handed to the window or overlay ([`crate::drawing`]) as one list.

use crate::drawing::{DrawingHost, Laid, Overlay, OverlayEvent, PenCursor, Strokes};
use crate::pipeline::Mailbox;
use crate::shared::{Inner, Shared};
use crate::surface::SurfaceHost;
use crate::view::{BoardView, ShowSource};
use lotse_ink::Stroke;
use lotse_runtime::{ErrorCode, Event, Rect};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

mod layer;

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

struct Board {
    title: String,
    size: (u32, u32),
    place: Place,
    /// The participant at the other end.
    with: u32,
    layers: BTreeMap<u64, Layer>,
    left_at: Option<Instant>,
}

/// Where a board is seen.
enum Place {
    /// On this computer's own screen.
    Screen {
        pipeline: u64,
        capture: u64,
        over: Over,
        mailbox: Arc<Mailbox>,
        /// There while there are layers.
        overlay: Option<Box<dyn Overlay>>,
    },
    /// In a window of this program.
    Surface(u64),
}

/// What of this computer's screen a picture is of.
#[derive(Debug, Clone, Copy)]
enum Over {
    Display { id: u32, area: Rect },
    Window(u64),
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

    pub(crate) fn open(&self, shared: &Arc<Shared>, plugin: usize, board: u64) -> Result<u64, ErrorCode> {
        let id = shared.new_id();
        let mut state = self.state.lock();
        if state.paused {
            return Err(ErrorCode::Gone);
        }
        let board_id = board;
        let board = state.boards.get_mut(&board).ok_or(ErrorCode::Gone)?;
        let own = board.layers.values().filter(|layer| layer.plugin == plugin).count();
        if board.layers.len() >= LAYERS_MAX || own >= PLUGIN_LAYERS_MAX {
            return Err(ErrorCode::Limit);
        }
        self.cover(shared, board_id, board)?;
        board.layers.insert(id, Layer::new(plugin));
        Ok(id)
    }

    /// Makes the overlay over a board of this screen, if there is none.
    fn cover(&self, shared: &Arc<Shared>, id: u64, board: &mut Board) -> Result<(), ErrorCode> {
        let Place::Screen { over, mailbox, overlay, .. } = &mut board.place else { return Ok(()) };
        if overlay.is_none() {
            let host = self.drawing.as_ref().ok_or(ErrorCode::Unsupported)?;
            let (shared, mailbox, over) = (Arc::downgrade(shared), mailbox.clone(), *over);
            let told = Arc::new(move |event: OverlayEvent| match (event, over) {
                (OverlayEvent::Shown(looks), Over::Display { .. }) => mailbox.drawn(looks),
                // A window's own picture never contains what lies over it.
                (OverlayEvent::Shown(_), Over::Window(_)) => {}
                (OverlayEvent::Pen(input), Over::Display { .. } | Over::Window(_)) => {
                    if let Some(shared) = shared.upgrade() {
                        shared.report(Inner::Pen { board: id, input });
                    }
                }
            });
            *overlay = match over {
                Over::Display { area, .. } => host.open(area.x, area.y, area.width, area.height, told),
                Over::Window(window) => host.open_window(window, told),
            };
        }
        if overlay.is_some() { Ok(()) } else { Err(ErrorCode::Unsupported) }
    }

    /// All of the strokes, or none.
    pub(crate) fn put(&self, shared: &Shared, layer: u64, strokes: Vec<Stroke>) -> Result<(), ErrorCode> {
        self.act(shared, layer, |layer| layer.put(strokes))
    }

    pub(crate) fn remove(&self, shared: &Shared, layer: u64, ids: &[u64]) {
        let _ = self.act(shared, layer, |layer| {
            layer.remove(ids);
            Ok(())
        });
    }

    pub(crate) fn clear(&self, shared: &Shared, layer: u64) {
        let _ = self.act(shared, layer, |layer| {
            layer.clear();
            Ok(())
        });
    }

    /// Does something to a layer, and shows it.
    fn act(
        &self,
        shared: &Shared,
        layer: u64,
        act: impl FnOnce(&mut Layer) -> Result<(), ErrorCode>,
    ) -> Result<(), ErrorCode> {
        let (before, after) = {
            let mut state = self.state.lock();
            let prompting = state.prompting;
            let board = state.holder(layer).ok_or(ErrorCode::Gone)?;
            let of = board.layers.get_mut(&layer).ok_or(ErrorCode::Gone)?;
            let before = of.len();
            act(of)?;
            let after = of.len();
            self.refresh(board, prompting);
            (before, after)
        };
        // A pen on its way is no news: it is the same stroke.
        if before != after {
            self.tell(shared);
        }
        Ok(())
    }

    pub(crate) fn grab(
        &self,
        shared: &Shared,
        layer: u64,
        cursor: Option<PenCursor>,
        now: Instant,
    ) -> Result<(), ErrorCode> {
        {
            let mut state = self.state.lock();
            let prompting = state.prompting;
            let board = state.holder(layer).ok_or(ErrorCode::Gone)?;
            if cursor.is_some() {
                let left = board.left_at.is_some_and(|at| now.saturating_duration_since(at) < LEFT_PAUSE);
                let others = board.layers.iter().any(|(id, of)| *id != layer && of.grab.is_some());
                if left || others || prompting {
                    return Err(ErrorCode::Busy);
                }
            }
            if let Some(of) = board.layers.get_mut(&layer) {
                of.grab = cursor;
            }
            self.refresh(board, prompting);
        }
        self.tell(shared);
        Ok(())
    }

    pub(crate) fn close(&self, shared: &Shared, layer: u64) {
        {
            let mut state = self.state.lock();
            let prompting = state.prompting;
            let Some(board) = state.holder(layer) else { return };
            board.layers.remove(&layer);
            self.refresh(board, prompting);
        }
        self.tell(shared);
    }

    /// The plugin that has the pointer over a board.
    pub(crate) fn owner(&self, board: u64) -> Option<usize> {
        self.state.lock().boards.get(&board)?.owner()
    }

    /// The board that a window shows.
    pub(crate) fn of_surface(&self, surface: u64) -> Option<u64> {
        let state = self.state.lock();
        state.boards.iter().find(|(_, board)| board.place.is_surface(surface)).map(|(id, _)| *id)
    }

    /// The person gave the pointer back; the plugin that had it.
    pub(crate) fn left(&self, shared: &Shared, board: u64, now: Instant) -> Option<usize> {
        let plugin = {
            let mut state = self.state.lock();
            let prompting = state.prompting;
            let board = state.boards.get_mut(&board)?;
            let plugin = board.let_go()?;
            board.left_at = Some(now);
            self.refresh(board, prompting);
            plugin
        };
        self.tell(shared);
        Some(plugin)
    }

    /// Windows and overlays get what a board's layers make together.
    fn refresh(&self, board: &mut Board, prompting: bool) {
        let grab = board.layers.values().find_map(|layer| layer.grab);
        match &mut board.place {
            Place::Screen { overlay, .. } if board.layers.is_empty() => *overlay = None,
            Place::Screen { overlay, .. } => {
                if let Some(overlay) = overlay {
                    overlay.show(if prompting { Strokes::default() } else { laid(&board.layers) });
                    overlay.grab(grab.filter(|_| !prompting));
                }
            }
            Place::Surface(surface) => {
                if let Some(surfaces) = &self.surfaces {
                    surfaces.draw(*surface, laid(&board.layers));
                    surfaces.grab(*surface, grab);
                }
            }
        }
    }
}

fn laid(layers: &BTreeMap<u64, Layer>) -> Strokes {
    let of = |(layer, of): (&u64, &Layer)| {
        let layer = *layer;
        of.strokes().map(move |stroke| Laid { layer, stroke: stroke.clone() }).collect::<Vec<Laid>>()
    };
    layers.iter().flat_map(of).collect()
}

impl State {
    /// The board that a layer lies on.
    fn holder(&mut self, layer: u64) -> Option<&mut Board> {
        self.boards.values_mut().find(|board| board.layers.contains_key(&layer))
    }
}

impl Board {
    fn owner(&self) -> Option<usize> {
        self.layers.values().find(|layer| layer.grab.is_some()).map(|layer| layer.plugin)
    }

    /// Nobody has the pointer any more; who had it.
    fn let_go(&mut self) -> Option<usize> {
        let plugin = self.owner();
        self.layers.values_mut().for_each(|layer| layer.grab = None);
        plugin
    }
}

impl Place {
    fn is_here(&self) -> bool {
        match self {
            Self::Screen { .. } => true,
            Self::Surface(_) => false,
        }
    }

    fn is_surface(&self, surface: u64) -> bool {
        match self {
            Self::Screen { .. } => false,
            Self::Surface(of) => *of == surface,
        }
    }
}

#[cfg(test)]
#[path = "boards_tests.rs"]
mod tests;
