//! How often strangers may ask: by their address, by the site that it is of, and by portal.
//!
//! A part of what a portal takes is kept for addresses that were not heard of lately, so that a crowd of a few cannot shut
//! everybody else out.

use crate::hub::{AddressKey, Buckets, Rate};

/// A site may do so many times what one of its addresses may: an office with several networks.
const SITE_TIMES: u32 = 4;
/// One in so many that a portal takes is kept for addresses that were not heard of lately.
const KEPT_ONE_IN: u32 = 4;

/// Who is over the limit, and for how long, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slowed {
    Address(u64),
    Portal(u64),
}

/// Where it was taken from, to be given back there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pool {
    Common,
    Kept,
}

/// How often something may be done. One who asks takes one of each bucket, or none.
pub(super) struct Gate {
    by_address: Buckets<AddressKey>,
    by_site: Buckets<AddressKey>,
    common: Buckets<i64>,
    kept: Buckets<i64>,
}

impl Gate {
    /// All full; at most `entries_max` of each kind are remembered.
    pub fn new(by_address: Rate, by_portal: Rate, entries_max: usize) -> Self {
        let kept = Rate {
            at_once: (by_portal.at_once / KEPT_ONE_IN).max(1),
            every_ms: by_portal.every_ms.saturating_mul(KEPT_ONE_IN.into()),
        };
        let common = Rate {
            at_once: by_portal.at_once.saturating_sub(kept.at_once).max(1),
            every_ms: by_portal.every_ms.saturating_mul(KEPT_ONE_IN.into()) / u64::from(KEPT_ONE_IN - 1),
        };
        let by_site = Rate {
            at_once: by_address.at_once.saturating_mul(SITE_TIMES),
            every_ms: (by_address.every_ms / u64::from(SITE_TIMES)).max(1),
        };
        Self {
            by_address: Buckets::new(by_address, entries_max),
            by_site: Buckets::new(by_site, entries_max),
            common: Buckets::new(common, entries_max),
            kept: Buckets::new(kept, entries_max),
        }
    }

    /// Counts one.
    ///
    /// # Errors
    /// Nothing was counted, and why.
    pub fn pass(&mut self, now_ms: u64, address: AddressKey, portal: i64) -> Result<Pool, Slowed> {
        let site = address.site();
        let known =
            self.by_address.knows(now_ms, &address) || site.is_some_and(|site| self.by_site.knows(now_ms, &site));
        self.by_address.take(now_ms, &address).map_err(Slowed::Address)?;
        if let Some(site) = site
            && let Err(wait_ms) = self.by_site.take(now_ms, &site)
        {
            self.by_address.give_back(now_ms, &address);
            return Err(Slowed::Address(wait_ms));
        }
        let passed = match self.common.take(now_ms, &portal) {
            Ok(()) => Ok(Pool::Common),
            Err(wait_ms) if known => Err(Slowed::Portal(wait_ms)),
            Err(wait_ms) => match self.kept.take(now_ms, &portal) {
                Ok(()) => Ok(Pool::Kept),
                Err(kept_ms) => Err(Slowed::Portal(wait_ms.min(kept_ms))),
            },
        };
        if passed.is_err() {
            self.give_back_address(now_ms, address);
        }
        passed
    }

    /// Puts back what was taken for nothing.
    pub fn give_back(&mut self, now_ms: u64, address: AddressKey, portal: i64, pool: Pool) {
        self.give_back_address(now_ms, address);
        match pool {
            Pool::Common => self.common.give_back(now_ms, &portal),
            Pool::Kept => self.kept.give_back(now_ms, &portal),
        }
    }

    fn give_back_address(&mut self, now_ms: u64, address: AddressKey) {
        self.by_address.give_back(now_ms, &address);
        if let Some(site) = address.site() {
            self.by_site.give_back(now_ms, &site);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::net::{IpAddr, Ipv6Addr};

    const NEVER: Rate = Rate { at_once: 10_000, every_ms: 1_000_000 };

    fn v4(last: u8) -> AddressKey {
        AddressKey::from(IpAddr::from([192, 0, 2, last]))
    }

    /// A network of 64 bits of this site.
    fn v6(site: u16, network: u16) -> AddressKey {
        AddressKey::from(IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, site, network, 0, 0, 0, 1)))
    }

    #[test]
    fn c1_a_site_s_many_networks_are_not_as_many_strangers() {
        let mut gate = Gate::new(Rate { at_once: 3, every_ms: 60_000 }, NEVER, 100_000);
        let passed = (0..1000).filter(|network| gate.pass(0, v6(1, *network), 1).is_ok()).count();
        assert_eq!(passed, 12, "four times what one network may");
        assert!(matches!(gate.pass(0, v6(1, 7), 1), Err(Slowed::Address(wait_ms)) if wait_ms <= 15_000));
        assert!(gate.pass(0, v6(2, 0), 1).is_ok(), "another site is another");
        let passed = (0..=200).filter(|last| gate.pass(0, v4(*last), 1).is_ok()).count();
        assert_eq!(passed, 201, "neighbours with old addresses are strangers");
        // What a site was refused cost the network nothing.
        assert!(gate.pass(15_000, v6(1, 999), 1).is_ok());
    }

    #[test]
    fn c1_a_crowd_of_a_few_does_not_shut_everybody_else_out() {
        let mut gate = Gate::new(NEVER, Rate { at_once: 40, every_ms: 1000 }, 1000);
        let crowd = (0..200).filter(|_| gate.pass(0, v4(1), 1).is_ok()).count();
        assert_eq!(crowd, 30);
        assert!(matches!(gate.pass(0, v4(1), 1), Err(Slowed::Portal(_))));
        let others = (2..=100).filter(|last| gate.pass(0, v4(*last), 1).is_ok()).count();
        assert_eq!(others, 10, "what is kept for those who are new");
        assert_eq!(gate.pass(0, v4(101), 1), Err(Slowed::Portal(1333)));
        assert!(gate.pass(0, v4(1), 2).is_ok(), "another portal is another");
    }

    #[test]
    fn what_was_taken_for_nothing_goes_back_where_it_was_taken() {
        let mut gate = Gate::new(Rate { at_once: 2, every_ms: 1000 }, Rate { at_once: 2, every_ms: 1000 }, 10);
        for _ in 0..20 {
            let pools = [v6(1, 1), v6(2, 2)].map(|address| gate.pass(0, address, 1).unwrap());
            assert_eq!(pools, [Pool::Common, Pool::Kept]);
            for (address, pool) in [v6(1, 1), v6(2, 2)].into_iter().zip(pools) {
                gate.give_back(0, address, 1, pool);
            }
        }
    }
}
