//! Reads a package: bounded, total, nothing compiled, nothing unpacked.

use crate::interface::{self, Interfaces};
use crate::section::{self, custom_section};
use crate::{
    Capability, Digest, Handler, Interface, Manifest, PackageError, Signature, TrustedKeys, Verified, VerifyError,
};

/// A plugin is policy and text; the bundled ones are far under 200 KiB.
pub const PACKAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

pub(crate) const MANIFEST_SECTION: &str = "lotse:manifest";
pub(crate) const SIGNATURE_SECTION: &str = "lotse:signature";

/// A well-formed package whose manifest tells the truth about its component. Not yet verified.
#[derive(Debug)]
pub struct Package<'a> {
    bytes: &'a [u8],
    manifest: Manifest,
    imports: Vec<Interface>,
    exports: Vec<Handler>,
    signature: Option<(Signature, usize)>,
}

impl<'a> Package<'a> {
    /// Takes the file apart and compares manifest and component.
    pub fn read(bytes: &'a [u8]) -> Result<Self, PackageError> {
        if bytes.len() > PACKAGE_BYTES_MAX {
            return Err(PackageError::TooLarge { bytes: bytes.len(), max: PACKAGE_BYTES_MAX });
        }
        let sections = section::sections(bytes)?;
        let mut manifest = None;
        let mut signature = None;
        for section in &sections {
            if signature.is_some() {
                return Err(PackageError::SignatureNotLast);
            }
            match section.custom()? {
                Some((MANIFEST_SECTION, json)) => {
                    if manifest.replace(Manifest::parse(json)?).is_some() {
                        return Err(PackageError::ManifestTwice);
                    }
                }
                Some((SIGNATURE_SECTION, payload)) => {
                    let parsed = Signature::parse(payload).ok_or(PackageError::SignatureForm)?;
                    // The section's own framing is outside the signature: only one spelling of it is taken.
                    let end = section.content_start + section.content.len();
                    if bytes.get(section.start..end) != Some(&custom_section(SIGNATURE_SECTION, payload)[..]) {
                        return Err(PackageError::SignatureForm);
                    }
                    signature = Some((parsed, section.start));
                }
                Some(_) | None => {}
            }
        }
        let manifest = manifest.ok_or(PackageError::ManifestMissing)?;
        let interfaces = interface::read(&sections)?;
        interface::compare(&interfaces, &manifest)?;
        let Interfaces { imports, exports } = interfaces;
        Ok(Self {
            bytes,
            manifest,
            imports,
            exports: exports.into_iter().map(|(handler, _)| handler).collect(),
            signature,
        })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What the component really imports; never more than the manifest declares.
    pub fn imports(&self) -> &[Interface] {
        &self.imports
    }

    /// Capabilities among the imports.
    pub fn capabilities(&self) -> impl Iterator<Item = Capability> + '_ {
        self.imports.iter().filter_map(|import| match import {
            Interface::Types(_) => None,
            Interface::Capability(capability, _) => Some(*capability),
        })
    }

    /// Which events it handles.
    pub fn exports(&self) -> &[Handler] {
        &self.exports
    }

    /// Who claims to have signed it; to be believed only after `verify`.
    pub fn signature(&self) -> Option<&Signature> {
        self.signature.as_ref().map(|(signature, _)| signature)
    }

    /// The component with manifest and signature: what is compiled. Custom sections do not matter to the compiler.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// SHA-256 of the exact file.
    pub fn digest(&self) -> Digest {
        Digest::of(self.bytes)
    }

    /// Checks the signature. Unsigned, unknown and altered are different errors: developer mode may forgive the first.
    pub fn verify(&self, trusted: &TrustedKeys) -> Result<Verified, VerifyError> {
        let (signature, start) = self.signature.as_ref().ok_or(VerifyError::Unsigned)?;
        // `start` is a section's position in these bytes, so the slice is there; were it not, nothing is verified.
        let signed = self.bytes.get(..*start).ok_or(VerifyError::Altered(signature.signer))?;
        signature.verify(signed, trusted)
    }
}
