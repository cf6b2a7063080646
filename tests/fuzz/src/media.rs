//! The screen stream: its framing, pictures and the pointer, as a rep's computer takes them from a customer's.

use crate::pieces;
use lotse_media::framing::{self, FramingError, Kind, Message, Reader};
use lotse_media::{Cursor, CursorPosition, DecodeError, Decoder, PictureMut, Rect};
use std::ops::Range;

/// Small and odd, so that it cuts heads and bodies everywhere.
const PORTION_BYTES: usize = 7;
/// Pixels of the largest picture that is decoded here. The codec's own bound would make each input slow.
const AREA_MAX: u32 = 128 * 128;
const PACKETS_MAX: usize = 16;

/// Messages behind kind and length. What was read is, written anew, the beginning of what came.
pub fn screen_stream(bytes: &[u8]) {
    let (messages, failed) = taken_apart(bytes, bytes.len());
    assert_eq!(taken_apart(bytes, PORTION_BYTES), (messages.clone(), failed), "portions change what is read");
    let mut again = Vec::new();
    for Message { kind, body } in &messages {
        assert_eq!(framing::write(*kind, body, &mut again), Ok(()), "a message was read that may not be written");
        if *kind == Kind::Ack
            && let Ok(picture) = framing::decode_ack(body)
        {
            let mut ack = Vec::new();
            framing::encode_ack(picture, &mut ack);
            assert!(again.ends_with(&ack), "an acknowledgement does not come back");
        }
        if *kind == Kind::Drawn
            && let Ok(looks) = framing::decode_drawn(body)
        {
            assert_eq!(framing::encode_drawn(&looks), *body, "a list of strokes does not come back");
        }
    }
    assert!(bytes.starts_with(&again), "messages were read that did not come");
}

fn taken_apart(bytes: &[u8], portion_bytes: usize) -> (Vec<Message>, Option<FramingError>) {
    let mut reader = Reader::new();
    let mut messages = Vec::new();
    for portion in bytes.chunks(portion_bytes.max(1)) {
        reader.feed(portion);
        loop {
            match reader.poll() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(error) => return (messages, Some(error)),
            }
        }
    }
    (messages, None)
}

/// Picture packets in turn, each a piece of the input, on one decoder.
///
/// Whatever they say, damage lies inside the picture, nothing outside of it changes, and after an error only a key
/// packet is taken.
pub fn picture(bytes: &[u8]) {
    let mut decoder = Decoder::new();
    let mut screen = Screen::new(1, 1);
    let mut needs_key = true;
    for packet in pieces(bytes).take(PACKETS_MAX) {
        let mut damage = Vec::new();
        let Ok((width, height)) = Decoder::size_of(packet) else {
            let outcome = decoder.decode(packet, &mut screen.view_mut(), &mut damage);
            assert!(outcome.is_err() && damage.is_empty(), "a packet without a size was taken");
            continue;
        };
        if width * height > AREA_MAX {
            continue;
        }
        if (width, height) != (screen.width, screen.height) {
            screen = Screen::new(width, height);
        }
        let before = screen.pixels.clone();
        let key = Decoder::is_key(packet) == Ok(true);
        let outcome = decoder.decode(packet, &mut screen.view_mut(), &mut damage);
        let refused = outcome == Err(DecodeError::NeedsKey);
        assert!(refused || key || !needs_key, "a packet was taken although its predecessors are missing: {outcome:?}");
        needs_key = outcome.is_err();
        let whole = Rect::new(0, 0, width, height);
        assert!(damage.iter().all(|rect| whole.contains(rect)), "damage outside the picture: {damage:?}");
        if outcome.is_ok() {
            assert!(screen.changed_only_in(&damage, before), "pixels changed outside the damage: {damage:?}");
        }
    }
}

/// A pointer's shape or position.
pub fn pointer(bytes: &[u8]) {
    if let Ok(cursor) = Cursor::decode(bytes) {
        let mut again = Vec::new();
        assert_eq!(cursor.encode(&mut again), Ok(()), "a shape was read that may not be sent");
        assert_eq!(Cursor::decode(&again), Ok(cursor), "a shape does not come back");
    }
    if let Ok(position) = CursorPosition::decode(bytes) {
        let mut again = Vec::new();
        position.encode(&mut again);
        assert_eq!(CursorPosition::decode(&again), Ok(position), "a position does not come back");
    }
}

/// The picture as the viewer holds it: BGRX rows without padding.
struct Screen {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Screen {
    fn new(width: u32, height: u32) -> Self {
        Self { width, height, pixels: vec![0; width as usize * height as usize * 4] }
    }

    fn stride(&self) -> usize {
        self.width as usize * 4
    }

    fn view_mut(&mut self) -> PictureMut<'_> {
        PictureMut { width: self.width, height: self.height, stride: self.stride(), pixels: &mut self.pixels }
    }

    /// Whether the picture before is this one, once it has taken over what lies in `damage`.
    fn changed_only_in(&self, damage: &[Rect], mut before: Vec<u8>) -> bool {
        for span in damage.iter().flat_map(|rect| self.spans(rect)) {
            if let (Some(old), Some(new)) = (before.get_mut(span.clone()), self.pixels.get(span)) {
                old.copy_from_slice(new);
            }
        }
        before == self.pixels
    }

    /// Bytes of each row of a rectangle that lies inside the picture.
    fn spans(&self, rect: &Rect) -> impl Iterator<Item = Range<usize>> {
        let (stride, bytes) = (self.stride(), rect.width as usize * 4);
        let (x, y) = (usize::try_from(rect.x).unwrap_or_default(), usize::try_from(rect.y).unwrap_or_default());
        (y..y + rect.height as usize).map(move |row| row * stride + x * 4).map(move |start| start..start + bytes)
    }
}
