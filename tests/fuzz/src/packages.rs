//! Plugins as files: package, manifest, keys in text, and the envelope round compiled code.

use lotse_package::{Digest, Manifest, Package, PublicKey, SigningKey, TrustedKeys};
use lotse_runtime::{CodeError, Runtime, RuntimeOptions, SignedCode};
use std::sync::OnceLock;

/// Whoever signed the examples, packages and code alike.
pub const SIGNER_SEED: [u8; 32] = [7; 32];

fn signer() -> Option<PublicKey> {
    static SIGNER: OnceLock<Option<PublicKey>> = OnceLock::new();
    *SIGNER.get_or_init(|| SigningKey::from_seed(SIGNER_SEED).ok().map(|key| key.public()))
}

fn runtime() -> Option<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new(RuntimeOptions::default()).ok()).as_ref()
}

/// A package that is taken says the truth about its component, and who verified it is who signed it.
pub fn package(bytes: &[u8]) {
    let Ok(package) = Package::read(bytes) else { return };
    assert!(package.manifest().check().is_ok(), "a package with a manifest that is none");
    for capability in package.capabilities() {
        assert!(package.manifest().declares(capability), "the manifest keeps {capability} back");
    }
    assert_eq!(package.digest(), Digest::of(bytes), "the digest is not that of the file");
    let verified = package.verify(&TrustedKeys::new(signer())).ok().map(|verified| verified.signer);
    let claimed = package.signature().map(|signature| signature.signer);
    assert!(verified.is_none() || verified == claimed && verified == signer(), "verified for somebody else");
    assert!(package.verify(&TrustedKeys::default()).is_err(), "a package passed though nobody is trusted");
}

/// A manifest that is taken comes back from being written.
pub fn manifest(bytes: &[u8]) {
    let Ok(manifest) = Manifest::parse(bytes) else {
        assert!(Manifest::parse_strictly(bytes).is_err(), "the strict reader takes more than the other");
        return;
    };
    let again = manifest.to_json().and_then(|json| Manifest::parse(&json)).ok();
    assert_eq!(again, Some(manifest), "a manifest does not come back");
}

/// The text of a key file, secret or public.
pub fn key_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(key) = SigningKey::from_text(text) {
        let again = SigningKey::from_text(&key.to_secret_text()).ok().map(|again| again.public());
        assert_eq!(again, Some(key.public()), "a signing key does not come back");
    }
    if let Ok(key) = text.parse::<PublicKey>() {
        assert_eq!(key.to_string().parse::<PublicKey>().ok(), Some(key), "a public key does not come back");
    }
}

/// The envelope, and the check before code is loaded. The signer's examples are all for an engine that never was, so
/// whatever gets as far as being deserialized was not signed.
pub fn signed_code(bytes: &[u8]) {
    let Ok(code) = SignedCode::read(bytes.to_vec()) else { return };
    assert_eq!(code.as_bytes(), bytes, "an envelope does not come back");
    assert!(code.header().manifest.check().is_ok(), "an envelope with a manifest that is none");
    let (Some(runtime), Some(signer)) = (runtime(), signer()) else { return };
    let refused = match runtime.load_signed(&code, &signer) {
        Err(CodeError::Malformed | CodeError::Forged | CodeError::OtherVersion { .. }) => true,
        Err(CodeError::Unloadable(_)) | Ok(_) => false,
    };
    assert!(refused, "code that nobody signed was about to be loaded");
}
