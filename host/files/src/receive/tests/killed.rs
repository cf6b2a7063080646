//! A program that is killed at the worst moment: between giving a file its name and writing that down, and anywhere at all.

use super::*;
use crate::journal::{Journal, Record};
use crate::staging::table_hash;
use std::io::{BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

fn hidden_folder(place: &Path) -> PathBuf {
    place.join(format!("{}{}", crate::name::OURS, "05".repeat(BATCH_BYTES)))
}

fn journal(place: &Path) -> Option<(Journal, Vec<Record>)> {
    let file = fs::File::options().read(true).write(true).open(hidden_folder(place).join("journal")).ok()?;
    Some(Journal::open(file).unwrap())
}

#[test]
fn f4_a_journal_that_ends_before_a_name_is_given_is_gone_on_with_whether_or_not_it_was() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("one.txt");
    fs::write(&file, "the only file").unwrap();
    let entries = Walked::new(std::slice::from_ref(&file)).entries;
    for (name, taken) in [("one.txt", false), ("one (2).txt", true)] {
        for renamed in [true, false] {
            let place = tempfile::tempdir().unwrap();
            let hidden_folder = hidden_folder(place.path());
            fs::create_dir_all(hidden_folder.join("tree")).unwrap();
            if taken {
                fs::write(place.path().join("one.txt"), "mine").unwrap();
            }
            let there = if renamed { place.path().join(name) } else { hidden_folder.join("tree/one.txt") };
            fs::copy(&file, there).unwrap();
            fs::write(hidden_folder.join("journal"), "").unwrap();
            let naming = Record::Naming { root: 0, name: name.to_owned() };
            let records = [Record::Table(table_hash(&entries)), Record::Whole(0), naming];
            journal(place.path()).unwrap().0.begin(&records).unwrap();

            let (mut sender, mut receiver) = (sender(&[&file]), receiver(place.path()));
            talk(&mut sender, &mut receiver, usize::MAX);
            assert_eq!(receiver.end().unwrap().outcome, Outcome::Whole, "{name}, renamed: {renamed}");
            assert_eq!(receiver.progress().bytes_moved, 0, "{name}, renamed: {renamed}");
            receiver.closed(true);
            assert_eq!(hidden(place.path()), 0);
            let found = contents(place.path());
            assert_eq!(found[name], Some(b"the only file".to_vec()));
            assert_eq!(found.len(), if taken { 2 } else { 1 }, "{name}, renamed: {renamed}");
            assert!(!taken || found["one.txt"] == Some(b"mine".to_vec()));
        }
    }
}

/// Of each cut, what is left when the program is killed right behind the last name that it gave.
#[test]
fn f4_a_kill_between_a_name_and_the_word_of_it_is_known_by_what_is_no_longer_there() {
    let home = example();
    let roots = roots(&home);
    let all = contents(home.path());
    let length = {
        let place = tempfile::tempdir().unwrap();
        talk(&mut sender(&borrowed(&roots)), &mut receiver(place.path()), usize::MAX)
    };
    let mut between = 0;
    for cut in 1..=length {
        let place = tempfile::tempdir().unwrap();
        talk(&mut sender(&borrowed(&roots)), &mut receiver(place.path()), cut);
        let Some((mut journal, records)) = journal(place.path()) else { continue };
        let is_naming = |record: &Record| matches!(record, Record::Naming { .. });
        let Some(last) = records.iter().rposition(is_naming) else { continue };
        journal.begin(&records[..=last]).unwrap();
        drop(journal);
        between += 1;
        let again = whole(&borrowed(&roots), place.path());
        assert_eq!(outcomes(again), (Outcome::Whole, Outcome::Whole), "cut at {cut}");
        assert_eq!(contents(place.path()), all, "cut at {cut}");
        assert_eq!(hidden(place.path()), 0);
    }
    assert!(between > 0);
}

const FROM: &str = "LOTSE_FILES_KILLED_FROM";
const PLACE: &str = "LOTSE_FILES_KILLED_PLACE";
/// Bytes that the program takes at once: few, so that each kill falls somewhere else.
const STEP_BYTES: usize = 97;
/// What it says when it is about to take them.
const STEP: u8 = b'#';
/// Steps it may be ahead when it is killed.
const AHEAD: usize = 4;
const KILLS: usize = 12;

/// Folders and single files, enough for some hundreds of steps.
fn many() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    for folder in 0..4_usize {
        let inner = home.path().join(format!("folder {folder}/inner"));
        fs::create_dir_all(&inner).unwrap();
        for file in 0..5_usize {
            fs::write(inner.join(format!("{file}.txt")), vec![b'a'; 911 * file + 7 * folder]).unwrap();
        }
        fs::write(home.path().join(format!("single {folder}")), vec![b's'; 1_500 + folder]).unwrap();
    }
    home
}

fn picked(home: &Path) -> Vec<PathBuf> {
    let mut picked: Vec<PathBuf> = fs::read_dir(home).unwrap().map(|entry| entry.unwrap().path()).collect();
    picked.sort();
    picked
}

/// What the next test starts and kills; by itself it does nothing. It takes a step for each byte that it is told.
#[test]
fn the_program_that_is_killed() {
    let (Some(from), Some(place)) = (std::env::var_os(FROM), std::env::var_os(PLACE)) else { return };
    let picked = picked(Path::new(&from));
    let (mut sender, mut receiver) = (sender(&borrowed(&picked)), receiver(Path::new(&place)));
    loop {
        while let Some(words) = receiver.poll_words() {
            sender.feed(&words);
        }
        let Next::Send(bytes) = sender.poll() else { break };
        for piece in bytes.chunks(STEP_BYTES) {
            if std::io::stdin().read(&mut [0]).unwrap() == 0 {
                return;
            }
            let mut said = std::io::stdout();
            said.write_all(&[STEP]).unwrap();
            said.flush().unwrap();
            receiver.feed(piece);
        }
    }
    receiver.closed(true);
}

/// Starts it, and kills it when it has taken so many steps and may be taking the next ones. Whether it still ran then.
fn kill_after(steps: usize, from: &Path, place: &Path) -> bool {
    let (_, module) = module_path!().split_once("::").unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("{module}::the_program_that_is_killed"), "--nocapture", "--test-threads=1"])
        .env(FROM, from)
        .env(PLACE, place)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut go, mut said) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    // It may be through before all of it is used up.
    let _ = go.write_all(&vec![b'.'; steps]);
    let steps_said = said.by_ref().bytes().map_while(Result::ok).filter(|byte| *byte == STEP);
    let seen = steps_said.take(steps).count();
    if seen == steps {
        let _ = go.write_all(&[b'.'; AHEAD]);
    }
    let _ = child.kill();
    child.wait().unwrap().signal() == Some(9)
}

/// The file system is what the kernel had of it at that moment, and no machine of ours had a word in it.
#[test]
fn f4_a_program_that_is_killed_anywhere_leaves_nothing_half_and_is_gone_on_with() {
    let (home, place) = (many(), tempfile::tempdir().unwrap());
    let all = contents(home.path());
    let (mut state, mut killed) = (20_260_801_u64, 0);
    for kill in 0..KILLS {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Behind the table, which takes the first of them each time.
        let steps = 25 + usize::try_from(state >> 33).unwrap() % 40;
        killed += usize::from(kill_after(steps, home.path(), place.path()));
        for (name, content) in contents(place.path()) {
            assert_eq!(all.get(&name), Some(&content), "kill {kill} after {steps} steps: {name} is not whole");
        }
        if hidden(place.path()) == 0 {
            break;
        }
    }
    assert!(killed > 0, "it was through before the first of them");
    // Sent once more when it was through, it would be another one.
    if hidden(place.path()) > 0 {
        let picked = picked(home.path());
        assert_eq!(outcomes(whole(&borrowed(&picked), place.path())), (Outcome::Whole, Outcome::Whole));
    }
    assert_eq!(hidden(place.path()), 0);
    assert_eq!(contents(place.path()), all);
}
