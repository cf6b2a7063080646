//! From when to when a certificate is good, for which names, and when another one is asked for.

use super::names::AcmeName;
use crate::tls::digest;
use rustls::pki_types::CertificateDer;
use x509_parser::extensions::GeneralName;

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// In seconds since 1970.
    begins_s: i64,
    /// In seconds since 1970; after it nobody takes the certificate.
    ends_s: i64,
    /// In lower-case letters.
    names: Vec<String>,
    /// Drawn from the certificate itself, so that it stays the same over restarts.
    spread: u16,
}

impl Life {
    /// Of a certificate that can be read and ends after it begins.
    pub fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let (_, read) = x509_parser::parse_x509_certificate(certificate).ok()?;
        let (begins_s, ends_s) = (read.validity().not_before.timestamp(), read.validity().not_after.timestamp());
        let names = read.subject_alternative_name().ok()??;
        let names = names.value.general_names.iter().filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            _ => None,
        });
        let names = names.collect();
        let [first, second, ..] = digest(certificate);
        let spread = u16::from_be_bytes([first, second]);
        (begins_s < ends_s).then_some(Self { begins_s, ends_s, names, spread })
    }

    /// When it ends, in seconds since 1970.
    pub fn ends_s(&self) -> i64 {
        self.ends_s
    }

    /// In lower-case letters.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// All of these names are in it.
    pub fn is_for(&self, names: &[AcmeName]) -> bool {
        names.iter().all(|name| self.names.iter().any(|there| there == name.as_str()))
    }

    /// It has not ended. Its begin does not count: authorities set it back, and clocks differ.
    pub fn is_good(&self, now_s: i64) -> bool {
        now_s < self.ends_s
    }

    /// When another one is asked for, in seconds since 1970: at two thirds of its life, or up to a thirtieth of it earlier, so
    /// that relays which were started together do not ask together.
    pub fn renewal_s(&self) -> i64 {
        let life_s = self.ends_s.saturating_sub(self.begins_s);
        // A life has less than 2^39 seconds: years have four digits.
        let earlier_s = (life_s / 30).saturating_mul(i64::from(self.spread)) / i64::from(u16::MAX);
        self.begins_s.saturating_add(life_s / 3 * 2).saturating_sub(earlier_s)
    }
}

/// A life for tests, of a certificate for `names`.
#[cfg(test)]
pub(super) fn life(begins_s: i64, ends_s: i64, names: &[&str], spread: u16) -> Life {
    Life { begins_s, ends_s, names: names.iter().map(|name| (*name).to_owned()).collect(), spread }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const DAY_S: i64 = 86_400;

    fn names(names: &[&str]) -> Vec<AcmeName> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    #[test]
    fn a_certificate_is_renewed_at_two_thirds_of_its_life_or_a_little_earlier() {
        let begins_s = 1_800_000_000;
        let at = |days, spread| life(begins_s, begins_s + days * DAY_S, &[], spread).renewal_s() - begins_s;
        assert_eq!((at(90, 0), at(90, u16::MAX)), (60 * DAY_S, 57 * DAY_S));
        assert_eq!(at(6, 0), 4 * DAY_S);
        for spread in [0, 1, 1_000, 40_000, u16::MAX] {
            assert!((57 * DAY_S..=60 * DAY_S).contains(&at(90, spread)));
        }
        // A life without end, as hostile as it can be read.
        let endless = life(i64::MIN, i64::MAX, &[], u16::MAX);
        assert!(endless.renewal_s() < endless.ends_s());
    }

    #[test]
    fn what_a_certificate_says_of_itself_is_read() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters =
            rcgen::CertificateParams::new(["Relay.example".to_owned(), "b.example".to_owned()]).unwrap();
        parameters.not_before = rcgen::date_time_ymd(2026, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2026, 4, 1);
        let life = Life::of(parameters.self_signed(&key).unwrap().der()).unwrap();
        assert_eq!((life.begins_s, life.ends_s()), (1_767_225_600, 1_775_001_600));
        assert!(life.is_good(1_775_001_599) && !life.is_good(1_775_001_600));
        assert!(life.is_for(&names(&["relay.example"])) && life.is_for(&names(&["b.example", "relay.example"])));
        assert!(!life.is_for(&names(&["relay.example", "c.example"])));
        parameters.not_after = rcgen::date_time_ymd(2025, 1, 1);
        assert_eq!(Life::of(parameters.self_signed(&key).unwrap().der()), None, "it ends before it begins");
    }

    #[test]
    fn fuzz_any_bytes_are_a_certificate_or_none() {
        let key = rcgen::KeyPair::generate().unwrap();
        let parameters = rcgen::CertificateParams::new(["relay.example".to_owned()]).unwrap();
        let good = parameters.self_signed(&key).unwrap().der().to_vec();
        for at in 0..good.len() {
            assert_eq!(Life::of(&CertificateDer::from(&good[..at])), None);
            let mut changed = good.clone();
            for byte in [0, 0x30, 0x7f, 0xff] {
                changed[at] = byte;
                if let Some(life) = Life::of(&CertificateDer::from(changed.as_slice())) {
                    assert!(life.renewal_s() <= life.ends_s());
                }
            }
        }
    }
}
