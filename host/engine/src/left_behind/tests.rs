//! Two programs on one data folder, one after the other and at once.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::transfers::tests::{come_in_part_and_noted, until_gone};
use std::fs::File;
use std::time::SystemTime;

const ID: SessionId = SessionId([7; 16]);
const RELAY: &str = "relay.example";
const ANNA: &str = "anna@acme.example";

fn note(user: &str) -> ResumeNote {
    ResumeNote { session: ID.0, relay: RELAY.into(), user: user.into(), ..ResumeNote::default() }
}

/// A program that has looked round as it started.
async fn started(data: &Path) -> LeftBehind {
    let mut left = LeftBehind::open(data, &tokio::runtime::Handle::current());
    left.found().await;
    assert!(left.waiting.is_empty(), "nobody is signed in");
    left
}

/// How many sessions of this rep's there are now that they have signed in.
async fn signed_in(program: &mut LeftBehind, relay: &str, user: &str) -> usize {
    program.let_go();
    program.look_for(relay, user);
    program.found().await;
    program.waiting().count()
}

/// The folder of the session.
fn place(data: &Path) -> PathBuf {
    data.join("sessions").join("07".repeat(16))
}

fn age_by(place: &Path, by: Duration) {
    File::open(place).unwrap().set_modified(SystemTime::now() - by).unwrap();
}

/// Scar: what a console that was killed had received in part stayed in the rep's folder.
#[tokio::test(flavor = "multi_thread")]
async fn f4_what_no_session_can_go_on_with_is_removed_and_nothing_of_a_program_that_runs() {
    let data = tempfile::tempdir().unwrap();
    let downloads = data.path().join("downloads");
    let running = started(data.path()).await;
    let folder = running.make(ID).unwrap();
    let files = folder.files();
    let part = come_in_part_and_noted(&files, ID.0, &downloads);
    std::fs::write(downloads.join("mine"), "mine").unwrap();
    age_by(&place(data.path()), 2 * JUST_MADE);
    let second = started(data.path()).await;
    assert!(part.exists() && files.exists());
    drop((folder, running, second));
    started(data.path()).await;
    assert!(!part.exists() && !place(data.path()).exists());
    assert!(downloads.join("mine").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_a_session_waits_for_its_own_rep_at_its_own_relay_and_its_files_wait_with_it() {
    let data = tempfile::tempdir().unwrap();
    let running = started(data.path()).await;
    let folder = running.make(ID).unwrap();
    let files = folder.files();
    let part = come_in_part_and_noted(&files, ID.0, &data.path().join("downloads"));
    note(ANNA).write(&folder.note()).unwrap();
    drop((folder, running));
    let mut next = started(data.path()).await;
    assert_eq!(signed_in(&mut next, RELAY, "bo@acme.example").await, 0);
    assert_eq!(signed_in(&mut next, "other.example", ANNA).await, 0);
    assert_eq!(signed_in(&mut next, RELAY, ANNA).await, 1);
    assert!(part.exists() && files.exists());
    let left = next.take(ID).unwrap();
    assert!(next.take(ID).is_none(), "once");
    next.discard(left);
    until_gone(&[&part, &place(data.path())]).await;
}

/// Scar: with another console on the data folder one that was killed never came back, and two that were started at once both did.
#[tokio::test(flavor = "multi_thread")]
async fn n4_of_consoles_that_run_at_once_each_has_its_own_sessions_and_one_has_what_was_left() {
    let data = tempfile::tempdir().unwrap();
    let mut beside = started(data.path()).await;
    let theirs = beside.make(SessionId([8; 16])).unwrap();
    ResumeNote { session: [8; 16], ..note(ANNA) }.write(&theirs.note()).unwrap();
    let killed = beside.make(ID).unwrap();
    note(ANNA).write(&killed.note()).unwrap();
    drop(killed);
    let (mut one, mut other) = (started(data.path()).await, started(data.path()).await);
    one.look_for(RELAY, ANNA);
    other.look_for(RELAY, ANNA);
    tokio::join!(one.found(), other.found());
    assert_eq!(one.waiting().count() + other.waiting().count(), 1, "and nothing of the console that runs");
    // It waited for a seat, say, and is ended: whoever looks next has it.
    one.let_go();
    other.let_go();
    assert_eq!(signed_in(&mut beside, RELAY, ANNA).await, 1);
    assert!(beside.take(ID).is_some() && theirs.note().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_is_old_damaged_or_no_reps_is_removed_with_what_came() {
    let data = tempfile::tempdir().unwrap();
    let mut program = started(data.path()).await;
    for wrong in ["old", "nobody's", "half a no"] {
        let folder = program.make(ID).unwrap();
        let lies = folder.note();
        match wrong {
            "old" => note(ANNA).write(&lies).unwrap(),
            "nobody's" => note("").write(&lies).unwrap(),
            damaged => std::fs::write(&lies, damaged).unwrap(),
        }
        if wrong == "old" {
            age_by(&lies, 2 * OLD);
        }
        age_by(&place(data.path()), 2 * JUST_MADE);
        drop(folder);
        assert!(lies.exists());
        assert_eq!(signed_in(&mut program, RELAY, ANNA).await, 0, "{wrong}");
        assert!(!place(data.path()).exists(), "{wrong}");
    }
}

/// Scar: a console that was killed while it wrote a note left the key in it for ever.
#[tokio::test(flavor = "multi_thread")]
async fn c6_what_a_kill_in_mid_write_left_goes_with_the_folder() {
    let data = tempfile::tempdir().unwrap();
    let mut program = started(data.path()).await;
    let folder = place(data.path());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("session.new"), "half a ke").unwrap();
    assert_eq!(signed_in(&mut program, RELAY, ANNA).await, 0);
    assert!(folder.exists(), "its program may be about to lock it");
    age_by(&folder, 2 * JUST_MADE);
    assert_eq!(signed_in(&mut program, RELAY, ANNA).await, 0);
    assert!(!folder.exists());
    // And beside a note, when that session is over.
    let held = program.make(ID).unwrap();
    note(ANNA).write(&held.note()).unwrap();
    std::fs::write(folder.join("session.new"), "half a ke").unwrap();
    drop(held);
    assert_eq!(signed_in(&mut program, RELAY, ANNA).await, 1);
    let left = program.take(ID).unwrap();
    program.discard(left);
    until_gone(&[&folder]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_without_a_note_leaves_no_folder() {
    let data = tempfile::tempdir().unwrap();
    let program = started(data.path()).await;
    let folder = program.make(ID).unwrap();
    assert!(place(data.path()).exists());
    assert!(program.make(ID).is_none(), "it is one program's");
    drop(folder);
    assert!(!place(data.path()).exists());
}
