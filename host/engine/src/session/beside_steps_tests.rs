//! Consoles that die while a second rep is on the way, at every step of it: nobody is left without a session who had one.

use super::*;

/// How far the second is.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Step {
    /// The customer has said yes, and the relay is asked.
    Accepted,
    /// The relay has brought this program to them.
    Brought,
    /// The keys are agreed, and a line is being made.
    Dialing,
    /// The line stands, and their plugins do not run yet.
    Joined,
}

const STEPS: [Step; 4] = [Step::Accepted, Step::Brought, Step::Dialing, Step::Joined];
const PURPOSES: [Purpose; 3] = [Purpose::TakeOver, Purpose::Join, Purpose::Observe];

impl Bench {
    async fn up_to(step: Step, purpose: Purpose) -> Self {
        let mut bench = Self::new(&["session-handoff"]).await;
        bench.say_yes(purpose);
        if step >= Step::Brought {
            bench.bring(SessionOffer { rep: "Bo Lind".to_owned(), ..offer(Vec::new()) }, false).await;
        }
        if step >= Step::Dialing {
            bench.pair().await;
        }
        if step >= Step::Joined {
            bench.greet().await;
        }
        bench
    }

    /// The second's console is gone, and the relay says so.
    async fn second_dies(&mut self, step: Step) {
        if step == Step::Accepted {
            return self.task.on_message(ToSession::NobodyBeside).await;
        }
        self.task.feed_beside(SECOND, Event::LinkDown);
        self.hear(ToSession::EndedByRelay { why: Some(EndReason::RepGone) }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_at_whatever_step_the_seconds_console_dies_the_first_has_the_session() {
    for (step, purpose) in STEPS.into_iter().flat_map(|step| PURPOSES.map(|purpose| (step, purpose))) {
        let mut bench = Bench::up_to(step, purpose).await;
        bench.second_dies(step).await;
        let about = format!("{step:?}, {purpose:?}");
        assert_eq!((bench.task.config.id, bench.names()), (FIRST, vec!["Anna Berg".to_owned()]), "{about}");
        assert_eq!(*bench.task.end.machine.state(), State::Active, "{about}");
        assert!(bench.task.besides.is_empty() && bench.task.coming.is_none(), "{about}");
        bench.said();
        // And it can be tried again.
        bench.let_in(purpose).await;
        assert_eq!(bench.task.besides.len(), 1, "{about}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_if_the_first_dies_on_the_way_whoever_takes_over_leads_all_the_same() {
    for step in [Step::Accepted, Step::Brought, Step::Dialing, Step::Joined] {
        let mut bench = Bench::up_to(step, Purpose::TakeOver).await;
        bench.task.feed(Event::LinkDown);
        bench.task.carry_out().await;
        if step < Step::Brought {
            bench.bring(SessionOffer { rep: "Bo Lind".to_owned(), ..offer(Vec::new()) }, false).await;
        }
        if step < Step::Dialing {
            bench.pair().await;
        }
        bench.meet().await;
        assert_eq!((bench.task.config.id, bench.names()), (SECOND, vec!["Bo Lind".to_owned()]), "{step:?}");
        assert_eq!(*bench.task.end.machine.state(), State::Active, "{step:?}");
    }
}

/// Who has taken it over is waited for as the first was.
#[tokio::test(flavor = "multi_thread")]
async fn h1_when_whoever_leads_now_is_lost_the_customer_waits_for_them() {
    let mut bench = Bench::with_second(Purpose::TakeOver).await;
    bench.task.feed(Event::LinkDown);
    bench.task.carry_out().await;
    bench.task.refresh_view();
    assert!(matches!(bench.task.view.state, SessionState::Lost { .. }));
    bench.task.feed(Event::LinkUp);
    bench.task.feed(Event::Greeted { compatible: true });
    bench.task.carry_out().await;
    assert_eq!((bench.task.config.id, bench.names()), (SECOND, vec!["Bo Lind".to_owned()]));
}

/// At every step the first has the session; so they have once the second was there, and beside.
#[tokio::test(flavor = "multi_thread")]
async fn h2_a_second_who_helped_and_dies_leaves_the_first_with_everything() {
    let mut bench = Bench::with_second(Purpose::Join).await;
    bench.task.feed_beside(SECOND, Event::LinkDown);
    bench.hear(ToSession::EndedByRelay { why: Some(EndReason::RepGone) }).await;
    assert_eq!((bench.task.config.id, bench.names()), (FIRST, vec!["Anna Berg".to_owned()]));
    assert!(bench.task.shared.as_ref().unwrap().is_there(REP));
}

/// Scar: whoever's computer had died was shown as there for eleven minutes.
#[tokio::test(flavor = "multi_thread")]
async fn h2_a_second_whose_line_is_silent_is_not_shown_as_there_and_comes_again_with_it() {
    let mut bench = Bench::with_second(Purpose::Join).await;
    bench.task.feed_beside(SECOND, Event::LinkSilent);
    assert_eq!(bench.names(), ["Anna Berg"]);
    bench.task.feed_beside(SECOND, Event::LinkHeard);
    assert_eq!(bench.names(), ["Anna Berg", "Bo Lind"]);
}

/// Scar: the picture of whoever leads stood without a word while another helped, since their line was silent and not gone.
#[tokio::test(flavor = "multi_thread")]
async fn n4_whose_line_is_silent_is_not_shown_as_there_and_their_picture_is_known_to_stand() {
    let mut bench = Bench::with_second(Purpose::Join).await;
    let shared = bench.task.shared.clone().unwrap();
    let mut under_way = Vec::new();
    for who in [REP, 3] {
        let id = shared.pictures.open(&shared, 0, "a.b", "Screen".to_owned(), &Vec::new()).unwrap();
        let (halves, picture) = tokio::sync::oneshot::channel();
        shared.pictures.present(&shared, id, (who, picture)).unwrap();
        under_way.push(halves);
    }
    let standing = |bench: &mut Bench| -> Vec<String> {
        bench.task.refresh_view();
        let silent = bench.task.view.surfaces.iter().filter(|surface| surface.silent);
        silent.map(|surface| surface.from.clone()).collect()
    };
    assert!(standing(&mut bench).is_empty());
    bench.task.feed(Event::LinkSilent);
    assert_eq!(standing(&mut bench), ["Anna Berg"]);
    assert_eq!(bench.task.view.state, SessionState::Active, "another helps, so nobody is waited for");
    assert_eq!(bench.names(), ["Bo Lind"]);
    bench.task.feed(Event::LinkHeard);
    assert!(standing(&mut bench).is_empty());
    assert_eq!(bench.names(), ["Anna Berg", "Bo Lind"]);
    bench.task.feed_beside(SECOND, Event::LinkSilent);
    assert_eq!(standing(&mut bench), ["Bo Lind"]);
    shared.pictures.close_all();
}

/// Scar: the customer's program passed on to the relay whatever a rep said of who has the session now.
#[tokio::test(flavor = "multi_thread")]
async fn h1_that_a_session_was_handed_over_is_not_for_a_rep_to_say() {
    for said in [EndReason::HandedOver, EndReason::WatchingEnded] {
        let mut bench = Bench::with_second(Purpose::Join).await;
        bench.ended();
        bench.task.on_peer_beside(SECOND, PeerMessage::End { reason: said });
        bench.task.carry_out_besides().await;
        assert_eq!(bench.ended(), [(SECOND, "RepEnded".to_owned())]);
    }
}
