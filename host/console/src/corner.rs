//! The room on the monitor that the pointer is on, clear of panels, and its lower right corner, where the alert stands.
//!
//! Asked of the X server over a connection of its own, once an alert or arrangement. Without one windows open wherever they do.

use egui::{Rect, pos2};
use x11rb::connection::Connection;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, Window};
use x11rb::rust_connection::RustConnection;

/// From the edges of the screen, in points.
const MARGIN: f32 = 16.0;

/// Pixels of the screen: left, top, right, bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Area {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Area {
    fn of_size(left: i32, top: i32, width: i32, height: i32) -> Self {
        Self { left, top, right: left.saturating_add(width), bottom: top.saturating_add(height) }
    }

    fn has(self, x: i32, y: i32) -> bool {
        (self.left..self.right).contains(&x) && (self.top..self.bottom).contains(&y)
    }

    /// What of it lies in `other`, if it is large enough for anything.
    fn within(self, other: Self) -> Option<Self> {
        let both = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        };
        (both.right > both.left && both.bottom > both.top).then_some(both)
    }
}

/// Place of a window of this size, both in points, of which each has `scale` pixels. `below`: how high a window is that stands
/// there already; 0: none does.
pub(crate) fn of_screen(size: [f32; 2], scale: f32, below: f32) -> Option<[f32; 2]> {
    Some(corner(free()?, size, scale, below))
}

/// The room for windows, in points, of which each has `scale` pixels.
pub(crate) fn free_area(scale: f32) -> Option<Rect> {
    let area = free()?;
    let scale = if scale > 0.0 { scale } else { 1.0 };
    let points = |x: i32, y: i32| pos2(x as f32 / scale, y as f32 / scale);
    Some(Rect::from_min_max(points(area.left, area.top), points(area.right, area.bottom)))
}

fn free() -> Option<Area> {
    let (connection, screen) = x11rb::connect(None).ok()?;
    let screen = connection.setup().roots.get(screen)?;
    let (root, width, height) = (screen.root, screen.width_in_pixels, screen.height_in_pixels);
    let whole = Area::of_size(0, 0, width.into(), height.into());
    let monitor = monitor(&connection, root).unwrap_or(whole);
    Some(work_area(&connection, root).and_then(|free| monitor.within(free)).unwrap_or(monitor))
}

fn corner(area: Area, [width, height]: [f32; 2], scale: f32, below: f32) -> [f32; 2] {
    let scale = if scale > 0.0 { scale } else { 1.0 };
    let points = |pixels: i32| pixels as f32 / scale;
    let x = points(area.right) - width - MARGIN;
    let raised = if below > 0.0 { below + MARGIN } else { 0.0 };
    let y = points(area.bottom) - raised - height - MARGIN;
    // On a screen that is too small its beginning is seen, and of two the upper lies over no button of the lower.
    [x.max(points(area.left)), y.max(points(area.top))]
}

/// The one that the pointer is on.
fn monitor(connection: &RustConnection, root: Window) -> Option<Area> {
    let pointer = connection.query_pointer(root).ok()?.reply().ok()?;
    let monitors = connection.randr_get_monitors(root, true).ok()?.reply().ok()?.monitors;
    let area = |monitor: &x11rb::protocol::randr::MonitorInfo| {
        Area::of_size(monitor.x.into(), monitor.y.into(), monitor.width.into(), monitor.height.into())
    };
    monitors.iter().map(area).find(|area| area.has(pointer.root_x.into(), pointer.root_y.into()))
}

/// What panels leave free, as the window manager says, if there is one.
fn work_area(connection: &RustConnection, root: Window) -> Option<Area> {
    let name = connection.intern_atom(false, b"_NET_WORKAREA").ok()?.reply().ok()?.atom;
    let told = connection.get_property(false, root, name, AtomEnum::CARDINAL, 0, 4).ok()?.reply().ok()?;
    let sides: Vec<i32> = told.value32()?.filter_map(|side| i32::try_from(side).ok()).collect();
    match sides.as_slice() {
        [left, top, width, height] => Some(Area::of_size(*left, *top, *width, *height)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_in_the_lower_right_clear_of_panels_on_any_monitor() {
        let second = Area::of_size(1920, 0, 1280, 1024);
        let free = second.within(Area::of_size(0, 0, 3200, 984)).unwrap_or(second);
        assert_eq!(corner(free, [400.0, 176.0], 1.0, 0.0), [2784.0, 792.0]);
        assert_eq!(corner(free, [400.0, 176.0], 2.0, 0.0), [1184.0, 300.0]);
        assert_eq!(corner(free, [400.0, 176.0], 1.0, 420.0), [2784.0, 356.0], "above what stands from 548 on");
    }

    #[test]
    fn a_screen_that_is_too_small_shows_its_beginning() {
        let small = Area::of_size(100, 50, 300, 100);
        assert_eq!(corner(small, [400.0, 176.0], 1.0, 0.0), [100.0, 50.0]);
        assert_eq!(corner(small, [400.0, 176.0], 1.0, 420.0), [100.0, 50.0]);
        assert_eq!(small.within(Area::of_size(900, 0, 10, 10)), None);
        assert!(small.has(100, 50) && !small.has(400, 50));
    }
}
