//! Customers who wait, the popup alert, being away, and sessions that began with a question.

use super::{Fake, State, fake, harness, harness_of, hidden, sent};
use egui::accesskit::Role;
use egui::{Key, Modifiers, ViewportCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use lotse_console::settings::Settings;
use lotse_engine::rep::{QuestionEnd, QuestionNews, RepCommand};
use lotse_engine::view::SessionState;
use lotse_protocol::question::{Availability, QuestionId};
use lotse_ui::samples;
use std::sync::Arc;
use std::time::{Duration, Instant};

const WEBER: QuestionId = QuestionId([3; 16]);
const ORTIZ: QuestionId = QuestionId([4; 16]);

fn both() -> Modifiers {
    Modifiers::COMMAND.plus(Modifiers::SHIFT)
}

fn press(harness: &mut Harness<'_, State>, key: Key) {
    harness.key_press_modifiers(both(), key);
    harness.run_steps(2);
}

#[test]
fn q2_the_list_shows_who_waits_where_for_how_long_and_what_they_ask() {
    let (mut harness, core) = harness("questions");
    harness.get_by_label("Waiting (3)");
    harness.get_by_label("K. Weber");
    assert_eq!(harness.get_all_by_label("· Billing").count(), 2);
    harness.get_by_label("The invoice does not print.");
    harness.get_by_label_contains("Waiting for 0:4");
    harness.get_by_label("offered to you");
    harness.get_by_label("A customer");
    harness.get_by_label("offered to Bo Lind");
    // Whoever has much to say is shown in part, and wholly on demand.
    harness.get_by_label("Show the whole question of J. Ortiz").click();
    harness.run_steps(4);
    harness.get_by_label("Show less of the question of J. Ortiz");
    assert!(sent(&core).is_empty());
    harness.get_by_label("Answer J. Ortiz").click();
    harness.run_steps(2);
    assert!(
        matches!(sent(&core)[..], [RepCommand::AnswerQuestion { question: ORTIZ }]),
        "one that is not offered, too"
    );
    harness.get_by_label("Pass the question of K. Weber").click();
    harness.run_steps(2);
    assert!(matches!(sent(&core)[..], [RepCommand::PassQuestion { question: WEBER }]));
    assert_eq!(harness.query_all_by_label_contains("Pass the question").count(), 1, "only what is offered is passed");
}

/// Scar: a question that was abuse could be passed, and came back, and could never be got rid of.
#[test]
fn q2_a_question_that_makes_no_sense_is_closed_after_a_word() {
    for (answer, closes) in [("Cancel", false), ("Close question", true)] {
        let (mut harness, core) = harness("questions");
        harness.get_by_label("More about the question of J. Ortiz").click();
        harness.run_steps(4);
        harness.get_by_label("This question is abusive or makes no sense …").click();
        harness.run_steps(4);
        assert!(sent(&core).is_empty(), "it is asked first");
        harness.get_by_label("Close the question of J. Ortiz?");
        harness.get_by_label(answer).click();
        harness.run_steps(4);
        let sent = sent(&core);
        if closes {
            assert!(matches!(sent[..], [RepCommand::CloseQuestion { question: ORTIZ }]), "{sent:?}");
        } else {
            assert!(sent.is_empty(), "{sent:?}");
        }
        assert!(harness.query_by_label_contains("Close the question").is_none());
    }
}

#[test]
fn q2_enter_answers_from_the_list() {
    let (mut harness, core) = harness("questions");
    harness.get_by_label("Answer K. Weber").focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(matches!(sent(&core)[..], [RepCommand::AnswerQuestion { question: WEBER }]));
    // It is under way: nothing more can be asked for until the relay has said something.
    core.view.borrow_mut().questions.answering = Some(WEBER);
    harness.run_steps(2);
    harness.get_by_label("Answer J. Ortiz").click();
    harness.run_steps(2);
    assert!(sent(&core).is_empty());
}

#[test]
fn q2_an_empty_list_says_what_would_stand_there() {
    let (harness_with, _) = harness("questions-none");
    harness_with.get_by_label("Nobody is waiting");
    harness_with.get_by_label_contains("Customers who ask on a portal of yours wait here.");
    let (harness_without, _) = harness("empty");
    harness_without.get_by_label_contains("With a portal customers ask on a web page of yours");
}

#[test]
fn q1_the_alert_shows_who_asks_what_and_how_long_it_is_offered() {
    let (mut harness, core) = harness("alert");
    harness.get_by_label_contains("until it goes to the next rep");
    assert_eq!(harness.get_all_by_label("The invoice does not print.").count(), 2, "in the list and in the alert");
    assert_eq!(harness.get_all_by_label("Answer K. Weber").count(), 2);
    press(&mut harness, Key::A);
    assert!(matches!(sent(&core)[..], [RepCommand::AnswerQuestion { question: WEBER }]));
    press(&mut harness, Key::P);
    assert!(matches!(sent(&core)[..], [RepCommand::PassQuestion { question: WEBER }]));
    core.view.borrow_mut().questions.offer = None;
    harness.run_steps(4);
    assert!(harness.query_by_label_contains("until it goes to the next rep").is_none(), "it closes when it is over");
    press(&mut harness, Key::A);
    assert!(sent(&core).is_empty(), "and its keys do nothing");
}

#[test]
fn q1_in_a_session_the_alert_is_shown_only_to_who_wants_it() {
    for wanted in [false, true] {
        let core = Fake::new(fake::page("alert", false));
        let session = samples::session(true, SessionState::Active, false);
        core.view.borrow_mut().sessions = vec![fake::with_session(7, session)];
        let settings = Settings { language: Some("en".into()), session_alert: wanted, ..Settings::default() };
        let harness = harness_of(&core, settings);
        assert_eq!(harness.query_by_label_contains("until it goes to the next rep").is_some(), wanted);
    }
}

#[test]
fn q1_what_ended_an_offer_is_told_in_the_list_for_a_moment() {
    let (mut harness, core) = harness("questions-none");
    let tell = |end, at| {
        let news = QuestionNews { question: WEBER, name: "K. Weber".into(), end, at };
        core.view.borrow_mut().questions.news = Some(news);
    };
    let by = || QuestionEnd::Taken { by: "Bo Lind".into() };
    for (end, said) in [
        (by(), "Bo Lind took the question of K. Weber."),
        (QuestionEnd::TimeOver, "The question of K. Weber went to the next rep."),
        (QuestionEnd::Left, "K. Weber has left."),
        (QuestionEnd::Closed { by: "Bo Lind".into() }, "Bo Lind closed the question of K. Weber."),
        (QuestionEnd::NotCome, "The program of K. Weber did not come. The question waits again."),
    ] {
        tell(end, Instant::now());
        harness.run_steps(2);
        harness.get_by_label(said);
    }
    tell(QuestionEnd::YouPassed, Instant::now());
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("K. Weber").is_none(), "whoever passed it knows");
    tell(by(), Instant::now().checked_sub(Duration::from_secs(60)).unwrap());
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("Bo Lind").is_none(), "it is no news any more");
}

#[test]
fn q1_ready_and_away_are_chosen_in_a_menu_and_by_key() {
    let (mut harness, core) = harness("questions");
    harness.get_by_label("Ready: how you take questions").click();
    harness.run_steps(4);
    harness.get_by_label("Away: Questions go to your colleagues. You can still answer from the list.").click();
    harness.run_steps(4);
    let away = Availability { ready: false, ..Availability::default() };
    assert!(matches!(sent(&core)[..], [RepCommand::Availability(said)] if said == away));
    harness.get_by_label("You are away.");
    harness.get_by_label("I am ready").click();
    harness.run_steps(4);
    assert!(matches!(sent(&core)[..], [RepCommand::Availability(said)] if said == Availability::default()));
    press(&mut harness, Key::R);
    assert!(matches!(sent(&core)[..], [RepCommand::Availability(said)] if said == away));
    harness.get_by_label("Away: how you take questions");
    // A script said otherwise: the windows follow the core.
    let scripted = Availability { offer_s: 60, ..Availability::default() };
    core.view.borrow_mut().questions.availability = Some(scripted);
    harness.run_steps(2);
    harness.get_by_label("Ready: how you take questions");
}

#[test]
fn q1_who_waits_for_a_seat_can_neither_be_ready_nor_answer() {
    let (mut harness, core) = harness("seats");
    core.view.borrow_mut().questions = samples::questions(false);
    harness.key_press(Key::Escape);
    harness.run_steps(4);
    harness.get_by_label("Waiting for a seat");
    assert!(harness.query_by_label_contains("how you take questions").is_none());
    harness.get_by_label("Answer K. Weber").click();
    press(&mut harness, Key::R);
    assert!(sent(&core).is_empty());
    assert!(harness.get_all_by_label("You need a seat to answer.").next().is_some());
}

#[test]
fn q1_preferences_are_told_at_once() {
    let (mut harness, core) = harness("questions-none");
    harness.state_mut().console.as_mut().unwrap().open_preferences();
    harness.run_steps(4);
    harness.get_by_label("With both off no question is offered to you during a session.");
    harness.get_by_role_and_label(Role::Switch, "Show the popup alert during a session").click_accesskit();
    harness.run_steps(4);
    let wanted = Availability { in_session: true, ..Availability::default() };
    assert!(matches!(sent(&core)[..], [RepCommand::Availability(said)] if said == wanted));
    harness.get_by_role_and_label(Role::Switch, "Play the sound").click_accesskit();
    harness.run_steps(4);
    assert!(sent(&core).is_empty(), "the relay has nothing to do with the sound");
    assert!(harness.query_by_label_contains("With both off").is_none());
}

#[test]
fn c1_an_answered_question_opens_its_session_at_once_and_shows_no_code() {
    let (mut harness, core) = harness("asked");
    harness.get_by_label("Waiting for K. Weber's program to start");
    harness.get_by_label("Asked on Billing: The invoice does not print.");
    assert!(harness.query_by_label_contains("Join code").is_none(), "its page has the code");
    harness.get_by_label("Sessions (1)");
    harness.get_by_label("Read the code aloud instead").click();
    harness.run_steps(4);
    harness.get_by_label("Join code: 4 8 2 9 1 3 5 2 0 7");
    harness.get_by_label("Give the question back").click();
    harness.run_steps(4);
    assert!(matches!(sent(&core)[..], [RepCommand::Close { .. }]));
}

#[test]
fn c1_a_window_that_was_closed_opens_again_when_the_customer_comes() {
    let (mut harness, core) = harness("asked");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::W);
    harness.run_steps(4);
    assert!(harness.query_by_label_contains("program to start").is_none());
    assert!(sent(&core).is_empty(), "the question is still answered");
    core.view.borrow_mut().sessions = vec![fake::with_session(7, samples::asked(SessionState::Active, false))];
    harness.run_steps(4);
    harness.get_by_label("Asked on Billing: The invoice does not print.");
    harness.get_by_label("Line: good · 38 ms");
}

/// As with customers who join: nothing is drawn while all windows are minimised or covered.
#[test]
fn q1_the_alert_comes_and_goes_though_the_list_is_minimised() {
    let (mut harness, core) = harness("questions-none");
    let console = |harness: &mut Harness<'static, State>| hidden(harness.state_mut().console.as_mut().unwrap(), false);
    assert!(console(&mut harness).is_empty());
    core.view.borrow_mut().questions.offer = Some(samples::offer(false));
    assert_eq!(console(&mut harness), [ViewportCommand::RequestPaintWhileHidden]);
    harness.run_steps(2);
    assert!(console(&mut harness).is_empty(), "it is there now");
    core.view.borrow_mut().questions = samples::questions(false);
    core.view.borrow_mut().questions.waiting = Arc::default();
    assert_eq!(console(&mut harness), [ViewportCommand::RequestPaintWhileHidden], "and is to go");
}
