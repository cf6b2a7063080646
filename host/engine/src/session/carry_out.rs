//! What the machine wants done, done.

use super::{Plugin, Task};
use crate::consents::{Consents, capability_of};
use crate::conversation::Conversation;
use crate::desk::Desk;
use crate::pictures::Pictures;
use crate::plugin_host::PluginHost;
use crate::screens::Screens;
use crate::shared::{CUSTOMER, Inner, Parts, REP, Shared};
use crate::storage::Storage;
use crate::view::{Access, PluginState, PluginView, PromptKind};
use lotse_protocol::control::{Side, ToRelay};
use lotse_protocol::peer::{EndReason, PeerMessage};
use lotse_runtime::{
    CapabilitySet, ConsentTerm, Event as PluginEvent, Instance, InstanceConfig, InstanceHandle, Licence, Limits,
    Participant, Policy, Request, Role, grant,
};
use lotse_session::{Action, Event, State};
use lotse_transport::pairing::Pairing;
use lotse_transport::{Link, PathConfig, PathHandle, connect, listen};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Places where plugins may show something.
pub(crate) const PLACES: [&str; 5] = ["menu", "chat", "viewer", "tools", "preferences"];
/// Changes within this time are drawn once.
const RENDER_PAUSE: Duration = Duration::from_millis(12);
const RENDER_TIMEOUT: Duration = Duration::from_secs(2);
/// For a plugin to take its leave.
const ENDING_TIMEOUT: Duration = Duration::from_secs(1);
/// Between two attempts to reach the other side.
const DIAL_PAUSE: Duration = Duration::from_millis(500);

impl Task {
    pub(super) async fn carry_out(&mut self) {
        while let Some(action) = self.machine.poll_action() {
            tracing::debug!(session = %self.config.id, ?action, "session");
            match action {
                Action::StartPairing => self.start_pairing(),
                Action::FetchPlugins => self.fetch_plugins(),
                Action::OpenLink => self.open_link(),
                Action::SendHello => self.say(self.hello()),
                Action::AskCustomer => self.ask_customer(),
                Action::SendAccepted => {
                    self.say(PeerMessage::Accepted);
                    self.write_note();
                    self.tell_consents();
                }
                Action::StartPlugins => self.start_plugins(),
                Action::PeerJoined => self.peer_joined().await,
                Action::PeerLeft => self.peer_left().await,
                Action::SendEnd(reason) => self.say(PeerMessage::End { reason }),
                Action::Close(reason) => self.close(reason).await,
            }
        }
    }

    pub(super) fn say(&self, message: PeerMessage) {
        if let Some(conversation) = &self.conversation {
            conversation.say(message);
        }
    }

    fn hello(&self) -> PeerMessage {
        PeerMessage::Hello {
            version: lotse_protocol::peer::VERSION,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            name: self.view.me.clone(),
            system: self.offer.as_ref().map(|offer| offer.system.clone()).unwrap_or_default(),
            developer: self.config.developer,
        }
    }

    fn start_pairing(&mut self) {
        let Some(secret) = &self.config.secret else { return };
        let side = match self.config.side {
            Side::Rep => lotse_transport::bind::Side::Rep,
            Side::Customer => lotse_transport::bind::Side::Customer,
        };
        let (pairing, message) = Pairing::start(side, secret, &self.config.id.0, self.identity.fingerprint());
        self.pairing = Some(pairing);
        self.confirming = None;
        self.relay_says(ToRelay::Signal { session: self.config.id, body: message });
    }

    fn fetch_plugins(&mut self) {
        let Some(offer) = self.offer.clone() else { return };
        let Some(loader) = &self.loader else { return };
        self.plugins = offer
            .plugins
            .iter()
            .map(|wanted| Plugin {
                view: plugin_view(wanted, &self.view.contact),
                ready: None,
                settled: !wanted.licensed,
            })
            .collect();
        for (number, wanted) in offer.plugins.iter().enumerate().filter(|(_, wanted)| wanted.licensed) {
            loader.from_disk(number, wanted);
        }
        self.shared = Some(self.make_shared(&offer));
        self.settle_plugins();
    }

    fn make_shared(&self, offer: &lotse_protocol::control::SessionOffer) -> Arc<Shared> {
        let rep = self.config.side == Side::Rep;
        let me = match self.config.side {
            Side::Rep => Participant { id: REP, role: Role::Rep, name: offer.rep.clone() },
            Side::Customer => Participant { id: CUSTOMER, role: Role::Customer, name: offer.customer.clone() },
        };
        let inner = self.queues.inner.0.clone();
        let on_clipboard = Arc::new(move |heard| {
            let _ = inner.try_send(Inner::Clipboard(heard));
        });
        let consents = if rep { Consents::of_rep() } else { Consents::of_customer(&self.config.ahead) };
        let control = !rep && consents.allows(lotse_runtime::Capability::Input);
        self.config.guard.control.store(control, Ordering::Release);
        let parts = Parts {
            me,
            locale: self.config.locale.clone(),
            storage: self.config.storage.clone().map_or_else(Storage::of_session, Storage::lasting),
            consents,
            pictures: Pictures::new(self.config.surfaces.clone()),
            screens: Screens::default(),
            desk: Desk::new(self.config.drivers.clone(), self.config.guard.clone(), on_clipboard),
            plugins: offer.plugins.len(),
        };
        Shared::new(parts, self.queues.inner.0.clone())
    }

    /// Tells the machine when nothing more is waited for.
    pub(super) fn settle_plugins(&mut self) {
        if !self.plugins.iter().all(|plugin| plugin.settled) {
            return;
        }
        let usable = self.plugins.iter().any(|plugin| plugin.ready.is_some());
        if usable || self.plugins.is_empty() {
            self.feed(Event::PluginsReady);
        } else {
            let why = self.plugins.iter().find_map(|plugin| match &plugin.view.state {
                PluginState::Stopped { why } => Some(format!("{}: {why}", plugin.view.id)),
                _ => None,
            });
            self.feed(Event::PluginsFailed(why.unwrap_or_else(|| "no plugin is licensed".to_owned())));
        }
    }

    fn open_link(&mut self) {
        let (Some(offer), Some(relay), Some(peer)) = (&self.offer, self.relay, self.peer_key) else { return };
        if self.dialing.is_some() {
            return;
        }
        self.leg.send_replace(Some(path_config(offer, relay)));
        let leg = self.leg.subscribe();
        let Ok(identity) = lotse_transport::Identity::from_bytes(&self.identity.to_bytes()) else { return };
        let (links, paths) = (self.queues.links.0.clone(), self.queues.paths.0.clone());
        let task = match self.config.side {
            Side::Rep => tokio::spawn(async move { keep_listening(identity, peer, leg, links, paths).await }),
            Side::Customer => tokio::spawn(async move { keep_connecting(identity, peer, leg, links, paths).await }),
        };
        self.dialing = Some(task);
    }

    /// A leg of a newer offer: the relay was started again, or another one has taken over.
    pub(super) fn renew_path(&self) {
        if let (Some(offer), Some(relay)) = (&self.offer, self.relay) {
            self.leg.send_replace(Some(path_config(offer, relay)));
            if let Some(path) = &self.path {
                path.set_relay(path_config(offer, relay));
            }
        }
    }

    pub(super) fn on_link(&mut self, link: Link) {
        let Some(shared) = self.shared.clone() else { return };
        self.conversations += 1;
        self.path = Some(link.path().clone());
        self.view.safety_code = link.safety_code().to_string();
        shared.set_link(Some(link.clone()));
        let conversation =
            Conversation::start(self.config.side, link, shared, self.conversations, self.queues.talk.0.clone());
        self.conversation = Some(conversation);
        self.write_note();
        self.feed(Event::LinkUp);
    }

    fn ask_customer(&mut self) {
        if self.config.developer && !self.config.ahead.is_empty() {
            self.feed(Event::Answered { begin: true });
            return;
        }
        self.prompts.ask(PromptKind::Begin { rep: self.view.peer.clone(), account: self.view.account.clone() });
        self.dirty = true;
    }

    fn start_plugins(&mut self) {
        let Some(shared) = self.shared.clone() else { return };
        for number in 0..self.plugins.len() {
            let Some(ready) = self.plugins.get(number).and_then(|plugin| plugin.ready.clone()) else { continue };
            let started = self.start_plugin(&shared, number, &ready);
            if let Some(plugin) = self.plugins.get_mut(number) {
                plugin.view.state = match started {
                    Ok(()) => PluginState::Running,
                    Err(why) => PluginState::Stopped { why },
                };
            }
        }
    }

    fn start_plugin(
        &mut self,
        shared: &Arc<Shared>,
        number: usize,
        ready: &crate::loading::Ready,
    ) -> Result<(), String> {
        let manifest = ready.compiled.manifest();
        if !manifest.sides.contains(&package_side(self.config.side)) {
            return Ok(());
        }
        let request = Request::from(manifest);
        // The relay says what the account's licence covers; an unlicensed plugin is not even loaded.
        let licensed = self.offer.as_ref().and_then(|offer| offer.plugins.get(number)).is_some_and(|of| of.licensed);
        let licence = Licence::Features(manifest.feature.iter().filter(|_| licensed).cloned().collect());
        let granted = grant(&request, &licence, &Policy::default(), self.consent_term());
        let host =
            PluginHost { shared: shared.clone(), plugin: number, id: manifest.id.to_string(), limits: Vec::new() };
        let config = InstanceConfig { granted, limits: Limits::default(), restored: None, present: Vec::new() };
        let instance = Instance::spawn(&self.config.runtime, &ready.compiled, config, Arc::new(host))
            .map_err(|problem| problem.to_string())?;
        shared.seat(number, Some(instance));
        self.rendering.push(tokio::spawn(keep_rendered(shared.clone(), number)));
        if granted.possible().contains(lotse_runtime::Capability::Clipboard) {
            // Watching begins with the first plugin that may ever hear of it.
            let _ = shared.desk.clipboard();
        }
        Ok(())
    }

    fn consent_term(&self) -> ConsentTerm {
        let given = |shared: &Arc<Shared>| {
            let consents = shared.consents.lock();
            Access::ALL.into_iter().map(capability_of).filter(|capability| consents.allows(*capability)).collect()
        };
        match self.config.side {
            Side::Rep => ConsentTerm::NotNeeded,
            Side::Customer => ConsentTerm::Given(self.shared.as_ref().map_or(CapabilitySet::EMPTY, given)),
        }
    }

    async fn peer_joined(&mut self) {
        let Some(shared) = self.shared.clone() else { return };
        let peer = match self.config.side {
            Side::Rep => Participant { id: CUSTOMER, role: Role::Customer, name: self.view.peer.clone() },
            Side::Customer => Participant { id: REP, role: Role::Rep, name: self.view.peer.clone() },
        };
        shared.set_peer(Some(peer.clone()));
        for plugin in shared.plugins() {
            shared.tell_soon(plugin, PluginEvent::Joined(peer.clone())).await;
        }
        shared.set_joined(true);
    }

    async fn peer_left(&mut self) {
        let Some(shared) = self.shared.clone() else { return };
        shared.set_joined(false);
        // With a conversation the link is already the next one.
        if self.conversation.is_none() || self.is_over() {
            shared.set_link(None);
        }
        shared.set_peer(None);
        shared.streams.reset_all();
        shared.desk.release_input();
        if self.is_over() {
            shared.screens.close_all();
        }
        for plugin in shared.plugins() {
            shared.tell_soon(plugin, PluginEvent::Left(shared.peer_id())).await;
        }
    }

    /// What was said stays readable after the end; nothing more can be said.
    fn keep_transcript(&mut self) {
        self.view.places.retain(|place, _| *place == "chat");
        for contribution in self.view.places.values_mut().flatten() {
            let mut nodes = contribution.nodes.as_ref().clone();
            for node in nodes.iter_mut().filter(|node| node.kind == "field") {
                node.properties.retain(|(name, _)| name != "enabled");
                node.properties.push(("enabled".to_owned(), lotse_runtime::Value::Flag(false)));
            }
            contribution.nodes = Arc::new(nodes);
        }
    }

    /// The end: nothing of the session goes on, and on the customer's side nothing of it is left.
    async fn close(&mut self, reason: EndReason) {
        self.config.guard.control.store(false, Ordering::Release);
        self.prompts.clear();
        if let Some(task) = self.dialing.take() {
            task.abort();
        }
        self.rendering.drain(..).for_each(|task| task.abort());
        if let Some(shared) = self.shared.take() {
            for plugin in shared.plugins() {
                if let Some(instance) = shared.instance(plugin) {
                    shared.seat(plugin, None);
                    dismiss(instance, reason);
                }
            }
            // After the plugins' rights: none of them opens anything again.
            shared.desk.close();
            shared.screens.close_all();
            shared.pictures.close_all();
            shared.set_link(None);
        }
        if let Some(conversation) = self.conversation.take() {
            tokio::spawn(conversation.end(16, "the session is over"));
        }
        self.path = None;
        if let Some(place) = &self.config.note {
            crate::resume::ResumeNote::remove(place);
        }
        if !matches!(self.machine.state(), State::Failed(_)) || self.config.side == Side::Rep {
            self.relay_says(ToRelay::EndSession { session: self.config.id, reason: format!("{reason:?}") });
        }
        self.keep_transcript();
        self.view.surfaces.clear();
        self.dirty = true;
    }
}

/// Takes a plugin's rights at once, lets it hear of the end, and stops it.
fn dismiss(instance: InstanceHandle, reason: EndReason) {
    for access in Access::ALL {
        let _ = instance.try_send(PluginEvent::Revoked(capability_of(access)));
    }
    let told = instance.try_send(PluginEvent::Ending(format!("{reason:?}"))).is_ok();
    tokio::spawn(async move {
        if told {
            let _ = tokio::time::timeout(ENDING_TIMEOUT, instance.stopped()).await;
        }
        instance.stop();
    });
}

fn package_side(side: Side) -> lotse_package::Side {
    match side {
        Side::Rep => lotse_package::Side::Rep,
        Side::Customer => lotse_package::Side::Customer,
    }
}

fn plugin_view(wanted: &lotse_protocol::control::PluginRef, contact: &str) -> PluginView {
    let state =
        if wanted.licensed { PluginState::Loading } else { PluginState::NotLicensed { contact: contact.to_owned() } };
    PluginView {
        id: wanted.id.clone(),
        name: wanted.id.clone(),
        version: wanted.version.to_string(),
        signer: None,
        state,
        calls: 0,
        cpu_us: 0,
        memory_bytes: 0,
        sent_bytes: 0,
        received_bytes: 0,
        restarts: 0,
    }
}

fn path_config(offer: &lotse_protocol::control::SessionOffer, relay: std::net::IpAddr) -> PathConfig {
    let ticket = lotse_transport::bind::LegTicket { token: offer.leg.token.clone(), secret: offer.leg.secret };
    PathConfig { relay: SocketAddr::new(relay, offer.leg.udp_port), ticket }
}

async fn keep_listening(
    identity: lotse_transport::Identity,
    peer: lotse_transport::Fingerprint,
    mut leg: watch::Receiver<Option<PathConfig>>,
    links: mpsc::Sender<Link>,
    paths: mpsc::Sender<PathHandle>,
) {
    loop {
        let Some(config) = leg.borrow_and_update().clone() else { return };
        let tried = tokio::select! {
            tried = listen(&identity, peer, config) => tried,
            _ = leg.changed() => continue,
        };
        match tried {
            Ok(listener) => {
                let _ = paths.send(listener.path().clone()).await;
                loop {
                    match listener.accept().await {
                        Ok(link) => {
                            if links.send(link).await.is_err() {
                                return;
                            }
                        }
                        Err(problem) => {
                            tracing::warn!(%problem, "a link was not taken");
                            tokio::time::sleep(DIAL_PAUSE).await;
                        }
                    }
                }
            }
            Err(problem) => tracing::warn!(%problem, "cannot listen for the other side"),
        }
        tokio::time::sleep(DIAL_PAUSE).await;
    }
}

async fn keep_connecting(
    identity: lotse_transport::Identity,
    peer: lotse_transport::Fingerprint,
    mut leg: watch::Receiver<Option<PathConfig>>,
    links: mpsc::Sender<Link>,
    paths: mpsc::Sender<PathHandle>,
) {
    loop {
        let Some(config) = leg.borrow_and_update().clone() else { return };
        let tried = tokio::select! {
            tried = connect(&identity, peer, config) => tried,
            // A newer leg: the old one may lead nowhere.
            _ = leg.changed() => continue,
        };
        match tried {
            Ok(link) => {
                let _ = paths.send(link.path().clone()).await;
                if links.send(link.clone()).await.is_err() {
                    return;
                }
                link.closed().await;
            }
            Err(problem) => tracing::warn!(%problem, "the other side is not reached"),
        }
        tokio::time::sleep(DIAL_PAUSE).await;
    }
}

/// Draws one plugin's places whenever it wants that.
async fn keep_rendered(shared: Arc<Shared>, plugin: usize) {
    let Some(wish) = shared.render_wish(plugin) else { return };
    loop {
        wish.notified().await;
        tokio::time::sleep(RENDER_PAUSE).await;
        let Some(instance) = shared.instance(plugin) else { continue };
        for place in PLACES {
            let (reply, answer) = tokio::sync::oneshot::channel();
            if instance.send(PluginEvent::Render { place: place.to_owned(), reply }).await.is_err() {
                continue;
            }
            if let Ok(Ok(nodes)) = tokio::time::timeout(RENDER_TIMEOUT, answer).await {
                shared.report(Inner::Rendered { plugin, place, nodes });
            }
        }
    }
}
