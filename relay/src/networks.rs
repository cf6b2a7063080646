//! Networks by their address and length (CIDR, RFC 4632): where somebody may come from.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A network, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// Leading bits that an address has in common with it.
    bits: u32,
}

/// Why a text is no network.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    #[error("write a network as 192.0.2.0/24 or 2001:db8::/32, or one address")]
    Malformed,
    #[error("behind the slash stands a number up to {0}")]
    Length(u32),
    #[error("there are bits set behind the network's length; did you mean one address, without a slash?")]
    HostBits,
}

impl Network {
    /// An IPv4 address that came over IPv6 is what it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, other) = (number(self.address), number(address.to_canonical()));
        own.1 == other.1 && (own.0 ^ other.0).checked_shr(own.1 - self.bits).unwrap_or(0) == 0
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// The address as a number, and how many bits that has.
fn number(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let written = address.parse::<IpAddr>().map_err(|_| NetworkError::Malformed)?;
        let (bits, all) = number(written);
        let length = match length {
            None => all,
            Some(length) => {
                let length = length.parse::<u32>().ok().filter(|length| *length <= all);
                length.ok_or(NetworkError::Length(all))?
            }
        };
        // A shift by all bits leaves none, which is what a length of 0 asks for.
        let behind = u128::MAX.checked_shr(128 - (all - length)).unwrap_or(0);
        if bits & behind != 0 {
            return Err(NetworkError::HostBits);
        }
        // IPv4 written as IPv6 is what it is, as addresses are. Shorter than what stands before it, it had bits set behind.
        let address = written.to_canonical();
        Ok(Self { address, bits: length.saturating_sub(all - number(address).1) })
    }
}

/// Some networks; none of them named: everywhere.
#[derive(Debug, Clone, Default)]
pub struct Networks(pub Vec<Network>);

impl Networks {
    /// Whether an address is in one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.is_empty() || self.0.iter().any(|network| network.contains(address))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn networks(texts: &[&str]) -> Networks {
        Networks(texts.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn an_address_is_in_a_network_whose_bits_it_begins_with() {
        let some = networks(&["192.0.2.0/24", "2001:db8::/33", "198.51.100.7"]);
        for inside in ["192.0.2.0", "192.0.2.255", "::ffff:192.0.2.9", "2001:db8:7fff::1", "198.51.100.7"] {
            assert!(some.contain(inside.parse().unwrap()), "{inside}");
        }
        for network in &some.0 {
            assert_eq!(network.to_string().parse::<Network>().unwrap(), *network);
        }
        for outside in ["192.0.3.0", "198.51.100.8", "2001:db8:8000::1", "::192.0.2.1", "c000:0200::"] {
            assert!(!some.contain(outside.parse().unwrap()), "{outside}");
        }
        for (all, one) in [("0.0.0.0/0", "203.0.113.1"), ("::/0", "2001:db8::1")] {
            assert!(networks(&[all]).contain(one.parse().unwrap()), "{all}");
        }
        assert!(!networks(&["0.0.0.0/0"]).contain("2001:db8::1".parse().unwrap()));
        assert!(networks(&[]).contain("2001:db8::1".parse().unwrap()), "everywhere");
    }

    /// Scar: such a network was taken and no address was in it.
    #[test]
    fn ipv4_written_as_ipv6_is_the_ipv4_network() {
        for (written, meant) in [
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            ("::ffff:c000:200/120", "192.0.2.0/24"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("::ffff:192.0.2.7/128", "192.0.2.7/32"),
            ("::ffff:0:0/96", "0.0.0.0/0"),
        ] {
            assert_eq!(written.parse::<Network>().unwrap().to_string(), meant, "{written}");
        }
        let some = networks(&["::ffff:192.0.2.0/120"]);
        for (address, inside) in [("192.0.2.9", true), ("::ffff:192.0.2.9", true), ("192.0.3.1", false)] {
            assert_eq!(some.contain(address.parse().unwrap()), inside, "{address}");
        }
        for short in ["::ffff:192.0.2.0/95", "::ffff:192.0.2.0/40", "::ffff:0:0/95"] {
            assert!(matches!(short.parse::<Network>(), Err(NetworkError::HostBits)), "{short}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused_in_words() {
        for (wrong, why) in [
            ("", "192.0.2.0/24"),
            ("help.example.com", "192.0.2.0/24"),
            ("192.0.2.0/33", "up to 32"),
            ("192.0.2.0/", "up to 32"),
            ("2001:db8::/129", "up to 128"),
            ("192.0.2.1/24", "bits"),
            ("2001:db8::1/64", "bits"),
        ] {
            let error = wrong.parse::<Network>().unwrap_err().to_string();
            assert!(error.contains(why), "{wrong}: {error}");
        }
    }
}
