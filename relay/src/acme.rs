//! A certificate of a public authority for the relay's names, asked for and renewed by the relay itself (ACME, RFC 8555).
//!
//! The authority checks each name on the port that programs use (`tls::Named`), so nothing else must be open. Account, key
//! and certificate lie in the folder `acme` of the data folder. Until there is a certificate, and to whoever asks for no name
//! of it, the relay's own is shown; when a renewal fails, the one before goes on. Each refusal is told in the log, with when
//! the relay asks again.

mod account;
mod attempts;
mod client;
mod error;
mod life;
mod names;
mod order;

pub use names::{AcmeName, BadDirectory, BadName, DirectoryUrl, contact};

use crate::clock::unix_s;
use crate::counters::Counters;
use crate::data::{DataError, DataFolder};
use crate::tls::{self, CaError, Named, Tls};
use crate::token::hex;
use attempts::Attempts;
use client::Https;
use error::AcmeError;
use life::Life;
use names::NAMES_MAX;
use ring::rand::{SecureRandom, SystemRandom};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// In the data folder.
pub const FOLDER: &str = "acme";
/// Key and chain in one file, so that one is never there without the other.
const CERTIFICATE_FILE: &str = "certificate.pem";
const ATTEMPTS_FILE: &str = "attempts.json";
/// Certificates of a chain.
const CHAIN_MAX: usize = 16;
/// How long an order may take with all its names.
const ORDER_MINUTES: u64 = 15;
/// How often it is looked whether a certificate is due, at least: the clock may be set, or the machine have slept.
const LOOK_EVERY_S: i64 = 3600;

/// What certificate is asked for, and of whom.
#[derive(Debug, Clone)]
pub struct AcmeConfig {
    /// Up to [`NAMES_MAX`].
    pub names: Vec<AcmeName>,
    /// For the authority's mail.
    pub contact: String,
    pub directory: DirectoryUrl,
    /// File with certificates of authorities that the directory may have besides the public ones.
    pub authorities: Option<PathBuf>,
}

/// Why no certificate can be asked for, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum AcmeSetUpError {
    #[error("a certificate has 1 to {NAMES_MAX} names: give as many to --acme-domain")]
    Names,
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Authorities(#[from] CaError),
}

/// Keeps what is shown good.
pub struct Keeper {
    config: AcmeConfig,
    folder: DataFolder,
    https: Https,
    shown: Arc<Named>,
    /// Of the certificate that is shown, if one was given out.
    life: Option<Life>,
    attempts: Attempts,
    counters: Arc<Counters>,
}

/// Reads what there is, and returns what keeps it good. Nobody is asked yet.
///
/// # Errors
/// When the data folder, the authorities or the names cannot be used.
pub fn load(config: AcmeConfig, data: &DataFolder, counters: Arc<Counters>) -> Result<(Tls, Keeper), AcmeSetUpError> {
    if !(1..=NAMES_MAX).contains(&config.names.len()) {
        return Err(AcmeSetUpError::Names);
    }
    let https = Https::new(tls::client(config.authorities.as_deref(), "--acme-ca")?);
    let folder = DataFolder::open(&data.join(FOLDER))?;
    let (tls, shown) = tls::load_named(data)?;
    let attempts = folder.read(ATTEMPTS_FILE)?.and_then(|bytes| serde_json::from_slice::<Attempts>(&bytes).ok());
    let attempts = attempts.unwrap_or_default().of(&wanted(&config));
    let mut keeper = Keeper { config, folder, https, shown, life: None, attempts, counters };
    if let Some(pem) = keeper.folder.read(CERTIFICATE_FILE)? {
        match pair(&pem, unix_s()) {
            Ok((certificate, life)) => keeper.show(certificate, life),
            Err(why) => tracing::warn!(why, "the certificate that is kept is not shown; another one is asked for"),
        }
    }
    Ok((tls, keeper))
}

impl Keeper {
    /// Asks for a certificate whenever one is due. `told`: to ask at once if one is, however long the pause would be.
    pub async fn run(mut self, told: Arc<Notify>) {
        self.say_where_it_stands(unix_s());
        let mut at_once = false;
        loop {
            let now_s = unix_s();
            if self.due_s(now_s, at_once) <= now_s {
                self.ask().await;
            }
            let now_s = unix_s();
            // A second at least: what is due by now is due because the clock went on meanwhile.
            let wait_s = self.due_s(now_s, false).saturating_sub(now_s).clamp(1, LOOK_EVERY_S);
            let wait = Duration::from_secs(wait_s.unsigned_abs());
            at_once = tokio::time::timeout(wait, told.notified()).await.is_ok();
        }
    }

    /// At the start, for whoever reads the log.
    fn say_where_it_stands(&self, now_s: i64) {
        if let Some(life) = &self.life {
            let (ends_s, renewal_s) = (life.ends_s(), life.renewal_s());
            tracing::info!(
                names = life.names().join(" "),
                ends_s,
                renewal_s,
                "the certificate of an authority is shown"
            );
        }
        let again_in_s = self.due_s(now_s, false).saturating_sub(now_s);
        if again_in_s > 0 && self.due_s(now_s, true) <= now_s {
            let failures = self.attempts.failures();
            tracing::warn!(
                failures,
                again_in_s,
                "a certificate was asked for not long ago and is again later; SIGHUP asks at once"
            );
        }
    }

    /// When a certificate is to be asked for, in seconds since 1970. `at_once`: without a pause.
    fn due_s(&self, now_s: i64, at_once: bool) -> i64 {
        due_s(self.life.as_ref(), &self.config.names, &self.attempts, now_s, at_once)
    }

    /// Asks once, and notes what came of it.
    async fn ask(&mut self) {
        tracing::info!(directory = %self.config.directory, names = %self.names(), "a certificate is asked for");
        self.attempts.begun(unix_s());
        self.keep_attempts();
        // What was told before belongs to an earlier refusal.
        let _ = self.https.take_asked_s();
        let within = Duration::from_secs(60 * ORDER_MINUTES);
        let asked = tokio::time::timeout(within, self.order()).await.unwrap_or(Err(AcmeError::Slow(ORDER_MINUTES)));
        let now_s = unix_s();
        let given = asked.and_then(|pem| {
            let (certificate, life) = pair(pem.as_bytes(), now_s).map_err(AcmeError::Unusable)?;
            if life.is_for(&self.config.names) {
                Ok((pem, certificate, life))
            } else {
                Err(AcmeError::Unusable("it is not for all names".into()))
            }
        });
        match given {
            Ok((pem, certificate, life)) => self.take(&pem, certificate, life, now_s),
            Err(error) => self.refused(&error, now_s),
        }
        self.keep_attempts();
    }

    fn keep_attempts(&self) {
        let attempts = serde_json::to_vec(&self.attempts).unwrap_or_default();
        if let Err(error) = self.folder.write(ATTEMPTS_FILE, &attempts) {
            tracing::warn!(%error, "what came of asking for a certificate could not be kept");
        }
    }

    async fn order(&self) -> Result<String, AcmeError> {
        match self.order_as_kept().await {
            Err(AcmeError::NoAccount(why)) => {
                tracing::warn!(why, "the authority knows the relay's account no more; another one is made");
                let account = account::make(&self.folder, &self.config, &self.https).await?;
                order::order(&account, &self.config.names, &self.shown).await
            }
            ordered => ordered,
        }
    }

    /// With the account that there is, or the first one.
    async fn order_as_kept(&self) -> Result<String, AcmeError> {
        let account = account::open(&self.folder, &self.config, &self.https).await?;
        order::order(&account, &self.config.names, &self.shown).await
    }

    fn take(&mut self, pem: &str, certificate: CertifiedKey, life: Life, now_s: i64) {
        // One that cannot be kept is good all the same; it is asked for again after the next start.
        if let Err(error) = self.folder.write(CERTIFICATE_FILE, pem.as_bytes()) {
            tracing::error!(%error, "the new certificate is shown, but could not be kept");
        }
        tracing::info!(
            event = "certificate",
            names = %self.names(),
            ends_s = life.ends_s(),
            renewal_s = life.renewal_s(),
            "the authority gave out a certificate"
        );
        self.show(certificate, life);
        self.attempts.succeeded(now_s);
        self.counters.count_certificate();
    }

    fn refused(&mut self, error: &AcmeError, now_s: i64) {
        let mut draw = [0];
        // Without randomness pauses are merely the same everywhere.
        let _ = SystemRandom::new().fill(&mut draw);
        let [draw] = draw;
        self.attempts.failed(now_s, error.failure(), self.https.take_asked_s(), draw);
        self.counters.count_certificate_failure();
        let again_in_s = self.attempts.next_s(now_s).saturating_sub(now_s);
        let failures = self.attempts.failures();
        match &self.life {
            Some(life) if life.is_good(now_s) => {
                let ends_in_s = life.ends_s().saturating_sub(now_s);
                tracing::error!(%error, failures, again_in_s, ends_in_s, "no new certificate; the one before is shown");
            }
            Some(_) | None => {
                tracing::error!(%error, failures, again_in_s, "no certificate of an authority; browsers and programs refuse the relay's name");
            }
        }
    }

    fn show(&mut self, certificate: CertifiedKey, life: Life) {
        self.shown.give(life.names().to_vec(), certificate);
        self.counters.set_certificate_end(life.ends_s());
        self.life = Some(life);
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.config.names.iter().map(AcmeName::as_str).collect();
        names.join(" ")
    }
}

/// When a certificate is to be asked for, in seconds since 1970, if this one is shown.
fn due_s(life: Option<&Life>, names: &[AcmeName], attempts: &Attempts, now_s: i64, at_once: bool) -> i64 {
    // Without one that is for these names: since ever.
    let wanted_s = life.filter(|life| life.is_for(names)).map_or(0, Life::renewal_s);
    if at_once { wanted_s } else { wanted_s.max(attempts.next_s(now_s)) }
}

/// Digest of what is asked for, and of whom.
fn wanted(config: &AcmeConfig) -> String {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    digest.update(config.directory.as_str().as_bytes());
    for name in &config.names {
        digest.update(b"\n");
        digest.update(name.as_str().as_bytes());
    }
    hex(digest.finish().as_ref())
}

/// Key and chain, if they belong together and the certificate has not ended. What is wrong is said without quoting either.
fn pair(pem: &[u8], now_s: i64) -> Result<(CertifiedKey, Life), String> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).take(CHAIN_MAX).collect();
    let chain = chain.map_err(|_| "it is not in PEM".to_owned())?;
    let life = chain.first().and_then(Life::of).ok_or("it cannot be read")?;
    if !life.is_good(now_s) {
        return Err("it has ended already, or this machine's clock is wrong".into());
    }
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| "its key is missing".to_owned())?;
    let certificate = CertifiedKey::from_der(chain, key, &rustls::crypto::ring::default_provider());
    Ok((certificate.map_err(|error| error.to_string())?, life))
}

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
