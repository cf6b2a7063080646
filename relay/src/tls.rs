//! The relay's certificate: self-signed, made at first start, kept. Programs pin its digest, so names and dates in it do
//! not matter, and a clock that is off by a year breaks nothing. A certificate of an authority comes from `files` instead.

mod files;

pub use files::{Reloading, TlsFiles, TlsFilesError, load as load_files};

use crate::data::{DataError, DataFolder};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WantsServerCert;
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
    let damaged =
        |error: rustls::Error| DataError::Damaged { path: data.join(CERTIFICATE_FILE), what: error.to_string() };
    let certificate = CertificateDer::from(certificate);
    let certificate_sha256 = digest(&certificate);
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key));
    let config = server_config().and_then(|config| config.with_single_cert(vec![certificate], key)).map_err(damaged)?;
    Ok(Tls::new(config, certificate_sha256))
}

impl Tls {
    fn new(mut config: ServerConfig, certificate_sha256: [u8; 32]) -> Self {
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
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
fn digest(certificate: &CertificateDer<'_>) -> [u8; 32] {
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
