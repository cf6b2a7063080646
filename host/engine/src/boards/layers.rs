//! What plugins put on boards: layers over them, strokes on those, and the pointer that one plugin has at a time.

use super::board::{Board, Over, Place};
use super::layer::Layer;
use super::{Boards, LAYERS_MAX, LEFT_PAUSE, PLUGIN_LAYERS_MAX};
use crate::drawing::{Laid, OverlayEvent, PenCursor, Strokes};
use crate::shared::{Inner, Shared};
use lotse_ink::Stroke;
use lotse_runtime::ErrorCode;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

impl Boards {
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
    pub(super) fn cover(&self, shared: &Arc<Shared>, id: u64, board: &mut Board) -> Result<(), ErrorCode> {
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
    pub(super) fn refresh(&self, board: &mut Board, prompting: bool) {
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
