//! Ids, languages, code and templates belong together.

#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Message ids with the names of the variables in them.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources(language) {
        FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(_, errors)| panic!("{language:?}: {errors:?}"));
        let mut id = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| !name.starts_with(' ')) {
                id = name.to_owned();
                assert!(found.insert(id.clone(), BTreeSet::new()).is_none(), "{language:?}: {id} twice");
            }
            for piece in line.split('$').skip(1) {
                let name: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                found.get_mut(&id).unwrap().insert(name);
            }
        }
    }
    found
}

/// Everything in the pages' sources and templates that has the form of an id and stands in quotes.
fn quoted(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            quoted(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        found
            .extend(text.split('"').filter(|piece| piece.contains('-') && piece.chars().all(plain)).map(str::to_owned));
    }
}

/// The ids that templates name in a call of the page's.
fn called(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            called(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for call in ["page.t(\"", "page.word(\""] {
            let ids = text.split(call).skip(1).filter_map(|rest| rest.split('"').next());
            found.extend(ids.map(str::to_owned));
        }
    }
}

#[test]
fn both_languages_say_the_same_things() {
    assert_eq!(messages(Language::English), messages(Language::German));
}

#[test]
fn every_text_is_used_and_every_used_one_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut quotes, mut calls) = (BTreeSet::new(), BTreeSet::new());
    quoted(&root.join("src/web"), &mut quotes);
    quoted(&root.join("templates"), &mut quotes);
    called(&root.join("templates"), &mut calls);
    let there: BTreeSet<String> = messages(Language::English).into_keys().collect();
    calls.extend(crate::hub::AuditKind::ALL.into_iter().map(|kind| format!("audit-kind-{}", kind.name())));
    let missing: Vec<_> = calls.difference(&there).collect();
    assert!(missing.is_empty(), "not in the texts: {missing:?}");
    // Kinds of the audit log and statuses are looked up by their own names.
    let by_name = |id: &str| id.starts_with("audit-kind-") || id.starts_with("account-status-");
    let unused: Vec<_> = there.difference(&quotes).filter(|id| !by_name(id)).collect();
    assert!(unused.is_empty(), "nobody shows: {unused:?}");
}

#[test]
fn a_missing_text_shows_its_id_and_a_plural_fits() {
    assert_eq!(t(Language::German, "no-such-text", &[]), "no-such-text");
    let wait = |seconds| t(Language::English, "problem-slowed", &[("seconds", Argument::Count(seconds))]);
    assert!(wait(1).contains("a second") && wait(5).contains("5 seconds"), "{} {}", wait(1), wait(5));
}
