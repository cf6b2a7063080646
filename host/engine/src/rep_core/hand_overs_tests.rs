//! What a rep is asked, or opens from a portal's queue: what is said to the relay of it, and what is shown.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::super::tests::{Bench, id};
use super::*;
use crate::rep_view::RepCommand;
use lotse_protocol::control::FromRelay;
use lotse_protocol::handover::Purpose;
use lotse_protocol::question::{Offered, QuestionId, Queue, RunningSession, WaitingQuestion};

const OFFER: HandOverId = HandOverId([6; 16]);

/// The relay shows it, for so many seconds; 0: by choice.
fn shown(for_s: u16) -> FromRelay {
    let offer = OfferedHandOver {
        offer: OFFER,
        from: "Anna\u{202e} Berg".to_owned(),
        purpose: Purpose::TakeOver,
        customer: "K. Weber".to_owned(),
        system: "Windows 11".to_owned(),
        question: String::new(),
        portal: String::new(),
        note: "Knows the driver".to_owned(),
        notes: "Roller worn".to_owned(),
    };
    FromRelay::HandOverOffered { offer: Box::new(offer), for_s }
}

/// The key that the relay is told next.
fn looked(bench: &mut Bench) -> Option<Vec<u8>> {
    bench.said().into_iter().find_map(|message| match message {
        ToRelay::LookAtHandOver { offer: OFFER, key } => Some(key),
        _ => None,
    })
}

fn asked(bench: &Bench) -> Option<&AskedHandOver> {
    bench.core.hand_overs.shown.as_ref()
}

fn news(bench: &Bench) -> Option<QuestionEnd> {
    bench.core.questions.shown.news.as_ref().map(|news| news.end.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_running_session_stands_in_the_list_as_one_and_is_opened_by_answering_it() {
    let mut bench = Bench::signed_in().await;
    let running = RunningSession {
        from: "Anna\u{202e} Berg".to_owned(),
        purpose: Purpose::TakeOver,
        note: "x".repeat(9000),
        yours: false,
    };
    let row = WaitingQuestion {
        question: OFFER.row(),
        name: "K. Weber".to_owned(),
        text: String::new(),
        portal: "Billing".to_owned(),
        language: String::new(),
        system: "Windows 11".to_owned(),
        waiting_s: 5,
        offered: Offered::Nobody,
        running: Some(running),
    };
    bench.hear(FromRelay::Questions(Queue { waiting: vec![row], more: 0, has_portal: true })).await;
    let listed = bench.core.questions.shown.waiting.first().unwrap().running.clone().unwrap();
    assert_eq!((listed.from.as_str(), listed.note.chars().count()), ("Anna Berg", NOTE_CHARS_MAX));
    bench.core.on_command(RepCommand::AnswerQuestion { question: QuestionId(OFFER.0) });
    assert!(matches!(bench.said()[..], [ToRelay::AnswerQuestion { question }] if question == OFFER.row()));
    assert_eq!(bench.core.questions.shown.answering, Some(OFFER.row()));
    bench.hear(shown(0)).await;
    assert_eq!(bench.core.questions.shown.answering, None);
    let opened = asked(&bench).unwrap();
    assert_eq!((opened.until, opened.from.as_str(), opened.notes.as_str()), (None, "Anna Berg", "Roller worn"));
    assert!(looked(&mut bench).is_some(), "what was said is asked for at once");
    let later = Instant::now() + Duration::from_secs(3600);
    assert!(!bench.core.hand_overs.expire(later), "it is read for as long as it takes");
    bench.core.on_command(RepCommand::AnswerHandOver { offer: OFFER, accept: true });
    assert!(matches!(bench.said()[..], [ToRelay::AnswerHandOver { offer: OFFER, accept: true }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_what_is_read_by_choice_stays_when_its_turn_comes_and_its_end_is_told() {
    let cases = [
        (AskedEnd::Taken, Some(QuestionEnd::SessionTaken)),
        (AskedEnd::Withdrawn, Some(QuestionEnd::SessionGone)),
        (AskedEnd::Passed, None),
        (AskedEnd::Yours { session: id(4) }, None),
    ];
    for (end, told) in cases {
        let mut bench = Bench::signed_in().await;
        bench.hear(shown(0)).await;
        let key = looked(&mut bench).unwrap();
        let body = sealed::seal_summary("It is silent", &key).unwrap();
        bench.hear(FromRelay::HandOverSummary { offer: OFFER, body }).await;
        bench.hear(shown(60)).await;
        let turn = asked(&bench).unwrap();
        assert!(turn.until.is_some() && turn.summary.as_deref() == Some("It is silent"));
        bench.hear(FromRelay::HandOverOver { offer: HandOverId([9; 16]), end }).await;
        assert!(asked(&bench).is_some(), "that was another one");
        bench.hear(FromRelay::HandOverOver { offer: OFFER, end }).await;
        assert_eq!((asked(&bench), news(&bench)), (None, told));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_what_a_colleague_took_a_moment_before_is_closed_with_the_relays_reason() {
    let mut bench = Bench::signed_in().await;
    bench.hear(shown(0)).await;
    bench.hear(FromRelay::Refused { reason: "something else".to_owned() }).await;
    assert!(asked(&bench).is_some());
    bench.core.on_command(RepCommand::AnswerHandOver { offer: OFFER, accept: true });
    bench.hear(FromRelay::Refused { reason: "This session is not offered any more.".to_owned() }).await;
    assert!(asked(&bench).is_none() && bench.core.problem.is_some());
    // A turn that is still this rep's can be answered once more.
    bench.hear(shown(60)).await;
    bench.core.on_command(RepCommand::AnswerHandOver { offer: OFFER, accept: true });
    bench.hear(FromRelay::Refused { reason: "in a moment".to_owned() }).await;
    assert!(asked(&bench).is_some_and(|asked| !asked.accepting));
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_session_that_was_taken_has_its_code_sealed_to_the_colleague() {
    let mut bench = Bench::signed_in().await;
    bench.hear(shown(0)).await;
    bench.said();
    let opener = Opener::new().unwrap();
    let (offer, session, key) = (OFFER, id(4), opener.public().to_vec());
    let accepted = AcceptedHandOver { offer, session, nameplate: 48_291, expires_in_s: 900, key };
    bench.hear(FromRelay::HandOverAccepted(Box::new(accepted))).await;
    assert!(asked(&bench).is_none());
    let said = bench.said();
    let body = said.iter().find_map(|message| match message {
        ToRelay::HandOverCode { session: of, body } if *of == session => Some(body.clone()),
        _ => None,
    });
    assert_eq!(opener.code(&body.unwrap()).map(|code| code.nameplate()), Some(48_291));
}
