//! The engine behind all instances of a program, and how code gets into it.
//!
//! The configuration is the same in every program: what a relay compiles must load at a customer's. Code is compiled for
//! a bare target, without features of the machine it is compiled on.

use std::path::PathBuf;
use std::sync::Arc;

#[cfg(feature = "compiler")]
use lotse_package::{API_VERSION, Package};
use lotse_package::{Digest, Manifest, PublicKey};
use parking_lot::Mutex;
use wasmtime::component::{Component, InstancePre};
use wasmtime::{Config, Engine};

use crate::code;
use crate::grant::CapabilitySet;
use crate::handlers::HandlerIndices;
use crate::meter::Ticker;
use crate::rights;
use crate::signed::{CodeError, SignedCode};
use crate::state::Guest;

/// Deep recursion in a guest ends here; Rust guests bring a stack of 1 MiB of their own in linear memory.
const GUEST_STACK_BYTES: usize = 512 * 1024;
/// A fibre carries the guest's stack and that of the host function it calls.
const FIBRE_STACK_BYTES: usize = 1024 * 1024;

/// Sets of capabilities a plugin is linked for at a time: more than licences and policies make at once.
const PREPARED_MAX: usize = 4;

#[derive(Debug, thiserror::Error)]
#[error("plugins cannot run on this computer: {0}")]
pub struct RuntimeError(pub(crate) String);

/// How a program sets the runtime up.
#[derive(Debug, Clone, Default)]
pub struct RuntimeOptions {
    /// Folder for compiled code; `None` compiles each time. Used only with the `compiler` feature.
    pub cache: Option<PathBuf>,
}

/// The plugin runtime of a program. Clones share everything.
#[derive(Clone)]
pub struct Runtime {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    ticker: Arc<Ticker>,
    #[cfg(feature = "compiler")]
    cache: Option<crate::cache::Cache>,
}

/// A plugin's code, ready to be instantiated, with what its package says of it. Clones share the code.
#[derive(Clone)]
pub struct Compiled {
    pub(crate) component: Component,
    manifest: Arc<Manifest>,
    package: Digest,
    /// Linked once for each set of capabilities: sessions of a program mostly share one.
    prepared: Arc<Mutex<Vec<(CapabilitySet, Arc<Prepared>)>>>,
}

/// A component with its imports resolved and its handlers found.
pub(crate) struct Prepared {
    pub pre: InstancePre<Guest>,
    pub indices: HandlerIndices,
}

impl Compiled {
    fn new(component: Component, manifest: Manifest, package: Digest) -> Self {
        Self { component, manifest: Arc::new(manifest), package, prepared: Arc::default() }
    }

    /// Links it with exactly the interfaces of `possible`.
    pub(crate) fn prepare(&self, engine: &Engine, possible: CapabilitySet) -> wasmtime::Result<Arc<Prepared>> {
        if let Some((_, found)) = self.prepared.lock().iter().find(|(set, _)| *set == possible) {
            return Ok(found.clone());
        }
        let pre = rights::linker(engine, possible)?.instantiate_pre(&self.component)?;
        let indices = HandlerIndices::find(&pre, possible)?;
        let made = Arc::new(Prepared { pre, indices });
        let mut prepared = self.prepared.lock();
        prepared.truncate(PREPARED_MAX - 1);
        prepared.insert(0, (possible, made.clone()));
        Ok(made)
    }

    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(crate) fn manifest_shared(&self) -> Arc<Manifest> {
        self.manifest.clone()
    }

    /// Digest of the signed package: the same on both sides of a session.
    #[must_use]
    pub fn package(&self) -> Digest {
        self.package
    }
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Compiled({} {} {})", self.manifest.id, self.manifest.version, self.package)
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runtime")
    }
}

impl Runtime {
    /// One for each program.
    pub fn new(options: RuntimeOptions) -> Result<Self, RuntimeError> {
        let RuntimeOptions { cache } = options;
        let engine = engine_for(Self::target())?;
        #[cfg(not(feature = "compiler"))]
        drop(cache);
        let ticker = Ticker::start(engine.weak()).map_err(|error| RuntimeError(error.to_string()))?;
        Ok(Self {
            inner: Arc::new(Inner {
                ticker,
                engine,
                #[cfg(feature = "compiler")]
                cache: cache.map(crate::cache::Cache::new),
            }),
        })
    }

    /// The target this program runs code of, as a relay must name it in [`Runtime::precompile`].
    ///
    /// wasmtime tells targets apart by processor and operating system alone, so one name stands for all of a kind.
    #[must_use]
    pub fn target() -> &'static str {
        if cfg!(all(target_arch = "x86_64", target_os = "windows")) {
            "x86_64-pc-windows-msvc"
        } else if cfg!(all(target_arch = "aarch64", target_os = "windows")) {
            "aarch64-pc-windows-msvc"
        } else if cfg!(all(target_arch = "x86_64", target_os = "macos")) {
            "x86_64-apple-darwin"
        } else if cfg!(all(target_arch = "aarch64", target_os = "macos")) {
            "aarch64-apple-darwin"
        } else if cfg!(target_arch = "aarch64") {
            "aarch64-unknown-linux-gnu"
        } else {
            "x86_64-unknown-linux-gnu"
        }
    }

    /// Loads code that somebody else compiled: the only way to native code from outside.
    ///
    /// Blocks for under a millisecond.
    pub fn load_signed(&self, code: &SignedCode, trusted: &PublicKey) -> Result<Compiled, CodeError> {
        let trusted = code.verify(trusted)?;
        let component = code::load(&self.inner.engine, Self::target(), &trusted)?;
        let header = code.header();
        Ok(Compiled::new(component, header.manifest.clone(), header.package))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    pub(crate) fn ticker(&self) -> Arc<Ticker> {
        self.inner.ticker.clone()
    }
}

fn engine_for(target: &str) -> Result<Engine, RuntimeError> {
    let mut config = Config::new();
    // Everything that code is bound to is said here; the rest has the same default everywhere.
    config
        .target(target)
        .map_err(|error| RuntimeError(format!("{target}: {error:#}")))?
        .wasm_component_model(true)
        // Makes each call five to eight times dearer, and API 0.1 has no async in it.
        .concurrency_support(false)
        .epoch_interruption(true)
        // Stripped guests have no names for it, and a panic says where it was by itself.
        .wasm_backtrace_max_frames(None)
        .max_wasm_stack(GUEST_STACK_BYTES)
        .async_stack_size(FIBRE_STACK_BYTES)
        .wasm_simd(true)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .wasm_multi_memory(true)
        .wasm_tail_call(false);
    #[cfg(feature = "compiler")]
    config.cranelift_opt_level(wasmtime::OptLevel::Speed);
    Engine::new(&config).map_err(|error| RuntimeError(format!("{target}: {error:#}")))
}

/// Why a package is not compiled.
#[cfg(feature = "compiler")]
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    #[error(transparent)]
    Package(#[from] lotse_package::PackageError),
    #[error(transparent)]
    Verify(#[from] lotse_package::VerifyError),
    #[error(
        "plugin {plugin} needs version {wanted} of the plugin interface and this program offers {API_VERSION}: \
         bring Lotse or the plugin up to date"
    )]
    OtherApi { plugin: String, wanted: String },
    #[error("this program cannot compile plugins for {0}")]
    Target(String),
    #[error("the plugin's code is not valid: {0}")]
    Code(String),
    #[error("compiling was interrupted: the program is ending")]
    Interrupted,
}

/// Whose packages are compiled.
#[cfg(feature = "compiler")]
#[derive(Debug, Clone, Default)]
pub struct Trust {
    pub keys: lotse_package::TrustedKeys,
    /// Takes unsigned packages too; both sides of a session see that mode. A wrong signature is refused even so.
    pub developer_mode: bool,
}

#[cfg(feature = "compiler")]
impl Runtime {
    /// Verifies and compiles a package on a thread of its own, or takes it from the cache. About 0.2 s when new.
    pub async fn compile(&self, package: Arc<[u8]>, trust: &Trust) -> Result<Compiled, CompileError> {
        let checked = check(&package, trust)?;
        let runtime = self.clone();
        let compile = move || {
            let (code, key) = runtime.code_for(&checked, &package, Self::target())?;
            runtime.load_signed(&code, &key).map_err(|error| CompileError::Code(error.to_string()))
        };
        tokio::task::spawn_blocking(compile).await.map_err(|_| CompileError::Interrupted)?
    }

    /// Compiles a package for programs without a compiler, and signs it for them.
    pub async fn precompile(
        &self,
        package: Arc<[u8]>,
        trust: &Trust,
        target: &str,
        key: Arc<ring::signature::Ed25519KeyPair>,
    ) -> Result<SignedCode, CompileError> {
        let checked = check(&package, trust)?;
        let runtime = self.clone();
        let target = target.to_owned();
        let compile = move || {
            let (code, local) = runtime.code_for(&checked, &package, &target)?;
            let code_error = |error: CodeError| CompileError::Code(error.to_string());
            let trusted = code.verify(&local).map_err(code_error)?;
            SignedCode::sign(code.header().clone(), trusted.code, &key).map_err(code_error)
        };
        tokio::task::spawn_blocking(compile).await.map_err(|_| CompileError::Interrupted)?
    }

    /// Code from the cache or fresh from the compiler, in an envelope of this machine's own, with the key to it.
    fn code_for(&self, checked: &Checked, bytes: &[u8], target: &str) -> Result<(SignedCode, PublicKey), CompileError> {
        if let Some(found) = self.inner.cache.as_ref().and_then(|cache| cache.find(checked.package, target)) {
            return Ok(found);
        }
        let other;
        let engine = if target == Self::target() {
            &self.inner.engine
        } else {
            other = engine_for(target).map_err(|error| CompileError::Target(error.0))?;
            &other
        };
        let code = engine
            .precompile_component(bytes)
            .map_err(|error| CompileError::Code(format!("{error:#}").chars().take(500).collect()))?;
        let header = crate::signed::CodeHeader {
            manifest: checked.manifest.clone(),
            package: checked.package,
            engine: crate::signed::engine_version().to_owned(),
            target: target.to_owned(),
        };
        let (key, public) = match &self.inner.cache {
            Some(cache) => cache.key(),
            None => crate::cache::passing_key(),
        }
        .ok_or_else(|| CompileError::Code("the system gave no random bytes".to_owned()))?;
        let envelope = SignedCode::sign(header, &code, &key).map_err(|error| CompileError::Code(error.to_string()))?;
        if let Some(cache) = &self.inner.cache {
            cache.keep(&envelope);
        }
        Ok((envelope, public))
    }
}

#[cfg(feature = "compiler")]
struct Checked {
    manifest: Manifest,
    package: Digest,
}

/// Everything that must hold before a compiler sees the bytes.
#[cfg(feature = "compiler")]
fn check(bytes: &[u8], trust: &Trust) -> Result<Checked, CompileError> {
    use lotse_package::VerifyError;
    let package = Package::read(bytes)?;
    match package.verify(&trust.keys) {
        Ok(_) => {}
        Err(VerifyError::Unsigned) if trust.developer_mode => {}
        Err(error @ (VerifyError::Unsigned | VerifyError::Untrusted(_) | VerifyError::Altered(_))) => {
            return Err(error.into());
        }
    }
    let manifest = package.manifest().clone();
    if !manifest.runs_on(&API_VERSION) {
        return Err(CompileError::OtherApi { plugin: manifest.id.to_string(), wanted: manifest.api.to_string() });
    }
    Ok(Checked { manifest, package: package.digest() })
}
