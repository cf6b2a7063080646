//! Seats, suspended people and passwords set anew, while the relay runs: the command line and the programs on both ends.

use super::*;
use lotse_protocol::control::{PasswordWeakness, SeatsTaken, SignInEnd, SignInFailure};

const BO: &str = "bo@acme.example";

/// Waits for what the relay says of this sign-in's seat; what else it says is passed over.
async fn seat(program: &mut Program) -> Option<SeatsTaken> {
    loop {
        if let FromRelay::Seat { waits } = program.hear().await {
            return waits;
        }
    }
}

/// Signs in somebody who finds all seats taken: who has them.
async fn waits(relay: &Relay, user: &str) -> (Program, SeatsTaken, Secret) {
    let mut program = Program::connect(relay, Side::Rep).await;
    let FromRelay::Seat { waits: Some(taken) } = program.sign_in(user, PASSWORD).await else { panic!("it has a seat") };
    let FromRelay::SignedIn { token, .. } = program.hear().await else { panic!("not signed in") };
    (program, taken, token)
}

async fn one_seat() -> (TempDir, Relay) {
    let folder = folder().await;
    add_rep(folder.path(), BO).await;
    command(&folder, &["account", "set", "--name", "Acme", "--seats", "1"]).await;
    let relay = relay(&folder).await;
    (folder, relay)
}

async fn is_over(relay: &Relay, token: Secret) {
    let mut program = Program::connect(relay, Side::Rep).await;
    program.say(ToRelay::SignInAgain { token }).await;
    assert!(matches!(program.hear().await, FromRelay::SignInFailed(SignInFailure::SignInAgain)));
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_who_waits_gets_the_seat_when_the_other_signs_out() {
    let (_folder, relay) = one_seat().await;
    let (mut anna, _) = rep(&relay).await;
    let (mut bo, taken, _) = waits(&relay, BO).await;
    assert_eq!((taken.seats, taken.holders.len(), taken.holders[0].name.as_str()), (1, 1, "Anna Berg"));
    bo.say(ToRelay::NewCode).await;
    assert!(matches!(bo.hear().await, FromRelay::Refused { reason } if reason.contains("seats")));
    anna.say(ToRelay::SignOut).await;
    assert_eq!(seat(&mut bo).await, None);
    code(&mut bo).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_a_seat_is_taken_over_and_the_other_sign_in_is_over() {
    let (_folder, relay) = one_seat().await;
    let (mut anna, token) = rep(&relay).await;
    let (mut bo, taken, _) = waits(&relay, BO).await;
    bo.say(ToRelay::TakeSeat { seat: taken.holders[0].seat }).await;
    assert_eq!(seat(&mut bo).await, None);
    let FromRelay::SignInEnded(SignInEnd::TakenOver { by }) = anna.hear().await else { panic!("not told") };
    assert_eq!(by, "Anna Berg", "both have that name here");
    assert!(anna.hear_or_end().await.is_none(), "and hung up on");
    is_over(&relay, token).await;
    code(&mut bo).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_more_seats_reach_who_waits_while_the_relay_runs() {
    let (folder, relay) = one_seat().await;
    let (_anna, _) = rep(&relay).await;
    let (mut bo, ..) = waits(&relay, BO).await;
    command(&folder, &["account", "set", "--name", "acme", "--seats", "2"]).await;
    assert_eq!(seat(&mut bo).await, None);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_after_a_restart_the_seat_is_whose_it_was() {
    let (folder, first) = one_seat().await;
    let (anna, of_anna) = rep(&first).await;
    let (bo, _, of_bo) = waits(&first, BO).await;
    first.stop().await;
    drop((anna, bo));
    let second = relay(&folder).await;
    let mut bo = Program::connect(&second, Side::Rep).await;
    bo.say(ToRelay::SignInAgain { token: of_bo }).await;
    let taken = seat(&mut bo).await.expect("it came back first, and waits on");
    assert!(!taken.holders[0].connected);
    let mut anna = Program::connect(&second, Side::Rep).await;
    anna.say(ToRelay::SignInAgain { token: of_anna }).await;
    assert!(matches!(anna.hear().await, FromRelay::SignedIn { .. }), "without a word of waiting");
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_suspending_a_rep_or_an_account_acts_on_a_running_relay() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    for (off, on) in [
        (["rep", "set", "--user", USER, "--status", "suspended"], ["rep", "set", "--user", USER, "--status", "active"]),
        (
            ["account", "set", "--name", "Acme", "--status", "suspended"],
            ["account", "set", "--name", "Acme", "--status", "active"],
        ),
    ] {
        let (mut program, token) = rep(&relay).await;
        command(&folder, &off).await;
        assert!(matches!(program.hear().await, FromRelay::SignInFailed(SignInFailure::AccountNotActive)));
        let mut again = Program::connect(&relay, Side::Rep).await;
        let refused = again.sign_in(USER, PASSWORD).await;
        assert!(matches!(refused, FromRelay::SignInFailed(SignInFailure::AccountNotActive)), "{refused:?}");
        command(&folder, &on).await;
        is_over(&relay, token).await;
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_reset_ends_the_sign_in_and_the_next_one_chooses_a_password() {
    const GIVEN: &str = "given by a manager";
    const OWN: &str = "harbour-Tulip-47-lantern";
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (mut program, token) = rep(&relay).await;
    let file = folder.path().join("given.txt");
    std::fs::write(&file, GIVEN).unwrap();
    command(&folder, &["rep", "password", "--user", USER, "--password-file", file.to_str().unwrap()]).await;
    assert!(matches!(program.hear().await, FromRelay::SignInEnded(SignInEnd::PasswordReset)));
    is_over(&relay, token).await;

    let mut program = Program::connect(&relay, Side::Rep).await;
    let mut tries = vec![];
    for password in [PASSWORD, GIVEN] {
        tries.push(program.sign_in(USER, password).await);
    }
    assert!(matches!(tries[0], FromRelay::SignInFailed(SignInFailure::WrongIdOrPassword)), "at once");
    assert!(matches!(tries[1], FromRelay::SignInFailed(SignInFailure::MustChangePassword)));
    let change = |new: &str| ToRelay::ChangePassword {
        user: USER.into(),
        password: Secret(GIVEN.into()),
        new_password: Secret(new.into()),
    };
    for (new, weak) in [
        ("short", PasswordWeakness::TooShort),
        ("password1", PasswordWeakness::Common),
        (GIVEN, PasswordWeakness::Same),
    ] {
        program.say(change(new)).await;
        match program.hear().await {
            FromRelay::SignInFailed(SignInFailure::NewPasswordRefused(why)) => assert_eq!(why, weak),
            other => panic!("{other:?}"),
        }
    }
    program.say(change(OWN)).await;
    assert!(matches!(program.hear().await, FromRelay::SignedIn { .. }));
    code(&mut program).await;
    let mut again = Program::connect(&relay, Side::Rep).await;
    assert!(matches!(again.sign_in(USER, GIVEN).await, FromRelay::SignInFailed(SignInFailure::WrongIdOrPassword)));
    assert!(matches!(again.sign_in(USER, OWN).await, FromRelay::SignedIn { .. }));
    relay.stop().await;
}
