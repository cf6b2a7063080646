//! How often somebody was wrong, by user and by address: first slowed, then locked.

use super::lockout::{Bounds, Lockout};
use crate::hub::{AddressKey, Slowdown};

/// Wrong attempts that cost a user no wait.
const FREE_BY_USER: u32 = 5;
/// Wrong attempts that cost an address no wait: an office has one address.
const FREE_BY_ADDRESS: u32 = 20;
/// Users and addresses remembered (about 250 bytes each).
const REMEMBERED_MAX: usize = 50_000;

/// When a user ID or an address is locked.
#[derive(Debug, Clone)]
pub struct SignInLimits {
    /// Wrong attempts with a user ID.
    pub user_wrong_max: u32,
    /// Wrong attempts from an address.
    pub address_wrong_max: u32,
    /// Within so many seconds.
    pub window_s: u32,
    /// How long nobody can sign in then, in seconds.
    pub lock_s: u32,
}

impl Default for SignInLimits {
    fn default() -> Self {
        const USER_WRONG_MAX: u32 = 10;
        const ADDRESS_WRONG_MAX: u32 = 30;
        // Slowing comes first.
        const _: () = assert!(USER_WRONG_MAX > FREE_BY_USER && ADDRESS_WRONG_MAX > FREE_BY_ADDRESS);
        Self {
            user_wrong_max: USER_WRONG_MAX,
            address_wrong_max: ADDRESS_WRONG_MAX,
            window_s: 15 * 60,
            lock_s: 15 * 60,
        }
    }
}

/// Whose attempt it is. The books hold a hash of the user ID: a list of who was attacked need not stand in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose {
    pub user: [u8; 32],
    pub address: AddressKey,
}

/// Why an attempt is not even looked at, with the wait in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooOften {
    Slowed(u64),
    UserLocked(u64),
    AddressLocked(u64),
}

/// What a wrong attempt has locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Locked {
    pub user: bool,
    pub address: bool,
}

/// The books.
pub(super) struct Attempts {
    slow_users: Slowdown<[u8; 32]>,
    slow_addresses: Slowdown<AddressKey>,
    users: Lockout<[u8; 32]>,
    addresses: Lockout<AddressKey>,
}

impl Attempts {
    pub fn new(limits: &SignInLimits) -> Self {
        let ms = |seconds: u32| u64::from(seconds) * 1000;
        let bounds = |wrong_max| Bounds { wrong_max, window_ms: ms(limits.window_s), lock_ms: ms(limits.lock_s) };
        Self {
            slow_users: Slowdown::new(FREE_BY_USER, REMEMBERED_MAX),
            slow_addresses: Slowdown::new(FREE_BY_ADDRESS, REMEMBERED_MAX),
            users: Lockout::new(bounds(limits.user_wrong_max), REMEMBERED_MAX),
            addresses: Lockout::new(bounds(limits.address_wrong_max), REMEMBERED_MAX),
        }
    }

    /// Counts an attempt before its outcome is known.
    pub fn begin(&mut self, now_ms: u64, whose: &Whose) -> Result<(), TooOften> {
        let Whose { user, address } = whose;
        let seconds = |wait_ms: u64| wait_ms.div_ceil(1000);
        self.addresses.check(now_ms, address).map_err(|wait_ms| TooOften::AddressLocked(seconds(wait_ms)))?;
        self.users.check(now_ms, user).map_err(|wait_ms| TooOften::UserLocked(seconds(wait_ms)))?;
        let by_user = self.slow_users.check(now_ms, user);
        let by_address = self.slow_addresses.check(now_ms, address);
        by_user.and(by_address).map_err(|wait_ms| TooOften::Slowed(seconds(wait_ms)))?;
        self.slow_users.fail(now_ms, user);
        self.slow_addresses.fail(now_ms, address);
        self.users.count(now_ms, user);
        self.addresses.count(now_ms, address);
        Ok(())
    }

    /// It was neither right nor wrong: something is missing, or the relay could not look.
    pub fn take_back(&mut self, whose: &Whose) {
        self.slow_users.forgive(&whose.user);
        self.slow_addresses.forgive(&whose.address);
        self.users.take_back(&whose.user);
        self.addresses.take_back(&whose.address);
    }

    /// Somebody is signed in: all is forgotten of the user. Not of the address: who has one account must not guess at others
    /// for free.
    pub fn was_right(&mut self, whose: &Whose) {
        self.take_back(whose);
        self.open_user(&whose.user);
    }

    /// It was wrong. A lock takes the place of waits.
    pub fn was_wrong(&mut self, now_ms: u64, whose: &Whose) -> Locked {
        let user = self.users.was_wrong(now_ms, &whose.user);
        let address = self.addresses.was_wrong(now_ms, &whose.address);
        if user {
            self.slow_users.clear(&whose.user);
        }
        if address {
            self.slow_addresses.clear(&whose.address);
        }
        Locked { user, address }
    }

    /// Forgets what is known of a user here: the store has its lock from now on.
    pub fn open_user(&mut self, user: &[u8; 32]) {
        self.slow_users.clear(user);
        self.users.clear(user);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn whose(user: u8, address: u8) -> Whose {
        let address = std::net::IpAddr::from([192, 0, 2, address]);
        Whose { user: [user; 32], address: AddressKey::from(address) }
    }

    /// Wrong attempts with all waits kept, until something is locked: how many, and what.
    fn until_locked(attempts: &mut Attempts, now_ms: &mut u64, of: impl Fn(u8) -> Whose) -> (u8, Locked) {
        for number in 1..=u8::MAX {
            let whose = of(number);
            while let Err(too_often) = attempts.begin(*now_ms, &whose) {
                let TooOften::Slowed(wait_s) = too_often else { unreachable!("{too_often:?}") };
                *now_ms += wait_s * 1000;
            }
            let locked = attempts.was_wrong(*now_ms, &whose);
            if locked.user || locked.address {
                return (number, locked);
            }
        }
        unreachable!("nothing is ever locked")
    }

    #[test]
    fn s4_a_user_is_slowed_and_then_locked_from_everywhere() {
        let mut attempts = Attempts::new(&SignInLimits::default());
        let mut now_ms = 0;
        let (after, locked) = until_locked(&mut attempts, &mut now_ms, |_| whose(1, 1));
        assert_eq!((after, locked), (10, Locked { user: true, address: false }));
        assert!(now_ms > 0, "it was slowed before");
        assert_eq!(attempts.begin(now_ms, &whose(1, 2)), Err(TooOften::UserLocked(15 * 60)));
        assert_eq!(attempts.begin(now_ms, &whose(2, 1)), Ok(()), "nobody else is");
        attempts.open_user(&[1; 32]);
        assert_eq!(attempts.begin(now_ms, &whose(1, 2)), Ok(()));
    }

    #[test]
    fn s4_an_address_is_locked_for_every_user_and_a_right_one_does_not_change_that() {
        let mut attempts = Attempts::new(&SignInLimits::default());
        let mut now_ms = 0;
        let (after, locked) = until_locked(&mut attempts, &mut now_ms, |number| {
            // Somebody there has an account, too.
            whose(number, 1)
        });
        assert_eq!((after, locked), (30, Locked { user: false, address: true }));
        assert_eq!(attempts.begin(now_ms, &whose(200, 1)), Err(TooOften::AddressLocked(15 * 60)));
        // Who came from there before it was locked, and is found right only now.
        attempts.was_right(&whose(30, 1));
        assert_eq!(attempts.begin(now_ms, &whose(30, 1)), Err(TooOften::AddressLocked(15 * 60)));
        assert_eq!(attempts.begin(now_ms, &whose(200, 1)), Err(TooOften::AddressLocked(15 * 60)));
        assert_eq!(attempts.begin(now_ms, &whose(200, 2)), Ok(()));
        attempts.was_right(&whose(200, 2));
        assert_eq!(attempts.begin(now_ms + 15 * 60 * 1000, &whose(200, 1)), Ok(()));
    }

    #[test]
    fn s4_a_sign_in_forgets_the_wrong_ones_of_its_user_and_keeps_those_of_the_address() {
        let mut attempts = Attempts::new(&SignInLimits { address_wrong_max: 21, ..SignInLimits::default() });
        for user in 1..=4 {
            for _ in 0..5 {
                attempts.begin(0, &whose(user, 1)).unwrap();
                attempts.was_wrong(0, &whose(user, 1));
            }
            attempts.begin(0, &whose(user, 1)).unwrap();
            attempts.was_right(&whose(user, 1));
        }
        attempts.begin(0, &whose(9, 1)).unwrap();
        assert!(attempts.was_wrong(0, &whose(9, 1)).address, "the 21st from there");
    }

    #[test]
    fn s4_what_was_neither_right_nor_wrong_costs_nothing_and_forgives_nothing() {
        let mut attempts = Attempts::new(&SignInLimits::default());
        for _ in 0..100 {
            attempts.begin(0, &whose(1, 1)).unwrap();
            attempts.take_back(&whose(1, 1));
        }
        let mut now_ms = 0;
        for wrong in 1..=10 {
            for right_password in [true, false] {
                while let Err(TooOften::Slowed(wait_s)) = attempts.begin(now_ms, &whose(1, 1)) {
                    now_ms += wait_s * 1000;
                }
                if right_password {
                    attempts.take_back(&whose(1, 1));
                } else {
                    assert_eq!(attempts.was_wrong(now_ms, &whose(1, 1)).user, wrong == 10, "{wrong}");
                }
            }
        }
    }
}
