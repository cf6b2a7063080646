//! What programs pin that a customer's page starts: the relay's own certificate, unless an authority vouches for the name that
//! the browser called the relay.

/// The certificate to pin, and where not to.
#[derive(Debug, Default)]
pub struct Pins {
    /// SHA-256 of the relay's own certificate in hexadecimal digits; `None`: it is never shown.
    own: Option<String>,
    /// Names that an authority vouches for, in lower-case letters.
    vouched: Vec<String>,
}

impl Pins {
    /// The relay's own certificate has this digest, and another one is shown for these names.
    pub fn new(own: String, vouched: Vec<String>) -> Self {
        Self { own: Some(own), vouched }
    }

    /// What to pin where the browser calls the relay so, with or without a port.
    pub fn of(&self, host: &str) -> Option<&str> {
        let name = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if self.vouched.contains(&name) { None } else { self.own.as_deref() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_an_authority_vouches_for_is_not_pinned() {
        let pins = Pins::new("ab".into(), vec!["relay.example".into()]);
        for vouched in ["relay.example", "Relay.example:8443"] {
            assert_eq!(pins.of(vouched), None, "{vouched}");
        }
        for other in ["192.0.2.1", "[::1]:8443", "relay.example.evil", "", "other.example"] {
            assert_eq!(pins.of(other), Some("ab"), "{other}");
        }
        assert_eq!(Pins::default().of("192.0.2.1"), None, "the relay's own is never shown");
    }
}
