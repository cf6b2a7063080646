//! A colleague asks for this rep, and reps who are in a session together.

use super::{fake, harness, sent};
use egui_kittest::kittest::{NodeT, Queryable};
use lotse_engine::rep::{AskedHandOver, RepCommand};
use lotse_engine::view::{HostNotice, Notice, SessionState, Tone};
use lotse_protocol::question::{NoPlace, QuestionId};
use lotse_ui::samples;
use std::sync::Arc;

#[test]
fn h1_what_is_known_of_a_session_is_read_before_it_is_taken() {
    let (mut harness, core) = harness("hand-over");
    harness.get_by_label("Bo Lind hands a session over to you");
    harness.get_by_label("Customer: K. Weber · Windows 11");
    harness.get_by_label("Bo Lind writes: You know this printer; I do not.");
    harness.get_by_label_contains("Feed roller worn.");
    harness.get_by_label_contains("K. Weber: It is still silent.");
    assert!(sent(&core).is_empty());
    harness.get_by_label("Take over").click();
    harness.run_steps(2);
    let sent = sent(&core);
    assert!(sent.iter().any(|command| matches!(command, RepCommand::AnswerHandOver { accept: true, .. })), "{sent:?}");
}

#[test]
fn h1_not_now_is_said_to_the_relay_so_that_somebody_else_is_asked() {
    let (mut harness, core) = harness("hand-over");
    harness.get_by_label("Not now: Bo Lind asks somebody else").click();
    harness.run_steps(2);
    let sent = sent(&core);
    assert!(sent.iter().any(|command| matches!(command, RepCommand::AnswerHandOver { accept: false, .. })), "{sent:?}");
}

#[test]
fn h1_a_session_in_a_portals_queue_is_marked_and_read_before_it_is_taken() {
    let (mut harness, core) = harness("questions-session");
    harness.get_by_label("Waiting (4)");
    harness.get_by_label("Running session");
    harness.get_by_label("Bo Lind hands this running session over");
    harness.get_by_label("Bo Lind writes: You know this printer; I do not.");
    harness.get_by_label_contains("Waiting for 0:1");
    assert!(harness.query_by_label_contains("More about the question of M. Sato").is_none(), "nobody closes it");
    harness.get_by_label_contains("Read what is known of the session of M. Sato").click();
    harness.run_steps(2);
    let sent = sent(&core);
    assert!(matches!(sent[..], [RepCommand::AnswerQuestion { question: QuestionId([6, ..]) }]), "{sent:?}");
}

/// Scar: its button led to a refusal.
#[test]
fn h1_who_is_in_the_session_already_reads_why_its_row_is_greyed_out() {
    for (why, words) in
        [(NoPlace::OtherConsole, "at your other console"), (NoPlace::Already, "in this session already")]
    {
        let (mut harness, core) = harness("questions-session");
        let mut rows = (*core.view.borrow().questions.waiting).clone();
        rows[0].running.as_mut().unwrap().no_place = Some(why);
        core.view.borrow_mut().questions.waiting = Arc::new(rows);
        harness.run_steps(2);
        let read = harness.get_by_label_contains("Read what is known of the session of M. Sato");
        assert!(read.accesskit_node().is_disabled());
        harness.get_by_label_contains(words);
    }
}

#[test]
fn h1_what_is_read_by_choice_has_no_clock_and_is_closed_or_taken() {
    for (button, takes) in [("Close; the session of Bo Lind waits on", false), ("Take over", true)] {
        let (mut harness, core) = harness("hand-over");
        let opened = AskedHandOver { until: None, for_s: 0, ..samples::hand_over(false) };
        core.view.borrow_mut().hand_over = Some(Arc::new(opened));
        harness.run_steps(2);
        harness.get_by_label("Bo Lind hands this running session over");
        assert!(harness.query_by_label_contains("until somebody else is asked").is_none());
        harness.get_by_label(button).click();
        harness.run_steps(2);
        let sent = sent(&core);
        let answer =
            |command: &RepCommand| matches!(command, RepCommand::AnswerHandOver { accept, .. } if *accept == takes);
        assert!(sent.iter().any(answer), "{sent:?}");
    }
}

#[test]
fn h2_reps_who_are_in_a_session_together_are_named() {
    let (harness, _) = harness("beside");
    harness.get_by_label("In this session: Anna Berg (you), Bo Lind (looks on)");
}

/// Scar: the window closed at "Take over", and until the customer had answered, and after a no, nothing was to be seen.
#[test]
fn h1_who_looks_on_and_is_to_lead_reads_how_it_stands_in_the_sessions_window() {
    for (host, words) in [
        (HostNotice::RepHandsOver, "hands this session over to you. The customer is asked first"),
        (HostNotice::RepHandedOver, "has handed this session over to you."),
        (HostNotice::RepKeeps, "keeps the session: it was not handed over after all."),
    ] {
        let (mut harness, core) = harness("beside");
        let mut view = samples::session(true, SessionState::Active, false);
        let (title, body) = ("Anna Berg".to_owned(), host.to_string());
        view.notices = vec![Notice { id: 1, tone: Tone::Plain, from: None, title, body, host: Some(host) }];
        core.view.borrow_mut().sessions = vec![fake::with_session(7, view)];
        harness.run_steps(4);
        harness.get_by_label_contains(words);
    }
}
