//! How many messages another half may send: what a person draws is far below, whatever the line held up.

/// Taken at once: some minutes of drawing after a line that stood still, or all that somebody may have drawn.
const BURST: u32 = 4_000;
/// A message a frame on the fastest displays, twice.
const PER_S: u64 = 400;
const REFILL_US: u64 = 1_000_000 / PER_S;

#[derive(Clone, Copy, Debug)]
pub struct Pace {
    left: u32,
    refilled_us: u64,
}

impl Pace {
    pub fn new(now_us: u64) -> Self {
        Self { left: BURST, refilled_us: now_us }
    }

    /// Whether so much more is still within bounds.
    pub fn take(&mut self, cost: u32, now_us: u64) -> bool {
        let refilled = now_us.saturating_sub(self.refilled_us) / REFILL_US;
        if refilled > 0 {
            self.refilled_us += refilled * REFILL_US;
            self.left = u32::try_from(refilled).map_or(BURST, |more| self.left.saturating_add(more).min(BURST));
        }
        match self.left.checked_sub(cost) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_never_meets_it_and_a_flood_does() {
        let mut pace = Pace::new(0);
        assert!((0..60 * 600_u64).all(|frame| pace.take(1, frame * 16_667)), "ten minutes of drawing");
        let at = 700_000_000;
        assert!((0..BURST).all(|_| pace.take(1, at)));
        assert!(!pace.take(1, at) && !pace.take(1, at + REFILL_US / 2));
        assert!(pace.take(1, at + REFILL_US) && !pace.take(1, at + REFILL_US));
        assert!(pace.take(BURST, u64::MAX), "it never holds more than that");
        assert!(!pace.take(1, u64::MAX));
    }
}
