//! What the two halves say to each other: the agreement, and what was copied. Reading is total.

use lotse_sdk::wire::{Reader, Writer};

pub const VERSION: u8 = 1;
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// A screenshot of a large screen as PNG.
pub const IMAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// An image with its kind byte.
pub const MESSAGE_BYTES_MAX: u32 = IMAGE_BYTES_MAX as u32 + 1;

const ASK: u8 = 0;
const WAITING: u8 = 1;
const ALLOWED: u8 = 2;
const REFUSED: u8 = 3;
const TEXT: u8 = 4;
const IMAGE: u8 = 5;
const ONLY_LOOKS: u8 = 6;
/// Every PNG file begins so (PNG specification, 5.2).
const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Text,
    Image,
}

impl Format {
    /// The contract's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Text, Self::Image].into_iter().find(|format| format.name() == name)
    }

    fn takes(self, data: &[u8]) -> bool {
        match self {
            Self::Text => data.len() <= TEXT_BYTES_MAX && std::str::from_utf8(data).is_ok(),
            Self::Image => data.len() <= IMAGE_BYTES_MAX && data.starts_with(PNG_SIGNATURE),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub format: Format,
    pub data: Vec<u8>,
}

impl Content {
    /// None if it is empty, too large, or not what it claims to be.
    pub fn new(format: Format, data: Vec<u8>) -> Option<Self> {
        (!data.is_empty() && format.takes(&data)).then_some(Self { format, data })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The rep would like to share.
    Ask {
        version: u8,
    },
    /// The customer is being asked.
    Waiting,
    Allowed,
    /// Refused, or taken back.
    Refused,
    /// Whoever asks only looks on, and nobody is asked.
    OnlyLooks,
    Content(Content),
}

impl Message {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Ask { version } => Writer::new(ASK).u8(*version).finish(),
            Self::Waiting => vec![WAITING],
            Self::Allowed => vec![ALLOWED],
            Self::Refused => vec![REFUSED],
            Self::OnlyLooks => vec![ONLY_LOOKS],
            Self::Content(Content { format: Format::Text, data }) => Writer::new(TEXT).bytes(data).finish(),
            Self::Content(Content { format: Format::Image, data }) => Writer::new(IMAGE).bytes(data).finish(),
        }
    }

    /// Takes the bytes: a picture is not copied once more than it must be.
    pub fn parse(mut bytes: Vec<u8>) -> Option<Self> {
        let mut reader = Reader::new(&bytes);
        match reader.u8()? {
            ASK => {
                let version = reader.u8()?;
                reader.end(Self::Ask { version })
            }
            WAITING => reader.end(Self::Waiting),
            ALLOWED => reader.end(Self::Allowed),
            REFUSED => reader.end(Self::Refused),
            ONLY_LOOKS => reader.end(Self::OnlyLooks),
            kind @ (TEXT | IMAGE) => {
                let format = if kind == TEXT { Format::Text } else { Format::Image };
                bytes.remove(0);
                Content::new(format, bytes).map(Self::Content)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn image() -> Content {
        Content::new(Format::Image, [PNG_SIGNATURE, &[1, 2, 3]].concat()).unwrap()
    }

    #[test]
    fn messages_come_back() {
        let text = Content::new(Format::Text, "Größe".as_bytes().to_vec()).unwrap();
        for message in [
            Message::Ask { version: 1 },
            Message::Waiting,
            Message::Allowed,
            Message::Refused,
            Message::OnlyLooks,
            Message::Content(text),
            Message::Content(image()),
        ] {
            assert_eq!(Message::parse(message.encode()), Some(message));
        }
    }

    #[test]
    fn content_is_what_it_claims_to_be() {
        assert_eq!(Content::new(Format::Text, vec![0xff]), None);
        assert_eq!(Content::new(Format::Text, Vec::new()), None);
        assert_eq!(Content::new(Format::Text, vec![b'x'; TEXT_BYTES_MAX + 1]), None);
        assert_eq!(Content::new(Format::Image, b"GIF89a".to_vec()), None);
        let mut large = PNG_SIGNATURE.to_vec();
        large.resize(IMAGE_BYTES_MAX + 1, 0);
        assert_eq!(Content::new(Format::Image, large), None);
    }

    #[test]
    fn fuzz_parse_never_panics() {
        let mut state: u64 = 99;
        for _ in 0..20_000 {
            let mut bytes = Message::Content(image()).encode();
            for _ in 0..3 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = (state >> 40) as usize % bytes.len();
                bytes[at] = (state >> 20) as u8;
                if state >> 62 == 0 {
                    bytes.truncate(at.max(1));
                }
            }
            if let Some(Message::Content(content)) = Message::parse(bytes) {
                assert!(content.format.takes(&content.data));
            }
        }
    }
}
