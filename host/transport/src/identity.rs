//! The key that an end makes for one session, and the fingerprint by which the other end knows it.

use std::fmt;

use rcgen::{CertificateParams, KeyPair, PKCS_ED25519};
use ring::{digest, hmac};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::bind;
use crate::error::TransportError;

/// The longest certificate or key that is restored; ours have a few hundred bytes.
const PART_BYTES_MAX: usize = 4096;

/// SHA-256 of a certificate's DER bytes.
#[derive(Clone, Copy)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// The fingerprint of a certificate.
    pub fn of(certificate: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, certificate).as_ref());
        Self(bytes)
    }
}

impl PartialEq for Fingerprint {
    fn eq(&self, other: &Self) -> bool {
        bind::constant_time_equal(&self.0, &other.0)
    }
}
impl Eq for Fingerprint {}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({:02x}{:02x}{:02x}{:02x}..)", self.0[0], self.0[1], self.0[2], self.0[3])
    }
}

/// A self-signed certificate and its key, made for one session and thrown away with it.
pub struct Identity {
    certificate: CertificateDer<'static>,
    key: PrivatePkcs8KeyDer<'static>,
}

impl Identity {
    /// Makes a new one (Ed25519).
    ///
    /// # Errors
    /// [`TransportError::Identity`] when the system gives no randomness.
    pub fn generate() -> Result<Self, TransportError> {
        let key = KeyPair::generate_for(&PKCS_ED25519).map_err(failed)?;
        // The name is never looked at: the fingerprint is all that counts.
        let certificate = CertificateParams::new(vec![PEER_NAME.to_owned()]).map_err(failed)?;
        let certificate = certificate.self_signed(&key).map_err(failed)?;
        Ok(Self { certificate: certificate.der().clone(), key: PrivatePkcs8KeyDer::from(key.serialize_der()) })
    }

    /// What the other end pins.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.certificate)
    }

    /// Certificate and *private key* as bytes, for a program that is restarted within its session. Keep them secret.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [self.certificate.as_ref(), self.key.secret_pkcs8_der()] {
            // A part is far below 4096 bytes, so its length always fits.
            bytes.extend_from_slice(&u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }

    /// What the words are made with by which this end disowns links that it knows nothing of (RFC 9000, 10.3). Nobody else
    /// can make one, since it is of the private key.
    pub(crate) fn reset_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.derive(b"lotse stateless reset").as_ref())
    }

    /// What the numbers of this end's links can be told by from others.
    pub(crate) fn link_numbers_key(&self) -> u64 {
        self.derive(b"lotse connection ids").as_ref().iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
    }

    fn derive(&self, what: &[u8]) -> hmac::Tag {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, self.key.secret_pkcs8_der()), what)
    }

    /// Restores what [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// [`TransportError::Identity`] when the bytes are not that, or the key is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TransportError> {
        let malformed = || TransportError::Identity("the stored key is damaged".to_owned());
        let (certificate, rest) = part(bytes).ok_or_else(malformed)?;
        let (key, rest) = part(rest).ok_or_else(malformed)?;
        if !rest.is_empty() {
            return Err(malformed());
        }
        let key = PrivatePkcs8KeyDer::from(key.to_vec());
        // Parsed once here, so that damage is found now and not in the first handshake.
        KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_ED25519).map_err(|_| malformed())?;
        Ok(Self { certificate: CertificateDer::from(certificate.to_vec()), key })
    }

    pub(crate) fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.certificate.clone()]
    }

    pub(crate) fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(self.key.clone_key())
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Identity").field(&self.fingerprint()).finish()
    }
}

/// The server name in the handshake; the same for everybody, so that it tells nothing.
pub(crate) const PEER_NAME: &str = "lotse";

fn failed(error: rcgen::Error) -> TransportError {
    TransportError::Identity(error.to_string())
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    (length <= PART_BYTES_MAX).then(|| rest.split_at_checked(length)).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::random::Seeded;

    #[test]
    fn an_identity_survives_its_bytes() {
        let identity = Identity::generate().unwrap();
        let restored = Identity::from_bytes(&identity.to_bytes()).unwrap();
        assert_eq!(identity.fingerprint(), restored.fingerprint());
        assert_ne!(identity.fingerprint(), Identity::generate().unwrap().fingerprint());
    }

    #[test]
    fn fuzz_identity_bytes() {
        let bytes = Identity::generate().unwrap().to_bytes();
        let mut random = Seeded::new(4);
        for _ in 0..500 {
            let mut damaged = bytes.clone();
            let index = random.below(damaged.len());
            damaged[index] = random.next_u64() as u8;
            damaged.truncate(random.below(bytes.len() * 2));
            let _ = Identity::from_bytes(&damaged);
        }
        assert!(Identity::from_bytes(&[]).is_err());
    }
}
