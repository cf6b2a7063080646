#![allow(clippy::unwrap_used)]
use super::*;
use crate::licence::SignedLicence;
use crate::wire;

#[test]
fn what_is_said_is_what_is_heard() {
    let offer = FromRelay::Session(Box::new(SessionOffer {
        session: SessionId([7; 16]),
        token: Secret("t".into()),
        leg: Leg { udp_port: 1, token: vec![1, 2], secret: [3; 32] },
        rep: "Anna".into(),
        account: "Acme".into(),
        customer: "K. Weber".into(),
        system: "Debian 12".into(),
        plugins: vec![PluginRef {
            id: "lotse.chat".into(),
            version: semver::Version::new(1, 2, 3),
            digest: [9; 32],
            licensed: true,
            publisher: Some("Acme".into()),
        }],
        resumed: false,
        licence: Some(SignedLicence { document: vec![1, 2], signature: vec![3; 64] }),
        question: "It does not print".into(),
        portal: "Billing".into(),
    }));
    let bytes = wire::encode(&offer, wire::FROM_RELAY_BYTES_MAX).unwrap();
    let FromRelay::Session(heard) = wire::decode(&bytes, wire::FROM_RELAY_BYTES_MAX).unwrap() else { unreachable!() };
    assert_eq!(heard.plugins.first().unwrap().version, semver::Version::new(1, 2, 3));
    assert_eq!(heard.leg.secret, [3; 32]);
    assert_eq!(heard.licence.unwrap().signature, [3; 64]);
}

#[test]
fn who_has_the_seats_is_heard_as_it_is_said() {
    let holder = SeatHolder { seat: 7, name: "Bo Lind".into(), held_s: 61, in_session: true, connected: false };
    let taken = SeatsTaken { seats: 1, holders: vec![holder], more: 3 };
    let bytes = wire::encode(&FromRelay::Seat { waits: Some(taken.clone()) }, 4096).unwrap();
    assert!(matches!(wire::decode(&bytes, 4096).unwrap(), FromRelay::Seat { waits } if waits == Some(taken)));
    let bytes = wire::encode(&FromRelay::Seat { waits: None }, 4096).unwrap();
    assert!(matches!(wire::decode(&bytes, 4096).unwrap(), FromRelay::Seat { waits: None }));
    let weak = SignInFailure::NewPasswordRefused(PasswordWeakness::Common);
    let bytes = wire::encode(&FromRelay::SignInFailed(weak), 4096).unwrap();
    assert!(matches!(wire::decode(&bytes, 4096).unwrap(), FromRelay::SignInFailed(failure) if failure == weak));
}

#[test]
fn the_longest_notes_are_heard_as_they_are_said() {
    let session = SessionId([7; 16]);
    let text = "\u{1f5a8}".repeat(NOTES_CHARS_MAX);
    let notes = ToRelay::Notes { session, revision: 3, text: text.clone() };
    let bytes = wire::encode(&notes, wire::TO_RELAY_BYTES_MAX).unwrap();
    let heard = wire::decode(&bytes, wire::TO_RELAY_BYTES_MAX).unwrap();
    assert!(matches!(heard, ToRelay::Notes { revision: 3, text: heard, .. } if heard == text));
    let refused = FromRelay::NotesRefused { session, revision: 3, why: NotesRefusal::NotNow };
    let bytes = wire::encode(&refused, 4096).unwrap();
    let heard = wire::decode(&bytes, 4096).unwrap();
    assert!(matches!(heard, FromRelay::NotesRefused { revision: 3, why: NotesRefusal::NotNow, .. }));
}

#[test]
fn s4_a_second_factor_is_heard_as_it_is_said_and_never_printed() {
    let said = ToRelay::SignInWithCode {
        user: "a@b.de".into(),
        password: Secret("hunter2".into()),
        new_password: None,
        code: Secret("287082".into()),
        first: true,
    };
    assert!(!format!("{said:?}").contains("287082"));
    let bytes = wire::encode(&said, 4096).unwrap();
    let ToRelay::SignInWithCode { code, new_password: None, first: true, .. } = wire::decode(&bytes, 4096).unwrap()
    else {
        unreachable!()
    };
    assert_eq!(code.0, "287082");
    let stands = SecondFactor { on: true, required: true, recovery_codes_left: 9, recovery_code_used: true };
    let bytes = wire::encode(&FromRelay::SecondFactor(stands), 4096).unwrap();
    assert!(matches!(wire::decode(&bytes, 4096).unwrap(), FromRelay::SecondFactor(heard) if heard == stands));
    let offered = FromRelay::SecondFactorOffered { uri: Secret("otpauth://totp/x?secret=JBSWY3DP".into()) };
    assert!(!format!("{offered:?}").contains("JBSWY3DP"));
}

#[test]
fn fields_of_a_newer_program_are_ignored() {
    #[derive(Serialize)]
    enum Newer {
        Join { nameplate: u32, name: String, system: String, mood: String },
    }
    let bytes =
        wire::encode(&Newer::Join { nameplate: 5, name: "K".into(), system: "s".into(), mood: "hurried".into() }, 4096)
            .unwrap();
    assert!(matches!(wire::decode(&bytes, 4096).unwrap(), ToRelay::Join { nameplate: 5, .. }));
}

#[test]
fn a_relay_of_before_says_nothing_of_audit_lines() {
    #[derive(Serialize)]
    enum Older {
        Hello {
            version: u32,
            relay_version: String,
            developer: bool,
            #[serde(with = "serde_bytes")]
            code_key: [u8; 32],
        },
    }
    let older = Older::Hello { version: 1, relay_version: "0".into(), developer: false, code_key: [1; 32] };
    let bytes = wire::encode(&older, 4096).unwrap();
    assert!(matches!(
        wire::decode(&bytes, 4096).unwrap(),
        FromRelay::Hello { audit: false, licence_key: None, notes: false, .. }
    ));
}

#[test]
fn the_key_of_licences_is_heard_as_it_is_said() {
    for key in [None, Some([7; 32])] {
        let hello = FromRelay::Hello {
            version: 1,
            relay_version: "0".into(),
            developer: false,
            code_key: [1; 32],
            audit: true,
            licence_key: key,
            now_s: 1_795_910_400,
            notes: true,
        };
        let bytes = wire::encode(&hello, 4096).unwrap();
        let heard = wire::decode(&bytes, 4096).unwrap();
        assert!(matches!(heard, FromRelay::Hello { licence_key, now_s: 1_795_910_400, .. } if licence_key == key));
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let good = wire::encode(&ToRelay::SignIn { user: "a@b.de".into(), password: Secret("p".into()) }, 4096).unwrap();
    let mut seed = 0x9e37_79b9_u64;
    for _ in 0..20_000 {
        let mut bytes = good.clone();
        for _ in 0..3 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (seed >> 33) as usize % bytes.len();
            bytes[at] = (seed >> 20) as u8;
        }
        let _ = wire::decode::<ToRelay>(&bytes, 4096);
        let _ = wire::decode::<FromRelay>(&bytes, 4096);
    }
}

#[test]
fn secrets_are_not_printed() {
    let text = format!("{:?}", ToRelay::SignIn { user: "a@b.de".into(), password: Secret("hunter2".into()) });
    assert!(!text.contains("hunter2"));
}
