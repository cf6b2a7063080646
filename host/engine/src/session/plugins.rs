//! The session's plugins: fetched, checked against each other, started, and named when they fail.

use super::requires::{Member, unmet, waiting};
use super::{Plugin, Task, drawing};
use crate::loading::{Loaded, Loader, Ready};
use crate::neighbours;
use crate::plugin_host::PluginHost;
use crate::shared::Shared;
use crate::view::{AuditKind, PluginState, PluginView, Tone};
use lotse_package::Fails;
use lotse_protocol::control::{PluginRef, Side, ToRelay};
use lotse_runtime::{Capability, CapabilitySet, Instance, InstanceConfig, Licence, Limits, Policy, Request, grant};
use lotse_session::Event;
use std::sync::Arc;

impl Task {
    pub(super) fn fetch_plugins(&mut self) {
        let Some(offer) = self.offer.clone() else { return };
        let Some(loader) = &self.loader else { return };
        self.plugins = offer
            .plugins
            .iter()
            .map(|wanted| Plugin {
                settled: !wanted.licensed,
                // A rep is shown by name what is not licensed; a customer waits for no byte of it. The list of a session
                // that was taken up again knows nothing of what it came to have.
                asked: wanted.licensed || self.config.side == Side::Rep || self.config.restored.is_some(),
                ..Plugin::new(plugin_view(wanted, &self.view.contact))
            })
            .collect();
        for (number, wanted) in offer.plugins.iter().enumerate() {
            if self.plugins.get(number).is_some_and(|plugin| plugin.asked) {
                loader.from_disk(number, wanted);
            }
        }
        self.shared = Some(self.make_shared(&offer));
        for wanted in offer.plugins.iter().filter(|wanted| !wanted.licensed) {
            self.audit_not_started(wanted.id.clone(), "it is not licensed");
        }
        self.settle_plugins();
    }

    pub(super) fn on_control_up(&mut self) {
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

    pub(super) fn on_plugin_missing(&mut self, digest: &[u8; 32], reason: String) {
        let Some(number) = self.loader.as_mut().and_then(|loader| loader.missing(digest)) else { return };
        self.settle(number, Err(reason));
    }

    fn settle(&mut self, number: usize, outcome: Result<Ready, String>) {
        let locale = self.config.locale.clone();
        let Some(plugin) = self.plugins.get_mut(number) else { return };
        let waited_for = !std::mem::replace(&mut plugin.settled, true);
        plugin.answered = true;
        match outcome {
            Ok(ready) => {
                plugin.view.name = ready.compiled.manifest().name.pick(&locale).to_owned();
                plugin.view.signer.clone_from(&ready.signer);
                plugin.view.feature.clone_from(&ready.compiled.manifest().feature);
                plugin.view.asks = Request::from(ready.compiled.manifest()).capabilities;
                self.place(number, ready);
            }
            Err(why) => {
                plugin.view.state = PluginState::Stopped { why: why.clone() };
                let id = plugin.view.id.clone();
                self.audit_not_started(id, &why);
            }
        }
        self.dirty = true;
        // What nobody waited for comes when it comes.
        if waited_for {
            self.settle_plugins();
        } else {
            self.start_late();
        }
    }

    /// Tells the machine when nothing more is waited for.
    pub(super) fn settle_plugins(&mut self) {
        if !self.plugins.iter().all(|plugin| plugin.settled) {
            return;
        }
        self.resolve();
        let side = package_side(self.config.side);
        let runs_here = |ready: &Ready| ready.compiled.manifest().sides.contains(&side);
        let usable = self.plugins.iter().any(|plugin| plugin.ready.as_ref().is_some_and(runs_here));
        if usable || self.plugins.is_empty() {
            self.feed(Event::PluginsReady);
        } else {
            let why = self.plugins.iter().find_map(|plugin| match &plugin.view.state {
                PluginState::Stopped { why } => Some(format!("{}: {why}", plugin.view.id)),
                _ => None,
            });
            let why = why.or_else(|| self.licensed.refused());
            self.feed(Event::PluginsFailed(why.unwrap_or_else(|| "no plugin is licensed".to_owned())));
        }
    }

    /// The session's plugins, as far as they depend on each other.
    fn members(&self) -> Vec<Member<'_>> {
        let wanted = self.offer.as_ref().map(|offer| offer.plugins.as_slice()).unwrap_or_default();
        let known = wanted.iter().zip(&self.plugins);
        known
            .map(|(wanted, plugin)| Member {
                id: &wanted.id,
                version: &wanted.version,
                usable: plugin.ready.is_some(),
                ran: plugin.ran,
                coming: plugin.asked && !plugin.answered,
                requires: plugin.ready.as_ref().map(|ready| &ready.compiled.manifest().requires),
            })
            .collect()
    }

    /// Takes out what cannot run beside the others, by name. What was not started yet is kept aside: what it needs may come.
    pub(super) fn resolve(&mut self) {
        let missing = unmet(&self.members());
        for (number, why) in missing.into_iter().enumerate() {
            let (Some(why), Some(plugin)) = (why, self.plugins.get_mut(number)) else { continue };
            let ran = plugin.ran;
            let aside = plugin.ready.take().filter(|_| !ran);
            let told = plugin.view.state == PluginState::Stopped { why: why.clone() };
            plugin.aside = aside;
            let Some(id) = self.take_out(number, why.clone()) else { continue };
            if told {
                continue;
            }
            if ran {
                let name = self.plugins.get(number).map(|plugin| plugin.view.name.clone()).unwrap_or_default();
                self.audit(AuditKind::Stopped, id.clone(), String::new(), format!("plugin {id}: stopped: {why}"));
                self.notice(Tone::Caution, name, why);
            } else {
                self.audit_not_started(id, &why);
            }
        }
    }

    /// A plugin that cannot run in this session, and its instance, if it was quicker than what it needs.
    pub(super) fn take_out(&mut self, number: usize, why: String) -> Option<String> {
        let plugin = self.plugins.get_mut(number)?;
        plugin.ready = None;
        plugin.view.state = PluginState::Stopped { why };
        let id = plugin.view.id.clone();
        if let Some(shared) = &self.shared
            && let Some(instance) = shared.instance(number)
        {
            shared.seat(number, None);
            shared.showing.withdraw(number);
            shared.transfers.forget(shared, number);
            instance.stop();
        }
        self.clear_drawn(&id);
        self.dirty = true;
        Some(id)
    }

    pub(super) fn audit_not_started(&mut self, id: String, why: &str) {
        let text = format!("plugin {id}: not started: {why}");
        self.audit(AuditKind::NotStarted, id, String::new(), text);
    }

    pub(super) fn start_plugins(&mut self) {
        if self.shared.is_none() {
            return;
        }
        self.plugins_started = true;
        self.start_ready(false);
        self.tell_back();
    }

    /// Starts what is here, fits and was not started before, in the order of the list; those started now. `late`: the session
    /// runs already.
    pub(super) fn start_ready(&mut self, late: bool) -> Vec<usize> {
        let mut started = Vec::new();
        let Some(shared) = self.shared.clone() else { return started };
        for number in 0..self.plugins.len() {
            let waits = waiting(&self.members()).get(number).copied().unwrap_or(false);
            let plugin = self.plugins.get(number).filter(|plugin| plugin.view.state == PluginState::Loading && !waits);
            let Some(ready) = plugin.and_then(|plugin| plugin.ready.clone()) else { continue };
            match self.start_plugin(&shared, number, &ready) {
                Ok(state) => {
                    if let Some(plugin) = self.plugins.get_mut(number) {
                        plugin.ran = state == PluginState::Running;
                        plugin.view.state = state;
                        plugin.late = late;
                        started.push(number);
                    }
                }
                // The runtime has written the audit line. Those that need it go with it, those further on as well.
                Err(why) => {
                    self.take_out(number, why);
                    self.resolve();
                }
            }
        }
        started
    }

    /// Gives the state it is in from here on.
    pub(super) fn start_plugin(
        &mut self,
        shared: &Arc<Shared>,
        number: usize,
        ready: &Ready,
    ) -> Result<PluginState, String> {
        let manifest = ready.compiled.manifest();
        if !manifest.sides.contains(&package_side(self.config.side)) {
            return Ok(PluginState::OtherSide);
        }
        let request = Request::from(manifest);
        let licence = Licence::Features(self.licensed.kept().clone());
        let granted = grant(&request, &licence, &Policy::default(), self.consent_term());
        let limits = self.licensed.limits_of(manifest.feature.as_ref());
        let host = PluginHost { shared: shared.clone(), plugin: number, id: manifest.id.to_string(), limits };
        let config = InstanceConfig { granted, limits: Limits::default(), restored: None, present: Vec::new() };
        shared.set_possible(number, granted.possible());
        let instance = Instance::spawn(&self.config.runtime, &ready.compiled, config, Arc::new(host))
            .map_err(|problem| problem.to_string())?;
        shared.seat(number, Some(instance));
        self.rendering.push(tokio::spawn(drawing::keep_rendered(shared.clone(), number)));
        if granted.possible().contains(Capability::Desk) {
            self.rendering.push(tokio::spawn(neighbours::keep_told(shared.clone(), number)));
        }
        if granted.possible().contains(Capability::Shared) {
            self.want_shared(number, manifest.id.as_str());
        }
        if granted.possible().contains(Capability::Clipboard) {
            // Watching begins with the first plugin that may ever hear of it.
            let _ = shared.desk.clipboard();
        }
        Ok(PluginState::Running)
    }

    pub(super) fn on_fault(&mut self, number: usize, why: String, restarting: bool) {
        let Some(plugin) = self.plugins.get_mut(number) else { return };
        let fails = plugin.ready.as_ref().map(|ready| ready.compiled.manifest().fails);
        plugin.view.state = if restarting {
            PluginState::Restarting { why: why.clone() }
        } else {
            PluginState::Stopped { why: why.clone() }
        };
        if !restarting {
            plugin.ready = None;
        }
        let name = plugin.view.name.clone();
        let id = plugin.view.id.clone();
        if let Some(shared) = &self.shared {
            // Whoever asked what to show is not there to hear it.
            shared.showing.withdraw(number);
            if restarting {
                shared.invalidate(number);
            } else {
                shared.seat(number, None);
            }
        }
        // What fails open stays to be seen until the next instance draws.
        match fails {
            Some(Fails::Open) if restarting => {}
            Some(Fails::Open | Fails::Reloaded | Fails::Closed) | None => self.clear_drawn(&id),
        }
        self.notice(Tone::Caution, name, why);
        if !restarting {
            // Those that need it cannot go on either.
            self.resolve();
        }
    }
}

pub(super) fn package_side(side: Side) -> lotse_package::Side {
    match side {
        Side::Rep => lotse_package::Side::Rep,
        Side::Customer => lotse_package::Side::Customer,
    }
}

pub(super) fn plugin_view(wanted: &PluginRef, contact: &str) -> PluginView {
    let state =
        if wanted.licensed { PluginState::Loading } else { PluginState::NotLicensed { contact: contact.to_owned() } };
    PluginView {
        id: wanted.id.clone(),
        name: wanted.id.clone(),
        version: wanted.version.to_string(),
        signer: None,
        feature: None,
        asks: CapabilitySet::EMPTY,
        state,
        calls: 0,
        cpu_us: 0,
        memory_bytes: 0,
        sent_bytes: 0,
        received_bytes: 0,
        restarts: 0,
    }
}
