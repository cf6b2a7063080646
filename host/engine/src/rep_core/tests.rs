//! The core with real sessions and a queue for a relay: what it says, and what people are shown.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::refused::AGAIN_AFTER;
use super::resumes::AT_ONCE;
use super::sessions::ENDED_MAX;
use super::*;
use crate::control::ControlProblem;
use crate::surface::SurfaceSink;
use crate::view::{SessionState, Step, View};
use lotse_protocol::control::{
    FromRelay, Leg, PasswordWeakness, PluginRef, SeatsTaken, SessionId, SessionOffer, SignInEnd, SignInFailure,
};
use lotse_protocol::peer::EndReason;

/// Nothing here takes as long, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) const RELAY: &str = "https://127.0.0.1:9";

fn up() -> ControlEvent {
    ControlEvent::Up {
        address: "127.0.0.1:9".parse().unwrap(),
        developer: false,
        code_key: [0; 32],
        licences: LicenceCheck::new(Some([0; 32]), 0),
        notes: true,
    }
}

struct NoWindows;

impl SurfaceHost for NoWindows {
    fn open(&self, _surface: u64) -> Option<Box<dyn SurfaceSink>> {
        None
    }
}

pub(super) struct Bench {
    pub(super) core: Core,
    /// What the core says to the relay.
    said: mpsc::Receiver<ToRelay>,
    /// What its sessions want to be said.
    _from_sessions: mpsc::Receiver<ToRelay>,
    _events: mpsc::Sender<ControlEvent>,
    /// Its data.
    pub(super) folder: Arc<tempfile::TempDir>,
}

impl Bench {
    /// Connected, and about to sign in.
    pub(super) async fn trying() -> Self {
        Self::trying_on(Arc::new(tempfile::tempdir().unwrap())).await
    }

    /// The same on a folder that another program may have had.
    pub(super) async fn trying_on(folder: Arc<tempfile::TempDir>) -> Self {
        let place = folder.path().to_owned();
        let config = RepConfig { data_dir: place.clone(), driver_dir: Some(place), locale: "en".to_owned() };
        let (to_relay, from_sessions) = mpsc::channel(4096);
        let runtime = Runtime::new(RuntimeOptions { cache: None }).unwrap();
        let storage = Arc::new(Storage::of_session());
        let mut core =
            Core::new(config, storage, Arc::new(NoWindows), (runtime, tokio::runtime::Handle::current()), to_relay);
        let (queue, said) = mpsc::channel(256);
        let (events, incoming) = mpsc::channel(1);
        core.control = Some((Control::over(queue), incoming));
        core.credentials = Some(("anna@acme.example".to_owned(), Secret("correct horse".to_owned())));
        core.notes.begin(RELAY, "anna@acme.example");
        core.sign_in = SignIn::Trying;
        core.on_control(up()).await;
        let mut bench = Self { core, said, _from_sessions: from_sessions, _events: events, folder };
        assert!(matches!(bench.said().as_slice(), [ToRelay::SignIn { .. }]));
        bench
    }

    pub(super) async fn signed_in() -> Self {
        let mut bench = Self::trying().await;
        bench.sign_in().await;
        bench
    }

    pub(super) async fn sign_in(&mut self) {
        let (token, word) = (Secret("token".to_owned()), || "Anna".to_owned());
        self.hear(FromRelay::SignedIn { token, rep: word(), account: word(), contact: word() }).await;
    }

    /// As a person does after a sign-in that is over.
    pub(super) async fn sign_in_anew(&mut self, user: &str) {
        self.core.sign_in(RELAY, user.to_owned(), "correct horse".to_owned());
        let (queue, said) = mpsc::channel(256);
        let (events, incoming) = mpsc::channel(1);
        (self.said, self._events) = (said, events);
        self.core.control = Some((Control::over(queue), incoming));
        self.core.on_control(up()).await;
        self.sign_in().await;
        self.said();
    }

    pub(super) async fn hear(&mut self, message: FromRelay) {
        self.core.on_message(message).await;
    }

    pub(super) async fn lose_connection(&mut self) {
        let problem = ControlProblem::Unreachable("gone".to_owned());
        self.core.on_control(ControlEvent::Down { problem }).await;
    }

    pub(super) fn said(&mut self) -> Vec<ToRelay> {
        std::iter::from_fn(|| self.said.try_recv().ok()).collect()
    }

    pub(super) fn entry(&self, id: SessionId) -> Option<&Entry> {
        self.core.sessions.iter().find(|entry| entry.id == id)
    }

    /// Waits until a session's view is as wanted.
    pub(super) async fn until(&self, id: SessionId, wanted: impl FnMut(&Arc<View>) -> bool) {
        let mut view = self.entry(id).unwrap().handle.view.clone();
        tokio::time::timeout(PATIENCE, view.wait_for(wanted)).await.unwrap().unwrap();
    }

    pub async fn end(&mut self, id: SessionId) {
        self.core.lose_code(id, Instant::now()).await;
        self.until(id, |view| matches!(view.state, SessionState::Failed { .. })).await;
    }
}

pub(super) fn id(number: usize) -> SessionId {
    SessionId((number as u128).to_be_bytes())
}

pub(super) fn refused(reason: &str) -> FromRelay {
    FromRelay::Refused { reason: reason.to_owned() }
}

/// A customer has come with the code.
pub(super) fn met(session: SessionId) -> FromRelay {
    FromRelay::Session(Box::new(SessionOffer {
        session,
        token: Secret("resume".to_owned()),
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

fn keys(view: &Arc<View>) -> bool {
    view.state == SessionState::Connecting { step: Step::Keys }
}

#[tokio::test(flavor = "multi_thread")]
async fn n5_sessions_have_no_limit_and_of_the_ended_the_newest_stay() {
    let mut bench = Bench::signed_in().await;
    // More than were ever allowed at once, and none of them over.
    let running = ENDED_MAX + 1..ENDED_MAX + 220;
    for number in 0..running.end {
        bench.core.on_code(id(number), 7, 900);
    }
    for number in 1..=ENDED_MAX {
        bench.end(id(number)).await;
    }
    bench.core.forget_ended();
    assert_eq!(bench.core.sessions.len(), running.end, "so many ended ones are kept");
    // The first one made ends last: it is the newest of those that are over.
    bench.end(id(0)).await;
    bench.core.forget_ended();
    assert!(bench.entry(id(1)).is_none(), "the one that ended first is forgotten");
    assert!(bench.entry(id(0)).is_some() && bench.entry(id(2)).is_some());
    assert!(running.clone().all(|number| bench.entry(id(number)).is_some()), "what is not over is never forgotten");
    bench.said();
    bench.core.on_command(RepCommand::NewCode);
    assert!(matches!(bench.said().as_slice(), [ToRelay::NewCode]), "and a new code is always asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn n5_any_number_of_sessions_is_taken_up_again() {
    const SESSIONS: usize = 3 * AT_ONCE;
    let mut bench = Bench::signed_in().await;
    for number in 0..SESSIONS {
        bench.core.on_code(id(number), 7, 900);
        let entry = bench.core.sessions.last_mut().unwrap();
        // As it is with sessions that run.
        (entry.code, entry.resume) = (None, Some(Secret("resume".to_owned())));
    }
    bench.lose_connection().await;
    bench.said();
    bench.sign_in().await;
    let mut taken_up = 0;
    while taken_up < SESSIONS {
        let asked: Vec<SessionId> = bench
            .said()
            .into_iter()
            .map(|message| match message {
                ToRelay::Resume { session, .. } => session,
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(!asked.is_empty() && asked.len() <= AT_ONCE, "{} after {taken_up}", asked.len());
        taken_up += asked.len();
        for session in asked {
            bench.hear(FromRelay::SessionEnded { session, reason: EndReason::CustomerGone.name().to_owned() }).await;
        }
    }
    assert_eq!(taken_up, SESSIONS);
}

/// A sign-in at a relay with a full disk hung at "Signing in" for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_the_relay_cannot_do_fails_with_its_reason() {
    let mut bench = Bench::trying().await;
    bench.hear(refused("The relay cannot reach its database; try again in a minute.")).await;
    let detail = "The relay cannot reach its database; try again in a minute.".to_owned();
    assert_eq!(bench.core.sign_in, SignIn::Failed(Problem::Refused { detail }));
    assert!(bench.core.control.is_none() && bench.core.credentials.is_none(), "nothing is kept of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_refused_says_why_until_it_is_read_or_the_next_is_asked_for() {
    let mut bench = Bench::signed_in().await;
    for dismissed in [RepCommand::DismissProblem, RepCommand::NewCode] {
        bench.core.on_command(RepCommand::NewCode);
        bench.hear(refused("Too many unused codes.")).await;
        let detail = "Too many unused codes.".to_owned();
        assert_eq!(bench.core.problem, Some(Problem::Refused { detail }));
        assert!(matches!(bench.core.sign_in, SignIn::In { reconnecting: false, .. }), "the sign-in stands");
        bench.core.on_command(dismissed);
        assert_eq!(bench.core.problem, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_could_not_be_taken_up_is_tried_again() {
    let mut bench = Bench::signed_in().await;
    bench.lose_connection().await;
    bench.said();
    bench.hear(refused("The relay cannot reach its database.")).await;
    assert!(matches!(bench.core.problem, Some(Problem::Refused { .. })));
    bench.core.sign_in_when_due(Instant::now());
    assert!(bench.said().is_empty(), "not at once");
    bench.core.sign_in_when_due(Instant::now() + AGAIN_AFTER);
    assert!(matches!(bench.said().as_slice(), [ToRelay::SignInAgain { .. }]));
    bench.core.sign_in_when_due(Instant::now() + AGAIN_AFTER * 2);
    assert!(bench.said().is_empty(), "once for each refusal");
    bench.sign_in().await;
    assert_eq!((&bench.core.problem, bench.core.again_at), (&None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_was_updated_meanwhile_says_so_to_who_is_signed_in() {
    let mut bench = Bench::signed_in().await;
    let problem = ControlProblem::Incompatible("update the program".to_owned());
    bench.core.on_control(ControlEvent::Down { problem }).await;
    assert_eq!(bench.core.problem, Some(Problem::Incompatible { detail: "update the program".to_owned() }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_asked_for_without_a_connection_is_made_with_the_next() {
    let mut bench = Bench::signed_in().await;
    bench.lose_connection().await;
    bench.said();
    for _ in 0..3 {
        bench.core.on_command(RepCommand::NewCode);
    }
    assert!(bench.said().is_empty());
    bench.sign_in().await;
    assert!(matches!(bench.said().as_slice(), [ToRelay::NewCode]), "one, however often it was pressed");
}

/// The rep was shown "connecting: keys" until somebody else came.
#[tokio::test(flavor = "multi_thread")]
async fn c2_a_customer_who_vanishes_during_pairing_leaves_a_code_that_waits() {
    let mut bench = Bench::signed_in().await;
    bench.core.on_code(id(1), 48_291, 900);
    let code = bench.entry(id(1)).unwrap().code.clone();
    // The relay says so at once, or is gone itself and lists the code after the next sign-in.
    for gone in
        [FromRelay::Presence { session: id(1), present: false }, FromRelay::CodesAlive { sessions: vec![id(1)] }]
    {
        bench.hear(met(id(1))).await;
        bench.until(id(1), keys).await;
        assert!(!bench.entry(id(1)).unwrap().handle.view.borrow().customer_left, "somebody is there");
        bench.hear(gone).await;
        bench.until(id(1), |view| view.state == SessionState::Waiting && view.customer_left).await;
    }
    assert!(code.is_some() && bench.entry(id(1)).unwrap().code == code, "the same digits, still to be read out");
    bench.hear(met(id(1))).await;
    bench.until(id(1), |view| keys(view) && view.peer == "K. Weber" && !view.customer_left).await;
}

/// Each plugin that was fetched was copied into the inbox of every session, those that are over among them.
#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_goes_to_the_sessions_that_asked_for_it_once() {
    let mut bench = Bench::signed_in().await;
    for number in 1..=3 {
        bench.core.on_code(id(number), 7, 900);
    }
    let wanted = [9; 32];
    let waiting = |bench: &Bench| bench.core.who_wants(&wanted).map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!(waiting(&bench), []);
    // It is in its list and not on this disk, so the session asks for it.
    let FromRelay::Session(mut offer) = met(id(2)) else { panic!("it is an offer") };
    let version = semver::Version::new(1, 0, 0);
    offer.plugins = vec![PluginRef { id: "a.b".to_owned(), version, digest: wanted, licensed: true, publisher: None }];
    bench.hear(FromRelay::Session(offer)).await;
    let asked = async {
        while waiting(&bench) != [id(2)] {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap();
    bench.hear(FromRelay::Plugin { digest: wanted, package: vec![1], code: vec![2] }).await;
    let taken = async {
        while !waiting(&bench).is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, taken).await.unwrap();
    bench.until(id(2), |view| matches!(view.state, SessionState::Failed { .. })).await;
}

pub(super) fn waits() -> FromRelay {
    FromRelay::Seat { waits: Some(SeatsTaken { seats: 1, ..SeatsTaken::default() }) }
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_who_waits_takes_up_sessions_when_there_is_a_seat() {
    let mut bench = Bench::signed_in().await;
    bench.core.on_code(id(1), 7, 900);
    let entry = bench.core.sessions.last_mut().unwrap();
    (entry.code, entry.resume) = (None, Some(Secret("resume".to_owned())));
    bench.lose_connection().await;
    bench.core.introduce();
    bench.said();
    bench.hear(waits()).await;
    bench.sign_in().await;
    assert!(matches!(bench.core.seat, Seat::Waiting(_)), "what was said before the greeting holds");
    assert!(bench.said().is_empty(), "nothing is taken up without a seat");
    bench.core.on_command(RepCommand::TakeSeat { seat: 7 });
    assert!(matches!(bench.said().as_slice(), [ToRelay::TakeSeat { seat: 7 }]));
    bench.hear(FromRelay::Seat { waits: None }).await;
    assert!(matches!(bench.said().as_slice(), [ToRelay::Resume { .. }]));
    bench.core.on_command(RepCommand::TakeSeat { seat: 7 });
    assert!(bench.said().is_empty(), "it has one");
    // At the next sign-in the relay says nothing of seats: there is one.
    bench.hear(waits()).await;
    bench.lose_connection().await;
    bench.core.introduce();
    assert!(matches!(bench.core.seat, Seat::Waiting(_)), "until the relay has answered");
    bench.sign_in().await;
    assert_eq!(bench.core.seat, Seat::Held);
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_a_sign_in_that_was_taken_over_is_over_with_its_sessions() {
    let mut bench = Bench::signed_in().await;
    bench.core.on_code(id(1), 7, 900);
    let end = SignInEnd::TakenOver { by: "Bo\u{202e} Lind".to_owned() };
    bench.hear(FromRelay::SignInEnded(end)).await;
    assert_eq!(bench.core.sign_in, SignIn::Ended(SignInEnd::TakenOver { by: "Bo Lind".to_owned() }));
    assert!(bench.core.sessions.is_empty() && bench.core.token.is_none() && bench.core.control.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_password_that_must_be_chosen_goes_with_the_one_that_was_typed() {
    let mut bench = Bench::trying().await;
    bench.hear(FromRelay::SignInFailed(SignInFailure::MustChangePassword)).await;
    for weak in [true, false] {
        bench.core.on_command(RepCommand::ChoosePassword { password: "tulip".to_owned() });
        assert_eq!(bench.core.sign_in, SignIn::Trying);
        let said = bench.said();
        let [ToRelay::ChangePassword { password, new_password, .. }] = said.as_slice() else { panic!("{said:?}") };
        assert_eq!((password.0.as_str(), new_password.0.as_str()), ("correct horse", "tulip"));
        if weak {
            let why = SignInFailure::NewPasswordRefused(PasswordWeakness::TooShort);
            bench.hear(FromRelay::SignInFailed(why)).await;
            assert_eq!(bench.core.sign_in, SignIn::Refused(why));
        }
    }
    bench.sign_in().await;
    assert!(bench.core.credentials.is_none() && bench.core.new_password.is_none(), "no password is kept");
    bench.core.on_command(RepCommand::ChoosePassword { password: "another".to_owned() });
    assert!(bench.said().is_empty(), "nobody asked for one");
}
