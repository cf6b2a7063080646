//! Whether the relay lives and whether it is ready: for load balancers, containers and people with `curl`.
//!
//! Anybody may ask, so an answer holds for a second and one look at the store is under way at a time.

use crate::clock::{Clock, unix_s};
use crate::counters::Counters;
use crate::store::Store;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};

/// `GET`: the process lives.
pub const HEALTH_PATH: &str = "/health";
/// `GET`: programs can work with the relay.
pub const READY_PATH: &str = "/ready";
/// How long an answer about the store holds, in milliseconds.
const HOLDS_MS: u64 = 1_000;
/// How long the store may take to answer. One that is slower keeps people waiting who sign in.
const STORE_WITHIN: Duration = Duration::from_secs(3);

/// Why a relay is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    Draining,
    Store,
    /// An authority is to vouch for the relay, and does not.
    Certificate,
}

impl NotReady {
    /// In one line, as it is answered.
    pub fn words(self) -> &'static str {
        match self {
            Self::Draining => "draining: the relay is about to end\n",
            Self::Store => "database: it does not answer; see the relay's log and the disk of its data folder\n",
            Self::Certificate => "certificate: no authority vouches for the relay's name; see the relay's log\n",
        }
    }
}

/// Looks whether the relay is ready.
pub struct Health {
    store: Arc<dyn Store>,
    clock: Clock,
    draining: watch::Receiver<bool>,
    /// Where an authority gives out the certificate: what tells when it ends.
    vouched: Option<Arc<Counters>>,
    /// When the store was asked last, and whether it answered.
    asked: Mutex<Option<(u64, bool)>>,
}

impl Health {
    /// Of a relay that drains once `draining` is true.
    pub fn new(store: Arc<dyn Store>, clock: Clock, draining: watch::Receiver<bool>) -> Self {
        Self { store, clock, draining, vouched: None, asked: Mutex::new(None) }
    }

    /// Not ready without a certificate of an authority, either.
    pub fn vouched_by(self, counters: Arc<Counters>) -> Self {
        Self { vouched: Some(counters), ..self }
    }

    /// Whether programs can work with the relay.
    ///
    /// # Errors
    /// Why not.
    pub async fn ready(&self) -> Result<(), NotReady> {
        if *self.draining.borrow() {
            return Err(NotReady::Draining);
        }
        if !self.store_answers().await {
            return Err(NotReady::Store);
        }
        match &self.vouched {
            Some(counters) if counters.certificate_ends_s() <= unix_s() => Err(NotReady::Certificate),
            Some(_) | None => Ok(()),
        }
    }

    async fn store_answers(&self) -> bool {
        // Whoever else asks waits for this answer.
        let mut asked = self.asked.lock().await;
        if let Some((at_ms, answered)) = *asked
            && self.clock.now_ms().saturating_sub(at_ms) < HOLDS_MS
        {
            return answered;
        }
        let answered = match tokio::time::timeout(STORE_WITHIN, self.store.answers()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the database does not answer; the relay is not ready");
                false
            }
            Err(_) => {
                tracing::warn!("the database does not answer in time; the relay is not ready");
                false
            }
        };
        *asked = Some((self.clock.now_ms(), answered));
        answered
    }
}

/// An answer in plain text, after which the connection ends.
pub fn plain(status: StatusCode, text: impl Into<String>) -> Response {
    let headers = [
        (header::CONNECTION, "close"),
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, text.into()).into_response()
}

/// The process lives, or nothing would be answered.
pub async fn healthy() -> Response {
    plain(StatusCode::OK, "ok\n")
}

/// 200 or 503, with a word why.
pub async fn answer(health: &Health) -> Response {
    match health.ready().await {
        Ok(()) => plain(StatusCode::OK, "ok\n"),
        Err(why) => plain(StatusCode::SERVICE_UNAVAILABLE, why.words()),
    }
}

/// For every other path.
pub async fn nothing_here() -> Response {
    plain(StatusCode::NOT_FOUND, "there is nothing here\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::SqliteStore;

    #[tokio::test]
    async fn a_relay_is_ready_until_it_drains_or_its_store_is_silent() {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
        let (drain, draining) = watch::channel(false);
        let health = |draining| Health::new(store.clone(), Clock::start(), draining);
        let first = health(draining.clone());
        assert_eq!(first.ready().await, Ok(()));
        let counters = Arc::new(Counters::start());
        let vouched = health(draining.clone()).vouched_by(counters.clone());
        assert_eq!(vouched.ready().await, Err(NotReady::Certificate), "nobody vouches for it yet");
        counters.set_certificate_end(unix_s() + 3_600);
        assert_eq!(vouched.ready().await, Ok(()));
        counters.set_certificate_end(unix_s() - 1);
        assert_eq!(vouched.ready().await, Err(NotReady::Certificate), "it has ended");
        store.close().await;
        assert_eq!(first.ready().await, Ok(()), "an answer holds for a while");
        assert_eq!(health(draining.clone()).ready().await, Err(NotReady::Store));
        drain.send(true).unwrap();
        assert_eq!(first.ready().await, Err(NotReady::Draining), "that is told at once");
    }
}
