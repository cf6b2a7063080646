//! Licences as this program checks them: by the key and the time that its own relay connection told it.
//!
//! Both programs do this for themselves. What the other side or a list says of licences counts for nothing.

use lotse_protocol::licence::{Licence, LicenceError, SignedLicence};
use ring::signature::{ED25519, UnparsedPublicKey};
use std::time::Instant;

/// What a relay's greeting told of licences. This computer's clock of the day is never asked: it may be off by years.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LicenceCheck {
    /// `None`: a relay of before licences.
    key: Option<[u8; 32]>,
    /// Unix time by the relay's clock when it was heard.
    now_s: i64,
    heard: Instant,
}

impl LicenceCheck {
    /// `now_s` was heard just now.
    pub(crate) fn new(key: Option<[u8; 32]>, now_s: i64) -> Self {
        Self { key, now_s, heard: Instant::now() }
    }

    /// With what the same relay's clock shows now: somebody may have set it.
    pub(crate) fn told(self, now_s: i64) -> Self {
        Self::new(self.key, now_s)
    }

    /// The relay's time, in Unix seconds.
    pub(crate) fn now_s(&self) -> i64 {
        let passed_s = i64::try_from(self.heard.elapsed().as_secs()).unwrap_or(i64::MAX);
        self.now_s.saturating_add(passed_s)
    }

    /// What a document says, if it is signed by this relay, this account's, and good now.
    pub(crate) fn check(&self, signed: &SignedLicence, account: &str) -> Result<Licence, LicenceError> {
        let key = self.key.ok_or(LicenceError::NoKey)?;
        let (message, signature) = signed.parts()?;
        UnparsedPublicKey::new(&ED25519, key).verify(&message, signature).map_err(|_| LicenceError::Forged)?;
        let licence = Licence::read(&signed.document)?;
        licence.stands(account, self.now_s())?;
        Ok(licence)
    }

    /// Whether the relay signs licences at all.
    pub(crate) fn has_key(&self) -> bool {
        self.key.is_some()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use lotse_protocol::licence::{DOCUMENT_BYTES_MAX, LIFETIME_S, Term, message};
    use ring::signature::{Ed25519KeyPair, KeyPair};

    /// No computer's clock shows this while the tests run.
    pub(crate) const NOW_S: i64 = 4_000_000_000;

    /// A relay's licence key.
    pub(crate) struct Signer(Ed25519KeyPair);

    impl Signer {
        pub(crate) fn new(seed: u8) -> Self {
            Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
        }

        /// As its relay greets at [`NOW_S`].
        pub(crate) fn check(&self) -> LicenceCheck {
            LicenceCheck::new(Some(self.0.public_key().as_ref().try_into().unwrap()), NOW_S)
        }

        pub(crate) fn sign(&self, licence: &Licence) -> SignedLicence {
            let document = licence.write().unwrap();
            let signature = self.0.sign(&message(&document)).as_ref().to_vec();
            SignedLicence { document, signature }
        }

        /// Acme's, of [`NOW_S`].
        pub(crate) fn of_acme(&self, features: &[(&str, Term)]) -> SignedLicence {
            self.sign(&acme(features))
        }
    }

    pub(crate) fn acme(features: &[(&str, Term)]) -> Licence {
        Licence {
            account: 1,
            account_name: "Acme".to_owned(),
            contact: "sales@lotse.example".to_owned(),
            issued_s: NOW_S,
            expires_s: NOW_S + LIFETIME_S,
            features: features.iter().map(|(name, term)| ((*name).to_owned(), term.clone())).collect(),
        }
    }

    #[test]
    fn l2_a_document_of_this_relay_and_account_and_time_is_taken() {
        let relay = Signer::new(1);
        let licence = acme(&[("chat", Term::default())]);
        assert_eq!(relay.check().check(&relay.sign(&licence), "Acme"), Ok(licence));
    }

    #[test]
    fn l2_what_is_forged_is_refused() {
        let (relay, other) = (Signer::new(1), Signer::new(2));
        let check = relay.check();
        let good = relay.of_acme(&[("chat", Term::default())]);
        assert_eq!(check.check(&other.of_acme(&[]), "Acme"), Err(LicenceError::Forged), "another relay's");
        // More features under the signature of fewer.
        let more = relay.of_acme(&[("chat", Term::default()), ("files", Term::default())]);
        let mixed = SignedLicence { document: more.document, signature: good.signature.clone() };
        assert_eq!(check.check(&mixed, "Acme"), Err(LicenceError::Forged));
        for at in 0..good.document.len() {
            let mut altered = good.clone();
            altered.document[at] ^= 1;
            assert_eq!(check.check(&altered, "Acme"), Err(LicenceError::Forged), "byte {at}");
            let short = SignedLicence { document: good.document[..at].to_vec(), ..good.clone() };
            assert_eq!(check.check(&short, "Acme"), Err(LicenceError::Forged), "cut at {at}");
        }
        // Signed for another purpose.
        let bare = SignedLicence { signature: relay.0.sign(&good.document).as_ref().to_vec(), ..good.clone() };
        assert_eq!(check.check(&bare, "Acme"), Err(LicenceError::Forged));
        let long = SignedLicence { document: vec![0; DOCUMENT_BYTES_MAX + 1], ..good };
        assert_eq!(check.check(&long, "Acme"), Err(LicenceError::TooLong));
    }

    #[test]
    fn l2_what_is_another_accounts_or_of_another_time_is_refused() {
        let relay = Signer::new(1);
        let good = relay.of_acme(&[]);
        assert_eq!(relay.check().check(&good, "Bolt"), Err(LicenceError::OtherAccount));
        let at = |now_s| relay.check().told(now_s).check(&good, "Acme").map(drop);
        assert_eq!(at(NOW_S + LIFETIME_S - 60), Ok(()));
        assert_eq!(at(NOW_S + LIFETIME_S), Err(LicenceError::Expired));
        assert_eq!(at(NOW_S - LIFETIME_S), Err(LicenceError::NotYet));
        for absurd in [i64::MIN, i64::MAX] {
            assert!(at(absurd).is_err());
        }
    }

    /// No way back to when lists were believed.
    #[test]
    fn l2_from_a_relay_without_a_key_nothing_is_taken() {
        let check = LicenceCheck::new(None, NOW_S);
        assert_eq!(check.check(&Signer::new(1).of_acme(&[]), "Acme"), Err(LicenceError::NoKey));
    }
}
