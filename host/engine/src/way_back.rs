//! The way back into a session after this computer was restarted: an entry that the next login starts, once.
//!
//! It lies in the desktop's own folder of such entries (freedesktop.org's Autostart and Desktop Entry specifications), is its
//! owner's alone and has a name of its own. What it starts takes it away before anything else, so it is used once whatever
//! becomes of the program; and where the program is gone nothing starts. Which session it is about the resume note says.

use crate::private_file;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

const PREFIX: &str = "lotse-resume-";
const SUFFIX: &str = ".desktop";
/// `$0` is the entry, the rest is the program and its arguments. A program that was moved is not looked for.
const SCRIPT: &str = "rm -f -- \"$0\"; [ -x \"$1\" ] && exec \"$@\"";

/// How this computer is restarted, and how its program comes back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestartConfig {
    /// The program by its whole path and what it is to be started with.
    pub program: Vec<OsString>,
    /// Where the desktop looks for what a login starts.
    pub autostart: PathBuf,
    /// In place of the system's own commands, in developer mode alone.
    pub command: Option<PathBuf>,
}

/// What the resume note says of a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RestartNote {
    pub entry: PathBuf,
    /// Id of the plugin that is told.
    pub plugin: String,
    /// Unix time in seconds when the system was told to restart; `None`: it was not yet.
    pub begun_s: Option<u64>,
}

impl RestartNote {
    /// Takes the way back away, and says how long ago the restart was begun, if it was.
    pub(crate) fn used(&self, now_s: u64) -> Option<u32> {
        remove(&self.entry);
        let seconds = now_s.saturating_sub(self.begun_s?);
        Some(u32::try_from(seconds).unwrap_or(u32::MAX))
    }
}

/// Why there is no way back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WayBackError {
    #[error("the program's place or options cannot be written into an entry")]
    Words,
    #[error("the entry cannot be written: {0}")]
    File(#[from] std::io::Error),
}

/// Where the entry of this session lies.
pub(crate) fn place(config: &RestartConfig, session: &[u8; 16]) -> PathBuf {
    let name: String = session.iter().map(|byte| format!("{byte:02x}")).collect();
    config.autostart.join(format!("{PREFIX}{name}{SUFFIX}"))
}

/// Writes the entry, with mode 0600.
pub(crate) fn prepare(config: &RestartConfig, entry: &Path) -> Result<(), WayBackError> {
    let program = config.program.iter().map(|argument| argument.to_str()).collect::<Option<Vec<&str>>>();
    let (Some(own), Some(program)) = (entry.to_str(), program.filter(|program| !program.is_empty())) else {
        return Err(WayBackError::Words);
    };
    let line: Vec<&str> = ["/bin/sh", "-c", SCRIPT, own].into_iter().chain(program).collect();
    let exec = exec(&line).ok_or(WayBackError::Words)?;
    let text = format!(
        "[Desktop Entry]\nType=Application\nName=Lotse\nComment=Takes your session up again, once\n\
         Comment[de]=Nimmt Ihre Sitzung wieder auf, einmal\nExec={exec}\nTerminal=false\nNoDisplay=true\n"
    );
    Ok(private_file::write(entry, text.as_bytes())?)
}

/// Takes an entry away, if it is one of these and there.
pub(crate) fn remove(entry: &Path) {
    let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if !(name.starts_with(PREFIX) && name.ends_with(SUFFIX)) {
        return;
    }
    if let Err(error) = std::fs::remove_file(entry)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the entry that would take a session up again could not be removed");
    }
}

/// A line of the entry out of arguments; `None` if one has a sign that it has no way to write.
fn exec(arguments: &[&str]) -> Option<String> {
    let quoted = arguments.iter().map(|argument| quoted(argument)).collect::<Option<Vec<String>>>()?;
    Some(quoted.join(" "))
}

fn quoted(argument: &str) -> Option<String> {
    if argument.chars().any(char::is_control) {
        return None;
    }
    let mut quoted = String::from('"');
    for character in argument.chars() {
        match character {
            // Once for the quotes, and once more for the string that the line is.
            '"' | '`' | '$' => quoted.push_str("\\\\"),
            '\\' => quoted.push_str("\\\\\\"),
            '%' => quoted.push('%'),
            _ => {}
        }
        quoted.push(character);
    }
    quoted.push('"');
    Some(quoted)
}

#[cfg(test)]
#[path = "way_back_tests.rs"]
mod tests;
