//! Which versions are chosen: by cases, and by properties over made-up packages and rules.

#![allow(clippy::unwrap_used)]

use super::super::stored_package::CatalogueEntry;
use super::*;
use proptest::prelude::*;
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
            capabilities: Default::default(),
            publisher: None,
        },
        name: Default::default(),
        signer: None,
        requires: requires.iter().map(|(id, wanted)| ((*id).to_owned(), wanted.parse().unwrap())).collect(),
        fits_contract,
        bytes: Arc::new([]),
    }
}

fn names(resolved: &[Resolved<'_>]) -> Vec<String> {
    let chosen = resolved.iter().filter_map(|plugin| plugin.chosen);
    chosen.map(|package| format!("{} {}", package.entry.id, package.entry.version)).collect()
}

fn chosen(packages: &[StoredPackage]) -> Vec<String> {
    names(&resolve(packages.iter(), &Rules::new()))
}

/// `id range` or `id off`.
fn rules(of: &[&str]) -> Rules {
    let rule = |text: &&str| {
        let (id, wanted) = text.split_once(' ').unwrap();
        let rule = if wanted == "off" { Rule::Off } else { Rule::Versions(wanted.parse().unwrap()) };
        (id.to_owned(), rule)
    };
    of.iter().map(rule).collect()
}

/// The reason for each plugin, by id.
fn reasons(packages: &[StoredPackage], of: &[&str]) -> Vec<Why> {
    resolve(packages.iter(), &rules(of)).into_iter().map(|plugin| plugin.why).collect()
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
    // With the chat held back, what gave way to the newer one need not any more.
    let pinned = resolve(all.iter(), &rules(&["lotse.chat ^1"]));
    assert_eq!(names(&pinned), ["a.notes 1.1.0", "b.export 0.2.0", "lotse.chat 1.4.0"]);
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

#[test]
fn p4_a_rule_chooses_the_newest_of_its_range_or_none_and_says_why() {
    let all = [
        package("a.b 1.2.0", &[], true),
        package("a.b 1.9.1", &[], true),
        package("a.b 2.0.0", &[], true),
        package("c.d 1.0.0", &[], true),
    ];
    let with = |of: &[&str]| names(&resolve(all.iter(), &rules(of)));
    let cases: [(&[&str], &[&str], Why); 6] = [
        (&[], &["a.b 2.0.0", "c.d 1.0.0"], Why::Newest),
        (&["a.b ^1"], &["a.b 1.9.1", "c.d 1.0.0"], Why::Rule("^1".parse().unwrap())),
        (&["a.b =1.2.0"], &["a.b 1.2.0", "c.d 1.0.0"], Why::Rule("=1.2.0".parse().unwrap())),
        (&["a.b off"], &["c.d 1.0.0"], Why::Off),
        (&["a.b ^3"], &["c.d 1.0.0"], Why::NoVersion("^3".parse().unwrap())),
        (&["x.unknown off"], &["a.b 2.0.0", "c.d 1.0.0"], Why::Newest),
    ];
    for (of, expected, why) in cases {
        assert_eq!(with(of), expected, "{of:?}");
        assert_eq!(reasons(&all, of).first(), Some(&why), "{of:?}");
    }
}

#[test]
fn p4_who_requires_what_a_rule_holds_back_gives_way_within_its_own_rule() {
    let all = [
        package("a.notes 1.0.0", &[("lotse.chat", "^1")], true),
        package("a.notes 2.0.0", &[("lotse.chat", "^2")], true),
        package("lotse.chat 1.4.0", &[], true),
        package("lotse.chat 2.0.0", &[], true),
    ];
    assert_eq!(names(&resolve(all.iter(), &rules(&["lotse.chat ^1"]))), ["a.notes 1.0.0", "lotse.chat 1.4.0"]);
    assert_eq!(reasons(&all, &["lotse.chat ^1"]).first(), Some(&Why::Requires));
    // Never out of its range, though an older one would go with the chat.
    let both = ["lotse.chat ^1", "a.notes ^2"];
    assert_eq!(names(&resolve(all.iter(), &rules(&both))), ["a.notes 2.0.0", "lotse.chat 1.4.0"]);
    assert_eq!(reasons(&all, &both).first(), Some(&Why::Unmet));
    assert_eq!(reasons(&all, &["lotse.chat off"]), [Why::Unmet, Why::Off]);
}

#[test]
fn p4_a_newer_one_for_another_contract_is_said_to_be_there() {
    let all = [package("a.b 1.0.0", &[], true), package("a.b 1.1.0", &[], false)];
    assert_eq!(reasons(&all, &[]), [Why::Contract]);
    assert_eq!(reasons(&all, &["a.b ^1"]), [Why::Contract]);
    assert_eq!(reasons(&all, &["a.b =1.0.0"]), [Why::Rule("=1.0.0".parse().unwrap())]);
}

/// Few names and numbers, so that they meet.
fn id() -> impl Strategy<Value = String> {
    prop_oneof![Just("a.a".to_owned()), Just("b.b".to_owned()), Just("c.c".to_owned())]
}

fn range() -> impl Strategy<Value = String> {
    (prop_oneof![Just("^"), Just("="), Just(">="), Just("<"), Just("~")], 0..4_u64, 0..3_u64)
        .prop_map(|(sign, major, minor)| format!("{sign}{major}.{minor}"))
}

fn made_up() -> impl Strategy<Value = StoredPackage> {
    (id(), 0..4_u64, 0..3_u64, proptest::collection::vec((id(), range()), 0..3), any::<bool>()).prop_map(
        |(id, major, minor, requires, fits)| {
            let requires: Vec<(&str, &str)> = requires
                .iter()
                .filter(|(other, _)| *other != id)
                .map(|(other, wanted)| (other.as_str(), wanted.as_str()))
                .collect();
            package(&format!("{id} {major}.{minor}.0"), &requires, fits)
        },
    )
}

/// Each rule as [`rules`] reads it.
fn made_up_rules() -> impl Strategy<Value = Vec<String>> {
    let wanted = prop_oneof![1 => Just("off".to_owned()), 4 => range()];
    proptest::collection::vec((id(), wanted).prop_map(|(id, wanted)| format!("{id} {wanted}")), 0..4)
}

proptest! {
    #[test]
    fn p4_no_version_outside_a_rule_is_ever_chosen(
        packages in proptest::collection::vec(made_up(), 0..12),
        of in made_up_rules(),
    ) {
        let of: Vec<&str> = of.iter().map(String::as_str).collect();
        let rules = rules(&of);
        for plugin in resolve(packages.iter(), &rules) {
            let version = plugin.chosen.map(|package| package.entry.version.clone());
            match (rules.get(plugin.id()), version) {
                (Some(Rule::Off), version) => prop_assert_eq!(version, None),
                (Some(Rule::Versions(wanted)), Some(version)) => prop_assert!(wanted.matches(&version)),
                (Some(Rule::Versions(wanted)), None) => {
                    prop_assert!(!plugin.there.iter().any(|package| wanted.matches(&package.entry.version)));
                }
                (None, version) => prop_assert!(version.is_some()),
            }
        }
    }

    #[test]
    fn p4_the_order_of_the_packages_does_not_matter(
        packages in proptest::collection::vec(made_up(), 0..10),
        turn in 0..10_usize,
        of in made_up_rules(),
    ) {
        // One package of each version, as a relay has them: of two with different needs the digest would decide.
        let mut once: Vec<StoredPackage> = vec![];
        for package in packages {
            if !once.iter().any(|other| other.entry.id == package.entry.id && other.entry.version == package.entry.version) {
                once.push(package);
            }
        }
        let of: Vec<&str> = of.iter().map(String::as_str).collect();
        let first = names(&resolve(once.iter(), &rules(&of)));
        let mut turned: Vec<&StoredPackage> = once.iter().collect();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
        }
        turned.reverse();
        prop_assert_eq!(names(&resolve(turned.into_iter(), &rules(&of))), first);
    }
}
