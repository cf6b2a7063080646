//! Where the relay's certificate comes from, and what follows from that: whether programs pin it, what browsers call the
//! relay, and whether it is ready.

use super::{RelayConfig, StartError};
use crate::acme::{self, Keeper};
use crate::counters::Counters;
use crate::data::DataFolder;
use crate::health::Health;
use crate::tls::{self, Reloading, Tls};
use crate::token::hex;
use crate::web::Pins;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What keeps the certificate that is shown.
pub(super) enum Kept {
    /// It is the relay's own and lasts.
    Own,
    Files(Reloading),
    /// An authority gives it out for these names; the relay's own is shown to others.
    Acme(Box<Keeper>, Vec<String>),
}

impl Kept {
    /// The certificate to show, and what keeps it.
    ///
    /// # Errors
    /// Whatever makes it of no use.
    pub fn load(config: &RelayConfig, data: &DataFolder, counters: &Arc<Counters>) -> Result<(Tls, Self), StartError> {
        match (&config.tls, &config.acme) {
            (None, None) => Ok((tls::load(data)?, Self::Own)),
            (Some(files), _) => {
                let (tls, reloading) = tls::load_files(files.clone())?;
                Ok((tls, Self::Files(reloading)))
            }
            (None, Some(wanted)) => {
                let (tls, keeper) = acme::load(wanted.clone(), data, counters.clone())?;
                let names = wanted.names.iter().map(ToString::to_string).collect();
                Ok((tls, Self::Acme(Box::new(keeper), names)))
            }
        }
    }

    /// Programs must pin the certificate.
    pub fn pinned(&self) -> bool {
        match self {
            Self::Own => true,
            Self::Files(_) | Self::Acme(..) => false,
        }
    }

    /// The first name that an authority gives out a certificate for.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Own | Self::Files(_) => None,
            Self::Acme(_, names) => names.first().cloned(),
        }
    }

    /// What customers' pages tell programs to pin.
    pub fn pins(&self, certificate_sha256: &[u8; 32]) -> Pins {
        match self {
            Self::Own => Pins::new(hex(certificate_sha256), vec![]),
            Self::Files(_) => Pins::default(),
            Self::Acme(_, names) => Pins::new(hex(certificate_sha256), names.clone()),
        }
    }

    /// What tells whether the relay is ready, of the certificate, too.
    pub fn health(&self, health: Health, counters: &Arc<Counters>) -> Health {
        match self {
            Self::Own | Self::Files(_) => health,
            Self::Acme(..) => health.vouched_by(counters.clone()),
        }
    }

    /// Keeps it from now on. `told`: to look at once.
    pub fn start(self, told: &Arc<Notify>) -> Option<JoinHandle<()>> {
        match self {
            Self::Own => None,
            Self::Files(reloading) => Some(tokio::spawn(reloading.run(told.clone()))),
            Self::Acme(keeper, _) => Some(tokio::spawn(keeper.run(told.clone()))),
        }
    }
}
