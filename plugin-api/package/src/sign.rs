//! Signs packages: the last section of a package is the signature over everything before it.
//!
//! Needs no feature, unlike making packages.

use crate::package::SIGNATURE_SECTION;
use crate::section::custom_section;
use crate::{PackError, Package, SigningKey};

/// Appends the signature to an unsigned package.
pub fn sign(package: &[u8], key: &SigningKey) -> Result<Vec<u8>, PackError> {
    if Package::read(package)?.signature().is_some() {
        return Err(PackError::AlreadySigned);
    }
    let mut bytes = package.to_vec();
    bytes.extend(custom_section(SIGNATURE_SECTION, &key.sign(package).payload()));
    // The section makes the file a little longer, perhaps too long.
    Package::read(&bytes)?;
    Ok(bytes)
}
