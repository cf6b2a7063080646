//! A disk that fills while something comes, by what it says of itself.

use super::*;
use std::cell::Cell;

thread_local! {
    static FREE: Cell<u64> = const { Cell::new(0) };
}

/// Others write as well: a megabyte between two looks.
fn less_each_time(_: &Batch) -> Option<u64> {
    let free = FREE.get();
    FREE.set(free.saturating_sub(1_000_000));
    Some(free)
}

/// Lets both talk until all is said or there is no room; what was not taken then.
fn pour(sender: &mut Sender, receiver: &mut Receiver) -> Option<Vec<u8>> {
    loop {
        while let Some(words) = receiver.poll_words() {
            sender.feed(&words);
        }
        let Next::Send(bytes) = sender.poll() else { return None };
        let fed = receiver.feed(bytes);
        if fed.stuck {
            return Some(bytes[fed.taken..].to_vec());
        }
    }
}

#[test]
fn f4_it_stands_before_the_last_of_a_disk_is_taken_and_goes_on_once_there_is_room() {
    let (home, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = home.path().join("large");
    fs::write(&file, vec![7; 3_000_000]).unwrap();
    let (mut sender, mut receiver) = (sender(&[&file]), receiver(place.path()));
    receiver.look = less_each_time;
    FREE.set(3_100_000);
    let rest = pour(&mut sender, &mut receiver).unwrap();
    // 2.1 and 1.1 MB were enough for a piece each, and 0.1 MB is not.
    assert_eq!(receiver.progress().bytes, 2 * CHUNK_BYTES as u64);
    FREE.set(0);
    assert_eq!(receiver.feed(&rest), Fed { taken: 0, stuck: true });
    assert_eq!((receiver.end(), receiver.progress().bytes), (None, 2 * CHUNK_BYTES as u64));
    FREE.set(100_000_000);
    assert_eq!(receiver.feed(&rest), Fed { taken: rest.len(), stuck: false });
    assert_eq!(pour(&mut sender, &mut receiver), None);
    assert_eq!(receiver.end().unwrap().outcome, Outcome::Whole);
    assert!(fs::read(place.path().join("large")).unwrap() == fs::read(&file).unwrap());
}

#[test]
fn f4_what_does_not_fit_besides_what_is_left_free_does_not_begin() {
    let (home, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = home.path().join("large");
    fs::write(&file, vec![7; 3_000_000]).unwrap();
    let (mut sender, mut receiver) = (sender(&[&file]), receiver(place.path()));
    receiver.look = less_each_time;
    FREE.set(2_999_999);
    assert_eq!(pour(&mut sender, &mut receiver), None);
    assert_eq!(receiver.end().unwrap().outcome, Outcome::DiskFull);
    assert_eq!(sender.end().unwrap().outcome, Outcome::DiskFull);
}
