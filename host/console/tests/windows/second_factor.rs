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

#[test]
fn s4_the_preferences_switch_it_on_by_a_code_and_off_by_the_password() {
    let (mut harness, core) = harness("empty");
    harness.state_mut().console.as_mut().unwrap().open_preferences();
    harness.run_steps(4);
    harness.get_by_label("Second factor, A code of your telephone beside the password").click();
    harness.run_steps(2);
    assert!(matches!(sent(&core)[..], [RepCommand::SetUpSecondFactor]));
    core.view.borrow_mut().second_factor.offer = Some(fake::offer());
    harness.run_steps(4);
    harness.get_by_label("Code from your authenticator app").type_text("287082");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(matches!(&sent(&core)[..], [RepCommand::SecondFactorCode { code }] if code.0 == "287082"));

    core.view.borrow_mut().second_factor =
        SecondFactor { on: true, recovery_codes_left: 10, ..SecondFactor::default() };
    harness.run_steps(4);
    harness.get_by_label("Second factor, 10 recovery codes left").click();
    harness.run_steps(4);
    assert!(matches!(sent(&core)[..], [RepCommand::LeaveSecondFactor]));
    harness.get_by_label("Your password, to switch it off").type_text("correct horse");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let off = sent(&core);
    assert!(matches!(&off[..], [RepCommand::RemoveSecondFactor { password: Secret(text) }] if text == "correct horse"));
    core.view.borrow_mut().second_factor.required = true;
    harness.run_steps(4);
    harness.get_by_label_contains("Your account requires it");
}
