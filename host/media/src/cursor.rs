//! The pointer: its shape travels apart from the picture, so that moving it costs a few bytes and no repaint.

use crate::{
    pixel_stream::{pack, unpack},
    wire::{Reader, put, put_section, put_signed},
};

/// Longest side of a pointer shape in pixels.
pub const CURSOR_SIDE_MAX: u32 = 256;

/// A pointer shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Width and height in pixels, at most [`CURSOR_SIDE_MAX`]; 0 by 0 is a hidden pointer.
    pub width: u32,
    pub height: u32,
    /// The pixel that points, from the upper left corner.
    pub hot_x: u32,
    pub hot_y: u32,
    /// Premultiplied BGRA rows without padding.
    pub pixels: Vec<u8>,
}

/// Where the pointer's hot spot is on the picture, in pixels, and whether it is shown at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CursorPosition {
    pub x: i32,
    pub y: i32,
    pub visible: bool,
}

/// A pointer message that is not understood, or a shape that cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    #[error("the pointer shape is larger than {CURSOR_SIDE_MAX} pixels or does not have the pixels it claims")]
    Size,
    #[error("the pointer message is damaged")]
    Damaged,
}

impl Cursor {
    fn is_valid(&self) -> bool {
        let sides = self.width <= CURSOR_SIDE_MAX && self.height <= CURSOR_SIDE_MAX;
        let empty_alike = (self.width == 0) == (self.height == 0);
        let hot = self.hot_x < self.width.max(1) && self.hot_y < self.height.max(1);
        sides && empty_alike && hot && self.pixels.len() == self.width as usize * self.height as usize * 4
    }

    /// Appends the shape to `out`.
    ///
    /// # Errors
    /// When the shape breaks its own limits; nothing is appended then.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), CursorError> {
        if !self.is_valid() {
            return Err(CursorError::Size);
        }
        for value in [self.width, self.height, self.hot_x, self.hot_y] {
            put(out, u64::from(value));
        }
        if !self.pixels.is_empty() {
            put_section(out, &pack(&self.pixels));
        }
        Ok(())
    }

    /// Reads a shape.
    ///
    /// # Errors
    /// When the message is malformed or beyond the limits.
    pub fn decode(message: &[u8]) -> Result<Self, CursorError> {
        let mut reader = Reader::new(message);
        let mut number = || {
            let value = reader.number_max(CURSOR_SIDE_MAX as usize).map_err(|_| CursorError::Damaged)?;
            Ok(value as u32)
        };
        let [width, height, hot_x, hot_y] = [number()?, number()?, number()?, number()?];
        let mut cursor = Self { width, height, hot_x, hot_y, pixels: vec![0; width as usize * height as usize * 4] };
        if !cursor.pixels.is_empty() {
            let section = reader.section().map_err(|_| CursorError::Damaged)?;
            unpack(section, &mut cursor.pixels).map_err(|_| CursorError::Damaged)?;
        }
        if cursor.is_valid() && reader.is_empty() { Ok(cursor) } else { Err(CursorError::Damaged) }
    }
}

impl CursorPosition {
    /// Appends the position to `out`: at most 11 bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.visible));
        put_signed(out, i64::from(self.x));
        put_signed(out, i64::from(self.y));
    }

    /// Reads a position.
    ///
    /// # Errors
    /// When the message is malformed.
    pub fn decode(message: &[u8]) -> Result<Self, CursorError> {
        let mut reader = Reader::new(message);
        let mut read = || {
            let visible = match reader.byte().ok()? {
                0 => false,
                1 => true,
                _ => return None,
            };
            let x = i32::try_from(reader.signed().ok()?).ok()?;
            let y = i32::try_from(reader.signed().ok()?).ok()?;
            reader.is_empty().then_some(Self { x, y, visible })
        };
        read().ok_or(CursorError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn shapes_and_positions_come_back() {
        let arrow =
            Cursor { width: 24, height: 17, hot_x: 3, hot_y: 16, pixels: (0..24 * 17 * 4).map(|k| k as u8).collect() };
        for cursor in [arrow, Cursor::default()] {
            let mut out = Vec::new();
            cursor.encode(&mut out).unwrap();
            assert_eq!(Cursor::decode(&out).unwrap(), cursor);
        }
        for position in [(-5, 70_000, true), (i32::MIN, i32::MAX, false)] {
            let position = CursorPosition { x: position.0, y: position.1, visible: position.2 };
            let mut out = Vec::new();
            position.encode(&mut out);
            assert!(out.len() <= 11);
            assert_eq!(CursorPosition::decode(&out).unwrap(), position);
        }
    }

    #[test]
    fn shapes_beyond_the_limits_are_refused() {
        let wide = Cursor { width: 257, height: 1, pixels: vec![0; 257 * 4], ..Cursor::default() };
        assert_eq!(wide.encode(&mut Vec::new()), Err(CursorError::Size));
        let outside = Cursor { width: 2, height: 2, hot_x: 2, hot_y: 0, pixels: vec![0; 16] };
        assert_eq!(outside.encode(&mut Vec::new()), Err(CursorError::Size));
        // A bomb: a tiny section that unpacks to far more than two pixels.
        let mut message = vec![2, 1, 0, 0];
        put_section(&mut message, &pack(&vec![0; 1 << 20]));
        assert_eq!(Cursor::decode(&message), Err(CursorError::Damaged));
    }

    #[test]
    fn any_bytes_are_survived() {
        let mut message = Vec::new();
        Cursor { width: 9, height: 9, hot_x: 1, hot_y: 1, pixels: vec![77; 324] }.encode(&mut message).unwrap();
        for at in 0..message.len() {
            for flip in [1, 0x80, 0xff] {
                let mut hostile = message.clone();
                hostile[at] ^= flip;
                let _ = Cursor::decode(&hostile);
                let _ = Cursor::decode(&hostile[..at]);
                let _ = CursorPosition::decode(&hostile);
            }
        }
    }
}
