//! How overlays lie among other windows: above those of other programs, and never over what is seen of Lotse's own.

use crate::error::DesktopError;
use lotse_ink::{Rect, without};
use x11rb::errors::ReplyError;
use x11rb::protocol::shape::{ConnectionExt as _, SK};
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _, MapState, StackMode, Window, WindowClass};
use x11rb::rust_connection::RustConnection;

/// Windows of the desktop that are looked at, from the top; nobody has more above Lotse's.
const WINDOWS_MAX: usize = 512;
/// Windows nest less deep than this.
const DEPTH_MAX: usize = 64;

/// One window on the desktop, the topmost first in a [`Stack`].
#[derive(Debug, Clone, Copy)]
struct Layer {
    window: Window,
    area: Rect,
    /// It can be seen.
    seen: bool,
    /// It hides what is below it.
    hides: bool,
    /// Clicks go through all of it. Such are the windows that compositors draw the whole desktop in.
    through: bool,
}

/// The desktop's windows as they lie.
pub(super) struct Stack {
    layers: Vec<Layer>,
}

impl Stack {
    pub(super) fn read(connection: &RustConnection, root: Window) -> Result<Self, DesktopError> {
        let tree = connection.query_tree(root)?.reply()?.children;
        let mut asked = Vec::new();
        for window in tree.into_iter().rev().take(WINDOWS_MAX) {
            let attributes = connection.get_window_attributes(window)?;
            let place = connection.get_geometry(window)?;
            let form = connection.shape_query_extents(window)?;
            asked.push((window, attributes, place, form, connection.shape_get_rectangles(window, SK::INPUT)?));
        }
        let mut layers = Vec::new();
        for (window, attributes, place, form, input) in asked {
            // One that went meanwhile is none.
            let (Ok(attributes), Ok(place), Ok(form)) = (attributes.reply(), place.reply(), form.reply()) else {
                continue;
            };
            let edge = 2 * u32::from(place.border_width);
            let (width, height) = (u32::from(place.width) + edge, u32::from(place.height) + edge);
            let area = Rect::new(place.x.into(), place.y.into(), width, height);
            let seen = attributes.map_state == MapState::VIEWABLE;
            let through = input.reply().is_ok_and(|input| input.rectangles.is_empty());
            let hides = seen && attributes.class == WindowClass::INPUT_OUTPUT && !form.bounding_shaped && !through;
            layers.push(Layer { window, area, seen, hides, through });
        }
        Ok(Self { layers })
    }

    /// What can be seen of Lotse's own windows, or might be.
    pub(super) fn visible(&self, own: &[Window], overlays: &[Window]) -> Vec<Rect> {
        let mut above: Vec<Rect> = Vec::new();
        let mut visible = Vec::new();
        for layer in self.layers.iter().filter(|layer| layer.seen && !overlays.contains(&layer.window)) {
            if own.contains(&layer.window) {
                visible.extend(without(&layer.area, &above));
            } else if layer.hides {
                above.push(layer.area);
            }
        }
        visible
    }

    /// What hides parts of a window, `holder` being it or its frame.
    pub(super) fn above(&self, holder: Window, overlays: &[Window]) -> Vec<Rect> {
        let above = self.layers.iter().take_while(|layer| layer.window != holder);
        above.filter(|layer| layer.hides && !overlays.contains(&layer.window)).map(|layer| layer.area).collect()
    }

    /// Whether another program's window lies above one of the overlays.
    pub(super) fn is_covered(&self, own: &[Window], overlays: &[Window]) -> bool {
        let lowest = self.layers.iter().rposition(|layer| overlays.contains(&layer.window));
        let above = self.layers.iter().take(lowest.unwrap_or(0));
        above
            .filter(|layer| layer.seen && !layer.through)
            .any(|layer| !own.contains(&layer.window) && !overlays.contains(&layer.window))
    }

    /// Puts the overlays above other programs' windows, below those of Lotse that lie on top: they stay there.
    pub(super) fn raise(
        &self,
        connection: &RustConnection,
        own: &[Window],
        overlays: &[Window],
    ) -> Result<(), DesktopError> {
        let is_own = |layer: &&Layer| own.contains(&layer.window);
        let others = self.layers.iter().filter(|layer| layer.seen && !overlays.contains(&layer.window));
        let on_top = others.filter(|layer| !layer.through || is_own(layer)).take_while(is_own).last();
        for window in overlays {
            let place = ConfigureWindowAux::new();
            let place = match on_top {
                Some(below) => place.sibling(below.window).stack_mode(StackMode::BELOW),
                None => place.stack_mode(StackMode::ABOVE),
            };
            connection.configure_window(*window, &place)?;
        }
        Ok(())
    }
}

/// Where a window is seen; empty if it is gone or out of sight.
pub(super) fn place_of(connection: &RustConnection, root: Window, window: Window) -> Result<Rect, DesktopError> {
    let attributes = connection.get_window_attributes(window)?;
    let size = connection.get_geometry(window)?;
    let corner = connection.translate_coordinates(window, root, 0, 0)?;
    let (Ok(attributes), Ok(size), Ok(corner)) = (attributes.reply(), size.reply(), corner.reply()) else {
        return Ok(Rect::default());
    };
    if attributes.map_state != MapState::VIEWABLE {
        return Ok(Rect::default());
    }
    Ok(Rect::new(corner.dst_x.into(), corner.dst_y.into(), size.width.into(), size.height.into()))
}

/// The child of the root that a window is or lies in. `None`: it is gone.
pub(super) fn holder_of(
    connection: &RustConnection,
    root: Window,
    window: Window,
) -> Result<Option<Window>, DesktopError> {
    let mut window = window;
    for _ in 0..DEPTH_MAX {
        match connection.query_tree(window)?.reply() {
            Ok(tree) if tree.parent == root || tree.parent == x11rb::NONE => return Ok(Some(window)),
            Ok(tree) => window = tree.parent,
            Err(ReplyError::X11Error(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(window: Window, area: Rect) -> Layer {
        Layer { window, area, seen: true, hides: true, through: false }
    }

    #[test]
    fn c5_what_is_seen_of_our_windows_is_left_out_and_what_others_hide_is_not() {
        let (menu, overlay, own, below) = (1, 2, 3, 4);
        let stack = Stack {
            layers: vec![
                layer(menu, Rect::new(0, 0, 50, 100)),
                layer(overlay, Rect::new(0, 0, 500, 500)),
                layer(own, Rect::new(0, 0, 100, 100)),
                layer(below, Rect::new(0, 0, 500, 500)),
            ],
        };
        assert_eq!(stack.visible(&[own], &[overlay]), [Rect::new(50, 0, 50, 100)]);
        assert!(stack.is_covered(&[own], &[overlay]) && !stack.is_covered(&[own, menu], &[overlay]));
        assert!(!stack.is_covered(&[], &[]));
        assert_eq!(stack.above(own, &[overlay]), [Rect::new(0, 0, 50, 100)]);
        // As compositors have one over everything.
        let mut glass = Stack { layers: stack.layers.clone() };
        (glass.layers[0].hides, glass.layers[0].through) = (false, true);
        assert!(!glass.is_covered(&[own], &[overlay]));
        assert_eq!(glass.visible(&[own], &[overlay]), [Rect::new(0, 0, 100, 100)]);
        let mut shaped = Stack { layers: stack.layers.clone() };
        shaped.layers[0].hides = false;
        assert_eq!(shaped.visible(&[own], &[overlay]), [Rect::new(0, 0, 100, 100)], "what is cut may show it");
    }
}
