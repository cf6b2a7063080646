//! Which plugins' folders are there: `cfg(plugin = "chat")` is about `plugins/chat`. A test that uses a plugin is ignored
//! without it.

use std::path::Path;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result {
    let plugins = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../plugins");
    println!("cargo:rerun-if-changed=build.rs");
    // One that is not there has no name to be listed here.
    println!("cargo:rustc-check-cfg=cfg(plugin, values(any()))");
    for folder in std::fs::read_dir(&plugins)? {
        let folder = folder?;
        let manifest = folder.path().join("plugin.json");
        if manifest.is_file() {
            println!("cargo:rerun-if-changed={}", manifest.display());
            println!("cargo:rustc-cfg=plugin={:?}", folder.file_name().to_string_lossy());
        }
    }
    Ok(())
}
