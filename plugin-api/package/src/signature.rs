//! Who stands behind a package: ed25519 over the exact bytes that will run.
//!
//! The last section of a signed package is `lotse:signature`, 97 bytes: format version, public key, signature. What is
//! signed is a fixed prefix and every byte before that section, so that a signature made for anything else is none here.
//! An altered byte is found, an unknown signer is named; both stop the package.

use std::collections::BTreeSet;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::digest::{hex, unhex};
use crate::{KeyError, VerifyError};

pub(crate) const FORMAT_VERSION: u8 = 1;
const DOMAIN: &[u8] = b"lotse:plugin package signature 1\0";
/// Begins the text of a key file, so that no other 64 digits are taken for a secret.
const KEY_FILE_PREFIX: &str = "lotse-signing-key-1:";

/// An ed25519 public key, printed as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::str::FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        unhex(text.trim()).map(Self).ok_or(KeyError::NotAPublicKey)
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// An author's or operator's secret key. Never printed.
pub struct SigningKey {
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

impl SigningKey {
    pub fn generate() -> Result<Self, KeyError> {
        let random = ring::rand::SystemRandom::new();
        let seed = ring::rand::generate::<[u8; 32]>(&random).map_err(|_| KeyError::NoRandomness)?;
        Self::from_seed(seed.expose())
    }

    /// The key that 32 secret random bytes stand for (RFC 8032).
    pub fn from_seed(seed: [u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyError::NotASigningKey)?;
        Ok(Self { seed, pair })
    }

    /// Reads the text of a key file.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let digits = text.trim().strip_prefix(KEY_FILE_PREFIX).ok_or(KeyError::NotASigningKey)?;
        Self::from_seed(unhex(digits).ok_or(KeyError::NotASigningKey)?)
    }

    /// The text of a key file. Whoever reads it can sign.
    pub fn to_secret_text(&self) -> String {
        format!("{KEY_FILE_PREFIX}{}\n", hex(&self.seed))
    }

    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.pair.public_key().as_ref());
        PublicKey(bytes)
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> Signature {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(&signed_message(bytes)).as_ref());
        Signature { signer: self.public(), signature }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey(public {})", self.public())
    }
}

fn signed_message(bytes: &[u8]) -> Vec<u8> {
    [DOMAIN, bytes].concat()
}

/// The content of the signature section, not yet believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub signer: PublicKey,
    signature: [u8; 64],
}

impl Signature {
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let (&version, rest) = payload.split_first()?;
        let (signer, signature) = rest.split_at_checked(32)?;
        if version != FORMAT_VERSION {
            return None;
        }
        Some(Self { signer: PublicKey(signer.try_into().ok()?), signature: signature.try_into().ok()? })
    }

    pub(crate) fn payload(&self) -> Vec<u8> {
        [&[FORMAT_VERSION][..], &self.signer.0, &self.signature].concat()
    }

    /// Trust is looked up first: the message then names the signer, whom the reader may want to trust.
    pub(crate) fn verify(&self, bytes: &[u8], trusted: &TrustedKeys) -> Result<Verified, VerifyError> {
        if !trusted.contains(&self.signer) {
            return Err(VerifyError::Untrusted(self.signer));
        }
        UnparsedPublicKey::new(&ED25519, self.signer.0)
            .verify(&signed_message(bytes), &self.signature)
            .map_err(|_| VerifyError::Altered(self.signer))?;
        Ok(Verified { signer: self.signer })
    }
}

/// Whose packages may run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedKeys(BTreeSet<PublicKey>);

impl TrustedKeys {
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        Self(keys.into_iter().collect())
    }

    pub fn contains(&self, key: &PublicKey) -> bool {
        self.0.contains(key)
    }
}

/// Proof that a trusted key signed the bytes. Only `Package::verify` makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    pub signer: PublicKey,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn key_files_come_back_and_debug_shows_no_secret() {
        let key = SigningKey::generate().unwrap();
        let text = key.to_secret_text();
        let again = SigningKey::from_text(&text).unwrap();
        assert_eq!(again.public(), key.public());
        assert!(!format!("{key:?}").contains(&hex(&key.seed)));
        assert!(SigningKey::from_text(&key.public().to_string()).is_err());
        assert_eq!(key.public().to_string().parse::<PublicKey>().unwrap(), key.public());
    }

    /// A signature over the same bytes for another purpose must not pass.
    #[test]
    fn the_domain_is_part_of_what_is_signed() {
        let key = SigningKey::from_seed([3; 32]).unwrap();
        let mut signature = key.sign(b"bytes");
        let trusted = TrustedKeys::new([key.public()]);
        assert!(signature.verify(b"bytes", &trusted).is_ok());
        signature.signature.copy_from_slice(key.pair.sign(b"bytes").as_ref());
        assert_eq!(signature.verify(b"bytes", &trusted), Err(VerifyError::Altered(key.public())));
    }
}
