//! What the relay's connection brings: some of it is of the way into the session, the rest of one of the session's ends.

use super::{Core, Joining};
use crate::control::ControlEvent;
use crate::plugin_store::Fetched;
use crate::refusal;
use crate::session::ToSession;
use crate::view::Problem;
use lotse_protocol::control::{FromRelay, JoinFailure};
use lotse_protocol::peer::EndReason;
use std::sync::Arc;

impl Core {
    pub(super) async fn on_control(&mut self, event: ControlEvent) {
        match event {
            ControlEvent::Up { address, developer, code_key, licences, notes: _ } => {
                self.greeting = Some((address.ip(), code_key, developer));
                self.licences = Some(licences);
                if self.config.developer && !developer {
                    let detail =
                        "this relay is not in developer mode, so this program must be started without --developer"
                            .to_owned();
                    return self.fail(Problem::Other { detail });
                }
                self.introduce();
                self.to_session(ToSession::ControlUp).await;
            }
            ControlEvent::Down { problem } => {
                self.on_down(problem);
                self.to_session(ToSession::ControlDown).await;
            }
            ControlEvent::Message(message) => self.on_message(message).await,
        }
    }

    async fn on_message(&mut self, message: FromRelay) {
        match message {
            FromRelay::Session(offer) => self.on_offer(offer).await,
            FromRelay::JoinFailed(failure) if matches!(self.joining, Joining::Code { .. }) => {
                self.fail(join_problem(failure));
            }
            // In a session only a further rep is ever come to.
            FromRelay::JoinFailed(_) => self.to_session(ToSession::NobodyBeside).await,
            FromRelay::ResumeFailed { session } if self.is_back_from(session) => self.leave(),
            FromRelay::ResumeFailed { session } => {
                self.to_end(session, ToSession::EndedByRelay { why: None }).await;
                self.forget_end(session);
            }
            FromRelay::SessionEnded { session, reason } => {
                let why = EndReason::from_name(&reason);
                self.to_end(session, ToSession::EndedByRelay { why }).await;
                self.forget_end(session);
            }
            FromRelay::Signal { session, body } => self.to_end(session, ToSession::Signal(body)).await,
            FromRelay::PairingFailed { session, attempts_left } => {
                self.to_end(session, ToSession::PairingFailed { attempts_left }).await
            }
            FromRelay::Plugin { digest, package, code } => {
                self.to_session(ToSession::Plugin { digest, fetched: Arc::new(Fetched { package, code }) }).await;
            }
            FromRelay::PluginMissing { digest, reason } => {
                self.to_session(ToSession::PluginMissing { digest, reason }).await
            }
            FromRelay::Refused { reason } => self.on_refused(&reason).await,
            FromRelay::Licence { licence, now_s } => {
                let Some(licences) = self.licences.map(|licences| licences.told(now_s)) else { return };
                self.licences = Some(licences);
                self.to_session(ToSession::Licence { licence: Arc::new(licence), licences }).await;
            }
            FromRelay::Hello { .. }
            | FromRelay::SignedIn { .. }
            | FromRelay::SignInFailed(_)
            | FromRelay::Code { .. }
            | FromRelay::CodeExpired { .. }
            | FromRelay::CodesAlive { .. }
            | FromRelay::Presence { .. }
            | FromRelay::Seat { .. }
            | FromRelay::SignInEnded(_)
            // Not for a customer's eyes; a relay sends none.
            | FromRelay::Notes { .. }
            | FromRelay::NotesRefused { .. }
            | FromRelay::SecondFactorOffered { .. }
            | FromRelay::RecoveryCodes { .. }
            | FromRelay::SecondFactor(_)
            | FromRelay::SecondFactorFailed(_)
            | FromRelay::Questions(_)
            | FromRelay::QuestionOffered { .. }
            | FromRelay::QuestionOver { .. }
            | FromRelay::QuestionAnswered(_)
            | FromRelay::Directory { .. }
            | FromRelay::HandOverOffered { .. }
            | FromRelay::HandOverOver { .. }
            | FromRelay::HandOverAccepted(_)
            | FromRelay::HandOverLooked { .. }
            | FromRelay::HandOverSummary { .. }
            | FromRelay::HandOverAnswered { .. }
            | FromRelay::HandOverCode { .. }
            | FromRelay::HandOverHere { .. }
            | FromRelay::HandOverWaits { .. }
            | FromRelay::WatchAsked { .. }
            | FromRelay::Shared { .. }
            | FromRelay::SharedSet { .. }
            | FromRelay::Incompatible { .. } => {}
        }
    }

    /// Before a session it was the way into it that was refused; later it is told within the session.
    async fn on_refused(&mut self, reason: &str) {
        let detail = refusal::tidy(reason);
        tracing::warn!(detail, "the relay refused a request");
        match &self.joining {
            Joining::Code { .. } | Joining::Back { .. } => self.fail(Problem::Refused { detail }),
            Joining::In { .. } => {
                self.to_session(ToSession::Refused { detail }).await;
                // It may have been the way to a second rep.
                self.to_session(ToSession::NobodyBeside).await;
            }
            Joining::Idle | Joining::Failed(_) => {}
        }
    }
}

fn join_problem(failure: JoinFailure) -> Problem {
    match failure {
        JoinFailure::Unknown => Problem::CodeUnknown,
        JoinFailure::Expired => Problem::CodeExpired,
        JoinFailure::Used => Problem::CodeUsed,
        JoinFailure::RepGone => Problem::RepGone,
        JoinFailure::TooMany { wait_s } => Problem::TooManyAttempts { wait_s },
        JoinFailure::RepBusy => Problem::RepBusy,
    }
}
