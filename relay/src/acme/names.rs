//! What an operator names for a certificate: the relay's names, the authority's directory, and an address for mail. Refused
//! here, before anybody is asked.

use axum::http::Uri;
use std::fmt;
use std::str::FromStr;

/// Of Let's Encrypt.
const USUAL_DIRECTORY: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Names of one certificate, as many as Let's Encrypt takes.
pub const NAMES_MAX: usize = 100;
const NAME_CHARS_MAX: usize = 253;
const LABEL_CHARS_MAX: usize = 63;
const URL_CHARS_MAX: usize = 1_000;

/// A name that the relay is reached by, in lower-case letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeName(String);

/// What is no name for a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no name that a certificate can be given out for: give one such as relay.example.com, without * and in ASCII (xn--…) where it has other letters"
)]
pub struct BadName;

impl AcmeName {
    /// In lower-case letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AcmeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AcmeName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let name = text.to_ascii_lowercase();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_label = |label: &str| {
            (1..=LABEL_CHARS_MAX).contains(&label.len())
                && label.bytes().all(plain)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        // Such as of an IP address.
        let ends_in_number = name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
        let good = name.len() <= NAME_CHARS_MAX && name.split('.').all(is_label) && !ends_in_number;
        if good { Ok(Self(name)) } else { Err(BadName) }
    }
}

/// Where an authority says what it does: an address with https.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryUrl(String);

/// What is no address of a directory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no address of an authority: give one with https, such as https://acme.example.com/directory")]
pub struct BadDirectory;

impl DirectoryUrl {
    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for DirectoryUrl {
    fn default() -> Self {
        Self(USUAL_DIRECTORY.to_owned())
    }
}

impl fmt::Display for DirectoryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DirectoryUrl {
    type Err = BadDirectory;

    fn from_str(text: &str) -> Result<Self, BadDirectory> {
        let uri: Uri = text.parse().map_err(|_| BadDirectory)?;
        let good = text.len() <= URL_CHARS_MAX
            && uri.scheme_str() == Some("https")
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if good { Ok(Self(text.to_owned())) } else { Err(BadDirectory) }
    }
}

/// An address for mail, as `--acme-contact` takes it: one, and without what would be a second one or a header in its link.
///
/// # Errors
/// In words, what it should be.
pub fn contact(text: &str) -> Result<String, String> {
    let plain = |character: char| character.is_ascii_graphic() && !",?&%#<>\"".contains(character);
    let user = crate::signin::normal_user(text).filter(|user| user.chars().all(plain));
    user.ok_or_else(|| "this is no address for mail: give one such as operator@example.com".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_are_those_that_a_certificate_can_be_for() {
        let long = format!("{}.example", "a".repeat(63));
        for good in ["relay.example.com", "Relay.Example", "relay", "xn--bcher-kva.example", "1.relay.example", &long] {
            let name: AcmeName = good.parse().unwrap();
            assert_eq!(name.as_str(), good.to_ascii_lowercase());
        }
        let too_long = ["a"; 128].join(".");
        let label = format!("{}.example", "a".repeat(64));
        for bad in [
            "",
            ".",
            "relay.",
            ".relay",
            "a..b",
            "*.example.com",
            "192.0.2.1",
            "::1",
            "bücher.example",
            "a_b.example",
            "-a.example",
            "a-.example",
            "a b",
            "https://a.example",
            "a.example:443",
            &too_long,
            &label,
        ] {
            assert_eq!(bad.parse::<AcmeName>(), Err(BadName), "{bad}");
        }
    }

    #[test]
    fn an_authority_is_asked_by_https_alone() {
        assert_eq!(USUAL_DIRECTORY.parse::<DirectoryUrl>().unwrap(), DirectoryUrl::default());
        for good in ["https://localhost:14000/dir", "https://[::1]:14000/dir", "https://ca.example"] {
            assert_eq!(good.parse::<DirectoryUrl>().unwrap().as_str(), good);
        }
        let long = format!("https://ca.example/{}", "a".repeat(URL_CHARS_MAX));
        for bad in ["", "ca.example", "http://ca.example/dir", "https://", "https://u:p@ca.example/dir", "/dir", &long]
        {
            assert_eq!(bad.parse::<DirectoryUrl>(), Err(BadDirectory), "{bad}");
        }
    }

    #[test]
    fn a_contact_is_one_address_for_mail() {
        assert_eq!(contact("Otto@relay.example").unwrap(), "otto@relay.example");
        for bad in ["", "otto", "a@b,c@d", "a@b?cc=c", "a b@c", "a%40b@c", "ö@b"] {
            assert!(contact(bad).is_err(), "{bad}");
        }
    }
}
