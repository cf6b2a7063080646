//! Rectangles, and what is left of some when others are taken away.

/// Pixels; y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

impl Rect {
    #[must_use]
    pub fn new(x: i32, y: i32, width: u32, height: u32) -> Self {
        Self { x, y, width, height }
    }

    /// From corner to corner; empty if they are the wrong way round.
    #[must_use]
    pub fn between(left: i64, top: i64, right: i64, bottom: i64) -> Self {
        let at = |value: i64| value.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
        let side = |from: i64, to: i64| (to - from).clamp(0, u32::MAX.into()) as u32;
        Self { x: at(left), y: at(top), width: side(left, right), height: side(top, bottom) }
    }

    #[must_use]
    pub fn right(&self) -> i64 {
        i64::from(self.x) + i64::from(self.width)
    }

    #[must_use]
    pub fn bottom(&self) -> i64 {
        i64::from(self.y) + i64::from(self.height)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (left, top) = (self.x.max(other.x), self.y.max(other.y));
        let (right, bottom) = (self.right().min(other.right()), self.bottom().min(other.bottom()));
        Self::between(left.into(), top.into(), right, bottom)
    }

    /// The smallest that holds both; an empty one holds nothing.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => *other,
            (false, true) => *self,
            (false, false) => {
                let (left, top) = (self.x.min(other.x), self.y.min(other.y));
                let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
                Self::between(left.into(), top.into(), right, bottom)
            }
        }
    }

    /// What is left of it without `hole`: at most four parts that do not overlap.
    fn minus(&self, hole: &Self) -> impl Iterator<Item = Self> + use<> {
        let cut = self.intersect(hole);
        let (left, top, right, bottom) = (i64::from(self.x), i64::from(self.y), self.right(), self.bottom());
        let parts = if cut.is_empty() {
            [*self, Self::default(), Self::default(), Self::default()]
        } else {
            let (from_x, from_y) = (i64::from(cut.x), i64::from(cut.y));
            [
                Self::between(left, top, right, from_y),
                Self::between(left, from_y, from_x, cut.bottom()),
                Self::between(cut.right(), from_y, right, cut.bottom()),
                Self::between(left, cut.bottom(), right, bottom),
            ]
        };
        parts.into_iter().filter(|part| !part.is_empty())
    }
}

/// What is left of `area` when `holes` are taken away, in parts that do not overlap.
#[must_use]
pub fn without(area: &Rect, holes: &[Rect]) -> Vec<Rect> {
    let mut left: Vec<Rect> = if area.is_empty() { Vec::new() } else { vec![*area] };
    for hole in holes {
        left = left.iter().flat_map(|part| part.minus(hole)).collect();
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rect() -> impl Strategy<Value = Rect> {
        (-4..24i32, -4..24i32, 0..16u32, 0..16u32).prop_map(|(x, y, width, height)| Rect { x, y, width, height })
    }

    fn holds(rect: &Rect, x: i64, y: i64) -> bool {
        x >= rect.x.into() && x < rect.right() && y >= rect.y.into() && y < rect.bottom()
    }

    proptest! {
        #[test]
        fn what_is_left_is_each_pixel_outside_the_holes_once(
            area in rect(), holes in proptest::collection::vec(rect(), 0..6),
        ) {
            let left = without(&area, &holes);
            for y in -8..48 {
                for x in -8..48 {
                    let expected = holds(&area, x, y) && !holes.iter().any(|hole| holds(hole, x, y));
                    let times = left.iter().filter(|part| holds(part, x, y)).count();
                    prop_assert_eq!(times, usize::from(expected), "{},{}", x, y);
                }
            }
        }
    }

    #[test]
    fn the_far_corners_of_the_world_are_no_trouble() {
        let world = Rect::new(i32::MIN, i32::MIN, u32::MAX, u32::MAX);
        assert_eq!(world.intersect(&Rect::new(5, 5, 1, 1)), Rect::new(5, 5, 1, 1));
        assert!(world.intersect(&Rect::new(i32::MAX, 0, u32::MAX, 1)).is_empty());
        assert_eq!(Rect::default().union(&Rect::new(1, 2, 3, 4)), Rect::new(1, 2, 3, 4));
    }
}
