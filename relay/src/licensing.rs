//! Licences as the relay issues them: read from the store, signed, renewed at half of their life, and handed to the hub.
//!
//! The store counts changes to what stands in them; one number is read each second, as of [`crate::people`]. In the same
//! look dates are compared with the clock, so that a feature begins and ends within a second or two of its date. When the
//! store cannot be read, everybody keeps what they have until their document is out of date, and it is looked at again.

use crate::audit::AuditTrail;
use crate::clock::unix_s;
use crate::data::{DataError, DataFolder};
use crate::hub::{AccountLicence, AuditKind, AuditLine, Input, Random, system_random};
use crate::relay::LICENCE_KEY_FILE;
use crate::store::{AccountTerms, Store, StoreError};
use crate::switchboard::{Ending, Switchboard};
use lotse_protocol::licence::{self, LIFETIME_S, LicenceError, SLACK_S, SignedLicence};
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// How often the number is read: what is changed acts within two seconds.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Renewals are spread over so long, in seconds.
const SPREAD_S: i64 = LIFETIME_S / 8;
/// The relay's own feature: several sessions of one rep at once, as many as its limit `sessions` says. Without it one.
pub const MULTI_CHAT: &str = "multi-chat";
/// The limit's name.
const SESSIONS: &str = "sessions";

/// The key that licences are signed with.
#[derive(Clone)]
pub struct LicenceKey(Arc<Ed25519KeyPair>);

impl LicenceKey {
    /// That of a data folder; made if it is not there.
    pub fn of(data: &DataFolder) -> Result<Self, DataError> {
        let seed = crate::relay::key_32(data, LICENCE_KEY_FILE)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
            .map_err(|error| DataError::Damaged { path: data.join(LICENCE_KEY_FILE), what: error.to_string() })?;
        Ok(Self(Arc::new(pair)))
    }

    /// What programs check signatures with.
    pub fn public(&self) -> [u8; 32] {
        let mut public = [0; 32];
        public.copy_from_slice(self.0.public_key().as_ref());
        public
    }

    /// An account's document of this moment.
    pub fn issue(&self, terms: &AccountTerms, now_s: i64) -> Result<SignedLicence, LicenceError> {
        let document = terms.document(now_s)?;
        let signature = self.0.sign(&licence::message(&document)).as_ref().to_vec();
        Ok(SignedLicence { document, signature })
    }
}

/// What was issued to one account.
struct Issued {
    terms: AccountTerms,
    at_s: i64,
    /// So much earlier than at half of its life it is renewed, in seconds.
    early_s: i64,
    covered: BTreeSet<String>,
}

/// Every account's licence, as it was last issued.
struct Books {
    key: LicenceKey,
    random: Box<dyn Random>,
    issued: HashMap<i64, Issued>,
}

/// What comes of one look.
#[derive(Default)]
struct News {
    licences: Vec<(i64, AccountLicence)>,
    /// Accounts and the features whose last day is over since the look before.
    expired: Vec<(i64, String)>,
}

impl Books {
    /// Takes in what the store says now, if it was read; gives what is to be said anew.
    fn look(&mut self, read: Option<Vec<AccountTerms>>, now_s: i64) -> News {
        let mut news = News::default();
        let changed = read.map(|all| {
            let before = |terms: &AccountTerms| self.issued.get(&terms.account).map(|issued| &issued.terms);
            all.into_iter().filter(|terms| before(terms) != Some(terms)).collect::<Vec<_>>()
        });
        let mut due: HashMap<i64, AccountTerms> = HashMap::new();
        for (account, issued) in &self.issued {
            if issued.is_due(now_s) {
                due.insert(*account, issued.terms.clone());
            }
            let over = |feature: &&String| issued.ended(feature, now_s);
            news.expired.extend(issued.covered.iter().filter(over).map(|feature| (*account, feature.clone())));
        }
        due.extend(changed.unwrap_or_default().into_iter().map(|terms| (terms.account, terms)));
        for (account, terms) in due {
            let issued = self.issue(terms, now_s);
            news.licences.extend(issued.map(|licence| (account, licence)));
        }
        news
    }

    /// Of an account whose licence no program could read, one that covers nothing: it has no feature, and one session at once.
    fn issue(&mut self, terms: AccountTerms, now_s: i64) -> Option<AccountLicence> {
        let account = terms.account;
        match self.issue_as_it_is(terms.clone(), now_s) {
            Ok(licence) => return Some(licence),
            Err(error) => tracing::error!(account, %error, "a licence could not be issued: it covers nothing for now"),
        }
        let nothing = AccountTerms { contact: String::new(), terms: BTreeMap::new(), ..terms };
        let issued = self.issue_as_it_is(nothing, now_s);
        issued.inspect_err(|error| tracing::error!(account, %error, "not even an empty one could be issued")).ok()
    }

    fn issue_as_it_is(&mut self, terms: AccountTerms, now_s: i64) -> Result<AccountLicence, LicenceError> {
        let covered = covered(&terms, now_s);
        let signed = Arc::new(self.key.issue(&terms, now_s)?);
        let for_customers = Arc::new(self.key.issue(&for_customers(&terms, &covered), now_s)?);
        let sessions_max = sessions_max(&terms, &covered);
        let early_s = self.early_s();
        self.issued.insert(terms.account, Issued { terms, at_s: now_s, early_s, covered: covered.clone() });
        Ok(AccountLicence { signed, for_customers, covered, sessions_max })
    }

    /// By chance, so that what was issued in one second, at a start, is not renewed in one second. Without chance: at once.
    fn early_s(&mut self) -> i64 {
        let mut bytes = [0; 4];
        if self.random.fill(&mut bytes) { i64::from(u32::from_le_bytes(bytes)) % SPREAD_S } else { 0 }
    }
}

impl Issued {
    /// It is about half-way through its life, a date has come, or the clock was set.
    fn is_due(&self, now_s: i64) -> bool {
        let age_s = now_s.saturating_sub(self.at_s);
        age_s >= LIFETIME_S / 2 - self.early_s || age_s < -SLACK_S || covered(&self.terms, now_s) != self.covered
    }

    fn ended(&self, feature: &str, now_s: i64) -> bool {
        self.terms.terms.get(feature).and_then(|term| term.until_s).is_some_and(|until_s| until_s <= now_s)
    }
}

fn covered(terms: &AccountTerms, now_s: i64) -> BTreeSet<String> {
    terms.terms.iter().filter(|(_, term)| term.holds(now_s)).map(|(feature, _)| feature.clone()).collect()
}

/// What a customer's program needs: which features hold, and not whom to ask about others, nor the relay's own.
fn for_customers(terms: &AccountTerms, covered: &BTreeSet<String>) -> AccountTerms {
    let needed = terms.terms.iter().filter(|(feature, _)| *feature != MULTI_CHAT && covered.contains(*feature));
    let needed = needed.map(|(feature, term)| (feature.clone(), term.clone())).collect();
    AccountTerms { account: terms.account, name: terms.name.clone(), contact: String::new(), terms: needed }
}

fn sessions_max(terms: &AccountTerms, covered: &BTreeSet<String>) -> Option<u32> {
    if !covered.contains(MULTI_CHAT) {
        return Some(1);
    }
    terms.terms.get(MULTI_CHAT).and_then(|term| term.limits.get(SESSIONS)).copied()
}

/// Issues licences for as long as the relay runs.
pub struct Licensing {
    store: Arc<dyn Store>,
    switchboard: Switchboard,
    audit: AuditTrail,
    books: Books,
    /// The number of what was last read.
    seen: Option<i64>,
}

impl Licensing {
    /// Issues every account's licence and tells the hub.
    pub async fn start(
        store: Arc<dyn Store>,
        switchboard: Switchboard,
        audit: AuditTrail,
        key: LicenceKey,
    ) -> Result<Self, StoreError> {
        let books = Books { key, random: system_random(), issued: HashMap::new() };
        let mut licensing = Self { store, switchboard, audit, books, seen: None };
        licensing.look(unix_s()).await?;
        Ok(licensing)
    }

    /// Looks until it is stopped.
    pub async fn watch(mut self) {
        let mut readable = true;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let looked = self.look(unix_s()).await;
            // Once, and not every second as long as it lasts.
            if let Err(error) = &looked
                && readable
            {
                tracing::warn!(%error, "changes to licences cannot be read; it is tried again");
            }
            readable = looked.is_ok();
        }
    }

    async fn look(&mut self, now_s: i64) -> Result<(), StoreError> {
        let read = self.read().await;
        // What is to be renewed is renewed, whether the store can be read or not.
        let (outcome, version, read) = match read {
            Ok(Some((version, all))) => (Ok(()), Some(version), Some(all)),
            Ok(None) => (Ok(()), None, None),
            Err(error) => (Err(error), None, None),
        };
        let News { licences, expired } = self.books.look(read, now_s);
        for (account, feature) in expired {
            let kind = AuditKind::LicenceExpired;
            self.audit.write(AuditLine { account: Some(account), detail: feature, ..AuditLine::new(kind) });
        }
        if !licences.is_empty() {
            // Refused only when the relay ends; then nobody needs to know.
            let _: Result<(), Ending> = self.switchboard.tell(Input::Licences(licences)).await;
        }
        if let Some(version) = version {
            self.seen = Some(version);
            tracing::info!(event = "licences", version, "licences act as they are from now on");
        }
        outcome
    }

    /// What the store has, if it is something newer.
    async fn read(&self) -> Result<Option<(i64, Vec<AccountTerms>)>, StoreError> {
        if self.seen == Some(self.store.licences_version().await?) {
            return Ok(None);
        }
        self.store.licences().await.map(Some)
    }
}

#[cfg(test)]
#[path = "licensing_tests.rs"]
mod tests;
