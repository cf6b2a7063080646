//! Tells other programs what happens in an account, in order, at least once, with a signature.
//!
//! What there is to tell is in the audit log, which the store reads on behind what each webhook was told last. Whoever does not
//! answer is asked again, from a second later up to an hour; after a day without an answer the webhook is switched off, with
//! a line in the audit log.

mod address;
mod event;
mod post;
mod url;

pub use event::Event;
pub use post::Poster;
pub use url::{BadUrl, HookUrl};

use crate::audit::AuditTrail;
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine};
use crate::store::webhooks::{Attempted, Webhook};
use crate::store::{AuditEntry, Store, StoreError};
use crate::token::hex;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How often it is looked whether there is something to tell.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Webhooks that are told something at once.
const AT_ONCE: usize = 16;
/// Those of one account: however slow its hooks are, others have places left.
const AT_ONCE_OF_ACCOUNT: usize = 2;
/// How long one is told events before others get a turn; what was begun is finished.
const TURN: Duration = Duration::from_secs(30);
/// Webhooks that are tried at once, each by one.
const PINGS_AT_ONCE: usize = 4;
/// Longest wait between two attempts, in seconds.
const WAIT_S_MAX: i64 = 3600;
/// After so long without an answer a webhook is switched off, in seconds.
const FAILING_S_MAX: i64 = 24 * 3600;

/// What tells.
#[derive(Clone)]
pub struct Teller {
    store: Arc<dyn Store>,
    audit: AuditTrail,
    poster: Arc<Poster>,
    /// Webhooks that are being tried.
    pinged: Arc<Mutex<BTreeSet<i64>>>,
}

/// Why nothing was answered to a ping.
#[derive(Debug, thiserror::Error)]
pub enum PingError {
    #[error("this webhook, or many others, are being tried at this moment: try again in ten seconds")]
    TooMany,
    #[error("{0}")]
    NoAnswer(String),
}

impl Teller {
    /// With nothing told yet.
    pub fn new(store: Arc<dyn Store>, audit: AuditTrail, poster: Arc<Poster>) -> Self {
        Self { store, audit, poster, pinged: Arc::default() }
    }

    /// Looks until it is stopped. A delivery that is cut off is made again later.
    pub async fn run(self) {
        let (mut telling, mut busy) = (JoinSet::new(), Busy::default());
        let mut readable = true;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            while let Some(told) = telling.try_join_next() {
                busy.0.remove(&told.unwrap_or(0));
            }
            if telling.is_empty() {
                // One that was broken off has not said its number.
                busy.0.clear();
            }
            let due = self.store.due_webhooks(unix_s()).await;
            // Once, and not every second as long as it lasts.
            if let Err(error) = &due
                && readable
            {
                tracing::warn!(%error, "webhooks cannot be read; it is tried again");
            }
            readable = due.is_ok();
            for webhook in due.unwrap_or_default() {
                if busy.take(webhook.id, webhook.account) {
                    telling.spawn(self.clone().tell(webhook));
                }
            }
        }
    }

    /// Tells one webhook what waits, until something fails or its turn is over; its number.
    async fn tell(self, mut webhook: Webhook) -> i64 {
        let id = webhook.id;
        let until = Instant::now() + TURN;
        while Instant::now() < until {
            match self.tell_next(&mut webhook).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%error, webhook = id, "what a webhook is to be told cannot be read or noted");
                    break;
                }
            }
        }
        id
    }

    /// False: there is no more, or it failed.
    async fn tell_next(&self, webhook: &mut Webhook) -> Result<bool, StoreError> {
        let kinds: Vec<&'static str> = Event::among(&webhook.events).map(|event| event.kind().name()).collect();
        let Some(entry) = self.store.next_for_webhook(webhook.id, &kinds).await? else { return Ok(false) };
        let event = Event::ALL.into_iter().find(|event| event.kind().name() == entry.kind);
        // The store gives what was asked for.
        let Some(event) = event else { return Ok(false) };
        let outcome = self.send(webhook, event.name(), entry.id, &body_of(event.name(), &entry)).await;
        let (done, words) = match outcome {
            Ok(status) => ((200..300).contains(&status), status.to_string()),
            Err(words) => (false, words),
        };
        let now_s = unix_s();
        let failing_s = webhook.failing_s.unwrap_or(now_s);
        let off = !done && now_s.saturating_sub(failing_s) >= FAILING_S_MAX;
        let next_s = now_s.saturating_add(wait_s(webhook.attempts));
        let (line, event) = (entry.id, event.name().to_owned());
        let attempted = Attempted { webhook: webhook.id, line, event, done, outcome: words, next_s, off };
        self.store.webhook_attempted(attempted, now_s).await?;
        if off {
            let detail = format!("{}: nothing got through for a day", webhook.id);
            let account = Some(webhook.account);
            self.audit.write(AuditLine { account, detail, ..AuditLine::new(AuditKind::WebhookOff) });
        }
        if done {
            (webhook.attempts, webhook.failing_s) = (0, None);
        }
        Ok(done)
    }

    /// Says that the webhook is there, whatever it is told else; the status of the answer, or why there is none.
    pub async fn ping(&self, webhook: &Webhook) -> Result<u16, PingError> {
        let _place = Pinging::begin(&self.pinged, webhook.id).ok_or(PingError::TooMany)?;
        let body = json!({ "id": 0, "event": "ping", "at_s": unix_s(), "account": webhook.account_name });
        self.send(webhook, "ping", 0, &body).await.map_err(PingError::NoAnswer)
    }

    async fn send(&self, webhook: &Webhook, event: &str, delivery: i64, body: &Value) -> Result<u16, String> {
        let url: HookUrl = webhook.url.parse().map_err(|error: BadUrl| error.to_string())?;
        let (body, now_s) = (body.to_string(), unix_s());
        let headers = [
            ("Lotse-Event", event.to_owned()),
            ("Lotse-Delivery", format!("{}-{delivery}", webhook.id)),
            ("Lotse-Timestamp", now_s.to_string()),
            ("Lotse-Signature", signature(&webhook.secret, now_s, &body)),
        ];
        self.poster.post(&url, &headers, &body).await.map_err(|error| error.to_string())
    }
}

/// Webhooks that are being told something, with their accounts.
#[derive(Debug, Default)]
struct Busy(HashMap<i64, i64>);

impl Busy {
    /// Takes a place for a webhook. False: it has one already, or there is none for its account.
    fn take(&mut self, webhook: i64, account: i64) -> bool {
        let of_account = self.0.values().filter(|of| **of == account).count();
        if self.0.len() >= AT_ONCE || of_account >= AT_ONCE_OF_ACCOUNT || self.0.contains_key(&webhook) {
            return false;
        }
        self.0.insert(webhook, account);
        true
    }
}

/// A webhook that is being tried, until this is dropped.
struct Pinging {
    pinged: Arc<Mutex<BTreeSet<i64>>>,
    webhook: i64,
}

impl Pinging {
    /// `None`: it is being tried already, or too many others are.
    fn begin(pinged: &Arc<Mutex<BTreeSet<i64>>>, webhook: i64) -> Option<Self> {
        let mut all = pinged.lock();
        if all.len() >= PINGS_AT_ONCE || !all.insert(webhook) {
            return None;
        }
        Some(Self { pinged: pinged.clone(), webhook })
    }
}

impl Drop for Pinging {
    fn drop(&mut self) {
        self.pinged.lock().remove(&self.webhook);
    }
}

/// How long to wait after so many attempts that failed before.
fn wait_s(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts).unwrap_or(u32::MAX);
    1_i64.checked_shl(doublings).filter(|wait_s| *wait_s > 0).map_or(WAIT_S_MAX, |wait_s| wait_s.min(WAIT_S_MAX))
}

/// `v1=` and the HMAC-SHA256 of the timestamp, a dot and the body, in hexadecimal digits.
fn signature(secret: &str, timestamp_s: i64, body: &str) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    format!("v1={}", hex(ring::hmac::sign(&key, format!("{timestamp_s}.{body}").as_bytes()).as_ref()))
}

/// Who and when, and no details: neither notes nor what somebody wrote.
fn body_of(event: &str, entry: &AuditEntry) -> Value {
    let AuditEntry { id, at_s, kind: _, account: _, account_name, rep: _, rep_name, rep_user, session, detail: _ } =
        entry;
    json!({
        "id": id, "event": event, "at_s": at_s, "account": account_name, "rep": rep_name, "user": rep_user,
        "session": session.map(|session| hex(&session.0)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scar: a dozen and more slow hooks of one account left no place for anybody else's.
    #[test]
    fn l4_one_account_takes_two_places_however_many_webhooks_it_has() {
        let mut busy = Busy::default();
        let taken = (1..=20).filter(|webhook| busy.take(*webhook, 1)).count();
        assert_eq!(taken, AT_ONCE_OF_ACCOUNT);
        assert!(busy.take(21, 2) && !busy.take(21, 2), "once each");
        let taken = (100..200).filter(|webhook| busy.take(*webhook, *webhook)).count();
        assert_eq!(taken, AT_ONCE - AT_ONCE_OF_ACCOUNT - 1);
        busy.0.remove(&1);
        assert!(busy.take(3, 1), "whoever is done makes room");
    }

    #[test]
    fn l4_a_webhook_is_tried_once_at_a_time_and_four_in_all() {
        let pinged = Arc::default();
        let one = Pinging::begin(&pinged, 1);
        assert!(one.is_some() && Pinging::begin(&pinged, 1).is_none());
        let more: Vec<Pinging> = (2..10).filter_map(|webhook| Pinging::begin(&pinged, webhook)).collect();
        assert_eq!(more.len(), PINGS_AT_ONCE - 1);
        drop(one);
        assert!(Pinging::begin(&pinged, 1).is_some(), "whoever is done makes room");
    }

    #[test]
    fn the_wait_doubles_up_to_an_hour() {
        let waits: Vec<i64> = (0..13).map(wait_s).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600]);
        assert_eq!((wait_s(62), wait_s(63), wait_s(64), wait_s(i64::MAX)), (3600, 3600, 3600, 3600));
    }

    /// Computed with Python's `hmac`.
    #[test]
    fn a_signature_is_of_timestamp_and_body() {
        let signed = signature("whsec_test", 1_796_000_000, "{\"event\":\"ping\"}");
        assert_eq!(signed, "v1=e70b8bf0dc33a47c547116070fcf263d7cc036434865cc2001cfc63251e06719");
    }
}
