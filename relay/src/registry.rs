//! The plugins this relay hands out: verified packages from its folders, and their compiled forms.
//!
//! Packages are read once at start; the newest fitting version of each is what new sessions get, and every version can be
//! fetched, since a running session keeps its own. A bad package is named in the log and left out, and the relay runs.

mod compiled;
mod error;
mod owners;
mod packages;
mod publishers;
mod resolve;
mod stored_package;

pub use compiled::{Compiler, MissingCode, targets};
pub use error::RegistryError;
pub use owners::PluginOwners;
pub use packages::{Catalogue, PackageSources};
pub use publishers::Publishers;
pub use stored_package::{CatalogueEntry, StoredPackage};

use bytes::Bytes;
use lotse_protocol::control::FromRelay;
use lotse_protocol::wire::{self, FROM_RELAY_BYTES_MAX};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Answers kept in memory, in bytes; what falls out is made again from the cache on disk.
const ANSWERS_BYTES_MAX: usize = 192 * 1024 * 1024;

/// Answers fetches. Clones share everything.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

struct Inner {
    catalogue: Catalogue,
    compiler: Compiler,
    answers: Mutex<Answers>,
}

type Key = ([u8; 32], String);

#[derive(Default)]
struct Answers {
    cells: HashMap<Key, Arc<OnceCell<Bytes>>>,
    /// Finished ones, oldest first, with their sizes.
    finished: VecDeque<(Key, usize)>,
    bytes: usize,
}

impl Registry {
    /// A registry of what was read from the folders.
    pub fn new(catalogue: Catalogue, compiler: Compiler) -> Self {
        Self { inner: Arc::new(Inner { catalogue, compiler, answers: Mutex::default() }) }
    }

    /// What new sessions get, in the order that numbers the plugins on the wire.
    pub fn newest(&self) -> Arc<[CatalogueEntry]> {
        self.inner.catalogue.newest()
    }

    /// Every feature that a plugin here asks a licence for.
    pub fn features(&self) -> Vec<String> {
        self.inner.catalogue.features()
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
        let package = self.inner.catalogue.get(&digest).ok_or(MissingCode::Unknown)?;
        let target = compiled::target_of(engine, program_version)?;
        let key = (digest, target.to_owned());
        let cell = self.inner.answers.lock().cells.entry(key.clone()).or_default().clone();
        if let Some(message) = cell.get() {
            return Ok(message.clone());
        }
        let message = cell.get_or_try_init(|| self.make(package, target)).await?.clone();
        self.inner.answers.lock().finish(key, message.len());
        Ok(message)
    }

    async fn make(&self, package: &StoredPackage, target: &str) -> Result<Bytes, MissingCode> {
        let code = self.inner.compiler.compile(package, target).await?;
        let message = FromRelay::Plugin { digest: package.entry.digest, package: package.bytes.to_vec(), code };
        let encoded = wire::encode(&message, FROM_RELAY_BYTES_MAX).map_err(|_| MissingCode::TooLarge)?;
        Ok(Bytes::from(encoded))
    }

    /// Compiles what new sessions get for this relay's own kind of computer, one after another.
    pub async fn warm_up(&self) {
        let engine = compiled::own_engine();
        for entry in self.newest().iter() {
            if let Err(missing) = self.find(entry.digest, &engine, env!("CARGO_PKG_VERSION")).await {
                tracing::warn!(plugin = %entry.id, version = %entry.version, %missing, "a plugin could not be compiled");
            }
        }
    }
}

impl Answers {
    fn finish(&mut self, key: Key, bytes: usize) {
        // Several waited for the same one; it is counted once.
        if self.finished.iter().any(|(finished, _)| *finished == key) {
            return;
        }
        self.finished.push_back((key, bytes));
        self.bytes += bytes;
        while self.bytes > ANSWERS_BYTES_MAX
            && self.finished.len() > 1
            && let Some((oldest, size)) = self.finished.pop_front()
        {
            self.cells.remove(&oldest);
            self.bytes = self.bytes.saturating_sub(size);
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
