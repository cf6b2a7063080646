//! Which plugins' folders are there: `cfg(plugin = "chat")` is about `plugins/chat`. A test that uses a plugin is ignored
//! without it. And whether a disk can be mounted to be filled, `cfg(small_disk)`, and a compositor can be started,
//! `cfg(compositor)`: where it cannot, those tests are ignored.

use std::path::Path;
use std::process::Command;

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
    println!("cargo:rustc-check-cfg=cfg(small_disk)");
    println!("cargo:rerun-if-env-changed=USER");
    // What is mounted goes with the probe. `SmallDisk` does the same of the two.
    let folder = std::env::var("OUT_DIR")?;
    if mounts("--mount", &folder) || mounts("--map-root-user", &folder) {
        println!("cargo:rustc-cfg=small_disk");
    } else {
        println!("cargo:warning=no disk can be mounted here, so tests that fill one are ignored: see `small_disk.rs`");
    }
    println!("cargo:rustc-check-cfg=cfg(compositor)");
    println!("cargo:rerun-if-env-changed=PATH");
    if Command::new("picom").arg("--version").output().is_ok_and(|out| out.status.success()) {
        println!("cargo:rustc-cfg=compositor");
    }
    Ok(())
}

/// `how`: as a user who may mount, or who becomes one in a namespace.
fn mounts(how: &str, folder: &str) -> bool {
    let mut probe = Command::new("unshare");
    probe.args([how, "--mount", "mount", "-t", "tmpfs", "lotse-small-disk", folder]);
    probe.output().is_ok_and(|out| out.status.success())
}
