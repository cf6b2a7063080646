//! A certificate from files, such as one that a public authority gives out for some weeks: read anew when the files change,
//! without a restart. A pair that is broken is named in the log, and the one before it stays in use.

use super::{Tls, digest, server_config};
use parking_lot::RwLock;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// A file's length, in bytes: a chain has a few kilobytes.
const FILE_BYTES_MAX: usize = 1024 * 1024;
/// Certificates of a chain.
const CHAIN_MAX: usize = 16;

/// Where certificate and key are, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The relay's own certificate first, then those that vouch for it.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Why a pair of files cannot be used, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum TlsFilesError {
    #[error("{path} cannot be read ({error}): give a file in PEM that this user may read to {option}")]
    Unreadable { path: PathBuf, option: &'static str, error: io::Error },
    #[error("{path} holds no {what} in PEM: give another file to {option}")]
    Nothing { path: PathBuf, what: &'static str, option: &'static str },
    #[error("{certificate} and {key} cannot be used together ({error}): give a certificate and its own key")]
    NoPair { certificate: PathBuf, key: PathBuf, error: rustls::Error },
}

/// The pair in use.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().clone())
    }
}

/// Keeps what is shown as the files are.
#[derive(Debug)]
pub struct Reloading {
    files: TlsFiles,
    shown: Arc<Shown>,
    seen: Option<Stamps>,
}

/// When both files were changed, and their lengths.
type Stamps = [(SystemTime, u64); 2];

/// Reads the pair, and returns what keeps it new.
///
/// # Errors
/// Whatever makes the pair of no use.
pub fn load(files: TlsFiles) -> Result<(Tls, Reloading), TlsFilesError> {
    let seen = stamps(&files);
    let pair = read(&files)?;
    let certificate_sha256 = pair.cert.first().map(digest).unwrap_or_default();
    let shown = Arc::new(Shown(RwLock::new(Arc::new(pair))));
    let config = server_config()
        .map(|config| config.with_cert_resolver(shown.clone()))
        .map_err(|error| no_pair(&files, error))?;
    Ok((Tls::new(config, certificate_sha256), Reloading { files, shown, seen }))
}

impl Reloading {
    /// Looks at the files every half minute, and whenever it is told to.
    pub async fn run(mut self, told: Arc<Notify>) {
        loop {
            let asked = tokio::time::timeout(LOOK_EVERY, told.notified()).await.is_ok();
            self.look(asked);
        }
    }

    /// Takes the pair up if the files have changed, or anyway.
    fn look(&mut self, anyway: bool) {
        let now = stamps(&self.files);
        if !anyway && (now.is_none() || now == self.seen) {
            return;
        }
        self.seen = now;
        match read(&self.files) {
            Ok(pair) => {
                *self.shown.0.write() = Arc::new(pair);
                tracing::info!(certificate = %self.files.certificate.display(), "the certificate was read anew");
            }
            Err(error) => tracing::error!(%error, "the certificate is not changed; the one before stays in use"),
        }
    }
}

fn stamps(files: &TlsFiles) -> Option<Stamps> {
    let stamp = |path: &Path| {
        let file = fs::metadata(path).ok()?;
        Some((file.modified().ok()?, file.len()))
    };
    Some([stamp(&files.certificate)?, stamp(&files.key)?])
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, TlsFilesError> {
    let TlsFiles { certificate, key } = files;
    let text = bounded(certificate, "--tls-cert")?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).take(CHAIN_MAX).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| TlsFilesError::Nothing {
        path: certificate.clone(),
        what: "certificate",
        option: "--tls-cert",
    })?;
    let text = bounded(key, "--tls-key")?;
    // The reason would quote the file, which is secret.
    let private = PrivateKeyDer::from_pem_slice(&text).map_err(|_| TlsFilesError::Nothing {
        path: key.clone(),
        what: "private key",
        option: "--tls-key",
    })?;
    CertifiedKey::from_der(chain, private, &rustls::crypto::ring::default_provider())
        .map_err(|error| no_pair(files, error))
}

fn bounded(path: &Path, option: &'static str) -> Result<Vec<u8>, TlsFilesError> {
    let unreadable = |error| TlsFilesError::Unreadable { path: path.to_owned(), option, error };
    let mut text = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut text).map_err(unreadable)?;
    if text.len() > FILE_BYTES_MAX {
        return Err(unreadable(io::Error::other(format!("it has more than {FILE_BYTES_MAX} bytes"))));
    }
    Ok(text)
}

fn no_pair(files: &TlsFiles, error: rustls::Error) -> TlsFilesError {
    let TlsFiles { certificate, key } = files.clone();
    TlsFilesError::NoPair { certificate, key, error }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A pair as an authority would give it out.
    fn pair() -> (String, String) {
        let key = rcgen::KeyPair::generate().unwrap();
        let parameters = rcgen::CertificateParams::new(["relay.example".to_owned()]).unwrap();
        (parameters.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    fn write(files: &TlsFiles, certificate: &str, key: &str) {
        fs::write(&files.certificate, certificate).unwrap();
        fs::write(&files.key, key).unwrap();
    }

    fn leaf(reloading: &Reloading) -> [u8; 32] {
        digest(reloading.shown.0.read().cert.first().unwrap())
    }

    #[test]
    fn a_new_pair_is_taken_up_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles { certificate: folder.path().join("chain.pem"), key: folder.path().join("key.pem") };
        let ((first, first_key), (second, second_key)) = (pair(), pair());
        write(&files, &first, &first_key);
        let (tls, mut reloading) = load(files.clone()).unwrap();
        let shown = leaf(&reloading);
        assert_eq!(tls.certificate_sha256, shown);
        for (certificate, key) in [(&second, &first_key), (&"noise".to_owned(), &second_key), (&second, &String::new())]
        {
            write(&files, certificate, key);
            reloading.look(true);
            assert_eq!(leaf(&reloading), shown, "the one before stays");
        }
        fs::remove_file(&files.key).unwrap();
        reloading.look(false);
        assert_eq!(leaf(&reloading), shown);
        write(&files, &format!("{second}{first}"), &second_key);
        reloading.look(false);
        assert_ne!(leaf(&reloading), shown, "the files are others");
        assert_eq!(reloading.shown.0.read().cert.len(), 2, "the whole chain is shown");
    }

    #[test]
    fn what_is_wrong_with_the_files_is_said_with_the_option() {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles { certificate: folder.path().join("chain.pem"), key: folder.path().join("key.pem") };
        let error = load(files.clone()).unwrap_err().to_string();
        assert!(error.contains("--tls-cert") && error.contains("chain.pem"), "{error}");
        let (certificate, key) = pair();
        write(&files, &certificate, "no key");
        let error = load(files.clone()).unwrap_err().to_string();
        assert!(error.contains("--tls-key"), "{error}");
        write(&files, &key, &key);
        assert!(matches!(load(files.clone()), Err(TlsFilesError::Nothing { what: "certificate", .. })));
        write(&files, &certificate, &pair().1);
        assert!(matches!(load(files), Err(TlsFilesError::NoPair { .. })));
    }
}
