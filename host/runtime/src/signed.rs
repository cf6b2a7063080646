//! Compiled code with the word of whoever compiled it: the envelope around what will run natively.
//!
//! Layout: magic (8 bytes), length of the header (u32, little endian), header (JSON), code, signature (64 bytes,
//! ed25519 over everything before it; the magic keeps it apart from any other signature). The parser is total and
//! bounded. Reading says nothing; only [`SignedCode::verify`] makes the [`Trusted`] that `code.rs` loads.

use std::ops::Range;

use lotse_package::{Digest, Manifest, PublicKey};
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

/// Changes with the layout.
const MAGIC: &[u8; 8] = b"lotsecd1";
const SIGNATURE_BYTES: usize = 64;
/// A manifest is at most 64 KiB; the rest of the header is a few hundred bytes.
const HEADER_BYTES_MAX: usize = 128 * 1024;
/// Native code is four to ten times its WebAssembly; packages are at most 16 MiB and usually 30 KiB.
pub(crate) const CODE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// The engine that code is bound to. Code runs only where this is letter for letter the same.
///
/// Counted up when the engine's configuration changes; the second part is the pinned wasmtime.
#[must_use]
pub fn engine_version() -> &'static str {
    "lotse-engine-1 wasmtime-48.0.8"
}

/// Why signed code is not loaded.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    #[error("this is not compiled plugin code, or it was cut short: ask the relay again")]
    Malformed,
    #[error("the compiled plugin was not signed by this relay, or was changed on the way: it is not run")]
    Forged,
    #[error(
        "the plugin was compiled for another version of Lotse ({engine}, {target}): ask the relay again, \
         or bring this program up to date"
    )]
    OtherVersion { engine: String, target: String },
    #[error("the compiled plugin cannot be loaded ({0}): ask the relay again")]
    Unloadable(String),
}

/// What the code is, and for where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeHeader {
    pub manifest: Manifest,
    /// Of the signed package it was compiled from: both sides of a session compare it.
    pub package: Digest,
    pub engine: String,
    pub target: String,
}

#[derive(Serialize, Deserialize)]
struct WireHeader {
    package: [u8; 32],
    engine: String,
    target: String,
    manifest: Manifest,
}

/// An envelope as it came: not yet believed.
#[derive(Debug, Clone)]
pub struct SignedCode {
    bytes: Vec<u8>,
    header: CodeHeader,
    code: Range<usize>,
}

/// Code whose signature was checked. Only [`SignedCode::verify`] makes it.
#[derive(Debug)]
pub(crate) struct Trusted<'a> {
    pub header: &'a CodeHeader,
    pub code: &'a [u8],
}

impl SignedCode {
    /// Puts code that was just compiled into an envelope.
    pub fn sign(header: CodeHeader, code: &[u8], key: &Ed25519KeyPair) -> Result<Self, CodeError> {
        let CodeHeader { manifest, package, engine, target } = header.clone();
        let wire = WireHeader { package: *package.as_bytes(), engine, target, manifest };
        let json = serde_json::to_vec(&wire).map_err(|_| CodeError::Malformed)?;
        let len = u32::try_from(json.len()).map_err(|_| CodeError::Malformed)?;
        let mut bytes = Vec::with_capacity(MAGIC.len() + 4 + json.len() + code.len() + SIGNATURE_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&len.to_le_bytes());
        bytes.extend_from_slice(&json);
        let start = bytes.len();
        bytes.extend_from_slice(code);
        let range = start..bytes.len();
        let signature = key.sign(&bytes);
        bytes.extend_from_slice(signature.as_ref());
        Ok(Self { bytes, header, code: range })
    }

    /// Takes an envelope apart.
    pub fn read(bytes: Vec<u8>) -> Result<Self, CodeError> {
        let (header, code) = take_apart(&bytes).ok_or(CodeError::Malformed)?;
        Ok(Self { bytes, header, code })
    }

    /// The envelope as it travels and is stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it claims to be.
    #[must_use]
    pub fn header(&self) -> &CodeHeader {
        &self.header
    }

    /// Checks the signature over every byte.
    pub(crate) fn verify(&self, key: &PublicKey) -> Result<Trusted<'_>, CodeError> {
        let (signed, signature) = self.bytes.split_at(self.code.end);
        UnparsedPublicKey::new(&ED25519, key.as_bytes()).verify(signed, signature).map_err(|_| CodeError::Forged)?;
        let code = self.bytes.get(self.code.clone()).ok_or(CodeError::Malformed)?;
        Ok(Trusted { header: &self.header, code })
    }
}

fn take_apart(bytes: &[u8]) -> Option<(CodeHeader, Range<usize>)> {
    let rest = bytes.strip_prefix(MAGIC.as_slice())?;
    let (len, rest) = rest.split_first_chunk::<4>()?;
    let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
    if len > HEADER_BYTES_MAX {
        return None;
    }
    let (json, rest) = rest.split_at_checked(len)?;
    let code_len = rest.len().checked_sub(SIGNATURE_BYTES)?;
    if code_len > CODE_BYTES_MAX {
        return None;
    }
    let WireHeader { package, engine, target, manifest } = serde_json::from_slice(json).ok()?;
    manifest.check().ok()?;
    let start = MAGIC.len() + 4 + len;
    let header = CodeHeader { manifest, package: Digest::from_bytes(package), engine, target };
    Some((header, start..start + code_len))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use proptest::prelude::*;
    use ring::signature::KeyPair as _;

    fn key(seed: u8) -> (Ed25519KeyPair, PublicKey) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let public = PublicKey::from_bytes(pair.public_key().as_ref().try_into().unwrap());
        (pair, public)
    }

    fn envelope() -> SignedCode {
        let manifest = Manifest::parse(
            br#"{"id":"com.example.a","name":{"en":"A"},"version":"1.2.3","api":"^0.1","fails":"reloaded"}"#,
        )
        .unwrap();
        let header = CodeHeader {
            manifest,
            package: Digest::of(b"package"),
            engine: engine_version().into(),
            target: "x86_64-unknown-linux-gnu".into(),
        };
        SignedCode::sign(header, b"native code", &key(1).0).unwrap()
    }

    #[test]
    fn comes_back_whole_and_only_the_signer_counts() {
        let made = envelope();
        let read = SignedCode::read(made.as_bytes().to_vec()).unwrap();
        assert_eq!(read.header(), made.header());
        assert_eq!(read.verify(&key(1).1).unwrap().code, b"native code");
        assert!(matches!(read.verify(&key(2).1), Err(CodeError::Forged)));
    }

    #[test]
    fn every_altered_byte_is_found() {
        let bytes = envelope().as_bytes().to_vec();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            if let Ok(read) = SignedCode::read(altered) {
                assert!(matches!(read.verify(&key(1).1), Err(CodeError::Forged)), "byte {at}");
            }
            assert!(
                SignedCode::read(bytes[..at].to_vec()).is_err() || {
                    let short = SignedCode::read(bytes[..at].to_vec()).unwrap();
                    short.verify(&key(1).1).is_err()
                }
            );
        }
    }

    proptest! {
        #[test]
        fn fuzz_read_is_total(noise in proptest::collection::vec(any::<u8>(), 0..512), at in 0usize..200, keep in any::<bool>()) {
            let mut bytes = if keep { envelope().as_bytes().to_vec() } else { MAGIC.to_vec() };
            let at = at.min(bytes.len());
            bytes.splice(at..at, noise);
            if let Ok(read) = SignedCode::read(bytes) {
                let _ = read.verify(&key(1).1);
            }
        }
    }
}
