//! A core of views made by hand that remembers what was asked of it; for tests and for the gallery of screenshots.

#![allow(dead_code, reason = "each program that includes this uses its part")]

use lotse_console::core::Core;
use lotse_engine::rep::{
    FeatureView, LicenceView, NotesState, NotesView, Questions, RepCommand, RepSession, RepView, Seat, SecondFactor,
    SignIn, Windows,
};
use lotse_engine::view::{Problem, SessionState, Step, View};
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{PasswordWeakness, Secret, SessionId, SignInEnd, SignInFailure};
use lotse_protocol::peer::EndReason;
use lotse_protocol::question::Availability;
use lotse_ui::samples;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

#[derive(Clone, Default)]
pub struct Fake {
    pub view: Rc<RefCell<RepView>>,
    pub sent: Rc<RefCell<Vec<RepCommand>>>,
    /// How the session windows were said to stand.
    pub stood: Rc<RefCell<Vec<Windows>>>,
}

impl Core for Fake {
    fn view(&self) -> Arc<RepView> {
        Arc::new(self.view.borrow().clone())
    }

    fn send(&self, command: RepCommand) {
        self.sent.borrow_mut().push(command);
    }

    fn stand(&self, windows: Windows) {
        self.stood.borrow_mut().push(windows);
    }
}

impl Fake {
    pub fn new(view: RepView) -> Self {
        Self { view: Rc::new(RefCell::new(view)), ..Self::default() }
    }
}

pub fn signed_in() -> SignIn {
    SignIn::In {
        rep: "Anna Berg".into(),
        account: "Acme".into(),
        contact: "licences@acme.example".into(),
        reconnecting: false,
    }
}

pub fn with_session(number: u8, view: View) -> RepSession {
    let view = View { session: Some(SessionId([number; 16])), ..view };
    let (id, notes) = (SessionId([number; 16]), NotesView::default());
    RepSession { id, code: None, code_expires_in_s: 0, view: Arc::new(view), notes, unread: 0 }
}

/// The same with notes.
pub fn noted(mut session: RepSession, state: NotesState, german: bool) -> RepSession {
    let text = if german {
        "Einzugsrolle abgenutzt.\nErsatz bestellt, kommt am Donnerstag."
    } else {
        "Feed roller worn.\nOrdered a new one, comes on Thursday."
    };
    session.notes = NotesView { text: text.into(), state, ..NotesView::default() };
    session
}

pub fn with_code(number: u8, code: JoinCode, left_s: u64) -> RepSession {
    let view = View { session: Some(SessionId([number; 16])), ..View::default() };
    let (id, notes) = (SessionId([number; 16]), NotesView::default());
    RepSession { id, code: Some(code), code_expires_in_s: left_s, view: Arc::new(view), notes, unread: 0 }
}

pub const PAGES: [&str; 41] = [
    "sign-in",
    "sign-in-wrong",
    "sign-in-no-relay",
    "sign-in-taken-over",
    "new-password",
    "new-password-weak",
    "sign-in-locked",
    "second-factor",
    "second-factor-wrong",
    "second-factor-setup",
    "recovery-codes",
    "preferences-second-factor",
    "seats",
    "empty",
    "codes",
    "sessions",
    "connecting",
    "awaiting",
    "session",
    "lost",
    "ended",
    "failed",
    "preferences",
    "monitor",
    "help",
    "viewer",
    "chooser",
    "showing",
    "questions",
    "questions-none",
    "questions-away",
    "questions-session",
    "alert",
    "asked",
    "asked-session",
    "ask-files",
    "transfers",
    "stack",
    "multi-chat-unlicensed",
    "hand-over",
    "beside",
];

/// As an authenticator app would take it over.
pub fn offer() -> Secret {
    let key = "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    Secret(format!(
        "otpauth://totp/Lotse:anna.berg%40acme.example?{key}&issuer=Lotse&algorithm=SHA1&digits=6&period=30"
    ))
}

fn second_factor(name: &str) -> SecondFactor {
    let codes = ["k7mp-2vqa-9xyz-abcd", "efgh-jkmn-pqrs-tuvw", "2345-6789-abcd-efgh", "m3np-q4rs-t5uv-w6xy"];
    match name {
        "second-factor-setup" => SecondFactor { offer: Some(offer()), ..SecondFactor::default() },
        "recovery-codes" => SecondFactor {
            on: true,
            recovery_codes_left: 4,
            recovery_codes: codes.map(|code| Secret(code.to_owned())).to_vec(),
            ..SecondFactor::default()
        },
        "preferences-second-factor" => {
            SecondFactor { on: true, recovery_codes_left: 9, recovery_code_used: true, ..SecondFactor::default() }
        }
        _ => SecondFactor::default(),
    }
}

/// An account that may have several sessions.
pub fn several() -> Arc<LicenceView> {
    let feature = FeatureView { name: "multi-chat".into(), licensed: true, ends_s: None };
    Arc::new(LicenceView { features: vec![feature], ..LicenceView::default() })
}

/// Four sessions at once, with what is unread in two of them.
fn four(german: bool) -> Vec<RepSession> {
    let states = [
        (7, "K. Weber", SessionState::Active, 0),
        (8, "J. Ortiz", SessionState::Active, 2),
        (9, "M. Petrow", SessionState::Lost { seconds_left: 581 }, 0),
        (10, "Dr. A. von und zu Hohenlohe", SessionState::Active, 120),
    ];
    let session = |(number, peer, state, unread): (u8, &str, SessionState, u32)| {
        let mut view = samples::session(true, state, german);
        view.peer = peer.to_owned();
        view.places.insert("menu", vec![samples::desk_menu(german), samples::screen_menu(german)]);
        RepSession { unread, ..with_session(number, view) }
    };
    states.into_iter().map(session).collect()
}

/// The view behind a page of the gallery.
pub fn page(name: &str, german: bool) -> RepView {
    let session = |state| with_session(7, samples::session(true, state, german));
    let (sign_in, sessions) = match name {
        "sign-in" => (SignIn::Out, vec![]),
        "sign-in-wrong" => (SignIn::Refused(SignInFailure::WrongIdOrPassword), vec![]),
        "sign-in-no-relay" => {
            let detail = "443 refused, 8200 no answer, 80 refused".to_owned();
            (SignIn::Failed(Problem::RelayUnreachable { detail }), vec![])
        }
        "sign-in-taken-over" => (SignIn::Ended(SignInEnd::TakenOver { by: "Bo Lind".into() }), vec![]),
        "new-password" => (SignIn::Refused(SignInFailure::MustChangePassword), vec![]),
        "new-password-weak" => (SignIn::Refused(SignInFailure::NewPasswordRefused(PasswordWeakness::Common)), vec![]),
        "sign-in-locked" => (SignIn::Refused(SignInFailure::Locked { wait_s: 900 }), vec![]),
        "second-factor" => (SignIn::Refused(SignInFailure::SecondFactorWanted), vec![]),
        "second-factor-wrong" => (SignIn::Refused(SignInFailure::WrongCode), vec![]),
        "second-factor-setup" => (SignIn::Refused(SignInFailure::SecondFactorMustBeSetUp), vec![]),
        "codes" => (
            signed_in(),
            vec![with_code(1, JoinCode::new(48_291, 35_207), 872), with_code(2, JoinCode::new(7_001, 42_000), 41)],
        ),
        "sessions" => {
            let mut lost = samples::session(true, SessionState::Lost { seconds_left: 581 }, german);
            lost.peer = "J. Ortiz".into();
            let mut over = samples::session(true, SessionState::Ended { reason: EndReason::CustomerEnded }, german);
            over.peer = "M. Petrow".into();
            (signed_in(), vec![session(SessionState::Active), with_session(8, lost), with_session(9, over)])
        }
        "connecting" => {
            let mut view = View { state: SessionState::Connecting { step: Step::Plugins }, ..View::default() };
            view.peer = "K. Weber".into();
            (signed_in(), vec![with_session(7, view)])
        }
        "awaiting" => {
            let mut view = samples::session(true, SessionState::AwaitingConsent, german);
            view.consents.clear();
            (signed_in(), vec![with_session(7, view)])
        }
        "session" | "preferences" | "monitor" => {
            let mut view = samples::session(true, SessionState::Active, german);
            view.notices = vec![samples::notice()];
            (signed_in(), vec![noted(with_session(7, view), NotesState::Saved, german)])
        }
        "lost" => {
            let lost = session(SessionState::Lost { seconds_left: 581 });
            (signed_in(), vec![noted(lost, NotesState::Away, german)])
        }
        "ended" => {
            let ended = session(SessionState::Ended { reason: EndReason::CustomerStopped });
            (signed_in(), vec![noted(ended, NotesState::Saved, german)])
        }
        "failed" => {
            let view = View { state: SessionState::Failed { problem: Problem::KeysDiffer }, ..View::default() };
            (signed_in(), vec![with_session(7, view)])
        }
        "chooser" => {
            let mut view = samples::session(true, SessionState::Active, german);
            view.choosing = Some(samples::choosing(german));
            (signed_in(), vec![with_session(7, view)])
        }
        "showing" => {
            let mut view = samples::session(true, SessionState::Active, german);
            view.showing = vec![samples::shown(german)];
            (signed_in(), vec![with_session(7, view)])
        }
        "viewer" => {
            let mut view = samples::session(true, SessionState::Active, german);
            let surface = samples::surface();
            view.surfaces = vec![lotse_engine::view::SurfaceView { width: 1280, height: 800, ..surface }];
            view.places.insert("tools", vec![samples::screen_menu(german)]);
            (signed_in(), vec![with_session(7, view)])
        }
        "asked" => {
            let waiting = with_session(7, samples::asked(SessionState::Waiting, german));
            let code = Some(JoinCode::new(48_291, 35_207));
            (signed_in(), vec![RepSession { code, code_expires_in_s: 872, ..waiting }])
        }
        "ask-files" | "transfers" => {
            let mut view = samples::session(true, SessionState::Active, german);
            let talk = samples::chat("Anna Berg", "K. Weber", german);
            view.places.insert("chat", vec![talk, samples::transfers("K. Weber", german)]);
            if name == "ask-files" {
                view.file_questions = vec![samples::file_question("K. Weber", Some(20_000_000))];
            }
            (signed_in(), vec![with_session(7, view)])
        }
        "stack" => (signed_in(), four(german)),
        "multi-chat-unlicensed" => {
            let mut view = samples::session(true, SessionState::Active, german);
            let name = if german { "Mehrere Sitzungen" } else { "Several sessions" };
            view.plugins.push(samples::unlicensed("lotse.multi-chat", name, &[lotse_engine::Capability::Desk]));
            (signed_in(), vec![with_session(7, view)])
        }
        "beside" => {
            let mut view = samples::session(true, SessionState::Active, german);
            view.reps = samples::reps(true);
            (signed_in(), vec![with_session(7, view)])
        }
        "asked-session" => (signed_in(), vec![with_session(7, samples::asked(SessionState::Active, german))]),
        _ => (signed_in(), vec![]),
    };
    let seat = if name == "seats" { samples::seats() } else { Seat::Held };
    let (second_factor, questions) = (second_factor(name), questions(name, german));
    let licence = if name == "stack" { several() } else { Arc::default() };
    let hand_over = (name == "hand-over").then(|| Arc::new(samples::hand_over(german)));
    RepView { revision: 1, sign_in, seat, licence, second_factor, sessions, questions, hand_over, ..RepView::default() }
}

fn questions(name: &str, german: bool) -> Questions {
    let all = samples::questions(german);
    let away = Availability { ready: false, ..Availability::default() };
    match name {
        "questions" => all,
        "questions-session" => samples::questions_and_session(german),
        "questions-none" => Questions { waiting: Arc::default(), ..all },
        "questions-away" => Questions { availability: Some(away), ..all },
        "alert" => Questions { offer: Some(samples::offer(german)), ..all },
        _ => Questions::default(),
    }
}
