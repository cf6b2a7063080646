//! F · Files and folders sent by either side: asked about, moved, paused, broken off, and kept from doing harm.

use crate::lasting::addresses;
use crate::licences::begin;
use crate::network::say_and_hear;
use crate::{ALL, Session, customer};
use lotse_e2e::detour::Detour;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage, wait_for};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

pub(crate) const FILES: &str = "lotse.file-transfer";

/// Bytes that no compression or mistake makes by itself.
fn bytes(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2) + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()[7]
    };
    (0..length).map(|_| next()).collect()
}

/// A folder of this stage's.
pub(crate) fn folder(session: &Session, name: &str) -> PathBuf {
    let folder = session.stage.folder().join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

pub(crate) fn file(folder: &Path, name: &str, length: usize) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes(length, length as u64)).unwrap();
    path
}

/// Every path below a folder, with what is in it; folders have nothing.
pub(crate) fn tree(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().flatten() {
            let name = entry.path().strip_prefix(folder).unwrap().to_owned();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                found.insert(name, None);
            } else {
                found.insert(name, Some(fs::read(entry.path()).unwrap()));
            }
        }
    }
    found
}

/// How many things there are below a folder, those in `but` left out.
fn count_beside(folder: &Path, but: &Path) -> usize {
    let mut found = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten().filter(|entry| entry.path() != but) {
            found += 1;
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            }
        }
    }
    found
}

/// Both halves have found one another.
pub(crate) fn ready(session: &mut Session) {
    for program in [&mut session.rep, &mut session.customer] {
        program.expect_node("menu", 30, |node| node["id"] == "send-files" && node["enabled"] != false).unwrap();
    }
}

fn start() -> Session {
    let mut session = Session::start(ALL, &[]);
    ready(&mut session);
    session
}

/// The customer sits behind a line that can be made narrow.
pub(crate) fn behind_a_line() -> (Session, Detour) {
    behind_a_line_with((1280, 900), &[])
}

/// The same with a rep's display of this size, and what else the rep's program is started with.
pub(crate) fn behind_a_line_with(office: (u32, u32), arguments: &[&str]) -> (Session, Detour) {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(office.0, office.1).unwrap());
    let mut stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions { arguments: arguments.to_vec() }).unwrap();
    let code = stage.code().unwrap();
    let (control, packets) = addresses(&stage);
    let line = Detour::before(control, packets).unwrap();
    stage.url = line.url(&stage.url).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &code, &options).unwrap();
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 10).unwrap();
    let mut session = Session { rep, customer, desk, office, stage };
    ready(&mut session);
    (session, line)
}

pub(crate) fn drop_on(program: &mut Program, paths: &[&Path]) {
    program.tell(&json!({ "do": "drop", "place": "chat", "paths": paths })).unwrap();
}

/// Answers the next question on this side: with a place, or not now.
pub(crate) fn answer(program: &mut Program, mark: usize, place: Option<&Path>) -> Value {
    let question = program.expect_after(mark, "file-question", 30, |_| true).unwrap();
    program.tell(&json!({ "do": "answer-files", "request": question["request"], "place": place })).unwrap();
    question
}

/// The rep drops something, and the customer answers the question about it: with a place, or not now.
pub(crate) fn rep_sends(session: &mut Session, path: &Path, place: Option<&Path>) -> Value {
    let mark = session.customer.mark();
    drop_on(&mut session.rep, &[path]);
    answer(&mut session.customer, mark, place)
}

pub(crate) fn says(event: &Value, label: &str, words: &str) -> bool {
    event["label"].as_str().is_some_and(|of| of.starts_with(label))
        && event["detail"].as_str().is_some_and(|detail| detail.contains(words))
}

/// Waits until a side's row of this label says this.
pub(crate) fn expect(program: &Program, label: &str, words: &str) -> Value {
    program.expect("activity", 120, |event| says(event, label, words)).unwrap()
}

/// Waits until a file has come to this side's place, and is as it was.
pub(crate) fn expect_whole(program: &Program, file: &Path, place: &Path) {
    let name = file.file_name().unwrap().to_str().unwrap();
    expect(program, name, "Received into");
    let (came, was) = (fs::read(place.join(name)).unwrap(), fs::read(file).unwrap());
    assert!(came == was, "{name}: {} bytes of {}", came.len(), was.len());
}

/// The number that a row's nodes end in.
pub(crate) fn number(event: &Value) -> String {
    event["id"].as_str().unwrap().rsplit('-').next().unwrap().to_owned()
}

/// Waits until something of it has come, and not all.
pub(crate) fn under_way(program: &Program, label: &str) -> Value {
    let moves = |event: &Value| {
        event["label"] == label && event["value"].as_i64().is_some_and(|value| (1..900).contains(&value))
    };
    program.expect("activity", 60, moves).unwrap()
}

/// A large file of the rep's that comes to the customer over a narrow line.
pub(crate) struct Coming {
    pub session: Session,
    pub line: Detour,
    pub large: PathBuf,
    pub to: PathBuf,
}

impl Coming {
    /// Some of it is there.
    pub(crate) fn begun(bytes_per_s: u64, length: usize) -> Self {
        let (mut session, line) = behind_a_line();
        line.narrow(bytes_per_s);
        let (from, to) = (folder(&session, "from"), folder(&session, "to"));
        let large = file(&from, "large.bin", length);
        rep_sends(&mut session, &large, Some(&to));
        under_way(&session.customer, "large.bin");
        Self { session, line, large, to }
    }
}

/// A large file of each side's on its way to the other over a narrow line.
pub(crate) struct BothWays {
    pub session: Session,
    pub line: Detour,
    pub down: PathBuf,
    pub up: PathBuf,
    pub to: PathBuf,
    pub back: PathBuf,
}

impl BothWays {
    /// Some of each is there, and neither has its name.
    pub(crate) fn begun(down_bytes: usize, up_bytes: usize) -> Self {
        let (mut session, line) = behind_a_line();
        line.narrow(1_500_000);
        let (from, to, back) = (folder(&session, "from"), folder(&session, "to"), folder(&session, "back"));
        let (down, up) = (file(&from, "down.bin", down_bytes), file(&from, "up.bin", up_bytes));
        rep_sends(&mut session, &down, Some(&to));
        let mark = session.rep.mark();
        drop_on(&mut session.customer, &[&up]);
        answer(&mut session.rep, mark, Some(&back));
        under_way(&session.customer, "down.bin");
        under_way(&session.rep, "up.bin");
        assert!(!to.join("down.bin").exists() && !back.join("up.bin").exists(), "no final name before it is whole");
        Self { session, line, down, up, to, back }
    }
}

/// The customer's program dies and is started again, and the line is narrow no more: the session goes on.
pub(crate) fn restart_customer(session: Session, line: &Detour) -> Session {
    let mark = session.rep.mark();
    let Session { rep, customer, desk, office, stage } = session;
    customer.kill();
    rep.expect_after(mark, "session-state", 60, |event| event["state"] == "lost").unwrap();
    line.narrow(0);
    let customer = stage.customer_again(&desk, &CustomerOptions::default()).unwrap();
    rep.expect_after(mark, "session-state", 60, |event| event["state"] == "active").unwrap();
    Session { rep, customer, desk, office, stage }
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f1_files_and_folders_go_both_ways_and_arrive_equal() {
    let mut session = start();
    let (from, to) = (folder(&session, "from"), folder(&session, "to"));
    let logs = from.join("logs");
    fs::create_dir_all(logs.join("deep/er")).unwrap();
    fs::create_dir_all(logs.join("nothing in it")).unwrap();
    file(&logs, "empty", 0);
    file(&logs, "größe 大.txt", 70_000);
    file(&logs.join("deep/er"), "last", 3_000_001);
    let question = rep_sends(&mut session, &logs, Some(&to));
    assert_eq!((&question["from"], &question["name"]), (&json!("Anna Berg"), &json!("logs")));
    assert_eq!((&question["files"], &question["bytes"]), (&json!(3), &json!(3_070_001)));
    expect(&session.customer, "logs", "Received into");
    expect(&session.rep, "logs", "Sent");
    assert_eq!(tree(&to.join("logs")), tree(&logs));

    let scan = file(&from, "scan.pdf", 8_400_000);
    let back = folder(&session, "back");
    let mark = session.rep.mark();
    drop_on(&mut session.customer, &[&scan]);
    let question = answer(&mut session.rep, mark, Some(&back));
    assert_eq!((&question["from"], &question["name"]), (&json!("K. Weber"), &json!("scan.pdf")));
    expect(&session.rep, "scan.pdf", "Received into back");
    assert_eq!(fs::read(back.join("scan.pdf")).unwrap(), fs::read(scan).unwrap());
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f1_what_is_picked_from_the_menu_can_be_declined_and_nothing_of_it_is_there() {
    let mut session = start();
    let from = folder(&session, "from");
    let scan = file(&from, "scan.pdf", 100_000);
    let mark = session.rep.mark();
    session.rep.act(FILES, "send-files", json!({})).unwrap();
    let wish = session.rep.expect_after(mark, "file-pick", 10, |wish| wish["folders"] == false).unwrap();
    let asked = session.customer.mark();
    session.rep.tell(&json!({ "do": "pick", "request": wish["request"], "paths": [scan] })).unwrap();
    answer(&mut session.customer, asked, None);
    expect(&session.rep, "scan.pdf", "K. Weber declined");
    expect(&session.customer, "scan.pdf", "You declined");
    session.customer.act(FILES, "send-folder", json!({})).unwrap();
    let wish = session.customer.expect("file-pick", 10, |wish| wish["folders"] == true).unwrap();
    let asked = session.rep.mark();
    session.customer.tell(&json!({ "do": "pick", "request": wish["request"], "paths": [from] })).unwrap();
    let to = folder(&session, "to");
    answer(&mut session.rep, asked, Some(&to));
    expect(&session.rep, "from", "Received into to");
    assert_eq!(tree(&to.join("from")), tree(&from));
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f1_a_customer_who_allows_it_once_is_not_asked_each_time_until_it_is_taken_back() {
    let mut session = start();
    let (from, downloads) = (folder(&session, "from"), folder(&session, "Downloads"));
    session.rep.act(FILES, "allow", json!({})).unwrap();
    session.customer.expect("prompt", 20, |event| event["access"] == "files").unwrap();
    customer::answer(&session.desk, true);
    let allowed = "The customer's computer takes your files without a question.";
    session.rep.expect_node("menu", 20, |node| node["label"] == allowed).unwrap();
    let first = file(&from, "first.txt", 5_000);
    drop_on(&mut session.rep, &[&first]);
    expect_whole(&session.customer, &first, &downloads);
    assert!(!session.customer.events().iter().any(|event| event["event"] == "file-question"), "nobody was asked");

    session.customer.tell(&json!({ "do": "allow", "access": "files", "on": false })).unwrap();
    session.rep.expect_node("menu", 20, |node| node["id"] == "allow").unwrap();
    let second = file(&from, "second.txt", 5_000);
    rep_sends(&mut session, &second, None);
    expect(&session.rep, "second.txt", "K. Weber declined");
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f2_several_run_at_once_and_each_is_paused_resumed_and_cancelled_by_itself() {
    let (mut session, line) = behind_a_line();
    line.narrow(500_000);
    let (from, to) = (folder(&session, "from"), folder(&session, "to"));
    for path in ["a", "b", "c"].map(|name| file(&from, name, 4_000_000)) {
        rep_sends(&mut session, &path, Some(&to));
    }
    let (a, b) = (under_way(&session.rep, "a"), under_way(&session.customer, "b"));
    expect(&session.rep, "c", "Waits for its turn");
    assert!(a["detail"].as_str().unwrap().contains("of 4.0 MB"), "{a}");
    // The rep pauses one, and the customer cancels another.
    session.rep.act(FILES, &format!("pause-{}", number(&a)), json!({})).unwrap();
    expect(&session.customer, "a", "paused by Anna Berg");
    session.customer.act(FILES, &format!("cancel-{}", number(&b)), json!({})).unwrap();
    expect(&session.rep, "b", "Cancelled by K. Weber");
    expect(&session.customer, "c", "Received into");
    let over = |event: &Value| says(event, "a", "Received into");
    assert!(!session.customer.events().iter().any(|event| event["event"] == "activity" && over(event)), "it is paused");
    line.narrow(0);
    session.rep.act(FILES, &format!("resume-{}", number(&a)), json!({})).unwrap();
    expect(&session.customer, "a", "Received into");
    assert!(fs::read(to.join("a")).unwrap() == bytes(4_000_000, 4_000_000));
    assert!(fs::read(to.join("c")).unwrap() == bytes(4_000_000, 4_000_000));
    assert!(!to.join("b").exists(), "what was cancelled is not there");
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "file-transfer")), ignore = "needs the plugins chat and file-transfer")]
fn f3_the_chat_goes_back_and_forth_while_a_large_file_fills_a_narrow_line() {
    let Coming { mut session, line, large, to } = Coming::begun(600_000, 20_000_000);
    for round in 0..5 {
        say_and_hear(&mut session, &format!("while it moves {round}"));
    }
    let over = |event: &Value| event["event"] == "activity" && says(event, "large.bin", "Received into");
    assert!(!session.customer.events().iter().any(over), "all of that was said before the file was there");
    line.narrow(0);
    expect_whole(&session.customer, &large, &to);
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f4_transfers_go_on_after_kill_9_of_the_customers_program() {
    let BothWays { session, line, down, up, to, back } = BothWays::begun(9_000_000, 8_000_000);
    let session = restart_customer(session, &line);
    expect_whole(&session.customer, &down, &to);
    expect_whole(&session.rep, &up, &back);
    let asked_again = session.customer.events().iter().any(|event| event["event"] == "file-question");
    assert!(!asked_again, "who agreed once is not asked again");
    assert_eq!(tree(&to).len(), 1, "nothing is left beside it");
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f4_a_transfer_goes_on_where_it_stopped_when_the_line_was_gone() {
    let Coming { session, line, large, to } = Coming::begun(1_500_000, 9_000_000);
    let marks = (session.rep.mark(), session.customer.mark());
    line.block(true);
    session.rep.expect_after(marks.0, "session-state", 60, |event| event["state"] == "lost").unwrap();
    session
        .rep
        .expect_after(marks.0, "activity", 10, |event| says(event, "large.bin", "Interrupted; goes on by itself"))
        .unwrap();
    line.narrow(0);
    line.block(false);
    session.rep.expect_after(marks.0, "session-state", 60, |event| event["state"] == "active").unwrap();
    expect_whole(&session.customer, &large, &to);
    let asked = session.customer.events().into_iter().skip(marks.1).any(|event| event["event"] == "file-question");
    assert!(!asked, "who agreed once is not asked again");
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "file-transfer", small_disk)),
    ignore = "needs the plugins chat and file-transfer, and the right to mount or user namespaces"
)]
fn f4_a_disk_that_fills_is_told_on_both_sides_and_what_came_is_gone_on_with() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let mut stage = Stage::start().unwrap();
    let disk = stage.small_disk("small", 4_000).unwrap();
    disk.fill().unwrap();
    let mut session = begin(desk, office, stage, "");
    ready(&mut session);
    let file = file(&folder(&session, "from"), "large.bin", 2_000_000);
    rep_sends(&mut session, &file, Some(disk.folder()));
    let told = expect(&session.customer, "large.bin", "The disk is full");
    expect(&session.rep, "large.bin", "The other side's disk is full");
    say_and_hear(&mut session, "make some room, please");
    disk.free().unwrap();
    // It may be waiting for room, and then goes on by itself.
    let again = format!("again-{}", number(&told));
    if session.customer.look("chat").unwrap().iter().any(|node| node["id"] == again.as_str()) {
        session.customer.act(FILES, &again, json!({})).unwrap();
    }
    expect_whole(&session.customer, &file, &disk.seen());
    // Before the stage, whose folder it lies over.
    drop(disk);
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f5_names_are_made_safe_nothing_is_overwritten_and_links_are_not_followed() {
    let mut session = start();
    let (from, to) = (folder(&session, "from"), folder(&session, "to"));
    let secret = file(session.stage.folder(), "secret", 100);
    let sent = from.join("sent");
    fs::create_dir(&sent).unwrap();
    let hostile =
        ["con.txt", "a:b", "ends with a dot.", "x\u{202e}fdp.exe", "-rf", "new\nline", "back\\slash", "..hidden"];
    for (index, name) in hostile.into_iter().enumerate() {
        fs::write(sent.join(name), index.to_string()).unwrap();
    }
    std::os::unix::fs::symlink(&secret, sent.join("link")).unwrap();
    std::os::unix::fs::symlink("/", sent.join("all")).unwrap();
    fs::create_dir(to.join("sent")).unwrap();
    fs::write(to.join("sent/con.txt"), "mine").unwrap();
    let outside = count_beside(session.stage.folder(), &to);
    rep_sends(&mut session, &sent, Some(&to));
    expect(&session.customer, "sent", "Received into");
    expect(&session.rep, "sent", "2 left out");

    let there = tree(&to);
    assert_eq!(there.get(Path::new("sent/con.txt")), Some(&Some(b"mine".to_vec())), "nothing is overwritten");
    let mut came: Vec<Vec<u8>> = there.values().flatten().filter(|bytes| *bytes != b"mine").cloned().collect();
    came.sort();
    let all: Vec<Vec<u8>> = (0..hostile.len()).map(|index| index.to_string().into_bytes()).collect();
    assert_eq!(came, all, "each file came, once: {:?}", there.keys());
    for path in there.keys() {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(!name.chars().any(|c| c.is_control() || c == '\u{202e}'), "{name:?}");
    }
    let after = count_beside(session.stage.folder(), &to);
    assert!(after < outside + 8, "programs keep their own files, and nothing else came: {outside} {after}");

    // A file of a name that is there already.
    let scan = file(&from, "scan.pdf", 1_000);
    fs::write(to.join("scan.pdf"), "mine").unwrap();
    rep_sends(&mut session, &scan, Some(&to));
    expect(&session.customer, "scan.pdf", "1 name was changed");
    assert_eq!(fs::read(to.join("scan.pdf")).unwrap(), b"mine");
    let copies = tree(&to).into_iter().filter(|(_, of)| of.as_deref() == Some(&bytes(1_000, 1_000)[..])).count();
    assert_eq!(copies, 1);

    // What would be hidden where it was put, and run at the next sign-in if that is a home.
    let profile = file(&from, ".profile", 500);
    rep_sends(&mut session, &profile, Some(&to));
    expect(&session.customer, ".profile", "1 name was changed");
    assert!(to.join("_.profile").exists() && !to.join(".profile").exists());
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f2_ten_thousand_small_files_and_a_sparse_one_arrive_as_they_were() {
    let mut session = start();
    let (from, to) = (folder(&session, "from"), folder(&session, "to"));
    let many = from.join("many");
    for folder in 0..100 {
        let folder = many.join(folder.to_string());
        fs::create_dir_all(&folder).unwrap();
        for number in 0..100 {
            fs::write(folder.join(number.to_string()), format!("{folder:?} {number}")).unwrap();
        }
    }
    let question = rep_sends(&mut session, &many, Some(&to));
    assert_eq!(question["files"], 10_000);
    expect(&session.customer, "many", "Received into");
    assert!(tree(&to.join("many")) == tree(&many));

    let sparse = from.join("sparse.img");
    let length = 2_000_000_000;
    let image = fs::File::create(&sparse).unwrap();
    image.set_len(length).unwrap();
    let end = bytes(100_000, 5);
    std::os::unix::fs::FileExt::write_all_at(&image, &end, length - 200_000).unwrap();
    rep_sends(&mut session, &sparse, Some(&to));
    expect(&session.customer, "sparse.img", "Received into");
    let there = fs::File::open(to.join("sparse.img")).unwrap();
    let mut read = vec![0; end.len()];
    std::os::unix::fs::FileExt::read_exact_at(&there, &mut read, length - 200_000).unwrap();
    assert!(read == end);
    let about = there.metadata().unwrap();
    assert_eq!(about.len(), length);
    assert!(about.blocks() * 512 < length / 4, "its holes are holes there, too: {} bytes", about.blocks() * 512);
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f1_the_rep_is_asked_in_the_session_window_and_answers_by_hand() {
    use lotse_e2e::hands::Hands;
    let mut session = start();
    let from = folder(&session, "from");
    let scan = file(&from, "scan.pdf", 1_000);
    fs::create_dir_all(session.stage.folder().join("Downloads")).unwrap();
    let mark = session.rep.mark();
    drop_on(&mut session.customer, &[&scan]);
    let question = session.rep.expect_after(mark, "file-question", 20, |_| true).unwrap();
    assert!(question["place"].as_str().unwrap().ends_with("Downloads"), "{question}");
    let hands = Hands::on(&session.office).unwrap();
    let (x, y, width, _) = hands.window("K. Weber").unwrap();
    // Whatever had the keyboard; then Tab leads to the first answer.
    let over = wait_for(60, "an answer by hand", || {
        hands.click(x + i16::try_from(width / 2).ok()?, y + 10).ok()?;
        std::thread::sleep(std::time::Duration::from_millis(700));
        hands.keys(&[0xff09]).ok()?;
        std::thread::sleep(std::time::Duration::from_millis(300));
        hands.keys(&[0x20]).ok()?;
        session.rep.expect_after(mark, "file-question-over", 3, |_| true).ok()
    });
    over.unwrap();
    expect(&session.rep, "scan.pdf", "Received into Downloads");
    assert!(session.stage.folder().join("Downloads/scan.pdf").exists());
}
