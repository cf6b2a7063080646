//! The bytes of a packet: variable-length numbers, rectangles and sections, read totally and within limits.
//!
//! A packet is: version and flags (one byte), width, height, and then those sections whose flag is set, in the order
//! of the flags. Numbers are LEB128; sections of compressed bytes carry their length before them.

use crate::{DecodeError, rect::Rect};

/// In the upper bits of the first byte of each packet.
pub(crate) const VERSION: u8 = 0x40;
pub(crate) const VERSION_MASK: u8 = 0xe0;
/// Streams and models start anew; the whole picture follows.
pub(crate) const KEY: u8 = 1;
pub(crate) const COPIES: u8 = 2;
pub(crate) const FILLS_AND_BOXES: u8 = 4;
pub(crate) const PHOTO: u8 = 8;
pub(crate) const REFRESH: u8 = 16;

/// Most rectangles of one list.
pub(crate) const RECTS_MAX: usize = 1 << 20;

/// Appends a number, 7 bits a byte.
pub(crate) fn put(out: &mut Vec<u8>, value: u64) {
    let mut value = value;
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a number that may be negative, small ones of either sign short.
pub(crate) fn put_signed(out: &mut Vec<u8>, value: i64) {
    put(out, ((value << 1) ^ (value >> 63)) as u64);
}

/// Appends a rectangle relative to the former one of its list: lists run downwards, so the steps are short.
pub(crate) fn put_rect(out: &mut Vec<u8>, rect: &Rect, former: &Rect) {
    put_signed(out, i64::from(rect.x) - i64::from(former.x));
    put_signed(out, i64::from(rect.y) - i64::from(former.y));
    put(out, u64::from(rect.width));
    put(out, u64::from(rect.height));
}

/// Appends bytes with their length before them.
pub(crate) fn put_section(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads what the `put` functions wrote.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn byte(&mut self) -> Result<u8, DecodeError> {
        let (&byte, rest) = self.rest.split_first().ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(byte)
    }

    /// At most five bytes: no number of the format needs more.
    pub(crate) fn number(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::OutOfRange)
    }

    pub(crate) fn number_max(&mut self, max: usize) -> Result<usize, DecodeError> {
        let value = self.number()?;
        usize::try_from(value).ok().filter(|value| *value <= max).ok_or(DecodeError::OutOfRange)
    }

    pub(crate) fn signed(&mut self) -> Result<i64, DecodeError> {
        let value = self.number()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// A rectangle that is not empty and lies inside the picture.
    pub(crate) fn rect(&mut self, former: &Rect, width: u32, height: u32) -> Result<Rect, DecodeError> {
        let x = i64::from(former.x) + self.signed()?;
        let y = i64::from(former.y) + self.signed()?;
        let right = x + self.number()? as i64;
        let bottom = y + self.number()? as i64;
        let inside = x >= 0 && y >= 0 && right <= i64::from(width) && bottom <= i64::from(height);
        if !inside || right <= x || bottom <= y {
            return Err(DecodeError::OutOfRange);
        }
        Ok(Rect::between(x, y, right, bottom))
    }

    pub(crate) fn section(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.number_max(usize::MAX)?;
        let (section, rest) = self.rest.split_at_checked(length).ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(section)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_and_rectangles_come_back() {
        let mut out = Vec::new();
        put(&mut out, 300);
        put_signed(&mut out, -77);
        let former = Rect::new(100, 100, 1, 1);
        put_rect(&mut out, &Rect::new(3, 200, 17, 18), &former);
        put_section(&mut out, b"abc");
        let mut reader = Reader::new(&out);
        assert_eq!(reader.number().unwrap(), 300);
        assert_eq!(reader.signed().unwrap(), -77);
        assert_eq!(reader.rect(&former, 1000, 1000).unwrap(), Rect::new(3, 200, 17, 18));
        assert_eq!(reader.section().unwrap(), b"abc");
        assert!(reader.is_empty());
    }

    #[test]
    fn endless_numbers_and_outside_rectangles_are_refused() {
        assert_eq!(Reader::new(&[0xff; 20]).number(), Err(DecodeError::OutOfRange));
        let mut out = Vec::new();
        put_rect(&mut out, &Rect::new(990, 0, 17, 18), &Rect::default());
        assert_eq!(Reader::new(&out).rect(&Rect::default(), 1000, 1000), Err(DecodeError::OutOfRange));
        assert_eq!(Reader::new(&[5, 1, 2]).section(), Err(DecodeError::Truncated));
    }
}
