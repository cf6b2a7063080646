//! One package that was read and taken, and what a session's list says of it.
//!
//! Whose ids are whose and which versions go together is decided over these, beside [`super::packages`] that reads them.

use lotse_package::{Capability, PublicKey, Texts};
use semver::{Version, VersionReq};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A plugin in one version, as a session's list needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueEntry {
    pub id: String,
    pub version: Version,
    /// SHA-256 of the package.
    pub digest: [u8; 32],
    /// What the licence must cover; `None` needs no licence.
    pub feature: Option<String>,
    /// What its manifest asks for.
    pub capabilities: BTreeSet<Capability>,
    /// What the operator calls whoever signed it; `None`: nobody did.
    pub publisher: Option<String>,
}

/// A package whose signature was checked, or that developer mode forgave for having none. Clones share the bytes.
#[derive(Debug, Clone)]
pub struct StoredPackage {
    pub entry: CatalogueEntry,
    /// As its manifest has it.
    pub name: Texts,
    /// Who signed it; `None`: nobody did.
    pub signer: Option<PublicKey>,
    /// Other plugins that must run beside it, by id.
    pub requires: BTreeMap<String, VersionReq>,
    /// It runs on the contract's version that this relay compiles for.
    pub fits_contract: bool,
    pub bytes: Arc<[u8]>,
}
