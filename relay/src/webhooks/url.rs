//! Addresses that webhooks may have: `https://host[:port]/path?query`, and nothing that could be read in two ways.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// Longest address, in bytes.
const BYTES_MAX: usize = 2048;
/// Longest name of a host (RFC 1035).
const HOST_BYTES_MAX: usize = 253;

/// Why a text is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an address such as https://example.com/lotse, without a user, a fragment, spaces or letters beyond ASCII"
)]
pub struct BadUrl;

/// Where a webhook is told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookUrl {
    /// Without brackets where it is an IPv6 address; names in lower case.
    pub host: String,
    pub port: u16,
    /// With the query.
    pub path: String,
}

impl HookUrl {
    /// As the header `Host` has it.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == 443 { host } else { format!("{host}:{}", self.port) }
    }

    /// The host, if it is an address by itself.
    pub fn literal(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

impl FromStr for HookUrl {
    type Err = BadUrl;

    fn from_str(text: &str) -> Result<Self, BadUrl> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&byte);
        if text.len() > BYTES_MAX || !text.bytes().all(plain) {
            return Err(BadUrl);
        }
        let rest = text.strip_prefix("https://").ok_or(BadUrl)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let path = match path.strip_prefix('/') {
            Some(_) => path.to_owned(),
            // A query right behind the host, or nothing.
            None => format!("/{path}"),
        };
        let (host, port) = host_and_port(authority)?;
        Ok(Self { host, port, path })
    }
}

fn host_and_port(authority: &str) -> Result<(String, u16), BadUrl> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(bracketed) => {
            let (host, after) = bracketed.split_once(']').ok_or(BadUrl)?;
            let host: Ipv6Addr = host.parse().map_err(|_| BadUrl)?;
            let port = if after.is_empty() { None } else { Some(after.strip_prefix(':').ok_or(BadUrl)?) };
            (host.to_string(), port)
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (name(host)?, Some(port)),
            None => (name(authority)?, None),
        },
    };
    let port = match port {
        None => 443,
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => digits.parse().map_err(|_| BadUrl)?,
        Some(_) => return Err(BadUrl),
    };
    if port == 0 { Err(BadUrl) } else { Ok((host, port)) }
}

/// A name of plain labels, or an IPv4 address in its usual form. Numbers that some systems read as addresses are neither.
fn name(host: &str) -> Result<String, BadUrl> {
    let label = |label: &str| {
        let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && plain && !label.starts_with('-') && !label.ends_with('-')
    };
    if host.len() > HOST_BYTES_MAX || !host.split('.').all(label) {
        return Err(BadUrl);
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    if numeric && host.parse::<std::net::Ipv4Addr>().is_err() {
        return Err(BadUrl);
    }
    Ok(host.to_ascii_lowercase())
}

impl fmt::Display for HookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}{}", self.authority(), self.path)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_meant_is_read_and_the_rest_is_refused() {
        for (text, host, port, path) in [
            ("https://Example.com", "example.com", 443, "/"),
            ("https://example.com:8443/a/b?c=d", "example.com", 8443, "/a/b?c=d"),
            ("https://example.com?x", "example.com", 443, "/?x"),
            ("https://192.0.2.1/", "192.0.2.1", 443, "/"),
            ("https://[2001:db8::1]:444/x", "2001:db8::1", 444, "/x"),
        ] {
            let read: HookUrl = text.parse().unwrap();
            assert_eq!((read.host.as_str(), read.port, read.path.as_str()), (host, port, path), "{text}");
            assert_eq!(read.to_string().parse::<HookUrl>().unwrap(), read);
        }
        for bad in [
            "",
            "http://example.com/",
            "https://",
            "https:///x",
            "https://user@example.com/",
            "https://example.com:0/",
            "https://example.com:65536/",
            "https://example.com:/x:y",
            "https://example.com/#x",
            "https://example.com/ x",
            "https://example.com\\@127.0.0.1/",
            "https://exämple.com/",
            "https://-x.example/",
            "https://a..b/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://127.1/",
            "https://0177.0.0.1/",
            "https://[::1/",
            "https://[::1]x/",
            "https://[fe80::1%25eth0]/",
            &format!("https://example.com/{}", "x".repeat(3000)),
        ] {
            assert_eq!(bad.parse::<HookUrl>(), Err(BadUrl), "{bad}");
        }
    }

    #[test]
    fn fuzz_any_text_is_an_address_that_reads_again_or_none() {
        let pieces = [
            "https://",
            "example",
            ".",
            ":",
            "443",
            "/",
            "?",
            "[",
            "]",
            "::1",
            "@",
            "#",
            "%",
            "\r\n",
            "é",
            "0x7f",
            "127.0.0.1",
        ];
        let mut seed = 3_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..8 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text += pieces[usize::try_from(seed >> 40).unwrap() % pieces.len()];
            }
            if let Ok(read) = text.parse::<HookUrl>() {
                assert_eq!(read.to_string().parse::<HookUrl>().unwrap(), read, "{text}");
                assert!(
                    !read.path.contains(['\r', '\n', ' ']) && !read.host.contains(['\r', '\n', '@', '/']),
                    "{text}"
                );
            }
        }
    }
}
