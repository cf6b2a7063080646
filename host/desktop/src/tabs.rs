//! The tabs of all monitors: where along the upper edge each hangs, and what a hand does with it. No display here: what the
//! pointer did comes in, and where a tab shall be comes out.
//!
//! A tab covers what lies at the upper edge, and only the customer knows what they need of it: they drag it along. It stays
//! there when the words change and when the monitor takes another size.

use x11rb::protocol::xproto::{Rectangle, Window};

/// A hand that trembles while it clicks moves less than this.
const DRAG_MIN_PX: i32 = 6;
/// Places that are remembered; the oldest is forgotten for another. As many as there are monitors with a frame.
const PLACES_MAX: usize = 32;
/// In the middle of the edge, where nobody overlooks it.
const PLACE: f32 = 0.5;

/// The tab of one monitor.
#[derive(Clone, Copy)]
pub(crate) struct Tab {
    pub(crate) window: Window,
    pub(crate) monitor: Rectangle,
    pub(crate) width: u16,
    pub(crate) height: u16,
}

#[derive(Default)]
pub(crate) struct Tabs {
    all: Vec<Tab>,
    /// Of a monitor, which is known by its upper left corner, where the middle of its tab is, as a share of the width.
    places: Vec<((i16, i16), f32)>,
    hand: Option<Hand>,
}

/// A button that is held on a tab.
#[derive(Clone, Copy)]
struct Hand {
    tab: Window,
    pressed_at: i16,
    /// The tab's left edge then.
    left: i16,
    /// It is being dragged: letting go is no click.
    drags: bool,
}

impl Tabs {
    pub(crate) fn windows(&self) -> impl Iterator<Item = Window> + '_ {
        self.all.iter().map(|tab| tab.window)
    }

    /// The left edge of a tab so wide on this monitor, in root pixels.
    pub(crate) fn left(&self, monitor: &Rectangle, width: u16) -> i16 {
        let corner = (monitor.x, monitor.y);
        let place = self.places.iter().find(|(of, _)| *of == corner).map_or(PLACE, |(_, place)| *place);
        let middle = (place * f32::from(monitor.width)).round() as i32;
        within(monitor, width, i32::from(monitor.x) + middle - i32::from(width / 2))
    }

    /// Other tabs from now on; the old ones come back, to be taken away.
    pub(crate) fn replace(&mut self, tabs: Vec<Tab>) -> Vec<Tab> {
        let old = std::mem::replace(&mut self.all, tabs);
        // The display lets go of a button that is held on a window that goes.
        self.hand = None;
        old
    }

    /// The button went down at `x` of the root.
    pub(crate) fn press(&mut self, window: Window, x: i16) {
        self.hand = self.find(window).map(|tab| Hand {
            tab: window,
            pressed_at: x,
            left: self.left(&tab.monitor, tab.width),
            drags: false,
        });
    }

    /// The pointer is at `x` of the root with the button held: where the tab's left edge shall be, if it is dragged.
    pub(crate) fn drag(&mut self, window: Window, x: i16) -> Option<i16> {
        let tab = self.find(window)?;
        let hand = self.hand.as_mut().filter(|hand| hand.tab == window)?;
        let by = i32::from(x) - i32::from(hand.pressed_at);
        hand.drags |= by.abs() >= DRAG_MIN_PX;
        if !hand.drags {
            return None;
        }
        let left = within(&tab.monitor, tab.width, i32::from(hand.left) + by);
        self.keep(&tab, left);
        Some(left)
    }

    /// The button was let go at this point of the window: true if that was a click.
    pub(crate) fn release(&mut self, window: Window, x: i16, y: i16) -> bool {
        let Some(tab) = self.find(window) else { return false };
        let inside = |at: i16, size: u16| u16::try_from(at).is_ok_and(|at| at < size);
        let hand = self.hand.take().filter(|hand| hand.tab == window && !hand.drags);
        hand.is_some() && inside(x, tab.width) && inside(y, tab.height)
    }

    fn find(&self, window: Window) -> Option<Tab> {
        self.all.iter().find(|tab| tab.window == window).copied()
    }

    fn keep(&mut self, tab: &Tab, left: i16) {
        let corner = (tab.monitor.x, tab.monitor.y);
        let middle = i32::from(left) - i32::from(tab.monitor.x) + i32::from(tab.width / 2);
        self.places.retain(|(of, _)| *of != corner);
        if self.places.len() >= PLACES_MAX {
            self.places.remove(0);
        }
        self.places.push((corner, middle as f32 / f32::from(tab.monitor.width.max(1))));
    }
}

/// The nearest place at which a tab so wide is on the monitor with all of it.
fn within(monitor: &Rectangle, width: u16, left: i32) -> i16 {
    let first = i32::from(monitor.x);
    let last = first + i32::from(monitor.width.saturating_sub(width));
    left.clamp(first, last).clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONITOR: Rectangle = Rectangle { x: 100, y: 0, width: 1000, height: 800 };

    fn tab(window: Window, width: u16) -> Tab {
        Tab { window, monitor: MONITOR, width, height: 22 }
    }

    fn tabs() -> Tabs {
        let mut tabs = Tabs::default();
        assert!(tabs.replace(vec![tab(1, 300)]).is_empty());
        tabs
    }

    #[test]
    fn a_press_without_motion_is_a_click_and_a_drag_is_none() {
        let mut tabs = tabs();
        assert_eq!(tabs.left(&MONITOR, 300), 450);
        tabs.press(1, 500);
        assert_eq!(tabs.drag(1, 503), None, "a hand trembles");
        assert!(tabs.release(1, 53, 10));
        assert!(!tabs.release(1, 53, 10), "there was no press");
        tabs.press(1, 500);
        assert_eq!(tabs.drag(1, 520), Some(470));
        assert_eq!(tabs.drag(1, 501), Some(451), "once dragged, each pixel counts");
        assert!(!tabs.release(1, 51, 10));
        // Let go beside the tab: somebody thought better of it.
        tabs.press(1, 500);
        assert!(!tabs.release(1, 49, 90));
        tabs.press(9, 500);
        assert!(tabs.drag(9, 600).is_none() && !tabs.release(9, 1, 1), "no tab of ours");
    }

    #[test]
    fn a_tab_stays_on_its_monitor_and_where_it_was_dragged() {
        let mut tabs = tabs();
        for (to, left) in [(-3000, 100), (3000, 800), (700, 650)] {
            tabs.press(1, tabs.left(&MONITOR, 300) + 50);
            assert_eq!(tabs.drag(1, to), Some(left));
            tabs.release(1, 50, 10);
        }
        // Other words: the middle stays, and the whole tab can be seen.
        assert_eq!(tabs.replace(vec![tab(2, 200)]).len(), 1);
        assert_eq!(tabs.left(&MONITOR, 200), 700);
        assert_eq!(tabs.left(&MONITOR, 800), 300);
        // Another size of the monitor, and a monitor beside it.
        assert_eq!(tabs.left(&Rectangle { width: 500, ..MONITOR }, 200), 350);
        assert_eq!(tabs.left(&Rectangle { x: 1100, ..MONITOR }, 200), 1500);
    }

    #[test]
    fn places_are_bounded() {
        let mut tabs = Tabs::default();
        for x in 0..100_i16 {
            let tab = Tab { monitor: Rectangle { x, ..MONITOR }, ..tab(1, 300) };
            tabs.replace(vec![tab]);
            tabs.press(1, 500);
            tabs.drag(1, 600);
        }
        assert_eq!(tabs.places.len(), PLACES_MAX);
    }
}
