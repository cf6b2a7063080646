//! Questions by cases: whom they are offered to, who may answer, and that none is lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::hub::tests::{Bench, identity};
use crate::hub::{Action, Change, ConnectionId, Input, Limits, People, Stored};
use crate::token::TokenHash;
use lotse_protocol::control::{FromRelay, SessionId, Side};
use lotse_protocol::question::{
    AnsweredQuestion, Availability, OFFER_S, OfferEnd, Offered, QUESTIONS_TOLD_MAX, QuestionId, Queue,
    SEALED_CODE_BYTES, WaitingQuestion,
};
use std::collections::BTreeSet;

mod ends;
mod fair;

/// Leads to every rep of account 1.
pub(super) const HELP: i64 = 1;
/// Leads to team 5, which is rep 2 and rep 3.
pub(super) const BILLING: i64 = 2;
const READY: Availability = Availability { ready: true, offer_s: OFFER_S, in_session: false };
const OFFER_MS: u64 = OFFER_S as u64 * 1000;

pub(super) fn routes() -> Routes {
    let route = |portal, team| Route { portal, account: 1, name: format!("portal {portal}"), team };
    let teams = [2, 3].map(|rep| (rep, BTreeSet::from([5]))).into();
    Routes { portals: vec![route(HELP, None), route(BILLING, Some(5))], teams }
}

pub(super) fn token(number: u64) -> TokenHash {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_le_bytes());
    TokenHash(hash)
}

pub(super) fn ask_of(portal: i64, number: u64) -> Ask {
    Ask {
        portal,
        token: token(number),
        name: "K. Weber".into(),
        text: format!("question {number}"),
        language: "de".into(),
        system: "Windows 11".into(),
        page_key: vec![4; 65],
    }
}

pub(super) fn bench() -> Bench {
    over(Stored::default())
}

fn over(stored: Stored) -> Bench {
    let mut bench = Bench::over(stored);
    bench.input(Input::Routes(routes()));
    bench
}

impl Bench {
    /// A rep who takes questions.
    fn ready(&mut self, connection: u64, sign_in: i64) -> &mut Self {
        self.rep(connection, sign_in).available(connection, READY)
    }

    fn available(&mut self, connection: u64, availability: Availability) -> &mut Self {
        self.input(Input::Availability { connection: ConnectionId(connection), availability })
    }

    /// A customer whose page is there.
    pub fn ask(&mut self, portal: i64, number: u64) -> QuestionId {
        let asked = self.hub.ask(self.now_ms, ask_of(portal, number)).unwrap();
        assert!(self.hub.follow(self.now_ms, asked, &token(number)).is_some());
        self.input(Input::Gone { connection: ConnectionId(424_242) });
        asked
    }

    fn answer(&mut self, connection: u64, question: QuestionId) -> &mut Self {
        let connection = ConnectionId(connection);
        self.input(Input::AnswerQuestion { connection, features: BTreeSet::new(), question })
    }

    fn pass(&mut self, connection: u64, question: QuestionId) -> &mut Self {
        self.input(Input::PassQuestion { connection: ConnectionId(connection), question })
    }

    fn lose(&mut self, connection: u64) -> &mut Self {
        self.input(Input::Gone { connection: ConnectionId(connection) })
    }

    /// What was offered to a connection last. `None`: nothing since the last look.
    fn offered(&mut self, connection: u64) -> Option<QuestionId> {
        self.told_offer(connection).map(|(question, _)| question.question)
    }

    fn told_offer(&mut self, connection: u64) -> Option<(WaitingQuestion, u16)> {
        self.heard(connection).into_iter().rev().find_map(|message| match message {
            FromRelay::QuestionOffered { question, for_s } => Some((*question, for_s)),
            _ => None,
        })
    }

    /// Why something is not offered to a connection any more.
    fn ends(&mut self, connection: u64) -> Vec<OfferEnd> {
        let ends = self.heard(connection).into_iter().filter_map(|message| match message {
            FromRelay::QuestionOver { end, .. } => Some(end),
            _ => None,
        });
        ends.collect()
    }

    /// The newest list of a connection, after the next tick.
    fn list(&mut self, connection: u64) -> Option<Queue> {
        self.wait(500);
        self.heard(connection).into_iter().rev().find_map(|message| match message {
            FromRelay::Questions(queue) => Some(queue),
            _ => None,
        })
    }

    fn answered(&mut self, connection: u64) -> Option<AnsweredQuestion> {
        self.heard(connection).into_iter().find_map(|message| match message {
            FromRelay::QuestionAnswered(answered) => Some(*answered),
            _ => None,
        })
    }

    fn refused(&mut self, connection: u64) -> bool {
        self.heard(connection).iter().any(|message| matches!(message, FromRelay::Refused { .. }))
    }

    /// What a page was told since the last look.
    fn news(&mut self, question: QuestionId) -> Vec<QuestionNews> {
        let mut told = vec![];
        self.actions.retain(|action| match action {
            Action::News { question: of, news } if *of == question => {
                told.push(news.clone());
                false
            }
            _ => true,
        });
        told
    }

    fn kept(&mut self, question: QuestionId) -> Option<QuestionRecord> {
        let of_questions = |change: &Change| matches!(change, Change::Question(_) | Change::QuestionGone { .. });
        self.records(of_questions).into_iter().rev().find_map(|change| match change {
            Change::Question(record) if record.question == question => Some(record),
            _ => None,
        })
    }

    /// A customer comes with the code of an answered question.
    fn arrive(&mut self, customer: u64, answered: &AnsweredQuestion) -> &mut Self {
        self.customer(customer);
        self.input(Input::Join {
            connection: ConnectionId(customer),
            nameplate: answered.nameplate,
            name: String::new(),
            system: "Debian".into(),
        })
    }

    fn paired(&mut self, connection: u64, session: SessionId) -> &mut Self {
        self.input(Input::Paired { connection: ConnectionId(connection), session })
    }
}

#[test]
fn q1_a_question_is_offered_to_who_has_been_idle_for_longest_and_then_to_the_next() {
    let mut bench = bench();
    bench.ready(1, 11).wait(1000).ready(2, 21);
    let question = bench.ask(HELP, 1);
    let (told, for_s) = bench.told_offer(1).expect("offered to nobody");
    assert_eq!((told.question, told.text.as_str(), told.portal.as_str()), (question, "question 1", "portal 1"));
    assert_eq!((told.offered, for_s), (Offered::You, 30));
    assert_eq!(bench.offered(2), None);
    bench.wait(OFFER_MS - 1);
    assert!(bench.ends(1).is_empty());
    bench.wait(1);
    assert_eq!(bench.ends(1), [OfferEnd::Passed]);
    assert_eq!(bench.offered(2), Some(question));
    bench.pass(1, question);
    assert!(bench.ends(2).is_empty(), "only who has it lets it pass");
    bench.pass(2, question);
    assert_eq!((bench.offered(1), bench.offered(2)), (None, None), "all have passed");
    assert_eq!(bench.list(1).unwrap().waiting.len(), 1, "and all see it");
    bench.wait(Limits::default().offer_pause_ms);
    assert_eq!(bench.offered(1), Some(question), "it begins again");
}

#[test]
fn q1_whoever_becomes_ready_is_asked_at_once_and_nobody_twice() {
    let mut bench = bench();
    bench.ready(1, 11);
    let (first, second) = (bench.ask(HELP, 1), bench.ask(HELP, 2));
    assert_eq!(bench.offered(1), Some(first), "one at a time");
    bench.pass(1, first);
    assert_eq!(bench.offered(1), Some(second));
    bench.ready(2, 21);
    assert_eq!(bench.offered(2), Some(first));
}

#[test]
fn q1_an_offer_lasts_as_long_as_its_rep_prefers_within_bounds() {
    for (wanted, given) in [(0, 5), (5, 5), (90, 90), (600, 120)] {
        let mut bench = bench();
        bench.rep(1, 11).available(1, Availability { offer_s: wanted, ..READY });
        bench.ask(HELP, 1);
        assert_eq!(bench.told_offer(1).unwrap().1, given);
        bench.wait(u64::from(given) * 1000);
        assert_eq!(bench.ends(1), [OfferEnd::Passed]);
    }
}

#[test]
fn q1_who_is_in_a_session_is_asked_only_if_they_want_that() {
    for in_session in [false, true] {
        let mut bench = bench();
        bench.running();
        bench.available(1, Availability { in_session, ..READY });
        let question = bench.ask(HELP, 1);
        assert_eq!(bench.offered(1), in_session.then_some(question));
        if !in_session {
            bench.lose(2).wait(Limits::default().customer_wait_ms);
            assert_eq!(bench.offered(1), Some(question), "its session is over");
        }
    }
}

#[test]
fn q3_a_question_goes_to_its_portals_team_and_to_who_has_a_seat() {
    let mut bench = bench();
    bench.input(Input::People(People { seats: [(1, Some(2))].into(), ..People::default() }));
    bench.ready(1, 11).ready(2, 21).ready(3, 31);
    let question = bench.ask(BILLING, 1);
    assert_eq!((bench.offered(1), bench.offered(2)), (None, Some(question)));
    bench.pass(2, question);
    assert_eq!(bench.offered(3), None, "it waits for a seat");
    assert!(bench.list(1).unwrap().waiting.is_empty());
    bench.heard(1);
    bench.answer(1, question);
    assert!(bench.refused(1), "it is none of rep 1's");
    bench.answer(3, question);
    assert!(bench.refused(3));
    bench.input(Input::SignedOut { connection: ConnectionId(1) });
    assert_eq!(bench.offered(3), Some(question), "with the seat");
}

#[test]
fn q2_the_list_shows_who_waits_for_how_long_and_who_is_asked() {
    let mut bench = bench();
    bench.ready(1, 11).ready(2, 21);
    let first = bench.ask(HELP, 1);
    bench.wait(2000);
    let second = bench.ask(BILLING, 2);
    let queue = bench.list(2).unwrap();
    let shown: Vec<(QuestionId, Offered, u64)> =
        queue.waiting.iter().map(|of| (of.question, of.offered.clone(), of.waiting_s)).collect();
    assert_eq!(shown, [(first, Offered::Other("Anna Berg".into()), 2), (second, Offered::You, 0)]);
    assert!(queue.has_portal && queue.more == 0);
    bench.heard(1);
    assert_eq!(bench.list(1), None, "nothing changed since the tick before");
    // Another account's rep hears nothing of all that.
    let rep = crate::hub::RepIdentity { account: 2, ..identity(91) };
    let connection = ConnectionId(9);
    bench.input(Input::Connected { connection, side: Side::Rep, address: crate::hub::tests::address(1) });
    bench.input(Input::SignedIn { connection, rep, seats: None, greeting: None });
    bench.available(9, READY);
    bench.ask(HELP, 3);
    assert_eq!(bench.list(9), Some(Queue::default()));
    assert_eq!(bench.hub.office.desk.offered(91), None);
}

#[test]
fn q2_lists_are_bounded_and_told_at_most_twice_a_second() {
    let mut bench = bench();
    bench.ready(1, 11).wait(1000);
    bench.heard(1);
    for number in 0..QUESTIONS_TOLD_MAX as u64 + 30 {
        bench.ask(HELP, number);
    }
    bench.wait(499);
    let lists = |bench: &mut Bench| {
        bench.heard(1).into_iter().filter(|message| matches!(message, FromRelay::Questions(_))).count()
    };
    assert_eq!(lists(&mut bench), 1);
    let queue = {
        bench.ask(HELP, 1000);
        bench.list(1).unwrap()
    };
    assert_eq!((queue.waiting.len(), queue.more), (QUESTIONS_TOLD_MAX, 31));
}

#[test]
fn q2_any_rep_of_the_portal_answers_from_the_list_and_the_one_who_was_asked_hears_by_whom() {
    let mut bench = bench();
    bench.ready(1, 11).rep(2, 21);
    let question = bench.ask(HELP, 1);
    assert_eq!(bench.offered(1), Some(question));
    bench.news(question);
    bench.answer(2, question);
    assert_eq!(bench.ends(1), [OfferEnd::Taken("Anna Berg".into())]);
    let answered = bench.answered(2).expect("not ready, and may answer");
    assert_eq!((answered.question.question, answered.page_key.len(), answered.expires_in_s), (question, 65, 900));
    assert_eq!(bench.news(question), [QuestionNews::Taken { rep: "Anna Berg".into() }]);
    bench.answer(1, question);
    assert!(bench.refused(1), "it is taken");
    let sealed = vec![7; SEALED_CODE_BYTES];
    let seal = |connection, body: &[u8]| Input::SealedCode {
        connection: ConnectionId(connection),
        session: answered.session,
        body: body.to_vec(),
    };
    bench.input(seal(1, &sealed)).input(seal(2, &sealed[1..]));
    assert!(bench.news(question).is_empty() && bench.refused(2), "not the session's, and too short");
    bench.wait(100_000).input(seal(2, &sealed));
    let code = QuestionNews::Code { rep: "Anna Berg".into(), sealed, expires_in_s: 800 };
    assert_eq!(bench.news(question), std::slice::from_ref(&code));
    assert_eq!(bench.hub.follow(bench.now_ms, question, &token(1)), Some(code), "also to a page that is opened again");
    bench.arrive(3, &answered);
    let offer = bench.offer(2).expect("no session");
    assert_eq!((offer.origin.question.as_str(), offer.origin.portal.as_str()), ("question 1", "portal 1"));
    assert_eq!(offer.customer, "K. Weber", "said once");
    bench.paired(2, answered.session);
    assert_eq!(bench.news(question), [QuestionNews::Running { rep: "Anna Berg".into() }]);
    let reason = "CustomerEnded".to_owned();
    bench.input(Input::EndSession { connection: ConnectionId(3), session: answered.session, reason });
    assert_eq!(bench.news(question), [QuestionNews::Ended(Over::Session)]);
    let ended = Some(QuestionNews::Ended(Over::Session));
    assert_eq!(bench.hub.follow(bench.now_ms, question, &token(1)), ended, "a page that missed it");
    // C7: nothing stale stands in the way of the next one.
    let next = bench.ask(HELP, 2);
    assert_ne!(next, question);
    assert_eq!(bench.offered(1), Some(next));
}

/// The rep's program dies, and the question that it had goes to the next rep before all others.
#[test]
fn q3_a_dead_console_gives_its_question_back_to_the_front() {
    let mut bench = bench();
    bench.ready(1, 11).wait(10).ready(2, 21);
    let (first, second) = (bench.ask(HELP, 1), bench.ask(HELP, 2));
    let third = bench.ask(HELP, 3);
    bench.answer(1, first);
    let session = bench.answered(1).unwrap().session;
    bench.wait(5000);
    bench.news(first);
    bench.lose(1);
    assert!(bench.codes().iter().all(|code| code.session != session), "its code leads nowhere");
    let back = bench.news(first);
    assert!(matches!(back[..], [QuestionNews::Waiting { place: 1, waiting_s: 5, .. }]), "{back:?}");
    bench.pass(2, second);
    assert_eq!(bench.offered(2), Some(first), "before the third, which waits for longer");
    // What was only offered goes there, too.
    bench.lose(2).ready(3, 31);
    assert_eq!(bench.offered(3), Some(first));
    bench.pass(3, first);
    let next = bench.offered(3).unwrap();
    assert!(next == second || next == third);
}

#[test]
fn q3_whatever_ends_a_session_before_its_customer_came_the_question_waits_again() {
    let ways: [(&str, fn(&mut Bench, &AnsweredQuestion)); 5] = [
        ("dropped", |bench, answered| {
            bench.input(Input::DropCode { connection: ConnectionId(1), session: answered.session });
        }),
        ("signed out", |bench, _| {
            bench.input(Input::SignedOut { connection: ConnectionId(1) });
        }),
        ("expired", |bench, _| {
            bench.wait(Limits::default().code_lifetime_ms);
        }),
        ("suspended", |bench, _| {
            bench.input(Input::People(People { inactive: [1].into(), ..People::default() }));
        }),
        ("gone while pairing", |bench, answered| {
            bench.arrive(7, answered).lose(1);
        }),
    ];
    for (way, end) in ways {
        let mut bench = bench();
        bench.ready(1, 11).rep(2, 21);
        let question = bench.ask(HELP, 1);
        bench.answer(1, question);
        let answered = bench.answered(1).unwrap();
        bench.news(question);
        end(&mut bench, &answered);
        let news = bench.news(question);
        assert!(matches!(news.first(), Some(QuestionNews::Waiting { place: 1, .. })), "{way}: {news:?}");
        let kept = bench.kept(question).unwrap();
        // What its rep let go goes to its own place, and everything else to the front.
        assert_eq!((kept.front, kept.stage), (way != "dropped", QuestionStage::Waiting), "{way}");
        assert_eq!(bench.offered(1), None, "{way}: not to the same rep at once");
        bench.available(2, READY);
        assert_eq!(bench.offered(2), Some(question), "{way}");
    }
}

#[test]
fn c1_who_leaves_or_closes_the_page_is_out_of_the_line() {
    let mut bench = bench();
    bench.ready(1, 11);
    let (first, second) = (bench.ask(HELP, 1), bench.ask(HELP, 2));
    let leave = |question, number| Input::CustomerLeaves { question, token: token(number) };
    bench.input(leave(first, 2));
    assert!(bench.ends(1).is_empty(), "somebody else's token");
    bench.input(leave(first, 1));
    assert_eq!(bench.news(first).last(), Some(&QuestionNews::Ended(Over::Left)));
    assert!(bench.heard(1).iter().any(|message| matches!(
        message,
        FromRelay::QuestionOver { question, end: OfferEnd::Left } if *question == first
    )));
    let keep_ms = Limits::default().page_keep_ms;
    bench.input(Input::PageGone { question: second }).wait(keep_ms - 1);
    assert!(bench.hub.follow(bench.now_ms, second, &token(2)).is_some(), "it is back in time");
    bench.wait(2 * keep_ms);
    assert_eq!(bench.hub.office.book.len(), 1);
    bench.input(Input::PageGone { question: second }).wait(keep_ms);
    assert_eq!(bench.news(second).last(), Some(&QuestionNews::Ended(Over::Left)));
    assert_eq!(bench.hub.office.book.len(), 0);
    // A question whose page never came goes as well.
    let third = bench.hub.ask(bench.now_ms, ask_of(HELP, 3)).unwrap();
    bench.wait(keep_ms);
    assert_eq!(bench.news(third).last(), Some(&QuestionNews::Ended(Over::Left)));
}

#[test]
fn c1_who_leaves_after_it_was_taken_ends_the_rep_s_waiting() {
    let mut bench = bench();
    bench.ready(1, 11);
    let question = bench.ask(HELP, 1);
    bench.answer(1, question);
    let session = bench.answered(1).unwrap().session;
    bench.input(Input::PageGone { question }).wait(300_000);
    assert_eq!(bench.hub.office.book.len(), 1, "a page may be left for the program");
    bench.input(Input::CustomerLeaves { question, token: token(1) });
    assert!(
        bench
            .heard(1)
            .iter()
            .any(|message| matches!(message, FromRelay::SessionEnded { session: of, .. } if *of == session))
    );
    assert_eq!((bench.hub.office.book.len(), bench.hub.counts().2), (0, 0));
}

#[test]
fn c1_a_page_sees_its_place_and_who_is_there() {
    let mut bench = bench();
    assert_eq!(bench.hub.ask(0, ask_of(HELP, 1)), Err(NotAsked::NobodyThere));
    assert_eq!(bench.hub.ask(0, ask_of(77, 1)), Err(NotAsked::NobodyThere));
    bench.ready(1, 11).ready(2, 21);
    let ids: Vec<QuestionId> = (1..=4).map(|number| bench.ask(HELP, number)).collect();
    assert_eq!(bench.news(ids[3]), [QuestionNews::Waiting { place: 4, waiting_s: 0, reps: 2 }]);
    bench.answer(1, ids[0]).wait(1000);
    assert_eq!(bench.news(ids[3]), [QuestionNews::Waiting { place: 3, waiting_s: 0, reps: 2 }]);
    bench.available(2, Availability { ready: false, ..READY }).wait(1000);
    let news = bench.news(ids[3]);
    assert!(matches!(news[..], [QuestionNews::Waiting { place: 3, reps: 1, .. }]), "{news:?}");
    let status = bench.actions.iter().rev().find_map(|action| match action {
        Action::Portal { portal: HELP, status } => Some(*status),
        _ => None,
    });
    assert_eq!(status, Some(PortalStatus { reps: 1, waiting: 3 }));
}

#[test]
fn c1_a_portals_line_has_an_end() {
    let limits = Limits { questions_per_portal: 3, questions_max: 4, ..Limits::default() };
    let mut bench = bench();
    bench.hub.limits = limits;
    bench.ready(2, 21);
    for number in 0..3 {
        bench.ask(HELP, number);
    }
    assert_eq!(bench.hub.ask(0, ask_of(HELP, 9)), Err(NotAsked::Full));
    bench.ask(BILLING, 4);
    assert_eq!(bench.hub.ask(0, ask_of(BILLING, 9)), Err(NotAsked::Full), "all lines together");
    bench.input(Input::Drain);
    assert_eq!(bench.hub.ask(0, ask_of(BILLING, 9)), Err(NotAsked::Draining));
}

#[test]
fn q3_a_portal_that_is_led_elsewhere_takes_its_line_along_and_a_removed_one_ends_it() {
    let mut bench = bench();
    bench.ready(1, 11).ready(2, 21);
    let question = bench.ask(BILLING, 1);
    assert_eq!(bench.offered(2), Some(question));
    bench.pass(2, question);
    let mut changed = routes();
    changed.portals[1].team = None;
    bench.input(Input::Routes(changed));
    assert_eq!(bench.offered(1), Some(question));
    let mut less = routes();
    less.portals.truncate(1);
    bench.input(Input::Routes(less));
    assert_eq!(bench.ends(1), [OfferEnd::Left]);
    assert_eq!(bench.news(question).last(), Some(&QuestionNews::Ended(Over::PortalGone)));
}

#[test]
fn q3_a_restart_keeps_the_line_its_order_and_its_waiting_times() {
    let mut first = bench();
    first.ready(1, 11);
    let ids: Vec<QuestionId> = (1..=3).map(|number| first.ask(HELP, number)).collect();
    first.wait(7000).answer(1, ids[2]);
    let session = first.answered(1).unwrap().session;
    let codes = first.codes();
    let mut questions: Vec<QuestionRecord> = vec![];
    for change in first.records(|change| matches!(change, Change::Question(_))) {
        let Change::Question(record) = change else { panic!("not a question") };
        match questions.iter().position(|kept| kept.question == record.question) {
            Some(at) => questions[at] = record,
            None => questions.push(record),
        }
    }
    assert_eq!(questions[2].stage, QuestionStage::Taken(session));
    for record in &mut questions {
        record.waited_ms = 9000;
    }
    let mut second = over(Stored { codes, questions, ..Stored::default() });
    assert_eq!(second.hub.counts(), (0, 0, 0), "the code of the one that was taken leads nowhere");
    second.ready(7, 11);
    assert_eq!(second.offered(7), Some(ids[2]), "it was taken: now it comes first");
    let queue = second.list(7).unwrap();
    let shown: Vec<(QuestionId, u64)> = queue.waiting.iter().map(|of| (of.question, of.waiting_s)).collect();
    assert_eq!(shown, [(ids[2], 9), (ids[0], 9), (ids[1], 9)]);
    let page = second.hub.follow(second.now_ms, ids[0], &token(1));
    assert!(matches!(page, Some(QuestionNews::Waiting { place: 2, reps: 1, .. })), "{page:?}");
    second.wait(Limits::default().page_keep_ms);
    assert_eq!(second.hub.office.book.len(), 1, "the other pages did not come back");
}

#[test]
fn q3_a_running_session_s_question_is_over_with_it_after_a_restart_too() {
    let mut first = bench();
    first.ready(1, 11);
    let question = first.ask(HELP, 1);
    first.answer(1, question);
    let answered = first.answered(1).unwrap();
    first.arrive(3, &answered).paired(1, answered.session);
    let record = first.kept(question).unwrap();
    assert_eq!(record.stage, QuestionStage::Running(answered.session));
    let Some(Change::Started(session)) = first.changes().pop() else { panic!("not recorded") };
    assert_eq!(session.origin.question, "question 1");
    let mut second = over(Stored { sessions: vec![session], questions: vec![record.clone()], ..Stored::default() });
    assert!(matches!(second.hub.follow(0, question, &token(1)), Some(QuestionNews::Running { .. })));
    second.wait(Limits::default().customer_wait_ms);
    assert_eq!(second.news(question), [QuestionNews::Ended(Over::Session)]);
    // Its session ended while no relay ran.
    let third = over(Stored { questions: vec![record], ..Stored::default() });
    assert_eq!(third.hub.office.book.len(), 0);
}

#[test]
fn questions_are_counted() {
    let mut bench = bench();
    bench.ready(1, 11);
    bench.ask(HELP, 1);
    bench.ask(HELP, 2);
    let figures = bench.hub.figures();
    assert_eq!((figures.questions_waiting, figures.questions_offered), (2, 1));
}

/// What a licence says of sessions at once, and of nothing else.
fn sessions_max(max: Option<u32>) -> Input {
    let document = std::sync::Arc::new(lotse_protocol::licence::SignedLicence { document: vec![], signature: vec![] });
    let (signed, for_customers) = (document.clone(), document);
    let licence = crate::hub::AccountLicence { signed, for_customers, covered: BTreeSet::new(), sessions_max: max };
    Input::Licences(vec![(1, licence)])
}

#[test]
fn l1_whose_licence_allows_no_other_session_is_offered_no_question() {
    let mut bench = bench();
    bench.input(sessions_max(Some(1)));
    bench.rep(1, 11).available(1, Availability { in_session: true, ..READY }).customer(2);
    let (session, nameplate) = bench.code(1);
    bench.join(2, nameplate).input(Input::Paired { connection: ConnectionId(1), session });
    bench.heard(1);
    let asked = bench.ask(HELP, 1);
    assert_eq!(bench.offered(1), None, "the answer would be refused");
    bench.input(sessions_max(Some(2)));
    assert_eq!(bench.offered(1), Some(asked), "as soon as there is room");
    bench.input(sessions_max(Some(1)));
    assert_eq!(bench.ends(1), [OfferEnd::Passed], "and no longer");
    bench.input(Input::EndSession { connection: ConnectionId(1), session, reason: "RepEnded".into() });
    assert_eq!(bench.offered(1), Some(asked));
}

#[test]
fn an_account_sees_what_waits_in_its_order_and_who_takes_what() {
    let mut bench = bench();
    bench.ready(1, 11).ready(2, 21);
    let asked = [bench.ask(HELP, 1), bench.ask(BILLING, 2), bench.ask(HELP, 3)];
    bench.wait(2_000);
    let live = bench.hub.live(bench.now_ms, 1);
    assert_eq!(live.questions.iter().map(|one| one.id).collect::<Vec<_>>(), asked);
    let questions: Vec<_> = live.questions.iter().map(|one| (one.portal, one.text.as_str(), one.waited_s)).collect();
    assert_eq!(questions, [(HELP, "question 1", 2), (BILLING, "question 2", 2), (HELP, "question 3", 2)]);
    assert!(live.questions.iter().take(2).all(|one| one.offered_to.is_some()), "to the one and to the other");
    assert_eq!(live.questions.last().map(|one| one.offered_to.clone()), Some(None));
    let people: Vec<_> = live.people.iter().map(|one| (one.ready, one.portals.clone())).collect();
    assert_eq!((live.ready, people), (2, vec![(true, vec![HELP]), (true, vec![HELP, BILLING])]));
    assert!(bench.hub.live(bench.now_ms, 2).questions.is_empty(), "another account hears nothing");
    bench.lose(1);
    assert_eq!(bench.hub.live(bench.now_ms, 1).ready, 1);
}

#[test]
fn l4_what_waits_is_shown_in_pages_and_what_changes_meanwhile_moves_nothing() {
    let mut bench = bench();
    bench.ready(1, 11).ready(2, 21);
    let asked: Vec<QuestionId> =
        (1..=6).map(|number| bench.ask(if number % 2 == 0 { BILLING } else { HELP }, number)).collect();
    let page = |bench: &Bench, after| bench.hub.waiting_page(bench.now_ms, 1, after, 2);
    let ids = |page: &WaitingPage| page.questions.iter().map(|question| question.id).collect::<Vec<_>>();
    let first = page(&bench, None);
    assert_eq!((ids(&first), first.waiting, first.ready), (asked[..2].to_vec(), 6, 2));
    // Whoever was shown last leaves, and somebody comes.
    bench.input(Input::CustomerLeaves { question: asked[1], token: token(2) });
    let late = bench.ask(HELP, 7);
    let second = page(&bench, first.next);
    assert_eq!(ids(&second), asked[2..4]);
    let third = page(&bench, second.next);
    assert_eq!(ids(&third), asked[4..6]);
    let last = page(&bench, third.next);
    assert_eq!((ids(&last), last.next), (vec![late], None));
    // What dead consoles had goes to the front, and the pages with it.
    bench.lose(1).lose(2);
    let front = page(&bench, None);
    assert_eq!(ids(&front), [asked[0], asked[2]]);
    assert!(front.next.is_some_and(|next| next.front) && front.ready == 0, "{front:?}");
    assert_eq!(ids(&page(&bench, front.next)), asked[3..5]);
    assert_eq!(bench.hub.waiting_page(bench.now_ms, 2, None, 2), WaitingPage::default(), "another account's");
}

#[test]
fn of_a_long_line_the_first_are_named_and_the_others_counted() {
    let mut bench = bench();
    bench.ready(1, 11);
    for number in 0..5 {
        bench.ask(HELP, number);
    }
    let (first, all) = bench.hub.live_questions(bench.now_ms, 1, 2);
    assert_eq!((first.len(), all), (2, 5));
    assert_eq!(first.first().map(|one| one.text.as_str()), Some("question 0"));
}
