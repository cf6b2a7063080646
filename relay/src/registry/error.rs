//! Why the registry cannot be set up, with what to do.
//!
//! A single bad package is no reason: it is left out with a line in the log.

use std::path::PathBuf;

/// Why the registry cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error(
        "the folder {0} cannot be read ({1}): give a folder with plugin packages to --plugins of `lotse-relay serve`"
    )]
    Folder(PathBuf, std::io::Error),
    #[error("the key file {0} cannot be read ({1}): give a file with a public key, as `lotse-plugin keygen` writes it")]
    KeyFile(PathBuf, String),
    #[error("plugins cannot be compiled on this machine: {0}")]
    Runtime(String),
}
