//! Customer's side: another rep is to come, from the word of the one who is there to the relay's that they wait.
//!
//! The customer is asked before this program goes anywhere. One comes at a time. Whatever goes wrong, whoever asked is told
//! that nobody came, and the session is as it was before.

use super::{Task, beside, wishes};
use crate::view::{AuditKind, HostNotice, PromptKind, Tone};
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{Secret, Side, ToRelay};
use lotse_protocol::handover::{BESIDE_MAX, Purpose};
use lotse_protocol::peer::PeerMessage;
use lotse_protocol::tidy;
use lotse_session::State;
use std::time::{Duration, Instant};

/// Of the licence: what an account needs to bring a second rep in.
pub(super) const FEATURE: &str = "session-handoff";
/// Longest name that is shown, in characters.
const NAME_CHARS_MAX: usize = 80;
/// How long the relay may take to bring this program to whoever waits.
const RELAY_PATIENCE: Duration = Duration::from_secs(20);
/// How long the customer is asked: whoever waits gives up soon after, and a question that leads nowhere is in everybody's way.
const CUSTOMER_PATIENCE: Duration = Duration::from_secs(150);
const _: () = assert!(
    CUSTOMER_PATIENCE.as_secs() + RELAY_PATIENCE.as_secs() + beside::PATIENCE.as_secs()
        < wishes::CUSTOMER_PATIENCE.as_secs()
);

/// A rep who is to come.
pub(super) struct Coming {
    pub code: JoinCode,
    /// What the relay called them to whoever asked.
    pub name: String,
    pub purpose: Purpose,
    /// The participant who asked.
    pub from: u32,
    /// The customer was asked then.
    pub begun: Instant,
    /// The customer said yes at that moment, and the relay is asked.
    pub since: Option<Instant>,
}

impl Task {
    /// A rep who is there says that a colleague waits behind this code.
    pub(super) fn on_wish_for_another(&mut self, from: u32, code: &Secret, name: &str, purpose: Purpose) {
        let name = tidy(name, NAME_CHARS_MAX);
        // Whoever asked comes with one colleague at a time: the customer is asked about somebody who does not wait any more.
        if self.coming.take_if(|coming| coming.from == from && coming.since.is_none()).is_some() {
            self.prompts.settle_beside();
        }
        let Some(code) = self.may_come(from, code) else {
            tracing::warn!(session = %self.config.id, "a colleague of the rep's is not let in");
            return self.tell_not_come(from, name, self.coming.is_none());
        };
        let (account, asks) = (self.view.account.clone(), self.name_of(from));
        self.coming = Some(Coming { code, name: name.clone(), purpose, from, begun: Instant::now(), since: None });
        if self.config.developer && !self.config.ahead.is_empty() {
            return self.on_beside_answer(true);
        }
        self.prompts.ask(PromptKind::Beside { rep: name, account, from: asks, purpose });
        self.dirty = true;
    }

    /// The code, if another rep may be asked for now.
    fn may_come(&self, from: u32, code: &Secret) -> Option<JoinCode> {
        let runs = self.config.side == Side::Customer && *self.end.machine.state() == State::Active;
        let room = self.besides.len() < BESIDE_MAX && self.coming.is_none();
        let licensed = self.licensed.kept().contains(FEATURE);
        // Who may only look brings nobody in.
        let looks = self.besides.iter().any(|beside| beside.who == from && beside.observing);
        code.0.parse().ok().filter(|_| runs && room && licensed && !looks)
    }

    /// The customer's word.
    pub(super) fn on_beside_answer(&mut self, allow: bool) {
        let Some(coming) = &mut self.coming else { return };
        let (name, about) = (coming.name.clone(), coming.purpose.name().to_owned());
        let did = if allow { "let" } else { "did not let" };
        let text = format!("the customer {did} {name} come into the session ({about})");
        if allow {
            coming.since = Some(Instant::now());
            let nameplate = coming.code.nameplate();
            let (session, name) = (self.config.id, self.view.me.clone());
            let system = self.offer.as_ref().map(|offer| offer.system.clone()).unwrap_or_default();
            self.relay_says(ToRelay::JoinBeside { session, nameplate, name, system });
        } else {
            self.nobody_came();
        }
        self.audit(AuditKind::Consent, String::new(), about, text);
    }

    /// The relay was asked to bring this program to somebody.
    pub(super) fn is_somebody_coming(&self) -> bool {
        self.coming.as_ref().is_some_and(|coming| coming.since.is_some())
    }

    /// Whoever was to come does not.
    pub(super) fn nobody_came(&mut self) {
        self.prompts.settle_beside();
        if let Some(Coming { name, from, since, .. }) = self.coming.take() {
            // A no is the customer's own.
            if since.is_some() {
                self.notice_of_host(Tone::Caution, name.clone(), HostNotice::RepNotCome);
            }
            self.tell_not_come(from, name, since.is_none());
        }
        self.dirty = true;
    }

    /// With each tick: neither a relay nor a customer who does not answer keeps anybody waiting.
    pub(super) fn tend_coming(&mut self) {
        let late = |coming: &Coming| match coming.since {
            Some(since) => since.elapsed() > RELAY_PATIENCE,
            None => coming.begun.elapsed() > CUSTOMER_PATIENCE,
        };
        if self.coming.as_ref().is_some_and(late) {
            self.nobody_came();
        }
    }

    /// Tells whoever asked that they are here.
    pub(super) fn tell_came(&self, to: u32, name: String) {
        self.tell_ended(to, PeerMessage::BesideEnded { name, came: true, refused: false });
    }

    /// Tells whoever asked that they are not. `refused`: the customer's own no, or one of this program's.
    pub(super) fn tell_not_come(&self, to: u32, name: String, refused: bool) {
        self.tell_ended(to, PeerMessage::BesideEnded { name, came: false, refused });
    }

    fn tell_ended(&self, to: u32, message: PeerMessage) {
        match self.besides.iter().find(|beside| beside.who == to) {
            Some(beside) => beside.end.say(message),
            None => self.say(message),
        }
    }

    /// What a rep who is there is called.
    pub(super) fn name_of(&self, who: u32) -> String {
        let beside = self.besides.iter().find(|beside| beside.who == who);
        beside.map_or_else(|| self.view.peer.clone(), |beside| beside.name.clone())
    }
}
