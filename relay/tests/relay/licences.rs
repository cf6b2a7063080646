//! Licences on a running relay: signed, told to both sides, changed by the command line while programs are connected.

use super::*;
use lotse_protocol::control::JoinFailure;
use lotse_protocol::licence::{LIFETIME_S, Licence, SignedLicence, Term};
use ring::signature::{ED25519, UnparsedPublicKey};

/// The relay's own feature, which every relay has.
const FEATURE: &str = "multi-chat";

/// What a document says that the relay's own key vouches for.
fn read(program: &Program, signed: &SignedLicence) -> Licence {
    let key = program.licence_key.expect("the relay greets with a key");
    let (message, signature) = signed.parts().unwrap();
    UnparsedPublicKey::new(&ED25519, key).verify(&message, signature).unwrap();
    Licence::read(&signed.document).unwrap()
}

/// Waits until the relay says what the licence of this program's account is.
async fn told(program: &mut Program) -> Licence {
    let (signed, now_s) = program.licence().await;
    let licence = read(program, &signed);
    assert_eq!(licence.stands("Acme", now_s), Ok(()));
    licence
}

async fn set(folder: &TempDir, words: &[&str]) {
    let words = ["licence", "set", "--account", "acme", "--feature", FEATURE].iter().chain(words).copied();
    command(folder, &words.collect::<Vec<_>>()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l2_a_rep_and_the_customer_get_the_signed_licence_of_the_account() {
    let folder = folder().await;
    command(&folder, &["account", "set", "--name", "Acme", "--contact", "sales@lotse.example"]).await;
    let relay = relay(&folder).await;
    let (mut rep, _) = rep(&relay).await;
    let licence = told(&mut rep).await;
    assert_eq!((licence.account_name.as_str(), licence.contact.as_str()), ("Acme", "sales@lotse.example"));
    assert_eq!(licence.expires_s - licence.issued_s, LIFETIME_S);
    assert_eq!(licence.features.get(FEATURE), Some(&Term::default()));
    let (_, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::connect(&relay, Side::Customer).await;
    join(&mut customer, nameplate).await;
    let signed = rep.offer().await.licence.unwrap();
    assert_eq!(read(&rep, &signed), licence);
    // Who knows five digits of a code gets this one: nothing of whom to ask, nor of what no plugin asks for.
    let signed = customer.offer().await.licence.unwrap();
    let mut narrowed = Licence { contact: String::new(), ..licence };
    narrowed.features.remove(FEATURE);
    assert_eq!(read(&customer, &signed), narrowed);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_what_the_vendor_changes_reaches_both_sides_of_a_session() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (mut rep, _) = rep(&relay).await;
    told(&mut rep).await;
    let (_, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::connect(&relay, Side::Customer).await;
    join(&mut customer, nameplate).await;
    customer.offer().await;
    rep.offer().await;
    // The customer is told each time, too, and of nothing that is not theirs to know.
    let mut both = async || {
        let narrowed = told(&mut customer).await;
        assert!(narrowed.contact.is_empty() && !narrowed.features.contains_key(FEATURE));
        told(&mut rep).await
    };

    set(&folder, &["--until", "9000-12-31", "--limit", "sessions=3"]).await;
    let licence = both().await;
    let term = licence.features.get(FEATURE).unwrap();
    assert_eq!((term.until_s.is_some(), term.limits.get("sessions")), (true, Some(&3)));
    set(&folder, &["--off"]).await;
    assert!(!both().await.features.contains_key(FEATURE));
    set(&folder, &["--on"]).await;
    assert_eq!(both().await.features.get(FEATURE), Some(&Term::default()), "what it was before is forgotten");
    command(&folder, &["account", "set", "--name", "Acme", "--contact", "else@lotse.example"]).await;
    assert_eq!(both().await.contact, "else@lotse.example");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_more_sessions_at_once_than_the_licence_allows_are_refused_in_words() {
    let folder = folder().await;
    let relay = relay(&folder).await;
    let (mut rep, _) = rep(&relay).await;
    told(&mut rep).await;
    set(&folder, &["--limit", "sessions=1"]).await;
    told(&mut rep).await;
    let ((session, first, _), (_, second, _)) = (code(&mut rep).await, code(&mut rep).await);
    let mut one = Program::connect(&relay, Side::Customer).await;
    join(&mut one, first).await;
    one.offer().await;
    rep.offer().await;
    rep.say(ToRelay::Paired { session }).await;
    rep.say(ToRelay::NewCode).await;
    assert!(matches!(rep.hear().await, FromRelay::Refused { reason } if reason.contains("one session at once")));
    let mut other = Program::connect(&relay, Side::Customer).await;
    join(&mut other, second).await;
    assert!(matches!(other.hear().await, FromRelay::JoinFailed(JoinFailure::RepBusy)));
    assert!(matches!(rep.hear().await, FromRelay::Refused { reason } if reason.contains("one session at once")));
    set(&folder, &["--limit", "sessions=2"]).await;
    told(&mut rep).await;
    join(&mut other, second).await;
    other.offer().await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l2_a_restart_keeps_the_key() {
    let folder = folder().await;
    let mut keys = vec![];
    for _ in 0..2 {
        let relay = relay(&folder).await;
        keys.push(Program::connect(&relay, Side::Customer).await.licence_key);
        relay.stop().await;
    }
    assert!(keys[0].is_some() && keys[0] == keys[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_what_cannot_be_licensed_is_refused_with_what_to_do() {
    let folder = folder().await;
    relay(&folder).await.stop().await;
    let data = folder.path().join("data");
    let refused = async |words: &[&str]| {
        let words = std::iter::once("lotse-relay").chain(words.iter().copied()).map(std::ffi::OsString::from);
        let data = [std::ffi::OsString::from("--data"), data.clone().into_os_string()];
        match Cli::try_parse_from(words.chain(data)) {
            Ok(cli) => cli::run(cli).await.unwrap_err().to_string(),
            Err(error) => error.to_string(),
        }
    };
    let set = |more: &[&'static str]| [&["licence", "set", "--account", "Acme"], more].concat();
    for (words, next) in [
        (set(&["--feature", "teleport", "--on"]), "licence list"),
        (set(&["--feature", FEATURE]), "licence set --help"),
        (set(&["--feature", FEATURE, "--until", "31.12.2027"]), "2027-01-31"),
        (set(&["--feature", FEATURE, "--limit", "sessions"]), "sessions=3"),
        (set(&["--feature", FEATURE, "--on", "--off"]), "cannot be used with"),
        (vec!["licence", "show", "--account", "Bolt"], "account list"),
    ] {
        let told = refused(words.as_slice()).await;
        assert!(told.contains(next), "{words:?}: {told}");
    }
    command(&folder, &["licence", "show", "--account", "Acme", "--document", "--json"]).await;
    command(&folder, &["licence", "list"]).await;
}
