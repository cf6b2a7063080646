//! Which version of each plugin a new session gets: the newest that fits the account's rules, this relay's contract and the
//! other plugins.
//!
//! Rules come first: what they rule out is as if it were not there, and a plugin of which nothing is left is not in the list.
//! Versions of the contract and of required plugins are semver requirements. Of two plugins that do not fit, the one that
//! requires gives way to an older version of itself; nobody is held back by what others require. Where no version fits,
//! the newest stays in the list, and the programs say by name what it needs.

use super::rules::{Rule, Rules};
use super::stored_package::StoredPackage;
use semver::VersionReq;
use std::collections::BTreeMap;

/// What became of one plugin, and why.
#[derive(Debug)]
pub struct Resolved<'a> {
    /// Every package of it, newest first.
    pub there: Vec<&'a StoredPackage>,
    /// What sessions get; `None`: it is not in their list.
    pub chosen: Option<&'a StoredPackage>,
    pub why: Why,
}

impl Resolved<'_> {
    /// The plugin's id.
    pub fn id(&self) -> &str {
        self.there.first().map_or("", |package| package.entry.id.as_str())
    }
}

/// Why a version was chosen, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is the newest there is.
    Newest,
    /// It is the newest that the account's rule allows.
    Rule(VersionReq),
    /// Newer ones do not run on this relay's contract.
    Contract,
    /// Newer ones require what is not in the list.
    Requires,
    /// What it requires is not in the list whichever version is taken: the programs will say so.
    Unmet,
    /// The account's rule turns it off.
    Off,
    /// No version that is there fits the account's rule.
    NoVersion(VersionReq),
}

/// As an operator reads it.
impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Newest => f.write_str("the newest"),
            Self::Rule(wanted) => write!(f, "the newest of {wanted}"),
            Self::Contract => f.write_str("newer ones need another version of the plugin interface"),
            Self::Requires => f.write_str("newer ones require plugins that are not handed out beside them"),
            Self::Unmet => f.write_str("it requires plugins that are not handed out beside it, and will not start"),
            Self::Off => f.write_str("turned off"),
            Self::NoVersion(wanted) => write!(f, "no version that is here fits {wanted}"),
        }
    }
}

/// One entry a plugin, by id.
pub(super) fn resolve<'a>(packages: impl Iterator<Item = &'a StoredPackage>, rules: &Rules) -> Vec<Resolved<'a>> {
    let mut plugins: BTreeMap<&str, Vec<&StoredPackage>> = BTreeMap::new();
    for package in packages {
        plugins.entry(&package.entry.id).or_default().push(package);
    }
    let mut choices: Vec<Choice<'a>> =
        plugins.into_iter().map(|(id, there)| Choice::among(there, rules.get(id))).collect();
    // Each round makes one choice older or settles one, so there is an end.
    while let Some(unhappy) = choices.iter().position(|choice| !choice.settled && !choice.is_happy(&choices)) {
        if let Some(choice) = choices.get_mut(unhappy) {
            choice.step_back();
        }
    }
    let happy: Vec<bool> = choices.iter().map(|choice| choice.is_happy(&choices)).collect();
    choices.into_iter().zip(happy).map(|(choice, happy)| choice.resolved(happy)).collect()
}

struct Choice<'a> {
    /// Newest first.
    there: Vec<&'a StoredPackage>,
    /// Those that rule and contract leave, newest first.
    versions: Vec<&'a StoredPackage>,
    at: usize,
    /// No version fits: it stays with its newest.
    settled: bool,
    /// Why the first of `versions` is the first, or why there is none.
    why: Why,
}

impl<'a> Choice<'a> {
    fn among(mut there: Vec<&'a StoredPackage>, rule: Option<&Rule>) -> Self {
        // Newest first. Of two packages of one version the one with the lower digest counts.
        there.sort_by(|a, b| b.entry.version.cmp(&a.entry.version).then(a.entry.digest.cmp(&b.entry.digest)));
        let mut versions = there.clone();
        let mut why = match rule {
            None => Why::Newest,
            Some(Rule::Versions(wanted)) => {
                versions.retain(|package| wanted.matches(&package.entry.version));
                if versions.is_empty() { Why::NoVersion(wanted.clone()) } else { Why::Rule(wanted.clone()) }
            }
            Some(Rule::Off) => {
                versions.clear();
                Why::Off
            }
        };
        if versions.iter().any(|package| package.fits_contract) {
            if versions.first().is_some_and(|newest| !newest.fits_contract) {
                why = Why::Contract;
            }
            versions.retain(|package| package.fits_contract);
        }
        Self { there, versions, at: 0, settled: false, why }
    }

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

    fn resolved(self, happy: bool) -> Resolved<'a> {
        let chosen = self.chosen();
        let why = match (chosen, happy) {
            (Some(_), false) => Why::Unmet,
            (Some(_), true) if self.at > 0 => Why::Requires,
            (Some(_), true) | (None, _) => self.why,
        };
        Resolved { there: self.there, chosen, why }
    }
}

#[cfg(test)]
mod tests;
