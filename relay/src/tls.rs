//! The relay's certificate: self-signed, made at first start, kept. Programs pin its digest, so names and dates in it do
//! not matter, and a clock that is off by a year breaks nothing. A certificate of an authority comes from `files` instead,
//! or stands beside it by name (`named`), where `acme` gets it.

mod authorities;
mod files;
mod named;

pub use authorities::{CaError, client};
pub use files::{Reloading, TlsFiles, TlsFilesError, load as load_files};
pub use named::{CHECK_PROTOCOL, Named};

use crate::data::{DataError, DataFolder};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WantsServerCert;
use rustls::sign::CertifiedKey;
use rustls::{ConfigBuilder, ServerConfig};
use std::sync::Arc;

pub const CERTIFICATE_FILE: &str = "certificate.der";
pub const KEY_FILE: &str = "certificate.key";

/// A TLS 1.3 server and the certificate it shows.
#[derive(Debug, Clone)]
pub struct Tls {
    pub config: Arc<ServerConfig>,
    /// SHA-256 of the certificate in DER.
    pub certificate_sha256: [u8; 32],
}

/// Reads the certificate of a data folder, or makes it.
pub fn load(data: &DataFolder) -> Result<Tls, DataError> {
    let (certificate, key) = own(data)?;
    let certificate_sha256 = digest(&certificate);
    let config = server_config().and_then(|config| config.with_single_cert(vec![certificate], key));
    Ok(Tls::new(config.map_err(|error| damaged(data, &error))?, certificate_sha256))
}

/// The same, and room for a certificate of an authority beside it. What is told of [`Tls`] is the relay's own.
pub fn load_named(data: &DataFolder) -> Result<(Tls, Arc<Named>), DataError> {
    let (certificate, key) = own(data)?;
    let certificate_sha256 = digest(&certificate);
    let pair = CertifiedKey::from_der(vec![certificate], key, &rustls::crypto::ring::default_provider());
    let named = Arc::new(Named::new(pair.map_err(|error| damaged(data, &error))?));
    let config = server_config().map(|config| config.with_cert_resolver(named.clone()));
    let mut config = config.map_err(|error| damaged(data, &error))?;
    config.alpn_protocols.push(CHECK_PROTOCOL.to_vec());
    Ok((Tls::new(config, certificate_sha256), named))
}

fn damaged(data: &DataFolder, error: &rustls::Error) -> DataError {
    DataError::Damaged { path: data.join(CERTIFICATE_FILE), what: error.to_string() }
}

/// The data folder's own pair.
fn own(data: &DataFolder) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), DataError> {
    let (certificate, key) = match (data.read(CERTIFICATE_FILE)?, data.read(KEY_FILE)?) {
        (Some(certificate), Some(key)) => (certificate, key),
        (None, None) => make(data)?,
        (Some(_), None) => {
            return Err(DataError::HalfMissing { missing: data.join(KEY_FILE), there: data.join(CERTIFICATE_FILE) });
        }
        (None, Some(_)) => {
            return Err(DataError::HalfMissing { missing: data.join(CERTIFICATE_FILE), there: data.join(KEY_FILE) });
        }
    };
    Ok((CertificateDer::from(certificate), PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key))))
}

impl Tls {
    fn new(mut config: ServerConfig, certificate_sha256: [u8; 32]) -> Self {
        // Before what authorities ask for: whoever names both is answered as everybody.
        config.alpn_protocols.insert(0, b"http/1.1".to_vec());
        // Programs stay connected; memory for resumption would be spent on whoever asks.
        config.send_tls13_tickets = 0;
        Self { config: Arc::new(config), certificate_sha256 }
    }
}

/// TLS 1.3 and nothing else, with a certificate still to be named.
fn server_config() -> Result<ConfigBuilder<ServerConfig, WantsServerCert>, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    Ok(builder.with_protocol_versions(&[&rustls::version::TLS13])?.with_no_client_auth())
}

/// SHA-256 of a certificate in DER.
pub fn digest(certificate: &CertificateDer<'_>) -> [u8; 32] {
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, certificate).as_ref());
    sha256
}

/// Makes key and certificate. The key is written first: a certificate alone would look like a lost key.
fn make(data: &DataFolder) -> Result<(Vec<u8>, Vec<u8>), DataError> {
    let failed =
        |error: rcgen::Error| DataError::Damaged { path: data.join(CERTIFICATE_FILE), what: error.to_string() };
    let key = rcgen::KeyPair::generate().map_err(failed)?;
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut parameters = rcgen::CertificateParams::new(names).map_err(failed)?;
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "Lotse relay");
    let certificate = parameters.self_signed(&key).map_err(failed)?.der().to_vec();
    let key = key.serialize_der();
    data.write(KEY_FILE, &key)?;
    if let Err(error) = data.write(CERTIFICATE_FILE, &certificate) {
        // Otherwise the next start would ask for a backup of something that never was.
        let _ = std::fs::remove_file(data.join(KEY_FILE));
        return Err(error);
    }
    Ok((certificate, key))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_certificate_stays_the_same_and_half_of_it_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(folder.path()).unwrap();
        let first = load(&data).unwrap().certificate_sha256;
        assert_eq!(load(&data).unwrap().certificate_sha256, first);
        std::fs::write(data.join(CERTIFICATE_FILE), b"noise").unwrap();
        assert!(matches!(load(&data), Err(DataError::Damaged { .. })));
        std::fs::remove_file(data.join(CERTIFICATE_FILE)).unwrap();
        assert!(matches!(load(&data), Err(DataError::HalfMissing { .. })));
        std::fs::remove_file(data.join(KEY_FILE)).unwrap();
        assert_ne!(load(&data).unwrap().certificate_sha256, first);
    }
}
