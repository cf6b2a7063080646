//! One plugin in one session: how it is started, spoken to, watched and stopped.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use lotse_package::{Capability, Fails};

use crate::actor;
use crate::event::{Event, SendError};
use crate::fault::{AuditEvent, AuditKind};
use crate::grant::{CapabilitySet, Granted};
use crate::host::{Host, Participant};
use crate::limits::Limits;
use crate::runtime::{Compiled, Runtime};
use crate::state::Shared;
use crate::stats::Stats;

/// How an instance is started.
#[derive(Debug, Clone)]
pub struct InstanceConfig {
    pub granted: Granted,
    pub limits: Limits,
    /// State saved by an earlier instance of this plugin in this session.
    pub restored: Option<Vec<u8>>,
    /// Participants who can be talked to at this moment, without this side itself.
    pub present: Vec<Participant>,
}

/// Why an instance is not started. Each names the plugin and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("plugin {plugin} is not started: it may not run here (licence or the operator's policy)")]
    NotAllowed { plugin: String },
    #[error(
        "plugin {plugin} is not started: it calls {capability}, which it was not granted; \
         its manifest, the licence and the operator's policy must all allow that"
    )]
    Missing { plugin: String, capability: Capability },
    #[error("plugin {plugin} is not started: it wants {import}, which this version of Lotse does not offer")]
    Foreign { plugin: String, import: String },
    #[error("plugin {plugin} is not started: {reason}; it may need a newer version of Lotse")]
    Mismatch { plugin: String, reason: String },
}

/// Starts instances.
#[derive(Debug)]
pub struct Instance;

impl Instance {
    /// Starts a plugin as a task of its own; must be called within a tokio runtime.
    ///
    /// What can be known without running it is an error here, and an audit line; everything later is a [`Fault`](crate::Fault) at the host.
    pub fn spawn(
        runtime: &Runtime,
        compiled: &Compiled,
        config: InstanceConfig,
        host: Arc<dyn Host>,
    ) -> Result<InstanceHandle, StartError> {
        let refused = host.clone();
        Self::try_spawn(runtime, compiled, config, host).inspect_err(|error| {
            let manifest = compiled.manifest();
            let (plugin, version) = (manifest.id.to_string(), manifest.version.to_string());
            refused.audit(AuditEvent { plugin, version, what: AuditKind::NotStarted(error.to_string()) });
        })
    }

    fn try_spawn(
        runtime: &Runtime,
        compiled: &Compiled,
        config: InstanceConfig,
        host: Arc<dyn Host>,
    ) -> Result<InstanceHandle, StartError> {
        let InstanceConfig { granted, mut limits, restored, present } = config;
        let manifest = compiled.manifest_shared();
        let plugin = manifest.id.to_string();
        let possible = granted.possible();
        check_imports(compiled, &plugin, possible, runtime)?;
        let mismatch = |error: wasmtime::Error| StartError::Mismatch {
            plugin: plugin.clone(),
            reason: format!("{error:#}").chars().take(300).collect(),
        };
        let prepared = compiled.prepare(runtime.engine(), possible).map_err(mismatch)?;

        limits.memory_bytes = limits.memory_bytes.min(u64::from(manifest.memory_mib) * 1024 * 1024);
        let version = manifest.version.to_string();
        let shared = Arc::new(Shared::new(plugin, version, granted, limits, host));
        let keeps_state = match manifest.fails {
            Fails::Reloaded | Fails::Open => true,
            Fails::Closed => false,
        };
        let life = actor::Life { prepared, ticker: runtime.ticker(), shared: shared.clone(), keeps_state };
        tokio::spawn(life.run(restored, present));
        Ok(InstanceHandle { inner: Arc::new(Last { shared }) })
    }
}

/// Everything the component wants to call must be linked, and is refused by name otherwise.
fn check_imports(
    compiled: &Compiled,
    plugin: &str,
    possible: CapabilitySet,
    runtime: &Runtime,
) -> Result<(), StartError> {
    if !possible.contains(Capability::Session) {
        return Err(StartError::NotAllowed { plugin: plugin.to_owned() });
    }
    let component_type = compiled.component.component_type();
    for (import, _) in component_type.imports(runtime.engine()) {
        let foreign = || StartError::Foreign { plugin: plugin.to_owned(), import: import.chars().take(120).collect() };
        let name = lotse_package::InterfaceName::parse(import).ok_or_else(foreign)?.name;
        match Capability::from_interface_name(&name) {
            Some(capability) if possible.contains(capability) => {}
            Some(capability) => return Err(StartError::Missing { plugin: plugin.to_owned(), capability }),
            None if name == "types" => {}
            None => return Err(foreign()),
        }
    }
    Ok(())
}

/// A running instance as the engine sees it. Clones are the same instance; it is stopped when the last one goes.
#[derive(Clone)]
pub struct InstanceHandle {
    inner: Arc<Last>,
}

/// Stops the instance when the last handle is dropped.
struct Last {
    shared: Arc<Shared>,
}

impl Drop for Last {
    fn drop(&mut self) {
        self.shared.queue.close();
    }
}

impl std::fmt::Debug for InstanceHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InstanceHandle({} {})", self.plugin(), self.version())
    }
}

impl InstanceHandle {
    #[must_use]
    pub fn plugin(&self) -> &str {
        &self.inner.shared.plugin
    }

    #[must_use]
    pub fn version(&self) -> &str {
        &self.inner.shared.version
    }

    /// Hands an event in and waits while the queue is full: what bounds a stream by the plugin's speed.
    pub async fn send(&self, event: Event) -> Result<(), SendError> {
        if !self.applies(&event) {
            return Ok(());
        }
        let sent = self.inner.shared.queue.push(event).await;
        self.count_dropped(sent)
    }

    /// Hands an event in now, merged with one that waits where that is right. A refused event is lost and counted.
    pub fn try_send(&self, event: Event) -> Result<(), SendError> {
        if !self.applies(&event) {
            return Ok(());
        }
        let sent = self.inner.shared.queue.try_push(event).map_err(|(_, error)| error);
        self.count_dropped(sent)
    }

    /// Changes of consent take effect here, not when the plugin comes round to hear of them.
    fn applies(&self, event: &Event) -> bool {
        match event {
            Event::Granted(capability) => self.inner.shared.grant(*capability),
            Event::Revoked(capability) => {
                self.inner.shared.revoke(*capability);
                self.inner.shared.possible.contains(*capability)
            }
            _ => true,
        }
    }

    fn count_dropped(&self, sent: Result<(), SendError>) -> Result<(), SendError> {
        if sent == Err(SendError::Full) {
            self.inner.shared.counters.events_dropped.fetch_add(1, Relaxed);
        }
        sent
    }

    /// What the plugin may do at this moment.
    #[must_use]
    pub fn active(&self) -> CapabilitySet {
        self.inner.shared.active()
    }

    /// What the plugin last saved; a later instance of the session starts from it.
    #[must_use]
    pub fn saved(&self) -> Option<Vec<u8>> {
        self.inner.shared.saved.lock().clone()
    }

    #[must_use]
    pub fn stats(&self) -> Stats {
        let shared = &self.inner.shared;
        let handles = shared.handles.lock().len();
        shared.counters.read(shared.queue.len(), handles)
    }

    /// Ends the instance: waiting events are dropped, a guest that runs is stopped within a tick of 10 ms.
    ///
    /// For a friendly end send [`Event::Ending`]: the instance stops by itself after it.
    pub fn stop(&self) {
        self.inner.shared.queue.close();
    }

    /// Waits until the instance has ended and everything it held is let go.
    pub async fn stopped(&self) {
        let mut ended = self.inner.shared.ended.subscribe();
        // The sender lives in `shared`, which this handle keeps.
        let _ = ended.wait_for(|ended| *ended).await;
    }
}
