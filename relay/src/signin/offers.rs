//! Second factors that were offered and not proved yet. Only in memory: after a restart another is offered.

use crate::totp::TotpSecret;
use std::collections::HashMap;

/// How long an offer stands, in milliseconds: long enough to install an app first.
const OFFER_MS: u64 = 15 * 60 * 1000;
/// Offers at once; beyond that the oldest goes.
const OFFERS_MAX: usize = 4096;

/// The newest offer of each rep.
#[derive(Default)]
pub(super) struct Offers {
    by_rep: HashMap<i64, Offer>,
}

struct Offer {
    secret: TotpSecret,
    until_ms: u64,
}

impl Offers {
    /// In place of what was offered before: somebody else may have seen that.
    pub fn offer(&mut self, now_ms: u64, rep: i64, secret: TotpSecret) {
        self.by_rep.retain(|_, offer| offer.until_ms > now_ms);
        if self.by_rep.len() >= OFFERS_MAX
            && !self.by_rep.contains_key(&rep)
            && let Some(oldest) =
                self.by_rep.iter().min_by_key(|(rep, offer)| (offer.until_ms, **rep)).map(|(rep, _)| *rep)
        {
            self.by_rep.remove(&oldest);
        }
        self.by_rep.insert(rep, Offer { secret, until_ms: now_ms.saturating_add(OFFER_MS) });
    }

    /// What this rep was offered last, if that still stands.
    pub fn of(&self, now_ms: u64, rep: i64) -> Option<TotpSecret> {
        self.by_rep.get(&rep).filter(|offer| offer.until_ms > now_ms).map(|offer| offer.secret.clone())
    }

    /// It was taken, or is not wanted.
    pub fn forget(&mut self, rep: i64) {
        self.by_rep.remove(&rep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> TotpSecret {
        TotpSecret::of([byte; 20])
    }

    #[test]
    fn s4_the_newest_offer_stands_for_a_while() {
        let mut offers = Offers::default();
        offers.offer(0, 1, secret(1));
        offers.offer(10, 1, secret(2));
        assert_eq!(offers.of(10, 1), Some(secret(2)));
        assert_eq!((offers.of(10, 2), offers.of(10 + OFFER_MS, 1)), (None, None));
        offers.forget(1);
        assert_eq!(offers.of(10, 1), None);
    }

    #[test]
    fn offers_are_bounded() {
        let mut offers = Offers::default();
        for rep in 0..5000_i64 {
            offers.offer(rep.unsigned_abs(), rep, secret(3));
        }
        assert_eq!(offers.by_rep.len(), OFFERS_MAX);
        assert_eq!((offers.of(5000, 0), offers.of(5000, 4999)), (None, Some(secret(3))));
    }
}
