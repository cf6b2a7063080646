//! C5 · F1 · F2: what the customer's own switch and their Pause do to files that are on their way.

use crate::bad_files::nothing_in;
use crate::customer;
use crate::files::{FILES, answer, behind_a_line, drop_on, expect, file, folder, number, says, under_way};
use crate::files_after_a_break::part;
use crate::hand_made_files::frames::{STOPPED, batch, begun, data, sum};
use crate::hand_made_files::{ByHand, Facts, last_words, stage};
use crate::other_ends::runtime;
use lotse_e2e::stage::USER;
use lotse_e2e::{Display, Program, wait_for};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Of a file that a changed console sends.
const PIECE_BYTES: usize = 512 * 1024;
const PIECES: usize = 60;

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f1_what_comes_unasked_ends_when_that_is_taken_back_and_both_sides_and_the_relay_have_it() {
    let (mut session, line) = behind_a_line();
    line.narrow(1_000_000);
    let (from, to) = (folder(&session, "from"), folder(&session, "to"));
    let downloads = session.stage.folder().join("Downloads");
    fs::create_dir_all(&downloads).unwrap();
    let asked = file(&from, "asked.bin", 30_000_000);
    let mark = session.customer.mark();
    drop_on(&mut session.rep, &[&asked]);
    answer(&mut session.customer, mark, Some(&to));
    session.rep.act(FILES, "allow", json!({})).unwrap();
    session.customer.expect("prompt", 20, |event| event["access"] == "files").unwrap();
    customer::answer(&session.desk, true);
    let allowed = "The customer's computer takes your files without a question.";
    session.rep.expect_node("menu", 20, |node| node["label"] == allowed).unwrap();
    let unasked = file(&from, "unasked.bin", 60_000_000);
    drop_on(&mut session.rep, &[&unasked]);
    under_way(&session.customer, "unasked.bin");
    assert!(!to.join("asked.bin").exists(), "what goes on has to be under way");

    session.customer.tell(&json!({ "do": "allow", "access": "files", "on": false })).unwrap();
    expect(&session.customer, "unasked.bin", "Ended: you no longer allow files to come without a question.");
    expect(&session.rep, "unasked.bin", "The customer took back the permission to send without asking.");
    let empty = || (fs::read_dir(&downloads).ok()?.count() == 0).then_some(());
    wait_for(30, "the part that has come to be removed", empty).unwrap();
    line.narrow(0);
    expect(&session.customer, "asked.bin", "Received into to");
    assert!(fs::read(to.join("asked.bin")).unwrap() == fs::read(asked).unwrap());
    for (kind, about) in [
        ("customer-allowed", "customer: files"),
        ("plugin-granted", "customer: lotse.file-transfer files"),
        ("customer-refused", "customer: files"),
        ("plugin-revoked", "customer: lotse.file-transfer files"),
    ] {
        let mut told = Value::Null;
        wait_for(20, kind, || {
            told = session.stage.ask(&["audit", "list", "--kind", kind]).ok()?;
            told.to_string().contains(about).then_some(())
        })
        .unwrap_or_else(|problem| panic!("{problem}: {told:#}"));
    }
}

/// Waits until a side's row says this, after a mark.
fn expect_after(program: &Program, mark: usize, label: &str, words: &str) {
    program.expect_after(mark, "activity", 60, |event| says(event, label, words)).unwrap();
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f2_the_customers_pause_holds_files_both_ways_and_what_the_rep_paused_stays_so() {
    let (mut session, line) = behind_a_line();
    line.narrow(400_000);
    let (from, to, back) = (folder(&session, "from"), folder(&session, "to"), folder(&session, "back"));
    for name in ["a", "b"] {
        let mark = session.customer.mark();
        drop_on(&mut session.rep, &[&file(&from, name, 8_000_000)]);
        answer(&mut session.customer, mark, Some(&to));
    }
    let mark = session.rep.mark();
    drop_on(&mut session.customer, &[&file(&from, "c", 8_000_000)]);
    answer(&mut session.rep, mark, Some(&back));
    let a = under_way(&session.rep, "a");
    session.rep.act(FILES, &format!("pause-{}", number(&a)), json!({})).unwrap();
    expect(&session.customer, "a", "paused by Anna Berg");
    under_way(&session.customer, "b");
    under_way(&session.rep, "c");

    let marks = (session.customer.mark(), session.rep.mark());
    session.customer.tell(&json!({ "do": "pause", "on": true })).unwrap();
    for label in ["b", "c"] {
        expect_after(&session.customer, marks.0, label, "· paused");
        expect_after(&session.rep, marks.1, label, "· paused by K. Weber");
    }
    // All of it would be through in a moment.
    line.narrow(0);
    std::thread::sleep(Duration::from_secs(3));
    assert!(!to.join("b").exists() && !back.join("c").exists(), "it is paused");

    session.customer.tell(&json!({ "do": "pause", "on": false })).unwrap();
    expect(&session.customer, "b", "Received into to");
    expect(&session.rep, "c", "Received into back");
    assert!(!to.join("a").exists(), "what a person paused by itself stays so");
    session.rep.act(FILES, &format!("resume-{}", number(&a)), json!({})).unwrap();
    expect(&session.customer, "a", "Received into to");
    for (place, name) in [(&to, "a"), (&to, "b"), (&back, "c")] {
        assert!(fs::read(place.join(name)).unwrap() == fs::read(from.join(name)).unwrap(), "{name}");
    }
}

/// What has come of the one file that is to lie here.
fn come(place: &Path, name: &str) -> Option<u64> {
    Some(fs::metadata(part(place)?.join("tree").join(name)).ok()?.len())
}

/// Scar: a pause was a word to the console, and one that passed over it sent everything.
#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "file-transfer")), ignore = "needs the plugins chat and file-transfer")]
fn f2_a_console_that_goes_by_no_pause_brings_no_more_than_was_under_way() {
    let (runtime, desk, stage) = (runtime(), Display::start(1024, 768).unwrap(), stage());
    let place = stage.folder().join("to");
    fs::create_dir(&place).unwrap();
    let mut hand = ByHand::start(&runtime, &stage, &desk, USER, "");
    let piece = data(&[b'x'; PIECE_BYTES]);
    let length = u64::try_from(PIECE_BYTES * PIECES).unwrap();
    for (name, with_the_session) in [("paused with all", true), ("paused alone", false)] {
        let since = hand.program.errors().len();
        let (id, _) = hand.agreed(Facts::file(name, length), &place);
        let beginning = [begun(batch(name), name, length), piece.clone()].concat();
        let (mut send, mut recv) = hand.begins(id, &beginning);
        let row = under_way(&hand.program, name);
        let pause = |hand: &mut ByHand<'_>, on: bool| {
            if with_the_session {
                hand.program.tell(&json!({ "do": "pause", "on": on })).unwrap();
            } else {
                let wish = if on { "pause" } else { "resume" };
                hand.program.act(FILES, &format!("{wish}-{}", number(&row)), json!({})).unwrap();
            }
        };
        pause(&mut hand, true);
        expect(&hand.program, name, "· paused");
        let mut rest = piece.repeat(PIECES - 1);
        // Once all of it has come it is nothing that could be kept.
        rest.extend(sum([7; 32]));
        let flood = runtime.spawn(async move {
            let _ = send.write_all(&rest).await;
            let _ = send.finish();
            last_words(&mut recv).await.unwrap_or_default()
        });
        let stands = || {
            let before = come(&place, name)?;
            std::thread::sleep(Duration::from_secs(3));
            (come(&place, name)? == before).then_some(before)
        };
        let stood_at = wait_for(60, "it to stand", stands).unwrap();
        assert!(stood_at <= 10_000_000 && !place.join(name).exists(), "{stood_at} of {length} have come");
        pause(&mut hand, false);
        let said = runtime.block_on(flood).unwrap();
        assert!(said.ends_with(&STOPPED), "{said:?}");
        hand.expect_nonsense(name, since, &["a file that is not what was sent"]);
        nothing_in(&place);
        hand.goes_on(name);
    }
}
