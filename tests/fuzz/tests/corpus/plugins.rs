//! Messages of the bundled plugins.

use crate::seeds::Seeds;
use lotse_fuzz::plugins::MESSAGE_BYTES_MAX;
use lotse_sdk::Outbox;

const FRAMED_BYTES_MAX: usize = 1024;

#[cfg(plugin = "chat")]
fn entry(id: u128, role: lotse_sdk::session::Role, text: &str) -> lotse_fuzz::log::Entry {
    use lotse_fuzz::log::{Author, Entry};
    let author = Author { role, name: "Anna".to_owned() };
    Entry { id, author, at_ms: 1_750_000_000_000, text: text.to_owned(), sent: false, delivered: false }
}

pub fn plugin_messages() -> Seeds {
    let framed = |lengths: &[usize]| {
        let mut outbox = Outbox::new(FRAMED_BYTES_MAX);
        let mut wire = Vec::new();
        lengths.iter().for_each(|length| outbox.push(&vec![7_u8; *length]).unwrap());
        outbox
            .flush(|offered| {
                wire.extend_from_slice(offered);
                Ok(offered.len() as u32)
            })
            .unwrap();
        wire
    };
    vec![("three", framed(&[5, 0, 17])), ("longest", framed(&[MESSAGE_BYTES_MAX as usize]))]
}

#[cfg(plugin = "diagnostics")]
pub fn diagnostics_messages() -> Seeds {
    use lotse_fuzz::plugins::diagnostics::{Failure, Message, VERSION};
    use lotse_sdk::settings;
    let facts = vec![("displays".to_owned(), settings([("name", "Größe".into()), ("primary", true.into())]))];
    vec![
        ("ask", Message::Ask { version: VERSION }.encode()),
        ("failed", Message::Failed(Failure::Busy).encode()),
        ("facts", Message::Facts(facts).encode()),
    ]
}

#[cfg(plugin = "remote-reboot")]
pub fn remote_reboot_messages() -> Seeds {
    use lotse_fuzz::plugins::remote_reboot::{Failure, Message};
    vec![("failed", Message::Failed(Failure::Stayed).encode()), ("back", Message::Back { seconds: 95 }.encode())]
}

#[cfg(plugin = "chat")]
pub fn chat_messages() -> Seeds {
    use lotse_fuzz::plugins::chat;
    use lotse_sdk::session::Role;
    let hello = chat::Message::Hello { version: chat::VERSION, now_ms: 1_750_000_000_000, known: vec![1, u128::MAX] };
    vec![
        ("hello", hello.encode()),
        ("entry", chat::Message::Entry(entry(7, Role::Customer, "Größe & 大きさ")).encode()),
        ("received", chat::Message::Received(7).encode()),
        ("typing", chat::Message::Typing(true).encode()),
    ]
}

#[cfg(plugin = "chat")]
pub fn chat_state() -> Seeds {
    use lotse_fuzz::plugins::chat;
    use lotse_sdk::session::Role;
    let mut log = lotse_fuzz::log::Log::default();
    log.add(entry(1, Role::Rep, "How can I help?"));
    log.add(entry(2, Role::Customer, "It does not print."));
    log.delivered(1);
    vec![("two-entries", chat::save(&log))]
}

#[cfg(plugin = "file-transfer")]
pub fn file_transfer_messages() -> Seeds {
    use lotse_fuzz::plugins::file_transfer::{self, Allowed, Facts, Message, Refusal, Stop};
    let facts = Facts { name: "Größe.pdf".to_owned(), files: 3, folders: 1, bytes: 8_400_000 };
    let (token, place) = ("s1".to_owned(), "t1".to_owned());
    vec![
        ("hello", Message::Hello { version: file_transfer::VERSION }.encode()),
        ("offer", Message::Offer { id: 7, facts, token: token.clone(), place: place.clone() }.encode()),
        ("accept", Message::Accept { id: 7, token: place }.encode()),
        ("refuse", Message::Refuse { id: 7, why: Refusal::Declined }.encode()),
        ("discard", Message::Discard { token: token.clone() }.encode()),
        ("wanted", Message::Wanted { id: 7, token }.encode()),
        ("pause", Message::Pause { id: 7, mine: true, on: true }.encode()),
        ("cancel", Message::Cancel { id: 7, mine: false, why: Stop::Gone }.encode()),
        ("again", Message::Again { id: 7 }.encode()),
        ("full", Message::Full { id: 7, missing: 1 }.encode()),
        ("allowed", Message::Allowed(Allowed::Yes).encode()),
    ]
}

#[cfg(plugin = "clipboard")]
pub fn clipboard_messages() -> Seeds {
    use lotse_fuzz::plugins::clipboard;
    let content = |format, data: &[u8]| clipboard::Content::new(format, data.to_vec()).unwrap();
    let text = content(clipboard::Format::Text, "Größe".as_bytes());
    let image = content(clipboard::Format::Image, b"\x89PNG\r\n\x1a\nand so on");
    vec![
        ("ask", clipboard::Message::Ask { version: clipboard::VERSION }.encode()),
        ("allowed", clipboard::Message::Allowed.encode()),
        ("text", clipboard::Message::Content(text).encode()),
        ("image", clipboard::Message::Content(image).encode()),
    ]
}

#[cfg(plugin = "screen-sharing")]
pub fn screen_sharing_messages() -> Seeds {
    use lotse_fuzz::plugins::screen_sharing::{Control, Display, Motion, Pointing, Report, Request, VERSION, View};
    use lotse_picture::{Failure, Quality};
    use lotse_sdk::{Point, Rect};
    let (at, wheel) = (Point { x: -1, y: 2_000 }, Point { x: 0, y: -3 });
    let area = Rect { x: -1_920, y: 0, width: 1_920, height: 1_080 };
    let display = Display { id: 1, name: "HDMI-1".to_owned(), area };
    vec![
        ("hello", Request::Hello { version: VERSION }.encode()),
        ("show", Request::Show(Some(3)).encode()),
        ("quality", Request::Quality(Quality::Light).encode()),
        ("pointer", Request::Pointer(Pointing { seq: 9, at, buttons: 5, wheel }).encode()),
        ("key", Request::Key { physical: 30, down: true }.encode()),
        ("text", Request::Text("ñ大".to_owned()).encode()),
        ("displays", Report::Displays(vec![display.clone(), display]).encode()),
        ("failed", Report::View(View::Failed(Failure::NoDisplay)).encode()),
        ("control", Report::Control(Control::Waiting).encode()),
        ("motion", Motion { seq: 10, after: 9, at }.encode()),
    ]
}

#[cfg(plugin = "share-my-screen")]
pub fn share_my_screen_messages() -> Seeds {
    use lotse_fuzz::plugins::share_my_screen;
    use lotse_picture::Failure;
    vec![
        ("hello", share_my_screen::Word::Hello { version: share_my_screen::VERSION }.encode()),
        ("showing", share_my_screen::Word::Showing { title: "Größe 大".to_owned() }.encode()),
        ("hidden", share_my_screen::Word::Still(share_my_screen::Still::Hidden).encode()),
        ("over", share_my_screen::Word::Over.encode()),
        (
            "display",
            share_my_screen::Word::Display(share_my_screen::Display { number: 2, width: 1920, height: 1080 }).encode(),
        ),
        ("watching", share_my_screen::Answer::Watching.encode()),
        ("failed", share_my_screen::Answer::Failed(Failure::Unsupported).encode()),
    ]
}

#[cfg(plugin = "annotations")]
pub use drawings::{annotations_messages, annotations_state};

#[cfg(plugin = "annotations")]
mod drawings {
    use crate::seeds::Seeds;
    use lotse_fuzz::plugins::annotations;
    use lotse_fuzz::stroke::{Colour, Figure, Form, Key, Nib, Stroke, Width};
    use lotse_sdk::Point;

    fn drawn(figure: Figure) -> Stroke {
        Stroke { board: 7, order: 300, colour: Colour::Green, width: Width::Thick, figure }
    }

    fn path() -> Stroke {
        drawn(Figure::Path(Nib::Pen, (0..20).map(|step| Point { x: 800 + step * 3, y: 600 - step * 2 }).collect()))
    }

    pub fn annotations_messages() -> Seeds {
        use annotations::{Lacks, Message, VERSION};
        let (from, to) = (Point { x: -10, y: 2_000 }, Point { x: 640, y: 480 });
        vec![
            ("hello", Message::Hello { version: VERSION, lacks: Lacks::From(9), cleared: 300 }.encode()),
            ("path", Message::Put { seq: 1, stroke: path() }.encode()),
            ("arrow", Message::Put { seq: 2, stroke: drawn(Figure::Span(Form::Arrow, from, to)) }.encode()),
            ("words", Message::Put { seq: 3, stroke: drawn(Figure::Words(to, "ñ\n大".to_owned())) }.encode()),
            ("append", Message::Append { seq: 1, from: 20, points: vec![from, to] }.encode()),
            ("clear", Message::Clear(301).encode()),
            ("yours", Message::Yours { seq: 4, stroke: path() }.encode()),
            ("pointer", Message::Pointer { count: 5, board: 7, at: to }.encode()),
        ]
    }

    pub fn annotations_state() -> Seeds {
        let key = |author, seq| Key { author, seq };
        let words = drawn(Figure::Words(Point { x: 1, y: 2 }, "here".to_owned()));
        let strokes = vec![(key(1, 1), path()), (key(2, 8), words)];
        let (colour, width) = (Colour::Red, Width::Medium);
        let saved = annotations::Saved { clock: 301, cleared: 12, next: 2, colour, width, strokes };
        vec![("two-strokes", annotations::save(&saved))]
    }
}
