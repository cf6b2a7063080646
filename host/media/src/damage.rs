//! A bounded set of damaged rectangles: what a capture says may have changed, gathered until it can be sent.
//!
//! Rectangles that nearly touch are merged, and when there are too many the two whose union wastes least become one,
//! so the set never grows past its limit and never loses a damaged pixel.

use crate::rect::Rect;

/// Most rectangles kept; comparing a few extra pixels is cheaper than walking long lists.
const RECTS_MAX: usize = 64;
/// Pixels that a merge may add for nothing: a rectangle of its own costs about as much as comparing so many.
const MERGE_WASTE: u64 = 1024;

/// Rectangles that may have changed; see the module.
#[derive(Clone, Debug, Default)]
pub struct Damage {
    rects: Vec<Rect>,
}

impl Damage {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one more rectangle.
    pub fn add(&mut self, rect: Rect) {
        let mut rect = rect;
        if rect.is_empty() {
            return;
        }
        let mut index = 0;
        while let Some(other) = self.rects.get(index).copied() {
            let union = rect.union(&other);
            if union.area() <= rect.area() + other.area() + MERGE_WASTE {
                rect = union;
                self.rects.swap_remove(index);
                // The grown rectangle may now reach one that was passed already.
                index = 0;
            } else {
                index += 1;
            }
        }
        if self.rects.len() >= RECTS_MAX {
            let waste = |other: &Rect| rect.union(other).area().saturating_sub(other.area());
            let nearest = (0..self.rects.len()).min_by_key(|&at| self.rects.get(at).map_or(u64::MAX, waste));
            if let Some(other) = nearest.and_then(|at| self.rects.get_mut(at)) {
                *other = rect.union(other);
                return;
            }
        }
        self.rects.push(rect);
    }

    /// Takes in all of them.
    pub fn extend(&mut self, rects: impl IntoIterator<Item = Rect>) {
        rects.into_iter().for_each(|rect| self.add(rect));
    }

    #[must_use]
    pub fn rects(&self) -> &[Rect] {
        &self.rects
    }

    /// Hands over all rectangles and starts afresh.
    pub fn take(&mut self) -> Vec<Rect> {
        std::mem::take(&mut self.rects)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rects.is_empty()
    }

    /// Sum of the areas in pixels; overlaps count twice.
    #[must_use]
    pub fn area(&self) -> u64 {
        self.rects.iter().map(Rect::area).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_one() {
        let mut damage = Damage::new();
        damage.extend([Rect::new(0, 0, 10, 20), Rect::new(10, 0, 10, 20), Rect::new(500, 500, 4, 4)]);
        assert_eq!(damage.rects().len(), 2);
        assert!(damage.rects().contains(&Rect::new(0, 0, 20, 20)));
    }

    #[test]
    fn stays_bounded_and_loses_nothing() {
        let mut damage = Damage::new();
        let all: Vec<_> = (0..1000).map(|k| Rect::new(k * 7919 % 50_000, k * 104_729 % 50_000, 30, 3)).collect();
        damage.extend(all.iter().copied());
        assert!(damage.rects().len() <= RECTS_MAX);
        assert!(all.iter().all(|rect| damage.rects().iter().any(|holder| holder.contains(rect))));
    }
}
