//! Questions of customers: what is said to the relay of them, and what people are shown.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::tests::{Bench, id, met};
use super::*;
use crate::question_view::QuestionEnd;
use crate::sealed;
use crate::view::SessionState;
use lotse_protocol::control::FromRelay;
use lotse_protocol::question::{
    AnsweredQuestion, Availability, OFFER_S_MAX, OfferEnd, Offered, QUESTION_CHARS_MAX, QUESTIONS_TOLD_MAX, QuestionId,
    Queue, SEALED_CODE_BYTES, WaitingQuestion,
};

fn number(number: u8) -> QuestionId {
    QuestionId([number; 16])
}

fn waiting(of: u8, waiting_s: u64, offered: Offered) -> WaitingQuestion {
    WaitingQuestion {
        question: number(of),
        name: "K. Weber".to_owned(),
        text: "It does not print".to_owned(),
        portal: "Billing".to_owned(),
        language: "de".to_owned(),
        system: "Windows 11".to_owned(),
        waiting_s,
        offered,
        running: None,
    }
}

fn list(waiting: Vec<WaitingQuestion>) -> FromRelay {
    FromRelay::Questions(Queue { waiting, more: 0, has_portal: true })
}

fn offered(of: u8, for_s: u16) -> FromRelay {
    FromRelay::QuestionOffered { question: Box::new(waiting(of, 5, Offered::You)), for_s }
}

fn answered(of: u8, session: usize, page_key: Vec<u8>) -> FromRelay {
    FromRelay::QuestionAnswered(Box::new(AnsweredQuestion {
        question: waiting(of, 5, Offered::You),
        session: id(session),
        nameplate: 48_291,
        expires_in_s: 900,
        page_key,
    }))
}

/// A session that began with a question and waits for its customer's program.
async fn with_answered() -> Bench {
    let mut bench = Bench::signed_in().await;
    let (_, public) = sealed::tests::page();
    bench.hear(answered(3, 1, public)).await;
    assert!(matches!(bench.said().as_slice(), [ToRelay::SealedCode { .. }]));
    bench
}

fn news(bench: &Bench) -> Option<QuestionEnd> {
    bench.core.questions.shown.news.as_ref().map(|news| news.end.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn q1_how_questions_are_taken_is_said_after_each_sign_in_and_at_each_change() {
    let mut bench = Bench::trying().await;
    let wanted = Availability { ready: true, offer_s: 60, in_session: true };
    bench.core.on_command(RepCommand::Availability(wanted));
    assert!(bench.said().is_empty(), "nobody is signed in yet");
    bench.sign_in().await;
    assert!(matches!(bench.said().as_slice(), [ToRelay::Availability(said)] if *said == wanted));
    bench.core.on_command(RepCommand::Ready { on: false });
    let away = Availability { ready: false, ..wanted };
    assert!(matches!(bench.said().as_slice(), [ToRelay::Availability(said)] if *said == away));
    bench.lose_connection().await;
    bench.core.on_command(RepCommand::Availability(Availability { offer_s: 9999, ..away }));
    bench.said();
    bench.sign_in().await;
    let [ToRelay::Availability(said)] = bench.said()[..] else { panic!("it is said again") };
    assert_eq!(said, Availability { offer_s: OFFER_S_MAX, ..away }, "within its bounds");
    assert_eq!(bench.core.questions.shown.availability, Some(said), "and shown as it was said");
}

#[tokio::test(flavor = "multi_thread")]
async fn q1_who_said_nothing_of_questions_is_offered_none() {
    let mut bench = Bench::signed_in().await;
    assert!(bench.said().is_empty());
    assert_eq!(bench.core.questions.shown.availability, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn q1_what_became_of_an_offer_is_told() {
    let taken = || OfferEnd::Taken("Bo\u{202e} Lind\n".to_owned());
    let cases = [
        (false, OfferEnd::Passed, QuestionEnd::TimeOver),
        (true, OfferEnd::Passed, QuestionEnd::YouPassed),
        (false, taken(), QuestionEnd::Taken { by: "Bo Lind".to_owned() }),
        (true, taken(), QuestionEnd::Taken { by: "Bo Lind".to_owned() }),
        (false, OfferEnd::Left, QuestionEnd::Left),
        (false, OfferEnd::Closed("Bo\u{202e} Lind\n".to_owned()), QuestionEnd::Closed { by: "Bo Lind".to_owned() }),
    ];
    let mut bench = Bench::signed_in().await;
    for (passes, end, wanted) in cases {
        bench.hear(offered(3, 30)).await;
        let offer = bench.core.questions.shown.offer.clone().unwrap();
        assert_eq!((offer.for_s, offer.question.text.as_str()), (30, "It does not print"));
        assert!(offer.until > Instant::now());
        if passes {
            bench.core.on_command(RepCommand::PassQuestion { question: number(3) });
            assert!(matches!(bench.said()[..], [ToRelay::PassQuestion { question }] if question == number(3)));
        }
        bench.hear(FromRelay::QuestionOver { question: number(9), end: OfferEnd::Left }).await;
        assert!(bench.core.questions.shown.offer.is_some(), "that was another one");
        bench.hear(FromRelay::QuestionOver { question: number(3), end }).await;
        assert_eq!((bench.core.questions.shown.offer.as_ref(), news(&bench)), (None, Some(wanted)));
    }
    bench.core.on_command(RepCommand::PassQuestion { question: number(3) });
    assert!(bench.said().is_empty(), "what is not offered cannot be passed");
    bench.core.on_command(RepCommand::CloseQuestion { question: number(3) });
    assert!(
        matches!(bench.said()[..], [ToRelay::CloseQuestion { question }] if question == number(3)),
        "but closed from the list"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn q1_an_offer_whose_end_is_not_told_ends_by_itself() {
    let mut bench = Bench::signed_in().await;
    bench.hear(offered(3, u16::MAX)).await;
    let until = bench.core.questions.shown.offer.as_ref().unwrap().until;
    assert!(until <= Instant::now() + Duration::from_secs(OFFER_S_MAX.into()), "no longer than a rep may prefer");
    assert!(!bench.core.questions.expire(until), "the relay is given a moment");
    assert!(bench.core.questions.expire(until + Duration::from_secs(60)));
    assert_eq!(bench.core.questions.shown.offer, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn q2_the_list_is_cut_and_cleaned_and_its_times_do_not_jump() {
    let mut bench = Bench::signed_in().await;
    let mut hostile = waiting(1, 60, Offered::Other("Bo\u{202e} Lind".to_owned()));
    hostile.text = "two\nlines \u{202e}".to_owned() + &"x".repeat(10_000);
    hostile.name = "K.\u{0} Weber\n".to_owned();
    let many = (0..500).map(|at| WaitingQuestion { question: QuestionId([at as u8; 16]), ..hostile.clone() }).collect();
    bench.hear(list(many)).await;
    let shown = bench.core.questions.shown.clone();
    assert_eq!((shown.waiting.len(), shown.more), (QUESTIONS_TOLD_MAX, 400));
    let first = shown.waiting.first().unwrap();
    assert_eq!((first.name.as_str(), first.text.chars().count()), ("K. Weber", QUESTION_CHARS_MAX));
    assert!(first.text.starts_with("two lines x"));
    assert_eq!(first.offered, Offered::Other("Bo Lind".to_owned()));

    bench.hear(list(vec![waiting(1, 60, Offered::Nobody)])).await;
    let since = |bench: &Bench| bench.core.questions.shown.waiting.first().unwrap().since;
    let before = since(&bench);
    bench.hear(list(vec![waiting(1, 61, Offered::Nobody)])).await;
    assert_eq!(since(&bench), before, "a second more or less is the way it took");
    bench.hear(list(vec![waiting(1, 600, Offered::Nobody)])).await;
    assert!(since(&bench) < before);
    bench.hear(list(vec![waiting(2, u64::MAX, Offered::Nobody)])).await;
    assert_eq!(bench.core.questions.shown.waiting.len(), 1, "no time is too long");
}

#[tokio::test(flavor = "multi_thread")]
async fn q3_without_the_relay_nothing_is_offered_and_nothing_can_be_answered() {
    let mut bench = Bench::signed_in().await;
    bench.hear(list(vec![waiting(3, 5, Offered::You)])).await;
    bench.hear(offered(3, 30)).await;
    bench.lose_connection().await;
    bench.core.on_command(RepCommand::AnswerQuestion { question: number(3) });
    let shown = &bench.core.questions.shown;
    assert_eq!((shown.waiting.len(), &shown.offer, shown.answering), (0, &None, None));
    assert!(bench.said().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn q1_an_answer_is_asked_for_once_until_the_relay_has_said_something() {
    let mut bench = Bench::signed_in().await;
    bench.hear(list(vec![waiting(3, 5, Offered::Nobody)])).await;
    for _ in 0..3 {
        bench.core.on_command(RepCommand::AnswerQuestion { question: number(3) });
    }
    assert!(matches!(bench.said()[..], [ToRelay::AnswerQuestion { question }] if question == number(3)));
    bench.hear(FromRelay::Refused { reason: "Bo Lind was faster.".to_owned() }).await;
    assert!(matches!(bench.core.problem, Some(Problem::Refused { .. })));
    bench.core.on_command(RepCommand::AnswerQuestion { question: number(3) });
    assert!(matches!(bench.said()[..], [ToRelay::AnswerQuestion { .. }]), "it can be tried again");
    assert_eq!(bench.core.problem, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_an_answered_question_is_a_session_whose_code_only_the_page_reads() {
    let mut bench = Bench::signed_in().await;
    bench.hear(offered(3, 30)).await;
    bench.core.on_command(RepCommand::AnswerQuestion { question: number(3) });
    bench.said();
    let (private, public) = sealed::tests::page();
    bench.hear(answered(3, 1, public.clone())).await;
    let shown = &bench.core.questions.shown;
    assert_eq!((&shown.offer, shown.answering, &shown.news), (&None, None, &None));
    let said = bench.said();
    let [ToRelay::SealedCode { session, body }] = said.as_slice() else { panic!("{said:?}") };
    assert_eq!((*session, body.len()), (id(1), SEALED_CODE_BYTES));
    let code = bench.entry(id(1)).unwrap().code.clone().unwrap();
    let digits: String = code.to_string().chars().filter(|c| *c != ' ').collect();
    assert_eq!(sealed::tests::open(private, &public, body), Some(digits));
    let view = bench.entry(id(1)).unwrap().handle.view.borrow().clone();
    assert_eq!((view.peer.as_str(), view.peer_system.as_str()), ("K. Weber", "Windows 11"));
    assert_eq!((view.question.as_str(), view.portal.as_str()), ("It does not print", "Billing"));
    assert_eq!(view.state, SessionState::Waiting);
    // Told again after a sign-in it is the same session with the same code.
    bench.hear(answered(3, 1, public)).await;
    assert!(matches!(bench.said().as_slice(), [ToRelay::SealedCode { .. }]));
    assert_eq!(bench.core.sessions.len(), 1);
    assert_eq!(bench.entry(id(1)).unwrap().code, Some(code));
}

#[tokio::test(flavor = "multi_thread")]
async fn q3_a_page_whose_key_makes_no_sense_gets_no_code_and_its_question_waits_again() {
    let mut bench = Bench::signed_in().await;
    bench.hear(answered(3, 1, vec![4; 65])).await;
    assert!(matches!(bench.said()[..], [ToRelay::DropCode { session }] if session == id(1)));
    assert!(bench.core.sessions.is_empty());
    let Some(Problem::Other { detail }) = &bench.core.problem else { panic!("{:?}", bench.core.problem) };
    assert!(detail.contains("the page's key makes no sense"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn q3_a_question_whose_customer_does_not_come_waits_again_and_the_rep_is_told() {
    let gone = [FromRelay::CodeExpired { session: id(1) }, FromRelay::CodesAlive { sessions: Vec::new() }];
    for gone in gone {
        let mut bench = with_answered().await;
        bench.hear(gone).await;
        assert!(bench.core.sessions.is_empty(), "there is nothing to read aloud");
        assert_eq!(news(&bench), Some(QuestionEnd::NotCome));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn q3_a_customer_who_vanishes_during_pairing_leaves_the_question_with_its_name() {
    let mut bench = with_answered().await;
    bench.hear(met(id(1))).await;
    bench.until(id(1), |view| view.state == SessionState::Connecting { step: crate::view::Step::Keys }).await;
    bench.hear(FromRelay::Presence { session: id(1), present: false }).await;
    bench
        .until(id(1), |view| view.state == SessionState::Waiting && view.customer_left && view.peer == "K. Weber")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_what_was_asked_reaches_the_session_with_the_relays_offer() {
    let mut bench = Bench::signed_in().await;
    bench.core.on_code(id(1), 7, 900);
    let FromRelay::Session(mut offer) = met(id(1)) else { panic!("it is an offer") };
    offer.question = "It does\nnot print\u{202e}".to_owned();
    offer.portal = "Billing".to_owned();
    bench.hear(FromRelay::Session(offer)).await;
    bench.until(id(1), |view| view.question == "It does not print" && view.portal == "Billing").await;
}
