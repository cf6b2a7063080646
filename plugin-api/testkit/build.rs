//! Finds the plugins' tests on the kit: `plugins/<name>/tests/kit/halves.rs`. They lie with their plugins and go with them,
//! and all of them are one program, since each would bring the whole runtime along.

use std::path::{Path, PathBuf};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result {
    let plugins = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../plugins");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", plugins.display());
    let modules: Vec<String> = found(&plugins).iter().filter_map(|(name, file)| module(name, file)).collect();
    let list = PathBuf::from(std::env::var("OUT_DIR")?).join("plugins.rs");
    Ok(std::fs::write(list, modules.concat())?)
}

/// Names of folders with their tests; none where this crate is used outside of its workspace.
fn found(plugins: &Path) -> Vec<(String, PathBuf)> {
    let Ok(folders) = std::fs::read_dir(plugins) else { return Vec::new() };
    let mut found: Vec<_> = folders
        .flatten()
        .map(|folder| (folder.file_name().to_string_lossy().into_owned(), folder.path().join("tests/kit/halves.rs")))
        .filter(|(_, file)| file.is_file())
        .collect();
    found.sort();
    found
}

fn module(name: &str, file: &Path) -> Option<String> {
    let file = file.canonicalize().ok()?;
    Some(format!("#[path = {:?}]\nmod {};\n", file.to_str()?, name.replace('-', "_")))
}
