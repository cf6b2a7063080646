//! What the folder of each add-on has, as a third party's would: a README, words in both languages, tests of its halves on the
//! kit, and an end-to-end test on the real programs that is ignored without it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// Folder and manifest of each plugin that is licensed by itself.
fn add_ons() -> Vec<(PathBuf, Value)> {
    let folders = std::fs::read_dir(root().join("plugins")).unwrap().map(|entry| entry.unwrap().path());
    let read = |folder: PathBuf| {
        let manifest = std::fs::read(folder.join("plugin.json")).ok()?;
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        manifest["feature"].is_string().then_some((folder, manifest))
    };
    folders.filter_map(read).collect()
}

fn is_in_both_languages(words: &Value) -> bool {
    ["en", "de"].iter().all(|language| words[*language].as_str().is_some_and(|text| !text.trim().is_empty()))
}

#[test]
fn p1_each_add_on_says_in_both_languages_what_it_is_and_why_it_asks() {
    for (folder, manifest) in add_ons() {
        let name = folder.display();
        assert!(folder.join("README.md").is_file(), "{name} has no README.md");
        assert!(is_in_both_languages(&manifest["name"]), "{name}: its name");
        for capability in manifest["capabilities"].as_array().unwrap() {
            assert!(is_in_both_languages(&capability["reason"]), "{name}: why it asks for {}", capability["name"]);
        }
    }
}

#[test]
fn p5_each_add_on_is_tested_on_the_kit_and_on_the_real_programs() {
    let rows = std::fs::read_dir(root().join("tests/e2e/tests/rows")).unwrap();
    let rows: String = rows.map(|row| std::fs::read_to_string(row.unwrap().path()).unwrap()).collect();
    for (folder, _) in add_ons() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let kit = std::fs::read_to_string(folder.join("tests/kit/halves.rs")).unwrap_or_default();
        assert!(kit.contains("#[test]"), "{name} has no tests on the kit");
        assert!(rows.contains(&format!("plugin = \"{name}\"")), "{name} is used by no end-to-end test");
    }
}
