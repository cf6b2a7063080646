//! A restart of the customer's computer as the session's task goes about it: what is left of it, however it ends.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::tests::{config, offer};
use super::*;
use crate::resume::ResumeNote;
use crate::view::{Access, RestartView};
use crate::way_back::RestartConfig;
use lotse_protocol::control::PluginRef;
use lotse_protocol::peer::ConsentState;
use lotse_runtime::Capability;
use std::path::{Path, PathBuf};

/// Longer than the countdown.
const LATER: Duration = Duration::from_secs(11);

/// A session on a computer that is restarted by this command.
fn task(folder: &Path, command: &str) -> (Task, mpsc::Receiver<ToRelay>) {
    let (mut config, said) = config(folder, false);
    let program = vec!["/opt/lotse customer".into(), "--resume".into()];
    let autostart = folder.join("autostart");
    config.restart = Some(RestartConfig { program, autostart, command: Some(command.into()) });
    let mut task = Task::new(config, watch::channel(Arc::new(View::default())).0).unwrap();
    let version = semver::Version::new(0, 1, 0);
    let wanted = PluginRef { id: "a.b".to_owned(), version, digest: [0; 32], licensed: true, publisher: None };
    let offer = offer(vec![wanted]);
    task.plugins = offer.plugins.iter().map(|wanted| Plugin::new(plugins::plugin_view(wanted, ""))).collect();
    task.shared = Some(task.make_shared(&offer));
    task.offer = Some(offer);
    (task, said)
}

/// Does what the session's own threads report next.
async fn report(task: &mut Task) {
    let next = tokio::time::timeout(Duration::from_secs(60), task.queues.inner.1.recv()).await.unwrap().unwrap();
    task.on_inner(next);
}

/// The countdown is on; the entry's place.
async fn counting(task: &mut Task) -> PathBuf {
    assert!(task.shared.as_ref().unwrap().wishes.begin_restart());
    task.on_restart_wanted(0);
    report(task).await;
    task.refresh_view();
    assert!(
        matches!(task.view.restart, Some(RestartView::Counting { seconds_left: 9..=10 })),
        "{:?}",
        task.view.restart
    );
    let entry = std::fs::read_dir(task.config.restart.as_ref().unwrap().autostart.clone()).unwrap().next().unwrap();
    entry.unwrap().path()
}

/// Nothing of it is left, and another can be asked for.
fn is_over(task: &mut Task, entry: &Path) {
    task.refresh_view();
    assert_eq!((task.view.restart, entry.exists()), (None, false));
    assert!(task.shared.as_ref().unwrap().wishes.begin_restart());
}

#[tokio::test(flavor = "multi_thread")]
async fn c5_a_restart_that_the_customer_stops_is_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let (mut task, _said) = task(folder.path(), "/bin/true");
    let entry = counting(&mut task).await;
    task.cancel_restart();
    is_over(&mut task, &entry);
    task.tend_restart(Instant::now() + LATER);
    assert!(!task.goes_down());
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_a_restart_that_the_system_refuses_leaves_no_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let (mut task, _said) = task(folder.path(), "/bin/false");
    let entry = counting(&mut task).await;
    task.tend_restart(Instant::now() + LATER);
    assert!(task.goes_down(), "told, and not answered yet");
    report(&mut task).await;
    is_over(&mut task, &entry);
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_without_a_way_back_nothing_is_restarted() {
    let folder = tempfile::tempdir().unwrap();
    let (mut task, _said) = task(folder.path(), "/bin/true");
    std::fs::write(folder.path().join("autostart"), "a file").unwrap();
    assert!(task.shared.as_ref().unwrap().wishes.begin_restart());
    task.on_restart_wanted(0);
    report(&mut task).await;
    is_over(&mut task, &folder.path().join("autostart/none"));
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_a_program_that_ends_with_its_computer_ends_no_session() {
    let folder = tempfile::tempdir().unwrap();
    for goes_down in [true, false] {
        let (mut task, mut said) = task(folder.path(), "/bin/true");
        let entry = counting(&mut task).await;
        if goes_down {
            task.tend_restart(Instant::now() + LATER);
            report(&mut task).await;
        }
        let (inbox, incoming) = mpsc::channel(1);
        drop(inbox);
        task.run(incoming).await;
        let ended =
            std::iter::from_fn(|| said.try_recv().ok()).any(|message| matches!(message, ToRelay::EndSession { .. }));
        assert_eq!((entry.exists(), ended), (goes_down, !goes_down));
        let noted = ResumeNote::read(&folder.path().join("session.json")).and_then(|note| note.restart);
        assert_eq!(noted.is_some_and(|restart| restart.begun_s.is_some()), goes_down);
        let _ = std::fs::remove_file(&entry);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c5_a_word_that_nobody_uses_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let (mut task, _said) = task(folder.path(), "/bin/true");
    let allows = |task: &Task| task.shared.as_ref().unwrap().consents.lock().allows(Capability::Restart);
    task.restart_asker = Some(0);
    task.set_access(Access::Restart, ConsentState::Granted);
    assert!(allows(&task));
    task.tend_restart(Instant::now());
    assert!(allows(&task));
    task.tend_restart(Instant::now() + Duration::from_secs(31));
    assert!(!allows(&task));
}
