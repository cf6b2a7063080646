//! What the relay counts since its start, for its operator. Plain numbers: no names, no addresses, nothing by user.

use crate::clock::unix_s;
use crate::hub::AuditKind;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

/// Counters of one relay; read at any time from anywhere.
#[derive(Debug)]
pub struct Counters {
    started_s: i64,
    audit: [AtomicU64; AuditKind::ALL.len()],
    audit_lost: AtomicU64,
    store_errors: AtomicU64,
    certificate_ends_s: AtomicI64,
    certificates: AtomicU64,
    certificate_failures: AtomicU64,
}

impl Counters {
    /// All at zero, from now on.
    pub fn start() -> Self {
        Self {
            started_s: unix_s(),
            audit: std::array::from_fn(|_| AtomicU64::new(0)),
            audit_lost: AtomicU64::new(0),
            store_errors: AtomicU64::new(0),
            certificate_ends_s: AtomicI64::new(0),
            certificates: AtomicU64::new(0),
            certificate_failures: AtomicU64::new(0),
        }
    }

    /// When the relay was started, in seconds since 1970.
    pub fn started_s(&self) -> i64 {
        self.started_s
    }

    /// Something happened that the audit log tells.
    pub fn count_audit(&self, kind: AuditKind) {
        if let Some(counter) = self.audit.get(kind as usize) {
            counter.fetch_add(1, Relaxed);
        }
    }

    /// A line found no room in the audit log's queue.
    pub fn count_audit_lost(&self) {
        self.audit_lost.fetch_add(1, Relaxed);
    }

    /// The store could not do something.
    pub fn count_store_error(&self) {
        self.store_errors.fetch_add(1, Relaxed);
    }

    /// When the certificate that an authority gave out to the relay itself ends, in seconds since 1970.
    pub fn set_certificate_end(&self, ends_s: i64) {
        self.certificate_ends_s.store(ends_s, Relaxed);
    }

    /// An authority gave out a certificate.
    pub fn count_certificate(&self) {
        self.certificates.fetch_add(1, Relaxed);
    }

    /// An authority was asked for a certificate and gave out none.
    pub fn count_certificate_failure(&self) {
        self.certificate_failures.fetch_add(1, Relaxed);
    }

    /// When the certificate of an authority ends, in seconds since 1970; 0 without one that the relay got itself.
    pub fn certificate_ends_s(&self) -> i64 {
        self.certificate_ends_s.load(Relaxed)
    }

    /// Certificates that an authority gave out.
    pub fn certificates(&self) -> u64 {
        self.certificates.load(Relaxed)
    }

    /// How often an authority gave out none.
    pub fn certificate_failures(&self) -> u64 {
        self.certificate_failures.load(Relaxed)
    }

    /// How often this happened.
    pub fn audit(&self, kind: AuditKind) -> u64 {
        self.audit.get(kind as usize).map_or(0, |counter| counter.load(Relaxed))
    }

    /// Lines that are missing in the audit log.
    pub fn audit_lost(&self) -> u64 {
        self.audit_lost.load(Relaxed)
    }

    /// How often the store could not do something.
    pub fn store_errors(&self) -> u64 {
        self.store_errors.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_counter_of_its_own() {
        let counters = Counters::start();
        for (place, kind) in AuditKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place, "{}", kind.name());
            counters.count_audit(kind);
            assert_eq!(counters.audit(kind), 1);
        }
        assert_eq!(AuditKind::SharedChanged as usize + 1, AuditKind::ALL.len(), "the last one is known");
    }
}
