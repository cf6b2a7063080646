//! Putting a package into the data folder and taking one out, by the same rules by which a relay reads them.
//!
//! Everything is decided before anything is written: a package that a relay would leave out changes nothing. What is written
//! is what was checked, whole or not at all, so that a relay that reads the folder meanwhile never sees half of it.

use super::error::RegistryError;
use super::folders::PACKAGES_FOLDER;
use super::packages::{Catalogue, PACKAGES_BYTES_MAX, PACKAGES_MAX, PackageSources, package_files, read_package};
use super::stored_package::StoredPackage;
use crate::data::write_whole;
use lotse_package::{PACKAGE_BYTES_MAX, Package};
use semver::Version;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Longest version, in characters, whose file has a name on every system.
const VERSION_CHARS_MAX: usize = 64;

/// Why a package is not added, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    #[error(transparent)]
    Sources(#[from] RegistryError),
    #[error("{0} is not taken: {1}")]
    Refused(PathBuf, String),
    #[error(
        "{id} belongs to the key {owner} here, and {signer} signed this package: if they have taken the plugin over, take the old packages out with `lotse-relay plugin remove`, and run `lotse-relay plugin release`"
    )]
    Owner { id: String, owner: String, signer: String },
    #[error(
        "{0} belongs to nobody here yet and several signed packages of it: take all but its owner's out of the plugin folders first"
    )]
    Several(String),
    #[error("{id} {version} is here already with another content: give the plugin another version and sign it again")]
    OtherContent { id: String, version: Version },
    #[error("the version {0} is too long: one of at most {VERSION_CHARS_MAX} characters can be kept")]
    LongVersion(Version),
    #[error(
        "there are more packages than a relay keeps (at most {PACKAGES_MAX}, of {} MiB together): take old versions out with `lotse-relay plugin remove`",
        PACKAGES_BYTES_MAX / 1024 / 1024
    )]
    Full,
    #[error("{0} cannot be written ({1}): free some space, or give this user the right to write there")]
    Write(PathBuf, io::Error),
}

/// A package that a relay would take.
#[derive(Debug)]
pub struct Addition {
    pub package: StoredPackage,
    /// It is here already, letter for letter.
    pub known: bool,
}

/// Checks a package as a relay would that found it beside those of `sources`. Nothing is written.
///
/// # Errors
/// Why a relay would leave it or another one out.
pub fn try_on(file: &Path, sources: &PackageSources) -> Result<Addition, AddError> {
    let package = read_package(file, sources).map_err(|reason| AddError::Refused(file.to_owned(), reason))?;
    let (id, version, digest) = (package.entry.id.clone(), package.entry.version.clone(), package.entry.digest);
    if version.to_string().len() > VERSION_CHARS_MAX {
        return Err(AddError::LongVersion(version));
    }
    let before = Catalogue::read(sources)?;
    let known = before.get(&digest).is_some();
    let after = Catalogue::read_with(sources, Some(package.clone()))?;
    if after.get(&digest).is_none() {
        return Err(match sources.owners.get(&id) {
            Some(owner) => {
                let signer = package.signer.map_or_else(|| "nobody".to_owned(), |key| key.to_string());
                AddError::Owner { id, owner: owner.to_string(), signer }
            }
            None => AddError::Several(id),
        });
    }
    let same = |other: &&StoredPackage| other.entry.id == id && other.entry.version == version;
    if before.packages().filter(same).any(|other| other.entry.digest != digest) {
        return Err(AddError::OtherContent { id, version });
    }
    if !known && after.is_over_full() {
        return Err(AddError::Full);
    }
    Ok(Addition { package, known })
}

/// Writes a checked package into the data folder; where it is.
///
/// # Errors
/// [`AddError::Write`].
pub fn put(package: &StoredPackage, data: &Path) -> Result<PathBuf, AddError> {
    let folder = data.join(PACKAGES_FOLDER);
    // An id and a version are safe in a file's name: letters, digits, '.', '-' and '+'.
    let file = folder.join(format!("{}-{}.wasm", package.entry.id, package.entry.version));
    let written = fs::create_dir_all(&folder).and_then(|()| write_whole(&file, &package.bytes));
    written.map(|()| file.clone()).map_err(|error| AddError::Write(file, error))
}

/// A file of the data folder with a plugin in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageFile {
    pub path: PathBuf,
    /// SHA-256 of it.
    pub digest: [u8; 32],
}

/// The files in the data folder that hold this version of a plugin, whoever signed them.
///
/// # Errors
/// The folder cannot be read.
pub fn files_of(id: &str, version: &Version, data: &Path) -> io::Result<Vec<PackageFile>> {
    let files = match package_files(&data.join(PACKAGES_FOLDER)) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => vec![],
        Err(error) => return Err(error),
    };
    let holds = |path: PathBuf| {
        let mut bytes = vec![];
        // One byte over the limit is enough to be refused.
        fs::File::open(&path).ok()?.take(PACKAGE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).ok()?;
        let package = Package::read(&bytes).ok()?;
        let manifest = package.manifest();
        let digest = *package.digest().as_bytes();
        (manifest.id.as_str() == id && manifest.version == *version).then_some(PackageFile { path, digest })
    };
    Ok(files.into_iter().filter_map(holds).collect())
}
