//! Native pictures within windows of the toolkit's: which window each stands in, where, and what is drawn over it.

use crate::edge_bar::EDGE;
use crate::finder::Finder;
use egui::{Rect, Ui};
use lotse_engine::view::{SurfaceOptions, SurfaceView};
use lotse_viewer::{Place, ViewerHost};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The pictures of a program.
pub struct Panes {
    host: Option<Arc<ViewerHost>>,
    finder: Option<Finder>,
    /// X11 ids of the windows that were found, by surface.
    parents: BTreeMap<u64, u32>,
}

impl Panes {
    /// `host`: where pictures are shown; `None`: nowhere, as in tests.
    #[must_use]
    pub fn new(host: Option<Arc<ViewerHost>>) -> Self {
        Self { host, finder: None, parents: BTreeMap::new() }
    }

    #[must_use]
    pub fn host(&self) -> Option<&Arc<ViewerHost>> {
        self.host.as_ref()
    }

    /// Forgets the windows of other surfaces.
    pub fn retain(&mut self, is_there: impl Fn(u64) -> bool) {
        self.parents.retain(|surface, _| is_there(*surface));
    }

    /// X11 ids of the windows that are known.
    pub fn parents(&self) -> impl Iterator<Item = u32> + '_ {
        self.parents.values().copied()
    }

    /// What the window is to be called. Until the picture has found its parent, the window bears the surface's number: two may
    /// be called the same.
    #[must_use]
    pub fn title(&self, surface: u64, title: String) -> String {
        numbered(title, surface, self.host.is_some() && !self.parents.contains_key(&surface))
    }

    /// Tells the native picture where it stands, in pixels of this window, which is called `title`. `bar` lies over it, and
    /// `options` are those that count.
    pub fn place(
        &mut self,
        ui: &Ui,
        surface: &SurfaceView,
        options: SurfaceOptions,
        (area, bar): (Rect, Rect),
        (title, offset): (&str, (i32, i32)),
    ) {
        let Some(host) = self.host.clone() else { return };
        let Some(parent) = self.parent(ui, surface.id, title) else { return };
        let scale = ui.ctx().pixels_per_point();
        let pixels = |points: f32| (points * scale).round() as i32;
        let (x, y) = (pixels(area.left()), pixels(area.top()));
        let side = |to: f32, from: i32| u32::try_from(pixels(to) - from).unwrap_or(0);
        let (width, height) = (side(area.right(), x), side(area.bottom(), y));
        host.set_options(surface.id, options);
        let visible = surface.width > 0 && width > 0 && height > 0;
        host.place(surface.id, Place { parent, x, y, width, height, visible });
        host.set_holes(surface.id, &holes(ui, area, bar, scale));
        let edge = lotse_engine::surface::Rect::new(0, 0, width, pixels(EDGE).unsigned_abs());
        host.set_edges(surface.id, &if options.full_screen { vec![edge] } else { Vec::new() });
        host.set_offset(surface.id, offset.0, offset.1);
    }

    fn parent(&mut self, ui: &Ui, surface: u64, title: &str) -> Option<u32> {
        if !self.parents.contains_key(&surface) {
            let taken: Vec<u32> = self.parents.values().copied().collect();
            self.finder = self.finder.take().or_else(Finder::new);
            if let Some(found) = self.finder.as_ref().and_then(|finder| finder.find(title, &taken)) {
                self.parents.insert(surface, found);
            }
            // A window that has just been opened is there a moment later.
            ui.ctx().request_repaint_after(Duration::from_millis(30));
        }
        self.parents.get(&surface).copied()
    }
}

/// A title that no other window has, as long as the window is looked for.
fn numbered(title: String, surface: u64, looked_for: bool) -> String {
    if looked_for { format!("{title} · {surface}") } else { title }
}

/// Menus that are open over the picture are drawn by this window, so the picture leaves room for them.
fn holes(ui: &Ui, area: Rect, bar: Rect, scale: f32) -> Vec<lotse_engine::surface::Rect> {
    let layers: Vec<Rect> = ui.ctx().memory(|memory| {
        let areas = memory.areas();
        areas
            .visible_layer_ids()
            .into_iter()
            .filter(|layer| matches!(layer.order, egui::Order::Foreground | egui::Order::Tooltip | egui::Order::Middle))
            .filter_map(|layer| memory.area_rect(layer.id))
            .collect()
    });
    let mut holes = Vec::new();
    for rect in layers.into_iter().map(|rect| rect.expand(1.0)).chain([bar]) {
        let rect = rect.intersect(area);
        if rect.is_positive() {
            let pixels = |points: f32| (points * scale).round() as i32;
            let (x, y) = (pixels(rect.left() - area.left()), pixels(rect.top() - area.top()));
            let (width, height) = (pixels(rect.width()).unsigned_abs(), pixels(rect.height()).unsigned_abs());
            holes.push(lotse_engine::surface::Rect::new(x, y, width, height));
        }
    }
    holes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scar: two viewers of the same title that opened together could find each other's window.
    #[test]
    fn two_viewers_are_called_differently_until_their_windows_are_found() {
        let title = || "Screen 1 · Lotse".to_owned();
        assert_ne!(numbered(title(), 1, true), numbered(title(), 2, true));
        assert_eq!(numbered(title(), 2, false), "Screen 1 · Lotse", "found");
        let mut nowhere = Panes::new(None);
        assert_eq!(nowhere.title(2, title()), title(), "nothing is looked for");
        nowhere.parents.insert(2, 7);
        nowhere.retain(|surface| surface == 3);
        assert_eq!(nowhere.parents().count(), 0, "a surface that is gone takes its window with it");
    }
}
