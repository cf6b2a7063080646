#![allow(clippy::unwrap_used)]
use super::*;

fn entry(path: &str, bytes: u64, folder: bool) -> Entry {
    Entry { path: path.to_owned(), bytes, modified: Modified::new(-5, 7).unwrap(), folder }
}

fn examples() -> Vec<Message> {
    let partial = Some(Partial { index: 7, bytes: u64::MAX, digest: [9; DIGEST_BYTES] });
    let mut all = vec![
        Message::Offer { batch: [3; BATCH_BYTES], entries: 9, bytes: 1 << 40, room: 5 },
        Message::Table(vec![entry("a", 0, true), entry("a/ü", 77, false)]),
        Message::File { index: 1, offset: 5 },
        Message::Zeros(4096),
        Message::Sum([1; DIGEST_BYTES]),
        Message::Done,
        Message::Have { whole: vec![0xff, 1], partial },
        Message::Have { whole: Vec::new(), partial: None },
        Message::Kept,
        Message::Pause(true),
    ];
    all.extend(Why::ALL.map(Message::Stop));
    all
}

#[test]
fn what_is_written_is_read_whole_and_byte_by_byte() {
    let mut all = Vec::new();
    examples().iter().for_each(|message| write(message, &mut all));
    let mut rest = all.as_slice();
    let mut inbox = Inbox::default();
    for message in examples() {
        assert_eq!(inbox.next(&mut rest).unwrap(), Some(message));
    }
    assert!(rest.is_empty() && inbox.next(&mut rest).unwrap().is_none());
    let mut found = Vec::new();
    for byte in &all {
        found.extend(inbox.next(&mut std::slice::from_ref(byte)).unwrap());
    }
    assert_eq!(found, examples());
}

#[test]
fn the_bytes_behind_the_head_of_data_are_left_where_they_are() {
    let mut out = Vec::new();
    write(&Message::Data(3), &mut out);
    out.extend_from_slice(b"abc");
    let mut rest = out.as_slice();
    assert_eq!(Inbox::default().next(&mut rest).unwrap(), Some(Message::Data(3)));
    assert_eq!(rest, b"abc");
}

#[test]
fn nonsense_is_refused_before_it_is_collected() {
    let frame = |kind: u8, length: u32, body: &[u8]| [&[kind][..], &length.to_le_bytes(), body].concat();
    for (bytes, expected) in [
        (frame(99, 0, b""), WireError::Kind),
        (frame(0, 0, b""), WireError::Kind),
        (frame(DATA, DATA_BYTES_MAX as u32 + 1, b""), WireError::Length),
        (frame(TABLE, u32::MAX, b""), WireError::Length),
        (frame(TABLE, 0, b""), WireError::Body),
        (frame(DONE, 1, b"x"), WireError::Body),
        (frame(PAUSE, 1, &[2]), WireError::Body),
        (frame(ZEROS, 4, &[255; 4]), WireError::Length),
        (frame(STOP, 1, &[0]), WireError::Body),
        (frame(SUM, 31, &[0; 31]), WireError::Body),
        (frame(OFFER, 37, &[9; 37]), WireError::Version),
    ] {
        assert_eq!(read(&bytes), Err(expected), "{bytes:?}");
    }
    for bad in [entry("../x", 1, false), entry("/x", 1, false), entry("d", 1, true), entry("x", u64::MAX, false)] {
        let mut out = Vec::new();
        write(&Message::Table(vec![bad.clone()]), &mut out);
        assert_eq!(read(&out), Err(WireError::Body), "{bad:?}");
    }
}

#[test]
fn a_long_table_is_many_frames() {
    let path = ["x".repeat(1000), "y".repeat(1000), "z".repeat(1000)].join("/");
    let entries: Vec<Entry> = (0..100).map(|n| entry(&format!("{path}/{n}"), n, false)).collect();
    let (mut out, mut written) = (Vec::new(), 0);
    while written < entries.len() {
        written += write_table(&entries[written..], &mut out);
    }
    let (mut rest, mut inbox, mut found) = (out.as_slice(), Inbox::default(), Vec::new());
    while let Some(Message::Table(more)) = inbox.next(&mut rest).unwrap() {
        found.extend(more);
    }
    assert!(found == entries && out.len() > BODY_BYTES_MAX);
}
