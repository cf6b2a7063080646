//! Links that begin with `lotse:` start this program: a desktop entry and a line in the list of default programs, as
//! freedesktop.org's Desktop Entry and MIME Applications specifications have them. Of the user alone, and taken back again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const ENTRY: &str = "lotse-customer.desktop";
const SECTION: &str = "[Default Applications]";
const KEY: &str = "x-scheme-handler/lotse";
/// Lists of default programs have a few lines; a larger one is not touched.
const LIST_BYTES_MAX: u64 = 1024 * 1024;

/// Why links cannot be made to start the program, or cannot be given back.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    #[error("there is no home folder to say in that links start this program")]
    NoHome,
    #[error("this program lies in a place whose name cannot be written down: {0}")]
    Program(PathBuf),
    #[error("{path} cannot be read or written ({error}): free some space, or give this user the right to")]
    File { path: PathBuf, error: io::Error },
    #[error("{0} is larger than any list of default programs; nothing was changed")]
    TooLarge(PathBuf),
}

/// Where the user's desktop looks.
#[derive(Debug, Clone)]
pub struct Desk {
    applications: PathBuf,
    defaults: PathBuf,
    /// For which program it was offered to let links start it.
    offered: PathBuf,
    /// The line of the list that ours stands in place of.
    replaced: PathBuf,
}

impl Desk {
    /// This user's.
    ///
    /// # Errors
    /// [`RegisterError::NoHome`].
    pub fn of_user() -> Result<Self, RegisterError> {
        let folder = |name: &str, within_home: &str| {
            let named = std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
            named.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(within_home)))
        };
        let data = folder("XDG_DATA_HOME", ".local/share").ok_or(RegisterError::NoHome)?;
        let config = folder("XDG_CONFIG_HOME", ".config").ok_or(RegisterError::NoHome)?;
        let (applications, defaults) = (data.join("applications"), config.join("mimeapps.list"));
        Ok(Self::of(applications, defaults, &config.join("lotse-customer")))
    }

    fn of(applications: PathBuf, defaults: PathBuf, own: &Path) -> Self {
        Self { applications, defaults, offered: own.join("offered"), replaced: own.join("replaced") }
    }

    /// Links start the program at this place from now on.
    ///
    /// # Errors
    /// What cannot be read or written.
    pub fn register(&self, program: &Path) -> Result<(), RegisterError> {
        let entry = program.to_str().and_then(entry).ok_or_else(|| RegisterError::Program(program.to_owned()))?;
        let list = read(&self.defaults)?;
        write(&self.applications.join(ENTRY), &entry)?;
        if let Some(before) = default_of(&list).filter(|line| !is_ours(line)) {
            write(&self.replaced, &format!("{before}\n"))?;
        }
        write(&self.defaults, &with_default(&list, Some(&ours())))
    }

    /// Links start it no more, but what they started before, if anything.
    ///
    /// # Errors
    /// What cannot be read or written.
    pub fn unregister(&self) -> Result<(), RegisterError> {
        let list = read(&self.defaults)?;
        let before = read(&self.replaced)?;
        let before = before.lines().next().filter(|line| key_of(line) == KEY && !is_ours(line));
        // Somebody else's line is not touched, whoever wrote it since.
        if default_of(&list).is_some_and(is_ours) {
            write(&self.defaults, &with_default(&list, before))?;
        }
        remove(&self.replaced)?;
        remove(&self.applications.join(ENTRY))
    }

    /// Whether this was offered before: once, and once more where links start a program that is not at its place any more. It is
    /// the program's own setting and not among what a session leaves.
    #[must_use]
    pub fn was_offered(&self, program: &Path) -> bool {
        let noted = fs::read_to_string(&self.offered).ok();
        let for_this = noted.as_deref().map(str::trim_end) == program.to_str();
        noted.is_some() && (for_this || !self.applications.join(ENTRY).exists())
    }

    /// It was.
    ///
    /// # Errors
    /// What cannot be written; then it may be offered again.
    pub fn note_offer(&self, program: &Path) -> Result<(), RegisterError> {
        write(&self.offered, &format!("{}\n", program.display()))
    }

    /// Whether links start the program at this place.
    #[must_use]
    pub fn is_registered(&self, program: &Path) -> bool {
        let there = fs::read_to_string(self.applications.join(ENTRY)).unwrap_or_default();
        let wanted = program.to_str().and_then(entry).unwrap_or_default();
        exec_of(&there).is_some_and(|there| exec_of(&wanted) == Some(there))
    }
}

/// What the entry starts.
fn exec_of(entry: &str) -> Option<&str> {
    entry.lines().find_map(|line| line.strip_prefix("Exec="))
}

fn ours() -> String {
    format!("{KEY}={ENTRY}")
}

fn key_of(line: &str) -> &str {
    line.split_once('=').map_or(line, |(key, _)| key).trim()
}

fn is_ours(line: &str) -> bool {
    line.split_once('=').is_some_and(|(_, value)| value.trim().trim_end_matches(';') == ENTRY)
}

/// A text file; empty if there is none.
fn read(path: &Path) -> Result<String, RegisterError> {
    let failed = |error| RegisterError::File { path: path.to_owned(), error };
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(failed(error)),
        Ok(file) if file.len() > LIST_BYTES_MAX => Err(RegisterError::TooLarge(path.to_owned())),
        Ok(_) => fs::read_to_string(path).map_err(failed),
    }
}

fn remove(path: &Path) -> Result<(), RegisterError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(RegisterError::File { path: path.to_owned(), error })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The desktop entry. `None` for a name that it has no way to write.
fn entry(program: &str) -> Option<String> {
    if program.chars().any(char::is_control) {
        return None;
    }
    let mut quoted = String::new();
    for character in program.chars() {
        match character {
            // Once for the quotes, and once more for the string that the line is.
            '"' | '`' | '$' => quoted.push_str("\\\\"),
            '\\' => quoted.push_str("\\\\\\"),
            '%' => quoted.push('%'),
            _ => {}
        }
        quoted.push(character);
    }
    Some(format!(
        "[Desktop Entry]\nType=Application\nName=Lotse\nComment=Lets somebody you trust help you\n\
         Comment[de]=Lässt jemanden helfen, dem Sie vertrauen\nExec=\"{quoted}\" %u\nTerminal=false\nNoDisplay=true\n\
         MimeType={KEY};\n"
    ))
}

/// The first line that says which program opens links.
fn default_of(list: &str) -> Option<&str> {
    let mut inside = false;
    list.lines().find(|line| {
        let trimmed = line.trim();
        if trimmed.starts_with('[') {
            inside = trimmed == SECTION;
        }
        inside && key_of(line) == KEY
    })
}

/// The list with this line in place of those that say which program opens links, or with none; every other line stays as it
/// is.
fn with_default(list: &str, wanted: Option<&str>) -> String {
    let mut wanted = wanted;
    let first = default_of(list).is_some();
    let (mut left, mut inside) = (String::new(), false);
    let mut push = |line: &str| {
        left.push_str(line);
        left.push('\n');
    };
    for line in list.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with('[') {
            inside = trimmed == SECTION;
        }
        if inside && key_of(line) == KEY {
            wanted.take().into_iter().for_each(&mut push);
            continue;
        }
        push(line);
        if trimmed == SECTION && !first {
            wanted.take().into_iter().for_each(&mut push);
        }
    }
    if let Some(line) = wanted {
        push(SECTION);
        push(line);
    }
    left
}

/// Whole or not at all. A link leads to the file that is written, which keeps its rights.
fn write(path: &Path, text: &str) -> Result<(), RegisterError> {
    let failed = |error| RegisterError::File { path: path.to_owned(), error };
    let place = behind_links(path);
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let rights = fs::metadata(&place).ok().map(|file| file.permissions());
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let passing = place.with_file_name(name);
    let written = fs::write(&passing, text)
        .and_then(|()| rights.map_or(Ok(()), |rights| fs::set_permissions(&passing, rights)))
        .and_then(|()| fs::rename(&passing, &place));
    if written.is_err() {
        // The first error is the one worth telling.
        let _ = fs::remove_file(&passing);
    }
    written.map_err(failed)
}

/// Where a file lies; that of a link which leads nowhere yet is where it leads.
fn behind_links(path: &Path) -> PathBuf {
    let led = || fs::read_link(path).ok().map(|to| path.parent().map_or_else(|| to.clone(), |folder| folder.join(&to)));
    fs::canonicalize(path).ok().or_else(led).unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
#[path = "register_tests.rs"]
mod tests;
