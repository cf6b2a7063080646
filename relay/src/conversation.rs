//! What a program says over its connection, message by message: greeting, sign-in, and everything the hub decides.
//!
//! Nothing a program sends ends the relay: what is malformed is answered with a reason, and a program that only sends
//! such is closed.

use crate::clock::unix_s;
use crate::close;
use crate::hub::{AddressKey, ConnectionId, Input, RepIdentity};
use crate::shared::Shared;
use crate::signin::{Attempt, Both, FactorWish, NotSignedIn, Proof, SignedIn, TROUBLE};
use crate::store::StoreError;
use crate::switchboard::Outgoing;
use lotse_protocol::control::{FromRelay, SessionId, Side, SignInFailure, ToRelay, VERSION};
use lotse_protocol::question::{QuestionId, SEALED_CODE_BYTES};
use lotse_protocol::shared::{KEY_BYTES_MAX, PLUGIN_BYTES_MAX, SharedRefusal, SharedValue, VALUE_BYTES_MAX};
use lotse_protocol::wire::{self, TO_RELAY_BYTES_MAX};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Malformed messages of one connection. A newer program may say a few things this relay does not know.
const MALFORMED_MAX: u32 = 16;
/// Longest version text of a program, in characters.
const VERSION_CHARS_MAX: usize = 64;
/// Longest engine text of a program, in characters.
const ENGINE_CHARS_MAX: usize = 256;

/// What a program said of itself.
#[derive(Debug, Clone)]
pub struct Program {
    pub side: Side,
    pub version: String,
    pub engine: String,
}

/// Reads a connection's first message. The error is the message to answer with before closing.
pub fn greet(bytes: &[u8]) -> Result<Program, FromRelay> {
    let incompatible = |reason: String| Err(FromRelay::Incompatible { reason });
    match wire::decode(bytes, TO_RELAY_BYTES_MAX) {
        Ok(ToRelay::Hello { versions, side, program_version, engine }) => {
            if versions.contains(&VERSION) {
                let version = program_version.chars().take(VERSION_CHARS_MAX).collect();
                return Ok(Program { side, version, engine: engine.chars().take(ENGINE_CHARS_MAX).collect() });
            }
            let relay = env!("CARGO_PKG_VERSION");
            if versions.iter().all(|version| *version < VERSION) {
                incompatible(format!("This program is too old for the relay ({relay}): update the program."))
            } else {
                incompatible(format!(
                    "The relay ({relay}) is too old for this program: its operator must update the relay."
                ))
            }
        }
        Ok(_) => incompatible("A program says hello first; this one did not. Update the program.".into()),
        Err(_) => incompatible(
            "This is not the Lotse control protocol, or a version of it that this relay does not know.".into(),
        ),
    }
}

/// Whether the connection goes on.
#[derive(Debug, PartialEq, Eq)]
pub enum Flow {
    GoOn,
    Close(&'static str),
}

/// One connection's talk after the greeting.
pub struct Conversation {
    shared: Arc<Shared>,
    connection: ConnectionId,
    address: AddressKey,
    side: Side,
    rep: Option<RepIdentity>,
    replies: mpsc::Sender<Outgoing>,
    malformed: u32,
}

impl Conversation {
    /// `replies` is the connection's own queue.
    pub fn new(
        shared: Arc<Shared>,
        connection: ConnectionId,
        address: AddressKey,
        side: Side,
        replies: mpsc::Sender<Outgoing>,
    ) -> Self {
        Self { shared, connection, address, side, rep: None, replies, malformed: 0 }
    }

    /// Takes in one message.
    pub async fn handle(&mut self, bytes: &[u8]) -> Flow {
        match wire::decode::<ToRelay>(bytes, TO_RELAY_BYTES_MAX) {
            Ok(message) => self.said(message).await,
            Err(error @ wire::WireError::TooLong { .. }) => {
                self.refuse(&error.to_string()).await;
                Flow::Close("a message was over the limit")
            }
            Err(wire::WireError::Malformed(_)) => {
                self.malformed += 1;
                if self.malformed > MALFORMED_MAX {
                    return Flow::Close("too many malformed messages");
                }
                self.refuse("The relay does not understand this message: one of the two programs may need an update.")
                    .await;
                Flow::GoOn
            }
        }
    }

    async fn said(&mut self, message: ToRelay) -> Flow {
        let connection = self.connection;
        let told = match message {
            ToRelay::Hello { .. } => {
                self.refuse("Hello was said already.").await;
                return Flow::GoOn;
            }
            ToRelay::SignIn { .. }
            | ToRelay::SignInAgain { .. }
            | ToRelay::ChangePassword { .. }
            | ToRelay::SignInWithCode { .. }
                if self.side != Side::Rep =>
            {
                self.refuse("Only a rep's program signs in.").await;
                return Flow::GoOn;
            }
            ToRelay::SignIn { user, password } => {
                let outcome = self.shared.sign_ins.by_password(self.address, &user, password).await;
                return self.signed_in(outcome).await;
            }
            ToRelay::ChangePassword { user, password, new_password } => {
                let outcome = self.shared.sign_ins.with_new_password(self.address, &user, password, new_password).await;
                return self.signed_in(outcome).await;
            }
            ToRelay::SignInWithCode { user, password, new_password, code, first } => {
                let proof = if first { Proof::FirstCode(code) } else { Proof::Code(code) };
                let attempt = Attempt { user, password, new_password, proof };
                let outcome = self.shared.sign_ins.attempt(self.address, attempt).await;
                return self.signed_in(outcome).await;
            }
            ToRelay::SignInAgain { token } => {
                let outcome = self.shared.sign_ins.by_token(token).await;
                return self.signed_in(outcome).await;
            }
            ToRelay::SetUpSecondFactor { password } => return self.second_factor(FactorWish::SetUp(password)).await,
            ToRelay::ProveSecondFactor { code } => return self.second_factor(FactorWish::Prove(code)).await,
            ToRelay::RemoveSecondFactor { password, code } => {
                return self.second_factor(FactorWish::Remove(Both { password, code })).await;
            }
            ToRelay::RenewRecoveryCodes { password, code } => {
                return self.second_factor(FactorWish::RenewCodes(Both { password, code })).await;
            }
            ToRelay::SignOut => return self.sign_out().await,
            ToRelay::NewCode => return self.new_code().await,
            ToRelay::DropCode { session } => Input::DropCode { connection, session },
            ToRelay::Join { nameplate, name, system } => Input::Join { connection, nameplate, name, system },
            ToRelay::Resume { session, token } => Input::Resume { connection, session, token },
            ToRelay::Signal { session, body } => Input::Signal { connection, session, body },
            ToRelay::PairingFailed { session } => Input::PairingFailed { connection, session },
            ToRelay::Paired { session } => Input::Paired { connection, session },
            ToRelay::EndSession { session, reason } => Input::EndSession { connection, session, reason },
            ToRelay::Audit { session, kind, plugin, about } => {
                Input::Audit { connection, session, kind, plugin, about }
            }
            ToRelay::FetchPlugin { digest } => Input::FetchPlugin { connection, digest },
            ToRelay::TakeSeat { seat } => Input::TakeSeat { connection, seat },
            ToRelay::Notes { session, revision, text } => Input::Notes { connection, session, revision, text },
            ToRelay::Availability(availability) => Input::Availability { connection, availability },
            ToRelay::AnswerQuestion { question } => return self.answer_question(question).await,
            ToRelay::PassQuestion { question } => Input::PassQuestion { connection, question },
            ToRelay::CloseQuestion { question } => Input::CloseQuestion { connection, question },
            ToRelay::SealedCode { session, body } => return self.sealed_code(session, body).await,
            ToRelay::Directory => return self.directory().await,
            ToRelay::HandOver(wish) => Input::HandOver { connection, wish },
            ToRelay::WithdrawHandOver { session } => Input::WithdrawHandOver { connection, session },
            ToRelay::LookAtHandOver { offer, key } => Input::LookAtHandOver { connection, offer, key },
            ToRelay::HandOverSummary { session, body, reader } => {
                Input::HandOverSummary { connection, session, reader, body }
            }
            ToRelay::HandOverKey { session, key } => Input::HandOverKey { connection, session, key },
            ToRelay::AnswerHandOver { offer, accept } => Input::AnswerHandOver { connection, offer, accept },
            ToRelay::HandOverCode { session, body } => Input::HandOverCode { connection, session, body },
            ToRelay::JoinBeside { session, nameplate, name, system } => {
                Input::JoinBeside { connection, session, nameplate, name, system }
            }
            ToRelay::FetchShared { plugin } => return self.fetch_shared(plugin).await,
            ToRelay::SetShared { plugin, value } => return self.set_shared(plugin, value).await,
        };
        self.tell(told).await
    }

    async fn signed_in(&mut self, outcome: Result<SignedIn, NotSignedIn>) -> Flow {
        match outcome {
            Ok(SignedIn { rep, seats, greeting, passed }) => {
                self.rep = Some(rep.clone());
                for message in passed.said() {
                    self.reply(message).await;
                }
                // The hub greets: what it says of seats comes first.
                let greeting = Some(greeting);
                let sign_in = rep.sign_in;
                let flow = self.tell(Input::SignedIn { connection: self.connection, rep, seats, greeting }).await;
                match self.shared.sign_ins.stands(sign_in).await {
                    Ok(true) => flow,
                    Ok(false) => self.ended_meanwhile().await,
                    Err(error) => {
                        self.shared.counters.count_store_error();
                        tracing::error!(%error, "a sign-in could not be looked at once more");
                        self.ended_meanwhile().await
                    }
                }
            }
            Err(NotSignedIn::Failure(failure)) => {
                self.reply(FromRelay::SignInFailed(failure)).await;
                Flow::GoOn
            }
            Err(NotSignedIn::Offered { uri }) => {
                self.reply(FromRelay::SecondFactorOffered { uri }).await;
                Flow::GoOn
            }
            Err(NotSignedIn::Store(error)) => {
                self.shared.counters.count_store_error();
                tracing::error!(%error, "a sign-in failed for the relay's own reasons");
                self.refuse(TROUBLE).await;
                Flow::GoOn
            }
        }
    }

    /// What a signed-in rep wants of the second factor.
    async fn second_factor(&self, wish: FactorWish) -> Flow {
        let Some(rep) = &self.rep else {
            self.refuse("Sign in first.").await;
            return Flow::GoOn;
        };
        let answers = match self.shared.sign_ins.change_second_factor(self.address, rep, wish).await {
            Ok(answers) => answers,
            Err(NotSignedIn::Failure(failure)) => vec![FromRelay::SecondFactorFailed(failure)],
            Err(NotSignedIn::Offered { uri }) => vec![FromRelay::SecondFactorOffered { uri }],
            Err(NotSignedIn::Store(error)) => {
                self.shared.counters.count_store_error();
                tracing::error!(%error, "a second factor could not be changed");
                vec![FromRelay::Refused { reason: TROUBLE.into() }]
            }
        };
        for answer in answers {
            self.reply(answer).await;
        }
        Flow::GoOn
    }

    /// Suspended, reset or taken over just before the hub knew of this sign-in, which then tells nobody.
    async fn ended_meanwhile(&mut self) -> Flow {
        self.rep = None;
        let flow = self.tell(Input::SignedOut { connection: self.connection }).await;
        self.reply(FromRelay::SignInFailed(SignInFailure::SignInAgain)).await;
        flow
    }

    async fn sign_out(&mut self) -> Flow {
        let Some(rep) = self.rep.take() else { return Flow::GoOn };
        if let Err(error) = self.shared.sign_ins.out(rep.sign_in).await {
            self.shared.counters.count_store_error();
            tracing::error!(%error, "a sign-in could not be forgotten");
            self.refuse(TROUBLE).await;
        }
        self.tell(Input::SignedOut { connection: self.connection }).await
    }

    async fn new_code(&mut self) -> Flow {
        let connection = self.connection;
        self.with_features(|features| Input::NewCode { connection, features }).await
    }

    async fn answer_question(&mut self, question: QuestionId) -> Flow {
        let connection = self.connection;
        self.with_features(|features| Input::AnswerQuestion { connection, features, question }).await
    }

    /// A code that is too long never reaches the hub's queue.
    async fn sealed_code(&mut self, session: SessionId, body: Vec<u8>) -> Flow {
        if body.len() != SEALED_CODE_BYTES {
            self.refuse("A sealed code has 91 bytes; this one has not. Update the program.").await;
            return Flow::GoOn;
        }
        self.tell(Input::SealedCode { connection: self.connection, session, body }).await
    }

    /// Who else could help. The hub knows who is there, and the store what teams are called.
    async fn directory(&self) -> Flow {
        let connection = self.connection;
        let Some(rep) = &self.rep else {
            self.refuse("Sign in first.").await;
            return Flow::GoOn;
        };
        match self.shared.store.team_names(rep.account).await {
            Ok(teams) => self.tell(Input::Directory { connection, teams }).await,
            Err(error) => {
                self.shared.counters.count_store_error();
                tracing::error!(%error, "an account's teams could not be read");
                // It is asked again in a moment; nothing is shown of it.
                Flow::GoOn
            }
        }
    }

    /// The licensed features are read anew for each code, so that a change acts on the next session.
    async fn with_features(&mut self, input: impl FnOnce(BTreeSet<String>) -> Input) -> Flow {
        let features = match &self.rep {
            None => Ok(BTreeSet::new()),
            Some(rep) => self.shared.store.features_of(rep.account, unix_s()).await,
        };
        match features {
            Ok(features) => self.tell(input(features)).await,
            Err(error) => {
                self.shared.counters.count_store_error();
                tracing::error!(%error, "licensed features could not be read");
                self.refuse(TROUBLE).await;
                Flow::GoOn
            }
        }
    }

    /// Changes are wanted before the values are read, so that none is missed in between.
    async fn fetch_shared(&mut self, plugin: String) -> Flow {
        let Some(account) = self.rep.as_ref().map(|rep| rep.account) else {
            self.refuse("Sign in first.").await;
            return Flow::GoOn;
        };
        if plugin.is_empty() || plugin.len() > PLUGIN_BYTES_MAX {
            self.refuse("A plugin's id has at most 64 bytes; this one has not. Update the program.").await;
            return Flow::GoOn;
        }
        let licensed = match self.is_licensed(account, &plugin).await {
            Ok(licensed) => licensed,
            Err(error) => return self.unread(&error).await,
        };
        if !licensed {
            self.refuse("Your licence does not have this plugin; ask whoever looks after your account.").await;
            return Flow::GoOn;
        }
        let flow = self.tell(Input::SharedWanted { connection: self.connection, plugin: plugin.clone() }).await;
        match self.shared.store.shared_values(account, &plugin).await {
            Ok((revision, values)) => self.reply(FromRelay::Shared { plugin, revision, whole: true, values }).await,
            Err(error) => return self.unread(&error).await,
        }
        flow
    }

    async fn unread(&self, error: &StoreError) -> Flow {
        self.shared.counters.count_store_error();
        tracing::error!(%error, "shared values could not be read");
        self.refuse(TROUBLE).await;
        Flow::GoOn
    }

    /// Whether this account has a plugin now. A changed console would keep things in the name of any.
    async fn is_licensed(&self, account: i64, plugin: &str) -> Result<bool, StoreError> {
        let features = self.shared.store.features_of(account, unix_s()).await?;
        Ok(self.shared.registry.is_licensed(plugin, &features))
    }

    async fn set_shared(&mut self, plugin: String, value: SharedValue) -> Flow {
        let Some(account) = self.rep.as_ref().map(|rep| rep.account) else {
            self.refuse("Sign in first.").await;
            return Flow::GoOn;
        };
        let fits = !plugin.is_empty()
            && plugin.len() <= PLUGIN_BYTES_MAX
            && value.key.len() <= KEY_BYTES_MAX
            && value.data.as_ref().is_none_or(|data| data.len() <= VALUE_BYTES_MAX);
        let outcome = match self.is_licensed(account, &plugin).await {
            Ok(true) if fits => self.shared.store.set_shared(account, &plugin, &value).await,
            Ok(true) => Ok(Err(SharedRefusal::Limit)),
            Ok(false) => Ok(Err(SharedRefusal::Unlicensed)),
            Err(error) => Err(error),
        };
        let outcome = outcome.unwrap_or_else(|error| {
            self.shared.counters.count_store_error();
            tracing::error!(%error, "a shared value could not be kept");
            Err(SharedRefusal::NotNow)
        });
        let key = value.key.clone();
        let flow = match outcome {
            // 0: there was nothing to take away.
            Ok(revision @ 1..) => {
                let (connection, value) = (self.connection, SharedValue { revision, ..value });
                self.tell(Input::SharedChanged { connection, plugin: plugin.clone(), value }).await
            }
            Ok(0) | Err(_) => Flow::GoOn,
        };
        self.reply(FromRelay::SharedSet { plugin, key, outcome }).await;
        flow
    }

    /// Ends the connection once what was answered is sent.
    pub async fn close(&self, reason: &str) {
        let _ = self.replies.send(Outgoing::Close { code: close::POLICY, reason: reason.into() }).await;
    }

    async fn tell(&self, input: Input) -> Flow {
        match self.shared.switchboard.tell(input).await {
            Ok(()) => Flow::GoOn,
            Err(_) => Flow::Close("the relay is ending"),
        }
    }

    async fn refuse(&self, reason: &str) {
        self.reply(FromRelay::Refused { reason: reason.into() }).await;
    }

    /// Waits for room in the connection's own queue; a connection that ends has none, and then nobody listens.
    async fn reply(&self, message: FromRelay) {
        let _ = self.replies.send(Outgoing::Message(message)).await;
    }
}
