//! The entry as a desktop reads it: who starts what, and what is left of it.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use std::process::Command;

/// The arguments of an entry, read as the specification says: first the string, then the quotes, then the codes.
fn arguments(entry: &str) -> Vec<String> {
    let line = entry.lines().find_map(|line| line.strip_prefix("Exec=")).unwrap();
    let string = line.replace("\\\\", "\\");
    let (mut arguments, mut inside, mut signs) = (Vec::<String>::new(), false, string.chars());
    while let Some(sign) = signs.next() {
        let meant = match sign {
            '"' => {
                inside = !inside;
                if inside {
                    arguments.push(String::new());
                }
                continue;
            }
            ' ' if !inside => continue,
            // A backslash hides what follows, and of two per cent signs one is meant.
            '\\' | '%' => signs.next().unwrap(),
            sign => sign,
        };
        arguments.last_mut().unwrap().push(meant);
    }
    arguments
}

fn config(folder: &Path, program: &[&str]) -> RestartConfig {
    let program = program.iter().map(OsString::from).collect();
    RestartConfig { program, autostart: folder.join("config/autostart"), command: None }
}

/// Starts what the entry says, as a login does.
fn log_in(entry: &Path) {
    let arguments = arguments(&std::fs::read_to_string(entry).unwrap());
    let (program, rest) = arguments.split_first().unwrap();
    Command::new(program).args(rest).status().unwrap();
}

#[test]
fn n4_the_entry_starts_the_program_once_with_every_sign_of_its_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("my $program");
    std::os::unix::fs::symlink("/bin/sh", &program).unwrap();
    let script = folder.path().join("script");
    std::fs::write(&script, "for one in \"$@\"; do printf '%s|' \"$one\"; done >> \"$1\"\n").unwrap();
    let written = folder.path().join("a \"quoted\" `file` 100% \\ $HOME");
    let (program, script, written) = (program.to_str().unwrap(), script.to_str().unwrap(), written.to_str().unwrap());
    let config = config(folder.path(), &[program, script, written, "--resume", "%u"]);
    let entry = place(&config, &[0xa7; 16]);
    prepare(&config, &entry).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&entry).unwrap()) & 0o777, 0o600);
    log_in(&entry);
    assert_eq!(std::fs::read_to_string(written).unwrap(), format!("{written}|--resume|%u|"));
    assert!(!entry.exists(), "used once");
}

#[test]
fn n4_a_program_that_was_moved_is_not_started_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("moved away");
    let config = config(folder.path(), &[gone.to_str().unwrap()]);
    let entry = place(&config, &[1; 16]);
    prepare(&config, &entry).unwrap();
    log_in(&entry);
    assert!(!entry.exists());
}

#[test]
fn what_cannot_be_written_is_no_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let of = |program: &[&str]| {
        let config = config(folder.path(), program);
        prepare(&config, &place(&config, &[1; 16]))
    };
    assert!(matches!(of(&["/bin/a\nExec=/bin/b"]), Err(WayBackError::Words)), "no line of its own");
    assert!(matches!(of(&[]), Err(WayBackError::Words)));
    assert!(of(&["/bin/true"]).is_ok());
    std::fs::remove_dir_all(folder.path().join("config")).unwrap();
    std::fs::write(folder.path().join("config"), "a file").unwrap();
    assert!(matches!(of(&["/bin/true"]), Err(WayBackError::File(_))));
}

#[test]
fn only_entries_of_this_kind_are_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("autostart.desktop");
    std::fs::write(&other, "").unwrap();
    let note = |entry: &Path, begun_s| RestartNote { entry: entry.to_owned(), plugin: "a.b".to_owned(), begun_s };
    assert_eq!(note(&other, Some(100)).used(160), Some(60));
    assert!(other.exists());
    let ours = folder.path().join("lotse-resume-00.desktop");
    std::fs::write(&ours, "").unwrap();
    assert_eq!(note(&ours, None).used(160), None, "a crash before it");
    assert!(!ours.exists());
    assert_eq!(note(&ours, Some(100)).used(90), Some(0), "a clock that was turned back");
}
