//! Transfers over a real link, and what people are asked.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::asking::Asker;
use super::receiving::News;
use super::steer::{Slot, Waits};
use super::*;
use crate::shared::{Inner, REP};
use crate::streams::Halves;
use crate::streams::tests::{Ends, meet, within};
use crate::view::{Access, AuditKind};
use lotse_files::{Progress, Receiver, Sender};
use lotse_protocol::peer::ConsentState;
use lotse_runtime::{Participant, Role, Value};
use std::path::Path;
use std::time::Instant;
use tempfile::TempDir;

mod holding;

const BATCH: [u8; BATCH_BYTES] = [3; BATCH_BYTES];

/// A file that somebody picked for the plugin `a.b`: its folder, and the source.
pub(super) fn picked(shared: &Shared) -> (TempDir, u64) {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("a.txt"), "abc").unwrap();
    let source = shared.transfers.take_source(shared, "a.b", vec![home.path().join("a.txt")]).unwrap();
    (home, source)
}

/// Half of something has come to a target: the hidden folder that it lies in.
pub(super) fn come_in_part(target: &Target) -> PathBuf {
    let part = target.place.join(format!(".lotse-{}", "05".repeat(BATCH_BYTES)));
    std::fs::create_dir_all(part.join("tree")).unwrap();
    std::fs::write(part.join("tree/large"), "the half of it").unwrap();
    assert!(target.note(|state| state.batch = Some([5; BATCH_BYTES])));
    part
}

/// The same to a session that noted it at `note`.
pub(crate) fn come_in_part_and_noted(note: &Path, session: [u8; 16], place: &Path) -> PathBuf {
    let target = Target::new("t".to_owned(), "a.b".to_owned(), place.to_path_buf(), None);
    let part = come_in_part(&target);
    tokens::write(note, session, &[], &[Arc::new(target)]).unwrap();
    part
}

/// The same of two that a session noted: `u`, which came by the customer's standing word, and `t`, to which they agreed.
pub(crate) fn unasked_and_agreed(note: &Path, session: [u8; 16], places: [&Path; 2]) -> [PathBuf; 2] {
    let of = |token: &str, place: &Path| Target::new(token.to_owned(), "a.files".to_owned(), place.to_path_buf(), None);
    let targets = [Target { unasked: true, ..of("u", places[0]) }, of("t", places[1])];
    let parts = [come_in_part(&targets[0]), come_in_part(&targets[1])];
    tokens::write(note, session, &[], &targets.map(Arc::new)).unwrap();
    parts
}

pub(crate) async fn until_gone(paths: &[&Path]) {
    within(async {
        while paths.iter().any(|path| path.exists()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// Nothing comes into this place any more.
#[track_caller]
pub(super) fn expect_spent(shared: &Arc<Shared>, plugin: &str, target: &Target, id: u64) {
    let transfers = &shared.transfers;
    assert_eq!(transfers.reopen_target(shared, plugin, &target.token), Err(ErrorCode::Gone));
    assert_eq!(transfers.receive(shared, 0, id, 1), Err(ErrorCode::Gone));
    assert!(transfers.place(plugin, &target.token).is_ok(), "it can still be shown");
}

/// A stream of class bulk with both of its ends.
async fn stream(ends: &Ends) -> (Halves, Halves) {
    let (send, recv) = ends.here.open(lotse_transport::Class::Bulk, b"files").await.unwrap();
    let incoming = within(ends.there.accept()).await.unwrap();
    (Halves { send, recv }, Halves { send: incoming.send, recv: incoming.recv })
}

/// Two machines with the stream between them, and what is wished of each.
struct Pair {
    sender: Sender,
    receiver: Receiver,
    out: Halves,
    into: Halves,
    sending: Slot,
    receiving: Slot,
}

/// Of a path that is to go to a place.
async fn pair(ends: &Ends, path: &Path, place: &Path) -> Pair {
    let (out, into) = stream(ends).await;
    let (sending, receiving) = (Slot::new(), Slot::new());
    let sender = Sender::new(Arc::new(Walked::new(&[path.to_path_buf()])), BATCH, sending.halt.clone());
    let receiver = Receiver::new(place.to_path_buf(), receiving.halt.clone());
    Pair { sender, receiver, out, into, sending, receiving }
}

/// Lets both sides run to their ends.
async fn outcomes(sent: impl Future<Output = End>, received: impl Future<Output = End>) -> (Outcome, Outcome) {
    let (sent, received) = within(async { tokio::join!(sent, received) }).await;
    (sent.outcome, received.outcome)
}

/// Sends a path to a place; each side may have wishes.
async fn carry(ends: &Ends, path: &Path, place: &Path, wishes: impl Fn(&Slot, &Slot, u64)) -> (Outcome, Outcome) {
    let Pair { sender, receiver, out, into, sending, receiving } = pair(ends, path, place).await;
    let told = |progress: &Progress, _: Waits| wishes(&sending, &receiving, progress.bytes);
    let sent = super::sending::send(sender, out, sending.wishes(), |_, _| ());
    let received = super::receiving::receive(receiver, into, receiving.wishes(), told, |_| ());
    outcomes(sent, received).await
}

/// Two ends, a file of so many bytes at one of them, and an empty folder at the other.
struct Delivery {
    ends: Ends,
    file: PathBuf,
    place: PathBuf,
    _folder: TempDir,
}

impl Delivery {
    async fn of(bytes: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (file, place) = (folder.path().join("file"), folder.path().join("place"));
        std::fs::write(&file, vec![7; bytes]).unwrap();
        std::fs::create_dir(&place).unwrap();
        Self { ends: meet().await, file, place, _folder: folder }
    }

    /// Where it arrives.
    fn arrived(&self) -> PathBuf {
        self.place.join("file")
    }

    async fn pair(&self) -> Pair {
        pair(&self.ends, &self.file, &self.place).await
    }

    async fn carry(&self, wishes: impl Fn(&Slot, &Slot, u64)) -> (Outcome, Outcome) {
        carry(&self.ends, &self.file, &self.place, wishes).await
    }
}

fn names(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_many_files_and_a_large_one_arrive_over_a_link() {
    let ends = meet().await;
    let (home, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = home.path().join("things");
    std::fs::create_dir(&folder).unwrap();
    for number in 0..500_u32 {
        std::fs::write(folder.join(format!("{number}.txt")), number.to_le_bytes()).unwrap();
    }
    let large: Vec<u8> = (0..6_000_000_u32).map(|at| (at / 7) as u8).collect();
    std::fs::write(folder.join("large"), &large).unwrap();
    let ended = carry(&ends, &folder, place.path(), |_, _, _| ()).await;
    assert_eq!(ended, (Outcome::Whole, Outcome::Whole));
    assert!(std::fs::read(place.path().join("things/large")).unwrap() == large);
    assert_eq!(std::fs::read(place.path().join("things/499.txt")).unwrap(), 499_u32.to_le_bytes());
    assert_eq!((names(&place.path().join("things")), names(place.path())), (501, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn either_side_ends_it_and_the_other_hears_whose_wish_it_was() {
    let delivery = Delivery::of(20_000_000).await;
    let at_the_sender = |sending: &Slot, _: &Slot, bytes: u64| {
        if bytes > 1_000_000 {
            sending.end(Over::Cancel);
        }
    };
    let ended = delivery.carry(at_the_sender).await;
    assert_eq!(ended, (Outcome::Cancelled, Outcome::CancelledThere));
    assert_eq!(names(&delivery.place), 0);
    let at_the_receiver = |_: &Slot, receiving: &Slot, bytes: u64| {
        if bytes > 1_000_000 {
            receiving.end(Over::Cancel);
        }
    };
    let ended = delivery.carry(at_the_receiver).await;
    assert_eq!(ended, (Outcome::CancelledThere, Outcome::Cancelled));
    assert_eq!(names(&delivery.place), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_let_go_is_broken_and_goes_on_with_the_next_stream() {
    let delivery = Delivery::of(20_000_000).await;
    let let_go = |_: &Slot, receiving: &Slot, bytes: u64| {
        if bytes > 5_000_000 {
            receiving.end(Over::LetGo);
        }
    };
    let ended = delivery.carry(let_go).await;
    assert_eq!(ended, (Outcome::Broken, Outcome::Broken));
    assert!(!delivery.arrived().exists());
    let first = Mutex::new(None);
    let looked = |_: &Slot, _: &Slot, bytes: u64| {
        if bytes > 0 {
            first.lock().get_or_insert(bytes);
        }
    };
    let ended = delivery.carry(looked).await;
    assert_eq!(ended, (Outcome::Whole, Outcome::Whole));
    assert_eq!(std::fs::metadata(delivery.arrived()).unwrap().len(), 20_000_000);
    assert!(first.lock().is_some_and(|bytes| bytes > 2_000_000), "it began anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_transfer_stands_still_and_says_on_which_side() {
    let delivery = Delivery::of(3_000_000).await;
    let Pair { sender, receiver, out, into, sending, receiving } = delivery.pair().await;
    receiving.pause(true);
    let (here, there) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let note = |of: &Mutex<Vec<Waits>>, waits: Waits| {
        let mut seen = of.lock();
        if seen.last() != Some(&waits) {
            seen.push(waits);
        }
    };
    // Once the sender has heard of it, it goes on.
    let sent = super::sending::send(sender, out, sending.wishes(), |_, waits| {
        note(&there, waits);
        if waits == Waits::There {
            receiving.pause(false);
        }
    });
    let received = super::receiving::receive(receiver, into, receiving.wishes(), |_, waits| note(&here, waits), |_| ());
    assert_eq!(outcomes(sent, received).await, (Outcome::Whole, Outcome::Whole));
    assert!(here.lock().contains(&Waits::Here) && there.lock().contains(&Waits::There));
    assert_eq!(there.lock().last(), Some(&Waits::No));
}

/// Scar: of a customer's pause it was said that it holds everything, and what was being sent went on.
#[tokio::test(flavor = "multi_thread")]
async fn f2_a_pause_of_the_session_holds_what_runs_and_what_a_person_paused_of_it_stays_so() {
    let ends = meet().await;
    let (home, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = home.path().join("f");
    std::fs::write(&file, vec![7; 3_000_000]).unwrap();
    for held_at_the_sender in [true, false] {
        let Pair { sender, receiver, out, into, sending, receiving } = pair(&ends, &file, place.path()).await;
        let held = if held_at_the_sender { &sending } else { &receiving };
        held.hold(true);
        let (here, there) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        // Once the other end has heard of it, it goes on.
        let note = |waits: Waits, at_the_sender: bool| {
            let seen = if at_the_sender == held_at_the_sender { &here } else { &there };
            seen.lock().push(waits);
            if waits == Waits::There {
                held.hold(false);
            }
        };
        let sent = super::sending::send(sender, out, sending.wishes(), |_, waits| note(waits, true));
        let told = |_: &Progress, waits: Waits| note(waits, false);
        let received = super::receiving::receive(receiver, into, receiving.wishes(), told, |_| ());
        assert_eq!(outcomes(sent, received).await, (Outcome::Whole, Outcome::Whole));
        assert!(here.lock().contains(&Waits::Here) && there.lock().contains(&Waits::There));
        assert!(!here.lock().contains(&Waits::There) && !there.lock().contains(&Waits::Here));
    }
    let (shared, _reports) = Shared::bare(1);
    let transfers = &shared.transfers;
    let streams = [(); 3].map(|()| shared.streams.insert_for(0, REP));
    let begin = |stream: u64| {
        let folder = place.path().to_path_buf();
        let target = transfers.take_target(&shared, "a.b", folder, Agreed::default(), false).unwrap();
        transfers.receive(&shared, 0, target, stream).unwrap()
    };
    let (paused, running) = (begin(streams[0]), begin(streams[1]));
    transfers.pause(paused, true);
    transfers.hold_all(true);
    let begun_meanwhile = begin(streams[2]);
    assert!([paused, running, begun_meanwhile].into_iter().all(|id| transfers.stands(id)));
    transfers.pause(running, false);
    assert!(transfers.stands(running), "the plugin has no word in it");
    transfers.hold_all(false);
    assert!(transfers.stands(paused) && !transfers.stands(running) && !transfers.stands(begun_meanwhile));
    streams.into_iter().for_each(|stream| shared.streams.drop_it(stream));
}

fn asker(plugin: usize) -> Asker {
    Asker { plugin, id: format!("a.b{plugin}") }
}

fn is_nobody_asked(shared: &Shared) -> bool {
    shared.transfers.views(|_| String::new()).questions.is_empty()
}

fn offer() -> Settings {
    vec![text("name", "a\u{202e}b.txt"), number("files", 2), ("bytes".to_owned(), Value::Number(-5))]
}

#[tokio::test]
async fn an_offer_is_a_question_of_the_hosts_own_that_only_a_person_answers() {
    let (shared, mut reports) = Shared::bare(2);
    let transfers = &shared.transfers;
    let request = transfers.ask(&shared, asker(0), &offer()).unwrap();
    let view = transfers.views(|plugin| format!("plugin {plugin}"));
    assert_eq!(view.questions.len(), 1);
    let question = &view.questions[0];
    assert_eq!((question.id, question.plugin.as_str(), question.files, question.bytes), (request, "plugin 0", 2, 0));
    assert!(!question.name.contains('\u{202e}'));
    // Another plugin withdraws nothing of this one's.
    transfers.withdraw(&shared, 1, request);
    transfers.answer(&shared, request + 1, None);
    assert_eq!(transfers.views(|_| String::new()).questions.len(), 1);
    transfers.answer(&shared, request, None);
    transfers.answer(&shared, request, Some("/".into()));
    assert!(is_nobody_asked(&shared));
    let heard: Vec<AuditKind> = std::iter::from_fn(|| reports.try_recv().ok())
        .filter_map(|inner| match inner {
            Inner::FilesAudit { kind, .. } => Some(kind),
            _ => None,
        })
        .collect();
    assert_eq!(heard, [AuditKind::FilesOffered, AuditKind::FilesDeclined]);
}

#[tokio::test]
async fn questions_and_wishes_are_bounded_for_each_plugin_and_in_a_minute() {
    let (shared, _reports) = Shared::bare(2);
    let transfers = &shared.transfers;
    for _ in 0..4 {
        transfers.ask(&shared, asker(0), &offer()).unwrap();
        transfers.pick(&shared, asker(0), false).unwrap();
    }
    assert_eq!(transfers.ask(&shared, asker(0), &offer()), Err(ErrorCode::Limit));
    assert_eq!(transfers.pick(&shared, asker(0), true), Err(ErrorCode::Limit));
    transfers.forget(&shared, 0);
    let view = transfers.views(|_| String::new());
    assert!(view.questions.is_empty() && view.picks.is_empty());
    let mut asked = 0;
    while let Ok(request) = transfers.ask(&shared, asker(1), &offer()) {
        transfers.withdraw(&shared, 1, request);
        asked += 1;
        assert!(asked <= 60, "nobody is asked without an end");
    }
    assert_eq!(transfers.ask(&shared, asker(1), &offer()), Err(ErrorCode::Busy));
}

#[tokio::test]
async fn a_place_for_drops_is_one_plugins() {
    let (shared, _reports) = Shared::bare(2);
    let transfers = &shared.transfers;
    transfers.take_drops(&shared, asker(0), "chat", true).unwrap();
    transfers.take_drops(&shared, asker(0), "chat", true).unwrap();
    assert_eq!(transfers.take_drops(&shared, asker(1), "chat", true), Err(ErrorCode::Busy));
    transfers.take_drops(&shared, asker(1), "chat", false).unwrap();
    assert_eq!(transfers.views(|_| String::new()).places, ["chat"]);
    transfers.take_drops(&shared, asker(0), "chat", false).unwrap();
    transfers.take_drops(&shared, asker(1), "chat", true).unwrap();
}

#[tokio::test]
async fn with_the_customers_standing_word_nobody_is_asked() {
    let (shared, mut reports) = Shared::bare(1);
    shared.consents.lock().set(Access::Files, ConsentState::Granted, Instant::now());
    shared.transfers.ask(&shared, asker(0), &offer()).unwrap();
    let accepted = std::iter::from_fn(|| reports.try_recv().ok())
        .any(|inner| matches!(inner, Inner::FilesAudit { kind: AuditKind::FilesAccepted, .. }));
    // A computer without a home has nowhere to put it, and asks.
    assert_eq!(accepted, downloads_folder().is_some());
    assert_eq!(is_nobody_asked(&shared), accepted);
    shared.transfers.pause_all(true);
    shared.transfers.ask(&shared, asker(0), &offer()).unwrap();
    assert!(!is_nobody_asked(&shared), "nothing comes by itself into a pause");
    shared.transfers.pause_all(false);
    shared.transfers.forget(&shared, 0);
    shared.consents.lock().set(Access::Files, ConsentState::Refused, Instant::now());
    shared.transfers.ask(&shared, asker(0), &offer()).unwrap();
    assert!(!is_nobody_asked(&shared));
}

#[tokio::test]
async fn a_token_is_its_plugins_and_stands_for_its_source_after_it_was_let_go() {
    let (shared, _reports) = Shared::bare(1);
    let transfers = &shared.transfers;
    let (home, id) = picked(&shared);
    let token = transfers.token(id);
    assert_eq!(transfers.source_facts(id)[..2], [text("name", "a.txt"), number("files", 1)]);
    assert_eq!(transfers.source_entries(id, 0).len(), 1);
    assert!(transfers.source_entries(id, 1).is_empty());
    transfers.let_go(id);
    assert!(transfers.source_facts(id).is_empty() && transfers.token(id).is_empty());
    assert_eq!(transfers.reopen_source(&shared, "another", &token), Err(ErrorCode::Gone));
    assert_eq!(transfers.reopen_target(&shared, "a.b", &token), Err(ErrorCode::Gone));
    let again = transfers.reopen_source(&shared, "a.b", &token).unwrap();
    assert_eq!(transfers.token(again), token);
    assert_eq!(transfers.send(&shared, 0, again, 99), Err(ErrorCode::Gone), "there is no such stream");
    assert_eq!(transfers.take_source(&shared, "a.b", vec![home.path().join("none")]), Err(ErrorCode::Gone));
    // Those that nobody holds make room, the one that is held stays.
    for _ in 0..2 * SOURCES_MAX {
        let one = transfers.take_source(&shared, "a.b", vec![home.path().join("a.txt")]).unwrap();
        transfers.let_go(one);
    }
    assert!(transfers.state.lock().sources.len() <= SOURCES_MAX);
    assert!(transfers.reopen_source(&shared, "a.b", &token).is_ok());
}

fn rep(id: u32, name: &str) -> Participant {
    Participant { id, role: Role::Rep, name: name.to_owned() }
}

/// Scar: of a long name the end was cut off, which says that a file is a program.
#[tokio::test]
async fn a_long_name_is_shown_with_its_end() {
    let (shared, _reports) = Shared::bare(1);
    let long = format!("{}.pdf.exe", "scan ".repeat(45));
    let request = shared.transfers.ask(&shared, asker(0), &vec![text("name", &long)]).unwrap();
    let name = shared.transfers.views(|_| String::new()).questions[0].name.clone();
    assert!(name.ends_with(" scan .pdf.exe") && name.contains('…'), "{name}");
    assert_eq!(name.chars().count(), 120);
    shared.transfers.answer(&shared, request, Some("/".into()));
    let agreed = shared.transfers.state.lock().targets[0].terms().agreed.unwrap();
    assert_eq!(agreed.name, long, "what was agreed to is known in full");
}

/// Scar: the question of a second rep's file bore the first one's name.
#[tokio::test]
async fn a_question_names_whoever_sends_and_not_whoever_leads() {
    let (shared, _reports) = Shared::bare(1);
    shared.set_peer(REP, Some(rep(REP, "Anna Berg")));
    shared.add_other(3, false);
    shared.set_peer(3, Some(rep(3, "Bo Lind")));
    let from = |named: &str| {
        shared.transfers.ask(&shared, asker(0), &vec![text("from", named)]).unwrap();
        shared.transfers.views(|_| String::new()).questions.last().unwrap().from.clone()
    };
    assert_eq!(from("Bo Lind"), "Bo Lind", "asked for later on");
    assert_eq!(from("Your bank"), "Anna Berg / Bo Lind", "nobody who is not there, but whoever it may be");
    shared.set_acting(0, Some(3));
    assert_eq!(from("Anna Berg"), "Bo Lind", "what is known counts before what is said");
}

/// Scar: a yes to one file was one to whatever came into that place afterwards.
#[tokio::test]
async fn a_place_is_for_what_was_asked_about_and_of_no_more_use_once_that_is_there() {
    let (shared, _reports) = Shared::bare(1);
    let transfers = &shared.transfers;
    let folder = tempfile::tempdir().unwrap();
    let request = transfers.ask(&shared, asker(0), &offer()).unwrap();
    transfers.answer(&shared, request, Some(folder.path().into()));
    let target = transfers.state.lock().targets[0].clone();
    let agreed = target.terms().agreed.unwrap();
    assert_eq!((agreed.files, agreed.folders, agreed.bytes, agreed.name.as_str()), (2, 0, 0, "ab.txt"));
    let id = transfers.reopen_target(&shared, "a.b0", &target.token).unwrap();
    assert!(target.note(|state| state.spent = true));
    expect_spent(&shared, "a.b0", &target, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_received_tells_its_name_that_it_is_whole_and_that_the_sender_knows() {
    let delivery = Delivery::of(3).await;
    let Pair { sender, receiver, out, into, sending, receiving } = delivery.pair().await;
    let heard = Mutex::new(Vec::new());
    let news = |news: News| heard.lock().push(news);
    let sent = super::sending::send(sender, out, sending.wishes(), |_, _| ());
    let received = super::receiving::receive(receiver, into, receiving.wishes(), |_, _| (), news);
    assert_eq!(outcomes(sent, received).await, (Outcome::Whole, Outcome::Whole));
    assert!(matches!(heard.lock().as_slice(), [News::Named(BATCH), News::Whole(_), News::Known]));
}

/// And a line to somebody that is gone is nobody else's.
#[tokio::test(flavor = "multi_thread")]
async fn h2_nothing_is_sent_to_whoever_may_only_look() {
    let (shared, _reports) = Shared::bare(1);
    shared.add_other(3, true);
    assert!(shared.is_observing(3) && !shared.is_observing(REP));
    let (_home, source) = picked(&shared);
    let to_observer = shared.streams.insert_for(0, 3);
    assert_eq!(shared.transfers.send(&shared, 0, source, to_observer), Err(ErrorCode::Denied));
    let to_rep = shared.streams.insert_for(0, REP);
    let running = shared.transfers.send(&shared, 0, source, to_rep).unwrap();
    let ends = |shared: &Shared| shared.transfers.state.lock().running.get(&running).is_some_and(Running::is_ending);
    shared.transfers.link_gone(3);
    assert!(!ends(&shared));
    shared.transfers.link_gone(REP);
    assert!(ends(&shared));
    // What ends with the session is told by it: its log is closed before a thread could say so.
    assert_eq!(shared.transfers.close(), [(0, "sent, broken, 0 files, 0 bytes".to_owned())]);
    shared.streams.drop_it(to_rep);
}
