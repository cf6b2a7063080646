//! Whose a plugin's id is: trusting a publisher's key is not giving them everybody's ids.
//!
//! A plugin's values, its name in prompts and its place beside others go by its id, so a version from somebody else would
//! inherit them all. The store remembers who signed an id when the relay first had it, and that key's packages are taken,
//! whatever versions others claim. Of an id that is new and signed by several nothing is taken: nobody here can tell whose it
//! is. `lotse-relay plugin release` makes an id new again.

use super::stored_package::StoredPackage;
use lotse_package::PublicKey;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The key that each id belongs to.
pub type PluginOwners = BTreeMap<String, PublicKey>;

/// Takes out what its id's owner did not sign, with a warning that names the keys. Returns owners that were not known.
pub(super) fn leave_strangers_out(
    packages: &mut HashMap<[u8; 32], StoredPackage>,
    known: &PluginOwners,
) -> PluginOwners {
    let mut signers: BTreeMap<String, BTreeSet<Option<PublicKey>>> = BTreeMap::new();
    for package in packages.values().filter(|package| !known.contains_key(&package.entry.id)) {
        signers.entry(package.entry.id.clone()).or_default().insert(package.signer);
    }
    packages.retain(|_, package| match known.get(&package.entry.id) {
        Some(owner) => is_owners(package, owner),
        None => signers.get(&package.entry.id).is_some_and(|signers| signers.len() == 1),
    });
    let mut new = PluginOwners::new();
    for (id, signers) in signers {
        let only = if signers.len() == 1 { signers.first().copied() } else { None };
        match only {
            Some(Some(key)) => {
                new.insert(id, key);
            }
            // Developer mode: what nobody signed is nobody's to keep.
            Some(None) => {}
            None => {
                let keys: Vec<String> = signers.into_iter().map(shown).collect();
                tracing::warn!(
                    plugin = id,
                    signers = keys.join(", "),
                    "a plugin is left out: it is new here and several signed packages of it. Take all but its owner's out of the plugin folders, and start the relay again"
                );
            }
        }
    }
    new
}

fn is_owners(package: &StoredPackage, owner: &PublicKey) -> bool {
    let own = package.signer.as_ref() == Some(owner);
    if !own {
        tracing::warn!(
            plugin = %package.entry.id,
            version = %package.entry.version,
            signer = shown(package.signer),
            owner = %owner,
            "a plugin package is left out: its id belongs to another key. If this signer has taken the plugin over, take the old owner's packages out of the plugin folders, run `lotse-relay plugin release`, and start the relay again"
        );
    }
    own
}

fn shown(signer: Option<PublicKey>) -> String {
    signer.map_or_else(|| "nobody".to_owned(), |key| key.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::registry::CatalogueEntry;
    use std::sync::Arc;

    /// What is left of `packages`, whose owners are learnt.
    fn left(owners: &mut PluginOwners, packages: &[(&str, &str, Option<u8>)]) -> Vec<String> {
        let mut all = HashMap::new();
        for (number, (id, version, signer)) in packages.iter().enumerate() {
            let entry = CatalogueEntry {
                id: (*id).to_owned(),
                version: version.parse().unwrap(),
                digest: [number as u8; 32],
                feature: None,
                capabilities: Default::default(),
                publisher: None,
            };
            let signer = signer.map(|seed| PublicKey::from_bytes([seed; 32]));
            let (name, requires) = (Default::default(), BTreeMap::new());
            let package = StoredPackage { entry, name, signer, requires, fits_contract: true, bytes: Arc::new([]) };
            all.insert(package.entry.digest, package);
        }
        let new = leave_strangers_out(&mut all, owners);
        assert!(new.keys().all(|id| !owners.contains_key(id)), "an owner stays");
        owners.extend(new);
        let mut left: Vec<String> =
            all.values().map(|package| format!("{} {}", package.entry.id, package.entry.version)).collect();
        left.sort();
        left
    }

    const REAL: [(&str, &str, Option<u8>); 2] = [("lotse.chat", "1.9.0", Some(1)), ("lotse.chat", "1.10.0", Some(1))];
    /// Both older and newer than what is there, one of the very same version, one that nobody signed.
    const STRANGERS: [(&str, &str, Option<u8>); 5] = [
        ("lotse.chat", "0.0.1", Some(2)),
        ("lotse.chat", "1.10.0", Some(2)),
        ("lotse.chat", "9.0.0", Some(2)),
        ("lotse.chat", "9.1.0", None),
        ("acme.notes", "1.0.0", Some(2)),
    ];

    /// Scar: any trusted key could ship `lotse.chat 9.0.0` and inherit what chats had kept; and when the lowest version said
    /// whose an id is, `0.0.1` beside it, and the real chat was left out.
    #[test]
    fn an_id_stays_with_whoever_signed_it_first() {
        let mut owners = PluginOwners::new();
        assert_eq!(left(&mut owners, &REAL), ["lotse.chat 1.10.0", "lotse.chat 1.9.0"]);
        let all = [&REAL[..], &STRANGERS].concat();
        assert_eq!(left(&mut owners, &all), ["acme.notes 1.0.0", "lotse.chat 1.10.0", "lotse.chat 1.9.0"]);
        assert_eq!(left(&mut owners, &STRANGERS), ["acme.notes 1.0.0"], "with the real one gone, too");
        let keys = |seed| PublicKey::from_bytes([seed; 32]);
        assert_eq!(owners, [("acme.notes".to_owned(), keys(2)), ("lotse.chat".to_owned(), keys(1))].into());
    }

    #[test]
    fn of_a_new_id_that_several_signed_nothing_is_taken() {
        let mut owners = PluginOwners::new();
        let all = [&REAL[..], &STRANGERS].concat();
        assert_eq!(left(&mut owners, &all), ["acme.notes 1.0.0"]);
        assert!(!owners.contains_key("lotse.chat"), "and nobody is remembered for it");
        assert_eq!(left(&mut owners, &REAL).len(), 2, "with the strangers' taken out it is whose it is");
    }

    #[test]
    fn what_nobody_signed_is_nobodys() {
        let mut owners = PluginOwners::new();
        assert_eq!(left(&mut owners, &[("a.b", "1.0.0", None), ("a.b", "2.0.0", None)]).len(), 2, "developer mode");
        assert!(owners.is_empty());
        assert_eq!(left(&mut owners, &[("a.b", "1.0.0", None), ("a.b", "2.0.0", Some(1))]).len(), 0);
        assert_eq!(left(&mut owners, &[("a.b", "2.0.0", Some(1))]).len(), 1);
        assert_eq!(left(&mut owners, &[("a.b", "3.0.0", None)]).len(), 0);
    }
}
