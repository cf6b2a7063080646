//! That no question stands in the way of others, and that no offer stays with a rep who cannot take it.

use super::*;
use crate::hub::AuditKind;

const AWAY: Availability = Availability { ready: false, ..READY };

impl Bench {
    /// Ids of the newest list of a connection.
    fn listed(&mut self, connection: u64) -> Vec<QuestionId> {
        self.list(connection).unwrap().waiting.iter().map(|question| question.question).collect()
    }

    fn close(&mut self, connection: u64, question: QuestionId) -> &mut Self {
        self.input(Input::CloseQuestion { connection: ConnectionId(connection), question })
    }

    /// Why the relay refused what a connection wanted last.
    fn refusal(&mut self, connection: u64) -> Option<String> {
        self.heard(connection).into_iter().rev().find_map(|message| match message {
            FromRelay::Refused { reason } => Some(reason),
            _ => None,
        })
    }

    fn audited(&self, kind: AuditKind) -> Option<&crate::hub::AuditLine> {
        self.actions.iter().find_map(|action| match action {
            Action::Audit(line) if line.kind == kind => Some(line),
            _ => None,
        })
    }
}

/// Scar: a code that a console could not seal was dropped, its question stood first of all, and hit the next rep.
#[test]
fn q3_what_a_rep_lets_go_does_not_jump_the_queue() {
    for comes in [false, true] {
        let mut bench = bench();
        bench.ready(1, 11).available(1, AWAY).ready(2, 21);
        let (first, second) = (bench.ask(HELP, 1), bench.ask(HELP, 2));
        bench.answer(1, second);
        let answered = bench.answered(1).unwrap();
        let (connection, session) = (ConnectionId(1), answered.session);
        if comes {
            bench.arrive(7, &answered).input(Input::EndSession { connection, session, reason: "RepEnded".into() });
        } else {
            bench.input(Input::DropCode { connection, session });
        }
        assert_eq!(bench.listed(1), [first, second], "came with the code: {comes}");
        assert!(!bench.kept(second).unwrap().front);
        // Nor does one keep the front that another rep's dead console had put it to.
        bench.rep(3, 31).answer(3, second).lose(3);
        assert_eq!(bench.listed(1), [second, first]);
        bench.answer(1, second);
        let session = bench.answered(1).unwrap().session;
        bench.input(Input::DropCode { connection, session });
        assert_eq!(bench.listed(1), [first, second]);
    }
}

#[test]
fn q1_who_has_said_no_five_times_finds_it_in_the_list_alone_and_colleagues_are_asked() {
    let mut bench = bench();
    bench.ready(1, 11);
    let question = bench.ask(HELP, 1);
    for round in 1..=5 {
        assert_eq!(bench.offered(1), Some(question), "round {round}");
        bench.pass(1, question).wait(Limits::default().offer_pause_ms);
    }
    assert_eq!(bench.offered(1), None);
    bench.ready(3, 12);
    assert_eq!(bench.offered(3), None, "the same rep at another console");
    bench.lose(3).ready(2, 21);
    for round in 1..=5 {
        assert_eq!((bench.offered(1), bench.offered(2)), (None, Some(question)), "round {round}, who was never asked");
        bench.pass(2, question).wait(Limits::default().offer_pause_ms);
    }
    assert_eq!((bench.offered(1), bench.offered(2)), (None, None), "now it disturbs nobody");
    let next = bench.ask(HELP, 2);
    assert!(bench.offered(1) == Some(next) || bench.offered(2) == Some(next), "others come as ever");
    bench.pass(1, next).pass(2, next);
    assert_eq!(bench.listed(1), [question, next]);
    bench.answer(2, question);
    assert!(bench.answered(2).is_some(), "whoever wants to may answer it");
}

#[test]
fn q1_who_only_was_not_at_the_desk_is_asked_again_and_again() {
    let mut bench = bench();
    bench.ready(1, 11);
    let question = bench.ask(HELP, 1);
    for round in 0..12 {
        assert_eq!(bench.offered(1), Some(question), "round {round}");
        bench.wait(OFFER_MS + Limits::default().offer_pause_ms);
    }
}

#[test]
fn q2_a_rep_closes_a_question_and_its_page_and_whoever_was_asked_are_told() {
    let mut bench = bench();
    bench.ready(1, 11).rep(2, 21);
    let question = bench.ask(HELP, 1);
    assert_eq!(bench.offered(1), Some(question));
    bench.close(2, question);
    assert_eq!(bench.ends(1), [OfferEnd::Closed("Anna Berg".into())]);
    assert_eq!(bench.news(question).last(), Some(&QuestionNews::Ended(Over::Closed)));
    let line = bench.audited(AuditKind::QuestionClosed).unwrap();
    assert_eq!((line.rep, line.detail.as_str()), (Some(2), format!("question {question}").as_str()));
    assert!(bench.listed(2).is_empty());
    assert!(bench.hub.office.book.get(question).is_none(), "nothing of it stays");
    let ended = Some(QuestionNews::Ended(Over::Closed));
    assert_eq!(bench.hub.follow(bench.now_ms, question, &token(1)), ended, "but why");
    bench.close(1, question);
    assert!(bench.refusal(1).is_some_and(|reason| reason.contains("does not wait any more")));
}

#[test]
fn q2_only_a_rep_with_a_seat_and_of_the_portals_team_closes_and_only_what_waits() {
    let mut bench = bench();
    bench.input(Input::People(People { seats: [(1, Some(2))].into(), ..People::default() }));
    bench.ready(1, 11).ready(2, 21).rep(3, 31);
    let (connection, address) = (ConnectionId(8), crate::hub::tests::address(1));
    bench.input(Input::Connected { connection, side: Side::Rep, address });
    let question = bench.ask(BILLING, 1);
    for connection in [1, 3, 8] {
        bench.close(connection, question);
        assert!(bench.refused(connection), "{connection}");
        assert_eq!(bench.hub.office.book.len(), 1);
    }
    bench.answer(2, question);
    bench.close(2, question);
    assert!(bench.refusal(2).is_some_and(|reason| reason.contains("answered")), "it is taken");
    assert_eq!(bench.hub.office.book.len(), 1);
}

#[test]
fn q1_who_answers_another_question_gives_back_what_is_offered() {
    for in_session in [false, true] {
        let mut bench = bench();
        bench.rep(1, 11).available(1, Availability { in_session, ..READY }).rep(2, 21);
        let (first, second) = (bench.ask(HELP, 1), bench.ask(HELP, 2));
        assert_eq!(bench.offered(1), Some(first));
        bench.answer(1, second).available(2, READY);
        let ends = bench.ends(1);
        assert_eq!(ends, if in_session { vec![] } else { vec![OfferEnd::Passed] });
        assert_eq!(bench.offered(2), (!in_session).then_some(first));
    }
}

#[test]
fn q1_who_begins_a_session_of_their_own_gives_back_what_is_offered() {
    let mut bench = bench();
    bench.ready(1, 11);
    let (_, nameplate) = bench.code(1);
    let question = bench.ask(HELP, 1);
    assert_eq!(bench.offered(1), Some(question), "a code alone keeps nobody busy");
    bench.ready(2, 21).customer(7).join(7, nameplate);
    assert_eq!(bench.ends(1), [OfferEnd::Passed]);
    assert_eq!(bench.offered(2), Some(question));
}

#[test]
fn q1_an_offer_leaves_with_the_team_it_was_for_and_the_words_are_true() {
    let ways: [(&str, fn(&mut Routes)); 2] = [
        ("the rep leaves the team", |routes| drop(routes.teams.remove(&2))),
        ("the portal leads elsewhere", |routes| {
            routes.portals[1].team = Some(6);
            routes.teams.insert(3, BTreeSet::from([6]));
        }),
    ];
    for (way, change) in ways {
        let mut bench = bench();
        bench.ready(2, 21).ready(3, 31);
        let question = bench.ask(BILLING, 1);
        assert_eq!(bench.offered(2), Some(question));
        let mut changed = routes();
        change(&mut changed);
        bench.input(Input::Routes(changed));
        assert_eq!(bench.ends(2), [OfferEnd::Passed], "{way}");
        assert_eq!(bench.offered(3), Some(question), "{way}");
        bench.answer(2, question);
        let reason = bench.refusal(2).unwrap();
        assert!(reason.contains("another team") && !reason.contains("left"), "{reason}");
    }
}

/// Scar: each rep who was added, and each reset password, told everybody's list anew.
#[test]
fn q2_people_who_change_move_no_list_while_portals_and_teams_stay() {
    let mut bench = bench();
    bench.ready(1, 11);
    let question = bench.ask(HELP, 1);
    bench.wait(1000).heard(1);
    bench.input(Input::Routes(routes()));
    assert_eq!(bench.list(1), None);
    let mut changed = routes();
    changed.portals[0].name = "Help desk".into();
    bench.input(Input::Routes(changed));
    assert_eq!(bench.listed(1), [question]);
}

/// A relay that finds no portal any more is told so with the first routes, which are as empty as what it knew.
#[test]
fn q3_questions_of_a_portal_that_went_while_no_relay_ran_are_over() {
    let mut first = bench();
    first.ready(1, 11);
    let question = first.ask(HELP, 1);
    let record = first.kept(question).unwrap();
    let mut second = Bench::over(Stored { questions: vec![record], ..Stored::default() });
    second.input(Input::Routes(Routes::default()));
    assert_eq!(second.news(question).last(), Some(&QuestionNews::Ended(Over::PortalGone)));
}
