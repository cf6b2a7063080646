//! What people are asked about files, as a session's task shows it, keeps input away from it and tells of it.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::tests::{config, task_with};
use super::*;
use crate::transfers::asking::Asker;
use crate::transfers::tests::{unasked_and_agreed, until_gone};
use crate::view::{Access, AuditKind, Command};
use lotse_protocol::control::AuditKind as Told;
use lotse_protocol::peer::ConsentState;
use lotse_runtime::Value;

/// A plugin that would run on this side.
const PLUGIN: (&str, &str) = ("a.files", r#""sides":["customer"]"#);

/// The task looks at all that its own parts have told it.
fn look(task: &mut Task) {
    while let Ok(inner) = task.queues.inner.1.try_recv() {
        task.on_inner(inner);
    }
    task.refresh_view();
}

fn told(said: &mut mpsc::Receiver<ToRelay>) -> Vec<(Told, String)> {
    let said = std::iter::from_fn(|| said.try_recv().ok());
    said.filter_map(|message| match message {
        ToRelay::Audit { kind, about, .. } => Some((kind, about)),
        _ => None,
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_question_about_files_stands_nothing_is_injected_and_the_relay_hears_no_name() {
    let folder = tempfile::tempdir().unwrap();
    let (config, mut said) = config(folder.path(), false);
    let guard = config.guard.clone();
    let mut task = task_with(config, &[PLUGIN]).await;
    look(&mut task);
    assert!(!guard.prompting.load(Ordering::Acquire));
    let shared = task.shared.clone().unwrap();
    let asker = Asker { plugin: 0, id: "a.files".to_owned() };
    let offer = vec![
        ("name".to_owned(), Value::Text("secret plans.pdf".to_owned())),
        ("files".to_owned(), Value::Number(1)),
        ("bytes".to_owned(), Value::Number(77)),
    ];
    let request = shared.transfers.ask(&shared, asker.clone(), &offer).unwrap();
    look(&mut task);
    assert!(guard.prompting.load(Ordering::Acquire), "the rep's hands are not the customer's");
    let [question] = task.view.file_questions.as_slice() else { panic!("{:?}", task.view.file_questions) };
    assert_eq!((question.id, question.name.as_str(), question.bytes), (request, "secret plans.pdf", 77));
    task.on_message(ToSession::Command(Command::AnswerFiles { request, place: Some(folder.path().into()) })).await;
    look(&mut task);
    assert!(task.view.file_questions.is_empty() && !guard.prompting.load(Ordering::Acquire));
    let pick = shared.transfers.pick(&shared, asker, true).unwrap();
    look(&mut task);
    assert!(guard.prompting.load(Ordering::Acquire) && task.view.file_picks.len() == 1);
    task.on_message(ToSession::Command(Command::Picked { request: pick, paths: Vec::new() })).await;
    look(&mut task);
    assert!(!guard.prompting.load(Ordering::Acquire));
    let lines = told(&mut said);
    let kinds: Vec<Told> = lines.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [Told::FilesOffered, Told::FilesAccepted]);
    assert_eq!(lines[0].1, "1 files, 0 folders, 77 bytes");
    let audit = task.view.audit.iter();
    assert!(audit.clone().any(|line| line.kind == AuditKind::FilesAccepted));
    assert!(audit.clone().all(|line| !line.text.contains("secret")), "a name is nobody else's business");
}

/// The resume note's neighbour: tokens come back with the session, and go with it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_agreed_to_is_known_after_a_restart_and_gone_with_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("files.json");
    let asker = || Asker { plugin: 0, id: "a.files".to_owned() };
    let task = task_with(config(folder.path(), false).0, &[PLUGIN]).await;
    let shared = task.shared.clone().unwrap();
    let request = shared.transfers.ask(&shared, asker(), &Vec::new()).unwrap();
    shared.transfers.answer(&shared, request, Some(folder.path().into()));
    let noted = std::fs::read_to_string(&place).unwrap();
    let token = noted.split(r#""token":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    drop((task, shared));

    let task = task_with(config(folder.path(), false).0, &[PLUGIN]).await;
    let shared = task.shared.clone().unwrap();
    assert!(shared.transfers.reopen_target(&shared, "a.files", &token).is_ok());
    assert!(shared.transfers.reopen_target(&shared, "a.other", &token).is_err());
    shared.transfers.close();
    assert!(!place.exists());
    assert!(shared.transfers.reopen_target(&shared, "a.files", &token).is_err());
}

/// Scar: after a restart, with the switch off, what had come in by it went on, and nobody could take it back.
#[tokio::test(flavor = "multi_thread")]
async fn c5_what_came_unasked_is_not_gone_on_with_by_a_program_that_knows_of_no_such_word() {
    let folder = tempfile::tempdir().unwrap();
    let (mut first, _said) = config(folder.path(), false);
    let places = [folder.path().join("unasked"), folder.path().join("agreed")];
    let [unasked, agreed] = unasked_and_agreed(first.files.as_deref().unwrap(), first.id.0, [&places[0], &places[1]]);
    first.ahead = vec![Access::Files];
    let knows = |shared: &Arc<Shared>, token: &str| shared.transfers.reopen_target(shared, "a.files", token).is_ok();
    let task = task_with(first, &[PLUGIN]).await;
    let shared = task.shared.clone().unwrap();
    assert!(knows(&shared, "u") && knows(&shared, "t"), "the word was given ahead");
    drop((task, shared));
    let task = task_with(config(folder.path(), false).0, &[PLUGIN]).await;
    let shared = task.shared.clone().unwrap();
    assert!(!knows(&shared, "u") && knows(&shared, "t"));
    until_gone(&[&unasked]).await;
    assert!(agreed.exists());
}

/// What the task's own word on files and pauses does to what is under way.
#[tokio::test(flavor = "multi_thread")]
async fn c5_the_customers_pause_holds_files_and_their_word_taken_back_ends_what_came_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut task = task_with(config(folder.path(), true).0, &[PLUGIN]).await;
    let shared = task.shared.clone().unwrap();
    let transfers = &shared.transfers;
    let asker = || Asker { plugin: 0, id: "a.files".to_owned() };
    let newest = || {
        let noted = std::fs::read_to_string(folder.path().join("files.json")).unwrap();
        noted.rsplit(r#""token":""#).next().and_then(|rest| rest.split('"').next()).unwrap().to_owned()
    };
    let streams = [(); 2].map(|()| shared.streams.insert_for(0, crate::shared::REP));
    let receive = |token: &str, stream: u64| {
        let target = transfers.reopen_target(&shared, "a.files", token).unwrap();
        transfers.receive(&shared, 0, target, stream).unwrap()
    };
    let request = transfers.ask(&shared, asker(), &Vec::new()).unwrap();
    transfers.answer(&shared, request, Some(folder.path().into()));
    let agreed = newest();
    let running = receive(&agreed, streams[0]);
    assert!(transfers.stands(running), "the session came back paused");
    task.on_message(ToSession::Command(Command::Pause { on: false })).await;
    assert!(!transfers.stands(running));
    task.on_message(ToSession::Command(Command::Pause { on: true })).await;
    assert!(transfers.stands(running));
    task.on_message(ToSession::Command(Command::Pause { on: false })).await;
    task.end.paused_there = true;
    task.apply_pause();
    assert!(!transfers.stands(running), "a rep's pause leaves files alone");
    task.end.paused_there = false;
    task.apply_pause();

    task.set_access(Access::Files, ConsentState::Granted);
    transfers.ask(&shared, asker(), &Vec::new()).unwrap();
    let unasked = newest();
    // A computer without a home has nowhere to put it, and asks.
    if unasked != agreed {
        receive(&unasked, streams[1]);
        task.set_access(Access::Files, ConsentState::Refused);
        assert!(transfers.reopen_target(&shared, "a.files", &unasked).is_err(), "at once, whatever the plugin does");
    }
    assert!(transfers.reopen_target(&shared, "a.files", &agreed).is_ok());
    streams.into_iter().for_each(|stream| shared.streams.drop_it(stream));
}
