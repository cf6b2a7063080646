//! Second factors, locks and sign-ins that others end, while the relay runs: the command line and the programs on both ends.

use super::*;
use lotse_protocol::control::{SecondFactor, SignInEnd, SignInFailure};
use lotse_relay::relay::SignInLimits;
use ring::hmac;
use std::time::{SystemTime, UNIX_EPOCH};

/// What an authenticator app shows for the secret of a URI, so many steps from now.
fn code(uri: &Secret, steps: u64) -> Secret {
    let secret = uri.0.split(['?', '&']).find_map(|part| part.strip_prefix("secret=")).unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = secret.chars().map(|letter| format!("{:05b}", alphabet.find(letter).unwrap())).collect();
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks(8)
        .map(|bits| u8::from_str_radix(std::str::from_utf8(bits).unwrap(), 2).unwrap())
        .collect();
    let step = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30 + steps;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes), &step.to_be_bytes());
    let digest = tag.as_ref();
    let at = usize::from(digest[19] & 15);
    let number = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    Secret(format!("{:06}", number % 1_000_000))
}

fn with_code(code: Secret, first: bool) -> ToRelay {
    ToRelay::SignInWithCode { user: USER.into(), password: Secret(PASSWORD.into()), new_password: None, code, first }
}

fn set_up() -> ToRelay {
    ToRelay::SetUpSecondFactor { password: Secret(PASSWORD.into()) }
}

async fn ask(program: &mut Program, message: ToRelay) -> FromRelay {
    program.say(message).await;
    program.hear().await
}

/// Switches a second factor on: its URI and recovery codes.
async fn switch_on(program: &mut Program) -> (Secret, Vec<Secret>) {
    let FromRelay::SecondFactorOffered { uri } = ask(program, set_up()).await else { panic!("not offered") };
    let code = code(&uri, 0);
    let FromRelay::RecoveryCodes { codes } = ask(program, ToRelay::ProveSecondFactor { code }).await else {
        panic!("no codes")
    };
    assert!(matches!(program.hear().await, FromRelay::SecondFactor(SecondFactor { on: true, .. })));
    (uri, codes)
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_a_required_second_factor_is_set_up_at_the_next_sign_in_and_asked_for_at_every_other() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    command(&folder, &["account", "set", "--name", "Acme", "--second-factor", "required"]).await;
    let mut program = Program::connect(&relay, Side::Rep).await;
    let FromRelay::SecondFactorOffered { uri } = program.sign_in(USER, PASSWORD).await else { panic!("not offered") };
    assert!(matches!(ask(&mut program, ToRelay::NewCode).await, FromRelay::Refused { .. }), "nobody is signed in");
    let wrong = ask(&mut program, with_code(Secret("no code".into()), true)).await;
    assert!(matches!(wrong, FromRelay::SignInFailed(SignInFailure::WrongCode)));
    let FromRelay::RecoveryCodes { codes } = ask(&mut program, with_code(code(&uri, 0), true)).await else {
        panic!("no codes")
    };
    assert_eq!(codes.len(), 10);
    assert!(matches!(program.hear().await, FromRelay::SecondFactor(SecondFactor { on: true, required: true, .. })));
    assert!(matches!(program.hear().await, FromRelay::SignedIn { .. }));
    super::code(&mut program).await;

    let mut again = Program::connect(&relay, Side::Rep).await;
    assert!(matches!(again.sign_in(USER, PASSWORD).await, FromRelay::SignInFailed(SignInFailure::SecondFactorWanted)));
    let shown = code(&uri, 1);
    assert!(matches!(
        ask(&mut again, with_code(shown.clone(), false)).await,
        FromRelay::SecondFactor(SecondFactor { recovery_codes_left: 10, .. })
    ));
    assert!(matches!(again.hear().await, FromRelay::SignedIn { .. }));
    let mut third = Program::connect(&relay, Side::Rep).await;
    let replayed = ask(&mut third, with_code(shown, false)).await;
    assert!(matches!(replayed, FromRelay::SignInFailed(SignInFailure::WrongCode)), "each works once");
    let recovered = ask(&mut third, with_code(codes.first().unwrap().clone(), false)).await;
    assert!(matches!(
        recovered,
        FromRelay::SecondFactor(SecondFactor { recovery_codes_left: 9, recovery_code_used: true, .. })
    ));
    assert!(matches!(third.hear().await, FromRelay::SignedIn { .. }));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_a_second_factor_survives_a_restart_and_a_token_needs_none() {
    let folder = folder().await;
    let first = relay(&folder).await;
    let (mut anna, token) = rep(&first).await;
    let (uri, _) = switch_on(&mut anna).await;
    first.stop().await;
    let second = relay(&folder).await;
    let mut program = Program::connect(&second, Side::Rep).await;
    let told = ask(&mut program, ToRelay::SignInAgain { token }).await;
    assert!(matches!(told, FromRelay::SecondFactor(SecondFactor { on: true, recovery_codes_left: 10, .. })));
    assert!(matches!(program.hear().await, FromRelay::SignedIn { .. }));
    let mut other = Program::connect(&second, Side::Rep).await;
    assert!(matches!(
        ask(&mut other, with_code(code(&uri, 1), false)).await,
        FromRelay::SecondFactor(SecondFactor { .. })
    ));
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_a_lost_second_factor_is_taken_away_and_ends_the_sign_ins() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (mut anna, token) = rep(&relay).await;
    switch_on(&mut anna).await;
    command(&folder, &["rep", "second-factor", "--user", USER]).await;
    command(&folder, &["rep", "second-factor", "--user", USER, "--remove", "--json"]).await;
    assert!(matches!(anna.hear().await, FromRelay::SignInEnded(SignInEnd::ByManager)));
    let mut program = Program::connect(&relay, Side::Rep).await;
    let over = ask(&mut program, ToRelay::SignInAgain { token }).await;
    assert!(matches!(over, FromRelay::SignInFailed(SignInFailure::SignInAgain)));
    assert!(matches!(program.sign_in(USER, PASSWORD).await, FromRelay::SignedIn { .. }), "without a code");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_a_rep_renews_the_recovery_codes_and_switches_it_off_with_password_and_code() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (mut anna, _) = rep(&relay).await;
    let (uri, codes) = switch_on(&mut anna).await;
    let off = |password: &str, code: Secret| ToRelay::RemoveSecondFactor { password: Secret(password.into()), code };
    let wrong = ask(&mut anna, off("wrong", code(&uri, 1))).await;
    assert!(matches!(wrong, FromRelay::SecondFactorFailed(SignInFailure::WrongIdOrPassword)));
    let wrong = ask(&mut anna, off(PASSWORD, Secret("no code".into()))).await;
    assert!(matches!(wrong, FromRelay::SecondFactorFailed(SignInFailure::WrongCode)));
    let renew = ToRelay::RenewRecoveryCodes { password: Secret(PASSWORD.into()), code: codes.first().unwrap().clone() };
    let FromRelay::RecoveryCodes { codes: new } = ask(&mut anna, renew).await else { panic!("no codes") };
    assert!(new.len() == 10 && !new.iter().any(|code| codes.contains(code)));
    assert!(matches!(anna.hear().await, FromRelay::SecondFactor(SecondFactor { recovery_codes_left: 10, .. })));
    let off = ask(&mut anna, off(PASSWORD, code(&uri, 1))).await;
    assert!(matches!(off, FromRelay::SecondFactor(SecondFactor { on: false, .. })));
    let mut nobody = Program::connect(&relay, Side::Rep).await;
    assert!(matches!(ask(&mut nobody, set_up()).await, FromRelay::Refused { .. }));
    let mut customer = Program::connect(&relay, Side::Customer).await;
    let refused = ask(&mut customer, with_code(Secret("123456".into()), false)).await;
    assert!(matches!(refused, FromRelay::Refused { .. }), "only a rep's program signs in");
    relay.stop().await;
}

fn quickly_locking(folder: &TempDir) -> RelayConfig {
    let mut config = config(folder);
    config.sign_in = SignInLimits { user_wrong_max: 3, ..SignInLimits::default() };
    config
}

async fn locked(program: &mut Program, user: &str, password: &str) -> bool {
    matches!(program.sign_in(user, password).await, FromRelay::SignInFailed(SignInFailure::Locked { wait_s: 1..=900 }))
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_a_lock_outlives_a_restart_spares_who_is_signed_in_and_is_lifted_by_unlock_and_reset() {
    let folder = folder().await;
    let first = Relay::start(quickly_locking(&folder)).await.unwrap();
    let (mut anna, _) = rep(&first).await;
    let mut guesser = Program::connect(&first, Side::Rep).await;
    for user in [USER, "nobody@acme.example"] {
        for _ in 0..3 {
            let wrong = guesser.sign_in(user, "wrong").await;
            assert!(matches!(wrong, FromRelay::SignInFailed(SignInFailure::WrongIdOrPassword)));
        }
        assert!(locked(&mut guesser, user, PASSWORD).await, "{user}: as if there were such a rep");
    }
    super::code(&mut anna).await;
    first.stop().await;

    let second = Relay::start(quickly_locking(&folder)).await.unwrap();
    let mut program = Program::connect(&second, Side::Rep).await;
    assert!(locked(&mut program, USER, PASSWORD).await);
    command(&folder, &["rep", "unlock", "--user", USER]).await;
    assert!(matches!(program.sign_in(USER, PASSWORD).await, FromRelay::SignedIn { .. }));

    let mut guesser = Program::connect(&second, Side::Rep).await;
    for _ in 0..3 {
        guesser.sign_in(USER, "wrong").await;
    }
    assert!(locked(&mut guesser, USER, PASSWORD).await);
    let file = folder.path().join("given.txt");
    std::fs::write(&file, "given by a manager").unwrap();
    command(&folder, &["rep", "password", "--user", USER, "--password-file", file.to_str().unwrap()]).await;
    let open = guesser.sign_in(USER, "given by a manager").await;
    assert!(matches!(open, FromRelay::SignInFailed(SignInFailure::MustChangePassword)), "{open:?}");
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_one_sign_in_is_ended_by_its_number_and_the_rest_by_none() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (mut first, _) = rep(&relay).await;
    let (mut second, token) = rep(&relay).await;
    command(&folder, &["rep", "sign-ins", "--user", USER, "--json"]).await;
    // Numbers begin with one.
    command(&folder, &["rep", "sign-out", "--user", USER, "--sign-in", "1"]).await;
    assert!(matches!(first.hear().await, FromRelay::SignInEnded(SignInEnd::ByManager)));
    assert!(first.hear_or_end().await.is_none(), "and hung up on");
    super::code(&mut second).await;
    command(&folder, &["rep", "sign-out", "--user", USER]).await;
    assert!(matches!(second.hear().await, FromRelay::SignInEnded(SignInEnd::ByManager)));
    let mut again = Program::connect(&relay, Side::Rep).await;
    let over = ask(&mut again, ToRelay::SignInAgain { token }).await;
    assert!(matches!(over, FromRelay::SignInFailed(SignInFailure::SignInAgain)));
    assert!(matches!(again.sign_in(USER, PASSWORD).await, FromRelay::SignedIn { .. }), "the password is as it was");
    relay.stop().await;
}
