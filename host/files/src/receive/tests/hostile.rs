//! What a peer's names, and others who work in the chosen folder meanwhile, could do.

use super::*;
use std::os::unix::fs::symlink;

/// The receiver hears these frames, with bytes behind those of data.
fn say(receiver: &mut Receiver, frames: &[Message]) {
    for frame in frames {
        let mut bytes = Vec::new();
        wire::write(frame, &mut bytes);
        if let Message::Data(length) = frame {
            bytes.resize(bytes.len() + length, b'x');
        }
        receiver.feed(&bytes);
    }
}

fn offer(entries: &[Entry]) -> Vec<Message> {
    let bytes = entries.iter().map(|entry| entry.bytes).sum();
    let count = u32::try_from(entries.len()).unwrap();
    vec![Message::Offer { batch: BATCH, entries: count, bytes, room: bytes }, Message::Table(entries.to_vec())]
}

/// A file of five bytes.
fn file(index: u32) -> Vec<Message> {
    let sum = Message::Sum(*blake3::hash(b"xxxxx").as_bytes());
    vec![Message::File { index, offset: 0 }, Message::Data(5), sum]
}

#[test]
fn f5_a_link_put_in_place_of_a_folder_while_it_runs_is_not_followed() {
    let (outside, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let tree = ["r", "r/d", "r/d/a", "r/e", "r/e/b"].map(|path| match path.len() {
        5 => entry(path, 5, false),
        _ => entry(path, 0, true),
    });
    let mut receiver = receiver(place.path());
    say(&mut receiver, &offer(&tree));
    say(&mut receiver, &file(2));
    let hidden = fs::read_dir(place.path()).unwrap().next().unwrap().unwrap().path();
    fs::remove_dir(hidden.join("tree/r/e")).unwrap();
    symlink(outside.path(), hidden.join("tree/r/e")).unwrap();
    say(&mut receiver, &file(4));
    assert_eq!(receiver.end().unwrap().outcome, Outcome::Gone);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    drop(receiver);
    // Nor is one in place of the hidden folder itself.
    fs::rename(&hidden, place.path().join("away")).unwrap();
    symlink(outside.path(), &hidden).unwrap();
    let mut receiver = self::receiver(place.path());
    say(&mut receiver, &offer(&tree));
    assert_eq!(receiver.end().unwrap().outcome, Outcome::Gone);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn f4_a_place_that_is_removed_while_it_runs_is_said_and_not_made_again() {
    for in_the_middle in [true, false] {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("place");
        fs::create_dir(&place).unwrap();
        let mut receiver = receiver(&place);
        say(&mut receiver, &offer(&[entry("f", 5, false), entry("g", 5, false)]));
        if in_the_middle {
            say(&mut receiver, &[Message::File { index: 0, offset: 0 }, Message::Data(3)]);
            fs::remove_dir_all(&place).unwrap();
            say(&mut receiver, &[Message::Data(2), file(0).remove(2)]);
        } else {
            say(&mut receiver, &file(0));
            fs::remove_dir_all(&place).unwrap();
            say(&mut receiver, &file(1));
        }
        assert_eq!(receiver.end().unwrap().outcome, Outcome::Gone);
        receiver.cancel();
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "it is not made again");
    }
}

#[test]
fn f5_names_that_no_system_would_take_arrive_as_ones_that_every_system_does() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("con"), "mine").unwrap();
    let long = "ü".repeat(300);
    let names =
        ["CON", "con.txt", "a", "A", "a.", "a ", "C:\\x", "u\u{202e}fdp.exe", "A\u{30a}", "å", "..\\up", ".rc", &long];
    let entries: Vec<Entry> = names.iter().map(|name| entry(name, 5, false)).collect();
    let mut receiver = receiver(place.path());
    say(&mut receiver, &offer(&entries));
    (0..u32::try_from(names.len()).unwrap()).for_each(|index| say(&mut receiver, &file(index)));
    say(&mut receiver, &[Message::Done]);
    assert_eq!(receiver.end().unwrap().outcome, Outcome::Whole);
    let found = contents(place.path());
    assert_eq!(found.len(), names.len() + 1, "{:?}", found.keys());
    assert_eq!(found["con"], Some(b"mine".to_vec()));
    let folded: std::collections::HashSet<String> = found.keys().map(|name| crate::name::folded(name)).collect();
    assert_eq!(folded.len(), found.len(), "no two are one on any system");
    for name in found.keys().filter(|name| *name != "con") {
        assert_eq!(crate::name::safe(name), *name);
        assert!(!name.starts_with('.') && name.len() <= 255, "{name}");
    }
}

/// An offer can lie about the room it takes: what comes is what fills a disk, and no more than was announced comes.
#[test]
fn f4_an_absurd_size_is_taken_no_further_than_it_comes() {
    let place = tempfile::tempdir().unwrap();
    let large = i64::MAX as u64;
    let mut receiver = receiver(place.path());
    let lie = Message::Offer { batch: BATCH, entries: 1, bytes: large, room: 0 };
    say(&mut receiver, &[lie, Message::Table(vec![entry("f", large, false)])]);
    say(&mut receiver, &[Message::File { index: 0, offset: 0 }, Message::Data(3), Message::Done]);
    assert_eq!(receiver.end().unwrap().outcome, Outcome::Wrong);
    assert!(contents(place.path()).is_empty());
    receiver.cancel();
    drop(receiver);
    crate::sweep(place.path(), BATCH).unwrap();
    assert_eq!(hidden(place.path()), 0);
}

/// What a receiver takes of these frames.
fn taken(receiver: &mut Receiver, frames: &[Message]) -> (usize, usize) {
    let mut bytes = Vec::new();
    for frame in frames {
        wire::write(frame, &mut bytes);
        if let Message::Data(length) = frame {
            bytes.resize(bytes.len() + length, b'x');
        }
    }
    let fed = receiver.feed(&bytes);
    assert!(!fed.stuck);
    (fed.taken, bytes.len())
}

/// Scar: that nothing is to come was a word to the sender, and whatever came was taken.
#[test]
fn f2_at_a_standstill_no_more_is_taken_than_was_under_way_whatever_it_is() {
    const UNDER_WAY: u64 = 1_000;
    let place = tempfile::tempdir().unwrap();
    let mut receiver = receiver(place.path());
    let mut table = vec![entry("large", 10_000_000, false)];
    table.extend((0..1_000).map(|number| entry(&format!("empty {number}"), 0, false)));
    say(&mut receiver, &offer(&table));
    say(&mut receiver, &[Message::File { index: 0, offset: 0 }]);
    receiver.stand_still(Some(UNDER_WAY));
    assert!(!receiver.stands());
    assert_eq!(taken(&mut receiver, &[Message::Data(5_000)]).0, 1_000);
    assert!(receiver.stands());
    assert_eq!(taken(&mut receiver, &[Message::Zeros(9)]).0, 0);
    receiver.stand_still(Some(UNDER_WAY));
    assert!(receiver.stands(), "said again it is the same one");
    receiver.stand_still(None);
    assert_eq!(receiver.feed(&[b'x'; 4_005]), Fed { taken: 4_005, stuck: false });
    // Zeros are few bytes on the stream.
    receiver.stand_still(Some(UNDER_WAY));
    let zeros = [Message::Zeros(600), Message::Zeros(600), Message::Zeros(600)];
    let (zeros_taken, said) = taken(&mut receiver, &zeros);
    assert_eq!((zeros_taken, receiver.progress().bytes_moved), (said / 3 * 2, 5_000 + 1_200));
    receiver.stand_still(None);
    drop(receiver);
    // Nor do files without a byte get round it, and what begins at a standstill has nothing under way.
    let mut receiver = self::receiver(place.path());
    receiver.stand_still(Some(UNDER_WAY));
    say(&mut receiver, &offer(&table));
    assert!(receiver.stands() && receiver.end().is_none());
    receiver.stand_still(None);
    receiver.stand_still(Some(UNDER_WAY));
    let sum = Message::Sum(*blake3::hash(b"").as_bytes());
    let empty = (1..1_000).flat_map(|index| [Message::File { index, offset: 0 }, sum.clone()]);
    let (came, said) = taken(&mut receiver, &empty.collect::<Vec<Message>>());
    assert!(came < said / 10, "{came} of {said}");
    assert!(receiver.progress().files < 30);
}
