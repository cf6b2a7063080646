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
    offered: PathBuf,
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
        Ok(Self { applications, defaults, offered: config.join("lotse-customer/offered") })
    }

    /// Links start the program at this place from now on.
    ///
    /// # Errors
    /// What cannot be read or written.
    pub fn register(&self, program: &Path) -> Result<(), RegisterError> {
        let entry = program.to_str().and_then(entry).ok_or_else(|| RegisterError::Program(program.to_owned()))?;
        let list = self.defaults()?;
        write(&self.applications.join(ENTRY), &entry)?;
        write(&self.defaults, &with_default(&list, true))
    }

    /// Links start it no more.
    ///
    /// # Errors
    /// What cannot be read or written.
    pub fn unregister(&self) -> Result<(), RegisterError> {
        let (list, path) = (self.defaults()?, self.applications.join(ENTRY));
        let left = with_default(&list, false);
        if left != list {
            write(&self.defaults, &left)?;
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(RegisterError::File { path, error }),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Whether this was offered before. It is the program's own setting and not among what a session leaves.
    #[must_use]
    pub fn was_offered(&self) -> bool {
        self.offered.exists()
    }

    /// It was.
    ///
    /// # Errors
    /// What cannot be written; then it may be offered again.
    pub fn note_offer(&self) -> Result<(), RegisterError> {
        write(&self.offered, "")
    }

    /// Whether they do.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        self.applications.join(ENTRY).exists()
    }

    fn defaults(&self) -> Result<String, RegisterError> {
        let path = &self.defaults;
        let failed = |error| RegisterError::File { path: path.clone(), error };
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(failed(error)),
            Ok(file) if file.len() > LIST_BYTES_MAX => Err(RegisterError::TooLarge(path.clone())),
            Ok(_) => fs::read_to_string(path).map_err(failed),
        }
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

/// The list with our line, or without it; every other line stays as it is.
fn with_default(list: &str, wanted: bool) -> String {
    let ours = format!("{KEY}={ENTRY}");
    let (mut left, mut inside, mut written) = (String::new(), false, false);
    for line in list.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with('[') {
            inside = trimmed == SECTION;
        }
        let (key, value) = trimmed.split_once('=').unwrap_or((trimmed, ""));
        let is_key = inside && key.trim_end() == KEY;
        let is_ours = value.trim().trim_end_matches(';') == ENTRY;
        if is_key && (wanted || is_ours) {
            continue;
        }
        left.push_str(line);
        left.push('\n');
        if wanted && trimmed == SECTION && !written {
            written = true;
            left.push_str(&ours);
            left.push('\n');
        }
    }
    if wanted && !written {
        left.push_str(SECTION);
        left.push('\n');
        left.push_str(&ours);
        left.push('\n');
    }
    left
}

/// Whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), RegisterError> {
    let failed = |error| RegisterError::File { path: path.to_owned(), error };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let passing = path.with_file_name(name);
    let written = fs::write(&passing, text).and_then(|()| fs::rename(&passing, path));
    if written.is_err() {
        // The first error is the one worth telling.
        let _ = fs::remove_file(&passing);
    }
    written.map_err(failed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn c3_links_start_the_program_and_it_is_taken_back_whole() {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk {
            applications: folder.path().join("share/applications"),
            defaults: folder.path().join("config/mimeapps.list"),
            offered: folder.path().join("config/lotse-customer/offered"),
        };
        assert!(!desk.was_offered());
        desk.note_offer().unwrap();
        assert!(desk.was_offered());
        let others = "[Added Associations]\nx-scheme-handler/lotse=other.desktop\n\n[Default Applications]\ntext/html=b.desktop\n";
        fs::write(&desk.defaults, others).unwrap();
        for _ in 0..2 {
            desk.register(Path::new("/opt/My Lotse/lotse-customer")).unwrap();
            assert!(desk.is_registered());
            let list = fs::read_to_string(&desk.defaults).unwrap();
            assert!(list.contains("[Default Applications]\nx-scheme-handler/lotse=lotse-customer.desktop\ntext/html"));
            assert_eq!(list.matches("lotse-customer.desktop").count(), 1, "{list}");
        }
        let entry = fs::read_to_string(desk.applications.join(ENTRY)).unwrap();
        assert!(entry.contains("Exec=\"/opt/My Lotse/lotse-customer\" %u\n"), "{entry}");
        assert!(entry.contains("MimeType=x-scheme-handler/lotse;\n"));
        for _ in 0..2 {
            desk.unregister().unwrap();
            assert!(!desk.is_registered());
            assert_eq!(fs::read_to_string(&desk.defaults).unwrap(), others);
        }
    }

    #[test]
    fn a_list_that_is_not_there_is_made_and_another_program_keeps_its_place() {
        assert_eq!(with_default("", true), format!("{SECTION}\n{KEY}={ENTRY}\n"));
        let others = format!("{SECTION}\n{KEY}=other.desktop;\n");
        assert_eq!(with_default(&others, false), others);
        assert_eq!(with_default(&others, true), format!("{SECTION}\n{KEY}={ENTRY}\n"));
    }

    #[test]
    fn a_program_in_a_place_of_any_name_is_quoted() {
        assert!(entry("/a$b/100%/x").unwrap().contains("Exec=\"/a\\\\$b/100%%/x\" %u"));
        assert_eq!(entry("/a\nExec=evil"), None);
    }
}
