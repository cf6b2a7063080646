//! Which certificate a caller is shown where an authority gives one out for some names: that one to whoever asks for such a
//! name, and the relay's own to everybody else. Programs that pin the relay's own by its address so go on as before.
//!
//! The authority checks a name by asking for it with a protocol of its own, "acme-tls/1" (RFC 8737), on the port that
//! everybody uses. Such a caller is shown the proof that stands ready for the name, and nobody else is.

use parking_lot::RwLock;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an authority names in TLS when it checks; nothing is said on such a connection.
pub const CHECK_PROTOCOL: &[u8] = b"acme-tls/1";

/// The certificates that there are.
#[derive(Debug)]
pub struct Named {
    own: Arc<CertifiedKey>,
    given: RwLock<Option<Given>>,
    /// By name in lower-case letters, while the authority checks. No more than names are asked for.
    proofs: RwLock<BTreeMap<String, Arc<CertifiedKey>>>,
}

/// What an authority gave out.
#[derive(Debug)]
struct Given {
    /// In lower-case letters.
    names: Vec<String>,
    certificate: Arc<CertifiedKey>,
}

impl Named {
    /// Nothing but the relay's own yet.
    pub(super) fn new(own: CertifiedKey) -> Self {
        Self { own: Arc::new(own), given: RwLock::default(), proofs: RwLock::default() }
    }

    /// From now on this one is shown for these names, in lower-case letters.
    pub fn give(&self, names: Vec<String>, certificate: CertifiedKey) {
        *self.given.write() = Some(Given { names, certificate: Arc::new(certificate) });
    }

    /// Has a proof ready for a name, in lower-case letters.
    pub fn prove(&self, name: &str, proof: CertifiedKey) {
        self.proofs.write().insert(name.to_owned(), Arc::new(proof));
    }

    /// The checks are over.
    pub fn forget_proofs(&self) {
        self.proofs.write().clear();
    }

    fn shown(&self, name: Option<&str>, checks: bool) -> Option<Arc<CertifiedKey>> {
        let name = name.map(str::to_ascii_lowercase);
        if checks {
            return self.proofs.read().get(&name?).cloned();
        }
        if let Some(given) = &*self.given.read()
            && name.is_some_and(|name| given.names.contains(&name))
        {
            return Some(given.certificate.clone());
        }
        Some(self.own.clone())
    }
}

impl ResolvesServerCert for Named {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // An authority names this protocol alone; whoever names another besides speaks that one.
        let checks = hello.alpn().is_some_and(|named| named.eq([CHECK_PROTOCOL]));
        self.shown(hello.server_name(), checks)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

    fn certificate() -> CertifiedKey {
        let key = rcgen::KeyPair::generate().unwrap();
        let parameters = rcgen::CertificateParams::new(["relay.example".to_owned()]).unwrap();
        let chain = vec![parameters.self_signed(&key).unwrap().der().clone()];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        CertifiedKey::from_der(chain, key, &rustls::crypto::ring::default_provider()).unwrap()
    }

    #[test]
    fn whoever_asks_for_a_name_gets_its_certificate_and_others_the_relays_own() {
        let (own, given, proof) = (certificate(), certificate(), certificate());
        let of = |certificate: &CertifiedKey| certificate.cert.first().unwrap().to_vec();
        let (own_der, given_der, proof_der) = (of(&own), of(&given), of(&proof));
        let named = Named::new(own);
        let shown = |name: Option<&str>, checks| named.shown(name, checks).map(|shown| of(&shown));
        assert_eq!(shown(Some("relay.example"), false), Some(own_der.clone()), "before one is given out");
        named.give(vec!["relay.example".into()], given);
        named.prove("relay.example", proof);
        assert_eq!(shown(Some("relay.example"), false), Some(given_der.clone()));
        assert_eq!(shown(Some("Relay.Example"), false), Some(given_der));
        for other in [None, Some("other.example"), Some("relay.example.evil")] {
            assert_eq!(shown(other, false), Some(own_der.clone()), "{other:?}");
            assert_eq!(shown(other, true), None, "nothing proves {other:?}");
        }
        assert_eq!(shown(Some("relay.example"), true), Some(proof_der), "shown to who checks alone");
        named.forget_proofs();
        assert_eq!(shown(Some("relay.example"), true), None, "only while the authority checks");
    }
}
