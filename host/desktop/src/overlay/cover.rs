//! How overlays lie among other windows: above those of other programs, and never over what is seen of Lotse's own.

use crate::error::DesktopError;
use lotse_ink::{Rect, without};
use x11rb::protocol::shape::ConnectionExt as _;
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _, MapState, StackMode, Window, WindowClass};
use x11rb::rust_connection::RustConnection;

/// Windows of the desktop that are looked at, from the top; nobody has more above Lotse's.
const WINDOWS_MAX: usize = 512;

/// One window on the desktop, the topmost first in a [`Stack`].
#[derive(Debug, Clone, Copy)]
struct Layer {
    window: Window,
    area: Rect,
    /// It can be seen.
    seen: bool,
    /// It hides what is below it.
    hides: bool,
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
            asked.push((window, attributes, place, connection.shape_query_extents(window)?));
        }
        let mut layers = Vec::new();
        for (window, attributes, place, form) in asked {
            // One that went meanwhile is none.
            let (Ok(attributes), Ok(place), Ok(form)) = (attributes.reply(), place.reply(), form.reply()) else {
                continue;
            };
            let edge = 2 * u32::from(place.border_width);
            let (width, height) = (u32::from(place.width) + edge, u32::from(place.height) + edge);
            let area = Rect::new(place.x.into(), place.y.into(), width, height);
            let seen = attributes.map_state == MapState::VIEWABLE;
            let hides = seen && attributes.class == WindowClass::INPUT_OUTPUT && !form.bounding_shaped;
            layers.push(Layer { window, area, seen, hides });
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

    /// Whether another program's window lies above one of the overlays.
    pub(super) fn is_covered(&self, own: &[Window], overlays: &[Window]) -> bool {
        let lowest = self.layers.iter().rposition(|layer| overlays.contains(&layer.window));
        let above = self.layers.iter().take(lowest.unwrap_or(0));
        above.filter(|layer| layer.seen).any(|layer| !own.contains(&layer.window) && !overlays.contains(&layer.window))
    }

    /// Puts the overlays above other programs' windows, below those of Lotse that lie on top: they stay there.
    pub(super) fn raise(
        &self,
        connection: &RustConnection,
        own: &[Window],
        overlays: &[Window],
    ) -> Result<(), DesktopError> {
        let others = self.layers.iter().filter(|layer| layer.seen && !overlays.contains(&layer.window));
        let on_top = others.take_while(|layer| own.contains(&layer.window)).last();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(window: Window, area: Rect) -> Layer {
        Layer { window, area, seen: true, hides: true }
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
        let mut shaped = Stack { layers: stack.layers.clone() };
        shaped.layers[0].hides = false;
        assert_eq!(shaped.visible(&[own], &[overlay]), [Rect::new(0, 0, 100, 100)], "what is cut may show it");
    }
}
