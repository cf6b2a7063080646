//! Where the picture lies in the window, and which pixel of it a point of the window is. Pure arithmetic.

use lotse_engine::surface::Rect;

/// Sizes, scale and scroll position of one surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Layout {
    /// Width and height of the picture; 0 until there is one.
    pub picture: (u32, u32),
    pub window: (u32, u32),
    /// Scaled to the window, with its proportions kept.
    pub fit: bool,
    /// Pixel of the picture at the window's corner when not scaled.
    pub offset: (i32, i32),
    /// A picture smaller than the window stands in its middle instead of in its corner.
    pub centred: bool,
}

impl Layout {
    /// The whole picture as shown, in pixels of the window; reaches beyond the window when it is scrolled.
    pub(crate) fn shown(&self) -> Rect {
        let (width, height) = if self.fit { self.fitted() } else { self.picture };
        let offset = if self.fit { (0, 0) } else { self.offset_clamped() };
        let place = |window: u32, shown: u32, offset: i32| {
            if shown < window { if self.centred { ((window - shown) / 2) as i32 } else { 0 } } else { -offset }
        };
        Rect::new(place(self.window.0, width, offset.0), place(self.window.1, height, offset.1), width, height)
    }

    /// The part of the window that the picture covers.
    pub(crate) fn visible(&self) -> Rect {
        self.shown().clip(self.window.0, self.window.1)
    }

    /// Whether the pixels shown are other than the picture's own.
    pub(crate) fn is_scaled(&self) -> bool {
        let shown = self.shown();
        (shown.width, shown.height) != self.picture
    }

    /// Whether there is more of the picture than the window shows.
    pub(crate) fn scrolls(&self) -> bool {
        !self.fit && (self.picture.0 > self.window.0 || self.picture.1 > self.window.1)
    }

    /// The scroll position as far as the picture goes.
    pub(crate) fn offset_clamped(&self) -> (i32, i32) {
        let clamp = |offset: i32, picture: u32, window: u32| offset.clamp(0, picture.saturating_sub(window) as i32);
        (clamp(self.offset.0, self.picture.0, self.window.0), clamp(self.offset.1, self.picture.1, self.window.1))
    }

    /// The pixel of the picture at a point of the window; the nearest one for points beside the picture.
    pub(crate) fn to_picture(&self, x: i32, y: i32) -> (i32, i32) {
        let shown = self.shown();
        let map = |at: i32, from: i32, shown: u32, picture: u32| {
            if shown == 0 || picture == 0 {
                return 0;
            }
            // The middle of the window's pixel, so that up and down scaling both hit the pixel under the pointer.
            let doubled = (i64::from(at) - i64::from(from)) * 2 + 1;
            let pixel = (doubled * i64::from(picture)).div_euclid(i64::from(shown) * 2);
            pixel.clamp(0, i64::from(picture) - 1) as i32
        };
        (map(x, shown.x, shown.width, self.picture.0), map(y, shown.y, shown.height, self.picture.1))
    }

    /// The point of the window where a pixel of the picture is shown.
    pub(crate) fn to_window(&self, x: i32, y: i32) -> (i32, i32) {
        let shown = self.shown();
        let map = |at: i32, from: i32, shown: u32, picture: u32| {
            if picture == 0 {
                return from;
            }
            from.saturating_add((i64::from(at) * i64::from(shown)).div_euclid(i64::from(picture)) as i32)
        };
        (map(x, shown.x, shown.width, self.picture.0), map(y, shown.y, shown.height, self.picture.1))
    }

    fn fitted(&self) -> (u32, u32) {
        let (width, height) = (u64::from(self.picture.0), u64::from(self.picture.1));
        let (room_x, room_y) = (u64::from(self.window.0), u64::from(self.window.1));
        if width == 0 || height == 0 || room_x == 0 || room_y == 0 {
            return (0, 0);
        }
        if room_x * height <= room_y * width {
            (room_x as u32, (height * room_x / width).max(1) as u32)
        } else {
            ((width * room_y / height).max(1) as u32, room_y as u32)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unscaled_from_the_corner_with_scrolling() {
        let layout = Layout { picture: (200, 100), window: (50, 300), offset: (500, 9), ..Layout::default() };
        assert_eq!(layout.shown(), Rect::new(-150, 0, 200, 100));
        assert_eq!(layout.visible(), Rect::new(0, 0, 50, 100));
        assert_eq!(layout.to_picture(0, 0), (150, 0));
        assert_eq!(layout.to_picture(-1000, 299), (0, 99));
        assert_eq!(layout.to_window(150, 3), (0, 3));
        assert!(!layout.is_scaled() && layout.scrolls());
        assert!(!Layout { fit: true, ..layout }.scrolls());
        assert!(!Layout { window: (200, 100), ..layout }.scrolls());
    }

    #[test]
    fn fitted_keeps_proportions_and_hits_pixels() {
        let layout = Layout { picture: (200, 100), window: (100, 100), fit: true, centred: true, ..Layout::default() };
        assert_eq!(layout.shown(), Rect::new(0, 25, 100, 50));
        assert_eq!(layout.to_picture(99, 74), (199, 99));
        assert_eq!(layout.to_picture(50, 0), (101, 0));
        let large = Layout { window: (400, 200), ..layout };
        assert_eq!(large.to_picture(1, 1), (0, 0));
        assert_eq!(large.to_picture(2, 199), (1, 99));
        assert_eq!(large.to_window(1, 99), (2, 198));
    }

    #[test]
    fn nothing_to_show_is_no_trouble() {
        let layout = Layout { fit: true, window: (10, 10), ..Layout::default() };
        assert!(layout.visible().is_empty());
        assert_eq!(layout.to_picture(5, 5), (0, 0));
        assert_eq!(layout.to_window(5, 5), layout.to_window(0, 0));
    }
}
