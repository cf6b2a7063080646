//! What happens to a session, told to the machine and shown to people.

use super::{Task, ToSession, words};
use crate::consents::capability_of;
use crate::conversation::LinkEvent;
use crate::loading::{Loaded, Loader};
use crate::shared::Inner;
use crate::view::{
    Access, Command, Contribution, LinkCause, LinkQuality, LinkView, Notice, PluginState, PromptKind, SurfaceInput,
    Tone,
};
use lotse_protocol::code::ATTEMPTS_MAX;
use lotse_protocol::control::{SessionOffer, Side, ToRelay};
use lotse_protocol::peer::{self, ConsentState, EndReason, PeerMessage};
use lotse_runtime::{Event as PluginEvent, Point, Settings, Value};
use lotse_session::{Event, Failure, State};
use lotse_transport::LinkState;
use lotse_transport::pairing::PairingError;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Notices that are kept on the screen.
const NOTICES_MAX: usize = 20;
/// Silence after which the other side counts as gone, until it is heard again.
const SILENCE: Duration = Duration::from_secs(4);

impl Task {
    pub(super) async fn on_message(&mut self, message: ToSession) {
        match message {
            ToSession::Offer { offer, relay, code_key } => self.on_offer(*offer, relay, code_key),
            ToSession::Signal(body) => self.on_signal(&body),
            ToSession::PairingFailed { attempts_left } => {
                self.feed(Event::PairingFailed(Failure::WrongCode { attempts_left }))
            }
            ToSession::Plugin { digest, fetched } => {
                if let Some(loader) = &mut self.loader {
                    loader.from_relay(digest, fetched);
                }
            }
            ToSession::PluginMissing { digest, reason } => self.on_plugin_missing(&digest, reason),
            ToSession::ControlUp => self.on_control_up(),
            ToSession::EndedByRelay => {
                // The link is the session; the relay's word counts when there is none.
                if !matches!(self.machine.state(), State::Active | State::AwaitingConsent) {
                    self.feed(Event::RelayEnded);
                }
            }
            ToSession::Command(command) => self.on_command(command).await,
        }
    }

    fn on_offer(&mut self, offer: SessionOffer, relay: IpAddr, code_key: [u8; 32]) {
        if self.is_over() {
            // The relay missed the end.
            return self.relay_says(ToRelay::EndSession { session: self.config.id, reason: "over".to_owned() });
        }
        let (me, peer) = match self.config.side {
            Side::Rep => (&offer.rep, &offer.customer),
            Side::Customer => (&offer.customer, &offer.rep),
        };
        self.view.me.clone_from(me);
        self.view.peer.clone_from(peer);
        self.view.account.clone_from(&offer.account);
        if self.config.side == Side::Rep {
            self.view.peer_system.clone_from(&offer.system);
        }
        self.relay = Some(relay);
        let resumed = offer.resumed;
        self.offer = Some(offer);
        self.loader.get_or_insert_with(|| {
            Loader::new(
                self.config.runtime.clone(),
                self.config.store.clone(),
                code_key,
                self.config.developer,
                self.queues.loaded.0.clone(),
            )
        });
        self.renew_path();
        self.write_note_if_known();
        self.feed(Event::Met { resumed });
    }

    fn write_note_if_known(&self) {
        if self.peer_key.is_some() {
            self.write_note();
        }
    }

    /// Two messages come from the other side: the PAKE's first, then its confirmation.
    fn on_signal(&mut self, body: &[u8]) {
        let outcome = if let Some(pairing) = self.pairing.take() {
            // The relay counts, too; but the relay is whom this protects from.
            self.guesses = self.guesses.saturating_add(1);
            if self.guesses > ATTEMPTS_MAX {
                return self.feed(Event::PairingFailed(Failure::WrongCode { attempts_left: 0 }));
            }
            pairing.handle(body).map(|(confirming, answer)| {
                self.confirming = Some(confirming);
                self.relay_says(ToRelay::Signal { session: self.config.id, body: answer });
            })
        } else if let Some(confirming) = self.confirming.take() {
            confirming.finish(body, None).map(|peer| {
                self.peer_key = Some(peer);
                if self.config.side == Side::Rep {
                    self.relay_says(ToRelay::Paired { session: self.config.id });
                }
                self.feed(Event::Paired);
            })
        } else {
            return;
        };
        if let Err(problem) = outcome {
            tracing::warn!(%problem, "pairing failed");
            self.on_pairing_problem(&problem);
        }
    }

    /// The relay counts attempts and tells both sides how many are left; keys that differ end it at once.
    fn on_pairing_problem(&mut self, problem: &PairingError) {
        match problem {
            PairingError::WrongCode if self.config.side == Side::Rep => {
                self.relay_says(ToRelay::PairingFailed { session: self.config.id })
            }
            PairingError::WrongCode => {}
            PairingError::KeysDiffer | PairingError::Malformed => self.feed(Event::PairingFailed(Failure::KeysDiffer)),
        }
    }

    fn on_plugin_missing(&mut self, digest: &[u8; 32], reason: String) {
        let Some(number) = self.loader.as_mut().and_then(|loader| loader.missing(digest)) else { return };
        self.settle(number, Err(reason));
    }

    fn on_control_up(&mut self) {
        for digest in self.loader.as_ref().map(Loader::waiting).unwrap_or_default() {
            self.relay_says(ToRelay::FetchPlugin { digest });
        }
    }

    pub(super) fn on_loaded(&mut self, loaded: Loaded) {
        let Loaded { plugin, outcome, ask_relay } = loaded;
        match outcome {
            Ok(ready) => self.settle(plugin, Ok(ready)),
            Err(_) if ask_relay => {
                let wanted = self.offer.as_ref().and_then(|offer| offer.plugins.get(plugin)).cloned();
                if let (Some(loader), Some(wanted)) = (&mut self.loader, wanted) {
                    loader.expect(plugin, &wanted);
                    self.relay_says(ToRelay::FetchPlugin { digest: wanted.digest });
                }
            }
            Err(why) => self.settle(plugin, Err(why)),
        }
    }

    fn settle(&mut self, number: usize, outcome: Result<crate::loading::Ready, String>) {
        let locale = self.config.locale.clone();
        if let Some(plugin) = self.plugins.get_mut(number) {
            plugin.settled = true;
            match outcome {
                Ok(ready) => {
                    plugin.view.name = ready.compiled.manifest().name.pick(&locale).to_owned();
                    plugin.view.signer.clone_from(&ready.signer);
                    plugin.ready = Some(ready);
                }
                Err(why) => {
                    tracing::warn!(plugin = plugin.view.id, why, "a plugin is not available");
                    plugin.view.state = PluginState::Stopped { why };
                }
            }
        }
        self.dirty = true;
        self.settle_plugins();
    }

    pub(super) fn on_link_event(&mut self, (number, event): (u64, LinkEvent)) {
        if number != self.conversations {
            return;
        }
        match event {
            LinkEvent::Message(message) => self.on_peer(message),
            LinkEvent::Down { why } => {
                tracing::info!(session = %self.config.id, why, "link down");
                self.conversation = None;
                self.feed(Event::LinkDown);
            }
        }
    }

    fn on_peer(&mut self, message: PeerMessage) {
        match message {
            PeerMessage::Hello { version, name, system, developer, .. } => {
                // The relay vouches for the rep's name; a customer's is what they call themselves.
                if self.config.side == Side::Rep && !name.is_empty() {
                    self.view.peer = name.chars().take(200).collect();
                }
                if self.config.side == Side::Rep && !system.is_empty() {
                    self.view.peer_system = system.chars().take(200).collect();
                }
                self.view.developer = self.config.developer || developer;
                self.feed(Event::Greeted { compatible: version == peer::VERSION });
                self.say(PeerMessage::Paused { on: self.paused_here });
            }
            PeerMessage::Accepted => self.feed(Event::PeerAccepted),
            PeerMessage::Consent { what, state } => self.on_peer_consent(&what, state),
            PeerMessage::Paused { on } => {
                self.paused_there = on;
                self.apply_pause();
            }
            PeerMessage::End { reason } => {
                self.feed(Event::PeerEnded(reason));
            }
        }
    }

    /// On the rep's side the customer's word is shown; what counts is on theirs.
    fn on_peer_consent(&mut self, what: &str, state: ConsentState) {
        if self.config.side == Side::Customer {
            return;
        }
        let access = Access::from_name(what);
        if let (Some(access), Some(shared)) = (access, &self.shared) {
            shared.consents.lock().set(access, state);
            self.dirty = true;
        }
    }

    pub(super) fn tell_consents(&self) {
        if self.config.side == Side::Rep {
            return;
        }
        if let Some(shared) = &self.shared {
            for view in shared.consents.lock().views() {
                self.say(PeerMessage::Consent { what: view.access.name().to_owned(), state: view.state });
            }
        }
    }

    pub(super) fn on_inner(&mut self, inner: Inner) {
        match inner {
            Inner::Rendered { plugin, place, nodes } => self.on_rendered(plugin, place, nodes),
            Inner::Notify { tone, title, body } => self.notice(tone, title, body),
            Inner::Audit(line) => tracing::info!(target: "audit", session = %self.config.id, "{line}"),
            Inner::Fault { plugin, why, restarting } => self.on_fault(plugin, why, restarting),
            Inner::ConsentAsked { plugin, capability } => self.on_consent_asked(plugin, capability),
            Inner::Surfaces => self.dirty = true,
            Inner::Clipboard(heard) => self.on_clipboard(heard),
            Inner::CaptureStalled { plugin, capture, reason } => {
                if let Some(shared) = &self.shared {
                    shared.try_tell(plugin, PluginEvent::CaptureStalled { capture, reason });
                }
            }
            Inner::DisplaysChanged => {
                if let Some(shared) = &self.shared {
                    shared.desk.displays_changed();
                    shared.plugins().for_each(|plugin| shared.try_tell(plugin, PluginEvent::DisplaysChanged));
                }
            }
        }
    }

    fn on_rendered(&mut self, plugin: usize, place: &'static str, nodes: Vec<lotse_runtime::Node>) {
        let Some(id) = self.plugins.get(plugin).map(|plugin| plugin.view.id.clone()) else { return };
        if self.is_over() {
            return;
        }
        let order: Vec<String> = self.plugins.iter().map(|plugin| plugin.view.id.clone()).collect();
        let contributions = Self::places(&mut self.view).entry(place).or_default();
        contributions.retain(|contribution| contribution.plugin != id);
        if !nodes.is_empty() {
            contributions.push(Contribution { plugin: id, nodes: Arc::new(nodes) });
            contributions.sort_by_key(|contribution| order.iter().position(|id| *id == contribution.plugin));
        }
        self.dirty = true;
    }

    fn on_fault(&mut self, number: usize, why: String, restarting: bool) {
        let Some(plugin) = self.plugins.get_mut(number) else { return };
        plugin.view.state = if restarting {
            PluginState::Restarting { why: why.clone() }
        } else {
            PluginState::Stopped { why: why.clone() }
        };
        let name = plugin.view.name.clone();
        let id = plugin.view.id.clone();
        if let Some(shared) = &self.shared {
            if restarting {
                shared.invalidate(number);
            } else {
                shared.seat(number, None);
                Self::places(&mut self.view)
                    .values_mut()
                    .for_each(|list| list.retain(|contribution| contribution.plugin != id));
            }
        }
        self.notice(Tone::Caution, name, why);
    }

    fn on_consent_asked(&mut self, number: usize, capability: lotse_package::Capability) {
        let (Some(access), Some(plugin)) = (capability.consent(), self.plugins.get(number)) else { return };
        let reason = plugin
            .ready
            .as_ref()
            .and_then(|ready| Some(ready.compiled.manifest().reason(capability)?.pick(&self.config.locale).to_owned()));
        self.prompts.ask(PromptKind::Access {
            access,
            plugin: plugin.view.name.clone(),
            signer: plugin.view.signer.clone().unwrap_or_default(),
            reason: reason.unwrap_or_default(),
        });
        self.tell_consents();
        self.dirty = true;
    }

    fn on_clipboard(&self, heard: crate::clipboard::Heard) {
        let Some(shared) = &self.shared else { return };
        let clipboard = lotse_package::Capability::Clipboard;
        if self.view.paused || !shared.consents.lock().allows(clipboard) {
            return;
        }
        let active = |plugin: &usize| shared.instance(*plugin).is_some_and(|of| of.active().contains(clipboard));
        for plugin in shared.plugins().filter(active) {
            let event = match &heard {
                crate::clipboard::Heard::Changed(formats) => PluginEvent::ClipboardChanged(formats.clone()),
                crate::clipboard::Heard::Content { format, data } => {
                    PluginEvent::ClipboardContent { format: (*format).to_owned(), data: data.clone() }
                }
            };
            shared.try_tell(plugin, event);
        }
    }

    async fn on_command(&mut self, command: Command) {
        match command {
            Command::Answer { prompt, allow } => self.on_answer(prompt, allow),
            Command::SetAccess { access, allow } if self.config.side == Side::Customer => {
                self.prompts.settle(access);
                self.set_access(access, if allow { ConsentState::Granted } else { ConsentState::Refused });
            }
            Command::SetAccess { .. } => {}
            Command::StopEverything => self.feed(Event::End(EndReason::CustomerStopped)),
            Command::Pause { on } => {
                self.paused_here = on;
                self.apply_pause();
                self.say(PeerMessage::Paused { on });
            }
            Command::End => self.feed(Event::End(if self.config.side == Side::Rep {
                EndReason::RepEnded
            } else {
                EndReason::CustomerEnded
            })),
            Command::Act { plugin, node, what } => {
                let number = self.plugins.iter().position(|of| of.view.id == plugin);
                if let (Some(number), Some(shared)) = (number, &self.shared) {
                    shared.tell_soon(number, PluginEvent::Action { node, what }).await;
                }
            }
            Command::Surface { surface, input } => self.on_surface(surface, input).await,
            Command::DismissNotice { id } => {
                self.view.notices.retain(|notice| notice.id != id);
                self.dirty = true;
            }
        }
    }

    fn on_answer(&mut self, prompt: u64, allow: bool) {
        match self.prompts.answered(prompt) {
            Some(PromptKind::Begin { .. }) => self.feed(Event::Answered { begin: allow }),
            Some(PromptKind::Access { access, .. }) => {
                self.set_access(access, if allow { ConsentState::Granted } else { ConsentState::Refused })
            }
            None => {}
        }
        self.dirty = true;
    }

    fn set_access(&mut self, access: Access, state: ConsentState) {
        let Some(shared) = self.shared.clone() else { return };
        if !shared.consents.lock().set(access, state) {
            return;
        }
        let capability = capability_of(access);
        let granted = state == ConsentState::Granted;
        if access == Access::Control {
            self.config.guard.control.store(granted, Ordering::Release);
            shared.desk.release_input();
        }
        // Rights change as the event is handed in, whether or not the plugin keeps up.
        for plugin in shared.plugins() {
            let event = if granted { PluginEvent::Granted(capability) } else { PluginEvent::Revoked(capability) };
            shared.try_tell(plugin, event);
        }
        tracing::info!(target: "audit", session = %self.config.id, "the customer set {access} to {state:?}");
        self.tell_consents();
        self.dirty = true;
    }

    fn apply_pause(&mut self) {
        let paused = self.paused_here || self.paused_there;
        self.view.paused = paused;
        self.config.guard.paused.store(paused, Ordering::Release);
        if let Some(shared) = &self.shared {
            shared.screens.pause_all(paused);
            if paused {
                shared.desk.release_input();
            }
        }
        self.dirty = true;
    }

    async fn on_surface(&mut self, surface: u64, input: SurfaceInput) {
        let Some(shared) = self.shared.clone() else { return };
        let Some(plugin) = shared.pictures.plugin_of(surface) else { return };
        match input {
            SurfaceInput::Pointer { x, y, buttons, wheel_x, wheel_y } => {
                let event = PluginEvent::SurfacePointer {
                    surface,
                    at: Point { x, y },
                    buttons,
                    wheel: Point { x: wheel_x, y: wheel_y },
                };
                shared.try_tell(plugin, event);
            }
            SurfaceInput::Key { physical, down } => {
                shared.tell_soon(plugin, PluginEvent::SurfaceKey { surface, physical, down }).await;
            }
            SurfaceInput::Text { entered } => {
                shared.tell_soon(plugin, PluginEvent::SurfaceText { surface, entered }).await;
            }
            SurfaceInput::Changed { what } => {
                shared.tell_soon(plugin, PluginEvent::SurfaceChanged { surface, what }).await;
            }
            SurfaceInput::Closed => {
                shared.pictures.close(&shared, surface);
                shared.tell_soon(plugin, PluginEvent::SurfaceClosed(surface)).await;
            }
        }
    }

    pub(super) fn on_tick(&mut self) {
        let now_ms = self.now_ms();
        self.machine.handle_time(now_ms);
        if let Some(conversation) = &self.conversation {
            let stats = conversation.link.stats();
            let silent = stats.since_peer > SILENCE;
            let lost = matches!(self.machine.state(), State::Lost { .. });
            if silent != lost {
                self.feed(if silent { Event::LinkSilent } else { Event::LinkHeard });
            }
            let link = LinkView {
                quality: match stats.state {
                    LinkState::Good => LinkQuality::Good,
                    LinkState::Slow => LinkQuality::Slow,
                    LinkState::Stalled => LinkQuality::Stalled,
                },
                cause: LinkCause::None,
                round_trip_us: stats.round_trip.as_micros() as u64,
                bytes_per_s: (stats.sent_per_second + stats.received_per_second) as u64,
            };
            self.on_link_view(link);
        }
        if matches!(self.machine.state(), State::Lost { .. }) {
            self.dirty = true;
        }
        self.refresh_plugins();
    }

    fn on_link_view(&mut self, link: LinkView) {
        if self.view.link.quality != link.quality
            || self.view.link.round_trip_us.abs_diff(link.round_trip_us) > self.view.link.round_trip_us / 10
        {
            if let Some(shared) = &self.shared {
                let state = link_settings(&link);
                shared.plugins().for_each(|plugin| {
                    shared.try_tell(plugin, PluginEvent::Link { who: shared.peer_id(), state: state.clone() })
                });
            }
            self.dirty = true;
        }
        self.view.link = link;
    }

    /// The plugin monitor's figures; a change is worth a new view.
    fn refresh_plugins(&mut self) {
        let Some(shared) = &self.shared else { return };
        for (number, plugin) in self.plugins.iter_mut().enumerate() {
            let Some(instance) = shared.instance(number) else { continue };
            let stats = instance.stats();
            let (sent, received) = shared.traffic(number);
            let running = matches!(stats.state, lotse_runtime::State::Running);
            if running && matches!(plugin.view.state, PluginState::Restarting { .. }) {
                plugin.view.state = PluginState::Running;
                shared.invalidate(number);
                self.dirty = true;
            }
            let old = (plugin.view.calls, plugin.view.memory_bytes, plugin.view.sent_bytes, plugin.view.received_bytes);
            plugin.view.calls = stats.calls;
            plugin.view.cpu_us = stats.cpu_us;
            plugin.view.memory_bytes = stats.memory_bytes;
            plugin.view.sent_bytes = sent;
            plugin.view.received_bytes = received;
            plugin.view.restarts = stats.restarts;
            self.dirty |= old != (stats.calls, stats.memory_bytes, sent, received);
        }
    }

    pub(super) fn refresh_view(&mut self) {
        self.view.state = words::state(self.machine.state(), self.now_ms());
        self.view.prompt = self.prompts.current().cloned();
        self.config.guard.prompting.store(self.view.prompt.is_some(), Ordering::Release);
        if self.view.prompt.is_some()
            && let Some(shared) = &self.shared
        {
            shared.desk.release_input();
        }
        if let Some(shared) = &self.shared {
            self.view.consents = shared.consents.lock().views();
            self.view.surfaces = shared.pictures.views();
        } else if self.is_over() {
            self.view.consents.clear();
        }
        self.view.plugins = self.plugins.iter().map(|plugin| plugin.view.clone()).collect();
    }

    fn notice(&mut self, tone: Tone, title: String, body: String) {
        self.notices += 1;
        if self.view.notices.len() >= NOTICES_MAX {
            self.view.notices.remove(0);
        }
        self.view.notices.push(Notice { id: self.notices, tone, title, body });
        self.dirty = true;
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.machine.state(), State::Ended(_) | State::Failed(_))
    }
}

/// What the contract tells plugins of the link.
fn link_settings(link: &LinkView) -> Settings {
    let state = match link.quality {
        LinkQuality::Good | LinkQuality::Unknown => "good",
        LinkQuality::Slow => "slow",
        LinkQuality::Stalled => "stalled",
    };
    let cause = match link.cause {
        LinkCause::None => "none",
        LinkCause::Here => "here",
        LinkCause::Relay => "relay",
        LinkCause::There => "there",
    };
    let number = |value: u64| Value::Number(i64::try_from(value).unwrap_or(i64::MAX));
    vec![
        ("rtt-us".to_owned(), number(link.round_trip_us)),
        ("rate-bytes-s".to_owned(), number(link.bytes_per_s)),
        ("state".to_owned(), Value::Text(state.to_owned())),
        ("cause".to_owned(), Value::Text(cause.to_owned())),
    ]
}
