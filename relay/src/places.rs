//! Places for connections, and for pages' streams: so many in all, and so many from one address.
//!
//! A connection has one from before its TLS until it is over. Where there is none it is refused.

use crate::hub::AddressKey;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections at once.
const CONNECTIONS_MAX: u32 = 20_000;
/// Connections at once from one address: a large office behind one.
const PER_ADDRESS_MAX: usize = 2_000;

/// Counts connections, in all and by address.
#[derive(Clone)]
pub struct Places {
    all: Arc<Semaphore>,
    all_max: u32,
    per_address_max: usize,
    by_address: Arc<Mutex<HashMap<AddressKey, usize>>>,
}

/// One connection's place; free again when dropped.
pub struct Place {
    _of_all: OwnedSemaphorePermit,
    by_address: Arc<Mutex<HashMap<AddressKey, usize>>>,
    address: AddressKey,
}

impl Default for Places {
    fn default() -> Self {
        Self::new(CONNECTIONS_MAX, PER_ADDRESS_MAX)
    }
}

impl Places {
    /// So many in all and by address.
    pub fn new(all_max: u32, per_address_max: usize) -> Self {
        let all = Arc::new(Semaphore::new(all_max as usize));
        Self { all, all_max, per_address_max, by_address: Arc::default() }
    }

    /// A place for a connection from `address`, if there is one.
    pub fn take(&self, address: AddressKey) -> Option<Place> {
        let of_all = self.all.clone().try_acquire_owned().ok()?;
        let mut by_address = self.by_address.lock();
        let count = by_address.entry(address).or_default();
        if *count >= self.per_address_max {
            return None;
        }
        *count += 1;
        drop(by_address);
        Some(Place { _of_all: of_all, by_address: self.by_address.clone(), address })
    }

    /// Waits until every place is free.
    pub async fn all_free(&self) {
        // Fails only if closed, which nobody does; then there is nothing to wait for.
        let _ = self.all.acquire_many(self.all_max).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_address = self.by_address.lock();
        if let Some(count) = by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_address_cannot_take_every_place() {
        let places = Places::default();
        let address = |text: &str| AddressKey::from(text.parse::<std::net::IpAddr>().unwrap());
        let taken: Vec<_> = (0..PER_ADDRESS_MAX).map(|_| places.take(address("192.0.2.1")).unwrap()).collect();
        assert!(places.take(address("192.0.2.1")).is_none());
        assert!(places.take(address("192.0.2.2")).is_some());
        drop(taken);
        assert!(places.take(address("192.0.2.1")).is_some());
        assert!(places.by_address.lock().is_empty());
    }
}
