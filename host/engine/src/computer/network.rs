//! Interfaces of the network with their addresses, out of `/sys` and `/proc/net`. The kernel tells there which IPv4 addresses are
//! this computer's but not on which interface: that is where its routes say the address's own network is.

use super::linux::read;
use super::{Groups, text};
use lotse_runtime::{Settings, Value};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

const INTERFACES_MAX: usize = 32;
/// Of one interface.
const ADDRESSES_MAX: usize = 16;

pub(super) fn groups() -> Groups {
    let mut names: Vec<String> = std::fs::read_dir("/sys/class/net")
        .map(|entries| entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
        .unwrap_or_default();
    names.sort_unstable();
    names.retain(|name| name != "lo");
    names.truncate(INTERFACES_MAX);
    let states = names.into_iter().map(|name| {
        let up = read(&format!("/sys/class/net/{name}/operstate")).trim() == "up";
        (name, up)
    });
    listed(states, addresses(&read("/proc/net/fib_trie"), &read("/proc/net/route"), &read("/proc/net/if_inet6")))
}

/// Addresses by interface; those that no interface could be found for have an empty name.
fn addresses(trie: &str, routes: &str, inet6: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let routes: Vec<Route> = routes.lines().filter_map(Route::read).collect();
    for address in own_ipv4(trie) {
        let near = routes.iter().filter(|route| route.reaches(address)).max_by_key(|route| route.mask.count_ones());
        let name = near.map(|route| route.interface.clone()).unwrap_or_default();
        found.entry(name).or_default().push(address.to_string());
    }
    for line in inet6.lines() {
        let mut fields = line.split_whitespace();
        let (Some(digits), Some(name)) = (fields.next(), fields.nth(4)) else { continue };
        let Ok(address) = u128::from_str_radix(digits, 16) else { continue };
        found.entry(name.to_owned()).or_default().push(Ipv6Addr::from_bits(address).to_string());
    }
    found
}

fn listed(states: impl Iterator<Item = (String, bool)>, mut addresses: BTreeMap<String, Vec<String>>) -> Groups {
    let told = |addresses: Vec<String>| addresses.into_iter().take(ADDRESSES_MAX).map(|of| text("address", &of));
    let mut groups: Groups = Vec::new();
    for (name, up) in states {
        let own = addresses.remove(&name).unwrap_or_default();
        let facts: Settings =
            [text("name", &name), ("up".to_owned(), Value::Flag(up))].into_iter().chain(told(own)).collect();
        groups.push(("network".to_owned(), facts));
    }
    if let Some(others) = addresses.remove("") {
        groups.push(("network".to_owned(), told(others).collect()));
    }
    groups
}

/// Addresses of this computer's own, in the kernel's tree of them, but for those that lead back to itself.
fn own_ipv4(trie: &str) -> Vec<Ipv4Addr> {
    let mut own: Vec<Ipv4Addr> = Vec::new();
    let mut last: Option<Ipv4Addr> = None;
    for line in trie.lines().map(str::trim) {
        if let Some(address) = line.strip_prefix("|-- ") {
            last = address.parse().ok();
        } else if line.starts_with("/32 host LOCAL")
            && let Some(address) = last.filter(|address| !address.is_loopback() && !own.contains(address))
        {
            own.push(address);
        }
    }
    own
}

/// A line of `/proc/net/route`, its numbers in the order of bytes of the network.
struct Route {
    interface: String,
    to: u32,
    mask: u32,
}

impl Route {
    fn read(line: &str) -> Option<Self> {
        let mut fields = line.split_whitespace();
        let interface = fields.next()?.to_owned();
        // The kernel prints the bytes as a number of its own.
        let number =
            |digits: &str| u32::from_str_radix(digits, 16).ok().map(|number| u32::from_be_bytes(number.to_ne_bytes()));
        let to = number(fields.next()?)?;
        let mask = number(fields.nth(5)?)?;
        Some(Self { interface, to, mask })
    }

    /// Whether the address is in the network that lies behind it; the way to everywhere is no such network.
    fn reaches(&self, address: Ipv4Addr) -> bool {
        self.mask != 0 && address.to_bits() & self.mask == self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIE: &str = "Main:\n  +-- 0.0.0.0/0 3 0 4\n     |-- 192.168.1.0\n        /24 link UNICAST\n\
                        Local:\n     |-- 127.0.0.1\n        /32 host LOCAL\n     |-- 192.168.1.5\n        /32 host LOCAL\n\
                        \x20    |-- 10.9.8.7\n        /32 host LOCAL\n     |-- 192.168.1.5\n        /32 host LOCAL\n";

    fn route(interface: &str, to: [u8; 4], mask: [u8; 4]) -> String {
        let hex = |bytes| format!("{:08X}", u32::from_ne_bytes(bytes));
        format!("{interface}\t{}\t00000000\t0001\t0\t0\t100\t{}\t0\t0\t0\n", hex(to), hex(mask))
    }

    #[test]
    fn addresses_are_found_by_the_network_that_they_are_in() {
        let routes = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n".to_owned()
            + &route("eth0", [0; 4], [0; 4])
            + &route("tun0", [192, 168, 0, 0], [255, 255, 0, 0])
            + &route("wlan0", [192, 168, 1, 0], [255, 255, 255, 0]);
        let inet6 = "fe800000000000000000000000000001 02 40 20 80 wlan0\nnonsense\n";
        let found = addresses(TRIE, &routes, inet6);
        let of = |name: &str| found.get(name).cloned().unwrap_or_default();
        assert_eq!(of("wlan0"), ["192.168.1.5", "fe80::1"]);
        assert_eq!((of(""), of("eth0").len(), of("tun0").len()), (vec!["10.9.8.7".to_owned()], 0, 0));
    }

    #[test]
    fn addresses_have_a_bound_and_those_of_nobody_are_told_last() {
        let many = (0..99).map(|n| n.to_string()).collect();
        let addresses = BTreeMap::from([("a".to_owned(), many), (String::new(), vec!["10.0.0.1".to_owned()])]);
        let groups = listed([("a".to_owned(), true), ("b".to_owned(), false)].into_iter(), addresses);
        let lengths: Vec<usize> = groups.iter().map(|(_, facts)| facts.len()).collect();
        assert_eq!(lengths, [2 + ADDRESSES_MAX, 2, 1]);
    }
}
