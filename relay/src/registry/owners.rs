//! Whose a plugin's id is: trusting a publisher's key is not giving them everybody's ids.
//!
//! A plugin's values, its name in prompts and its place beside others go by its id, so a newer version from somebody else
//! would inherit them all. Of each id the lowest version says whose it is; what another key signed, or nobody, is left
//! out. An operator who gives a plugin to another publisher takes the old versions out of the folders.

use super::packages::StoredPackage;
use lotse_package::PublicKey;
use semver::Version;
use std::collections::{BTreeMap, HashMap};

/// Takes out what its id's owner did not sign, each with a warning.
pub(super) fn leave_strangers_out(packages: &mut HashMap<[u8; 32], StoredPackage>) {
    let mut owners: BTreeMap<String, (Version, [u8; 32], Option<PublicKey>)> = BTreeMap::new();
    for package in packages.values() {
        let entry = &package.entry;
        let first = (entry.version.clone(), entry.digest, package.signer);
        // Of two packages of one version the one with the lower digest counts, as when versions are chosen.
        let known = owners.entry(entry.id.clone()).or_insert_with(|| first.clone());
        if (&first.0, &first.1) < (&known.0, &known.1) {
            *known = first;
        }
    }
    packages.retain(|_, package| {
        let owner = owners.get(&package.entry.id).and_then(|(_, _, signer)| *signer);
        let own = owner == package.signer;
        if !own {
            let shown = |key: Option<PublicKey>| key.map_or_else(|| "nobody".to_owned(), |key| key.to_string());
            tracing::warn!(
                plugin = %package.entry.id,
                version = %package.entry.version,
                signer = %shown(package.signer),
                owner = %shown(owner),
                "a plugin package is left out: its id belongs to whoever signed its lowest version"
            );
        }
        own
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::registry::CatalogueEntry;
    use std::sync::Arc;

    fn left(packages: &[(&str, &str, Option<u8>)]) -> Vec<String> {
        let mut all = HashMap::new();
        for (number, (id, version, signer)) in packages.iter().enumerate() {
            let entry = CatalogueEntry {
                id: (*id).to_owned(),
                version: version.parse().unwrap(),
                digest: [number as u8; 32],
                feature: None,
                publisher: None,
            };
            let signer = signer.map(|seed| PublicKey::from_bytes([seed; 32]));
            let package =
                StoredPackage { entry, signer, requires: BTreeMap::new(), fits_contract: true, bytes: Arc::new([]) };
            all.insert(package.entry.digest, package);
        }
        leave_strangers_out(&mut all);
        let mut left: Vec<String> =
            all.values().map(|package| format!("{} {}", package.entry.id, package.entry.version)).collect();
        left.sort();
        left
    }

    /// Scar: any trusted key could ship `lotse.chat 9.0.0` and inherit what chats had kept.
    #[test]
    fn an_id_belongs_to_whoever_signed_its_lowest_version() {
        let packages = [
            ("lotse.chat", "1.10.0", Some(1)),
            ("lotse.chat", "9.0.0", Some(2)),
            ("lotse.chat", "1.9.0", Some(1)),
            ("lotse.chat", "9.1.0", None),
            ("acme.notes", "1.0.0", Some(2)),
        ];
        assert_eq!(left(&packages), ["acme.notes 1.0.0", "lotse.chat 1.10.0", "lotse.chat 1.9.0"]);
    }

    #[test]
    fn unsigned_ones_belong_together_and_one_version_has_one_owner() {
        assert_eq!(left(&[("a.b", "1.0.0", None), ("a.b", "2.0.0", None)]).len(), 2, "developer mode");
        assert_eq!(left(&[("a.b", "1.0.0", None), ("a.b", "2.0.0", Some(1))]), ["a.b 1.0.0"]);
        assert_eq!(left(&[("a.b", "1.0.0", Some(1)), ("a.b", "1.0.0", Some(2))]), ["a.b 1.0.0"]);
    }
}
