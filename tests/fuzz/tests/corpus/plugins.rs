//! Messages of the bundled plugins.

use crate::seeds::Seeds;
use lotse_fuzz::log::{Author, Entry, Log};
use lotse_fuzz::plugins::screen_sharing::{
    Control, Display, Failure, Motion, Pointing, Quality, Report, Request, VERSION, View,
};
use lotse_fuzz::plugins::{MESSAGE_BYTES_MAX, chat, clipboard, diagnostics, remote_reboot};
use lotse_sdk::session::Role;
use lotse_sdk::{Outbox, Point, Rect, settings};

const FRAMED_BYTES_MAX: usize = 1024;

fn entry(id: u128, role: Role, text: &str) -> Entry {
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

pub fn diagnostics_messages() -> Seeds {
    use diagnostics::{Failure, Message, VERSION};
    let facts = vec![("displays".to_owned(), settings([("name", "Größe".into()), ("primary", true.into())]))];
    vec![
        ("ask", Message::Ask { version: VERSION }.encode()),
        ("failed", Message::Failed(Failure::Busy).encode()),
        ("facts", Message::Facts(facts).encode()),
    ]
}

pub fn remote_reboot_messages() -> Seeds {
    use remote_reboot::{Failure, Message};
    vec![("failed", Message::Failed(Failure::Stayed).encode()), ("back", Message::Back { seconds: 95 }.encode())]
}

pub fn chat_messages() -> Seeds {
    let hello = chat::Message::Hello { version: chat::VERSION, now_ms: 1_750_000_000_000, known: vec![1, u128::MAX] };
    vec![
        ("hello", hello.encode()),
        ("entry", chat::Message::Entry(entry(7, Role::Customer, "Größe & 大きさ")).encode()),
        ("received", chat::Message::Received(7).encode()),
        ("typing", chat::Message::Typing(true).encode()),
    ]
}

pub fn chat_state() -> Seeds {
    let mut log = Log::default();
    log.add(entry(1, Role::Rep, "How can I help?"));
    log.add(entry(2, Role::Customer, "It does not print."));
    log.delivered(1);
    vec![("two-entries", chat::save(&log))]
}

pub fn clipboard_messages() -> Seeds {
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

pub fn screen_sharing_messages() -> Seeds {
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
