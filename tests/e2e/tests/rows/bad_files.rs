//! F · A program of either side that lies about the files it sends, one half of which is another version, and a place that goes in the
//! middle: stopped, named, nothing of it kept, and the session goes on.

use crate::files::{Coming, expect, expect_whole, file, folder, rep_sends};
use crate::hand_made_files::frames::{
    self, CONTENT, KEPT, STOPPED, announced, batch, begun, data, done, end_of_content, frame, offer, sum, table, zeros,
};
use crate::hand_made_files::{ByHand, Facts, stage};
use crate::network::say_and_hear;
use crate::other_ends::runtime;
use lotse_e2e::stage::USER;
use lotse_e2e::{Display, RepOptions, wait_for};
use std::fs;
use std::path::{Path, PathBuf};

/// As a stream that was reset says it.
pub const GIVEN_UP: &str = "the other side gave the stream up (1)";
const LARGE: u64 = 5_000_000_000_000;
/// More than a file can have on any disk.
const ABSURD: u64 = u64::MAX;
const WRONG_HASH: [u8; 32] = [7; 32];
const NOT_AGREED: &str = "something else than what was agreed to";
const NO_SENSE: &str = "a frame that makes no sense";

/// What a customer agrees to, and what comes in its place.
struct Lie {
    name: &'static str,
    files: u32,
    bytes: u64,
    sent: Vec<u8>,
    /// What is said of it on standard error; where several things are wrong, one of them.
    why: &'static [&'static str],
}

impl Lie {
    /// About one file of five bytes.
    fn new(name: &'static str, sent: &[Vec<u8>], why: &'static [&'static str]) -> Self {
        Self { name, files: 1, bytes: 5, sent: sent.concat(), why }
    }
}

/// Everything below a folder with this in its name.
fn named(folder: &Path, part: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().contains(part) {
                found.push(entry.path());
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            }
        }
    }
    found
}

/// What was begun goes as soon as the thread that wrote it has ended.
pub fn nothing_in(place: &Path) {
    wait_for(30, "what came to be removed", || (fs::read_dir(place).ok()?.count() == 0).then_some(())).unwrap();
}

/// Each is told to a customer who agrees. `lies` of the folder in which the stage is.
fn each_is_stopped_and_named(lies: impl FnOnce(&Path) -> Vec<Lie>) {
    let (runtime, desk, stage) = (runtime(), Display::start(1024, 768).unwrap(), stage());
    let place = stage.folder().join("home/to");
    fs::create_dir_all(&place).unwrap();
    let mut hand = ByHand::start(&runtime, &stage, &desk, USER, "");
    stopped_and_named(&mut hand, lies(stage.folder()), &place);
    assert_eq!(named(stage.folder(), "escaped"), Vec::<PathBuf>::new());
    assert_eq!(named(stage.folder(), ".lotse-"), Vec::<PathBuf>::new());
    assert_eq!(fs::read_dir(stage.folder().join("home")).unwrap().count(), 1);
    arrives_after(&mut hand, &place);
}

/// The program's person agrees to each, to come into this place.
fn stopped_and_named(hand: &mut ByHand<'_>, lies: Vec<Lie>, place: &Path) {
    hand.goes_on("before");
    for Lie { name, files, bytes, sent, why } in lies {
        let since = hand.program.errors().len();
        let (id, _) = hand.agreed(Facts { name, files, folders: 0, bytes }, place);
        let said = hand.pours(id, &sent).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert!(said.ends_with(&STOPPED), "{name}: who sends is told as well: {said:?}");
        hand.expect_nonsense(name, since, why);
        nothing_in(place);
    }
}

/// What is no lie arrives, and nothing is beside it.
fn arrives_after(hand: &mut ByHand<'_>, place: &Path) {
    hand.goes_on("after");
    hand.sends_whole("honest.txt", place);
    assert_eq!(fs::read_dir(place).unwrap().count(), 1);
}

/// A customer's program lies as well as a rep's, and a console believes it no more.
#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "file-transfer")), ignore = "needs the plugins chat and file-transfer")]
fn f4_a_customers_program_that_lies_is_stopped_and_named_by_the_console_and_the_session_goes_on() {
    let (runtime, office, stage) = (runtime(), Display::start(1280, 900).unwrap(), stage());
    let place = stage.folder().join("to");
    fs::create_dir(&place).unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let mut hand = ByHand::of_customer(&runtime, &stage, rep, &code);
    stopped_and_named(&mut hand, wrong_contents(), &place);
    arrives_after(&mut hand, &place);
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "file-transfer")), ignore = "needs the plugins chat and file-transfer")]
fn f4_wrong_hashes_and_absurd_sizes_are_stopped_and_named_and_the_session_goes_on() {
    each_is_stopped_and_named(|_| wrong_contents());
}

fn wrong_contents() -> Vec<Lie> {
    let five = |name: &str| begun(batch(name), name, 5);
    let one = |name: &str, bytes| table(&[(name, bytes, false)]);
    let large = i64::MAX.cast_unsigned();
    let many = ["many", "many-2", "many-3"].map(|name| (name, large, false));
    let mut endless = five("endless-frame");
    endless.extend([4, 0xff, 0xff, 0xff, 0xff]);
    vec![
        Lie::new(
            "wrong-hash",
            &[five("wrong-hash"), data(b"xxxxx"), sum(WRONG_HASH)],
            &["a file that is not what was sent"],
        ),
        Lie::new("more", &[five("more"), data(b"xxxxxx")], &["more of a file than was announced"]),
        Lie::new("zeros", &[five("zeros"), zeros(1 << 20)], &["more of a file than was announced"]),
        Lie::new("less", &[five("less"), data(b"xxx"), sum(WRONG_HASH)], &["less of a file than was announced"]),
        Lie::new("endless-frame", &[endless], &["a frame that is too long"]),
        Lie::new("absurd", &[offer(1, batch("absurd"), 1, ABSURD), one("absurd", ABSURD)], &[NO_SENSE, NOT_AGREED]),
        Lie {
            files: 3,
            ..Lie::new("many", &[offer(1, batch("many"), 3, 5), table(&many)], &["a sum that is none", NOT_AGREED])
        },
        Lie::new(
            "without-end",
            &[offer(1, batch("without-end"), u32::MAX, 5), one("without-end", 5)],
            &["no files, or too many", NOT_AGREED],
        ),
        Lie::new("larger", &[offer(1, batch("larger"), 1, LARGE), one("larger", LARGE)], &[NOT_AGREED]),
        Lie::new("another", &[begun(batch("another"), "run-me.exe", 5), data(b"xxxxx")], &[NOT_AGREED]),
    ]
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "file-transfer")), ignore = "needs the plugins chat and file-transfer")]
fn f4_frames_out_of_turn_or_of_another_version_are_stopped_and_named_and_the_session_goes_on() {
    each_is_stopped_and_named(|_| {
        let five = |name: &str| announced(batch(name), name, 5);
        let newer = [offer(2, batch("newer"), 1, 5), table(&[("newer", 5, false)])];
        vec![
            Lie::new("newer", &newer, &["another version of Lotse's file transfer"]),
            Lie::new("unknown", &[five("unknown"), frame(99, b"x")], &["a frame of an unknown kind"]),
            Lie::new("too-early", &[frames::file(0, 0)], &["a word out of turn"]),
            Lie::new("of-nothing", &[five("of-nothing"), data(b"xxxxx")], &["a word out of turn"]),
            Lie::new("elsewhere", &[five("elsewhere"), frames::file(9, 0)], &["a file that is not to come"]),
            Lie::new("middle", &[five("middle"), frames::file(0, 3)], &["a place in a file that was not said"]),
            Lie::new("too-soon", &[five("too-soon"), done()], &["an end before everything was there"]),
        ]
    });
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "file-transfer")), ignore = "needs the plugins chat and file-transfer")]
fn f5_paths_out_of_the_folder_are_stopped_and_named_and_nothing_is_outside() {
    each_is_stopped_and_named(|stage| {
        let absolute = format!("{}/escaped", stage.display());
        let out = |name: &'static str, path: &str| {
            Lie::new(name, &[begun(batch(name), path, 5), data(b"xxxxx")], &[NO_SENSE])
        };
        vec![
            out("beside", "../escaped"),
            out("far-up", "../../../escaped"),
            out("roundabout", "inner/../../escaped"),
            out("absolute", &absolute),
            out("above", ".."),
            out("nameless", "inner//escaped"),
            out("cut-short", "escaped\0.txt"),
        ]
    });
}

/// What is called as a link that lies in the chosen folder does not go through it.
#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "file-transfer")), ignore = "needs the plugins chat and file-transfer")]
fn f5_a_path_by_way_of_a_link_stays_in_the_folder_under_another_name() {
    let (runtime, desk, stage) = (runtime(), Display::start(1024, 768).unwrap(), stage());
    let [place, outside] = ["to", "outside"].map(|name| stage.folder().join(name));
    fs::create_dir(&place).unwrap();
    fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, place.join("link")).unwrap();
    let mut hand = ByHand::start(&runtime, &stage, &desk, USER, "");
    let bytes = CONTENT.len() as u64;
    let sent = [
        offer(1, batch("link"), 2, bytes),
        table(&[("link", 0, true), ("link/escaped", bytes, false)]),
        frames::file(1, 0),
        data(CONTENT),
        end_of_content(),
    ];
    let (id, _) = hand.agreed(Facts { name: "link", files: 1, folders: 1, bytes }, &place);
    let said = hand.pours(id, &sent.concat()).unwrap();
    assert!(said.ends_with(&KEPT), "{said:?}");
    expect(&hand.program, "link", "1 name was changed");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    assert!(place.join("link").is_symlink());
    assert_eq!(named(stage.folder(), "escaped"), [place.join("link (2)/escaped")]);
    assert_eq!(fs::read(place.join("link (2)/escaped")).unwrap(), CONTENT);
    hand.goes_on("after");
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "file-transfer")), ignore = "needs the plugins chat and file-transfer")]
fn f1_halves_of_another_version_are_stopped_and_named_and_the_session_goes_on() {
    let (runtime, desk, stage) = (runtime(), Display::start(1024, 768).unwrap(), stage());
    let mut hand = ByHand::start(&runtime, &stage, &desk, USER, "");
    hand.goes_on("before");
    assert_eq!(hand.newer_chat(), GIVEN_UP);
    let told = || hand.program.errors().contains("the other side's chat speaks another version").then_some(());
    wait_for(20, "the customer's program to say so", told).unwrap();
    hand.goes_on("with a chat of the same version again");

    assert_eq!(hand.newer_half(), GIVEN_UP);
    is_stopped_since(&mut hand, "the other side's program has another version of it. Start both programs again.");
    // It is not talked to again, and nobody is asked for anything.
    assert!(!hand.is_greeted_again());
    assert!(!hand.program.events().iter().any(|event| event["event"] == "file-question"));
    hand.goes_on("after");
}

/// The program's half listens to the other one no more, and says so.
pub fn is_stopped(hand: &mut ByHand<'_>) {
    is_stopped_since(hand, "what the other side's program sends makes no sense.");
}

fn is_stopped_since(hand: &mut ByHand<'_>, why: &str) {
    let stopped = format!("File transfer was stopped: {why}");
    hand.program.expect_node("chat", 30, |node| node["label"] == stopped.as_str()).unwrap();
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "file-transfer")), ignore = "needs the plugins chat and file-transfer")]
fn f4_a_place_that_is_removed_in_the_middle_is_named_on_both_sides_and_the_session_goes_on() {
    let Coming { mut session, line, large: _, to } = Coming::begun(1_500_000, 9_000_000);
    fs::remove_dir_all(&to).unwrap();
    line.narrow(0);
    expect(&session.customer, "large.bin", "The files or the place are no longer there. Have them sent again.");
    expect(
        &session.rep,
        "large.bin",
        "The files or the chosen place are no longer there. Choose the files again to send them.",
    );
    assert!(!to.exists(), "it is not made again");
    say_and_hear(&mut session, "where have you put it");
    let (from, elsewhere) = (folder(&session, "from"), folder(&session, "elsewhere"));
    let small = file(&from, "small.txt", 1_000);
    rep_sends(&mut session, &small, Some(&elsewhere));
    expect_whole(&session.customer, &small, &elsewhere);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
    assert!(!to.exists());
}
