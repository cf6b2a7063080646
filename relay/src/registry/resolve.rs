//! Which version of each plugin a new session gets: the newest that fits this relay's contract and the other plugins.
//!
//! Versions of the contract and of required plugins are semver requirements. Of two plugins that do not fit, the one that
//! requires gives way to an older version of itself; nobody is held back by what others require. Where no version fits,
//! the newest stays in the list, and the programs say by name what it needs.

use super::stored_package::{CatalogueEntry, StoredPackage};
use std::collections::BTreeMap;

/// One entry a plugin, by id.
pub(super) fn resolve<'a>(packages: impl Iterator<Item = &'a StoredPackage>) -> Vec<&'a CatalogueEntry> {
    let mut plugins: BTreeMap<&str, Vec<&StoredPackage>> = BTreeMap::new();
    for package in packages {
        plugins.entry(&package.entry.id).or_default().push(package);
    }
    for versions in plugins.values_mut() {
        if versions.iter().any(|package| package.fits_contract) {
            versions.retain(|package| package.fits_contract);
        }
        // Newest first. Of two packages of one version the one with the lower digest counts.
        versions.sort_by(|a, b| b.entry.version.cmp(&a.entry.version).then(a.entry.digest.cmp(&b.entry.digest)));
    }
    let mut choices: Vec<Choice<'a>> =
        plugins.into_values().map(|versions| Choice { versions, at: 0, settled: false }).collect();
    // Each round makes one choice older or settles one, so there is an end.
    while let Some(unhappy) = choices.iter().position(|choice| !choice.settled && !choice.is_happy(&choices)) {
        if let Some(choice) = choices.get_mut(unhappy) {
            choice.step_back();
        }
    }
    choices.iter().filter_map(Choice::chosen).map(|package| &package.entry).collect()
}

struct Choice<'a> {
    /// Newest first.
    versions: Vec<&'a StoredPackage>,
    at: usize,
    /// No version fits: it stays with its newest.
    settled: bool,
}

impl<'a> Choice<'a> {
    fn chosen(&self) -> Option<&'a StoredPackage> {
        self.versions.get(self.at).copied()
    }

    fn is_happy(&self, all: &[Choice<'a>]) -> bool {
        let mut requires = self.chosen().map(|package| &package.requires).into_iter().flatten();
        requires.all(|(id, wanted)| {
            let there = all.iter().filter_map(Choice::chosen).find(|package| package.entry.id == *id);
            there.is_some_and(|package| wanted.matches(&package.entry.version))
        })
    }

    fn step_back(&mut self) {
        self.at += 1;
        if self.at >= self.versions.len() {
            (self.at, self.settled) = (0, true);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::Arc;

    /// `id version`, what it requires, and whether it fits the contract.
    fn package(name: &str, requires: &[(&str, &str)], fits_contract: bool) -> StoredPackage {
        let (id, version) = name.split_once(' ').unwrap();
        let digest = [name.bytes().map(usize::from).sum::<usize>() as u8; 32];
        StoredPackage {
            entry: CatalogueEntry {
                id: id.into(),
                version: version.parse().unwrap(),
                digest,
                feature: None,
                publisher: None,
            },
            signer: None,
            requires: requires.iter().map(|(id, wanted)| ((*id).to_owned(), wanted.parse().unwrap())).collect(),
            fits_contract,
            bytes: Arc::new([]),
        }
    }

    fn chosen(packages: &[StoredPackage]) -> Vec<String> {
        resolve(packages.iter()).iter().map(|entry| format!("{} {}", entry.id, entry.version)).collect()
    }

    #[test]
    fn the_newest_that_fits_the_contract_is_taken() {
        let mut packages = vec![
            package("a.b 1.9.0", &[], true),
            package("a.b 1.10.0", &[], true),
            package("a.b 1.10.0-beta.1", &[], true),
            package("a.b 2.0.0", &[], false),
        ];
        assert_eq!(chosen(&packages), ["a.b 1.10.0"]);
        packages.retain(|package| !package.fits_contract);
        assert_eq!(chosen(&packages), ["a.b 2.0.0"], "so that somebody says what it needs");
    }

    #[test]
    fn who_requires_gives_way_and_nobody_else() {
        let chat = [package("lotse.chat 1.4.0", &[], true), package("lotse.chat 2.0.0", &[], true)];
        let notes = [
            package("a.notes 1.0.0", &[("lotse.chat", ">=1")], true),
            package("a.notes 1.1.0", &[("lotse.chat", "^1")], true),
        ];
        // What needs the notes follows them.
        let export = [package("b.export 0.1.0", &[], true), package("b.export 0.2.0", &[("a.notes", ">=1.1")], true)];
        let all: Vec<StoredPackage> = chat.into_iter().chain(notes).chain(export).collect();
        assert_eq!(chosen(&all), ["a.notes 1.0.0", "b.export 0.1.0", "lotse.chat 2.0.0"]);
    }

    #[test]
    fn what_nothing_fits_stays_with_its_newest() {
        let all = [
            package("a.one 1.0.0", &[("z.gone", "*")], true),
            package("a.one 1.1.0", &[("z.gone", "*")], true),
            package("a.two 1.0.0", &[("a.three", "^2")], true),
            package("a.three 1.0.0", &[("a.two", "^2")], true),
        ];
        assert_eq!(chosen(&all), ["a.one 1.1.0", "a.three 1.0.0", "a.two 1.0.0"]);
    }
}
