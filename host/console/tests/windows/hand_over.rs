//! A colleague asks for this rep, and reps who are in a session together.

use super::{harness, sent};
use egui_kittest::kittest::Queryable;
use lotse_engine::rep::RepCommand;

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
fn h2_reps_who_are_in_a_session_together_are_named() {
    let (harness, _) = harness("beside");
    harness.get_by_label("In this session: Anna Berg (you), Bo Lind (looks on)");
}
