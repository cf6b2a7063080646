//! The way into a session: with a typed code, or back into one that ran. It ends with the relay's offer or with a reason, and what
//! stands is said to the relay again on each new connection.

use super::Core;
use super::sessions::Trust;
use crate::control::{Caller, Control, ControlProblem};
use crate::loading::engine_name;
use crate::relay_url::RelayUrl;
use crate::resume::ResumeNote;
use crate::session::ToSession;
use crate::view::Problem;
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{Secret, SessionId, SessionOffer, Side, ToRelay};
use lotse_protocol::handover::BESIDE_MAX;
use std::time::{Duration, Instant};

/// Without a relay for this long a join is given up, and said so.
const JOIN_PATIENCE: Duration = Duration::from_secs(12);

/// Ends beside the first whose tokens are kept: those that there can be, and as many that are just leaving.
const ENDS_MAX: usize = 2 * BESIDE_MAX;

/// What is said to the relay when the connection stands.
pub(super) enum Joining {
    Idle,
    /// A code was typed and the relay has not brought the rep yet.
    Code {
        code: JoinCode,
        name: String,
        since: Instant,
    },
    /// In a session: it is taken up again on each new connection.
    In {
        session: SessionId,
        token: Secret,
    },
    /// From the note of a program that was stopped within a session.
    Back {
        note: Box<ResumeNote>,
        since: Instant,
    },
    Failed(Problem),
}

impl Core {
    pub(super) fn join(&mut self, code: JoinCode, name: String) {
        self.session = None;
        self.besides.clear();
        self.joining = Joining::Code { code, name, since: Instant::now() };
        self.connect();
    }

    pub(super) fn connect(&mut self) {
        match self.config.relay.parse::<RelayUrl>() {
            Ok(url) => {
                let caller = Caller { side: Side::Customer, engine: engine_name() };
                self.control = Some(Control::open(url, caller));
            }
            Err(problem) => self.fail(Problem::RelayUnreachable { detail: problem.to_string() }),
        }
    }

    pub(super) fn introduce(&self) {
        match &self.joining {
            Joining::Code { code, name, .. } => {
                self.say(ToRelay::Join {
                    nameplate: code.nameplate(),
                    name: name.clone(),
                    system: crate::system::name(),
                });
            }
            Joining::In { session, token } => {
                self.say(ToRelay::Resume { session: *session, token: token.clone() });
                for (session, token) in &self.besides {
                    self.say(ToRelay::Resume { session: *session, token: token.clone() });
                }
            }
            Joining::Back { note, .. } => {
                self.say(ToRelay::Resume { session: SessionId(note.session), token: Secret(note.token.clone()) });
                // Their keys went with the program that had them: taken up, they end.
                for (session, token) in note.beside.iter().take(BESIDE_MAX) {
                    self.say(ToRelay::Resume { session: SessionId(*session), token: Secret(token.clone()) });
                }
            }
            Joining::Idle | Joining::Failed(_) => {}
        }
    }

    /// A first join is tried for a short while; a running session for as long as it lasts.
    pub(super) fn on_down(&mut self, problem: ControlProblem) {
        let final_problem = matches!(problem, ControlProblem::NotTrusted | ControlProblem::Incompatible(_));
        match &self.joining {
            Joining::Code { since, .. } if final_problem || since.elapsed() > JOIN_PATIENCE => {
                self.fail(problem.into())
            }
            Joining::Back { since, .. }
                if since.elapsed() > Duration::from_secs(lotse_protocol::control::CUSTOMER_WAIT_S) =>
            {
                ResumeNote::remove(&self.note);
                self.discard_transfers();
                self.fail(problem.into());
            }
            Joining::Code { .. } | Joining::Back { .. } | Joining::In { .. } | Joining::Idle | Joining::Failed(_) => {}
        }
    }

    pub(super) async fn on_offer(&mut self, offer: Box<SessionOffer>) {
        let (Some((relay, code_key, _)), Some(licences)) = (self.greeting, self.licences) else { return };
        let id = offer.session;
        if let Joining::In { session, .. } = &self.joining
            && *session != id
        {
            if self.besides.len() >= ENDS_MAX && !self.besides.contains_key(&id) {
                return self.say(ToRelay::EndSession { session: id, reason: "over".to_owned() });
            }
            self.besides.insert(id, offer.token.clone());
            return self.to_end(id, ToSession::Offer { offer, relay, code_key, licences }).await;
        }
        let next = Joining::In { session: offer.session, token: offer.token.clone() };
        let begun = match std::mem::replace(&mut self.joining, next) {
            Joining::Code { code, .. } => {
                let developer = self.config.developer;
                let ahead = if developer { self.config.allow.clone() } else { Vec::new() };
                self.begin(offer.session, Some(code.secret()), None, Trust { developer, ahead })
            }
            Joining::Back { note, .. } => self.begin_again(offer.session, &note),
            Joining::In { .. } => Ok(()),
            Joining::Idle => {
                self.joining = Joining::Idle;
                return;
            }
            Joining::Failed(problem) => {
                self.joining = Joining::Failed(problem);
                return;
            }
        };
        match begun {
            // The session knows whether this end leads still: the relay may have missed that it left.
            Ok(()) => self.to_end(id, ToSession::Offer { offer, relay, code_key, licences }).await,
            Err(detail) => self.fail(Problem::Other { detail }),
        }
    }

    pub(super) fn fail(&mut self, problem: Problem) {
        // A session that runs ends with it: nothing goes on behind a page that says it failed.
        self.session = None;
        self.besides.clear();
        self.joining = Joining::Failed(problem);
        self.control = None;
        self.greeting = None;
    }

    /// In a session, on the way into one, or back into one.
    pub(super) fn is_busy(&self) -> bool {
        match self.joining {
            Joining::Code { .. } | Joining::Back { .. } => true,
            Joining::In { .. } | Joining::Idle | Joining::Failed(_) => self.in_session(),
        }
    }
}
