//! What customers' pages ask of portals and their queues: how a portal stands, asking, following one's question, leaving, and a
//! message while nobody is there.
//!
//! Pages come from strangers: every field is checked here, and whoever asks too often waits. The hub decides the rest.

mod gate;
#[cfg(test)]
mod tests;

pub use crate::hub::{Over, PortalStatus, QuestionNews};
pub use crate::store::{NewMessage, Portal};

use crate::audit::AuditTrail;
use crate::clock::{Clock, unix_s};
use crate::hub::{
    AddressKey, Ask, AuditKind, AuditLine, Input, Limits, NAME_CHARS_MAX, NotAsked, SYSTEM_CHARS_MAX, system_random,
};
use crate::store::{Store, StoreError};
use crate::switchboard::{Ending, Switchboard};
use crate::token::{self, TokenHash};
use gate::{Gate, Pool, Slowed};
use lotse_protocol::control::Secret;
use lotse_protocol::question::{PAGE_KEY_BYTES, QUESTION_CHARS_MAX, QuestionId};
use lotse_protocol::tidy;
use parking_lot::Mutex;
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::rand::SystemRandom;
use std::sync::Arc;
use tokio::sync::watch;

/// Longest message, in characters.
pub const MESSAGE_CHARS_MAX: usize = 2_000;
/// Longest way to answer a message, in characters.
pub const REPLY_TO_CHARS_MAX: usize = 200;
/// Longest address of a portal, in characters.
const SLUG_CHARS_MAX: usize = 40;
/// An uncompressed point begins with this byte (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// What a customer asks.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What to call the customer; may be empty.
    pub name: String,
    pub text: String,
    /// `en` or `de`.
    pub language: String,
    /// Operating system in words, as far as the page knows it; may be empty.
    pub system: String,
    /// The page's public key, [`PAGE_KEY_BYTES`] long.
    pub page_key: Vec<u8>,
}

/// Names a question to whoever asked it; the token is that page's alone.
#[derive(Debug, Clone)]
pub struct Ticket {
    pub question: QuestionId,
    pub token: Secret,
}

/// Why a question or a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("too many questions or messages from this address; try again in {wait_s} seconds")]
    TooMany { wait_s: u64 },
    /// Others asked too often, not this one.
    #[error("too many questions or messages by this portal; try again in {wait_s} seconds")]
    Crowded { wait_s: u64 },
    #[error("too many questions wait at this portal; try again in a few minutes")]
    Full,
    /// Nothing was said there, or too much: the field's name.
    #[error("{0} is empty, too long or malformed")]
    Field(&'static str),
    #[error("nobody takes questions of this portal now; leave a message")]
    NobodyThere,
    #[error("the relay is restarting; try again in a moment")]
    Draining,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What pages ask of portals and their queues. Clones share everything.
#[derive(Clone)]
pub struct Portals {
    switchboard: Switchboard,
    store: Arc<dyn Store>,
    audit: AuditTrail,
    clock: Clock,
    asks: Arc<Mutex<Gate>>,
    messages: Arc<Mutex<Gate>>,
}

impl Portals {
    /// With nobody counted yet.
    pub fn new(
        switchboard: Switchboard,
        store: Arc<dyn Store>,
        audit: AuditTrail,
        clock: Clock,
        limits: &Limits,
    ) -> Self {
        let gate = |by_address, by_portal| Arc::new(Mutex::new(Gate::new(by_address, by_portal, limits.addresses_max)));
        let asks = gate(limits.asks_by_address, limits.asks_by_portal);
        let messages = gate(limits.messages_by_address, limits.messages_by_portal);
        Self { switchboard, store, audit, clock, asks, messages }
    }

    /// The portal of this address, if its account is active.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn by_slug(&self, slug: &str) -> Result<Option<Portal>, StoreError> {
        if is_slug(slug) { self.store.portal_by_slug(slug).await } else { Ok(None) }
    }

    /// How it stands, and every change.
    pub fn status(&self, portal: i64) -> watch::Receiver<PortalStatus> {
        self.switchboard.status(portal)
    }

    /// A question comes into the portal's queue. It is written down when this returns.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ask(&self, address: AddressKey, portal: &Portal, asked: Asked) -> Result<Ticket, AskError> {
        let Asked { name, text, language, system, page_key } = asked;
        let name = field("name", &name, 0, NAME_CHARS_MAX)?;
        let text = field("text", &text, 1, QUESTION_CHARS_MAX)?;
        if page_key.len() != PAGE_KEY_BYTES || page_key.first() != Some(&UNCOMPRESSED) {
            return Err(AskError::Field("page_key"));
        }
        let token = token::draw_for_pages(system_random().as_mut()).ok_or_else(no_randomness)?;
        let ask = Ask {
            portal: portal.id,
            token: TokenHash::of(&token),
            name,
            text,
            language: tag(&language, &portal.language),
            system: tidy(&system, SYSTEM_CHARS_MAX),
            page_key,
        };
        let pool = self.pass(&self.asks, address, portal, "question")?;
        // Looked at behind the gate, since it takes a while, and not given back: no page makes such a key.
        if !is_point(&ask.page_key) {
            return Err(AskError::Field("page_key"));
        }
        let error = match self.switchboard.ask(ask).await {
            Ok(Ok(question)) => return Ok(Ticket { question, token }),
            Ok(Err(NotAsked::NobodyThere)) => AskError::NobodyThere,
            Ok(Err(NotAsked::Full)) => AskError::Full,
            Ok(Err(NotAsked::Draining)) | Err(Ending) => AskError::Draining,
            Ok(Err(NotAsked::NoRandomness)) => no_randomness(),
        };
        self.asks.lock().give_back(self.clock.now_ms(), address, portal.id, pool);
        Err(error)
    }

    /// News of a question; the newest stand in the receiver. `None`: there is no such question, or this is not its token. A
    /// question that waits while nobody holds a receiver is dropped after a minute.
    ///
    /// # Errors
    /// The relay ends; the question waits on at the next one.
    pub async fn follow(&self, ticket: &Ticket) -> Result<Option<watch::Receiver<QuestionNews>>, Ending> {
        self.switchboard.follow(ticket.question, TokenHash::of(&ticket.token)).await
    }

    /// The customer does not want to wait any more.
    pub async fn leave(&self, ticket: &Ticket) {
        let (question, token) = (ticket.question, TokenHash::of(&ticket.token));
        // A relay that ends keeps it, and drops it at the next start for want of a page.
        let _ = self.switchboard.tell(Input::CustomerLeaves { question, token }).await;
    }

    /// A message while nobody is there, for the account's managers.
    ///
    /// # Errors
    /// Why it was not kept.
    pub async fn leave_message(
        &self,
        address: AddressKey,
        portal: &Portal,
        message: NewMessage,
    ) -> Result<(), AskError> {
        let NewMessage { name, reply_to, text, language } = message;
        let message = NewMessage {
            name: field("name", &name, 0, NAME_CHARS_MAX)?,
            reply_to: field("reply_to", &reply_to, 1, REPLY_TO_CHARS_MAX)?,
            text: paragraphs("text", &text)?,
            language: tag(&language, &portal.language),
        };
        let pool = self.pass(&self.messages, address, portal, "message")?;
        let kept = self.store.add_message(portal.id, message, unix_s()).await;
        match kept {
            Ok(Some(number)) => {
                let detail = format!("message {number}, portal {}", portal.slug);
                self.audit.write(AuditLine {
                    account: Some(portal.account),
                    detail,
                    ..AuditLine::new(AuditKind::MessageLeft)
                });
                Ok(())
            }
            Ok(None) => Err(StoreError::NoPortal(portal.slug.clone()).into()),
            Err(error) => {
                self.messages.lock().give_back(self.clock.now_ms(), address, portal.id, pool);
                Err(error.into())
            }
        }
    }

    /// Counts one by address and portal.
    fn pass(&self, gate: &Mutex<Gate>, address: AddressKey, portal: &Portal, what: &str) -> Result<Pool, AskError> {
        let passed = gate.lock().pass(self.clock.now_ms(), address, portal.id);
        passed.map_err(|slowed| {
            let detail = format!("{what}, portal {}", portal.slug);
            let line = AuditLine { account: Some(portal.account), detail, ..AuditLine::new(AuditKind::AskSlowed) };
            self.audit.write(line);
            match slowed {
                Slowed::Address(wait_ms) => AskError::TooMany { wait_s: wait_ms.div_ceil(1000) },
                Slowed::Portal(wait_ms) => AskError::Crowded { wait_s: wait_ms.div_ceil(1000) },
            }
        })
    }
}

/// Whether this may be the address of a portal: lower-case letters, digits and dashes, 1 to 40.
pub fn is_slug(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=SLUG_CHARS_MAX).contains(&text.len()) && text.bytes().all(fits)
}

/// Whether a code can be sealed to this key: a point off the curve would cost each rep who answers the question their turn.
fn is_point(page_key: &[u8]) -> bool {
    // Agreeing is how *ring* looks at another's key; what is agreed on goes.
    let ours = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new());
    ours.and_then(|ours| agree_ephemeral(ours, &UnparsedPublicKey::new(&ECDH_P256, page_key), |_| ())).is_ok()
}

fn no_randomness() -> AskError {
    AskError::Store(StoreError::Other("the system has no randomness".into()))
}

/// A line of words; `min` to `max` characters are left of it.
fn field(name: &'static str, text: &str, min: usize, max: usize) -> Result<String, AskError> {
    let clean = tidy(text, max + 1);
    if (min..=max).contains(&clean.chars().count()) { Ok(clean) } else { Err(AskError::Field(name)) }
}

/// A message's lines, each tidy.
fn paragraphs(name: &'static str, text: &str) -> Result<String, AskError> {
    let lines: Vec<String> = text.lines().map(|line| tidy(line, MESSAGE_CHARS_MAX + 1)).collect();
    let text = lines.join("\n").trim().to_owned();
    if (1..=MESSAGE_CHARS_MAX).contains(&text.chars().count()) { Ok(text) } else { Err(AskError::Field(name)) }
}

/// One of the languages there are, or the portal's.
fn tag(language: &str, of_portal: &str) -> String {
    let known = ["en", "de"].into_iter().find(|known| *known == language);
    known.unwrap_or(of_portal).to_owned()
}
