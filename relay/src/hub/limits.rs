//! The hub's bounds, each with its reason. Tests shorten the times.

use super::bucket::Rate;
use lotse_protocol::{code, control};

/// Times in milliseconds, everything else in pieces.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long a code stands unused.
    pub code_lifetime_ms: u64,
    /// How long two ends may take over the code's secret half, typing it again included.
    pub pairing_ms: u64,
    /// How long a session waits for its customer.
    pub customer_wait_ms: u64,
    /// How long a session waits for its rep. As long as for the customer: a relay's restart takes both.
    pub rep_wait_ms: u64,
    /// How long a sign-in whose connection is gone keeps its seat, or its place among those that wait: a console tries
    /// again every 5 s at the latest, and a relay that is started again is back within that, too. While a session of it
    /// runs, it keeps the seat as long as that.
    pub seat_keep_ms: u64,
    /// Unused codes of one sign-in.
    pub codes_per_sign_in: usize,
    /// Wrong codes that cost an address nothing: typing errors, and several customers behind one address.
    pub wrong_codes_free: u32,
    /// Addresses whose wrong codes are remembered (about 100 bytes each).
    pub addresses_max: usize,
    /// How long a question waits for its page: a telephone that loses its network has it back within that.
    pub page_keep_ms: u64,
    /// After how long whoever let a question pass is asked again, when nobody else is there.
    pub offer_pause_ms: u64,
    /// Questions that wait at one portal. Longer lines are no help to who stands at their end.
    pub questions_per_portal: usize,
    /// Questions of all portals, at up to 4 KiB each.
    pub questions_max: usize,
    /// Questions that come from one address: an office has one.
    pub asks_by_address: Rate,
    /// Questions that come by one portal.
    pub asks_by_portal: Rate,
    /// Messages that come from one address. Nothing takes them off the disk for a long time.
    pub messages_by_address: Rate,
    /// Messages that come by one portal.
    pub messages_by_portal: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            code_lifetime_ms: code::LIFETIME_S * 1000,
            pairing_ms: 5 * 60 * 1000,
            customer_wait_ms: control::CUSTOMER_WAIT_S * 1000,
            rep_wait_ms: control::CUSTOMER_WAIT_S * 1000,
            seat_keep_ms: 60 * 1000,
            codes_per_sign_in: CODES_PER_SIGN_IN,
            wrong_codes_free: 8,
            addresses_max: 100_000,
            page_keep_ms: 60 * 1000,
            offer_pause_ms: 60 * 1000,
            questions_per_portal: 10_000,
            questions_max: 50_000,
            asks_by_address: Rate { at_once: 20, every_ms: 30 * 1000 },
            asks_by_portal: Rate { at_once: 1_000, every_ms: 100 },
            messages_by_address: Rate { at_once: 5, every_ms: 5 * 60 * 1000 },
            messages_by_portal: Rate { at_once: 100, every_ms: 10 * 1000 },
        }
    }
}

/// Unused codes of one sign-in. A rep reads them aloud one by one; a hundred is automation with room. All are told again
/// at once when the rep comes back.
pub const CODES_PER_SIGN_IN: usize = 100;
/// Longest name of a customer, in characters.
pub const NAME_CHARS_MAX: usize = 80;
/// Longest description of a customer's system, in characters.
pub const SYSTEM_CHARS_MAX: usize = 120;
/// Longest reason of a session's end, in characters.
pub const REASON_CHARS_MAX: usize = 200;
