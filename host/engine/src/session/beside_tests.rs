//! A customer's session task with a second rep: how one comes, takes over, vanishes and stays.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::super::ToSession;
use super::super::end::Signalled;
use super::super::plugin::Plugin;
use super::super::plugins::plugin_view;
use super::super::tests::{config, offer};
use super::*;
use crate::licence::LicenceCheck;
use crate::shared::REP;
use crate::view::{Command, PluginState, PromptKind, SessionState, View};
use lotse_protocol::control::{PluginRef, Secret};
use lotse_protocol::peer::PeerMessage;
use lotse_runtime::Capability;
use lotse_session::State;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::watch;

#[path = "beside_leading_tests.rs"]
mod leading;
#[path = "beside_steps_tests.rs"]
mod steps;

const FIRST: SessionId = SessionId([7; 16]);
const SECOND: SessionId = SessionId([8; 16]);
const CODE: &str = "4829135207";

struct Bench {
    task: Task,
    said: mpsc::Receiver<ToRelay>,
    folder: TempDir,
}

impl Bench {
    /// The first rep is there.
    async fn new(features: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mut config, said) = config(folder.path(), false);
        config.restored = config.restored.map(|restored| super::super::Restored {
            features: features.iter().map(|feature| (*feature).to_owned()).collect(),
            ..restored
        });
        config.surfaces = Some(Arc::new(crate::pictures::tests::Windows));
        let mut task = Task::new(config, watch::channel(Arc::new(View::default())).0).unwrap();
        let offer = offer(Vec::new());
        (task.view.peer, task.view.account) = (offer.rep.clone(), offer.account.clone());
        task.shared = Some(task.make_shared(&offer));
        task.offer = Some(offer);
        task.plugins = vec![who_asks()];
        for event in [Event::PluginsReady, Event::LinkUp, Event::Greeted { compatible: true }] {
            task.feed(event);
        }
        task.carry_out().await;
        assert_eq!(*task.end.machine.state(), State::Active);
        Self { task, said, folder }
    }

    fn said(&mut self) -> Vec<ToRelay> {
        std::iter::from_fn(|| self.said.try_recv().ok()).collect()
    }

    fn ended(&mut self) -> Vec<(SessionId, String)> {
        let said = self.said().into_iter();
        said.filter_map(|message| match message {
            ToRelay::EndSession { session, reason } => Some((session, reason)),
            _ => None,
        })
        .collect()
    }

    async fn hear(&mut self, message: ToSession) {
        self.task.on_message(ToSession::Of { session: SECOND, message: Box::new(message) }).await;
        self.task.carry_out_besides().await;
    }

    /// The first rep says that a colleague waits, and the customer says yes.
    fn say_yes(&mut self, purpose: Purpose) {
        self.task.on_wish_for_another(REP, &Secret(CODE.to_owned()), "Bo Lind", purpose);
        let prompt = self.task.prompts.current().cloned().unwrap();
        assert!(
            matches!(&prompt.kind, PromptKind::Beside { rep, from, .. } if (rep.as_str(), from.as_str()) == ("Bo Lind", "Anna Berg"))
        );
        assert!(
            !self.said().iter().any(|message| matches!(message, ToRelay::JoinBeside { .. })),
            "not before the word"
        );
        self.task.on_answer(prompt.id, true);
        let said = self.said();
        assert!(
            said.iter().any(|message| matches!(message, ToRelay::JoinBeside { session: FIRST, nameplate: 48_291, .. }))
        );
    }

    /// And the relay brings whom it named.
    async fn let_in(&mut self, purpose: Purpose) {
        self.say_yes(purpose);
        self.bring(SessionOffer { rep: "Bo Lind".to_owned(), ..offer(Vec::new()) }, false).await;
    }

    /// The relay brings this program to the second's session. `resumed`: it says that this program was in it before.
    async fn bring(&mut self, offer: SessionOffer, resumed: bool) {
        let offer = Box::new(SessionOffer { session: SECOND, resumed, ..offer });
        let (relay, licences) = ([127, 0, 0, 1].into(), LicenceCheck::new(Some([0; 32]), 0));
        self.hear(ToSession::Offer { offer, relay, code_key: [0; 32], licences }).await;
    }

    /// The second rep's program agrees on keys with this one.
    async fn pair(&mut self) -> End {
        let mut rep = End::new(Machine::new(Side::Rep), None, Some("35207".to_owned()), other_reports()).unwrap();
        let Some(ToRelay::Signal { body: first, .. }) = rep.start_pairing(Side::Rep, SECOND) else { panic!() };
        for body in self.signals() {
            let Signalled::Answer(ToRelay::Signal { body, .. }) = rep.on_signal(SECOND, &body) else { panic!() };
            self.hear(ToSession::Signal(first.clone())).await;
            self.hear(ToSession::Signal(body)).await;
        }
        let [confirmation]: [Vec<u8>; 1] = self.signals().try_into().unwrap();
        assert!(matches!(rep.on_signal(SECOND, &confirmation), Signalled::Paired));
        rep
    }

    fn signals(&mut self) -> Vec<Vec<u8>> {
        let said = self.said().into_iter();
        said.filter_map(|message| match message {
            ToRelay::Signal { session: SECOND, body } => Some(body),
            _ => None,
        })
        .collect()
    }

    /// A line to the second rep stands, and they have greeted.
    async fn greet(&mut self) {
        for event in [Event::LinkUp, Event::Greeted { compatible: true }] {
            self.task.feed_beside(SECOND, event);
        }
        self.task.carry_out_besides().await;
    }

    /// And their program has its plugins ready.
    async fn meet(&mut self) {
        self.greet().await;
        self.task.on_peer_beside(SECOND, PeerMessage::Running { plugins: Vec::new() });
        self.task.carry_out_besides().await;
    }

    async fn with_second(purpose: Purpose) -> Self {
        let mut bench = Self::new(&["session-handoff"]).await;
        bench.let_in(purpose).await;
        bench.pair().await;
        bench.meet().await;
        bench
    }

    fn names(&mut self) -> Vec<String> {
        self.task.tell_present();
        self.task.view.reps.iter().map(|rep| rep.name.clone()).collect()
    }
}

/// A plugin of the rep's side that asks for others, as it is known once its package is here.
fn who_asks() -> Plugin {
    let (id, version) = ("lotse.session-handoff".to_owned(), "0.1.0".parse().unwrap());
    let wanted = PluginRef { id, version, digest: [3; 32], licensed: true, publisher: None };
    let mut plugin = Plugin::new(plugin_view(&wanted, ""));
    plugin.view.state = PluginState::OtherSide;
    plugin.view.feature = Some("session-handoff".to_owned());
    plugin.view.asks = [Capability::Directory].into_iter().collect();
    plugin
}

fn other_reports() -> EndReports {
    let (links, paths, talk) = (mpsc::channel(1).0, mpsc::channel(1).0, mpsc::channel(1).0);
    EndReports { links, paths, talk }
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_every_rep_has_keys_of_their_own() {
    let mut bench = Bench::new(&["session-handoff"]).await;
    bench.let_in(Purpose::Join).await;
    let rep = bench.pair().await;
    let [beside] = bench.task.besides.as_slice() else { panic!() };
    assert_eq!(beside.end.peer_key, Some(rep.identity.fingerprint()));
    assert_eq!(rep.peer_key, Some(beside.end.identity.fingerprint()));
    assert_ne!(beside.end.identity.fingerprint(), bench.task.end.identity.fingerprint());
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_who_takes_over_leads_once_they_are_there_and_the_first_leaves() {
    let mut bench = Bench::new(&["session-handoff"]).await;
    bench.let_in(Purpose::TakeOver).await;
    bench.pair().await;
    assert_eq!((bench.task.config.id, bench.task.view.peer.as_str()), (FIRST, "Anna Berg"), "not before");
    bench.meet().await;
    assert_eq!((bench.task.config.id, bench.task.view.peer.as_str()), (SECOND, "Bo Lind"));
    assert_eq!(bench.ended(), [(FIRST, "HandedOver".to_owned())]);
    assert_eq!(bench.names(), ["Bo Lind"]);
    assert!(bench.task.besides.is_empty() && *bench.task.end.machine.state() == State::Active);
    let shared = bench.task.shared.clone().unwrap();
    assert_eq!(shared.peers().iter().map(|peer| peer.id).collect::<Vec<_>>(), [3], "a number of their own");
    assert!(bench.task.view.prompt.is_none() && bench.task.prompts.current().is_none(), "no word is asked for anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_if_the_second_vanishes_on_the_way_nothing_has_changed() {
    let mut bench = Bench::new(&["session-handoff"]).await;
    bench.let_in(Purpose::TakeOver).await;
    bench.pair().await;
    bench.hear(ToSession::EndedByRelay { why: Some(EndReason::RepGone) }).await;
    assert_eq!(bench.ended(), [(SECOND, "RepGone".to_owned())]);
    assert_eq!((bench.task.config.id, bench.names()), (FIRST, vec!["Anna Berg".to_owned()]));
    assert_eq!(*bench.task.end.machine.state(), State::Active);
    bench.let_in(Purpose::TakeOver).await;
    assert_eq!(bench.task.besides.len(), 1, "and it can be tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_somebody_between_who_knows_no_secret_does_not_come_in() {
    let mut bench = Bench::new(&["session-handoff"]).await;
    bench.let_in(Purpose::TakeOver).await;
    let mut rep = End::new(Machine::new(Side::Rep), None, Some("00000".to_owned()), other_reports()).unwrap();
    let Some(ToRelay::Signal { body: first, .. }) = rep.start_pairing(Side::Rep, SECOND) else { panic!() };
    let [theirs]: [Vec<u8>; 1] = bench.signals().try_into().unwrap();
    let Signalled::Answer(ToRelay::Signal { body, .. }) = rep.on_signal(SECOND, &theirs) else { panic!() };
    bench.hear(ToSession::Signal(first)).await;
    bench.hear(ToSession::Signal(body)).await;
    assert!(bench.task.besides.is_empty());
    assert_eq!(bench.task.config.id, FIRST);
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_who_is_invited_stays_beside_and_all_are_shown() {
    let mut bench = Bench::with_second(Purpose::Join).await;
    assert_eq!(bench.names(), ["Anna Berg", "Bo Lind"]);
    assert_eq!((bench.task.config.id, bench.ended()), (FIRST, vec![]));
    let shared = bench.task.shared.clone().unwrap();
    assert!(shared.is_there(REP) && shared.is_there(3));
    bench.task.feed_beside(SECOND, Event::PeerEnded(EndReason::RepEnded));
    bench.task.carry_out_besides().await;
    assert_eq!(bench.names(), ["Anna Berg"], "and leaves by themselves");
    assert!(!shared.is_there(3) && shared.is_there(REP));
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_when_the_first_is_gone_for_good_the_second_leads() {
    let mut bench = Bench::with_second(Purpose::Join).await;
    bench.task.feed(Event::LinkDown);
    bench.task.feed(Event::RelayEnded(Some(EndReason::RepGone)));
    bench.task.carry_out().await;
    assert_eq!((bench.task.config.id, bench.names()), (SECOND, vec!["Bo Lind".to_owned()]));
    assert!(!bench.task.is_over());
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_who_only_looks_takes_no_place_does_nothing_and_pauses_nobody() {
    let mut bench = Bench::with_second(Purpose::Observe).await;
    assert!(bench.task.view.reps.iter().any(|rep| rep.observing && rep.name == "Bo Lind"), "and is shown as such");
    bench.task.on_peer_beside(SECOND, PeerMessage::Paused { on: true });
    assert!(!bench.task.view.paused);
    let code = Secret(CODE.to_owned());
    bench.task.on_peer_beside(SECOND, PeerMessage::Beside { code, name: "X".into(), purpose: Purpose::TakeOver });
    assert!(bench.task.prompts.current().is_none());
    bench.task.feed(Event::RelayEnded(Some(EndReason::RepGone)));
    bench.task.feed(Event::LinkDown);
    bench.task.carry_out().await;
    assert!(bench.task.is_over(), "nobody is left who could help");
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_a_manager_who_may_look_on_no_more_leaves_at_the_relay_s_word_and_nobody_else_does() {
    let told = || ToSession::EndedByRelay { why: Some(EndReason::WatchingEnded) };
    let mut bench = Bench::with_second(Purpose::Observe).await;
    bench.hear(told()).await;
    assert_eq!(bench.ended(), [(SECOND, "WatchingEnded".to_owned())]);
    assert_eq!(bench.names(), ["Anna Berg"]);
    assert_eq!((bench.task.config.id, bench.task.end.machine.state().clone()), (FIRST, State::Active));
    // Ended while this program was away from the relay: that does not know it any more. Scar: they looked on.
    let mut bench = Bench::with_second(Purpose::Observe).await;
    bench.hear(ToSession::EndedByRelay { why: None }).await;
    assert_eq!(bench.ended(), [(SECOND, "RepGone".to_owned())]);
    // Of whoever helps that is no more than any word of the relay's while their line stands.
    let mut bench = Bench::with_second(Purpose::Join).await;
    bench.hear(told()).await;
    assert_eq!((bench.ended(), bench.names().len()), (vec![], 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_the_customers_stop_ends_it_for_everybody() {
    let mut bench = Bench::with_second(Purpose::Join).await;
    bench.task.on_message(ToSession::Command(Command::StopEverything)).await;
    bench.task.carry_out().await;
    let mut ended = bench.ended();
    ended.sort_unstable();
    assert_eq!(ended, [(FIRST, "CustomerStopped".to_owned()), (SECOND, "CustomerStopped".to_owned())]);
    bench.task.refresh_view();
    assert_eq!(bench.task.view.state, SessionState::Ended { reason: EndReason::CustomerStopped });
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_without_the_feature_nobody_is_even_asked() {
    let mut bench = Bench::new(&[]).await;
    bench.task.on_wish_for_another(REP, &Secret(CODE.to_owned()), "Bo Lind", Purpose::TakeOver);
    assert!(bench.task.prompts.current().is_none() && bench.task.coming.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_no_of_the_customers_goes_nowhere() {
    let mut bench = Bench::new(&["session-handoff"]).await;
    bench.task.on_wish_for_another(REP, &Secret(CODE.to_owned()), "Bo Lind", Purpose::TakeOver);
    let prompt = bench.task.prompts.current().cloned().unwrap();
    bench.task.on_answer(prompt.id, false);
    assert!(!bench.said().iter().any(|message| matches!(message, ToRelay::JoinBeside { .. })));
    let offer = SessionOffer { session: SECOND, ..offer(Vec::new()) };
    let (relay, licences) = ([127, 0, 0, 1].into(), LicenceCheck::new(Some([0; 32]), 0));
    bench.hear(ToSession::Offer { offer: Box::new(offer), relay, code_key: [0; 32], licences }).await;
    assert!(bench.task.besides.is_empty(), "a relay that brings somebody all the same is refused");
    assert_eq!(bench.ended(), [(SECOND, "over".to_owned())]);
}

/// Scar: the first left as soon as there was a line, and the second's program then failed for want of a plugin.
/// Scar: a console that had died left its question standing, and whoever took the session next was not let in.
#[tokio::test(flavor = "multi_thread")]
async fn h1_the_next_colleague_takes_the_place_of_one_the_customer_was_only_asked_about() {
    let mut bench = Bench::new(&["session-handoff"]).await;
    for name in ["Bo Lind", "Cleo Park"] {
        bench.task.on_wish_for_another(REP, &Secret(CODE.to_owned()), name, Purpose::TakeOver);
        let prompt = bench.task.prompts.current().cloned().unwrap();
        assert!(matches!(&prompt.kind, PromptKind::Beside { rep, .. } if rep == name));
    }
    let prompt = bench.task.prompts.current().cloned().unwrap();
    assert!(bench.task.prompts.answered(prompt.id).is_some());
    assert!(bench.task.prompts.current().is_none(), "one question");
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_before_the_seconds_plugins_run_the_first_does_not_leave() {
    let mut bench = Bench::new(&["session-handoff"]).await;
    bench.let_in(Purpose::TakeOver).await;
    bench.pair().await;
    bench.greet().await;
    assert_eq!((bench.task.config.id, bench.ended()), (FIRST, vec![]));
    bench.task.feed_beside(SECOND, Event::PeerEnded(EndReason::PluginsFailed));
    bench.task.carry_out_besides().await;
    assert_eq!(bench.ended(), [(SECOND, "PluginsFailed".to_owned())]);
    assert_eq!((bench.task.config.id, bench.names()), (FIRST, vec!["Anna Berg".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_somebody_else_than_the_customer_was_asked_about_is_not_let_in() {
    let named = |rep: &str, account: &str| SessionOffer {
        rep: rep.to_owned(),
        account: account.to_owned(),
        ..offer(Vec::new())
    };
    for brought in [named("Mallory", "Acme"), named("", "Acme"), named("Bo Lind", "Umbrella")] {
        let mut bench = Bench::new(&["session-handoff"]).await;
        bench.say_yes(Purpose::Join);
        bench.bring(brought, false).await;
        assert!(bench.task.besides.is_empty() && bench.task.coming.is_none());
        assert_eq!(bench.ended(), [(SECOND, "NotTrusted".to_owned())]);
    }
}

/// Scar: the relay had missed that an end left, and its word of that end took the place of whoever was to come.
#[tokio::test(flavor = "multi_thread")]
async fn h1_an_end_that_has_left_and_is_offered_again_is_nobody_who_comes() {
    let mut bench = Bench::new(&["session-handoff"]).await;
    bench.say_yes(Purpose::Join);
    bench.bring(SessionOffer { rep: "Bo Lind".to_owned(), ..offer(Vec::new()) }, true).await;
    assert!(bench.task.besides.is_empty() && bench.task.coming.is_some(), "they may come yet");
    assert_eq!(bench.ended(), [(SECOND, "over".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_question_that_nobody_answers_is_in_nobodys_way() {
    let mut bench = Bench::new(&["session-handoff"]).await;
    bench.task.on_wish_for_another(REP, &Secret(CODE.to_owned()), "Bo Lind", Purpose::Join);
    bench.task.tend_besides();
    assert!(bench.task.prompts.current().is_some());
    let Some(long_ago) = Instant::now().checked_sub(Duration::from_secs(200)) else { return };
    bench.task.coming.as_mut().unwrap().begun = long_ago;
    bench.task.tend_besides();
    assert!(bench.task.prompts.current().is_none() && bench.task.coming.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_once_the_keys_are_known_the_relay_cannot_say_that_the_code_was_wrong() {
    let mut bench = Bench::with_second(Purpose::Join).await;
    bench.hear(ToSession::PairingFailed { attempts_left: 2 }).await;
    assert_eq!(bench.names(), ["Anna Berg", "Bo Lind"]);
}

/// Scar: after a crash of the customer's program the second rep waited ten minutes for somebody who was back with the first.
#[tokio::test(flavor = "multi_thread")]
async fn h2_the_note_knows_who_is_beside_and_for_no_longer_than_they_are() {
    let mut bench = Bench::with_second(Purpose::Join).await;
    let place = bench.folder.path().join("session.json");
    let beside = || crate::resume::ResumeNote::read(&place).unwrap().beside;
    assert_eq!(beside(), [(SECOND.0, "token".to_owned())]);
    bench.task.feed_beside(SECOND, Event::PeerEnded(EndReason::RepEnded));
    bench.task.carry_out_besides().await;
    assert!(beside().is_empty());
}

/// Scar: the customer's window waited for the first rep while the second was there and helped.
#[tokio::test(flavor = "multi_thread")]
async fn h2_while_the_first_is_lost_and_the_second_helps_nobody_is_waited_for() {
    for (purpose, waits) in [(Purpose::Join, false), (Purpose::Observe, true)] {
        let mut bench = Bench::with_second(purpose).await;
        bench.task.feed(Event::LinkDown);
        bench.task.carry_out().await;
        bench.task.refresh_view();
        assert_eq!(matches!(bench.task.view.state, SessionState::Lost { .. }), waits);
        assert_eq!(bench.names(), ["Bo Lind"], "who is there is shown");
    }
}
