//! What the bundled plugins' two halves say to each other, and the framing that the SDK gives them.
//!
//! The plugins' own files are included here: their crates are shared libraries, which the sanitizers do not link. `build.rs`
//! names them, and leaves out those of plugins that were taken away.

include!(concat!(env!("OUT_DIR"), "/plugins.rs"));

use lotse_sdk::{MessageReader, Outbox};

/// Longest message of the framing's target.
pub const MESSAGE_BYTES_MAX: u32 = 300;
/// Small and odd, so that it cuts lengths and bodies everywhere.
const PORTION_BYTES: usize = 3;

/// Messages behind their lengths. What was read is, written anew, the beginning of what came.
pub fn plugin_messages(bytes: &[u8]) {
    let read = MessageReader::new(MESSAGE_BYTES_MAX).read(bytes);
    let mut reader = MessageReader::new(MESSAGE_BYTES_MAX);
    let portions: Result<Vec<_>, _> = bytes.chunks(PORTION_BYTES).map(|portion| reader.read(portion)).collect();
    assert_eq!(portions.map(|portions| portions.concat()), read, "portions change what is read");
    let Ok(messages) = read else { return };
    assert!(messages.iter().all(|message| message.len() <= MESSAGE_BYTES_MAX as usize), "a message over the limit");
    let mut outbox = Outbox::new(bytes.len());
    let mut again = Vec::new();
    for message in &messages {
        assert_eq!(outbox.push(message), Ok(()), "more was read than came");
    }
    let flushed = outbox.flush(|offered| {
        again.extend_from_slice(offered);
        Ok(offered.len() as u32)
    });
    assert!(flushed.is_ok() && outbox.is_empty(), "a stream that takes everything did not");
    assert!(bytes.starts_with(&again), "messages were read that did not come");
}

/// A chat message is read as exactly what was written, and an entry has a place in the conversation.
#[cfg(plugin = "chat")]
pub fn chat_messages(bytes: &[u8]) {
    let Some(message) = chat::Message::parse(bytes) else { return };
    assert_eq!(message.encode(), bytes, "a chat message does not come back");
    if let chat::Message::Entry(entry) = message {
        assert!(crate::log::Log::default().add(entry), "an entry was read that is none");
    }
}

/// A conversation kept for the plugin's next instance.
#[cfg(plugin = "chat")]
pub fn chat_state(bytes: &[u8]) {
    let log = chat::restore(bytes);
    assert_eq!(chat::restore(&chat::save(&log)), log, "a conversation does not come back");
}

/// What was copied, and whether it may be shared.
#[cfg(plugin = "clipboard")]
pub fn clipboard_messages(bytes: &[u8]) {
    if let Some(message) = clipboard::Message::parse(bytes.to_vec()) {
        assert_eq!(message.encode(), bytes, "a clipboard message does not come back");
    }
}

/// What is read is exactly what was written, and an offer is one that can be shown.
#[cfg(plugin = "file-transfer")]
pub fn file_transfer_messages(bytes: &[u8]) {
    let Some(message) = file_transfer::Message::parse(bytes) else { return };
    assert_eq!(message.encode(), bytes, "a message of file transfer does not come back");
    if let file_transfer::Message::Offer { facts, .. } = message {
        assert_eq!(facts.clone().checked(), Some(facts), "an offer was read that is none");
    }
}

/// What computer the customer has: what was read is within its bounds, and comes back.
#[cfg(plugin = "diagnostics")]
pub fn diagnostics_messages(bytes: &[u8]) {
    if let Some(message) = diagnostics::Message::parse(bytes) {
        assert_eq!(message.encode(), bytes, "a message of facts does not come back");
    }
}

/// How far a restart is.
#[cfg(plugin = "remote-reboot")]
pub fn remote_reboot_messages(bytes: &[u8]) {
    if let Some(message) = remote_reboot::Message::parse(bytes) {
        assert_eq!(message.encode(), bytes, "a message of a restart does not come back");
    }
}

/// Both directions, and the datagrams of the pointer.
#[cfg(plugin = "screen-sharing")]
pub fn screen_sharing_messages(bytes: &[u8]) {
    use screen_sharing::{Motion, Report, Request};
    if let Some(request) = Request::parse(bytes) {
        assert_eq!(Request::parse(&request.encode()), Some(request), "a request does not come back");
    }
    if let Some(report) = Report::parse(bytes) {
        assert_eq!(Report::parse(&report.encode()), Some(report), "a report does not come back");
    }
    if let Some(motion) = Motion::parse(bytes) {
        assert_eq!(motion.encode(), bytes, "a motion does not come back");
    }
}

/// What a rep shows, and what the customer's side says of it. Each message is written in one way only.
#[cfg(plugin = "share-my-screen")]
pub fn share_my_screen_messages(bytes: &[u8]) {
    use share_my_screen::{Answer, Word};
    if let Some(word) = Word::parse(bytes) {
        assert_eq!(word.encode(), bytes, "a word does not come back");
    }
    if let Some(answer) = Answer::parse(bytes) {
        assert_eq!(answer.encode(), bytes, "an answer does not come back");
    }
}

/// What a drawing half says, in streams and datagrams.
#[cfg(plugin = "annotations")]
pub fn annotations_messages(bytes: &[u8]) {
    let Some(message) = annotations::Message::parse(bytes) else { return };
    let again = message.encode();
    assert!(again.len() <= annotations::MESSAGE_BYTES_MAX as usize, "a message over the limit was read");
    assert_eq!(annotations::Message::parse(&again), Some(message.clone()), "a drawing message does not come back");
    if let annotations::Message::Put { stroke, .. } | annotations::Message::Yours { stroke, .. } = message {
        assert_within(&stroke);
    }
}

/// Drawings kept for the plugin's next instance.
#[cfg(plugin = "annotations")]
pub fn annotations_state(bytes: &[u8]) {
    let Some(saved) = annotations::restore(bytes) else { return };
    saved.strokes.iter().for_each(|(_, stroke)| assert_within(stroke));
    assert_eq!(annotations::restore(&annotations::save(&saved)), Some(saved), "drawings do not come back");
}

#[cfg(plugin = "annotations")]
fn assert_within(stroke: &crate::stroke::Stroke) {
    use crate::stroke::{COORDINATE_MAX, Figure, POINTS_MAX};
    let points = match &stroke.figure {
        Figure::Path(_, points) => points.clone(),
        Figure::Span(_, from, to) => vec![*from, *to],
        Figure::Words(at, _) => vec![*at],
    };
    assert!(points.len() <= POINTS_MAX, "a path over the limit was read");
    let within = |coordinate: i32| (-COORDINATE_MAX..=COORDINATE_MAX).contains(&coordinate);
    assert!(points.iter().all(|point| within(point.x) && within(point.y)), "a point off every screen was read");
}
