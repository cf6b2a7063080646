//! Rectangles in pixels, the unit in which change is talked about.

/// A rectangle in pixels; empty when a side is 0. May lie partly or wholly outside a picture until it is clipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

impl Rect {
    /// The rectangle with its upper left corner at `x`, `y`.
    #[must_use]
    pub const fn new(x: i32, y: i32, width: u32, height: u32) -> Self {
        Self { x, y, width, height }
    }

    /// The rectangle from corner to corner (right and bottom exclusive); empty when they are the wrong way round.
    #[must_use]
    pub fn between(left: i64, top: i64, right: i64, bottom: i64) -> Self {
        let x = left.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        let y = top.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        let width = (right - i64::from(x)).clamp(0, i64::from(u32::MAX)) as u32;
        let height = (bottom - i64::from(y)).clamp(0, i64::from(u32::MAX)) as u32;
        Self { x, y, width, height }
    }

    /// One past the last column.
    #[must_use]
    pub fn right(&self) -> i64 {
        i64::from(self.x) + i64::from(self.width)
    }

    /// One past the last row.
    #[must_use]
    pub fn bottom(&self) -> i64 {
        i64::from(self.y) + i64::from(self.height)
    }

    /// Area in pixels.
    #[must_use]
    pub fn area(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// What both cover; empty when they do not meet.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let rect = Self::between(
            i64::from(self.x.max(other.x)),
            i64::from(self.y.max(other.y)),
            self.right().min(other.right()),
            self.bottom().min(other.bottom()),
        );
        if rect.is_empty() { Self::default() } else { rect }
    }

    /// The smallest rectangle that holds both; an empty one adds nothing.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if self.is_empty() {
            return *other;
        }
        if other.is_empty() {
            return *self;
        }
        Self::between(
            i64::from(self.x.min(other.x)),
            i64::from(self.y.min(other.y)),
            self.right().max(other.right()),
            self.bottom().max(other.bottom()),
        )
    }

    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.is_empty()
            || (self.x <= other.x
                && self.y <= other.y
                && self.right() >= other.right()
                && self.bottom() >= other.bottom())
    }

    /// The part inside a picture of the given size.
    #[must_use]
    pub fn clip(&self, width: u32, height: u32) -> Self {
        self.intersect(&Self::new(0, 0, width, height))
    }

    /// Left, top, right, bottom as indexes. Only for rectangles already clipped to a picture.
    pub(crate) fn spans(&self) -> (usize, usize, usize, usize) {
        let (x, y) = (self.x.max(0) as usize, self.y.max(0) as usize);
        (x, y, x + self.width as usize, y + self.height as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_pixels() {
        let a = Rect::new(0, 0, 10, 10);
        let b = Rect::new(5, 5, 10, 10);
        assert_eq!(a.intersect(&b), Rect::new(5, 5, 5, 5));
        assert_eq!(a.union(&b), Rect::new(0, 0, 15, 15));
        assert!(a.intersect(&Rect::new(10, 0, 5, 5)).is_empty());
        assert!(a.contains(&Rect::new(2, 2, 8, 8)) && !a.contains(&b));
        assert_eq!(Rect::new(-5, -5, 10, 10).clip(100, 100), Rect::new(0, 0, 5, 5));
    }

    #[test]
    fn extreme_corners_do_not_overflow() {
        let wide = Rect::new(i32::MIN, i32::MAX, u32::MAX, u32::MAX);
        assert!(wide.union(&Rect::new(i32::MAX, i32::MIN, u32::MAX, u32::MAX)).area() > 0);
        assert!(wide.clip(1920, 1080).is_empty());
    }
}
