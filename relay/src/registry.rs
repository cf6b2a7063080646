//! The plugins this relay hands out: verified packages from its folders, and their compiled forms.
//!
//! Packages are read at start and whenever the operator changes something; the newest fitting version of each is what new
//! sessions get, and every version can be fetched, since a running session keeps its own: also one whose file is gone, for as
//! long as some session has it. A bad package is named in the log and left out, and the relay runs.

mod adding;
mod answers;
mod compiled;
mod error;
mod folders;
mod lists;
mod owners;
mod packages;
mod publishers;
mod resolve;
mod rules;
mod stored_package;

pub use adding::{AddError, Addition, PackageFile, files_of, put, try_on};
pub use compiled::{Compiler, MissingCode, targets};
pub use error::RegistryError;
pub use folders::PackageFolders;
pub use lists::PluginLists;
pub use owners::PluginOwners;
pub use packages::{Catalogue, PackageSources};
pub use publishers::Publishers;
pub use resolve::{Resolved, Why};
pub use rules::{AccountRules, RULES_MAX, Rule, Rules};
pub use stored_package::{CatalogueEntry, StoredPackage};

use answers::Answers;
use bytes::Bytes;
use lotse_package::TrustedKeys;
use lotse_protocol::control::FromRelay;
use lotse_protocol::wire::{self, FROM_RELAY_BYTES_MAX};
use lotse_runtime::Trust;
use parking_lot::{Mutex, RwLock};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// Bytes of packages that are kept for running sessions alone, their files being gone.
const GONE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Answers fetches. Clones share everything.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

struct Inner {
    held: RwLock<Held>,
    compiler: Compiler,
    answers: Mutex<Answers>,
}

/// What was read last.
struct Held {
    catalogue: Catalogue,
    /// Packages whose files are gone, by digest; some session may still have them.
    gone: BTreeMap<[u8; 32], StoredPackage>,
    trust: Trust,
}

impl Registry {
    /// A registry of what was read from the folders. `trusted` are those whose packages it takes; with `developer` those that
    /// nobody signed, too.
    pub fn new(catalogue: Catalogue, trusted: TrustedKeys, developer: bool, compiler: Compiler) -> Self {
        let trust = Trust { keys: trusted, developer_mode: developer };
        let held = RwLock::new(Held { catalogue, gone: BTreeMap::new(), trust });
        Self { inner: Arc::new(Inner { held, compiler, answers: Mutex::default() }) }
    }

    /// What new sessions get, in the order that numbers the plugins on the wire. Many rules take a while: they are looked at on
    /// a thread for that. `None`: the relay is ending.
    pub async fn lists(&self, rules: AccountRules) -> Option<PluginLists> {
        let inner = Arc::clone(&self.inner);
        let lists = move || PluginLists::of(&inner.held.read().catalogue, &rules);
        tokio::task::spawn_blocking(lists).await.ok()
    }

    /// Looks at what becomes of each plugin that is here under an account's rules, by id.
    pub fn look<R>(&self, rules: &Rules, look: impl FnOnce(&[Resolved<'_>]) -> R) -> R {
        let held = self.inner.held.read();
        look(&held.catalogue.resolved(rules))
    }

    /// Whether these features are enough for some version of this plugin that is here, or that a running session may have.
    pub fn is_licensed(&self, id: &str, features: &BTreeSet<String>) -> bool {
        let held = self.inner.held.read();
        let mut versions = held.catalogue.packages().chain(held.gone.values()).map(|package| &package.entry);
        versions.any(|entry| entry.id == id && entry.feature.as_ref().is_none_or(|feature| features.contains(feature)))
    }

    /// Every feature that a plugin here asks a licence for.
    pub fn features(&self) -> Vec<String> {
        self.inner.held.read().catalogue.features()
    }

    /// What becomes of each plugin under an account's rules, as `look` sees it.
    pub fn resolved<T>(&self, rules: &Rules, look: impl Fn(&Resolved<'_>) -> T) -> Vec<T> {
        self.inner.held.read().catalogue.resolved(rules).iter().map(look).collect()
    }

    /// Takes what was read anew in the place of what there is. What is gone can be fetched until [`Self::forget_unused`].
    pub fn replace(&self, catalogue: Catalogue, trusted: TrustedKeys) {
        let mut held = self.inner.held.write();
        let Held { catalogue: now, gone, trust } = &mut *held;
        let before = std::mem::replace(now, catalogue);
        gone.extend(before.packages().map(|package| (package.entry.digest, package.clone())));
        gone.retain(|digest, _| now.get(digest).is_none());
        trust.keys = trusted;
    }

    /// Forgets packages whose files are gone and that are not among those that sessions have.
    pub fn forget_unused(&self, used: &HashSet<[u8; 32]>) {
        let mut held = self.inner.held.write();
        let Held { catalogue, gone, .. } = &mut *held;
        gone.retain(|digest, _| used.contains(digest));
        let mut bytes: usize = gone.values().map(|package| package.bytes.len()).sum();
        while bytes > GONE_BYTES_MAX
            && let Some((_, package)) = gone.pop_first()
        {
            bytes -= package.bytes.len();
            let CatalogueEntry { id, version, .. } = &package.entry;
            tracing::warn!(plugin = id, %version, "a removed plugin is kept no longer, though a session has it: too many are removed");
        }
        self.inner.answers.lock().retain(|digest| catalogue.get(digest).is_some() || gone.contains_key(digest));
    }

    /// The encoded message that answers a fetch: the package with its code for `engine`, or why there is none.
    ///
    /// Compiles when nobody has yet; several who ask at once wait for one compilation.
    pub async fn answer(&self, digest: [u8; 32], engine: &str, program_version: &str) -> FetchAnswer {
        match self.find(digest, engine, program_version).await {
            Ok(message) => FetchAnswer::Encoded(message),
            Err(missing) => FetchAnswer::Missing(FromRelay::PluginMissing { digest, reason: missing.to_string() }),
        }
    }

    async fn find(&self, digest: [u8; 32], engine: &str, program_version: &str) -> Result<Bytes, MissingCode> {
        let (package, trust) = self.package(&digest).ok_or(MissingCode::Unknown)?;
        let target = compiled::target_of(engine, program_version)?;
        let key = (digest, target.to_owned());
        let cell = self.inner.answers.lock().cell(&key);
        if let Some(message) = cell.get() {
            return Ok(message.clone());
        }
        let message = cell.get_or_try_init(|| self.make(&package, &trust, target)).await?.clone();
        self.inner.answers.lock().finish(key, message.len());
        Ok(message)
    }

    fn package(&self, digest: &[u8; 32]) -> Option<(StoredPackage, Trust)> {
        let held = self.inner.held.read();
        let found = held.catalogue.get(digest).or_else(|| held.gone.get(digest))?;
        Some((found.clone(), held.trust.clone()))
    }

    async fn make(&self, package: &StoredPackage, trust: &Trust, target: &str) -> Result<Bytes, MissingCode> {
        let code = self.inner.compiler.compile(package, trust, target).await?;
        let message = FromRelay::Plugin { digest: package.entry.digest, package: package.bytes.to_vec(), code };
        let encoded = wire::encode(&message, FROM_RELAY_BYTES_MAX).map_err(|_| MissingCode::TooLarge)?;
        Ok(Bytes::from(encoded))
    }

    /// Compiles `entries` for this relay's own kind of computer, one after another.
    pub async fn warm_up(&self, entries: Vec<CatalogueEntry>) {
        let engine = compiled::own_engine();
        for entry in entries {
            if let Err(missing) = self.find(entry.digest, &engine, env!("CARGO_PKG_VERSION")).await {
                tracing::warn!(plugin = %entry.id, version = %entry.version, %missing, "a plugin could not be compiled");
            }
        }
    }
}

/// What a fetch is answered with.
#[derive(Debug)]
pub enum FetchAnswer {
    /// A `FromRelay::Plugin`, encoded once for all who ask.
    Encoded(Bytes),
    Missing(FromRelay),
}
