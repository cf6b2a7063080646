//! The desk on a real database, without a connection.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::counters::Counters;
use crate::password;
use crate::store::{AccountChange, NewRep, SecondFactors, SignInLocks, SqliteStore};
use crate::totp::TotpSecret;
use lotse_protocol::control::SecondFactor;
use std::net::IpAddr;

const ANNA: &str = "anna@acme.example";
const NOBODY: &str = "nobody@acme.example";
const PASSWORD: &str = "correct horse";
const OWN: &str = "harbour-Tulip-47-lantern";

struct Bench {
    desk: SignIns,
    store: Arc<SqliteStore>,
    counters: Arc<Counters>,
    anna: i64,
    folder: tempfile::TempDir,
}

fn few() -> SignInLimits {
    SignInLimits { user_wrong_max: 3, ..SignInLimits::default() }
}

fn desk(store: &Arc<SqliteStore>, counters: &Arc<Counters>, limits: &SignInLimits) -> SignIns {
    let (audit, _) = AuditTrail::new(store.clone(), counters.clone());
    SignIns::new(store.clone(), Passwords::new().unwrap(), audit, Clock::start(), limits)
}

impl Bench {
    async fn new(limits: SignInLimits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
        let rep = NewRep {
            account: "Acme".into(),
            user: ANNA.into(),
            name: "Anna Berg".into(),
            password_hash: password::hash_new(&secret(PASSWORD)).unwrap(),
            contact: None,
            role: crate::store::Role::Rep,
        };
        let (_, anna) = store.add_rep(rep, 0).await.unwrap();
        let counters = Arc::new(Counters::start());
        Self { desk: desk(&store, &counters, &limits), store, counters, anna, folder }
    }

    async fn require(&self, required: bool) {
        let change = AccountChange { second_factor_required: Some(required), ..AccountChange::default() };
        self.store.change_account("Acme", change).await.unwrap();
    }

    /// With a second factor that was set up long ago.
    async fn enrolled(limits: SignInLimits) -> (Self, TotpSecret, Vec<Secret>) {
        let bench = Self::new(limits).await;
        let factor = TotpSecret::of([7; 20]);
        let codes = crate::recovery::draw(system_random().as_mut()).unwrap();
        let hashes: Vec<TokenHash> = codes.iter().map(crate::recovery::hash).collect();
        assert!(bench.store.add_second_factor(bench.anna, &factor, 1, &hashes, 0).await.unwrap());
        (bench, factor, codes)
    }

    async fn by(&self, user: &str, password: &str) -> Result<SignedIn, NotSignedIn> {
        self.desk.by_password(address(1), user, secret(password)).await
    }

    async fn with(&self, password: &str, proof: Proof) -> Result<SignedIn, NotSignedIn> {
        let attempt = Attempt { user: ANNA.into(), password: secret(password), new_password: None, proof };
        self.desk.attempt(address(1), attempt).await
    }

    async fn wrong(&self, user: &str, times: usize) {
        for _ in 0..times {
            assert_eq!(failure(self.by(user, "wrong").await), SignInFailure::WrongIdOrPassword);
        }
    }
}

fn secret(text: &str) -> Secret {
    Secret(text.to_owned())
}

fn address(last: u8) -> AddressKey {
    AddressKey::from(IpAddr::from([192, 0, 2, last]))
}

fn failure(result: Result<SignedIn, NotSignedIn>) -> SignInFailure {
    match result {
        Err(NotSignedIn::Failure(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

fn locked(result: Result<SignedIn, NotSignedIn>) -> bool {
    matches!(failure(result), SignInFailure::Locked { wait_s } if (1..=900).contains(&wait_s))
}

fn both(password: &str, code: Secret) -> Both {
    Both { password: secret(password), code }
}

fn failed(result: Result<Vec<FromRelay>, NotSignedIn>) -> SignInFailure {
    match result {
        Err(NotSignedIn::Failure(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

/// Of the next step, which is good already: a code of now may have been used.
fn next_code(factor: &TotpSecret) -> Proof {
    Proof::Code(Secret(factor.code_at(unix_s() + 30)))
}

#[test]
fn user_ids_have_the_form_of_an_email_address() {
    assert_eq!(normal_user(" Anna.Berg@Example.COM\n").as_deref(), Some("anna.berg@example.com"));
    assert_eq!(normal_user("ÄNNE@example.de").as_deref(), Some("änne@example.de"));
    for wrong in ["", "anna", "@example.com", "anna@", "a b@example.com", "a@b@c", "a@.de", "a@b..de", "a@\u{0}"] {
        assert_eq!(normal_user(wrong), None, "{wrong:?}");
    }
    assert_eq!(normal_user(&format!("{}@example.com", "a".repeat(300))), None);
}

#[tokio::test]
async fn s4_the_code_is_asked_for_after_the_right_password_and_is_good_once() {
    let (bench, factor, _) = Bench::enrolled(SignInLimits::default()).await;
    let other = Bench::new(SignInLimits::default()).await;
    for bench in [&bench, &other] {
        assert_eq!(failure(bench.by(ANNA, "wrong").await), SignInFailure::WrongIdOrPassword, "as without a factor");
        let guessed = bench.with("wrong", next_code(&factor)).await;
        assert_eq!(failure(guessed), SignInFailure::WrongIdOrPassword, "a right code tells nothing either");
    }
    assert_eq!(failure(bench.by(ANNA, PASSWORD).await), SignInFailure::SecondFactorWanted);
    let none = Proof::Code(secret("000 00x"));
    assert_eq!(failure(bench.with(PASSWORD, none).await), SignInFailure::WrongCode);
    let code = next_code(&factor);
    let signed_in = bench.with(PASSWORD, code.clone()).await.unwrap();
    assert!(signed_in.passed.second_factor.on && signed_in.passed.recovery_codes.is_empty());
    assert_eq!(failure(bench.with(PASSWORD, code).await), SignInFailure::WrongCode, "it was used");
    assert_eq!(bench.counters.audit(AuditKind::SecondFactorFailed), 2);
}

#[tokio::test]
async fn s4_a_recovery_code_is_good_once_and_the_rep_is_told_how_many_are_left() {
    let (bench, _, codes) = Bench::enrolled(SignInLimits::default()).await;
    let code = Proof::Code(Secret(codes.first().unwrap().0.to_uppercase()));
    let passed = bench.with(PASSWORD, code.clone()).await.unwrap().passed.second_factor;
    assert_eq!((passed.recovery_codes_left, passed.recovery_code_used), (9, true));
    assert_eq!(failure(bench.with(PASSWORD, code).await), SignInFailure::WrongCode);
    assert_eq!(bench.counters.audit(AuditKind::RecoveryCodeUsed), 1);
}

#[tokio::test]
async fn s4_where_a_second_factor_is_required_it_is_set_up_before_anybody_is_signed_in() {
    let bench = Bench::new(SignInLimits::default()).await;
    bench.require(true).await;
    let Err(NotSignedIn::Offered { uri }) = bench.by(ANNA, PASSWORD).await else { panic!("not offered") };
    assert!(uri.0.starts_with("otpauth://totp/Lotse:anna%40acme.example?secret="));
    assert_eq!(failure(bench.by(ANNA, "wrong").await), SignInFailure::WrongIdOrPassword);
    let offered = bench.desk.offers.lock().of(bench.desk.clock.now_ms(), bench.anna).unwrap();
    assert!(bench.store.second_factor(bench.anna).await.unwrap().unwrap().factor.is_none(), "not stored yet");
    let wrong = Proof::FirstCode(secret("12345"));
    assert_eq!(failure(bench.with(PASSWORD, wrong).await), SignInFailure::WrongCode);
    let code = Secret(offered.code_at(unix_s()));
    let signed_in = bench.with(PASSWORD, Proof::FirstCode(code.clone())).await.unwrap();
    assert_eq!(signed_in.passed.recovery_codes.len(), 10);
    assert!(signed_in.passed.second_factor.required);
    assert!(matches!(
        signed_in.passed.said().as_slice(),
        [FromRelay::RecoveryCodes { .. }, FromRelay::SecondFactor(_)]
    ));
    assert_eq!(failure(bench.with(PASSWORD, Proof::Code(code)).await), SignInFailure::WrongCode, "it was used");
    assert!(bench.with(PASSWORD, next_code(&offered)).await.is_ok());
    assert_eq!(bench.counters.audit(AuditKind::SecondFactorEnrolled), 1);
    let off = FactorWish::Remove(both(PASSWORD, secret("123456")));
    let refused = bench.desk.change_second_factor(address(1), &signed_in.rep, off).await;
    assert!(matches!(refused, Err(NotSignedIn::Failure(SignInFailure::SecondFactorMustBeSetUp))));
}

#[tokio::test]
async fn s4_an_offer_that_nobody_has_any_more_is_made_anew() {
    let bench = Bench::new(SignInLimits::default()).await;
    bench.require(true).await;
    let Err(NotSignedIn::Offered { uri: first }) = bench.by(ANNA, PASSWORD).await else { panic!("not offered") };
    // As after a restart.
    bench.desk.offers.lock().forget(bench.anna);
    let proof = Proof::FirstCode(secret("123456"));
    let Err(NotSignedIn::Offered { uri }) = bench.with(PASSWORD, proof).await else { panic!("not offered") };
    assert_ne!(uri, first);
}

#[tokio::test]
async fn s4_a_rep_switches_it_on_and_with_the_password_off() {
    let bench = Bench::new(SignInLimits::default()).await;
    let rep = bench.by(ANNA, PASSWORD).await.unwrap().rep;
    let offered = bench.desk.change_second_factor(address(1), &rep, FactorWish::SetUp(secret(PASSWORD))).await.unwrap();
    assert!(matches!(offered.as_slice(), [FromRelay::SecondFactorOffered { .. }]));
    let factor = bench.desk.offers.lock().of(bench.desk.clock.now_ms(), bench.anna).unwrap();
    let wish = FactorWish::Prove(Secret(factor.code_at(unix_s())));
    let proved = bench.desk.change_second_factor(address(1), &rep, wish).await.unwrap();
    assert!(
        matches!(proved.as_slice(), [FromRelay::RecoveryCodes { codes }, FromRelay::SecondFactor(_)] if codes.len() == 10)
    );
    assert_eq!(failure(bench.by(ANNA, PASSWORD).await), SignInFailure::SecondFactorWanted);
    let next = || Secret(factor.code_at(unix_s() + 30));
    for (password, code, why) in
        [("wrong", next(), SignInFailure::WrongIdOrPassword), (PASSWORD, secret("no code"), SignInFailure::WrongCode)]
    {
        let off = FactorWish::Remove(both(password, code));
        assert_eq!(failed(bench.desk.change_second_factor(address(1), &rep, off).await), why);
    }
    assert_eq!(failure(bench.by(ANNA, PASSWORD).await), SignInFailure::SecondFactorWanted, "it is still on");
    let off = FactorWish::Remove(both(PASSWORD, next()));
    bench.desk.change_second_factor(address(1), &rep, off).await.unwrap();
    assert!(bench.by(ANNA, PASSWORD).await.is_ok());
}

/// Whoever finds a console open must not make it theirs.
#[tokio::test]
async fn s4_a_signed_in_rep_is_offered_none_without_the_password() {
    let bench = Bench::new(SignInLimits::default()).await;
    let rep = bench.by(ANNA, PASSWORD).await.unwrap().rep;
    let wish = FactorWish::SetUp(secret("wrong"));
    let refused = bench.desk.change_second_factor(address(1), &rep, wish).await;
    assert_eq!(failed(refused), SignInFailure::WrongIdOrPassword);
    assert!(bench.desk.offers.lock().of(bench.desk.clock.now_ms(), bench.anna).is_none());
    let guessed = FactorWish::Prove(secret("123456"));
    let told = bench.desk.change_second_factor(address(1), &rep, guessed).await.unwrap();
    assert!(
        matches!(told.as_slice(), [FromRelay::SecondFactor(SecondFactor { on: false, .. })]),
        "no new offer either"
    );
}

#[tokio::test]
async fn s4_new_recovery_codes_take_password_and_code_and_void_those_of_before() {
    let (bench, factor, codes) = Bench::enrolled(SignInLimits::default()).await;
    bench.require(true).await;
    let first = Secret(factor.code_at(unix_s()));
    let rep = bench.with(PASSWORD, Proof::Code(first)).await.unwrap().rep;
    let next = || Secret(factor.code_at(unix_s() + 30));
    for (password, code, why) in
        [("wrong", next(), SignInFailure::WrongIdOrPassword), (PASSWORD, secret("no code"), SignInFailure::WrongCode)]
    {
        let wish = FactorWish::RenewCodes(both(password, code));
        assert_eq!(failed(bench.desk.change_second_factor(address(1), &rep, wish).await), why);
    }
    let wish = FactorWish::RenewCodes(both(PASSWORD, next()));
    let told = bench.desk.change_second_factor(address(1), &rep, wish).await.unwrap();
    let [FromRelay::RecoveryCodes { codes: new }, FromRelay::SecondFactor(stands)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((stands.on, stands.required, stands.recovery_codes_left, new.len()), (true, true, 10, 10));
    let by = |code: &Secret| bench.with(PASSWORD, Proof::Code(code.clone()));
    assert_eq!(failure(by(codes.first().unwrap()).await), SignInFailure::WrongCode, "it is void");
    assert_eq!(by(new.first().unwrap()).await.unwrap().passed.second_factor.recovery_codes_left, 9);
}

/// As wrong codes at a sign-in: whoever knows the password of an open console must not guess at codes for ever.
#[tokio::test]
async fn s4_wrong_codes_of_a_signed_in_rep_lock_too() {
    let (bench, factor, _) = Bench::enrolled(few()).await;
    let rep = bench.with(PASSWORD, next_code(&factor)).await.unwrap().rep;
    for _ in 0..3 {
        let wish = FactorWish::SetUp(secret(PASSWORD));
        bench.desk.change_second_factor(address(1), &rep, wish).await.unwrap();
        let wish = FactorWish::RenewCodes(both(PASSWORD, secret("no code")));
        let refused = bench.desk.change_second_factor(address(1), &rep, wish).await;
        assert_eq!(failed(refused), SignInFailure::WrongCode);
    }
    assert!(locked(bench.by(ANNA, PASSWORD).await));
}

#[tokio::test]
async fn s4_too_many_wrong_passwords_lock_an_id_whether_there_is_such_a_rep_or_not() {
    let bench = Bench::new(few()).await;
    let token = match bench.by(ANNA, PASSWORD).await.unwrap().greeting {
        FromRelay::SignedIn { token, .. } => token,
        other => panic!("{other:?}"),
    };
    for user in [ANNA, NOBODY] {
        bench.wrong(user, 3).await;
        assert!(locked(bench.by(user, "wrong").await));
        assert!(locked(bench.by(user, PASSWORD).await), "the right one is refused alike");
        assert!(locked(bench.desk.by_password(address(2), user, secret(PASSWORD)).await), "from everywhere");
    }
    assert_eq!(bench.counters.audit(AuditKind::SignInLocked), 2);
    assert!(bench.desk.by_token(token).await.is_ok(), "who is signed in goes on");
    let restarted = desk(&bench.store, &bench.counters, &few());
    assert!(locked(restarted.by_password(address(1), ANNA, secret(PASSWORD)).await), "a restart opens nothing");
    assert!(bench.store.unlock_user(user_hash(ANNA), unix_s()).await.unwrap());
    assert!(bench.by(ANNA, PASSWORD).await.is_ok());
    assert!(bench.folder.path().join("lotse.db").is_file());
}

#[tokio::test]
async fn s4_a_password_set_anew_opens_a_lock() {
    let bench = Bench::new(few()).await;
    bench.wrong(ANNA, 3).await;
    let hash = password::hash_new(&secret("given by a manager")).unwrap();
    bench.store.reset_password(ANNA, hash).await.unwrap();
    assert_eq!(failure(bench.by(ANNA, "given by a manager").await), SignInFailure::MustChangePassword);
}

#[tokio::test]
async fn s4_a_lock_ends_by_itself_and_one_of_a_clock_that_was_set_back_holds_nobody() {
    let bench = Bench::new(few()).await;
    let now_s = unix_s();
    for until_s in [now_s - 1, now_s + 100_000] {
        bench.store.lock_user(user_hash(ANNA), until_s, now_s - 10).await.unwrap();
        assert!(bench.by(ANNA, PASSWORD).await.is_ok(), "{until_s}");
    }
    bench.store.lock_user(user_hash(ANNA), now_s + 100, now_s).await.unwrap();
    assert!(locked(bench.by(ANNA, PASSWORD).await));
}

/// Who knows the password must not guess at codes for ever by showing it alone in between.
#[tokio::test]
async fn s4_wrong_codes_lock_too_and_the_password_alone_forgives_none() {
    let (bench, factor, _) = Bench::enrolled(few()).await;
    for _ in 0..3 {
        assert_eq!(failure(bench.by(ANNA, PASSWORD).await), SignInFailure::SecondFactorWanted);
        let wrong = bench.with(PASSWORD, Proof::Code(secret("not-a-code"))).await;
        assert_eq!(failure(wrong), SignInFailure::WrongCode);
    }
    assert!(locked(bench.with(PASSWORD, next_code(&factor)).await));
    assert!(locked(bench.by(ANNA, PASSWORD).await));
}

#[tokio::test]
async fn s4_an_address_is_locked_for_all_users_and_other_addresses_are_not() {
    let bench = Bench::new(SignInLimits { address_wrong_max: 4, ..SignInLimits::default() }).await;
    for number in 0..4 {
        bench.wrong(&format!("r{number}@acme.example"), 1).await;
    }
    assert!(matches!(failure(bench.by(ANNA, PASSWORD).await), SignInFailure::AddressLocked { .. }));
    assert!(bench.desk.by_password(address(2), ANNA, secret(PASSWORD)).await.is_ok());
}

#[tokio::test]
async fn s4_a_sign_in_forgets_the_wrong_attempts_of_its_user() {
    let bench = Bench::new(few()).await;
    for _ in 0..3 {
        bench.wrong(ANNA, 2).await;
        assert!(bench.by(ANNA, PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn s4_a_password_that_must_be_chosen_is_changed_only_with_the_second_factor() {
    let (bench, factor, _) = Bench::enrolled(SignInLimits::default()).await;
    bench.store.reset_password(ANNA, password::hash_new(&secret(PASSWORD)).unwrap()).await.unwrap();
    assert_eq!(failure(bench.by(ANNA, PASSWORD).await), SignInFailure::MustChangePassword);
    let chosen = bench.desk.with_new_password(address(1), ANNA, secret(PASSWORD), secret(OWN)).await;
    assert_eq!(failure(chosen), SignInFailure::SecondFactorWanted);
    assert_eq!(failure(bench.by(ANNA, OWN).await), SignInFailure::WrongIdOrPassword, "nothing is changed yet");
    let proof = next_code(&factor);
    let attempt = Attempt { user: ANNA.into(), password: secret(PASSWORD), new_password: Some(secret(OWN)), proof };
    assert!(bench.desk.attempt(address(1), attempt).await.is_ok());
    assert_eq!(failure(bench.by(ANNA, OWN).await), SignInFailure::SecondFactorWanted);
}
