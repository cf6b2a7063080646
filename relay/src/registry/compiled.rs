//! Compiled forms of packages, made by the runtime, cached on disk and signed with the relay's code key.

use super::error::RegistryError;
use super::stored_package::StoredPackage;
use lotse_runtime::{Runtime, RuntimeOptions, Trust, engine_version};
use ring::signature::Ed25519KeyPair;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Kinds of computers that a relay compiles for: a closed list, so that nobody makes it compile without end.
pub fn targets() -> [&'static str; 6] {
    [
        "x86_64-unknown-linux-gnu",
        "aarch64-unknown-linux-gnu",
        "x86_64-pc-windows-msvc",
        "aarch64-pc-windows-msvc",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
    ]
}

/// Why a program gets no plugin. The text goes to its user.
#[derive(Debug, thiserror::Error)]
pub enum MissingCode {
    #[error("This relay does not have the plugin in this version; the session goes on without it.")]
    Unknown,
    #[error("This program (version {program}) is older than the relay ({relay}): update this program.")]
    ProgramOld { program: String, relay: &'static str },
    #[error("The relay ({relay}) is older than this program (version {program}): its operator must update the relay.")]
    RelayOld { program: String, relay: &'static str },
    #[error("The relay cannot compile plugins for this kind of computer ({0}).")]
    Target(String),
    #[error("The plugin is too large to be sent.")]
    TooLarge,
    #[error("The relay could not compile the plugin: {0}")]
    Compile(String),
}

/// How this relay's own programs name their engine in `Hello`: engine version, space, target.
pub fn own_engine() -> String {
    format!("{} {}", engine_version(), Runtime::target())
}

/// The target in what a program said of its engine, if this relay can compile for it.
pub fn target_of(engine: &str, program_version: &str) -> Result<&'static str, MissingCode> {
    let (version, target) = engine.trim().rsplit_once(' ').unwrap_or((engine, ""));
    if version != engine_version() {
        let relay = env!("CARGO_PKG_VERSION");
        let program = program_version.chars().take(40).collect();
        let parsed = (semver::Version::parse(program_version), semver::Version::parse(relay));
        return Err(match parsed {
            (Ok(program_parsed), Ok(relay_parsed)) if program_parsed > relay_parsed => {
                MissingCode::RelayOld { program, relay }
            }
            _ => MissingCode::ProgramOld { program, relay },
        });
    }
    targets()
        .into_iter()
        .find(|known| *known == target)
        .ok_or_else(|| MissingCode::Target(target.chars().take(60).collect()))
}

/// The runtime with what it needs to compile for others.
pub struct Compiler {
    runtime: Runtime,
    key: Arc<Ed25519KeyPair>,
    /// One at a time: compiling is the relay's only long work, and sessions need the other cores.
    turn: Semaphore,
}

impl Compiler {
    /// `cache` is where compiled code is kept.
    pub fn new(cache: PathBuf, key: Arc<Ed25519KeyPair>) -> Result<Self, RegistryError> {
        let runtime = Runtime::new(RuntimeOptions { cache: Some(cache) })
            .map_err(|error| RegistryError::Runtime(error.to_string()))?;
        Ok(Self { runtime, key, turn: Semaphore::new(1) })
    }

    /// The package's code for `target`, in the signed envelope, if its signer is among those that `trust` names.
    pub async fn compile(&self, package: &StoredPackage, trust: &Trust, target: &str) -> Result<Vec<u8>, MissingCode> {
        let _turn = self.turn.acquire().await.map_err(|error| MissingCode::Compile(error.to_string()))?;
        let code = self.runtime.precompile(package.bytes.clone(), trust, target, self.key.clone()).await;
        code.map(|code| code.as_bytes().to_vec()).map_err(|error| MissingCode::Compile(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn says_who_must_update() {
        assert_eq!(target_of(&own_engine(), "0.1.0").unwrap(), Runtime::target());
        let text = |program| target_of("lotse-engine-0 wasmtime-1 x", program).unwrap_err().to_string();
        assert!(text("0.0.9").contains("update this program"));
        assert!(text("99.0.0").contains("update the relay"));
        let other = target_of(&format!("{} sparc", engine_version()), "0.1.0").unwrap_err().to_string();
        assert!(other.contains("sparc"));
        for nonsense in ["", " ", "\u{0}", &"é ".repeat(100)] {
            assert!(target_of(nonsense, nonsense).is_err());
        }
    }
}
