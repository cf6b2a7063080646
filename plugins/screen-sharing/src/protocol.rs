//! What the two halves say to each other on the control stream, and the pointer's motion in datagrams.
//!
//! Each side begins with `Hello`. Reading is total: what is none of these messages, or goes beyond a bound, is none.

use lotse_picture::{Failure, Quality};
use lotse_sdk::wire::{Reader, Writer};
use lotse_sdk::{Point, Rect};

pub const VERSION: u8 = 1;
/// One call's worth of typing; a paste comes through the clipboard.
pub const TEXT_CHARS_MAX: usize = 1_000;
pub const DISPLAYS_MAX: usize = 16;
const NAME_CHARS_MAX: usize = 64;
/// The longest message: sixteen displays with the longest names.
pub const MESSAGE_BYTES_MAX: u32 = 8 * 1024;
const _: () = assert!(DISPLAYS_MAX * (NAME_CHARS_MAX * 4 + 32) < MESSAGE_BYTES_MAX as usize);
const _: () = assert!(TEXT_CHARS_MAX * 4 + 8 < MESSAGE_BYTES_MAX as usize);

/// Something the pointer did. `seq` counts every pointer event, whichever way it goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointing {
    pub seq: u32,
    pub at: Point,
    pub buttons: u32,
    pub wheel: Point,
}

/// A motion without buttons, in a datagram. `after` is the last pointer event that went by the stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    pub seq: u32,
    pub after: u32,
    pub at: Point,
}

/// From the rep's half.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    Hello {
        version: u8,
    },
    /// Which display; none: the one that was shown last, or the main one.
    Show(Option<u32>),
    Stop,
    Pause(bool),
    Quality(Quality),
    /// Ask for control, or give it back.
    Control(bool),
    Pointer(Pointing),
    Key {
        physical: u32,
        down: bool,
    },
    Text(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Display {
    pub id: u32,
    pub name: String,
    pub area: Rect,
}

/// How far the customer's side is with showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    Off,
    /// The customer is being asked.
    Waiting,
    Showing {
        display: u32,
    },
    /// The customer stopped it.
    Stopped,
    Refused,
    Failed(Failure),
}

/// How far the customer's side is with being controlled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Off,
    Waiting,
    On,
    Refused,
    /// This rep only looks on, and the customer is not asked.
    OnlyLooks,
}

/// From the customer's half.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    Hello { version: u8 },
    Displays(Vec<Display>),
    View(View),
    Control(Control),
}

fn point(writer: Writer, point: Point) -> Writer {
    writer.i32(point.x).i32(point.y)
}

fn read_point(reader: &mut Reader<'_>) -> Option<Point> {
    Some(Point { x: reader.i32()?, y: reader.i32()? })
}

fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}

impl Motion {
    const KIND: u8 = 0;

    pub fn encode(&self) -> Vec<u8> {
        point(Writer::new(Self::KIND).u32(self.seq).u32(self.after), self.at).finish()
    }

    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != Self::KIND {
            return None;
        }
        let motion = Self { seq: reader.u32()?, after: reader.u32()?, at: read_point(&mut reader)? };
        reader.end(motion)
    }
}

impl Request {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello { version } => Writer::new(0).u8(*version),
            Self::Show(display) => Writer::new(1).flag(display.is_some()).u32(display.unwrap_or_default()),
            Self::Stop => Writer::new(2),
            Self::Pause(on) => Writer::new(3).flag(*on),
            Self::Quality(quality) => Writer::new(4).u8(quality.code()),
            Self::Control(on) => Writer::new(5).flag(*on),
            Self::Pointer(Pointing { seq, at, buttons, wheel }) => {
                point(point(Writer::new(6).u32(*seq), *at).u32(*buttons), *wheel)
            }
            Self::Key { physical, down } => Writer::new(7).u32(*physical).flag(*down),
            Self::Text(text) => Writer::new(8).text(&cut(text, TEXT_CHARS_MAX)),
        }
        .finish()
    }

    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let request = match reader.u8()? {
            0 => Self::Hello { version: reader.u8()? },
            1 => {
                let (chosen, display) = (reader.flag()?, reader.u32()?);
                Self::Show(chosen.then_some(display))
            }
            2 => Self::Stop,
            3 => Self::Pause(reader.flag()?),
            4 => Self::Quality(Quality::from_code(reader.u8()?)?),
            5 => Self::Control(reader.flag()?),
            6 => {
                let (seq, at) = (reader.u32()?, read_point(&mut reader)?);
                Self::Pointer(Pointing { seq, at, buttons: reader.u32()?, wheel: read_point(&mut reader)? })
            }
            7 => Self::Key { physical: reader.u32()?, down: reader.flag()? },
            8 => Self::Text(reader.text(TEXT_CHARS_MAX)?),
            _ => return None,
        };
        reader.end(request)
    }
}

impl Report {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello { version } => Writer::new(0).u8(*version),
            Self::Displays(displays) => {
                let shown = displays.iter().take(DISPLAYS_MAX);
                shown.fold(Writer::new(1).u8(displays.len().min(DISPLAYS_MAX) as u8), |writer, display| {
                    let Display { id, name, area: Rect { x, y, width, height } } = display;
                    let writer = writer.u32(*id).text(&cut(name, NAME_CHARS_MAX));
                    writer.i32(*x).i32(*y).u32(*width).u32(*height)
                })
            }
            Self::View(view) => match view {
                View::Off => Writer::new(2).u8(0),
                View::Waiting => Writer::new(2).u8(1),
                View::Showing { display } => Writer::new(2).u8(2).u32(*display),
                // 3 was a pause by the customer, which is the session's now.
                View::Stopped => Writer::new(2).u8(4),
                View::Refused => Writer::new(2).u8(5),
                View::Failed(failure) => Writer::new(2).u8(6).u8(failure.code()),
            },
            Self::Control(control) => Writer::new(3).u8(match control {
                Control::Off => 0,
                Control::Waiting => 1,
                Control::On => 2,
                Control::Refused => 3,
                Control::OnlyLooks => 4,
            }),
        }
        .finish()
    }

    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let report = match reader.u8()? {
            0 => Self::Hello { version: reader.u8()? },
            1 => {
                let count = usize::from(reader.u8()?);
                if count > DISPLAYS_MAX {
                    return None;
                }
                Self::Displays((0..count).map(|_| read_display(&mut reader)).collect::<Option<_>>()?)
            }
            2 => Self::View(read_view(&mut reader)?),
            3 => Self::Control(match reader.u8()? {
                0 => Control::Off,
                1 => Control::Waiting,
                2 => Control::On,
                3 => Control::Refused,
                4 => Control::OnlyLooks,
                _ => return None,
            }),
            _ => return None,
        };
        reader.end(report)
    }
}

fn read_display(reader: &mut Reader<'_>) -> Option<Display> {
    let (id, name) = (reader.u32()?, reader.text(NAME_CHARS_MAX)?);
    let area = Rect { x: reader.i32()?, y: reader.i32()?, width: reader.u32()?, height: reader.u32()? };
    Some(Display { id, name, area })
}

fn read_view(reader: &mut Reader<'_>) -> Option<View> {
    Some(match reader.u8()? {
        0 => View::Off,
        1 => View::Waiting,
        2 => View::Showing { display: reader.u32()? },
        4 => View::Stopped,
        5 => View::Refused,
        6 => View::Failed(Failure::from_code(reader.u8()?)?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn requests() -> Vec<Request> {
        let (at, wheel) = (Point { x: -1, y: 2000 }, Point { x: 0, y: -3 });
        vec![
            Request::Hello { version: 1 },
            Request::Show(None),
            Request::Show(Some(3)),
            Request::Stop,
            Request::Pause(true),
            Request::Quality(Quality::Light),
            Request::Control(false),
            Request::Pointer(Pointing { seq: 9, at, buttons: 5, wheel }),
            Request::Key { physical: 30, down: true },
            Request::Text("ñ大".to_owned()),
        ]
    }

    #[test]
    fn each_failure_comes_back_and_no_other_code_is_one() {
        for failure in Failure::ALL {
            let report = Report::View(View::Failed(failure));
            assert_eq!(Report::parse(&report.encode()), Some(report));
        }
        for code in Failure::ALL.len() as u8..=u8::MAX {
            assert_eq!(Report::parse(&Writer::new(2).u8(6).u8(code).finish()), None);
        }
    }

    fn reports() -> Vec<Report> {
        let area = Rect { x: -1920, y: 0, width: 1920, height: 1080 };
        vec![
            Report::Hello { version: 1 },
            Report::Displays(vec![Display { id: 1, name: "HDMI-1".to_owned(), area }; 3]),
            Report::View(View::Off),
            Report::View(View::Waiting),
            Report::View(View::Showing { display: 4 }),
            Report::View(View::Stopped),
            Report::View(View::Refused),
            Report::View(View::Failed(Failure::NoDisplay)),
            Report::View(View::Failed(Failure::OtherVersion)),
            Report::Control(Control::Waiting),
            Report::Control(Control::OnlyLooks),
        ]
    }

    #[test]
    fn messages_come_back_and_every_cut_is_refused() {
        for request in requests() {
            let bytes = request.encode();
            assert_eq!(Request::parse(&bytes), Some(request));
            assert!((0..bytes.len()).all(|length| Request::parse(&bytes[..length]).is_none()));
        }
        for report in reports() {
            let bytes = report.encode();
            assert_eq!(Report::parse(&bytes), Some(report));
            assert!((0..bytes.len()).all(|length| Report::parse(&bytes[..length]).is_none()));
        }
        let motion = Motion { seq: 1, after: 0, at: Point { x: 5, y: 6 } };
        assert_eq!(Motion::parse(&motion.encode()), Some(motion));
    }

    #[test]
    fn the_longest_messages_fit() {
        let area = Rect { x: 0, y: 0, width: 1, height: 1 };
        let display = Display { id: 1, name: "\u{1f600}".repeat(500), area };
        let bytes = Report::Displays(vec![display; 99]).encode();
        assert!(bytes.len() <= MESSAGE_BYTES_MAX as usize);
        assert!(matches!(Report::parse(&bytes), Some(Report::Displays(displays)) if displays.len() == DISPLAYS_MAX));
        let bytes = Request::Text("\u{1f600}".repeat(5_000)).encode();
        assert!(bytes.len() <= MESSAGE_BYTES_MAX as usize && Request::parse(&bytes).is_some());
    }

    #[test]
    fn fuzz_parse_never_panics() {
        let mut state: u64 = 7;
        let mut random = |bound: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % bound.max(1)
        };
        for _ in 0..30_000 {
            let mut bytes =
                if random(2) == 0 { requests()[random(10)].encode() } else { reports()[random(10)].encode() };
            for _ in 0..1 + random(4) {
                let at = random(bytes.len());
                match random(3) {
                    0 => bytes.truncate(at),
                    1 => bytes.insert(at, random(256) as u8),
                    _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = random(256) as u8),
                }
            }
            if let Some(Report::Displays(displays)) = Report::parse(&bytes) {
                assert!(displays.len() <= DISPLAYS_MAX);
            }
            let _ = (Request::parse(&bytes), Motion::parse(&bytes));
        }
    }
}
