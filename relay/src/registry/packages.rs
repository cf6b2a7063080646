//! Signed packages from folders. Reading is bounded and refuses what no trusted key signed.

use super::error::RegistryError;
use super::lists::list_of;
use super::owners::{PluginOwners, leave_strangers_out};
use super::publishers::Publishers;
use super::resolve::{Resolved, resolve};
use super::rules::Rules;
use super::stored_package::{CatalogueEntry, StoredPackage};
use lotse_package::{API_VERSION, PACKAGE_BYTES_MAX, Package, VerifyError};
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Packages a relay reads. Several versions of a few dozen plugins.
pub const PACKAGES_MAX: usize = 512;
/// Bytes of packages a relay reads, since it keeps them in memory. The bundled ones are far under 200 KiB each.
pub const PACKAGES_BYTES_MAX: usize = 256 * 1024 * 1024;
/// A package of the largest size finds room.
const _: () = assert!(PACKAGE_BYTES_MAX <= PACKAGES_BYTES_MAX);
/// Plugins a session can have: they are numbered in one byte.
pub(super) const PLUGINS_MAX: usize = 255;

/// Where packages come from and whose are taken.
#[derive(Debug, Clone, Default)]
pub struct PackageSources {
    /// Folders that must be there: somebody named them.
    pub named: Vec<PathBuf>,
    /// Folders that may be missing.
    pub usual: Vec<PathBuf>,
    pub trusted: Publishers,
    /// Whose ids are known to be whose.
    pub owners: PluginOwners,
    /// Takes unsigned packages too.
    pub developer: bool,
}

/// All packages, by digest.
#[derive(Debug, Default)]
pub struct Catalogue {
    packages: HashMap<[u8; 32], StoredPackage>,
    new_owners: PluginOwners,
    /// Packages and bytes that were read, strangers' included.
    read: usize,
    read_bytes: usize,
}

impl Catalogue {
    /// Reads every package of the folders. What cannot be taken is named in the log and left out.
    pub fn read(sources: &PackageSources) -> Result<Self, RegistryError> {
        Self::read_with(sources, None)
    }

    /// The same, as if `extra` lay in one of the folders, too.
    pub(super) fn read_with(sources: &PackageSources, extra: Option<StoredPackage>) -> Result<Self, RegistryError> {
        let mut catalogue = Self::default();
        catalogue.read_folders(sources)?;
        if let Some(extra) = extra {
            catalogue.keep(extra);
        }
        catalogue.new_owners = leave_strangers_out(&mut catalogue.packages, &sources.owners);
        Ok(catalogue)
    }

    /// More was put into the folders than a relay takes, or would be with the package that was read besides.
    pub(super) fn is_over_full(&self) -> bool {
        self.read > PACKAGES_MAX || self.read_bytes > PACKAGES_BYTES_MAX
    }

    fn keep(&mut self, package: StoredPackage) {
        let bytes = package.bytes.len();
        // The same file in two folders is one package.
        if self.packages.insert(package.entry.digest, package).is_none() {
            self.read += 1;
            self.read_bytes += bytes;
        }
    }

    fn read_folders(&mut self, sources: &PackageSources) -> Result<(), RegistryError> {
        let named = sources.named.iter().map(|folder| (folder, true));
        let usual = sources.usual.iter().map(|folder| (folder, false));
        for (folder, must_be) in named.chain(usual) {
            let files = match package_files(folder) {
                Ok(files) => files,
                Err(error) if !must_be && error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(RegistryError::Folder(folder.clone(), error)),
            };
            for file in files {
                if self.packages.len() >= PACKAGES_MAX {
                    tracing::warn!(max = PACKAGES_MAX, "more plugin packages than a relay reads; the rest is left out");
                    return Ok(());
                }
                match read_package(&file, sources) {
                    Ok(package) if self.read_bytes + package.bytes.len() > PACKAGES_BYTES_MAX => {
                        let (file, max) = (file.display(), PACKAGES_BYTES_MAX);
                        tracing::warn!(%file, max, "a plugin package is left out: all together are larger than a relay keeps");
                    }
                    Ok(package) => self.keep(package),
                    Err(reason) => tracing::warn!(file = %file.display(), reason, "a plugin package is left out"),
                }
            }
        }
        Ok(())
    }

    /// Owners of ids that nobody was known to own; to be remembered.
    pub fn new_owners(&self) -> &PluginOwners {
        &self.new_owners
    }

    /// The package with this digest.
    pub fn get(&self, digest: &[u8; 32]) -> Option<&StoredPackage> {
        self.packages.get(digest)
    }

    /// All of them.
    pub fn packages(&self) -> impl Iterator<Item = &StoredPackage> {
        self.packages.values()
    }

    /// What became of each plugin under an account's rules, by id.
    pub fn resolved(&self, rules: &Rules) -> Vec<Resolved<'_>> {
        resolve(self.packages.values(), rules)
    }

    /// What new sessions of an account get: one version of each plugin, by id, as `resolve` chooses them.
    pub fn list(&self, rules: &Rules) -> Arc<[CatalogueEntry]> {
        list_of(self.resolved(rules))
    }

    /// What new sessions get where no rule says otherwise.
    pub fn newest(&self) -> Arc<[CatalogueEntry]> {
        self.list(&Rules::new())
    }

    /// Features that some package asks a licence for.
    pub fn features(&self) -> Vec<String> {
        let features: BTreeSet<&String> =
            self.packages.values().filter_map(|package| package.entry.feature.as_ref()).collect();
        features.into_iter().cloned().collect()
    }
}

/// The `*.wasm` files of a folder, in the order of their names.
pub(super) fn package_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "wasm"))
        .take(PACKAGES_MAX)
        .collect();
    files.sort();
    Ok(files)
}

/// A package whose signature was checked; or why it is not taken, in words.
pub(super) fn read_package(file: &Path, sources: &PackageSources) -> Result<StoredPackage, String> {
    let length = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if length > PACKAGE_BYTES_MAX as u64 {
        return Err(format!("it is {length} bytes long, over the limit of {PACKAGE_BYTES_MAX}"));
    }
    let bytes: Arc<[u8]> = fs::read(file).map_err(|error| error.to_string())?.into();
    let package = Package::read(&bytes).map_err(|error| error.to_string())?;
    let signer = match package.verify(&sources.trusted.keys()) {
        Ok(verified) => Some(verified.signer),
        Err(VerifyError::Unsigned) if sources.developer => None,
        Err(error @ VerifyError::Untrusted(_)) => {
            return Err(format!("{error}; put the publisher's key file into `trusted` in the data folder first"));
        }
        Err(error @ (VerifyError::Unsigned | VerifyError::Altered(_))) => return Err(error.to_string()),
    };
    let manifest = package.manifest();
    let entry = CatalogueEntry {
        id: manifest.id.to_string(),
        version: manifest.version.clone(),
        digest: *package.digest().as_bytes(),
        feature: manifest.feature.clone(),
        capabilities: manifest.capabilities.iter().map(|asked| asked.name).collect(),
        publisher: signer.and_then(|signer| sources.trusted.name(&signer).map(str::to_owned)),
    };
    let requires = manifest.requires.iter().map(|(id, wanted)| (id.to_string(), wanted.clone())).collect();
    let fits_contract = manifest.runs_on(&API_VERSION);
    let name = manifest.name.clone();
    drop(package);
    Ok(StoredPackage { entry, name, signer, requires, fits_contract, bytes })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use std::collections::BTreeMap;

    fn stored(id: &str, version: &str, digest: u8, feature: Option<&str>) -> StoredPackage {
        let entry = CatalogueEntry {
            id: id.into(),
            version: version.parse().unwrap(),
            digest: [digest; 32],
            feature: feature.map(str::to_owned),
            capabilities: BTreeSet::new(),
            publisher: None,
        };
        let (name, requires) = (Default::default(), BTreeMap::new());
        StoredPackage { entry, name, signer: None, requires, fits_contract: true, bytes: Arc::new([]) }
    }

    #[test]
    fn sessions_get_the_newest_of_each_in_a_fixed_order() {
        let mut catalogue = Catalogue::default();
        let versions =
            [("lotse.chat", "1.9.0"), ("lotse.chat", "1.10.0"), ("lotse.chat", "1.10.0-beta.1"), ("a.b", "0.1.0")];
        for (digest, (id, version)) in versions.into_iter().enumerate() {
            let package = stored(id, version, digest as u8, Some("chat"));
            catalogue.packages.insert(package.entry.digest, package);
        }
        let newest: Vec<_> = catalogue.newest().iter().map(|entry| format!("{} {}", entry.id, entry.version)).collect();
        assert_eq!(newest, ["a.b 0.1.0", "lotse.chat 1.10.0"]);
        assert_eq!(catalogue.features(), ["chat"]);
    }

    #[test]
    fn a_named_folder_must_be_there_and_a_usual_one_need_not() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("nothing");
        let usual = PackageSources { usual: vec![missing.clone()], ..PackageSources::default() };
        assert!(Catalogue::read(&usual).unwrap().newest().is_empty());
        let named = PackageSources { named: vec![missing], ..PackageSources::default() };
        assert!(Catalogue::read(&named).is_err());
    }

    #[test]
    fn the_same_bytes_count_once_and_bytes_have_a_bound() {
        let mut catalogue = Catalogue::default();
        for _ in 0..2 {
            catalogue.keep(StoredPackage { bytes: [0; 5].into(), ..stored("a.b", "0.1.0", 1, None) });
        }
        assert_eq!((catalogue.read, catalogue.read_bytes, catalogue.is_over_full()), (1, 5, false));
        catalogue.read_bytes = PACKAGES_BYTES_MAX;
        catalogue.keep(StoredPackage { bytes: [0].into(), ..stored("a.b", "0.2.0", 2, None) });
        assert!(catalogue.is_over_full());
    }

    #[test]
    fn what_is_no_package_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("noise.wasm"), b"\0asm noise").unwrap();
        fs::write(folder.path().join("readme.txt"), b"hello").unwrap();
        let sources =
            PackageSources { named: vec![folder.path().into()], developer: true, ..PackageSources::default() };
        assert!(Catalogue::read(&sources).unwrap().packages.is_empty());
    }
}
