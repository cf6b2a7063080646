//! A relay's address as people pass it on: `https://host:port`, with `#sha256=HEX` when its certificate is its own.

use std::fmt;
use std::str::FromStr;

/// Where a relay is and how it proves that it is the one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayUrl {
    pub host: String,
    pub port: u16,
    /// SHA-256 of the only certificate to accept. `None`: one that a public authority vouches for.
    pub certificate: Option<[u8; 32]>,
}

/// What is wrong with an address, and how it should look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}; a relay's address looks like https://help.example.com or https://127.0.0.1:8443#sha256=…")]
pub struct RelayUrlError(pub String);

impl FromStr for RelayUrl {
    type Err = RelayUrlError;

    fn from_str(text: &str) -> Result<Self, RelayUrlError> {
        let bad = |why: &str| RelayUrlError(why.to_owned());
        let (address, fragment) = text.trim().split_once('#').map_or((text.trim(), None), |(a, f)| (a, Some(f)));
        let rest = match address.split_once("://") {
            Some(("https", rest)) => rest,
            Some((other, _)) => return Err(RelayUrlError(format!("\u{201c}{other}\u{201d} is not https"))),
            None => address,
        };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let (host, port) = split_port(authority).ok_or_else(|| bad("the port is not a number from 1 to 65535"))?;
        if host.is_empty() || host.len() > 253 || host.contains(|c: char| c.is_whitespace() || c == '@') {
            return Err(bad("the host name is missing or not one"));
        }
        let certificate = fragment.map(fingerprint).transpose()?;
        Ok(Self { host: host.to_owned(), port, certificate })
    }
}

/// As it is passed on, always with its port: one spelling for each relay.
impl fmt::Display for RelayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, certificate } = self;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        write!(f, "https://{host}:{port}")?;
        if let Some(certificate) = certificate {
            f.write_str("#sha256=")?;
            for byte in certificate {
                write!(f, "{byte:02x}")?;
            }
        }
        Ok(())
    }
}

fn split_port(authority: &str) -> Option<(&str, u16)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        return match after.strip_prefix(':') {
            Some(port) => Some((host, port_of(port)?)),
            None => Some((host, 443)),
        };
    }
    match authority.rsplit_once(':') {
        Some((host, port)) => Some((host, port_of(port)?)),
        None => Some((authority, 443)),
    }
}

/// Digits alone: `parse` would take a sign, too.
fn port_of(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port > 0)
}

fn fingerprint(fragment: &str) -> Result<[u8; 32], RelayUrlError> {
    let bad = || RelayUrlError("the part after # is not sha256= with 64 hexadecimal digits".to_owned());
    let hex = fragment.strip_prefix("sha256=").ok_or_else(bad)?;
    let mut out = [0; 32];
    // Digits alone: `from_str_radix` would take a sign, too.
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(bad());
    }
    for (byte, pair) in out.iter_mut().zip(hex.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| bad())?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| bad())?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_what_people_pass_on() {
        let hex = "ab".repeat(32);
        let cases = [
            ("https://help.example.com", "help.example.com", 443, false),
            ("help.example.com", "help.example.com", 443, false),
            ("https://127.0.0.1:8443/", "127.0.0.1", 8443, false),
            ("https://[::1]:99", "::1", 99, false),
            (&format!("https://localhost:1#sha256={hex}"), "localhost", 1, true),
        ];
        for (text, host, port, pinned) in cases {
            let url: RelayUrl = text.parse().unwrap();
            assert_eq!((url.host.as_str(), url.port, url.certificate.is_some()), (host, port, pinned), "{text}");
            assert_eq!(url.to_string().parse::<RelayUrl>(), Ok(url), "{text}");
        }
    }

    #[test]
    fn names_what_is_wrong() {
        for text in [
            "",
            "http://a",
            "https://a:0",
            "https://a:99999",
            "https://a#sha256=12",
            "https://a b",
            "https://a#md5=1",
            "https://u@h",
            "https://a:",
            "https://a:+443",
            "https://a:-1",
            "https://[::1]:+443",
        ] {
            assert!(text.parse::<RelayUrl>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_sign_is_no_digit_of_a_fingerprint() {
        for pair in ["+f", "-0", " f", "0x"] {
            let text = format!("https://a#sha256={}", pair.repeat(32));
            assert!(text.parse::<RelayUrl>().is_err(), "{text}");
        }
        let upper: RelayUrl = format!("https://a#sha256={}", "AB".repeat(32)).parse().unwrap();
        assert_eq!(upper.certificate, Some([0xab; 32]));
    }
}
