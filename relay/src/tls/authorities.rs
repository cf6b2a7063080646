//! Whom the relay trusts where it is the one that connects, to webhooks and to an authority: the public authorities, and
//! those of a file that somebody named.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Certificates of a file.
const AUTHORITIES_MAX: usize = 100;
/// A file's length, in bytes: a certificate has some two kilobytes.
const FILE_BYTES_MAX: usize = 1024 * 1024;

/// Why a file of authorities cannot be used, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    #[error("{path} cannot be read ({error}): give a file in PEM that this user may read to {option}")]
    Unreadable { path: PathBuf, option: &'static str, error: io::Error },
    #[error("{path} holds no certificate in PEM that can vouch for others: give another file to {option}")]
    Nothing { path: PathBuf, option: &'static str },
    #[error("TLS cannot be set up: {0}")]
    Tls(rustls::Error),
}

/// TLS 1.3 to others. `file`: more authorities, in PEM. `option`: what the file was given to.
///
/// # Errors
/// When the file cannot be used.
pub fn client(file: Option<&Path>, option: &'static str) -> Result<ClientConfig, CaError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    if let Some(path) = file {
        let nothing = || CaError::Nothing { path: path.to_owned(), option };
        let text = read(path).map_err(|error| CaError::Unreadable { path: path.to_owned(), option, error })?;
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).take(AUTHORITIES_MAX).collect();
        let read = read.map_err(|_| nothing())?;
        if read.is_empty() {
            return Err(nothing());
        }
        for certificate in read {
            roots.add(certificate).map_err(|_| nothing())?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&rustls::version::TLS13]);
    Ok(builder.map_err(CaError::Tls)?.with_root_certificates(roots).with_no_client_auth())
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut text)?;
    if text.len() > FILE_BYTES_MAX {
        return Err(io::Error::other(format!("it has more than {FILE_BYTES_MAX} bytes")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_wrong_with_a_file_of_authorities_is_said_with_its_option() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("authority.pem");
        let error = client(Some(&file), "--acme-ca").unwrap_err().to_string();
        assert!(error.contains("authority.pem") && error.contains("--acme-ca"), "{error}");
        for text in ["", "noise", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&file, text).unwrap();
            assert!(matches!(client(Some(&file), "--acme-ca"), Err(CaError::Nothing { .. })), "{text}");
        }
        std::fs::write(&file, vec![b'x'; FILE_BYTES_MAX + 1]).unwrap();
        assert!(matches!(client(Some(&file), "--acme-ca"), Err(CaError::Unreadable { .. })));
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(["ca.example".to_owned()]).unwrap().self_signed(&key).unwrap();
        std::fs::write(&file, certificate.pem()).unwrap();
        assert!(client(Some(&file), "--acme-ca").is_ok());
    }
}
