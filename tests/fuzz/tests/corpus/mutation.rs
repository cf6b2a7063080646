//! Inputs that are nearly right: an example with a few changes, the same ones for the same seed.

/// Longest input that is made, in bytes.
const BYTES_MAX: usize = 4096;
const CHANGES_MAX: usize = 5;
/// Where lengths, counts and signs turn over.
const EDGES: [u64; 8] = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fff_ffff, u64::MAX];

/// SplitMix64.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.next() as u8
    }
}

/// One of `examples`, changed in up to five places.
pub fn mutate(examples: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = examples[random.below(examples.len())].clone();
    for _ in 0..=random.below(CHANGES_MAX) {
        change(&mut bytes, examples, random);
        bytes.truncate(BYTES_MAX);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, examples: &[Vec<u8>], random: &mut Random) {
    // Heads say the most, so they are hit as often as all the rest.
    let reach = if random.below(2) == 0 { bytes.len().min(24) } else { bytes.len() };
    let at = random.below(reach + 1);
    let end = (at + 1 + random.below(8)).min(bytes.len());
    match random.below(10) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, random.byte()),
        2 => drop(bytes.drain(at.min(end)..end)),
        3 => {
            let number = EDGES[random.below(EDGES.len())].to_le_bytes();
            overwrite(bytes, at, &number[..1 << random.below(4)]);
        }
        4 => {
            let number = EDGES[random.below(EDGES.len())].to_be_bytes();
            overwrite(bytes, at, &number[8 - (1 << random.below(4))..]);
        }
        5 => {
            let piece = bytes[at.min(end)..end].to_vec();
            bytes.splice(at..at, piece);
        }
        6 => {
            let other = &examples[random.below(examples.len())];
            let from = random.below(other.len() + 1);
            let length = random.below(other.len() - from + 1);
            bytes.splice(at..at, other[from..from + length].iter().copied());
        }
        7 => overwrite(bytes, at, &[random.byte()]),
        8 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = byte.wrapping_add(1)),
        _ => {
            let bit = 1 << random.below(8);
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bit);
        }
    }
}

fn overwrite(bytes: &mut [u8], at: usize, with: &[u8]) {
    bytes.iter_mut().skip(at).zip(with).for_each(|(byte, new)| *byte = *new);
}
