//! What the two halves say to each other about transfers. Both send and receive, so both speak the whole of it. Reading is total.
//!
//! A transfer is named by the number that its sender gave it. `mine` says whether the teller sends it: both sides may have
//! given the same number.

use lotse_sdk::wire::{Reader, Writer};

pub const VERSION: u8 = 3;
/// As long as a file's name can be on any system.
pub const NAME_CHARS_MAX: usize = 255;
/// The host's tokens are shorter.
pub const TOKEN_CHARS_MAX: usize = 200;
/// Both in four bytes a character, and numbers.
pub const MESSAGE_BYTES_MAX: u32 = 4 * 1024;
const _: () = assert!((NAME_CHARS_MAX + 2 * TOKEN_CHARS_MAX) * 4 + 64 < MESSAGE_BYTES_MAX as usize);
/// Numbers of the contract are signed.
pub const BYTES_MAX: u64 = i64::MAX.cast_unsigned();

const HELLO: u8 = 0;
const OFFER: u8 = 1;
const ACCEPT: u8 = 2;
const REFUSE: u8 = 3;
const WANTED: u8 = 4;
const PAUSE: u8 = 5;
const CANCEL: u8 = 6;
const AGAIN: u8 = 7;
const FULL: u8 = 8;
const ALLOW: u8 = 9;
const ALLOWED: u8 = 10;
const DISCARD: u8 = 11;
const ONLY_LOOKS: u8 = 12;
const LEFT: u8 = 13;

/// What is to be sent, as people are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Of the one file or folder, or of the first.
    pub name: String,
    pub files: u32,
    pub folders: u32,
    pub bytes: u64,
}

impl Facts {
    /// The same with a name that can be shown; none where there is nothing to be sent, or more than there can be.
    pub fn checked(self) -> Option<Self> {
        let name = Some(tidy(&self.name)).filter(|name| !name.is_empty()).unwrap_or_else(|| "_".to_owned());
        let some = self.files > 0 || self.folders > 0;
        (some && self.bytes <= BYTES_MAX).then_some(Self { name, ..self })
    }
}

/// Without characters that hide something, turn it round or are none, on one line.
fn tidy(name: &str) -> String {
    let hides = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let shown: String = name.chars().filter(|c| !c.is_control() && !hides(*c)).take(NAME_CHARS_MAX).collect();
    shown.trim().to_owned()
}

/// Why the receiving side takes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Declined,
    /// It was declined several times just now, and nobody is asked for a while.
    Enough,
    /// Too many wait there already.
    Busy,
    /// The place is no longer there, or was never chosen.
    Gone,
    /// Not licensed or not allowed there, or the host cannot do it.
    Unable,
}

impl Refusal {
    const ALL: [Self; 5] = [Self::Declined, Self::Enough, Self::Busy, Self::Gone, Self::Unable];

    pub fn number(self) -> u8 {
        match self {
            Self::Declined => 0,
            Self::Enough => 1,
            Self::Busy => 2,
            Self::Gone => 3,
            Self::Unable => 4,
        }
    }

    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.number() == number)
    }
}

/// Why one side ends what was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A person there did.
    Person,
    /// What was to be sent is no longer there.
    Gone,
    /// It broke off too often.
    Broken,
    /// Everything is at the teller's already.
    Whole,
    /// The customer no longer lets in what is not asked about.
    TakenBack,
}

impl Stop {
    const ALL: [Self; 5] = [Self::Person, Self::Gone, Self::Broken, Self::Whole, Self::TakenBack];

    fn number(self) -> u8 {
        match self {
            Self::Person => 0,
            Self::Gone => 1,
            Self::Broken => 2,
            Self::Whole => 3,
            Self::TakenBack => 4,
        }
    }
}

/// Whether the customer lets files in without a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allowed {
    #[default]
    No,
    /// The customer is being asked.
    Asked,
    Refused,
    Yes,
}

impl Allowed {
    const ALL: [Self; 4] = [Self::No, Self::Asked, Self::Refused, Self::Yes];

    fn number(self) -> u8 {
        match self {
            Self::No => 0,
            Self::Asked => 1,
            Self::Refused => 2,
            Self::Yes => 3,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The first of each side.
    Hello {
        version: u8,
    },
    /// The teller would like to send this, or goes on with it. `token` stands for it at the teller's end; `place` is what the
    /// other side gave when it accepted, or empty.
    Offer {
        id: u64,
        facts: Facts,
        token: String,
        place: String,
    },
    /// `token` stands for the place at the teller's end.
    Accept {
        id: u64,
        token: String,
    },
    Refuse {
        id: u64,
        why: Refusal,
    },
    /// The teller has a place for this and waits for the rest; `token` is what came with its offer.
    Wanted {
        id: u64,
        token: String,
    },
    /// A person at the teller's end paused it, or no longer does.
    Pause {
        id: u64,
        mine: bool,
        on: bool,
    },
    Cancel {
        id: u64,
        mine: bool,
        why: Stop,
    },
    /// A person at the teller's end ended what was to come into the place of the other side's that this stands for.
    Discard {
        token: String,
    },
    /// The receiver would like to have tried once more what has failed.
    Again {
        id: u64,
    },
    /// The receiver lacks so many bytes of room.
    Full {
        id: u64,
        missing: u64,
    },
    /// The rep would like to send without a question each time.
    Allow,
    Allowed(Allowed),
    /// The rep only looks on: nothing is taken from them and nothing sent to them. The customer's half says no more.
    OnlyLooks,
    /// Another rep has left, and with them stopped so many transfers. [`Message::left`] makes it.
    Left {
        who: String,
        count: u32,
    },
}

impl Message {
    /// With a name that can be shown.
    pub fn left(who: &str, count: u32) -> Self {
        Self::Left { who: tidy(who), count }
    }

    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello { version } => Writer::new(HELLO).u8(*version).finish(),
            Self::Offer { id, facts, token, place } => {
                write_facts(Writer::new(OFFER).u64(*id), facts).text(token).text(place).finish()
            }
            Self::Accept { id, token } => Writer::new(ACCEPT).u64(*id).text(token).finish(),
            Self::Refuse { id, why } => Writer::new(REFUSE).u64(*id).u8(why.number()).finish(),
            Self::Wanted { id, token } => Writer::new(WANTED).u64(*id).text(token).finish(),
            Self::Pause { id, mine, on } => Writer::new(PAUSE).u64(*id).flag(*mine).flag(*on).finish(),
            Self::Cancel { id, mine, why } => Writer::new(CANCEL).u64(*id).flag(*mine).u8(why.number()).finish(),
            Self::Discard { token } => Writer::new(DISCARD).text(token).finish(),
            Self::Again { id } => Writer::new(AGAIN).u64(*id).finish(),
            Self::Full { id, missing } => Writer::new(FULL).u64(*id).u64(*missing).finish(),
            Self::Allow => vec![ALLOW],
            Self::Allowed(allowed) => Writer::new(ALLOWED).u8(allowed.number()).finish(),
            Self::OnlyLooks => vec![ONLY_LOOKS],
            Self::Left { who, count } => Writer::new(LEFT).text(who).u32(*count).finish(),
        }
    }

    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let message = match reader.u8()? {
            HELLO => Self::Hello { version: reader.u8()? },
            OFFER => {
                let (id, facts) = (reader.u64()?, read_facts(&mut reader)?);
                Self::Offer { id, facts, token: read_token(&mut reader)?, place: read_token(&mut reader)? }
            }
            ACCEPT => Self::Accept { id: reader.u64()?, token: read_token(&mut reader)? },
            REFUSE => Self::Refuse { id: reader.u64()?, why: Refusal::from_number(reader.u8()?)? },
            WANTED => Self::Wanted { id: reader.u64()?, token: read_token(&mut reader)? },
            PAUSE => Self::Pause { id: reader.u64()?, mine: reader.flag()?, on: reader.flag()? },
            CANCEL => {
                let (id, mine, number) = (reader.u64()?, reader.flag()?, reader.u8()?);
                Self::Cancel { id, mine, why: Stop::ALL.into_iter().find(|why| why.number() == number)? }
            }
            DISCARD => Self::Discard { token: read_token(&mut reader)? },
            AGAIN => Self::Again { id: reader.u64()? },
            FULL => Self::Full { id: reader.u64()?, missing: reader.u64().filter(|missing| *missing <= BYTES_MAX)? },
            ALLOW => Self::Allow,
            ALLOWED => {
                let number = reader.u8()?;
                Self::Allowed(Allowed::ALL.into_iter().find(|allowed| allowed.number() == number)?)
            }
            ONLY_LOOKS => Self::OnlyLooks,
            LEFT => Self::Left { who: read_name(&mut reader)?, count: reader.u32()? },
            _ => return None,
        };
        reader.end(message)
    }
}

pub fn write_facts(writer: Writer, facts: &Facts) -> Writer {
    let Facts { name, files, folders, bytes } = facts;
    writer.text(name).u32(*files).u32(*folders).u64(*bytes)
}

/// Only what can be an offer.
pub fn read_facts(reader: &mut Reader<'_>) -> Option<Facts> {
    let name = reader.text(NAME_CHARS_MAX)?;
    let facts = Facts { name, files: reader.u32()?, folders: reader.u32()?, bytes: reader.u64()? };
    let checked = facts.clone().checked()?;
    // A name that had to be made fit to be shown is none that our own half sends.
    (checked == facts).then_some(facts)
}

/// Only what can be shown as it is.
fn read_name(reader: &mut Reader<'_>) -> Option<String> {
    reader.text(NAME_CHARS_MAX).filter(|name| *name == tidy(name))
}

pub fn read_token(reader: &mut Reader<'_>) -> Option<String> {
    reader.text(TOKEN_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn facts() -> Facts {
        Facts { name: "Größe.pdf".to_owned(), files: 3, folders: 1, bytes: 8_400_000 }
    }

    fn examples() -> Vec<Message> {
        vec![
            Message::Hello { version: 1 },
            Message::Offer { id: 7, facts: facts(), token: "s1".to_owned(), place: String::new() },
            Message::Accept { id: 7, token: "t1".to_owned() },
            Message::Refuse { id: 7, why: Refusal::Declined },
            Message::Wanted { id: 7, token: "s1".to_owned() },
            Message::Pause { id: 7, mine: true, on: false },
            Message::Cancel { id: 7, mine: false, why: Stop::Gone },
            Message::Cancel { id: 7, mine: false, why: Stop::TakenBack },
            Message::Discard { token: "t1".to_owned() },
            Message::Again { id: 7 },
            Message::Full { id: 7, missing: 1 },
            Message::Allow,
            Message::Allowed(Allowed::Yes),
            Message::OnlyLooks,
            Message::left("Bo \u{202e}Lind", 2),
        ]
    }

    #[test]
    fn messages_come_back_and_no_cut_is_one() {
        for message in examples() {
            let bytes = message.encode();
            assert_eq!(Message::parse(&bytes), Some(message));
            assert!((0..bytes.len()).all(|length| Message::parse(&bytes[..length]).is_none()));
            assert_eq!(Message::parse(&[bytes.as_slice(), &[0]].concat()), None, "something behind it");
        }
    }

    #[test]
    fn the_longest_offer_fits() {
        let long = |chars| "\u{1f600}".repeat(chars);
        let facts = Facts { name: long(NAME_CHARS_MAX), files: u32::MAX, folders: u32::MAX, bytes: BYTES_MAX };
        let token = long(TOKEN_CHARS_MAX);
        let offer = Message::Offer { id: u64::MAX, facts, token: token.clone(), place: token };
        let bytes = offer.encode();
        assert!(bytes.len() <= MESSAGE_BYTES_MAX as usize);
        assert_eq!(Message::parse(&bytes), Some(offer));
    }

    #[test]
    fn an_offer_of_nothing_or_of_too_much_is_none() {
        let offer = |facts| {
            Message::parse(&Message::Offer { id: 1, facts, token: String::new(), place: String::new() }.encode())
        };
        assert!(offer(facts()).is_some());
        assert_eq!(offer(Facts { files: 0, folders: 0, ..facts() }), None);
        assert_eq!(offer(Facts { bytes: BYTES_MAX + 1, ..facts() }), None);
        for name in ["", " ", "a\u{202e}fdp.exe", "a\nb", "a\u{200b}"] {
            assert_eq!(offer(Facts { name: name.to_owned(), ..facts() }), None, "{name:?}");
        }
        let cleaned = Facts { name: " a\u{202e}b\n".to_owned(), ..facts() }.checked().unwrap();
        assert_eq!(cleaned.name, "ab");
        // Scar: of a file whose name is nothing that is seen it was said that there is nothing in it.
        let unseen = Facts { name: "\u{200b} ".to_owned(), ..facts() }.checked().unwrap();
        assert_eq!(unseen.name, "_");
        assert!(offer(unseen).is_some());
    }

    #[test]
    fn fuzz_parse_never_panics_and_what_it_reads_comes_back() {
        let mut state: u64 = 7;
        for round in 0..20_000 {
            let mut bytes = examples()[round % examples().len()].encode();
            for _ in 0..3 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = (state >> 40) as usize % bytes.len();
                bytes[at] = (state >> 20) as u8;
                if state >> 62 == 0 {
                    bytes.truncate(at.max(1));
                }
            }
            if let Some(message) = Message::parse(&bytes) {
                assert_eq!(message.encode(), bytes);
            }
        }
    }
}
