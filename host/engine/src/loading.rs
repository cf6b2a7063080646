//! Getting a session's plugins ready: from this computer's disk or the relay, verified, loaded, side by side.

use crate::plugin_store::{Fetched, PluginStore};
use crate::view::Signer;
use lotse_package::{API_VERSION, Digest, Package, PublicKey, TrustedKeys};
use lotse_protocol::control::PluginRef;
use lotse_protocol::tidy;
use lotse_runtime::{Compiled, Runtime, SignedCode};
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::mpsc;

/// A plugin that is ready, or why it is not.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub plugin: usize,
    pub outcome: Result<Ready, String>,
    /// The disk's copy did not do; the relay's is to be asked for.
    pub ask_relay: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Ready {
    pub compiled: Compiled,
    /// Who signed the package. `None`: nobody; developer mode.
    pub signer: Option<Signer>,
}

/// The plugins that one session has asked its relay for. Its program looks here before it hands one on: a plugin is
/// megabytes, and other sessions have no use for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted(Arc<Mutex<HashSet<[u8; 32]>>>);

impl Wanted {
    pub(crate) fn has(&self, digest: &[u8; 32]) -> bool {
        self.0.lock().contains(digest)
    }

    pub(crate) fn add(&self, digest: [u8; 32]) {
        self.0.lock().insert(digest);
    }

    fn remove(&self, digest: &[u8; 32]) {
        self.0.lock().remove(digest);
    }
}

/// Loads the plugins of one session.
pub(crate) struct Loader {
    pub runtime: Runtime,
    pub store: PluginStore,
    /// The key that signs the relay's compiled plugins.
    pub code_key: [u8; 32],
    /// Packages without a signature are taken: developer mode, which both sides see.
    pub unsigned: bool,
    pub loaded: mpsc::Sender<Loaded>,
    /// Those that are waited for, for whoever brings them.
    pub wanted: Wanted,
    waiting: HashMap<[u8; 32], (usize, PluginRef)>,
}

impl Loader {
    pub(crate) fn new(
        runtime: Runtime,
        store: PluginStore,
        code_key: [u8; 32],
        unsigned: bool,
        loaded: mpsc::Sender<Loaded>,
        wanted: Wanted,
    ) -> Self {
        Self { runtime, store, code_key, unsigned, loaded, wanted, waiting: HashMap::new() }
    }

    /// Tries the disk; the answer comes as [`Loaded`].
    pub(crate) fn from_disk(&self, plugin: usize, wanted: &PluginRef) {
        let (store, digest) = (self.store.clone(), wanted.digest);
        self.spawn(plugin, wanted.clone(), true, move || {
            store.load(&digest).ok_or_else(|| "not on this computer yet".to_owned())
        });
    }

    /// Notes that the relay was asked.
    pub(crate) fn expect(&mut self, plugin: usize, wanted: &PluginRef) {
        self.waiting.insert(wanted.digest, (plugin, wanted.clone()));
        self.wanted.add(wanted.digest);
    }

    /// What the relay gave.
    pub(crate) fn from_relay(&mut self, digest: [u8; 32], fetched: Arc<Fetched>) {
        self.wanted.remove(&digest);
        if let Some((plugin, wanted)) = self.waiting.remove(&digest) {
            let store = self.store.clone();
            self.spawn(plugin, wanted, false, move || {
                if Digest::of(&fetched.package).as_bytes() != &digest {
                    return Err("the relay sent another package than the session's".to_owned());
                }
                store.keep(&digest, &fetched);
                // Copied only while another session still has it.
                Ok(Arc::unwrap_or_clone(fetched))
            });
        }
    }

    /// The plugin that the relay cannot give.
    pub(crate) fn missing(&mut self, digest: &[u8; 32]) -> Option<usize> {
        self.wanted.remove(digest);
        self.waiting.remove(digest).map(|(plugin, _)| plugin)
    }

    /// Plugins still asked for, to be asked for again on a new control connection.
    pub(crate) fn waiting(&self) -> Vec<[u8; 32]> {
        self.waiting.keys().copied().collect()
    }

    fn spawn(
        &self,
        plugin: usize,
        wanted: PluginRef,
        ask_relay: bool,
        get: impl FnOnce() -> Result<Fetched, String> + Send + 'static,
    ) {
        let (runtime, key, unsigned, loaded) =
            (self.runtime.clone(), self.code_key, self.unsigned, self.loaded.clone());
        tokio::task::spawn_blocking(move || {
            let outcome = get().and_then(|fetched| check(&runtime, &wanted, fetched, key, unsigned));
            let _ = loaded.blocking_send(Loaded { plugin, outcome, ask_relay });
        });
    }
}

/// Everything that must hold before code from a relay runs here.
fn check(
    runtime: &Runtime,
    wanted: &PluginRef,
    fetched: Fetched,
    code_key: [u8; 32],
    unsigned: bool,
) -> Result<Ready, String> {
    let package = Package::read(&fetched.package).map_err(|problem| problem.to_string())?;
    let manifest = package.manifest();
    if manifest.id.to_string() != wanted.id || manifest.version != wanted.version {
        return Err(format!("the package is {} {} and not what the session names", manifest.id, manifest.version));
    }
    if !manifest.runs_on(&API_VERSION) {
        return Err(format!(
            "it needs version {} of the plugin interface, and this program has {API_VERSION}: bring Lotse up to date",
            manifest.api
        ));
    }
    let publisher = wanted.publisher.as_deref().map(|name| tidy(name, PUBLISHER_CHARS_MAX));
    let publisher = publisher.filter(|name| !name.is_empty());
    let signer = signer(&package, unsigned)?.map(|key| Signer { key, publisher });
    let code = SignedCode::read(fetched.code).map_err(|problem| problem.to_string())?;
    let compiled =
        runtime.load_signed(&code, &PublicKey::from_bytes(code_key)).map_err(|problem| problem.to_string())?;
    if compiled.package().as_bytes() != &wanted.digest {
        return Err("the compiled form belongs to another package".to_owned());
    }
    // What it may do is granted by the manifest that came with the code: it must be the one that was signed.
    if compiled.manifest() != manifest {
        return Err("the compiled form says something else of the plugin than its signed package".to_owned());
    }
    Ok(Ready { compiled, signer })
}

/// Who signed the package. Whose packages are handed out is the relay's operator's choice, so any signer will do here,
/// and is shown; a signature that does not fit the bytes never does.
fn signer(package: &Package<'_>, unsigned: bool) -> Result<Option<String>, String> {
    match package.signature() {
        Some(signature) => {
            let verified =
                package.verify(&TrustedKeys::new([signature.signer])).map_err(|problem| problem.to_string())?;
            Ok(Some(verified.signer.to_string()))
        }
        None if unsigned => Ok(None),
        None => Err("the package is not signed, and this is not developer mode".to_owned()),
    }
}

/// Longest name of a publisher, in characters; fits a line under a prompt.
const PUBLISHER_CHARS_MAX: usize = 60;

/// What this program tells a relay of the code it can run: engine version, space, target.
pub(crate) fn engine_name() -> String {
    format!("{} {}", lotse_runtime::engine_version(), Runtime::target())
}

#[cfg(test)]
mod tests;
