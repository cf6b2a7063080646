//! The link that a page starts the customer's program with:
//! `lotse://HOST[:PORT]/join?code=4829135207&name=K.%20Weber&sha256=HEX`.
//!
//! Anybody can write such a link, and a browser hands it on. So every part is bounded and checked here, the host is plain
//! ASCII that cannot look like another, and whoever takes a link asks before it connects to a relay that is new.

use crate::relay_url::RelayUrl;
use lotse_protocol::code::{CodeError, JoinCode};
use lotse_protocol::tidy;
use std::fmt;
use std::str::FromStr;

/// Longest link, in bytes: a host, a certificate, and a name with each of its bytes written as three.
pub const LINK_BYTES_MAX: usize = 2048;
/// Longest name that a link can bring, in characters.
const NAME_CHARS_MAX: usize = 60;
const SCHEME: &str = "lotse:";

/// A session to be joined, as a page names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinLink {
    pub relay: RelayUrl,
    pub code: JoinCode,
    /// What the customer is called; may be empty.
    pub name: String,
}

/// What is wrong with a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinLinkError {
    #[error("it does not begin with lotse://")]
    Scheme,
    #[error("it is longer than {LINK_BYTES_MAX} bytes")]
    TooLong,
    #[error("it is not one to join a session")]
    Path,
    #[error("its relay is no address: {0}")]
    Relay(String),
    #[error("it has no code")]
    NoCode,
    #[error("{0}")]
    Code(CodeError),
    #[error("it says \u{201c}{0}\u{201d} twice")]
    Twice(&'static str),
    #[error("there is something in it that cannot be read")]
    Escape,
}

impl JoinLink {
    /// Whether somebody meant this to be a link, whatever is wrong with it.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.trim_start().get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
    }
}

impl FromStr for JoinLink {
    type Err = JoinLinkError;

    fn from_str(text: &str) -> Result<Self, JoinLinkError> {
        let text = text.trim();
        if text.len() > LINK_BYTES_MAX {
            return Err(JoinLinkError::TooLong);
        }
        if !Self::is_meant(text) {
            return Err(JoinLinkError::Scheme);
        }
        let rest = text.get(SCHEME.len()..).and_then(|rest| rest.strip_prefix("//")).ok_or(JoinLinkError::Scheme)?;
        // What stands behind # is never sent on by a browser, and means nothing here.
        let rest = rest.split('#').next().unwrap_or_default();
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = place.split_once('/').ok_or(JoinLinkError::Path)?;
        if path != "join" {
            return Err(JoinLinkError::Path);
        }
        let Parts { code, name, certificate } = Parts::read(query)?;
        let code = code.ok_or(JoinLinkError::NoCode)?.parse::<JoinCode>().map_err(JoinLinkError::Code)?;
        let relay = relay(authority, certificate.as_deref())?;
        Ok(Self { relay, code, name: tidy(&name.unwrap_or_default(), NAME_CHARS_MAX) })
    }
}

/// What stands behind the question mark, decoded. Names that are not known are passed over: a newer page may say more.
#[derive(Default)]
struct Parts {
    code: Option<String>,
    name: Option<String>,
    certificate: Option<String>,
}

impl Parts {
    fn read(query: &str) -> Result<Self, JoinLinkError> {
        let mut parts = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (which, place) = match name {
                "code" => ("code", &mut parts.code),
                "name" => ("name", &mut parts.name),
                "sha256" => ("sha256", &mut parts.certificate),
                _ => continue,
            };
            if place.replace(decoded(value).ok_or(JoinLinkError::Escape)?).is_some() {
                return Err(JoinLinkError::Twice(which));
            }
        }
        Ok(parts)
    }
}

fn relay(authority: &str, certificate: Option<&str>) -> Result<RelayUrl, JoinLinkError> {
    // An IPv6 address has its brackets; names of other scripts come in ASCII (punycode), so that none looks like another.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if !authority.bytes().all(plain) {
        return Err(JoinLinkError::Relay("a host has letters, digits, dots and dashes".to_owned()));
    }
    let fragment = certificate.map(|digits| format!("#sha256={digits}")).unwrap_or_default();
    let relay: RelayUrl = format!("https://{authority}{fragment}")
        .parse()
        .map_err(|error: crate::RelayUrlError| JoinLinkError::Relay(error.0))?;
    if relay.host.contains(['[', ']']) {
        return Err(JoinLinkError::Relay("its brackets do not belong together".to_owned()));
    }
    Ok(relay)
}

/// `K.%20Weber` → `K. Weber` (RFC 3986, 2.1). `None`: what stands behind a % is no byte, or all is no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (pair, after) = rest.split_first_chunk::<2>()?;
        // Digits alone: `from_str_radix` would take a sign, too.
        let digits = std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

/// The link itself, which is as secret as the code in it.
impl fmt::Display for JoinLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { relay: RelayUrl { host, port, certificate }, code, name } = self;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let port = if *port == 443 { String::new() } else { format!(":{port}") };
        let code: String = code.to_string().chars().filter(char::is_ascii_digit).collect();
        write!(f, "lotse://{host}{port}/join?code={code}")?;
        if !name.is_empty() {
            f.write_str("&name=")?;
            for byte in name.bytes() {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    write!(f, "{}", char::from(byte))?;
                } else {
                    write!(f, "%{byte:02X}")?;
                }
            }
        }
        if let Some(certificate) = certificate {
            f.write_str("&sha256=")?;
            for byte in certificate {
                write!(f, "{byte:02x}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn c3_a_link_names_relay_code_and_customer_and_comes_back_as_it_was() {
        let hex = "ab".repeat(32);
        let cases = [
            ("lotse://help.example.com/join?code=4829135207", "help.example.com", 443, "", false),
            ("lotse://127.0.0.1:8443/join?code=4829135207&name=K.%20Weber", "127.0.0.1", 8443, "K. Weber", false),
            ("lotse://[::1]:99/join?name=M%C3%BCller%26Co&code=4829135207", "::1", 99, "Müller&Co", false),
            (&format!("lotse://a/join?code=4829135207&sha256={hex}"), "a", 443, "", true),
        ];
        for (text, host, port, name, pinned) in cases {
            let link: JoinLink = text.parse().unwrap();
            assert_eq!((link.relay.host.as_str(), link.relay.port), (host, port), "{text}");
            assert_eq!((link.name.as_str(), link.relay.certificate.is_some()), (name, pinned), "{text}");
            assert_eq!(link.code, "4829135207".parse().unwrap());
            assert_eq!(link.to_string().parse::<JoinLink>().unwrap(), link);
        }
        let other_way: JoinLink = " LOTSE://a/join?code=482-913-5207&colour=red#top ".parse().unwrap();
        assert_eq!(other_way.to_string(), "lotse://a/join?code=4829135207");
        assert!(!format!("{other_way:?}").contains("35207"), "the secret is in no log");
    }

    #[test]
    fn c3_a_name_from_a_link_can_forge_nothing_and_is_short() {
        let name =
            |escaped: &str| format!("lotse://a/join?code=4829135207&name={escaped}").parse::<JoinLink>().unwrap().name;
        assert_eq!(name("K.%0A%E2%80%AEWeber"), "K. Weber");
        assert_eq!(name(&"x".repeat(200)).len(), NAME_CHARS_MAX);
    }

    #[test]
    fn c3_what_is_wrong_with_a_link_is_named() {
        let code = "code=4829135207";
        for (text, why) in [
            (String::new(), "begin with"),
            ("https://a/join?code=4829135207".into(), "begin with"),
            ("lotse:a".into(), "begin with"),
            (format!("lotse://a?{code}"), "not one to join"),
            (format!("lotse://a/leave?{code}"), "not one to join"),
            ("lotse://a/join".into(), "no code"),
            ("lotse://a/join?code=12345".into(), "ten digits"),
            ("lotse://a/join?code=482913520o".into(), "only digits"),
            (format!("lotse:///join?{code}"), "no address"),
            (format!("lotse://a:0/join?{code}"), "no address"),
            (format!("lotse://u@a/join?{code}"), "no address"),
            (format!("lotse://%61/join?{code}"), "no address"),
            (format!("lotse://аpple/join?{code}"), "no address"),
            (format!("lotse://a]/join?{code}"), "no address"),
            (format!("lotse://a/join?{code}&sha256=12"), "no address"),
            (format!("lotse://a/join?{code}&{code}"), "twice"),
            (format!("lotse://a/join?{code}&name=%+1"), "cannot be read"),
            (format!("lotse://a/join?{code}&name=%ff"), "cannot be read"),
            (format!("lotse://a/join?{code}&x={}", "y".repeat(LINK_BYTES_MAX)), "longer than"),
        ] {
            let error = text.parse::<JoinLink>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
        for meant in ["lotse:", " Lotse://x", "lotse://a/join"] {
            assert!(JoinLink::is_meant(meant), "{meant}");
        }
        for other in ["", "482 913 5207", "lots", "ø"] {
            assert!(!JoinLink::is_meant(other), "{other}");
        }
    }
}
