//! The smallest delay of the last half minute, in buckets, so that an old path is forgotten.

const BUCKET_SECONDS: f64 = 10.0;
const BUCKETS: usize = 3;

#[derive(Clone, Debug)]
pub(super) struct BaseDelay {
    buckets: [f64; BUCKETS],
    bucket_end: f64,
}

impl BaseDelay {
    pub(super) fn new() -> Self {
        Self { buckets: [f64::INFINITY; BUCKETS], bucket_end: 0.0 }
    }

    pub(super) fn add(&mut self, now: f64, delay: f64) {
        if now >= self.bucket_end {
            // After a rest of minutes this forgets one bucket only: an idle line's old minimum is still the best guess.
            self.buckets.rotate_right(1);
            self.buckets[0] = f64::INFINITY;
            self.bucket_end = now + BUCKET_SECONDS;
        }
        self.buckets[0] = self.buckets[0].min(delay);
    }

    pub(super) fn get(&self) -> Option<f64> {
        let smallest = self.buckets.iter().copied().fold(f64::INFINITY, f64::min);
        smallest.is_finite().then_some(smallest)
    }
}
