//! `backup` and `restore`: on the data folder itself.

use super::people::print;
use super::{BackupOptions, CliError, RestoreOptions};
use crate::backup::{self, Manifest};
use serde_json::json;
use std::path::Path;

pub(super) async fn backup(options: BackupOptions) -> Result<(), CliError> {
    let BackupOptions { data, to, force, json } = options;
    let manifest = backup::backup(&data, &to, force).await?;
    if json {
        report("backup", &to, &manifest);
        return Ok(());
    }
    println!("{} files, {} bytes, are backed up in {}.", manifest.files(), manifest.bytes(), to.display());
    println!("Keys and password hashes are among them: keep that folder as private as the data folder.");
    Ok(())
}

pub(super) async fn restore(options: RestoreOptions) -> Result<(), CliError> {
    let RestoreOptions { data, from, force, json } = options;
    let manifest = backup::restore(&data, &from, force).await?;
    if json {
        report("restored", &data, &manifest);
        return Ok(());
    }
    println!("{} files, {} bytes, are restored into {}.", manifest.files(), manifest.bytes(), data.display());
    println!("What was changed after the backup is as it was before: sign-ins, passwords, reps.");
    Ok(())
}

/// One JSON object: the folder under `what`, and what the backup says of itself.
fn report(what: &str, folder: &Path, manifest: &Manifest) {
    print(&json!({
        what: folder.display().to_string(),
        "files": manifest.files(),
        "bytes": manifest.bytes(),
        "made_s": manifest.made_s,
        "relay_version": manifest.relay_version,
    }));
}
