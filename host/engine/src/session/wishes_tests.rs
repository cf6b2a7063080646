//! A rep's session task that wishes for another rep, or whose manager does: who is told what.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::super::tests::{config, offer};
use super::*;
use crate::view::View;
use lotse_protocol::control::PluginRef;
use lotse_session::Event;
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

struct Bench {
    task: Task,
    said: mpsc::Receiver<ToRelay>,
    _folder: TempDir,
}

impl Bench {
    /// The customer is there, and a plugin has told what was said.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mut config, said) = config(folder.path(), false);
        (config.side, config.note) = (Side::Rep, None);
        let mut task = Task::new(config, watch::channel(Arc::new(View::default())).0).unwrap();
        let plugin = PluginRef {
            id: "a.b".to_owned(),
            version: "1.0.0".parse().unwrap(),
            digest: [1; 32],
            licensed: true,
            publisher: None,
        };
        let offer = offer(vec![plugin]);
        let shared = task.make_shared(&offer);
        shared.set_summary(0, "The printer stays silent".to_owned());
        (task.shared, task.offer) = (Some(shared), Some(offer));
        for event in [Event::PluginsReady, Event::LinkUp, Event::Greeted { compatible: true }] {
            task.feed(event);
        }
        assert_eq!(*task.end.machine.state(), State::Active);
        Self { task, said, _folder: folder }
    }

    fn wish(&mut self) {
        let (to, note) = ("rep:2".to_owned(), String::new());
        self.task.on_wish(0, Wish { request: 5, to, note, purpose: Purpose::TakeOver });
    }

    fn watch(&mut self) {
        self.task.on_hand_over(HandOverNews::WatchAsked { to: "rep:2".to_owned(), by: "Cleo".to_owned() });
    }

    fn look(&mut self) {
        let key = Opener::new().unwrap().public().to_vec();
        self.task.on_hand_over(HandOverNews::Looked { key });
    }

    /// How many wishes, and how often what was said went out.
    fn said(&mut self) -> (usize, usize) {
        let said: Vec<ToRelay> = std::iter::from_fn(|| self.said.try_recv().ok()).collect();
        let count = |is: fn(&ToRelay) -> bool| said.iter().filter(|message| is(message)).count();
        let wishes = count(|message| matches!(message, ToRelay::HandOver(_)));
        (wishes, count(|message| matches!(message, ToRelay::HandOverSummary { .. })))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_what_was_said_is_told_for_a_wish_of_the_reps_own() {
    let mut bench = Bench::new().await;
    bench.look();
    assert_eq!(bench.said(), (0, 0), "nobody is wished for");
    bench.wish();
    bench.look();
    assert_eq!(bench.said(), (1, 1));
}

/// Scar: a relay that lies had the whole talk sealed to a key of its own by saying that a manager wishes to look on.
#[tokio::test(flavor = "multi_thread")]
async fn h2_for_what_the_relay_alone_can_begin_nothing_is_told() {
    let mut bench = Bench::new().await;
    bench.watch();
    bench.look();
    assert_eq!(bench.said(), (1, 0));
    bench.task.on_hand_over(HandOverNews::Answered { outcome: HandOverOutcome::Declined, by: String::new() });
    bench.watch();
    assert_eq!(bench.said(), (0, 0), "and not one question after the other");
    bench.wish();
    assert_eq!(bench.said(), (1, 0), "the rep's own is none of that");
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_who_only_looks_asks_for_nobody() {
    let mut bench = Bench::new().await;
    let here = |name: &str, observing, you| peer::PresentRep { name: name.to_owned(), observing, you };
    bench.task.on_present(vec![here("Anna Berg", false, false), here("Bo Lind", true, true)]);
    bench.wish();
    bench.watch();
    assert_eq!(bench.said(), (0, 0));
    assert!(bench.task.wish.is_none(), "and is told so");
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_colleague_who_is_here_already_is_named_to_the_customers_program_and_waited_for() {
    let here = || HandOverNews::Here { beside: SessionId([8; 16]), by: "Bo Lind".to_owned() };
    let mut bench = Bench::new().await;
    bench.task.on_hand_over(here());
    assert!(bench.task.wish.is_none(), "nobody is wished for");
    bench.wish();
    bench.task.on_hand_over(here());
    assert!(bench.task.wish.as_ref().is_some_and(|wish| wish.told.is_some()));
    bench.task.on_beside_ended("Bo Lind", true);
    assert!(bench.task.wish.is_none(), "it is answered");
    // One who was to come beside is no affair of who leads.
    bench.watch();
    bench.task.on_hand_over(here());
    assert!(bench.task.wish.is_none());
}
