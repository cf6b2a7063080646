//! The drivers of one installation.

use std::path::{Path, PathBuf};

use crate::ffi::Library;
use crate::verify::trusted;
use crate::{CaptureDriver, Clipboard, DriverError, DriverErrorKind, Input};

const FILE_PREFIX: &str = if cfg!(windows) { "lotse_driver_" } else { "liblotse_driver_" };
const FILE_SUFFIX: &str = std::env::consts::DLL_SUFFIX;
const FILE_PATTERN: &str = if cfg!(windows) { "lotse_driver_NAME.dll" } else { "liblotse_driver_NAME.so" };
/// A folder with more than this many drivers is some other folder.
const DRIVERS_MAX: usize = 32;

/// What the person who keeps the installation wants to know of a driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverInfo {
    pub name: String,
    pub version: String,
    pub file: PathBuf,
    pub capture: bool,
    pub input: bool,
    pub clipboard: bool,
}

/// Every usable driver of a folder, best first, and what was wrong with the others. Libraries stay loaded until the
/// program ends, since what they started (threads, exit handlers) cannot be known.
#[derive(Debug)]
pub struct DriverSet {
    drivers: Vec<(DriverInfo, Library)>,
    problems: Vec<DriverError>,
}

impl DriverSet {
    /// Loads the drivers of one folder. Fails when there is nothing to be had from it; a bad driver beside good ones is
    /// in [`Self::problems`].
    pub fn load(folder: &Path) -> Result<Self, DriverError> {
        let files = driver_files(folder)?;
        if files.is_empty() {
            return Err(DriverError::NoDrivers { folder: folder.to_owned(), pattern: FILE_PATTERN });
        }
        let mut set = Self { drivers: Vec::new(), problems: Vec::new() };
        for file in files {
            match load_one(&file) {
                Ok(driver) => set.drivers.push(driver),
                Err(problem) => {
                    tracing::warn!(%problem, "a driver was left out");
                    set.problems.push(problem);
                }
            }
        }
        set.drivers.sort_by_key(|(info, _)| (rank(&info.name), info.name.clone()));
        match set.problems.first() {
            Some(problem) if set.drivers.is_empty() => Err(problem.clone()),
            _ => Ok(set),
        }
    }

    /// Loads from beside the running program, or else from `../lib/lotse` of there.
    pub fn load_default() -> Result<Self, DriverError> {
        let program = std::env::current_exe()
            .map_err(|error| DriverError::FolderUnreadable { folder: PathBuf::from("."), reason: error.to_string() })?;
        let beside = program.parent().unwrap_or(Path::new("/")).to_owned();
        let library = beside.join("../lib/lotse");
        match Self::load(&beside) {
            Err(DriverError::NoDrivers { .. }) if library.is_dir() => Self::load(&library),
            outcome => outcome,
        }
    }

    /// What is loaded, best first.
    pub fn drivers(&self) -> impl Iterator<Item = &DriverInfo> {
        self.drivers.iter().map(|(info, _)| info)
    }

    /// What was wrong with the drivers that are not.
    pub fn problems(&self) -> &[DriverError] {
        &self.problems
    }

    /// Every driver that can capture, best first, whether or not it works here.
    pub fn captures(&self) -> impl Iterator<Item = CaptureDriver> {
        self.drivers.iter().filter_map(|(_, library)| library.capture()).map(CaptureDriver::new)
    }

    /// The best driver that can capture here and now.
    pub fn best_capture(&self) -> Result<CaptureDriver, DriverError> {
        self.first_of("capture the screen", self.captures().map(|driver| driver.displays().map(|_| driver)))
    }

    /// A pointer and keyboard to act with.
    pub fn open_input(&self) -> Result<Input, DriverError> {
        let inputs = self.drivers.iter().filter_map(|(_, library)| library.input());
        self.first_of("move the pointer and press keys", inputs.map(Input::open))
    }

    /// The system's clipboard.
    pub fn open_clipboard(&self) -> Result<Clipboard, DriverError> {
        let clipboards = self.drivers.iter().filter_map(|(_, library)| library.clipboard());
        self.first_of("reach the clipboard", clipboards.map(Clipboard::open))
    }

    /// The first success; an error that another driver cannot better ends the search.
    fn first_of<T>(
        &self,
        what: &'static str,
        outcomes: impl Iterator<Item = Result<T, DriverError>>,
    ) -> Result<T, DriverError> {
        let mut details = String::new();
        for outcome in outcomes {
            match outcome {
                Ok(found) => return Ok(found),
                Err(error) if error.kind() == DriverErrorKind::Denied => return Err(error),
                Err(error) => details.push_str(&format!(" {error}")),
            }
        }
        for problem in &self.problems {
            details.push_str(&format!(" {problem}"));
        }
        if details.is_empty() {
            details.push_str(" Install a driver that can, beside the program.");
        }
        Err(DriverError::NoneUsable { what, details })
    }
}

/// Drivers that see damage before those that compare pictures.
fn rank(name: &str) -> u8 {
    match name {
        "x11" => 0,
        "scrap" => 2,
        _ => 1,
    }
}

fn driver_files(folder: &Path) -> Result<Vec<PathBuf>, DriverError> {
    let entries = std::fs::read_dir(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => DriverError::FolderMissing { folder: folder.to_owned() },
        _ => DriverError::FolderUnreadable { folder: folder.to_owned(), reason: error.to_string() },
    })?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| name_in(path).is_some()).collect();
    files.sort();
    files.truncate(DRIVERS_MAX);
    Ok(files)
}

/// The driver's name as its file has it.
fn name_in(file: &Path) -> Option<&str> {
    file.file_name()?.to_str()?.strip_prefix(FILE_PREFIX)?.strip_suffix(FILE_SUFFIX)
}

fn load_one(file: &Path) -> Result<(DriverInfo, Library), DriverError> {
    let real = trusted(file)?;
    crate::elf::check(&real).map_err(|reason| DriverError::Unloadable { file: real.clone(), reason })?;
    let library = Library::load(&real)?;
    let (name, version) = library.name_and_version();
    if name_in(file) != Some(name.as_str()) {
        return Err(DriverError::WrongName { file: real, name });
    }
    let info = DriverInfo {
        name,
        version,
        file: real,
        capture: library.capture().is_some(),
        input: library.input().is_some(),
        clipboard: library.clipboard().is_some(),
    };
    Ok((info, library))
}
