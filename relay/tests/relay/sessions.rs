use super::*;
use lotse_protocol::code::LIFETIME_S;
use lotse_protocol::control::JoinFailure;
use lotse_relay::hub::Limits;

async fn failure(customer: &mut Program, nameplate: u32) -> JoinFailure {
    join(customer, nameplate).await;
    match customer.hear().await {
        FromRelay::JoinFailed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_meet_by_a_code_and_signal_each_other() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (mut rep, _) = rep(&relay).await;
    let (session, nameplate, expires_in_s) = code(&mut rep).await;
    assert_eq!(expires_in_s, LIFETIME_S);
    let mut customer = Program::connect(&relay, Side::Customer).await;
    join(&mut customer, nameplate).await;
    let (of_rep, of_customer) = (rep.offer().await, customer.offer().await);
    assert_eq!((of_rep.session, of_customer.session), (session, session));
    assert_eq!(
        (of_customer.rep.as_str(), of_customer.account.as_str(), of_rep.customer.as_str()),
        ("Anna Berg", "Acme", "K. Weber")
    );
    assert_eq!(of_rep.leg.udp_port, relay.udp().port());
    assert!(of_rep.leg.secret != of_customer.leg.secret && of_rep.token != of_customer.token);
    for turn in 0..50_u8 {
        rep.say(ToRelay::Signal { session, body: vec![turn; 4096] }).await;
        customer.say(ToRelay::Signal { session, body: vec![turn] }).await;
        assert!(matches!(customer.hear().await, FromRelay::Signal { body, .. } if body == vec![turn; 4096]));
        assert!(matches!(rep.hear().await, FromRelay::Signal { body, .. } if body == vec![turn]));
    }
    rep.say(ToRelay::Paired { session }).await;
    customer.say(ToRelay::EndSession { session, reason: "CustomerEnded".into() }).await;
    for program in [&mut rep, &mut customer] {
        assert!(matches!(program.hear().await, FromRelay::SessionEnded { reason, .. } if reason == "CustomerEnded"));
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_used_and_expired_codes_say_so() {
    let folder = folder().await;
    let mut config = config(&folder);
    config.limits = Limits { code_lifetime_ms: 800, ..Limits::default() };
    let relay = Relay::start(config).await.unwrap();
    let (mut rep, _) = rep(&relay).await;
    let (session, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::connect(&relay, Side::Customer).await;
    let mut other = Program::connect(&relay, Side::Customer).await;
    assert_eq!(failure(&mut other, (nameplate + 1) % 100_000).await, JoinFailure::Unknown);
    assert_eq!(failure(&mut other, u32::MAX).await, JoinFailure::Unknown);
    join(&mut customer, nameplate).await;
    customer.offer().await;
    rep.offer().await;
    rep.say(ToRelay::Paired { session }).await;
    assert_eq!(failure(&mut other, nameplate).await, JoinFailure::Used);
    let (expiring, nameplate, _) = code(&mut rep).await;
    assert!(matches!(rep.hear().await, FromRelay::CodeExpired { session } if session == expiring));
    assert_eq!(failure(&mut other, nameplate).await, JoinFailure::Expired);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_may_be_typed_again_twice() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (mut rep, _) = rep(&relay).await;
    let (session, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::connect(&relay, Side::Customer).await;
    join(&mut customer, nameplate).await;
    customer.offer().await;
    rep.offer().await;
    for left in [2, 1, 0] {
        rep.say(ToRelay::PairingFailed { session }).await;
        for program in [&mut rep, &mut customer] {
            assert!(
                matches!(program.hear().await, FromRelay::PairingFailed { attempts_left, .. } if attempts_left == left)
            );
        }
    }
    assert!(matches!(customer.hear().await, FromRelay::SessionEnded { reason, .. } if reason == "NotTrusted"));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_program_is_seen_and_comes_back() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (mut rep, _) = rep(&relay).await;
    let (session, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::connect(&relay, Side::Customer).await;
    join(&mut customer, nameplate).await;
    let token = customer.offer().await.token;
    rep.offer().await;
    rep.say(ToRelay::Paired { session }).await;
    // The answer shows that the relay has taken in that the two are paired.
    code(&mut rep).await;
    drop(customer);
    assert!(matches!(rep.hear().await, FromRelay::Presence { present: false, .. }));
    let mut customer = Program::connect(&relay, Side::Customer).await;
    customer.say(ToRelay::Resume { session, token: Secret("invented".into()) }).await;
    assert!(matches!(customer.hear().await, FromRelay::ResumeFailed { .. }));
    customer.say(ToRelay::Resume { session, token }).await;
    assert!(customer.offer().await.resumed);
    assert!(matches!(rep.hear().await, FromRelay::Presence { present: true, .. }));
    relay.stop().await;
}
