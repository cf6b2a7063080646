//! A rep who is in the session already has it handed over to them: no second session, no other keys, nobody lost.

use super::*;

impl Bench {
    /// The first wishes that the second leads.
    async fn hand_to_second(&mut self) {
        self.task.on_wish_to_lead(REP, SECOND, "Bo Lind");
        self.task.carry_out_besides().await;
    }

    fn leads(&mut self) -> (SessionId, Vec<String>) {
        (self.task.config.id, self.names())
    }

    fn answer(&mut self, allow: bool) {
        let prompt = self.task.prompts.current().cloned().unwrap();
        assert!(matches!(
            &prompt.kind,
            PromptKind::Beside { rep, from, purpose: Purpose::TakeOver, .. } if rep == "Bo Lind" && from == "Anna Berg"
        ));
        self.task.on_answer(prompt.id, allow);
    }
}

fn first() -> (SessionId, Vec<String>) {
    (FIRST, vec!["Anna Berg".to_owned()])
}

fn both() -> (SessionId, Vec<String>) {
    (FIRST, vec!["Anna Berg".to_owned(), "Bo Lind".to_owned()])
}

fn second() -> (SessionId, Vec<String>) {
    (SECOND, vec!["Bo Lind".to_owned()])
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_who_is_beside_comes_to_lead_with_the_keys_and_the_line_that_they_have() {
    let mut bench = Bench::with_second(Purpose::Join).await;
    let [beside] = bench.task.besides.as_slice() else { panic!() };
    let (keys, talks) = (beside.end.identity.fingerprint(), beside.end.conversations);
    bench.said();
    bench.hand_to_second().await;
    assert_eq!(bench.leads(), second());
    let said = bench.said();
    assert!(!said.iter().any(|message| matches!(message, ToRelay::JoinBeside { .. } | ToRelay::Signal { .. })));
    let ended =
        |message: &ToRelay| matches!(message, ToRelay::EndSession { session: FIRST, reason } if reason == "HandedOver");
    assert!(said.iter().any(ended));
    assert_eq!((bench.task.end.identity.fingerprint(), bench.task.end.conversations), (keys, talks));
    assert!(bench.task.prompts.current().is_none() && bench.task.besides.is_empty());
    assert_eq!(*bench.task.end.machine.state(), State::Active);
    let shared = bench.task.shared.clone().unwrap();
    assert_eq!(shared.peers().iter().map(|peer| peer.id).collect::<Vec<_>>(), [3], "the number that they had");
    let told = |notice: &crate::view::Notice| notice.host == Some(HostNotice::RepTookOver);
    assert!(bench.task.view.notices.iter().any(told), "the customer is told");
}

/// Somebody who only looked on may do more from then on: that is for the customer to say.
#[tokio::test(flavor = "multi_thread")]
async fn h1_who_looks_on_comes_to_lead_by_the_customers_word_alone() {
    let mut bench = Bench::with_second(Purpose::Observe).await;
    bench.hand_to_second().await;
    assert_eq!(bench.leads(), both(), "the customer is asked first");
    bench.answer(true);
    bench.task.carry_out_besides().await;
    assert_eq!(bench.leads(), first(), "their line is made anew, and the first stays until then");
    bench.meet().await;
    assert_eq!(bench.leads(), second());
    assert!(!bench.task.shared.as_ref().unwrap().is_observing(3));
    assert!(!bench.task.view.reps.iter().any(|rep| rep.observing));
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_no_of_the_customers_leaves_them_looking_on() {
    let mut bench = Bench::with_second(Purpose::Observe).await;
    bench.hand_to_second().await;
    bench.answer(false);
    bench.task.carry_out_besides().await;
    assert_eq!(bench.leads(), both());
    assert!(bench.task.coming.is_none() && bench.task.shared.as_ref().unwrap().is_observing(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_if_they_vanish_while_the_customer_is_asked_or_after_it_the_first_has_the_session() {
    for answered in [false, true] {
        let mut bench = Bench::with_second(Purpose::Observe).await;
        bench.hand_to_second().await;
        if answered {
            bench.answer(true);
        }
        bench.task.feed_beside(SECOND, Event::LinkDown);
        bench.hear(ToSession::EndedByRelay { why: Some(EndReason::RepGone) }).await;
        assert_eq!(bench.leads(), first(), "{answered}");
        assert!(bench.task.prompts.current().is_none() && bench.task.coming.is_none(), "{answered}");
        assert_eq!(*bench.task.end.machine.state(), State::Active, "{answered}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_who_is_not_there_is_called_otherwise_or_asks_for_themselves_does_not_come_to_lead() {
    let third = SessionId([9; 16]);
    for (from, session, name) in
        [(REP, third, "Bo Lind"), (REP, SECOND, "Mallory"), (3, SECOND, "Bo Lind"), (REP, FIRST, "Anna Berg")]
    {
        let mut bench = Bench::with_second(Purpose::Join).await;
        bench.task.on_wish_to_lead(from, session, name);
        bench.task.carry_out_besides().await;
        assert_eq!(bench.leads(), both(), "{from} {name}");
        assert!(bench.task.coming.is_none());
    }
    // Nor who is lost just then, nor at the word of somebody who only looks on.
    let mut bench = Bench::with_second(Purpose::Join).await;
    bench.task.feed_beside(SECOND, Event::LinkDown);
    bench.task.carry_out_besides().await;
    bench.hand_to_second().await;
    assert_eq!(bench.leads(), first());
    let mut bench = Bench::with_second(Purpose::Observe).await;
    bench.task.on_wish_to_lead(3, FIRST, "Anna Berg");
    bench.task.carry_out_besides().await;
    assert_eq!(bench.leads(), both());
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_who_is_beside_hands_their_part_to_whoever_leads_and_leaves() {
    let mut bench = Bench::with_second(Purpose::Join).await;
    bench.said();
    bench.task.on_wish_to_lead(3, FIRST, "Anna Berg");
    bench.task.carry_out_besides().await;
    assert_eq!(bench.ended(), [(SECOND, "HandedOver".to_owned())]);
    assert_eq!(bench.leads(), first());
}

/// The customer has said yes to somebody who looks on, and their line is being made anew.
async fn promoted() -> Bench {
    let mut bench = Bench::with_second(Purpose::Observe).await;
    bench.hand_to_second().await;
    bench.answer(true);
    bench.task.carry_out_besides().await;
    bench
}

/// Scar: whoever could not make their line anew in time was out of a session that was to be as before.
#[tokio::test(flavor = "multi_thread")]
async fn h1_who_was_let_lead_and_takes_too_long_looks_on_as_before() {
    let Some(long_ago) = Instant::now().checked_sub(2 * PATIENCE) else { return };
    let mut bench = promoted().await;
    bench.task.besides.first_mut().unwrap().since = long_ago;
    bench.task.tend_besides();
    bench.task.carry_out_besides().await;
    assert_eq!((bench.leads(), bench.ended()), (first(), vec![]));
    assert!(bench.task.view.notices.iter().any(|notice| notice.host == Some(HostNotice::RepKeeps)));
    bench.meet().await;
    assert_eq!(bench.leads(), both());
    assert!(bench.task.shared.as_ref().unwrap().is_observing(3));
    // And who has not met the customer's plugins by then, though the line stands.
    let mut bench = promoted().await;
    bench.greet().await;
    bench.task.besides.first_mut().unwrap().since = long_ago;
    bench.task.tend_besides();
    bench.task.carry_out_besides().await;
    bench.meet().await;
    assert!(bench.task.shared.as_ref().unwrap().is_observing(3));
}

/// Scar: if the first vanished for good meanwhile, nobody was found to lead, and everybody lost the customer.
#[tokio::test(flavor = "multi_thread")]
async fn h1_if_the_first_is_gone_before_that_who_was_let_lead_is_waited_for() {
    let mut bench = promoted().await;
    bench.task.feed(Event::LinkDown);
    bench.task.carry_out().await;
    if let Some(long_ago) = Instant::now().checked_sub(2 * PATIENCE) {
        bench.task.besides.first_mut().unwrap().since = long_ago;
        bench.task.tend_besides();
        bench.task.carry_out_besides().await;
    }
    bench.task.feed(Event::RelayEnded(Some(EndReason::RepGone)));
    bench.task.carry_out().await;
    assert_eq!(bench.task.config.id, SECOND);
    assert!(!bench.task.is_over());
    for event in [Event::LinkUp, Event::Greeted { compatible: true }] {
        bench.task.feed(event);
    }
    bench.task.carry_out().await;
    assert_eq!(bench.leads(), second());
    assert!(!bench.task.shared.as_ref().unwrap().is_observing(3));
}
