use super::*;
use lotse_protocol::control::SignInFailure;
use std::time::{Duration, Instant};

async fn failure(program: &mut Program, user: &str, password: &str) -> SignInFailure {
    match program.sign_in(user, password).await {
        FromRelay::SignInFailed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_password_and_each_wrong_way() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let mut program = Program::connect(&relay, Side::Rep).await;
    assert_eq!(failure(&mut program, "anna", PASSWORD).await, SignInFailure::NotAnEmail);
    assert_eq!(failure(&mut program, USER, "wrong").await, SignInFailure::WrongIdOrPassword);
    assert_eq!(failure(&mut program, "nobody@acme.example", PASSWORD).await, SignInFailure::WrongIdOrPassword);
    program.say(ToRelay::NewCode).await;
    assert!(matches!(program.hear().await, FromRelay::Refused { .. }), "no code without a sign-in");
    let FromRelay::SignedIn { rep, account, .. } = program.sign_in("Anna@ACME.example ", PASSWORD).await else {
        panic!()
    };
    assert_eq!((rep.as_str(), account.as_str()), ("Anna Berg", "Acme"));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_for_the_user_and_not_for_others() {
    let folder = folder().await;
    add_rep(folder.path(), "bo@acme.example").await;
    let relay = relay(&folder).await;
    let mut program = Program::connect(&relay, Side::Rep).await;
    for _ in 0..6 {
        assert_eq!(failure(&mut program, USER, "wrong").await, SignInFailure::WrongIdOrPassword);
    }
    // An unknown user is slowed as a known one is.
    for _ in 0..6 {
        assert_eq!(failure(&mut program, "nobody@acme.example", "wrong").await, SignInFailure::WrongIdOrPassword);
    }
    assert!(matches!(failure(&mut program, USER, "wrong").await, SignInFailure::TooMany { wait_s: 1 }));
    assert!(matches!(failure(&mut program, "nobody@acme.example", "wrong").await, SignInFailure::TooMany { .. }));
    assert!(matches!(program.sign_in("bo@acme.example", PASSWORD).await, FromRelay::SignedIn { .. }));
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert!(matches!(program.sign_in(USER, PASSWORD).await, FromRelay::SignedIn { .. }), "who waits may try again");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_guesses_at_once_are_no_more_than_one_after_another() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let guesses = (0..30).map(|_| async {
        let mut program = Program::connect(&relay, Side::Rep).await;
        failure(&mut program, USER, "wrong").await
    });
    let outcomes = futures_util::future::join_all(guesses).await;
    let checked = outcomes.iter().filter(|outcome| **outcome == SignInFailure::WrongIdOrPassword).count();
    assert!(checked <= 7, "{checked} guesses were checked");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_user_costs_the_time_of_a_wrong_password() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let mut program = Program::connect(&relay, Side::Rep).await;
    let mut best = [Duration::MAX; 2];
    for _ in 0..4 {
        for (user, best) in [USER, "nobody@acme.example"].into_iter().zip(&mut best) {
            let start = Instant::now();
            failure(&mut program, user, "wrong").await;
            *best = start.elapsed().min(*best);
        }
    }
    let [known, unknown] = best;
    assert!(unknown * 3 > known, "known {known:?}, unknown {unknown:?}");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_taken_up_again_until_signing_out() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (first, token) = rep(&relay).await;
    drop(first);
    let mut second = Program::connect(&relay, Side::Rep).await;
    second.say(ToRelay::SignInAgain { token: token.clone() }).await;
    let FromRelay::SignedIn { token: again, .. } = second.hear().await else { panic!() };
    assert_eq!(again, token);
    second.say(ToRelay::SignOut).await;
    second.say(ToRelay::SignInAgain { token }).await;
    assert!(matches!(second.hear().await, FromRelay::SignInFailed(SignInFailure::SignInAgain)));
    second.say(ToRelay::SignInAgain { token: Secret("invented".into()) }).await;
    assert!(matches!(second.hear().await, FromRelay::SignInFailed(SignInFailure::SignInAgain)));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rep_added_while_the_relay_runs_can_sign_in() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    add_rep(folder.path(), "bo@acme.example").await;
    let mut program = Program::connect(&relay, Side::Rep).await;
    assert!(matches!(program.sign_in("bo@acme.example", PASSWORD).await, FromRelay::SignedIn { .. }));
    relay.stop().await;
}
