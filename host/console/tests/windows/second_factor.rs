//! The second factor in the console's windows, by accessible name and by keyboard.

use super::*;
use lotse_engine::rep::{SecondFactor, SignIn};
use lotse_protocol::control::{Secret, SignInFailure};

#[test]
fn s4_a_code_is_typed_by_keyboard_alone_and_what_is_no_code_is_not_sent() {
    let (mut harness, core) = harness("second-factor");
    harness.get_by_label("Your password is right.");
    let label = "Code from your authenticator app";
    assert!(harness.get_by_label(label).is_focused());
    harness.get_by_label(label).type_text("12345");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    harness.get_by_label("A code has six digits.");
    assert!(sent(&core).is_empty());
    harness.get_by_label(label).type_text("6");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let typed = sent(&core);
    assert!(matches!(&typed[..], [RepCommand::SecondFactorCode { code }] if code.0 == "123456"), "{typed:?}");
    core.view.borrow_mut().sign_in = SignIn::Refused(SignInFailure::WrongCode);
    harness.run_steps(3);
    harness.get_by_label("The code is not right.");
    assert!(harness.get_by_label(label).is_focused(), "for the next one");
}

#[test]
fn s4_a_recovery_code_takes_the_place_of_the_apps() {
    let (mut harness, core) = harness("second-factor");
    harness.get_by_label("Use a recovery code instead").click();
    harness.run_steps(4);
    assert!(harness.get_by_label("Recovery code").is_focused());
    harness.get_by_label("Recovery code").type_text("k7mp-2vqa-9xyz-abcd");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let typed = sent(&core);
    assert!(matches!(&typed[..], [RepCommand::SecondFactorCode { code }] if code.0 == "k7mp-2vqa-9xyz-abcd"));
    harness.get_by_label("Use the authenticator app instead").click();
    harness.run_steps(4);
    harness.get_by_label("Code from your authenticator app");
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(matches!(sent(&core)[..], [RepCommand::SignOut]), "somebody else signs in");
}

#[test]
fn s4_setting_up_shows_a_picture_and_the_key_in_letters() {
    let (mut harness, core) = harness("second-factor-setup");
    harness.get_by_label("Set up a second factor");
    harness.get_by_label("QR code for an authenticator app");
    harness.get_by_label_contains("Key: G E Z D G N B V");
    assert!(harness.query_by_label("Use a recovery code instead").is_none(), "there is none yet");
    harness.get_by_label("Code from your authenticator app").type_text("287 082");
    harness.run_steps(2);
    harness.get_by_label("Set up and sign in");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(matches!(&sent(&core)[..], [RepCommand::SecondFactorCode { code }] if code.0 == "287 082"));
}

#[test]
fn s4_recovery_codes_stand_until_they_are_kept() {
    let (mut harness, core) = harness("recovery-codes");
    harness.get_by_label("Keep your recovery codes");
    harness.get_by_label("Recovery code: k 7 m p - 2 v q a - 9 x y z - a b c d");
    assert!(harness.query_by_label("New code").is_none(), "nothing else is shown");
    harness.get_by_label("Copy").click();
    harness.run_steps(3);
    harness.get_by_label("They are on the clipboard.");
    harness.get_by_label("I have kept them").click();
    harness.run_steps(2);
    assert!(matches!(sent(&core)[..], [RepCommand::RecoveryCodesKept]));
}

#[test]
fn s4_a_used_recovery_code_is_told_with_how_many_are_left() {
    let (mut harness, core) = harness("preferences-second-factor");
    harness.get_by_label("You used a recovery code.");
    harness.get_by_label("9 recovery codes left.");
    harness.get_by_label("Dismiss this message").click();
    harness.run_steps(2);
    assert!(matches!(sent(&core)[..], [RepCommand::RecoveryCodeNoted]));
}

#[test]
fn s4_a_lock_is_told_in_words_with_the_wait() {
    let (harness, _) = harness("sign-in-locked");
    harness.get_by_label("Too many wrong attempts.");
    harness.get_by_label_contains("again in 15 minutes. A manager can reset your password");
}

fn preferences(page: &str) -> (Harness<'static, State>, Fake) {
    let (mut harness, core) = harness(page);
    harness.state_mut().console.as_mut().unwrap().open_preferences();
    harness.run_steps(4);
    (harness, core)
}

/// Also where it is scrolled out of sight.
fn press(harness: &mut Harness<'_, State>, label: &str) {
    harness.get_by_label(label).click_accesskit();
    harness.run_steps(4);
}

/// Into the field that has the keyboard, and Enter.
fn enter(harness: &mut Harness<'_, State>, label: &str, text: &str) {
    assert!(harness.get_by_label(label).is_focused(), "{label}");
    harness.get_by_label(label).type_text(text);
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
}

const YOUR_PASSWORD: &str = "Your password";
const YOUR_CODE: &str = "Code from your authenticator app, or a recovery code";

#[test]
fn s4_the_preferences_switch_it_on_by_password_and_code_and_off_by_both() {
    let (mut harness, core) = preferences("empty");
    press(&mut harness, "Second factor, A code of your telephone beside the password");
    assert!(matches!(sent(&core)[..], [RepCommand::LeaveSecondFactor]), "nothing is offered to an open console");
    enter(&mut harness, YOUR_PASSWORD, "correct horse");
    let on = sent(&core);
    assert!(matches!(&on[..], [RepCommand::SetUpSecondFactor { password }] if password.0 == "correct horse"), "{on:?}");
    core.view.borrow_mut().second_factor.offer = Some(fake::offer());
    harness.run_steps(4);
    enter(&mut harness, "Code from your authenticator app", "287082");
    assert!(matches!(&sent(&core)[..], [RepCommand::SecondFactorCode { code }] if code.0 == "287082"));

    let on = SecondFactor { on: true, recovery_codes_left: 10, ..SecondFactor::default() };
    core.view.borrow_mut().second_factor = on;
    harness.run_steps(4);
    press(&mut harness, "Second factor, 10 recovery codes left");
    assert!(matches!(sent(&core)[..], [RepCommand::LeaveSecondFactor]));
    enter(&mut harness, YOUR_PASSWORD, "correct horse");
    assert!(sent(&core).is_empty(), "the password alone is not enough");
    enter(&mut harness, YOUR_CODE, "287082");
    let off = sent(&core);
    let [RepCommand::RemoveSecondFactor { password, code }] = &off[..] else { panic!("{off:?}") };
    assert_eq!((password.0.as_str(), code.0.as_str()), ("correct horse", "287082"));
    core.view.borrow_mut().second_factor.required = true;
    harness.run_steps(4);
    harness.get_by_label_contains("Your account requires it");
}

#[test]
fn s4_new_recovery_codes_are_made_also_where_a_second_factor_is_required() {
    let (mut harness, core) = preferences("empty");
    core.view.borrow_mut().second_factor =
        SecondFactor { on: true, required: true, recovery_codes_left: 1, ..SecondFactor::default() };
    harness.run_steps(4);
    harness.get_by_label("One recovery code left");
    press(&mut harness, "New recovery codes");
    assert!(matches!(sent(&core)[..], [RepCommand::LeaveSecondFactor]));
    harness.get_by_label_contains("those of before no longer work");
    enter(&mut harness, YOUR_PASSWORD, "correct horse");
    enter(&mut harness, YOUR_CODE, "k7mp-2vqa-9xyz-abcd");
    let renewed = sent(&core);
    assert!(
        matches!(&renewed[..], [RepCommand::RenewRecoveryCodes { code, .. }] if code.0 == "k7mp-2vqa-9xyz-abcd"),
        "{renewed:?}"
    );
    core.view.borrow_mut().second_factor.failure = Some(SignInFailure::WrongCode);
    harness.run_steps(4);
    harness.get_by_label("The code is not right.");
    core.view.borrow_mut().second_factor = SecondFactor {
        on: true,
        recovery_codes_left: 1,
        recovery_codes: vec![Secret("efgh-jkmn-pqrs-tuvw".to_owned())],
        ..SecondFactor::default()
    };
    harness.run_steps(4);
    assert!(harness.query_by_label(YOUR_PASSWORD).is_none(), "it is done");
    harness.get_by_label("Recovery code: e f g h - j k m n - p q r s - t u v w");
}

#[test]
fn s4_an_offer_that_stood_too_long_says_so() {
    let (mut harness, core) = preferences("empty");
    core.view.borrow_mut().second_factor.offer_over = true;
    harness.run_steps(4);
    harness.get_by_label("That took too long, and nothing was set up.");
}

/// What is copied in a session whose clipboard is shared is at the customer's at once.
#[test]
fn s4_no_secret_is_copied_while_a_session_runs() {
    let (mut harness, core) = harness("recovery-codes");
    harness.get_by_label("Copy");
    let running = samples::session(true, SessionState::Active, false);
    core.view.borrow_mut().sessions = vec![fake::with_session(7, running)];
    harness.run_steps(4);
    assert!(harness.query_by_label("Copy").is_none());
    harness.get_by_label_contains("over a shared clipboard the customer would get it");

    let (mut harness, core) = preferences("empty");
    core.view.borrow_mut().second_factor.offer = Some(fake::offer());
    harness.run_steps(4);
    harness.get_by_label("Copy the key");
    let running = samples::session(true, SessionState::Active, false);
    core.view.borrow_mut().sessions = vec![fake::with_session(7, running)];
    harness.run_steps(4);
    assert!(harness.query_by_label("Copy the key").is_none());
    harness.get_by_label_contains("over a shared clipboard the customer would get it");
}
