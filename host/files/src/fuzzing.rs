//! The parser of what the other side sends, for `tests/fuzz`: only calls it, and checks that what was read is written as it
//! came.

use crate::wire;

/// Reads frames until there is none, or one makes no sense.
pub fn frames(mut bytes: &[u8]) {
    while let Ok(Some((message, used))) = wire::read(bytes) {
        let mut again = Vec::new();
        wire::write(&message, &mut again);
        assert_eq!(wire::read(&again), Ok(Some((message, again.len()))), "what was read is not what is written");
        assert_eq!(again.len(), used, "a frame has two forms");
        bytes = &bytes[used..];
    }
}

/// A valid stream of either side, as an example.
#[must_use]
pub fn example(sender: bool) -> Vec<u8> {
    use wire::{Message, Partial, Why};
    let entry = |path: &str, bytes, folder| crate::Entry {
        path: path.to_owned(),
        bytes,
        modified: crate::Modified { seconds: 1_700_000_000, nanos: 5 },
        folder,
    };
    let digest = [7; wire::DIGEST_BYTES];
    let messages = if sender {
        vec![
            Message::Offer { batch: [1; crate::BATCH_BYTES], entries: 2, bytes: 9, room: 9 },
            Message::Table(vec![entry("letters", 0, true), entry("letters/to be.txt", 9, false)]),
            Message::File { index: 1, offset: 0 },
            Message::Zeros(9),
            Message::Sum(digest),
            Message::Pause(true),
            Message::Done,
        ]
    } else {
        let partial = Some(Partial { index: 1, bytes: 4, digest });
        vec![Message::Have { whole: vec![1], partial }, Message::Kept, Message::Stop(Why::DiskFull)]
    };
    let mut out = Vec::new();
    messages.iter().for_each(|message| wire::write(message, &mut out));
    out
}
