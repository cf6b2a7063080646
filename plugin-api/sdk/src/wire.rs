//! Bytes of a message, written and read field by field. Big-endian; reading is total and gives none at the first lack.

/// Puts a message together.
#[derive(Clone, Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Begins with the byte that says what kind of message follows.
    pub fn new(kind: u8) -> Self {
        Self(vec![kind])
    }

    pub fn u8(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    pub fn flag(self, value: bool) -> Self {
        self.u8(u8::from(value))
    }

    pub fn u32(self, value: u32) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    pub fn i32(self, value: i32) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    pub fn u64(self, value: u64) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    pub fn u128(self, value: u128) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    /// As they are, without a length.
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// With its length before it; cut at 64 KiB, at the end of a character.
    pub fn text(self, text: &str) -> Self {
        let cut = text.floor_char_boundary(usize::from(u16::MAX));
        let text = text.get(..cut).unwrap_or_default();
        let length = u16::try_from(text.len()).unwrap_or_default();
        self.bytes(&length.to_be_bytes()).bytes(text.as_bytes())
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Takes a message apart.
#[derive(Clone, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// 0 or 1; anything else is no flag.
    pub fn flag(&mut self) -> Option<bool> {
        match self.u8()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn i32(&mut self) -> Option<i32> {
        self.array().map(i32::from_be_bytes)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub fn u128(&mut self) -> Option<u128> {
        self.array().map(u128::from_be_bytes)
    }

    /// UTF-8 of at most `chars_max` characters.
    pub fn text(&mut self, chars_max: usize) -> Option<String> {
        let length = self.array().map(u16::from_be_bytes)?;
        let (bytes, rest) = self.0.split_at_checked(usize::from(length))?;
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.chars().count() <= chars_max)?;
        self.0 = rest;
        Some(text.to_owned())
    }

    /// Everything that is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    /// `value`, if nothing is left: a message with something behind it is not the one it seems.
    pub fn end<T>(self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn reads_what_it_wrote_and_refuses_every_cut() {
        let bytes = Writer::new(7).flag(true).u32(1).i32(-2).u64(3).u128(4).text("größe").bytes(b"xy").finish();
        let read = |bytes: &[u8]| {
            let mut reader = Reader::new(bytes);
            let fields = (
                reader.u8()?,
                reader.flag()?,
                reader.u32()?,
                reader.i32()?,
                reader.u64()?,
                reader.u128()?,
                reader.text(5)?,
            );
            (fields == (7, true, 1, -2, 3, 4, "größe".to_owned()) && reader.clone().rest() == b"xy")
                .then_some(reader.end(()))
        };
        assert_eq!(read(&bytes), Some(None));
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_none());
        }
    }

    #[test]
    fn texts_have_a_limit_and_are_utf8() {
        assert_eq!(Reader::new(&Writer::new(0).text("12345").finish()[1..]).text(4), None);
        assert_eq!(Reader::new(&[0, 2, 0xff, 0xff]).text(10), None);
        assert_eq!(Reader::new(&[2]).flag(), None);
        let long = Writer::new(0).text(&"ä".repeat(40_000)).finish();
        assert_eq!(Reader::new(&long[1..]).text(40_000).unwrap().chars().count(), 32_767);
    }
}
