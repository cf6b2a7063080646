//! F · What becomes of the part that has come when a line goes: given up, or gone on with what is still the same.

use crate::Session;
use crate::files::{Coming, FILES, behind_a_line, expect, file, folder, number, rep_sends, restart_customer, says};
use lotse_e2e::detour::Detour;
use lotse_e2e::wait_for;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The hidden folder of what has come in part.
pub fn part(place: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(place).ok()?.flatten();
    entries
        .map(|entry| entry.path())
        .find(|path| path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'.'))
}

/// The rep's file has begun to come, and the line is gone: the session, the line, and the place.
fn broken_off() -> (Session, Detour, PathBuf) {
    let Coming { session, line, large: _, to } = Coming::begun(1_500_000, 9_000_000);
    interrupt(&session, &line, "large.bin");
    assert!(part(&to).is_some());
    (session, line, to)
}

/// Blocks the line until both sides say of it that it is interrupted.
fn interrupt(session: &Session, line: &Detour, label: &str) {
    let marks = (session.rep.mark(), session.customer.mark());
    line.block(true);
    for (program, mark) in [(&session.rep, marks.0), (&session.customer, marks.1)] {
        program.expect_after(mark, "session-state", 60, |event| event["state"] == "lost").unwrap();
        let interrupted = |event: &Value| says(event, label, "Interrupted");
        program.expect_after(mark, "activity", 20, interrupted).unwrap();
    }
}

fn nothing_in(place: &Path) {
    wait_for(30, "the part that has come to be removed", || (fs::read_dir(place).ok()?.count() == 0).then_some(()))
        .unwrap();
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f2_what_the_receiver_cancels_while_the_line_is_gone_is_removed_at_once() {
    let (mut session, line, to) = broken_off();
    let row = expect(&session.customer, "large.bin", "Interrupted");
    session.customer.act(FILES, &format!("cancel-{}", number(&row)), json!({})).unwrap();
    nothing_in(&to);
    line.block(false);
    expect(&session.rep, "large.bin", "Cancelled by K. Weber");
    nothing_in(&to);
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f2_what_the_sender_cancels_while_the_line_is_gone_is_removed_as_soon_as_that_is_heard() {
    let (mut session, line, to) = broken_off();
    let row = expect(&session.rep, "large.bin", "Interrupted");
    session.rep.act(FILES, &format!("cancel-{}", number(&row)), json!({})).unwrap();
    expect(&session.rep, "large.bin", "Cancelled");
    assert!(part(&to).is_some(), "nobody has told it there");
    line.block(false);
    expect(&session.customer, "large.bin", "Cancelled by Anna Berg");
    nothing_in(&to);
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f4_of_a_folder_only_what_has_changed_meanwhile_comes_again() {
    let (mut session, line) = behind_a_line();
    line.narrow(1_500_000);
    let (from, to) = (folder(&session, "from"), folder(&session, "to"));
    let logs = from.join("logs");
    fs::create_dir_all(&logs).unwrap();
    file(&logs, "a", 200_000);
    file(&logs, "b", 300_000);
    file(&logs, "large", 9_000_000);
    rep_sends(&mut session, &logs, Some(&to));
    let whole = || {
        let here = part(&to)?.join("tree/logs");
        let large = fs::metadata(here.join("large")).ok()?;
        (large.len() > 1_000_000).then(|| fs::metadata(here.join("a")).ok().map(|meta| meta.ino()))?
    };
    let inode = wait_for(60, "the small files to be whole", whole).unwrap();
    file(&logs, "b", 310_000);
    // A line that comes back goes on with what was under way; a program that comes back looks at everything again.
    let session = restart_customer(session, &line);
    expect(&session.customer, "logs", "Received into");
    assert_eq!(fs::metadata(to.join("logs/a")).unwrap().ino(), inode, "it is the one that had come before");
    for name in ["a", "b", "large"] {
        let (came, was) = (fs::read(to.join("logs").join(name)).unwrap(), fs::read(logs.join(name)).unwrap());
        assert!(came == was, "{name}: {} bytes of {}", came.len(), was.len());
    }
    assert_eq!(fs::read_dir(&to).unwrap().count(), 1);
}
