//! The one sign-in: begun by the rep, taken up again by its token after a lost connection, and over.
//!
//! What a refusal asks for on the way is beside it: a seat or a password (`seats`), a code (`second_factor`). What the rep typed is
//! kept only until the relay has answered.

use super::resumes::Resumes;
use super::{Core, seats, second_factor};
use crate::control::{Caller, Control, ControlProblem};
use crate::loading::engine_name;
use crate::relay_url::RelayUrl;
use crate::rep_view::{Seat, SecondFactor, SignIn};
use crate::session::ToSession;
use crate::view::Problem;
use lotse_protocol::control::{Secret, Side, SignInFailure, ToRelay};
use std::time::Instant;

impl Core {
    /// The rep is signed in, and the relay hears what is said.
    pub(super) fn relay_hears(&self) -> bool {
        matches!(self.sign_in, SignIn::In { reconnecting: false, .. })
    }

    pub(super) fn sign_in(&mut self, relay: &str, user: String, password: String) {
        self.forget_wishes();
        match relay.parse::<RelayUrl>() {
            Ok(url) => {
                self.left_behind.let_go();
                self.notes.begin(relay, &user);
                self.credentials = Some((user, Secret(password)));
                self.new_password = None;
                self.code = None;
                self.second_factor = SecondFactor::default();
                self.token = None;
                self.sign_in = SignIn::Trying;
                let caller = Caller { side: Side::Rep, engine: engine_name() };
                self.control = Some(Control::open(url, caller));
            }
            Err(problem) => {
                self.sign_in = SignIn::Failed(Problem::RelayUnreachable { detail: problem.to_string() });
            }
        }
    }

    /// Says who is there.
    pub(super) fn introduce(&mut self) {
        self.seat_said = false;
        self.factor_said = false;
        let message = match (&self.token, &self.credentials) {
            (Some(token), _) => ToRelay::SignInAgain { token: token.clone() },
            (None, Some((user, password))) => self.with_password(user.clone(), password.clone()),
            (None, None) => return,
        };
        self.say(message);
    }

    /// With all that the relay has asked for so far.
    fn with_password(&self, user: String, password: Secret) -> ToRelay {
        let new_password = self.new_password.clone();
        match (self.code.clone(), new_password) {
            (Some(code), new_password) => {
                let first = self.second_factor.offer.is_some();
                ToRelay::SignInWithCode { user, password, new_password, code, first }
            }
            (None, Some(new_password)) => ToRelay::ChangePassword { user, password, new_password },
            (None, None) => ToRelay::SignIn { user, password },
        }
    }

    pub(super) async fn on_signed_in(&mut self, token: Secret, rep: String, account: String, contact: String) {
        let typed = self.credentials.take().is_some();
        self.new_password = None;
        self.token = Some(token);
        self.sign_in = SignIn::In { rep, account, contact, reconnecting: false };
        self.again_at = None;
        self.problem = None;
        self.second_factor_settled();
        if !self.seat_said {
            self.seat = Seat::Held;
        }
        if typed {
            let (relay, user) = self.notes.whose();
            self.left_behind.look_for(relay, user);
        }
        self.resumes = Resumes::default();
        match self.seat {
            Seat::Held => self.take_up_sessions(),
            // It may be for the seat of the program before this one that it waits.
            Seat::Waiting(_) => self.take_up_left_behind(),
        }
        for entry in &self.sessions {
            let _ = entry.handle.inbox.send(ToSession::ControlUp).await;
        }
        self.fetch_shared();
        self.say_availability();
        if std::mem::take(&mut self.code_wanted) {
            self.say(ToRelay::NewCode);
        }
        self.notes.again();
    }

    /// What the sign-in was refused for. Where the rep must choose a password or show a code it goes on with that, over this
    /// connection.
    pub(super) fn on_refused(&mut self, failure: SignInFailure) {
        self.sign_in = SignIn::Refused(failure);
        self.code = None;
        if second_factor::wants_code(failure) {
            if failure == SignInFailure::SecondFactorWanted {
                self.second_factor.offer = None;
            }
            return;
        }
        self.new_password = None;
        self.second_factor = SecondFactor::default();
        if seats::chooses(failure) {
            return;
        }
        self.questions.relay_gone();
        self.left_behind.let_go();
        if failure == SignInFailure::AccountNotActive {
            // Whoever may not work here any more says so to their customers.
            self.sessions.clear();
            self.notes.sign_in_over();
        }
        self.credentials = None;
        self.token = None;
        self.control = None;
    }

    /// The sign-in that is under way comes to nothing.
    pub(super) fn sign_in_fails(&mut self, problem: Problem) {
        self.sign_in = SignIn::Failed(problem);
        self.control = None;
        self.credentials = None;
        self.new_password = None;
        self.code = None;
    }

    pub(super) fn on_down(&mut self, problem: ControlProblem) {
        self.again_at = None;
        self.notes.lost();
        self.shared_lost();
        self.questions.relay_gone();
        self.hand_overs.relay_gone();
        match &mut self.sign_in {
            SignIn::In { reconnecting, .. } => {
                *reconnecting = true;
                // Trying on does not help until somebody updates something.
                if let ControlProblem::Incompatible(_) = problem {
                    self.problem = Some(problem.into());
                }
            }
            SignIn::Trying => self.sign_in_fails(problem.into()),
            SignIn::Out | SignIn::Refused(_) | SignIn::Failed(_) | SignIn::Ended(_) => {}
        }
    }

    /// The relay ends what it has given to this sign-in. For what it has not, nothing can be said: that waits for its customer's
    /// time to be over, or for the next sign-in.
    pub(super) fn sign_out(&mut self) {
        self.say_all_notes(Instant::now());
        self.say(ToRelay::SignOut);
        self.leave();
        self.sign_in = SignIn::Out;
    }

    /// Ends the sessions and forgets the sign-in.
    pub(super) fn leave(&mut self) {
        self.sessions.clear();
        self.left_behind.let_go();
        self.notes.sign_in_over();
        self.shared_lost();
        self.token = None;
        self.credentials = None;
        self.new_password = None;
        self.code = None;
        self.control = None;
        self.greeting = None;
        self.licences = None;
        self.licence = (None, None);
        self.seat = Seat::Held;
        self.second_factor = SecondFactor::default();
        self.questions.relay_gone();
        self.hand_overs.relay_gone();
        self.forget_wishes();
    }

    fn forget_wishes(&mut self) {
        self.again_at = None;
        self.code_wanted = false;
        self.problem = None;
    }
}
