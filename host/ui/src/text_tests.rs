//! Ids, languages and code belong together.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Message ids with the names of the variables in them.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in language.sources() {
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

/// Every `t!("…")` in the sources of both programs and this crate.
fn used() -> BTreeSet<String> {
    fn walk(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs")
                && !path.ends_with("text_tests.rs")
                && !path.ends_with("text.rs")
            {
                let source = std::fs::read_to_string(&path).unwrap();
                for piece in source.split("t!(").skip(1) {
                    let Some(rest) = piece.trim_start().strip_prefix('"') else { continue };
                    if let Some((id, _)) = rest.split_once('"') {
                        found.insert(id.to_owned());
                    }
                }
            }
        }
    }
    let host = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = BTreeSet::new();
    for folder in [host.join("ui/src"), host.join("console/src"), host.join("../customer/src")] {
        walk(&folder, &mut found);
    }
    // `assert!("…` and the like end in `t!(`, too.
    found.retain(|id| id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') && id.contains('-'));
    found
}

#[test]
fn both_languages_say_the_same_things() {
    assert_eq!(messages(Language::English), messages(Language::German));
}

#[test]
fn every_id_in_code_exists_and_every_text_is_used() {
    let there: BTreeSet<String> = messages(Language::English).into_keys().collect();
    let used = used();
    let missing: Vec<_> = used.difference(&there).collect();
    assert!(missing.is_empty(), "no text for {missing:?}");
    let idle: Vec<_> = there.difference(&used).collect();
    assert!(idle.is_empty(), "nobody shows {idle:?}");
}

#[test]
fn plurals_and_words_are_put_in() {
    set_language(Language::English);
    assert_eq!(crate::t!("problem-code-wrong", "left" => 1_u64), "That code is not right. You can try once more.");
    assert_eq!(crate::t!("problem-code-wrong", "left" => 2_u64), "That code is not right. You can try 2 more times.");
    set_language(Language::German);
    assert_eq!(
        crate::t!("problem-code-wrong", "left" => 2_u64),
        "Der Code stimmt nicht. Noch 2 Versuche sind möglich."
    );
    assert_eq!(text("no-such-id", &[]), "no-such-id");
}

#[test]
fn languages_are_known_by_their_tags() {
    for (tag, language) in [
        ("de", Some(Language::German)),
        ("de_AT.UTF-8", Some(Language::German)),
        ("EN-gb", Some(Language::English)),
        ("C", None),
        ("", None),
        ("deutsch", None),
    ] {
        assert_eq!(Language::from_tag(tag), language, "{tag}");
    }
}
