//! S4 on the real console and relay: a second factor that is required, taken away and recovered, locks, and sign-ins that
//! somebody else ends.

use crate::hand_made::Control;
use lotse_e2e::stage::{PASSWORD, USER};
use lotse_e2e::{Display, Program, RepOptions, Stage, wait_for};
use lotse_protocol::control::{FromRelay, Secret, Side, SignInFailure, ToRelay};
use ring::hmac;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What an authenticator app shows for a URI, so many steps from now.
fn code(uri: &str, steps: u64) -> String {
    let secret = uri.split(['?', '&']).find_map(|part| part.strip_prefix("secret=")).unwrap();
    let five = |letter: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
    let bits: Vec<u8> =
        secret.chars().flat_map(|letter| (0..5).rev().map(move |at| ((five(letter) >> at) & 1) as u8)).collect();
    let bytes: Vec<u8> = bits.chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| (byte << 1) | bit)).collect();
    let step = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30 + steps;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes), &step.to_be_bytes());
    let digest = tag.as_ref();
    let at = usize::from(digest[19] & 15);
    let number = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Where a console writes what an app would scan, and then the recovery codes.
fn factor_file(stage: &Stage) -> PathBuf {
    stage.folder().join("second-factor")
}

fn written(file: &Path, is: impl Fn(&[String]) -> bool) -> Vec<String> {
    wait_for(30, "a second factor in its file", || {
        let lines: Vec<String> = std::fs::read_to_string(file).ok()?.lines().map(str::to_owned).collect();
        is(&lines).then_some(lines)
    })
    .unwrap()
}

fn type_code(program: &mut Program, code: &str) {
    program.tell(&json!({ "do": "second-factor-code", "code": code })).unwrap();
}

fn refused(program: &Program, mark: usize, problem: &str) {
    program.expect_after(mark, "sign-in-failed", 60, |event| event["problem"] == problem).unwrap();
}

fn second_factor(program: &Program, is: impl Fn(&Value) -> bool) {
    program.expect("second-factor", 30, is).unwrap();
}

/// Anna, who has just set up the second factor that her account requires: its URI and the recovery codes.
fn set_up(stage: &Stage, display: &Display) -> (Program, String, Vec<String>) {
    stage.change(&["account", "set", "--name", "Acme", "--second-factor", "required"]).unwrap();
    let file = factor_file(stage);
    let arguments = vec!["--second-factor-file", file.to_str().unwrap()];
    let mut anna = stage.rep(display, &RepOptions { arguments }).unwrap();
    refused(&anna, 0, "second-factor-must-be-set-up");
    let uri = written(&file, |lines| lines.len() == 1)[0].clone();
    let mark = anna.mark();
    type_code(&mut anna, "no code");
    refused(&anna, mark, "wrong-code");
    type_code(&mut anna, &code(&uri, 0));
    anna.expect("signed-in", 30, |_| true).unwrap();
    second_factor(&anna, |event| event["on"] == true && event["recovery_codes"] == 10);
    let codes = written(&file, |lines| lines.len() == 10);
    let mark = anna.mark();
    anna.tell(&json!({ "do": "recovery-codes-kept" })).unwrap();
    anna.expect_after(mark, "second-factor", 30, |event| event["recovery_codes"] == 0).unwrap();
    (anna, uri, codes)
}

#[test]
fn s4_a_required_second_factor_is_set_up_once_and_asked_for_at_every_sign_in() {
    let displays = [Display::start(1280, 900).unwrap(), Display::start(1280, 900).unwrap()];
    let stage = Stage::start().unwrap();
    let (anna, uri, codes) = set_up(&stage, &displays[0]);
    stage.code().unwrap();
    let said = anna.events().iter().map(Value::to_string).collect::<String>();
    assert!(!said.contains("otpauth") && !codes.iter().any(|code| said.contains(code)), "no secret is in any event");

    let mut again = stage.colleague(&displays[1], USER, PASSWORD).unwrap();
    refused(&again, 0, "second-factor-wanted");
    let shown = code(&uri, 1);
    type_code(&mut again, &shown);
    again.expect("signed-in", 30, |_| true).unwrap();
    drop(again);

    let mut third = stage.colleague(&displays[1], USER, PASSWORD).unwrap();
    refused(&third, 0, "second-factor-wanted");
    let mark = third.mark();
    type_code(&mut third, &shown);
    refused(&third, mark, "wrong-code");
    type_code(&mut third, &codes[0]);
    third.expect("signed-in", 30, |_| true).unwrap();
    second_factor(&third, |event| event["recovery_codes_left"] == 9 && event["recovery_code_used"] == true);
}

#[test]
fn s4_a_lost_second_factor_is_taken_away_and_the_sign_in_ends_with_the_reason() {
    let displays = [Display::start(1280, 900).unwrap(), Display::start(1280, 900).unwrap()];
    let stage = Stage::start().unwrap();
    let (anna, ..) = set_up(&stage, &displays[0]);
    stage.change(&["rep", "second-factor", "--user", USER, "--remove"]).unwrap();
    anna.expect("sign-in-ended", 20, |event| event["why"] == "by-manager").unwrap();
    let again = stage.colleague(&displays[1], USER, PASSWORD).unwrap();
    refused(&again, 0, "second-factor-must-be-set-up");
}

#[test]
fn s4_a_rep_switches_a_second_factor_on_and_off_again() {
    let display = Display::start(1280, 900).unwrap();
    let stage = Stage::start().unwrap();
    let file = factor_file(&stage);
    let arguments = vec!["--second-factor-file", file.to_str().unwrap()];
    let mut anna = stage.rep(&display, &RepOptions { arguments }).unwrap();
    stage.code().unwrap();
    anna.tell(&json!({ "do": "set-up-second-factor", "password": PASSWORD })).unwrap();
    let uri = written(&file, |lines| lines.len() == 1)[0].clone();
    type_code(&mut anna, &code(&uri, 0));
    second_factor(&anna, |event| event["on"] == true && event["recovery_codes_left"] == 10);
    let codes = written(&file, |lines| lines.len() == 10);
    let change = |what: &str, password: &str, code: &str| json!({ "do": what, "password": password, "code": code });
    anna.tell(&change("renew-recovery-codes", PASSWORD, &codes[0])).unwrap();
    let new = written(&file, |lines| lines.len() == 10 && lines != codes.as_slice());
    for (password, code, problem) in
        [("wrong", new[0].as_str(), "wrong-id-or-password"), (PASSWORD, codes[1].as_str(), "wrong-code")]
    {
        let mark = anna.mark();
        anna.tell(&change("remove-second-factor", password, code)).unwrap();
        anna.expect_after(mark, "second-factor", 30, |event| event["problem"] == problem).unwrap();
    }
    let mark = anna.mark();
    anna.tell(&change("remove-second-factor", PASSWORD, &new[0])).unwrap();
    anna.expect_after(mark, "second-factor", 30, |event| event["on"] == false).unwrap();
}

/// Wrong passwords, each as soon as it is looked at, until the ID is locked.
async fn guess_until_locked(url: &str) -> lotse_e2e::Result<u32> {
    let mut control = Control::call(url, Side::Rep).await?;
    for wrong in 0..100 {
        let failure = loop {
            let (user, password) = (USER.to_owned(), Secret("wrong".to_owned()));
            control.say(&ToRelay::SignIn { user, password }).await?;
            let failure = control
                .hear(|message| match message {
                    FromRelay::SignInFailed(failure) => Some(failure),
                    _ => None,
                })
                .await?;
            match failure {
                SignInFailure::TooMany { wait_s } => tokio::time::sleep(Duration::from_secs(wait_s)).await,
                other => break other,
            }
        };
        if matches!(failure, SignInFailure::Locked { .. }) {
            return Ok(wrong);
        }
    }
    Err("it is never locked".into())
}

#[test]
fn s4_too_many_wrong_passwords_lock_the_id_and_spare_whoever_is_signed_in() {
    let displays = [Display::start(1280, 900).unwrap(), Display::start(1280, 900).unwrap()];
    let stage = Stage::start().unwrap();
    let mut anna = stage.rep(&displays[0], &RepOptions::default()).unwrap();
    stage.code().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    assert_eq!(runtime.block_on(guess_until_locked(&stage.url)).unwrap(), 10);
    let other = stage.colleague(&displays[1], USER, PASSWORD).unwrap();
    other.expect("sign-in-failed", 60, |event| event["problem"] == "locked").unwrap();
    drop(other);
    let mark = anna.mark();
    anna.tell(&json!({ "do": "new-code" })).unwrap();
    anna.expect_after(mark, "code", 20, |_| true).unwrap();
    stage.operate(&["rep", "unlock", "--user", USER]).unwrap();
    let other = stage.colleague(&displays[1], USER, PASSWORD).unwrap();
    other.expect("signed-in", 60, |_| true).unwrap();
}

#[test]
fn s4_a_sign_in_is_ended_by_the_operator() {
    let display = Display::start(1280, 900).unwrap();
    let stage = Stage::start().unwrap();
    let anna = stage.rep(&display, &RepOptions::default()).unwrap();
    stage.code().unwrap();
    stage.operate(&["rep", "sign-ins", "--user", USER, "--json"]).unwrap();
    stage.change(&["rep", "sign-out", "--user", USER, "--sign-in", "1"]).unwrap();
    anna.expect("sign-in-ended", 20, |event| event["why"] == "by-manager").unwrap();
}
