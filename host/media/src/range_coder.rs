//! Binary range coding with adaptive models: the entropy coder of the lossy blocks.
//!
//! The coder is that of LZMA (Igor Pavlov; carry by counted 0xFF bytes), the models mix a fast and a slow estimate.
//! Reading past the end gives zeros and is told afterwards, so that decoding is total.

/// How likely a bit is false, learned from the bits before; in 1/65536, as the mean of two speeds.
#[derive(Clone, Copy)]
pub(crate) struct Model {
    fast: u16,
    slow: u16,
}

impl Default for Model {
    fn default() -> Self {
        Self { fast: 1 << 15, slow: 1 << 15 }
    }
}

impl Model {
    /// Never 0 and never 65536: each estimate stops short of both ends.
    #[inline]
    fn share_of_false(self) -> u32 {
        (u32::from(self.fast) + u32::from(self.slow)) >> 1
    }

    /// Brings both estimates nearer to 0 for a true bit, to their top for a false one. Without a branch: what cannot be
    /// predicted here is what is told, and a processor guesses it no better.
    #[inline]
    fn learn(&mut self, bit: bool) {
        let turned = u16::from(bit).wrapping_sub(1);
        let nearer = |estimate: u16, speed: u32| {
            let distance = estimate ^ turned;
            (distance - (distance >> speed)) ^ turned
        };
        (self.fast, self.slow) = (nearer(self.fast, 4), nearer(self.slow, 7));
    }
}

/// Both directions of coding behind one face, so that the syntax is written once. Each call takes the value to write
/// and returns the value that the far side sees; a reader ignores what it is given.
pub(crate) trait Coder {
    fn bit(&mut self, model: &mut Model, value: bool) -> bool;
    /// A bit that cannot be predicted.
    fn plain(&mut self, value: bool) -> bool;

    /// Small numbers short: length in unary under `models`, then the bits below the highest. Up to 2^15 - 2.
    fn number(&mut self, models: &mut [Model; 15], value: u32) -> u32 {
        let value = value + 1;
        let length = 31 - value.leading_zeros();
        let mut bits = 0;
        for (at, model) in models.iter_mut().enumerate() {
            if !self.bit(model, (at as u32) < length) {
                break;
            }
            bits = at as u32 + 1;
        }
        let mut result = 1;
        for at in (0..bits).rev() {
            result = result << 1 | u32::from(self.plain(value >> at & 1 == 1));
        }
        result - 1
    }
}

/// Writes bits; takes the bytes at [`RangeWriter::finish`].
pub(crate) struct RangeWriter {
    low: u64,
    range: u32,
    cached: u8,
    pending: u64,
    bytes: Vec<u8>,
}

impl RangeWriter {
    pub(crate) fn new() -> Self {
        Self { low: 0, range: u32::MAX, cached: 0, pending: 0, bytes: Vec::new() }
    }

    /// Bytes written so far, give or take four.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    fn shift(&mut self) {
        if self.low < 0xff00_0000 || self.low > 0xffff_ffff {
            let carry = (self.low >> 32) as u8;
            self.bytes.push(self.cached.wrapping_add(carry));
            for _ in 0..self.pending {
                self.bytes.push(0xffu8.wrapping_add(carry));
            }
            self.pending = 0;
            self.cached = (self.low >> 24) as u8;
        } else {
            self.pending += 1;
        }
        self.low = (self.low & 0x00ff_ffff) << 8;
    }

    #[inline]
    fn encode(&mut self, bound: u32, value: bool) {
        let told = 0u32.wrapping_sub(u32::from(value));
        self.low += u64::from(bound & told);
        self.range = bound ^ (told & (bound ^ (self.range - bound)));
        while self.range < 1 << 24 {
            self.range <<= 8;
            self.shift();
        }
    }

    /// All bytes, without the leading one (always 0) and the trailing zeros (a reader supplies those itself).
    pub(crate) fn finish(mut self) -> Vec<u8> {
        for _ in 0..5 {
            self.shift();
        }
        while self.bytes.last() == Some(&0) {
            self.bytes.pop();
        }
        if !self.bytes.is_empty() {
            self.bytes.remove(0);
        }
        self.bytes
    }
}

impl Coder for RangeWriter {
    #[inline]
    fn bit(&mut self, model: &mut Model, value: bool) -> bool {
        self.encode((self.range >> 16) * model.share_of_false(), value);
        model.learn(value);
        value
    }

    #[inline]
    fn plain(&mut self, value: bool) -> bool {
        self.encode(self.range >> 1, value);
        value
    }
}

/// Reads bits back.
pub(crate) struct RangeReader<'a> {
    code: u32,
    range: u32,
    bytes: &'a [u8],
    missing: usize,
}

impl<'a> RangeReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut reader = Self { code: 0, range: u32::MAX, bytes, missing: 0 };
        for _ in 0..4 {
            reader.next();
        }
        reader
    }

    #[inline]
    fn next(&mut self) {
        let byte = match self.bytes.split_first() {
            Some((&byte, rest)) => {
                self.bytes = rest;
                byte
            }
            None => {
                self.missing += 1;
                0
            }
        };
        self.code = self.code << 8 | u32::from(byte);
    }

    #[inline]
    fn decode(&mut self, bound: u32) -> bool {
        let value = self.code >= bound;
        if value {
            self.code -= bound;
            self.range -= bound;
        } else {
            self.range = bound;
        }
        while self.range < 1 << 24 {
            self.range <<= 8;
            self.next();
        }
        value
    }

    /// Whether more was read than any writer would have left out.
    pub(crate) fn overran(&self) -> bool {
        self.missing > 64
    }
}

impl Coder for RangeReader<'_> {
    #[inline]
    fn bit(&mut self, model: &mut Model, _: bool) -> bool {
        let value = self.decode((self.range >> 16) * model.share_of_false());
        model.learn(value);
        value
    }

    #[inline]
    fn plain(&mut self, _: bool) -> bool {
        self.decode(self.range >> 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_move_by_their_speeds_and_stay_within_their_ends() {
        for estimate in 0..=u16::MAX {
            for bit in [false, true] {
                let mut model = Model { fast: estimate, slow: estimate };
                model.learn(bit);
                let by = |speed: u32| match bit {
                    true => estimate - (estimate >> speed),
                    false => estimate + ((u16::MAX - estimate) >> speed),
                };
                assert_eq!((model.fast, model.slow), (by(4), by(7)));
            }
        }
    }

    #[test]
    fn bits_and_numbers_come_back_and_likely_ones_are_short() {
        let mut state = 9u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        let values: Vec<(bool, u32, bool)> =
            (0..20_000).map(|_| (random() % 50 == 0, random() % 3 * (random() % 900), random() % 2 == 0)).collect();
        let (mut model, mut numbers) = (Model::default(), [Model::default(); 15]);
        let mut writer = RangeWriter::new();
        for &(rare, ..) in &values {
            writer.bit(&mut model, rare);
        }
        // The entropy of one in fifty is 0.14 bits.
        assert!(writer.len() < 20_000 / 8 / 5, "{}", writer.len());
        for &(_, number, plain) in &values {
            writer.number(&mut numbers, number);
            writer.plain(plain);
        }
        let bytes = writer.finish();
        let (mut model, mut numbers) = (Model::default(), [Model::default(); 15]);
        let mut reader = RangeReader::new(&bytes);
        assert!(values.iter().all(|&(rare, ..)| reader.bit(&mut model, false) == rare));
        for &(_, number, plain) in &values {
            assert_eq!(reader.number(&mut numbers, 0), number);
            assert_eq!(reader.plain(false), plain);
        }
        assert!(!reader.overran());
    }
}
