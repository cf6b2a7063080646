//! Builds programs and drivers, and makes signed packages of the bundled plugins.

use crate::Result;
use lotse_package::{Manifest, SigningKey, pack, sign};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders under `plugins` that no relay gets: examples, which tests load.
const EXAMPLES: [&str; 1] = ["hello"];

/// The checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).to_owned()
}

pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Programs, drivers, plugins.
pub fn everything() -> Result {
    plugins()?;
    println!("Building the programs and drivers …");
    cargo(&["build", "--workspace", "--bins", "--lib"])
}

/// Signed packages into `target/plugins`, with the publisher's public key beside them.
pub fn plugins() -> Result {
    println!("Building the plugins …");
    let (bundled, fixtures) = (bundled()?, fixtures()?);
    let mut names: Vec<String> = bundled.iter().map(|(name, _)| name.clone()).collect();
    names.extend(EXAMPLES.iter().map(|name| format!("lotse-plugin-{name}")));
    names.extend(fixtures.iter().map(|(name, _)| name.clone()));
    let mut words = vec!["build", "--target", "wasm32-unknown-unknown", "--profile", "plugin"];
    for name in &names {
        words.extend(["--package", name]);
    }
    cargo(&words)?;
    let folder = target().join("plugins");
    std::fs::create_dir_all(folder.join("examples"))?;
    let key = publisher(&folder)?;
    leave_only(&folder, &bundled)?;
    for (name, place) in bundled {
        package(&place, &name, &folder, &key, None)?;
    }
    for name in EXAMPLES {
        let place = root().join("plugins").join(name);
        package(&place, &format!("lotse-plugin-{name}"), &folder.join("examples"), &key, Some(name))?;
    }
    for (name, place) in fixtures {
        let file = place.file_name().and_then(|file| file.to_str());
        package(&place, &name, &folder.join("examples"), &key, file)?;
    }
    Ok(())
}

/// The plugins that every relay gets: each folder but the examples, so that one that is taken away is a feature less and
/// nothing else.
fn bundled() -> Result<Vec<(String, PathBuf)>> {
    let mut found = guests(&root().join("plugins"))?;
    found.retain(|(_, place)| EXAMPLES.iter().all(|name| !place.ends_with(name)));
    Ok(found)
}

/// Folders of plugins of which each can be taken away, in the order of their names.
pub fn removable() -> Result<Vec<String>> {
    let mut names: Vec<String> = bundled()?
        .into_iter()
        .filter_map(|(_, place)| place.file_name().and_then(|name| name.to_str()).map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

/// Hostile guests of the runtime's tests.
fn fixtures() -> Result<Vec<(String, PathBuf)>> {
    guests(&root().join("host/runtime/fixtures"))
}

/// Takes away packages of plugins whose folders are gone.
fn leave_only(folder: &Path, bundled: &[(String, PathBuf)]) -> Result {
    let mut wanted = Vec::new();
    for (_, place) in bundled {
        wanted.push(format!("{}.wasm", Manifest::parse_strictly(&std::fs::read(place.join("plugin.json"))?)?.id));
    }
    for file in std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()) {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.ends_with(".wasm") && wanted.iter().all(|wanted| wanted != name) {
            std::fs::remove_file(&file)?;
        }
    }
    Ok(())
}

/// Crates with a manifest of a plugin beside their `Cargo.toml`: their names and folders.
fn guests(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for place in entries.flatten().map(|entry| entry.path()).filter(|place| place.join("plugin.json").is_file()) {
        let manifest = std::fs::read_to_string(place.join("Cargo.toml"))?;
        let name =
            manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"').map(str::to_owned));
        found.push((name.ok_or("a plugin without a name")?, place));
    }
    found.sort();
    Ok(found)
}

/// The key of whoever builds: made once for a checkout, and no secret worth keeping.
fn publisher(folder: &Path) -> Result<SigningKey> {
    let place = folder.join("Lotse.key");
    let key = match std::fs::read_to_string(&place) {
        Ok(text) => SigningKey::from_text(&text)?,
        Err(_) => {
            let key = SigningKey::generate()?;
            std::fs::write(&place, key.to_secret_text())?;
            key
        }
    };
    std::fs::write(folder.join("Lotse.pub"), format!("{}\n", key.public()))?;
    Ok(key)
}

fn package(place: &Path, name: &str, folder: &Path, key: &SigningKey, file: Option<&str>) -> Result {
    let core = target().join("wasm32-unknown-unknown/plugin").join(format!("{}.wasm", name.replace('-', "_")));
    let manifest = Manifest::parse_strictly(&std::fs::read(place.join("plugin.json"))?)?;
    let bytes = sign(&pack(&std::fs::read(core)?, &manifest)?, key)?;
    let file = folder.join(format!("{}.wasm", file.unwrap_or(manifest.id.as_str())));
    // The same bytes keep their date, so that what was compiled from them stays good.
    if std::fs::read(&file).ok().as_deref() != Some(&bytes) {
        std::fs::write(&file, &bytes)?;
    }
    println!("  {:<24} {:>4} KB", manifest.id, bytes.len().div_ceil(1000));
    Ok(())
}

pub fn cargo(words: &[&str]) -> Result {
    cargo_with(words, &[])
}

/// The same with more in its environment.
pub fn cargo_with(words: &[&str], environment: &[(&str, &str)]) -> Result {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(words)
        .envs(environment.iter().copied())
        .current_dir(root())
        .status()?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} did not succeed", words.join(" ")).into()) }
}
