//! What the relay's connection brings: each message to the part that it concerns, and what is of one session to that session.

use super::Core;
use crate::control::ControlEvent;
use crate::plugin_store::Fetched;
use crate::rep_view::SignIn;
use crate::session::{HandOverNews, ToSession};
use lotse_protocol::control::FromRelay;
use lotse_protocol::peer::EndReason;
use std::sync::Arc;
use std::time::Instant;

impl Core {
    pub(super) async fn on_control(&mut self, event: ControlEvent) {
        match event {
            ControlEvent::Up { address, code_key, developer, licences, notes } => {
                self.greeting = Some((address.ip(), code_key, developer));
                self.licences = Some(licences);
                self.notes.kept_by_relay = notes;
                // Where the rep is being asked for more, the answer goes over this connection.
                if !matches!(self.sign_in, SignIn::Refused(_)) {
                    self.introduce();
                }
            }
            ControlEvent::Down { problem } => {
                self.on_down(problem);
                for entry in &self.sessions {
                    let _ = entry.handle.inbox.send(ToSession::ControlDown).await;
                }
            }
            ControlEvent::Message(message) => self.on_message(message).await,
        }
    }

    pub(super) async fn on_message(&mut self, message: FromRelay) {
        match message {
            FromRelay::SignedIn { token, rep, account, contact } => {
                self.on_signed_in(token, rep, account, contact).await
            }
            FromRelay::SignInFailed(failure) => self.on_refused(failure),
            FromRelay::Code { session, nameplate, expires_in_s } => self.on_code(session, nameplate, expires_in_s),
            FromRelay::CodeExpired { session } => self.on_code_expired(session),
            FromRelay::CodesAlive { sessions } => self.on_codes_alive(&sessions).await,
            FromRelay::Session(offer) => {
                let (Some((relay, code_key, _)), Some(licences)) = (self.greeting, self.licences) else { return };
                let id = offer.session;
                self.begin_again(id);
                if let Some(entry) = self.sessions.iter_mut().find(|entry| entry.id == id) {
                    entry.resume = Some(offer.token.clone());
                }
                self.resume_answered(id);
                self.to_session(id, ToSession::Offer { offer, relay, code_key, licences }).await;
            }
            FromRelay::Signal { session, body } => self.to_session(session, ToSession::Signal(body)).await,
            FromRelay::PairingFailed { session, attempts_left } => {
                self.to_session(session, ToSession::PairingFailed { attempts_left }).await
            }
            FromRelay::SessionEnded { session, reason } => {
                self.resume_answered(session);
                self.to_session(session, ToSession::EndedByRelay { why: EndReason::from_name(&reason) }).await
            }
            FromRelay::ResumeFailed { session } => self.on_resume_failed(session).await,
            FromRelay::Plugin { digest, package, code } => {
                let fetched = Arc::new(Fetched { package, code });
                for entry in self.who_wants(&digest) {
                    let fetched = fetched.clone();
                    let _ = entry.handle.inbox.send(ToSession::Plugin { digest, fetched }).await;
                }
            }
            FromRelay::PluginMissing { digest, reason } => {
                for entry in self.who_wants(&digest) {
                    let _ = entry.handle.inbox.send(ToSession::PluginMissing { digest, reason: reason.clone() }).await;
                }
            }
            FromRelay::Refused { reason } => self.on_refused_request(&reason),
            FromRelay::Presence { session, present } => {
                let what = if present { ToSession::CustomerBack } else { ToSession::CustomerLeft };
                self.to_session(session, what).await
            }
            FromRelay::Seat { waits } => self.on_seat(waits),
            FromRelay::SignInEnded(end) => self.on_ended(end),
            FromRelay::Licence { licence, now_s } => self.on_licence(licence, now_s).await,
            FromRelay::Notes { session, revision, text } => self.on_notes(session, revision, &text),
            FromRelay::NotesRefused { session, why, .. } => self.notes.refuse(session, why, Instant::now()),
            FromRelay::SecondFactorOffered { uri } => self.on_offered(uri),
            FromRelay::RecoveryCodes { codes } => self.on_recovery_codes(codes),
            FromRelay::SecondFactor(stands) => self.on_second_factor(stands),
            FromRelay::SecondFactorFailed(failure) => self.on_second_factor_failed(failure),
            FromRelay::Questions(queue) => self.on_questions(queue),
            FromRelay::QuestionOffered { question, for_s } => self.on_question_offered(*question, for_s),
            FromRelay::QuestionOver { question, end } => self.on_question_over(question, end),
            FromRelay::QuestionAnswered(answered) => self.on_question_answered(*answered),
            FromRelay::Directory { targets } => self.on_directory(targets).await,
            FromRelay::HandOverOffered { offer, for_s } => self.on_hand_over_offered(*offer, for_s),
            FromRelay::HandOverOver { offer, end } => {
                if let Some(session) = self.on_hand_over_over(offer, end) {
                    self.on_hand_over_news(session, HandOverNews::Yours).await;
                }
            }
            FromRelay::HandOverAccepted(accepted) => self.on_hand_over_accepted(*accepted),
            FromRelay::HandOverSummary { offer, body } => self.on_hand_over_summary(offer, &body),
            FromRelay::HandOverLooked { session, key, reader } => {
                self.on_hand_over_news(session, HandOverNews::Looked { key, reader }).await
            }
            FromRelay::HandOverWaits { session } => self.on_hand_over_news(session, HandOverNews::Waits).await,
            FromRelay::HandOverAnswered { session, outcome, by } => {
                self.on_hand_over_news(session, HandOverNews::Answered { outcome, by }).await
            }
            FromRelay::HandOverCode { session, by, body } => {
                self.on_hand_over_news(session, HandOverNews::Code { by, body }).await
            }
            FromRelay::HandOverHere { session, beside, by } => {
                self.on_hand_over_news(session, HandOverNews::Here { beside, by }).await
            }
            FromRelay::WatchAsked { session, to, by } => {
                self.on_hand_over_news(session, HandOverNews::WatchAsked { to, by }).await
            }
            FromRelay::Shared { plugin, revision, whole, values } => {
                self.on_shared(plugin, revision, whole, values).await;
            }
            FromRelay::SharedSet { plugin, key, outcome } => self.on_shared_set(plugin, key, outcome).await,
            FromRelay::Hello { .. } | FromRelay::JoinFailed(_) | FromRelay::Incompatible { .. } => {}
        }
    }
}
