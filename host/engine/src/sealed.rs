//! Seals a join code to the page of the customer who asked, or to a colleague's program, and what was said to whoever is asked
//! to take it over. The formats are told in [`lotse_protocol::question`] and [`lotse_protocol::handover`].
//!
//! The relay carries the body and cannot open it. Each has a key pair of its own, so the one AES-GCM key that comes of it is used
//! once.

use lotse_protocol::code::JoinCode;
use lotse_protocol::handover::{SUMMARY_BYTES_MAX, SUMMARY_INFO};
use lotse_protocol::question::{PAGE_KEY_BYTES, SEAL_INFO, SEALED_CODE_BYTES};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, PublicKey, UnparsedPublicKey, agree_ephemeral};
use ring::error::Unspecified;
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::rand::SystemRandom;

/// Why a code could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealError {
    #[error(
        "the page's key makes no sense, so its question waits again; if it stays so, the portal's page is out of date"
    )]
    PageKey,
    #[error("this computer gives no random numbers to seal a code with")]
    Random,
}

/// The body for the page with this public key: [`SEALED_CODE_BYTES`] long.
pub(crate) fn seal(code: &JoinCode, page_key: &[u8]) -> Result<Vec<u8>, SealError> {
    if page_key.len() != PAGE_KEY_BYTES {
        return Err(SealError::PageKey);
    }
    let (private, own) = key_pair()?;
    let digits = format!("{:05}{}", code.nameplate(), code.secret());
    let page = UnparsedPublicKey::new(&ECDH_P256, page_key);
    // Refuses points that are not on the curve, and infinity.
    agree_ephemeral(private, &page, |shared| encrypted(shared, page_key, own.as_ref(), digits.as_bytes()))
        .flatten()
        .map_err(|_| SealError::PageKey)
}

/// What was said, for the program with this key alone.
pub(crate) fn seal_summary(text: &str, their_key: &[u8]) -> Result<Vec<u8>, SealError> {
    if their_key.len() != PAGE_KEY_BYTES {
        return Err(SealError::PageKey);
    }
    let (private, own) = key_pair()?;
    let them = UnparsedPublicKey::new(&ECDH_P256, their_key);
    agree_ephemeral(private, &them, |shared| {
        let key = derived(SUMMARY_INFO, shared, their_key, own.as_ref())?;
        encrypted_with(&key, own.as_ref(), text.as_bytes())
    })
    .flatten()
    .map_err(|_| SealError::PageKey)
}

/// What one body can be sealed to, and opens it.
pub(crate) struct Opener {
    private: EphemeralPrivateKey,
    public: Vec<u8>,
}

impl Opener {
    pub(crate) fn new() -> Result<Self, SealError> {
        let (private, public) = key_pair()?;
        Ok(Self { private, public: public.as_ref().to_vec() })
    }

    /// What is given to whoever seals.
    pub(crate) fn public(&self) -> &[u8] {
        &self.public
    }

    /// The code in a body of [`seal`]; `None`: it was sealed to somebody else, or changed.
    pub(crate) fn code(self, body: &[u8]) -> Option<JoinCode> {
        let digits = self.opened(SEAL_INFO, Some(body).filter(|body| body.len() == SEALED_CODE_BYTES)?)?;
        std::str::from_utf8(&digits).ok()?.parse().ok()
    }

    /// The text in a body of [`seal_summary`].
    pub(crate) fn summary(self, body: &[u8]) -> Option<String> {
        let text = self.opened(SUMMARY_INFO, body)?;
        String::from_utf8(text).ok().filter(|text| text.len() <= SUMMARY_BYTES_MAX)
    }

    fn opened(self, info: &[u8], body: &[u8]) -> Option<Vec<u8>> {
        let (theirs, secret) = body.split_at_checked(PAGE_KEY_BYTES)?;
        let (mut secret, public) = (secret.to_vec(), self.public);
        let key = agree_ephemeral(self.private, &UnparsedPublicKey::new(&ECDH_P256, theirs), |shared| {
            derived(info, shared, &public, theirs)
        });
        let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
        let plain = key.flatten().ok()?.open_in_place(nonce, Aad::empty(), &mut secret).ok()?.to_vec();
        Some(plain)
    }
}

fn key_pair() -> Result<(EphemeralPrivateKey, PublicKey), SealError> {
    let private = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(|_| SealError::Random)?;
    let own = private.compute_public_key().map_err(|_| SealError::Random)?;
    Ok((private, own))
}

/// `own`, and behind it `digits` encrypted with what is derived from the shared x coordinate.
fn encrypted(shared: &[u8], page_key: &[u8], own: &[u8], digits: &[u8]) -> Result<Vec<u8>, Unspecified> {
    encrypted_with(&key(shared, page_key, own)?, own, digits)
}

fn encrypted_with(key: &LessSafeKey, own: &[u8], plain: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let mut secret = plain.to_vec();
    let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut secret)?;
    let mut body = own.to_vec();
    body.append(&mut secret);
    Ok(body)
}

fn key(shared: &[u8], page_key: &[u8], own: &[u8]) -> Result<LessSafeKey, Unspecified> {
    derived(SEAL_INFO, shared, page_key, own)
}

fn derived(info: &[u8], shared: &[u8], their_key: &[u8], own: &[u8]) -> Result<LessSafeKey, Unspecified> {
    let derived = Salt::new(HKDF_SHA256, &[]).extract(shared);
    let info = [info, their_key, own];
    let key = derived.expand(&info, &AES_256_GCM)?;
    Ok(LessSafeKey::new(UnboundKey::from(key)))
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    pub(crate) fn page() -> (EphemeralPrivateKey, Vec<u8>) {
        let private = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        let public = private.compute_public_key().unwrap().as_ref().to_vec();
        (private, public)
    }

    /// As the page does it.
    pub(crate) fn open(private: EphemeralPrivateKey, public: &[u8], body: &[u8]) -> Option<String> {
        let (theirs, secret) = body.split_at(PAGE_KEY_BYTES);
        let mut secret = secret.to_vec();
        let key = agree_ephemeral(private, &UnparsedPublicKey::new(&ECDH_P256, theirs), |shared| {
            key(shared, public, theirs).unwrap()
        });
        let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
        let digits = key.unwrap().open_in_place(nonce, Aad::empty(), &mut secret).ok()?;
        Some(String::from_utf8(digits.to_vec()).unwrap())
    }

    #[test]
    fn c1_a_sealed_code_is_read_by_its_page_and_by_no_other() {
        let code = JoinCode::new(48_291, 35_207);
        let ((private, public), (other, other_public)) = (page(), page());
        let body = seal(&code, &public).unwrap();
        assert_eq!(body.len(), SEALED_CODE_BYTES);
        assert_eq!(open(other, &other_public, &body), None);
        assert_eq!(open(private, &public, &body).as_deref(), Some("4829135207"));
        let again = seal(&code, &public).unwrap();
        assert_ne!(body, again, "each has a key of its own");
        let zeros = JoinCode::new(7, 42);
        let (private, public) = page();
        let body = seal(&zeros, &public).unwrap();
        assert_eq!(open(private, &public, &body).as_deref(), Some("0000700042"), "ten digits always");
    }

    #[test]
    fn h1_what_is_sealed_to_a_colleague_is_read_by_no_other() {
        let code = JoinCode::new(48_291, 35_207);
        let (anna, other) = (Opener::new().unwrap(), Opener::new().unwrap());
        let body = seal(&code, anna.public()).unwrap();
        assert!(other.code(&body).is_none());
        assert!(anna.code(&body) == Some(code));
        let (bo, other) = (Opener::new().unwrap(), Opener::new().unwrap());
        let body = seal_summary("The printer stays silent", bo.public()).unwrap();
        assert!(other.summary(&body).is_none());
        assert_eq!(bo.summary(&body).as_deref(), Some("The printer stays silent"));
        let bo = Opener::new().unwrap();
        let body = seal_summary("4829135207", bo.public()).unwrap();
        assert!(bo.code(&body).is_none(), "what was said is no code");
        for short in 0..PAGE_KEY_BYTES + 16 {
            assert!(Opener::new().unwrap().summary(&body[..short.min(body.len())]).is_none());
        }
    }

    #[test]
    fn a_body_that_was_changed_is_not_read() {
        let (private, public) = page();
        let mut body = seal(&JoinCode::new(48_291, 35_207), &public).unwrap();
        *body.last_mut().unwrap() ^= 1;
        assert_eq!(open(private, &public, &body), None);
    }

    #[test]
    fn hostile_page_keys_seal_nothing() {
        let (_, good) = page();
        let mut off_the_curve = good.clone();
        *off_the_curve.last_mut().unwrap() ^= 1;
        let mut compressed = good.clone();
        *compressed.first_mut().unwrap() = 2;
        let mut not_reduced = vec![0xff; PAGE_KEY_BYTES];
        *not_reduced.first_mut().unwrap() = 4;
        let mut origin = vec![0; PAGE_KEY_BYTES];
        *origin.first_mut().unwrap() = 4;
        let cases = [
            ("nothing", Vec::new()),
            ("infinity as SEC 1 writes it", vec![0]),
            ("zeros", vec![0; PAGE_KEY_BYTES]),
            ("the origin", origin),
            ("not reduced", not_reduced),
            ("off the curve", off_the_curve),
            ("compressed", compressed.clone()),
            ("compressed and short", compressed.iter().take(33).copied().collect()),
            ("too short", good.iter().take(64).copied().collect()),
            ("too long", good.iter().copied().chain([0]).collect()),
        ];
        for (name, key) in cases {
            assert_eq!(seal(&JoinCode::new(1, 2), &key), Err(SealError::PageKey), "{name}");
        }
    }

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    /// Made by another implementation (Python's `cryptography`) of private keys 0x1111… for the page and 0x2222… for the rep.
    #[test]
    fn another_implementation_makes_the_same_of_the_same_keys() {
        let page = bytes(
            "040217e617f0b6443928278f96999e69a23a4f2c152bdf6d6cdf66e5b80282d4ed\
             194a7debcb97712d2dda3ca85aa8765a56f45fc758599652f2897c65306e5794",
        );
        let own = bytes(
            "04d65a93977caa3d1b081852ff57a79e465f1660577304baead505dd3a48589cf3\
             50185e895372df6221ea3a137557e473fddb6755f05bd507c3c533fce9c91285",
        );
        let shared = bytes("ccfc261f58193c98ca4ad4a53bbac6f0ee29bc4d48438090446908622ca79af6");
        let sealed = bytes("28e49574713f2dfa65fd680bf2211bcf5be24c1c6e116bf51b18");
        let body = encrypted(&shared, &page, &own, b"4829135207").unwrap();
        assert_eq!(body, [own, sealed].concat());
    }
}
