//! How fast one connection may speak: a bucket of messages that refills. Who empties it is read more slowly, which
//! costs nobody else anything.

/// Messages at once.
const BURST: u64 = 200;
/// Messages a second in the long run: a session's start takes some twenty.
const PER_SECOND: u64 = 50;

/// One connection's bucket, in thousandths of a message.
#[derive(Debug)]
pub struct Pace {
    level: u64,
    at_ms: u64,
}

impl Pace {
    /// A full bucket.
    pub fn new(now_ms: u64) -> Self {
        Self { level: BURST * 1000, at_ms: now_ms }
    }

    /// Takes one message out; returns how long to wait before handling it, in milliseconds.
    pub fn wait_ms(&mut self, now_ms: u64) -> u64 {
        let passed_ms = now_ms.saturating_sub(self.at_ms);
        self.at_ms = now_ms;
        self.level = (self.level + passed_ms.saturating_mul(PER_SECOND)).min(BURST * 1000);
        match self.level.checked_sub(1000) {
            Some(left) => {
                self.level = left;
                0
            }
            None => {
                let wait_ms = (1000 - std::mem::take(&mut self.level)).div_ceil(PER_SECOND);
                // What the bucket gains meanwhile is this message.
                self.at_ms += wait_ms;
                wait_ms
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_slowed_to_the_rate_and_a_talk_is_not() {
        let mut pace = Pace::new(0);
        let mut now_ms = 0;
        for _ in 0..2 * BURST {
            now_ms += pace.wait_ms(now_ms);
        }
        assert!((3500..=4500).contains(&now_ms), "{now_ms} ms for {} messages over the burst", BURST);
        let mut pace = Pace::new(0);
        assert!((0..1000).all(|second| pace.wait_ms(second * 30) == 0));
    }
}
