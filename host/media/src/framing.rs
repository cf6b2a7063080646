//! Messages on a stream of bytes: a kind, a length, and so many bytes. Both ends of a screen stream speak this.
//!
//! The reader takes bytes as they come, in any portions, never keeps more than one message and what arrived behind it
//! in the same portion, and refuses a length before it waits for it. After a refusal the stream cannot be taken up
//! again: there is no telling where the next message starts.

/// Most bytes of one message. An exact 8K picture of noise has 100 MiB, a real one under half of this.
pub const MESSAGE_BYTES_MAX: usize = 64 << 20;
/// Most bytes of a message that is not a picture: a pointer of 256 × 256 pixels and its head.
pub const SMALL_BYTES_MAX: usize = 272 << 10;
/// Strokes that one message can name: as many as a board holds.
pub const DRAWN_MAX: usize = 4_096;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A packet of the picture codec.
    Picture,
    /// A pointer shape, see [`crate::Cursor`].
    CursorShape,
    /// A pointer position, see [`crate::CursorPosition`].
    CursorPosition,
    /// Strokes that the pictures before it contain, see [`encode_drawn`].
    Drawn,
    /// The viewer has shown a picture; see [`encode_ack`].
    Ack,
    /// The viewer cannot go on without a key picture; no body.
    KeyRequest,
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Self::Picture => 1,
            Self::CursorShape => 2,
            Self::CursorPosition => 3,
            Self::Ack => 4,
            Self::KeyRequest => 5,
            Self::Drawn => 6,
        }
    }

    fn of(code: u8) -> Option<Self> {
        [Self::Picture, Self::CursorShape, Self::CursorPosition, Self::Drawn, Self::Ack, Self::KeyRequest]
            .into_iter()
            .find(|kind| kind.code() == code)
    }

    fn bytes_max(self) -> usize {
        match self {
            Self::Picture => MESSAGE_BYTES_MAX,
            Self::CursorShape => SMALL_BYTES_MAX,
            Self::Drawn => DRAWN_MAX * 8,
            Self::CursorPosition | Self::Ack | Self::KeyRequest => 16,
        }
    }
}

/// One whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub kind: Kind,
    pub body: Vec<u8>,
}

/// A stream that is not of this format, or exceeds its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    #[error("a message of unknown kind {0} on the screen stream")]
    Kind(u8),
    #[error("a message of {0} bytes on the screen stream, more than its kind may have")]
    TooLong(usize),
    #[error("a malformed acknowledgement on the screen stream")]
    Ack,
    #[error("a malformed list of strokes on the screen stream")]
    Drawn,
}

/// Bytes before each body: kind, and the length as four bytes, least first.
const HEAD: usize = 5;

/// Appends a message to `out`.
///
/// # Errors
/// When the body is longer than its kind may be; nothing is appended then.
pub fn write(kind: Kind, body: &[u8], out: &mut Vec<u8>) -> Result<(), FramingError> {
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= kind.bytes_max());
    let length = length.ok_or(FramingError::TooLong(body.len()))?;
    out.push(kind.code());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(body);
    Ok(())
}

/// Appends the acknowledgement of picture number `frame` (counted from 0 on each stream).
pub fn encode_ack(frame: u64, out: &mut Vec<u8>) {
    out.push(Kind::Ack.code());
    out.extend_from_slice(&8u32.to_le_bytes());
    out.extend_from_slice(&frame.to_le_bytes());
}

/// The picture number in the body of an acknowledgement.
///
/// # Errors
/// When the body does not have eight bytes.
pub fn decode_ack(body: &[u8]) -> Result<u64, FramingError> {
    Ok(u64::from_le_bytes(body.try_into().map_err(|_| FramingError::Ack)?))
}

/// The body that says which strokes lie on the screen that pictures are of, each by a number for what it looks like. The
/// first [`DRAWN_MAX`] are named.
#[must_use]
pub fn encode_drawn(looks: &[u64]) -> Vec<u8> {
    looks.iter().take(DRAWN_MAX).flat_map(|look| look.to_le_bytes()).collect()
}

/// The strokes in such a body.
///
/// # Errors
/// When it is not made of whole numbers of eight bytes.
pub fn decode_drawn(body: &[u8]) -> Result<Vec<u64>, FramingError> {
    let (looks, rest) = body.as_chunks::<8>();
    if rest.is_empty() {
        Ok(looks.iter().map(|look| u64::from_le_bytes(*look)).collect())
    } else {
        Err(FramingError::Drawn)
    }
}

/// Takes a stream apart into messages.
#[derive(Debug, Default)]
pub struct Reader {
    bytes: Vec<u8>,
    start: usize,
    failed: Option<FramingError>,
}

impl Reader {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in bytes as they came. Call [`Reader::poll`] until it has nothing more before giving further ones.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message, if it is there.
    ///
    /// # Errors
    /// When the stream breaks the format; it stays broken.
    pub fn poll(&mut self) -> Result<Option<Message>, FramingError> {
        match self.failed {
            Some(error) => Err(error),
            None => self.next().inspect_err(|error| {
                self.failed = Some(*error);
                self.bytes = Vec::new();
                self.start = 0;
            }),
        }
    }

    fn next(&mut self) -> Result<Option<Message>, FramingError> {
        let rest = self.bytes.get(self.start..).unwrap_or_default();
        let Some((&code, after)) = rest.split_first() else {
            return Ok(None);
        };
        let kind = Kind::of(code).ok_or(FramingError::Kind(code))?;
        let Some(length) = after.first_chunk::<4>() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes(*length) as usize;
        if length > kind.bytes_max() {
            return Err(FramingError::TooLong(length));
        }
        let Some(body) = rest.get(HEAD..HEAD + length) else {
            return Ok(None);
        };
        let message = Message { kind, body: body.to_vec() };
        self.start += HEAD + length;
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
            // A large picture once must not be held for ever.
            self.bytes.shrink_to(1 << 20);
        }
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn messages_come_back_whatever_the_portions() {
        let mut stream = Vec::new();
        write(Kind::Picture, &[9; 1000], &mut stream).unwrap();
        write(Kind::CursorPosition, &[1, 2, 3], &mut stream).unwrap();
        encode_ack(u64::MAX - 3, &mut stream);
        write(Kind::KeyRequest, &[], &mut stream).unwrap();
        for portion in [1, 2, 7, 500, 5000] {
            let mut reader = Reader::new();
            let mut messages = Vec::new();
            for bytes in stream.chunks(portion) {
                reader.feed(bytes);
                while let Some(message) = reader.poll().unwrap() {
                    messages.push(message);
                }
            }
            let kinds: Vec<_> = messages.iter().map(|message| message.kind).collect();
            assert_eq!(kinds, [Kind::Picture, Kind::CursorPosition, Kind::Ack, Kind::KeyRequest]);
            assert_eq!(messages[0].body, [9; 1000]);
            assert_eq!(decode_ack(&messages[2].body), Ok(u64::MAX - 3));
        }
    }

    #[test]
    fn strokes_that_are_contained_come_back_and_half_a_number_is_refused() {
        let looks: Vec<u64> = (0..DRAWN_MAX as u64 + 9).map(|at| (at << 40) | 7).collect();
        let body = encode_drawn(&looks);
        assert_eq!(decode_drawn(&body).unwrap(), looks[..DRAWN_MAX]);
        write(Kind::Drawn, &body, &mut Vec::new()).unwrap();
        assert_eq!(decode_drawn(&body[..15]), Err(FramingError::Drawn));
        assert_eq!(decode_drawn(&[]), Ok(Vec::new()));
    }

    #[test]
    fn lengths_are_refused_before_they_are_waited_for() {
        let mut reader = Reader::new();
        reader.feed(&[1, 1, 0, 0, 4]);
        assert_eq!(reader.poll(), Err(FramingError::TooLong(MESSAGE_BYTES_MAX + 1)));
        reader.feed(&[4, 0, 0, 0, 0]);
        assert!(reader.poll().is_err(), "a broken stream stays broken");
        let mut reader = Reader::new();
        reader.feed(&[4, 17, 0, 0, 0]);
        assert_eq!(reader.poll(), Err(FramingError::TooLong(17)));
        assert_eq!(write(Kind::Ack, &[0; 17], &mut Vec::new()), Err(FramingError::TooLong(17)));
    }

    #[test]
    fn any_bytes_are_survived() {
        let mut state = 1u32;
        for _ in 0..2000 {
            let mut reader = Reader::new();
            for _ in 0..20 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                reader.feed(&(((state % 6) << 8) | (state >> 24)).to_be_bytes()[2..]);
                while let Ok(Some(_)) = reader.poll() {}
            }
        }
    }
}
