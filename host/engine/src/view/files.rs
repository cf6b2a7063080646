//! What people are asked about files.

use std::path::PathBuf;

/// Somebody on the other side wants to send files. Only the person here can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileQuestion {
    pub id: u64,
    /// Name of the plugin that asks.
    pub plugin: String,
    /// Who sends, as the host knows them.
    pub from: String,
    /// Name of the one file or folder, or of the first, on one line; may be empty.
    pub name: String,
    pub files: u64,
    pub folders: u64,
    pub bytes: u64,
    /// The person's folder for downloads; empty if there is none.
    pub place: PathBuf,
    /// Free bytes there; `None` if that cannot be told.
    pub room: Option<u64>,
}

/// A plugin wishes for the host's own chooser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePick {
    pub id: u64,
    /// Name of the plugin.
    pub plugin: String,
    /// For one folder; otherwise for one or more files.
    pub folders: bool,
}
