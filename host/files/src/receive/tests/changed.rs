//! What was picked is another by the time it goes on.

use super::*;

/// Files of a folder, each full of its own letter.
fn folder(home: &Path, name: &str, files: &[(&str, usize)]) -> PathBuf {
    let folder = home.join(name);
    fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name), vec![name.as_bytes()[0]; *bytes]).unwrap();
    }
    folder
}

/// All but the last bytes of it have come.
fn but_the_last(roots: &[&Path], place: &Path, bytes: usize) {
    let length = {
        let place = tempfile::tempdir().unwrap();
        talk(&mut sender(roots), &mut receiver(place.path()), usize::MAX)
    };
    talk(&mut sender(roots), &mut receiver(place), length - bytes);
}

/// The rest, and how many bytes of files that took.
fn rest(roots: &[&Path], place: &Path) -> u64 {
    let (mut sender, mut receiver) = (sender(roots), receiver(place));
    talk(&mut sender, &mut receiver, usize::MAX);
    assert_eq!(sender.end().unwrap().outcome, Outcome::Whole);
    assert_eq!(receiver.end().unwrap().outcome, Outcome::Whole);
    let moved = receiver.progress().bytes_moved;
    receiver.closed(true);
    assert_eq!(hidden(place), 0);
    moved
}

/// Scar: one file that changed in between had a whole folder sent anew.
#[test]
fn f4_only_the_file_that_changed_comes_again() {
    let (home, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let files = [("a", 40_000), ("b", 50_000), ("c", 60_000), ("d", 70_000)];
    let root = folder(home.path(), "folder", &files);
    but_the_last(&[&root], place.path(), 10_000);
    fs::write(root.join("b"), vec![b'B'; 55_000]).unwrap();
    let moved = rest(&[&root], place.path());
    assert!((55_000..67_000).contains(&moved), "{moved}: b, and what was missing of d");
    assert_eq!(contents(place.path()), contents(home.path()));
}

#[test]
fn what_came_in_between_comes_and_what_was_taken_away_does_not_arrive() {
    let (home, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let root = folder(home.path(), "folder", &[("a", 40_000), ("b", 50_000), ("z", 70_000)]);
    folder(&root, "gone", &[("g", 9_000)]);
    folder(&root, "kept", &[("k", 8_000)]);
    but_the_last(&[&root], place.path(), 10_000);
    fs::remove_file(root.join("a")).unwrap();
    fs::remove_dir_all(root.join("gone")).unwrap();
    // A folder in place of a file, and a name that is another's on some systems.
    fs::remove_file(root.join("b")).unwrap();
    folder(&root, "b", &[("in b", 500)]);
    fs::write(root.join("kept/K"), "another").unwrap();
    let moved = rest(&[&root], place.path());
    assert!((10_000..28_000).contains(&moved), "{moved}: of what stayed nothing but k, whose name had to be another");
    let found = contents(place.path());
    assert!(found["folder/b/in b"].is_some() && found["folder/z"].as_ref().is_some_and(|z| z.len() == 70_000));
    assert!(!found.contains_key("folder/a") && !found.contains_key("folder/gone"));
    assert_eq!(found.keys().filter(|name| name.starts_with("folder/kept/")).count(), 2);
}

#[test]
fn a_folder_that_is_whole_already_is_no_second_time_sent_for_anothers_sake() {
    let (home, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = folder(home.path(), "first", &[("a", 40_000), ("b", 50_000)]);
    let second = folder(home.path(), "second", &[("c", 60_000), ("d", 70_000)]);
    but_the_last(&[&first, &second], place.path(), 10_000);
    assert!(place.path().join("first/b").exists());
    fs::write(second.join("c"), "another").unwrap();
    let moved = rest(&[&first, &second], place.path());
    assert!(moved < 12_000, "{moved}");
    assert_eq!(contents(place.path()), contents(home.path()));
    // Changed after it was whole, it comes beside what is there.
    let place = tempfile::tempdir().unwrap();
    but_the_last(&[&first, &second], place.path(), 10_000);
    fs::write(first.join("b"), "b as well").unwrap();
    rest(&[&first, &second], place.path());
    assert_eq!(fs::read(place.path().join("first (2)/b")).unwrap(), b"b as well");
    assert_eq!(fs::read(place.path().join("first/b")).unwrap().len(), 50_000);
}

/// Killed at any byte while it goes on with what has changed.
#[test]
fn what_changed_and_is_cut_again_anywhere_is_whole_in_the_end() {
    let home = example();
    let roots = roots(&home);
    let length = {
        let place = tempfile::tempdir().unwrap();
        talk(&mut sender(&borrowed(&roots)), &mut receiver(place.path()), usize::MAX)
    };
    let changed = home.path().join("folder/inner/b.txt");
    for cut in 1..length {
        fs::write(&changed, vec![b'b'; 300]).unwrap();
        let place = tempfile::tempdir().unwrap();
        talk(&mut sender(&borrowed(&roots)), &mut receiver(place.path()), length - 100);
        fs::write(&changed, vec![b'c'; 299]).unwrap();
        talk(&mut sender(&borrowed(&roots)), &mut receiver(place.path()), cut);
        let again = whole(&borrowed(&roots), place.path());
        assert_eq!(outcomes(again), (Outcome::Whole, Outcome::Whole), "cut at {cut}");
        assert_eq!(contents(place.path()), contents(home.path()), "cut at {cut}");
    }
}

#[test]
fn a_table_that_was_damaged_has_everything_begin_anew() {
    let (home, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let root = folder(home.path(), "folder", &[("a", 40_000), ("b", 50_000)]);
    but_the_last(&[&root], place.path(), 10_000);
    let hidden = fs::read_dir(place.path()).unwrap().next().unwrap().unwrap().path();
    let is_table = |entry: &fs::DirEntry| entry.file_name().to_str().unwrap().starts_with("table-");
    let table = fs::read_dir(hidden).unwrap().map(Result::unwrap).find(is_table).unwrap();
    let mut bytes = fs::read(table.path()).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(table.path(), bytes).unwrap();
    fs::write(root.join("b"), vec![b'B'; 50_001]).unwrap();
    assert_eq!(rest(&[&root], place.path()), 90_001);
    assert_eq!(contents(place.path()), contents(home.path()));
}
