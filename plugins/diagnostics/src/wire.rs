//! What the two halves say to each other. Reading is total, and everything in it has a bound.

use lotse_sdk::wire::{Reader, Writer};
use lotse_sdk::{Settings, Value};

pub const VERSION: u8 = 1;
/// Sixty-five groups with all their facts at their longest; they have a few kilobytes.
pub const MESSAGE_BYTES_MAX: u32 = 256 * 1024;
const GROUPS_MAX: usize = 80;
const FACTS_MAX: usize = 24;
const NAME_CHARS_MAX: usize = 40;
const TEXT_CHARS_MAX: usize = 200;

const ASK: u8 = 0;
const WAITING: u8 = 1;
const REFUSED: u8 = 2;
const FAILED: u8 = 3;
const FACTS: u8 = 4;

/// Groups in the order shown, each with its name and facts.
pub type Groups = Vec<(String, Settings)>;

/// Why there are no facts although nobody said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// That computer's system does not tell.
    Unsupported,
    /// Asked too often, or its disks do not answer.
    Busy,
    /// Whoever asks only looks on.
    OnlyLooks,
}

impl Failure {
    const ALL: [Self; 3] = [Self::Unsupported, Self::Busy, Self::OnlyLooks];

    const fn code(self) -> u8 {
        match self {
            Self::Unsupported => 0,
            Self::Busy => 1,
            Self::OnlyLooks => 2,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// The rep's half asks.
    Ask {
        version: u8,
    },
    /// The customer is asked.
    Waiting,
    Refused,
    Failed(Failure),
    Facts(Groups),
}

impl Message {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Ask { version } => Writer::new(ASK).u8(*version).finish(),
            Self::Waiting => Writer::new(WAITING).finish(),
            Self::Refused => Writer::new(REFUSED).finish(),
            Self::Failed(failure) => Writer::new(FAILED).u8(failure.code()).finish(),
            Self::Facts(groups) => facts(groups),
        }
    }

    /// `None` for what is no message.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let message = match reader.u8()? {
            ASK => Self::Ask { version: reader.u8()? },
            WAITING => Self::Waiting,
            REFUSED => Self::Refused,
            FAILED => Self::Failed(Failure::from_code(reader.u8()?)?),
            FACTS => Self::Facts(read_groups(&mut reader)?),
            _ => return None,
        };
        reader.end(message)
    }
}

/// What is over a bound is left out here, so that the other side never has to refuse the rest with it.
fn facts(groups: &Groups) -> Vec<u8> {
    let groups: Vec<_> = groups.iter().filter(|(name, _)| is_name(name)).take(GROUPS_MAX).collect();
    groups
        .iter()
        .fold(Writer::new(FACTS).u8(count(groups.len())), |writer, (name, facts)| group(writer, name, facts))
        .finish()
}

fn group(writer: Writer, name: &str, facts: &Settings) -> Writer {
    let facts: Vec<_> = facts.iter().filter(|(key, value)| is_name(key) && is_told(value)).take(FACTS_MAX).collect();
    facts.iter().fold(writer.text(name).u8(count(facts.len())), |writer, (key, told)| value(writer.text(key), told))
}

fn value(writer: Writer, value: &Value) -> Writer {
    match value {
        Value::Flag(on) => writer.u8(0).flag(*on),
        Value::Number(number) => writer.u8(1).u64(number.cast_unsigned()),
        Value::Text(text) => writer.u8(2).text(&text.chars().take(TEXT_CHARS_MAX).collect::<String>()),
        // Left out before.
        Value::Real(_) | Value::Bytes(_) => writer.u8(0).flag(false),
    }
}

fn is_name(name: &str) -> bool {
    name.chars().count() <= NAME_CHARS_MAX
}

fn is_told(value: &Value) -> bool {
    match value {
        Value::Flag(_) | Value::Number(_) | Value::Text(_) => true,
        Value::Real(_) | Value::Bytes(_) => false,
    }
}

/// The bounds fit into a byte.
fn count(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}

const _: () = assert!(GROUPS_MAX <= u8::MAX as usize);
const _: () = assert!(FACTS_MAX <= u8::MAX as usize);

fn read_groups(reader: &mut Reader<'_>) -> Option<Groups> {
    let groups = usize::from(reader.u8()?);
    (0..groups).map(|_| read_group(reader)).collect::<Option<Groups>>().filter(|_| groups <= GROUPS_MAX)
}

fn read_group(reader: &mut Reader<'_>) -> Option<(String, Settings)> {
    let name = reader.text(NAME_CHARS_MAX)?;
    let facts = usize::from(reader.u8()?);
    let facts = (facts <= FACTS_MAX).then_some(facts)?;
    Some((name, (0..facts).map(|_| read_fact(reader)).collect::<Option<Settings>>()?))
}

fn read_fact(reader: &mut Reader<'_>) -> Option<(String, Value)> {
    let key = reader.text(NAME_CHARS_MAX)?;
    let value = match reader.u8()? {
        0 => Value::Flag(reader.flag()?),
        1 => Value::Number(reader.u64()?.cast_signed()),
        2 => Value::Text(reader.text(TEXT_CHARS_MAX)?),
        _ => return None,
    };
    Some((key, value))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use lotse_sdk::settings;

    fn groups() -> Groups {
        vec![
            ("os".to_owned(), settings([("name", "Größe 12".into()), ("up-s", 90.into())])),
            ("displays".to_owned(), settings([("primary", true.into())])),
        ]
    }

    #[test]
    fn messages_come_back_as_they_were_and_no_cut_is_one() {
        for message in [
            Message::Ask { version: VERSION },
            Message::Waiting,
            Message::Refused,
            Message::Failed(Failure::Unsupported),
            Message::Failed(Failure::Busy),
            Message::Failed(Failure::OnlyLooks),
            Message::Facts(groups()),
            Message::Facts(Vec::new()),
        ] {
            let bytes = message.encode();
            assert_eq!(Message::parse(&bytes), Some(message));
            for length in 0..bytes.len() {
                assert_eq!(Message::parse(&bytes[..length]), None);
            }
            assert_eq!(Message::parse(&[bytes, vec![0]].concat()), None, "something behind it");
        }
    }

    #[test]
    fn what_is_too_much_is_left_out_before_it_is_sent() {
        let long = "x".repeat(1_000);
        let facts: Settings = (0..99)
            .map(|n| (format!("k{n}"), Value::Text(long.clone())))
            .chain([(long.clone(), true.into()), ("real".to_owned(), Value::Real(1.0))])
            .collect();
        let groups: Groups = (0..300).map(|n| (format!("g{n}"), facts.clone())).collect();
        let bytes = Message::Facts(groups).encode();
        assert!(bytes.len() < MESSAGE_BYTES_MAX as usize * 2, "{}", bytes.len());
        let Some(Message::Facts(read)) = Message::parse(&bytes) else { panic!("refused") };
        assert_eq!((read.len(), read[0].1.len()), (GROUPS_MAX, FACTS_MAX));
        let Some(Value::Text(text)) = read[0].1.first().map(|(_, value)| value) else { panic!("no text") };
        assert_eq!(text.chars().count(), TEXT_CHARS_MAX);
    }

    #[test]
    fn hostile_counts_and_kinds_are_refused() {
        let group = |name: &str, facts: u8| Writer::new(FACTS).u8(1).text(name).u8(facts);
        assert_eq!(Message::parse(&Writer::new(FACTS).u8(255).finish()), None);
        assert_eq!(Message::parse(&group("os", 200).finish()), None);
        assert_eq!(Message::parse(&group(&"x".repeat(NAME_CHARS_MAX + 1), 0).finish()), None);
        assert_eq!(Message::parse(&group("os", 1).text("k").u8(9).finish()), None);
        assert_eq!(Message::parse(&[99]), None);
        assert_eq!(Message::parse(&[]), None);
    }
}
