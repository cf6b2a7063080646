//! Encoded answers to fetches, kept in memory up to a bound; what falls out is made again from the cache on disk.

use bytes::Bytes;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Answers kept in memory, in bytes.
const ANSWERS_BYTES_MAX: usize = 192 * 1024 * 1024;

/// A package and the kind of computer that its code is for.
pub(super) type Key = ([u8; 32], String);

#[derive(Default)]
pub(super) struct Answers {
    cells: HashMap<Key, Arc<OnceCell<Bytes>>>,
    /// Finished ones, oldest first, with their sizes.
    finished: VecDeque<(Key, usize)>,
    bytes: usize,
}

impl Answers {
    /// Where an answer is or will be; several who ask for one share it.
    pub fn cell(&mut self, key: &Key) -> Arc<OnceCell<Bytes>> {
        self.cells.entry(key.clone()).or_default().clone()
    }

    /// Counts an answer that is made, and lets the oldest fall out over the bound.
    pub fn finish(&mut self, key: Key, bytes: usize) {
        // Several waited for the same one; it is counted once. One that was forgotten meanwhile is not kept.
        if !self.cells.contains_key(&key) || self.finished.iter().any(|(finished, _)| *finished == key) {
            return;
        }
        self.finished.push_back((key, bytes));
        self.bytes += bytes;
        while self.bytes > ANSWERS_BYTES_MAX
            && self.finished.len() > 1
            && let Some((oldest, size)) = self.finished.pop_front()
        {
            self.cells.remove(&oldest);
            self.bytes = self.bytes.saturating_sub(size);
        }
    }

    /// Forgets the answers for packages that are not kept.
    pub fn retain(&mut self, kept: impl Fn(&[u8; 32]) -> bool) {
        self.cells.retain(|(digest, _), _| kept(digest));
        self.finished.retain(|((digest, _), _)| kept(digest));
        self.bytes = self.finished.iter().map(|(_, bytes)| bytes).sum();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn made(answers: &mut Answers, package: u8, bytes: usize) {
        let key = ([package; 32], "x".to_owned());
        answers.cell(&key).set(Bytes::new()).unwrap();
        answers.finish(key, bytes);
    }

    #[test]
    fn the_oldest_fall_out_over_the_bound_and_what_is_forgotten_is_not_counted() {
        let mut answers = Answers::default();
        for package in 1..=3 {
            made(&mut answers, package, ANSWERS_BYTES_MAX / 2);
        }
        let left: Vec<u8> = answers.finished.iter().map(|((digest, _), _)| digest[0]).collect();
        assert_eq!((left, answers.cells.len()), (vec![2, 3], 2));
        answers.retain(|digest| digest[0] == 3);
        assert_eq!((answers.cells.len(), answers.bytes), (1, ANSWERS_BYTES_MAX / 2));
        // Somebody still waited for one that was forgotten.
        answers.finish(([2; 32], "x".to_owned()), 7);
        assert_eq!((answers.finished.len(), answers.bytes), (1, ANSWERS_BYTES_MAX / 2));
    }
}
