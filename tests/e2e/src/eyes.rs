//! A person's eyes on a picture: where something changed, where a colour is, and a part of it.

use crate::Picture;

/// A rectangle of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

impl Area {
    #[must_use]
    pub const fn new(x: usize, y: usize, width: usize, height: usize) -> Self {
        Self { x, y, width, height }
    }

    /// The part of a window, given as [`crate::hands::Hands::window`] tells it, that lies so far from its edges.
    #[must_use]
    pub fn inside(window: (i16, i16, u16, u16), left: usize, top: usize, right: usize, bottom: usize) -> Self {
        let (x, y, width, height) = window;
        let at = |from: i16, more: usize| usize::try_from(from).unwrap_or(0) + more;
        Self {
            x: at(x, left),
            y: at(y, top),
            width: usize::from(width).saturating_sub(left + right),
            height: usize::from(height).saturating_sub(top + bottom),
        }
    }

    fn points(self) -> impl Iterator<Item = (usize, usize)> {
        (self.y..self.y + self.height).flat_map(move |y| (self.x..self.x + self.width).map(move |x| (x, y)))
    }
}

/// A part of a picture; what lies beside it is black.
#[must_use]
pub fn cut(picture: &Picture, area: Area) -> Picture {
    let pixels = area.points().map(|(x, y)| picture.at(x, y).unwrap_or(0)).collect();
    Picture { width: area.width, height: area.height, pixels }
}

/// The smallest rectangle round everything that has this colour.
#[must_use]
pub fn find_colour(picture: &Picture, colour: u32) -> Option<Area> {
    let all = Area::new(0, 0, picture.width, picture.height);
    around(all.points().filter(|(x, y)| picture.at(*x, *y) == Some(colour)))
}

/// The smallest rectangle round everything in `area` that is not the same in both.
#[must_use]
pub fn find_change(before: &Picture, after: &Picture, area: Area) -> Option<Area> {
    around(area.points().filter(|(x, y)| before.at(*x, *y) != after.at(*x, *y)))
}

fn around(points: impl Iterator<Item = (usize, usize)>) -> Option<Area> {
    let mut found: Option<(usize, usize, usize, usize)> = None;
    for (x, y) in points {
        let (left, top, right, bottom) = found.unwrap_or((x, y, x, y));
        found = Some((left.min(x), top.min(y), right.max(x), bottom.max(y)));
    }
    found.map(|(left, top, right, bottom)| Area::new(left, top, right - left + 1, bottom - top + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_changes_and_parts_are_found() {
        let mut picture = Picture { width: 10, height: 6, pixels: vec![0; 60] };
        let before = picture.clone();
        for (x, y) in Area::new(3, 2, 4, 3).points() {
            picture.pixels[y * 10 + x] = 7;
        }
        assert_eq!(find_colour(&picture, 7), Some(Area::new(3, 2, 4, 3)));
        assert_eq!(find_colour(&picture, 8), None);
        assert_eq!(find_change(&before, &picture, Area::new(5, 0, 5, 6)), Some(Area::new(5, 2, 2, 3)));
        assert_eq!(find_change(&before, &before, Area::new(0, 0, 10, 6)), None);
        assert_eq!(cut(&picture, Area::new(6, 4, 2, 2)).pixels, [7, 0, 0, 0]);
        assert_eq!(Area::inside((20, 30, 100, 80), 5, 10, 15, 20), Area::new(25, 40, 80, 50));
    }
}
