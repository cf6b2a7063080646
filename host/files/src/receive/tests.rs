#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::{CHUNK_BYTES, Next, Sender, Walked};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

mod changed;
mod full;
mod hostile;
mod killed;

const BATCH: [u8; BATCH_BYTES] = [5; BATCH_BYTES];

/// Lets both talk until nothing moves any more; the receiver gets `bytes_max` bytes at most, the last ones perhaps in pieces.
fn talk(sender: &mut Sender, receiver: &mut Receiver, bytes_max: usize) -> usize {
    let mut passed = 0;
    loop {
        let mut moved = false;
        while let Some(words) = receiver.poll_words() {
            sender.feed(&words);
            moved = true;
        }
        if let Next::Send(bytes) = sender.poll() {
            let bytes = &bytes[..bytes.len().min(bytes_max - passed)];
            passed += bytes.len();
            for piece in bytes.chunks(100_000) {
                assert!(!receiver.feed(piece).stuck);
            }
            moved = true;
        }
        if passed == bytes_max || !moved {
            return passed;
        }
    }
}

fn sender(roots: &[&Path]) -> Sender {
    let picked: Vec<PathBuf> = roots.iter().map(|root| root.to_path_buf()).collect();
    Sender::new(Arc::new(Walked::new(&picked)), BATCH, Halt::default())
}

fn receiver(place: &Path) -> Receiver {
    Receiver::new(place.to_path_buf(), Halt::default())
}

/// All of it, and the two ends.
fn whole(roots: &[&Path], place: &Path) -> (End, End) {
    let (mut sender, mut receiver) = (sender(roots), receiver(place));
    talk(&mut sender, &mut receiver, usize::MAX);
    let ends = (sender.end().cloned().unwrap(), receiver.end().cloned().unwrap());
    receiver.closed(true);
    ends
}

fn outcomes((sender, receiver): (End, End)) -> (Outcome, Outcome) {
    (sender.outcome, receiver.outcome)
}

/// Every file and folder below with its content; hidden ones of ours apart.
fn contents(folder: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if name.starts_with(crate::name::OURS) {
                continue;
            }
            if path.is_dir() {
                found.insert(name, None);
                folders.push(path);
            } else {
                found.insert(name, Some(fs::read(path).unwrap()));
            }
        }
    }
    found
}

fn hidden(place: &Path) -> usize {
    let ours = |entry: &fs::DirEntry| entry.file_name().to_str().unwrap().starts_with(crate::name::OURS);
    fs::read_dir(place).unwrap().filter(|entry| ours(entry.as_ref().unwrap())).count()
}

/// A file, an empty one, and a folder with some in it and an empty folder.
fn example() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("folder/inner/empty")).unwrap();
    fs::write(home.path().join("one.txt"), "the first of all files").unwrap();
    fs::write(home.path().join("nothing"), "").unwrap();
    fs::write(home.path().join("folder/a.txt"), "in a folder").unwrap();
    fs::write(home.path().join("folder/inner/b.txt"), vec![b'b'; 300]).unwrap();
    home
}

fn roots(home: &TempDir) -> Vec<PathBuf> {
    ["one.txt", "nothing", "folder"].iter().map(|name| home.path().join(name)).collect()
}

fn borrowed(roots: &[PathBuf]) -> Vec<&Path> {
    roots.iter().map(PathBuf::as_path).collect()
}

#[test]
fn everything_arrives_with_its_times_and_leaves_nothing_behind() {
    let (home, place) = (example(), tempfile::tempdir().unwrap());
    let roots = roots(&home);
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::new(1_000_000_000, 5_000);
    fs::File::options().append(true).open(&roots[0]).unwrap().set_modified(old).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&roots[0], executable).unwrap();
    assert_eq!(outcomes(whole(&borrowed(&roots), place.path())), (Outcome::Whole, Outcome::Whole));
    assert_eq!(contents(place.path()), contents(home.path()));
    assert_eq!(hidden(place.path()), 0);
    let meta = fs::metadata(place.path().join("one.txt")).unwrap();
    assert_eq!(meta.modified().unwrap(), old);
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&meta) & 0o111, 0, "no program arrives");
}

/// The program is killed after each byte in turn; nothing half stands under a final name, and the rest comes with the next.
#[test]
fn a_batch_that_was_cut_anywhere_goes_on_and_is_whole() {
    let home = example();
    let roots = roots(&home);
    let all = contents(home.path());
    let length = {
        let place = tempfile::tempdir().unwrap();
        talk(&mut sender(&borrowed(&roots)), &mut receiver(place.path()), usize::MAX)
    };
    for cut in 1..length {
        let place = tempfile::tempdir().unwrap();
        talk(&mut sender(&borrowed(&roots)), &mut receiver(place.path()), cut);
        for (name, content) in contents(place.path()) {
            assert_eq!(all.get(&name), Some(&content), "cut at {cut}: {name} is not whole");
        }
        let again = whole(&borrowed(&roots), place.path());
        assert_eq!(outcomes(again), (Outcome::Whole, Outcome::Whole), "cut at {cut}");
        assert_eq!(contents(place.path()), all, "cut at {cut}");
        assert_eq!(hidden(place.path()), 0);
    }
}

#[test]
fn a_large_file_goes_on_behind_what_is_there_and_only_if_that_is_its_start() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("large");
    let content: Vec<u8> = (0..5 * CHUNK_BYTES).map(|at| (at * 7 + at / 251) as u8).collect();
    fs::write(&file, &content).unwrap();
    for damaged in [false, true] {
        let place = tempfile::tempdir().unwrap();
        let first = talk(&mut sender(&[&file]), &mut receiver(place.path()), 3 * CHUNK_BYTES);
        if damaged {
            let hidden = fs::read_dir(place.path()).unwrap().next().unwrap().unwrap().path();
            let part = hidden.join("tree/large");
            let mut bytes = fs::read(&part).unwrap();
            bytes[1000] ^= 1;
            fs::write(&part, bytes).unwrap();
        }
        let (mut sender, mut receiver) = (sender(&[&file]), receiver(place.path()));
        let second = talk(&mut sender, &mut receiver, usize::MAX);
        let all_again = first + second > content.len() + CHUNK_BYTES;
        assert_eq!(all_again, damaged, "{first} and {second} bytes");
        assert!(fs::read(place.path().join("large")).unwrap() == content);
    }
}

#[test]
fn holes_stay_holes_and_read_the_same() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("disk.img");
    let made = fs::File::create(&file).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&made, b"in the middle", 8 << 20).unwrap();
    made.set_len(16 << 20).unwrap();
    drop(made);
    let place = tempfile::tempdir().unwrap();
    let (mut sender, mut receiver) = (sender(&[&file]), receiver(place.path()));
    let sent = talk(&mut sender, &mut receiver, usize::MAX);
    assert!(sent < 2 * CHUNK_BYTES, "{sent} bytes for holes");
    let there = place.path().join("disk.img");
    assert!(fs::read(&there).unwrap() == fs::read(&file).unwrap());
    let on_disk = std::os::unix::fs::MetadataExt::blocks(&fs::metadata(&there).unwrap()) * 512;
    assert!(on_disk < 2 << 20, "{on_disk} bytes on the disk");
}

#[test]
fn nothing_that_is_there_is_replaced() {
    let (home, place) = (example(), tempfile::tempdir().unwrap());
    fs::write(place.path().join("one.txt"), "mine").unwrap();
    fs::create_dir(place.path().join("folder")).unwrap();
    let roots = roots(&home);
    let (mut sender, mut receiver) = (sender(&borrowed(&roots)), receiver(place.path()));
    talk(&mut sender, &mut receiver, usize::MAX);
    assert_eq!(receiver.progress().renamed, 2);
    let found = contents(place.path());
    assert_eq!(found["one.txt"], Some(b"mine".to_vec()));
    assert_eq!(found["one (2).txt"], Some(b"the first of all files".to_vec()));
    assert!(found.contains_key("folder (2)/inner/b.txt") && !found.contains_key("folder/inner"));
}

#[test]
fn what_is_cancelled_is_gone_but_what_was_whole_stays() {
    let home = example();
    let roots = roots(&home);
    let length = {
        let place = tempfile::tempdir().unwrap();
        talk(&mut sender(&borrowed(&roots)), &mut receiver(place.path()), usize::MAX)
    };
    for at_the_sender in [true, false] {
        let place = tempfile::tempdir().unwrap();
        let (mut sender, mut receiver) = (sender(&borrowed(&roots)), receiver(place.path()));
        // In the middle of the last file.
        talk(&mut sender, &mut receiver, length - 100);
        if at_the_sender {
            sender.cancel();
            // The rest of the frame that was cut is not of this test.
            (receiver.data_left, receiver.inbox) = (0, Inbox::default());
            let Next::Send(bytes) = sender.poll() else { panic!("nothing is said of it") };
            receiver.feed(bytes);
            assert_eq!(receiver.end().unwrap().outcome, Outcome::CancelledThere);
        } else {
            receiver.cancel();
            sender.feed(&receiver.poll_words().unwrap());
            assert_eq!(sender.end().unwrap().outcome, Outcome::CancelledThere);
        }
        assert_eq!(hidden(place.path()), 0);
        assert!(place.path().join("one.txt").exists(), "it was whole");
        assert!(!place.path().join("folder").exists());
    }
}

#[test]
fn a_file_that_changed_ends_it_on_both_sides() {
    let (home, place) = (example(), tempfile::tempdir().unwrap());
    let roots = roots(&home);
    let (mut sender, mut receiver) = (sender(&borrowed(&roots)), receiver(place.path()));
    fs::write(&roots[0], "another").unwrap();
    talk(&mut sender, &mut receiver, usize::MAX);
    assert_eq!(sender.end().unwrap(), &End::new(Outcome::Changed, "one.txt"));
    assert_eq!(receiver.end().unwrap().outcome, Outcome::Changed);
    drop(receiver);
    let (mut sender, mut receiver) = (self::sender(&borrowed(&roots[..1])), self::receiver(place.path()));
    fs::remove_file(&roots[0]).unwrap();
    talk(&mut sender, &mut receiver, usize::MAX);
    assert_eq!((sender.end().unwrap().outcome, receiver.end().unwrap().outcome), (Outcome::Gone, Outcome::Gone));
}

#[test]
fn either_side_pauses_and_goes_on() {
    let (home, place) = (example(), tempfile::tempdir().unwrap());
    let roots = roots(&home);
    let (mut sender, mut receiver) = (sender(&borrowed(&roots)), receiver(place.path()));
    receiver.pause(true);
    talk(&mut sender, &mut receiver, usize::MAX);
    assert!(sender.is_paused_there() && sender.end().is_none());
    sender.pause(true);
    receiver.pause(false);
    talk(&mut sender, &mut receiver, usize::MAX);
    assert!(receiver.is_paused_there() && !sender.is_paused_there() && sender.end().is_none());
    sender.pause(false);
    talk(&mut sender, &mut receiver, usize::MAX);
    assert_eq!(sender.end().unwrap().outcome, Outcome::Whole);
}

/// The sender does not know that all of it arrived: what it sends again is the same and not a second one.
#[test]
fn the_same_batch_after_a_lost_last_word_is_no_second_one() {
    let (home, place) = (example(), tempfile::tempdir().unwrap());
    let roots = roots(&home);
    let (mut sender, mut receiver) = (sender(&borrowed(&roots)), receiver(place.path()));
    talk(&mut sender, &mut receiver, usize::MAX);
    receiver.closed(false);
    drop(receiver);
    assert_eq!(hidden(place.path()), 1);
    assert_eq!(outcomes(whole(&borrowed(&roots), place.path())), (Outcome::Whole, Outcome::Whole));
    assert_eq!(contents(place.path()), contents(home.path()));
    assert_eq!(hidden(place.path()), 0);
    whole(&borrowed(&roots), place.path());
    assert!(place.path().join("one (2).txt").exists(), "sent anew it is another one");
}

#[test]
fn what_was_picked_and_is_gone_is_said_on_both_sides() {
    let (home, place) = (example(), tempfile::tempdir().unwrap());
    let gone = home.path().join("never there");
    assert_eq!(outcomes(whole(&[gone.as_path()], place.path())), (Outcome::Gone, Outcome::Gone));
    assert_eq!(hidden(place.path()), 0);
}

#[test]
fn a_place_that_is_gone_and_one_that_is_in_use_are_said() {
    let (home, place) = (example(), tempfile::tempdir().unwrap());
    let roots = roots(&home);
    let gone = place.path().join("gone");
    assert_eq!(outcomes(whole(&borrowed(&roots), &gone)), (Outcome::Gone, Outcome::Gone));
    let (mut sender, mut first) = (sender(&borrowed(&roots)), receiver(place.path()));
    talk(&mut sender, &mut first, 400);
    assert_eq!(outcomes(whole(&borrowed(&roots), place.path())), (Outcome::Denied, Outcome::Denied));
    drop(first);
    crate::sweep(place.path(), BATCH).unwrap();
    assert_eq!(hidden(place.path()), 0);
}

/// Scar: for a yes to one small file a sender could have this side hold a table of 64 MB before it was compared with anything.
#[test]
fn an_offer_of_more_than_was_agreed_to_is_refused_before_a_word_of_its_table() {
    let place = tempfile::tempdir().unwrap();
    let agreed = Some(crate::Agreed { name: "scan.pdf".to_owned(), files: 1, folders: 0, bytes: 1_000 });
    for (entries, bytes) in [(2, 1_000), (250_000, 0), (1, 3_000_000)] {
        let mut receiver = receiver(place.path()).on(Terms { agreed: agreed.clone(), ..Terms::default() });
        let mut offer = Vec::new();
        wire::write(&Message::Offer { batch: BATCH, entries, bytes, room: bytes }, &mut offer);
        receiver.feed(&offer);
        assert_eq!(receiver.end().map(|end| end.outcome), Some(Outcome::Wrong), "{entries} entries of {bytes} bytes");
        let mut sender = sender(&[place.path()]);
        sender.feed(&receiver.poll_words().unwrap());
        assert_eq!(sender.end().unwrap().outcome, Outcome::Wrong, "it is told at once");
    }
    assert_eq!(hidden(place.path()), 0);
}

/// Scar: a yes to one file was one to whatever came then, as often as it came.
#[test]
fn a_place_takes_what_was_agreed_to_for_it_once_and_nothing_else() {
    let (home, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (name, bytes) in [("scan.pdf", 1_000), ("large.bin", 5_000_000)] {
        fs::write(home.path().join(name), vec![7; bytes]).unwrap();
    }
    let agreed = Some(crate::Agreed { name: "scan.pdf".to_owned(), files: 1, folders: 0, bytes: 1_000 });
    let send = |name: &str, batch, terms: Terms| {
        let walked = Arc::new(Walked::new(&[home.path().join(name)]));
        let mut sender = Sender::new(walked, batch, Halt::default());
        let mut receiver = receiver(place.path()).on(terms);
        talk(&mut sender, &mut receiver, usize::MAX);
        let ends = (sender.end().cloned().unwrap(), receiver.end().cloned().unwrap());
        receiver.closed(false);
        (outcomes(ends), receiver.whole())
    };
    let terms = Terms { agreed: agreed.clone(), ..Terms::default() };
    assert_eq!(send("large.bin", BATCH, terms.clone()).0, (Outcome::Wrong, Outcome::Wrong));
    let (ends, whole) = send("scan.pdf", BATCH, terms);
    assert_eq!(ends, (Outcome::Whole, Outcome::Whole));
    let after = Terms { agreed, batch: Some(BATCH), whole };
    assert_eq!(send("scan.pdf", [6; BATCH_BYTES], after.clone()).0, (Outcome::Wrong, Outcome::Wrong));
    assert_eq!(send("scan.pdf", BATCH, after.clone()).0, (Outcome::Whole, Outcome::Whole), "its last word was lost");
    fs::write(home.path().join("scan.pdf"), "another").unwrap();
    assert_eq!(send("scan.pdf", BATCH, after).0, (Outcome::Wrong, Outcome::Wrong));
    let there: Vec<String> = contents(place.path()).into_keys().collect();
    assert_eq!(there, ["scan.pdf"]);
    assert_eq!(fs::read(place.path().join("scan.pdf")).unwrap(), [7; 1_000]);
}

#[test]
fn what_a_program_left_behind_long_ago_is_removed_and_nothing_else_is() {
    let (home, place) = (example(), tempfile::tempdir().unwrap());
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(15 * 24 * 60 * 60);
    let left = |name: &str, old: bool| {
        let folder = place.path().join(name);
        fs::create_dir_all(folder.join("tree/d")).unwrap();
        let journal = fs::File::create(folder.join("journal")).unwrap();
        if old {
            journal.set_modified(long_ago).unwrap();
        }
        folder
    };
    let (old, young) =
        (left(&format!(".lotse-{}", "0a".repeat(16)), true), left(&format!(".lotse-{}", "0b".repeat(16)), false));
    let (others, locked) = (left(".lotse-notes", true), left(&format!(".lotse-{}", "0c".repeat(16)), true));
    let held = fs::File::open(locked.join("journal")).unwrap();
    held.try_lock().unwrap();
    assert_eq!(outcomes(whole(&borrowed(&roots(&home)), place.path())), (Outcome::Whole, Outcome::Whole));
    assert!(!old.exists());
    assert!(young.exists() && others.exists() && locked.exists());
}

fn entry(path: &str, bytes: u64, folder: bool) -> Entry {
    Entry { path: path.to_owned(), bytes, modified: crate::Modified::default(), folder }
}

/// What a receiver makes of these frames, with bytes behind those of data.
fn hear(place: &Path, frames: &[Message]) -> Outcome {
    let mut receiver = receiver(place);
    for frame in frames {
        let mut bytes = Vec::new();
        wire::write(frame, &mut bytes);
        if let Message::Data(length) = frame {
            bytes.resize(bytes.len() + length, b'x');
        }
        receiver.feed(&bytes);
    }
    receiver.closed(false);
    receiver.end().unwrap().outcome
}

#[test]
fn what_no_sender_says_is_named_and_nothing_of_it_stays_under_a_name() {
    let offer = |entries: &[Entry]| {
        let bytes = entries.iter().fold(0_u64, |sum, entry| sum.wrapping_add(entry.bytes));
        let count = u32::try_from(entries.len()).unwrap();
        vec![Message::Offer { batch: BATCH, entries: count, bytes, room: bytes }, Message::Table(entries.to_vec())]
    };
    let file = [entry("f", 5, false)];
    let large = i64::MAX as u64;
    let begun = Message::File { index: 0, offset: 0 };
    let sum = |bytes: &[u8]| Message::Sum(*blake3::hash(bytes).as_bytes());
    let cases: Vec<(&str, Vec<Message>, Outcome)> = vec![
        ("bytes before a table", vec![Message::Data(1)], Outcome::Wrong),
        ("no files", vec![Message::Offer { batch: BATCH, entries: 0, bytes: 0, room: 0 }], Outcome::Wrong),
        ("too many", vec![Message::Offer { batch: BATCH, entries: u32::MAX, bytes: 0, room: 0 }], Outcome::Wrong),
        (
            "another sum",
            [&[Message::Offer { batch: BATCH, entries: 1, bytes: 4, room: 4 }][..], &offer(&file)[1..]].concat(),
            Outcome::Wrong,
        ),
        (
            "a sum over all bounds",
            offer(&[entry("a", large, false), entry("b", large, false), entry("c", large, false)]),
            Outcome::Wrong,
        ),
        ("more than any disk", offer(&[entry("a", large, false)]), Outcome::DiskFull),
        ("a way out", offer(&[entry("../f", 5, false)]), Outcome::Wrong),
        ("from the root", offer(&[entry("/etc/f", 5, false)]), Outcome::Wrong),
        ("twice", offer(&[entry("f", 1, false), entry("f", 1, false)]), Outcome::Wrong),
        ("in a file", offer(&[entry("f", 1, false), entry("f/g", 1, false)]), Outcome::Wrong),
        (
            "too many entries",
            [
                &[Message::Offer { batch: BATCH, entries: 1, bytes: 5, room: 5 }][..],
                &offer(&[file[0].clone(), entry("g", 0, false)])[1..],
            ]
            .concat(),
            Outcome::Wrong,
        ),
        ("another file", [offer(&file), vec![Message::File { index: 1, offset: 0 }]].concat(), Outcome::Wrong),
        ("from the middle", [offer(&file), vec![Message::File { index: 0, offset: 3 }]].concat(), Outcome::Wrong),
        ("too much", [offer(&file), vec![begun.clone(), Message::Data(6)]].concat(), Outcome::Wrong),
        ("too many zeros", [offer(&file), vec![begun.clone(), Message::Zeros(6)]].concat(), Outcome::Wrong),
        ("too little", [offer(&file), vec![begun.clone(), Message::Data(4), sum(b"xxxx")]].concat(), Outcome::Wrong),
        ("another hash", [offer(&file), vec![begun.clone(), Message::Data(5), sum(b"other")]].concat(), Outcome::Wrong),
        ("an early end", [offer(&file), vec![Message::Done]].concat(), Outcome::Wrong),
        ("a receiver's word", [offer(&file), vec![Message::Kept]].concat(), Outcome::Wrong),
        ("half of it", [offer(&file), vec![begun.clone(), Message::Data(3)]].concat(), Outcome::Broken),
    ];
    for (name, frames, expected) in cases {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("place");
        fs::create_dir(&place).unwrap();
        assert_eq!(hear(&place, &frames), expected, "{name}");
        assert!(contents(&place).is_empty(), "{name}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "{name}: nothing beside the place");
        let good = [offer(&file), vec![begun.clone(), Message::Data(5), sum(b"xxxxx"), Message::Done]].concat();
        assert_eq!(hear(&place, &good), Outcome::Whole, "after: {name}");
        assert_eq!(fs::read(place.join("f")).unwrap(), b"xxxxx");
    }
}

#[test]
fn a_link_that_somebody_put_into_the_hidden_folder_is_not_written_through() {
    let (home, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(home.path().join("victim"), "mine").unwrap();
    fs::write(home.path().join("f"), "theirs").unwrap();
    let file = home.path().join("f");
    talk(&mut sender(&[&file]), &mut receiver(place.path()), 80);
    let hidden = fs::read_dir(place.path()).unwrap().next().unwrap().unwrap().path();
    let _ = fs::remove_file(hidden.join("tree/f"));
    std::os::unix::fs::symlink(home.path().join("victim"), hidden.join("tree/f")).unwrap();
    whole(&[&file], place.path());
    assert_eq!(fs::read(home.path().join("victim")).unwrap(), b"mine");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// Any tree, killed at three places: what is there in the end is what was sent.
    #[test]
    fn any_tree_arrives_whole_however_often_it_was_cut(
        files in proptest::collection::btree_map("[a-c]/[a-c]/[a-d]|[a-c]/[e-g]", proptest::collection::vec(0_u8..3, 0..3_000), 1..12),
        cuts in proptest::collection::vec(1_usize..9_000, 0..3),
    ) {
        let (home, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (path, content) in &files {
            let path = home.path().join("root").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let root = home.path().join("root");
        for cut in cuts {
            talk(&mut sender(&[&root]), &mut receiver(place.path()), cut);
        }
        prop_assert_eq!(outcomes(whole(&[&root], place.path())), (Outcome::Whole, Outcome::Whole));
        prop_assert_eq!(contents(place.path()), contents(home.path()));
    }
}
