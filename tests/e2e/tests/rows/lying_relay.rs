//! A relay whose operator is malicious, or whose messages make no sense: what it says is checked or passed over, and
//! what cannot be trusted does not start.

use crate::liar::{Call, Heard, Liar, Said};
use crate::network::say_and_hear;
use crate::{ALL, Session};
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage, wait_for};
use lotse_protocol::control::{FromRelay, JoinFailure, Leg, Secret, SessionId, SessionOffer, Side, ToRelay};
use lotse_protocol::wire::{self, FROM_RELAY_BYTES_MAX};
use lotse_transport::pairing::Pairing;
use lotse_transport::{Fingerprint, bind};
use serde::Serialize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

/// Bytes of an end's second pairing message: a MAC, the fingerprint of its certificate, a MAC.
const CONFIRMATION_BYTES: usize = 96;
/// Where the fingerprint stands in it.
const FINGERPRINT: std::ops::Range<usize> = 32..64;

/// Two displays and a relay with a liar before it; programs that are started now call the liar.
fn lied_to(lie: impl FnMut(Call, Heard) -> Vec<Said> + Send + 'static) -> (Display, Display, Stage, Liar) {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let mut stage = Stage::start().unwrap();
    let liar = Liar::start(&stage.url, lie).unwrap();
    stage.url.clone_from(&liar.url);
    (desk, office, stage, liar)
}

/// A running session through a liar.
fn session_with(lie: impl FnMut(Call, Heard) -> Vec<Said> + Send + 'static) -> (Session, Liar) {
    let (desk, office, stage, liar) = lied_to(lie);
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &stage.code().unwrap(), &options).unwrap();
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
    (Session { rep, customer, desk, office, stage }, liar)
}

/// What both sides say when their pairing messages are changed on the way.
fn pairing_changed(change: impl Fn(&mut Vec<u8>) + Send + 'static) {
    let (desk, office, stage, _liar) = lied_to(move |_, heard| match heard {
        Heard::Relay(FromRelay::Signal { session, mut body }) => {
            change(&mut body);
            vec![Said::Program(FromRelay::Signal { session, body })]
        }
        other => other.pass(),
    });
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &stage.code().unwrap(), &options).unwrap();
    for program in [&rep, &customer] {
        program.expect("failed", 60, |event| event["problem"] == "keys-differ").unwrap();
        assert!(!said(program, "safety-code"), "there is no link to make one of");
        assert!(!program.events().iter().any(|event| event["state"] == "active"), "nothing started");
    }
}

fn said(program: &Program, kind: &str) -> bool {
    program.events().iter().any(|event| event["event"] == kind)
}

#[test]
fn n2_a_relay_that_swaps_the_ends_keys_is_caught_by_both() {
    pairing_changed(|body| {
        if body.len() == CONFIRMATION_BYTES {
            body[FINGERPRINT].copy_from_slice(&[7; 32]);
        }
    });
}

#[test]
fn n2_a_relay_that_breaks_the_pairing_is_caught_by_both() {
    pairing_changed(|body| {
        if body.len() != CONFIRMATION_BYTES {
            body.clear();
        }
    });
}

/// One side alone is deceived: it tells, and the other does not wait for ever.
#[test]
fn n2_a_key_that_is_swapped_for_one_side_ends_it_for_both() {
    let (desk, office, stage, _liar) = lied_to(|call, heard| match heard {
        Heard::Relay(FromRelay::Signal { session, mut body })
            if call.side == Side::Customer && body.len() == CONFIRMATION_BYTES =>
        {
            body[FINGERPRINT].copy_from_slice(&[7; 32]);
            vec![Said::Program(FromRelay::Signal { session, body })]
        }
        other => other.pass(),
    });
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &stage.code().unwrap(), &options).unwrap();
    customer.expect("failed", 60, |event| event["problem"] == "keys-differ").unwrap();
    rep.expect("ended", 30, |_| true).unwrap();
    assert!(!rep.events().iter().any(|event| event["state"] == "active"), "nothing started");
}

/// An offer that no hub made, to begin pairing with.
fn made_up(session: SessionId) -> FromRelay {
    FromRelay::Session(Box::new(SessionOffer {
        session,
        token: Secret("made up".to_owned()),
        leg: Leg { udp_port: 9, token: vec![0; 8], secret: [0; 32] },
        rep: "Anna Berg".to_owned(),
        account: "Acme".to_owned(),
        customer: "K. Weber".to_owned(),
        system: String::new(),
        plugins: Vec::new(),
        resumed: false,
        licence: None,
        question: String::new(),
        portal: String::new(),
    }))
}

/// Tries secrets out on a program: each confirmation it gets shows whether one was right.
#[derive(Default)]
struct Guesser {
    session: Option<SessionId>,
    confirmations: Arc<AtomicUsize>,
}

impl Guesser {
    /// Far more than anybody should be given.
    const GUESSES: usize = 12;

    fn begin(&mut self, session: SessionId) -> FromRelay {
        self.session = Some(session);
        made_up(session)
    }

    /// `role`: whom the liar plays. What the program signals stays here.
    fn answer(&self, role: bind::Side, body: &[u8]) -> Vec<Said> {
        let Some(session) = self.session else { return Vec::new() };
        if body.len() == CONFIRMATION_BYTES {
            let done = self.confirmations.fetch_add(1, Ordering::Relaxed) + 1;
            return if done < Self::GUESSES { vec![Said::Program(made_up(session))] } else { Vec::new() };
        }
        let guess = format!("{:05}", self.confirmations.load(Ordering::Relaxed));
        let (_, body) = Pairing::start(role, &guess, &session.0, Fingerprint([7; 32]));
        vec![Said::Program(FromRelay::Signal { session, body })]
    }
}

#[test]
fn n2_a_relay_that_guesses_the_code_has_three_tries_at_the_rep() {
    let mut guesser = Guesser::default();
    let confirmations = guesser.confirmations.clone();
    let (_desk, office, stage, _liar) = lied_to(move |_, heard| match heard {
        Heard::Relay(FromRelay::Code { session, nameplate, expires_in_s }) if guesser.session.is_none() => {
            let offer = guesser.begin(session);
            vec![Said::Program(FromRelay::Code { session, nameplate, expires_in_s }), Said::Program(offer)]
        }
        Heard::Program(ToRelay::Signal { body, .. }) => guesser.answer(bind::Side::Customer, &body),
        // The real relay hears nothing of it, and counts nothing.
        Heard::Program(ToRelay::PairingFailed { .. }) => Vec::new(),
        other => other.pass(),
    });
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    rep.expect("failed", 60, |event| event["problem"] == "code-wrong" && event["attempts_left"] == 0).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(confirmations.load(Ordering::Relaxed), 3, "each answer was a guess, and there are three");
}

#[test]
fn n2_a_relay_that_guesses_the_code_has_three_tries_at_the_customer() {
    let mut guesser = Guesser::default();
    let confirmations = guesser.confirmations.clone();
    let (desk, _office, stage, _liar) = lied_to(move |_, heard| match heard {
        Heard::Program(ToRelay::Join { .. }) => vec![Said::Program(guesser.begin(SessionId([5; 16])))],
        Heard::Program(ToRelay::Signal { body, .. }) => guesser.answer(bind::Side::Rep, &body),
        other => other.pass(),
    });
    let customer = stage.customer(&desk, "482 913 5207", &CustomerOptions::default()).unwrap();
    customer.expect("failed", 60, |event| event["problem"] == "code-wrong" && event["attempts_left"] == 0).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(confirmations.load(Ordering::Relaxed), 3, "each answer was a guess, and there are three");
}

/// What the relay said to the rep until the keys were agreed, and by whom a second customer is sent into the session.
#[derive(Default)]
struct Second {
    to_rep: Vec<FromRelay>,
    session: Option<SessionId>,
    rep: Option<usize>,
    first: Option<usize>,
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n2_a_used_code_leads_nobody_else_into_the_session_whatever_the_relay_says() {
    let second = Arc::new(Mutex::new(Second::default()));
    let shared = second.clone();
    let (mut session, liar) = session_with(move |call, heard| {
        let mut second = shared.lock().unwrap();
        match heard {
            Heard::Relay(FromRelay::Session(offer)) => {
                second.session = Some(offer.session);
                match call.side {
                    Side::Rep => {
                        second.rep = Some(call.number);
                        second.to_rep.push(FromRelay::Session(offer.clone()));
                    }
                    Side::Customer => second.first = Some(call.number),
                }
                vec![Said::Program(FromRelay::Session(offer))]
            }
            Heard::Relay(FromRelay::Signal { session, body }) => {
                if call.side == Side::Rep {
                    second.to_rep.push(FromRelay::Signal { session, body: body.clone() });
                }
                vec![Said::Program(FromRelay::Signal { session, body })]
            }
            // A second customer with the used code is told that it leads into the session, and its words go to the rep.
            Heard::Relay(FromRelay::JoinFailed(_)) => {
                second.session.map(|session| Said::Program(made_up(session))).into_iter().collect()
            }
            Heard::Program(ToRelay::Signal { session, body })
                if call.side == Side::Customer && second.first.is_some_and(|first| first != call.number) =>
            {
                let rep = second.rep.unwrap();
                vec![Said::Other(rep, FromRelay::Signal { session, body })]
            }
            other => other.pass(),
        }
    });
    let mark = session.rep.mark();
    // First everything that led to the keys is said to the rep again.
    let again: Vec<FromRelay> = second.lock().unwrap().to_rep.clone();
    assert!(again.len() >= 3, "the offer and two signals were heard: {}", again.len());
    for message in &again {
        liar.say(Side::Rep, message).unwrap();
    }
    let attic = Display::start(800, 600).unwrap();
    let code = session.stage.code().unwrap();
    let options = CustomerOptions { data: "stranger", ..CustomerOptions::default() };
    let stranger = session.stage.customer(&attic, &code, &options).unwrap();
    stranger.expect_state("connecting", 30).unwrap();
    std::thread::sleep(Duration::from_secs(4));
    assert!(!said(&stranger, "safety-code") && !said(&stranger, "prompt"), "{:?}", stranger.events());
    assert_eq!(session.rep.state().as_deref(), Some("active"));
    let renewed = session.rep.events().into_iter().skip(mark).any(|event| event["event"] == "safety-code");
    assert!(!renewed, "the rep's link is the one of before");
    say_and_hear(&mut session, "only the two of us");
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n2_a_relay_that_calls_a_running_session_over_ends_nothing() {
    let known = Arc::new(Mutex::new(None));
    let shared = known.clone();
    let (mut session, liar) = session_with(move |_, heard| {
        if let Heard::Relay(FromRelay::Session(offer)) = &heard {
            *shared.lock().unwrap() = Some(offer.session);
        }
        heard.pass()
    });
    let id = known.lock().unwrap().unwrap();
    for side in [Side::Rep, Side::Customer] {
        for lie in [
            FromRelay::JoinFailed(JoinFailure::Unknown),
            FromRelay::JoinFailed(JoinFailure::Expired),
            FromRelay::PairingFailed { session: id, attempts_left: 2 },
            FromRelay::PairingFailed { session: id, attempts_left: 0 },
            FromRelay::CodeExpired { session: id },
            FromRelay::CodesAlive { sessions: Vec::new() },
            FromRelay::ResumeFailed { session: id },
            FromRelay::SessionEnded { session: id, reason: "NotTrusted".to_owned() },
            FromRelay::Presence { session: id, present: false },
            FromRelay::Signal { session: id, body: vec![0; CONFIRMATION_BYTES] },
        ] {
            liar.say(side, &lie).unwrap();
        }
    }
    std::thread::sleep(Duration::from_secs(2));
    for program in [&session.rep, &session.customer] {
        assert_eq!(program.state().as_deref(), Some("active"));
        assert!(!said(program, "failed") && !said(program, "ended"));
    }
    say_and_hear(&mut session, "still here");
}

/// Greetings and answers with a field that this version does not know.
#[derive(Serialize)]
enum Newer {
    Hello {
        version: u32,
        relay_version: String,
        developer: bool,
        #[serde(with = "serde_bytes")]
        code_key: [u8; 32],
        #[serde(with = "serde_bytes")]
        licence_key: Option<[u8; 32]>,
        now_s: i64,
        mood: Vec<String>,
    },
}

fn with_a_new_field(_: Call, heard: Heard) -> Vec<Said> {
    match heard {
        Heard::Relay(FromRelay::Hello { version, relay_version, developer, code_key, licence_key, now_s, .. }) => {
            let mood = vec!["hurried".to_owned(); 3];
            let newer = Newer::Hello { version, relay_version, developer, code_key, licence_key, now_s, mood };
            vec![Said::Bytes(wire::encode(&newer, FROM_RELAY_BYTES_MAX).unwrap())]
        }
        other => other.pass(),
    }
}

/// Frames that are no message of this version, each for its own reason.
fn nonsense() -> Vec<(&'static str, Vec<u8>)> {
    let good = wire::encode(&FromRelay::Refused { reason: "not now".to_owned() }, FROM_RELAY_BYTES_MAX).unwrap();
    let mut seed = 0x5eed_u32;
    let noise = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    });
    // {"Refused": {"deep": [[[[ … without an end.
    let mut deep = b"\xa1\x67Refused\xa1\x64deep".to_vec();
    deep.resize(deep.len() + 400_000, 0x81);
    // {"Plugin": {"package": bytes of 2^63}}
    let mut long = b"\xa1\x66Plugin\xa1\x67package\x5b\x80".to_vec();
    long.extend([0; 7]);
    vec![
        ("nothing", Vec::new()),
        ("noise", noise.take(20_000).collect()),
        ("a message cut short", good[..good.len() - 3].to_vec()),
        ("a message of an unknown kind", b"\xa1\x64Sing\xa1\x64song\x01".to_vec()),
        ("an unknown word", b"\x64Sing".to_vec()),
        ("a length beyond every memory", long),
        ("a list beyond every memory", b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff".to_vec()),
        ("nested without an end", deep),
        ("nested in nothing", vec![0x81; 400_000]),
        ("tags without an end", vec![0xc1; 400_000]),
    ]
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n2_what_a_relay_says_that_makes_no_sense_is_passed_over() {
    let (mut session, liar) = session_with(with_a_new_field);
    let calls = |liar: &Liar| (liar.calls(Side::Rep), liar.calls(Side::Customer));
    for side in [Side::Rep, Side::Customer] {
        for (_, bytes) in nonsense() {
            liar.send(side, Message::Binary(bytes.into())).unwrap();
        }
        liar.send(side, Message::Text("good morning".into())).unwrap();
    }
    std::thread::sleep(Duration::from_secs(2));
    assert!(session.rep.is_running() && session.customer.is_running());
    assert_eq!(session.customer.state().as_deref(), Some("active"));
    say_and_hear(&mut session, "what a strange relay");
    assert_eq!(calls(&liar), (1, 1), "no message was worth a new connection");
    // A frame over every limit is not read to its end; the connection is made anew.
    for side in [Side::Rep, Side::Customer] {
        liar.send(side, Message::Binary(vec![0_u8; FROM_RELAY_BYTES_MAX + 1].into())).unwrap();
        wait_for(30, "another connection", || (liar.calls(side) > 1).then_some(())).unwrap();
    }
    say_and_hear(&mut session, "it will never learn");
    assert!(session.rep.is_running() && session.customer.is_running());
}

/// Before there is a session, too: the code still comes, and still leads into one.
#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n2_nonsense_before_a_session_keeps_nobody_from_it() {
    let (session, _liar) = session_with(|_, heard| {
        let greeting =
            matches!(heard, Heard::Relay(FromRelay::Hello { .. } | FromRelay::SignedIn { .. } | FromRelay::Session(_)));
        let mut said = heard.pass();
        if greeting {
            said.extend(nonsense().into_iter().map(|(_, bytes)| Said::Bytes(bytes)));
        }
        said
    });
    assert_eq!(session.rep.state().as_deref(), Some("active"));
}

/// Both programs greet with `versions` in place of their own: what they say then.
fn greeted_with(versions: &'static [u32], advice: &str) {
    let (desk, office, stage, _liar) = lied_to(move |_, heard| match heard {
        Heard::Program(ToRelay::Hello { side, program_version, engine, .. }) => {
            vec![Said::Relay(ToRelay::Hello { versions: versions.to_vec(), side, program_version, engine })]
        }
        other => other.pass(),
    });
    let customer = stage.customer(&desk, "482 913 5207", &CustomerOptions::default()).unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let failed = customer.expect("failed", 30, |event| event["problem"] == "incompatible").unwrap();
    assert!(failed["detail"].as_str().unwrap().contains(advice), "{failed}");
    let failed = rep.expect("sign-in-failed", 30, |event| event["problem"] == "incompatible").unwrap();
    assert!(failed["detail"].as_str().unwrap().contains(advice), "{failed}");
}

#[test]
fn a_program_too_old_for_its_relay_says_that_it_must_be_updated() {
    greeted_with(&[0], "update the program");
}

#[test]
fn a_program_too_new_for_its_relay_says_that_the_relay_must_be_updated() {
    greeted_with(&[7, 8], "update the relay");
}
