//! Customer's side: another rep is to come, from the word of the one who is there to the relay's that they wait. Or one who is
//! beside is to have the place of whoever asks.
//!
//! The customer is asked before this program goes anywhere, and before somebody who only looks on may do more; whom they let in
//! to help they are told about. One comes at a time. Whatever goes wrong, whoever asked is told that nobody came, and the session
//! is as it was before.

use super::{Plugin, Task, beside, wishes};
use crate::view::{AuditKind, HostNotice, PluginView, PromptKind, Tone};
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{Secret, SessionId, Side, ToRelay};
use lotse_protocol::handover::{BESIDE_MAX, Purpose};
use lotse_protocol::peer::PeerMessage;
use lotse_protocol::tidy;
use lotse_runtime::{Capability, Licence, Policy, Request, grant};
use lotse_session::State;
use std::time::{Duration, Instant};

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

/// How they come.
#[derive(PartialEq, Eq)]
pub(super) enum Way {
    /// They wait behind this code.
    Code(JoinCode),
    /// They are beside, and only look on until the customer says yes.
    Here(SessionId),
}

/// Who is in the session already and is to have another's place.
enum Standing {
    Leads,
    Helps,
    LooksOn,
}

/// A rep who is to come.
pub(super) struct Coming {
    pub way: Way,
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
        self.forget_asked_before(from);
        let Some(code) = self.may_come(from, code) else {
            tracing::warn!(session = %self.config.id, "a colleague of the rep's is not let in");
            return self.tell_not_come(from, name, self.coming.is_none());
        };
        self.ask_about(Coming { way: Way::Code(code), name, purpose, from, begun: Instant::now(), since: None });
    }

    /// A rep who is there would have somebody who is in the session already take their place.
    pub(super) fn on_wish_to_lead(&mut self, from: u32, session: SessionId, name: &str) {
        let name = tidy(name, NAME_CHARS_MAX);
        self.forget_asked_before(from);
        match self.may_lead(from, session, &name) {
            Some(Standing::Leads) => {
                self.tell_came(from, name);
                self.leaves_to_another(from);
            }
            Some(Standing::Helps) => self.takes_place_of(session, from),
            Some(Standing::LooksOn) => {
                let (way, purpose) = (Way::Here(session), Purpose::TakeOver);
                self.ask_about(Coming { way, name, purpose, from, begun: Instant::now(), since: None });
            }
            None => {
                tracing::warn!(session = %self.config.id, "who is to lead is not here");
                // Of somebody whom the customer is asked about just then, the customer's word is waited for.
                if self.coming.as_ref().is_none_or(|coming| coming.way != Way::Here(session)) {
                    self.tell_not_led(&Way::Here(session));
                }
                // Somebody else may: unless nobody at all can be asked for.
                self.tell_not_come(from, name, !self.may_ask(from));
            }
        }
    }

    /// Whoever asks comes with one colleague at a time: the customer is asked about somebody who does not wait any more.
    fn forget_asked_before(&mut self, from: u32) {
        if let Some(coming) = self.coming.take_if(|coming| coming.from == from && coming.since.is_none()) {
            self.prompts.settle_beside();
            self.tell_not_led(&coming.way);
        }
    }

    /// How they stand whom that participant would have in their place; `None`: it cannot be.
    fn may_lead(&self, from: u32, session: SessionId, name: &str) -> Option<Standing> {
        let other = |who: u32| who != from && self.may_ask(from) && self.coming.is_none();
        if session == self.config.id {
            let leads =
                self.shared.as_ref().is_some_and(|shared| other(shared.peer_id()) && shared.is_there(shared.peer_id()));
            return (leads && name == self.view.peer).then_some(Standing::Leads);
        }
        let beside = self.besides.iter().find(|beside| beside.id == session && beside.name == name)?;
        let standing = if beside.observing { Standing::LooksOn } else { Standing::Helps };
        (other(beside.who) && beside.is_ready()).then_some(standing)
    }

    /// The customer decides.
    fn ask_about(&mut self, coming: Coming) {
        let (rep, purpose, from) = (coming.name.clone(), coming.purpose, self.name_of(coming.from));
        self.coming = Some(coming);
        if self.config.developer && !self.config.ahead.is_empty() {
            return self.on_beside_answer(true);
        }
        let account = self.view.account.clone();
        self.prompts.ask(PromptKind::Beside { rep, account, from, purpose });
        self.dirty = true;
    }

    /// The code, if another rep may be asked for now.
    fn may_come(&self, from: u32, code: &Secret) -> Option<JoinCode> {
        let room = self.besides.len() < BESIDE_MAX && self.coming.is_none();
        code.0.parse().ok().filter(|_| room && self.may_ask(from))
    }

    /// Whether that participant may ask for somebody else at all.
    fn may_ask(&self, from: u32) -> bool {
        let runs = self.config.side == Side::Customer && *self.end.machine.state() == State::Active;
        // Who may only look brings nobody in.
        let looks = self.besides.iter().any(|beside| beside.who == from && beside.observing);
        runs && self.has_who_asks() && !looks
    }

    /// Whether this session has a plugin that may ask for somebody: by its package, as this program has verified it, and by the
    /// licence. Which plugin asked only the rep's program knows, and that is not believed.
    fn has_who_asks(&self) -> bool {
        let licence = Licence::Features(self.licensed.kept().clone());
        let may = |plugin: &Plugin| {
            let PluginView { id, feature, asks, .. } = &plugin.view;
            let request = Request { plugin: id.clone(), feature: feature.clone(), capabilities: *asks };
            let granted = grant(&request, &licence, &Policy::default(), self.consent_term());
            granted.possible().contains(Capability::Directory)
        };
        self.plugins.iter().any(may)
    }

    /// The customer's word.
    pub(super) fn on_beside_answer(&mut self, allow: bool) {
        let Some(coming) = &mut self.coming else { return };
        let (name, about) = (coming.name.clone(), coming.purpose.name().to_owned());
        let did = if allow { "let" } else { "did not let" };
        let text = format!("the customer {did} {name} come into the session ({about})");
        match (&coming.way, allow) {
            (Way::Code(code), true) => {
                let nameplate = code.nameplate();
                coming.since = Some(Instant::now());
                let (session, name) = (self.config.id, self.view.me.clone());
                let system = self.offer.as_ref().map(|offer| offer.system.clone()).unwrap_or_default();
                self.relay_says(ToRelay::JoinBeside { session, nameplate, name, system });
            }
            (Way::Here(session), true) => {
                let (session, from) = (*session, coming.from);
                self.coming = None;
                self.takes_place_of(session, from);
            }
            (Way::Code(_) | Way::Here(_), false) => self.nobody_came(),
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
        if let Some(Coming { way, name, from, since, .. }) = self.coming.take() {
            // A no is the customer's own.
            if since.is_some() {
                self.notice_of_host(Tone::Caution, name.clone(), HostNotice::RepNotCome);
            }
            self.tell_not_led(&way);
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

    /// Tells whoever looks on here and was to lead that they do not.
    fn tell_not_led(&self, way: &Way) {
        match way {
            Way::Code(_) => {}
            Way::Here(session) => {
                if self.besides.iter().any(|beside| beside.id == *session && beside.observing) {
                    self.tell_led(*session, false);
                }
            }
        }
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

#[cfg(test)]
#[path = "coming_tests.rs"]
mod tests;
