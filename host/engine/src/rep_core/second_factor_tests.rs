//! The second factor: what goes with a sign-in, what is offered and kept, and what is refused.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::tests::Bench;
use super::*;
use lotse_protocol::control::{self, FromRelay, SignInFailure};

const URI: &str = "otpauth://totp/Lotse:anna%40acme.example?secret=GEZDGNBVGY3TQOJQ&issuer=Lotse";

fn code(text: &str) -> RepCommand {
    RepCommand::SecondFactorCode { code: Secret(text.to_owned()) }
}

fn offered() -> FromRelay {
    FromRelay::SecondFactorOffered { uri: Secret(URI.to_owned()) }
}

fn stands(recovery_codes_left: u32) -> FromRelay {
    let recovery_code_used = recovery_codes_left < 10;
    FromRelay::SecondFactor(control::SecondFactor {
        on: true,
        required: false,
        recovery_codes_left,
        recovery_code_used,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_a_code_goes_with_the_password_that_was_typed_and_with_the_one_that_was_chosen() {
    let mut bench = Bench::trying().await;
    bench.hear(FromRelay::SignInFailed(SignInFailure::MustChangePassword)).await;
    bench.core.on_command(RepCommand::ChoosePassword { password: "seven boats".to_owned() });
    bench.said();
    for failure in [SignInFailure::SecondFactorWanted, SignInFailure::WrongCode] {
        bench.hear(FromRelay::SignInFailed(failure)).await;
        assert_eq!(bench.core.sign_in, SignIn::Refused(failure));
        bench.core.on_command(code("123456"));
        assert_eq!(bench.core.sign_in, SignIn::Trying);
        let said = bench.said();
        let [ToRelay::SignInWithCode { password, new_password: Some(new), code, first: false, .. }] = said.as_slice()
        else {
            panic!("{said:?}")
        };
        let texts = (password.0.as_str(), new.0.as_str(), code.0.as_str());
        assert_eq!(texts, ("correct horse", "seven boats", "123456"));
    }
    bench.hear(stands(9)).await;
    bench.sign_in().await;
    assert!(bench.core.credentials.is_none() && bench.core.new_password.is_none() && bench.core.code.is_none());
    let known = &bench.core.second_factor;
    assert_eq!((known.on, known.recovery_codes_left, known.recovery_code_used), (true, 9, true));
    bench.core.on_command(RepCommand::RecoveryCodeNoted);
    assert!(!bench.core.second_factor.recovery_code_used);
    bench.core.on_command(code("123456"));
    assert!(bench.said().is_empty(), "nobody asked for one");
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_a_second_factor_that_must_be_is_set_up_before_the_sign_in_and_its_recovery_codes_are_kept() {
    let mut bench = Bench::trying().await;
    bench.hear(offered()).await;
    let must = SignIn::Refused(SignInFailure::SecondFactorMustBeSetUp);
    assert_eq!(bench.core.sign_in, must);
    // The connection is lost while the rep looks for the telephone: the offer stands.
    bench.lose_connection().await;
    let address = "127.0.0.1:9".parse().unwrap();
    bench
        .core
        .on_control(ControlEvent::Up {
            address,
            developer: false,
            code_key: [0; 32],
            licences: LicenceCheck::new(Some([0; 32]), 0),
            notes: true,
        })
        .await;
    assert!(bench.said().is_empty() && bench.core.sign_in == must);
    bench.core.on_command(code("000000"));
    bench.hear(FromRelay::SignInFailed(SignInFailure::WrongCode)).await;
    assert!(bench.core.second_factor.offer.is_some(), "the same one");
    bench.said();
    bench.core.on_command(code("123456"));
    assert!(matches!(bench.said().as_slice(), [ToRelay::SignInWithCode { first: true, new_password: None, .. }]));
    bench.hear(FromRelay::RecoveryCodes { codes: vec![Secret("k7mp-2vqa\u{202e}".to_owned()); 100] }).await;
    bench.hear(stands(10)).await;
    bench.sign_in().await;
    let known = &bench.core.second_factor;
    assert_eq!((known.offer.as_ref(), known.recovery_codes.len()), (None, 50), "a relay's list is cut");
    assert_eq!(known.recovery_codes.first().unwrap().0, "k7mp-2vqa");
    bench.core.on_command(RepCommand::RecoveryCodesKept);
    assert!(bench.core.second_factor.recovery_codes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_a_signed_in_rep_switches_it_on_and_off() {
    let mut bench = Bench::signed_in().await;
    bench.said();
    let password = || Secret("correct horse".to_owned());
    bench.core.on_command(RepCommand::SetUpSecondFactor { password: password() });
    assert!(matches!(bench.said().as_slice(), [ToRelay::SetUpSecondFactor { .. }]));
    bench.hear(offered()).await;
    bench.hear(FromRelay::SecondFactor(control::SecondFactor::default())).await;
    assert!(bench.core.second_factor.offer.is_none() && bench.core.second_factor.offer_over, "it stood too long");
    bench.hear(offered()).await;
    bench.core.on_command(RepCommand::LeaveSecondFactor);
    assert!(!bench.core.second_factor.offer_over);
    assert!(bench.core.second_factor.offer.is_none());
    bench.hear(offered()).await;
    bench.core.on_command(code("123456"));
    assert!(matches!(bench.said().as_slice(), [ToRelay::ProveSecondFactor { .. }]));
    bench.hear(FromRelay::SecondFactorFailed(SignInFailure::WrongCode)).await;
    assert_eq!(bench.core.second_factor.failure, Some(SignInFailure::WrongCode));
    bench.hear(stands(10)).await;
    assert!(bench.core.second_factor.on && bench.core.second_factor.offer.is_none());
    let typed = Secret("287082".to_owned());
    bench.core.second_factor.recovery_code_used = true;
    bench.core.on_command(RepCommand::RenewRecoveryCodes { password: password(), code: typed.clone() });
    assert!(matches!(bench.said().as_slice(), [ToRelay::RenewRecoveryCodes { .. }]));
    bench.hear(FromRelay::RecoveryCodes { codes: vec![Secret("k7mp-2vqa".to_owned())] }).await;
    bench.hear(stands(10)).await;
    assert!(!bench.core.second_factor.recovery_code_used, "that is said of codes which are void");
    bench.core.on_command(RepCommand::RecoveryCodesKept);
    bench.core.on_command(RepCommand::RemoveSecondFactor { password: password(), code: typed });
    assert!(matches!(bench.said().as_slice(), [ToRelay::RemoveSecondFactor { .. }]));
    bench.hear(FromRelay::SecondFactor(control::SecondFactor::default())).await;
    assert_eq!(bench.core.second_factor, SecondFactor::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_an_offer_that_makes_no_sense_is_refused() {
    for uri in ["https://evil.example", "otpauth://totp/\u{202e}", &format!("otpauth://totp/{}", "x".repeat(2000))] {
        let mut bench = Bench::trying().await;
        bench.hear(FromRelay::SecondFactorOffered { uri: Secret(uri.to_owned()) }).await;
        assert!(matches!(bench.core.sign_in, SignIn::Failed(_)), "{uri}");
        assert!(bench.core.second_factor.offer.is_none() && bench.core.credentials.is_none());
    }
}
