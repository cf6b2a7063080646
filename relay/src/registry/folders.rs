//! Where a relay was told to look for packages and for the keys it trusts.
//!
//! The store keeps what `serve` got on its command line, so that `plugin add` and `plugin list` see with the relay's eyes.
//! The data folder's own `plugins` and `trusted` come on top, wherever the folder lies now.

use super::error::RegistryError;
use super::owners::PluginOwners;
use super::packages::PackageSources;
use super::publishers::Publishers;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// In the data folder: packages that `plugin add` puts there.
pub const PACKAGES_FOLDER: &str = "plugins";
/// In the data folder: publishers' keys.
const TRUSTED_FOLDER: &str = "trusted";

/// What a relay was told on its command line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageFolders {
    /// Folders that must be there: somebody named them.
    pub named: Vec<PathBuf>,
    /// Folders that may be missing.
    pub usual: Vec<PathBuf>,
    /// Files with publishers' public keys.
    pub keys: Vec<PathBuf>,
    /// Takes unsigned packages too.
    pub developer: bool,
}

impl PackageFolders {
    /// Of a relay that was never started: `plugins` beside the program.
    pub fn beside_the_program() -> Self {
        let program = std::env::current_exe().ok();
        let usual = program.and_then(|program| Some(program.parent()?.join(PACKAGES_FOLDER)));
        Self { usual: usual.into_iter().collect(), ..Self::default() }
    }

    /// The same from any working directory.
    pub fn absolute(self) -> Self {
        let all = |paths: Vec<PathBuf>| -> Vec<PathBuf> {
            paths.into_iter().map(|path| std::path::absolute(&path).unwrap_or(path)).collect()
        };
        let Self { named, usual, keys, developer } = self;
        Self { named: all(named), usual: all(usual), keys: all(keys), developer }
    }

    /// With the data folder's own and with the publishers' keys, which are read.
    ///
    /// # Errors
    /// A key's file cannot be read.
    pub fn sources(&self, data: &Path, owners: PluginOwners) -> Result<PackageSources, RegistryError> {
        let Self { named, usual, keys, developer } = self;
        let trusted = Publishers::read(keys, &data.join(TRUSTED_FOLDER))?;
        let usual = usual.iter().cloned().chain([data.join(PACKAGES_FOLDER)]).collect();
        Ok(PackageSources { named: named.clone(), usual, trusted, owners, developer: *developer })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_data_folders_own_come_on_top_and_what_is_stored_is_read_again() {
        let data = tempfile::tempdir().unwrap();
        let told = PackageFolders { named: vec!["a".into()], usual: vec![], keys: vec![], developer: true }.absolute();
        assert!(told.named.iter().all(|folder| folder.is_absolute()));
        let stored = serde_json::to_string(&told).unwrap();
        assert_eq!(serde_json::from_str::<PackageFolders>(&stored).unwrap(), told);
        let sources = told.sources(data.path(), PluginOwners::new()).unwrap();
        assert_eq!((sources.named, sources.usual), (told.named, vec![data.path().join("plugins")]));
        assert!(sources.developer);
    }
}
