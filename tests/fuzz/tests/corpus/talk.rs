//! Messages of the control connection, of the hosts to each other, and of the bind protocol.

use crate::seeds::{Seeds, joined};
use lotse_fuzz::forwarder::sender;
use lotse_fuzz::transport::{NOW_UNIX, RELAY_KEY};
use lotse_protocol::control::{
    AuditKind, FromRelay, JoinFailure, Leg, NotesRefusal, PluginRef, Secret, SessionId, SessionOffer, Side,
    SignInFailure, ToRelay,
};
use lotse_protocol::handover::{
    AcceptedHandOver, AskedEnd, CODE_BYTES, HandOver, HandOverId, HandOverOutcome, KEY_BYTES, OfferedHandOver, Purpose,
    Target, TargetKind,
};
use lotse_protocol::licence::{Licence, SignedLicence, Term};
use lotse_protocol::peer::{ConsentState, EndReason, HEADER_BYTES_MAX, PeerMessage, PresentRep, StreamHeader, frame};
use lotse_protocol::question::{
    AnsweredQuestion, Availability, NoPlace, OfferEnd, Offered, PAGE_KEY_BYTES, QuestionId, Queue, RunningSession,
    SEALED_CODE_BYTES, WaitingQuestion,
};
use lotse_protocol::shared::{SharedRefusal, SharedValue};
use lotse_protocol::wire::{FROM_RELAY_BYTES_MAX, TO_RELAY_BYTES_MAX, encode};
use lotse_transport::bind::{self, LegTicket, Refusal, RelayKey, proof_mac};

const SESSION: SessionId = SessionId([7; 16]);
const QUESTION: QuestionId = QuestionId([8; 16]);
const OFFER: HandOverId = HandOverId([6; 16]);
const NONCE: u64 = 5;

fn shared_value() -> SharedValue {
    SharedValue { key: "reply-1".to_owned(), revision: 7, data: Some(b"Please restart".to_vec()) }
}

fn token() -> Secret {
    Secret("0f".repeat(32))
}

pub fn control_to_relay() -> Seeds {
    let engine = "lotse-engine-1 wasmtime-48.0.8 x86_64-unknown-linux-gnu".to_owned();
    let messages = [
        ("hello", ToRelay::Hello { versions: vec![1], side: Side::Rep, program_version: "0.1.0".to_owned(), engine }),
        ("sign-in", ToRelay::SignIn { user: "anna@acme.example".to_owned(), password: Secret("secret".to_owned()) }),
        ("sign-in-again", ToRelay::SignInAgain { token: token() }),
        ("new-code", ToRelay::NewCode),
        (
            "join",
            ToRelay::Join { nameplate: 48_291, name: "K. Weber".to_owned(), system: "Debian GNU/Linux 12".to_owned() },
        ),
        ("resume", ToRelay::Resume { session: SESSION, token: token() }),
        ("signal", ToRelay::Signal { session: SESSION, body: vec![0x42; 33] }),
        ("end-session", ToRelay::EndSession { session: SESSION, reason: "The rep ended it.".to_owned() }),
        (
            "audit",
            ToRelay::Audit {
                session: SESSION,
                kind: AuditKind::Denied,
                plugin: "lotse.chat".to_owned(),
                about: "input".to_owned(),
            },
        ),
        ("fetch-plugin", ToRelay::FetchPlugin { digest: [9; 32] }),
        ("notes", ToRelay::Notes { session: SESSION, revision: 3, text: "Roller worn.\nSend one.".to_owned() }),
        ("availability", ToRelay::Availability(Availability::default())),
        ("answer-question", ToRelay::AnswerQuestion { question: QUESTION }),
        ("pass-question", ToRelay::PassQuestion { question: QUESTION }),
        ("close-question", ToRelay::CloseQuestion { question: QUESTION }),
        ("fetch-shared", ToRelay::FetchShared { plugin: "lotse.canned-replies".to_owned() }),
        ("set-shared", ToRelay::SetShared { plugin: "lotse.canned-replies".to_owned(), value: shared_value() }),
        ("sealed-code", ToRelay::SealedCode { session: SESSION, body: vec![0x43; SEALED_CODE_BYTES] }),
    ];
    let messages = messages.into_iter().chain(wishes());
    messages.map(|(name, message)| (name, encode(&message, TO_RELAY_BYTES_MAX).unwrap())).collect()
}

/// What a rep's program says of another rep in a session.
fn wishes() -> [(&'static str, ToRelay); 9] {
    let (to, note) = ("team:12".to_owned(), "Knows the driver.".to_owned());
    let (purpose, key) = (Purpose::Join, vec![4; KEY_BYTES]);
    let wish = HandOver { session: SESSION, to, note, purpose, key: key.clone(), waiting_s: 75 };
    let (name, system) = ("K. Weber".to_owned(), "Windows 11".to_owned());
    [
        ("directory", ToRelay::Directory),
        ("hand-over", ToRelay::HandOver(Box::new(wish))),
        ("withdraw-hand-over", ToRelay::WithdrawHandOver { session: SESSION }),
        ("look-at-hand-over", ToRelay::LookAtHandOver { offer: OFFER, key: vec![4; KEY_BYTES] }),
        ("hand-over-summary", ToRelay::HandOverSummary { session: SESSION, body: vec![0x44; 120], reader: 21 }),
        ("hand-over-key", ToRelay::HandOverKey { session: SESSION, key }),
        ("answer-hand-over", ToRelay::AnswerHandOver { offer: OFFER, accept: true }),
        ("hand-over-code", ToRelay::HandOverCode { session: SESSION, body: vec![0x43; CODE_BYTES] }),
        ("join-beside", ToRelay::JoinBeside { session: SESSION, nameplate: 48_291, name, system }),
    ]
}

fn offer() -> SessionOffer {
    let chat = PluginRef {
        id: "lotse.chat".to_owned(),
        version: semver::Version::new(0, 1, 0),
        digest: [9; 32],
        licensed: true,
        publisher: Some("Acme".to_owned()),
    };
    SessionOffer {
        session: SESSION,
        token: token(),
        leg: Leg { udp_port: 7_000, token: vec![1; 42], secret: [3; 32] },
        rep: "Anna".to_owned(),
        account: "Acme".to_owned(),
        customer: "K. Weber".to_owned(),
        system: "Debian GNU/Linux 12".to_owned(),
        plugins: vec![chat],
        resumed: false,
        licence: Some(signed()),
        question: "It does not print".to_owned(),
        portal: "Help desk".to_owned(),
    }
}

fn licence(features: &[(&str, Term)]) -> Vec<u8> {
    let licence = Licence {
        account: 1,
        account_name: "Acme".to_owned(),
        contact: "help@acme.example".to_owned(),
        issued_s: 1_795_910_400,
        expires_s: 1_795_996_800,
        features: features.iter().map(|(name, term)| ((*name).to_owned(), term.clone())).collect(),
    };
    licence.write().unwrap()
}

fn signed() -> SignedLicence {
    SignedLicence { document: licence(&[("chat", Term::default())]), signature: vec![4; 64] }
}

pub fn licence_documents() -> Seeds {
    let limits = [("sessions".to_owned(), 3)].into();
    let dated = Term { from_s: Some(-1), until_s: Some(1_800_000_000), limits };
    vec![("plain", licence(&[("chat", Term::default())])), ("dated", licence(&[("multi-chat", dated)]))]
}

fn question() -> WaitingQuestion {
    WaitingQuestion {
        question: QUESTION,
        name: "K. Weber".to_owned(),
        text: "It does not print".to_owned(),
        portal: "Help desk".to_owned(),
        language: "de".to_owned(),
        system: "Windows 11".to_owned(),
        waiting_s: 75,
        offered: Offered::Other("Bo Lind".to_owned()),
        running: Some(RunningSession {
            from: "Anna Berg".to_owned(),
            purpose: Purpose::TakeOver,
            note: "Knows the driver.".to_owned(),
            yours: false,
            no_place: Some(NoPlace::OtherConsole),
        }),
    }
}

/// What a relay tells of questions, and of what an account's reps share.
fn questions() -> [(&'static str, FromRelay); 6] {
    let queue = Queue { waiting: vec![question()], more: 3, has_portal: true };
    let answered = AnsweredQuestion {
        question: question(),
        session: SESSION,
        nameplate: 48_291,
        expires_in_s: 900,
        page_key: vec![4; PAGE_KEY_BYTES],
    };
    [
        ("questions", FromRelay::Questions(queue)),
        ("question-offered", FromRelay::QuestionOffered { question: Box::new(question()), for_s: 30 }),
        ("question-over", FromRelay::QuestionOver { question: QUESTION, end: OfferEnd::Taken("Bo Lind".to_owned()) }),
        (
            "shared",
            FromRelay::Shared { plugin: "a.b".to_owned(), revision: 7, whole: true, values: vec![shared_value()] },
        ),
        (
            "shared-set",
            FromRelay::SharedSet {
                plugin: "a.b".to_owned(),
                key: "reply-1".to_owned(),
                outcome: Err(SharedRefusal::Changed),
            },
        ),
        ("question-answered", FromRelay::QuestionAnswered(Box::new(answered))),
    ]
}

/// What a relay tells of another rep in a session.
fn hand_overs() -> [(&'static str, FromRelay); 12] {
    let bo = || "Bo Lind".to_owned();
    let target = Target { id: "rep:2".to_owned(), kind: TargetKind::Rep, name: bo(), available: true };
    let offered = OfferedHandOver {
        offer: OFFER,
        from: "Anna".to_owned(),
        purpose: Purpose::TakeOver,
        customer: "K. Weber".to_owned(),
        system: "Windows 11".to_owned(),
        question: "It does not print".to_owned(),
        portal: "Help desk".to_owned(),
        note: "Knows the driver.".to_owned(),
        notes: "Roller worn.\nSend one.".to_owned(),
    };
    let accepted = AcceptedHandOver {
        offer: OFFER,
        session: SESSION,
        nameplate: 48_291,
        expires_in_s: 300,
        key: vec![4; KEY_BYTES],
    };
    let outcome = HandOverOutcome::Declined;
    [
        ("directory", FromRelay::Directory { targets: vec![target] }),
        ("hand-over-offered", FromRelay::HandOverOffered { offer: Box::new(offered), for_s: 60 }),
        ("hand-over-over", FromRelay::HandOverOver { offer: OFFER, end: AskedEnd::Withdrawn }),
        ("hand-over-yours", FromRelay::HandOverOver { offer: OFFER, end: AskedEnd::Yours { session: SESSION } }),
        ("hand-over-accepted", FromRelay::HandOverAccepted(Box::new(accepted))),
        ("hand-over-looked", FromRelay::HandOverLooked { session: SESSION, key: vec![4; KEY_BYTES], reader: 21 }),
        ("hand-over-waits", FromRelay::HandOverWaits { session: SESSION }),
        ("hand-over-summary", FromRelay::HandOverSummary { offer: OFFER, body: vec![0x44; 120] }),
        ("hand-over-answered", FromRelay::HandOverAnswered { session: SESSION, outcome, by: bo() }),
        ("hand-over-code", FromRelay::HandOverCode { session: SESSION, by: bo(), body: vec![0x43; CODE_BYTES] }),
        ("hand-over-here", FromRelay::HandOverHere { session: SESSION, beside: SESSION, by: bo() }),
        ("watch-asked", FromRelay::WatchAsked { session: SESSION, to: "rep:2".to_owned(), by: bo() }),
    ]
}

pub fn control_from_relay() -> Seeds {
    let (rep, account, contact) = ("Anna".to_owned(), "Acme".to_owned(), "help@acme.example".to_owned());
    let (package, code) = (b"\0asm\x0d\0\x01\0".to_vec(), b"lotsecd1".to_vec());
    let messages = [
        (
            "hello",
            FromRelay::Hello {
                version: 1,
                relay_version: "0.1.0".to_owned(),
                developer: true,
                code_key: [5; 32],
                audit: true,
                licence_key: Some([6; 32]),
                now_s: 1_795_910_400,
                notes: true,
            },
        ),
        ("signed-in", FromRelay::SignedIn { token: token(), rep, account, contact }),
        ("sign-in-failed", FromRelay::SignInFailed(SignInFailure::TooMany { wait_s: 30 })),
        ("code", FromRelay::Code { session: SESSION, nameplate: 48_291, expires_in_s: 900 }),
        ("session", FromRelay::Session(Box::new(offer()))),
        ("join-failed", FromRelay::JoinFailed(JoinFailure::Expired)),
        ("signal", FromRelay::Signal { session: SESSION, body: vec![0x41; 33] }),
        ("presence", FromRelay::Presence { session: SESSION, present: false }),
        ("plugin", FromRelay::Plugin { digest: [9; 32], package, code }),
        ("licence", FromRelay::Licence { licence: signed(), now_s: 1_795_910_400 }),
        ("incompatible", FromRelay::Incompatible { reason: "Update the program.".to_owned() }),
        ("notes", FromRelay::Notes { session: SESSION, revision: 3, text: "Roller worn.".to_owned() }),
        ("notes-refused", FromRelay::NotesRefused { session: SESSION, revision: 3, why: NotesRefusal::NotNow }),
    ];
    let messages = messages.into_iter().chain(questions()).chain(hand_overs());
    messages.map(|(name, message)| (name, encode(&message, FROM_RELAY_BYTES_MAX).unwrap())).collect()
}

pub fn peer_messages() -> Seeds {
    let (program_version, name, system) = ("0.1.0".to_owned(), "Anna".to_owned(), "Debian GNU/Linux 12".to_owned());
    let hello = PeerMessage::Hello { version: 1, program_version, name, system, developer: false };
    let consent = PeerMessage::Consent { what: "view".to_owned(), state: ConsentState::Granted };
    let ended = PeerMessage::End { reason: EndReason::CustomerStopped };
    let bo = || "Bo Lind".to_owned();
    let code = Secret("4829135207".to_owned());
    let beside = PeerMessage::Beside { code, name: bo(), purpose: Purpose::TakeOver };
    let present = PeerMessage::Present { reps: vec![PresentRep { name: bo(), observing: true, you: false }] };
    let framed =
        |messages: &[PeerMessage]| messages.iter().flat_map(|message| frame(message).unwrap()).collect::<Vec<u8>>();
    vec![
        ("hello", framed(std::slice::from_ref(&hello))),
        ("whole-session", framed(&[hello, PeerMessage::Accepted, consent, PeerMessage::Paused { on: true }, ended])),
        ("running", framed(&[PeerMessage::Running { plugins: vec![0, 3] }])),
        ("beside", framed(&[beside, PeerMessage::BesideEnded { name: bo(), came: true, refused: false }, present])),
        ("lead", framed(&[PeerMessage::Lead { session: SESSION, name: bo() }])),
    ]
}

pub fn stream_header() -> Seeds {
    let header = StreamHeader { plugin: 2, label: "control".to_owned() };
    vec![("control", encode(&header, HEADER_BYTES_MAX).unwrap())]
}

fn ticket() -> LegTicket {
    RelayKey::new(RELAY_KEY).issue([1; 16], bind::Side::Rep, NOW_UNIX * 2)
}

/// BIND and the PROOF that a relay takes from [`sender`].
fn bind_and_proof() -> [Vec<u8>; 2] {
    let (key, ticket) = (RelayKey::new(RELAY_KEY), ticket());
    let token = ticket.token_array().unwrap();
    let cookie = key.cookie(sender(), &token, NOW_UNIX);
    let mac = proof_mac(&ticket.secret, NONCE, &token, &cookie);
    let proof = bind::ToRelay::Proof { nonce: NONCE, token, cookie, mac };
    [bind::ToRelay::Bind { nonce: NONCE, token }.encode(), proof.encode()]
}

pub fn bind_messages() -> Seeds {
    let [bind, proof] = bind_and_proof();
    vec![
        ("bind", bind),
        ("proof", proof),
        ("challenge", bind::FromRelay::Challenge { nonce: NONCE, cookie: [6; 16] }.encode()),
        ("bound", bind::FromRelay::Bound { nonce: NONCE, mac: [8; 16] }.encode()),
        ("refused", bind::FromRelay::Refused { nonce: NONCE, refusal: Refusal::Expired }.encode()),
        ("unbound", bind::FromRelay::Unbound.encode()),
    ]
}

pub fn leg_token() -> Seeds {
    let key = RelayKey::new(RELAY_KEY);
    vec![
        ("rep", ticket().token),
        ("customer", key.issue([2; 16], bind::Side::Customer, u64::MAX).token),
        ("expired", key.issue([2; 16], bind::Side::Rep, NOW_UNIX).token),
    ]
}

pub fn forwarder_packets() -> Seeds {
    let batch = |stride: u8, packets: &[u8]| [&[stride], packets].concat();
    let [bind, proof] = bind_and_proof();
    let data = [0x40_u8; 100];
    let mixed = [&data[..51], &bind[..], &data[..20]].concat();
    vec![
        ("bind-prove-send", joined(&[batch(0, &bind), batch(0, &proof), batch(30, &data)])),
        ("prove-at-once", joined(&[batch(83, &proof), batch(0, &data)])),
        ("mixed-train", joined(&[batch(51, &mixed)])),
    ]
}
