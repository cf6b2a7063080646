//! Builds programs and drivers, and makes signed packages of the bundled plugins.

use crate::Result;
use lotse_package::{Manifest, SigningKey, pack, sign};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders under `plugins` that every relay gets; the others are examples.
const BUNDLED: [&str; 4] = ["chat", "clipboard", "screen-sharing", "session-handoff"];
/// Guests that only tests load.
const FOR_TESTS: [(&str, &str); 1] = [("hello", "plugins/hello")];

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
    let mut names: Vec<String> = BUNDLED.iter().map(|name| format!("lotse-plugin-{name}")).collect();
    names.extend(FOR_TESTS.iter().map(|(name, _)| format!("lotse-plugin-{name}")));
    names.extend(fixtures()?.iter().map(|(name, _)| name.clone()));
    let mut words = vec!["build", "--target", "wasm32-unknown-unknown", "--profile", "plugin"];
    for name in &names {
        words.extend(["--package", name]);
    }
    cargo(&words)?;
    let folder = target().join("plugins");
    std::fs::create_dir_all(folder.join("examples"))?;
    let key = publisher(&folder)?;
    for name in BUNDLED {
        package(&root().join("plugins").join(name), &format!("lotse-plugin-{name}"), &folder, &key, None)?;
    }
    for (name, place) in FOR_TESTS {
        package(&root().join(place), &format!("lotse-plugin-{name}"), &folder.join("examples"), &key, Some(name))?;
    }
    for (name, place) in fixtures()? {
        let file = place.file_name().and_then(|file| file.to_str());
        package(&place, &name, &folder.join("examples"), &key, file)?;
    }
    Ok(())
}

/// Hostile guests of the runtime's tests: crates with a manifest beside their `Cargo.toml`.
fn fixtures() -> Result<Vec<(String, PathBuf)>> {
    let folder = root().join("host/runtime/fixtures");
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for place in entries.flatten().map(|entry| entry.path()).filter(|place| place.join("plugin.json").is_file()) {
        let manifest = std::fs::read_to_string(place.join("Cargo.toml"))?;
        let name =
            manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"').map(str::to_owned));
        found.push((name.ok_or("a fixture without a name")?, place));
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
