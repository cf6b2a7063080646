//! A rep's session task that wishes for another rep, or whose manager does: who is told what.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::super::tests::{config, offer};
use super::*;
use crate::session::Asked;
use crate::view::View;
use lotse_protocol::control::PluginRef;
use lotse_session::Event;
use std::path::Path;
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

/// Anna Berg asked for a rep who looks on.
fn to_look_on() -> Asked {
    Asked {
        question: None,
        name: "K. Weber".to_owned(),
        text: String::new(),
        portal: String::new(),
        system: String::new(),
        from: "Anna Berg".to_owned(),
        looks_on: true,
    }
}

/// A rep's task with what its session began with, and what it says to the relay.
fn reps_task(folder: &Path, asked: Option<Asked>) -> (Task, mpsc::Receiver<ToRelay>) {
    let (mut config, said) = config(folder, false);
    (config.side, config.note, config.asked) = (Side::Rep, None, asked);
    (Task::new(config, watch::channel(Arc::new(View::default())).0).unwrap(), said)
}

/// Somebody of whom the customer's program says that they are there.
fn present(name: &str, observing: bool, you: bool) -> peer::PresentRep {
    peer::PresentRep { name: name.to_owned(), observing, you }
}

/// The relay's word of a colleague who has taken it, with their code.
fn code(by: &str, key: &[u8]) -> HandOverNews {
    let code = lotse_protocol::code::JoinCode::new(48_291, 7);
    HandOverNews::Code { by: by.to_owned(), body: sealed::seal(&code, key).unwrap() }
}

/// And of one who is in the session already.
fn here(by: &str) -> HandOverNews {
    HandOverNews::Here { beside: SessionId([8; 16]), by: by.to_owned() }
}

struct Bench {
    task: Task,
    said: mpsc::Receiver<ToRelay>,
    _folder: TempDir,
}

impl Bench {
    /// The customer is there, and a plugin has told what was said.
    async fn new() -> Self {
        Self::asked(None)
    }

    /// The same of Bo Lind, who looks on beside Anna Berg.
    fn looking_on() -> Self {
        let mut bench = Self::asked(Some(to_look_on()));
        bench.task.view.me = "Bo Lind".to_owned();
        bench.present(Some(true));
        bench
    }

    fn asked(asked: Option<Asked>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mut task, said) = reps_task(folder.path(), asked);
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

    /// The customer's program says who is there; `None`: without Bo Lind.
    fn present(&mut self, observing: Option<bool>) {
        let own = observing.map(|observing| present("Bo Lind", observing, true));
        self.task.on_present(own.into_iter().chain([present("Anna Berg", false, false)]).collect());
    }

    /// What the host has to say of it in the session's window.
    fn notices(&self) -> Vec<HostNotice> {
        self.task.view.notices.iter().filter_map(|notice| notice.host.clone()).collect()
    }

    fn agree(&mut self, from: &str, on: bool) {
        self.task.on_hand_over(HandOverNews::Agreed { from: from.to_owned(), on });
    }

    /// Anna Berg wishes for Bo Lind by name.
    fn wish(&mut self) {
        let target =
            Target { id: "rep:2".to_owned(), kind: TargetKind::Rep, name: "Bo Lind".to_owned(), available: true };
        self.task.on_directory(Arc::new(vec![target]));
        let (to, note) = ("rep:2".to_owned(), String::new());
        self.task.on_wish(0, Wish { request: 5, to, note, purpose: Purpose::TakeOver });
    }

    fn watch(&mut self) {
        self.task.on_hand_over(HandOverNews::WatchAsked { to: "rep:2".to_owned(), by: "Cleo".to_owned() });
    }

    fn look(&mut self) {
        let key = Opener::new().unwrap().public().to_vec();
        self.task.on_hand_over(HandOverNews::Looked { key, reader: 21 });
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

/// What the relay is told next of a wish: whether it is a whole one, and the key.
fn wished(bench: &mut Bench) -> Option<(bool, Vec<u8>)> {
    std::iter::from_fn(|| bench.said.try_recv().ok()).find_map(|message| match message {
        ToRelay::HandOver(wish) => Some((true, wish.key)),
        ToRelay::HandOverKey { key, .. } => Some((false, key)),
        _ => None,
    })
}

/// A wish for a portal's queue, and the key in it.
fn queued(bench: &mut Bench) -> Vec<u8> {
    let (id, name) = ("portal:4".to_owned(), "Billing".to_owned());
    let portal = Target { id: id.clone(), kind: TargetKind::Portal, name, available: false };
    bench.task.on_directory(Arc::new(vec![portal]));
    bench.task.on_wish(0, Wish { request: 5, to: id, note: String::new(), purpose: Purpose::TakeOver });
    wished(bench).unwrap().1
}

/// Somebody has taken it, and their code is with the customer's program.
fn told(bench: &mut Bench, key: &[u8]) {
    bench.task.on_hand_over(code("Bo Lind", key));
    assert!(bench.task.wish.as_ref().is_some_and(|wish| wish.told.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_what_waits_in_a_portals_queue_waits_on_when_whoever_took_it_does_not_come() {
    let mut bench = Bench::new().await;
    let first = queued(&mut bench);
    told(&mut bench, &first);
    bench.task.on_hand_over(HandOverNews::Waits);
    let (whole, second) = wished(&mut bench).unwrap();
    assert!(!whole && second != first, "another key is all that the relay lacks");
    bench.task.on_beside_ended("Bo Lind", false, false);
    assert_eq!(wished(&mut bench), None, "that was told by the relay already");
    told(&mut bench, &second);
    bench.task.on_beside_ended("Bo Lind", false, false);
    let (whole, third) = wished(&mut bench).unwrap();
    assert!(whole && third != second, "the relay may know nothing of it any more");
    bench.task.on_hand_over(HandOverNews::Code { by: "Bo Lind".to_owned(), body: vec![1] });
    assert!(matches!(wished(&mut bench), Some((false, key)) if key != third), "a code that cannot be read");
    assert!(bench.task.wish.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_wish_for_a_queue_is_said_again_to_a_relay_that_was_gone_and_others_are_over() {
    let mut bench = Bench::new().await;
    let first = queued(&mut bench);
    bench.task.relay_forgets_wish();
    assert!(bench.task.wish.is_some());
    bench.task.repeat_wish();
    assert!(matches!(wished(&mut bench), Some((true, key)) if key != first));
    bench.task.on_withdraw(0, 5);
    bench.task.repeat_wish();
    assert_eq!(wished(&mut bench), None, "taken back");
    bench.wish();
    bench.task.relay_forgets_wish();
    assert!(bench.task.wish.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_no_of_the_customers_takes_it_out_of_the_queue() {
    let mut bench = Bench::new().await;
    let key = queued(&mut bench);
    told(&mut bench, &key);
    bench.task.on_beside_ended("Bo Lind", false, true);
    assert!(bench.task.wish.is_none());
    let said: Vec<ToRelay> = std::iter::from_fn(|| bench.said.try_recv().ok()).collect();
    assert!(said.iter().any(|message| matches!(message, ToRelay::WithdrawHandOver { .. })), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_a_rep_who_agreed_to_look_on_needs_nobodys_word_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut task, _said) = reps_task(folder.path(), Some(to_look_on()));
    let shared = task.make_shared(&offer(Vec::new()));
    task.shared = Some(shared.clone());
    task.on_present(vec![present("Bo Lind", false, true)]);
    let (rep, customer) = (crate::shared::REP, crate::shared::CUSTOMER);
    assert!(shared.only_looks(rep) && shared.observes(), "the customer's program says otherwise, and is not asked");
    assert!(!shared.only_looks(customer));
    // Unless they have agreed to lead since, and the customer's program has them as somebody who may.
    task.on_present(vec![present("Bo Lind", true, true)]);
    task.on_hand_over(HandOverNews::Agreed { from: "Anna Berg".to_owned(), on: true });
    assert!(shared.only_looks(rep), "the customer has yet to say yes");
    task.on_present(vec![present("Bo Lind", false, true)]);
    assert!(!shared.only_looks(rep) && !shared.observes());
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_who_only_looks_asks_for_nobody() {
    let mut bench = Bench::new().await;
    bench.task.on_present(vec![present("Anna Berg", false, false), present("Bo Lind", true, true)]);
    bench.wish();
    bench.watch();
    assert_eq!(bench.said(), (0, 0));
    assert!(bench.task.wish.is_none(), "and is told so");
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_colleague_who_is_here_already_is_named_to_the_customers_program_and_waited_for() {
    let mut bench = Bench::new().await;
    bench.task.on_hand_over(here("Bo Lind"));
    assert!(bench.task.wish.is_none(), "nobody is wished for");
    bench.wish();
    bench.task.on_hand_over(here("Bo Lind"));
    assert!(bench.task.wish.as_ref().is_some_and(|wish| wish.told.is_some()));
    bench.task.on_beside_ended("Bo Lind", true, false);
    assert!(bench.task.wish.is_none(), "it is answered");
    // One who was to come beside is no affair of who leads.
    bench.watch();
    bench.task.on_hand_over(here("Bo Lind"));
    assert!(bench.task.wish.is_none());
}

/// Scar: a relay that lies named somebody who helped there, and they led without a question to anybody.
#[tokio::test(flavor = "multi_thread")]
async fn h1_nobody_but_the_colleague_who_was_chosen_comes_of_a_wish_for_one_by_name() {
    for is_here in [true, false] {
        let mut bench = Bench::new().await;
        bench.wish();
        let key = wished(&mut bench).unwrap().1;
        bench.task.on_hand_over(if is_here { here("Mallory") } else { code("Mallory", &key) });
        assert!(bench.task.wish.is_none(), "it is answered, and the customer's program hears nothing: {is_here}");
    }
    // Nor is there anybody to compare with who was never told of.
    let mut bench = Bench::new().await;
    bench.task.on_wish(0, Wish { request: 5, to: "rep:9".to_owned(), note: String::new(), purpose: Purpose::TakeOver });
    assert_eq!(bench.said(), (0, 0));
    assert!(bench.task.wish.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_who_looks_on_and_agreed_to_lead_is_told_how_it_stands_and_may_do_more_at_the_customers_yes() {
    let mut bench = Bench::looking_on();
    let shared = bench.task.shared.clone().unwrap();
    bench.agree("Cleo Park", true);
    bench.present(Some(false));
    assert!(shared.observes(), "that was about a session with somebody else");
    bench.present(Some(true));
    bench.agree("Anna Berg", true);
    assert!(shared.observes() && bench.notices().is_empty(), "the relay has yet to say that it is theirs");
    bench.task.on_hand_over(HandOverNews::Yours);
    assert_eq!(bench.notices(), [HostNotice::RepHandsOver]);
    assert!(bench.task.notices_until.is_empty(), "it stays for as long as the customer takes");
    bench.present(Some(false));
    assert!(!shared.observes() && !shared.only_looks(crate::shared::REP));
    assert!(bench.notices().is_empty(), "the customer is asked no more");
    bench.task.on_beside_ended("Bo Lind", true, false);
    assert_eq!(bench.notices(), [HostNotice::RepHandedOver]);
    // The relay's word may come last, and another yes may come to nothing.
    bench.task.on_hand_over(HandOverNews::Yours);
    bench.agree("Anna Berg", false);
    assert!(!shared.observes());
    assert_eq!(bench.notices(), [HostNotice::RepHandedOver]);
}

/// Scar: nobody told them of the customer's no, and their yes stood for whatever came after.
#[tokio::test(flavor = "multi_thread")]
async fn h1_after_a_no_who_looks_on_hears_it_and_looks_on() {
    let mut bench = Bench::looking_on();
    let shared = bench.task.shared.clone().unwrap();
    bench.agree("Anna Berg", true);
    bench.task.on_hand_over(HandOverNews::Yours);
    bench.task.on_beside_ended("Cleo Park", false, false);
    assert_eq!(bench.notices(), [HostNotice::RepHandsOver], "that was of somebody else");
    bench.task.on_beside_ended("Bo Lind", false, false);
    assert_eq!(bench.notices(), [HostNotice::RepKeeps]);
    bench.present(Some(false));
    assert!(shared.observes());
    // As when the colleague thought better of it.
    bench.agree("Anna Berg", true);
    bench.agree("Anna Berg", false);
    bench.present(Some(false));
    assert!(shared.observes());
}

/// Scar: who was silent for a moment was left out of the list, and their program took that for leave to do everything.
#[tokio::test(flavor = "multi_thread")]
async fn h2_a_list_without_this_rep_says_nothing_of_what_they_may_do() {
    let mut bench = Bench::looking_on();
    let shared = bench.task.shared.clone().unwrap();
    bench.agree("Anna Berg", true);
    bench.present(None);
    assert!(shared.observes() && shared.only_looks(crate::shared::REP));
    bench.wish();
    assert_eq!(bench.said(), (0, 0), "and they still ask for nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_who_was_to_lead_and_only_looks_again_has_their_plugins_meet_the_customer_anew() {
    let mut bench = Bench::looking_on();
    let shared = bench.task.shared.clone().unwrap();
    let customer = crate::shared::CUSTOMER;
    shared.set_peer(customer, Some(Participant { id: customer, role: Role::Customer, name: "K. Weber".to_owned() }));
    bench.agree("Anna Berg", true);
    bench.present(Some(true));
    bench.present(Some(false));
    assert_eq!(*bench.task.end.machine.state(), State::Active);
    bench.present(Some(true));
    assert!(matches!(bench.task.end.machine.state(), State::Lost { .. }), "the line is made anew");
}

/// Scar: with the customer's program away from the relay, a manager whose right was taken back looked on.
#[tokio::test(flavor = "multi_thread")]
async fn h2_who_only_looks_on_leaves_at_the_relays_word_and_nobody_else_does() {
    use lotse_protocol::peer::EndReason;
    for (why, ends) in [(Some(EndReason::WatchingEnded), EndReason::WatchingEnded), (None, EndReason::RepGone)] {
        let mut bench = Bench::looking_on();
        bench.task.on_message(crate::session::ToSession::EndedByRelay { why }).await;
        assert_eq!(*bench.task.end.machine.state(), State::Ended(ends));
        let mut bench = Bench::new().await;
        bench.task.on_message(crate::session::ToSession::EndedByRelay { why }).await;
        assert_eq!(*bench.task.end.machine.state(), State::Active);
    }
}
