//! The one-file format of a plugin: a WebAssembly component that carries its manifest and a signature.
//!
//! A package is read in three steps, each of which can refuse it: `Package::read` walks the sections and compares the
//! manifest with what the component really imports (nothing is compiled), `Package::verify` checks the signature over
//! the exact bytes that will run, and the runtime then grants an intersection of what the manifest asks for.
//! The same crate signs packages (`sign`), makes them (`build_component`, `pack`; feature `pack`) and is the author's
//! tool `lotse-plugin` (feature `cli`).
//! Everything here is a pure function of bytes: no clock, no network, no knowledge of the host.

mod capability;
mod digest;
mod error;
mod interface;
mod manifest;
#[cfg(feature = "pack")]
mod pack;
mod package;
mod section;
mod sign;
mod signature;
mod text;

pub use capability::{Capability, Consent};
pub use digest::Digest;
pub use error::{KeyError, ManifestError, PackError, PackageError, VerifyError};
pub use interface::{Handler, Interface, InterfaceName};
pub use manifest::{CapabilityRequest, Fails, Manifest, PluginId, Side};
#[cfg(feature = "pack")]
pub use pack::{build_component, pack};
pub use package::{PACKAGE_BYTES_MAX, Package};
pub use sign::sign;
pub use signature::{PublicKey, Signature, SigningKey, TrustedKeys, Verified};
pub use text::Texts;

/// The version of `lotse:plugin` in `plugin-api/wit` that this host offers.
pub const API_VERSION: semver::Version = semver::Version::new(0, 1, 1);

/// Namespace and name of the contract's WIT package.
pub const API_PACKAGE: &str = "lotse:plugin";
