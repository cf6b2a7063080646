//! What a rep is asked, or opens from a portal's queue: what is said to the relay of it, and what is shown.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::super::tests::{Bench, id};
use super::*;
use crate::rep_view::RepCommand;
use crate::view::{PluginState, PluginView};
use lotse_protocol::control::FromRelay;
use lotse_protocol::handover::Purpose;
use lotse_protocol::question::{Offered, QuestionId, Queue, RunningSession, WaitingQuestion};
use tokio::sync::{mpsc, watch};

const OFFER: HandOverId = HandOverId([6; 16]);
const OTHER: HandOverId = HandOverId([7; 16]);

/// The relay shows it, for so many seconds; 0: by choice.
fn shown(for_s: u16) -> FromRelay {
    shown_as(OFFER, for_s)
}

fn shown_as(offer: HandOverId, for_s: u16) -> FromRelay {
    let offer = OfferedHandOver {
        offer,
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
    bench.core.hand_overs.shown()
}

fn answer(bench: &mut Bench, offer: HandOverId, accept: bool) {
    bench.core.on_command(RepCommand::AnswerHandOver { offer, accept });
}

async fn over(bench: &mut Bench, offer: HandOverId, end: AskedEnd) {
    bench.hear(FromRelay::HandOverOver { offer, end }).await;
}

fn accepted(offer: HandOverId, session: SessionId) -> FromRelay {
    let key = Opener::new().unwrap().public().to_vec();
    let accepted = AcceptedHandOver { offer, session, nameplate: 48_291, expires_in_s: 900, key };
    FromRelay::HandOverAccepted(Box::new(accepted))
}

/// A session of this rep's whose task the test plays.
fn session(bench: &mut Bench, number: usize) -> mpsc::Receiver<ToSession> {
    bench.core.on_code(id(number), 7, 900);
    let (inbox, heard) = mpsc::channel(16);
    bench.core.sessions.last_mut().unwrap().handle.inbox = inbox;
    heard
}

/// What it is told of a colleague's place.
fn agreed(heard: &mut mpsc::Receiver<ToSession>) -> Vec<String> {
    let heard = std::iter::from_fn(|| heard.try_recv().ok());
    let told = heard.filter_map(|message| match message {
        ToSession::HandOver(HandOverNews::Agreed { from, on }) => Some(format!("{from}: {on}")),
        ToSession::HandOver(HandOverNews::Yours) => Some("theirs".to_owned()),
        _ => None,
    });
    told.collect()
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
        no_place: None,
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
        assert_eq!((turn.until, turn.for_s), (None, 0), "nobody hurries whoever reads it already");
        assert_eq!(turn.summary.as_deref(), Some("It is silent"));
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

/// Scar: it was closed as not answered a minute after a turn that nobody had asked for.
#[tokio::test(flavor = "multi_thread")]
async fn h1_what_is_read_by_choice_is_read_on_and_can_be_taken_when_its_turn_is_over() {
    let mut bench = Bench::signed_in().await;
    bench.hear(shown(0)).await;
    bench.hear(shown(60)).await;
    over(&mut bench, OFFER, AskedEnd::Passed).await;
    assert!(asked(&bench).is_some() && news(&bench).is_none());
    bench.said();
    answer(&mut bench, OFFER, true);
    let said = bench.said();
    let [ToRelay::AnswerQuestion { question }, ToRelay::AnswerHandOver { offer: OFFER, accept: true }] = said[..]
    else {
        panic!("{said:?}")
    };
    assert_eq!(question, OFFER.row(), "the relay counts them among its readers again");
    bench.hear(shown(0)).await;
    assert!(asked(&bench).is_some_and(|asked| asked.accepting), "and the yes stands");
    // A turn that was nothing but one is over with its time.
    bench.hear(shown_as(OTHER, 60)).await;
    over(&mut bench, OTHER, AskedEnd::Passed).await;
    assert!(bench.core.hand_overs.open.get(OTHER).is_none());
}

/// Scar: of two the second took the first's place: what was read was gone, and what was said yes to was let go as not come.
#[tokio::test(flavor = "multi_thread")]
async fn h1_nothing_takes_the_place_of_a_yes_and_what_was_opened_is_there_again() {
    let mut bench = Bench::signed_in().await;
    let on_top = |bench: &Bench| asked(bench).map(|asked| asked.id);
    bench.hear(shown(0)).await;
    bench.hear(shown_as(OTHER, 60)).await;
    assert_eq!(on_top(&bench), Some(OTHER), "it has an end");
    answer(&mut bench, OTHER, false);
    assert_eq!(on_top(&bench), Some(OFFER));
    answer(&mut bench, OFFER, true);
    bench.hear(shown_as(OTHER, 60)).await;
    assert_eq!(on_top(&bench), Some(OFFER));
    bench.said();
    bench.hear(accepted(OFFER, id(4))).await;
    let said = bench.said();
    assert!(said.iter().any(|message| matches!(message, ToRelay::HandOverCode { .. })), "{said:?}");
    assert_eq!(on_top(&bench), Some(OTHER));
    bench.hear(shown(0)).await;
    assert_eq!(on_top(&bench), Some(OTHER), "whoever is asked by name answers first");
    over(&mut bench, OTHER, AskedEnd::Passed).await;
    assert_eq!(on_top(&bench), Some(OFFER));
    for number in 0..20 {
        bench.hear(shown_as(HandOverId([number; 16]), 0)).await;
    }
    let open = (0..20).filter(|number| bench.core.hand_overs.open.get(HandOverId([*number; 16])).is_some());
    assert_eq!(open.count(), 8, "a relay fills no memory");
}

/// Scar: the relay refused something else meanwhile, and what had been taken was let go.
#[tokio::test(flavor = "multi_thread")]
async fn h1_a_yes_outlasts_what_else_the_relay_refuses() {
    let mut bench = Bench::signed_in().await;
    bench.hear(shown(0)).await;
    answer(&mut bench, OFFER, true);
    bench.hear(FromRelay::Refused { reason: "something else".to_owned() }).await;
    bench.said();
    bench.hear(accepted(OFFER, id(4))).await;
    let said = bench.said();
    assert!(said.iter().any(|message| matches!(message, ToRelay::HandOverCode { .. })), "{said:?}");
}

/// Scar: their own yes was known by one word of the relay's alone. If that was lost they led and could do nothing, for good.
#[tokio::test(flavor = "multi_thread")]
async fn h1_who_agrees_to_lead_where_they_are_is_known_there_before_the_relay_hears_it() {
    for for_s in [0, 60] {
        let mut bench = Bench::signed_in().await;
        let (mut one, mut two) = (session(&mut bench, 1), session(&mut bench, 2));
        bench.hear(shown(for_s)).await;
        assert!(agreed(&mut one).is_empty());
        answer(&mut bench, OFFER, true);
        assert_eq!(
            (agreed(&mut one), agreed(&mut two)),
            (vec!["Anna Berg: true".to_owned()], vec!["Anna Berg: true".to_owned()])
        );
        bench.hear(FromRelay::Refused { reason: "something else".to_owned() }).await;
        assert!(agreed(&mut one).is_empty());
        over(&mut bench, OFFER, AskedEnd::Yours { session: id(1) }).await;
        assert_eq!(agreed(&mut one), ["theirs"]);
        assert_eq!(agreed(&mut two), ["Anna Berg: false"], "it was no other session with the same colleague");
    }
    // Without a yes there is nothing that could be theirs, and what came to nothing is told.
    let mut bench = Bench::signed_in().await;
    let mut one = session(&mut bench, 1);
    bench.hear(shown(60)).await;
    over(&mut bench, OFFER, AskedEnd::Yours { session: id(1) }).await;
    assert!(agreed(&mut one).is_empty());
    bench.hear(shown(60)).await;
    answer(&mut bench, OFFER, true);
    over(&mut bench, OFFER, AskedEnd::Withdrawn).await;
    assert_eq!(agreed(&mut one), ["Anna Berg: true", "Anna Berg: false"]);
}

/// Scar: when its turn came, the answer to what was asked before used up the key of what was asked then.
#[tokio::test(flavor = "multi_thread")]
async fn h1_what_was_said_is_read_out_of_the_answer_to_either_key() {
    let sealed = |text: &str, key: &[u8]| FromRelay::HandOverSummary {
        offer: OFFER,
        body: sealed::seal_summary(text, key).unwrap(),
    };
    for lost in [false, true] {
        let mut bench = Bench::signed_in().await;
        bench.hear(shown(0)).await;
        let first = looked(&mut bench).unwrap();
        bench.hear(shown(60)).await;
        let second = looked(&mut bench).unwrap();
        let told = |bench: &Bench| asked(bench).unwrap().summary.clone();
        if !lost {
            bench.hear(sealed("It is silent", &first)).await;
            assert_eq!(told(&bench).as_deref(), Some("It is silent"));
        }
        bench.hear(sealed("It prints", &second)).await;
        assert_eq!(told(&bench).as_deref(), Some("It prints"), "{lost}");
    }
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

/// A running session with this plugin, as windows are shown it.
fn with_plugin(asks: Capability, state: PluginState) -> View {
    let plugin = PluginView {
        id: "com.example.relief".to_owned(),
        name: "Relief".to_owned(),
        version: "1.0.0".to_owned(),
        signer: None,
        feature: Some("example-relief".to_owned()),
        asks: [asks].into_iter().collect(),
        state,
        calls: 0,
        cpu_us: 0,
        memory_bytes: 0,
        sent_bytes: 0,
        received_bytes: 0,
        restarts: 0,
    };
    View { state: SessionState::Active, plugins: vec![plugin], ..View::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_who_could_help_is_asked_for_where_some_plugin_may_ask_for_them() {
    let unlicensed = PluginState::NotLicensed { contact: String::new() };
    let cases = [
        (with_plugin(Capability::Directory, PluginState::Running), true),
        (with_plugin(Capability::Directory, unlicensed), false),
        (with_plugin(Capability::Handover, PluginState::Running), false),
    ];
    for (view, wanted) in cases {
        let mut bench = Bench::signed_in().await;
        let _heard = session(&mut bench, 1);
        bench.core.sessions.last_mut().unwrap().handle.view = watch::channel(Arc::new(view)).1;
        bench.said();
        bench.core.look_for_help(Instant::now());
        assert_eq!(bench.said().iter().any(|message| matches!(message, ToRelay::Directory)), wanted);
    }
}
