//! What an account has paid for, as a document that its relay signs and both ends of a session check.
//!
//! A document is CBOR behind a detached ed25519 signature over [`message`]. It lives for a day and is renewed by the relay
//! at half of that. This module reads, writes and judges; signing is the relay's, checking the signature the engine's.
//! Everything is judged by the *relay's* time, since programs' clocks may be off by years.

use crate::wire::{self, WireError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Largest document, in bytes: 128 features with their dates and limits are some 10 KB.
pub const DOCUMENT_BYTES_MAX: usize = 32 * 1024;
/// Features of one document.
pub const FEATURES_MAX: usize = 128;
/// Limits of one feature.
pub const LIMITS_MAX: usize = 16;
/// Longest name of a feature or limit, in bytes, as manifests have it.
pub const NAME_BYTES_MAX: usize = 64;
/// Longest account name and contact, in bytes: a relay lets them have 80 and 200 characters.
const TEXT_BYTES_MAX: usize = 1024;
/// How long a document is good for.
pub const LIFETIME_S: i64 = 24 * 3600;
/// Two looks at the relay's clock may differ by so much: what was just signed is no document of the future.
pub const SLACK_S: i64 = 300;
/// So long before a feature ends people are told.
pub const WARNING_S: i64 = 14 * 24 * 3600;
/// An ed25519 signature.
const SIGNATURE_BYTES: usize = 64;
/// Before every signed document, so that the signature is good for nothing else.
const PREFIX: &[u8] = b"lotse licence 1\0";

/// A document with its signature, as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedLicence {
    /// A [`Licence`] in CBOR.
    #[serde(with = "serde_bytes")]
    pub document: Vec<u8>,
    /// ed25519, by the relay's licence key, over [`message`] of the document.
    #[serde(with = "serde_bytes")]
    pub signature: Vec<u8>,
}

/// What the document says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    /// The account's number at its relay, and its name.
    pub account: i64,
    pub account_name: String,
    /// Whom to ask about features that it does not cover; may be empty.
    pub contact: String,
    /// Unix seconds of the relay's clock.
    pub issued_s: i64,
    pub expires_s: i64,
    /// By the feature's name. What is not in here is not licensed.
    pub features: BTreeMap<String, Term>,
}

/// On what terms a feature is licensed. Without dates: as long as the document lives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// First second, in Unix time.
    #[serde(default)]
    pub from_s: Option<i64>,
    /// First second after it.
    #[serde(default)]
    pub until_s: Option<i64>,
    /// By name, such as `sessions`.
    #[serde(default)]
    pub limits: BTreeMap<String, u32>,
}

impl Term {
    /// Whether it holds at that moment.
    pub fn holds(&self, now_s: i64) -> bool {
        self.from_s.is_none_or(|from_s| from_s <= now_s) && self.until_s.is_none_or(|until_s| now_s < until_s)
    }

    /// When it ends, if it holds now and ends soon.
    pub fn ends_within(&self, now_s: i64, within_s: i64) -> Option<i64> {
        self.until_s.filter(|until_s| self.holds(now_s) && until_s.saturating_sub(now_s) <= within_s)
    }
}

/// Why a document counts for nothing. Each is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LicenceError {
    #[error("the relay signs no licences: its operator must bring it up to date")]
    NoKey,
    #[error("the licence is not signed by this relay")]
    Forged,
    #[error("the licence is longer than any can be")]
    TooLong,
    #[error("the licence is not one that this version understands")]
    Malformed,
    #[error("the licence is another account's")]
    OtherAccount,
    #[error("the licence is not valid yet")]
    NotYet,
    #[error("the licence is out of date")]
    Expired,
}

impl SignedLicence {
    /// What the signature is over, and the signature, if both can be what they claim.
    ///
    /// # Errors
    /// [`LicenceError::TooLong`] and [`LicenceError::Forged`].
    pub fn parts(&self) -> Result<(Vec<u8>, &[u8]), LicenceError> {
        if self.document.len() > DOCUMENT_BYTES_MAX {
            return Err(LicenceError::TooLong);
        }
        if self.signature.len() != SIGNATURE_BYTES {
            return Err(LicenceError::Forged);
        }
        Ok((message(&self.document), &self.signature))
    }
}

/// What a relay signs of a document.
pub fn message(document: &[u8]) -> Vec<u8> {
    [PREFIX, document].concat()
}

impl Licence {
    /// Reads a document whose signature was checked.
    ///
    /// # Errors
    /// [`LicenceError::TooLong`] and [`LicenceError::Malformed`].
    pub fn read(document: &[u8]) -> Result<Self, LicenceError> {
        let licence: Self = wire::decode(document, DOCUMENT_BYTES_MAX).map_err(|error| match error {
            WireError::TooLong { .. } => LicenceError::TooLong,
            WireError::Malformed(_) => LicenceError::Malformed,
        })?;
        if licence.is_bounded() { Ok(licence) } else { Err(LicenceError::Malformed) }
    }

    /// The document to be signed.
    ///
    /// # Errors
    /// [`LicenceError::TooLong`] and [`LicenceError::Malformed`] for what nobody could read again.
    pub fn write(&self) -> Result<Vec<u8>, LicenceError> {
        if !self.is_bounded() {
            return Err(LicenceError::Malformed);
        }
        wire::encode(self, DOCUMENT_BYTES_MAX).map_err(|_| LicenceError::TooLong)
    }

    fn is_bounded(&self) -> bool {
        let Self { account: _, account_name, contact, issued_s: _, expires_s: _, features } = self;
        let named = |name: &String| is_name(name);
        let term = |term: &Term| term.limits.len() <= LIMITS_MAX && term.limits.keys().all(named);
        account_name.len() <= TEXT_BYTES_MAX
            && contact.len() <= TEXT_BYTES_MAX
            && features.len() <= FEATURES_MAX
            && features.keys().all(named)
            && features.values().all(term)
    }

    /// Whether it is this account's and good at that moment of the relay's time.
    ///
    /// # Errors
    /// [`LicenceError::OtherAccount`], [`LicenceError::NotYet`] and [`LicenceError::Expired`].
    pub fn stands(&self, account_name: &str, now_s: i64) -> Result<(), LicenceError> {
        if self.account_name != account_name {
            return Err(LicenceError::OtherAccount);
        }
        if self.issued_s > now_s.saturating_add(SLACK_S) {
            return Err(LicenceError::NotYet);
        }
        if self.expires_s <= now_s {
            return Err(LicenceError::Expired);
        }
        Ok(())
    }

    /// Whether a feature is licensed at that moment of the relay's time.
    pub fn covers(&self, feature: &str, now_s: i64) -> bool {
        now_s < self.expires_s && self.features.get(feature).is_some_and(|term| term.holds(now_s))
    }

    /// Every feature that is licensed at that moment.
    pub fn covered(&self, now_s: i64) -> impl Iterator<Item = &str> {
        self.features.keys().map(String::as_str).filter(move |feature| self.covers(feature, now_s))
    }
}

/// Whether this can be the name of a feature or limit: 1 to 64 of `a-z`, `0-9` and `-`, as in manifests.
pub fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(plain)
}

#[cfg(test)]
#[path = "licence_tests.rs"]
mod tests;
