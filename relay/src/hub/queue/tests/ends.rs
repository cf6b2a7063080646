//! That whoever is told what happens hears of every end of a question, and of each that waits again.

use super::*;
use crate::hub::AuditKind;
use crate::webhooks::Event;

/// What tells of an end.
fn event_of(over: Over) -> Event {
    match over {
        Over::Session => Event::SessionEnded,
        Over::Left | Over::PortalGone => Event::QuestionLeft,
        Over::Closed => Event::QuestionClosed,
    }
}

impl Bench {
    /// Events of what was audited of questions and sessions, but for those of asking, answering and beginning.
    fn ends_told(&self) -> Vec<Event> {
        let kinds = self.actions.iter().filter_map(|action| match action {
            Action::Audit(line) => Some(line.kind),
            _ => None,
        });
        let ends = [Event::SessionEnded, Event::QuestionLeft, Event::QuestionClosed, Event::QuestionReturned];
        kinds.filter_map(|kind| ends.into_iter().find(|event| event.kind() == kind)).collect()
    }

    fn drop_code(&mut self, session: SessionId) -> &mut Self {
        self.input(Input::DropCode { connection: ConnectionId(1), session })
    }

    /// Rep 1 answers.
    fn taken(&mut self, question: QuestionId) -> AnsweredQuestion {
        self.answer(1, question).answered(1).unwrap()
    }
}

#[test]
fn l4_every_end_of_a_question_has_an_event() {
    let ways: [(&str, Over, fn(&mut Bench, QuestionId)); 6] = [
        ("closed by a rep", Over::Closed, |bench, question| {
            bench.input(Input::CloseQuestion { connection: ConnectionId(1), question });
        }),
        ("left by the customer", Over::Left, |bench, question| {
            bench.input(Input::CustomerLeaves { question, token: token(1) });
        }),
        ("left after it was taken", Over::Left, |bench, question| {
            bench.taken(question);
            bench.input(Input::CustomerLeaves { question, token: token(1) });
        }),
        ("without its portal", Over::PortalGone, |bench, _| {
            bench.input(Input::Routes(Routes::default()));
        }),
        ("without its portal after it was taken", Over::PortalGone, |bench, question| {
            let session = bench.taken(question).session;
            bench.input(Input::Routes(Routes::default())).drop_code(session);
        }),
        ("with its session", Over::Session, |bench, question| {
            let answered = bench.taken(question);
            let (session, reason) = (answered.session, "RepEnded".to_owned());
            bench.arrive(7, &answered).paired(1, session);
            bench.input(Input::EndSession { connection: ConnectionId(1), session, reason });
        }),
    ];
    for (way, over, go) in ways {
        let mut bench = bench();
        bench.ready(1, 11);
        let question = bench.ask(HELP, 1);
        assert!(bench.ends_told().is_empty(), "{way}");
        go(&mut bench, question);
        assert_eq!(bench.news(question).last(), Some(&QuestionNews::Ended(over)), "{way}");
        assert!(bench.ends_told().contains(&event_of(over)), "{way}: {:?}", bench.ends_told());
    }
}

/// Scar: a question that ended while its page had no stream was told as a place that had lapsed.
#[test]
fn c1_a_page_that_comes_back_hears_how_its_question_ended_for_a_while_and_nobody_else_does() {
    let ends: [(Over, fn(&mut Bench, QuestionId)); 4] = [
        (Over::Closed, |bench, question| {
            bench.input(Input::CloseQuestion { connection: ConnectionId(1), question });
        }),
        (Over::PortalGone, |bench, _| {
            bench.input(Input::Routes(Routes::default()));
        }),
        (Over::Left, |bench, _| {
            bench.wait(Limits::default().page_keep_ms);
        }),
        (Over::Session, |bench, question| {
            let answered = bench.taken(question);
            let (session, reason) = (answered.session, "RepEnded".to_owned());
            bench.arrive(7, &answered).paired(1, session);
            bench.input(Input::EndSession { connection: ConnectionId(1), session, reason });
        }),
    ];
    for (over, go) in ends {
        let mut bench = bench();
        bench.ready(1, 11);
        // Just asked: its page has not come yet.
        let question = bench.hub.ask(bench.now_ms, ask_of(HELP, 1)).unwrap();
        bench.wait(0);
        go(&mut bench, question);
        let told = |bench: &mut Bench, number| bench.hub.follow(bench.now_ms, question, &token(number));
        assert_eq!(told(&mut bench, 1), Some(QuestionNews::Ended(over)));
        assert_eq!(told(&mut bench, 2), None, "somebody else's token");
        assert_eq!(bench.hub.office.book.len(), 0, "{over:?}");
        bench.wait(60 * 60 * 1000);
        assert_eq!((told(&mut bench, 1), bench.hub.office.ended.len()), (None, 0), "{over:?}");
    }
}

#[test]
fn l4_a_question_that_waits_again_has_an_event() {
    let mut bench = bench();
    bench.ready(1, 11);
    let question = bench.ask(HELP, 1);
    let session = bench.taken(question).session;
    bench.drop_code(session);
    assert!(bench.ends_told().contains(&Event::QuestionReturned));
    let kinds = [AuditKind::QuestionReturned, AuditKind::QuestionClosed];
    assert!(kinds.iter().all(|kind| Event::ALL.iter().any(|event| event.kind() == *kind)));
}
