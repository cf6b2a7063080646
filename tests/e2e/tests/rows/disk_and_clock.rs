//! A disk that is full and a clock that is off: sessions run all the same, what cannot be kept is said, and nothing of
//! it lies about in halves.

use crate::network::say_and_hear;
use crate::{ALL, Session};
use lotse_e2e::clock::YEAR_S;
use lotse_e2e::stage::{plugins, programs};
use lotse_e2e::{Clock, CustomerOptions, Display, Program, RepOptions, SmallDisk, Stage, small_disk, wait_for};
use serde_json::json;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// A session with everything allowed on this stage.
fn session_on(stage: Stage) -> Session {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let rep = stage.rep(&office, &RepOptions { arguments: vec!["--view"] }).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &stage.code().unwrap(), &options).unwrap();
    rep.expect_state("active", 90).unwrap();
    customer.expect_state("active", 20).unwrap();
    Session { rep, customer, desk, office, stage }
}

/// Nothing is left of what did not fit. What is locked, and never has anything in it, fits.
fn expect_nothing_in(disk: &SmallDisk) {
    let mut left = disk.files().unwrap();
    left.retain(|(path, bytes)| *bytes > 0 || !path.ends_with("lock"));
    assert!(left.is_empty(), "{left:?}");
}

fn expect_said(program: &Program, words: &str) {
    wait_for(20, words, || program.errors().contains(words).then_some(()))
        .unwrap_or_else(|problem| panic!("{problem}; it said: {}", program.errors()));
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "screen-sharing", small_disk)),
    ignore = "needs the plugins chat and screen-sharing, and the right to mount or user namespaces"
)]
fn c6_a_customer_whose_disk_is_full_is_helped_all_the_same_and_finds_nothing_in_halves() {
    let mut stage = Stage::start().unwrap();
    let disk = stage.small_disk("customer", 64).unwrap();
    disk.fill().unwrap();
    let mut session = session_on(stage);
    session.picture_is_there();
    say_and_hear(&mut session, "my disk is full");
    expect_said(&session.customer, "a plugin could not be kept; it will be fetched again next time");
    expect_said(&session.customer, "this session could not be noted: after a crash a new code will be needed");
    expect_said(&session.customer, "No space left");
    expect_nothing_in(&disk);
    session.rep.tell(&json!({ "do": "end" })).unwrap();
    session.customer.expect("ended", 20, |event| event["reason"] == "rep-ended").unwrap();
    expect_nothing_in(&disk);
    // Before the stage, whose folder it lies over.
    drop(disk);
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "screen-sharing", small_disk)),
    ignore = "needs the plugins chat and screen-sharing, and the right to mount or user namespaces"
)]
fn c6_of_plugins_that_do_not_all_fit_only_whole_ones_are_kept() {
    let mut stage = Stage::start().unwrap();
    // Less than the packages alone, so that it runs full somewhere among them.
    let disk = stage.small_disk("customer", 200).unwrap();
    let mut session = session_on(stage);
    say_and_hear(&mut session, "it was full in the middle");
    expect_said(&session.customer, "a plugin could not be kept");
    let whole: Vec<Vec<u8>> = std::fs::read_dir(plugins().unwrap())
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|of| of == "wasm"))
        .map(|entry| std::fs::read(entry.path()).unwrap())
        .collect();
    let kind = |path: &Path, of: &str| path.extension().is_some_and(|extension| extension == of);
    for (path, bytes) in disk.files().unwrap() {
        match () {
            () if kind(&path, "wasm") => {
                assert!(whole.contains(&std::fs::read(&path).unwrap()), "{} is a part of a package", path.display());
            }
            // Its signature is checked whenever it is read; an empty one would show that nothing was undone.
            () if kind(&path, "code") => assert!(bytes > 1000, "{} has {bytes} bytes", path.display()),
            () => assert_eq!(path.file_name().unwrap(), "session.json", "{} was left behind", path.display()),
        }
    }
    // With room again the next session keeps them all, and finds the damaged ones by itself.
    let Session { rep, customer, mut stage, .. } = session;
    drop((rep, customer, disk));
    stage.within.clear();
    let session = session_on(stage);
    let kept = session.stage.folder().join("customer/plugins");
    wait_for(20, "three plugins to be kept", || {
        let entries = std::fs::read_dir(&kept).ok()?.flatten();
        (entries.filter(|entry| kind(&entry.path(), "wasm")).count() >= 3).then_some(())
    })
    .unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "screen-sharing", small_disk)),
    ignore = "needs the plugins chat and screen-sharing, and the right to mount or user namespaces"
)]
fn a_rep_whose_disk_is_full_works_on_and_finds_nothing_in_halves() {
    let mut stage = Stage::start().unwrap();
    let disk = stage.small_disk("rep", 64).unwrap();
    disk.fill().unwrap();
    let mut session = session_on(stage);
    session.picture_is_there();
    expect_said(&session.rep, "a plugin could not be kept; it will be fetched again next time");
    // A preference that would last is kept for now alone.
    session.rep.act("lotse.screen-sharing", "hotkeys", json!({ "on": false })).unwrap();
    expect_said(&session.rep, "a plugin's values could not be kept; they last until this program ends");
    say_and_hear(&mut session, "my disk is full, too");
    expect_nothing_in(&disk);
    drop(disk);
}

#[test]
#[cfg_attr(not(small_disk), ignore = "needs the right to mount or user namespaces")]
fn a_relay_does_not_start_on_a_full_disk_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let disk = SmallDisk::over(&folder.path().join("relay"), 64).unwrap();
    disk.fill().unwrap();
    let out = small_disk::command(&disk.within(), &programs().unwrap().join("lotse-relay"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(disk.folder())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(said.contains("the disk is full: free some space"), "{said}");
    expect_nothing_in(&disk);
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "screen-sharing", small_disk)),
    ignore = "needs the plugins chat and screen-sharing, and the right to mount or user namespaces"
)]
fn o1_a_relay_whose_disk_runs_full_loses_no_running_session_and_nothing_it_had() {
    let mut stage = Stage::start().unwrap();
    stage.kill_relay();
    let folder = stage.folder().join("relay");
    let aside = stage.folder().join("aside");
    copy(&folder, &aside);
    let disk = stage.small_disk("relay", 64 * 1024).unwrap();
    copy(&aside, &disk.seen());
    stage.start_relay(&["--developer"]).unwrap();
    let mut session = session_on(stage);
    disk.fill().unwrap();
    say_and_hear(&mut session, "the relay's disk is full");
    session.rep.act("lotse.screen-sharing", "stop", json!({})).unwrap();
    session.rep.expect("surface", 20, |event| event["state"] == "closed").unwrap();
    say_and_hear(&mut session, "and we go on");
    // It may be writing just now what will not fit.
    wait_for(20, "what did not fit to be undone", || {
        (!disk.files().ok()?.iter().any(|(path, _)| is_passing(path))).then_some(())
    })
    .unwrap();
    // Ended without a clean word, started with room: everything is there that was.
    session.stage.kill_relay();
    disk.free().unwrap();
    session.stage.start_relay(&["--developer"]).unwrap();
    say_and_hear(&mut session, "there is room again");
    session.rep.tell(&json!({ "do": "end" })).unwrap();
    session.customer.expect("ended", 20, |event| event["reason"] == "rep-ended").unwrap();
    let Session { rep, customer, stage, .. } = session;
    drop((rep, customer));
    let mut session = session_on(stage);
    say_and_hear(&mut session, "as if nothing had been");
    drop(disk);
}

/// Files under which something is written before it gets its own name.
fn is_passing(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    [".part", ".new-", ".probe-"].iter().any(|mark| name.contains(mark))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    let copied = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().unwrap();
    assert!(copied.success());
}

/// The clock that a program's events were written by, in seconds ahead of this test's.
fn clock_of(program: &Program) -> i64 {
    let event = program.events().into_iter().rev().find_map(|event| event["at_ms"].as_i64()).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    (event - now) / 1000
}

/// Half a year is far more than a session takes, and half of what the clocks are off.
fn assert_off(program: &Program, ahead: bool) {
    let seconds = clock_of(program);
    let wanted = if ahead { seconds > YEAR_S / 2 } else { seconds < -YEAR_S / 2 };
    assert!(wanted, "the program's clock is {seconds} s ahead");
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn n2_clocks_that_are_a_year_off_on_both_sides_change_nothing() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let mut stage = Stage::start().unwrap();
    let clock = Clock::make(stage.folder()).unwrap();
    stage.environment = clock.ahead_by(-YEAR_S);
    let rep = stage.rep(&office, &RepOptions { arguments: vec!["--view"] }).unwrap();
    let code = stage.code().unwrap();
    stage.environment = clock.ahead_by(YEAR_S);
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &code, &options).unwrap();
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
    assert_off(&rep, false);
    assert_off(&customer, true);
    let mut session = Session { rep, customer, desk, office, stage };
    session.picture_is_there();
    say_and_hear(&mut session, "what day is it");
    // Killed and started again with a right clock, the customer comes back into the session.
    session.stage.environment.clear();
    let spare = CustomerOptions { data: "elsewhere", ..CustomerOptions::default() };
    let spare = session.stage.customer_again(&session.desk, &spare).unwrap();
    let mark = session.rep.mark();
    std::mem::replace(&mut session.customer, spare).kill();
    let lost = session.rep.expect_after(mark, "session-state", 30, |event| event["state"] == "lost").unwrap();
    assert!((570..=600).contains(&lost["seconds_left"].as_u64().unwrap()), "minutes are minutes: {lost}");
    session.customer = session.stage.customer_again(&session.desk, &CustomerOptions::default()).unwrap();
    session.rep.expect_after(mark, "session-state", 60, |event| event["state"] == "active").unwrap();
    say_and_hear(&mut session, "ah, that day");
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn n4_a_relay_whose_clock_is_a_year_ahead_and_is_put_right_loses_no_session() {
    let mut stage = Stage::start().unwrap();
    let clock = Clock::make(stage.folder()).unwrap();
    stage.kill_relay();
    stage.environment = clock.ahead_by(YEAR_S);
    stage.start_relay(&["--developer"]).unwrap();
    stage.environment.clear();
    let year = |relay: &Program| {
        let event = relay.events().into_iter().find_map(|event| event["timestamp"].as_str().map(str::to_owned));
        event.and_then(|time| time.get(..4)?.parse::<i64>().ok())
    };
    let ahead = wait_for(10, "the relay's log", || stage.relay().and_then(year)).unwrap();
    let mut session = session_on(stage);
    say_and_hear(&mut session, "from next year");
    session.stage.kill_relay();
    session.stage.start_relay(&["--developer"]).unwrap();
    let right = wait_for(10, "the relay's log", || session.stage.relay().and_then(year)).unwrap();
    assert!(ahead > right, "the relay's clock was ahead: {ahead} and {right}");
    say_and_hear(&mut session, "from this year");
    session.rep.tell(&json!({ "do": "end" })).unwrap();
    session.customer.expect("ended", 20, |event| event["reason"] == "rep-ended").unwrap();
}

/// A battery died: the relay's clock falls back by a year under a running session, whose tickets are those of before.
#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n4_a_relay_whose_clock_falls_back_by_a_year_loses_no_session() {
    let mut session = Session::start(ALL, &[]);
    let clock = Clock::make(session.stage.folder()).unwrap();
    say_and_hear(&mut session, "today");
    session.stage.kill_relay();
    session.stage.environment = clock.ahead_by(-YEAR_S);
    session.stage.start_relay(&["--developer"]).unwrap();
    session.stage.environment.clear();
    say_and_hear(&mut session, "a year ago");
    assert_eq!(session.rep.state().as_deref(), Some("active"));
}
