//! Finds a plugin's package and gets it ready to run.

use std::path::{Path, PathBuf};

use lotse_package::{Package, TrustedKeys};
use lotse_runtime::Trust;

use crate::fail::fail;

/// The folder of the packages, where it is not the workspace's own.
const FOLDER: &str = "LOTSE_PLUGINS";

/// Where cargo builds this workspace.
pub(crate) fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from)
}

/// The package of the plugin with this id.
#[track_caller]
pub(crate) fn of(id: &str) -> Vec<u8> {
    let folder = std::env::var_os(FOLDER).map_or_else(|| target_folder().join("plugins"), PathBuf::from);
    let names = [folder.join(format!("{id}.wasm")), folder.join("examples").join(format!("{id}.wasm"))];
    match names.iter().find_map(|path| std::fs::read(path).ok()) {
        Some(package) => package,
        None => fail(&format!(
            "there is no {id}.wasm in {}.\nThe kit runs plugins as they are built: run `cargo xtask build` first, or \
             name the folder of the packages in {FOLDER}.",
            folder.display()
        )),
    }
}

/// Whoever signed it is trusted here, and nobody need have.
pub(crate) fn trust(package: &[u8]) -> Trust {
    let signer = Package::read(package).ok().and_then(|read| read.signature().map(|signature| signature.signer));
    Trust { keys: TrustedKeys::new(signer), developer_mode: true }
}
