//! The customer's word: asked for, taken, told to plugins and to the other side.

use super::Task;
use crate::consents::capability_of;
use crate::shared::Shared;
use crate::view::{Access, AuditKind, PromptKind};
use lotse_protocol::control::Side;
use lotse_protocol::peer::{ConsentState, PeerMessage};
use lotse_runtime::{Capability, CapabilitySet, ConsentTerm, Event as PluginEvent};
use lotse_session::Event;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

impl Task {
    pub(super) fn ask_customer(&mut self) {
        if self.config.developer && !self.config.ahead.is_empty() {
            self.feed(Event::Answered { begin: true });
            return;
        }
        self.prompts.ask(PromptKind::Begin { rep: self.view.peer.clone(), account: self.view.account.clone() });
        self.dirty = true;
    }

    pub(super) fn on_consent_asked(&mut self, number: usize, capability: Capability) {
        let (Some(access), Some(plugin)) = (capability.asked(), self.plugins.get(number)) else { return };
        if access == Access::Restart {
            self.restart_asker = Some(number);
        }
        let reason = plugin
            .ready
            .as_ref()
            .and_then(|ready| Some(ready.compiled.manifest().reason(capability)?.pick(&self.config.locale).to_owned()));
        self.prompts.ask(PromptKind::Access {
            access,
            plugin: plugin.view.name.clone(),
            signer: plugin.view.signer.clone(),
            reason: reason.unwrap_or_default(),
        });
        self.tell_consents();
        self.dirty = true;
    }

    pub(super) fn on_answer(&mut self, prompt: u64, allow: bool) {
        match self.prompts.answered(prompt) {
            Some(PromptKind::Begin { .. }) => self.feed(Event::Answered { begin: allow }),
            Some(PromptKind::Beside { .. }) => self.on_beside_answer(allow),
            Some(PromptKind::Access { access, .. }) => {
                self.set_access(access, if allow { ConsentState::Granted } else { ConsentState::Refused })
            }
            None => {}
        }
        self.dirty = true;
    }

    pub(super) fn set_access(&mut self, access: Access, state: ConsentState) {
        let Some(shared) = self.shared.clone() else { return };
        if !shared.consents.lock().set(access, state, Instant::now()) {
            return;
        }
        let capability = capability_of(access);
        let granted = state == ConsentState::Granted;
        if access == Access::Control {
            self.config.guard.control.store(granted, Ordering::Release);
            shared.desk.release_input();
        }
        if access == Access::Clipboard {
            self.config.guard.clipboard.store(granted, Ordering::Release);
        }
        // A word for one restart is for who asked; a no is for all.
        let asker = self.restart_asker.take_if(|_| access == Access::Restart);
        self.restart_word = asker.filter(|_| granted).map(|plugin| (plugin, Instant::now())).or(self.restart_word);
        let hears = |plugin: &usize| access != Access::Restart || !granted || asker == Some(*plugin);
        // Rights change as the event is handed in, whether or not the plugin keeps up.
        for plugin in shared.plugins().filter(hears) {
            let event = if granted { PluginEvent::Granted(capability) } else { PluginEvent::Revoked(capability) };
            shared.try_tell(plugin, event);
        }
        if access == Access::Files && !granted {
            // Behind plugins, so that they know why.
            shared.transfers.take_back();
        }
        self.audit_consent(access, state);
        self.report_consent(access, state);
        self.tell_consents();
        self.dirty = true;
    }

    fn audit_consent(&mut self, access: Access, state: ConsentState) {
        let did = match state {
            ConsentState::Granted => "allowed",
            ConsentState::Refused => "refused",
            ConsentState::NotAsked | ConsentState::Asked => return,
        };
        self.audit(AuditKind::Consent, String::new(), access.to_string(), format!("the customer {did} `{access}`"));
    }

    /// On the rep's side the customer's word is shown; what counts is on theirs.
    pub(super) fn on_peer_consent(&mut self, what: &str, state: ConsentState) {
        if self.config.side == Side::Customer {
            return;
        }
        let access = Access::from_name(what);
        if let (Some(access), Some(shared)) = (access, self.shared.clone()) {
            if shared.consents.lock().set(access, state, Instant::now()) {
                self.audit_consent(access, state);
            }
            self.dirty = true;
        }
    }

    pub(super) fn tell_consents(&self) {
        if self.config.side == Side::Rep {
            return;
        }
        if let Some(shared) = &self.shared {
            for view in shared.consents.lock().views() {
                self.say_to_all(&PeerMessage::Consent { what: view.access.name().to_owned(), state: view.state });
            }
        }
    }

    pub(super) fn apply_pause(&mut self) {
        let paused = self.paused_here || self.paused_there();
        self.view.paused = paused;
        (self.view.paused_here, self.view.paused_there) = (self.paused_here, self.paused_there());
        self.config.guard.paused.store(paused, Ordering::Release);
        if let Some(shared) = &self.shared {
            shared.screens.pause_all(paused);
            shared.boards.pause(shared, paused);
            shared.transfers.pause_all(paused);
            shared.transfers.hold_all(self.holds_files());
            if paused {
                shared.desk.release_input();
            }
        }
        self.dirty = true;
    }

    /// A customer's pause holds what is under way as well; it stands at the other side by that.
    pub(super) fn holds_files(&self) -> bool {
        match self.config.side {
            Side::Customer => self.paused_here,
            Side::Rep => false,
        }
    }

    /// Somebody at the other end paused. Whoever may only look cannot.
    pub(super) fn paused_there(&self) -> bool {
        let beside = self.besides.iter().any(|beside| beside.end.paused_there && !beside.observing);
        self.end.paused_there || beside
    }

    pub(super) fn consent_term(&self) -> ConsentTerm {
        let given = |shared: &Arc<Shared>| {
            let consents = shared.consents.lock();
            let standing = Access::ALL.into_iter().filter(|access| access.stands());
            standing.map(capability_of).filter(|capability| consents.allows(*capability)).collect()
        };
        match self.config.side {
            Side::Rep => ConsentTerm::NotNeeded,
            Side::Customer => ConsentTerm::Given(self.shared.as_ref().map_or(CapabilitySet::EMPTY, given)),
        }
    }
}
